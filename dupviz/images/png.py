"""PNG of 16 bits, of which Pillow writes grey only."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["deep_png"]

COLOUR_TYPES = {3: 2, 4: 6}  # by the number of channels: colours, and with transparency; else grey


def deep_png(values: NDArray[np.uint16]) -> bytes:
    """A picture of 16 bits as a PNG.

    Parameters
    ----------
    values : ndarray of uint16, shape (height, width) or (height, width, 3 or 4)

    References
    ----------
    PNG, third edition, 11.2.
    """
    height, width = values.shape[:2]
    rows = np.zeros((height, 1 + values.nbytes // height), np.uint8)  # each begins with the number of its filter, none
    rows[:, 1:] = np.ascontiguousarray(values, ">u2").view(np.uint8).reshape(height, -1)
    kind = COLOUR_TYPES[values.shape[2]] if values.ndim == 3 else 0
    header = struct.pack(">2I5B", width, height, 16, kind, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows.data, 1)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
