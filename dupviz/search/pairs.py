"""The near pairs of a set of images: what the search finds, and all later steps read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dupviz._parallel import in_order, pool
from dupviz.images.imageset import Images
from dupviz.metrics import Bits, Floats, Integers, Pixels, check_symmetries, unmasked
from dupviz.search.identical import checksums_of, find_leaders, members_between, repeated, set_digest
from dupviz.search.leaves import NearPairs
from dupviz.search.symmetry import INVERSES, best_symmetry
from dupviz.search.verify import BATCH, Found, exact_pairs, exact_tasks

__all__ = [
    "MAX_PAIRS",
    "PairTable",
    "Pairs",
    "TooManyPairsError",
    "as_pairs",
    "check_stack",
]

# A pair takes 27 bytes in the table, and a few times that while it is made: 20 million pairs need some 2 GB.
MAX_PAIRS = 20_000_000


class TooManyPairsError(ValueError):
    """More pairs lie below the limit than a table may hold.

    Attributes
    ----------
    max_pairs : int
    max_mse : float

    Examples
    --------
    >>> try:
    ...     dv.find_pairs(np.zeros((10, 50, 50, 3), np.uint8), max_pairs=5, progress=False)
    ... except dv.TooManyPairsError as error:
    ...     print(error.max_pairs, error.max_mse)
    5 1000.0
    """

    def __init__(self, max_pairs: int, max_mse: float) -> None:
        self.max_pairs, self.max_mse = max_pairs, max_mse
        super().__init__(
            f"more than {max_pairs:,} pairs lie below {max_mse:g}: search with a smaller max_mse, "
            "or use a lower threshold"
        )

    def __reduce__(self) -> tuple[type, tuple[int, float]]:
        return TooManyPairsError, (self.max_pairs, self.max_mse)  # so that it comes back from another process


class PairTable(pd.DataFrame):
    """The table that `find_pairs` returns: a DataFrame that knows its search, as do selections of its rows.

    Attributes
    ----------
    found : Pairs or None
        What it lists. None after a merge, for example: `Pairs.from_frame` takes such tables.
    """

    _metadata = ["found"]  # noqa: RUF012  # pandas' own way to keep attributes
    found: Pairs | None = None

    @property
    def _constructor(self) -> type:
        return PairTable


@dataclass(frozen=True, repr=False, eq=False)
class Pairs:
    """The near pairs of a set of images.

    Images with identical tensors have the same distance to every other image. So only the pairs of *leaders* are held:
    the first image of each set of identical tensors stands for the set.

    Attributes
    ----------
    a, b : ndarray of int64, shape (m,)
        Row numbers of leaders, a < b, sorted by a, then b.
    mse : ndarray of float64, shape (m,)
        Their distances: above 0 only if no symmetry makes the two equal.
    winners : ndarray of uint8, shape (m,)
        All symmetries of b that give this MSE: bit k stands for the k-th of ``SYMMETRIES["dihedral"]``.
    leader : ndarray of int64, shape (n,)
        For each image the first one whose tensor is identical.
    max_mse : float
        How far the search went: every pair strictly below it is here.
    symmetries : {"none", "rotations", "dihedral"}
    digest : str
        Of the tensors. Pairs of other images are refused by it.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> pairs = dv.find_pairs(images, progress=False)
    >>> pairs.found
    Pairs: 9 pairs below 1000 of 19 images (17 of them different), rotations
    """

    a: Integers
    b: Integers
    mse: Floats
    winners: Bits
    leader: Integers
    max_mse: float
    symmetries: str
    digest: str

    @classmethod
    def from_found(cls, found: Found, leader: Integers, max_mse: float, symmetries: str, digest: str) -> Self:
        """Pairs from what a search found, in the order in which they are held."""
        order = np.lexsort((found.b, found.a))
        a, b = found.a[order].astype(np.int64), found.b[order].astype(np.int64)
        return cls(a, b, found.mse[order], found.winners[order], leader, float(max_mse), symmetries, digest)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, images: Images, *, max_mse: float, symmetries: str = "rotations") -> Self:
        """Pairs from a table of them that was saved, merged or made elsewhere.

        Each distance is computed again and compared with that of the table. Identical images need not be listed: they
        are found from their tensors.

        Parameters
        ----------
        frame : DataFrame
            Columns a, b (row numbers of images) and mse; others are not read.
        images : ImageSet, or ndarray of uint8, shape (n, size, size, channels)
            The images that the pairs are of.
        max_mse : float
            How far the search went that found the pairs. The table itself cannot say: below it may lie no pair at all.
        symmetries : {"none", "rotations", "dihedral"}
            Over which the distances were minimised.

        Raises
        ------
        ValueError
            If columns are missing, a row number is no image's, or an MSE is not below `max_mse` or not that of the
            images.
        """
        check_symmetries(symmetries)
        tensors = check_stack(getattr(images, "tensors", images))
        missing = {"a", "b", "mse"} - set(frame.columns)
        if missing:
            raise ValueError(f"pairs need the columns a, b and mse, but there is no {', '.join(sorted(missing))}")
        a, b = (frame[end].to_numpy(np.int64) for end in "ab")
        mse = frame["mse"].to_numpy(np.float64)
        if len(frame) and not (min(a.min(), b.min()) >= 0 and max(a.max(), b.max()) < len(tensors)):
            raise ValueError(f"pairs of row {max(a.max(), b.max())}, but there are {len(tensors):,} images")
        if not (mse < max_mse).all():
            raise ValueError(f"max_mse is {max_mse:g}, but a pair has an MSE of {mse.max():g}")
        with pool() as executor:
            checksums = checksums_of(tensors, executor)
            leader = find_leaders(tensors, checksums, executor)
            ends = np.sort([leader[a], leader[b]], axis=0)
            distinct = ends[0] != ends[1]
            places, which = np.unique(ends[:, distinct], axis=1, return_inverse=True)
            pieces = np.array_split(places, max(1, places.shape[1] // BATCH), axis=1)
            near = (NearPairs(a, b, np.full(len(a), 255, np.uint8)) for a, b in pieces if len(a))
            tasks = exact_tasks(near, tensors, np.inf, symmetries)
            found = Found.join(list(in_order(executor, exact_pairs, tasks)))
        result = cls.from_found(found, leader, max_mse, symmetries, set_digest(tensors, checksums))
        expected = np.zeros(len(frame))
        expected[distinct] = result.mse[which.ravel()]
        wrong = np.flatnonzero(~np.isclose(expected, mse, rtol=1e-9, atol=0))  # CSV may have rounded the last digit
        if len(wrong):
            i = wrong[0]
            raise ValueError(
                f"these pairs are of other images: rows {a[i]} and {b[i]} have an MSE of {expected[i]:,.1f} here, "
                f"and {mse[i]:,.1f} in the table"
            )
        return result

    @cached_property
    def copies(self) -> Integers:
        """How many images each leader stands for, itself included; 0 for those that are none: int64, shape (n,)."""
        return np.bincount(self.leader, minlength=len(self.leader))

    @property
    def count(self) -> int:
        """How many pairs of images there are below `max_mse`."""
        return int(self.mses()[1].sum())

    def __len__(self) -> int:
        return len(self.a)

    def __repr__(self) -> str:
        images = f"{len(self.leader):,} images ({np.count_nonzero(self.copies):,} of them different)"
        return f"Pairs: {self.count:,} pairs below {self.max_mse:g} of {images}, {self.symmetries}"

    def check_images(self, images: Images) -> None:
        """Refuse other images than those that were searched.

        Parameters
        ----------
        images : ImageSet, or ndarray of uint8, shape (n, size, size, channels)

        Raises
        ------
        ValueError
            If there are more or fewer, or one has another tensor.
        """
        tensors = check_stack(getattr(images, "tensors", images))
        if len(tensors) != len(self.leader):
            raise ValueError(
                f"these pairs are of other images: they were found among {len(self.leader):,}, and here are "
                f"{len(tensors):,}; search again"
            )
        if set_digest(tensors, checksums_of(tensors)) != self.digest:
            raise ValueError("these pairs are of other images, or the images have changed: search again")

    def check_threshold(self, threshold: float) -> None:
        """Refuse a threshold above the limit of the search.

        Raises
        ------
        ValueError
            If it is above the limit of the search, or below 0.
        """
        if not 0 <= threshold <= self.max_mse:
            raise ValueError(
                f"threshold must be from 0 to max_mse ({self.max_mse:g}), got {threshold:g}: "
                "search again with a larger max_mse"
            )

    def mses(self) -> tuple[Floats, Integers]:
        """The MSEs of all pairs of images, each with the number of pairs that have it.

        Returns
        -------
        mse : ndarray of float64, shape (k,)
            In no order.
        number : ndarray of int64, shape (k,)
        """
        equal = self.copies[self.copies > 1] if self.max_mse > 0 else self.copies[:0]
        mse = np.concatenate([np.zeros(len(equal)), self.mse])
        return mse, np.concatenate([equal * (equal - 1) // 2, self.copies[self.a] * self.copies[self.b]])

    def mse_of(self, a: ArrayLike, b: ArrayLike) -> Floats:
        """The MSEs of some pairs of images, infinite for those that are not below `max_mse`.

        Parameters
        ----------
        a, b : array_like of int, shape (k,)
            Row numbers of images, in any order.

        Returns
        -------
        ndarray of float64, shape (k,)
        """
        n = len(self.leader)
        low, high = np.sort([self.leader[np.asarray(a, np.int64)], self.leader[np.asarray(b, np.int64)]], axis=0)
        keys, wanted = self.a * n + self.b, low * n + high
        place = np.searchsorted(keys, wanted)
        known = np.append(keys, -1)[place] == wanted
        mse = np.where(known, np.append(self.mse, np.inf)[place], np.inf)
        return np.where((low == high) & (self.max_mse > 0), 0.0, mse)

    def table(self, *, max_pairs: int | None = None) -> PairTable:
        """List all pairs of images: what `find_pairs` returns.

        Parameters
        ----------
        max_pairs : int
            How long the table may become; by default `MAX_PAIRS`.

        Returns
        -------
        PairTable
            See `find_pairs`.

        Raises
        ------
        TooManyPairsError
            If there are more: n identical images are n (n - 1) / 2 pairs.
        """
        max_pairs = MAX_PAIRS if max_pairs is None else max_pairs
        if self.count > max_pairs:
            raise TooManyPairsError(max_pairs, self.max_mse)
        members, start = self._members()
        pair, a, b = members_between(self.a, self.b, members, start, self.copies)
        winners = np.where(a < b, self.winners[pair], INVERSES[self.winners[pair]])
        between = Found(np.minimum(a, b), np.maximum(a, b), self.mse[pair], winners)
        behind = (start + self.copies)[self.leader[members]] - np.arange(len(members)) - 1
        position, place = repeated(behind if self.max_mse > 0 else np.zeros_like(behind))
        a, b = members[position], members[position + 1 + place]
        equal = Found(a, b, np.zeros(len(a)), np.ones(len(a), np.uint8))
        found = Found.join([between, equal])
        return self._listed(found, np.lexsort((found.b, found.a)))

    def sample(self, k: int = 1000, *, seed: int = 0) -> PairTable:
        """Draw random pairs of images, without listing all of them.

        Parameters
        ----------
        k : int
            How many; all of them, in random order, if there are no more.
        seed : int
            With the same seed and `k`, the pairs and their order are the same.

        Returns
        -------
        PairTable
            See `find_pairs`. The order is random, so that its first rows are a random sample, too.

        Examples
        --------
        >>> images = dv.load_images("data/photos/flags", progress=False)
        >>> pairs = dv.find_pairs(images, progress=False)
        >>> pairs.found.sample(3)[["a", "b"]].to_numpy().tolist()
        [[5, 11], [3, 15], [4, 15]]
        """
        number = self.mses()[1]
        ends = np.cumsum(number)
        drawn = np.random.default_rng(seed).choice(self.count, min(k, self.count), replace=False)
        which = np.searchsorted(ends, drawn, side="right")
        place = drawn - (ends - number)[which]
        members, start = self._members()
        sets = np.flatnonzero(self.copies > 1) if self.max_mse > 0 else self.a[:0]
        is_equal, pair = which < len(sets), which - len(sets)
        # The pairs (0, 1), (0, 2), (1, 2), (0, 3), … of a set are its 0th, 1st, 2nd, 3rd, …
        second = ((1 + np.sqrt(8.0 * place[is_equal] + 1)) // 2).astype(np.int64)
        first = place[is_equal] - second * (second - 1) // 2
        here = start[sets[which[is_equal]]]
        pair = pair[~is_equal]
        i, j = np.divmod(place[~is_equal], self.copies[self.b[pair]])
        a, b = np.zeros((2, len(drawn)), np.int64)
        mse, winners = np.zeros(len(drawn), np.float64), np.zeros(len(drawn), np.uint8)
        a[is_equal], b[is_equal], winners[is_equal] = members[here + first], members[here + second], 1
        a[~is_equal], b[~is_equal] = members[start[self.a[pair]] + i], members[start[self.b[pair]] + j]
        mse[~is_equal], winners[~is_equal] = self.mse[pair], self.winners[pair]
        winners = np.where(a < b, winners, INVERSES[winners])
        return self._listed(Found(np.minimum(a, b), np.maximum(a, b), mse, winners), np.arange(len(drawn)))

    def _members(self) -> tuple[Integers, Integers]:
        """The images whose leader is f, in order, are ``members[start[f] : start[f] + copies[f]]``."""
        return np.argsort(self.leader, kind="stable"), np.cumsum(self.copies) - self.copies

    def _listed(self, found: Found, order: Integers) -> PairTable:
        """Pairs as a table, in an order."""
        rotation, mirrored = best_symmetry(found.winners[order])
        table = PairTable(
            {
                "a": found.a[order],
                "b": found.b[order],
                "mse": found.mse[order],
                "rotation": rotation,
                "mirrored": mirrored,
            }
        )
        table.found = self
        return table


def as_pairs(pairs: Pairs | pd.DataFrame, images: Images) -> Pairs:
    """The `Pairs` behind an argument: itself, or the table of `find_pairs`, whole or in part.

    Parameters
    ----------
    images : ImageSet, or ndarray of uint8, shape (n, size, size, channels)
        The images that they have to be of.

    Raises
    ------
    ValueError
        If they are of other images, or a table that does not know its search any more.
    """
    found = pairs if isinstance(pairs, Pairs) else getattr(pairs, "found", None)
    if not isinstance(found, Pairs):
        raise ValueError(
            "a table of pairs that was merged or read from a file does not say how far its search went: "
            "Pairs.from_frame(table, images, max_mse=...) takes it"
        )
    found.check_images(images)
    if isinstance(pairs, Pairs) or (len(pairs) == found.count and found.table(max_pairs=found.count).equals(pairs)):
        return found
    return Pairs.from_frame(pairs, images, max_mse=found.max_mse, symmetries=found.symmetries)


def check_stack(tensors: Any) -> Pixels:
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
        If they are not square, or some values are masked.
    """
    stack: Pixels = unmasked(tensors)
    if stack.dtype != np.uint8:
        raise TypeError(f"tensors must be uint8, got {stack.dtype}")
    if stack.ndim != 4 or stack.shape[1] != stack.shape[2] or 0 in stack.shape[1:]:
        raise ValueError(f"tensors must have shape (n, size, size, channels), got {stack.shape}")
    return stack
