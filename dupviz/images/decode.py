"""One file → one tensor, or the reason why not."""

import contextlib
import os
import sys
from math import prod
from typing import NamedTuple

import numpy as np
import PIL
from PIL import ExifTags, Image, JpegImagePlugin

from dupviz._disk.contents import Inside, stat_of
from dupviz._disk.status import FileStatus
from dupviz._parallel import one_at_a_time
from dupviz.images.camera import of_camera
from dupviz.images.formats import DecodeError, pixel_bytes, reading, too_many_pixels
from dupviz.images.inside import frames, has_video, is_transparent
from dupviz.images.raw import WHOLE_SIZE
from dupviz.images.resize import resize, size_within
from dupviz.metrics import Pixels

__all__ = [
    "LOADER",
    "Decoded",
    "decode",
    "decode_middle",
    "decode_over",
    "decode_picture",
    "orientation_of",
    "picture_tensor",
    "upright",
]

# What tensors depend on besides their file: the rules of `resize` and `eight_bits` and those below, whose number grows
# when they change, and Pillow.
LOADER = f"4, Pillow {PIL.__version__}"

# draft() to 4x the target, 318 photos: it shrinks 66, whose tensors move by a median MSE of 0.5 (up to 1.5). To 1x it
# shrinks 316, by 4.9 (up to 234). A JPEG enlarged to 12 megapixels takes 38 ms rather than 80.
DRAFT_SCALE = 4

# Larger pictures are decoded one at a time, whatever the number of threads or processes. Pillow's limit of 179 million
# pixels takes 716 MB at 4 bytes a pixel.
BIG_BYTES = 100_000_000

XMP = {"xmp", "XML:com.adobe.xmp"}  # where Pillow has it in `info`

TRANSPOSE_OF_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Decoded(NamedTuple):
    """An image as a tensor, and what its file said about it; width and height are those of the upright picture.

    `taken` is when the camera took it, as EXIF writes that, or an empty text; `gps` whether it says where; `camera`
    whether it names its maker and model; `frames` the
    number of frames or pages; `video` whether it is a motion photo; `transparent` whether something shows through.
    `status` is that of the file before it was read: see `unchanged`.
    """

    tensor: Pixels
    width: int
    height: int
    format: str
    taken: str
    gps: bool
    camera: bool
    frames: int
    video: bool
    transparent: bool
    status: FileStatus


def decode(path: str | os.PathLike[str], size: int, *, max_pixels: int = sys.maxsize) -> Decoded:
    """Read an image file as a tensor.

    Upright by its EXIF orientation, in the colours of sRGB, composited over white, scaled to 8 bits, the first frame of
    an animation, and resized with an antialiased triangle filter.

    Parameters
    ----------
    size : int
        Height and width of the tensor.
    max_pixels : int
        Of more, an image is not decoded.

    Returns
    -------
    Decoded
        The tensor is uint8, shape (size, size, 3), RGB.

    Raises
    ------
    NotAnImage
        If neither the content nor the name is that of an image.
    DecodeError
        If it cannot, or should not, be decoded.
    """
    if isinstance(path, Inside) and path.pixels is not None:
        return _of_pixels(path, path.pixels, size, max_pixels)
    with reading(path) as (image, status):
        if (pixels := prod(image.size)) > max_pixels:
            raise DecodeError(too_many_pixels(pixels, max_pixels))
        small, width, height = upright(image, (size, size))
        by_camera = of_camera(image)
        shows_through = is_transparent(image)  # before another frame takes the place of this one
        inside = frames(image), has_video(path), shows_through
        kind = (path.kind if isinstance(path, Inside) else "") or image.format or ""
        return Decoded(np.asarray(small), width, height, kind, *by_camera, *inside, FileStatus.of(status))


def _of_pixels(path: Inside, image: Image.Image, size: int, max_pixels: int) -> Decoded:
    """A picture that is pixels alone: nothing is encoded, and decoded again."""
    if (pixels := prod(image.size)) > max_pixels:
        raise DecodeError(too_many_pixels(pixels, max_pixels))
    small = np.asarray(resize(image, image.size, (size, size), "white"))
    status = FileStatus.of(stat_of(path))
    return Decoded(small, *image.size, path.kind, "", False, False, 1, False, is_transparent(image), status)


def decode_over(path: str | os.PathLike[str], size: int, ground: str) -> Pixels:
    """Read an image file as `decode` does, with another colour than white where it is transparent.

    Parameters
    ----------
    ground : str
        The name of a colour.

    Returns
    -------
    ndarray of uint8, shape (size, size, 3)

    Raises
    ------
    NotAnImage, DecodeError
        As `decode` does.
    """
    with reading(path) as (image, _):
        return np.asarray(upright(image, (size, size), ground=ground)[0])


def decode_picture(path: str | os.PathLike[str], side: int) -> Image.Image:
    """Read an image file as a picture to look at: by the rules of `decode`, but in its own proportions.

    Parameters
    ----------
    side : int
        The picture is shrunk to be at most this wide and high, in pixels.

    Returns
    -------
    PIL.Image.Image
        RGB.

    Raises
    ------
    NotAnImage, DecodeError
        As `decode` does.
    """
    with reading(path) as (image, _):
        return upright(image, size_within(image.size, side))[0]


def decode_middle(path: str | os.PathLike[str], side: int) -> Pixels:
    """Read the middle of an image file at its full size, in the colours that its numbers mean without a profile.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Upright, RGB; each length is that of the picture, or `side` or one less, so that the margins are equal.

    Raises
    ------
    NotAnImage, DecodeError
        As `decode` does.
    """
    with reading(path) as (image, _):
        orientation = orientation_of(image)
        left, top = (max(0, -((side - length) // 2)) for length in image.size)
        with _one_big_picture(image, prod(image.size)):
            middle = image.crop((left, top, image.width - left, image.height - top))
        for name in ("icc_profile", "exif", "xmp"):
            middle.info.pop(name, None)
        shown = upright(middle, middle.size)[0]
        if orientation in TRANSPOSE_OF_ORIENTATION:
            shown = shown.transpose(TRANSPOSE_OF_ORIENTATION[orientation])
        return np.asarray(shown)


def picture_tensor(picture: Image.Image, size: int) -> Pixels:
    """Make a tensor of a picture that is open, by the rules of `decode`.

    Returns
    -------
    ndarray of uint8, shape (size, size, 3)
        RGB.
    """
    return np.asarray(upright(picture, (size, size))[0])


def upright(
    image: Image.Image, size: tuple[int, int], draft_scale: float = DRAFT_SCALE, ground: str = "white"
) -> tuple[Image.Image, int, int]:
    """Read the pixels of an opened image, resized; return it with its own width and height, all upright.

    `size` is the width and height of the result before it is turned upright. A JPEG is decoded to at least
    `draft_scale` times that. What is transparent shows the `ground`, a name of a colour.
    """
    width, height = image.info.get(WHOLE_SIZE, image.size)
    extent: tuple[float, float] = image.size
    pixels = prod(image.size)
    if isinstance(image, JpegImagePlugin.JpegImageFile) and (
        draft := image.draft(None, (round(draft_scale * size[0]), round(draft_scale * size[1])))
    ):
        extent = draft[1][2:]
        if not image.info.get("progressive"):  # a progressive picture is held at full size while it is read
            pixels = prod(image.size)
    with _one_big_picture(image, pixels):
        image.load()
        small = resize(image, extent, size, ground)
    # Turning the small picture is as good as turning the picture: their MSE is below 1, for the order of rounding.
    orientation = orientation_of(image)
    if orientation in TRANSPOSE_OF_ORIENTATION:
        small = small.transpose(TRANSPOSE_OF_ORIENTATION[orientation])
    if orientation in (5, 6, 7, 8):
        width, height = height, width
    return small, width, height


def _one_big_picture(image: Image.Image, pixels: int) -> contextlib.AbstractContextManager[object]:
    """Hold up others while so many pixels are decoded, if that takes much memory."""
    return one_at_a_time() if pixels * pixel_bytes(image) > BIG_BYTES else contextlib.nullcontext()


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation (1 to 8); not that of XMP, which Pillow follows, and no browser or viewer does."""
    try:
        orientation = int(image.getexif().get(ExifTags.Base.Orientation, 1))
        if orientation == 1 or not image.info.keys() & XMP:
            return orientation
        without = Image.new("1", (1, 1))
        without.info = {name: value for name, value in image.info.items() if name not in XMP}
        return int(without.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # broken metadata say nothing about the pixels
        return 1
