"""The whole path in one call, and its result."""

import dataclasses
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from dupviz._html import duplicates_html
from dupviz._words import count, file_size
from dupviz.cleanup.plan import make_plan
from dupviz.groups.group import group_duplicates
from dupviz.images.imageset import ImageSet
from dupviz.images.load import load_images
from dupviz.search.find import search
from dupviz.search.pairs import Pairs, PairTable
from dupviz.show.report import write_report

__all__ = ["Duplicates", "find_duplicates"]


@dataclass(frozen=True, repr=False, eq=False)
class Duplicates:
    """Groups of duplicates in a set of images, and all that they follow from.

    Attributes
    ----------
    images : ImageSet
    near : Pairs
        What the search found.
    groups : DataFrame
        The groups at `threshold`, see `group_duplicates`.
    threshold : float
    keep : str or callable
        The keep rule.
    protect : sequence of str
        Folders whose files always stay.
    """

    images: ImageSet
    near: Pairs
    groups: pd.DataFrame
    threshold: float
    keep: object
    protect: tuple

    @property
    def max_mse(self) -> float:
        """How far the search went."""
        return self.near.max_mse

    @property
    def symmetries(self) -> str:
        """Over which copies of an image the distances were minimised."""
        return self.near.symmetries

    @cached_property
    def pairs(self) -> PairTable:
        """Every pair with an MSE below `max_mse`, as `find_pairs` lists them.

        Raises
        ------
        TooManyPairsError
            If they are more than `dupviz.search.pairs.MAX_PAIRS`, as those of 10,000 blank pages are. All else works.
        """
        return self.near.table()

    @property
    def to_remove(self):
        """The files that can go.

        Returns
        -------
        DataFrame
            path and bytes of each, keeper (path of the file that stays for it), and mse, rotation and mirrored of the
            two.
        """
        keeper = self.groups.groupby("group")["path"].transform("first").rename("keeper")
        columns = ["path", "keeper", "mse", "rotation", "mirrored", "bytes"]
        return self.groups.assign(keeper=keeper)[self.groups["action"] == "remove"][columns].reset_index(drop=True)

    def at(self, threshold):
        """The same search at another threshold; nothing is read or searched again.

        Parameters
        ----------
        threshold : float
            At most `max_mse`.

        Returns
        -------
        Duplicates

        Raises
        ------
        ValueError
            If the search did not go as far as `threshold`.
        """
        groups = group_duplicates(self.images, self.near, threshold=threshold, keep=self.keep, protect=self.protect)
        return dataclasses.replace(self, groups=groups, threshold=float(threshold))

    def plan(self):
        """What is to go, to be looked at and applied.

        Returns
        -------
        Plan
        """
        return make_plan(self.images, self.groups)

    def to_html(self, path):
        """Write a report: one HTML page with everything in it, to be mailed and kept.

        Parameters
        ----------
        path : str or Path
            Of the file, which is replaced as a whole if it is there.

        Raises
        ------
        OSError
            If it cannot be written. What was there is left as it was.
        """
        write_report(self, path)

    def __repr__(self):
        return f"Duplicates: {self.summary()}"

    def summary(self):
        """One sentence: how many images, groups, files that can go, and bytes.

        Returns
        -------
        str
        """
        remove, review = (self.groups[self.groups["action"] == action] for action in ("remove", "review"))
        groups = count(self.groups["group"].nunique(), "group")
        freed = file_size(int(remove["bytes"].sum()))
        text = f"{count(len(self.images), 'image')}, {groups} of duplicates at threshold {self.threshold:g}; "
        text += f"{count(len(remove), 'file')} can go ({freed})"
        return text + (f", {count(len(review), 'flat image')} to review" if len(review) else "")

    def _repr_html_(self):
        return duplicates_html(self)


def find_duplicates(
    paths,
    *,
    threshold=200.0,
    max_mse=1000.0,
    symmetries="rotations",
    size=50,
    keep="largest_file",
    protect=(),
    recursive=True,
    workers=None,
    cache=True,
    progress=True,
):
    """Read folders of images, compare all of them, and form groups of duplicates.

    Parameters
    ----------
    paths : str, Path, iterable of them, or ImageSet
        Folders and files to read, or images that have been read.
    threshold : float
        Pairs with an MSE strictly below it are duplicates.
    max_mse : float
        How far to search, so that other thresholds can be tried without a new search; at least `threshold`.
    symmetries : {"none", "rotations", "dihedral"}
        Which copies of an image count as the image: itself, its four rotations by 90 degrees, or these and their
        mirror images.
    size : int
        Height and width of the tensors.
    keep : str or callable
        Which of two duplicates stays, see `group_duplicates`.
    protect : str, Path, or iterable of them
        Folders whose files always stay.
    recursive : bool
        Whether the folders inside folders are read too.
    workers : int, optional
        Threads that read and compare; by default one per processor.
    cache : bool
        Whether to use, and fill, the store of tensors from earlier runs, see `load_images`.
    progress : bool
        Whether to show progress bars for what takes more than a second.

    Returns
    -------
    Duplicates

    Raises
    ------
    FileNotFoundError
        If one of the paths does not exist.
    TooManyPairsError
        If there are too many pairs of different tensors below `max_mse`.
    TypeError, ValueError
        If an argument is none of those named here.
    """
    images = paths
    if not isinstance(paths, ImageSet):
        images = load_images(paths, recursive=recursive, size=size, workers=workers, cache=cache, progress=progress)
    max_mse = max(float(max_mse), float(threshold))
    with ThreadPoolExecutor(workers or os.cpu_count()) as executor:
        near = search(images, max_mse=max_mse, symmetries=symmetries, executor=executor, progress=progress)
    protect = (protect,) if isinstance(protect, str) or not hasattr(protect, "__iter__") else tuple(protect)
    groups = group_duplicates(images, near, threshold=threshold, keep=keep, protect=protect)
    return Duplicates(images, near, groups, float(threshold), keep, protect)
