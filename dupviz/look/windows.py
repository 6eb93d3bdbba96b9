"""Sliding windows over two pictures of one shape: where they differ by more than copies do."""

from collections.abc import Iterable

import numpy as np

__all__ = ["CELL", "cell_means", "sliding_means", "square_cells", "variances"]

CELL = 4  # pixels a side: windows slide by one cell


def cell_means(values: np.ndarray) -> np.ndarray:
    """Means over cells of `CELL` × `CELL` pixels; what is left over at the right and below is ignored.

    Parameters
    ----------
    values : ndarray of float32, shape (height, width) or (height, width, 3)

    Returns
    -------
    ndarray of float32, shape (height // CELL, width // CELL) or (height // CELL, width // CELL, 3)
    """
    rows, columns = values.shape[0] // CELL, values.shape[1] // CELL
    # Strided sums: np.sum over axes as short as these takes eight times as long.
    down = _summed(values[row : rows * CELL : CELL, : columns * CELL] for row in range(CELL))
    return _summed(down[:, column::CELL] for column in range(CELL)) / CELL**2


def square_cells(picture: np.ndarray) -> np.ndarray:
    """Mean squares in cells, summed over the channels: float32, shape (height // CELL, width // CELL)."""
    squares = np.square(picture)
    return cell_means(squares[..., 0] + squares[..., 1] + squares[..., 2])


def variances(luma: np.ndarray, cells: int) -> np.ndarray:
    """Variances of a luma in windows of so many cells a side.

    Parameters
    ----------
    luma : ndarray of float32, shape (height, width)

    Returns
    -------
    ndarray of float64, shape of `sliding_means`
    """
    means, squares = (sliding_means(cell_means(values), cells) for values in (luma, luma * luma))
    return np.maximum(squares - means**2, 0)


def sliding_means(values: np.ndarray, cells: int) -> np.ndarray:
    """Means over windows of `cells` × `cells` values, at every place.

    Parameters
    ----------
    values : ndarray, shape (..., rows, columns)

    Returns
    -------
    ndarray of float64, shape (..., rows - cells + 1, columns - cells + 1)
    """
    sums = np.zeros((*values.shape[:-2], values.shape[-2] + 1, values.shape[-1] + 1))
    np.cumsum(np.cumsum(values, axis=-2, dtype=np.float64), axis=-1, out=sums[..., 1:, 1:])
    high, low = slice(cells, None), slice(None, -cells)
    total = sums[..., high, high] - sums[..., low, high] - sums[..., high, low] + sums[..., low, low]
    return total / cells**2


def _summed(arrays: Iterable[np.ndarray]) -> np.ndarray:
    first, *others = arrays
    total = first + others[0]
    for array in others[1:]:
        total += array
    return total
