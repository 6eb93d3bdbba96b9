"""Pairs by image: which others each of them is to be looked at beside."""

from typing import NamedTuple

import numpy as np

from dupviz.look.boxes import WHOLE, Box
from dupviz.metrics import Integers

__all__ = ["Ends", "Neighbour"]


class Neighbour(NamedTuple):
    """An image that another is to be looked at beside.

    Attributes
    ----------
    leader : int
        Its row number; it stands for all with identical tensors.
    mse, rotation, mirrored
        How the other one is transformed to match it.
    box : Box
        The part of this one that the other shows.
    """

    leader: int
    mse: float
    rotation: int
    mirrored: bool
    box: Box = WHOLE


class Ends:
    """Pairs, by either of their images. They stay where they are: of ten million, a copy would fill the memory.

    Parameters
    ----------
    a, b : ndarray of int64, shape (m,)
        Row numbers of images; sorted by a.
    first : int
        The number of the first pair.
    n : int
        How many images there are.
    """

    def __init__(self, a: Integers, b: Integers, first: int, n: int) -> None:
        self._first = first
        self._starts_a = np.searchsorted(a, np.arange(n + 1))
        self._by_b = np.argsort(b, kind="stable")
        self._starts_b = np.searchsorted(b, np.arange(n + 1), sorter=self._by_b)

    def of(self, row: int) -> np.ndarray:
        """The numbers of the pairs in which an image is a, then of those in which it is b."""
        as_a = np.arange(self._starts_a[row], self._starts_a[row + 1])
        as_b = self._by_b[self._starts_b[row] : self._starts_b[row + 1]]
        return self._first + np.append(as_a, as_b)
