"""Images of any mode made smaller, in the colours of sRGB."""

from math import ceil

from PIL import Image

from dupviz.images.colour import to_srgb
from dupviz.images.eight_bits import bands, to_8_bits

__all__ = ["resize", "size_within"]

# Block means down to 6x the target, 12 pictures enlarged to 12 megapixels: tensors move by a median MSE of 0.4 (up to
# 0.7), to 2x by 6 (up to 24). A PNG takes a quarter less time, decoding included: 307 ms rather than 406.
REDUCE_SCALE = 6

# Colours are converted at 4x the target: 0.7 ms. Photos in ProPhoto are at an MSE of 7 and 9 from the same in sRGB,
# with 1x at 40 and 66, at their own size at 3 and 5.
COLOUR_SCALE = 4


def size_within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The width and height of a picture, shrunk to be at most so wide and high: at least one pixel each.

    Examples
    --------
    >>> size_within((3000, 2), 512), size_within((300, 200), 512)
    ((512, 1), (300, 200))
    """
    scale = min(1, side / max(size))
    width, height = (max(1, round(scale * length)) for length in size)
    return width, height


def resize(image: Image.Image, extent: tuple[float, float], size: tuple[int, int], ground: str) -> Image.Image:
    """Resize a loaded image of any mode to an RGB image.

    Large ones go in bands: converting and compositing all of it at once would take several times its memory.

    Parameters
    ----------
    image : PIL.Image.Image
    extent : (float, float)
        Width and height, with fractions, of the picture in it.
    size : (int, int)
        Width and height of the result.
    ground : str
        The name of the colour that shows where the image is transparent.
    """
    columns, rows = (max(1, length // (REDUCE_SCALE * target)) for length, target in zip(image.size, size))
    to_colours = to_srgb(image)
    # Of four inks, or of Lab, only their profile makes colours: they stay as they are until then.
    mode = image.mode if to_colours and image.mode in ("CMYK", "LAB") else "RGB"
    convert = to_8_bits(image, ground) if mode == "RGB" else _unchanged
    if columns == rows == 1:
        reduced = convert(image)
    else:
        reduced = Image.new(mode, (ceil(image.width / columns), ceil(image.height / rows)))
        for top, band in bands(image, rows):
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
