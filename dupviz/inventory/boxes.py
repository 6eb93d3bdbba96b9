"""HEIC, AVIF, JPEG 2000 and JPEG XL: formats of boxes."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from dupviz.inventory.content import Content, Source, digest
from dupviz.inventory.trailer import read_trailer

__all__ = ["read_boxes"]

MOST_BOXES = 10_000
NAME_OF_BOX = re.compile(r"[A-Za-z0-9 ]{4}")
LONG = {"mdat", "jp2c", "jxlc", "jxlp", "moov", "meta"}  # which a broken file may cut
LARGEST_BOX = 1 << 24
LARGEST_ITEM = 1 << 24

# What an auxiliary picture is, by the end of its name. Alpha is a matter of pixels.
AUXILIARY = {"hdrgainmap": "a gain map", "auxid:2": "a depth map", "depth": "a depth map", "disparity": "a depth map"}
ALPHA = ("auxid:1", "alpha")
NO_PICTURES = {"Exif", "mime", "uri ", "iovl"}

# Of ITU-T H.273: primaries of sRGB, or none said, and the curves of sRGB and of standard television.
USUAL_PRIMARIES, USUAL_CURVES = (1, 2), (1, 2, 6, 13)

CREDENTIALS = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
XMP_UUIDS = {bytes.fromhex("be7acfcb97a942e89c71999491e3afac")}
CONTAINERS = {"JXL ", "jp2 "}


class Box(NamedTuple):
    """A box: its kind, and where its content lies."""

    kind: str
    start: int
    stop: int


class Item(NamedTuple):
    """An item of a HEIF file: its type, and the MIME type of its content."""

    type: str
    mime: str


def boxes(source: Source, start: int, stop: int) -> Iterator[Box]:
    """The boxes in a part of a file."""
    for _ in range(MOST_BOXES):
        head = source[start : min(start + 16, stop)]
        if len(head) < 8:
            return
        size, kind, skip = int.from_bytes(head[:4], "big"), head[4:8].decode("latin-1"), 8
        if size == 1:
            size, skip = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = stop - start
        if size < skip:
            return
        yield Box(kind, start + skip, min(start + size, stop))
        start += size


def read_boxes(source: Source, content: Content) -> None:
    """What HEIC, AVIF, JPEG 2000 and JPEG XL hold.

    References
    ----------
    ISO/IEC 14496-12 (boxes), 23008-12 (HEIF), 15444-1 (JPEG 2000), 18181-2 (JPEG XL); C2PA 2.1.
    """
    end = 0
    for kind, start, stop in _of_file(source):
        end = stop
        if kind == "meta":
            _Items(source, start + 4, stop).read(content)
        elif kind == "mpvd":
            content.add("a video", digest(source, start, stop))
        elif kind == "Exif":
            content.exif.append(_exif(source[start : min(stop, start + LARGEST_ITEM)]))
        elif kind == "xml ":
            content.xmp.append(source[start : min(stop, start + LARGEST_ITEM)])
        elif kind == "jumb":
            content.add("credentials", digest(source, start, stop))
        elif kind == "uuid":
            name = source[start : start + 16]
            if name == CREDENTIALS:
                content.add("credentials", digest(source, start, stop))
            elif name in XMP_UUIDS:
                content.xmp.append(source[start + 16 : min(stop, start + LARGEST_ITEM)])
        elif kind == "jp2h":
            for inner in boxes(source, start, stop):
                if inner.kind == "ihdr":
                    content.add("depth", str((source[inner.start + 10 : inner.start + 11] or b"\7")[0] % 128 + 1))
                elif inner.kind == "colr" and source[inner.start : inner.start + 1] == b"\2":
                    content.profile = source[inner.start + 3 : inner.stop]
    read_trailer(source[end:], content)


def _of_file(source: Source) -> Iterator[Box]:
    """The boxes of a file, up to what follows it: what is no box, or another file, which begins with its type."""
    number = 0
    for box in boxes(source, 0, len(source)):
        number += box.kind == "ftyp"
        if number > 1 or not NAME_OF_BOX.fullmatch(box.kind):
            return
        size = int.from_bytes(source[box.start - 8 : box.start - 4], "big")
        if box.stop == len(source) and size > box.stop - box.start + 8 and box.kind not in LONG:
            return
        yield box


def _exif(data: bytes) -> bytes:
    """The TIFF of an Exif item, before which the length of a prefix stands."""
    return data[4 + int.from_bytes(data[:4], "big") :]


class _Items:
    """The items of a HEIF file: pictures and metadata, as its meta box lists them."""

    def __init__(self, source: Source, start: int, stop: int) -> None:
        self._source = source
        self._boxes = {box.kind: box for box in boxes(source, start, min(stop, start + LARGEST_BOX))}
        self._items = dict(self._of_iinf())
        self._places = dict(self._of_iloc())
        self._references = list(self._of_iref())
        self._properties = self._of_iprp()

    def read(self, content: Content) -> None:
        """Note what the items hold."""
        primary = int.from_bytes(self._data("pitm")[4:][:4], "big")
        beside = {item for kind, item, _ in self._references if kind in ("thmb", "auxl")}
        parts = {item for kind, _, targets in self._references if kind == "dimg" for item in targets}
        for item, (kind, mime) in self._items.items():
            if kind == "Exif":
                content.exif.append(_exif(self._bytes(item)))
            elif kind == "mime" and mime == "application/rdf+xml":
                content.xmp.append(self._bytes(item))
            elif kind == "tmap":
                content.add("a gain map", self._digest(item))
            elif auxiliary := self._auxiliary(item):
                if not auxiliary.endswith(ALPHA):
                    name = next((name for end, name in AUXILIARY.items() if auxiliary.endswith(end)), "a matte")
                    content.add(name, self._digest(item))
            elif item not in beside | parts | {primary} and kind not in NO_PICTURES:
                content.add("more pictures", self._digest(item))
        tiles = [item for kind, source, targets in self._references if source == primary for item in targets]
        depths = [self._depth(item) for item in (primary, *tiles)]
        content.add("depth", str(max(depths, default=8)))
        for kind, data in self._properties.get(primary, ()):
            if kind == "colr" and data[:4] in (b"prof", b"rICC"):
                content.profile = data[4:]
            elif kind == "colr" and data[:4] == b"nclx":
                primaries, curve = int.from_bytes(data[4:6], "big"), int.from_bytes(data[6:8], "big")
                if primaries not in USUAL_PRIMARIES or curve not in USUAL_CURVES:
                    content.add("colours", f"coded {primaries} {curve}")

    def _data(self, kind: str) -> bytes:
        box = self._boxes.get(kind)
        return self._source[box.start : box.stop] if box else b""

    def _of_iinf(self) -> Iterator[tuple[int, Item]]:
        data = self._data("iinf")
        for box in boxes(data, 8 if data[:1] != b"\0" else 6, len(data)):
            entry = data[box.start : box.stop]
            wide = 2 if entry[:1] == b"\3" else 0
            item = int.from_bytes(entry[4 : 6 + wide], "big")
            _, _, rest = entry[12 + wide :].partition(b"\0")
            mime = rest.partition(b"\0")[0].decode("latin-1")
            yield item, Item(entry[8 + wide : 12 + wide].decode("latin-1"), mime)

    def _of_iloc(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """For each item, the start and stop of its parts in the file."""
        data = self._data("iloc")
        if len(data) < 8:
            return
        version, place = data[0], 6
        sizes = data[4] >> 4, data[4] & 15, data[5] >> 4, data[5] & 15 if version else 0

        def number(size: int) -> int:
            nonlocal place
            place += size
            return int.from_bytes(data[place - size : place], "big")

        wide = 4 if version == 2 else 2
        inside = self._boxes.get("idat", Box("", 0, 0)).start
        left = MOST_BOXES
        for _ in range(min(number(wide), MOST_BOXES)):
            item = number(wide)
            base = inside if version and number(2) & 15 == 1 else 0
            number(2)
            base += number(sizes[2])
            parts = []
            for _ in range(min(number(2), left)):
                left -= 1  # of no bytes each, a file of kilobytes could name millions
                number(sizes[3])
                start = base + number(sizes[0])
                parts.append((start, start + number(sizes[1])))
                if place > len(data):
                    return
            yield item, parts

    def _of_iref(self) -> Iterator[tuple[str, int, list[int]]]:
        data = self._data("iref")
        wide = 4 if data[:1] == b"\1" else 2
        for kind, start, stop in boxes(data, 4, len(data)):
            numbers = [int.from_bytes(data[place : place + wide], "big") for place in range(start, stop, wide)]
            if not numbers:
                continue
            after = start + wide + 2
            count = int.from_bytes(data[start + wide : after], "big")
            targets = [int.from_bytes(data[place : place + wide], "big") for place in range(after, stop, wide)]
            yield kind, numbers[0], targets[:count]

    def _of_iprp(self) -> dict[int, list[tuple[str, bytes]]]:
        """For each item, its properties: their kind and content."""
        data = self._data("iprp")
        inner = {box.kind: box for box in boxes(data, 0, len(data))}
        if "ipco" not in inner or "ipma" not in inner:
            return {}
        listed = [(box.kind, data[box.start : box.stop]) for box in boxes(data, *inner["ipco"][1:])]
        _, place, stop = inner["ipma"]
        version, flags = data[place] if place < stop else 0, data[place + 3 : place + 4]
        of_item, of_index = 4 if version else 2, 2 if flags and flags[0] & 1 else 1
        mask = 0x7FFF if of_index == 2 else 0x7F
        found: dict[int, list[tuple[str, bytes]]] = {}
        place += 8
        while place + of_item < stop:
            item, count = int.from_bytes(data[place : place + of_item], "big"), data[place + of_item]
            place += of_item + 1
            for _ in range(count):
                index = int.from_bytes(data[place : place + of_index], "big") & mask
                place += of_index
                if 0 < index <= len(listed):
                    found.setdefault(item, []).append(listed[index - 1])
        return found

    def _auxiliary(self, item: int) -> str:
        """The name of what an auxiliary picture is; empty for others."""
        names = [data[4:].partition(b"\0")[0] for kind, data in self._properties.get(item, ()) if kind == "auxC"]
        return names[0].decode("latin-1") if names else ""

    def _depth(self, item: int) -> int:
        """Bits of a value."""
        depths = [8]
        for kind, data in self._properties.get(item, ()):
            if kind == "pixi":
                depths += data[5:]
            elif kind == "hvcC" and len(data) > 17:
                depths.append((data[17] & 7) + 8)
            elif kind == "av1C" and len(data) > 2 and data[2] & 0x40:
                depths.append(12 if data[2] & 0x20 else 10)
        return max(depths)

    def _bytes(self, item: int) -> bytes:
        parts = (self._source[start : min(stop, start + LARGEST_ITEM)] for start, stop in self._places.get(item, ()))
        return b"".join(parts)

    def _digest(self, item: int) -> str:
        return " ".join(digest(self._source, start, stop) for start, stop in self._places.get(item, ()))
