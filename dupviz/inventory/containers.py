"""A file → what its container holds, by its first bytes."""

import re
import struct
from collections.abc import Callable

from dupviz.images.raw import is_raw
from dupviz.inventory.boxes import read_boxes
from dupviz.inventory.chunks import read_gif, read_png, read_webp
from dupviz.inventory.content import Content, Source, digest
from dupviz.inventory.iptc import of_photoshop, resources
from dupviz.inventory.jpeg import read_jpeg
from dupviz.inventory.tiff import read_tiff
from dupviz.inventory.trailer import read_trailer

__all__ = ["read_container"]

PNM = re.compile(rb"P[2356]\s+(?:#[^\n]*\n\s*)*\d+\s+\d+\s+(\d+)\s")
EXIF_RESOURCE, XMP_RESOURCE, ICC_RESOURCE = 1058, 1060, 1039
LARGEST_RESOURCES = 1 << 25
MOST_ICONS = 256


def read_container(source: Source, extension: str) -> Content:
    """What a container holds; of one that is broken, what comes before.

    Parameters
    ----------
    source : Source
    extension : str
        In lower case, with its dot: raw data are told by it.
    """
    content = Content()
    head = source[:32]
    try:
        if is_raw(head.ljust(16, b"\0"), extension):
            content.add("raw data", digest(source))
        for pattern, read in READERS:
            if pattern.match(head):
                read(source, content)
                break
    except (ArithmeticError, LookupError, RecursionError, ValueError, struct.error):
        pass
    return content


def _read_psd(source: Source, content: Content) -> None:
    """PSD: layers, depth, channels beside the colours, and Photoshop's blocks.

    References
    ----------
    Adobe Photoshop file formats specification, 2019.
    """
    channels, depth = (int.from_bytes(source[start : start + 2], "big") for start in (12, 22))
    content.add("depth", str(depth))
    place = 26
    place += 4 + int.from_bytes(source[place : place + 4], "big")
    size = int.from_bytes(source[place : place + 4], "big")
    for number, block in resources(source[place + 4 : place + 4 + min(size, LARGEST_RESOURCES)]):
        if number == EXIF_RESOURCE:
            content.exif.append(block)
        elif number == XMP_RESOURCE:
            content.xmp.append(block)
        elif number == ICC_RESOURCE:
            content.profile = block
    content.iptc += of_photoshop(source[place + 4 : place + 4 + min(size, LARGEST_RESOURCES)])
    place += 4 + size
    size = int.from_bytes(source[place : place + 4], "big")
    if int.from_bytes(source[place + 4 : place + 8], "big") and any(source[place + 8 : place + 10]):
        content.add("layers", digest(source, place, place + 4 + size))
    if further := max(0, channels - 4):
        content.add("channels", str(further))


def _read_icons(source: Source, content: Content) -> None:
    """ICO and CUR: all sizes but the largest."""
    number = min(int.from_bytes(source[4:6], "little"), MOST_ICONS)
    entries = (source[place : place + 16] for place in range(6, 6 + 16 * number, 16))
    sizes = sorted({(entry[0] or 256, entry[1] or 256) for entry in entries if len(entry) == 16})
    for width, height in sizes[:-1]:
        content.add("sizes", f"{width} × {height}")


def _read_pnm(source: Source, content: Content) -> None:
    found = PNM.match(source[:1024])
    if found:
        content.add("depth", str(int(found[1]).bit_length()))


def _read_bmp(source: Source, content: Content) -> None:
    end = int.from_bytes(source[2:6], "little")
    if end >= 54:
        read_trailer(source[end:], content)


READERS: list[tuple[re.Pattern[bytes], Callable[[Source, Content], None]]] = [
    (re.compile(pattern, re.DOTALL), read)
    for pattern, read in (
        (rb"\xff\xd8\xff", read_jpeg),
        (rb"\x89PNG\r\n\x1a\n", read_png),
        (rb"RIFF.{4}WEBP", read_webp),
        (rb"GIF8[79]a", read_gif),
        (rb"II[*+]\0|MM\0[*+]", read_tiff),
        (rb".{4}ftyp|\0\0\0\x0c(jP  |JXL )\r\n\x87\n", read_boxes),
        (rb"8BPS", _read_psd),
        (rb"\0\0[\1\2]\0", _read_icons),
        (rb"P[2356]\s", _read_pnm),
        (rb"BM", _read_bmp),
    )
]
