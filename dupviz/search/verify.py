"""The last step of the search: pairs that may be below the limit, compared in integers."""

import math
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple, Self

import numpy as np

from dupviz.metrics import SYMMETRIES, Bits, Flags, Floats, Integers, Pixels, transform
from dupviz.search.bounds import distance_factors, invariants, rounded_up
from dupviz.search.leaves import NearPairs
from dupviz.search.symmetry import split, squared_error_sums

__all__ = ["Found", "exact_pairs", "exact_tasks", "mse_of_pairs", "rows_of"]

# Share of all pairs of two sets of tensors from which on a product of the whole sets is faster than pair by pair.
DENSE = 1 / 8

BATCH = 2048  # pairs in one piece of work, at least
TILE = 768  # of more pairs, tensors on each side of one piece: 92 MB as float64
SAMPLE = 64  # pairs that tell whether whole bounds are worth their while


class Found(NamedTuple):
    """Pairs with their distances.

    Attributes
    ----------
    a, b : ndarray of int32
        Numbers of the two, a < b.
    mse : ndarray of float64
    winners : ndarray of uint8
        Which symmetries of b give this MSE: bit k stands for the k-th of ``SYMMETRIES["dihedral"]``.
    """

    a: Integers
    b: Integers
    mse: Floats
    winners: Bits

    @classmethod
    def join(cls, parts: Iterable[Self]) -> Self:
        """All pairs of several parts."""
        none = cls(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0), np.zeros(0, np.uint8))
        return cls(*map(np.concatenate, zip(none, *parts, strict=True)))

    def at(self, places: Integers | Flags) -> Self:
        """Some of the pairs."""
        return type(self)(self.a[places], self.b[places], self.mse[places], self.winners[places])


def exact_pairs(tensors: Pixels, numbers: Integers, near: NearPairs, max_mse: float, symmetries: str) -> Found:
    """Compute exact distances of pairs, and return the pairs below the limit.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
        The tensors that occur in the pairs.
    numbers : ndarray of int64, shape (n,)
        Their row numbers, in increasing order.
    symmetries : {"none", "rotations", "dihedral"}
    """
    a, b = np.searchsorted(numbers, near.a), np.searchsorted(numbers, near.b)
    sample = slice(None, None, max(1, len(a) // SAMPLE))
    if _is_dense(a, b) and _below_whole_bounds(tensors, a[sample], b[sample], max_mse, symmetries).mean() < DENSE:
        kept = _below_whole_bounds(tensors, a, b, max_mse, symmetries)
        near, a, b = near.at(kept), a[kept], b[kept]
    if _is_dense(a, b):
        (rows, i), (columns, j) = (np.unique(each, return_inverse=True) for each in (a, b))
        sums = squared_error_sums(tensors[rows], tensors[columns], symmetries)[:, i, j]
    else:
        sums = np.full((len(SYMMETRIES[symmetries]), len(a)), np.inf)
        for bit, symmetry in enumerate(SYMMETRIES[symmetries]):
            pairs = np.flatnonzero(near.possible >> bit & 1)
            sums[bit, pairs] = _squared_error_sums(tensors, a[pairs], b[pairs], *symmetry)
    least = sums.min(axis=0)
    mse = least / (tensors.shape[1] * tensors.shape[2])
    winners = np.packbits(sums == least, axis=0, bitorder="little")[0]
    below = mse < max_mse
    return Found(near.a[below], near.b[below], mse[below], winners[below])


def exact_tasks(
    near: Iterable[NearPairs], tensors: Pixels, max_mse: float, symmetries: str
) -> Iterator[tuple[Any, ...]]:
    """Collect near pairs and their tensors into pieces of work: arguments for `exact_pairs`.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    symmetries : {"none", "rotations", "dihedral"}
    """
    waiting, count = [], 0
    for pairs in chain.from_iterable(map(_tiles, near)):
        waiting.append(pairs)
        count += len(pairs.a)
        if count >= BATCH:
            yield _exact_task(waiting, tensors, max_mse, symmetries)
            waiting, count = [], 0
    if count:
        yield _exact_task(waiting, tensors, max_mse, symmetries)


def _tiles(near: NearPairs) -> Iterator[NearPairs]:
    """Near pairs as they are, or if they are many, those of a few tensors with a few others at a time."""
    if len(near.a) <= TILE**2:
        yield near
        return
    tile_a, tile_b = ((np.cumsum(np.bincount(each) > 0)[each] - 1) // TILE for each in (near.a, near.b))
    tile = tile_a * (tile_b.max() + 1) + tile_b
    order = np.argsort(tile, kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(tile[order])) + 1):
        yield near.at(places)


def _exact_task(waiting: list[NearPairs], tensors: Pixels, max_mse: float, symmetries: str) -> tuple[Any, ...]:
    near = NearPairs(*map(np.concatenate, zip(*waiting, strict=True)))
    numbers = np.unique(np.concatenate([near.a, near.b]))
    return rows_of(tensors, numbers), numbers, near, max_mse, symmetries


def mse_of_pairs(tensors: Pixels, a: Integers, b: Integers, winners: Bits) -> Floats:
    """The MSE of pairs of tensors, in the symmetry that is given for each.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    a, b : ndarray of int64, shape (m,)
        Their rows.
    winners : ndarray of uint8, shape (m,)
        Which symmetry makes b match a, as bits; of several the first.

    Returns
    -------
    ndarray of float64, shape (m,)
    """
    sums = np.zeros(len(a))
    first = np.bitwise_and(winners, -winners.astype(np.int16)).astype(np.uint8)
    for bit in np.unique(first):
        pairs = np.flatnonzero(first == bit)
        symmetry = SYMMETRIES["dihedral"][int(bit).bit_length() - 1]
        sums[pairs] = _squared_error_sums(tensors, a[pairs], b[pairs], *symmetry)
    mse: Floats = sums / (tensors.shape[1] * tensors.shape[2])
    return mse


def rows_of(tensors: Pixels, rows: Integers) -> Pixels:
    """``tensors[rows]`` for increasing rows, without a copy where they are neighbours."""
    if rows[-1] - rows[0] == len(rows) - 1:
        return tensors[rows[0] : rows[-1] + 1]
    return tensors[rows]


def _is_dense(a: Integers, b: Integers) -> bool:
    """Whether there are so many pairs that a matrix product of all their tensors is faster."""
    return len(a) > DENSE * len(np.unique(a)) * len(np.unique(b))


def _below_whole_bounds(tensors: Pixels, a: Integers, b: Integers, max_mse: float, symmetries: str) -> Flags:
    """Which pairs may be below the limit by the invariants of whole tensors: of noise, hardly any."""
    (rows, i), (columns, j) = (np.unique(each, return_inverse=True) for each in (a, b))
    pictures = ((tensors[each].astype(np.float32) - 128) / np.float32(tensors.shape[1]) for each in (rows, columns))
    left, right = distance_factors(*(invariants(split(each, symmetries), symmetries) for each in pictures))
    return (left @ right)[i, j] < rounded_up(max_mse)


def _squared_error_sums(tensors: Pixels, a: Integers, b: Integers, rotation: int, mirrored: bool) -> Integers:
    """Sums of squared differences of ``tensors[a]`` and the transformed ``tensors[b]``, pair by pair."""
    shape = tensors.shape[1:]
    flat = tensors.reshape(len(tensors), math.prod(shape))
    # Taking the values in transformed order is three times as fast as subtracting a transformed view.
    places = transform(np.arange(flat.shape[1]).reshape(shape), rotation=rotation, mirrored=mirrored).ravel()
    integer: type[np.signedinteger[Any]] = np.int32 if flat.shape[1] * 255**2 < 2**31 else np.int64
    sums = np.empty(len(a), integer)
    for start in range(0, len(a), 32):  # few enough to stay in the cache
        few = slice(start, start + 32)
        difference = np.subtract(flat[a[few]], np.take(flat[b[few]], places, axis=1), dtype=integer)
        sums[few] = np.einsum("ij,ij->i", difference, difference)
    return sums
