"""Looks that are remembered between runs, beside the tensors; without them everything works, only slower."""

import hashlib
import json
import logging
import sqlite3
import threading
import time
import zlib
from collections.abc import Sequence
from typing import Any

from dupviz.images.cache import BUSY_SECONDS, COMMIT_SECONDS, looks_file, make_private

__all__ = ["Memory"]

# Of the verdicts: it grows when they change, and what was remembered before is not found any more.
RULES = 8

MOST = 1_000_000  # looks, about 200 MB: then the oldest tenth is forgotten

log = logging.getLogger("dupviz")


class Memory:
    """A table of looks on the disk, for several threads.

    Parameters
    ----------
    enabled : bool
        If not, it never finds anything and writes nothing.

    Attributes
    ----------
    enabled : bool
        What was asked for.
    """

    def __init__(self, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._new: list[tuple[bytes, str, int]] = []
        self._last_commit = time.monotonic()
        if enabled:
            with self._lock:
                self._attempt(self._open)

    def find(self, key: Sequence[object]) -> list[Any] | None:
        """What was remembered under a key."""
        with self._lock:
            return self._attempt(self._find, _digest(key))

    def add(self, key: Sequence[object], look: Sequence[object]) -> None:
        """Remember a look."""
        if self._connection is None:
            return
        digest, text = _digest(key), json.dumps(look)
        with self._lock:
            self._new.append((digest, text, _checksum(digest, text)))
            if time.monotonic() - self._last_commit > COMMIT_SECONDS:
                self._attempt(self._write)

    def commit(self) -> None:
        """Write what is not on the disk yet."""
        with self._lock:
            self._attempt(self._write)

    def _attempt(self, function: Any, *arguments: Any) -> Any:
        """Call a function; if the database fails, say so and go on without; if it is damaged, remove it."""
        try:
            return function(*arguments)
        except (sqlite3.Error, OSError, ValueError) as error:
            log.warning("dupviz: what was looked at is not remembered in %s: %s", looks_file(), error)
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self._new.clear()
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if isinstance(error, ValueError) or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                looks_file().unlink(missing_ok=True)
            return None

    def _open(self) -> None:
        file = looks_file()
        make_private(file)
        self._connection = sqlite3.connect(file, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS looks (id INTEGER PRIMARY KEY, key BLOB UNIQUE, look TEXT, checksum INTEGER)"
        )

    def _find(self, digest: bytes) -> list[Any] | None:
        if self._connection is None:
            return None
        row = self._connection.execute("SELECT look, checksum FROM looks WHERE key = ?", (digest,)).fetchone()
        if row is None:
            return None
        if row[1] != _checksum(digest, row[0]):
            raise ValueError("it is damaged")
        return json.loads(row[0])

    def _write(self) -> None:
        self._last_commit = time.monotonic()
        if self._connection is None or not self._new:
            return
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                "INSERT OR REPLACE INTO looks (key, look, checksum) VALUES (?, ?, ?)", self._new
            )
            (count,) = self._connection.execute("SELECT count(*) FROM looks").fetchone()
            if count > MOST:
                self._connection.execute(
                    "DELETE FROM looks WHERE id IN (SELECT id FROM looks ORDER BY id LIMIT ?)",
                    (count - 9 * MOST // 10,),
                )
        self._new.clear()


def _digest(key: Sequence[object]) -> bytes:
    return hashlib.sha256(repr((RULES, *key)).encode("utf-8", "surrogatepass")).digest()


def _checksum(digest: bytes, text: str) -> int:
    return zlib.crc32(digest + text.encode())
