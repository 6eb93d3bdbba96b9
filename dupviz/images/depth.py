"""How many bits the values of a picture have, from the first bytes of its file: Pillow keeps 8 of most."""

import re
from typing import BinaryIO

from PIL import Image, TiffImagePlugin

__all__ = ["bits_in_header"]

HEAD = 1 << 20  # bytes, in which a header is looked for

AV1_DEPTH = re.compile(rb"av1C\x81.(.)", re.DOTALL)
CODESTREAM_2000 = b"\xff\x4f\xff\x51"
JXL_START = re.compile(rb"(?:\A|jxlc|jxlp.{4})\xff\x0a", re.DOTALL)

# Of a whole number of a JPEG XL: the least value, and the bits that follow, by the first two bits.
Choices = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]
LENGTH: Choices = (1, 9), (1, 13), (1, 18), (1, 30)
PREVIEW_LENGTH: Choices = (1, 6), (65, 8), (321, 10), (1345, 12)
PREVIEW_EIGHTHS: Choices = (16, 0), (32, 0), (1, 5), (33, 9)
ANIMATION: tuple[Choices, ...] = (
    ((100, 0), (1000, 0), (1, 10), (1, 30)),
    ((1, 0), (1001, 0), (1, 8), (1, 10)),
    ((0, 0), (0, 3), (0, 16), (0, 32)),
)
WHOLE_BITS: Choices = (8, 0), (10, 0), (12, 0), (1, 6)
FLOAT_BITS: Choices = (32, 0), (16, 0), (24, 0), (1, 6)


def bits_in_header(image: Image.Image, file: BinaryIO) -> int:
    """How many bits a value of an image has: 8 if it has fewer.

    Parameters
    ----------
    image : PIL.Image.Image
        Just opened: to read its pixels makes Pillow forget how they are stored.
    file : binary file
        Of the image. It is left where it is.

    References
    ----------
    ISO/IEC 15444-1 (SIZ of JPEG 2000), ISO/IEC 18181-1 (headers of JPEG XL), AV1 in ISOBMFF (av1C).
    """
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return max(8, *map(int, image.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE, (1,))))
    if image.format == "HEIF":
        return max(8, int(image.info.get("bit_depth", 8)))
    if image.format in ("AVIF", "JPEG2000", "JXL"):
        return max(8, _of_head(image.format, _head(file)))
    return _of_raw_mode(image)


def _head(file: BinaryIO) -> bytes:
    place = file.tell()
    file.seek(0)
    head = file.read(HEAD)
    file.seek(place)
    return head


def _of_head(kind: str, head: bytes) -> int:
    if kind == "AVIF":
        return 8 + 2 * max(((flags[0] >> 6 & 1) + (flags[0] >> 5 & 1) for flags in AV1_DEPTH.findall(head)), default=0)
    if kind == "JPEG2000":
        start = head.find(CODESTREAM_2000) + 40
        number = int.from_bytes(head[start : start + 2])
        return 1 + max((each & 0x7F for each in head[start + 2 : start + 2 + 3 * number : 3]), default=7)
    found = JXL_START.search(head)
    return _Header(head[found.end() :]).bits() if found else 8


def _of_raw_mode(image: Image.Image) -> int:
    """As Pillow is told to read the values, or as it keeps them."""
    for codec, _, _, arguments in getattr(image, "tile", ()):
        raw_mode, *others = arguments if isinstance(arguments, tuple) else (arguments,)
        if codec in ("ppm", "ppm_plain") and others:  # the largest value
            return max(8, int(others[0]).bit_length())
        if codec == "SGI16" or (codec == "sgi_rle" and others[-1] == 2) or "BC6H" in map(str, others):
            return 16
        if ";16" in str(raw_mode) and raw_mode != "BGR;16":  # which packs three values into 16 bits
            return 16
    if image.mode.startswith("I;16"):
        return 16
    return 32 if image.mode in ("I", "F") else 8


class _Header:
    """The header of a JPEG XL, read bit by bit.

    Parameters
    ----------
    content : bytes
        What follows the two bytes of its signature.
    """

    def __init__(self, content: bytes) -> None:
        self._rest = int.from_bytes(content[:64], "little")

    def bits(self) -> int:
        """How many a value has."""
        self._size()
        if self._take(1):  # all as usual
            return 8
        if self._take(1):
            self._take(3)  # the orientation
            if self._take(1):
                self._size()
            if self._take(1):
                self._preview()
            if self._take(1):
                for choices in ANIMATION:
                    self._number(choices)
                self._take(1)
        return self._number(FLOAT_BITS if self._take(1) else WHOLE_BITS)

    def _take(self, number: int) -> int:
        taken = self._rest & ((1 << number) - 1)
        self._rest >>= number
        return taken

    def _number(self, choices: Choices) -> int:
        least, further = choices[self._take(2)]
        return least + self._take(further)

    def _size(self) -> None:
        is_small = self._take(1)
        for is_last in (False, True):
            if is_small:
                self._take(5)
            else:
                self._number(LENGTH)
            if not is_last and self._take(3):  # the width follows from proportions
                break

    def _preview(self) -> None:
        choices = PREVIEW_EIGHTHS if self._take(1) else PREVIEW_LENGTH
        self._number(choices)
        if not self._take(3):
            self._number(choices)
