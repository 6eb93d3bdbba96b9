"""Who is let in: the browser that opened an address with a token, or Jupyter."""

import re
import secrets
from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest

from dupviz.app.place import Place

__all__ = ["NOT_LET_IN", "SECRET_HEADER", "SECRET_VARIABLE", "Entrance", "is_encrypted"]

# How Jupyter tells the server what its requests will come with, and where that stands in them.
SECRET_VARIABLE = "DUPVIZ_REVIEW_SECRET"
SECRET_HEADER = "X-Dupviz-Secret"

PORTS = {"http": "80", "https": "443"}

NOT_LET_IN = (
    "This browser has not been let in. An address of dupviz review lets one browser in, once. The terminal in which it "
    "runs shows another address, for one more browser: open that one here."
)
OTHER_NAME = (
    "dupviz review does not answer to the name {name}. If that is your proxy or your tunnel, "
    "start dupviz review with --allow-host {name}"
)


class Entrance:
    """Who is let in.

    Parameters
    ----------
    place : Place
        Where the server listens.
    secret : str
        With which all requests of Jupyter come, if it has started the server. Jupyter has made sure who its user is,
        and under which name it is asked: then nothing else counts. Without it, a token is exchanged for a cookie.
    """

    def __init__(self, place: Place, secret: str = "") -> None:
        self.place = place
        self.is_by_jupyter = bool(secret)
        self._secret = secret
        self._token, self._cookie = secrets.token_urlsafe(32), secrets.token_urlsafe(32)

    @property
    def address(self) -> str:
        """The address that lets the next browser in."""
        return self.place.address if self.is_by_jupyter else f"{self.place.address}?token={self._token}"

    def takes(self, token: str) -> bool:
        """Whether this is the token. It counts once, and another takes its place."""
        is_right = _same(token, self._token)
        if is_right:
            self._token = secrets.token_urlsafe(32)
        return is_right

    def knows(self, request: HTTPServerRequest) -> bool:
        """Whether the request is of someone who has been let in."""
        if self.is_by_jupyter:
            return _same(request.headers.get(SECRET_HEADER, ""), self._secret)
        # All of them: of a server at a higher path of the same proxy, there is another one of the same name.
        pairs = request.headers.get("Cookie", "").split(";")
        return any(_same(pair.strip().partition("=")[2], self._cookie) for pair in pairs)

    def cookie(self, request: HTTPServerRequest) -> tuple[str, str]:
        """Name and value of the cookie.

        Ports share their cookies: with one name for all, two servers of a machine would log each other out. The port
        of this server would not do either, where tunnels lead to two machines.
        """
        return "dupviz-" + re.sub(r"[^A-Za-z0-9.]", "-", request.headers.get("Host", "")), self._cookie

    def refusal(self, request: HTTPServerRequest) -> str:
        """What to say to who asks under a foreign name; nothing if the name is right."""
        if self.is_by_jupyter:
            return ""
        foreign = next((name for name in _names(request) if not self.place.answers_to(name)), None)
        return "" if foreign is None else OTHER_NAME.format(name=foreign)

    def is_own_page(self, origin: str, request: HTTPServerRequest) -> bool:
        """Whether a socket is asked for by a page of this server; pages from elsewhere cannot set these headers."""
        if self.is_by_jupyter:  # which asks the same before it passes a socket on
            return True
        parts = urlsplit(origin.lower())
        spellings = {parts.netloc, f"{parts.netloc}:{PORTS.get(parts.scheme, '')}"}
        return not spellings.isdisjoint(name.lower() for name in _names(request))


def is_encrypted(request: HTTPServerRequest) -> bool:
    """Whether a proxy says that it was asked by https."""
    return request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip() == "https"


def _names(request: HTTPServerRequest) -> list[str]:
    """Under which names the server is asked: by the request, and before that by the proxies' own."""
    forwarded = request.headers.get("X-Forwarded-Host", "")
    return [request.headers.get("Host", ""), *(name.strip() for name in forwarded.split(",") if name.strip())]


def _same(given: str, right: str) -> bool:
    return secrets.compare_digest(given.encode(), right.encode())
