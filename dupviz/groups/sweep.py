"""One search at many thresholds: how many pairs, groups, files that can go, and bytes at each."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from dupviz.groups.by_mse import ByMse
from dupviz.groups.keep import KeepRule
from dupviz.images.imageset import ImageSet
from dupviz.search.pairs import Pairs
from dupviz.search.symmetry import best_symmetry

__all__ = ["Sweep", "Totals"]


class Totals(NamedTuple):
    """What one threshold makes of a search.

    Attributes
    ----------
    threshold : float
    pairs, groups, files, bytes : int
        Pairs below the threshold, groups, files that can go, and their bytes.
    review : int
        Flat images that could go, but are left to review.
    largest : DataFrame
        The largest group, without its kept file: see `Grouping.members`.
    chained : int
        Groups in which two files are duplicates of the kept one, but not of each other.
    """

    threshold: float
    pairs: int
    groups: int
    files: int
    bytes: int
    review: int
    largest: pd.DataFrame
    chained: int


class Sweep:
    """A search, ready for any threshold, by the MSE alone: nothing is searched, and no file looked at, again.

    Parameters
    ----------
    images : ImageSet
    near : Pairs
        What the search found.
    keep : str or callable
        The keep rule.
    protect : sequence of str
        Folders whose files always stay.
    """

    def __init__(self, images: ImageSet, near: Pairs, *, keep: KeepRule, protect: Sequence[str] = ()) -> None:
        self._grouping = ByMse(images, near, keep=keep, protect=protect)
        self._bytes = images.files["bytes"].to_numpy()
        self._pairs = _different_pairs(near).sort_values("mse", kind="stable")
        self._mse = self._pairs["mse"].to_numpy()
        mse, number = near.mses()
        order = np.argsort(mse)
        self._all_mse, self._count = mse[order], np.append(0, np.cumsum(number[order]))

    def at(self, threshold: float) -> Totals:
        """What one threshold makes of the search.

        Parameters
        ----------
        threshold : float
            At most the limit of the search.

        Returns
        -------
        Totals
            With the numbers that `Duplicates.at` has without a second look.
        """
        members = self._grouping.members(threshold)
        keepers, number = np.unique(members["keeper"], return_inverse=True)
        goes = (members["action"] == "remove").to_numpy()
        largest = members[number == np.bincount(number).argmax()] if len(members) else members
        return Totals(
            threshold=float(threshold),
            pairs=int(self._count[np.searchsorted(self._all_mse, threshold)]),
            groups=len(keepers),
            files=int(goes.sum()),
            bytes=int(self._bytes[members["image"].to_numpy()[goes]].sum()),
            review=int((~goes).sum()),
            largest=largest.sort_values("mse", ignore_index=True),
            chained=len(self._grouping.chained(threshold, members)),
        )

    def curve(self, thresholds: Iterable[float]) -> pd.DataFrame:
        """The numbers at several thresholds.

        Returns
        -------
        DataFrame
            threshold, pairs, groups, files and bytes.
        """
        views = [self.at(threshold)[:5] for threshold in thresholds]
        return pd.DataFrame(views, columns=["threshold", "pairs", "groups", "files", "bytes"])

    def edge(self, threshold: float, k: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The k pairs just below a threshold and the k just above, in the order of their MSE.

        Of identical images, the first stands for the others: one pair of pictures is not shown again and again.

        Returns
        -------
        below, above : DataFrame
            Rows of the pairs.
        """
        place = np.searchsorted(self._mse, threshold)
        return self._pairs.iloc[max(0, place - k) : place], self._pairs.iloc[place : place + k]


def _different_pairs(near: Pairs) -> pd.DataFrame:
    """The pairs of leaders, and each other image with its leader: a, b, mse, rotation, mirrored."""
    copies = np.flatnonzero(near.leader != np.arange(len(near.leader))) if near.max_mse > 0 else near.a[:0]
    rotation, mirrored = best_symmetry(np.append(near.winners, np.ones(len(copies), np.uint8)))
    return pd.DataFrame(
        {
            "a": np.append(near.a, near.leader[copies]),
            "b": np.append(near.b, copies),
            "mse": np.append(near.mse, np.zeros(len(copies))),
            "rotation": rotation,
            "mirrored": mirrored,
        }
    )
