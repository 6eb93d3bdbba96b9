"""Whether a picture is blown up from fewer pixels, by its spectrum and by the JPEG that one of the two is, or was."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from dupviz.look.detail import BLOCK, MOST_BLOCKS, Detail, coefficients
from dupviz.look.fit import AGREES, BETWEEN, MOSTLY, NO_FIT, ON_MULTIPLES, Fit, fit_of
from dupviz.look.resized import is_enlarged, middle_of, overlap
from dupviz.metrics import Floats

__all__ = ["is_blown_up"]

# What a blown-up picture has above the finest that the smaller one can show, over what it has below: by Lanczos 0.01 to
# 0.05, bicubic and bilinear 0.05 to 0.1 (0.17 as a JPEG of quality 75); photos 0.07 to 1.7, soft ones 0.02.
EMPTY, SURELY_EMPTY = 0.2, 0.03
SURELY = 0.97  # the agreement of a JPEG with a larger picture that it was made from
LARGER = 1.2  # times as wide
HOPELESS = 0.3  # of a blown-up picture, an agreement by another filter than its own: 0.37 or more in 1,652 of them
LINES = 96  # of a picture, of which the spectrum is measured
FILTERS = Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR


def is_blown_up(larger: Detail, smaller: Detail) -> bool:
    """Whether a picture shows nothing that another, with fewer pixels, cannot.

    Parameters
    ----------
    larger, smaller : Detail
        That show the same, upright and turned to match; False if the first is not clearly larger.
    """
    scale = larger.width / smaller.width
    if min(scale, larger.height / smaller.height) < LARGER:
        return False
    if is_enlarged(larger, smaller):
        return True
    emptiness = _emptiness(larger.luma, scale)
    if emptiness > EMPTY:
        return False
    enlarged = _best_fit(larger, smaller, lambda first: first.agreement < HOPELESS)
    if _is_between(enlarged):
        return True
    is_empty = emptiness < SURELY_EMPTY
    # Of 833 that lie on its multiples by the best filter, all do by the first.
    shrunk = _best_fit(smaller, larger, lambda first: not is_empty and _is_between(first))
    if shrunk.agreement > MOSTLY and shrunk.on_multiples > ON_MULTIPLES:
        return True
    return is_empty and shrunk.agreement < SURELY


def _is_between(fit: Fit) -> bool:
    """Whether a JPEG was made from the other: all of that rounds to it, and lies anywhere between its multiples."""
    return fit.agreement > AGREES and fit.on_multiples < BETWEEN


def _best_fit(file: Detail, other: Detail, is_told: Callable[[Fit], bool]) -> Fit:
    """How another picture fits a file best, by one of `FILTERS`; by the first, where that tells enough."""
    first = _fit_resized(file, other, FILTERS[0])
    if is_told(first):
        return first
    return max(first, *(_fit_resized(file, other, method) for method in FILTERS[1:]), key=lambda fit: fit.agreement)


def _fit_resized(file: Detail, other: Detail, method: Image.Resampling) -> Fit:
    """How another picture, at the size of a file that is or was a JPEG, fits it: what the middles of both show."""
    if not file.known.any():
        return NO_FIT
    part = overlap(file, other)
    columns = part.size[0] // BLOCK
    part = middle_of(part, part.size[0], (MOST_BLOCKS // max(1, columns) + 2) * BLOCK)
    resized = np.asarray(Image.fromarray(other.luma).resize(part.size, method, part.box))
    ours = file.luma[part.rows, part.columns]
    return fit_of(coefficients(file.framed(ours)), coefficients(file.framed(resized)), file.known)


def _emptiness(luma: Floats, scale: float) -> float:
    """The power beyond the finest that a picture of so many times fewer pixels across can show, over that below."""
    ratios = []
    for lines in (luma, luma.T):
        lines = lines[:: max(1, len(lines) // LINES)]
        window = np.hanning(lines.shape[1]).astype(np.float32)
        power = np.square(np.abs(np.fft.rfft((lines - lines.mean(axis=1, keepdims=True)) * window))).mean(axis=0)
        finest = len(power) / scale
        above = power[round(1.15 * finest) : round(min(0.96 * len(power), 1.6 * finest))]
        below = power[round(0.6 * finest) : round(0.9 * finest)]
        ratios.append(float(above.mean() / max(1e-6, below.mean())) if len(above) and len(below) else np.inf)
    return max(ratios)
