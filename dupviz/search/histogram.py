"""The histogram of all pairs: how near duplicates are, and how far apart different pictures."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import SupportsIndex

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from dupviz._parallel import Workers, in_order, pool
from dupviz.images.imageset import Images
from dupviz.metrics import Floats, Integers, Pixels, check_symmetries
from dupviz.search.find import search
from dupviz.search.pairs import Pairs, as_pairs, check_stack
from dupviz.search.symmetry import squared_error_sums

__all__ = ["MseHistogram", "mse_histogram"]

# 10,000 images are 50 million pairs: 40 s on two cores. Time grows with the square of their number.
MAX_IMAGES = 10_000
SAMPLE = 3000

BLOCK = 512  # images that meet as many others in one piece of work; of 256 to 2048 the fastest, in 200 MB


@dataclass(frozen=True, eq=False)
class MseHistogram:
    """How many pairs of images have which MSE.

    Attributes
    ----------
    edges : ndarray of float64, shape (bins + 1,)
        Bin k holds the pairs with ``edges[k] <= mse < edges[k + 1]``; the last one also those at its upper edge.
    counts : ndarray of float64, shape (bins,)
        Pairs per bin; whole numbers where they are exact.
    exact_below : float
        Bins up to here were counted over all pairs, and those above estimated from a sample; infinite if nothing was.
    images : int
        How many images there are.
    sampled : int
        How many of them the estimate is made from; all, if nothing was estimated.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> dv.mse_histogram(images, bins=[0, 200, 1000, 200_000], progress=False).counts
    array([  7.,   2., 162.])
    """

    edges: Floats
    counts: Floats
    exact_below: float
    images: int
    sampled: int

    @property
    def exact(self) -> bool:
        """Whether every count is exact."""
        return self.sampled == self.images


def mse_histogram(
    images: Images,
    *,
    bins: SupportsIndex | Sequence[float] | Floats = 60,
    symmetries: str = "rotations",
    pairs: Pairs | pd.DataFrame | None = None,
    max_images: int = MAX_IMAGES,
    seed: int = 0,
    workers: Workers = None,
    progress: bool = True,
) -> MseHistogram:
    """Count all pairs of images by their distance.

    Up to `max_images` images, every pair is compared and each count exact. Beyond, pairs below a limit are counted
    exactly, by a search; for those above it, a random sample of images stands for all, and the result says so.

    Parameters
    ----------
    images : ImageSet, or ndarray of uint8, shape (n, size, size, channels)
    bins : int or sequence of float
        Their increasing edges; or their number, for one from 0 to 1 and the others evenly on a logarithmic scale from
        there to the largest MSE there can be. Pairs outside of the edges are not counted.
    symmetries : {"none", "rotations", "dihedral"}
        Over which copies of the second image the distance is minimised, see `distance`.
    pairs : Pairs or DataFrame, optional
        What `find_pairs` gave for these images and symmetries, or `Duplicates.near`, so that a large set is not
        searched again; by default, they are searched up to 1000.
    max_images : int
        Up to how many images every pair is compared; at least 2.
    seed : int
        Of the random sample.
    workers : int or concurrent.futures.Executor, optional
        Where the pieces of work run. By default, a thread for each processor.
    progress : bool
        Whether to show a progress bar when it takes longer than a second.

    Returns
    -------
    MseHistogram
        Counts, edges, and up to where they are exact.

    Raises
    ------
    TypeError
        If the tensors are not uint8.
    ValueError
        If the tensors are not square, `bins` is below 1, or edges that do not increase, `max_images` is below 2, or
        `pairs` are of other images or symmetries.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> histogram = dv.mse_histogram(images, bins=24, progress=False)
    >>> int(histogram.counts.sum()) == 19 * 18 // 2
    True
    """
    tensors = check_stack(getattr(images, "tensors", images))
    check_symmetries(symmetries)
    if max_images < 2:
        raise ValueError(f"max_images must be at least 2, got {max_images!r}")
    if pairs is not None:
        pairs = as_pairs(pairs, tensors)
        if pairs.symmetries != symmetries:
            raise ValueError(f"these pairs were found with symmetries={pairs.symmetries!r}, not {symmetries!r}")
    edges = _edges(bins, tensors.shape[3])
    n = len(tensors)
    with pool(workers) as executor:
        if n <= max_images:
            counts = _count_all(tensors, edges, symmetries, executor, progress)
            return MseHistogram(edges, counts, np.inf, n, n)
        if pairs is None:
            pairs = search(tensors, symmetries=symmetries, workers=executor, progress=progress)
        sample = np.sort(np.random.default_rng(seed).choice(n, min(SAMPLE, max_images), replace=False))
        counts = _count_all(tensors[sample], edges, symmetries, executor, progress)
    searched = edges[1:] <= pairs.max_mse
    # The last bin includes its upper edge, where the search found nothing.
    searched[-1] &= edges[-1] < pairs.max_mse
    counts *= (n * (n - 1)) / (len(sample) * (len(sample) - 1))
    mse, number = pairs.mses()
    counts[searched] = np.histogram(mse, edges, weights=number)[0][searched]
    exact_below = edges[1:][searched].max(initial=edges[0])
    return MseHistogram(edges, counts, float(exact_below), n, len(sample))


def block_counts(a: Pixels, b: Pixels, edges: Floats, symmetries: str, same: bool) -> Integers:
    """Count the pairs of two blocks of tensors by their distance.

    Parameters
    ----------
    a, b : ndarray of uint8, shapes (n, size, size, channels) and (m, size, size, channels)
    edges : ndarray of float64, shape (bins + 1,)
    symmetries : {"none", "rotations", "dihedral"}
    same : bool
        Whether `b` is `a`, so that each pair counts once.

    Returns
    -------
    ndarray of int64, shape (bins,)
    """
    mse = squared_error_sums(a, b, symmetries).min(axis=0) / (a.shape[1] * a.shape[2])
    return np.histogram(mse[np.triu_indices(len(a), 1)] if same else mse, edges)[0]


def _count_all(tensors: Pixels, edges: Floats, symmetries: str, executor: Executor, progress: bool) -> Floats:
    blocks = [tensors[start : start + BLOCK] for start in range(0, len(tensors), BLOCK)]
    tasks = [(a, b, edges, symmetries, i == j) for i, a in enumerate(blocks) for j, b in enumerate(blocks) if i <= j]
    counts = np.zeros(len(edges) - 1)
    with tqdm(total=len(tasks), desc="counting", unit="block", delay=1, leave=False, disable=not progress) as bar:
        for part in in_order(executor, block_counts, tasks):
            counts += part
            bar.update()
    return counts


def _edges(bins: SupportsIndex | Sequence[float] | Floats, channels: int) -> Floats:
    if isinstance(bins, SupportsIndex) and not isinstance(bins, np.ndarray):
        number, largest = operator.index(bins), channels * 255.0**2
        if number < 1:
            raise ValueError(f"bins must be at least 1, got {number}")
        return np.array([0.0, *np.geomspace(1, largest, number)[:-1], largest])
    edges = np.asarray(bins, dtype=np.float64)
    if edges.ndim != 1 or len(edges) < 2 or not (np.diff(edges) > 0).all():
        raise ValueError(f"bins must be a number, or edges that increase, got {bins!r}")
    return edges
