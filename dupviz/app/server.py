"""A server on this machine alone, which shows the review gallery in the browser.

Whoever opens its address with the token that was printed gets a cookie for it; without the cookie, or under another
host name, all is refused. The page runs what this package ships, and asks for nothing from any network.
"""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import webbrowser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any

import tornado.httpserver
import tornado.netutil
import tornado.web
import tornado.websocket

from dupviz._disk.homes import home
from dupviz.duplicates import Duplicates
from dupviz.widgets.gallery.gallery import Gallery
from dupviz.widgets.gallery.messages import TEXT, Known, Reply, checked, refused
from dupviz.widgets.gallery.states import Answer, Content, FolderList, Phase, ServerState

__all__ = ["ReviewServer"]

log = logging.getLogger(__name__)

PACKAGE = Path(__file__).parents[1]
SHIPPED = ("app/*.js", "app/*.css", "app/*.svg", "widgets/gallery/*.js", "widgets/gallery/*.css")
# What can be asked for, by the names that it has on the disk: nothing else there can be.
FILES = {f"/{path.relative_to(PACKAGE).as_posix()}": path for pattern in SHIPPED for path in PACKAGE.glob(pattern)}
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MAX_FOLDERS = 500  # that the start page lists


class ReviewServer:
    """The gallery for one user in one browser, in as many tabs as they like.

    Parameters
    ----------
    search : callable
        Finds the duplicates in a folder: takes its path, and returns `Duplicates`. What it raises is said on the
        page.
    folder : str, optional
        Whose duplicates are to be shown; by default the start page asks for a folder.
    duplicates : Duplicates, optional
        What was found in it.

    Attributes
    ----------
    address : str
        With the token, to be opened once; known from `run` on.
    """

    def __init__(
        self, search: Callable[[str], Duplicates], folder: str | None = None, duplicates: Duplicates | None = None
    ) -> None:
        self._search = search
        self._token, self.cookie = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.port = 0
        self.gallery: Gallery | None = None
        self.phase: Phase = {"phase": "start", "folder": str(home()), "notice": ""}
        self.sockets: set[Socket] = set()
        self._worker = ThreadPoolExecutor(1)  # one message after the other, whichever tab it is from
        self._closed = asyncio.Event()
        # What a tab may ask of the server; all else is for the gallery.
        self.messages: Known = {
            "open": (self._open, {"path": TEXT}),
            "folders": (self._list, {"path": TEXT}),
            "close": (self._end, {}),
        }
        if duplicates is not None:
            self._show(folder or "", duplicates)

    @property
    def address(self) -> str:
        """The address to open, with the token in it."""
        return f"http://127.0.0.1:{self.port}/?token={self._token}"

    async def run(self, opened: Callable[[str], object] = webbrowser.open) -> None:
        """Serve until the page or the user ends it.

        Parameters
        ----------
        opened : callable
            Is given the address as soon as it can be opened.
        """
        sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        routes = [("/", Page), ("/socket", Socket), ("/.*", File)]
        application = tornado.web.Application(
            [(path, handler, {"server": self}) for path, handler in routes], log_function=lambda handler: None
        )
        server = tornado.httpserver.HTTPServer(application)
        server.add_sockets(sockets)
        opened(self.address)
        try:
            await self._closed.wait()
        finally:
            server.stop()
            for tab in list(self.sockets):
                tab.close()
            await server.close_all_connections()
            self._worker.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """End `run`."""
        self._closed.set()

    def is_token(self, text: str) -> bool:
        """Whether this is the token; it counts once."""
        is_right = bool(self._token) and secrets.compare_digest(text.encode(), self._token.encode())
        if is_right:
            self._token = ""
        return is_right

    async def receive(self, message: Any) -> Reply:
        """Do what a tab asks for, tell all tabs what there is now, and return the answer."""
        is_own = isinstance(message, dict) and message.get("do") in list(self.messages)
        if self.gallery is None or is_own:
            return await self._answer(message)
        loop = asyncio.get_running_loop()

        def push() -> None:
            loop.call_soon_threadsafe(self._tell_soon)

        self.gallery.push = push
        reply = await loop.run_in_executor(self._worker, self.gallery.receive, message)
        await self._tell()
        return reply

    async def _answer(self, message: Any) -> Reply:
        """Do what is asked of the server, and not of its gallery."""
        try:
            name, values = checked(message, self.messages)
            content = await self.messages[name][0](**values)
        except Exception as error:  # as in `answered`
            return refused(message, error), []
        answer: Answer = {"id": message["id"]}
        answer.update(content)
        return answer, []

    async def _end(self) -> Content:
        self.phase = {"phase": "closed", "folder": "", "notice": ""}
        await self._tell()
        asyncio.get_running_loop().call_soon(self.close)  # after the answer
        return {}

    async def _list(self, path: str) -> Content:
        return {"folders": await asyncio.get_running_loop().run_in_executor(None, _folders, path)}

    async def _open(self, path: str) -> Content:
        """Search a folder, and show its gallery."""
        if self.phase["phase"] == "busy":
            return {}
        self.phase = {"phase": "busy", "folder": path, "notice": ""}
        try:
            await self._tell()
            folder = Path(path).expanduser()
            if not folder.is_dir():
                raise FileNotFoundError(f"there is no folder {path}")
            duplicates = await asyncio.get_running_loop().run_in_executor(self._worker, self._search, str(folder))
            self._show(str(folder), duplicates)
        except Exception as error:  # of whatever kind: else the page would say "One moment" for ever
            self.phase = {"phase": "start", "folder": os.path.dirname(path) or str(home()), "notice": _why(error)}
        await self._tell()
        return {}

    def _show(self, folder: str, duplicates: Duplicates) -> None:
        self.gallery = Gallery(duplicates)
        self.phase = {"phase": "gallery", "folder": folder, "notice": ""}

    def state(self) -> ServerState:
        """What the page shows."""
        return {**self.phase, "gallery": self.gallery.state if self.gallery else None}

    async def _tell(self) -> None:
        for socket in list(self.sockets):
            with contextlib.suppress(tornado.websocket.WebSocketClosedError):
                await socket.write_message(json.dumps({"state": self.state()}))

    def _tell_soon(self) -> None:
        task = asyncio.ensure_future(self._tell())
        task.add_done_callback(lambda _: None)


class Guarded(tornado.web.RequestHandler):
    """A page that only its user sees: under its own address, with the cookie."""

    def initialize(self, server: ReviewServer) -> None:
        """Take the server."""
        self.server = server

    def prepare(self) -> None:
        """Refuse all others."""
        if self.request.host not in (f"127.0.0.1:{self.server.port}", f"localhost:{self.server.port}"):
            raise tornado.web.HTTPError(HTTPStatus.FORBIDDEN)
        cookie = self.get_cookie("dupviz", "") or ""
        self.is_known = secrets.compare_digest(cookie.encode(), self.server.cookie.encode())
        if not self.is_known and not self.may_knock():
            raise tornado.web.HTTPError(HTTPStatus.FORBIDDEN)

    def may_knock(self) -> bool:
        """Whether the token is here, in place of the cookie."""
        return False

    def set_default_headers(self) -> None:
        """Say what the page may do: nothing but what this package ships."""
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")
        self.clear_header("Server")

    def write_error(self, status_code: int, **_: Any) -> None:
        """Say no more than the status."""
        self.set_header("Content-Type", "text/plain")
        self.finish(HTTPStatus(status_code).phrase)

    def send(self, path: Path) -> None:
        """Send a file of this package."""
        self.set_header("Content-Type", f"{TYPES[path.suffix]}; charset=utf-8")
        self.finish(path.read_bytes())


class Page(Guarded):
    """The page itself, which the token opens once."""

    def may_knock(self) -> bool:
        return self.server.is_token(self.get_query_argument("token", ""))

    def get(self) -> None:
        """The page; after the token, at an address without it."""
        if self.is_known and not self.request.query:
            self.send(PACKAGE / "app" / "index.html")
            return
        self.set_cookie("dupviz", self.server.cookie, httponly=True, samesite="Strict", path="/")
        self.redirect("/")


class File(Guarded):
    """What the page is made of."""

    def get(self) -> None:
        """A file of this package."""
        path = FILES.get(self.request.path)
        if path is None:
            raise tornado.web.HTTPError(HTTPStatus.NOT_FOUND)
        self.send(path)


class Socket(Guarded, tornado.websocket.WebSocketHandler):
    """The way between a tab and the gallery; tornado refuses it to pages from elsewhere."""

    def open(self, *_: str, **__: str) -> None:
        """Begin with what there is."""
        self.server.sockets.add(self)
        self.write_message(json.dumps({"state": self.server.state()}))

    async def on_message(self, text: str | bytes) -> None:
        """Take what the tab says, and answer it: the text first, then its pictures, one after the other."""
        try:
            message = json.loads(text)
        except ValueError:
            message = text
        answer, pictures = await self.server.receive(message)
        with contextlib.suppress(tornado.websocket.WebSocketClosedError):
            self.write_message(json.dumps({"answer": answer, "pictures": len(pictures)}))
            for picture in pictures:
                self.write_message(picture, binary=True)

    def on_close(self) -> None:
        """The tab is closed."""
        self.server.sockets.discard(self)


def _why(error: Exception) -> str:
    """Why a folder was not searched, as a sentence for the page; what nobody expected is in the terminal as a whole."""
    if isinstance(error, OSError | ValueError | RuntimeError | ImportError) and str(error):
        return f"{error}."
    log.error("dupviz: the search has failed", exc_info=error)
    return f"The search has failed, which is a fault of dupviz: {error!r}. The terminal says where."


def _folders(path: str) -> FolderList:
    """The folders in a folder that a person can choose; of an unreadable one none."""
    folder, names = home(), []
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        folder = Path(path or folder).expanduser().absolute()
        names = sorted(each.name for each in folder.iterdir() if not each.name.startswith(".") and each.is_dir())
    names = [name for name in names if name.isprintable()][:MAX_FOLDERS]
    return {"path": str(folder), "parent": str(folder.parent), "names": names}
