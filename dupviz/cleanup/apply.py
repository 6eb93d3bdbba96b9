"""A plan applied: files move to a quarantine folder or the system's trash."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext, suppress
from functools import lru_cache, partial
from itertools import count as count_from

import pandas as pd

from dupviz._disk.companions import Beside, Companion, companions
from dupviz._disk.paths import Paths
from dupviz._words.rows import PlanRow, rows
from dupviz.cleanup import disk
from dupviz.cleanup.carrying import Carrying
from dupviz.cleanup.checks import Checks
from dupviz.cleanup.entries import JOURNAL_NAME, absolute, inside
from dupviz.cleanup.evidence import Evidence
from dupviz.cleanup.journal import Journal, Kept
from dupviz.cleanup.move import Move, digest, same_content
from dupviz.cleanup.outcome import INTERRUPTED, Outcome, Report, Result, each_in_turn, make_outcome
from dupviz.cleanup.placing import exists, make_folders, reason_of, remove_empty_folders, status_of
from dupviz.cleanup.quarantine import Gone, check_quarantine, gone_when_broken_off, make_quarantine, named_places

__all__ = ["apply_plan"]

MAX_NAME_BYTES = 255  # of nearly all file systems

IN_TRASH = Result("in the trash")
STAYS = Result("skipped", "stays with its picture")


def apply_plan(
    table: pd.DataFrame,
    *,
    to: str | os.PathLike[str] | None = None,
    trash: bool = False,
    dry_run: bool = True,
    protect: Paths = (),
    progress: bool = True,
    report: Report | None = None,
) -> Outcome:
    """Move the files of a plan; see `Plan.apply`.

    Parameters
    ----------
    table : DataFrame
        That of the plan.
    """
    if trash == (to is not None):
        raise ValueError("say where the files shall go: either to=FOLDER or trash=True")
    if to is not None and not os.fspath(to):
        raise ValueError("to is empty: name a folder")
    for path in (*table["path"], *table["keeper"]):
        absolute(path)
    for path in table["destination"]:
        inside(path)
    checks = Checks(table, protect)
    folder = None if to is None else os.path.realpath(os.path.expanduser(os.fsdecode(to)))
    if folder:
        check_quarantine(folder, [*table["path"], *table["keeper"]])
    planned = list(rows(table, PlanRow))
    carrying = Carrying(planned, lambda row: checks.look(row)[1], trash=trash)
    gone = gone_when_broken_off(folder) if folder else {}
    steps = _with_companions(planned, gone)
    places = [*(step.path for step in steps), *carrying.paths]
    journal = make_quarantine(folder, places, table["keeper"]) if folder and not dry_run and steps else None
    with journal or nullcontext():
        application = _Application(checks, carrying, folder, journal, dry_run, gone)
        results, interrupted = each_in_turn(steps, application.step, application.broken_off, "moving", progress, report)
        carrying.finish(application.gone, journal)
        if journal and not interrupted:
            journal.finish()
    if dry_run:
        note = "Nothing has been changed: dry_run=False moves them."
    elif trash:
        note = "dupviz cannot undo that: the trash itself can restore them."
    else:
        note = f"To bring them back: dupviz.undo({os.fspath(journal.path)!r})." if journal else ""
    done: list[tuple[str, int, Result]] = []
    sidecars = carrying.results()
    for what, result in zip(steps, results):
        if isinstance(what, PlanRow) and what.keeper in sidecars:
            done.append(sidecars.pop(what.keeper))
        if result is not STAYS:
            done.append((what.path, 0 if isinstance(what, Companion) else what.bytes, result))
    return make_outcome(done, journal.path if journal else None, note, interrupted)


def _with_companions(planned: list[PlanRow], gone: Iterable[str]) -> list[PlanRow | Companion]:
    """The rows of a plan, and what belongs to their pictures, each after the last of these.

    First comes what belongs to pictures that have gone before.
    """
    last = {row.path: number for number, row in enumerate(planned)}
    after: dict[int, list[Companion]] = defaultdict(list)
    for companion in companions(last, gone):
        after[max(last.get(path, -1) for path in companion.pictures)].append(companion)
    steps: list[PlanRow | Companion] = [*after[-1]]
    for number, row in enumerate(planned):
        steps += [row, *after[number]]
    return steps


class _Application:
    """Takes one row of a plan after another, or a companion, and moves it; or says that it would.

    Parameters
    ----------
    checks : Checks
    carrying : Carrying
    folder : str or None
        The quarantine folder; None for the trash.
    journal : Journal or None
        None for the trash, and on a dry run.
    dry_run : bool
    before : dict of str to Gone
        Pictures that went before.

    Attributes
    ----------
    gone : dict of str to Gone
        Pictures that went, or would go, and those before.
    """

    def __init__(
        self,
        checks: Checks,
        carrying: Carrying,
        folder: str | None,
        journal: Journal | None,
        dry_run: bool,
        before: dict[str, Gone],
    ) -> None:
        self._checks, self._carrying, self._evidence = checks, carrying, Evidence()
        self._folder, self._journal, self._dry_run = folder, journal, dry_run
        self._named = named_places(folder) if folder else {}
        self._before, self.gone = before, dict(before)
        self._beside = Beside()
        self._sha256_of = lru_cache(2)(lambda path, _modified: digest(path))

    def step(self, what: PlanRow | Companion) -> Result:
        """Move a file, if it may go, after what it alone says was carried over."""
        if isinstance(what, Companion):
            return self._accompany(what) if self.gone.keys() >= set(what.pictures) else STAYS
        self._carrying.prepare(what, self._journal)
        status, obstacle = self._checks.look(what)
        obstacle = obstacle or self._carrying.look(what) or ("" if self._dry_run else self._evidence.obstacle(what))
        if status is None or obstacle:
            return Result("skipped", obstacle)
        late = partial(self._late_obstacle, what)
        try:
            keeper = Kept(what.keeper, self._sha256_of(what.keeper, what.keeper_modified)) if self._journal else Kept()
        except OSError as error:
            return Result("skipped", f"the file that should stay for it cannot be read ({error.strerror})")
        result = self._go(what.path, what.destination, status, late, keeper, self._carrying.token(what))
        if result.status != "skipped":
            self.gone[what.path] = Gone(what.destination, what.keeper)
        return result

    def _late_obstacle(self, row: PlanRow) -> str:
        return self._checks.look_at_keeper(row) or self._carrying.look_at_sidecar(row)

    def broken_off(self, what: PlanRow | Companion) -> Result:
        """What has become of the file in hand on Ctrl-C."""
        journal = self._journal
        if journal and journal.last and journal.last.source == what.path:
            return _tidied_up(journal.last, journal, INTERRUPTED)
        in_trash = not (self._folder or self._dry_run or exists(what.path))
        return IN_TRASH if in_trash else Result("skipped", INTERRUPTED)

    def _accompany(self, companion: Companion) -> Result:
        """Move what belongs to pictures that went, to the place of the first of them."""
        picture = companion.pictures[0]
        place = os.path.dirname(self.gone[picture].destination)
        try:
            status = disk.lstat(companion.path)
        except OSError as error:
            return Result("skipped", reason_of(error))
        destination = os.path.join(place, os.path.basename(companion.path))
        result = self._go(companion.path, destination, status, lambda: "", self._copy_of(companion))
        if result.status != "skipped" and picture in self._before:
            return result._replace(reason=f"belongs to {os.path.basename(picture)}, which moved before")
        return result

    def _copy_of(self, companion: Companion) -> Kept:
        """What lies beside the file that stays, and is the same as what goes; nothing if none does."""
        beside = self._beside.of(self.gone[companion.pictures[0]].keeper)
        for path in beside if self._journal else ():
            with suppress(OSError):
                if same_content(path, companion.path):
                    return Kept(path, digest(path))
        return Kept()

    def _go(
        self,
        path: str,
        destination: str,
        status: os.stat_result,
        late_obstacle: Callable[[], str],
        keeper: Kept,
        needs: str = "",
    ) -> Result:
        places = iter([("", "")])
        if self._folder:
            places = _free_places(path, destination, self._folder, self._named)
        if self._dry_run:
            return Result("would move", new_path=next(places)[1])
        if self._journal is None:
            return _trash(path)
        return _move(path, status, places, self._journal, late_obstacle, keeper, needs)


def _move(
    path: str,
    status: os.stat_result,
    places: Iterator[tuple[str, str]],
    journal: Journal,
    late_obstacle: Callable[[], str],
    keeper: Kept,
    needs: str,
) -> Result:
    """Move a file to the first of these places that is still free; back, if it should not have gone after all."""
    try:
        sha256 = digest(path)
    except OSError as error:
        return Result("skipped", reason_of(error))
    for destination, target in places:
        move, obstacle = None, ""
        try:
            move = journal.begin(path, destination, status, sha256, keeper, needs)
            make_folders(os.path.dirname(target))
            move.run(status)
            obstacle = late_obstacle()
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
