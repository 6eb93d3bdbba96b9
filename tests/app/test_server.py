"""The server of ``dupviz review``: who is let in, and what they may ask for."""

import asyncio
import http.client
import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import tornado.httpclient
import tornado.websocket
from schemas import of_type, validator

from dupviz import find_duplicates
from dupviz.app.server import FILES, ReviewServer
from dupviz.widgets.gallery.states import Answer

PHOTOS = Path(__file__).parents[2] / "data" / "photos"
check_answer = validator(of_type(Answer))


def search(folder):
    return find_duplicates(folder, verify=False, keep="largest_file", progress=False, cache=False)


@pytest.fixture
def photos(tmp_path, monkeypatch):
    monkeypatch.setenv("DUPVIZ_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("coffee.jpg", "coffee_small.jpg", "cat.jpg", "cat.png"):
        shutil.copy(PHOTOS / name, folder)
    return folder


class Running:
    """A server in a thread of its own."""

    def __init__(self, folder=None):
        self.server = ReviewServer(search, str(folder or ""), search(folder) if folder else None)
        self.address = ""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._ready.wait(30)

    def _run(self):
        def opened(address):
            self.address = address
            self._ready.set()

        async def main():
            self._loop = asyncio.get_running_loop()
            await self.server.run(opened)

        asyncio.run(main())

    def stop(self):
        self._loop.call_soon_threadsafe(self.server.close)
        self._thread.join(30)
        assert not self._thread.is_alive()

    def get(self, path, host=None, cookie=None):
        """Status, headers and body of a plain request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Host": host or f"127.0.0.1:{self.server.port}"} | ({"Cookie": cookie} if cookie else {})
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), body

    def knock(self):
        """The cookie that the token is exchanged for."""
        parts = urlsplit(self.address)
        status, headers, _ = self.get(f"{parts.path}?{parts.query}")
        assert status == 302
        return headers["Set-Cookie"].split(";")[0]


@pytest.fixture
def running(photos):
    server = Running(photos)
    yield server
    server.stop()


async def _talk(running, cookie, *messages, origin=None):
    """What the server says to a tab: first the state, then until it is quiet. Messages are numbered from 0."""
    address = f"ws://127.0.0.1:{running.server.port}/socket"
    headers = {"Cookie": cookie, **({"Origin": origin} if origin else {})}
    request = tornado.httpclient.HTTPRequest(address, headers=headers)
    socket = await tornado.websocket.websocket_connect(request)
    said = [json.loads(await socket.read_message())]
    ended = False
    for number, message in enumerate(messages):
        await socket.write_message(message if isinstance(message, str) else json.dumps({"id": number, **message}))
        try:
            while not ended:
                part = await asyncio.wait_for(socket.read_message(), 2)
                ended = part is None
                if not ended:
                    said.append(part if isinstance(part, bytes) else json.loads(part))
        except TimeoutError:
            pass
    socket.close()
    while not ended:  # the other end closes it, too
        ended = await socket.read_message() is None
    for answer in answers(said):
        check_answer(answer)
    return said


def answers(said):
    """What was answered, without pictures."""
    return [part["answer"] for part in said if isinstance(part, dict) and "answer" in part]


def states(said):
    """What the page was to show, one after the other."""
    return [part["state"] for part in said if isinstance(part, dict) and "state" in part]


def talk(running, cookie, *messages, origin=None):
    """The same, from a thread without an event loop: that of the tests may have one, of a browser."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_talk(running, cookie, *messages, origin=origin))).result()


def test_only_who_has_the_token_gets_in_and_it_counts_once(running):
    assert running.get("/")[0] == 403
    assert running.get("/?token=wrong")[0] == 403
    assert running.get("/app/app.js")[0] == 403
    cookie = running.knock()
    parts = urlsplit(running.address)
    assert running.get(f"/?{parts.query}")[0] == 403  # once
    assert running.get("/", cookie=cookie)[0] == 200
    assert running.get("/", cookie="dupviz=wrong")[0] == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "0.0.0.0:{port}"])
def test_a_foreign_host_is_refused_even_with_the_cookie(host, running):
    cookie = running.knock()
    assert running.get("/", host=host.format(port=running.server.port), cookie=cookie)[0] == 403
    assert running.get("/", host=f"localhost:{running.server.port}", cookie=cookie)[0] == 200


def test_nothing_but_this_package_is_served_under_a_strict_policy(running):
    cookie = running.knock()
    for path in FILES:
        status, headers, body = running.get(path, cookie=cookie)
        assert status == 200
        assert body
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "Server" not in headers
    for path in (
        "/server.py",
        "/../cli.py",
        "/widgets/gallery/../gallery.py",
        "/widgets/gallery/gallery.py",
        "/app/index.html",
        "/etc/passwd",
        "//",
        "/%2e%2e",
    ):
        assert running.get(path, cookie=cookie)[0] in (400, 404)


def test_the_socket_is_closed_to_others(running):
    cookie = running.knock()
    for wrong_cookie, origin in (("dupviz=wrong", None), (cookie, "http://evil.example")):
        with pytest.raises(tornado.httpclient.HTTPClientError, match="403"):
            talk(running, wrong_cookie, origin=origin)


def test_a_tab_decides_and_the_next_one_sees_it(running):
    cookie = running.knock()
    first, *said = talk(running, cookie, {"do": "toggle", "image": 0}, "no json", {"do": "toggle"})
    assert first["state"]["phase"] == "gallery"
    changed = states(said)[-1]["gallery"]
    assert changed["can_undo"]
    done, *others = answers(said)
    assert done == {"id": 0}
    assert [(answer["id"], "asks for what there is not" in answer["refused"]) for answer in others] == [
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
    running = Running()
    try:
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
    finally:
        running.stop()


@pytest.mark.parametrize("error", [IndexError("no row 0"), ImportError("no extra"), RuntimeError()])
def test_whatever_a_search_raises_is_said_and_the_next_one_runs(photos, error):
    running = Running()

    def fails_once(folder):
        running.server._search = search
        raise error

    running.server._search = fails_once
    try:
        opened = {"do": "open", "path": str(photos)}
        _, *said = talk(running, running.knock(), opened, opened)
        assert [state["phase"] for state in states(said)] == ["busy", "start", "busy", "gallery"]
        notice = states(said)[1]["notice"]
        assert notice.endswith(".")
        assert (str(error) or repr(error)) in notice
    finally:
        running.stop()


def test_finish_ends_it(photos):
    running = Running(photos)
    said = talk(running, running.knock(), {"do": "close"})
    assert said[1]["state"]["phase"] == "closed"
    running._thread.join(30)
    assert not running._thread.is_alive()
