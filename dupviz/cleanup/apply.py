"""A plan applied: files move to a quarantine folder or the system's trash."""

import os
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from itertools import count as count_from
from typing import Any

import pandas as pd

from dupviz._files import is_as_scanned
from dupviz._paths import Paths
from dupviz.cleanup import disk
from dupviz.cleanup.evidence import Evidence, digest
from dupviz.cleanup.journal import JOURNAL_NAME, Journal, absolute, inside
from dupviz.cleanup.move import Move, exists, make_folders, reason_of, remove_empty_folders, status_of
from dupviz.cleanup.outcome import INTERRUPTED, Outcome, Result, each_in_turn, make_outcome
from dupviz.cleanup.quarantine import check_quarantine, make_quarantine, named_places
from dupviz.groups.keep import protected_files

__all__ = ["apply_plan"]

MAX_NAME_BYTES = 255  # of nearly all file systems

IN_TRASH = Result("in the trash")


def apply_plan(
    table: pd.DataFrame,
    *,
    to: str | os.PathLike[str] | None = None,
    trash: bool = False,
    dry_run: bool = True,
    protect: Paths = (),
    progress: bool = True,
) -> Outcome:
    """Move the files of a plan; see `Plan.apply`.

    Parameters
    ----------
    table : DataFrame
        That of the plan.
    """
    if trash == (to is not None):
        raise ValueError("say where the files shall go: either to=FOLDER or trash=True")
    for path in (*table["path"], *table["keeper"]):
        absolute(path)
    for path in table["destination"]:
        inside(path)
    checks, evidence = _Checks(table, protect), Evidence()
    if to is not None and not os.fspath(to):
        raise ValueError("to is empty: name a folder")
    folder = None if to is None else os.path.realpath(os.path.expanduser(os.fsdecode(to)))
    if folder:
        check_quarantine(folder, [*table["path"], *table["keeper"]])
    journal = make_quarantine(folder, table["path"]) if folder and not dry_run and len(table) else None

    def step(row: Any) -> Result:
        status, obstacle = checks.look(row)
        if status is None or obstacle:
            return Result("skipped", obstacle)
        places = _free_places(row.path, row.destination, folder, named) if folder else iter([("", "")])
        if dry_run:
            return Result("would move", new_path=next(places)[1])
        obstacle = evidence.obstacle(row)
        if obstacle:
            return Result("skipped", obstacle)
        return _move(row, status, places, journal, checks) if journal else _trash(row.path)

    def broken_off(row: Any) -> Result:
        if journal and journal.last and journal.last.source == row.path:
            return _tidied_up(journal.last, journal, INTERRUPTED)
        return IN_TRASH if trash and not exists(row.path) else Result("skipped", INTERRUPTED)

    with journal or nullcontext():
        named = named_places(folder) if folder else {}
        results, interrupted = each_in_turn(list(table.itertuples()), step, broken_off, "moving", progress)
    if dry_run:
        note = "Nothing has been changed: with dry_run=False they move."
    elif trash:
        note = "dupviz cannot undo that: the trash itself can restore them."
    else:
        note = f"To bring them back: dupviz.undo({os.fspath(journal.path)!r})." if journal else ""
    return make_outcome(table["path"], table["bytes"], results, journal.path if journal else None, note, interrupted)


class _Checks:
    """Whether the files of a plan can go: asked right before each move."""

    def __init__(self, table: pd.DataFrame, protect: Paths) -> None:
        self._protected = set(table["path"][protected_files(table, protect)])
        self._to_go = set(table["path"])
        self._kept: dict[tuple[int, int], str] = {}
        for keeper in set(table["keeper"]) - self._to_go:
            with suppress(OSError):
                status = disk.lstat(keeper)
                self._kept[status.st_dev, status.st_ino] = keeper

    def look(self, row: Any) -> tuple[os.stat_result | None, str]:
        """The file's status, and why it cannot go, or ""."""
        status, obstacle = _as_scanned(row.path, row.bytes, row.modified)
        if row.path in self._protected:
            return status, "is in a protected folder"
        if row.keeper in self._to_go:
            return status, f"the file that should stay for it is to go as well: {row.keeper}"
        if status is None or obstacle:
            return status, obstacle
        keeper_obstacle = self.look_at_keeper(row)
        if keeper_obstacle:
            return status, keeper_obstacle
        if (status.st_dev, status.st_ino) in self._kept:
            return status, f"is the same file as {self._kept[status.st_dev, status.st_ino]}, which stays"
        return status, ""

    def look_at_keeper(self, row: Any) -> str:
        """What has become of the keeper, or "" if it is as scanned."""
        obstacle = _as_scanned(row.keeper, row.keeper_bytes, row.keeper_modified)[1]
        return obstacle and f"the file that should stay for it {obstacle}: {row.keeper}"


def _as_scanned(path: str, size: int, modified_ns: int) -> tuple[os.stat_result | None, str]:
    """The status of a file, and what has become of it since it was scanned, or ""."""
    try:
        status = disk.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None, "is gone"
    except OSError as error:
        return None, f"cannot be read ({error.strerror})"
    return status, "" if is_as_scanned(status, size, modified_ns) else "has changed since the scan"


def _move(
    row: Any, status: os.stat_result, places: Iterator[tuple[str, str]], journal: Journal, checks: _Checks
) -> Result:
    """Move a file to the first of these places that is still free."""
    try:
        sha256 = digest(row.path)
    except OSError as error:
        return Result("skipped", reason_of(error))
    for destination, target in places:
        move, obstacle = None, ""
        try:
            move = journal.begin(row.path, destination, status, sha256)
            make_folders(os.path.dirname(target))
            move.run(status)
            obstacle = checks.look_at_keeper(row)
            if obstacle:
                move.back.run(disk.lstat(target))
        except OSError as error:
            if move and isinstance(error, FileExistsError) and not obstacle and exists(target):
                journal.give_up(move)  # another process took the free place: try the next one
                continue
            obstacle = obstacle or reason_of(error)
        if obstacle or move is None:
            return _tidied_up(move, journal, obstacle)
        journal.end(move)
        return Result("moved", new_path=target)
    raise AssertionError("there is always another name")


def _tidied_up(move: Move | None, journal: Journal, reason: str) -> Result:
    """What has become of a file whose move was broken off, after tidying up."""
    if move is None:
        return Result("skipped", reason)
    with suppress(OSError):
        move.tidy_up()
        if status_of(move.target) is None:
            journal.give_up(move)
            remove_empty_folders(move.target)
            return Result("skipped", reason)
    with suppress(OSError):
        here = status_of(move.source)
        if here is None or here.st_mtime_ns != move.modified_ns:
            journal.end(move)
            return Result("moved", new_path=move.target)
    return Result("skipped", reason)


def _trash(path: str) -> Result:
    from send2trash import send2trash  # which looks for a desktop when it is imported

    try:
        send2trash(path)
    except OSError as error:
        return Result("skipped", reason_of(error))
    return IN_TRASH


def _free_places(path: str, wanted: str, folder: str, named: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (path within the folder, path) that are free, the wanted one first, then ``name (2).jpg``.

    A place that a journal names for another file is not free even where it is empty: that journal might take whatever
    came there for its own.
    """
    name, extension = os.path.splitext(os.path.basename(wanted))
    for number in count_from(1):
        end = f" ({number}){extension}" if number > 1 else extension
        while number > 1 and name and len(os.fsencode(name + end)) > MAX_NAME_BYTES:
            name = name[:-1]
        destination = os.path.join(os.path.dirname(wanted), name + end)
        target = os.path.join(folder, destination)
        belongs = named.get(target, path) == path and not JOURNAL_NAME.fullmatch(destination)
        if belongs and not exists(target):
            yield destination, target
