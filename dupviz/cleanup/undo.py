"""A clean-up undone: files come back from a quarantine folder."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from dupviz._words.words import count
from dupviz.cleanup import disk
from dupviz.cleanup.entries import Entry, read_journal
from dupviz.cleanup.journal import journals_in, locked
from dupviz.cleanup.move import digest, is_temporary
from dupviz.cleanup.outcome import INTERRUPTED, Outcome, Report, Result, each_in_turn, make_outcome
from dupviz.cleanup.placing import exists, reason_of, remove_empty_folders, status_of
from dupviz.cleanup.quarantine import unnamed_files
from dupviz.cleanup.returns import Removal, Return, steps_back

__all__ = ["ForeignQuarantineError", "is_as_moved", "undo"]

SPECIAL_BITS = stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX  # no picture needs them
TAKEN = "something else is at its place"
NEEDED = "holds metadata of a file that has not come back"
COARSEST_NS = 2_000_000_000  # between two times that a file system can distinguish: FAT's 2 s


class ForeignQuarantineError(ValueError):
    """A journal that this user has not written as it is: it may lead anywhere."""


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

    A sidecar that it has written is removed after the files that needed it have come back, unless it has changed.
    Each file returns to its place, byte for byte and with its modification time, unless something else is there now or
    the file has been changed in the quarantine folder: then it stays where it is, and is listed. Works after a crash of
    `apply` or of `undo`, and can be repeated. No file returns through a symbolic link. A quarantine folder may have
    been copied or moved meanwhile: files that have lost their times are recognised by their contents.

    Parameters
    ----------
    journal : str, Path or Outcome
        A journal; or the quarantine folder, for all journals in it, the newest first; or what `Plan.apply` returned.
    root : str or Path, optional
        Where the folder is now that the files came from, if it is no longer where it was.
    dry_run : bool
        Whether to only say what would happen.
    foreign : bool
        Whether files may also return by journals that this user has not written, or that have been changed since. Look
        at what a dry run says first: such a journal names the places that files are written to.
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
        If this user has not written the journals as they are, and neither `foreign` nor `dry_run` is set. Nothing has
        been changed then.
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
        journals = [read_journal(each) for each in paths]
        if not (foreign or dry_run):
            for each, recorded in zip(paths, journals):
                if recorded.doubt and (recorded.entries or recorded.sidecars):
                    raise ForeignQuarantineError(f"{os.fspath(each)!r} {recorded.doubt}")
        steps = steps_back(journals, os.fspath(folder), root)
        work = _Undoing(dry_run)
        results, interrupted = each_in_turn(steps, work.step, work.broken_off, "restoring", progress, report)
    note = "" if interrupted else _unnamed(folder)
    return make_outcome([(*what.facts, result) for what, result in zip(steps, results)], path, note, interrupted)


class _Undoing:
    """Takes back one step of a journal after another; or says that it would."""

    def __init__(self, dry_run: bool) -> None:
        self._dry_run = dry_run
        self._needed: set[str] = set()  # sidecars of files that have not come back, by their tokens

    def step(self, what: Return | Removal) -> Result:
        """Bring a file back, or remove a sidecar that no file needs any more."""
        if isinstance(what, Removal):
            is_needed = what.sidecar.token in self._needed
            return Result("skipped", NEEDED) if is_needed else _remove(what, self._dry_run)
        result = self._bring_back(what)
        if result.status == "skipped":
            self._needed.add(what.entry.needs)
        return result

    def _bring_back(self, what: Return) -> Result:
        if what.obstacle:
            return Result("skipped", what.obstacle, what.move.target)
        result = _restore(what, self._dry_run)
        if not self._dry_run:
            with suppress(OSError), what.held():
                remove_empty_folders(what.move.target)
        return result

    def broken_off(self, what: Return | Removal) -> Result:
        """What has become of a step that was broken off, after tidying up."""
        if isinstance(what, Return):
            return _broken_off(what)
        if what.obstacle:
            return Result("skipped", what.obstacle)
        with suppress(OSError), what.held():
            with suppress(OSError):
                what.sidecar.tidy_up()
            if not exists(what.sidecar.path):
                return Result("removed")
        return Result("skipped", INTERRUPTED)


def _remove(what: Removal, dry_run: bool) -> Result:
    """Remove a sidecar, if it is as it was written."""
    sidecar = what.sidecar
    if what.obstacle:
        return Result("skipped", what.obstacle)
    try:
        with what.held():
            if not dry_run:
                sidecar.tidy_up()
            if status_of(sidecar.path) is None:
                return Result("already removed")
            if not sidecar.is_there():
                return Result("skipped", "has changed since it was written, and stays")
            if dry_run:
                return Result("would be removed")
            sidecar.take_away()
    except OSError as error:
        return Result("skipped", f"cannot be removed: {error.strerror or error}")
    return Result("removed")


def _restore(what: Return, dry_run: bool) -> Result:
    """Bring one file back."""
    try:
        with what.held():
            result = _look(what, dry_run)
            if result.status != "would be restored" or dry_run:
                return result
            with what.held(make=True):
                _return(what)
    except FileExistsError:
        reason = TAKEN
    except OSError as error:
        reason = reason_of(error)
    else:
        return Result("restored")
    return _broken_off(what, reason)


def _look(what: Return, dry_run: bool) -> Result:
    """What can become of a file, after tidying up."""
    entry, move = what.entry, what.move
    if not dry_run:
        move.tidy_up()
    here, there = None if move.in_place else status_of(move.target), status_of(move.source)
    if here is None:
        if there is not None and (there.st_size, there.st_mtime_ns) == (entry.bytes, move.modified_ns):
            return Result("already in place")
        if entry.moved is None and there is not None:
            return Result("already in place", "was never moved")
        remains = move.remains()
        lost = "is no longer in the quarantine folder"
        return Result("skipped", f"{lost}; an incomplete copy of it is {remains}" if remains else lost)
    if not is_as_moved(here, entry):
        return Result("skipped", "was changed in the quarantine folder", move.target)
    if there is not None:
        return Result("skipped", TAKEN, move.target)
    return Result("would be restored")


def _return(what: Return) -> None:
    """Move a file to its place, where nothing is."""
    here = disk.lstat(what.move.target)
    if here.st_mode & SPECIAL_BITS:
        disk.set_mode(what.move.target, stat.S_IMODE(here.st_mode) & ~SPECIAL_BITS)
    if not _has_its_time(here, what.entry):
        disk.set_times(what.move.target, here.st_atime_ns, what.move.modified_ns)
        here = disk.lstat(what.move.target)
    what.move.back.run(here)


def _unnamed(folder: Path) -> str:
    """A sentence on what an undo left in the quarantine folder, since no journal names it."""
    sentences = []
    with suppress(OSError):
        paths = unnamed_files(folder)
        remains = [path for path in paths if is_temporary(path)]
        others = sorted(set(paths).difference(remains))
        if others:
            words = f"{count(len(others), 'file')}, as {others[0]}"
            sentences.append(f"No readable journal says where these belong: {words}.")
        if remains:
            words = f"{count(len(remains), 'file')}, as {remains[0]}"
            sentences.append(f"Left over from copies that were interrupted, and incomplete: {words}.")
    return " ".join(sentences)


def is_as_moved(status: os.stat_result, entry: Entry) -> bool:
    """Whether a file in the quarantine folder is what was moved there."""
    if not stat.S_ISREG(status.st_mode) or status.st_size != (entry.moved or (entry.bytes,))[0]:
        return False
    return _has_its_time(status, entry) or digest(entry.move.target) == entry.move.sha256


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
    with suppress(OSError), what.held():
        with suppress(OSError):
            move.tidy_up()
        if not exists(move.target):
            return Result("restored") if exists(move.source) else Result("skipped", reason)
    return Result("skipped", reason, move.target)
