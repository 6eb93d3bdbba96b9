"""What moves files: a plan applied, and taken back. All else in dupviz only reads them."""

import os
import stat
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from itertools import count as count_from
from pathlib import Path

import pandas as pd
from tqdm.auto import tqdm

from dupviz.display import count, file_size, table_html
from dupviz.groups import protected_files
from dupviz.journal import (
    JOURNAL_NAME,
    absolute,
    check_quarantine,
    inside,
    journals_in,
    locked,
    make_quarantine,
    named_places,
    read_journal,
    unnamed_files,
)
from dupviz.moving import make_folders

__all__ = ["Outcome", "apply_plan", "undo"]

# The latest modification time that a scan can tell, in ns: the year 2262. Later ones count as this.
LATEST = pd.Timestamp.max.value

MAX_NAME_BYTES = 255  # of nearly all file systems

COARSEST_NS = 2_000_000_000  # between two times that a file system can tell apart: FAT's 2 s


@dataclass(frozen=True, repr=False, eq=False)
class Outcome:
    """What has become of each file of a plan or journal.

    Attributes
    ----------
    table : DataFrame
        path (str); status (``"would move"``, ``"moved"``, ``"in the trash"``, ``"restored"``, ``"already in place"`` or
        ``"skipped"``); reason (str, for what was skipped); new_path (str, where it is or would be now, if elsewhere);
        bytes (int64).
    journal : Path or None
        What to give to `undo`.
    note : str
        What to know, and what to do next, in a sentence or two; of `undo`, which files no journal names.
    interrupted : bool
        Whether Ctrl-C ended it early. The files that it did not come to are ``"skipped"``.
    """

    table: pd.DataFrame
    journal: Path | None = None
    note: str = ""
    interrupted: bool = False

    @property
    def skipped(self):
        """The rows of `table` that could not be done, with their reasons."""
        return self.table[self.table["status"] == "skipped"]

    def summary(self):
        """One sentence: how many files have met with what."""
        parts = [
            f"{count(len(rows), 'file')} {status} ({file_size(int(rows['bytes'].sum()))})"
            for status, rows in self.table.groupby("status", sort=False)
        ]
        return ", ".join(parts) or "no file to move"

    def __repr__(self):
        return f"{self._headline()}. {self.note}".strip()

    def _repr_html_(self):
        columns = [name for name in ("path", "status", "reason", "new_path", "bytes") if self.table[name].any()]
        return table_html(repr(self), self.table[["path", "status", *columns[2:]]])

    def _headline(self):
        return ("Interrupted: " if self.interrupted else "") + self.summary()


def apply_plan(table, *, to=None, trash=False, dry_run=True, protect=(), progress=True):
    """Move the files of a plan; see `Plan.apply`.

    Parameters
    ----------
    table : DataFrame
        That of the plan.

    Returns
    -------
    Outcome
    """
    if trash == (to is not None):
        raise ValueError("say where the files shall go: either to=FOLDER or trash=True")
    for path in (*table["path"], *table["keeper"]):
        absolute(path)
    for path in table["destination"]:
        inside(path)
    checks = _Checks(table, protect)
    folder = None if trash else os.path.realpath(os.fsdecode(to))
    if folder:
        check_quarantine(folder, [*table["path"], *table["keeper"]])
    journal = make_quarantine(folder) if folder and not dry_run and len(table) else None

    def step(row):
        status, obstacle = checks.look(row)
        if obstacle:
            return "skipped", obstacle, ""
        places = _free_places(row, folder, named) if folder else iter([("", "")])
        if dry_run:
            return "would move", "", next(places)[1]
        return _move(row, status, places, journal, checks) if journal else _trash(row)

    def settle(row):
        if journal and journal.last and journal.last.source == row.path:
            return _settled(journal.last, journal, INTERRUPTED)
        return IN_TRASH if trash and not os.path.lexists(row.path) else ("skipped", INTERRUPTED, "")

    with journal or nullcontext():
        named = named_places(folder) if folder else {}
        results, interrupted = _each(list(table.itertuples()), step, settle, "moving", progress)
    if dry_run:
        note = "Nothing has been changed: with dry_run=False they move."
    elif trash:
        note = "dupviz cannot undo that: the trash itself can restore them."
    else:
        note = f"To bring them back: dupviz.undo({os.fspath(journal.path)!r})." if journal else ""
    return _outcome(table["path"], table["bytes"], results, journal and journal.path, note, interrupted)


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
            _remove_empty_folders(entry.move.target)
            return result

        results, interrupted = _each(entries, step, _interrupted_restore, "restoring", progress)
    note = "" if interrupted else _unnamed(folder)
    sources, sizes = [entry.move.source for entry in entries], [entry.bytes for entry in entries]
    return _outcome(sources, sizes, results, path, note, interrupted)


INTERRUPTED = "interrupted before that"
IN_TRASH = ("in the trash", "", "")


class _Checks:
    """Whether the files of a plan can go: looked at right before each move."""

    def __init__(self, table, protect):
        self._protected = set(table["path"][protected_files(table, protect)])
        self._to_go = set(table["path"])
        self._kept = {}
        for keeper in set(table["keeper"]) - self._to_go:
            with suppress(OSError):
                status = os.lstat(keeper)
                self._kept[status.st_dev, status.st_ino] = keeper

    def look(self, row):
        """The file's status, and what stands against its going, or ""."""
        status, obstacle = _as_scanned(row.path, row.bytes, row.modified)
        if row.path in self._protected:
            return status, "is in a protected folder"
        if row.keeper in self._to_go:
            return status, f"the file that should stay for it is to go as well: {row.keeper}"
        if obstacle:
            return status, obstacle
        keeper_obstacle = self.look_at_keeper(row)
        if keeper_obstacle:
            return status, keeper_obstacle
        if (status.st_dev, status.st_ino) in self._kept:
            return status, f"is the same file as {self._kept[status.st_dev, status.st_ino]}, which stays"
        return status, ""

    def look_at_keeper(self, row):
        """What has become of the keeper, or "" if it is as scanned."""
        obstacle = _as_scanned(row.keeper, row.keeper_bytes, row.keeper_modified)[1]
        return obstacle and f"the file that should stay for it {obstacle}: {row.keeper}"


def _as_scanned(path, size, modified):
    """The status of a file, and what has become of it since it was scanned, or ""."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None, "is gone"
    except OSError as error:
        return None, f"cannot be looked at ({error.strerror})"
    unchanged = stat.S_ISREG(status.st_mode) and status.st_size == size and min(status.st_mtime_ns, LATEST) == modified
    return status, "" if unchanged else "has changed since the scan"


def _move(row, status, places, journal, checks):
    """Move a file to the first of these places that is still free: its status, reason and new path."""
    for destination, target in places:
        move, obstacle = None, ""
        try:
            move = journal.begin(row.path, destination, status)
            make_folders(os.path.dirname(target))
            move.run(status)
            obstacle = checks.look_at_keeper(row)
            if obstacle:
                move.back.run(os.lstat(target))
        except OSError as error:
            if isinstance(error, FileExistsError) and not obstacle and os.path.lexists(target):
                journal.give_up(move)  # somebody took the place that was free: the next one
                continue
            obstacle = obstacle or _reason(error)
        if obstacle:
            return _settled(move, journal, obstacle)
        journal.end(move)
        return "moved", "", target


def _settled(move, journal, reason):
    """What has become of a file whose move was broken off, after tidying up."""
    if move is None:
        return "skipped", reason, ""
    with suppress(OSError):
        move.settle()
        if _lstat(move.target) is None:
            journal.give_up(move)
            _remove_empty_folders(move.target)
            return "skipped", reason, ""
    with suppress(OSError):
        here = _lstat(move.source)
        if here is None or here.st_mtime_ns != move.modified_ns:
            journal.end(move)
            return "moved", "", move.target
    return "skipped", reason, ""


def _trash(row):
    from send2trash import send2trash  # which looks for a desktop when it is imported

    try:
        send2trash(row.path)
    except OSError as error:
        return "skipped", _reason(error), ""
    return IN_TRASH


def _restore(entry):
    """Bring one file back: its status, reason and the path where it is, if elsewhere."""
    move = entry.move
    try:
        move.settle()
        here, there = None if move.in_place else _lstat(move.target), _lstat(move.source)
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
        reason = _reason(error)
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


def _each(rows, step, settle, what, progress):
    """The result of a step for each row; and whether Ctrl-C ended it, where `settle` gives that of the row in hand."""
    results = []
    interrupted = False
    try:
        for row in tqdm(rows, desc=what, unit="file", delay=1, disable=not progress):
            results.append(step(row))
    except KeyboardInterrupt:
        interrupted = True
        results += [settle(row) for row in rows[len(results) : len(results) + 1]]
    return results + [("skipped", INTERRUPTED, "")] * (len(rows) - len(results)), interrupted


def _free_places(row, folder, named):
    """Yield (path within the folder, path) that are free, the wanted one first, then ``name (2).jpg``.

    A place that a journal names for another file is not free even where it is empty: that journal might take whatever
    came there for its own.
    """
    name, extension = os.path.splitext(os.path.basename(row.destination))
    for number in count_from(1):
        end = f" ({number}){extension}" if number > 1 else extension
        while number > 1 and name and len(os.fsencode(name + end)) > MAX_NAME_BYTES:
            name = name[:-1]
        destination = os.path.join(os.path.dirname(row.destination), name + end)
        target = os.path.join(folder, destination)
        belongs = named.get(target, row.path) == row.path and not JOURNAL_NAME.fullmatch(destination)
        if belongs and not os.path.lexists(target):
            yield destination, target


def _remove_empty_folders(path):
    """Remove the empty folders around a path that is gone; the quarantine folder itself never is empty."""
    with suppress(OSError):
        while True:
            path = os.path.dirname(path)
            os.rmdir(path)


def _lstat(path):
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _reason(error):
    return f"cannot be moved: {error.strerror or error}"


def _outcome(paths, sizes, results, journal, note, interrupted):
    table = pd.DataFrame(results, columns=["status", "reason", "new_path"], dtype=object)
    table.insert(0, "path", pd.Series(list(paths), dtype=object))
    table["bytes"] = pd.Series(list(sizes), dtype="int64")
    return Outcome(table, journal, note, interrupted)
