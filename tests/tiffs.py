"""TIFF files that Pillow reads but cannot write: of deep values, in planes, with raw data in a second directory."""

import struct
import zlib

import numpy as np

CODES = {"B": 1, "H": 3, "I": 4}  # the TIFF's numbers for kinds of values, by their letters in struct

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, OFFSETS, SAMPLES, ROWS, LENGTHS = (
    256,
    257,
    258,
    259,
    262,
    273,
    277,
    278,
    279,
)
KIND, PLANAR, EXTRA_SAMPLES, SUB_DIRECTORIES, DNG_VERSION = 254, 284, 338, 330, 50706
MOSAIC_SIZE, MOSAIC = 33421, 33422


class Tiff:
    """A file as it grows.

    Parameters
    ----------
    order : {"<", ">"}
    """

    def __init__(self, order="<"):
        self.order = order
        self.content = bytearray(b"II*\0" if order == "<" else b"MM\0*") + bytes(4)

    def add(self, content):
        """Append some bytes; return where they are."""
        self.content += content
        return len(self.content) - len(content)

    def directory(self, tags):
        """Append a directory of tags, each with the letter of its kind and its values; return where it is."""
        entries = b""
        for tag, (kind, *values) in sorted(tags.items()):
            packed = struct.pack(f"{self.order}{len(values)}{kind}", *values)
            place = packed.ljust(4, b"\0") if len(packed) <= 4 else struct.pack(f"{self.order}I", self.add(packed))
            entries += struct.pack(f"{self.order}HHI4s", tag, CODES[kind], len(values), place)
        return self.add(struct.pack(f"{self.order}H", len(tags)) + entries + bytes(4))

    def finished(self, first):
        """The bytes of the file, whose first directory is at `first`."""
        struct.pack_into(f"{self.order}I", self.content, 4, first)
        return bytes(self.content)


def grey_tiff(bits, pixels, width, height, *, photometric=1):
    """One plane of unsigned values."""
    file = Tiff()
    at = file.add(pixels)
    return file.finished(file.directory(_picture(width, height, [bits], photometric, [at], [len(pixels)])))


def deep_tiff(values, order, *, compression=1, extra=None):
    """Values of 16 bits: grey, or red, green and blue and what is extra, beside each other."""
    file = Tiff(order)
    content = np.asarray(values, f"{order}u2").tobytes()
    content = zlib.compress(content) if compression == 8 else content
    height, width, samples = values.shape
    photometric = 2 if samples >= 3 else 1
    tags = _picture(width, height, [16] * samples, photometric, [file.add(content)], [len(content)], compression)
    return file.finished(file.directory(tags | ({EXTRA_SAMPLES: ("H", extra)} if extra is not None else {})))


def planar_tiff(planes, order, *, compression=1, extra=None):
    """Red, green and blue, and what is extra, each in a plane of 16 bits."""
    file = Tiff(order)
    contents = [np.asarray(plane, f"{order}u2").tobytes() for plane in planes]
    if compression == 8:
        contents = [zlib.compress(content) for content in contents]
    places = [file.add(content) for content in contents]
    height, width = planes[0].shape
    tags = _picture(width, height, [16] * len(planes), 2, places, list(map(len, contents)), compression)
    tags |= {PLANAR: ("H", 2)} | ({EXTRA_SAMPLES: ("H", extra)} if extra is not None else {})
    return file.finished(file.directory(tags))


def raw_file(width=96, height=64):
    """Raw data as a DNG has them: a small black preview first, and the sensor's values in a directory of their own."""
    file = Tiff()
    preview, sensor = bytes(32 * 24 * 3), np.full((height, width), 30_000, "<u2").tobytes()
    preview_at, sensor_at = file.add(preview), file.add(sensor)
    tags = _picture(width, height, [16], 32803, [sensor_at], [len(sensor)])
    raw = file.directory({**tags, KIND: ("I", 0), MOSAIC_SIZE: ("H", 2, 2), MOSAIC: ("B", 0, 1, 1, 2)})
    tags = _picture(32, 24, [8, 8, 8], 2, [preview_at], [len(preview)])
    further = {KIND: ("I", 1), SUB_DIRECTORIES: ("I", raw), DNG_VERSION: ("B", 1, 4, 0, 0)}
    return file.finished(file.directory({**tags, **further}))


def _picture(width, height, bits, photometric, places, lengths, compression=1):
    return {
        WIDTH: ("I", width),
        HEIGHT: ("I", height),
        BITS: ("H", *bits),
        COMPRESSION: ("H", compression),
        PHOTOMETRIC: ("H", photometric),
        OFFSETS: ("I", *places),
        SAMPLES: ("H", len(bits)),
        ROWS: ("I", height),
        LENGTHS: ("I", *lengths),
    }
