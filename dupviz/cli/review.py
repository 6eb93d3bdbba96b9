"""The command ``dupviz review``: a server until its page, or Ctrl-C, ends it."""

import argparse
import asyncio
import os
import signal
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from dupviz.app.entrance import SECRET_VARIABLE, Entrance
from dupviz.app.opening import redirecting
from dupviz.app.place import LOOPBACK, Place, listening
from dupviz.app.server import ReviewServer

if TYPE_CHECKING:
    from dupviz.duplicates import Duplicates

__all__ = ["review"]


def review(options: argparse.Namespace, search: Callable[[list[str]], "Duplicates"]) -> None:
    """Show the gallery in the browser.

    Parameters
    ----------
    options : argparse.Namespace
    search : callable
        Finds the duplicates in folders.

    Raises
    ------
    OSError, ValueError
        If it cannot listen where the options say; that is known before the search.
    """
    host = options.host or LOOPBACK
    with listening(host, options.port) as sockets, ExitStack() as redirect:
        place = Place(sockets, host, options.base_url, options.allow_host)
        entrance = Entrance(place, os.environ.pop(SECRET_VARIABLE, ""))  # it is not for what is started from here
        with _ended_as_by_keys():
            duplicates = search(options.folders) if options.folders else None

        def opened(address: str) -> None:
            print(f"The review is at {address}")
            if options.allow_host:
                print(f"Through your proxy or tunnel, put its address in the place of {place.address}")
            print("It ends with its button Finish, or with Ctrl-C here.", flush=True)
            if not options.no_browser and options.host is None:
                webbrowser.open(redirect.enter_context(redirecting(address)).as_uri())

        def used(address: str) -> None:
            redirect.close()
            print(f"A browser has opened it. For one more: {address}", flush=True)

        server = ReviewServer(entrance, lambda folder: search([folder]), ", ".join(options.folders), duplicates)
        try:
            asyncio.run(server.run(sockets, opened, used))
        except KeyboardInterrupt:
            print("\nFinished. Decisions are saved.")


@contextmanager
def _ended_as_by_keys() -> Iterator[None]:
    """For a while, let the signal that ends services do what Ctrl-C does; of the main thread alone it can be said."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
