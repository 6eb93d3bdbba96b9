"""Looks at pairs of files, in whatever thread or process."""

import os
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dupviz._disk.contents import stat_of
from dupviz._disk.status import FileStatus, is_as_scanned
from dupviz._parallel import never
from dupviz.look.boxes import Box
from dupviz.look.look import UNREADABLE, Look, look_at
from dupviz.look.reader import Reader
from dupviz.look.verdict import FLAT, SAME

__all__ = ["Asked", "Looked", "Made", "Scanned", "looks_at", "one_look", "status_of"]


class Scanned(NamedTuple):
    """A file as it was scanned: its path, bytes, and when it was last modified, in nanoseconds."""

    path: str
    size: int
    modified: int


class Asked(NamedTuple):
    """Two files, by their numbers in a list, how the second is turned to match, and where it is in the first."""

    a: int
    b: int
    rotation: int
    mirrored: bool
    box: Box


class Made(NamedTuple):
    """A look that was made, and what it depends on, if that is known: see `status_of`."""

    asked: Asked
    look: Look
    key: tuple[object, ...] | None


class Looked(NamedTuple):
    """Looks that were made, and how many seconds they took."""

    made: list[Made]
    seconds: float


# What is known of a file now: its real path, and its status.
Status = tuple[str, FileStatus]


def looks_at(
    files: Sequence[Scanned], chains: Sequence[Sequence[Asked]], *, stopped: Callable[[], bool] = never
) -> Looked:
    """Look at pairs; each file is opened once, if no more than `OPEN_PICTURES` of them.

    Parameters
    ----------
    files : list of Scanned
    chains : list of list of Asked
        Pairs of these; of each list up to the first that shows the same picture.
    stopped : callable
        Whether nobody waits for the rest any more.

    Returns
    -------
    Looked
    """
    start, read, made = time.perf_counter(), Reader(), []
    for chain in chains:
        for asked in chain:
            if stopped():
                break
            made.append(one_look(files[asked.a], files[asked.b], asked, read))
            if made[-1].look.verdict == SAME or made[-1].look.kind == FLAT:  # the others are likely to need no look
                break
    return Looked(made, time.perf_counter() - start)


def one_look(a: Scanned, b: Scanned, asked: Asked, read: Reader) -> Made:
    """Look at two files, if they are still those that were scanned."""
    before = status_of(a), status_of(b)
    if None in before:
        return Made(asked, Look(UNREADABLE, "", float("nan")), None)
    look = look_at(a.path, b.path, asked.rotation, asked.mirrored, asked.box, read)
    is_certain = look.verdict != UNREADABLE and before == (status_of(a), status_of(b))
    return Made(asked, look, (*before, *asked[2:]) if is_certain else None)


def status_of(file: Scanned) -> Status | None:
    """What a look depends on: a file as it is now, if it is still the one that was scanned."""
    try:
        status = stat_of(file.path)
    except OSError:
        return None
    if not is_as_scanned(status, file.size, file.modified):
        return None
    return os.path.realpath(file.path), FileStatus.of(status)
