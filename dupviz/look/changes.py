"""What was done between two pictures of one size that show the same, as their pixels say.

A difference is told by where it is: noise is as large in smooth parts as in detailed ones, while what blurs or sharpens
a picture changes its detail only. Detail is a luma less the same smoothed, in blocks of 8 × 8 pixels.
"""

from typing import NamedTuple

import numpy as np

from dupviz.images.luma import luma_of
from dupviz.look.windows import cell_means, smoothed
from dupviz.metrics import Flags, Floats, Pixels

__all__ = [
    "CLIPPED",
    "FEWER_COLOURS",
    "FEWEST_BLOCKS",
    "FRAME",
    "LIGHT",
    "NOISE",
    "SOFTER",
    "UNCHANGED",
    "Change",
    "change",
    "in_blocks",
]

FEWER_COLOURS, FRAME, LIGHT, NOISE, SOFTER, UNCHANGED = "fewer colours", "frame", "light", "noise", "softer", ""

# Of 40 photos, each with 23 changes. A palette gives 256 colours at most; half of the photos have 7,000 in the sample.
PALETTE, AS_MANY_MORE = 256, 4
# The difference in detailed parts over that in smooth ones: 1.3 at most (9 of 10) with noise, 2 at least without.
EVENLY, LEAST_NOISE = 1.6, 1.0  # grey levels, squared
ADDED = 0.5  # of the difference, at least, is energy that one has more: all of it in theory, and none of two exposures
# How much of the detail is left, in energy: 0.4 of a median of 3 × 3, 0.7 of a JPEG of quality 10, 2.5 if sharpened.
HALF_THE_DETAIL = 0.5
TONE, CONTRAST = 3.0, 0.04  # grey levels, and a factor, by which two pictures of one light differ at most

BLOCK = 2  # cells a side
SMOOTHEST, DETAILED = 0.15, 0.7  # quantiles of the structure of blocks
CLIPPED = 12.0  # grey levels from black and from white, in which noise is cut off
FEWEST_BLOCKS = 20
UNIFORM = 4.0  # grey levels by which a line of a frame may vary


class Change(NamedTuple):
    """What was done, and to which of two pictures.

    Attributes
    ----------
    kind : str
        ``"fewer colours"``, ``"frame"``, ``"light"``, ``"noise"`` or ``"softer"``; empty where none was measured.
    side : {"a", "b", ""}
        The one with fewer colours, the frame, more noise or less detail; empty where neither is.
    """

    kind: str
    side: str


def change(a: Pixels, b: Pixels) -> Change:
    """Measure what was done between two pictures that show the same.

    Of several things the first of a palette, a frame, noise, less detail and other light. With the pictures swapped the
    side is the other one.

    Parameters
    ----------
    a, b : ndarray of uint8, shape (height, width, 3)
        Laid over each other.

    Returns
    -------
    Change

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> from dupviz.look.changes import change
    >>> a = np.random.default_rng(0).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    >>> change(a, a // 64 * 64)
    Change(kind='fewer colours', side='b')
    """
    if a.shape != b.shape:
        raise ValueError(f"pictures must be of one shape, got {a.shape} and {b.shape}")
    if side := _with_a_palette(_colours(a), _colours(b)):
        return Change(FEWER_COLOURS, side)
    if _has_frame(a) != _has_frame(b):
        return Change(FRAME, "a" if _has_frame(a) else "b")
    detail = _Detail.of(a, b)
    if detail is None:
        return Change(UNCHANGED, "")
    if detail.is_noise:
        return Change(NOISE, _larger(*detail.smooth[:2]))
    if side := detail.softer:
        return Change(SOFTER, side)
    return Change(LIGHT, "") if detail.is_of_other_light else Change(UNCHANGED, "")


class _Detail(NamedTuple):
    """Energies of the detail of two pictures, in grey levels squared, and what is left without it.

    Attributes
    ----------
    smooth, detailed : (float, float, float)
        Of each picture, and of the difference of both: in the smooth parts, and where there is much detail.
    tone, contrast : float
        Grey levels by which cells of both differ, and how much more contrast these have in b.
    """

    smooth: tuple[float, ...]
    detailed: tuple[float, ...]
    tone: float
    contrast: float

    @classmethod
    def of(cls, a: Pixels, b: Pixels) -> "_Detail | None":
        """Of two pictures; None if too little of them is neither black nor white."""
        lumas = luma_of(a), luma_of(b)
        soft = [smoothed(luma, 1) for luma in lumas]
        where = _smooth_and_detailed((soft[0] + soft[1]) / 2)
        if where is None:
            return None
        fine = [luma - without for luma, without in zip(lumas, soft)]
        energies = [in_blocks(each * each) for each in (*fine, fine[0] - fine[1])]
        cells = [cell_means(luma) for luma in lumas]
        in_smooth, in_detailed = (tuple(float(each[part].mean()) for each in energies) for part in where)
        tone = float(np.abs(cells[0] - cells[1]).mean())
        return cls(in_smooth, in_detailed, tone, float((cells[1].std() + 1) / (cells[0].std() + 1)))

    @property
    def is_noise(self) -> bool:
        """Whether the two differ in smooth parts by as much as in detailed ones, and by what one of them has more.

        Gravel has no smooth parts: there, a blur takes away more energy than the difference has.
        """
        more, difference = abs(self.smooth[0] - self.smooth[1]), self.smooth[2]
        is_even = difference > LEAST_NOISE and self.detailed[2] < EVENLY * difference
        return is_even and ADDED * difference < more < difference / ADDED

    @property
    def softer(self) -> str:
        """The one with half the detail, for its contrast, or less."""
        left = (self.detailed[1] + 1) / (self.detailed[0] + 1) / self.contrast**2
        return "b" if left < HALF_THE_DETAIL else "a" if left > 1 / HALF_THE_DETAIL else ""

    @property
    def is_of_other_light(self) -> bool:
        """Whether one is lighter, or has more contrast."""
        return self.tone > TONE or abs(np.log(self.contrast)) > CONTRAST


def _colours(picture: Pixels) -> int:
    """How many colours there are in a sample of a picture: every fourth pixel each way."""
    sample = picture[::4, ::4].reshape(-1, 3).astype(np.int32)
    numbers = np.sort(sample @ np.array([1 << 16, 1 << 8, 1], np.int32))  # 0.03 ms, where np.unique takes 0.8
    return 1 + int(np.count_nonzero(numbers[1:] != numbers[:-1]))


def _with_a_palette(colours_a: int, colours_b: int) -> str:
    """Which of two pictures has few colours where the other has many."""
    fewer, more = sorted((colours_a, colours_b))
    if fewer > PALETTE or more < AS_MANY_MORE * fewer:
        return ""
    return _larger(colours_b, colours_a)


def _larger(of_a: float, of_b: float) -> str:
    return "a" if of_a > of_b else "b" if of_b > of_a else ""


def _has_frame(picture: Pixels) -> bool:
    """Whether two sides that face each other are of one colour."""
    lines = (picture[0], picture[-1]), (picture[:, 0], picture[:, -1])
    return any(np.ptp(np.concatenate(pair), axis=0).max() <= UNIFORM for pair in lines)


def _smooth_and_detailed(picture: Floats) -> tuple[Flags, Flags] | None:
    """Which blocks of a luma have the least structure, and which have much; without those that are black or white."""
    structure = in_blocks(np.square(picture - smoothed(picture, 2)))
    brightness = in_blocks(picture)
    is_free = (brightness > CLIPPED) & (brightness < 255 - CLIPPED)
    if is_free.sum() < FEWEST_BLOCKS:
        return None
    smoothest, detailed = np.quantile(structure[is_free], (SMOOTHEST, DETAILED))
    return is_free & (structure <= smoothest), is_free & (structure >= detailed)


def in_blocks(values: Floats) -> Floats:
    """Means over blocks of 8 × 8 pixels.

    Parameters
    ----------
    values : ndarray of float32, shape (height, width)

    Returns
    -------
    ndarray of float32, shape (height // 8, width // 8)
    """
    cells = cell_means(values)
    rows, columns = (length // BLOCK for length in cells.shape)
    blocks = cells[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    means: Floats = blocks.mean(axis=(1, 3))
    return means
