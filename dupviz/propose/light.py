"""Pairs whose light differs: found as exactly as others, by tensors that do not depend on it.

Let z be the luma of a picture minus its mean, divided by its standard deviation, times S. For two pictures with the
correlation ρ, the mean of (z - z')² is S² (1 + 1 - 2 ρ) = 2 S² (1 - ρ): near 0, whatever the gain and the offset of one
of them. Turns and mirrors leave mean and deviation as they are, so that z of a turned picture is z turned: an ordinary
tensor, for which the search and its proof hold unchanged.
"""

from concurrent.futures import Executor

import numpy as np
import pandas as pd

from dupviz.images.imageset import Images
from dupviz.images.luma import luma_of
from dupviz.metrics import mse, transform
from dupviz.search.find import search
from dupviz.search.pairs import check_stack

__all__ = ["LEAST_DEVIATION", "S", "find_light_pairs", "interval_means", "light_blind"]

SIZE = 16  # pixels a side
S = 60.0
LEAST_DEVIATION = 3.0  # grey levels; below, there is nothing but noise to compare


def light_blind(tensors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tensors that stay the same when the light changes.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
        With three channels, or one.

    Returns
    -------
    blind : ndarray of uint8, shape (n, 16, 16, 1)
        128 + 60 z, see the module; beyond 0 and 255 it is clipped.
    deviation : ndarray of float32, shape (n,)
        The standard deviation of each, in grey levels.
    """
    weights = interval_means(tensors.shape[1], SIZE, np.zeros(1), np.ones(1))[0]
    blind, deviations = np.empty((len(tensors), SIZE, SIZE, 1), np.uint8), np.empty(len(tensors), np.float32)
    for start in range(0, len(tensors), 256):  # 10 MB as floats
        small = weights @ luma_of(tensors[start : start + 256]) @ weights.T
        small -= small.mean(axis=(1, 2), keepdims=True)
        deviation = np.sqrt((small**2).mean(axis=(1, 2), keepdims=True))
        scaled = 128 + S * small / np.maximum(deviation, 1e-3)
        blind[start : start + 256, ..., 0] = np.clip(np.rint(scaled), 0, 255)
        deviations[start : start + 256] = deviation.ravel()
    return blind, deviations


def find_light_pairs(
    images: Images,
    *,
    limit: float = 200.0,
    symmetries: str = "rotations",
    max_pairs: int | None = None,
    executor: Executor | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Every pair of images that are near each other but for the light, as after a change of exposure or contrast.

    Parameters
    ----------
    images : ImageSet, or ndarray of uint8, shape (n, size, size, 3)
    limit : float
        Pairs are near if the MSE of their light-blind tensors is below it: 200 is a correlation above 0.972.
    symmetries : {"none", "rotations", "dihedral"}
        Over which copies of the second image it is minimised.
    max_pairs : int, optional
        How many there may be at most; by default `dupviz.search.pairs.MAX_PAIRS`.
    executor, progress
        See `find_pairs`.

    Returns
    -------
    DataFrame
        With a, b (int64, row numbers, a < b), mse (float64, of the images themselves in this symmetry), rotation
        (int16), mirrored (bool) and light_mse (float64, of the light-blind tensors). Images whose luma has a standard
        deviation below 3 grey levels are left out.

    Raises
    ------
    TypeError, ValueError, TooManyPairsError
        See `find_pairs`.
    """
    tensors = check_stack(getattr(images, "tensors", images))
    blind, deviation = light_blind(tensors)
    rows = np.flatnonzero(deviation >= LEAST_DEVIATION)
    found = search(blind[rows], max_mse=limit, symmetries=symmetries, executor=executor, progress=progress)
    near = found.table(max_pairs=max_pairs)
    a, b = rows[near["a"]], rows[near["b"]]
    turns = zip(near["rotation"].tolist(), near["mirrored"].tolist())
    mses = [
        mse(tensors[i], transform(tensors[j], rotation=rotation, mirrored=mirrored))
        for i, j, (rotation, mirrored) in zip(a, b, turns)
    ]
    return pd.DataFrame(
        {
            "a": a,
            "b": b,
            "mse": np.array(mses, np.float64),
            "rotation": near["rotation"].to_numpy(),
            "mirrored": near["mirrored"].to_numpy(),
            "light_mse": near["mse"].to_numpy(),
        }
    )


def interval_means(length: int, size: int, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Matrices that take the means over equal parts of intervals.

    Parameters
    ----------
    length : int
        Pixels of what the intervals are parts of.
    size : int
        Parts of each interval.
    start, stop : ndarray of float64, shape (n,)
        The intervals, in shares of all.

    Returns
    -------
    ndarray of float32, shape (n, size, length)
    """
    edges = length * (start[:, None] + (stop - start)[:, None] * np.arange(size + 1) / size)
    pixels = np.arange(length)
    covered = np.minimum(edges[:, 1:, None], pixels + 1) - np.maximum(edges[:, :-1, None], pixels)
    covered = np.maximum(covered, 0)
    return (covered / covered.sum(axis=2, keepdims=True)).astype(np.float32)
