"""A few bytes may stand for all pixels, which Pillow then decodes one by one in Python."""

import gzip
import struct
import time

import numpy as np
import pytest
from PIL import Image

from dupviz._parallel import one_at_a_time
from dupviz.images import decode as decode_module
from dupviz.images.decode import decode
from dupviz.images.formats import MOST_BYTES, DecodeError, pixel_bytes, reading

MOST_PIXELS = MOST_BYTES // 64
END_OF_LINE, END = b"\0\0", b"\0\1"


def bmp(width, height, data, compression):
    """A BMP of a palette of greys, in runs of 8 or of 4 bits."""
    bits = 8 if compression == 1 else 4
    palette = b"".join(bytes((grey, grey, grey, 0)) for grey in range(2**bits))
    start = 54 + len(palette)
    header = struct.pack("<IHHI", start + len(data), 0, 0, start)
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(data), 0, 0, 2**bits, 0)
    return b"BM" + header + info + palette + data


def fits(width, height):
    """A FITS of 16 bits a value, packed by gzip: black."""

    def block(**cards):
        lines = [f"{key:8}= {value}".ljust(80) for key, value in cards.items()] + ["END".ljust(80)]
        return "".join(lines).ljust(2880).encode()

    first = block(SIMPLE="T", NAXIS=0, BITPIX=8)
    kind = {"XTENSION": "'BINTABLE'", "ZIMAGE": "T", "ZCMPTYPE": "'GZIP_1  '"}
    table = kind | dict.fromkeys(("NAXIS1", "NAXIS2"), 0) | {"BITPIX": 8, "NAXIS": 2}
    packed = gzip.compress(bytes(4 * min(width * height, 10_000)))
    return first + block(**table, ZBITPIX=16, ZNAXIS=2, ZNAXIS1=width, ZNAXIS2=height) + packed


def test_runs_are_decoded(tmp_path):
    (tmp_path / "a.bmp").write_bytes(bmp(100, 60, (b"\x64\xff" + END_OF_LINE) * 60 + END, 1))
    assert (decode(tmp_path / "a.bmp", 10).tensor == 255).all()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bmp(16_000, 4_000, (b"\1\1" + END_OF_LINE) * 4_000 + END, 1), id="RLE8"),
        pytest.param(bmp(16_000, 4_000, (b"\1\x11" + END_OF_LINE) * 4_000 + END, 2), id="RLE4"),
        pytest.param(fits(8_000, 8_000), id="FITS"),
    ],
)
def test_a_file_of_kilobytes_that_takes_minutes_is_refused_at_once(content, tmp_path):
    (tmp_path / "a.img").write_bytes(content)
    assert len(content) < 100_000
    start = time.monotonic()
    with pytest.raises(DecodeError, match=r"too large: to decode 64 megapixels of (BMP|FITS) takes 15 s"):
        decode(tmp_path / "a.img", 50)
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("make", [lambda width, height: bmp(width, height, END, 1), fits])
def test_the_limit_is_17_million_pixels(make, tmp_path):
    side = int(MOST_PIXELS**0.5)
    assert side * side == MOST_PIXELS == 16_777_216
    (tmp_path / "a").write_bytes(make(side, side))
    with reading(tmp_path / "a") as (image, _):
        assert pixel_bytes(image) == 64
    (tmp_path / "a").write_bytes(make(side + 1, side))
    with pytest.raises(DecodeError, match="too large"), reading(tmp_path / "a"):
        pass


def test_other_bitmaps_may_be_larger(tmp_path):
    Image.new("1", (5_000, 4_000)).save(tmp_path / "a.bmp")
    assert (decode(tmp_path / "a.bmp", 5).tensor == 0).all()


def test_slow_pictures_wait_for_each_other(tmp_path, monkeypatch):
    (tmp_path / "a.bmp").write_bytes(bmp(1250, 1251, (b"\0\2\0\xff" * 9), 1))
    Image.fromarray(np.zeros((1251, 1250), np.uint8)).save(tmp_path / "b.bmp")
    held = []
    load = decode_module.resize
    monkeypatch.setattr(decode_module, "resize", lambda *rest: held.append(one_at_a_time().locked()) or load(*rest))
    for name in ("a.bmp", "b.bmp"):
        decode(tmp_path / name, 5)
    assert held == [True, False]
