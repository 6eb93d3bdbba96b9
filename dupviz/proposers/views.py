"""Views of pictures: parts of them, as crops are, and what is inside a border; a few pixels each, in grey."""

from typing import NamedTuple

import numpy as np

from dupviz.look.boxes import WHOLE, Box
from dupviz.metrics import Floats, transform
from dupviz.proposers.light import LEAST_DEVIATION, interval_means

__all__ = ["LEAST_INSIDE", "SIZE", "cut", "cut_each", "turned", "views_of"]

SIZE = 6  # pixels a side of a view

CUTS = ((0, 0), (0, 0.15), (0.15, 0), (0.08, 0.08), (0.17, 0.17))  # from the left and the right, or above and below
BOXES: tuple[Box, ...] = (
    *(
        (left, top, 1 - right, 1 - bottom)
        for left, right in CUTS
        for top, bottom in CUTS
        if left + right + top + bottom
    ),
    *((left, top, left + 0.6, top + 0.6) for left in (0, 0.2, 0.4) for top in (0, 0.2, 0.4)),
    *((left, top, left + 0.72, top + 0.72) for left in (0, 0.14, 0.28) for top in (0, 0.14, 0.28)),
    *((0, 0, 0.5, 1), (0.5, 0, 1, 1), (0, 0, 1, 0.5), (0, 0.5, 1, 1)),  # of a collage
    *((0, 0.3, 1, 0.7), (0, 0.2, 1, 0.8)),  # of a phone's screen
)

# Of a border of one colour, in grey levels: the spread within a row of it, and how far its rows are apart.
FLAT, NEAR = 6.0, 14.0
LEAST_INSIDE = 0.3  # of the width and the height


class Views(NamedTuple):
    """Views of some pictures: whose they are, which part of it, and the pixels, float32 of shape (n, SIZE, SIZE)."""

    owner: np.ndarray
    boxes: np.ndarray
    pixels: np.ndarray


def views_of(tensors: np.ndarray, luma: np.ndarray, rows: np.ndarray) -> Views:
    """The views of pictures that show something.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    luma : ndarray of float32, shape (n, size, size)
        Of these.
    rows : ndarray of int64, shape (n,)
        What each picture is called, as their owner.
    """
    boxes = [np.tile(box, (len(rows), 1)) for box in BOXES]
    owners, pixels = [rows] * len(BOXES), [cut(luma, box) for box in BOXES]
    inside = _inside_borders(tensors)
    framed = (inside != WHOLE).any(axis=1)
    boxes.append(inside[framed])
    owners.append(rows[framed])
    pixels.append(cut_each(luma[framed], inside[framed], SIZE))
    views = np.concatenate(pixels)
    shown = views.std(axis=(1, 2)) >= LEAST_DEVIATION
    return Views(np.concatenate(owners)[shown], np.concatenate(boxes)[shown], views[shown])


def turned(pictures: np.ndarray, rotation: int, mirrored: bool) -> np.ndarray:
    """Pictures of one channel, each as `transform` turns it: shape (n, size, size)."""
    return np.moveaxis(transform(np.moveaxis(pictures, 0, 2), rotation=rotation, mirrored=mirrored), 2, 0)


def _inside_borders(tensors: np.ndarray) -> np.ndarray:
    """What lies within a border of one colour, of each picture: boxes; all of it, if there is none."""
    columns = tensors.swapaxes(1, 2)
    left, top, right, bottom = map(_border, (columns, tensors, columns[:, ::-1], tensors[:, ::-1]))
    boxes = np.stack([left, top, 1 - right, 1 - bottom], axis=1)
    boxes[(boxes[:, 2:] - boxes[:, :2]).min(axis=1) < LEAST_INSIDE] = WHOLE
    return boxes


def _border(lines: np.ndarray) -> Floats:
    """The share of lines, from the first on, that are a border of one colour, in each of some pictures."""
    share = np.zeros(len(lines))
    has_one = np.flatnonzero(lines[:, 0].std(axis=1).max(axis=-1) < FLAT)
    spread, colour = lines[has_one].std(axis=2).max(axis=-1), lines[has_one].mean(axis=2)
    of_border = (spread < FLAT) & (np.abs(colour - colour[:, :1]).max(axis=-1) < NEAR)
    number = np.where(of_border.all(axis=1), lines.shape[1], of_border.argmin(axis=1))
    share[has_one] = (number + 1) / lines.shape[1]  # the line where a border ends is mixed
    return share


def cut(luma: np.ndarray, box: Box, size: int = SIZE) -> Floats:
    """The same part of all pictures, as views: float32, shape (n, size, size)."""
    return cut_each(luma, np.array([box]), size)


def cut_each(luma: np.ndarray, boxes: np.ndarray, size: int) -> Floats:
    """A part of each picture, as views: float32, shape (n, size, size)."""
    left, top, right, bottom = boxes.T
    down = interval_means(luma.shape[1], size, top, bottom)
    across = interval_means(luma.shape[2], size, left, right)
    return np.asarray(down @ luma @ across.transpose(0, 2, 1))
