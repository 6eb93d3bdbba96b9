"""One file, larger than its tensor: what the second look compares."""

import os
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from PIL import Image

from dupviz.images.camera import of_camera
from dupviz.images.decode import orientation_of, upright
from dupviz.images.formats import reading
from dupviz.images.inside import bits, frames, is_transparent
from dupviz.images.luma import luma_of
from dupviz.images.resize import size_within
from dupviz.inventory.inventory import Inventory, inventory
from dupviz.look.windows import variances
from dupviz.metrics import Floats, Pixels, transform

__all__ = ["COLOURFUL", "COLOURLESS", "SIDE", "Picture", "open_picture"]

SIDE = 512  # pixels, of the longer side at most

SCALE = 0.03  # by so much widths may differ that count as equal

# Formats that store the pixels as they are. A GIF does so for its palette only.
LOSSLESS = {"PNG", "BMP", "DIB", "TIFF", "PPM", "TGA", "QOI", "SGI", "PCX"}

SIMPLE = {"1", "L", "P", "RGB"}  # Pillow's modes of which RGB has every value
CONVERTED = {"colours", "raw data"}  # what a file carries of which `rgb` is made

# A drawing, as an icon, a plot or a page: most neighbours are equal, and where they are not, many differ by much. Of 40
# photos in three formats none is above both (those on white have many small steps), of 180 pages and 240 plots all are.
EQUAL_NEIGHBOURS = 0.55
LARGE_STEP, LARGE_STEPS = 48, 0.3  # grey levels, summed over the channels; share of all steps
COLOURLESS, COLOURFUL = 1.5, 4.0  # mean difference of the channels from the luma
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
    carries : Inventory
        What the file carries beside its pixels.
    bits : int
        Of a value in the file, see `dupviz.images.inside.bits`; `rgb` has 8.
    taken : str
        When the camera took it, see `dupviz.images.camera.of_camera`.
    orientation : int
        How it is stored, by EXIF: 1 is upright.
    is_all : bool
        Whether `rgb` is all that the file shows: nothing is shrunk, rounded, converted, transparent or another frame.
    """

    rgb: Pixels
    over_black: Pixels | None
    width: int
    height: int
    tables: dict[int, list[int]] | None
    is_lossless: bool
    frames: int = 1
    carries: Inventory = field(default_factory=Inventory)
    bits: int = 8
    taken: str = ""
    orientation: int = 1
    is_all: bool = False

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
        few = np.ascontiguousarray(self.rgb[min(2, len(self.rgb) - 1) :: 4, min(2, self.rgb.shape[1] - 1) :: 4])
        return float(np.abs(few - _luma(few)[..., None].astype(np.int16)).mean())

    @cached_property
    def sharpness(self) -> float:
        """How much its luma changes from pixel to pixel, for its contrast."""
        luma = _luma(self.rgb).astype(np.int16)
        steps = np.concatenate([np.diff(luma[::4], axis=1).ravel(), np.diff(luma[:, ::4], axis=0).ravel()])
        return float(np.square(steps, dtype=np.int32).sum() / ((luma[::4, ::4].var() + 1) * max(len(steps), 1)))

    @cached_property
    def variances(self) -> dict[int, Floats]:
        """Of its luma, in windows: see `dupviz.look.windows.variances`."""
        return variances(luma_of(self.rgb))

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

    def is_richer(self, other: "Picture") -> bool:
        """Whether this one, rather than the other, can be made like the other: larger, in colour, sharper.

        Of two pictures just one is, unless they are equal.
        """
        pixels, others = self.width * self.height, other.width * other.height
        if max(pixels, others) > (1 + SCALE) ** 2 * min(pixels, others):
            return pixels > others
        if min(self.chroma, other.chroma) < COLOURLESS < COLOURFUL < max(self.chroma, other.chroma):
            return self.chroma > other.chroma
        if self.sharpness != other.sharpness:
            return self.sharpness > other.sharpness
        return self.rgb.tobytes() > other.rgb.tobytes()

    def turned(self, rotation: int, mirrored: bool) -> "Picture":
        """The picture transformed as `transform` does with tensors."""
        if not (rotation or mirrored):
            return self
        turned = self._turned.get((rotation, mirrored))
        if turned is None:
            turned = self._turned[rotation, mirrored] = self._turn(rotation, mirrored)
        return turned

    @cached_property
    def _turned(self) -> dict[tuple[int, bool], "Picture"]:
        """What `turned` has made."""
        return {}

    def _turn(self, rotation: int, mirrored: bool) -> "Picture":
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
        carries = inventory(path)
        tables = getattr(image, "quantization", None)
        is_lossless = image.format in LOSSLESS and image.mode != "P"
        taken = of_camera(image)[0]  # before the pixels, as loading some formats forgets it
        size = size_within(image.size, side) if side else image.size
        small, full_width, full_height = upright(image, size, draft_scale=1)
        black = None
        if image.has_transparency_data:
            black = np.asarray(upright(image, size, draft_scale=1, ground="black")[0])
        if is_transparent(image):  # before another frame takes the place of this one
            carries = carries.also("transparency")
        number, depth = frames(image), bits(image)
        beside = number, carries, depth, taken, orientation_of(image)
        picture = Picture(np.asarray(small), black, full_width, full_height, tables, is_lossless, *beside)
        is_all = image.mode in SIMPLE and black is None and number == 1 and depth == 8 and not picture.is_shrunk
        return replace(picture, is_all=is_all and not carries.carried.keys() & CONVERTED)
