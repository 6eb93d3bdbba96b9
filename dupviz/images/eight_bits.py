"""Images of any mode as RGB or grey of 8 bits: values of more bits are scaled, and a ground shows through."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import BITSPERSAMPLE, PHOTOMETRIC_INTERPRETATION, SAMPLEFORMAT

from dupviz.metrics import Floats

__all__ = ["bands", "to_8_bits"]

# A picture is converted in bands of 4 MB: 170 million RGBA pixels, 680 MB, are composited and resized with 691 MB.
BAND_PIXELS = 2**20


def to_8_bits(image: Image.Image, ground: str) -> Callable[[Image.Image], Image.Image]:
    """Return the function that converts an image, or bands of it, to RGB or grey of 8 bits.

    Parameters
    ----------
    image : PIL.Image.Image
        Loaded; all its values say how those of a band are scaled.
    ground : str
        The name of the colour that shows where it is transparent.
    """
    return _grey_scaler(image) if image.mode.startswith(("I", "F")) else partial(_over, ground)


def bands(image: Image.Image, rows: int) -> Iterator[tuple[int, Image.Image]]:
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
        low, high = _range((values_of(band) for _, band in bands(image, 1)), usual)
    if high > 255 and low == 0 and all(values_of(band).max() <= 255 for _, band in bands(image, 1)):
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
