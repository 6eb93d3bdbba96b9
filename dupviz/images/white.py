"""Which number of an array is white, and its values as a file keeps them: 8 bits where these are enough, else 16."""

import logging
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dupviz.metrics import unmasked

__all__ = ["array_of", "as_stored", "reported", "white_of"]

log = logging.getLogger("dupviz")

USUAL_WHITES = (255, 1023, 4095, 16383, 65535)  # of 8, 10, 12, 14 and 16 bits
LARGEST = USUAL_WHITES[-1]

# Of a level of 8 bits: what is nearer to one is one. Numbers of 16 bits from 0 to 1 are off by up to 0.06.
NEAR = 0.07


def array_of(item: Any) -> NDArray[Any] | None:
    """The numbers of an array, of a tensor of PyTorch, or of a picture of Pillow of 16 bits; of other pictures none.

    Raises
    ------
    ValueError
        If any is masked.
    """
    if isinstance(item, Image.Image):
        return np.asarray(item) if item.mode.startswith("I;16") else None
    if hasattr(item, "detach"):
        item = item.detach().cpu().numpy()
    return unmasked(item)


def white_of(values: NDArray[Any]) -> float:
    """Which number is white, where nobody says.

    Returns
    -------
    float
        1 in floats of which none is larger, else 255; in integers the smallest of `USUAL_WHITES` that is not exceeded.
    """
    largest = values.max(initial=0)
    if values.dtype.kind == "f":
        return 1 if largest <= 1 else 255
    return next((white for white in USUAL_WHITES if largest <= white), LARGEST)


def reported(arrays: Iterable[NDArray[Any] | None]) -> float | None:
    """Which number is white in pictures that belong together: one for all. A guess about integers is logged.

    Parameters
    ----------
    arrays : iterable of ndarray or None
        None stands for a picture that says itself.

    Raises
    ------
    ValueError
        If all of them would be black.
    """
    white, largest, is_guess = 0.0, 0.0, False
    for each in arrays:
        if each is not None and each.dtype.kind in "uif":
            white, largest = max(white, white_of(each)), max(largest, float(each.max(initial=0)))
            is_guess = is_guess or (each.dtype.kind in "ui" and each.dtype.itemsize > 1)
    if 0 < largest < white / LARGEST:
        raise ValueError(f"values up to {largest:.3g} are black where {white:g} is white: name another with white=")
    if is_guess and white != LARGEST:
        log.warning("no value is above %d, which is taken for white: say otherwise with white=", white)
    return white or None


def as_stored(values: NDArray[Any], white: float) -> NDArray[np.uint8 | np.uint16]:
    """Values from 0 to `white` as 8 bits if these hold them all, else as 16 bits, of which 65535 is white.

    Integers stay apart; floats are rounded to 16 bits.

    Raises
    ------
    TypeError
        If they are no numbers.
    ValueError
        If one is negative, above `white`, or an integer above 65535.
    """
    if values.dtype == bool:
        return values.astype(np.uint8) * 255
    if values.dtype.kind not in "uif":
        raise TypeError(f"values must be numbers, got {values.dtype}")
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= white):  # NaN, too
        raise ValueError(
            f"values must be from 0 to {white:g}, got {low:.5g} to {high:.5g}: undo a normalisation first, or name the "
            "number that is white with white="
        )
    if values.dtype.kind != "f" and white > LARGEST:
        raise ValueError(f"white must be at most {LARGEST:,} for integers, got {white:,.0f}: divide them first")
    if values.dtype == np.uint8 and white == 255:
        return np.ascontiguousarray(values)
    levels = values * (255 / white)
    whole = np.round(levels)
    if np.abs(levels - whole).max() <= NEAR:
        return whole.astype(np.uint8)
    return np.round(values * (LARGEST / white)).astype(np.uint16)
