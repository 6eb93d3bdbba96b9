"""Pictures that are lists of numbers, drawn as squares with a number in each."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dupviz._words.html import notebook_html

__all__ = ["Squares"]


class Squares:
    """Small pictures side by side, each pixel as a square with its number; in a terminal, as numbers.

    Parameters
    ----------
    *pictures : list of lists
        Rows of grey values from 0 to 255, or rows of pixels of three such numbers: red, green and blue.

    Raises
    ------
    ValueError
        If a picture is not a list of rows of equal length, or a number is not from 0 to 255.

    Examples
    --------
    >>> Squares([[0, 100], [200, 255]])
      0 100
    200 255
    """

    def __init__(self, *pictures: Sequence[Sequence[Any]]) -> None:
        self._pictures = [_checked(picture) for picture in pictures]

    def __repr__(self) -> str:
        return "\n\n".join("\n".join(" ".join(map(_words, row)) for row in picture) for picture in self._pictures)

    def _repr_html_(self) -> str:
        pictures = [[[_square(pixel) for pixel in row] for row in picture] for picture in self._pictures]
        return notebook_html("squares", pictures=pictures)


def _checked(picture: Any) -> np.ndarray:
    """A picture as an array, rows by columns, or by columns and three colours."""
    try:
        array = np.asarray(picture)
    except ValueError:  # rows of several lengths
        array = np.empty(0)
    if array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,)) or array.dtype.kind not in "iu":
        raise ValueError("a picture is a list of rows, each with as many whole numbers, or pixels of three of them")
    outside = array[(array < 0) | (array > 255)]
    if outside.size:
        raise ValueError(f"the numbers of a picture are from 0 to 255, got {outside[0]}")
    return array


def _words(pixel: Any) -> str:
    return f"({', '.join(map(str, pixel))})" if np.ndim(pixel) else f"{pixel:3}"


def _square(pixel: Any) -> tuple[str, str, str]:
    """The colour of a square, that of the number in it, and the number."""
    red, green, blue = np.broadcast_to(pixel, 3).tolist()
    light = (299 * red + 587 * green + 114 * blue) / 1000  # as bright as people see it
    return (
        f"rgb({red}, {green}, {blue})",
        "black" if light > 127 else "white",
        "\n".join(map(str, np.atleast_1d(pixel))),
    )
