"""A review server in a thread, and what is said to it, as a browser does and as none would."""

import asyncio
import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import tornado.httpclient
import tornado.websocket
from schemas import of_type, validator

from dupviz import find_duplicates
from dupviz.app.entrance import Entrance
from dupviz.app.place import LOOPBACK, Place, listening
from dupviz.app.server import ReviewServer
from dupviz.widgets.gallery.states import Answer

check_answer = validator(of_type(Answer))


def search(folder):
    return find_duplicates(folder, verify=False, keep="largest_file", progress=False, cache=False)


class Running:
    """A server in a thread of its own; `addresses` holds all that it gave out."""

    def __init__(self, folder=None, *, host=LOOPBACK, base_url="/", allowed=(), secret="", search=search):
        found = search(folder) if folder else None
        self.addresses = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(folder, found, host, base_url, allowed, secret, search))
        self._thread.start()
        assert self._ready.wait(30)

    def _run(self, folder, found, host, base_url, allowed, secret, search):
        def opened(address):
            self.addresses.append(address)
            self._ready.set()

        async def main():
            self._loop = asyncio.get_running_loop()
            await self.server.run(sockets, opened, self.addresses.append)

        with listening(host) as sockets:
            entrance = Entrance(Place(sockets, host, base_url, allowed), secret)
            self.port, self.path = entrance.place.port, entrance.place.path
            self.server = ReviewServer(entrance, search, str(folder or ""), found)
            asyncio.run(main())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()

    def stop(self):
        self._loop.call_soon_threadsafe(self.server.close)
        self.wait()

    def wait(self):
        """Until it has ended."""
        self._thread.join(30)
        assert not self._thread.is_alive()

    def get(self, path, method="GET", **headers):
        """Status, headers and body of a plain request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers={"Host": f"127.0.0.1:{self.port}", **headers})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), body.decode(errors="replace")

    @property
    def door(self):
        """The path that lets the next browser in."""
        parts = urlsplit(self.addresses[-1])
        return f"{parts.path}?{parts.query}"

    def knock(self, **headers):
        """The cookie that the token is exchanged for."""
        status, answered, _ = self.get(self.door, **headers)
        assert status == 200
        return answered["Set-Cookie"].split(";")[0]


async def _talk(running, cookie, *messages, **headers):
    """What the server says to a tab: first the state, then until it is quiet, or has closed. Messages count from 0."""
    address = f"ws://127.0.0.1:{running.port}{running.path}socket"
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = tornado.httpclient.HTTPRequest(address, headers={"Cookie": cookie, **headers})
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
    said += ["closed"] * ended
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


def talk(running, cookie, *messages, **headers):
    """The same, from a thread without an event loop: that of the tests may have one, of a browser."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_talk(running, cookie, *messages, **headers))).result()
