"""The last look at what is about to go: both pictures at full size, window by window, for a change as small as a digit.

At 512 pixels a digit of a table is gone, and the figures of `compare` allow for sharpness, another size and light. Here
the two lie pixel on pixel, so that encodings alone explain what differs. 610 edits of 10 to 30 pixels were measured
(digits in tables of 800 to 2480 px, number plates, stamps, objects and faces; then saved again, halved or turned), and
460 honest copies of photos and pages (quality 60 to 99, WebP, AVIF, HEIC, halves, turned). The worst window of an edit
is at 1.9 and more, but for 6 of the 122 that were halved; that of a copy at most at 0.55, and where the encoding is
unknown, see `UNKNOWN`, at 1. Of 600 copies of 40 photos of 500 pixels, ten are at 0.8 to 0.9: turned, then halved.
"""

from collections.abc import Iterator
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from PIL import Image

from dupviz.images.luma import luma_of
from dupviz.look.boxes import Box, turned_box
from dupviz.look.encoding import coarseness, encoding_noise
from dupviz.look.picture import SIDE, Picture
from dupviz.look.sharpness import as_sharp
from dupviz.look.windows import CELL, WINDOWS, sliding_means, square_errors, variances
from dupviz.metrics import Floats, Integers, Pixels, transform, undone

__all__ = ["CELLS", "Closest", "closely"]

# R = E / (ALWAYS + PER_NOISE · N + PER_VARIANCE · (variance of a + of b) / 2) in windows of 8 × 8 pixels, as in
# `compare`: above 1, something has changed there.
ALWAYS, PER_NOISE, PER_VARIANCE = 55.0, 4.4, 0.033
EXACT = 12.0, 0.0  # ALWAYS and PER_VARIANCE where nothing is lossy: two grey levels
# Times as much where nothing says what an encoding does, as of WebP, AVIF and HEIC of quality 60 and 80: 70 honest
# copies of photos reach 1.4 and of small print 1.0; digits of 11 pixels in print and in number plates begin at 0.9.
UNKNOWN, UNKNOWN_OF_DRAWING = 1.4, 0.9
TURNED = 1.5  # times as much where one is turned: its blocks lie elsewhere than those whose noise is measured

CELLS = WINDOWS[0]
BAND = 256  # rows at a time: of 24 megapixels, 5 MB
BLOCK = 16  # rows that a JPEG encodes together


class Closest(NamedTuple):
    """Two pictures at full size.

    Attributes
    ----------
    worst : float
        The largest R.
    where : Box
        The window of it, in shares of both.
    ratios : ndarray of float32, shape (rows, columns)
        R in windows of 8 × 8 pixels, one every 4; where it is at most 1, without all of the noise that lowers it.
    a, b : ndarray of uint8, shape (height, width, 3)
        The two as they were compared.
    """

    worst: float
    where: Box
    ratios: Floats
    a: Pixels
    b: Pixels


def closely(a: Picture, b: Picture, *, rotation: int = 0, mirrored: bool = False) -> Closest:
    """Compare two pictures at full size; where their sizes differ, at that of the smaller one.

    The same, whoever of the two comes first. What is transparent has to match over black, too.

    Parameters
    ----------
    a, b : Picture
        At full size.
    rotation, mirrored
        How b is turned to match a.
    """
    factor = 1.0
    if not all(each.is_lossless or each.tables for each in (a, b)):
        factor = UNKNOWN_OF_DRAWING if a.is_drawing or b.is_drawing else UNKNOWN
    if rotation or mirrored:
        factor *= TURNED
    if not b.is_richer(a):
        return _closely(a, b.turned(rotation, mirrored), factor)
    found = _closely(b, a.turned(*undone(rotation, mirrored)), factor)
    ratios = transform(found.ratios, rotation=rotation, mirrored=mirrored)
    x = transform(found.b, rotation=rotation, mirrored=mirrored)
    y = transform(found.a, rotation=rotation, mirrored=mirrored)
    return Closest(found.worst, turned_box(found.where, rotation, mirrored), ratios, x, y)


def _closely(a: Picture, b: Picture, factor: float) -> Closest:
    found = _worst(a, b, factor)
    if a.over_black is None and b.over_black is None:
        return found
    return max(found, _worst(a.on_black(), b.on_black(), factor), key=itemgetter(0))


def _worst(a: Picture, b: Picture, factor: float) -> Closest:
    height, width = min(a.rgb.shape[:2], b.rgb.shape[:2])
    x, y = (_resized(each.rgb, (width, height)) for each in (a, b))
    found = _closest(a, b, x, y, factor)
    if found.worst > 1 and not (a.is_lossless and b.is_lossless and a.rgb.shape == b.rgb.shape):
        # Filters, and formats, differ in how sharp they leave a picture.
        as_soft = (as_sharp(x, y), y) if a.is_richer(b) else (x, as_sharp(y, x))
        again = _closest(a, b, *as_soft, factor)
        found = min(found, again, key=itemgetter(0))
    return found


def _closest(a: Picture, b: Picture, x: Pixels, y: Pixels, factor: float) -> Closest:
    """The windows of two arrays, in which a and b are shown."""
    is_exact = a.is_lossless and b.is_lossless and a.rgb.shape == b.rgb.shape
    always, per_variance = EXACT if is_exact else (ALWAYS, PER_VARIANCE)
    shown_by = sorted([(b, x), (a, y)], key=lambda each: -coarseness(each[0]))
    worst, bands = 0.0, []
    for band in _bands(len(x)):
        error = sliding_means(square_errors(x[band], y[band]), CELLS)
        of_one, of_other = _variances(a, x, band), _variances(b, y, band)
        allowed = factor * (always + per_variance * 3 * (of_one + of_other) / 2)
        ratio = error / allowed
        for file, shown in shown_by:  # the noise takes longer than all else, and that of the coarser is mostly enough
            if ratio.max() <= max(worst, 1):
                break
            (rows, down), (columns, across) = map(_reach, np.nonzero(ratio > 1), ratio.shape)
            noise = encoding_noise(file, shown[band][down, across])
            allowed[rows, columns] += factor * PER_NOISE * sliding_means(noise, CELLS)
            ratio = error / allowed
        bands.append(ratio[: BAND // CELL])
        worst = max(worst, float(bands[-1].max()))
    ratios = np.concatenate(bands)
    row, column = divmod(int(ratios.argmax()), ratios.shape[1])
    across, down = CELL / x.shape[1], CELL / x.shape[0]
    where = (across * column, down * row, across * (column + CELLS), down * (row + CELLS))
    return Closest(worst, where, ratios, x, y)


def _bands(height: int) -> Iterator[slice]:
    """Bands of rows, each with the blocks of a JPEG that the windows need which begin in it."""
    for top in range(0, height - CELL * CELLS + 1, BAND):
        yield slice(top, min(top + BAND + BLOCK, height))


def _variances(picture: Picture, shown: Pixels, band: slice) -> Floats:
    """Of the luma in windows of a band; where a picture is small, they have been measured for the whole of it."""
    if shown is not picture.rgb or max(shown.shape) > SIDE:
        return variances(luma_of(shown[band]))[CELLS]
    return picture.variances[CELLS][band.start // CELL : band.stop // CELL - CELLS + 1]


def _reach(windows: Integers, number: int) -> tuple[slice, slice]:
    """Along a side of so many windows: those beside some, and their pixels: all that the noise of these depends on."""
    cells = BLOCK // CELL
    start, stop = (
        max(0, int(windows.min()) // cells - 1) * cells,
        ((int(windows.max()) + CELLS - 1) // cells + 2) * cells,
    )
    if stop - CELLS + 1 >= number:
        return slice(start, number), slice(start * CELL, None)
    return slice(start, stop - CELLS + 1), slice(start * CELL, stop * CELL)


def _resized(rgb: Pixels, size: tuple[int, int]) -> Pixels:
    if rgb.shape[1::-1] == size:
        return rgb
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC))
