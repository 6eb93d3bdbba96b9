"""Raw data of a camera → the picture of them: the preview that the camera has made, or what LibRaw develops."""

import math
import re
import threading
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from PIL import ExifTags, Image, ImageOps

from dupviz._disk.names import RAW_EXTENSIONS

try:  # the extra "raw"
    import rawpy
except ImportError:
    rawpy = None  # type: ignore[assignment]

__all__ = ["MISSING", "WHOLE_SIZE", "RawError", "is_raw", "open_raw", "rawpy"]

# Canon's CR3, Fujifilm's RAF, Olympus's ORF, Panasonic's RW2, Sigma's X3F and Minolta's MRW; others are TIFF inside.
SIGNATURE = re.compile(rb".{4}ftypcrx |FUJIFILMCCD-RAW|II(RO|RS|U\0)|MMOR|FOVb|\0MRM", re.DOTALL)

WHOLE_SIZE = "whole size"  # in `info`: width and height of the raw data, upright

MISSING = 'raw data of a camera: install it with pip install "dupviz[raw]"'

# A preview counts if it is as large as the second look needs, and shows all of the picture.
LEAST_SIDE = 512  # pixels
PROPORTIONS = 0.04

FLIPS = {3: Image.Transpose.ROTATE_180, 5: Image.Transpose.ROTATE_90, 6: Image.Transpose.ROTATE_270}

# 45 megapixels take 400 MB to develop at half their size.
one_at_a_time = threading.Lock()


class RawError(Exception):
    """LibRaw cannot read it; the message is the reason."""


def is_raw(head: bytes, extension: str) -> bool:
    """Whether a file has a camera's raw data, by its first bytes or its name.

    Parameters
    ----------
    head : bytes
        At least 16 of them.
    extension : str
        In lower case, with its dot.
    """
    return extension in RAW_EXTENSIONS or bool(SIGNATURE.match(head))


def open_raw(file: BinaryIO, path: Path) -> Image.Image:
    """The picture of raw data, upright, with the EXIF of the file.

    Returns
    -------
    PIL.Image.Image
        RGB; `format` is the extension in capitals, and ``info[WHOLE_SIZE]`` the size of the raw data.

    Raises
    ------
    RawError
        If LibRaw does not know them.
    """
    try:
        with rawpy.imread(file) as raw:
            sizes = raw.sizes
            whole = (sizes.height, sizes.width) if sizes.flip in (5, 6) else (sizes.width, sizes.height)
            picture = _preview(raw, whole) or _developed(raw)
    except rawpy.LibRawError as error:
        words = error.args[0] if error.args else ""
        raise RawError(words.decode(errors="replace") if isinstance(words, bytes) else str(words)) from error
    picture.format = path.suffix[1:].upper() or "RAW"
    picture.info[WHOLE_SIZE] = whole
    file.seek(0)
    with suppress(Exception), Image.open(file, formats=["TIFF"]) as tiff:
        exif = tiff.getexif()
        exif.pop(ExifTags.Base.Orientation, None)
        picture.info["exif"] = exif.tobytes()
    return picture


def _preview(raw: Any, whole: tuple[int, int]) -> Image.Image | None:
    """The largest JPEG that the camera has put in, if it is large enough, upright."""
    try:
        thumb = raw.extract_thumb()
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
        return None
    if thumb.format != rawpy.ThumbFormat.JPEG:
        return None
    try:
        stored = Image.open(BytesIO(thumb.data), formats=["JPEG"])
        is_turned = stored.getexif().get(ExifTags.Base.Orientation, 1) > 1
        picture = ImageOps.exif_transpose(stored).convert("RGB")
    except Exception:  # broken: the raw data may be whole
        return None
    if raw.sizes.flip in FLIPS and not is_turned:
        picture = picture.transpose(FLIPS[raw.sizes.flip])
    ratio = math.log(picture.width / picture.height * whole[1] / whole[0])
    is_enough = max(picture.size) >= min(LEAST_SIDE, *whole) and abs(ratio) <= PROPORTIONS
    return picture if is_enough else None


def _developed(raw: Any) -> Image.Image:
    with one_at_a_time:
        pixels = raw.postprocess(half_size=True, use_camera_wb=True)
    return Image.fromarray(pixels.squeeze()).convert("RGB")
