"""Two exposures of one moment, told from two copies of one file by their noise.

A sensor's noise is new in each exposure, and as strong. A copy has the noise of its original, but for what its encoding
takes away or adds: where two pictures have as much fine detail as each other in their smoothest parts, but not the
same, and their encoding does not explain it, they are two exposures. Frames that the camera has denoised, or that are
of low quality, have too little noise to tell.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from dupviz.images.luma import luma_of
from dupviz.look.boxes import WHOLE, Box
from dupviz.look.changes import CLIPPED, FEWEST_BLOCKS, in_blocks
from dupviz.look.encoding import encoded_as
from dupviz.look.picture import Picture
from dupviz.look.shown import is_in_place, middle, shown_in_both
from dupviz.look.windows import smoothed
from dupviz.metrics import Flags, Floats, Pixels

__all__ = ["are_exposures_at_full_size", "are_two_exposures", "taken_apart"]

ALIVE = 1.0  # grey levels squared: fine detail of a block that the encoding has not wiped out
EVERYWHERE = 0.15  # of all blocks that are neither black nor white: noise is in most of them, edges are in a few
SMOOTHEST = 0.2  # of these blocks
# Of 16 other photos with noise of σ = 2 to 9, at quality 85 to 95, 239 of 240 pairs of exposures are told. Taken for
# such are 3 of 1,152 copies of 12 kinds, all of quality 60 saved again at 95, and 48 of 96 shifted by a whole pixel.
AS_STRONG, OWN, UNEXPLAINED = 1.1, 0.03, 1.5
# Of what was made smaller for the look, the errors of its encoding are smaller than those that are measured: the own
# detail of a copy is at most half of these.
OWN_RESAMPLED, UNEXPLAINED_RESAMPLED = 0.3, 0.5
AS_STRONG_MOVED = 2.0  # in another place one of them is resampled, and loses noise
# A quarter of the picture tells most copies: one with so much more noise, or so much less of its own. Of 240 copies a
# quarter has at most 0.3 of the least that exposures have, and of 480 pairs of these at least 0.66 of what all has.
CLEARLY, CLEARLY_LESS = 1.2, 0.5
ROUNDING = 0.15  # grey levels squared: what the decoding of any file may add

MIDDLE, BLOCKS = 512, 16  # pixels

MOMENT = timedelta(seconds=10)  # between frames of a burst, at most
CAMERA_TIME = "%Y:%m:%d %H:%M:%S"


def taken_apart(a: str, b: str) -> bool:
    """Whether a camera took two pictures one after the other: a copy keeps the time of its original, or has none.

    Parameters
    ----------
    a, b : str
        When they were taken, as EXIF says it; empty where it is unknown.

    Examples
    --------
    >>> from dupviz.look.exposures import taken_apart
    >>> taken_apart("2020:02:02 12:00:00", "2020:02:02 12:00:01"), taken_apart("2020:02:02 12:00:00", "")
    (True, False)
    """
    try:
        between = abs(datetime.strptime(a, CAMERA_TIME) - datetime.strptime(b, CAMERA_TIME))
    except ValueError:
        return False
    return timedelta(0) < between <= MOMENT


def are_exposures_at_full_size(a: Picture, b: Picture, rotation: int, mirrored: bool) -> bool:
    """The same of two photos at full size, by their middle: what makes them smaller averages their noise away.

    Parameters
    ----------
    a, b : Picture
        At full size.
    rotation, mirrored
        How the second is turned to match.
    """
    return are_two_exposures(_middle(a), _middle(b.turned(rotation, mirrored)))


def _middle(picture: Picture) -> Picture:
    """The middle of a picture, cut where a JPEG has the edges of its blocks."""
    height, width = (min(MIDDLE, length) for length in picture.rgb.shape[:2])
    top, left = (picture.height - height) // 2 // BLOCKS * BLOCKS, (picture.width - width) // 2 // BLOCKS * BLOCKS
    part = np.ascontiguousarray(picture.rgb[top : top + height, left : left + width])
    return replace(picture, rgb=part, width=width, height=height)


def are_two_exposures(a: Picture, b: Picture, box: Box = WHOLE) -> bool:
    """Whether two pictures have noise of the same strength that is not the same noise.

    Parameters
    ----------
    a, b : Picture
        The second turned to match.
    box : Box
        The part of a that b shows.

    Returns
    -------
    bool
        False where there is too little noise to tell.
    """
    both = shown_in_both(a, b, box)
    if both is None or (a.width, a.height) != (b.width, b.height):
        return False
    is_there = is_in_place(a, b, box)
    is_exact = is_there and not a.is_shrunk
    as_strong = AS_STRONG if is_there else AS_STRONG_MOVED
    of_weaker, of_explained = (OWN, UNEXPLAINED) if is_exact else (OWN_RESAMPLED, UNEXPLAINED_RESAMPLED)
    noise = None
    for shown, more, less in (tuple(map(middle, both)), CLEARLY, CLEARLY_LESS), (both, 1.0, 1.0):
        noise = _Noise.of(*shown)
        if noise is None:
            continue
        if noise.stronger > more * as_strong * noise.weaker or noise.own <= less * of_weaker * noise.weaker:
            return False
        explained = _lost(b, shown[0], noise.fine[0]) + _lost(a, shown[1], noise.fine[1])
        if noise.own <= less * of_explained * float(explained[noise.where].mean()):
            return False
    return noise is not None


class _Noise(NamedTuple):
    """Energies of the fine detail of two pictures, in the smoothest of the blocks that have any; grey levels squared.

    Attributes
    ----------
    weaker, stronger : float
        Of each picture.
    own : float
        Of what even the weaker one has for itself: a copy has none.
    where : ndarray of bool
        These blocks.
    fine : (ndarray, ndarray)
        The fine detail of each: float32, shape (height, width).
    """

    weaker: float
    stronger: float
    own: float
    where: Flags
    fine: tuple[Floats, Floats]

    @classmethod
    def of(cls, a: Pixels, b: Pixels) -> "_Noise | None":
        """Of two pictures; None if too little of them has fine detail."""
        fine = _fine(a), _fine(b)
        energies = [in_blocks(each * each) for each in fine]
        brightness = in_blocks(luma_of(a))
        is_free = (brightness > CLIPPED) & (brightness < 255 - CLIPPED)
        is_alive = is_free & (np.minimum(*energies) > ALIVE)
        if is_alive.sum() < max(FEWEST_BLOCKS, EVERYWHERE * is_free.sum()):
            return None
        total = energies[0] + energies[1]
        where = is_alive & (total <= np.quantile(total[is_alive], SMOOTHEST))
        weaker, stronger = sorted(float(each[where].mean()) for each in energies)
        return cls(weaker, stronger, weaker - float(in_blocks(fine[0] * fine[1])[where].mean()), where, fine)


def _fine(shown: Pixels) -> Floats:
    luma = luma_of(shown)
    return luma - smoothed(luma, 1)


def _lost(picture: Picture, shown: Pixels, fine: Floats) -> Floats:
    """What the encoding of a file does to fine detail: mean squared errors in blocks; rounding at least."""
    return in_blocks(np.square(_fine(encoded_as(picture, shown)) - fine)) + ROUNDING
