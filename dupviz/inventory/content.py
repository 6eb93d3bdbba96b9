"""The bytes of a file, and what a container holds in them."""

import hashlib
import os
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

__all__ = ["LARGEST", "Content", "FileBytes", "Source", "digest", "inflated"]

# Bytes that are read at once at most: more than the metadata of any picture, and than a JPEG of 179 million pixels.
LARGEST = 1 << 28
LARGEST_TEXT = 1 << 22  # of a compressed text, which a file of kilobytes may blow up
STEP = 1 << 20


class Source(Protocol):
    """What is cut as bytes are."""

    def __len__(self) -> int:
        """Number of bytes."""
        ...

    def __getitem__(self, part: slice, /) -> bytes:
        """Some of them; those beyond the end are missing."""
        ...


class FileBytes:
    """An open file that is cut as bytes are; only what is asked for is read.

    Parameters
    ----------
    file : BinaryIO
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._size = file, file.seek(0, os.SEEK_END)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice, /) -> bytes:
        start, stop, _ = part.indices(self._size)
        self._file.seek(start)
        return self._file.read(min(max(0, stop - start), LARGEST))


@dataclass
class Content:
    """What a container holds.

    Attributes
    ----------
    exif : list of Source
        Blocks of TIFF, each with its header; for a TIFF, the file.
    xmp, iptc : list of bytes
        XMP packets; records of IPTC.
    profile : bytes
        An ICC profile.
    texts : list of (str, str)
        Keyword and text, as PNG has them; a comment has the keyword ``"Comment"``.
    parts : dict of str to list of str
        All else: the name of a kind, and a short text or a digest for each such part.
    """

    exif: list[Source] = field(default_factory=list)
    xmp: list[bytes] = field(default_factory=list)
    iptc: list[bytes] = field(default_factory=list)
    profile: bytes = b""
    texts: list[tuple[str, str]] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, part: str) -> None:
        """Note a part."""
        self.parts[kind].append(part)


def digest(source: Source, start: int = 0, stop: int | None = None) -> str:
    """A digest of some bytes, in hexadecimal digits."""
    stop = len(source) if stop is None else min(stop, len(source))
    found = hashlib.blake2b(digest_size=16)
    for place in range(start, stop, STEP):
        found.update(source[place : min(place + STEP, stop)])
    return found.hexdigest()


def inflated(data: bytes) -> bytes:
    """What zlib has compressed, up to 4 MB of it; empty if it is broken."""
    try:
        return zlib.decompressobj().decompress(data, LARGEST_TEXT)
    except zlib.error:
        return b""
