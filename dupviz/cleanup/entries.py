"""What a journal says: its records, read and checked."""

import json
import os
import re
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from dupviz._disk.records import records_in
from dupviz.cleanup.move import Move
from dupviz.cleanup.places import Root
from dupviz.cleanup.sidecars import ENDING, Sidecar
from dupviz.cleanup.signature import doubt_about

__all__ = ["JOURNAL_NAME", "VERSION", "Entry", "Recorded", "absolute", "inside", "read_journal", "root_of", "sum_of"]

VERSION = 2
JOURNAL_NAME = re.compile(r"journal-\d+\.jsonl")
LATEST_NS = (2**63 - 1) * 10**9  # seconds of 64 bits
BEGUN = re.compile(rb'\s*(?:\{(?:"[^\n]*(?<!\}))?)?')  # of which a crash left not even one line
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
    root : Root or None
        The folder that it came from; None if the journal names none around it.
    needs : str
        The token of the sidecar that holds what this file alone said; empty without one.
    keeper, keeper_sha256 : str
        The file that stayed for it, of what belongs to a picture its copy beside that one, and what that was; empty if
        there is none.
    """

    move: Move
    bytes: int
    moved: tuple[int, int] | None
    root: Root | None
    needs: str = ""
    keeper: str = ""
    keeper_sha256: str = ""


class Written(NamedTuple):
    """A sidecar in a journal, and the folder that it was written in, as for an `Entry`."""

    sidecar: Sidecar
    root: Root | None


class Recorded(NamedTuple):
    """What a journal says.

    Attributes
    ----------
    entries : list of Entry
        Files, the last first.
    sidecars : list of Written
        None of which was taken away again.
    keepers : list of Root
        The folders of those that stayed.
    doubt : str
        Why it cannot be trusted; empty if this user has written all of it.
    is_finished : bool
        Whether what wrote it came to its end.
    """

    entries: list[Entry]
    sidecars: list[Written]
    keepers: list[Root]
    doubt: str
    is_finished: bool


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
    content = path.read_bytes()
    records = records_in(content)
    doubt = doubt_about(records)
    versions = [record["dupviz journal"] for record in records if "dupviz journal" in record]
    records = [record for record in records if record.pop("sum", None) == sum_of(record)]
    if not (records or versions) and JOURNAL_NAME.fullmatch(path.name) and BEGUN.fullmatch(content):
        return Recorded([], [], [], doubt, False)
    roots = [root for record in records for root in _roots(record, "roots")]
    entries = [entry for entry in (_entry(record, path.parent, roots) for record in records) if entry]
    sidecars = [written for written in (_written(record, roots) for record in records) if written]
    if any(version != VERSION for version in versions) or not (versions or entries or sidecars):
        raise ValueError(f"{os.fspath(path)!r} is damaged, or no journal of this version of dupviz")
    stayed = {str(record.get("stayed")) for record in records}
    moved = {
        str(record.get("moved")): (record["bytes"], record["modified"])
        for record in records
        if "moved" in record and "modified" in record and _are_facts(record)
    }
    return Recorded(
        [
            replace(entry, moved=moved.get(entry.move.token))
            for entry in reversed(entries)
            if entry.move.token not in stayed
        ],
        [written for written in sidecars if written.sidecar.token not in stayed],
        [root for record in records for root in _roots(record, "keepers")],
        doubt,
        any("end" in record for record in records),
    )


def sum_of(record: dict[str, Any]) -> int:
    """The CRC-32 of a record that has no sum yet."""
    return zlib.crc32(json.dumps(record).encode("ascii"))


def _roots(record: dict[str, Any], name: str) -> list[Root]:
    """The folders that a header names."""
    lists = record.get(name)
    if not isinstance(lists, list):
        return []
    return [Root(*texts) for texts in lists if _are_texts(texts) and len(texts) == len(Root._fields)]


def _entry(record: dict[str, Any], folder: Path, roots: list[Root]) -> Entry | None:
    """What a record says of a move; None for other records, and those with damage."""
    source, destination, token = (str(record.get(name, "")) for name in ("move", "to", "token"))
    if not ("modified" in record and _are_facts(record) and TOKEN.fullmatch(token)):
        return None
    sha256, needs, keeper, keeper_sha256 = (
        str(record.get(name, "")) for name in ("sha256", "needs", "keeper", "keeper_sha256")
    )
    try:
        move = Move(absolute(source), os.path.join(folder, inside(destination)), token, record["modified"], sha256)
    except ValueError:
        return None
    return Entry(move, record["bytes"], None, root_of(source, roots), needs, keeper, keeper_sha256)


def _written(record: dict[str, Any], roots: list[Root]) -> Written | None:
    """What a record says of a sidecar; None for other records, and those with damage."""
    path, token = (str(record.get(name, "")) for name in ("sidecar", "token"))
    if not (_are_facts(record) and TOKEN.fullmatch(token) and path.endswith(ENDING)):
        return None
    try:
        sidecar = Sidecar(absolute(path), token, record["bytes"], str(record.get("sha256", "")))
    except ValueError:
        return None
    return Written(sidecar, root_of(path, roots))


def root_of(path: str, roots: list[Root]) -> Root | None:
    """The first of these folders that a file is within."""
    return next((root for root in roots if path.startswith(os.path.join(root.path, ""))), None)


def _are_texts(texts: Any) -> bool:
    return isinstance(texts, list) and all(isinstance(text, str) for text in texts)


def _are_facts(record: dict[str, Any]) -> bool:
    """Whether a size, and a time if there is one, are such as files have."""
    size, time_ns = record.get("bytes"), record.get("modified", 0)
    return type(size) is int and 0 <= size < 2**63 and type(time_ns) is int and abs(time_ns) < LATEST_NS


def absolute(path: str) -> str:
    """A path that means the same file from any working directory.

    Raises
    ------
    ValueError
        If this one does not, or no file can have that name.
    """
    os.fsencode(path)
    if not os.path.isabs(path) or "\0" in path or ".." in Path(path).parts:
        raise ValueError(f"must be an absolute path, without .., got {path!r}")
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
