"""Where the server listens, and the names to which it answers."""

import contextlib
import re
import socket
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

import tornado.netutil

__all__ = ["LOOPBACK", "Place", "listening", "path_of"]

LOOPBACK = "127.0.0.1"

HOST = re.compile(r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[\w.-]+))(?::\d{1,5})?", re.ASCII)
PATH = re.compile(r"[\w.~%-]+(?:/[\w.~%-]+)*", re.ASCII)


@contextlib.contextmanager
def listening(host: str = LOOPBACK, port: int = 0) -> Iterator[list[socket.socket]]:
    """Listen at an address of this machine, until the block ends.

    Parameters
    ----------
    host : str
        An address, or a name that has several.
    port : int
        0 for any that is free.

    Yields
    ------
    list of socket
        One for each address, all with one port.

    Raises
    ------
    OSError
        If the port is taken, or there is no such address here.

    Examples
    --------
    >>> with listening() as sockets:
    ...     Place(sockets).is_local
    True
    """
    try:
        sockets = tornado.netutil.bind_sockets(port, host)
    except OSError as error:
        words = f"cannot listen at {host}, port {port}: {error.strerror}; choose another --port or --host"
        raise OSError(words) from None
    try:
        yield sockets
    finally:
        for each in sockets:
            each.close()


def path_of(base_url: str) -> str:
    """A base URL as a path that begins and ends with a slash.

    Raises
    ------
    ValueError
        If it is no path.

    Examples
    --------
    >>> path_of("photos"), path_of("/")
    ('/photos/', '/')
    """
    path = base_url.strip("/")
    if path and (not PATH.fullmatch(path) or {".", ".."} & set(path.split("/"))):
        raise ValueError(f"the base URL must be a path such as /photos/, got {base_url!r}")
    return f"/{path}/" if path else "/"


class Place:
    """Where the server listens, and the names to which it answers.

    A page from elsewhere can have its own name lead to this machine (DNS rebinding): the browser then takes the server
    for a part of that page, and only the name in the request tells. So the server answers to names that nobody else can
    have: those of this machine, and those that its user has named.

    Parameters
    ----------
    sockets : list of socket
        That listen.
    host : str
        The address that was asked for.
    base_url : str
        The path under which all is.
    allowed : iterable of str
        Names of proxies and tunnels that lead here, each with a port if only that one counts.

    Raises
    ------
    ValueError
        If the base URL is no path, or an allowed name is no name.

    Examples
    --------
    >>> with listening() as sockets:
    ...     place = Place(sockets, allowed=["nas.local"])
    >>> [place.answers_to(name) for name in ("localhost:9000", "nas.local", "evil.example")]
    [True, True, False]
    """

    def __init__(
        self,
        sockets: list[socket.socket],
        host: str = LOOPBACK,
        base_url: str = "/",
        allowed: Iterable[str] = (),
    ) -> None:
        addresses = [_address(each.getsockname()[0]) for each in sockets]
        self.port: int = sockets[0].getsockname()[1]
        self.path = path_of(base_url)
        self.is_local = all(address is not None and address.is_loopback for address in addresses)
        self._allowed = {name.lower() for name in allowed}
        for name in self._allowed:
            if not HOST.fullmatch(name):
                raise ValueError(f"an allowed host must be a name such as nas.local or nas.local:8443, got {name!r}")
        own = socket.gethostname().lower()
        is_everywhere = any(address is not None and address.is_unspecified for address in addresses)
        name = own if is_everywhere else host.lower()
        self._own = set() if self.is_local else {own, f"{own}.local", name}
        self.address = f"http://{f'[{name}]' if ':' in name else name}:{self.port}{self.path}"

    def answers_to(self, name: str) -> bool:
        """Whether a request for this name, with or without a port, is meant for this server."""
        name = name.lower()
        parts = HOST.fullmatch(name)
        if parts is None:
            return False
        host = parts["v6"] or parts["name"]
        if {name, host} & self._allowed or host == "localhost" or host in self._own:
            return True
        address = _address(host)
        # Nobody can have an address as a name; but 0.0.0.0 is one that leads here from any machine.
        return address is not None and (address.is_loopback or not (self.is_local or address.is_unspecified))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    with contextlib.suppress(ValueError):
        return ip_address(text)
    return None
