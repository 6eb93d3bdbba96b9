"""A clean-up undone: files come back from a quarantine folder."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from dupviz._words import count
from dupviz.cleanup.journal import Entry, journals_in, locked, read_journal
from dupviz.cleanup.move import exists, make_folders, reason_of, remove_empty_folders, status_of
from dupviz.cleanup.outcome import INTERRUPTED, Outcome, Result, each_in_turn, make_outcome
from dupviz.cleanup.quarantine import unnamed_files

__all__ = ["undo"]

COARSEST_NS = 2_000_000_000  # between two times that a file system can distinguish: FAT's 2 s


def undo(journal: str | os.PathLike[str] | Outcome, *, progress: bool = True) -> Outcome:
    """Bring back what `Plan.apply` has moved to a quarantine folder.

    Each file returns to its place, byte for byte and with its modification time, unless something else is there now or
    the file has been changed in the quarantine folder: then it stays where it is, and is listed. Works after a crash of
    `apply` or of `undo`, and can be repeated.

    Parameters
    ----------
    journal : str, Path or Outcome
        A journal; or the quarantine folder, for all journals in it, the newest first; or what `Plan.apply` returned.
    progress : bool
        Whether to show a progress bar, if it takes more than a second.

    Raises
    ------
    FileNotFoundError
        If there is no such journal, or none in the folder.
    ValueError
        If it is no journal, or the outcome of a dry run or of the system's trash, which dupviz cannot undo.
    BlockingIOError
        If another process works with it.
    """
    if isinstance(journal, Outcome):
        if journal.journal is None:
            raise ValueError(f"this outcome has no journal, so there is nothing to undo: {journal.summary()}")
        journal = journal.journal
    path = Path(os.fsdecode(journal))
    paths = journals_in(path) if path.is_dir() else [path]
    if not paths:
        raise FileNotFoundError(f"no journal in {os.fspath(path)!r}")
    folder = Path(os.path.realpath(paths[0])).parent
    with locked(folder, paths):
        entries = [entry for each in paths for entry in read_journal(each)]

        def step(entry: Entry) -> Result:
            result = _restore(entry)
            remove_empty_folders(entry.move.target)
            return result

        results, interrupted = each_in_turn(entries, step, _broken_off, "restoring", progress)
    note = "" if interrupted else _unnamed(folder)
    sources, sizes = [entry.move.source for entry in entries], [entry.bytes for entry in entries]
    return make_outcome(sources, sizes, results, path, note, interrupted)


def _restore(entry: Entry) -> Result:
    """Bring one file back."""
    move = entry.move
    try:
        move.tidy_up()
        here, there = None if move.in_place else status_of(move.target), status_of(move.source)
        if here is None:
            if there is not None and (there.st_size, there.st_mtime_ns) == (entry.bytes, move.modified_ns):
                return Result("already in place")
            if entry.moved is None and there is not None:
                return Result("already in place", "was never moved")
            return Result("skipped", "is no longer in the quarantine folder")
        if not _is_as_moved(here, entry):
            return Result("skipped", "was changed in the quarantine folder", move.target)
        if there is not None:
            return Result("skipped", "something else is at its place", move.target)
        make_folders(os.path.dirname(move.source))
        move.back.run(here)
    except FileExistsError:
        reason = "something else is at its place"
    except OSError as error:
        reason = reason_of(error)
    else:
        return Result("restored")
    return _broken_off(entry, reason)


def _unnamed(folder: Path) -> str:
    """A sentence on what an undo left in the quarantine folder, since no journal names it."""
    with suppress(OSError):
        paths = unnamed_files(folder)
        if paths:
            return f"No journal that can be read says where these belong: {count(len(paths), 'file')}, as {paths[0]}."
    return ""


def _is_as_moved(status: os.stat_result, entry: Entry) -> bool:
    """Whether a file in the quarantine folder is what was moved there."""
    if not stat.S_ISREG(status.st_mode):
        return False
    if entry.moved is not None:
        return (status.st_size, status.st_mtime_ns) == entry.moved
    return status.st_size == entry.bytes and abs(status.st_mtime_ns - entry.move.modified_ns) <= COARSEST_NS


def _broken_off(entry: Entry, reason: str = INTERRUPTED) -> Result:
    """What has become of a file whose restoring was broken off, after tidying up."""
    with suppress(OSError):
        entry.move.tidy_up()
    if not exists(entry.move.target):
        return Result("restored") if exists(entry.move.source) else Result("skipped", reason)
    return Result("skipped", reason, entry.move.target)
