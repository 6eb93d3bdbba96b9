"""Looks that are remembered between runs, beside the tensors."""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Sequence
from functools import partial
from typing import Any

from dupviz._disk.store import Database
from dupviz.images.cache import looks_file

__all__ = ["Memory"]

# Of the verdicts: it grows when they change, and what was remembered before is not found any more.
RULES = 17

MOST = 1_000_000  # looks, about 200 MB: then the oldest are forgotten


class Memory(Database):
    """A table of looks on the disk."""

    HOLDS = "verdicts"
    VERSION = 0
    SCHEMA = "CREATE TABLE looks (id INTEGER PRIMARY KEY, key BLOB UNIQUE, look TEXT, checksum INTEGER)"

    def __init__(self, *, enabled: bool = True) -> None:
        super().__init__(looks_file(), enabled=enabled)

    def find(self, key: Sequence[object]) -> list[Any] | None:
        """What was remembered under a key."""
        return self._attempt(self._find, _digest(key))

    def add(self, key: Sequence[object], look: Sequence[object]) -> None:
        """Remember a look."""
        digest, text = _digest(key), json.dumps(look)
        self._attempt(self._add, partial(_insert, (digest, text, _checksum(digest, text))))

    def _find(self, connection: sqlite3.Connection, digest: bytes) -> list[Any] | None:
        row = connection.execute("SELECT look, checksum FROM looks WHERE key = ?", (digest,)).fetchone()
        if row is None:
            return None
        text, checksum = row
        if not isinstance(text, str) or checksum != _checksum(digest, text):
            raise sqlite3.DatabaseError("a row has changed")
        return list(json.loads(text))


def _insert(row: tuple[bytes, str, int], connection: sqlite3.Connection) -> None:
    insert = "INSERT OR REPLACE INTO looks (key, look, checksum) VALUES (?, ?, ?)"
    number = connection.execute(insert, row).lastrowid or 0
    connection.execute("DELETE FROM looks WHERE id <= ?", (number - MOST,))


def _digest(key: Sequence[object]) -> bytes:
    return hashlib.sha256(repr((RULES, *key)).encode("utf-8", "surrogatepass")).digest()


def _checksum(digest: bytes, text: str) -> int:
    return zlib.crc32(digest + text.encode())
