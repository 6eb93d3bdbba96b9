"""Every pair below a limit: exactly, and without looking at most of them.

1. Identical tensors are collapsed: they have the same distance to everything, so one of them stands for all.
2. Each tensor gets a short vector; distances of short vectors are lower bounds (`dupviz.search.bounds` has the proof).
3. Median splits sort the vectors into leaves of near neighbours. Seen along the line through their centres, two leaves
   that lie further apart than the limit are skipped whole, and so is a vector too far from all of the other leaf.
4. What is left of two leaves meets in matrix products: the bounds of all its pairs at once (`dupviz.search.leaves`).
5. For each survivor, bounds from its thumbnails say which symmetries are possible; the few that are left are compared
   in integers (`dupviz.search.verify`).
6. `Pairs` puts the collapsed tensors back, where a table of all pairs is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dupviz._parallel import Workers, in_order, pool
from dupviz.images.imageset import Images
from dupviz.metrics import Flags, check_symmetries
from dupviz.search.identical import checksums_of, find_leaders, set_digest
from dupviz.search.leaves import leaf_tasks, near_pairs, partition_with
from dupviz.search.pairs import MAX_PAIRS, Pairs, PairTable, TooManyPairsError, check_stack
from dupviz.search.sketches import sketches
from dupviz.search.verify import Found, exact_pairs, exact_tasks

__all__ = ["check_search", "find_pairs", "search"]


def find_pairs(
    images: Images,
    *,
    max_mse: float = 1000.0,
    symmetries: str = "rotations",
    max_pairs: int = MAX_PAIRS,
    workers: Workers = None,
    progress: bool = True,
) -> PairTable:
    """Every pair of images whose distance is below a limit.

    Parameters
    ----------
    images : ImageSet, or ndarray of uint8, shape (n, size, size, channels)
        A `numpy.memmap` will do: its tensors are read in passing and not kept.
    max_mse : float
        Pairs with a distance strictly below it are listed.
    symmetries : {"none", "rotations", "dihedral"}
        Over which copies of the second image the distance is minimised, see `distance`.
    max_pairs : int
        How long the table may become. `propose` holds the pairs of identical images without a table.
    workers : int or concurrent.futures.Executor, optional
        Threads, by default one per processor; or an executor, on which the pieces of work run, which are pure
        functions of arrays.
    progress : bool
        Whether to show a progress bar when the search takes longer than a second.

    Returns
    -------
    PairTable
        A DataFrame with one row per pair, sorted by `a`, then `b`:

        - a, b (int64): row numbers of the two images, a < b;
        - mse (float64): their distance, exactly as `distance` gives it;
        - rotation (int16, degrees) and mirrored (bool): the symmetry of b that gives it; on a tie as `distance`
          decides.

    Raises
    ------
    TooManyPairsError
        If more than `max_pairs` pairs lie below `max_mse`; raised before they fill the memory.
    TypeError
        If the tensors are not uint8.
    ValueError
        If the tensors are not square, or another argument is not one of those named here.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> dv.find_pairs(images, max_mse=200, progress=False).head(3)
       a   b     mse  rotation  mirrored
    0  1  13  6.5548         0     False
    1  3   4  0.0000         0     False
    2  3  15  0.0048         0     False
    """
    found = search(
        images, max_mse=max_mse, symmetries=symmetries, max_pairs=max_pairs, workers=workers, progress=progress
    )
    return found.table(max_pairs=max_pairs)


def search(
    images: Images,
    *,
    max_mse: float = 1000.0,
    symmetries: str = "rotations",
    max_pairs: int = MAX_PAIRS,
    new: Flags | None = None,
    workers: Workers = None,
    progress: bool = False,
) -> Pairs:
    """Every pair of different tensors whose distance is below a limit, and which images have identical tensors.

    Parameters
    ----------
    images, max_mse, symmetries, workers, progress
        See `find_pairs`.
    max_pairs : int
        How many pairs of different tensors there may be.
    new : ndarray of bool, shape (n,), optional
        Only pairs with one of these images, or with one whose tensor is identical to that of one of these, are found.
        Two others do not count as identical either. By default all images are new.

    Raises
    ------
    TooManyPairsError, TypeError, ValueError
        See `find_pairs`.
    """
    tensors = check_stack(getattr(images, "tensors", images))
    check_search(max_mse, symmetries)
    found, count = [], 0
    parts: Iterator[Found] = iter(())
    with pool(workers) as executor:
        checksums = checksums_of(tensors, executor)
        leader = find_leaders(tensors, checksums, executor)
        counts = np.ones(len(tensors), bool) if new is None else np.isin(leader, leader[new])
        leader = np.where(counts, leader, np.arange(len(tensors)))
        distinct = np.unique(leader)
        if len(distinct) > 1 and max_mse > 0:
            sketched = sketches(tensors, distinct, symmetries, executor)
            leaves, meets = partition_with(counts[distinct], distinct, *sketched)
            near = in_order(executor, near_pairs, leaf_tasks(leaves, max_mse, symmetries, executor, progress, meets))
            parts = in_order(executor, exact_pairs, exact_tasks(near, tensors, max_mse, symmetries))
        for part in parts:
            found.append(part)
            count += len(part.a)
            if count > max_pairs:
                raise TooManyPairsError(max_pairs, max_mse)
    return Pairs.from_found(Found.join(found), leader, max_mse, symmetries, set_digest(tensors, checksums))


def check_search(max_mse: float, symmetries: str) -> None:
    """Refuse a search that cannot be made.

    Raises
    ------
    ValueError
        If `max_mse` is below 0 or no number, or there are no such symmetries.
    """
    check_symmetries(symmetries)
    if not max_mse >= 0:
        raise ValueError(f"max_mse must be 0 or more, got {max_mse!r}")
