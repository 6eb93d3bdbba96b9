"""TIFF, which is also how EXIF is written: directories of tags."""

import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from dupviz.inventory.content import Content, Source, digest

__all__ = ["Entry", "Tiff", "read_tiff"]

# By type of TIFF 6.0 and BigTIFF: the letter of `struct` for one number; a rational has two. Texts have none.
LETTERS = {1: "B", 2: "", 3: "H", 4: "I", 5: "II", 6: "b", 7: "", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d"}
LETTERS |= {13: "I", 16: "Q", 17: "q", 18: "Q"}
SIZES = {type: struct.calcsize(f"={letters or 'B'}") for type, letters in LETTERS.items()}

MOST_DIRECTORIES, MOST_ENTRIES = 32, 1 << 12  # a file of a megabyte could name one of 65,536 entries many times
LARGEST_NUMBERS = 1 << 16  # bytes; only texts and blobs may have more
LARGEST_VALUE = 1 << 24

SUBFILE_TYPE, BITS, EXTRA_SAMPLES, SUB_IFDS, XMP, IPTC, PROFILE, LAYERS = 254, 258, 338, 330, 700, 33723, 34675, 37724
PARTS = (273, 279), (324, 325)  # where strips and tiles are, and how long
DNG_VERSION = 50706
REDUCED = 1  # a bit of SUBFILE_TYPE: a smaller version of another picture
UNSPECIFIED = 0  # of EXTRA_SAMPLES: neither kind of alpha
MAP_TAGS = (33550, 33922, 34264, 34735, 34736, 34737)  # GeoTIFF


class Entry(NamedTuple):
    """The value of a tag: its type, the number of values, and where they are."""

    type: int
    values: int
    place: int


Directory = dict[int, Entry]


class Tiff:
    """Directories and values of a TIFF.

    Parameters
    ----------
    source : Source
        With the header.

    Raises
    ------
    ValueError
        If it has none.

    References
    ----------
    TIFF 6.0 (Adobe, 1992), section 2; BigTIFF as libtiff defines it.
    """

    def __init__(self, source: Source) -> None:
        head = source[:16]
        if head[:2] not in (b"II", b"MM") or len(head) < 8:
            raise ValueError("no TIFF")
        self._source, self._order = source, "<" if head[:2] == b"II" else ">"
        self._is_big = struct.unpack(f"{self._order}H", head[2:4])[0] == 43
        self._first = self._number(8 if self._is_big else 4)

    @property
    def is_little_endian(self) -> bool:
        """Whether the lowest byte of a number comes first."""
        return self._order == "<"

    def directories(self) -> Iterator[Directory]:
        """The directories of a chain: one for each page; the first of EXIF, and that of its thumbnail."""
        seen: set[int] = set()
        place = self._first
        while place and place not in seen and len(seen) < MOST_DIRECTORIES:
            seen.add(place)
            directory, place = self._directory(place)
            yield directory

    def sub(self, directory: Directory, tag: int) -> Iterator[Directory]:
        """The directories that a tag points to."""
        for place in self.numbers(directory, tag)[:MOST_DIRECTORIES]:
            yield self._directory(int(place))[0]

    def bytes(self, directory: Directory, tag: int) -> bytes:
        """The value of a tag as it is written, up to 16 MB of it; empty if there is none."""
        entry = directory.get(tag)
        if entry is None:
            return b""
        size = min(entry.values * SIZES.get(entry.type, 1), LARGEST_VALUE)
        return self._source[entry.place : entry.place + size]

    def numbers(self, directory: Directory, tag: int) -> list[Fraction]:
        """The numbers of a tag; rationals whose denominator is 0, and floats that are none, are left out."""
        type = directory[tag].type if tag in directory else 0
        if not LETTERS.get(type):
            return []
        data = self.bytes(directory, tag)[:LARGEST_NUMBERS]
        found = struct.iter_unpack(self._order + LETTERS[type], data[: len(data) // SIZES[type] * SIZES[type]])
        return [Fraction(*each) for each in found if _is_number(*each)]

    def digest(self, directory: Directory, tag: int) -> str:
        """A digest of all of a value."""
        entry = directory[tag]
        return digest(self._source, entry.place, entry.place + entry.values * SIZES.get(entry.type, 1))

    def pixels(self, directory: Directory) -> str:
        """Digests of the strips or tiles of a picture, as they are packed."""
        found, left = [], len(self._source)  # bytes: strips lie apart, but for those of a hostile file
        for starts, sizes in PARTS:
            for start, size in zip(self.numbers(directory, starts), self.numbers(directory, sizes)):
                left -= int(size)
                if left >= 0:
                    found.append(digest(self._source, int(start), int(start + size)))
        return " ".join(found)

    def _number(self, place: int) -> int:
        """A place in the file: of 4 bytes, or 8."""
        letter, size = ("Q", 8) if self._is_big else ("I", 4)
        data = self._source[place : place + size]
        return int(struct.unpack(self._order + letter, data)[0]) if len(data) == size else 0

    def _directory(self, place: int) -> tuple[Directory, int]:
        """A directory, and the place of the next one, or 0."""
        of_count, of_entry = ("Q", "HHQ8s") if self._is_big else ("H", "HHI4s")
        head = struct.calcsize(f"={of_count}")
        data = self._source[place : place + head]
        if len(data) < head:
            return {}, 0
        count = min(struct.unpack(self._order + of_count, data)[0], MOST_ENTRIES)
        length = struct.calcsize(f"={of_entry}")
        data = self._source[place + head : place + head + count * length]
        inline = length - struct.calcsize(f"={of_entry[:-2]}")
        found: Directory = {}
        for row in range(len(data) // length):
            tag, type, number, _ = struct.unpack_from(self._order + of_entry, data, row * length)
            here = place + head + (row + 1) * length - inline
            is_inline = number * SIZES.get(type, 1) <= inline
            found[tag] = Entry(type, number, here if is_inline else self._number(here))
        return found, self._number(place + head + count * length)


def _is_number(number: float, denominator: int = 1) -> bool:
    return denominator != 0 and number - number == 0


def read_tiff(source: Source, content: Content) -> None:
    """What a TIFF holds: metadata of its first page, layers, depth, further pictures."""
    tiff = Tiff(source)
    content.exif.append(source)
    first = next(tiff.directories(), {})
    content.xmp.append(tiff.bytes(first, XMP))
    content.iptc.append(tiff.bytes(first, IPTC))
    content.profile = tiff.bytes(first, PROFILE)
    content.add("depth", str(int(max(tiff.numbers(first, BITS), default=Fraction(1)))))
    if LAYERS in first:
        content.add("layers", tiff.digest(first, LAYERS))
    if further := tiff.numbers(first, EXTRA_SAMPLES).count(Fraction(UNSPECIFIED)):
        content.add("channels", f"{further} {tiff.pixels(first)}")
    for tag in MAP_TAGS:
        if tag in first:
            content.add("map", f"{tag} {tiff.digest(first, tag)}")
    if DNG_VERSION in first and "raw data" not in content.parts:
        content.add("raw data", digest(source))
    if "raw data" in content.parts:  # whose previews are in directories of their own
        return
    for sub in tiff.sub(first, SUB_IFDS):
        if not int(next(iter(tiff.numbers(sub, SUBFILE_TYPE)), Fraction(0))) & REDUCED:
            content.add("more pictures", tiff.pixels(sub))
