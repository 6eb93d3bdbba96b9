"""What is answered to a browser: the page, what it is made of, and the socket; to all others a refusal."""

import asyncio
import base64
import contextlib
import hashlib
import html
import json
import re
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tornado.web
import tornado.websocket

from dupviz.app.entrance import NOT_LET_IN, is_encrypted

if TYPE_CHECKING:
    from dupviz.app.server import ReviewServer

__all__ = ["FILES", "Socket", "make_application"]

PACKAGE = Path(__file__).parents[1]
SHIPPED = ("app/*.js", "app/*.css", "app/*.svg", "widgets/gallery/*.js", "widgets/gallery/*.css")
# What can be asked for, by the names that it has on the disk: nothing else there can be.
FILES = {path.relative_to(PACKAGE).as_posix(): path for pattern in SHIPPED for path in PACKAGE.glob(pattern)}
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
# Of pages for those who are not let in, and get no style sheet: a sheet within the page, which its hash allows.
STYLE = "body{max-width:600px;margin:40px auto;padding:0 20px;font:15px/1.5 system-ui,sans-serif}h1{font-size:24px}"
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' 'sha256-{STYLE_HASH}'; img-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PING_SECONDS = 20  # proxies end connections that say nothing for a minute: nginx does by default


def make_application(server: "ReviewServer") -> tornado.web.Application:
    """All that can be asked for, below the path of the server."""
    path = re.escape(server.entrance.place.path)
    routes = [(path, Page), (f"{path}socket", Socket), (f"{path}(.*)", File), ("/.*", Elsewhere)]
    return tornado.web.Application(
        [(pattern, handler, {"server": server}) for pattern, handler in routes],
        log_function=lambda handler: None,
        websocket_ping_interval=PING_SECONDS,
    )


class Guarded(tornado.web.RequestHandler):
    """A page that only its user sees: under a name of its own, and once they are let in."""

    SUPPORTED_METHODS = ("GET",)  # else any other would take the token, and not let its user in

    def initialize(self, server: "ReviewServer") -> None:
        """Take the server."""
        self.server = server

    def prepare(self) -> None:
        """Refuse all others."""
        entrance = self.server.entrance
        words = entrance.refusal(self.request)
        if not words and not entrance.knows(self.request) and not self.may_knock():
            words = NOT_LET_IN
        if words:
            self.set_status(HTTPStatus.FORBIDDEN)
            self.say("Not opened", words)

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

    def say(self, title: str, words: str, head: str = "") -> None:
        """Answer with a page of a title and a sentence."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        start = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        start += '<meta name="viewport" content="width=device-width, initial-scale=1">'
        start += f'<link rel="icon" href="app/icon.svg"><style>{STYLE}</style>'
        self.finish(f"{start}{head}<title>{title}</title><h1>{title}</h1><p>{html.escape(words)}</p>")

    def send(self, path: Path) -> None:
        """Send a file of this package."""
        self.set_header("Content-Type", f"{TYPES[path.suffix]}; charset=utf-8")
        self.finish(path.read_bytes())


class Page(Guarded):
    """The page itself, which the token opens once."""

    def may_knock(self) -> bool:
        return self.server.knock(self.get_query_argument("token", ""))

    def get(self) -> None:
        """The page; after the token, at an address without it."""
        if not self.request.query:
            self.send(PACKAGE / "app" / "index.html")
            return
        name, value = self.server.entrance.cookie(self.request)
        # Without a path, it is for what is below the path that the browser asked for, whatever a proxy makes of it.
        self.set_cookie(name, value, path="", httponly=True, samesite="Strict", secure=is_encrypted(self.request))
        # No redirect: after one, no strict cookie is sent where the first page was of elsewhere, as a file is.
        self.say("One moment", "The review opens.", '<meta http-equiv="refresh" content="0; url=./">')


class File(Guarded):
    """What the page is made of."""

    def get(self, name: str) -> None:
        """A file of this package."""
        path = FILES.get(name)
        if path is None:
            raise tornado.web.HTTPError(HTTPStatus.NOT_FOUND)
        self.send(path)


class Elsewhere(Guarded):
    """What is not below the path of the server: nothing, but for that path without its last slash."""

    def may_knock(self) -> bool:
        return self._is_nearly_there()

    def get(self) -> None:
        """Lead to the path, by an address that holds behind a proxy, too."""
        if not self._is_nearly_there():
            raise tornado.web.HTTPError(HTTPStatus.NOT_FOUND)
        name = self.request.path.rpartition("/")[2]
        self.redirect(f"{name}/" + (f"?{self.request.query}" if self.request.query else ""))

    def _is_nearly_there(self) -> bool:
        return f"{self.request.path}/" == self.server.entrance.place.path


class Socket(Guarded, tornado.websocket.WebSocketHandler):
    """The way between a tab and the gallery."""

    def check_origin(self, origin: str) -> bool:
        """Refuse pages from elsewhere."""
        return self.server.entrance.is_own_page(origin, self.request)

    def open(self, *_: str, **__: str) -> None:
        """Begin with what there is."""
        self._under_way: set[asyncio.Task[None]] = set()  # else one may be collected before it is done
        self.server.sockets.add(self)
        self.write_message(json.dumps({"state": self.server.state()}))

    def on_message(self, text: str | bytes) -> None:
        """Take what the tab says, which may be Finish in the midst of something that takes long."""
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):  # the latter for lists within lists
            message = text
        task = asyncio.ensure_future(self._answer(message))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answer(self, message: Any) -> None:
        """Answer the tab: the text first, then its pictures, one after the other."""
        answer, pictures = await self.server.receive(message)
        with contextlib.suppress(tornado.websocket.WebSocketClosedError):
            self.write_message(json.dumps({"answer": answer, "pictures": len(pictures)}))
            for picture in pictures:
                self.write_message(picture, binary=True)

    def on_close(self) -> None:
        """The tab is closed."""
        self.server.sockets.discard(self)
