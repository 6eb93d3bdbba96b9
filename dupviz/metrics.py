"""The definitions: tensors are turned, subtracted, squared and averaged here, and nowhere else.

Everything the rest of the package computes faster must equal what these few lines give, bit for bit.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "LARGEST_MSE",
    "SYMMETRIES",
    "Bits",
    "Flags",
    "Floats",
    "Integers",
    "Pixels",
    "check_symmetries",
    "check_tensors",
    "distance",
    "mse",
    "squared_error_map",
    "transform",
]

Number = TypeVar("Number", bound=np.generic)

# Arrays by what their numbers are, for signatures; shapes and exact dtypes are in the docstrings.
Pixels = NDArray[np.uint8]  # of tensors and pictures
Bits = NDArray[np.uint8]  # sets of symmetries, see `Pairs`
Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]
Flags = NDArray[np.bool_]

LARGEST_MSE = 3 * 255**2  # black against white

ROTATIONS = (0, 90, 180, 270)

# (rotation, mirrored), in the order in which ties are decided.
SYMMETRIES = {
    "none": ((0, False),),
    "rotations": tuple((rotation, False) for rotation in ROTATIONS),
    "dihedral": tuple((rotation, mirrored) for mirrored in (False, True) for rotation in ROTATIONS),
}


def check_symmetries(symmetries: str) -> tuple[tuple[int, bool], ...]:
    """Return the ``(rotation, mirrored)`` pairs of a set of symmetries, in the order in which ties are decided.

    Parameters
    ----------
    symmetries : {"none", "rotations", "dihedral"}

    Raises
    ------
    ValueError
        If there is no such set.
    """
    if symmetries not in SYMMETRIES:
        raise ValueError(f"symmetries must be one of {', '.join(map(repr, SYMMETRIES))}, got {symmetries!r}")
    return SYMMETRIES[symmetries]


def transform(tensor: NDArray[Number], *, rotation: int = 0, mirrored: bool = False) -> NDArray[Number]:
    """Mirror a tensor left-right if asked, then turn it counter-clockwise.

    Parameters
    ----------
    tensor : ndarray, shape (height, width, channels)
    rotation : {0, 90, 180, 270}
        Degrees, counter-clockwise.
    mirrored : bool
        Mirror left-right before turning.

    Returns
    -------
    ndarray
        A view of `tensor`; height and width change places at 90 and 270 degrees.

    Raises
    ------
    ValueError
        If `rotation` is not one of the four.

    Examples
    --------
    >>> row = np.array([[[1], [2], [3]]])
    >>> dv.transform(row, mirrored=True).ravel()
    array([3, 2, 1])
    >>> dv.transform(row, rotation=90).shape
    (3, 1, 1)
    """
    if rotation not in ROTATIONS:
        raise ValueError(f"rotation must be 0, 90, 180 or 270 degrees, got {rotation!r}")
    return np.rot90(tensor[:, ::-1] if mirrored else tensor, rotation // 90)


def undone(rotation: int, mirrored: bool) -> tuple[int, bool]:
    """The rotation, and whether to mirror, that undo those of `transform`; what is mirrored undoes itself."""
    return rotation if mirrored else -rotation % 360, mirrored


def squared_error_map(a: Pixels, b: Pixels) -> NDArray[np.int64]:
    """Squared differences of two tensors, summed over the channels: where in the picture the MSE comes from.

    Parameters
    ----------
    a, b : ndarray of uint8, shape (height, width, channels)

    Returns
    -------
    ndarray of int64, shape (height, width)
        Its mean is ``mse(a, b)``.

    Raises
    ------
    ValueError
        If the shapes differ, or the tensors are empty or not of three dimensions.
    TypeError
        If the tensors are not uint8.

    Examples
    --------
    >>> a, b = np.zeros((1, 2, 3), np.uint8), np.zeros((1, 2, 3), np.uint8)
    >>> b[0, 1] = 1, 2, 200
    >>> dv.squared_error_map(a, b)
    array([[    0, 40005]])
    """
    a, b = check_tensors(a, b)
    # uint8 differences wrap (10 - 11 = 255), and their squares again: widen before subtracting.
    difference = a.astype(np.int64) - b.astype(np.int64)
    errors: NDArray[np.int64] = (difference**2).sum(axis=2)
    return errors


def mse(a: Pixels, b: Pixels) -> float:
    """Mean squared error of two tensors, per pixel: summed over the channels, averaged over the pixels.

    Parameters
    ----------
    a, b : ndarray of uint8, shape (height, width, channels)

    Returns
    -------
    float
        0 for equal tensors; at most 3 * 255**2 with three channels. It is the number of channels times the mean over
        all values, so 3 times ``skimage.metrics.mean_squared_error``.

    Raises
    ------
    ValueError
        If the shapes differ, or the tensors are empty or not of three dimensions.
    TypeError
        If the tensors are not uint8.

    Examples
    --------
    >>> black, white = np.zeros((50, 50, 3), np.uint8), np.full((50, 50, 3), 255, np.uint8)
    >>> dv.mse(black, white)
    195075.0
    """
    errors = squared_error_map(a, b)
    return int(errors.sum()) / errors.size


def distance(a: Pixels, b: Pixels, *, symmetries: str = "rotations") -> tuple[float, int, bool]:
    """Smallest MSE of `a` with any symmetry of `b`, and the symmetry that gives it.

    Parameters
    ----------
    a, b : ndarray of uint8, shape (size, size, channels)
    symmetries : {"none", "rotations", "dihedral"}
        Which copies of `b` are tried: `b` itself, its four rotations by 90 degrees, or these and their mirror images.

    Returns
    -------
    mse : float
        The smallest MSE of `a` with any of these copies of `b`.
    rotation : int
        Degrees by which `b` is turned counter-clockwise to match `a`. On a tie the smallest.
    mirrored : bool
        Whether `b` is mirrored left-right before it is turned. On a tie it is not.

    Raises
    ------
    ValueError
        If the shapes differ, or the tensors are not square although quarter turns are asked for.
    TypeError
        If the tensors are not uint8.

    Examples
    --------
    >>> a = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    >>> dv.distance(a, dv.transform(a, rotation=90))
    (0.0, 270, False)
    """
    a, b = check_tensors(a, b)
    turns = check_symmetries(symmetries)
    if symmetries != "none" and a.shape[0] != a.shape[1]:
        raise ValueError(f"quarter turns need square tensors, got shape {a.shape}: use symmetries='none'")
    candidates = ((mse(a, transform(b, rotation=r, mirrored=m)), r, m) for r, m in turns)
    return min(candidates, key=lambda candidate: candidate[0])


def check_tensors(a: ArrayLike, b: ArrayLike) -> tuple[Pixels, Pixels]:
    """Return two tensors as arrays, or say why they cannot be compared."""
    a, b = unmasked(a), unmasked(b)
    for tensor in (a, b):
        if tensor.dtype != np.uint8:
            raise TypeError(f"tensors must be uint8, got {tensor.dtype}")
        if tensor.ndim != 3 or 0 in tensor.shape:
            raise ValueError(f"tensors must have shape (height, width, channels), got {tensor.shape}")
        if tensor.shape[0] in (1, 3, 4) and min(tensor.shape[1:]) > 4:  # of which the sum would be over columns
            raise ValueError(
                f"tensors of shape {tensor.shape} have their colours first: turn them with np.moveaxis(tensor, 0, 2)"
            )
    if a.shape != b.shape:
        raise ValueError(f"tensors must have the same shape, got {a.shape} and {b.shape}")
    return a, b


def unmasked(values: ArrayLike) -> NDArray[Any]:
    """Return values as an array; what is masked has none, and NumPy would take what lies below the mask.

    Raises
    ------
    ValueError
        If any is masked.
    """
    for each in values if isinstance(values, list | tuple) else [values]:
        if np.ma.is_masked(each):
            raise ValueError("values that are masked have no colour: fill them first, as with array.filled(255)")
    return np.asarray(values) if isinstance(values, np.ma.MaskedArray) else np.asanyarray(values)
