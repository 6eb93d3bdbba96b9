"""What a camera says of a picture: when, with what, and where it was taken."""

import os
import re
from typing import Any

from PIL import ExifTags, Image

from dupviz._disk.contents import opened
from dupviz._disk.names import RAW_EXTENSIONS
from dupviz._words.words import printable
from dupviz.images.formats import FORMATS

__all__ = ["camera_words", "of_camera"]

EXIF_TIME = re.compile(r"(1[89]|20)\d\d:[01]\d:[0-3]\d [0-2]\d:[0-5]\d:[0-6]\d")
LONGEST = 60  # characters of a camera's name

# Whose EXIF is read without a look at the pixels: raw data are TIFF inside.
EXIF_FORMATS: list[str] = [name for name in ("JPEG", "TIFF", "PNG", "WEBP", "HEIF", "AVIF") if name in FORMATS]


def of_camera(image: Image.Image) -> tuple[str, bool, bool]:
    """What EXIF says of a picture's making.

    Returns
    -------
    taken : str
        When a camera took it, as EXIF writes that, or an empty text.
    gps : bool
        Whether it says where.
    camera : bool
        Whether it names both the maker and the model.
    """
    try:
        exif = image.getexif()
        if not exif:
            return "", False, False
        taken = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal, "")
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:  # broken metadata say nothing about the pixels
        return "", False, False
    camera = all(str(exif.get(tag, "")).strip("\0 ") for tag in (ExifTags.Base.Make, ExifTags.Base.Model))
    is_date = isinstance(taken, str) and EXIF_TIME.fullmatch(taken.strip("\0 "))
    return (taken.strip("\0 ") if is_date else ""), ExifTags.GPS.GPSLatitude in gps, camera


def camera_words(path: str | os.PathLike[str]) -> list[str]:
    """The camera and the place of a file, as far as it says them: ``["Canon EOS 5D", "48.1371° N, 11.5754° E"]``."""
    extension = os.path.splitext(os.fsdecode(path))[1].lower()
    formats = ["TIFF"] if extension in RAW_EXTENSIONS else EXIF_FORMATS
    try:
        with opened(path) as file, Image.open(file, formats=formats) as image:
            exif = image.getexif()
            make, model = (str(exif.get(tag, "")).strip("\0 ") for tag in (ExifTags.Base.Make, ExifTags.Base.Model))
            place = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except Exception:  # gone, or broken, or without any
        return []
    camera = model if model.lower().startswith(make.split(" ")[0].lower()) else f"{make} {model}"
    return [text for text in (printable(camera.strip()[:LONGEST]), place) if text]


def _place(gps: dict[int, Any]) -> str:
    parts = []
    for tag, reference, letters in (
        (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "NS"),
        (ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "EW"),
    ):
        degrees, minutes, seconds = (float(part) for part in gps[tag]) if tag in gps else (None, 0.0, 0.0)
        letter = str(gps.get(reference, ""))[:1].upper()
        if degrees is None or letter not in letters or not letter:
            return ""
        parts.append(f"{degrees + minutes / 60 + seconds / 3600:.4f}° {letter}")
    return ", ".join(parts)
