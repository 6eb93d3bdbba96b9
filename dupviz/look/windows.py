"""Sliding windows over two pictures of one shape: where they differ by more than copies do."""

import numpy as np

__all__ = ["CELL", "WINDOWS", "cell_means", "sliding_means", "square_cells", "variances"]

CELL = 4  # pixels a side: windows slide by one cell
WINDOWS = (2, 4)  # cells a side: 8 and 16 pixels


def cell_means(values: np.ndarray) -> np.ndarray:
    """Means over cells of `CELL` × `CELL` pixels; what is left over at the right and below is ignored.

    Parameters
    ----------
    values : ndarray of float32, shape (height, width) or (height, width, 3)

    Returns
    -------
    ndarray of float32, shape (height // CELL, width // CELL) or (height // CELL, width // CELL, 3)
    """
    summed = _row_sums(values)
    rows, columns = len(summed), values.shape[1] // CELL
    across = summed[:, : columns * CELL].reshape(rows, columns, CELL, *values.shape[2:])
    return np.einsum("rck...->rc...", across) / CELL**2


def square_cells(picture: np.ndarray) -> np.ndarray:
    """Mean squares in cells, summed over the channels: float32, shape (height // CELL, width // CELL)."""
    summed = _row_sums(np.square(picture))
    rows, columns = len(summed), picture.shape[1] // CELL
    channels = picture.shape[2]
    # A product with ones: np.sum over an axis as short as this takes eight times as long.
    ones = np.ones(CELL * channels, np.float32)
    return summed[:, : columns * CELL].reshape(rows, columns, CELL * channels) @ ones / CELL**2


def variances(luma: np.ndarray) -> dict[int, np.ndarray]:
    """Variances of a luma in windows of so many cells a side, for each of `WINDOWS` that fits.

    Parameters
    ----------
    luma : ndarray of float32, shape (height, width)

    Returns
    -------
    dict of int to ndarray of float32, shape of `sliding_means`
    """
    centred = luma - luma.mean()  # squares of smaller numbers lose less as float32
    means, squares = cell_means(centred), cell_means(centred * centred)
    return {
        cells: np.maximum(sliding_means(squares, cells) - sliding_means(means, cells) ** 2, 0)
        for cells in WINDOWS
        if min(means.shape) >= cells
    }


def sliding_means(values: np.ndarray, cells: int) -> np.ndarray:
    """Means over windows of `cells` × `cells` values, at every place.

    Parameters
    ----------
    values : ndarray of float32, shape (rows, columns)
    cells : int
        A power of 2.

    Returns
    -------
    ndarray of float32, shape (rows - cells + 1, columns - cells + 1)
    """
    width = 1
    while width < cells:  # windows twice as wide are two windows side by side
        values = values[:-width] + values[width:]
        values = values[:, :-width] + values[:, width:]
        width *= 2
    return values / cells**2


def _row_sums(values: np.ndarray) -> np.ndarray:
    """Sums over `CELL` rows each: shape (height // CELL, width, ...)."""
    rows = values.shape[0] // CELL * CELL
    total = values[0:rows:CELL] + values[1:rows:CELL]
    for row in range(2, CELL):
        total += values[row:rows:CELL]
    return total
