"""One file, larger than its tensor: what the second look compares."""

import os
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from PIL import Image

from dupviz.images.camera import taken_and_gps
from dupviz.images.colour import colours_of
from dupviz.images.decode import upright
from dupviz.images.formats import reading
from dupviz.images.inside import extras, frames
from dupviz.metrics import Floats, Pixels, transform

__all__ = ["SIDE", "Picture", "open_picture"]

SIDE = 512  # pixels, of the longer side at most

SCALE = 0.03  # by so much widths may differ that count as equal

# Formats that store the pixels as they are. A GIF does so for its palette only.
LOSSLESS = {"PNG", "BMP", "DIB", "TIFF", "PPM", "TGA", "QOI", "SGI", "PCX"}

# A drawing, as an icon, a plot or a page: most neighbours are equal, and where they are not, many differ by much. Of 40
# photos in three formats none is above both (those on white have many small steps), of 180 pages and 240 plots all are.
EQUAL_NEIGHBOURS = 0.55
LARGE_STEP, LARGE_STEPS = 48, 0.3  # grey levels, summed over the channels; share of all steps
FEW_BITS = 2.0  # entropy of the luma in 64 steps, below which there is too little to say that it is a photo


@dataclass(frozen=True, eq=False)
class Picture:
    """A file at the resolution of the second look.

    Attributes
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
        Upright, over white, at most `SIDE` pixels wide and high.
    over_black : ndarray of uint8, shape (height, width, 3), or None
        The same over black, if something is transparent.
    width, height : int
        Of the whole picture, upright.
    tables : dict of int to list of int, or None
        Quantization tables of a JPEG, which say what errors it may have.
    is_lossless : bool
        Whether the format keeps pixels as they are, and has not reduced them to a palette.
    frames : int
        Of an animation, or pages of a document.
    extras : frozenset of str
        What the file holds beside an ordinary picture, see `dupviz.images.inside.extras`.
    colours : (str, str) or None
        Its colour profile, see `dupviz.images.colour.colours_of`.
    taken : str
        When the camera took it, see `dupviz.images.camera.taken_and_gps`.
    """

    rgb: Pixels
    over_black: Pixels | None
    width: int
    height: int
    tables: dict[int, list[int]] | None
    is_lossless: bool
    frames: int = 1
    extras: frozenset[str] = frozenset()
    colours: tuple[str, str] | None = None
    taken: str = ""

    @property
    def is_shrunk(self) -> bool:
        """Whether the file has more pixels."""
        return self.rgb.shape[:2] != (self.height, self.width)

    def is_as_wide_as(self, other: "Picture") -> bool:
        """Whether another one has as many pixels across."""
        return abs(self.width / other.width - 1) < SCALE

    @cached_property
    def chroma(self) -> float:
        """How colourful it is: the mean difference of the channels from the luma, in grey levels."""
        few = self.rgb[2::4, 2::4]
        channels = np.moveaxis(few, 2, 0).astype(np.int16)
        return float(np.abs(channels - _luma(few)).mean())

    @cached_property
    def is_drawing(self) -> bool:
        """Whether it is a drawing rather than a photo: there, a change of tone is a change of meaning."""
        steps = np.abs(np.diff(self.rgb[::8].astype(np.int16), axis=1))
        steps = steps[..., 0] + steps[..., 1] + steps[..., 2]
        changes = steps[steps >= 2]
        if len(changes) <= (1 - EQUAL_NEIGHBOURS) * steps.size and (
            (changes > LARGE_STEP).sum() >= LARGE_STEPS * len(changes)
        ):
            return True
        few = _luma(self.rgb[::4, ::4])
        share = np.bincount((few >> 2).ravel(), minlength=64) / few.size
        return bool(-(share[share > 0] * np.log2(share[share > 0])).sum() < FEW_BITS)

    def turned(self, rotation: int, mirrored: bool) -> "Picture":
        """The picture transformed as `transform` does with tensors."""
        if not (rotation or mirrored):
            return self
        rgb = np.ascontiguousarray(transform(self.rgb, rotation=rotation, mirrored=mirrored))
        black = None if self.over_black is None else transform(self.over_black, rotation=rotation, mirrored=mirrored)
        width, height = (self.height, self.width) if rotation % 180 else (self.width, self.height)
        return replace(self, rgb=rgb, over_black=black, width=width, height=height)

    def on_black(self) -> "Picture":
        """The same over black."""
        return self if self.over_black is None else replace(self, rgb=np.ascontiguousarray(self.over_black))

    def grid(self, size: int) -> Floats:
        """The luma on a square grid: float32, shape (size, size)."""
        picture = Image.fromarray(self.rgb).convert("L").resize((size, size), Image.Resampling.BOX)
        return np.asarray(picture, np.float32)


def _luma(rgb: Pixels) -> Pixels:
    """Brightness: uint8, shape (height, width)."""
    return np.asarray(Image.fromarray(rgb).convert("L"))


def open_picture(path: str | os.PathLike[str], side: int | None = SIDE) -> Picture:
    """Read a file for the second look.

    Parameters
    ----------
    path : str or Path
    side : int, optional
        Pixels of the longer side, at most; None for all of them.

    Raises
    ------
    NotAnImage, DecodeError
        As `decode` does.
    """
    with reading(path) as (image, _):
        tables = getattr(image, "quantization", None)
        is_lossless = image.format in LOSSLESS and image.mode != "P"
        taken = taken_and_gps(image)[0]  # before the pixels, as loading some formats forgets it
        scale = min(1, side / max(image.size)) if side else 1
        width, height = (max(1, round(scale * length)) for length in image.size)
        small, full_width, full_height = upright(image, (width, height), draft_scale=1)
        black = None
        if image.has_transparency_data:
            black = np.asarray(upright(image, (width, height), draft_scale=1, ground="black")[0])
        inside = frames(image), extras(image), colours_of(image), taken
        return Picture(np.asarray(small), black, full_width, full_height, tables, is_lossless, *inside)
