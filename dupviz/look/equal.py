"""Whether two files show the very same pixels: nothing lost at full size and full depth, in the same colours."""

from itertools import zip_longest

import numpy as np
from PIL import ExifTags

from dupviz.images.formats import DecodeError, NotAnImage, reading
from dupviz.images.inside import bits
from dupviz.images.values import Values, values_of
from dupviz.inventory.inventory import mean_the_same
from dupviz.inventory.table import COLOURS
from dupviz.look.picture import Picture

__all__ = ["same_pixels"]

ORIENTATION = ExifTags.Base.Orientation
NOTHING = Values("", None, ())  # instead of a frame that only the other file has


def same_pixels(a: Picture, path_a: str, b: Picture, path_b: str) -> bool:
    """Whether two files have the same frames with the same values, transparency included, and mean the same colours.

    Parameters
    ----------
    a, b : Picture
        The files as they were opened: where these are all that there is, nothing is decoded again.
    path_a, path_b : str

    Returns
    -------
    bool
        False where values cannot be read as they are stored, as of AVIF with 10 bits.
    """
    if not np.array_equal(a.rgb, b.rgb) or not mean_the_same(a.carries, b.carries, COLOURS):
        return False
    if a.is_all and b.is_all:
        return True
    try:
        if _shape(path_a) != _shape(path_b):
            return False
        frames = zip_longest(values_of(path_a), values_of(path_b), fillvalue=NOTHING)
        return all(one.equal(other) for one, other in frames)
    except (DecodeError, NotAnImage):
        return False


def _shape(path: str) -> tuple[object, ...]:
    """What has to be equal before any pixel is read: size, number of frames, orientation, bits."""
    with reading(path) as (image, _):
        return image.size, getattr(image, "n_frames", 1), image.getexif().get(ORIENTATION, 1), bits(image)
