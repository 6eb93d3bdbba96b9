"""A clean-up undone: files come back from a quarantine folder."""

import dataclasses
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from dupviz._words.words import count
from dupviz.cleanup import disk
from dupviz.cleanup.evidence import digest
from dupviz.cleanup.journal import Entry, is_own, journals_in, locked, read_journal
from dupviz.cleanup.move import Move
from dupviz.cleanup.outcome import INTERRUPTED, Outcome, Report, Result, each_in_turn, make_outcome
from dupviz.cleanup.places import Root, folder_of
from dupviz.cleanup.placing import exists, make_folders, reason_of, remove_empty_folders, status_of
from dupviz.cleanup.quarantine import unnamed_files

__all__ = ["ForeignQuarantineError", "undo"]

SPECIAL_BITS = stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX  # no picture needs them
COARSEST_NS = 2_000_000_000  # between two times that a file system can distinguish: FAT's 2 s


class ForeignQuarantineError(ValueError):
    """A quarantine folder that this user has not made: its journals may lead anywhere."""


def undo(
    journal: str | os.PathLike[str] | Outcome,
    *,
    root: str | os.PathLike[str] | None = None,
    dry_run: bool = False,
    foreign: bool = False,
    progress: bool = True,
    report: Report | None = None,
) -> Outcome:
    """Bring back what `Plan.apply` has moved to a quarantine folder.

    Each file returns to its place, byte for byte and with its modification time, unless something else is there now or
    the file has been changed in the quarantine folder: then it stays where it is, and is listed. Works after a crash of
    `apply` or of `undo`, and can be repeated. A quarantine folder may have been copied or moved meanwhile: files that
    have lost their times are told by their contents.

    Parameters
    ----------
    journal : str, Path or Outcome
        A journal; or the quarantine folder, for all journals in it, the newest first; or what `Plan.apply` returned.
    root : str or Path, optional
        Where the folder is now that the files came from, if it is no longer where it was.
    dry_run : bool
        Whether to only say what would happen.
    foreign : bool
        Whether files may also return by journals that this user has not begun. Look at what a dry run says first: such
        a journal names the places that files are written to.
    progress : bool
        Whether to show a progress bar, if it takes more than a second.
    report : callable, optional
        Is called with the number of files that are done, and of all, after each.

    Returns
    -------
    Outcome
        What has become of each file.

    Raises
    ------
    FileNotFoundError
        If there is no such journal, or none in the folder, or no folder `root`.
    ForeignQuarantineError
        If this user has not begun the journals, and neither `foreign` nor `dry_run` is set. Nothing has been changed
        then.
    ValueError
        If it is no journal, or the outcome of a dry run or of the system's trash, which dupviz cannot undo; or if
        `root` is given for files of several folders.
    BlockingIOError
        If another process works with it.

    Examples
    --------
    >>> plan = dv.find_duplicates("data/photos/flags", progress=False).plan()
    >>> outcome = plan.apply("duplicates", dry_run=False)
    >>> outcome.summary()
    '3 files moved (46 kB)'
    >>> dv.undo(outcome).summary()  # or dv.undo("duplicates"), tomorrow too
    '3 files restored (46 kB)'
    """
    if isinstance(journal, Outcome):
        if journal.journal is None:
            raise ValueError(f"this outcome has no journal, so there is nothing to undo: {journal.summary()}")
        journal = journal.journal
    path = Path(os.path.expanduser(os.fsdecode(journal)))
    paths = journals_in(path) if path.is_dir() else [path]
    if not paths:
        raise FileNotFoundError(f"no journal in {os.fspath(path)!r}")
    folder = Path(os.path.realpath(paths[0])).parent
    with locked(folder, paths):
        entries = [entry for each in paths for entry in read_journal(each)]
        if entries and not (foreign or dry_run or all(map(is_own, paths))):
            raise ForeignQuarantineError(f"{os.fspath(path)!r} was made by another user, or on another machine")
        returns = _returns(entries, os.fspath(folder), root)

        def step(entry: Return) -> Result:
            if entry.obstacle:
                return Result("skipped", entry.obstacle, entry.move.target)
            result = _restore(entry, dry_run)
            if not dry_run:
                remove_empty_folders(entry.move.target)
            return result

        results, interrupted = each_in_turn(returns, step, _broken_off, "restoring", progress, report)
    note = "" if interrupted else _unnamed(folder)
    done = [(each.move.source, each.entry.bytes, result) for each, result in zip(returns, results)]
    return make_outcome(done, path, note, interrupted)


class Return(NamedTuple):
    """A file of a journal, with the move that brings it here, as far as its place is there; otherwise why not."""

    entry: Entry
    move: Move
    obstacle: str = ""


def _returns(entries: list[Entry], folder: str, given: str | os.PathLike[str] | None) -> list[Return]:
    """Where the files of a quarantine folder return to."""
    roots = {entry.root for entry in entries if entry.root}
    if given is not None:
        if len(roots) > 1:
            paths = ", ".join(sorted(root.path for root in roots))
            raise ValueError(f"root can be given for files of one folder, but these come from {paths}")
        given = os.path.realpath(os.path.expanduser(os.fsdecode(given)))
        if not os.path.isdir(given):
            raise FileNotFoundError(f"no such folder: {given!r}")
    now: dict[Root, str] = {}
    obstacles: dict[Root, str] = {}
    for root in roots:
        try:
            now[root] = folder_of(root, folder) if given is None else given
        except FileNotFoundError as error:
            obstacles[root] = str(error)
    returns = []
    for entry in entries:
        move, obstacle = entry.move, ""
        place = os.path.dirname(move.target)
        if os.path.realpath(place) != place:  # nothing is touched there, not even to tidy up
            obstacle = "lies behind a symbolic link in the quarantine folder"
        elif entry.root is None:
            obstacle = "its journal names no folder that it came from"
        elif entry.root in obstacles:
            obstacle = obstacles[entry.root]
        else:
            source = os.path.join(now[entry.root], os.path.relpath(move.source, entry.root.path))
            move = dataclasses.replace(move, source=source)
        returns.append(Return(entry, move, obstacle))
    return returns


def _restore(what: Return, dry_run: bool) -> Result:
    """Bring one file back."""
    entry, move, _ = what
    try:
        if not dry_run:
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
        if dry_run:
            return Result("would be restored")
        if here.st_mode & SPECIAL_BITS:
            disk.set_mode(move.target, stat.S_IMODE(here.st_mode) & ~SPECIAL_BITS)
        if not _has_its_time(here, entry):
            disk.set_times(move.target, here.st_atime_ns, move.modified_ns)
            here = disk.lstat(move.target)
        make_folders(os.path.dirname(move.source))
        move.back.run(here)
    except FileExistsError:
        reason = "something else is at its place"
    except OSError as error:
        reason = reason_of(error)
    else:
        return Result("restored")
    return _broken_off(what, reason)


def _unnamed(folder: Path) -> str:
    """A sentence on what an undo left in the quarantine folder, since no journal names it."""
    with suppress(OSError):
        paths = unnamed_files(folder)
        if paths:
            return f"No journal that can be read says where these belong: {count(len(paths), 'file')}, as {paths[0]}."
    return ""


def _is_as_moved(status: os.stat_result, entry: Entry) -> bool:
    """Whether a file in the quarantine folder is what was moved there."""
    if not stat.S_ISREG(status.st_mode) or status.st_size != (entry.moved or (entry.bytes,))[0]:
        return False
    return _has_its_time(status, entry) or digest(entry.move.target) == entry.sha256


def _has_its_time(status: os.stat_result, entry: Entry) -> bool:
    """Whether a file has the modification time that it had in the quarantine folder, or before it was moved."""
    if entry.moved is not None:
        return status.st_mtime_ns == entry.moved[1]
    return abs(status.st_mtime_ns - entry.move.modified_ns) <= COARSEST_NS


def _broken_off(what: Return, reason: str = INTERRUPTED) -> Result:
    """What has become of a file whose restoring was broken off, after tidying up."""
    move = what.move
    if what.obstacle:
        return Result("skipped", reason, move.target)
    with suppress(OSError):
        move.tidy_up()
    if not exists(move.target):
        return Result("restored") if exists(move.source) else Result("skipped", reason)
    return Result("skipped", reason, move.target)
