"""What was moved to a quarantine folder, brought back."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from dupviz._words import count
from dupviz.cleanup.journal import journals_in, locked, read_journal
from dupviz.cleanup.move import make_folders, reason_of, remove_empty_folders, status_of
from dupviz.cleanup.outcome import INTERRUPTED, each_in_turn, make_outcome
from dupviz.cleanup.quarantine import unnamed_files

__all__ = ["undo"]

COARSEST_NS = 2_000_000_000  # between two times that a file system can tell apart: FAT's 2 s


def undo(journal, *, progress=True):
    """Bring back what `Plan.apply` has moved to a quarantine folder.

    Each file returns to its place, byte for byte and with its modification time, unless something else is there now or
    the file has been changed in the quarantine folder: then it is left where it is, and said. Works after a crash of
    `apply` or of `undo`, and can be repeated.

    Parameters
    ----------
    journal : str or Path
        A journal; or the quarantine folder, for all journals in it, the newest first.
    progress : bool
        Whether to show a progress bar, if it takes more than a second.

    Returns
    -------
    Outcome

    Raises
    ------
    FileNotFoundError
        If there is no such journal, or none in the folder.
    ValueError
        If it is no journal.
    BlockingIOError
        If another process is at work by it.
    """
    path = Path(os.fsdecode(journal))
    paths = journals_in(path) if path.is_dir() else [path]
    if not paths:
        raise FileNotFoundError(f"no journal in {os.fspath(path)!r}")
    folder = Path(os.path.realpath(paths[0])).parent
    with locked(folder, paths):
        entries = [entry for each in paths for entry in read_journal(each)]

        def step(entry):
            result = _restore(entry)
            remove_empty_folders(entry.move.target)
            return result

        results, interrupted = each_in_turn(entries, step, _interrupted_restore, "restoring", progress)
    note = "" if interrupted else _unnamed(folder)
    sources, sizes = [entry.move.source for entry in entries], [entry.bytes for entry in entries]
    return make_outcome(sources, sizes, results, path, note, interrupted)


def _restore(entry):
    """Bring one file back: its status, reason and the path where it is, if elsewhere."""
    move = entry.move
    try:
        move.settle()
        here, there = None if move.in_place else status_of(move.target), status_of(move.source)
        if here is None:
            if there is not None and (there.st_size, there.st_mtime_ns) == (entry.bytes, move.modified_ns):
                return "already in place", "", ""
            if entry.moved is None and there is not None:
                return "already in place", "was never moved", ""
            return "skipped", "is no longer in the quarantine folder", ""
        if not _is_as_moved(here, entry):
            return "skipped", "was changed in the quarantine folder", move.target
        if there is not None:
            return "skipped", "something else is at its place", move.target
        make_folders(os.path.dirname(move.source))
        move.back.run(here)
    except FileExistsError:
        reason = "something else is at its place"
    except OSError as error:
        reason = reason_of(error)
    else:
        return "restored", "", ""
    return _interrupted_restore(entry, reason)


def _unnamed(folder):
    """A sentence on what an undo left in the quarantine folder, since no journal names it."""
    with suppress(OSError):
        paths = unnamed_files(folder)
        if paths:
            return f"No journal that can be read says where these belong: {count(len(paths), 'file')}, as {paths[0]}."
    return ""


def _is_as_moved(status, entry):
    """Whether a file in the quarantine folder is what was moved there."""
    if not stat.S_ISREG(status.st_mode):
        return False
    if entry.moved is not None:
        return (status.st_size, status.st_mtime_ns) == entry.moved
    return status.st_size == entry.bytes and abs(status.st_mtime_ns - entry.move.modified_ns) <= COARSEST_NS


def _interrupted_restore(entry, reason=INTERRUPTED):
    """What has become of a file whose restoring was broken off, after tidying up."""
    with suppress(OSError):
        entry.move.settle()
    if not os.path.lexists(entry.move.target):
        return ("restored", "", "") if os.path.lexists(entry.move.source) else ("skipped", reason, "")
    return "skipped", reason, entry.move.target
