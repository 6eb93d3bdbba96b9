"""What a file holds beside an ordinary picture: frames, a film, raw data, deep values."""

import os
from pathlib import Path

from PIL import Image

from dupviz.images.formats import HEADER, Header, reading
from dupviz.images.raw import WHOLE_SIZE

__all__ = ["bits", "extras", "frames", "has_video", "header", "is_transparent"]

# Motion photos: the box that begins an MP4 or MOV, and Google's box in a HEIC.
MOTION_EXTENSIONS, HEIC_EXTENSIONS = (".jpg", ".jpeg", ".jpe", ".jfif"), (".heic", ".heif")
BOX, BRANDS = b"ftyp", (b"mp4", b"iso", b"qt  ", b"avc1", b"M4V", b"3gp")
HEIC_BOX = b"mpvd"
JPEG_END, HEAD, ANNOUNCED = b"\xff\xd9", 1 << 16, (b"MotionPhoto", b"MicroVideo")
VIDEO_FROM = 64  # bytes: a HEIC's own box comes before


def is_transparent(image: Image.Image) -> bool:
    """Whether something shows through a loaded image."""
    if not image.has_transparency_data:
        return False
    if "A" not in image.getbands():  # a colour, or colours of a palette, that count as transparent
        return True
    return image.getchannel("A").getextrema()[0] != 255


def frames(image: Image.Image) -> int:
    """Of an animation, or pages of a document; 1 for a camera's JPEG with a preview or a gain map behind it."""
    if image.format == "MPO":
        return 1
    try:
        return getattr(image, "n_frames", 1)
    except Exception:  # what comes after the first one is broken
        return 1


def header(image: Image.Image) -> Header:
    """What the file of an image says of its values, noted by `dupviz.images.formats.reading` when it opened it.

    Raises
    ------
    KeyError
        If something else has opened the image.
    """
    noted: Header = vars(image)[HEADER]
    return noted


def bits(opened: Image.Image | str | os.PathLike[str]) -> int:
    """How many bits each value of a picture has in its file, whatever Pillow keeps of them.

    Parameters
    ----------
    opened : PIL.Image.Image, str or Path
        A file, or what `dupviz.images.formats.reading` has opened, whether its pixels are read or not.

    Returns
    -------
    int
        8, also of fewer, as in a palette; 10 or 12 of HEIC and AVIF; up to 32 of others.

    Raises
    ------
    NotAnImage, DecodeError
        As `reading` does, if it is a file.

    Examples
    --------
    >>> from dupviz.images.inside import bits
    >>> bits("data/photos/coffee.jpg")
    8
    """
    if isinstance(opened, Image.Image):
        return header(opened).bits
    with reading(opened) as (image, _):
        return bits(image)


def extras(image: Image.Image) -> frozenset[str]:
    """What would be lost with a file, and is no matter of pixels.

    Parameters
    ----------
    image : PIL.Image.Image
        That `dupviz.images.formats.reading` has opened.

    Returns
    -------
    frozenset of str
        Of ``"more pictures"``, as an MPO has, ``"raw data"`` and ``"16 bits"`` a value, or whatever is more than 8.
    """
    holds = {
        "more pictures": image.format == "MPO",
        "raw data": WHOLE_SIZE in image.info,
        f"{bits(image)} bits": bits(image) > 8,
    }
    return frozenset(name for name, is_there in holds.items() if is_there)


def has_video(path: str | os.PathLike[str]) -> bool:
    """Whether a JPEG or HEIC has a video behind the picture, as motion photos have.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    name = os.fsdecode(path).lower()
    if not name.endswith(MOTION_EXTENSIONS + HEIC_EXTENSIONS):
        return False
    if name.endswith(MOTION_EXTENSIONS) and _ends_as_a_picture(path):
        return False
    content = Path(path).read_bytes()
    place = content.find(BOX, VIDEO_FROM)
    while place >= 0:
        if content.startswith(BRANDS, place + len(BOX)):
            return True
        place = content.find(BOX, place + 1)
    return name.endswith(HEIC_EXTENSIONS) and HEIC_BOX in content


def _ends_as_a_picture(path: str | os.PathLike[str]) -> bool:
    """Whether nothing follows a JPEG, and no XMP announces a video; to search all files whole took 7 % of a load."""
    with Path(path).open("rb") as file:
        head = file.read(HEAD)
        file.seek(-min(len(head), len(JPEG_END)), os.SEEK_END)
        return file.read() == JPEG_END and not any(mark in head for mark in ANNOUNCED)
