"""Where one picture lies in another: a box, to a fraction of a pixel.

Gauss and Newton's method on small square grids, coarse to fine: the box and the light (a gain and an offset) are fitted
together, and pixels that do not fit, as those of a watermark, count less.
"""

import numpy as np

from dupviz.look.boxes import WHOLE, Box
from dupviz.metrics import Flags, Floats

__all__ = ["GRIDS", "correlation", "register"]

GRIDS = (24, 48, 96)
STEPS = 8  # per grid, at most
LONGEST_STEP = 0.06  # of the side
LEAST_OVERLAP = 0.3  # of the grid
CONVERGED = 0.02  # grid cells
LOST = 0.2  # correlation
FLAT = 0.5  # grey levels


def register(grids_a: dict[int, Floats], grids_b: dict[int, Floats], start: Box) -> tuple[Box, float] | None:
    """Find the box of a that shows b.

    Parameters
    ----------
    grids_a, grids_b : dict of int to ndarray of float32, shape (n, n)
        The luma of each picture on grids of n, coarse to fine, as of `GRIDS`.
    start : Box

    Returns
    -------
    box : Box
    correlation : float
        Of the two within it.

    None if it gets lost.
    """
    box = np.array(start)
    for size in grids_a:
        for _ in range(STEPS):
            step = _step(grids_a[size], grids_b[size], box)
            if step is None:
                return None
            box = box + step
            if np.abs(step).max() < CONVERGED / size:
                break
        reached = correlation(grids_a[size], grids_b[size], box)
        if reached < LOST:
            return None
    left, top, right, bottom = box.tolist()
    return (left, top, right, bottom), reached


def correlation(a: Floats, b: Floats, box: Box | Floats = WHOLE) -> float:
    """The correlation of what lies in a box of `a` with `b`; 0 where little lies there, or it is flat."""
    seen, _, _, inside = _seen(a, np.asarray(box))
    x, y = seen[inside], b[inside]
    if len(x) < LEAST_OVERLAP * seen.size or min(x.std(), y.std()) < FLAT:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])


def _step(a: Floats, b: Floats, box: Floats) -> Floats | None:
    """How the box should move."""
    size = len(a)
    seen, width, height, inside = _seen(a, box)
    if inside.sum() < LEAST_OVERLAP * inside.size:
        return None
    down, across = np.gradient(seen)
    u = (np.arange(size, dtype=np.float32) + 0.5) / size
    across, down = across * (size / width), down * (size / height)  # by the box's own coordinates
    columns = [across * (1 - u), down * (1 - u)[:, None], across * u, down * u[:, None], seen, np.ones_like(seen)]
    design, wanted = np.stack([column[inside] for column in columns], axis=1), b[inside]
    weights = np.ones(len(wanted), np.float32)
    for _ in range(2):
        weighted = design * weights[:, None]
        normal = weighted.T @ design
        normal[np.diag_indices(6)] *= 1 + 1e-4
        normal[np.diag_indices(6)] += 1e-3
        fit = np.linalg.solve(normal, weighted.T @ wanted)
        residual = wanted - design @ fit
        spread = 1.5 * np.median(np.abs(residual)) + 1
        weights = 1 / (1 + (residual / (2 * spread)) ** 2)
    gain = fit[4] if 0.2 < fit[4] < 5 else 1.0
    step = np.clip(fit[:4] / gain, -LONGEST_STEP, LONGEST_STEP)
    left, top, right, bottom = box + step
    return step if 0.3 < right - left < 3 and 0.3 < bottom - top < 3 else None


def _seen(a: Floats, box: Floats) -> tuple[Floats, float, float, Flags]:
    """A grid of what lies in a box of `a`, the size of the box, and where that is within `a`."""
    left, top, right, bottom = box.tolist()
    across, inside_across = _sampling(len(a), left, right)
    down, inside_down = _sampling(len(a), top, bottom)
    return down @ a @ across.T, right - left, bottom - top, np.outer(inside_down, inside_across)


def _sampling(size: int, start: float, stop: float) -> tuple[Floats, Flags]:
    """A matrix that interpolates `size` values at the centres of as many parts of an interval, and which lie inside."""
    places = (start + (stop - start) * (np.arange(size) + 0.5) / size) * size - 0.5
    margin = 1.0 if start < -0.01 or stop > 1.01 else -0.5  # the edge of a picture within another is a mixed pixel
    inside = (places > margin) & (places < size - 1 - margin)
    places = np.clip(places, 0, size - 1 - 1e-6)
    lower = places.astype(int)
    share = (places - lower).astype(np.float32)
    matrix = np.zeros((size, size), np.float32)
    rows = np.arange(size)
    matrix[rows, lower] = 1 - share
    matrix[rows, lower + 1] += share
    return matrix, inside
