"""`dupviz review` ends at once, whatever it does: as a process, by real signals."""

import asyncio
import http.client
import json
import os
import signal
import time
from urllib.parse import urlsplit

import pytest
import tornado.httpclient
import tornado.websocket
from commands import Command
from losses import photo

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

SOON = 3.0  # seconds: one, and what a busy machine takes
FAULTS = "Traceback", "leaked", "Uncaught", "Exception in"


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """More pictures than can be read before a test ends: one of 12 megapixels, by 200 names and endings."""
    folder = tmp_path_factory.mktemp("many")
    first = folder / "0.jpg"
    photo(0).resize((4000, 3000)).save(first, quality=30)
    data = first.read_bytes()
    for number in range(1, 200):
        (folder / f"{number}.jpg").write_bytes(data + number.to_bytes(2))
    return folder


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    return home


def knock(address):
    """The cookie that the token is exchanged for."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=30)
    connection.request("GET", f"{parts.path}?{parts.query}", headers={"Host": parts.netloc})
    cookie = connection.getresponse().getheader("Set-Cookie").split(";")[0]
    connection.close()
    return cookie


async def say(address, then, *messages):
    """Say something as a tab, and do what follows once the server is at it."""
    parts = urlsplit(address)
    request = tornado.httpclient.HTTPRequest(
        f"ws://127.0.0.1:{parts.port}{parts.path}socket", headers={"Cookie": knock(address)}
    )
    socket = await tornado.websocket.websocket_connect(request)
    for number, message in enumerate(messages):
        await socket.write_message(json.dumps({"id": number, **message}))
    while '"phase": "busy"' not in await socket.read_message():
        pass
    await asyncio.sleep(1)
    await then(socket)
    while await socket.read_message() is not None:
        pass
    socket.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, "Finish"])
def test_a_scan_that_the_page_has_asked_for_ends_with_the_program(how, many, home):
    with Command(home, "--no-browser") as review:

        async def end(socket):
            nonlocal begun
            begun = time.monotonic()
            if how == "Finish":
                await socket.write_message(json.dumps({"id": 7, "do": "close"}))
            else:
                review.process.send_signal(how)

        begun = 0.0
        asyncio.run(say(review.address(), end, {"do": "open", "path": str(many)}))
        assert review.process.wait(30) == 0
        assert time.monotonic() - begun < SOON
    said = "\n".join(review.lines)
    assert not any(word in said for word in FAULTS), said
    assert ("Finished. Decisions are saved." in said) == (how == signal.SIGINT)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_scan_of_the_command_itself_ends_too(how, many, home):
    with Command(home, "--no-browser", many) as review:
        while not list(home.glob("cache/*")):  # the scan has begun
            time.sleep(0.1)
        time.sleep(1)
        begun = time.monotonic()
        review.process.send_signal(how)
        assert review.process.wait(30) == 130
        assert time.monotonic() - begun < SOON
    assert review.lines == ["dupviz: interrupted; nothing was changed"]
