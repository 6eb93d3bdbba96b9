"""What two pictures both show, at the size of the coarser one."""

import numpy as np
from PIL import Image

from dupviz.look.boxes import WHOLE, Box
from dupviz.look.picture import SIDE, Picture
from dupviz.look.windows import CELL
from dupviz.metrics import Pixels

__all__ = ["is_in_place", "middle", "shown_in_both", "shown_parts"]

SMALLEST = 12  # pixels a side that can be compared
IN_PLACE = 0.002  # of a side: less than a pixel
BLOCKS = 16  # pixels a side of what a JPEG encodes together


def shown_parts(a: Picture, b: Picture, box: Box) -> tuple[Pixels, Pixels, Box] | None:
    """What two pictures both show, at the size of the coarser one, and where that is.

    Parameters
    ----------
    a, b : Picture
        The second turned to match.
    box : Box
        The part of a that b shows.

    Returns
    -------
    (ndarray, ndarray, Box) or None
        Two of uint8, of one shape, and the part of a that they show; None if that is too little.
    """
    (height_a, width_a), (height_b, width_b) = a.rgb.shape[:2], b.rgb.shape[:2]
    is_whole = box == WHOLE
    (left_a, right_a), (left_b, right_b), width = _overlap(box[0], box[2], width_a, width_b, is_whole)
    (top_a, bottom_a), (top_b, bottom_b), height = _overlap(box[1], box[3], height_a, height_b, is_whole)
    scale = min(1, SIDE / max(width, height))
    size = round(scale * width), round(scale * height)
    if min(size) < SMALLEST:
        return None
    part = (left_a, top_a, right_a, bottom_a)
    return _cut(a.rgb, part, size), _cut(b.rgb, (left_b, top_b, right_b, bottom_b), size), part


def shown_in_both(a: Picture, b: Picture, box: Box) -> tuple[Pixels, Pixels] | None:
    """What two pictures both show, at the size of the coarser one: uint8, of one shape; None if that is too little.

    As it is, where it is in place: resampling would wipe out palettes and noise.

    Parameters
    ----------
    a, b : Picture
        The second turned to match.
    box : Box
        The part of a that b shows.
    """
    parts = shown_parts(a, b, WHOLE if is_in_place(a, b, box) else box)
    return parts and parts[:2]


def is_in_place(a: Picture, b: Picture, box: Box) -> bool:
    """Whether b shows what a does, pixel by pixel: a box that was found is hundredths of a pixel off.

    Parameters
    ----------
    a, b : Picture
        The second turned to match.
    box : Box
        The part of a that b shows.
    """
    return a.rgb.shape == b.rgb.shape and bool(np.abs(np.subtract(box, WHOLE)).max() < IN_PLACE)


def middle(picture: Pixels) -> Pixels:
    """A quarter of a picture: the rows in the middle, as wide as it is, from an edge of a JPEG's blocks on."""
    height = len(picture)
    start = 3 * height // 8 // BLOCKS * BLOCKS
    return picture[start : start + max(2 * CELL, height // 4)]


def _overlap(
    start: float, stop: float, length_a: int, length_b: int, is_whole: bool
) -> tuple[tuple[float, float], tuple[float, float], float]:
    """What two pictures both show along one side, in shares of a and of b, and its pixels in the coarser one."""
    extent = stop - start
    from_b, to_b = max(0.0, -start / extent), min(1.0, (1 - start) / extent)
    from_a, to_a = start + extent * from_b, start + extent * to_b
    share_a, share_b = to_a - from_a, to_b - from_b
    coarser = min(share_a * length_a, share_b * length_b)
    # The edge of one picture within the other is a mixed pixel: leave it out.
    margin = 0.0 if is_whole else 1.5 / max(coarser, 1)
    inner_a, inner_b = margin * share_a, margin * share_b
    return (from_a + inner_a, to_a - inner_a), (from_b + inner_b, to_b - inner_b), coarser


def _cut(rgb: Pixels, part: Box, size: tuple[int, int]) -> Pixels:
    height, width = rgb.shape[:2]
    if part == WHOLE and size == (width, height):
        return rgb
    left, top, right, bottom = part
    box = max(0, left * width), max(0, top * height), min(width, right * width), min(height, bottom * height)
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC, box))
