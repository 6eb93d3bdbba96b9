"""What is remembered between runs, in SQLite databases.

Without them everything works, only slower: whatever befalls one costs a line of warning, and no result.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

from dupviz._disk.homes import is_remembered

__all__ = ["Database", "database_files", "remove_database", "single_value"]

# What is new waits this long for its commit: all that a kill can lose.
COMMIT_SECONDS = 1.0

# Another process commits within milliseconds; who waits for longer than this goes on without the database.
BUSY_SECONDS = 5.0

# What is no fault of the database. After any other error it is made anew.
# fmt: off
NOT_NOW = {
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL,
}
# fmt: on

Result = TypeVar("Result")

log = logging.getLogger("dupviz")  # shows a warning as one line on stderr, in notebooks and terminals alike


class Database:
    """A database on the disk, for several threads; it is opened when it is first used, and a ``with`` block closes it.

    If it is damaged, or of another version, it is made anew. If it is locked, cannot be written or has no room on the
    disk, it stays as it is, and this run goes on without it.

    Parameters
    ----------
    file : Path
        Is made, with its folder, if it is not there; others cannot read it.
    enabled : bool
        If not, it never finds anything and writes nothing.
    """

    HOLDS: ClassVar[str]  # in words
    VERSION: ClassVar[int]
    SCHEMA: ClassVar[str]

    def __init__(self, file: Path, *, enabled: bool = True) -> None:
        self._file, self._is_usable = file, enabled and is_remembered(file)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._new: list[Callable[[sqlite3.Connection], object]] = []  # what writes each
        self._last_commit = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.commit()
        self._close()

    def commit(self) -> None:
        """Write what is not on the disk yet."""
        self._attempt(self._commit)

    def _attempt(self, function: Callable[..., Result], *arguments: Any) -> Result | None:
        """Call a function with the database; None if there is none."""
        with self._lock:
            if not self._is_usable:
                return None
            try:
                self._connection = self._connection or self._open()
                return function(self._connection, *arguments)
            except (sqlite3.Error, OSError) as error:
                self._close()
                self._recover(error)
                return None

    def _recover(self, error: Exception) -> None:
        """Make way for a new database if this one is damaged, or go on without; either way, say so."""
        # The lower eight bits are the kind of error; those above say more about it.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        try:
            if isinstance(error, OSError) or code in NOT_NOW:
                raise error
            remove_database(self._file)
        except (sqlite3.Error, OSError) as reason:
            self._is_usable = False
            log.warning("dupviz: %s are not remembered in %s: %s", self.HOLDS, self._file, reason)
        else:
            words = "dupviz: the remembered %s in %s are damaged or of another version; files are read anew"
            log.warning(words, self.HOLDS, self._file)

    def _open(self) -> sqlite3.Connection:
        # Others cannot read it, or its folder: small pictures are pictures.
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file.touch(mode=0o600)
        with suppress(OSError):  # that of another user
            self._file.chmod(0o600)
        connection = sqlite3.connect(self._file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._connection = connection  # to be closed, whatever becomes of it
        connection.execute("PRAGMA page_size = 8192")  # one tensor of 50 x 50 x 3 each
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")  # losing power may lose the last commits, and nothing else
        connection.execute("PRAGMA foreign_keys = ON")
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if single_value(connection, "SELECT count(*) FROM sqlite_master") == 0:
                for statement in f"{self.SCHEMA}; PRAGMA user_version = {self.VERSION}".split(";"):
                    connection.execute(statement)
        if single_value(connection, "PRAGMA user_version") != self.VERSION:
            raise sqlite3.DatabaseError("made by another version")
        return connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._new.clear()

    def _add(self, connection: sqlite3.Connection, write: Callable[[sqlite3.Connection], object]) -> None:
        """Have something written with the next commit."""
        self._new.append(write)
        if time.monotonic() - self._last_commit > COMMIT_SECONDS:
            self._commit(connection)

    def _commit(self, connection: sqlite3.Connection) -> None:
        self._last_commit = time.monotonic()
        if self._new:
            with connection:  # rolls back, also on Ctrl-C
                connection.execute("BEGIN IMMEDIATE")
                for write in self._new:
                    write(connection)
            self._new.clear()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work at once; a kill leaves all as it was.

    While another process does the same, SQLite fails at once rather than wait, as it waits everywhere else.
    """
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


def database_files(file: Path) -> list[Path]:
    """A database, and before it the files that SQLite writes beside it: they must never be left beside a new one."""
    return [file.with_name(file.name + suffix) for suffix in ("-journal", "-wal", "-shm", "")]


def remove_database(file: Path) -> None:
    """Remove a database; raises OSError if it cannot be removed."""
    for each in database_files(file):
        each.unlink(missing_ok=True)


def single_value(connection: sqlite3.Connection, query: str) -> Any:
    """The one value that a query gives."""
    return connection.execute(query).fetchone()[0]
