"""Groups by the MSE alone.

Files are taken best-first by the keep rule. A file is kept unless one that is already kept is its duplicate;
otherwise it can go, and belongs to the nearest of these. So whatever goes has a duplicate that stays, directly below
the threshold, and no two kept files are duplicates of each other (but for protected ones, which all stay).
"""

import numpy as np
import pandas as pd

from dupviz._parallel import Workers
from dupviz.groups.grouping import Grouping, Link, Rules
from dupviz.images.imageset import ImageSet
from dupviz.look.look import Look
from dupviz.metrics import Flags, Integers
from dupviz.search.pairs import Pairs
from dupviz.search.symmetry import INVERSES, best_symmetry

__all__ = ["ByMse"]

NOT_LOOKED_AT = Look("", "", np.nan)
BELOW, ALMOST_ONE_COLOUR = "below the threshold", "almost one colour: an MSE says little"


class ByMse(Grouping):
    """Groups by the MSE alone: whatever is below the threshold can go. The parameters are those of `Grouping`."""

    def __init__(self, images: ImageSet, near: Pairs, rules: Rules) -> None:
        super().__init__(images, near, rules)
        rank = np.empty_like(self._order)
        rank[self._order] = np.arange(len(rank))

        # Identical tensors have the same distances: one of each set stands for it, with the rank of the best.
        pairs = pd.DataFrame({"a": near.a, "b": near.b, "mse": near.mse, "winners": near.winners})
        pairs, self._representative = _separated(pairs, self._leader, self._different)
        self._rank, self._best_rank = rank, rank.copy()
        np.minimum.at(self._best_rank, self._representative, rank)
        self._copies = np.bincount(self._representative, minlength=len(rank))
        self._pairs = pairs.sort_values("mse", ignore_index=True)
        self._pairs["level"] = np.searchsorted(self._pairs["mse"], self._pairs["mse"])  # the same for the same MSE

    def members(self, threshold: float, *, workers: Workers = None, progress: bool = False) -> pd.DataFrame:
        """The files that are not kept, see `Grouping.members`; it takes hardly any time."""
        best = self._order[self._best_rank]  # the file that stands for each set
        links = _links_to_kept(self._near_below(threshold), self._best_rank, self._copies, self.protected[best])
        link = _link_of_each(links, self._representative, self._rank)
        kept = link["kept"].fillna(pd.Series(self._representative, link.index)).to_numpy(np.int64)
        keeper = best[kept]
        image = np.arange(len(self._files))
        gone = (keeper != image) & ~self.protected & (threshold > 0)
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
                "reason": np.where(flat, ALMOST_ONE_COLOUR, BELOW).astype(object),
                "carry": self._carry & ~flat,
            }
        )

    def link(self, keeper: int, image: int, threshold: float) -> Link:
        """What would become of a file if another stayed for it."""
        match = self._distance(keeper, image)
        action, reason = "remove", BELOW
        if match[0] >= threshold:
            action, reason = "review", f"its MSE to the one that stays is not below {threshold:g}"
        elif self._files["flat"].iat[image] and self._leader[image] != self._leader[keeper]:
            action, reason = "review", ALMOST_ONE_COLOUR
        return Link(keeper, image, *match, NOT_LOOKED_AT, action, reason, self._carry and action == "remove")

    def chained(self, threshold: float, members: pd.DataFrame) -> Integers:
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
        return self._pairs.iloc[: np.searchsorted(self._pairs["mse"].to_numpy(), threshold)]


def _separated(near: pd.DataFrame, leader: Integers, different: Integers) -> tuple[pd.DataFrame, np.ndarray]:
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


def _links_to_kept(near: pd.DataFrame, rank: Integers, copies: Integers, protected: Flags) -> pd.DataFrame:
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


def _link_of_each(links: pd.DataFrame, representative: Integers, rank: Integers) -> pd.DataFrame:
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
