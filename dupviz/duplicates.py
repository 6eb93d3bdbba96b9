"""What a search for duplicates finds, and what can be done with it."""

import dataclasses
import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from dupviz._disk.companions import companions
from dupviz._disk.paths import path_column
from dupviz._words.cards import file_card
from dupviz._words.html import notebook_html, thumbnail_uri
from dupviz._words.words import along, count, file_size
from dupviz.cleanup.plan import Plan, make_plan
from dupviz.groups.group import make_grouping
from dupviz.groups.grouping import Grouping, Rules
from dupviz.groups.keep import KeepRule
from dupviz.images.imageset import ImageSet
from dupviz.look.second_look import Looks
from dupviz.metrics import Integers
from dupviz.proposers.candidates import Candidates
from dupviz.search.pairs import Pairs, PairTable
from dupviz.show.export import save_csv, save_json, save_parquet
from dupviz.show.report import write_report

__all__ = ["Duplicates"]

MAX_GROUPS, MAX_FILES = 24, 12  # that a notebook shows, and of each group


@dataclass(frozen=True, repr=False, eq=False)
class Duplicates:
    """Groups of duplicates in a set of images, with the search and the settings behind them.

    Attributes
    ----------
    images : ImageSet
    candidates : Candidates
        The pairs that were proposed, see `propose`.
    groups : DataFrame
        The groups at `threshold`, a file per row, the one that stays first: `group` (its number), `image` (the row in
        `images`), `action` (``"keep"``, ``"remove"`` or ``"review"``), `mse`, `rotation` and `mirrored` (how it matches
        the file in the row `keeper`), `verdict`, `kind` and `worst` (what the second look says), `reason` (why, in
        words), `carry`, `bytes` and `path`. `group_duplicates` says more of each.
    threshold : float
    keep : str or callable
        The keep rule.
    protect : sequence of str
        Folders whose files always stay.
    looks : Looks or None
        The second look at these images; None for the method of the MSE alone.
    carry : bool
        Whether metadata is carried over.

    Examples
    --------
    >>> duplicates = dv.find_duplicates("data/photos/flags", progress=False)
    >>> duplicates
    Duplicates: 19 images, 4 groups of duplicates at threshold 200; 3 files can go (46 kB), 5 files to review
    >>> duplicates.to_remove[["mse", "reason"]]
          mse       reason
    0  0.0048  saved again
    1  0.0048  saved again
    2  0.0048  saved again
    """

    images: ImageSet
    candidates: Candidates
    groups: pd.DataFrame
    threshold: float
    keep: KeepRule
    protect: tuple[str, ...]
    looks: Looks | None = None
    carry: bool = False

    @property
    def near(self) -> Pairs:
        """What the search by the MSE found."""
        return self.candidates.near

    @property
    def max_mse(self) -> float:
        """How far the search went."""
        return self.near.max_mse

    @property
    def symmetries(self) -> str:
        """Which copies of an image were compared."""
        return self.near.symmetries

    @cached_property
    def pairs(self) -> PairTable:
        """Every pair with an MSE below `max_mse`, as `find_pairs` lists them.

        Raises
        ------
        TooManyPairsError
            If there are more than `dupviz.search.pairs.MAX_PAIRS`, as of 10,000 blank pages. Everything else works.
        """
        return self.near.table()

    @property
    def to_remove(self) -> pd.DataFrame:
        """The files that can go.

        Returns
        -------
        DataFrame
            A row for each: `path` and `bytes`; `keeper`, the path of the file that stays for it; `mse`, `rotation` and
            `mirrored`, how it matches that file; and `reason`, why it can go. Of images that come in rows, as those of
            an array, `row` and `keeper_row` come first.
        """
        keeper = path_column(self.images.files["path"], self.groups["keeper"])
        columns = ["path", "keeper", "mse", "rotation", "mirrored", "bytes", "reason"]
        table = self.groups.assign(keeper=keeper)
        if "row" in self.images.files:
            row = self.images.files["row"].to_numpy()
            table = table.assign(row=row[self.groups["image"]], keeper_row=row[self.groups["keeper"]])
            columns = ["row", "keeper_row", *columns]
        return table[self.groups["action"] == "remove"][columns].reset_index(drop=True)

    def keep_rows(self) -> Integers:
        """The rows that stay of a source whose pictures come in rows: all but those that can go.

        Returns
        -------
        ndarray of int64
            For ``table.iloc[rows]``, ``array[rows]`` or ``dataset.select(rows)``. Rows without a picture, which are in
            the errors of the images, are not among them.

        Raises
        ------
        ValueError
            If the pictures are files, and come in no rows.

        Examples
        --------
        >>> pictures = np.random.default_rng(0).integers(0, 256, (3, 60, 60, 3), np.uint8)
        >>> dv.find_duplicates(pictures[[0, 1, 0, 2]], progress=False).keep_rows()
        array([0, 1, 3])
        """
        if "row" not in self.images.files:
            raise ValueError("these images come in no rows, but are files: plan() says which can go")
        going = self.groups.loc[self.groups["action"] == "remove", "image"]
        rows = self.images.files["row"].to_numpy()
        stays = ~np.isin(np.arange(len(rows)), going) & (rows >= 0)
        return np.sort(rows[stays])

    def at(self, threshold: float) -> "Duplicates":
        """The same search at another threshold; nothing is searched again, and only new pairs are looked at.

        Parameters
        ----------
        threshold : float
            At most `max_mse`.

        Raises
        ------
        ValueError
            If the search did not go as far as `threshold`.
        """
        self.near.check_threshold(threshold)
        return dataclasses.replace(self, groups=self.grouping().table(threshold), threshold=float(threshold))

    def grouping(self, rules: Rules | None = None) -> Grouping:
        """What forms the groups, by the rules of these or by others."""
        rules = rules or Rules(self.keep, self.protect, carry=self.carry)
        return make_grouping(self.images, self.candidates, self.looks or "mse", rules)

    def plan(self) -> Plan:
        """Plan to move the files that can go."""
        return make_plan(self.images, self.groups)

    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Write a report: one HTML page that needs nothing else, to mail and to keep.

        Parameters
        ----------
        path : str or Path
            Of the file. A file that dupviz has written is replaced; any other is refused.

        Raises
        ------
        OSError
            If it cannot be written. The old file is left as it was.
        """
        write_report(self, path)

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write `groups` as CSV, a file per row, with paths in place of row numbers.

        A path that a spreadsheet would take for a formula is written with ``./`` before it.

        Parameters
        ----------
        path : str or Path
            Of the file. A file that dupviz has written is replaced; any other is refused.

        Raises
        ------
        OSError
            If it cannot be written. The old file is left as it was.
        """
        save_csv(self, path)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write as Parquet what `to_csv` writes.

        Parameters
        ----------
        path : str or Path
            Of the file. A file that dupviz has written is replaced; any other is refused.

        Raises
        ------
        ImportError
            If the extra ``parquet`` is missing.
        OSError
            If it cannot be written. The old file is left as it was.
        """
        save_parquet(self, path)

    def to_json(self, path: str | os.PathLike[str]) -> None:
        """Write images, pairs, groups, settings and errors as JSON, for other programs.

        Parameters
        ----------
        path : str or Path
            Of the file. A file that dupviz has written is replaced; any other is refused.

        Raises
        ------
        OSError
            If it cannot be written. The old file is left as it was.
        TooManyPairsError
            If there are more `pairs` than a table can hold. The old file is left as it was.
        """
        save_json(self, path)

    def __repr__(self) -> str:
        return f"Duplicates: {self.summary()}"

    def summary(self) -> str:
        """One sentence: how many images, groups, files that can go, bytes, and files that would go along."""
        remove, review = (self.groups[self.groups["action"] == action] for action in ("remove", "review"))
        groups = count(self.groups["group"].nunique(), "group")
        freed = file_size(int(remove["bytes"].sum()))
        text = f"{count(len(self.images), 'image')}, {groups} of duplicates at threshold {self.threshold:g}; "
        going = () if self.images.source else remove["path"]
        text += f"{count(len(remove), 'file')} can go ({freed}){along(sum(1 for _ in companions(going)))}"
        return text + (f", {count(len(review), 'file')} to review" if len(review) else "")

    def _repr_html_(self) -> str:
        shown = self.groups[self.groups["group"] < MAX_GROUPS].groupby("group")
        groups = [([self._card(file) for file in group.head(MAX_FILES).itertuples()], len(group)) for _, group in shown]
        more = self.groups["group"].nunique() - MAX_GROUPS
        return notebook_html("duplicates", summary=self.summary(), groups=groups, more=more, max_files=MAX_FILES)

    def _card(self, file: Any) -> dict[str, Any]:
        """What a notebook shows of a file in a group."""
        mse = None if file.action == "keep" else file.mse
        facts = self.images.files.iloc[file.image]
        card = file_card(facts, mse=mse, rotation=file.rotation, mirrored=file.mirrored)
        uri = thumbnail_uri(self.images.tensors[file.image])
        return {"path": file.path, "action": file.action, "card": card, "uri": uri}
