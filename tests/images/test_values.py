"""All values of a file come back as they were written."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from pngs import png
from tiffs import deep_tiff, planar_tiff

from dupviz.images.formats import DecodeError
from dupviz.images.values import values_of

DEEP = arrays(np.uint16, st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4)))


def whole(values):
    """The numbers of a frame, of 16 bits."""
    if values.kind == "LA":
        numbers = values.planes[0].astype(np.uint16)
        return (numbers[..., ::2] << 8) + numbers[..., 1::2]
    if len(values.planes) == 2:
        return (values.planes[0].astype(np.uint16) << 8) + values.planes[1]
    return values.planes[0].reshape(*values.planes[0].shape[:2], -1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("values")


@given(pixels=DEEP)
def test_a_png_of_16_bits(folder, pixels):
    (folder / "a.png").write_bytes(png(pixels))
    (found,) = values_of(folder / "a.png")
    np.testing.assert_array_equal(whole(found), pixels)


@given(pixels=DEEP, order=st.sampled_from("<>"), compression=st.sampled_from([1, 8]))
def test_a_tiff_of_16_bits(folder, pixels, order, compression):
    pixels = pixels[..., :1] if pixels.shape[2] < 3 else pixels
    extra = 2 if pixels.shape[2] == 4 else None
    (folder / "a.tif").write_bytes(deep_tiff(pixels, order, compression=compression, extra=extra))
    (found,) = values_of(folder / "a.tif")
    np.testing.assert_array_equal(whole(found), pixels)


@given(pixels=DEEP, largest=st.sampled_from([1023, 65534, 65535]))
def test_a_ppm_of_more_than_8_bits(folder, pixels, largest):
    pixels = np.minimum(np.resize(pixels, (*pixels.shape[:2], 3)), largest)
    head = f"P6 {pixels.shape[1]} {pixels.shape[0]} {largest}\n".encode()
    (folder / "a.ppm").write_bytes(head + pixels.astype(">u2").tobytes())
    (found,) = values_of(folder / "a.ppm")
    np.testing.assert_array_equal(whole(found), pixels)


def test_premultiplied_values_are_those_of_the_file_and_said_to_be_such(folder):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 5, 4), dtype=np.uint16) * 257
    (folder / "a.tif").write_bytes(deep_tiff(pixels, "<", extra=1))
    (folder / "b.tif").write_bytes(deep_tiff(pixels, "<", extra=2))
    (premultiplied,), (straight,) = values_of(folder / "a.tif"), values_of(folder / "b.tif")
    np.testing.assert_array_equal(whole(premultiplied), whole(straight))
    assert not premultiplied.equal(straight)
    assert premultiplied.equal(premultiplied)


@pytest.mark.parametrize("bits", [10, 12])
def test_a_heic_of_more_than_8_bits_differs_where_8_bits_do_not(folder, bits):
    pillow_heif = pytest.importorskip("pillow_heif")
    pixels = np.full((32, 32, 3), 32768, np.uint16)
    other = pixels + np.uint16(1 << (16 - bits))
    for name, each in (("a.heic", pixels), ("b.heic", other), ("c.heic", pixels)):
        options = {"quality": -1, "matrix_coefficients": 0, "chroma": 444, "bit_depth": bits}
        pillow_heif.encode("RGB;16", (32, 32), each.tobytes(), folder / name, **options)
    (a,), (b,), (c,) = (values_of(folder / f"{name}.heic") for name in "abc")
    assert a.equal(c)
    assert not a.equal(b)
    (left, right) = (np.asarray(Image.open(folder / f"{name}.heic")) for name in "ab")
    np.testing.assert_array_equal(left, right)


def test_all_frames_come_one_after_the_other(folder):
    rng = np.random.default_rng(0)
    pictures = [Image.fromarray(rng.integers(0, 256, (6, 7, 3), dtype=np.uint8)) for _ in range(3)]
    pictures[0].save(folder / "a.tif", save_all=True, append_images=pictures[1:])
    found = list(values_of(folder / "a.tif"))
    for each, picture in zip(found, pictures, strict=True):
        np.testing.assert_array_equal(each.planes[0][..., :3], np.asarray(picture))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_equal_colours_are_equal_in_any_mode(folder, mode):
    picture = Image.new("1", (4, 4))
    picture.putpixel((1, 2), 255)
    picture.save(folder / "a.png")
    picture.convert(mode).save(folder / "b.png")
    (one,), (other,) = values_of(folder / "a.png"), values_of(folder / "b.png")
    assert one.equal(other)


def test_inks_are_no_colours(folder):
    """Pillow converts different inks to one colour."""
    for name, inks in (("a.tif", (0, 0, 0, 255)), ("b.tif", (255, 255, 255, 255))):
        Image.new("CMYK", (4, 4), inks).save(folder / name)
    (one,), (other,) = values_of(folder / "a.tif"), values_of(folder / "b.tif")
    assert not one.equal(other)


@pytest.mark.parametrize("kind", ["F", "I;16"])
def test_values_of_one_channel_are_compared_as_they_are(folder, kind):
    numbers = np.array([[0, 1, 2], [3, np.nan if kind == "F" else 4, 5]], np.float32 if kind == "F" else np.uint16)
    for name, change in (("a.tif", 0), ("b.tif", 0), ("c.tif", 1)):
        Image.fromarray(numbers + numbers.dtype.type(change)).save(folder / name)
    (a,), (b,), (c,) = (values_of(folder / f"{name}.tif") for name in "abc")
    assert a.equal(b)
    assert not a.equal(c)


def test_the_colour_that_counts_as_transparent_is_part_of_16_bits(folder):
    pixels = np.zeros((4, 4, 3), np.uint16)
    for name, key in (("a.png", b"\0\0\0\0\0\0"), ("b.png", b"\0\1\0\0\0\0")):
        (folder / name).write_bytes(png(pixels, (b"tRNS", key)))
    (one,), (other,) = values_of(folder / "a.png"), values_of(folder / "b.png")
    assert not one.equal(other)
    assert one.equal(one)


def test_what_cannot_be_read_as_it_is_stored_is_refused(folder):
    Image.new("RGB", (4, 4)).save(folder / "a.sgi", bpc=2)
    frames = (b"acTL", b"\0\0\0\2\0\0\0\0"), (b"fcTL", struct.pack(">5I2H2B", 0, 4, 4, 0, 0, 1, 1, 0, 0))
    (folder / "a.png").write_bytes(png(np.zeros((4, 4, 3), np.uint16), *frames))
    (folder / "a.tif").write_bytes(planar_tiff([np.zeros((4, 4), np.uint16)] * 3, "<", compression=8))
    for name in ("a.sgi", "a.png", "a.tif"):
        with pytest.raises(DecodeError, match="of which only 8 can be read"):
            list(values_of(folder / name))
