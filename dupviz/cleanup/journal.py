"""Journals: what is about to move from where, written to the disk before it moves.

A journal is JSON lines that are only ever added, ``journal-1.jsonl`` for the first plan that is applied to the folder::

    {"dupviz journal": 2, "id": "5c6d…", "started": "2026-11-23T08:30:00+00:00", "sum": …,
     "roots": [["/photos", "../photos", "/"]]}
    {"move": "/photos/a.jpg", "to": "a.jpg", "bytes": 482, "modified": 1763886600000000000, "token": "0a1b…",
     "sha256": "9f86…", "sum": …}
    {"moved": "0a1b…", "bytes": 482, "modified": 1763886600000000000, "sum": …}

Or, where it could not be moved, ``{"stayed": "0a1b…", "sum": …}``. The sum is the CRC-32 of the record without it: a
path with damage would lead somewhere else. Which journals this user has begun is remembered in their own data folder:
others, as from an archive that someone has sent, could lead anywhere.
"""

import json
import os
import re
import secrets
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

from dupviz._disk.records import append_record, data_file, read_records
from dupviz.cleanup import disk
from dupviz.cleanup.move import Move
from dupviz.cleanup.places import Root
from dupviz.cleanup.placing import exists
from dupviz.images.walk import MARKER

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["JOURNAL_NAME", "Entry", "Journal", "absolute", "inside", "is_own", "journals_in", "locked", "read_journal"]

VERSION = 2
HELD_BYTE = 2**30  # of a lock on Windows
JOURNAL_NAME = re.compile(r"journal-\d+\.jsonl")
OWN_JOURNALS = "journals.jsonl"
TOKEN = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Entry:
    """One file in a journal.

    Attributes
    ----------
    move : Move
        From its place into the quarantine folder.
    bytes : int
        Its size when it was last checked.
    moved : tuple of int, or None
        Size and modification time that it had in the quarantine folder when it had arrived, as that file system
        counts them; None if the process ended before that.
    sha256 : str
        Of its content.
    root : Root or None
        The folder that it came from; None if the journal names none around it.
    """

    move: Move
    bytes: int
    moved: tuple[int, int] | None
    sha256: str
    root: Root | None


class Journal:
    """A journal that is being written, while no other process works in the quarantine folder.

    Parameters
    ----------
    folder : str
        The quarantine folder.
    roots : list of Root
        The folders that files will come from.

    Attributes
    ----------
    path : Path
    last : Move or None
        What was begun last.

    Raises
    ------
    OSError
        If it cannot be written. A BlockingIOError if another process uses the folder.
    """

    def __init__(self, folder: str, roots: list[Root]) -> None:
        self.last: Move | None = None
        with ExitStack() as files:
            files.enter_context(locked(folder, []))
            number = 1 + max(map(journal_number, journals_in(folder)), default=0)
            self.path = Path(folder, f"journal-{number}.jsonl")
            self._file = files.enter_context(disk.create(self.path, buffering=0))
            _lock(self._file)
            header = {"dupviz journal": VERSION, "id": secrets.token_hex(16), "roots": roots}
            for _ in range(2):  # damage to one line must not lose the way back of all files
                self._append({**header, "started": datetime.now(UTC).isoformat("T", "seconds")})
            disk.sync_folder(folder)
            with suppress(OSError):
                append_record(data_file(OWN_JOURNALS), {"journal": header["id"]})
            self._files = files.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def begin(self, source: str, destination: str, status: os.stat_result, sha256: str) -> Move:
        """Write down that a file is about to move; on return that is on the disk.

        Parameters
        ----------
        source, destination : str
            Its path, and the path within the quarantine folder that it shall have.
        sha256 : str
            Of its content.
        """
        self.last = move = Move(
            source, os.path.join(self.path.parent, destination), secrets.token_hex(8), status.st_mtime_ns
        )
        entry = {"move": source, "to": destination, "bytes": status.st_size, "modified": status.st_mtime_ns}
        self._append({**entry, "token": move.token, "sha256": sha256})
        return move

    def end(self, move: Move) -> None:
        """Write down that a file has moved. If that fails, `undo` finds it all the same."""
        with suppress(OSError):
            status = disk.lstat(move.target)
            self._append({"moved": move.token, "bytes": status.st_size, "modified": status.st_mtime_ns}, sync=False)

    def give_up(self, move: Move) -> None:
        """Write down that a file stays, and that nothing is left of its move. If that fails, `undo` finds the same."""
        with suppress(OSError):
            self._append({"stayed": move.token}, sync=False)

    def _append(self, record: dict[str, Any], sync: bool = True) -> None:
        # A line break before each record, rather than after it: one that was cut off spoils none but itself.
        line = b"\n" + json.dumps({**record, "sum": _sum(record)}).encode("ascii")
        disk.append(self._file, line)
        if sync:
            disk.sync(self._file)


def read_journal(path: Path) -> list[Entry]:
    """The files that a journal names, the last first.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no journal of dupviz. Damaged lines are skipped.
    """
    path = Path(os.path.realpath(path))
    if not path.is_file():
        raise FileNotFoundError(f"no journal at {os.fspath(path)!r}")
    records = read_records(path)
    versions = [record["dupviz journal"] for record in records if "dupviz journal" in record]
    roots = [root for record in records for root in _roots(record)]
    records = [record for record in records if record.pop("sum", None) == _sum(record)]
    if not (records or versions) and JOURNAL_NAME.fullmatch(path.name):  # a crash before its first line was whole
        return []
    entries = [entry for entry in (_entry(record, path.parent, roots) for record in records) if entry]
    if any(version != VERSION for version in versions) or not (versions or entries):
        raise ValueError(f"{os.fspath(path)!r} is damaged, or no journal of this version of dupviz")
    stayed = {str(record.get("stayed")) for record in records}
    moved = {
        str(record.get("moved")): (record["bytes"], record["modified"])
        for record in records
        if "moved" in record and _are_integers(record, "bytes", "modified")
    }
    return [
        replace(entry, moved=moved.get(entry.move.token))
        for entry in reversed(entries)
        if entry.move.token not in stayed
    ]


def is_own(path: Path) -> bool:
    """Whether a journal was begun by this user, as their own data folder remembers."""
    try:
        own = {record.get("journal") for record in read_records(data_file(OWN_JOURNALS))}
    except OSError:
        return False
    return any(record["id"] in own for record in read_records(path) if isinstance(record.get("id"), str))


def _sum(record: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(record).encode("ascii"))


def _roots(record: dict[str, Any]) -> list[Root]:
    """The folders that a header names."""
    lists = record.get("roots")
    if not isinstance(lists, list) or record.get("sum") != _sum({key: record[key] for key in record if key != "sum"}):
        return []
    return [Root(*texts) for texts in lists if len(texts) == 3 and all(isinstance(text, str) for text in texts)]


def _entry(record: dict[str, Any], folder: Path, roots: list[Root]) -> Entry | None:
    """What a record says of a move; None for other records, and those with damage."""
    source, destination, token = (str(record.get(name, "")) for name in ("move", "to", "token"))
    if not (_are_integers(record, "bytes", "modified") and TOKEN.fullmatch(token)):
        return None
    try:
        move = Move(absolute(source), os.path.join(folder, inside(destination)), token, record["modified"])
    except ValueError:
        return None
    root = next((root for root in roots if source.startswith(os.path.join(root.path, ""))), None)
    return Entry(move, record["bytes"], None, str(record.get("sha256", "")), root)


def _are_integers(record: dict[str, Any], *names: str) -> bool:
    """Whether these are numbers as files have them: times in nanoseconds, of seconds of 64 bits, among them."""
    values = [record.get(name) for name in names]
    return all(type(value) is int and abs(value) < 2**96 for value in values)


def journal_number(path: Path) -> int:
    """The 1 of ``journal-1.jsonl``."""
    return int(path.stem.removeprefix("journal-"))


def absolute(path: str) -> str:
    """A path that means the same file from any working directory.

    Raises
    ------
    ValueError
        If this one does not, or no file can have that name.
    """
    os.fsencode(path)
    if not os.path.isabs(path) or "\0" in path:
        raise ValueError(f"must be an absolute path, got {path!r}")
    return path


def inside(destination: str) -> str:
    """A path that leads nowhere but into the quarantine folder.

    Raises
    ------
    ValueError
        If this one does not, or no file can have that name.
    """
    os.fsencode(destination)
    parts = Path(destination).parts
    if not parts or Path(destination).is_absolute() or ".." in parts or "\0" in destination:
        raise ValueError(f"must be a path within the quarantine folder, got {destination!r}")
    return os.path.join(*parts)


@contextmanager
def locked(folder: str | Path, journals: list[Path]) -> Iterator[None]:
    """Hold a quarantine folder and journals for this process alone, until the block or the process ends.

    Raises
    ------
    BlockingIOError
        If another process holds one of them.
    """
    with ExitStack() as files:
        marker = os.path.join(folder, MARKER)
        held: list[str | Path] = [marker] if exists(marker) else []
        for path in [*held, *journals]:
            _lock(files.enter_context(disk.open_to_read(path)))
        yield


def _lock(file: BinaryIO) -> None:
    try:
        _hold(file)
    except BlockingIOError:
        raise BlockingIOError(f"another dupviz is at work with {file.name!r}: wait until it has finished") from None
    except OSError:  # network file systems that know no locks
        pass


if sys.platform == "win32":

    def _hold(file: BinaryIO) -> None:
        """Hold a byte far behind the end, since Windows lets no one read what is held."""
        at = file.tell()
        file.seek(HELD_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
        finally:
            file.seek(at)
else:

    def _hold(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def journals_in(folder: str | Path) -> list[Path]:
    """The journals in a quarantine folder, the newest first."""
    found = [path for path in Path(folder).iterdir() if JOURNAL_NAME.fullmatch(path.name) and path.is_file()]
    return sorted(found, key=journal_number, reverse=True)
