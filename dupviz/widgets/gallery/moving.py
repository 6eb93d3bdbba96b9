"""Files that the gallery moves away and back, without a screen: previews, progress, and what has become of them."""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from dupviz._disk.companions import companions
from dupviz._disk.homes import expanded
from dupviz._disk.paths import common_folder
from dupviz._words.words import along, count, file_size, printable
from dupviz.cleanup.outcome import Outcome, Report
from dupviz.cleanup.plan import Plan
from dupviz.cleanup.undo import undo
from dupviz.inventory.carry import NOT_CARRIED
from dupviz.show.receipt import receipt_words
from dupviz.widgets.gallery.states import Preview

__all__ = ["NOTHING", "Moving"]

PREVIEWED = 8  # names of files that would move
NOTHING: Preview = {
    "number": 0,
    "going": 0,
    "size": "",
    "files": [],
    "more": 0,
    "sidecars": [],
    "more_sidecars": 0,
    "stays": [],
    "carries": False,
    "held": 0,
    "obstacle": "",
}
REPORT_SECONDS = 0.3  # between two reports of how far a move is


class Moving:
    """What has moved in this session.

    Parameters
    ----------
    files : DataFrame
        As in `ImageSet`.
    report : callable
        Is called whenever `busy` is new.

    Attributes
    ----------
    gone : set of int
        Row numbers of the images that have moved.
    receipts : list of str
        What is said of the receipts of moves that were not taken back, oldest first.
    busy : str
        How far a move is, in words; empty if none is under way.
    """

    def __init__(self, files: pd.DataFrame, report: Callable[[], None]) -> None:
        self._paths = files["path"].tolist()
        self._report = report
        self._outcomes: list[Outcome] = []  # that can be taken back
        self._in_folder: dict[str, list[str]] = defaultdict(list)
        for path in self._paths:
            self._in_folder[os.path.dirname(path)].append(path)
        self._owners: dict[str, list[set[str]]] = {}  # of what lies beside pictures, by folder
        self.gone: set[int] = set()
        self.receipts: list[str] = []
        self.busy = ""

    @property
    def to(self) -> str:
        """Where files have moved that can be moved back; empty if none have."""
        journal = self._outcomes[-1].journal if self._outcomes else None
        return printable(os.fspath(journal.parent)) if journal else ""

    @property
    def suggested(self) -> str:
        """A folder to move to: beside the one that holds the images."""
        folder = os.path.realpath(common_folder(self._paths) or os.curdir)
        return f"{folder} duplicates" if os.path.dirname(folder) != folder else ""

    def beside(self, going: Iterable[int]) -> int:
        """How many files belong to some images, and to no other.

        A folder is listed once in a session: this is asked for after every click.
        """
        paths = {self._paths[row] for row in going}
        folders = set(map(os.path.dirname, paths))
        for folder in folders - self._owners.keys():
            self._owners[folder] = [set(each.pictures) for each in companions(self._in_folder[folder])]
        return sum(owners <= paths for folder in folders for owners in self._owners[folder])

    def preview(self, plan: Plan, to: str) -> Preview:
        """What a move would do, or why it cannot be, as JSON can hold it."""
        preview: Preview = {**NOTHING, "number": len(plan)}
        try:
            outcome = plan.apply(_folder(to), progress=False)
        except (OSError, ValueError) as error:
            return {**preview, "obstacle": printable(str(error))}
        table = outcome.table
        going, written = (table.loc[table["status"] == each, "path"] for each in ("would move", "would be written"))
        is_going = plan.table["path"].isin(going)
        stays = outcome.skipped[["path", "reason"]].head(PREVIEWED).itertuples(index=False)
        return {
            **preview,
            "going": int(is_going.sum()),
            "size": file_size(int(plan.table["bytes"][is_going].sum())) + along(len(going) - int(is_going.sum())),
            "files": [printable(path) for path in going.head(PREVIEWED)],
            "more": max(0, len(going) - PREVIEWED),
            "sidecars": [printable(path) for path in written.head(PREVIEWED)],
            "more_sidecars": max(0, len(written) - PREVIEWED),
            "stays": [printable(f"{path}: {reason}") for path, reason in stays],
            "carries": len(written) > 0 or bool(table["reason"].str.startswith(NOT_CARRIED).any()),
        }

    def move(self, plan: Plan, to: str, number: int) -> str:
        """Move the files of a plan; return what has become of them, in a sentence.

        Raises
        ------
        ValueError
            If it cannot begin, or the plan has not the number of files that was agreed to. Nothing has moved then.
        """
        if len(plan) != number:
            raise ValueError(f"{count(len(plan), 'file')} would move now, and not {number}: look at them again")
        folder = _folder(to)
        outcome = self._at_work(
            "moving", lambda report: plan.apply(folder, dry_run=False, progress=False, report=report)
        )
        rows = {
            os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path)): row
            for row, path in enumerate(self._paths)
        }
        moved = outcome.table.loc[outcome.table["status"] == "moved", "path"].tolist()
        self.gone |= {rows[path] for path in moved if path in rows}
        if moved:
            self._outcomes.append(outcome)
            self.receipts.append(receipt_words(plan, outcome))
            return f"{_said(outcome)} {self.receipts[-1]}"
        return _said(outcome)

    def back(self) -> str:
        """Move the files of the last move back; return what has become of them, in a sentence.

        Raises
        ------
        ValueError
            If nothing has moved.
        """
        if not self._outcomes:
            raise ValueError("nothing has moved in this session")
        outcome = self._outcomes[-1]
        returned = self._at_work("moving back", lambda report: undo(outcome, progress=False, report=report))
        self.gone = {row for row in self.gone if not os.path.lexists(self._paths[row])}
        if returned.skipped.empty:
            self._outcomes.pop()
            self.receipts.pop()
        return _said(returned)

    def _at_work(self, what: str, work: Callable[[Report], Outcome]) -> Outcome:
        last = 0.0

        def report(done: int, number: int) -> None:
            nonlocal last
            if time.monotonic() - last > REPORT_SECONDS or done == number:
                last, self.busy = time.monotonic(), f"{what}: {done:,} of {count(number, 'file')}"
                self._report()

        try:
            return work(report)
        except OSError as error:  # which for the gallery is a decision that could not be saved
            raise ValueError(str(error)) from error
        finally:
            self.busy = ""


def _folder(to: str) -> Path:
    """The folder that a person has typed.

    Raises
    ------
    ValueError
        If it is none, or depends on where this process happens to be.
    """
    folder = expanded(to.strip())
    if not to.strip() or not folder.is_absolute():
        raise ValueError("name the folder with its whole path")
    return folder


def _said(outcome: Outcome) -> str:
    """An outcome in a sentence, with the first reason for what could not be done."""
    text = outcome.summary()
    if not outcome.skipped.empty:
        path, reason = outcome.skipped[["path", "reason"]].iloc[0]
        text += f"; {printable(os.path.basename(path))} {printable(reason)}"
    return f"{text}."
