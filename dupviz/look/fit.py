"""How the coefficients of one picture fit those of the JPEG that another one is, or was."""

from typing import NamedTuple

import numpy as np

from dupviz.look.detail import BEYOND_ZERO, BLOCK
from dupviz.metrics import Floats

__all__ = ["AGREES", "BETWEEN", "MOSTLY", "NO_FIT", "ON_MULTIPLES", "Fit", "fit_of"]

LEAST_STEP = 3.0  # of which rounding to whole pixels leaves the multiples visible: it errs by 0.3
ROUNDING = 0.6  # grey levels
FEWEST = 300  # coefficients that are no zeros
SAME_LIGHT, SAME_MEAN = 0.015, 2.0  # of the contrast; grey levels by which a block without an edit differs
OFF = 0.25  # steps

# 25 photos × 25 kinds of copy: a JPEG agrees with what it was made from in 0.85 of its coefficients or more, and that
# lies on its multiples by at most 0; noise or an encoding that leaves 0.85 leaves 0.1 of these. What was made from it
# without loss, or finely, lies there by 0.3 or more.
AGREES, MOSTLY, ON_MULTIPLES, BETWEEN = 0.85, 0.6, 0.1, -0.03


class Fit(NamedTuple):
    """How another picture fits the JPEG that a file is, or once was.

    Attributes
    ----------
    agreement : float
        Share of the coefficients that round to those of the file.
    on_multiples : float
        How near the other's are to multiples of its steps: from 1 on them to −1 between them.
    """

    agreement: float
    on_multiples: float


NO_FIT = Fit(0, 0)


def fit_of(own: Floats, other: Floats, steps: Floats) -> Fit:
    """How the coefficients of another picture fit those of a JPEG.

    Parameters
    ----------
    own, other : ndarray of float32, shape (blocks, 64)
        Of the JPEG and of the other picture, at the same places: see `coefficients`.
    steps : ndarray of float32, shape (64,)
        By which the JPEG divides its coefficients; 0 where that is not known.

    Returns
    -------
    Fit
        `NO_FIT` if too few of them say anything.
    """
    if not len(own):
        return NO_FIT
    own, other = _unchanged(own, other)
    some = steps >= LEAST_STEP
    steps = steps[some]
    ours, theirs = own[:, some] / steps, other[:, some] / steps
    levels = np.round(ours)
    allowed = 0.5 + ROUNDING / steps
    changed = np.abs(theirs - levels)
    is_there = (levels != 0) | (changed > allowed)
    is_there &= np.abs(ours - levels) < OFF  # colours that are cut off at 0 and 255 leave no multiples
    beyond = np.abs(theirs) > BEYOND_ZERO
    if min(is_there.sum(), beyond.sum()) < FEWEST:
        return NO_FIT
    agreement = (changed <= allowed)[is_there].mean()
    return Fit(float(agreement), float(np.cos(2 * np.pi * theirs[beyond]).mean()))


def _unchanged(ours: Floats, theirs: Floats) -> tuple[Floats, Floats]:
    """The blocks that differ in light only, of the other picture in our light."""
    mean_ours, mean_theirs = (each[:, 0] - each[:, 0].mean() for each in (ours, theirs))
    gain = float(mean_ours @ mean_theirs / max(1.0, float(mean_theirs @ mean_theirs)))
    gain = gain if abs(gain - 1) > SAME_LIGHT else 1.0
    error = ours[:, 0] - gain * theirs[:, 0]
    is_there = np.abs(error - np.median(error)) < SAME_MEAN * BLOCK
    return ours[is_there], gain * theirs[is_there]
