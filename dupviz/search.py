"""Every pair below a limit: exactly, and without looking at most of them.

1. Identical tensors are collapsed: they have the same distance to everything, so one of them stands for all.
2. Each tensor gets a short vector; distances of short vectors are lower bounds (`dupviz.bounds` has the proof).
3. Median splits sort the vectors into leaves of near neighbours. Seen along the line through their centres, two leaves
   that lie further apart than the limit are skipped whole, and so is a vector too far from all of the other leaf.
4. What is left of two leaves meets in matrix products: the bounds of all its pairs at once (`dupviz.tree`).
5. For each survivor, bounds from its thumbnails say which symmetries are possible; the few that are left are compared
   in integers (`dupviz.exact`).
6. The pairs of collapsed tensors are put back (`dupviz.identical`).
"""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from dupviz.bounds import invariants, principal_axes, thumbnails
from dupviz.exact import Found, exact_pairs
from dupviz.identical import first_of_identical, with_identical
from dupviz.metrics import SYMMETRIES, check_symmetries
from dupviz.parallel import in_order
from dupviz.tree import NearPairs, leaf_tasks, near_pairs, partition
from dupviz.turns import split

__all__ = ["MAX_PAIRS", "TooManyPairsError", "check_stack", "find_pairs"]

# A pair takes 27 bytes in the table, and a few times that while it is made: 20 million pairs need some 2 GB.
MAX_PAIRS = 20_000_000

CHUNK = 1024  # tensors in one piece of work
SAMPLE = 2000  # tensors from which the principal axes are taken
BATCH = 2048  # pairs in one piece of exact work


class TooManyPairsError(ValueError):
    """More pairs lie below the limit than the table may hold."""


def find_pairs(
    images,
    *,
    max_mse=1000.0,
    symmetries="rotations",
    identical="all",
    max_pairs=MAX_PAIRS,
    executor=None,
    progress=False,
):
    """Every pair of images whose distance is below a limit.

    Parameters
    ----------
    images : ImageSet, or ndarray of uint8, shape (n, size, size, channels)
        A `numpy.memmap` will do: its tensors are read in passing and not kept.
    max_mse : float
        Pairs with a distance strictly below it are listed.
    symmetries : {"none", "rotations", "dihedral"}
        Over which copies of the second image the distance is minimised, see `distance`.
    identical : {"all", "first"}
        How images with identical tensors are listed: n blank pages are n (n - 1) / 2 pairs. With ``"first"``, only
        the first of them stands in pairs with other images, and the rest are paired with this first one alone, at an
        MSE of 0. Nothing is lost, since their other distances are those of the first; `group_duplicates` takes either
        form.
    max_pairs : int
        How long the table may become.
    executor : concurrent.futures.Executor, optional
        Where the pieces of work run, which are pure functions of arrays. By default, a thread for each processor.
    progress : bool
        Whether to show a progress bar when the search takes longer than a second.

    Returns
    -------
    DataFrame
        One row per pair, sorted by `a`, then `b`:

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
        If the tensors are not square, or another argument is none of those named here.
    """
    tensors = check_stack(getattr(images, "tensors", images))
    check_symmetries(symmetries)
    if not max_mse >= 0:
        raise ValueError(f"max_mse must be 0 or more, got {max_mse!r}")
    if identical not in ("all", "first"):
        raise ValueError(f"identical must be 'all' or 'first', got {identical!r}")
    if len(tensors) < 2 or max_mse == 0:
        return _table(Found.join([]), max_mse)
    # The pieces of work share the processors between them; the matrix products inside each must not do so once more.
    pool = ThreadPoolExecutor(os.cpu_count()) if executor is None else nullcontext(executor)
    with pool as executor, threadpool_limits(1, user_api="blas"):
        first = first_of_identical(tensors, executor)
        distinct, copies = np.unique(first, return_counts=True)
        weights = np.zeros(len(tensors), np.int64)
        weights[distinct] = copies if identical == "all" else 1
        count = int((copies * (copies - 1) // 2).sum()) if identical == "all" else len(tensors) - len(distinct)
        _check_count(count, max_pairs, max_mse)

        leaves = partition(distinct, *sketches(tensors, distinct, symmetries, executor))
        near = in_order(executor, near_pairs, leaf_tasks(leaves, max_mse, symmetries, executor, progress))
        tasks = exact_tasks(near, tensors, max_mse, symmetries)
        found = []
        for part in in_order(executor, exact_pairs, tasks):
            count += int((weights[part.a] * weights[part.b]).sum())
            _check_count(count, max_pairs, max_mse)
            found.append(part)
    return _table(with_identical(Found.join(found), first, all_pairs=identical == "all"), max_mse)


def sketches(tensors, rows, symmetries, executor):
    """What the search knows of tensors until it compares them exactly.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    rows : ndarray of int64, shape (m,)
        Which of them; increasing.
    symmetries : {"none", "rotations", "dihedral"}
    executor : concurrent.futures.Executor

    Returns
    -------
    vectors : ndarray of float32, shape (m, at most 64)
        Their short vectors.
    parts : ndarray of float32, shape (m, length)
        Their thumbnails, split for the symmetries.
    """
    sample = tensors[rows[:: -(-len(rows) // SAMPLE)]]
    mean, axes = principal_axes(invariants(split(thumbnails(sample), symmetries), symmetries))
    chunks = (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
    tasks = ((_rows(tensors, chunk), mean, axes, symmetries) for chunk in chunks)
    vectors, parts = zip(*in_order(executor, sketch, tasks), strict=True)
    return np.concatenate(vectors), np.concatenate(parts)


def sketch(tensors, mean, axes, symmetries):
    """The short vectors of a few tensors, and their split thumbnails."""
    parts = split(thumbnails(tensors), symmetries)
    return (invariants(parts, symmetries) - mean) @ axes, parts


def exact_tasks(near, tensors, max_mse, symmetries):
    """Collect near pairs, and the tensors that they need, into pieces of some size: arguments for `exact_pairs`.

    Parameters
    ----------
    near : iterable of NearPairs
    tensors : ndarray of uint8, shape (n, size, size, channels)
    max_mse : float
    symmetries : {"none", "rotations", "dihedral"}
    """
    waiting, count = [], 0
    for pairs in near:
        waiting.append(pairs)
        count += len(pairs.a)
        if count >= BATCH:
            yield _exact_task(waiting, tensors, max_mse, symmetries)
            waiting, count = [], 0
    if count:
        yield _exact_task(waiting, tensors, max_mse, symmetries)


def _exact_task(waiting, tensors, max_mse, symmetries):
    near = NearPairs(*map(np.concatenate, zip(*waiting, strict=True)))
    numbers = np.unique(np.concatenate([near.a, near.b]))
    return _rows(tensors, numbers), numbers, near, max_mse, symmetries


def _rows(tensors, rows):
    """``tensors[rows]`` for increasing rows, without a copy where they are neighbours."""
    if rows[-1] - rows[0] == len(rows) - 1:
        return tensors[rows[0] : rows[-1] + 1]
    return tensors[rows]


def check_stack(tensors):
    """Return tensors as an array that can be searched, or say why they cannot be.

    Parameters
    ----------
    tensors : array_like of uint8, shape (n, size, size, channels)

    Returns
    -------
    ndarray
        Memory-mapped if `tensors` is.

    Raises
    ------
    TypeError
        If they are not uint8.
    ValueError
        If they are not square.
    """
    tensors = np.asanyarray(tensors)
    if tensors.dtype != np.uint8:
        raise TypeError(f"tensors must be uint8, got {tensors.dtype}")
    if tensors.ndim != 4 or tensors.shape[1] != tensors.shape[2] or 0 in tensors.shape[1:]:
        raise ValueError(f"tensors must have shape (n, size, size, channels), got {tensors.shape}")
    return tensors


def _check_count(count, max_pairs, max_mse):
    if count > max_pairs:
        raise TooManyPairsError(
            f"more than {max_pairs:,} pairs lie below max_mse={max_mse:g}: search with a smaller max_mse, "
            f"or with identical='first' where one image is there many times, or allow more max_pairs (100 bytes each)"
        )


def _table(found, max_mse):
    order = np.lexsort((found.b, found.a))
    # The lowest bit is the first winner in the order in which ties are decided.
    winner = np.log2(found.winners[order] & -found.winners[order]).astype(np.intp)
    rotations, mirrored = map(np.array, zip(*SYMMETRIES["dihedral"], strict=True))
    table = pd.DataFrame(
        {
            "a": found.a[order],
            "b": found.b[order],
            "mse": found.mse[order],
            "rotation": rotations.astype(np.int16)[winner],
            "mirrored": mirrored[winner],
        }
    )
    table.attrs["max_mse"] = float(max_mse)  # group_duplicates refuses a threshold beyond it
    return table
