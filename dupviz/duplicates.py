"""The whole path in one call, and its result."""

import dataclasses
import logging
import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Unpack

import numpy as np
import pandas as pd

from dupviz._disk.companions import companions
from dupviz._disk.paths import Paths, existing_paths, path_column
from dupviz._parallel import Workers
from dupviz._words.cards import file_card
from dupviz._words.html import notebook_html, thumbnail_uri
from dupviz._words.words import along, count, file_size
from dupviz.cleanup.plan import Plan, make_plan
from dupviz.groups.group import group_duplicates, make_grouping
from dupviz.groups.grouping import Grouping, Rules
from dupviz.groups.keep import KeepRule, check_keep
from dupviz.images.imageset import ImageSet
from dupviz.images.load import load_images
from dupviz.images.options import ReadingOptions, spelled_out
from dupviz.images.sources import Source
from dupviz.look.second_look import Looks
from dupviz.metrics import Integers
from dupviz.proposers.candidates import Candidates
from dupviz.proposers.parts import are_parts_cheap
from dupviz.proposers.propose import BY, check_threshold, propose
from dupviz.search.find import check_search
from dupviz.search.pairs import Pairs, PairTable
from dupviz.show.export import save_csv, save_json, save_parquet
from dupviz.show.report import write_report

__all__ = ["Duplicates", "find_duplicates"]

log = logging.getLogger("dupviz")

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


@spelled_out
def find_duplicates(
    paths: Source | ImageSet,
    *,
    threshold: float = 200.0,
    max_mse: float = 1000.0,
    symmetries: str = "rotations",
    keep: KeepRule = "best",
    protect: Paths = (),
    workers: Workers = None,
    cache: bool = True,
    progress: bool = True,
    verify: bool = True,
    parts: bool | None = None,
    carry: bool = False,
    **options: Unpack[ReadingOptions],
) -> Duplicates:
    """Read folders of images, compare all of them, look again at near pairs, and form groups of duplicates.

    Parameters
    ----------
    paths : str, Path, iterable of them, array, list of pictures, DataFrame, data set, or ImageSet
        What to read, see `load_images`, or images that have been read.
    threshold : float
        Pairs with an MSE strictly below it are duplicates.
    max_mse : float
        How far to search, so that other thresholds can be tried without a new search; at least `threshold`. If there
        are too many pairs, as among frames of one film, the search stops at the threshold, and says so in the log.
    symmetries : {"none", "rotations", "dihedral"}
        Which copies of an image count: the image itself, its four rotations by 90 degrees, or these and their mirror
        images.
    keep : str or callable
        Which of two duplicates stays, see `group_duplicates`.
    protect : str, Path, or iterable of them
        Folders whose files always stay.
    workers : int or concurrent.futures.Executor, optional
        How many read, compare and look again at once, by default one per processor: threads, and processes for what
        takes some seconds. An executor of your own is used as it is.
    cache : bool
        Whether to use and fill the store of tensors from earlier runs, see `load_images`.
    progress : bool
        Whether to show progress bars for what takes more than a second.
    verify : bool
        Whether files go only if the second look calls them the same picture as the one that stays, see
        `group_duplicates`; pairs that are near except for their light are then offered for review, and so are pairs
        below the threshold that it calls different. With ``verify=False`` and ``keep="largest_file"`` all that is below
        the threshold can go: the method of the MSE alone.
    parts : bool, optional
        Whether to look for crops, to 60 % of the width and the height, for halves of a collage, and for pictures with a
        border around them, too; they are offered for review, and need the second look. By default where that costs
        little: half a second, or 15 % of what reading does, as of 20,000 photos of 12 megapixels; else the log says so.
    carry : bool
        Whether files may go although only they have a caption, keywords, a rating or other metadata: `Plan.apply` then
        writes these to an XMP sidecar beside the file that stays, see `group_duplicates`.
    recursive, size, exclude, include_hidden, min_size, max_pixels, channels, white, column
        What is read, and how: see `load_images`. Not for an ImageSet, which has been read.

    Returns
    -------
    Duplicates
        The groups, and all that is behind them.

    Raises
    ------
    FileNotFoundError
        If one of the paths does not exist.
    TooManyPairsError
        If more than `dupviz.search.pairs.MAX_PAIRS` pairs of different tensors lie below `threshold`.
    TypeError, ValueError
        If an argument is not one of those named here. Then no file has been read.

    Examples
    --------
    >>> duplicates = dv.find_duplicates("data/photos/flags", progress=False)
    >>> duplicates.groups["action"].value_counts().to_dict()
    {'review': 5, 'keep': 4, 'remove': 3}
    >>> by_mse = dv.find_duplicates("data/photos/flags", verify=False, keep="largest_file", progress=False)
    >>> len(by_mse.to_remove)  # the Netherlands go for Bonaire: the MSE alone cannot tell the flags apart
    4
    """
    check_threshold(threshold)
    if parts and not verify:
        raise ValueError("parts=True needs the second look, verify=True: the MSE says nothing of crops")
    check_search(max_mse, symmetries)
    check_keep(keep)
    protected = tuple(existing_paths(protect))
    if not isinstance(paths, ImageSet):
        images = load_images(paths, workers=workers, cache=cache, progress=progress, **options)
    elif options:
        raise TypeError(
            f"{next(iter(options))} says how files are read, but these images have been read: give it to load_images"
        )
    else:
        images = paths
    if parts is None and verify and not (parts := are_parts_cheap(images.files)):
        log.warning("dupviz: crops and pictures with a border are not looked for, which takes long here: ask for parts")
    by = (*BY, "part") if parts else BY if verify else ("mse",)
    candidates = propose(
        images, by=by, threshold=threshold, max_mse=max_mse, symmetries=symmetries, workers=workers, progress=progress
    )
    looks = Looks(images, cache=cache) if verify else None
    groups = group_duplicates(
        images,
        candidates,
        threshold=threshold,
        keep=keep,
        protect=protected,
        look=looks or "mse",
        carry=carry,
        workers=workers,
        progress=progress,
    )
    return Duplicates(images, candidates, groups, float(threshold), keep, protected, looks, carry)
