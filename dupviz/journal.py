"""The quarantine folder, and its journals: what was to move from where, written before it moves.

A journal is JSON lines that are only ever added, ``journal-1.jsonl`` for the first plan that is applied to the folder::

    {"dupviz journal": 1, "started": "2026-11-23T08:30:00+00:00"}
    {"move": "/photos/a.jpg", "to": "a.jpg", "bytes": 48213, "modified": 1763886600000000000, "token": "0a1b…"}
    {"moved": "0a1b…", "bytes": 48213, "modified": 1763886600000000000}
"""

import errno
import json
import os
import re
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dupviz.moving import Move, make_folders, sync_folder
from dupviz.records import read_records

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "JOURNAL_NAME",
    "MARKER",
    "Entry",
    "Journal",
    "check_quarantine",
    "inside",
    "journals_in",
    "locked",
    "make_quarantine",
    "read_journal",
]

MARKER = "dupviz-quarantine.txt"
MARKER_TEXT = """\
dupviz moved the files in this folder here, since each has a duplicate that stayed. To bring all of them back:

    dupviz undo THIS-FOLDER

The files journal-*.jsonl say where each came from. A scan of the folder around this one leaves it out.
"""

VERSION = 1
JOURNAL_NAME = re.compile(r"journal-\d+\.jsonl")


@dataclass(frozen=True)
class Entry:
    """One file in a journal.

    Attributes
    ----------
    move : Move
        From its place into the quarantine folder.
    bytes : int
        Its size when it was looked at.
    moved : tuple of int, or None
        Size and modification time that it had in the quarantine folder when it had arrived, as that file system
        counts them; None if the process ended before that.
    """

    move: Move
    bytes: int
    moved: tuple | None


class Journal:
    """A journal that is being written, and that no other process undoes meanwhile.

    Parameters
    ----------
    folder : str
        The quarantine folder.

    Attributes
    ----------
    path : Path
    last : Move or None
        What was begun last.

    Raises
    ------
    OSError
        If it cannot be written.
    """

    def __init__(self, folder):
        self.last = None
        number = 1 + max(map(_number, journals_in(folder)), default=0)
        while True:
            self.path = Path(folder, f"journal-{number}.jsonl")
            try:
                self._file = self.path.open("xb", buffering=0)
                break
            except FileExistsError:
                number += 1
        try:
            _lock(self._file)
            self._append({"dupviz journal": VERSION, "started": datetime.now(UTC).isoformat("T", "seconds")})
            sync_folder(folder)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def begin(self, source, destination, status):
        """Write down that a file is about to move; on return that is on the disk.

        Parameters
        ----------
        source, destination : str
            Its path, and the path within the quarantine folder that it shall have.
        status : os.stat_result

        Returns
        -------
        Move
        """
        self.last = move = Move(
            source, os.path.join(self.path.parent, destination), secrets.token_hex(8), status.st_mtime_ns
        )
        entry = {"move": source, "to": destination, "bytes": status.st_size, "modified": status.st_mtime_ns}
        self._append({**entry, "token": move.token})
        return move

    def end(self, move):
        """Write down that a file has moved. If that fails, `undo` finds it all the same."""
        with suppress(OSError):
            status = os.lstat(move.target)
            self._append({"moved": move.token, "bytes": status.st_size, "modified": status.st_mtime_ns}, sync=False)

    def _append(self, record, sync=True):
        # A line break before each record, rather than after it: one that was cut off spoils none but itself.
        line = b"\n" + json.dumps(record).encode("ascii")
        if self._file.write(line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if sync:
            os.fsync(self._file.fileno())


def read_journal(path):
    """The files that a journal names, the last first.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of Entry

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no journal of dupviz.
    """
    path = Path(os.path.realpath(path))
    if not path.is_file():
        raise FileNotFoundError(f"no journal at {os.fspath(path)!r}")
    records = read_records(path)
    if not records and JOURNAL_NAME.fullmatch(path.name):  # a crash before its first line was whole
        return []
    try:
        if records[0]["dupviz journal"] != VERSION:
            raise ValueError
        moved = {record["moved"]: (record["bytes"], record["modified"]) for record in records if "moved" in record}
        return [
            Entry(
                Move(
                    record["move"],
                    os.path.join(path.parent, inside(record["to"])),
                    record["token"],
                    record["modified"],
                ),
                record["bytes"],
                moved.get(record["token"]),
            )
            for record in reversed(records)
            if "move" in record
        ]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{os.fspath(path)!r} is damaged, or no journal of this version of dupviz") from error


def _number(path):
    return int(path.stem.removeprefix("journal-"))


def inside(destination):
    """A path that leads nowhere but into the quarantine folder.

    Raises
    ------
    ValueError
        If this one does not.
    """
    parts = Path(destination).parts
    if not parts or Path(destination).is_absolute() or ".." in parts:
        raise ValueError(f"must be a path within the quarantine folder, got {destination!r}")
    return destination


def journals_in(folder):
    """The journals in a quarantine folder, the newest first.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    list of Path
    """
    found = [path for path in Path(folder).iterdir() if JOURNAL_NAME.fullmatch(path.name) and path.is_file()]
    return sorted(found, key=_number, reverse=True)


def check_quarantine(folder, paths):
    """Say early why a folder cannot take files; nothing is written.

    Parameters
    ----------
    folder : str
        Absolute, without symbolic links.
    paths : iterable of str
        The files of the plan, and their keepers, likewise.

    Raises
    ------
    OSError, ValueError
        If it holds some of these files, is no folder, is full of other things, or cannot be written to.
    """
    inner = next((path for path in paths if path.startswith(os.path.join(folder, ""))), None)
    if inner is not None:
        raise ValueError(f"cannot move files to {folder!r}, which holds {inner!r} of the plan: choose another folder")
    if os.path.isdir(folder) and os.listdir(folder) and not os.path.lexists(os.path.join(folder, MARKER)):
        raise FileExistsError(f"{folder!r} has other files in it: choose a new folder, or one that dupviz has made")
    existing = folder
    while not os.path.lexists(existing):
        existing = os.path.dirname(existing)
    if not os.path.isdir(existing):
        raise NotADirectoryError(f"cannot move files to {folder!r}: {existing!r} is no folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise PermissionError(f"cannot move files to {folder!r}: {existing!r} cannot be written to")


def make_quarantine(folder):
    """Make a quarantine folder, unless it is one, and start a journal in it.

    Parameters
    ----------
    folder : str
        Absolute, without symbolic links.

    Returns
    -------
    Journal

    Raises
    ------
    OSError
        If that fails. No file has been moved.
    """
    try:
        make_folders(folder)
        with suppress(FileExistsError), open(os.path.join(folder, MARKER), "x", encoding="utf-8") as marker:
            marker.write(MARKER_TEXT)
        return Journal(folder)
    except OSError as error:
        raise type(error)(f"cannot move files to {folder!r}: {error.strerror}") from error


@contextmanager
def locked(path):
    """Hold a journal, so that no two processes work by it at once; if this one dies, it is free again.

    Raises
    ------
    BlockingIOError
        If another process holds it.
    """
    with Path(path).open("rb") as file:
        _lock(file)
        yield


def _lock(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BlockingIOError(f"another dupviz is at work with {file.name}: wait until it has finished") from None
    except (AttributeError, OSError):  # Windows, and network file systems that know no locks
        pass
