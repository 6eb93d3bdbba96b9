"""Tensors that are remembered between runs, so that a second look at a folder is instant."""

import os
import sqlite3
import time
import zlib
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from platformdirs import user_cache_dir

from dupviz._disk.homes import is_remembered, own_folder
from dupviz._disk.status import FileStatus
from dupviz._disk.store import Database, database_files, remove_database, single_value
from dupviz.images.decode import LOADER, Decoded

__all__ = ["MAX_BYTES", "Store", "clear", "contents", "looks_file", "store_file"]

# 240,000 images. Beyond, those that have been unused for longest make room.
MAX_BYTES = 2_000_000_000

# A later use within a day is not noted, for that would write to the disk at every look.
DAY = 86_400


class Store(Database):
    """Tensors and file facts on disk, for use in a ``with`` block.

    Parameters
    ----------
    paths : collection of str
        Real paths of the files that will be looked up; they do not make room for each other.
    enabled : bool
        If not, it never finds anything and writes nothing, as if it could not be opened.
    """

    HOLDS = "images"
    VERSION = 5
    # Two tables, since noting a use writes its row anew: 100 bytes rather than 7.6 kB. Paths are bytes, as not all are
    # UTF-8. `status` is text: after 2262 the nanoseconds in it are more than 64 bits can count.
    SCHEMA = """
        CREATE TABLE files (
            id INTEGER PRIMARY KEY, path BLOB, size INTEGER, loader TEXT, width INTEGER, height INTEGER, format TEXT,
            taken TEXT, gps INTEGER, camera INTEGER, frames INTEGER, video INTEGER, transparent INTEGER, status TEXT,
            checksum INTEGER, used REAL,
            UNIQUE (path, size, loader)
        );
        CREATE TABLE tensors (id INTEGER PRIMARY KEY REFERENCES files ON DELETE CASCADE, tensor BLOB)
    """

    def __init__(self, paths: Collection[str], *, enabled: bool = True) -> None:
        self._paths = paths
        self._started = time.time()
        self._is_marked = self._is_full = False
        super().__init__(store_file(), enabled=enabled)

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
        if not self._is_full:
            self._attempt(self._add, partial(self._insert, path, size, decoded))

    def _find(self, connection: sqlite3.Connection, paths: list[str], size: int) -> dict[str, Decoded]:
        rows = connection.execute(
            "SELECT path, size, loader, width, height, format, taken, gps, camera, frames, video, "
            "transparent, status, checksum, id, used < ?, tensor FROM files JOIN tensors USING (id) "
            f"WHERE size = ? AND loader = ? AND path IN ({_marks(paths)})",
            (self._started - DAY, size, LOADER, *map(os.fsencode, paths)),
        )
        found, used = {}, []
        for *facts, checksum, key, is_long_unused, tensor in rows:
            if not isinstance(tensor, bytes) or checksum != _checksum(facts, tensor):
                raise sqlite3.DatabaseError("a row has changed")
            if is_long_unused:
                used.append((self._started, key))
            path, _, _, width, height, image_format, taken, *facts, status = facts
            gps, camera, frames, video, transparent = facts
            pixels = np.frombuffer(tensor, np.uint8).reshape(size, size, 3)
            seen = FileStatus(*map(int, status.split()))
            found[os.fsdecode(path)] = Decoded(
                *(pixels, width, height, image_format, taken, bool(gps), bool(camera), frames, bool(video)),
                *(bool(transparent), seen),
            )
        if used:
            self._new.append(lambda connection: connection.executemany("UPDATE files SET used = ? WHERE id = ?", used))
        return found

    def _insert(self, path: str, size: int, decoded: Decoded, connection: sqlite3.Connection) -> None:
        tensor = decoded.tensor.tobytes()
        if self._is_full or not self._has_room(connection, len(tensor)):
            return
        status = " ".join(map(str, decoded.status))
        inside = int(decoded.gps), int(decoded.camera), decoded.frames, int(decoded.video), int(decoded.transparent)
        row = os.fsencode(path), size, LOADER, *decoded[1:5], *inside, status
        connection.execute("DELETE FROM files WHERE path = ? AND size = ? AND loader = ?", row[:3])
        number = connection.execute(
            f"INSERT INTO files VALUES (NULL, {_marks(range(15))})",
            (*row, _checksum(row, tensor), self._started),
        ).lastrowid
        connection.execute("INSERT INTO tensors VALUES (?, ?)", (number, tensor))

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


def store_file() -> Path:
    """Where the store is: in the folder that ``DUPVIZ_CACHE_DIR`` names, or else in the user's cache folder."""
    return own_folder("DUPVIZ_CACHE_DIR", user_cache_dir) / "tensors.sqlite"


def looks_file() -> Path:
    """Where the second look remembers its verdicts: beside the store."""
    return store_file().with_name("looks.sqlite")


def contents() -> tuple[int, int]:
    """What the store holds.

    Returns
    -------
    images : int
        How many are remembered.
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
    connection = sqlite3.connect(file)
    try:
        # A process that ended at once may have left a file without a table.
        has_table = single_value(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'files'")
        images = single_value(connection, "SELECT count(*) FROM files") if has_table else 0
    finally:
        connection.close()
    files = [*database_files(file), *database_files(looks_file())]
    return images, sum(each.stat().st_size for each in files if each.exists())


def clear() -> None:
    """Remove the store.

    Raises
    ------
    OSError
        If it cannot be removed.
    """
    for file in filter(is_remembered, (store_file(), looks_file())):
        remove_database(file)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _bytes_in_use(connection: sqlite3.Connection) -> int:
    pages = single_value(connection, "PRAGMA page_count") - single_value(connection, "PRAGMA freelist_count")
    return int(pages * single_value(connection, "PRAGMA page_size"))


def _checksum(facts: Iterable[object], tensor: bytes) -> int:
    """Checksum of a row, since SQLite does not notice a changed byte."""
    return zlib.crc32(tensor, zlib.crc32(repr(tuple(facts)).encode()))
