"""Where two pictures differ: what the second look measures, window by window, as a map."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dupviz.images.imageset import ImageSet
from dupviz.look.boxes import WHOLE, Box
from dupviz.look.closely import CELLS
from dupviz.look.compare import mean_ratio
from dupviz.look.compared import compared
from dupviz.look.look import last_look
from dupviz.look.reader import Reader
from dupviz.metrics import Floats, Pixels

__all__ = ["WindowMap", "window_map"]


class WindowMap(NamedTuple):
    """What the second look measures between two pictures.

    Attributes
    ----------
    verdict, kind : str
        As in `second_look`.
    worst : float
        The largest R: error in a window, over what copies may have there.
    mean : float
        Q: the mean error over the whole picture, in the light of the other, over what the files' encoding does to it.
    ratios : ndarray of float32, shape (rows, columns)
        R of the worst window around each cell of 4 × 4 pixels: its largest value is `worst`.
    a, b : ndarray of uint8, shape (height, width, 3)
        The pictures as they were compared, at most 512 pixels long, or at full size where they differ only there; b is
        turned to match. What is transparent is white, or black where they differ so.
    box : Box
        The part of a that b shows: left, top, right and bottom, in shares of a.
    where, where_in_b : Box
        The worst window in each picture.

    Examples
    --------
    >>> from pathlib import Path
    >>> images = dv.load_images("data/photos", progress=False)
    >>> names = [Path(path).name for path in images.files["path"]]
    >>> a, b = names.index("coffee.jpg"), names.index("coffee_watermark.jpg")
    >>> found = dv.window_map(images, a, b)
    >>> found.verdict, found.worst > 1
    ('edited', True)
    """

    verdict: str
    kind: str
    worst: float
    mean: float
    ratios: Floats
    a: Pixels
    b: Pixels
    box: Box
    where: Box
    where_in_b: Box


def window_map(images: ImageSet, a: int, b: int, *, rotation: int = 0, mirrored: bool = False) -> WindowMap:
    """Measure where two pictures differ.

    Parameters
    ----------
    images : ImageSet
    a, b : int
        Row numbers.
    rotation : {0, 90, 180, 270}
    mirrored : bool
        How b is turned to match a.

    Returns
    -------
    WindowMap

    Raises
    ------
    DecodeError
        If a file cannot be read any more.
    ValueError
        If the two are too small to be compared, or too different to be laid over each other.

    Examples
    --------
    >>> from pathlib import Path
    >>> images = dv.load_images("data/photos", progress=False)
    >>> names = [Path(path).name for path in images.files["path"]]
    >>> a, b = names.index("coffee.jpg"), names.index("coffee_email.jpg")
    >>> found = dv.window_map(images, a, b)
    >>> found.verdict, found.worst < 1
    ('same', True)
    """
    paths = images.files["path"]
    read = Reader()
    first, second = read.small(paths.iloc[a]), read.small(paths.iloc[b])
    verdict, found, over_black, _ = compared(first, second, rotation=rotation, mirrored=mirrored)
    second = second.turned(rotation, mirrored)
    if over_black:
        first, second = first.on_black(), second.on_black()
    if not found.ratios:
        raise ValueError(f"{paths.iloc[a]!r} and {paths.iloc[b]!r} have no windows to compare")
    mean = mean_ratio(first, second, found)
    verdict, close = last_look(verdict, found, (paths.iloc[a], paths.iloc[b]), (rotation, mirrored), read)
    if close:
        where, ratios = close.where, _spread({CELLS: close.ratios})
        return WindowMap(*verdict, close.worst, mean, ratios, close.a, close.b, WHOLE, where, where)
    boxes = found.box, found.where, found.where_in_b
    return WindowMap(*verdict, found.worst, mean, _spread(found.ratios), first.rgb, second.rgb, *boxes)


def _spread(ratios: dict[int, Floats]) -> Floats:
    """For each cell, the largest of all windows that it is in."""
    maps = []
    for cells, values in ratios.items():
        rows, columns = values.shape
        largest = np.full((rows + cells - 1, columns + cells - 1), -np.inf, np.float32)
        for down, across in np.ndindex(cells, cells):
            part = largest[down : down + rows, across : across + columns]
            np.maximum(part, values, out=part)
        maps.append(largest)
    largest_of_all: Floats = np.maximum.reduce(maps)
    return largest_of_all
