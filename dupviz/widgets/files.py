"""Picture files for a browser: at most as large as a screen, turned to match another, whole or in part."""

import io
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image

from dupviz._disk.contents import stat_of
from dupviz._disk.status import identity
from dupviz.images.decode import decode_picture

__all__ = ["file_jpeg", "jpeg", "turned"]


def file_jpeg(
    path: str, side: int, *, rotation: int = 0, mirrored: bool = False, box: Sequence[float] = (0.0, 0.0, 1.0, 1.0)
) -> bytes:
    """A picture file, or a part of it, as a JPEG.

    Parameters
    ----------
    side : int
        At most this wide and high, in pixels; a part is cut from the picture at its full size.
    rotation, mirrored
        How it is turned, see `transform`.
    box : tuple of four float
        The part: left, top, right and bottom of the turned picture, from 0 to 1.

    Raises
    ------
    NotAnImage, DecodeError
        If it cannot be decoded.
    """
    if tuple(box) == (0, 0, 1, 1):
        return jpeg(turned(decode_picture(path, side), rotation, mirrored))
    picture = turned(_whole(path, identity(stat_of(path))), rotation, mirrored)
    left, top, right, bottom = (round(share * length) for share, length in zip(box, 2 * picture.size))
    part = picture.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
    part.thumbnail((side, side))
    return jpeg(part)


def jpeg(picture: Image.Image) -> bytes:
    """A picture as the bytes of a JPEG, fine enough to compare it with another."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=92, subsampling=0)
    return file.getvalue()


def turned(picture: Image.Image, rotation: int, mirrored: bool) -> Image.Image:
    """What `transform` does, for a picture of Pillow."""
    if mirrored:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return picture.transpose(Image.Transpose[f"ROTATE_{rotation}"]) if rotation else picture


@lru_cache(maxsize=2)  # the two that are compared: 36 MB each, of 12 megapixels
def _whole(path: str, version: tuple[int, ...]) -> Image.Image:
    return decode_picture(path, 2**30)
