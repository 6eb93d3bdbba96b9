"""A search that leaves out piles: pictures that are all near each other, of which a pair says nothing."""

import math
from collections.abc import Iterable
from concurrent.futures import Executor
from typing import Any

import numpy as np

from dupviz._parallel import in_order
from dupviz.metrics import Flags, Pixels
from dupviz.search.leaves import Leaf, leaf_tasks, near_pairs, partition
from dupviz.search.sketches import sketches
from dupviz.search.verify import Found, exact_pairs, exact_tasks

__all__ = ["search_sparsely"]

NEIGHBOURHOOD = 128  # tensors that are next to each other: 8,000 pages that are all alike take 0.5 s, not 40


def search_sparsely(
    tensors: Pixels,
    *,
    max_mse: float,
    symmetries: str,
    most: int,
    executor: Executor,
    pile: float = math.inf,
    side: Flags | None = None,
    new: Flags | None = None,
) -> tuple[Found, Flags]:
    """Every pair of tensors below a limit, but for those of two that are near more than a number of others each.

    To list all pairs of a pile takes time and memory by the square. So each tensor first meets the few that are next to
    it, and those that are near too many of them do not meet each other any more.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    max_mse, symmetries
        See `find_pairs`.
    most : int
        How many others a tensor may be near.
    executor : concurrent.futures.Executor
    pile : float
        Those count that are below it; by default all, and then what is left out depends on `max_mse`.
    side : ndarray of bool, shape (n,), optional
        Only pairs of two on different sides count.
    new : ndarray of bool, shape (n,), optional
        Only pairs with one of these count; by default all.

    Returns
    -------
    Found
    crowded : ndarray of bool, shape (n,)
        Which tensors are near more than `most` others.
    """
    rows = np.arange(len(tensors))
    if len(rows) < 2 or max_mse <= 0:
        return Found.join([]), np.zeros(len(rows), bool)

    def found(tasks: Iterable[tuple[Any, ...]]) -> Found:
        near = in_order(executor, near_pairs, tasks)
        pairs = Found.join(in_order(executor, exact_pairs, exact_tasks(near, tensors, max_mse, symmetries)))
        if side is not None:
            pairs = pairs.at(side[pairs.a] != side[pairs.b])
        return pairs if new is None else pairs.at(new[pairs.a] | new[pairs.b])

    def in_a_pile(pairs: Found) -> Flags:
        pairs = pairs.at(pairs.mse < pile)
        return np.bincount(np.append(pairs.a, pairs.b), minlength=len(rows)) > most

    vectors, parts = sketches(tensors, rows, symmetries, executor)
    neighbourhoods = partition(rows, vectors, parts, size=NEIGHBOURHOOD)
    crowded = in_a_pile(found((leaf, [leaf], max_mse, symmetries) for leaf in neighbourhoods))

    leaves: list[Leaf] = []
    kinds: list[int] = []  # of leaves: 1 if its tensors are crowded, 2 if they are on the other side, 4 if not new
    none = np.zeros(len(rows), int)
    kind = crowded + 2 * (none if side is None else side) + 4 * (none if new is None else ~new)
    for number in np.unique(kind).tolist():
        members = np.flatnonzero(kind == number)
        leaves += partition(members, vectors[members], parts[members])
        kinds += [number] * (len(leaves) - len(kinds))
    of_leaf = np.array(kinds)
    meets = ~np.logical_and.outer(of_leaf % 2, of_leaf % 2)
    meets &= ~np.logical_and.outer(of_leaf // 4, of_leaf // 4)
    if side is not None:
        meets &= np.not_equal.outer(of_leaf // 2 % 2, of_leaf // 2 % 2)
    pairs = found(leaf_tasks(leaves, max_mse, symmetries, executor, False, meets))
    crowded |= in_a_pile(pairs)
    return pairs.at(~(crowded[pairs.a] & crowded[pairs.b])), crowded
