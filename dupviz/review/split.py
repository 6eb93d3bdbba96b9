"""What a person decides about leaks and label conflicts, and the data set that remains."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dupviz._disk.paths import no_formulas, path_column
from dupviz._disk.records import RecordFile, append_record
from dupviz._disk.write import write_atomically
from dupviz.groups.leaks import folder_names
from dupviz.groups.sides import Side, labels_of, rows_of
from dupviz.images.imageset import ImageSet

__all__ = ["KEEP_BOTH", "SplitReview"]

KEEP_BOTH = "keep both"
LEAK_CHOICES = ("drop from train", "drop from test", KEEP_BOTH)
CONFLICT_CHOICES = ("first label", "second label", "drop both", KEEP_BOTH)


class SplitReview(RecordFile[int, str]):
    """Pairs of a data set that should not be: each decided by a person, and the set without them.

    Nothing moves: what remains is a table.

    Parameters
    ----------
    images : ImageSet
    found : DataFrame
        What `find_leaks` or `find_label_conflicts` gave for these images, or some of its rows.
    train, test
        For leaks: what `find_leaks` was given.
    labels
        For conflicts: what `find_label_conflicts` was given.
    file : str or Path, optional
        Where decisions are kept; by default ``splits.jsonl`` in the user's data folder.

    Attributes
    ----------
    pairs : DataFrame
        `found`, with rows from 0 up.
    choices : tuple of str
        What can be decided about a pair: ``"drop from train"``, ``"drop from test"`` or ``"keep both"`` of a leak;
        ``"first label"`` or ``"second label"`` for both, ``"drop both"`` or ``"keep both"`` of a conflict.
    changed : callable
        Is called after each decision.

    Raises
    ------
    ValueError
        If the table is another, or `train` or `test` is none of the images.
    """

    def __init__(
        self,
        images: ImageSet,
        found: pd.DataFrame,
        *,
        train: Side = (),
        test: Side = (),
        labels: str | Iterable[object] | None = None,
        file: str | Path | None = None,
    ) -> None:
        self.images, self.pairs = images, found.reset_index(drop=True)
        self.is_leaks = {"test", "train"} <= set(found.columns)
        paths = images.files["path"]
        if self.is_leaks:
            value = np.full(len(paths), None, object)
            for side, images_of_it in (("train", train), ("test", test)):
                value[rows_of(images.files, side, images_of_it)] = side
            self._value, ends = pd.Series(value, dtype=object), ["test", "train"]
        elif {"a", "b", "a_label", "b_label"} <= set(found.columns):
            named = labels_of(images, labels)
            self._value, ends = folder_names(paths) if named is None else named, ["a", "b"]
        else:
            raise ValueError("the table must be what find_leaks or find_label_conflicts gave, or rows of it")
        self.choices = LEAK_CHOICES if self.is_leaks else CONFLICT_CHOICES
        self._ends = list(zip(*(self.pairs[end].tolist() for end in ends)))
        self._row_of = {pair: row for row, pair in enumerate(self._ends)}
        self.changed: Callable[[], None] = lambda: None
        super().__init__(images.files, "splits.jsonl", file)

    def __len__(self) -> int:
        return len(self._ends)

    def of(self, row: int) -> str | None:
        """What was decided about a pair, or None."""
        return self._known.get(row)

    @property
    def decided(self) -> int:
        """How many pairs have been decided."""
        return len(self._known)

    def choose(self, row: int, choice: str | None) -> None:
        """Decide about a pair, and remember it.

        Parameters
        ----------
        row : int
            Of `pairs`.
        choice : str or None
            One of `choices`; None to take a decision back.

        Raises
        ------
        ValueError
            If it is none of them, or there is no such row.
        OSError
            If it cannot be written. The decision counts until the end of the session even so.
        """
        if not 0 <= row < len(self):
            raise ValueError(f"row must be from 0 to {len(self) - 1}, got {row}")
        self._choose([row], choice)

    def choose_rest(self, choice: str) -> int:
        """Decide about all pairs that have not been decided; return how many."""
        rest = [row for row in range(len(self)) if row not in self._known]
        self._choose(rest, choice)
        return len(rest)

    def cleaned(self) -> pd.DataFrame:
        """The data set after all decisions.

        Returns
        -------
        DataFrame
            One row per image that remains, in the order of the images: ``image`` (int64, its row), ``path``, and
            ``split`` (``"train"`` or ``"test"``) or ``label``. Images that have none are left out.
        """
        value = self._value.copy()
        dropped = np.zeros(len(value), bool)
        for row in sorted(self._known):
            first, second = self._ends[row]
            match self._known[row]:
                case "drop from train":
                    dropped[second] = True
                case "drop from test":
                    dropped[first] = True
                case "drop both":
                    dropped[[first, second]] = True
                case "first label":
                    value[second] = self._value[first]
                case "second label":
                    value[first] = self._value[second]
        table = pd.DataFrame({"image": np.arange(len(value))})
        table["path"] = path_column(self.images.files["path"], table["image"])
        table["split" if self.is_leaks else "label"] = pd.Series(value.to_numpy(), dtype=object)  # names of any bytes
        return table[~dropped & value.notna().to_numpy()].reset_index(drop=True)

    def to_csv(self, path: str | Path) -> None:
        """Write `cleaned` as CSV: path, and split or label.

        Raises
        ------
        OSError
            If it cannot be written, or there is a file that dupviz has not written. The old file is left as it was.
        """
        table = self.cleaned().drop(columns="image")
        table["path"] = no_formulas(table["path"])  # a label as "-1" stays what it is
        with write_atomically(path, newline="") as file:
            file.write(f'"path",{table.columns[1]}\n')  # by these quotes the file is known as one of dupviz
            table.to_csv(file, index=False, header=False, lineterminator="\n")

    def _choose(self, rows: Iterable[int], choice: str | None) -> None:
        if choice not in (None, *self.choices):
            raise ValueError(f"choice must be one of {', '.join(map(repr, self.choices))}, got {choice!r}")
        try:
            for row in rows:
                self._note(row, choice)
                keys = (key for end in self._ends[row] for key in self._keys[end])
                append_record(self.file, {"split": [*keys, choice]})
        finally:
            self.changed()

    def _read(self, record: dict[str, Any]) -> Iterable[tuple[int, str | None]]:
        match record.get("split"):
            case [str(), int(), str(), int(), choice] as split if choice in (None, *self.choices):
                pair = self._rows.get(tuple(split[:2])), self._rows.get(tuple(split[2:4]))
                if pair in self._row_of:
                    yield self._row_of[pair], choice
