"""What comes from a browser is checked: nothing but the known messages does anything, and each is answered."""

import logging

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from made_up import find_by_mse, image_set
from schemas import of_messages, of_type

from dupviz.review.labels import Labels
from dupviz.widgets import ReviewGallery
from dupviz.widgets.gallery.messages import (
    BOX,
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    MessageError,
    answered,
    checked,
    many,
    one_of,
    row,
    turned_file,
)
from dupviz.widgets.gallery.states import FolderList, Phase


@pytest.fixture
def gallery(tmp_path):
    stack = np.zeros((3, 8, 8, 3), np.uint8)
    stack[:, ::2] = 200
    duplicates = find_by_mse(image_set(stack), progress=False)
    gallery = ReviewGallery(
        duplicates, file=tmp_path / "decisions", labels=Labels(duplicates.images, tmp_path / "labels")
    )
    gallery.sent = []
    gallery.send = lambda *message: gallery.sent.append(message)
    return gallery


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("toggle", "no message is named None"),
        ({}, "no message is named None"),
        ({"do": ["toggle"]}, "no message is named"),
        ({"do": "go_to", "page": 1}, "no message is named 'go_to'"),
        ({"do": "_class__"}, "no message is named"),
        ({"do": "toggle"}, "toggle comes with id, image, got id."),
        ({"do": "undo", "image": 1}, "undo comes with id, got id, image."),
        ({"do": "undo", "id": "1"}, "id must be a whole number, got '1'"),
        ({"do": "toggle", "image": 3}, "image must be at most 2, got 3"),
        ({"do": "toggle", "image": -1}, "image must be at least 0, got -1"),
        ({"do": "toggle", "image": "1"}, "image must be a whole number, got '1'"),
        ({"do": "toggle", "image": True}, "image must be a whole number, got True"),
        ({"do": "set_threshold", "threshold": float("nan")}, "threshold must be a number, got nan"),
        ({"do": "set_threshold", "threshold": float("inf")}, "threshold must be a number, got inf"),
        ({"do": "set_threshold", "threshold": -1}, "threshold must be at least 0, got -1"),
        ({"do": "set_keep_rule", "rule": "__class__"}, "rule must be one of best, "),
        ({"do": "set_keep_rule", "rule": "own"}, "rule must be one of"),
        ({"do": "accept", "groups": 1}, "groups must be a list, got 1"),
        ({"do": "accept", "groups": [1] * 4}, "groups must be at most 3 long"),
        ({"do": "preview", "to": "a\0b", "every": True, "carry": True, "held": False}, "to must match"),
        (
            {"do": "preview", "to": "a" * 4097, "every": True, "carry": True, "held": False},
            "to must be at most 4096 long",
        ),
        ({"do": "thumbnails", "files": [[0, 45, False]]}, "files[0][1] must be one of 0, 90, 180, 270, got 45"),
        ({"do": "thumbnails", "files": [[0, False, False]]}, "files[0][1] must be one of"),
        ({"do": "thumbnails", "files": [[0, 90]]}, "files[0] must be at least 3 long"),
        ({"do": "compare", "files": [], "side": 100, "box": [0, 0, 1]}, "box must be at least 4 long"),
        ({"do": "compare", "files": [], "side": 100, "box": [0, 0, 1, 1.5]}, "box[3] must be at most 1, got 1.5"),
    ],
)
def test_unknown_messages_are_refused_by_their_number_with_a_warning(gallery, caplog, message, words):
    before = gallery.state
    if isinstance(message, dict):
        message = {"id": 7, **message}
    with caplog.at_level(logging.WARNING, "dupviz"):
        gallery._on_message(gallery, message, [])
    assert gallery.state == before
    [(answer, pictures)] = gallery.sent
    number = message["id"] if isinstance(message, dict) and message["id"] == 7 else None
    assert (answer["id"], pictures) == (number, [])
    assert answer["refused"].startswith("The page asks for something that does not exist: ")
    assert words in answer["refused"]
    assert "a message of the page is refused" in caplog.text


@pytest.mark.parametrize(
    "message",
    [{"do": "a" * 10_000}, {"do": ["a"] * 10_000}, {"do": "undo", "a" * 10_000: 1}, {"do": "undo", "id": "a" * 10_000}],
)
def test_what_is_said_of_a_message_is_short_however_long_it_is(gallery, caplog, message):
    gallery._on_message(gallery, message, [])
    [(answer, _)] = gallery.sent
    assert len(answer["refused"]) < 300
    assert len(caplog.text) < 400


def test_what_fails_is_answered_too(gallery, caplog, monkeypatch):
    monkeypatch.setattr(gallery.review, "members", None)
    with caplog.at_level(logging.ERROR, "dupviz"):
        gallery._on_message(gallery, {"do": "accept_same", "id": 3}, [])
    [(answer, pictures)] = gallery.sent
    assert (answer["id"], pictures) == (3, [])
    assert answer["refused"].startswith("This has failed, which is a fault of dupviz: ")
    assert "Traceback" in caplog.text


def test_the_state_is_new_before_the_answer_comes(gallery):
    order = []
    gallery.observe(lambda change: order.append("state"), "state")
    gallery.send = lambda *answer: order.append(answer)
    gallery._on_message(gallery, {"do": "accept_same", "id": 5}, [])
    assert order == ["state", ({"id": 5}, [])]


SCHEMAS = {
    "whole": WHOLE,
    "number": NUMBER,
    "flag": FLAG,
    "text": TEXT,
    "box": BOX,
    "row": row(2),
    "word": one_of(["a", "b"]),
    "files": many(turned_file(5), 2),
}


def test_values_pass_as_they_were_sent():
    values = {
        "whole": -3,
        "number": 2.5,
        "flag": True,
        "text": "",
        "box": [0, 0.5, 1, 1],
        "row": 1,
        "word": "a",
        "files": [[4, 90, True]],
    }
    assert checked({"do": "ask", "id": 1, **values}, {"ask": (None, SCHEMAS)}) == ("ask", values)
    reply = answered({"do": "ask", "id": 1, **values}, {"ask": (lambda **values: (values, [b""]), SCHEMAS)})
    assert reply == ({"id": 1, **values}, [b""])


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([-1, 0, 1, 2, 90, 0.5, 1.5, -0.5]),
    st.sampled_from(["", "a", "\0", "c" * 4097]),
)
LISTS = st.lists(SCALARS, max_size=5)


@given(st.sampled_from(list(SCHEMAS)), st.one_of(SCALARS, LISTS, st.lists(LISTS, max_size=3)))
def test_what_passes_is_what_the_schema_allows(name, value):
    message = {"do": "ask", "id": 1, name: value}
    known = {"ask": (None, {name: SCHEMAS[name]})}
    is_right = Draft202012Validator(of_messages(known)).is_valid(message)
    if is_right:
        assert checked(message, known) == ("ask", {name: value})
    else:
        with pytest.raises(MessageError, match=name):
            checked(message, known)


def test_a_missing_value_and_one_too_many_break_the_schema_of_a_state():
    for kind, right in [
        (FolderList, {"path": "a", "parent": "", "names": ["b"]}),
        (Phase, {"phase": "busy", "folder": "a", "notice": ""}),
    ]:
        schema = Draft202012Validator(of_type(kind))
        assert schema.is_valid(right)
        first = next(iter(right))
        for wrong in ({**right, "more": 1}, {**right, first: None}, {k: v for k, v in right.items() if k != first}):
            assert not schema.is_valid(wrong)
