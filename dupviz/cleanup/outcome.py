"""What has become of each file of a plan or journal."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from tqdm.auto import tqdm

from dupviz._html import table_html
from dupviz._words import count, file_size

__all__ = ["INTERRUPTED", "Outcome"]


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


INTERRUPTED = "interrupted before that"


def each_in_turn(rows, step, settle, what, progress):
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


def make_outcome(paths, sizes, results, journal, note, interrupted):
    table = pd.DataFrame(results, columns=["status", "reason", "new_path"], dtype=object)
    table.insert(0, "path", pd.Series(list(paths), dtype=object))
    table["bytes"] = pd.Series(list(sizes), dtype="int64")
    return Outcome(table, journal, note, interrupted)
