"""The server of ``dupviz review``: what its tabs ask for, and what they are told."""

import threading
import time
from pathlib import Path

import pytest
from serving import Running, answers, search, states, talk

from dupviz._parallel import in_order, pool


def test_a_tab_decides_and_the_next_one_sees_it(running):
    cookie = running.knock()
    first, *said = talk(running, cookie, {"do": "toggle", "image": 0}, "no json", {"do": "toggle"})
    assert first["state"]["phase"] == "gallery"
    changed = states(said)[-1]["gallery"]
    assert changed["can_undo"]
    done, *others = answers(said)
    assert done == {"id": 0}
    assert [(answer["id"], "asks for something that does not exist" in answer["refused"]) for answer in others] == [
        (None, True),
        (2, True),
    ]
    again = talk(running, cookie)[0]["state"]["gallery"]
    assert again["groups"] == changed["groups"]


def test_pictures_follow_their_answer(running):
    cookie = running.knock()
    said = talk(running, cookie, {"do": "thumbnails", "files": [[0, 0, False], [1, 90, False]]})
    answer, *pictures = said[-3:]
    assert answer == {"answer": {"id": 0}, "pictures": 2}
    assert [part[:3] for part in pictures] == [b"\xff\xd8\xff"] * 2


def test_the_start_page_finds_a_folder_or_says_why_not(photos):
    with Running() as running:
        cookie = running.knock()
        wrong, right = ({"do": "open", "path": str(path)} for path in (photos / "nowhere", photos))
        listed, home, odd = ({"do": "folders", "path": path} for path in (str(photos.parent), "", 7))
        first, *said = talk(running, cookie, listed, wrong, home, odd, right, {"do": "toggle", "image": 0})
        assert (first["state"]["phase"], first["state"]["gallery"]) == ("start", None)
        assert "photos" in said[0]["answer"]["folders"]["names"]
        said_back = answers(said)
        assert [answer["id"] for answer in said_back] == list(range(6))
        assert [number for number, answer in enumerate(said_back) if "refused" in answer] == [3]
        assert said_back[2]["folders"]["path"] == str(Path.home())
        assert [state["phase"] for state in states(said)] == ["busy", "start", "busy", "gallery", "gallery"]
        assert states(said)[1]["notice"] == f"there is no folder {photos / 'nowhere'}."
        assert states(said)[-1]["gallery"]["all"] == 2


class PanicError(BaseException):
    """As a decoder in Rust raises: no Exception."""


ERRORS = [
    IndexError("no row 0"),
    ImportError("no extra"),
    RuntimeError(),
    PanicError("index out of bounds"),
    SystemExit(3),
]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_whatever_a_search_raises_is_said_and_the_next_one_runs(photos, error):
    errors = [error]

    def fails_once(folder):
        if errors:
            raise errors.pop()
        return search(folder)

    with Running(search=fails_once) as running:
        opened = {"do": "open", "path": str(photos)}
        _, *said = talk(running, running.knock(), opened, opened)
        assert [state["phase"] for state in states(said)] == ["busy", "start", "busy", "gallery"]
        notice = states(said)[1]["notice"]
        assert notice.endswith(".")
        assert (str(error) or repr(error)) in notice


def test_a_gallery_that_cannot_be_made_is_said_too(photos):
    with Running(search=lambda folder: "no duplicates") as running:
        _, *said = talk(running, running.knock(), {"do": "open", "path": str(photos)})
        assert [state["phase"] for state in states(said)] == ["busy", "start"]
        assert "a fault of dupviz" in states(said)[1]["notice"]


@pytest.mark.parametrize("depth", [50, 900, 1_000, 100_000])
def test_lists_within_lists_are_refused_and_the_next_message_is_answered(running, depth):
    nested = '{"do": ' + "[" * depth + "]" * depth + ', "id": 0}'
    for text in (nested, "[" * depth):
        said = answers(talk(running, running.knock(), text, {"do": "toggle", "image": 0}))
        assert [answer["id"] for answer in said[1:]] == [1]
        assert "refused" in said[0]
        assert "refused" not in said[1]


def test_finish_ends_it(photos):
    running = Running(photos)
    said = talk(running, running.knock(), {"do": "close"})
    assert said[1]["state"]["phase"] == "closed"
    running.wait()


def test_a_server_that_ends_does_not_wait_for_a_search(photos):
    begun = threading.Event()

    def search(folder):
        with pool(2) as executor:
            for _ in in_order(executor, time.sleep, ((0.01,) for _ in range(60_000))):
                begun.set()

    running = Running(search=search)
    talk(running, running.knock(), {"do": "open", "path": str(photos)})
    assert begun.wait(20)
    running.stop()
