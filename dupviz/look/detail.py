"""The finest that a file shows: its pixels as they are stored, and what an earlier JPEG has left in them."""

import os
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from dupviz.images.decode import decode_middle
from dupviz.images.luma import luma_of
from dupviz.look.picture import SIDE, Picture
from dupviz.metrics import Floats, Pixels, transform, undone

__all__ = ["BEYOND_ZERO", "BLOCK", "MOST_BLOCKS", "Detail", "Turn", "coefficients", "detail_of", "quality_of"]

# How a picture is transformed: by `rotation`, after it is mirrored or not.
Turn = tuple[int, bool]

# How what is stored becomes upright, by the EXIF orientation.
UPRIGHT: dict[int, Turn] = {
    2: (0, True),
    3: (180, False),
    4: (180, True),
    5: (90, True),
    6: (270, False),
    7: (270, True),
    8: (90, False),
}

BLOCK = 8  # pixels a side, of a JPEG
MOST_BLOCKS = 768  # rows of them, around the middle: of twice as many all takes 1.5 times as long

# Where an earlier JPEG is looked for: steps from the least that is seen through rounding to those of a quality of 10.
STEPS = np.arange(3, 101)
PER_GREY, LONGEST = 4, 256  # of the histograms
# Of coefficients on multiples of a step the mean of cos 2πc/step is near 1; of photos it is below 0, since larger ones
# are fewer, and halfway to the first multiple most are.
BEYOND_ZERO = 0.3  # steps: less is a zero with some noise
CLEAR, ENOUGH = 0.6, 15  # that mean; coefficients that are no zeros
FEWEST_STEPS, COARSER = 6, 1.3  # that are found; of an earlier JPEG, over those of the file itself

# Of a JPEG of quality 50, as the standard suggests it (ITU-T T.81, table K.1).
# fmt: off
QUALITY_50 = np.array([
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
], np.float32)
# fmt: on


@dataclass(frozen=True, eq=False)
class Detail:
    """The middle of a file at its full size.

    Attributes
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
        Upright, over white, as large as the whole or `SIDE`; its margins on both sides are equal.
    width, height : int
        Of the whole picture, upright.
    orientation : int
        By EXIF.
    steps : ndarray of float32, shape (64,), or None
        Of a JPEG: by which the coefficients of its luma are divided.
    is_lossy : bool
        Whether it may have lost detail of which it has no tables, as WebP or HEIC.
    """

    rgb: Pixels
    width: int
    height: int
    orientation: int = 1
    steps: Floats | None = None
    is_lossy: bool = False

    @cached_property
    def luma(self) -> Floats:
        """Upright: float32, shape (height, width)."""
        return luma_of(self.rgb)

    def framed(self, luma: Floats) -> Floats:
        """A luma of this size, upright, as this file would store it, from the first whole block on."""
        rotation, mirrored = undone(*UPRIGHT.get(self.orientation, (0, False)))
        stored: Floats = transform(luma, rotation=rotation, mirrored=mirrored)
        margins = (self.height - luma.shape[0]) // 2, (self.width - luma.shape[1]) // 2
        top, left = (-margin % BLOCK for margin in (margins[::-1] if rotation % 180 else margins))
        return stored[top:, left:]

    @cached_property
    def own(self) -> Floats:
        """Its coefficients, see `coefficients`."""
        return coefficients(self.framed(self.luma))

    @cached_property
    def traces(self) -> Floats:
        """Steps of an earlier JPEG that are seen in the coefficients; 0 where none are: float32, shape (64,)."""
        bins = np.minimum(np.abs(self.own) * PER_GREY, PER_GREY * LONGEST - 1).astype(np.int32)
        bins += PER_GREY * LONGEST * np.arange(BLOCK**2, dtype=np.int32)
        counts = np.bincount(bins.ravel(), minlength=BLOCK**2 * PER_GREY * LONGEST)
        counts = counts.reshape(BLOCK**2, -1).astype(np.float32)
        cosines, beyond = _combs()
        number = counts[:, :-1] @ beyond
        score = np.where(number >= ENOUGH, counts[:, :-1] @ cosines / np.maximum(number, 1), 0)
        found = np.where(score.max(axis=1) > CLEAR, STEPS[score.argmax(axis=1)], 0).astype(np.float32)
        found[0] = 0  # means have no gap around zero
        return found

    @cached_property
    def is_at_home(self) -> bool:
        """Whether it is a JPEG, and was none of a lower quality before."""
        if self.steps is None:
            return False
        both = self.traces > 0
        return both.sum() < FEWEST_STEPS or float(np.median(self.traces[both] / self.steps[both])) < COARSER

    @cached_property
    def known(self) -> Floats:
        """The steps of the JPEG that it is, or once was, as far as they are known: float32, shape (64,), or 0."""
        return self.steps if self.steps is not None and self.is_at_home else self.traces


def quality_of(steps: Floats) -> int:
    """The quality, from 1 to 100, whose steps are most like these: float32, shape (64,), 0 where they are unknown."""
    is_known = steps > 0
    scale = 100 * float(np.median(steps[is_known] / QUALITY_50[is_known]))
    return round((200 - scale) / 2 if scale <= 100 else 5000 / scale)


def coefficients(luma: Floats) -> Floats:
    """The coefficients of blocks, as a JPEG has them before it divides them by its steps.

    Parameters
    ----------
    luma : ndarray of float32, shape (height, width)

    Returns
    -------
    ndarray of float32, shape (blocks, 64)
        Of the rows of blocks around the middle, at most `MOST_BLOCKS`.
    """
    rows, columns = luma.shape[0] // BLOCK, luma.shape[1] // BLOCK
    some = min(rows, max(1, MOST_BLOCKS // max(1, columns)))
    top = (rows - some) // 2 * BLOCK
    blocks = luma[top : top + some * BLOCK, : columns * BLOCK].reshape(some, BLOCK, columns, BLOCK)
    return blocks.swapaxes(1, 2).reshape(-1, BLOCK**2) @ _basis()


@lru_cache(1)
def _basis() -> Floats:
    """From 64 pixels to 64 coefficients of the cosine transform."""
    at = np.arange(BLOCK)
    waves = np.sqrt(2 / BLOCK) * np.cos((2 * at + 1) * at[:, None] * np.pi / (2 * BLOCK))
    waves[0] /= np.sqrt(2)
    return np.ascontiguousarray(np.kron(waves, waves).T, np.float32)


@lru_cache(1)
def _combs() -> tuple[Floats, Floats]:
    """For each place in a histogram and each of `STEPS`: the cosine, and whether it is beyond zero."""
    size = (np.arange(PER_GREY * LONGEST - 1)[:, None] + 0.5) / PER_GREY / STEPS
    beyond = size > BEYOND_ZERO
    return np.where(beyond, np.cos(2 * np.pi * size), 0).astype(np.float32), beyond.astype(np.float32)


def detail_of(path: str | os.PathLike[str], picture: Picture) -> Detail:
    """The finest that a file shows; it is read again where the second look has shrunk it or changed its colours.

    Raises
    ------
    NotAnImage, DecodeError
        As `decode` does.
    """
    steps = np.array(picture.tables[0], np.float32) if picture.tables else None
    rgb = picture.rgb
    if picture.is_shrunk or "colours" in picture.carries.carried:
        rgb = decode_middle(path, SIDE)
    is_lossy = steps is None and not picture.is_lossless
    return Detail(rgb, picture.width, picture.height, picture.orientation, steps, is_lossy)
