"""The quarantine folder, and its journals: what was to move from where, written before it moves.

A journal is JSON lines that are only ever added, ``journal-1.jsonl`` for the first plan that is applied to the folder::

    {"dupviz journal": 1, "started": "2026-11-23T08:30:00+00:00", "sum": …}
    {"move": "/photos/a.jpg", "to": "a.jpg", "bytes": 482, "modified": 1763886600000000000, "token": "0a1b…", "sum": …}
    {"moved": "0a1b…", "bytes": 482, "modified": 1763886600000000000, "sum": …}

Or, where it could not be moved, ``{"stayed": "0a1b…", "sum": …}``. The sum is the CRC-32 of the record without it: a
path with damage would lead somewhere else.
"""

import errno
import json
import os
import re
import secrets
import zlib
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
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
    "absolute",
    "check_quarantine",
    "inside",
    "journals_in",
    "locked",
    "make_quarantine",
    "named_places",
    "read_journal",
    "unnamed_files",
]

MARKER = "dupviz-quarantine.txt"
MARKER_TEXT = """\
dupviz moved the files in this folder here, since each has a duplicate that stayed. To bring all of them back:

    dupviz undo THIS-FOLDER

The files journal-*.jsonl say where each came from. A scan of the folder around this one leaves it out.
"""

VERSION = 1
JOURNAL_NAME = re.compile(r"journal-\d+\.jsonl")
TOKEN = re.compile(r"[0-9a-f]{16}")


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
    """A journal that is being written, while no other process works in the quarantine folder.

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
        If it cannot be written; or another process is at work, a BlockingIOError.
    """

    def __init__(self, folder):
        self.last = None
        with ExitStack() as files:
            files.enter_context(locked(folder, []))
            number = 1 + max(map(_number, journals_in(folder)), default=0)
            self.path = Path(folder, f"journal-{number}.jsonl")
            self._file = files.enter_context(self.path.open("xb", buffering=0))
            _lock(self._file)
            self._append({"dupviz journal": VERSION, "started": datetime.now(UTC).isoformat("T", "seconds")})
            sync_folder(folder)
            self._files = files.pop_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._files.close()

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

    def give_up(self, move):
        """Write down that a file stays, and that nothing is left of its move. If that fails, `undo` finds the same."""
        with suppress(OSError):
            self._append({"stayed": move.token}, sync=False)

    def _append(self, record, sync=True):
        # A line break before each record, rather than after it: one that was cut off spoils none but itself.
        line = b"\n" + json.dumps({**record, "sum": _sum(record)}).encode("ascii")
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
        If it is no journal of dupviz. Lines that are damaged are passed over.
    """
    path = Path(os.path.realpath(path))
    if not path.is_file():
        raise FileNotFoundError(f"no journal at {os.fspath(path)!r}")
    records = read_records(path)
    versions = [record["dupviz journal"] for record in records if "dupviz journal" in record]
    records = [record for record in records if record.pop("sum", None) == _sum(record)]
    if not (records or versions) and JOURNAL_NAME.fullmatch(path.name):  # a crash before its first line was whole
        return []
    entries = [entry for entry in (_entry(record, path.parent) for record in records) if entry]
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


def _sum(record):
    return zlib.crc32(json.dumps(record).encode("ascii"))


def _entry(record, folder):
    """What a record says of a move; None for other records, and those with damage."""
    names = [record.get("move"), record.get("to"), record.get("token")]
    if not all(isinstance(name, str) for name in names) or not _are_integers(record, "bytes", "modified"):
        return None
    source, destination, token = names
    try:
        move = Move(absolute(source), os.path.join(folder, inside(destination)), token, record["modified"])
    except ValueError:
        return None
    return Entry(move, record["bytes"], None) if TOKEN.fullmatch(token) else None


def _are_integers(record, *names):
    """Whether these are numbers of 64 bits, as files have them."""
    values = [record.get(name) for name in names]
    return all(type(value) is int and abs(value) < 2**63 for value in values)


def _number(path):
    return int(path.stem.removeprefix("journal-"))


def absolute(path):
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


def inside(destination):
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


def named_places(folder):
    """Which file each place in a quarantine folder belongs to by its journals: no other may ever be put there.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    dict of str to str
        Absolute paths: of the place, and of the file before it moved there.
    """
    named: dict[str, str] = {}
    for journal in journals_in(folder) if os.path.isdir(folder) else []:
        with suppress(ValueError):
            named |= {entry.move.target: entry.move.source for entry in read_journal(journal)}
    return named


def unnamed_files(folder):
    """Files in a quarantine folder that none of its journals names, for one that is damaged or lost.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of str
    """
    if not os.path.lexists(os.path.join(folder, MARKER)):
        return []
    named = named_places(folder)
    paths = (os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names)
    ours = {os.path.join(folder, MARKER), *map(os.fspath, journals_in(folder))}
    return sorted(path for path in paths if path not in named and path not in ours)


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
    existing = next((path for path in (folder, *map(str, Path(folder).parents)) if os.path.lexists(path)), folder)
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
    except BlockingIOError:
        raise
    except OSError as error:
        raise type(error)(f"cannot move files to {folder!r}: {error.strerror}") from error


@contextmanager
def locked(folder, journals):
    """Hold a quarantine folder and journals, so that no two processes work by them at once; a death frees them.

    Parameters
    ----------
    folder : Path
    journals : list of Path

    Raises
    ------
    BlockingIOError
        If another process holds one of them.
    """
    with ExitStack() as files:
        marker = os.path.join(folder, MARKER)
        for path in [*[marker] * os.path.lexists(marker), *journals]:
            _lock(files.enter_context(open(path, "rb")))
        yield


def _lock(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BlockingIOError(f"another dupviz is at work with {file.name!r}: wait until it has finished") from None
    except (AttributeError, OSError):  # Windows, and network file systems that know no locks
        pass
