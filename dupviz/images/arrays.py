"""Arrays, tensors and pictures of Pillow: pixels, or the file that a picture of Pillow was opened from."""

import io
import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from dupviz._disk.contents import Inside, part_of_file
from dupviz.images.formats import HEAD
from dupviz.images.given import held, with_extension
from dupviz.images.png import deep_png
from dupviz.images.white import array_of, as_stored, white_of

__all__ = ["check_pictures", "of_pixels"]

STORED = ("1", "L", "LA", "P", "RGB", "RGBA")  # Pillow's modes that PNG holds as they are
DEEP = ("I", "F")  # its modes of 32 bits and of floats: TIFF holds them, and is scaled when it is read


def check_pictures(array: NDArray[Any], channels: str) -> None:
    """Refuse an array that is not one of pictures.

    Parameters
    ----------
    array : ndarray, shape (n, height, width) or (n, height, width, channels)
    channels : {"last", "first"}
        Where it has its colours.

    Raises
    ------
    ValueError
        If it has another shape, or is one picture.
    """
    if array.ndim not in (3, 4):
        raise ValueError(f"an array of pictures has the shape (n, height, width[, channels]), got {array.shape}")
    if array.ndim == 3 and array.shape[2 if channels == "last" else 0] in (3, 4):
        raise ValueError(f"an array of shape {array.shape} is one picture: give a list of such, or (n, height, width)")
    first, last = array.shape[1] in (1, 3, 4), array.shape[-1] in (1, 3, 4)
    if array.ndim == 4 and first and not last and channels == "last":
        raise ValueError(f"an array of shape {array.shape} has its colours first: say so with channels='first'")
    if array.ndim == 4 and last and not first and channels == "first":
        raise ValueError(f"an array of shape {array.shape} has its colours last: leave out channels='first'")


def of_pixels(item: Any, name: str, channels: str, white: float | None, now: int) -> Inside:
    """A picture of Pillow, an array, or a tensor of PyTorch, under a name.

    Parameters
    ----------
    channels : {"last", "first"}
        Where arrays have their colours; tensors of PyTorch always have them first.
    white : float, optional
        The number that is white in arrays and pictures of 16 bits; by default that of each by itself, see `white_of`.
    now : int
        When it was given, in nanoseconds.

    Raises
    ------
    TypeError, ValueError
        If it is no picture; the message says why.
    """
    if isinstance(item, Image.Image) and (original := _original(item)):
        content, size, head = original
        return held(with_extension(name, head), content, size, now)
    values = array_of(item)
    if values is None:
        picture = item if item.mode in (*STORED, *DEEP) else item.convert("RGB")
        size = picture.width * picture.height * len(picture.getbands())
        return held(name, partial(_encoded, picture), size, now, kind="Pillow")
    # Tensors of PyTorch have their colours first.
    values = _in_shape(values, "first" if hasattr(item, "detach") else channels)
    stored = as_stored(values, white_of(values) if white is None else white)
    if stored.dtype == np.uint16:
        return held(name, partial(deep_png, stored.astype(np.uint16, copy=False)), stored.nbytes, now, kind="array")
    picture = Image.fromarray(stored)
    return held(name, partial(_encoded, picture), stored.nbytes, now, pixels=picture, kind="array")


def _encoded(picture: Image.Image) -> bytes:
    """A picture without a file as one that loses nothing."""
    file = io.BytesIO()
    picture.save(file, "TIFF" if picture.mode in DEEP else "PNG", compress_level=1)
    return file.getvalue()


def _original(picture: Image.Image) -> tuple[Any, int, bytes] | None:
    """The file of a picture of Pillow, if it still shows that: its bytes, or how to read them; how many; the first."""
    if not isinstance(picture, ImageFile.ImageFile):
        return None
    path = getattr(picture, "filename", "")
    file = getattr(picture, "fp", None)
    try:
        if path and os.path.isfile(path):  # noqa: PTH113
            path, size = os.fsdecode(path), os.path.getsize(path)
            if not _shows(picture, path):
                return None
            with Path(path).open("rb") as opened_again:
                return part_of_file(path, 0, size), size, opened_again.read(HEAD)
        if file is None or not file.seekable():
            return None
        place = file.tell()
        file.seek(0)
        content = file.read()
        file.seek(place)
        return (content, len(content), content[:HEAD]) if _shows(picture, io.BytesIO(content)) else None
    except (OSError, ValueError):  # closed, or gone
        return None


def _shows(picture: ImageFile.ImageFile, file: Any) -> bool:
    """Whether a picture is still what its file shows: a program may have drawn in it, or made it smaller."""
    with Image.open(file) as again:
        if (again.size, again.mode) != (picture.size, picture.mode):
            return False
        is_read = picture._im is not None
        return not is_read or again.tobytes() == picture.tobytes()


def _in_shape(values: NDArray[Any], channels: str) -> NDArray[Any]:
    """Numbers with the shape (height, width) or (height, width, 3 or 4)."""
    if values.ndim == 3 and channels == "first":
        values = np.moveaxis(values, 0, 2)
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[..., 0]
    if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[2] not in (3, 4)) or not values.size:
        hint = ": say channels='first'" if values.ndim == 3 and values.shape[0] in (1, 3, 4) else ""
        wanted = "(height, width) or (height, width, 1, 3 or 4)"
        raise ValueError(f"a picture has the shape {wanted}, got {values.shape}{hint}")
    return values
