"""Photoshop files and X bitmaps show what their makers mean."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dupviz.images.decode import decode_middle, decode_over, decode_picture
from dupviz.images.formats import DecodeError, reading
from dupviz.images.inside import is_transparent

BITMAP, GREY, RGB, CMYK = 0, 1, 3, 4
SHAPE = 40, 56  # wide enough to be read whole, and no power of 2


def psd(planes, mode, *, packed=False, layers=None, bits=8):
    """A Photoshop file of a picture that is laid together: planes of uint8, shape (channels, height, bytes a row)."""
    channels, height, columns = planes.shape
    width = columns * (8 // bits)
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, channels, height, width, bits, mode) + bytes(4) + bytes(4)
    records = b"" if layers is None else struct.pack(">h", layers) + bytes(20 * abs(layers))
    info = struct.pack(">I", len(records)) + records
    body = struct.pack(">I", len(info)) + info
    rows = [row.tobytes() for row in planes.reshape(-1, columns)]
    if not packed:
        return head + body + b"\0\0" + b"".join(rows)
    rows = [bytes([columns - 1]) + row for row in rows]  # as it is
    return head + body + b"\0\1" + struct.pack(f">{len(rows)}H", *map(len, rows)) + b"".join(rows)


def planes_of(channels, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (channels, *SHAPE), dtype=np.uint8)


@pytest.fixture
def shown(tmp_path):
    def show(content, name="a.psd"):
        (tmp_path / name).write_bytes(content)
        return np.asarray(decode_picture(tmp_path / name, 512))

    return show


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("mode", "colours"), [(GREY, 1), (RGB, 3)])
@pytest.mark.parametrize("further", [0, 1, 2, 3])
def test_channels_beside_the_colours_change_nothing(shown, packed, mode, colours, further):
    planes = planes_of(colours + further)
    expected = np.broadcast_to(np.moveaxis(planes[:colours], 0, 2), (*SHAPE, 3))
    np.testing.assert_array_equal(shown(psd(planes, mode, packed=packed)), expected)


@pytest.mark.parametrize("packed", [False, True])
def test_inks_beside_further_channels_are_those_of_the_file(shown, packed):
    four = planes_of(4)
    np.testing.assert_array_equal(
        shown(psd(np.concatenate([four, planes_of(2, seed=1)]), CMYK, packed=packed)), shown(psd(four, CMYK))
    )


@pytest.mark.parametrize("packed", [False, True])
def test_ones_of_a_bitmap_are_ink(shown, packed):
    bits = np.random.default_rng(0).integers(0, 2, (16, 64), dtype=np.uint8)
    grey = shown(psd(np.packbits(bits, axis=1)[None], BITMAP, packed=packed, bits=1))
    np.testing.assert_array_equal(grey, np.repeat(255 * (1 - bits)[..., None], 3, axis=2))


def test_ones_of_an_x_bitmap_are_ink(shown):
    text = b"#define a_width 8\n#define a_height 2\nstatic char a_bits[] = {\n0xff, 0x01 };\n"  # the lowest bit first
    np.testing.assert_array_equal(shown(text, "a.xbm")[..., 0], [[0] * 8, [0] + [255] * 7])


def test_an_x_bitmap_is_turned_to_light_once(tmp_path):
    path = tmp_path / "a.xbm"
    path.write_bytes(b"#define a_width 8\n#define a_height 1\nstatic char a_bits[] = {\n0x0f };\n")
    with reading(path) as (image, _):
        image.load()
        image.load()
        np.testing.assert_array_equal(np.asarray(image), [[False] * 4 + [True] * 4])


def test_other_code_keeps_the_readers_of_pillow(tmp_path):
    path = tmp_path / "a.xbm"
    path.write_bytes(b"#define a_width 8\n#define a_height 1\nstatic char a_bits[] = {\n0x0f };\n")
    decode_picture(path, 8)
    with Image.open(path) as image:
        assert type(image).__module__.startswith("PIL")


@given(opacity=st.integers(0, 255), colour=st.integers(0, 255))
def test_transparent_colours_are_laid_over_the_ground_once(tmp_path_factory, opacity, colour):
    over_white = round((colour * opacity + 255 * (255 - opacity)) / 255)  # as Photoshop stores it
    planes = np.full((4, *SHAPE), over_white, np.uint8)
    planes[3] = opacity
    path = tmp_path_factory.getbasetemp() / "transparent.psd"
    path.write_bytes(psd(planes, RGB, layers=-1))
    white, black = (decode_over(path, 8, ground)[0, 0].astype(int) for ground in ("white", "black"))
    assert np.abs(white - over_white).max() <= 1
    assert np.abs(black - colour * opacity / 255).max() <= 1.5
    assert np.abs(decode_middle(path, 8)[0, 0].astype(int) - over_white).max() <= 1


def test_a_saved_selection_is_no_transparency(tmp_path):
    planes = planes_of(4)
    for layers, expected in ((None, False), (0, False), (2, False), (-1, True)):
        path = tmp_path / "a.psd"
        path.write_bytes(psd(planes, RGB, layers=layers))
        with reading(path) as (image, _):
            image.load()
            assert is_transparent(image) == expected
            assert image.format == "PSD"


@pytest.mark.parametrize(("name", "content"), [("a.exr", b"v/1\x01rest"), ("b", b"v/1\x01rest"), ("a.dcm", b"x" * 200)])
def test_what_is_not_read_is_named(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DecodeError, match=r"^(OpenEXR|DICOM): not read by dupviz; save it as TIFF or PNG"):
        decode_picture(tmp_path / name, 8)


def test_a_broken_big_tiff_is_a_picture_that_cannot_be_read(tmp_path):
    (tmp_path / "a.tif").write_bytes(b"II+\0\x08\0\0\0" + bytes(8))
    with pytest.raises(DecodeError, match=r"^(corrupt|truncated)"):
        decode_picture(tmp_path / "a.tif", 8)
