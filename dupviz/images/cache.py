"""Tensors that are remembered between runs, so that a second look at a folder is instant.

An SQLite database in the user's cache folder. Without it everything works, only slower: if it fails, a
warning says so in one line, and the files are read again.
"""

import logging
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
from platformdirs import user_cache_dir

from dupviz._disk.status import FileStatus
from dupviz.images.decode import LOADER, Decoded

__all__ = ["MAX_BYTES", "Store", "clear", "contents", "looks_file", "store_file"]

# 240,000 images. Beyond, those that have been unused for longest make room.
MAX_BYTES = 2_000_000_000

# What has been read waits this long for its commit: all that a kill can lose.
COMMIT_SECONDS = 1.0

# Another process commits within milliseconds; who waits for longer than this goes on without the store.
BUSY_SECONDS = 5.0

# A later use within a day is not noted, for that would write to the disk at every look.
DAY = 86_400

SCHEMA_VERSION = 4

# Two tables, since noting a use writes its row anew: 100 bytes rather than 7.6 kB. Paths are bytes, as not all are
# UTF-8. `status` is text: after 2262 the nanoseconds in it are more than 64 bits can count.
SCHEMA = f"""
    CREATE TABLE files (
        id INTEGER PRIMARY KEY, path BLOB, size INTEGER, loader TEXT, width INTEGER, height INTEGER, format TEXT,
        taken TEXT, gps INTEGER, frames INTEGER, video INTEGER, transparent INTEGER, status TEXT, checksum INTEGER,
        used REAL,
        UNIQUE (path, size, loader)
    );
    CREATE TABLE tensors (id INTEGER PRIMARY KEY REFERENCES files ON DELETE CASCADE, tensor BLOB);
    PRAGMA user_version = {SCHEMA_VERSION};
"""

# What is no fault of the database. After any other error it is made anew.
# fmt: off
NOT_NOW = {
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
}
# fmt: on

Result = TypeVar("Result")

log = logging.getLogger("dupviz")  # shows a warning as one line on stderr, in notebooks and terminals alike


class Store:
    """Tensors and file facts on disk, for use in a ``with`` block and by one thread.

    Parameters
    ----------
    paths : collection of str
        Real paths of the files that will be looked up; they do not make room for each other.
    enabled : bool
        If not, it never finds anything and writes nothing, as if it could not be opened.
    """

    def __init__(self, paths: Collection[str], *, enabled: bool = True) -> None:
        self._connection: sqlite3.Connection | None = None
        self._paths = paths
        self._new: list[tuple] = []
        self._used: list[int] = []
        self._started = time.time()
        self._is_marked = self._is_full = False
        self._last_commit = time.monotonic()
        if enabled:
            self._attempt(self._open)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._attempt(self._commit)
        self._close()

    def find(self, paths: list[str], size: int) -> dict[str, Decoded]:
        """Look up files; the caller compares whether they have changed.

        Parameters
        ----------
        paths : list of str
            Real paths.
        size : int
            Height and width of the tensors.

        Returns
        -------
        dict of str to Decoded
            By path, those that are remembered.
        """
        return self._attempt(self._find, paths, size) or {}

    def add(self, path: str, size: int, decoded: Decoded) -> None:
        """Remember an image.

        Parameters
        ----------
        path : str
            Its real path.
        size : int
            Height and width that were asked for.
        """
        if self._connection is None or self._is_full:
            return
        self._new.append((path, size, decoded))
        if time.monotonic() - self._last_commit > COMMIT_SECONDS:
            self._attempt(self._commit)

    def _attempt(self, function: Callable[..., Result], *arguments: Any) -> Result | None:
        """Call a function; if the database is damaged, make a new one; if it is out of reach, go on without."""
        try:
            return function(*arguments)
        except (sqlite3.Error, OSError) as error:
            self._close()
            # The lower eight bits are the kind of error; those above say more about it.
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if isinstance(error, OSError) or code in NOT_NOW:
                log.warning("dupviz: images are not remembered in %s: %s", store_file(), error)
                return None
        log.warning(
            "dupviz: the remembered images in %s are damaged or of another version; files are read anew", store_file()
        )
        try:
            clear()
            self._open()
        except (sqlite3.Error, OSError):
            self._close()
        return None

    def _open(self) -> None:
        file = store_file()
        make_private(file)
        self._connection = connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA page_size = 8192")  # one tensor of 50 x 50 x 3 each
        connection.execute("PRAGMA journal_mode = WAL")  # readers and a writer at once; a kill leaves it as it was
        connection.execute("PRAGMA synchronous = NORMAL")  # losing power may lose the last commits, and nothing else
        connection.execute("PRAGMA foreign_keys = ON")
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if _value(connection, "SELECT count(*) FROM sqlite_master") == 0:
                for statement in SCHEMA.split(";"):
                    connection.execute(statement)
        if _value(connection, "PRAGMA user_version") != SCHEMA_VERSION:
            raise sqlite3.DatabaseError("made by another version")

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._new.clear()
        self._used.clear()

    def _find(self, paths: list[str], size: int) -> dict[str, Decoded]:
        if self._connection is None:
            return {}
        rows = self._connection.execute(
            "SELECT path, size, loader, width, height, format, taken, gps, frames, video, transparent, "
            "status, checksum, id, used < ?, tensor FROM files JOIN tensors USING (id) "
            f"WHERE size = ? AND loader = ? AND path IN ({_marks(paths)})",
            (self._started - DAY, size, LOADER, *map(os.fsencode, paths)),
        )
        found = {}
        for *facts, checksum, key, is_long_unused, tensor in rows:
            if not isinstance(tensor, bytes) or checksum != _checksum(facts, tensor):
                raise sqlite3.DatabaseError("a row has changed")
            if is_long_unused:
                self._used.append(key)
            path, _, _, width, height, image_format, taken, gps, frames, video, transparent, status = facts
            pixels = np.frombuffer(tensor, np.uint8).reshape(size, size, 3)
            seen = FileStatus(*map(int, status.split()))
            found[os.fsdecode(path)] = Decoded(
                pixels, width, height, image_format, taken, bool(gps), frames, bool(video), bool(transparent), seen
            )
        return found

    def _commit(self) -> None:
        self._last_commit = time.monotonic()
        if self._connection is None or not (self._new or self._used):
            return
        connection, started = self._connection, self._started
        with connection:  # rolls back, also on Ctrl-C
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("UPDATE files SET used = ? WHERE id = ?", ((started, each) for each in self._used))
            for path, size, decoded in self._new:
                tensor = decoded.tensor.tobytes()
                if not self._has_room(connection, len(tensor)):
                    break
                status = " ".join(map(str, decoded.status))
                inside = int(decoded.gps), decoded.frames, int(decoded.video), int(decoded.transparent)
                row = os.fsencode(path), size, LOADER, *decoded[1:5], *inside, status
                connection.execute("DELETE FROM files WHERE path = ? AND size = ? AND loader = ?", row[:3])
                number = connection.execute(
                    "INSERT INTO files VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*row, _checksum(row, tensor), started),
                ).lastrowid
                connection.execute("INSERT INTO tensors VALUES (?, ?)", (number, tensor))
        self._new.clear()
        self._used.clear()

    def _has_room(self, connection: sqlite3.Connection, size: int) -> bool:
        """Make room by forgetting what was used least recently, but nothing of this run; say whether it fits."""
        while _bytes_in_use(connection) + size > MAX_BYTES:
            if not self._is_marked:
                self._mark_used(connection)
            # A twentieth at a time: to find the oldest of 240,000 takes a tenth of a second.
            forgotten = connection.execute(
                "DELETE FROM files WHERE id IN (SELECT id FROM files WHERE used < ? ORDER BY used, id "
                "LIMIT (SELECT 1 + count(*) / 20 FROM files))",
                (self._started,),
            )
            self._is_full = forgotten.rowcount == 0
            if self._is_full:
                return False
        return True

    def _mark_used(self, connection: sqlite3.Connection) -> None:
        """Note that all files of this run are in use, even those not looked up yet."""
        paths = [os.fsencode(path) for path in self._paths]
        for start in range(0, len(paths), 500):
            some = paths[start : start + 500]
            query = f"UPDATE files SET used = ? WHERE path IN ({_marks(some)})"
            connection.execute(query, (self._started, *some))
        self._is_marked = True


def make_private(file: Path) -> None:
    """Make a file, and its folder, that others cannot read: small pictures are pictures."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    with suppress(OSError):  # that of another user
        file.chmod(0o600)


def store_file() -> Path:
    """Where the store is: in the folder that ``DUPVIZ_CACHE_DIR`` names, or else in the user's cache folder."""
    return Path(os.environ.get("DUPVIZ_CACHE_DIR") or user_cache_dir("dupviz")) / "tensors.sqlite"


def looks_file() -> Path:
    """Where the second look remembers its verdicts: beside the store."""
    return store_file().with_name("looks.sqlite")


def contents() -> tuple[int, int]:
    """What the store holds.

    Returns
    -------
    size : int
        Bytes on the disk.

    Raises
    ------
    sqlite3.Error
        If it cannot be read.
    """
    file = store_file()
    if not file.exists():
        return 0, 0
    connection = sqlite3.connect(file, timeout=BUSY_SECONDS)
    try:
        # A process that ended at once may have left a file without a table.
        has_table = _value(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'files'")
        images = _value(connection, "SELECT count(*) FROM files") if has_table else 0
    finally:
        connection.close()
    return images, sum(each.stat().st_size for each in _files() if each.exists())


def clear() -> None:
    """Remove the store.

    Raises
    ------
    OSError
        If it cannot be removed.
    """
    for file in _files():
        file.unlink(missing_ok=True)


def _files() -> list[Path]:
    """The database, and before it the files that SQLite writes beside it: they must never be left beside a new one."""
    stores = [store_file(), looks_file()]
    return [store.with_name(store.name + suffix) for store in stores for suffix in ("-journal", "-wal", "-shm", "")]


def _value(connection: sqlite3.Connection, query: str) -> Any:
    return connection.execute(query).fetchone()[0]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _bytes_in_use(connection: sqlite3.Connection) -> int:
    pages = _value(connection, "PRAGMA page_count") - _value(connection, "PRAGMA freelist_count")
    return pages * _value(connection, "PRAGMA page_size")


def _checksum(facts: Iterable[object], tensor: bytes) -> int:
    """Checksum of a row, since SQLite does not notice a changed byte."""
    return zlib.crc32(tensor, zlib.crc32(repr(tuple(facts)).encode()))
