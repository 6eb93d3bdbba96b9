"""What a journal says: its records, read and checked."""

import json
import os
import re
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from dupviz._disk.records import read_records
from dupviz.cleanup.move import Move
from dupviz.cleanup.places import Root
from dupviz.cleanup.sidecars import ENDING, Sidecar

__all__ = ["JOURNAL_NAME", "VERSION", "Entry", "Recorded", "absolute", "inside", "read_journal", "sum_of"]

VERSION = 2
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
        Its size when it was last checked.
    moved : tuple of int, or None
        Size and modification time that it had in the quarantine folder when it had arrived, as that file system
        counts them; None if the process ended before that.
    sha256 : str
        Of its content.
    root : Root or None
        The folder that it came from; None if the journal names none around it.
    needs : str
        The token of the sidecar that holds what this file alone said; empty without one.
    """

    move: Move
    bytes: int
    moved: tuple[int, int] | None
    sha256: str
    root: Root | None
    needs: str = ""


class Written(NamedTuple):
    """A sidecar in a journal, and the folder that it was written in, as for an `Entry`."""

    sidecar: Sidecar
    root: Root | None


class Recorded(NamedTuple):
    """What a journal names: files, the last first; and sidecars, none of which was taken away again."""

    entries: list[Entry]
    sidecars: list[Written]


def read_journal(path: Path) -> Recorded:
    """Read what a journal names.

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
    records = [record for record in records if record.pop("sum", None) == sum_of(record)]
    if not (records or versions) and JOURNAL_NAME.fullmatch(path.name):  # a crash before its first line was whole
        return Recorded([], [])
    entries = [entry for entry in (_entry(record, path.parent, roots) for record in records) if entry]
    sidecars = [written for written in (_written(record, roots) for record in records) if written]
    if any(version != VERSION for version in versions) or not (versions or entries or sidecars):
        raise ValueError(f"{os.fspath(path)!r} is damaged, or no journal of this version of dupviz")
    stayed = {str(record.get("stayed")) for record in records}
    moved = {
        str(record.get("moved")): (record["bytes"], record["modified"])
        for record in records
        if "moved" in record and _are_integers(record, "bytes", "modified")
    }
    return Recorded(
        [
            replace(entry, moved=moved.get(entry.move.token))
            for entry in reversed(entries)
            if entry.move.token not in stayed
        ],
        [written for written in sidecars if written.sidecar.token not in stayed],
    )


def sum_of(record: dict[str, Any]) -> int:
    """The CRC-32 of a record that has no sum yet."""
    return zlib.crc32(json.dumps(record).encode("ascii"))


def _roots(record: dict[str, Any]) -> list[Root]:
    """The folders that a header names."""
    lists = record.get("roots")
    if not isinstance(lists, list) or record.get("sum") != sum_of({key: record[key] for key in record if key != "sum"}):
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
    needs = str(record.get("needs", ""))
    return Entry(move, record["bytes"], None, str(record.get("sha256", "")), _root_of(source, roots), needs)


def _written(record: dict[str, Any], roots: list[Root]) -> Written | None:
    """What a record says of a sidecar; None for other records, and those with damage."""
    path, token = (str(record.get(name, "")) for name in ("sidecar", "token"))
    if not (_are_integers(record, "bytes") and TOKEN.fullmatch(token) and path.endswith(ENDING)):
        return None
    try:
        sidecar = Sidecar(absolute(path), token, record["bytes"], str(record.get("sha256", "")))
    except ValueError:
        return None
    return Written(sidecar, _root_of(path, roots))


def _root_of(path: str, roots: list[Root]) -> Root | None:
    return next((root for root in roots if path.startswith(os.path.join(root.path, ""))), None)


def _are_integers(record: dict[str, Any], *names: str) -> bool:
    """Whether these are numbers as files have them: times in nanoseconds, of seconds of 64 bits, among them."""
    values = [record.get(name) for name in names]
    return all(type(value) is int and abs(value) < 2**96 for value in values)


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
