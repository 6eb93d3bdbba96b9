"""PNG files that Pillow reads but cannot write: of 16 bits, with chunks of one's own."""

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # grey, with opacity, colours, with opacity


def png(values, *chunks):
    """The bytes of a picture.

    Parameters
    ----------
    values : ndarray of uint8 or uint16, shape (height, width, 1 to 4)
    chunks : tuple of bytes and bytes
        Names and contents, in front of the pixels.
    """
    depth = 8 * values.dtype.itemsize
    rows = b"".join(b"\0" + row.astype(values.dtype.newbyteorder(">")).tobytes() for row in values)
    header = struct.pack(">2I5B", *values.shape[1::-1], depth, COLOUR_TYPES[values.shape[2]], 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")]
    return SIGNATURE + b"".join(chunk(*part) for part in parts)


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def deep(values, low=0):
    """Values of 8 bits as 16, with these as the lower bytes."""
    return (np.asarray(values).astype(np.uint16) << 8) + np.asarray(low, np.uint16)
