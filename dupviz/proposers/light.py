"""Pairs whose light differs: found as exactly as others, by tensors that do not depend on it.

Let z be the luma of a picture minus its mean, divided by its standard deviation, times S. For two pictures with the
correlation ρ, the mean of (z - z')² is S² (1 + 1 - 2 ρ) = 2 S² (1 - ρ): near 0, whatever the gain and the offset of one
of them. Turns and mirrors leave mean and deviation as they are, so that z of a turned picture is z turned: an ordinary
tensor, for which the search and its proof hold unchanged.
"""

from concurrent.futures import Executor

import numpy as np

from dupviz.images.luma import luma_of
from dupviz.metrics import Flags, Floats, Integers, Pixels
from dupviz.proposers.candidates import MOST_ALIKE, Proposals, say_crowded
from dupviz.search.sparse import search_sparsely

__all__ = ["LEAST_DEVIATION", "S", "interval_means", "light_blind", "propose_light"]

SIZE = 16  # pixels a side
S = 60.0
LIMIT = 200.0  # of the MSE of light-blind tensors: a correlation above 0.972
LEAST_DEVIATION = 3.0  # grey levels; below, there is nothing but noise to compare


def light_blind(tensors: Pixels) -> tuple[np.ndarray, np.ndarray]:
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


def propose_light(
    tensors: Pixels,
    rows: Integers,
    *,
    symmetries: str,
    executor: Executor,
    limit: float = LIMIT,
    new: Flags | None = None,
) -> Proposals:
    """Every pair of tensors that are near each other but for the light, as after a change of exposure or contrast.

    Those whose luma has a standard deviation below 3 grey levels are left out, and so are pairs of two that are near
    more than 40 others each: pages and plots all look alike in this way, and which of them are copies, only the MSE
    can tell.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    rows : ndarray of int64, shape (m,)
        Which of them.
    symmetries : {"none", "rotations", "dihedral"}
        Over which copies of the second one the MSE of light-blind tensors is minimised.
    executor : concurrent.futures.Executor
    limit : float
        Of that MSE.
    new : ndarray of bool, shape (n,), optional
        Only pairs with one of these count; by default all.

    Returns
    -------
    Proposals
        How far two are apart is the MSE of the light-blind tensors.
    """
    blind, deviation = light_blind(tensors)
    rows = rows[deviation[rows] >= LEAST_DEVIATION]
    found, crowded = search_sparsely(
        blind[rows],
        max_mse=limit,
        symmetries=symmetries,
        most=MOST_ALIKE,
        executor=executor,
        new=None if new is None else new[rows],
    )
    say_crowded(crowded, "but for the light")
    return Proposals(rows[found.a], rows[found.b], found.winners, found.mse)


def interval_means(length: int, size: int, start: Floats, stop: Floats) -> Floats:
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
    return np.asarray(covered / covered.sum(axis=2, keepdims=True), np.float32)
