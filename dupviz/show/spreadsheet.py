"""A receipt for a pair: its MSE as a spreadsheet that computes it."""

import os

from dupviz._disk.write import write_atomically
from dupviz._words.html import stream_page
from dupviz._words.words import printable
from dupviz.metrics import Pixels, check_tensors

__all__ = ["to_spreadsheet"]


def to_spreadsheet(a: Pixels, b: Pixels, path: str | os.PathLike[str], *, names: tuple[str, str] = ("A", "B")) -> None:
    """Write two tensors as a spreadsheet whose formulas give their MSE, for LibreOffice: OpenDocument in one flat file.

    The sheets A and B hold the numbers: a row of the picture in each row, and three columns for each pixel. The sheet
    errors holds the squared errors of each pixel, and the sheet MSE their mean, computed in two ways.

    Parameters
    ----------
    a, b : ndarray of uint8, shape (height, width, 3)
        The second as it matches, see `transform`.
    path : str or Path
        Of the file, whose name should end in ``.fods``. A file that dupviz has written is replaced; any other is
        refused.
    names : (str, str)
        What the two are called.

    Raises
    ------
    TypeError, ValueError
        If these are no tensors of the same shape, see `mse`.
    OSError
        If it cannot be written. The old file is left as it was.

    Examples
    --------
    >>> images = dv.load_images("data/photos", progress=False)
    >>> a, b = images.tensors[:2]
    >>> dv.to_spreadsheet(a, b, "pair.fods")
    """
    a, b = check_tensors(a, b)
    height, width, channels = a.shape
    if channels != 3:
        raise ValueError(f"tensors must have three channels, got shape {a.shape}")
    last = _cell(height, 3 * width)
    pixels = height * width
    parts = stream_page(
        "receipt.fods",
        names=[printable(name) for name in names],
        width=width,
        sums=[
            ("MSE, from all numbers at once", f"SUMXMY2([$A.B2:.{last}];[$B.B2:.{last}])/{pixels}"),
            ("MSE, as the mean of the squared errors", f"AVERAGE([$errors.B2:.{_cell(height, width)}])"),
            ("the same per value", f"SUMXMY2([$A.B2:.{last}];[$B.B2:.{last}])/{3 * pixels}"),
        ],
        tensors=[(name, tensor.reshape(height, -1).tolist()) for name, tensor in (("A", a), ("B", b))],
        errors=[[_error(row, column) for column in range(1, width + 1)] for row in range(1, height + 1)],
    )
    with write_atomically(path) as file:
        file.write("".join(parts).lstrip())


def _error(row: int, column: int) -> str:
    """The squared error of a pixel: its three numbers in A and in B."""
    cells = f"{_cell(row, 3 * column - 2)}:.{_cell(row, 3 * column)}"
    return f"SUMXMY2([$A.{cells}];[$B.{cells}])"


def _cell(row: int, column: int) -> str:
    """The place of a number; before each row is its number, and above each column its name: (1, 1) is ``"B2"``."""
    letters, left = "", column + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"
