"""Near neighbours among short vectors: a median-split tree, and the pairs that its leaves leave possible."""

from typing import NamedTuple

import numpy as np
from tqdm.auto import tqdm

from dupviz.bounds import rounded_up, squared_distances, symmetry_bounds
from dupviz.turns import INVERSES, all_pairs, pair_by_pair

__all__ = ["Leaf", "NearPairs", "leaf_tasks", "near_pairs", "partition"]

LEAF = 1024  # of 256 to 2048, about the fastest at 100,000 tensors
BOX_AXES = 16  # of a box that vectors are held against; the first ones hold most of the distance
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
    """Each leaf with itself, and with those after it whose boxes come near enough: arguments for `near_pairs`."""
    low, high = np.array([leaf.low for leaf in leaves]), np.array([leaf.high for leaf in leaves])
    bar = tqdm(leaves, desc="comparing", unit="leaf", delay=1, leave=False, disable=not progress)
    for number, leaf in enumerate(bar, start=1):
        yield leaf, [leaf], max_mse, symmetries
        gaps = _squared_gaps(leaf.low, leaf.high, low[number:], high[number:])
        near = number + np.flatnonzero(gaps < rounded_up(max_mse))
        for start in range(0, len(near), LEAVES):
            yield leaf, [leaves[other] for other in near[start : start + LEAVES]], max_mse, symmetries


def near_pairs(leaf, others, max_mse, symmetries):
    """Pairs of a leaf's tensors with those of some others, or of itself, whose bounds are below the limit.

    Parameters
    ----------
    leaf : Leaf
    others : list of Leaf
        Other leaves, or this one alone.
    max_mse : float
    symmetries : {"none", "rotations", "dihedral"}

    Returns
    -------
    NearPairs
    """
    limit = rounded_up(max_mse)
    kept = [_near_box(leaf, other.vectors, limit) for other in others]
    rows, vectors, parts = (
        np.concatenate([getattr(other, name)[k] for other, k in zip(others, kept)])
        for name in ("rows", "vectors", "parts")
    )
    near = np.flatnonzero(squared_distances(leaf.vectors, vectors) < limit)
    i, j = np.divmod(near, max(1, len(rows)))
    if others[0].rows[0] == leaf.rows[0]:
        i, j = i[i < j], j[i < j]
    possible = _possible(leaf.parts, parts, i, j, limit, symmetries)
    i, j, possible = i[possible > 0], j[possible > 0], possible[possible > 0]

    a, b = leaf.rows[i], rows[j]
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


def _near_box(leaf, vectors, limit):
    """Which vectors are not too far from a leaf's box: 1 of 4, in 100,000 photos."""
    low, high, vectors = leaf.low[:BOX_AXES], leaf.high[:BOX_AXES], vectors[:, :BOX_AXES]
    return np.flatnonzero(_squared_gaps(low, high, vectors, vectors) < limit)


def _squared_gaps(low, high, other_low, other_high):
    """Squared distances of a box to other boxes, or to points, which are boxes without extent."""
    gaps = np.maximum(np.maximum(low - other_high, other_low - high), 0)
    return np.einsum("ij,ij->i", gaps, gaps)
