"""Pairs with the same perceptual hash, but for a few bits: of all symmetries, and whatever was done to the light.

A hash says of each of 63 slow waves, from half a wave across the picture to four, whether the picture rises or falls
with it. Neither another light nor a filter, a screen, or a turn by one degree changes many of these signs, while those
of two unrelated pictures agree by chance: 31 of them differ. It only proposes: look-alikes have like hashes, too.
"""

import logging
from concurrent.futures import Executor

import numpy as np

from dupviz._parallel import in_order
from dupviz.images.luma import luma_of
from dupviz.look.aligned import evened
from dupviz.metrics import SYMMETRIES, Bits, Flags, Integers, Pixels, transform
from dupviz.proposers.candidates import MOST_ALIKE, Proposals, say_crowded
from dupviz.proposers.light import LEAST_DEVIATION, interval_means
from dupviz.search.symmetry import INVERSES

__all__ = ["LIMIT", "hashes", "propose_waves"]

log = logging.getLogger("dupviz")

WAVES = 8  # across and down
ROUNDING = 0.5  # of a coefficient that is 0 but for the arithmetic
# Of 52,326 pairs of different photos 21 differ in so few bits, and none of these is so much alike.
LIMIT = 15  # bits
LEAST_ALIKE, FINE = 0.5, 16  # correlation, of pixels with evened light
MOST_IMAGES = 40_000  # of which all pairs take 15 % of the time in which the images are read
ROWS, COLUMNS = 64, 4096  # hashes that are compared at a time: 2 MB stay in a processor's cache
CHUNK = 256


def hashes(tensors: Pixels) -> np.ndarray:
    """The hash of each picture, turned and mirrored in all ways.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)

    Returns
    -------
    ndarray of uint64, shape (n, 8)
        Columns as in ``SYMMETRIES["dihedral"]``; a bit for each of 63 waves: 1 where its coefficient is above 0.

    Notes
    -----
    The perceptual hash of C. Zauner, "Implementation and benchmarking of perceptual image hash functions" (2010), with
    the sign in place of the median: so that a turned picture has the bits of the upright one, some of them flipped.

    Examples
    --------
    >>> slope = np.repeat(np.arange(0, 250, 5, dtype=np.uint8), 50).reshape(1, 50, 50, 1)
    >>> [int(each).bit_count() for each in hashes(slope)[0]]
    [0, 0, 4, 4, 0, 0, 4, 4]
    """
    size = tensors.shape[1]
    waves = np.cos(np.pi / size * (np.arange(size) + 0.5) * np.arange(WAVES)[:, None]).astype(np.float32)
    bits = np.zeros((len(tensors), len(SYMMETRIES["dihedral"]), WAVES**2), bool)
    luma = luma_of(tensors)
    luma -= luma.mean(axis=(1, 2), keepdims=True)
    for column, (rotation, mirrored) in enumerate(SYMMETRIES["dihedral"]):
        turned = np.moveaxis(transform(np.moveaxis(luma, 0, 2), rotation=rotation, mirrored=mirrored), 2, 0)
        coefficients = (waves @ turned @ waves.T).reshape(len(luma), -1)
        bits[:, column, 1:] = coefficients[:, 1:] > ROUNDING
    return np.packbits(bits, axis=2).view(np.uint64)[..., 0]


def propose_waves(
    tensors: Pixels, rows: Integers, *, symmetries: str, executor: Executor, new: Flags | None = None
) -> Proposals:
    """Every pair of pictures whose hashes differ in few bits.

    Those whose luma has a standard deviation below 3 grey levels are left out, and so are pairs of two that have more
    than 40 such others each. What that takes grows with the square of the images: of more than 40,000 none is proposed,
    and the log says so.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    rows : ndarray of int64, shape (m,)
        Which of them.
    symmetries : {"none", "rotations", "dihedral"}
        With none, b is compared upright; else in all eight: what is mirrored is proposed, too.
    executor : concurrent.futures.Executor
    new : ndarray of bool, shape (n,), optional
        Only pairs with one of these count; by default all.

    Returns
    -------
    Proposals
        How far two are apart is the number of these bits.
    """
    if len(rows) > MOST_IMAGES:
        log.warning(
            "dupviz: more than %s images: hashes are not compared, so that copies in another tone, or turned by some "
            "degrees, may be missed",
            f"{MOST_IMAGES:,}",
        )
        rows = rows[:0]
    deviation = [luma_of(tensors[each]).std(axis=(1, 2)) for each in _chunks(rows)]
    rows = rows[np.concatenate([np.zeros(0, np.float32), *deviation]) >= LEAST_DEVIATION]
    first = len(rows)
    if new is not None:  # those come first, and only they meet the ones behind them
        rows, first = rows[np.argsort(~new[rows], kind="stable")], int(new[rows].sum())
    of_rows = np.concatenate([np.zeros((0, 8), np.uint64), *(hashes(tensors[each]) for each in _chunks(rows))])
    (a, b, bits, winners), crowded = _near(of_rows[:, :1] if symmetries == "none" else of_rows, LIMIT, executor, first)
    say_crowded(crowded, "by their hashes")
    winners = np.where(rows[a] < rows[b], winners, INVERSES[winners])
    ends = np.sort([rows[a], rows[b]], axis=0)
    alike = _are_alike(tensors, rows, ends[0], ends[1], winners)
    return Proposals(ends[0, alike], ends[1, alike], winners[alike], bits[alike])


def _are_alike(tensors: Pixels, rows: Integers, a: Integers, b: Integers, winners: Bits) -> Flags:
    """Of which pairs of some rows also the detail is alike, see `dupviz.look.aligned`."""
    weights = interval_means(tensors.shape[1], FINE, np.zeros(1), np.ones(1))[0]
    parts = [evened(weights @ luma_of(tensors[each]) @ weights.T) for each in _chunks(rows)]
    even = np.concatenate([np.zeros((0, FINE, FINE), np.float32), *parts])
    even -= even.mean(axis=(1, 2), keepdims=True)
    even /= np.sqrt(np.square(even).sum(axis=(1, 2), keepdims=True)) + 1e-6
    place = np.zeros(len(tensors), np.int64)
    place[rows] = np.arange(len(rows))
    alike = np.zeros(len(a))
    for k, (rotation, mirrored) in enumerate(SYMMETRIES["dihedral"]):  # of several winners the best, in either order
        some = np.flatnonzero(winners >> k & 1)
        other = np.moveaxis(even[place[b[some]]], 0, 2)
        turned = np.moveaxis(transform(other, rotation=rotation, mirrored=mirrored), 2, 0)
        alike[some] = np.maximum(alike[some], np.einsum("nij,nij->n", even[place[a[some]]], turned))
    return alike > LEAST_ALIKE


def _chunks(rows: Integers) -> list[Integers]:
    return [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]


def _near(of_rows: np.ndarray, limit: int, executor: Executor, first: int) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Pairs with one of the first hashes, but for those of two that are near more than `MOST_ALIKE` others; and which.

    Parameters
    ----------
    first : int
        How many hashes meet those behind them.
    """
    n = len(of_rows)
    starts = range(0, first, ROWS)
    numbers = np.zeros(n, np.int64)
    found: list[tuple[np.ndarray, ...] | None] = []
    tasks = ((of_rows, start, limit, first) for start in starts)
    for pairs in in_order(executor, _near_to, tasks):
        for ends in pairs[:2]:
            numbers += np.bincount(ends, minlength=n)
        # Of a pile, only the numbers are kept: its pairs would fill the memory.
        found.append(pairs if len(pairs[0]) <= MOST_ALIKE * ROWS else None)
    crowded = numbers > MOST_ALIKE
    again = ((of_rows, start, limit, first) for start, pairs in zip(starts, found, strict=True) if pairs is None)
    known = [pairs for pairs in found if pairs is not None]
    none = tuple(np.zeros(0, kind) for kind in (np.int64, np.int64, np.float64, np.uint8))
    parts = [none] + [_at(pairs, crowded) for pairs in (*known, *in_order(executor, _near_to, again))]
    return tuple(map(np.concatenate, zip(*parts, strict=True))), crowded


def _at(pairs: tuple[np.ndarray, ...], crowded: np.ndarray) -> tuple[np.ndarray, ...]:
    kept = ~(crowded[pairs[0]] & crowded[pairs[1]])
    return tuple(each[kept] for each in pairs)


def _near_to(of_rows: np.ndarray, start: int, limit: int, first: int) -> tuple[np.ndarray, ...]:
    """Pairs of some hashes with those after them: a, b, how many bits differ, and in which symmetries of b."""
    upright = of_rows[start : min(start + ROWS, first), :1]
    parts = []
    for place in range(start, len(of_rows), COLUMNS):
        columns = of_rows[place : place + COLUMNS]
        bits = np.stack([np.bitwise_count(upright ^ columns[:, k]) for k in range(columns.shape[1])])
        least = bits.min(axis=0)
        a, b = np.nonzero(least <= limit)
        a, b = a[place + b > start + a], b[place + b > start + a]
        winners = np.packbits(bits[:, a, b] == least[a, b], axis=0, bitorder="little")[0]
        parts.append((start + a, place + b, least[a, b].astype(np.float64), winners))
    return tuple(map(np.concatenate, zip(*parts, strict=True)))
