"""TIFF in all its kinds, raw data, and formats that need an extra."""

import numpy as np
import pytest
from PIL import Image
from tiffs import grey_tiff, planar_tiff, raw_file

from dupviz.images import formats
from dupviz.images.decode import decode
from dupviz.images.formats import DecodeError
from dupviz.metrics import mse

SIZE = 50


def grey(path):
    """The grey of the left and of the right half."""
    tensor = decode(path, SIZE).tensor
    return int(tensor[25, 5, 0]), int(tensor[25, -5, 0])


def reason(path):
    with pytest.raises(DecodeError) as caught:
        decode(path, SIZE)
    return str(caught.value)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compression", [1, 8])
def test_planes_of_16_bits_are_the_picture(write, save, photo, order, compression):
    planes = np.moveaxis(np.asarray(photo), 2, 0).astype(np.uint16) << 8
    found = decode(write("a.tif", planar_tiff(planes, order, compression=compression)), SIZE)
    np.testing.assert_array_equal(found.tensor, decode(save(photo, "a.png"), SIZE).tensor)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [1, 2])
def test_planes_of_16_bits_with_transparency(write, save, photo, order, kind):
    planes = np.moveaxis(np.asarray(photo), 2, 0).astype(np.uint16) << 8
    planes = np.concatenate([planes, np.full_like(planes[:1], 65535)])
    found = decode(write("a.tif", planar_tiff(planes, order, extra=kind)), SIZE)
    assert mse(found.tensor, decode(save(photo, "a.png"), SIZE).tensor) < 4


def test_twelve_bits_are_scaled_by_their_own_range(write):
    row = bytes([0, 0, 0] * 5) + bytes([255, 255, 255] * 5)  # two pixels in three bytes
    assert grey(write("a.tif", grey_tiff(12, row * 10, 20, 10))) == (0, 255)


def test_unsigned_32_bit_values_do_not_wrap(write):
    row = np.repeat(np.array([2**30, 2**32 - 1], np.uint32), 10).tobytes()
    assert grey(write("a.tif", grey_tiff(32, row * 10, 20, 10))) == (0, 255)


@pytest.mark.parametrize(("bits", "dtype"), [(8, np.uint8), (16, np.uint16)])
@pytest.mark.parametrize("photometric", [0, 1])
def test_where_white_is_zero_black_is_not(write, bits, dtype, photometric):
    row = np.repeat(np.array([0, np.iinfo(dtype).max], dtype), 10).tobytes()
    found = grey(write("a.tif", grey_tiff(bits, row * 10, 20, 10, photometric=photometric)))
    assert found == ((0, 255) if photometric else (255, 0))


@pytest.mark.parametrize("name", ["IMG_1.dng", "IMG_1.NEF", "renamed.tif"])
def test_raw_data_have_their_own_size_and_not_that_of_their_preview(write, name):
    pytest.importorskip("rawpy")
    found = decode(write(name, raw_file()), SIZE)
    assert (found.width, found.height) == (96, 64)
    assert found.format == name.partition(".")[2].upper()
    assert found.tensor.mean() > 100  # the preview is black


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("IMG_1.dng", raw_file()),
        ("IMG_1.nef", b"MM\0*" + bytes(100)),
        ("IMG_1.cr3", b"\0\0\0\x18ftypcrx " + bytes(100)),
        ("IMG_1.raf", b"FUJIFILMCCD-RAW 0201" + bytes(100)),
        ("IMG_1.orf", b"IIRO" + bytes(100)),
        ("nameless", b"\0\0\0\x18ftypcrx " + bytes(100)),
    ],
)
def test_raw_data_without_the_extra_name_it(write, monkeypatch, name, content):
    monkeypatch.setattr(formats.raw, "rawpy", None)
    assert 'pip install "dupviz[raw]"' in reason(write(name, content))


def test_broken_raw_data_have_a_reason(write):
    pytest.importorskip("rawpy")
    assert reason(write("IMG_1.cr3", b"\0\0\0\x18ftypcrx " + bytes(100))).startswith("raw data that LibRaw cannot read")


def test_jpeg_xl_is_read_with_the_extra(save, photo):
    pytest.importorskip("pillow_jxl")
    found = decode(save(photo, "a.jxl", quality=95), SIZE)
    assert found.format == "JXL"
    assert mse(found.tensor, decode(save(photo, "a.png"), SIZE).tensor) < 20


@pytest.mark.parametrize(("name", "content"), [("a.jxl", b"\xff\n" + bytes(60)), ("a", b"\0\0\0\x0cJXL \r\n\x87\n")])
def test_jpeg_xl_without_the_extra_names_it(write, monkeypatch, name, content):
    monkeypatch.setattr(Image, "OPEN", {key: value for key, value in Image.OPEN.items() if key != "JXL"})
    monkeypatch.setattr(formats, "FORMATS", [name for name in formats.FORMATS if name != "JXL"])
    assert 'pip install "dupviz[jxl]"' in reason(write(name, content + bytes(60)))


@pytest.mark.parametrize("name", ["drawing.eps", "drawing"])
def test_a_program_that_draws_is_not_run(write, name):
    content = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n"
    assert reason(write(name, content)).startswith("EPS: ")
