"""Near neighbours among short vectors: a median-split tree, and the pairs of its leaves that may be near."""

from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Any, NamedTuple, Self

import numpy as np
from tqdm.auto import tqdm

from dupviz._parallel import in_order
from dupviz.metrics import Bits, Flags, Floats, Integers
from dupviz.search.bounds import distance_factors, rounded_down, rounded_up, symmetry_bounds
from dupviz.search.symmetry import INVERSES, all_pairs, pair_by_pair

__all__ = [
    "LEAF",
    "LEAVES",
    "Leaf",
    "NearPairs",
    "leaf_tasks",
    "near_leaves",
    "near_pairs",
    "near_vectors",
    "partition",
    "partition_with",
    "reach",
]

LEAF = 4096  # of 1024, 2048 and 4096, the fastest at 1,000,000 tensors, and as fast as 2048 at 100,000
LEAVES = 4  # that one leaf meets in one piece of work
BLOCK = 256  # vectors of a leaf in one product
FIRST_AXES = 32  # of short vectors, for the products; the few pairs they leave are held against the other axes too
DENSE = 1 / 8  # share of all pairs from which on a product for all of them is faster than pair by pair


class Leaf(NamedTuple):
    """Tensors that are near neighbours.

    Attributes
    ----------
    rows : ndarray of int64, shape (n,)
        Their row numbers.
    vectors : ndarray of float32, shape (n, at most 64)
        Their short vectors.
    centre : ndarray of float32, shape (at most 64,)
        Their mean.
    parts : ndarray of float32, shape (n, length)
        Their thumbnails, split for the symmetries.
    """

    rows: Integers
    vectors: Floats
    centre: Floats
    parts: Floats


class NearPairs(NamedTuple):
    """Pairs that may be below the limit, as rows a < b; bit k of `possible` is set if the k-th symmetry of b may be."""

    a: Integers
    b: Integers
    possible: Bits

    def at(self, places: Integers | Flags) -> Self:
        """Some of the pairs."""
        return type(self)(self.a[places], self.b[places], self.possible[places])


def partition(rows: Integers, vectors: Floats, parts: Floats, *, size: int | None = None) -> list[Leaf]:
    """Split vectors recursively at the median of the axis with the largest variance, into leaves of neighbours.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
    vectors : ndarray of float32, shape (n, at most 64)
    parts : ndarray of float32, shape (n, length)
    size : int, optional
        How many vectors a leaf may hold; by default `LEAF`.
    """
    size = LEAF if size is None else size
    leaves, unsplit = [], [np.arange(len(rows))]
    while unsplit:
        members = unsplit.pop()
        if len(members) <= size:
            leaves.append(members)
            continue
        axis = vectors[members[:: len(members) // size]].var(axis=0).argmax()
        half = len(members) // 2
        by_axis = members[np.argpartition(vectors[members, axis], half)]
        unsplit += [by_axis[half:], by_axis[:half]]
    in_order_of_rows = map(np.sort, leaves)
    return [Leaf(rows[m], vectors[m], vectors[m].mean(axis=0), parts[m]) for m in in_order_of_rows]


def partition_with(counts: Flags, rows: Integers, vectors: Floats, parts: Floats) -> tuple[list[Leaf], Flags | None]:
    """Leaves of vectors that count and leaves of others, and which of them are to meet: not two of others.

    Parameters
    ----------
    counts : ndarray of bool, shape (n,)
    rows, vectors, parts
        See `partition`.

    Returns
    -------
    leaves : list of Leaf
    meets : ndarray of bool, shape (n, n), or None
        As `leaf_tasks` takes it.
    """
    if counts.all():
        return partition(rows, vectors, parts), None
    sides = [partition(rows[side], vectors[side], parts[side]) for side in (counts, ~counts) if side.any()]
    is_other = np.repeat([not counts.any(), True], [len(sides[0]), sum(map(len, sides[1:]))])
    return [leaf for side in sides for leaf in side], ~np.logical_and.outer(is_other, is_other)


def leaf_tasks(
    leaves: list[Leaf],
    max_mse: float,
    symmetries: str,
    executor: Executor,
    progress: bool,
    meets: Flags | None = None,
) -> Iterator[tuple[Any, ...]]:
    """Each leaf with itself and with the later leaves that are near enough: arguments for `near_pairs`.

    Parameters
    ----------
    meets : ndarray of bool, shape (n, n), optional
        Which leaves are to meet; by default all.
    """
    centres = np.array([leaf.centre for leaf in leaves])
    reaches = np.array(list(in_order(executor, reach, ((leaf.vectors, leaf.centre, centres) for leaf in leaves))))
    bar = tqdm(leaves, desc="comparing", unit="leaf", delay=1, leave=False, disable=not progress)
    for number, (leaf, near) in enumerate(zip(bar, near_leaves(centres, reaches, max_mse))):
        if meets is None or meets[number, number]:
            yield leaf, [leaf], max_mse, symmetries
        near = near if meets is None else near[meets[number, near]]
        for start in range(0, len(near), LEAVES):
            yield leaf, [leaves[other] for other in near[start : start + LEAVES]], max_mse, symmetries


def near_leaves(centres: Floats, reaches: Floats, max_mse: float) -> Iterator[Integers]:
    """Yield for each leaf the numbers of the later leaves that are near enough.

    Parameters
    ----------
    centres : ndarray of float32, shape (n, length)
    reaches : ndarray of float32, shape (n, n)
        How far each leaf extends from its centre towards the others, see `reach`.
    """
    radius = np.sqrt(rounded_up(max_mse))
    for number, centre in enumerate(centres):
        gaps = np.linalg.norm(centres - centre, axis=1) - reaches[number] - reaches[:, number]
        yield number + 1 + np.flatnonzero(gaps[number + 1 :] < radius)


def reach(vectors: Floats, centre: Floats, centres: Floats) -> Floats:
    """How far a leaf extends from its centre towards others: ndarray of float32, shape (number of centres,)."""
    furthest: Floats = ((vectors - centre) @ _directions(centre, centres).T).max(axis=0)
    return furthest


def near_pairs(leaf: Leaf, others: list[Leaf], max_mse: float, symmetries: str) -> NearPairs:
    """Pairs of tensors of a leaf and of other leaves (or of itself) whose bounds are below the limit.

    Parameters
    ----------
    others : list of Leaf
        Other leaves, or this one alone.
    symmetries : {"none", "rotations", "dihedral"}
    """
    limit = rounded_up(max_mse)
    none = np.zeros(0, np.int32)
    found = [NearPairs(none, none, none.astype(np.uint8))]
    for other in others:
        for i, j in near_vectors(leaf, other, limit):
            if other.rows[0] == leaf.rows[0]:
                i, j = i[i < j], j[i < j]
            possible = _possible(leaf.parts, other.parts, i, j, limit, symmetries)
            a, b = (rows[each[possible > 0]].astype(np.int32) for rows, each in ((leaf.rows, i), (other.rows, j)))
            possible = possible[possible > 0]
            found.append(NearPairs(np.minimum(a, b), np.maximum(a, b), np.where(a < b, possible, INVERSES[possible])))
    return NearPairs(*map(np.concatenate, zip(*found, strict=True)))


def near_vectors(leaf: Leaf, other: Leaf, limit: float) -> Iterator[tuple[Integers, Integers]]:
    """Yield which short vectors of two leaves have a squared distance below a limit, as arrays of places i and j.

    On the line through the two centres, no two vectors are nearer than they are in space. In order along that line,
    each block of vectors meets only the first few of the other leaf.
    """
    radius = np.sqrt(limit)
    direction = _directions(leaf.centre, other.centre[None])[0]
    a, b = leaf.vectors @ direction, other.vectors @ direction
    i, j = np.flatnonzero(a > b.min() - radius), np.flatnonzero(b < a.max() + radius)
    i, j = i[np.argsort(-a[i])], j[np.argsort(b[j])]
    ends = np.searchsorted(b[j], a[i[::BLOCK]] + radius)

    left, right = distance_factors(leaf.vectors[:, :FIRST_AXES][i], other.vectors[:, :FIRST_AXES][j])
    for start, end in zip(range(0, len(i), BLOCK), ends):
        bounds = left[start : start + BLOCK] @ right[:, :end]
        near = np.flatnonzero(bounds < limit)
        row, column = np.divmod(near, max(1, end))
        row, column = i[start + row], j[column]
        if len(near) < DENSE * bounds.size:
            rest = leaf.vectors[:, FIRST_AXES:][row] - other.vectors[:, FIRST_AXES:][column]
            kept = bounds.ravel()[near] + rounded_down(pair_by_pair(rest, rest), rest.shape[1]) < limit
            row, column = row[kept], column[kept]
        yield row, column


def _directions(centre: Floats, centres: Floats) -> Floats:
    """Unit vectors from a centre towards others, and 0 towards itself: ndarray of float32, shape (n, length)."""
    differences = centres - centre
    lengths = np.linalg.norm(differences, axis=1, keepdims=True)
    return differences / np.where(lengths > 0, lengths, 1)


def _possible(a: Floats, b: Floats, i: Integers, j: Integers, limit: float, symmetries: str) -> Bits:
    """Which symmetries leave the pairs ``a[i], b[j]`` of thumbnails below the limit, as bits; for one block."""
    if len(i) > DENSE * BLOCK * len(b):
        rows, i = np.unique(i, return_inverse=True)
        return _bits_below(symmetry_bounds(a[rows], b, symmetries, all_pairs), limit)[i, j]
    possible = np.empty(len(i), np.uint8)
    for start in range(0, len(i), 256):  # few enough to stay in the cache
        few = slice(start, start + 256)
        bounds = symmetry_bounds(a[i[few]], b[j[few]], symmetries, pair_by_pair)
        possible[few] = _bits_below(bounds, limit)
    return possible


def _bits_below(bounds: Floats, limit: float) -> Bits:
    """Which of several bounds are below the limit, as bits: np.packbits(…, axis=0), four times as fast."""
    bits = np.zeros(bounds.shape[1:], np.uint8)
    for bit, below in enumerate(bounds < limit):
        bits |= below.view(np.uint8) << np.uint8(bit)
    return bits
