"""JPEG: its segments, and what follows its end."""

import re
import struct
from typing import NamedTuple

from dupviz.inventory.content import Content, Source, digest
from dupviz.inventory.iptc import of_photoshop
from dupviz.inventory.tiff import Tiff
from dupviz.inventory.trailer import read_trailer

__all__ = ["read_jpeg"]

START = b"\xff\xd8\xff"
MARKER = re.compile(rb"\xff[\x02-\xcf\xd8-\xfe]")  # in pixels, a byte of 255 is followed by 0 or a restart marker
END, SCAN, COMMENT, APP1, APP2, APP11, APP13 = 0xD9, 0xDA, 0xFE, 0xE1, 0xE2, 0xEB, 0xED

EXIF, XMP, MORE_XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
ICC, MPF, PHOTOSHOP, SOUND = b"ICC_PROFILE\0", b"MPF\0", b"Photoshop 3.0\0", b"FPXR\0"
GAIN_MAP = (b"hdr-gain-map/1.0/", b"urn:iso:std:iso:ts:21496:-1")
DEPTH = re.compile(rb'Semantic\s*(=\s*"|>)\s*(Depth|DepthMap)\b')
HDRGM_ITEM = re.compile(rb'Semantic\s*(=\s*"|>)\s*GainMap\b')

PADDING = re.compile(rb"(?:\0+|\xff+(?=\xff))*")
MOST_PICTURES = 256  # behind the first; what follows is data

MP_ENTRIES = 0xB002
PREVIEW, MP_TYPES = 0x010000, 0xFF0000


class Segment(NamedTuple):
    """A part of a JPEG: its marker, and where its content lies."""

    marker: int
    start: int
    stop: int


def read_jpeg(source: Source, content: Content) -> None:
    """What a JPEG holds, and what follows it: gain maps, depth maps, more pictures, films.

    References
    ----------
    ITU-T T.81, annex B; CIPA DC-007 (MPF); XMP specification, part 3; C2PA 2.1 (APP11); Ultra HDR 1.1.
    """
    data = source[:]
    segments, end = _walk(data, 0)
    _read_segments(data, segments, content)
    previews = _previews(data, segments)
    place, number = _after_padding(data, end), 0
    while number < MOST_PICTURES and data.startswith(START, place):
        _, stop = _walk(data, place)
        if place not in previews:
            picture = data[place:stop]
            content.add(_kind(picture, content.xmp, number), digest(picture))
        place, number = _after_padding(data, stop), number + 1
    read_trailer(data[place:], content)


def _after_padding(data: bytes, place: int) -> int:
    found = PADDING.match(data, place)
    return found.end() if found else place


def _walk(data: bytes, start: int) -> tuple[list[Segment], int]:
    """The segments of the JPEG that begins at a place, and where it ends."""
    segments: list[Segment] = []
    place = start + 2
    while found := MARKER.search(data, place):
        marker, place = data[found.start() + 1], found.end()
        if marker == END:
            return segments, place
        length = int.from_bytes(data[place : place + 2], "big")
        if length < 2 or marker == 0xD8:
            break
        segments.append(Segment(marker, place + 2, min(place + length, len(data))))
        place += length
    return segments, len(data)


def _read_segments(data: bytes, segments: list[Segment], content: Content) -> None:
    extensions: dict[bytes, dict[int, bytes]] = {}
    profile: dict[int, bytes] = {}
    credentials = []
    sounds = []
    for marker, start, stop in segments:
        if marker == APP1 and data.startswith(EXIF, start):
            content.exif.append(data[start + len(EXIF) : stop])
        elif marker == APP1 and data.startswith(XMP, start):
            content.xmp.append(data[start + len(XMP) : stop])
        elif marker == APP1 and data.startswith(MORE_XMP, start):
            head = start + len(MORE_XMP)
            offset = int.from_bytes(data[head + 36 : head + 40], "big")
            extensions.setdefault(data[head : head + 32], {})[offset] = data[head + 40 : stop]
        elif marker == APP2 and data.startswith(ICC, start):
            profile[data[start + len(ICC)] if stop > start + len(ICC) else 0] = data[start + len(ICC) + 2 : stop]
        elif marker == APP2 and data.startswith(SOUND, start):
            sounds.append(data[start:stop])
        elif marker == APP11 and data.startswith(b"JP", start):
            credentials.append(data[start:stop])
        elif marker == APP13 and data.startswith(PHOTOSHOP, start):
            content.iptc += of_photoshop(data[start + len(PHOTOSHOP) : stop])
        elif marker == COMMENT:
            content.texts.append(("Comment", data[start:stop].decode("utf-8", "replace")))
    content.xmp += [b"".join(chunks[place] for place in sorted(chunks)) for chunks in extensions.values()]
    content.profile = b"".join(profile[number] for number in sorted(profile))
    if credentials:
        content.add("credentials", digest(b"".join(credentials)))
    if sounds:
        content.add("a sound", digest(b"".join(sounds)))


def _previews(data: bytes, segments: list[Segment]) -> set[int]:
    """Where MPF says that a preview begins, which is a smaller version of the picture."""
    for marker, start, stop in segments:
        if marker == APP2 and data.startswith(MPF, start):
            base = start + len(MPF)
            try:
                tiff = Tiff(data[base:stop])
            except (ValueError, struct.error):
                return set()
            entries = tiff.bytes(next(tiff.directories(), {}), MP_ENTRIES)
            order = "<" if data.startswith(b"II", base) else ">"
            rows = struct.iter_unpack(f"{order}IIIHH", entries[: len(entries) // 16 * 16])
            return {base + place for kind, _, place, _, _ in rows if kind & MP_TYPES == PREVIEW}
    return set()


def _kind(jpeg: bytes, xmp: list[bytes], number: int) -> str:
    """What a JPEG behind another one is, by what it says itself, or what the first one says in XMP."""
    segments, _ = _walk(jpeg, 0)
    said = b"".join(jpeg[each.start : each.stop] for each in segments if each.marker in (APP1, APP2))
    of_first = b"".join(xmp)
    if any(mark in said for mark in GAIN_MAP) or (HDRGM_ITEM.search(of_first) and number == 0):
        return "a gain map"
    return "a depth map" if DEPTH.search(of_first) else "more pictures"
