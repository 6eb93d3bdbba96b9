"""All values of a file, as they are stored: every frame, at full depth, with transparency."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence, TiffImagePlugin
from PIL.ImageFile import ImageFile, _Tile

from dupviz._disk.contents import opened
from dupviz.images.formats import SEPARATE_PLANES, DecodeError, reading
from dupviz.images.inside import bits

__all__ = ["Values", "values_of"]

# Modes whose pixels are told apart by their colours and transparency, so that grey is equal to a grey of three values.
AS_COLOURS = {"1", "L", "LA", "P", "PA", "RGB", "RGBA"}

# How Pillow is told to read values of 16 bits, of which it keeps one byte, the upper one; and to divide by the opacity.
DEEP = re.compile(r"(RGBA|RGBa|RGBX|RGB|CMYK);16([BLN])")
LOWER_BYTE = {"B": "L", "L": "B", "N": "L" if sys.byteorder == "big" else "B"}
GREY_AND_OPACITY = "LA;16B"  # of a PNG: its four bytes are as many values of 8 bits
PREMULTIPLIED = "RGBa"


class Values(NamedTuple):
    """What a frame holds.

    `kind` says what its values are, `key` which of them counts as transparent; `planes` are the values, or their upper
    bytes and their lower ones.
    """

    kind: str
    key: object
    planes: tuple[NDArray[np.generic], ...]

    def equal(self, other: "Values") -> bool:
        """Whether another frame holds the same."""
        if self[:2] != other[:2] or len(self.planes) != len(other.planes):
            return False
        pairs = zip(self.planes, other.planes)
        return all(np.array_equal(one, another, equal_nan=one.dtype.kind == "f") for one, another in pairs)


def values_of(path: str | os.PathLike[str]) -> Iterator[Values]:
    """Read the frames of a file, one after the other, with nothing lost of their values.

    Of 16 bits Pillow reads the upper byte of most; told that they are in the other order, it reads the lower one.

    Parameters
    ----------
    path : str or Path

    Yields
    ------
    Values

    Raises
    ------
    DecodeError
        If values cannot be read as they are, as of AVIF with 10 bits; or as `reading` does.
    NotAnImage
        As `reading` does.
    """
    with ExitStack() as stack:
        image, twin = (stack.enter_context(reading(path))[0] for _ in range(2))
        if bits(image) > 8 and image.format == "HEIF":
            yield from _of_heif(path)
            return
        if bits(image) > 8 and image.format == "PNG" and getattr(image, "n_frames", 1) > 1:
            raise _unreadable(image)  # of several frames Pillow mixes the bytes
        for frame, again in zip(ImageSequence.Iterator(image), ImageSequence.Iterator(twin)):
            yield _of_frame(frame, again)


def _of_frame(frame: Image.Image, again: Image.Image) -> Values:
    """What a frame holds that has not been read yet, from it and from itself opened again."""
    if bits(frame) > 8 and getattr(frame, "tag_v2", {}).get(TiffImagePlugin.PLANAR_CONFIGURATION) == SEPARATE_PLANES:
        raise _unreadable(frame)  # whatever the raw mode, Pillow takes the upper bytes of planes
    tiles = [(tile, *_raw_modes(tile)) for tile in getattr(frame, "tile", ())]
    if isinstance(frame, ImageFile) and isinstance(again, ImageFile) and tiles and all(kind for _, kind, *_ in tiles):
        files = (frame, again)[: len(tiles[0]) - 2]
        for place, each in enumerate(files, 2):
            each.tile = [_read_as(tile[0], tile[place]) for tile in tiles]
        return Values(tiles[0][1], frame.info.get("transparency"), tuple(np.asarray(each) for each in files))
    if frame.mode not in AS_COLOURS:
        kind = "I;16" if frame.mode.startswith("I;16") else frame.mode
        return Values(kind, frame.info.get("transparency"), (np.asarray(frame),))
    if bits(frame) > 8:
        raise _unreadable(frame)
    return Values("RGBA", None, (np.asarray(frame.convert("RGBA")),))


def _unreadable(image: Image.Image) -> DecodeError:
    return DecodeError(f"values of {bits(image)} bits, of which only 8 can be read")


def _raw_modes(tile: _Tile) -> tuple[str, ...]:
    """What the values of a tile are, and the raw modes that read all of them: one, or two for the bytes of each value.

    Nothing is said where Pillow's own raw mode loses nothing, or where no raw mode helps.
    """
    raw_mode = _raw_mode(tile)
    if raw_mode == PREMULTIPLIED:
        return PREMULTIPLIED, "RGBA"
    if raw_mode == GREY_AND_OPACITY:
        return "LA", "RGBA"
    if found := DEEP.fullmatch(raw_mode):
        kind, order = found.groups()
        stored = kind.upper()
        return kind, f"{stored};16{order}", f"{stored};16{LOWER_BYTE[order]}"
    return ("",)


def _raw_mode(tile: _Tile) -> str:
    arguments = tile.args if isinstance(tile.args, tuple) else (tile.args,)
    if tile.codec_name == "ppm" and arguments[0] == "RGB" and int(arguments[1]) > 255:
        return "RGB;16B"  # of any largest value, to which Pillow scales
    return str(arguments[0])


def _read_as(tile: _Tile, raw_mode: str) -> _Tile:
    if tile.codec_name == "ppm":
        return tile._replace(codec_name="raw", args=raw_mode)
    return tile._replace(args=(raw_mode, *tile.args[1:]) if isinstance(tile.args, tuple) else raw_mode)


def _of_heif(path: str | os.PathLike[str]) -> Iterator[Values]:
    import pillow_heif  # it is there: it has opened the file

    with opened(path) as file:
        for image in pillow_heif.open_heif(file, convert_hdr_to_8bit=False):
            yield Values(image.mode, None, (np.asarray(image),))
