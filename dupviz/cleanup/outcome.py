"""What happened to each file of a plan or journal."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import pandas as pd
from tqdm.auto import tqdm

from dupviz._parallel import check_wanted
from dupviz._words.html import table_html
from dupviz._words.words import count, file_size

__all__ = ["INTERRUPTED", "Outcome", "Report", "Result", "each_in_turn", "make_outcome"]

# Told how many files are done, and of how many.
Report = Callable[[int, int], None]

OF_SIDECARS = {"would be written", "written", "would be removed", "removed", "already removed"}
INTERRUPTED = "interrupted before that"

Step = TypeVar("Step")


class Result(NamedTuple):
    """What has become of one file: see the columns of `Outcome.table`."""

    status: str
    reason: str = ""
    new_path: str = ""


@dataclass(frozen=True, repr=False, eq=False)
class Outcome:
    """What happened to each file of a plan or journal.

    Attributes
    ----------
    table : DataFrame
        path (str); status (``"would move"``, ``"moved"``, ``"in the trash"``, ``"would be restored"``, ``"restored"``,
        ``"already in place"`` or ``"skipped"``; of a sidecar ``"would be written"``, ``"written"``,
        ``"would be removed"``, ``"removed"``, ``"already removed"`` or ``"skipped"``); reason (str, for what was
        skipped, or goes for another reason than the plan's); new_path (str, where it is or would be now, if elsewhere);
        bytes (int64).
    journal : Path or None
        What to give to `undo`.
    note : str
        What to know, and what to do next, in a sentence or two; of `undo`, which files no journal names.
    interrupted : bool
        Whether Ctrl-C ended it early. The files after that are ``"skipped"``.

    Examples
    --------
    >>> plan = dv.find_duplicates("data/photos/flags", progress=False).plan()
    >>> outcome = plan.apply("duplicates")  # a dry run: nothing moves
    >>> outcome.summary()
    '3 files would move (46 kB)'
    >>> outcome.table["status"].tolist()
    ['would move', 'would move', 'would move']
    """

    table: pd.DataFrame
    journal: Path | None = None
    note: str = ""
    interrupted: bool = False

    @property
    def skipped(self) -> pd.DataFrame:
        """The rows of `table` that could not be done, with their reasons."""
        return self.table[self.table["status"] == "skipped"]

    def summary(self) -> str:
        """One sentence: the number of files and bytes by status."""
        parts = []
        for status, rows in self.table.groupby("status", sort=False):
            number = count(len(rows), "sidecar" if status in OF_SIDECARS else "file")
            parts.append(f"{number} {status} ({file_size(int(rows['bytes'].sum()))})")
        return ", ".join(parts) or "no file to move"

    def __repr__(self) -> str:
        return f"{self._headline()}. {self.note}".strip()

    def _repr_html_(self) -> str:
        columns = [name for name in ("path", "status", "reason", "new_path", "bytes") if self.table[name].any()]
        return table_html(repr(self), self.table[["path", "status", *columns[2:]]])

    def _headline(self) -> str:
        return ("Interrupted: " if self.interrupted else "") + self.summary()


def each_in_turn(
    rows: list[Step],
    step: Callable[[Step], Result],
    broken_off: Callable[[Step], Result],
    what: str,
    progress: bool,
    report: Report | None = None,
) -> tuple[list[Result], bool]:
    """Do a step for each row; on Ctrl-C, stop there.

    Parameters
    ----------
    step : callable
        Takes a row and returns its `Result`.
    broken_off : callable
        The same for the row in hand on Ctrl-C: it tidies up.
    what : str
        For the progress bar.
    report : callable, optional
        Is called with the number of rows that are done, and of all, after each.

    Returns
    -------
    results : list of Result
        One per row.
    interrupted : bool
        Whether Ctrl-C ended it.
    """
    results: list[Result] = []
    interrupted = False
    try:
        for row in tqdm(rows, desc=what, unit="file", delay=1, disable=not progress):
            check_wanted()
            results.append(step(row))
            if report:
                report(len(results), len(rows))
    except KeyboardInterrupt:
        interrupted = True
        results += [broken_off(row) for row in rows[len(results) : len(results) + 1]]
    return results + [Result("skipped", INTERRUPTED)] * (len(rows) - len(results)), interrupted


def make_outcome(done: list[tuple[str, int, Result]], journal: Path | None, note: str, interrupted: bool) -> Outcome:
    """The outcome for files: the path, the bytes and the result of each."""
    rows = [(path, *result, size) for path, size, result in done]
    table = pd.DataFrame(rows, columns=["path", *Result._fields, "bytes"], dtype=object)
    return Outcome(table.astype({"bytes": "int64"}), journal, note, interrupted)
