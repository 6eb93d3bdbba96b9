"""Pairs → groups: which files stay, which can go, and which kept file stands for each of these.

Files are taken best-first by the keep rule. A file is kept unless one that is already kept is its duplicate;
otherwise it can go, and belongs to the nearest of these. So whatever goes has a duplicate that stays, directly below
the threshold, and no two kept files are duplicates of each other (but for protected ones, which all stay).
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dupviz._disk.paths import Paths
from dupviz.groups.keep import KeepRule, keep_order, protected_files
from dupviz.groups.table import group_table
from dupviz.groups.verified import Verified
from dupviz.images.imageset import ImageSet
from dupviz.look.second_look import Looks
from dupviz.search.pairs import Pairs, as_pairs
from dupviz.search.symmetry import INVERSES, best_symmetry

__all__ = ["Grouping", "group_duplicates"]


def group_duplicates(
    images: ImageSet,
    pairs: Pairs | pd.DataFrame,
    *,
    threshold: float = 200.0,
    keep: KeepRule = "best",
    protect: Paths = (),
    different: ArrayLike = (),
    verify: bool = True,
) -> pd.DataFrame:
    """Form groups of duplicates, each with the file that stays and those that can go.

    Parameters
    ----------
    images : ImageSet
        With the files that stay or can go.
    pairs : Pairs or DataFrame
        What `search` or `find_pairs` gave for these images; only the pairs below `threshold` count.
    threshold : float
        Pairs with an MSE strictly below it are duplicates.
    keep : {"best", "largest_file", "most_pixels", "oldest", "newest", "first_path"} or callable
        Which of two duplicates stays. The best one has the camera's date or place; then it has more pixels, a lossless
        or a camera's format, more bytes, a name that is not that of a copy, or a shorter path. A callable gets the
        files table and returns a number per file, of which the highest stays. Ties are decided by the larger file, then
        by more pixels, the older file and the first path.
    protect : str, Path, or iterable of them
        Folders (or files) whose files always stay.
    different : array-like of int, shape (m, 2)
        Pairs of row numbers that are no duplicates, whatever their MSE: see `Labels.different`.
    verify : bool
        Whether each file is looked at again beside the one that stays, see `second_look`, and goes only if the two are
        the same picture. False is the method of the MSE alone: all that is below the threshold can go.

    Returns
    -------
    DataFrame
        One row per file that has a duplicate; its groups in the order of the kept files' rows, the kept file first,
        then the others by their MSE:

        - group (int64): number of the group, from 0;
        - image (int64): row number in `images`; path (str) and bytes (int64) of that file;
        - action (str): ``"keep"``; ``"remove"`` for a file that can go; ``"review"`` for one that a person has to
          decide about: the second look does not call it the same picture, or something would be lost with it. Without
          a second look, these are flat images, unless their tensor is identical to the kept one's;
        - keeper (int64): row number of the file that stays for this one: the kept one, or one for review of which this
          is a copy;
        - mse (float64): distance to `keeper`; rotation (int16, degrees) and mirrored (bool): how this file is
          transformed to match it;
        - verdict, kind (str), worst and the window of it in both files (float64), left to bottom_b: what the second
          look says of the two, see `second_look`; empty and nan without one;
        - reason (str): why it stays, can go, or is for review.

    Raises
    ------
    ValueError
        If `threshold` is above the limit of the search that made `pairs`, these are of other images, or there is no
        such keep rule.
    FileNotFoundError
        If a path in `protect` does not exist.
    """
    pairs = as_pairs(pairs, images)
    pairs.check_threshold(threshold)
    rules: dict[str, Any] = {"keep": keep, "protect": protect, "different": different}
    if verify:
        members = Verified(images, pairs, Looks(images, cache=False), **rules).members(threshold)
    else:
        members = Grouping(images, pairs, **rules).members(threshold)
    return group_table(images.files, members, keep=keep, protect=protect)


class Grouping:
    """Pairs and a keep rule, ready to form groups at one threshold after another.

    Parameters
    ----------
    images : ImageSet
    pairs : Pairs
        Of these images.
    keep, protect, different
        See `group_duplicates`.
    """

    def __init__(
        self,
        images: ImageSet,
        pairs: Pairs,
        *,
        keep: KeepRule = "best",
        protect: Paths = (),
        different: ArrayLike = (),
    ) -> None:
        self._files = files = images.files
        self._protected = protected_files(files, protect)
        order = keep_order(files, keep)
        self._order = order[np.argsort(~self._protected[order], kind="stable")]
        rank = np.empty_like(order)
        rank[self._order] = np.arange(len(order))

        # Identical tensors have the same distances: one of each set stands for it, with the rank of the best.
        self._leader = pairs.leader
        near = pd.DataFrame({"a": pairs.a, "b": pairs.b, "mse": pairs.mse, "winners": pairs.winners})
        different = np.asarray(different, np.int64).reshape(-1, 2)
        near, self._representative = _separated(near, self._leader, different)
        self._rank, self._best_rank = rank, rank.copy()
        np.minimum.at(self._best_rank, self._representative, rank)
        self._copies = np.bincount(self._representative, minlength=len(rank))
        self._near = near.sort_values("mse", ignore_index=True)
        self._near["level"] = np.searchsorted(self._near["mse"], self._near["mse"])  # the same for the same MSE

    def members(self, threshold: float) -> pd.DataFrame:
        """The files that are not kept at a threshold.

        Returns
        -------
        DataFrame
            image and keeper (row numbers), identical (bool: whether their tensors are), mse, rotation, mirrored; action
            (``"remove"`` or ``"review"``) and reason.
        """
        best = self._order[self._best_rank]  # the file that stands for each set
        links = _links_to_kept(self._near_below(threshold), self._best_rank, self._copies, self._protected[best])
        link = _link_of_each(links, self._representative, self._rank)
        kept = link["kept"].fillna(pd.Series(self._representative, link.index)).to_numpy(np.int64)
        keeper = best[kept]
        image = np.arange(len(self._files))
        gone = (keeper != image) & ~self._protected & (threshold > 0)
        identical = (self._leader[kept] == self._leader)[gone]
        flat = self._files["flat"].to_numpy()[gone] & ~identical
        link = link[gone]
        rotation, mirrored = best_symmetry(link["winners"].fillna(1).to_numpy(np.uint8))
        return pd.DataFrame(
            {
                "keeper": keeper[gone],
                "image": image[gone],
                "identical": identical,
                "mse": link["mse"].fillna(0.0).to_numpy(),
                "rotation": rotation,
                "mirrored": mirrored,
                "action": np.where(flat, "review", "remove").astype(object),
                "reason": np.where(flat, "almost one colour: an MSE says little", "below the threshold").astype(object),
            }
        )

    def chained(self, threshold: float, members: pd.DataFrame) -> np.ndarray:
        """The kept files that hide a chain: two others of their group are not below the threshold of each other.

        Parameters
        ----------
        members : DataFrame
            What `members` gave for this threshold.

        Returns
        -------
        ndarray of int64
            Their row numbers.
        """
        others = members[~members["identical"]]
        sets = others.assign(set=self._representative[others["image"]])[["set", "keeper"]].drop_duplicates()
        near = self._near_below(threshold)
        if sets["set"].is_unique:
            keeper = np.full(len(self._files), -1)
            keeper[sets["set"]] = sets["keeper"]
            of_a, of_b = keeper[near["a"]], keeper[near["b"]]
            together = of_a[(of_a == of_b) & (of_a >= 0)]
        else:  # identical files that go for different ones
            both = near.merge(sets, left_on="a", right_on="set")
            together = both.merge(sets, left_on=["b", "keeper"], right_on=["set", "keeper"])["keeper"]
        number = np.bincount(sets["keeper"], minlength=len(self._files))
        return np.flatnonzero(np.bincount(together, minlength=len(number)) < number * (number - 1) // 2)

    def _near_below(self, threshold: float) -> pd.DataFrame:
        return self._near.iloc[: np.searchsorted(self._near["mse"].to_numpy(), threshold)]


def _separated(near: pd.DataFrame, leader: np.ndarray, different: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Remove pairs that are no duplicates; their files then represent themselves only, and not identical files.

    Parameters
    ----------
    near : DataFrame
        The near pairs of leaders.
    leader : ndarray of int64, shape (n,)
        The leader of each file.
    different : ndarray of int64, shape (m, 2)

    Returns
    -------
    near : DataFrame
        The near pairs of the files that now stand for others, or for themselves.
    representative : ndarray of int64, shape (n,)
        Which file stands for each.
    """
    if not len(different):
        return near, leader
    named = np.unique(different)
    others = np.setdiff1d(np.arange(len(leader)), named)
    representative = np.arange(len(leader))
    sets, first = np.unique(leader[others], return_index=True)  # the first of the others, where the leader is named
    representative[others] = others[first][np.searchsorted(sets, leader[others])]

    standing = pd.DataFrame({"row": np.concatenate([others[first], named])})
    standing["leader"] = leader[standing["row"]]
    near = near.merge(standing.set_axis(["row_a", "a"], axis=1), on="a").merge(
        standing.set_axis(["row_b", "b"], axis=1), on="b"
    )
    near = near.drop(columns=["a", "b"]).rename(columns={"row_a": "a", "row_b": "b"})
    equal = standing.merge(standing, on="leader", suffixes=("_a", "_b")).query("row_a < row_b")
    equal = pd.DataFrame({"a": equal["row_a"], "b": equal["row_b"], "mse": 0.0, "winners": np.uint8(1)})
    near = pd.concat([near, equal.astype(near.dtypes[equal.columns])], ignore_index=True)
    apart = pd.MultiIndex.from_arrays(list(np.sort(different, axis=1).T))
    ends = pd.MultiIndex.from_arrays(list(np.sort(near[["a", "b"]], axis=1).T))
    return near[~ends.isin(apart)], representative


def _links_to_kept(near: pd.DataFrame, rank: np.ndarray, copies: np.ndarray, protected: np.ndarray) -> pd.DataFrame:
    """Decide which files are kept, and list their pairs with those that are not.

    Parameters
    ----------
    near : DataFrame
        The pairs below the threshold, of the files that stand for sets of identical ones; sorted by mse.
    rank : ndarray of int64, shape (n,)
        The best place of each set in the order in which files are taken.
    copies : ndarray of int64, shape (n,)
        How many files each stands for.
    protected : ndarray of bool, shape (n,)

    Returns
    -------
    DataFrame
        One row per pair: gone, kept, rank (of the kept one), mse, winners; sorted by gone, then by rank. Only rows that
        are nearer than all before them of the same file.
    """
    if protected.any():
        near = near[~(protected[near["a"]] & protected[near["b"]])]
    a, b = near["a"].to_numpy(), near["b"].to_numpy()
    a_is_better = rank[a] < rank[b]
    better, worse = np.where(a_is_better, a, b), np.where(a_is_better, b, a)
    removed = _beaten_by_kept(better, worse, len(rank))
    forwards = np.flatnonzero(removed[worse] & ~removed[better])
    # A better one that goes: of the files that are identical to it, some may come after the worse one, and go for that.
    backwards = np.flatnonzero(removed[better] & ~removed[worse] & (copies[better] > 1))
    gone, kept = np.append(worse[forwards], better[backwards]), np.append(better[forwards], worse[backwards])
    row = np.append(forwards, backwards)  # as near is sorted, also the order of the MSEs
    order = np.lexsort((rank[kept], gone))
    gone, kept, row = gone[order], kept[order], row[order]
    mse, winners = near["mse"].to_numpy(), near["winners"].to_numpy()
    # Each file's levels lie below those of the file before it, so that one running minimum serves all.
    level = near["level"].to_numpy()[row] - np.cumsum(np.diff(gone, prepend=-1) != 0) * len(rank) ** 2
    nearer = level < np.append(np.inf, np.minimum.accumulate(level)[:-1])[: len(level)]
    gone, kept, row = gone[nearer], kept[nearer], row[nearer]
    # How the one that goes is transformed to match: as the pair says, or backwards.
    winners = np.where(b[row] == gone, winners[row], INVERSES[winners[row]])
    return pd.DataFrame({"gone": gone, "kept": kept, "rank": rank[kept], "mse": mse[row], "winners": winners})


def _link_of_each(links: pd.DataFrame, representative: np.ndarray, rank: np.ndarray) -> pd.DataFrame:
    """For each file that goes, the nearest file that is already kept when its turn comes.

    Parameters
    ----------
    links : DataFrame
        See `_links_to_kept`.
    representative : ndarray of int64, shape (n,)
        Which file stands for each.
    rank : ndarray of int64, shape (n,)
        The place of each file in the order in which they are taken.

    Returns
    -------
    DataFrame
        One row per file: kept, mse, winners; empty for those that are kept, or go for an identical one.
    """
    n = len(rank)
    place = np.searchsorted(links["gone"].to_numpy() * n + links["rank"].to_numpy(), representative * n + rank) - 1
    is_linked = np.append(links["gone"], -1)[place] == representative
    return links.reindex(np.where(is_linked, place, -1)).reset_index(drop=True)


def _beaten_by_kept(better: np.ndarray, worse: np.ndarray, n: int) -> np.ndarray:
    """Which of n files are beaten by a kept one, where a file is kept unless a kept one beats it.

    All pairs are decided together, in rounds: who is beaten by nobody that is left is kept, and those it beats are
    removed.
    """
    removed = np.zeros(n, bool)
    while len(better):
        beaten = np.zeros(n, bool)
        beaten[worse] = True
        by_kept = ~beaten[better]
        removed[worse[by_kept]] = True
        undecided = ~(removed[better] | removed[worse])
        better, worse = better[undecided], worse[undecided]
    return removed
