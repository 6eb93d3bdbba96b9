"""The server of the review gallery in the browser: what its tabs ask for, and what they are told.

Who is let in is decided in `entrance.py`. The page runs what this package ships, and asks for nothing from any network.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import tornado.httpserver
import tornado.websocket

from dupviz._disk.homes import home
from dupviz._parallel import broken_off
from dupviz.app.entrance import Entrance
from dupviz.app.handlers import Socket, make_application
from dupviz.duplicates import Duplicates
from dupviz.widgets.gallery.gallery import Gallery
from dupviz.widgets.gallery.messages import TEXT, Known, Reply, checked, refused
from dupviz.widgets.gallery.states import Answer, Content, FolderList, Phase, ServerState

__all__ = ["ReviewServer"]

log = logging.getLogger(__name__)

Result = TypeVar("Result")

MAX_FOLDERS = 500  # that the start page lists


class ReviewServer:
    """The gallery for one user in one browser, in as many tabs as they like.

    Parameters
    ----------
    entrance : Entrance
        Who is let in.
    search : callable
        Finds the duplicates in a folder: takes its path, and returns `Duplicates`. What it raises is said on the
        page.
    folder : str, optional
        Whose duplicates are to be shown; by default the start page asks for a folder.
    duplicates : Duplicates, optional
        What was found in it.
    """

    def __init__(
        self,
        entrance: Entrance,
        search: Callable[[str], Duplicates],
        folder: str | None = None,
        duplicates: Duplicates | None = None,
    ) -> None:
        self.entrance, self._search = entrance, search
        self.gallery: Gallery | None = None
        self.phase: Phase = _start()
        self.sockets: set[Socket] = set()
        self._thread = 0  # of the worker, once it has begun
        self._worker = ThreadPoolExecutor(1, initializer=self._begin)  # one message after the other, from all tabs
        self._closed = asyncio.Event()
        # What a tab may ask of the server; all else is for the gallery.
        self.messages: Known = {
            "open": (self._open, {"path": TEXT}),
            "folders": (self._list, {"path": TEXT}),
            "close": (self._end, {}),
        }
        if duplicates is not None:
            self._show(folder or "", duplicates)

    async def run(
        self, sockets: list[socket.socket], opened: Callable[[str], object], used: Callable[[str], object]
    ) -> None:
        """Serve until the page or the user ends it.

        Parameters
        ----------
        sockets : list of socket
            That listen.
        opened : callable
            Is given the address that lets the first browser in, as soon as it can be opened.
        used : callable
            Is given the address for the next browser, each time that one has been let in.
        """
        self._used = used
        server = tornado.httpserver.HTTPServer(make_application(self))
        server.add_sockets(sockets)
        opened(self.entrance.address)
        with contextlib.suppress(NotImplementedError, RuntimeError):  # on Windows, and in another thread
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.close)
        try:
            await self._closed.wait()
        finally:
            server.stop()
            self._hang_up()
            await server.close_all_connections()
            with broken_off(self._thread):
                self._worker.shutdown(wait=True, cancel_futures=True)

    def _begin(self) -> None:
        self._thread = threading.get_ident()

    def close(self) -> None:
        """End `run`."""
        self._closed.set()

    def knock(self, token: str) -> bool:
        """Whether this token lets a browser in; it counts once."""
        is_right = self.entrance.takes(token)
        if is_right:
            self._used(self.entrance.address)
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
        reply = await loop.run_in_executor(self._worker, _unless_broken_off, self.gallery.receive, message)
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
        notice = "\n".join(self.gallery.receipts if self.gallery else [])
        self.phase = {"phase": "closed", "folder": "", "notice": notice}
        await self._tell()
        after_the_answer = asyncio.get_running_loop().call_soon
        if self.entrance.is_by_jupyter:  # which starts a server that has ended only with Jupyter itself
            self.gallery, self.phase = None, _start()
            after_the_answer(self._hang_up)
        else:
            after_the_answer(self.close)
        return {}

    def _hang_up(self) -> None:
        for tab in list(self.sockets):
            tab.close()

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
            loop = asyncio.get_running_loop()
            duplicates = await loop.run_in_executor(self._worker, _unless_broken_off, self._search, str(folder))
            self._show(str(folder), duplicates)
        except asyncio.CancelledError:  # the server ends
            raise
        except BaseException as error:  # a panic of a decoder in Rust is no Exception; the page would wait for ever
            self.phase = _start(os.path.dirname(path), _why(error))
        await self._tell()
        return {}

    def _show(self, folder: str, duplicates: Duplicates) -> None:
        self.gallery = Gallery(duplicates)
        self.phase = {"phase": "gallery", "folder": folder, "notice": ""}

    def state(self) -> ServerState:
        """What the page shows."""
        return {**self.phase, "gallery": self.gallery.state if self.gallery else None}

    async def _tell(self) -> None:
        for tab in list(self.sockets):
            with contextlib.suppress(tornado.websocket.WebSocketClosedError):
                await tab.write_message(json.dumps({"state": self.state()}))

    def _tell_soon(self) -> None:
        task = asyncio.ensure_future(self._tell())
        task.add_done_callback(lambda _: None)


def _unless_broken_off(work: Callable[[Any], Result], about: Any) -> Result:
    """Do it; a KeyboardInterrupt that ends it is none of the loop that waits for it."""
    try:
        return work(about)
    except KeyboardInterrupt:
        raise RuntimeError("the server has ended") from None


def _start(folder: str = "", notice: str = "") -> Phase:
    """The start page, which asks for a folder and begins with this one."""
    return {"phase": "start", "folder": folder or str(home()), "notice": notice}


def _why(error: BaseException) -> str:
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
