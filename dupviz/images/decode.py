"""One file → one tensor, or the reason why not."""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from math import ceil, prod
from typing import NamedTuple

import numpy as np
import PIL
from PIL import ExifTags, Image, JpegImagePlugin
from PIL.TiffImagePlugin import BITSPERSAMPLE, PHOTOMETRIC_INTERPRETATION, SAMPLEFORMAT

from dupviz._disk.status import FileStatus
from dupviz.images.camera import of_camera
from dupviz.images.colour import to_srgb
from dupviz.images.formats import DecodeError, pixel_bytes, reading, too_many_pixels
from dupviz.images.inside import frames, has_video, is_transparent
from dupviz.images.raw import WHOLE_SIZE
from dupviz.metrics import Floats, Pixels

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

# What tensors depend on besides their file: the rules below, whose number grows when they change, and Pillow.
LOADER = f"3, Pillow {PIL.__version__}"

# draft() to 4x the target, 318 photos: it shrinks 66, whose tensors move by a median MSE of 0.5 (up to 1.5). To 1x it
# shrinks 316, by 4.9 (up to 234). A JPEG enlarged to 12 megapixels takes 38 ms rather than 80.
DRAFT_SCALE = 4

# Block means down to 6x the target, 12 pictures enlarged to 12 megapixels: tensors move by a median MSE of 0.4 (up to
# 0.7), to 2x by 6 (up to 24). A PNG takes a quarter less time, decoding included: 307 ms rather than 406.
REDUCE_SCALE = 6

# Colours are converted at 4x the target: 0.7 ms. Photos in ProPhoto are at an MSE of 7 and 9 from the same in sRGB,
# with 1x at 40 and 66, at their own size at 3 and 5.
COLOUR_SCALE = 4

# A picture is converted in bands of 4 MB: 170 million RGBA pixels, 680 MB, are composited and resized with 691 MB.
BAND_PIXELS = 2**20

# Larger pictures are decoded one at a time, whatever the number of threads. Pillow's limit of 179 million pixels takes
# 716 MB at 4 bytes a pixel.
BIG_BYTES = 100_000_000
one_big_picture = threading.Lock()

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
    with reading(path) as (image, status):
        if (pixels := prod(image.size)) > max_pixels:
            raise DecodeError(too_many_pixels(pixels, max_pixels))
        small, width, height = upright(image, (size, size))
        by_camera = of_camera(image)
        shows_through = is_transparent(image)  # before another frame takes the place of this one
        inside = frames(image), has_video(path), shows_through
        return Decoded(np.asarray(small), width, height, image.format or "", *by_camera, *inside, FileStatus.of(status))


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
        scale = min(1, side / max(image.size))
        width, height = (max(1, round(scale * length)) for length in image.size)
        return upright(image, (width, height))[0]


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
        small = _resize(image, extent, size, ground)
    # Turning the small picture is as good as turning the picture: their MSE is below 1, for the order of rounding.
    orientation = orientation_of(image)
    if orientation in TRANSPOSE_OF_ORIENTATION:
        small = small.transpose(TRANSPOSE_OF_ORIENTATION[orientation])
    if orientation in (5, 6, 7, 8):
        width, height = height, width
    return small, width, height


def _one_big_picture(image: Image.Image, pixels: int) -> contextlib.AbstractContextManager[object]:
    """Hold up others while so many pixels are decoded, if that takes much memory."""
    return one_big_picture if pixels * pixel_bytes(image) > BIG_BYTES else contextlib.nullcontext()


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation (1 to 8) as Pillow's own exif_transpose finds it: in EXIF, else in XMP."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # broken metadata say nothing about the pixels
        return 1


def _resize(image: Image.Image, extent: tuple[float, float], size: tuple[int, int], ground: str) -> Image.Image:
    """Resize a loaded image of any mode to an RGB image.

    `extent` is the width and height, with fractions, of the picture in it. Large ones go in bands: converting and
    compositing all of it at once would take several times its memory.
    """
    columns, rows = (max(1, length // (REDUCE_SCALE * target)) for length, target in zip(image.size, size))
    to_colours = to_srgb(image)
    # Of four inks, or of Lab, only their profile makes colours: they stay as they are until then.
    mode = image.mode if to_colours and image.mode in ("CMYK", "LAB") else "RGB"
    convert = _grey_scaler(image) if image.mode.startswith(("I", "F")) else partial(_over, ground)
    if mode != "RGB":
        convert = _unchanged
    if columns == rows == 1:
        reduced = convert(image)
    else:
        reduced = Image.new(mode, (ceil(image.width / columns), ceil(image.height / rows)))
        for top, band in _bands(image, rows):
            reduced.paste(convert(band).reduce((columns, rows)), (0, top // rows))
    box = (0, 0, extent[0] / columns, extent[1] / rows)
    if to_colours:
        between = min(reduced.width, COLOUR_SCALE * size[0]), min(reduced.height, COLOUR_SCALE * size[1])
        if between != reduced.size:
            reduced = reduced.resize(between, Image.Resampling.BILINEAR, box)
            box = (0, 0, *between)
        reduced = to_colours.apply(reduced.convert(to_colours.input_mode))
    if size != reduced.size or box != (0, 0, *size):
        reduced = reduced.resize(size, Image.Resampling.BILINEAR, box)
    return reduced if reduced.mode == "RGB" else reduced.convert("RGB")


def _unchanged(image: Image.Image) -> Image.Image:
    return image


def _bands(image: Image.Image, rows: int) -> Iterator[tuple[int, Image.Image]]:
    """Yield an image as bands of about a million pixels, whose heights are multiples of `rows`, with their tops."""
    step = rows * max(1, BAND_PIXELS // (image.width * rows))
    for top in range(0, image.height, step):
        yield top, image.crop((0, top, image.width, min(top + step, image.height)))


def _over(ground: str, image: Image.Image) -> Image.Image:
    """Convert an 8-bit image of any mode to RGB, or leave it grey; what is transparent shows the ground."""
    if not image.has_transparency_data:
        return image if image.mode in ("L", "RGB") else image.convert("L" if image.mode == "1" else "RGB")
    key = image.info.get("transparency")
    if image.mode == "RGB" and key and max(key) > 255:  # a PNG of 16 bits, of which Pillow keeps the upper 8
        image.info["transparency"] = tuple(value >> 8 for value in key)
    if image.mode == "La":
        image = image.convert("LA")
    image = image.convert("RGBA")
    flat = Image.new("RGB", image.size, ground)
    flat.paste(image, mask=image)
    return flat


def _grey_scaler(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """Return the function that scales bands of an image of 16 bits, 32 bits or floats to 8 bits.

    Black and white are the ends of the range that the file declares, unless all values are below 256; or else of the
    smallest usual range that holds all its values, or else the extremes of its values. 256 equal steps between them:
    for 16 bits that is ``values >> 8``, as Pillow does with 16-bit colours.
    """
    tags = getattr(image, "tag_v2", {})  # of a TIFF
    unsigned = image.mode == "I" and image.format == "TIFF" and tags.get(SAMPLEFORMAT, (1,))[0] == 1

    def values_of(band: Image.Image) -> Floats:
        values = np.asarray(band)
        return values.view(np.uint32) if unsigned else values

    low: float
    high: float
    if image.mode.startswith("I;16"):
        low, high = 0, 2 ** tags.get(BITSPERSAMPLE, (16,))[0] - 1
    elif image.mode == "I" and image.format in ("PNG", "PPM"):
        low, high = 0, 65535
    else:
        usual = (1, 255, 65535) if image.mode == "F" else (255, 65535)
        low, high = _range((values_of(band) for _, band in _bands(image, 1)), usual)
    if high > 255 and low == 0 and all(values_of(band).max() <= 255 for _, band in _bands(image, 1)):
        high = 255  # depths in millimetres, numbers of labels: all would be black
    key = image.info.get("transparency")
    is_negative = tags.get(PHOTOMETRIC_INTERPRETATION, 1) == 0  # 0 is white, which Pillow heeds up to 8 bits only

    def to_grey(band: Image.Image) -> Image.Image:
        values = values_of(band)
        finite = np.nan_to_num(values.astype(np.float64), nan=low, posinf=high, neginf=low)
        grey = np.minimum((finite - low) * (256 / (high - low)), 255).astype(np.uint8)
        if is_negative:
            grey = 255 - grey
        if key is not None:
            grey[values == key] = 255
        return Image.fromarray(grey)

    return to_grey


def _range(bands: Iterable[Floats], usual: tuple[int, ...]) -> tuple[float, float]:
    """Return the values that stand for black and white in an image that does not say."""
    low, high = np.inf, -np.inf
    for values in bands:
        finite = values[np.isfinite(values)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    if low >= 0 and high <= max(usual):
        return 0, min(white for white in usual if high <= white)
    return (low, high) if low < high else (low, low + 1)
