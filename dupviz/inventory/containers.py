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

# Between the numbers of a PNM's head, and inside of it: white space, and comments up to the end of a line.
GAP = rb"(?:\s|#[^\n]*\n)+"
PNM = re.compile(rb"P[1-6]" + GAP + rb"\d+" + GAP + rb"\d+")
WHITE = re.compile(GAP + rb"(\d+)")
COMMENT_OF_PNM = re.compile(rb"#([^\n]*)\n")
LARGEST_HEAD = 1 << 16
EXIF_RESOURCE, XMP_RESOURCE, ICC_RESOURCE = 1058, 1060, 1039
LARGEST_RESOURCES = 1 << 25
RGB, COLOURS_OF_MODE = 3, {0: 1, 1: 1, 2: 1, 3: 3, 4: 4, 8: 1, 9: 3}  # of PSD
PACKED_ROWS = b"\0\1"
MOST_ICONS = 256
ABOUT_ICNS = {b"TOC ", b"icnV", b"name", b"info"}  # no pictures


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
    content.add("depth", str(int.from_bytes(source[22:24], "big")))
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
    layers = source[place + 8 : place + 10] if any(source[place + 4 : place + 8]) else b""
    if any(layers):
        content.add("layers", digest(source, place, place + 4 + size))
    _further_channels(source, place + 4 + size, content, int.from_bytes(layers, "big", signed=True) < 0)


def _further_channels(source: Source, place: int, content: Content, is_transparent: bool) -> None:
    """Note the channels beside the colours, as saved selections; that of transparency is seen in the picture."""
    channels, height, width, depth, mode = struct.unpack(">HIIHH", source[12:26])
    colours = COLOURS_OF_MODE.get(mode, channels)
    if channels <= colours or (is_transparent and (mode, channels) == (RGB, 4)):
        return
    packing, rows = source[place : place + 2], height * channels
    place += 2
    if packing == PACKED_ROWS:  # the lengths of all rows come first
        lengths = struct.unpack(f">{rows}H", source[place : place + 2 * rows])
        sizes = [sum(lengths[row : row + height]) for row in range(0, rows, height)]
        place += 2 * rows
    else:
        sizes = [(width * depth + 7) // 8 * height] * channels
    place += sum(sizes[:colours])
    for size in sizes[colours:]:
        content.add("channels", digest(source, place, place + size))
        place += size


def _read_icons(source: Source, content: Content) -> None:
    """ICO and CUR: all pictures but the largest."""
    number = min(int.from_bytes(source[4:6], "little"), MOST_ICONS)
    entries = (source[place : place + 16] for place in range(6, 6 + 16 * number, 16))
    pictures = []
    for entry in entries:
        if len(entry) == 16:
            size, start = struct.unpack("<II", entry[8:])
            pictures.append((entry[0] or 256, entry[1] or 256, entry[6], start, start + size))
    for width, height, _, start, stop in sorted(pictures)[:-1]:
        content.add("sizes", f"{width} × {height} {digest(source, start, stop)}")


def _read_icns(source: Source, content: Content) -> None:
    """ICNS: all parts but the longest, which is the largest picture."""
    parts, place = [], 8
    for _ in range(MOST_ICONS):
        size = int.from_bytes(source[place + 4 : place + 8], "big")
        if size <= 8:
            break
        parts.append((size, source[place : place + 4], place + 8))
        place += size
    for size, kind, start in sorted(part for part in parts if part[1] not in ABOUT_ICNS)[:-1]:
        content.add("sizes", f"{kind.decode('latin-1')} {digest(source, start, start + size - 8)}")


def _read_pnm(source: Source, content: Content) -> None:
    """PNM: depth, and the comments of its head.

    References
    ----------
    The Netpbm format specifications (pbm, pgm and ppm).
    """
    data = source[:LARGEST_HEAD]
    if not (sizes := PNM.match(data)):
        return
    end = sizes.end()
    if data[1:2] not in b"14" and (white := WHITE.match(data, end)):
        end = white.end()
        content.add("depth", str(int(white[1]).bit_length()))
    content.texts += [
        ("Comment", comment.decode("utf-8", "replace").strip()) for comment in COMMENT_OF_PNM.findall(data, 0, end)
    ]


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
        (rb"icns", _read_icns),
        (rb"P[1-6][\s#]", _read_pnm),
        (rb"BM", _read_bmp),
    )
]
