"""Pairs → groups: which files stay, which can go, and for which kept file each of these goes.

Files are taken best-first by the keep rule. A file is kept unless one that is already kept is its duplicate;
otherwise it can go, and belongs to the nearest of these. So whatever goes has a duplicate that stays, directly below
the threshold, and no two kept files are duplicates of each other (but for protected ones, which all stay).
"""

import os

import numpy as np
import pandas as pd

from dupviz.exact import smallest_turns
from dupviz.identical import first_twins

__all__ = [
    "KEEP_RULES",
    "Grouping",
    "check_threshold",
    "files_in",
    "group_duplicates",
    "keep_order",
    "protected_files",
]

# Each rule gives a number per file, of which the highest stays.
KEEP_RULES = {
    "largest_file": lambda files: files["bytes"],
    "most_pixels": lambda files: files["width"] * files["height"],
    "oldest": lambda files: -files["modified"].astype("int64"),
    "newest": lambda files: files["modified"].astype("int64"),
    "first_path": lambda files: -_path_order(files),
}

# What decides when a rule leaves two files equal, one after the other.
TIE_RULES = ("largest_file", "most_pixels", "oldest", "first_path")


def group_duplicates(images, pairs, *, threshold=200.0, keep="largest_file", protect=(), different=()):
    """Form groups of duplicates, each with the file that stays and those that can go.

    Parameters
    ----------
    images : ImageSet
    pairs : DataFrame
        As `find_pairs` gives it for these images; only the pairs below `threshold` count.
    threshold : float
        Pairs with an MSE strictly below it are duplicates.
    keep : {"largest_file", "most_pixels", "oldest", "newest", "first_path"} or callable
        Which of two duplicates stays. A callable gets the files table and returns a number per file, of which the
        highest stays. Ties are decided by the larger file, then by more pixels, the older file and the first path.
    protect : str, Path, or iterable of them
        Folders (or files) whose files always stay.
    different : array-like of int, shape (m, 2)
        Pairs of row numbers that are no duplicates, whatever their MSE: see `Labels.different`.

    Returns
    -------
    DataFrame
        One row per file that has a duplicate; its groups in the order of the kept files' rows, the kept file first,
        then the others by their MSE:

        - group (int64): number of the group, from 0;
        - image (int64): row number in `images`; path (str) and bytes (int64) of that file;
        - action (str): ``"keep"``; ``"remove"`` for a file that can go; ``"review"`` for one that could, but is flat,
          so that being near says little: it is never removed unless asked for. Flat images whose tensor is identical
          to the kept one's are ``"remove"``;
        - mse (float64): distance to the kept file; rotation (int16, degrees) and mirrored (bool): how this file is
          transformed to match the kept one.

    Raises
    ------
    ValueError
        If `threshold` is above the limit of the search that made `pairs`, or there is no such keep rule.
    FileNotFoundError
        If a path in `protect` does not exist.
    """
    check_threshold(pairs, threshold)
    return Grouping(images, pairs, keep=keep, protect=protect, different=different).table(threshold)


def check_threshold(pairs, threshold):
    """Refuse a threshold that the search for pairs did not go as far as.

    Parameters
    ----------
    pairs : DataFrame
        As `find_pairs` gives it.
    threshold : float

    Raises
    ------
    ValueError
        If it is above the limit of the search, or below 0.
    """
    max_mse = pairs.attrs.get("max_mse", np.inf)
    if not 0 <= threshold <= max_mse:
        raise ValueError(
            f"threshold must be from 0 to max_mse ({max_mse:g}), got {threshold:g}: search again with a larger max_mse"
        )


class Grouping:
    """Pairs and a keep rule, ready to form groups at one threshold after another.

    Parameters
    ----------
    images, pairs, keep, protect, different
        See `group_duplicates`.
    """

    def __init__(self, images, pairs, *, keep="largest_file", protect=(), different=()):
        self._tensors, self._files = images.tensors, images.files
        files = self._files
        self._protected = protected_files(files, protect)
        order = keep_order(files, keep)
        self._order = order[np.argsort(~self._protected[order], kind="stable")]
        rank = np.empty_like(order)
        rank[self._order] = np.arange(len(order))

        # Identical tensors have the same distances: the first of each set stands for it, with the rank of the best.
        self._first = first_twins(pairs, len(files))
        near = pairs[(self._first[pairs["a"]] == pairs["a"]) & (self._first[pairs["b"]] == pairs["b"])]
        different = np.asarray(different, np.int64).reshape(-1, 2)
        near, self._twin = _told_apart(near, self._first, different)
        self._best_rank = rank.copy()
        np.minimum.at(self._best_rank, self._twin, rank)
        self._near = near.sort_values("mse", ignore_index=True)

    def table(self, threshold):
        """The groups at a threshold: see `group_duplicates`."""
        members = self.members(threshold)
        backwards = ((members["rotation"] >= 180) & ~members["mirrored"]).to_numpy()
        ends = (members.loc[backwards, end].to_numpy() for end in ("keeper", "image"))
        members.loc[backwards, "rotation"] = smallest_turns(self._tensors, *ends)
        return _table(self._files, members)

    def members(self, threshold):
        """The files that are not kept at a threshold.

        Parameters
        ----------
        threshold : float

        Returns
        -------
        DataFrame
            image and keeper (row numbers), identical (bool: whether their tensors are), mse, rotation, mirrored; action
            (``"remove"`` or ``"review"``). The rotation gives that mse; a smaller one may, too.
        """
        near = self._near_below(threshold)
        links = _links_to_kept(near, self._best_rank, self._protected[self._order[self._best_rank]])
        link = links.reindex(self._twin)
        kept_twin = link["kept"].fillna(pd.Series(self._twin, link.index)).to_numpy(np.int64)
        keeper = self._order[self._best_rank[kept_twin]]
        image = np.arange(len(self._files))
        gone = (keeper != image) & ~self._protected & (threshold > 0)
        identical = (self._first[kept_twin] == self._first)[gone]
        flat = self._files["flat"].to_numpy()[gone] & ~identical
        link = link[gone]
        return pd.DataFrame(
            {
                "keeper": keeper[gone],
                "image": image[gone],
                "identical": identical,
                "mse": link["mse"].fillna(0.0).to_numpy(),
                "rotation": link["rotation"].fillna(0).to_numpy(np.int16),
                "mirrored": link["mirrored"].fillna(False).to_numpy(bool),
                "action": np.where(flat, "review", "remove").astype(object),
            }
        )

    def chained(self, threshold, members):
        """The kept files that hide a chain: two others of their group are not below the threshold of each other.

        Parameters
        ----------
        threshold : float
        members : DataFrame
            What `members` gave for this threshold.

        Returns
        -------
        ndarray of int64
            Their row numbers.
        """
        others = members[~members["identical"]]
        keeper = np.full(len(self._files), -1)
        keeper[others["image"]] = others["keeper"]
        standing = others[self._twin[others["image"]] == others["image"]]  # each for all that are identical to it
        near = self._near_below(threshold)
        of_a, of_b = keeper[near["a"]], keeper[near["b"]]
        together = np.bincount(of_a[(of_a == of_b) & (of_a >= 0)], minlength=len(keeper))
        number = np.bincount(standing["keeper"], minlength=len(keeper))
        return np.flatnonzero(together < number * (number - 1) // 2)

    def _near_below(self, threshold):
        return self._near.iloc[: np.searchsorted(self._near["mse"].to_numpy(), threshold)]


def keep_order(files, keep="largest_file"):
    """Row numbers of the files, best first.

    Parameters
    ----------
    files : DataFrame
    keep : str or callable
        See `group_duplicates`.

    Returns
    -------
    ndarray of int64, shape (n,)

    Raises
    ------
    ValueError
        If there is no such rule, or a callable does not return a number for each file.
    """
    if not callable(keep) and keep not in KEEP_RULES:
        raise ValueError(f"keep must be one of {', '.join(map(repr, KEEP_RULES))} or a callable, got {keep!r}")
    score = np.asarray((keep if callable(keep) else KEEP_RULES[keep])(files))
    if score.dtype.kind not in "if":
        score = score.astype(np.float64)
    if score.shape != (len(files),) or np.isnan(score).any():
        raise ValueError(f"the keep rule must return a number for each of {len(files)} files, got shape {score.shape}")
    ties = [np.asarray(KEEP_RULES[rule](files)) for rule in TIE_RULES]
    return np.lexsort([-key for key in (*reversed(ties), score)])


def protected_files(files, protect):
    """Which files lie in protected folders (or are protected themselves).

    Parameters
    ----------
    files : DataFrame
    protect : str, Path, or iterable of them

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    FileNotFoundError
        If one of the folders does not exist.
    """
    protect = [protect] if isinstance(protect, str | os.PathLike) else list(protect)
    for path in protect:
        if not os.path.lexists(path):
            raise FileNotFoundError(f"no such file or folder: {os.fsdecode(path)!r}")
    return files_in(files, protect)


def files_in(files, folders):
    """Which files lie in folders, whatever the links on the way to them, and whether they are still there.

    Parameters
    ----------
    files : DataFrame
    folders : iterable of str or Path
        Or files, which are those themselves.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    roots = tuple(os.path.join(os.path.realpath(path), "") for path in map(os.fsdecode, folders))
    if not roots:
        return np.zeros(len(files), bool)
    real_folders = {folder: os.path.realpath(folder) for folder in set(map(os.path.dirname, files["path"]))}
    real = (os.path.join(real_folders[os.path.dirname(path)], os.path.basename(path), "") for path in files["path"])
    return np.fromiter((path.startswith(roots) for path in real), bool, len(files))


def _path_order(files):
    """The place of each file in the order of their paths."""
    order = np.empty(len(files), np.int64)
    order[sorted(range(len(files)), key=files["path"].tolist().__getitem__)] = np.arange(len(files))
    return order


def _told_apart(near, first, different):
    """Take pairs out that are no duplicates, whose files then stand for themselves and no longer for their twins.

    Parameters
    ----------
    near : DataFrame
        The pairs below the threshold between the first twins.
    first : ndarray of int64, shape (n,)
        The first twin of each file.
    different : ndarray of int64, shape (m, 2)

    Returns
    -------
    near : DataFrame
        The pairs below the threshold between the files that now stand for others, or for themselves.
    twin : ndarray of int64, shape (n,)
        Which file stands for each.
    """
    if not len(different):
        return near, first
    named = np.unique(different)
    others = np.setdiff1d(np.arange(len(first)), named)
    twin = np.arange(len(first))
    sets, leader = np.unique(first[others], return_index=True)  # the first of the others, where the first is named
    twin[others] = others[leader][np.searchsorted(sets, first[others])]

    standing = pd.DataFrame({"row": np.concatenate([others[leader], named])})
    standing["first"] = first[standing["row"]]
    near = near.merge(standing.set_axis(["row_a", "a"], axis=1), on="a").merge(
        standing.set_axis(["row_b", "b"], axis=1), on="b"
    )
    near = near.drop(columns=["a", "b"]).rename(columns={"row_a": "a", "row_b": "b"})
    twins = standing.merge(standing, on="first", suffixes=("_a", "_b")).query("row_a < row_b")
    twins = pd.DataFrame({"a": twins["row_a"], "b": twins["row_b"], "mse": 0.0, "rotation": 0, "mirrored": False})
    near = pd.concat([near, twins.astype(near.dtypes[twins.columns])], ignore_index=True)
    apart = pd.MultiIndex.from_arrays(list(np.sort(different, axis=1).T))
    ends = pd.MultiIndex.from_arrays(list(np.sort(near[["a", "b"]], axis=1).T))
    return near[~ends.isin(apart)], twin


def _links_to_kept(near, rank, protected):
    """Decide which files are kept, and find the nearest kept duplicate of each other one.

    Parameters
    ----------
    near : DataFrame
        The pairs below the threshold.
    rank : ndarray of int64, shape (n,)
        The place of each file in the order in which they are taken.
    protected : ndarray of bool, shape (n,)

    Returns
    -------
    DataFrame
        A row for each file that is not kept, with its row number as the index: kept, mse, rotation, mirrored.
    """
    near = near[~(protected[near["a"]] & protected[near["b"]])]
    a, b = near["a"].to_numpy(), near["b"].to_numpy()
    a_is_better = rank[a] < rank[b]
    better, worse = np.where(a_is_better, a, b), np.where(a_is_better, b, a)

    removed = _beaten_by_kept(better, worse, len(rank))
    mse = near["mse"].to_numpy()
    linked = removed[worse] & ~removed[better]
    nearest = np.full(len(rank), np.inf)
    np.minimum.at(nearest, worse[linked], mse[linked])
    linked &= mse == nearest[worse]

    links = pd.DataFrame(
        {
            "kept": better,
            "mse": mse,
            # How the worse one is transformed to match: as the pair says, or backwards; mirrored turns undo themselves.
            "rotation": np.where(a_is_better | near["mirrored"], near["rotation"], -near["rotation"] % 360),
            "mirrored": near["mirrored"].to_numpy(),
        },
        index=worse,
    )[linked]
    links = links.iloc[np.argsort(rank[links["kept"]], kind="stable")]
    return links[~links.index.duplicated()]


def _beaten_by_kept(better, worse, n):
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


def _table(files, members):
    """The groups, from the files that are not kept: their row, their keeper's and how they match it."""
    keepers, number = np.unique(members["keeper"], return_inverse=True)
    kept = pd.DataFrame({"group": np.arange(len(keepers)), "image": keepers, "action": "keep", "mse": 0.0})
    gone = members[["image", "mse", "rotation", "mirrored", "action"]].assign(group=number)
    table = pd.concat([kept.assign(rotation=np.int16(0), mirrored=False), gone], ignore_index=True)
    table = table.iloc[np.lexsort((table["image"], table["mse"], table["action"] != "keep", table["group"]))]
    table["path"] = files["path"].to_numpy()[table["image"]]
    table["bytes"] = files["bytes"].to_numpy()[table["image"]]
    columns = ["group", "image", "action", "mse", "rotation", "mirrored", "bytes", "path"]
    return table[columns].reset_index(drop=True)
