"""Near neighbours among short vectors: a median-split tree, and the pairs that its leaves leave possible."""

from typing import NamedTuple

import numpy as np
from tqdm.auto import tqdm

from dupviz.bounds import rounded_down, rounded_up, symmetry_bounds
from dupviz.turns import INVERSES, all_pairs, pair_by_pair

__all__ = ["Leaf", "NearPairs", "leaf_tasks", "near_pairs", "partition"]

LEAF = 1024  # of 128, 256, 512 and 1024, the fastest at 100,000 tensors
LEAVES = 4  # that one leaf meets in one piece of work
DENSE = 1 / 32  # share of all pairs from which on a product for all of them is faster than pair by pair


class Leaf(NamedTuple):
    """Tensors that are near neighbours.

    Attributes
    ----------
    rows : ndarray of int64, shape (n,)
        Their row numbers.
    vectors : ndarray of float32, shape (n, at most 64)
        Their short vectors.
    low, high : ndarray of float32, shape (at most 64,)
        The box that holds these.
    parts : ndarray of float32, shape (n, length)
        Their thumbnails, split for the symmetries.
    """

    rows: np.ndarray
    vectors: np.ndarray
    low: np.ndarray
    high: np.ndarray
    parts: np.ndarray


class NearPairs(NamedTuple):
    """Pairs that may be below the limit, as rows a < b; bit k of `possible` is set if the k-th symmetry of b may be."""

    a: np.ndarray
    b: np.ndarray
    possible: np.ndarray


def partition(rows, vectors, parts):
    """Split vectors at the median of the axis in which they spread most, again and again, into leaves of neighbours.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
    vectors : ndarray of float32, shape (n, at most 64)
    parts : ndarray of float32, shape (n, length)

    Returns
    -------
    list of Leaf
    """
    leaves, unsplit = [], [np.arange(len(rows))]
    while unsplit:
        members = unsplit.pop()
        if len(members) <= LEAF:
            leaves.append(members)
            continue
        axis = vectors[members[:: len(members) // LEAF]].var(axis=0).argmax()
        half = len(members) // 2
        by_axis = members[np.argpartition(vectors[members, axis], half)]
        unsplit += [by_axis[half:], by_axis[:half]]
    boxed = (np.sort(members) for members in leaves)
    return [Leaf(rows[m], vectors[m], vectors[m].min(axis=0), vectors[m].max(axis=0), parts[m]) for m in boxed]


def leaf_tasks(leaves, max_mse, symmetries, progress):
    """Each leaf with those, from itself on, whose boxes come near enough: arguments for `near_pairs`."""
    low, high = np.array([leaf.low for leaf in leaves]), np.array([leaf.high for leaf in leaves])
    bar = tqdm(leaves, desc="comparing", unit="leaf", delay=1, leave=False, disable=not progress)
    for number, leaf in enumerate(bar):
        gaps = _squared_gaps(leaf.low, leaf.high, low[number:], high[number:])
        near = number + np.flatnonzero(gaps < rounded_up(max_mse))
        for start in range(0, len(near), LEAVES):
            yield leaf, [leaves[other] for other in near[start : start + LEAVES]], max_mse, symmetries


def near_pairs(leaf, others, max_mse, symmetries):
    """Pairs of a leaf's tensors with those of some others (which may include itself) whose bounds are below the limit.

    Parameters
    ----------
    leaf : Leaf
    others : list of Leaf
    max_mse : float
    symmetries : {"none", "rotations", "dihedral"}

    Returns
    -------
    list of NearPairs
        One for each of `others`.
    """
    return [_near_pairs(leaf, other, rounded_up(max_mse), symmetries) for other in others]


def _near_pairs(leaf, other, limit, symmetries):
    # Vectors too far from the other leaf's box are left out: 3 of 4, in 100,000 photos.
    i = np.flatnonzero(_squared_gaps(other.low, other.high, leaf.vectors, leaf.vectors) < limit)
    j = np.flatnonzero(_squared_gaps(leaf.low, leaf.high, other.vectors, other.vectors) < limit)
    near = np.nonzero(_squared_distances(leaf.vectors[i], other.vectors[j]) < limit)
    i, j = i[near[0]], j[near[1]]
    if leaf.rows[0] == other.rows[0]:
        once = i < j
        i, j = i[once], j[once]

    possible = _possible(leaf.parts, other.parts, i, j, limit, symmetries)
    i, j, possible = i[possible > 0], j[possible > 0], possible[possible > 0]

    a, b = leaf.rows[i], other.rows[j]
    return NearPairs(np.minimum(a, b), np.maximum(a, b), np.where(a < b, possible, INVERSES[possible]))


def _possible(a, b, i, j, limit, symmetries):
    """Which symmetries leave the pairs ``a[i], b[j]`` of thumbnails below the limit, as bits."""
    if len(i) > DENSE * len(a) * len(b):
        bounds = symmetry_bounds(a, b, symmetries, all_pairs)
        return np.packbits(bounds < limit, axis=0, bitorder="little")[0, i, j]
    possible = np.empty(len(i), np.uint8)
    for start in range(0, len(i), 256):  # few enough to stay in the cache
        few = slice(start, start + 256)
        bounds = symmetry_bounds(a[i[few]], b[j[few]], symmetries, pair_by_pair)
        possible[few] = np.packbits(bounds < limit, axis=0, bitorder="little")[0]
    return possible


def _squared_distances(a, b):
    """Lower bounds of the squared distances of all vectors of `a` to all of `b`, as a matrix product."""
    distances = a @ (-2 * b.T)
    distances += rounded_down(np.einsum("ij,ij->i", a, a))[:, None]
    distances += rounded_down(np.einsum("ij,ij->i", b, b))
    return distances


def _squared_gaps(low, high, other_low, other_high):
    """Squared distances of a box to other boxes, or to points, which are boxes without extent."""
    gaps = np.maximum(np.maximum(low - other_high, other_low - high), 0)
    return np.einsum("ij,ij->i", gaps, gaps)
