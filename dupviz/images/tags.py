"""What a file says of its colours beside a profile, not heeded so far: gAMA, cHRM and cICP of PNG, nclx of AVIF."""

import os
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from PIL import Image

__all__ = ["colour_tags"]

HEAD = 1 << 16  # bytes of an AVIF or HEIC in which its header is
NCLX = re.compile(rb"colrnclx(.{4})", re.DOTALL)

# Of ITU-T H.273: primaries of sRGB, or none said, and the curves of sRGB and of standard television.
USUAL_PRIMARIES, USUAL_CURVES = (1, 2), (1, 2, 6, 13)

USUAL_GAMMA, GAMMA_TOLERANCE = 1 / 2.2, 0.01  # 0.45 to 0.46 are written for sRGB
USUAL_CHROMA, CHROMA_TOLERANCE = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06), 0.004
UNIT = 100_000  # of gAMA and cHRM

CHUNKS = (b"cICP", b"iCCP", b"gAMA", b"cHRM")
LONGEST, CHECKSUM = 32, 4  # bytes: of the contents that are read, and what ends a chunk


def colour_tags(image: Image.Image, file: BinaryIO) -> tuple[object, ...]:
    """What a file says of its colours beside a profile, where that is not sRGB.

    Parameters
    ----------
    image : PIL.Image.Image
        Just opened.
    file : binary file
        Of the image. It is left where it is.

    Returns
    -------
    tuple
        Empty for sRGB, and where nothing is said; equal for two files that mean the same.

    References
    ----------
    PNG, third edition, 11.3.2; ITU-T H.273 (the numbers of cICP and nclx).
    """
    place = file.tell()
    try:
        if image.format == "PNG":
            return _of_png(dict(_chunks(file)))
        if image.format in ("AVIF", "HEIF") and "icc_profile" not in image.info:
            file.seek(0)
            found = NCLX.search(file.read(HEAD))
            return _coded(*struct.unpack(">2H", found[1])) if found else ()
        return ()
    finally:
        file.seek(place)


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG before its pixels that speak of colours; of a profile only that it is there."""
    file.seek(8)
    while len(head := file.read(8)) == 8 and head[4:] not in (b"IDAT", b"IEND"):
        length, name = struct.unpack(">I4s", head)
        content = file.read(length) if length <= LONGEST else b""
        if name in CHUNKS:
            yield name, content
        file.seek(length - len(content) + CHECKSUM, os.SEEK_CUR)


def _of_png(chunks: dict[bytes, bytes]) -> tuple[object, ...]:
    """All that is unusual: where chunks contradict each other, viewers do not agree which counts.

    Primaries beside a profile are those of the profile.
    """
    coded = chunks.get(b"cICP", b"")
    gamma = _numbers(chunks.get(b"gAMA", b""), 1, (USUAL_GAMMA,), GAMMA_TOLERANCE)
    chroma = _numbers(chunks.get(b"cHRM", b""), 8, USUAL_CHROMA, CHROMA_TOLERANCE) if b"iCCP" not in chunks else ()
    said = {"coded": _coded(*coded[:2]) if len(coded) == 4 else (), "gamma": gamma, "chroma": chroma}
    return tuple((name, *numbers) for name, numbers in said.items() if numbers)


def _numbers(content: bytes, number: int, usual: tuple[float, ...], tolerance: float) -> tuple[float, ...]:
    """The numbers of a chunk, to three places; none where they are missing, or the usual ones."""
    if len(content) != 4 * number:
        return ()
    found = tuple(each / UNIT for each in struct.unpack(f">{number}I", content))
    if all(abs(one - other) <= tolerance for one, other in zip(found, usual)):
        return ()
    return tuple(round(each, 3) for each in found)


def _coded(primaries: int, curve: int) -> tuple[object, ...]:
    return () if primaries in USUAL_PRIMARIES and curve in USUAL_CURVES else (primaries, curve)
