"""The same pixels: at full size and full depth, in all frames, in the same colours, or not."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pngs import deep, png
from profiles import rgb_profile
from tiffs import deep_tiff

from dupviz.look import equal
from dupviz.look.equal import same_pixels
from dupviz.look.picture import open_picture

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (40, 60, 3), dtype=np.uint8)
LOW = RNG.integers(0, 256, PIXELS.shape)
LARGE = Image.fromarray(RNG.integers(0, 256, (30, 900, 3), dtype=np.uint8))
PICTURE = Image.fromarray(PIXELS)
ADOBE = b"gAMA", struct.pack(">I", 100_000)


def changed(values, by=1):
    """Values of which one number is another."""
    other = np.array(values)
    other[3, 5, 1] ^= by
    return other


def saved(picture, name, frames=(), **options):
    def make(folder):
        more = [each.copy() for each in frames]  # with a saved one, Pillow keeps the options
        picture.copy().save(folder / name, **options, **({"save_all": True, "append_images": more} if more else {}))
        return folder / name

    return make


def written(content, name):
    return lambda folder: (folder / name).write_bytes(content) and folder / name


def holed(colour):
    picture = PICTURE.convert("RGBA")
    picture.paste(colour, (10, 10, 20, 20))
    return picture


def turned_by_a_tag(picture, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(picture, "b.png", exif=exif)


OTHER_FRAME = Image.fromarray(changed(PIXELS))
ONE, TWO = [PICTURE], [PICTURE, PICTURE.rotate(180)]
DEEP = deep(PIXELS, LOW)
SAME = {
    "PNG and BMP": (saved(PICTURE, "a.png"), saved(PICTURE, "b.bmp")),
    "larger than the look": (saved(LARGE, "a.png"), saved(LARGE, "b.tif")),
    "grey, in one channel and in three": (
        saved(PICTURE.convert("L"), "a.png"),
        saved(PICTURE.convert("L").convert("RGB"), "b.png"),
    ),
    "transparent": (saved(holed((1, 2, 3, 99)), "a.png"), saved(holed((1, 2, 3, 99)), "b.tif")),
    "frames": (
        saved(PICTURE, "a.tif", frames=TWO),
        saved(PICTURE, "b.tif", frames=TWO, compression="tiff_deflate"),
    ),
    "16 bits": (written(png(DEEP), "a.png"), written(deep_tiff(DEEP, "<"), "b.tif")),
    "16 bits, big-endian, by libtiff": (
        written(deep_tiff(DEEP, ">"), "a.tif"),
        written(deep_tiff(DEEP, ">", compression=8), "b.tif"),
    ),
    "16 bits, grey": (written(png(DEEP[..., :1]), "a.png"), written(deep_tiff(DEEP[..., :1], ">"), "b.tif")),
    "a tag that means nothing else": (
        saved(PICTURE, "a.png"),
        written(png(PIXELS, (b"gAMA", struct.pack(">I", 45455))), "b.png"),
    ),
}
NOT_THE_SAME = {
    "one level": (saved(PICTURE, "a.png"), saved(OTHER_FRAME, "b.png")),
    "one level of a larger picture": (
        saved(LARGE, "a.png"),
        saved(Image.fromarray(changed(np.asarray(LARGE))), "b.png"),
    ),
    "transparency": (saved(holed((1, 2, 3, 99)), "a.png"), saved(holed((1, 2, 3, 98)), "b.png")),
    "what is not to be seen": (saved(holed((1, 2, 3, 0)), "a.png"), saved(holed((3, 2, 1, 0)), "b.png")),
    "another frame": (
        saved(PICTURE, "a.tif", frames=[PICTURE]),
        saved(PICTURE, "b.tif", frames=[OTHER_FRAME]),
    ),
    "one more frame": (saved(PICTURE, "a.tif"), saved(PICTURE, "b.tif", frames=[PICTURE])),
    "a lower byte": (written(png(DEEP), "a.png"), written(png(changed(DEEP)), "b.png")),
    "a lower byte of a TIFF": (
        written(deep_tiff(DEEP, "<", compression=8), "a.tif"),
        written(deep_tiff(changed(DEEP), "<", compression=8), "b.tif"),
    ),
    "a lower byte of grey": (
        written(png(DEEP[..., 1:2]), "a.png"),
        written(png(changed(DEEP)[..., 1:2]), "b.png"),
    ),
    "16 bits and 8": (written(png(deep(PIXELS)), "a.png"), saved(PICTURE, "b.png")),
    "what cannot be read at full depth": (saved(PICTURE, "a.sgi", bpc=2), saved(PICTURE, "b.sgi", bpc=2)),
    "turned by a tag": (saved(LARGE, "a.png"), turned_by_a_tag(LARGE.transpose(Image.Transpose.ROTATE_180), 3)),
    "another gamma": (saved(PICTURE, "a.png"), written(png(PIXELS, ADOBE), "b.png")),
    "another profile": (
        saved(PICTURE, "a.png"),
        saved(PICTURE, "b.png", icc_profile=rgb_profile()),
    ),
}


def judged(folder, pair):
    paths = [str(make(folder)) for make in pair]
    a, b = map(open_picture, paths)
    found = same_pixels(a, paths[0], b, paths[1])
    assert found == same_pixels(b, paths[1], a, paths[0])
    return found


@pytest.mark.parametrize("what", SAME)
def test_the_same_pixels(tmp_path, what):
    assert judged(tmp_path, SAME[what])


@pytest.mark.parametrize("what", NOT_THE_SAME)
def test_not_the_same_pixels(tmp_path, what):
    assert not judged(tmp_path, NOT_THE_SAME[what])


@given(
    low=st.integers(0, 65535),
    row=st.integers(0, 39),
    column=st.integers(0, 59),
    channel=st.integers(0, 2),
    order=st.sampled_from("<>"),
)
def test_16_bits_are_the_same_if_and_only_if_all_values_are(tmp_path_factory, low, row, column, channel, order):
    folder = tmp_path_factory.mktemp("deep")
    other = DEEP.copy()
    other[row, column, channel] = low
    pair = written(png(DEEP), "a.png"), written(deep_tiff(other, order), "b.tif")
    assert judged(folder, pair) == (low == DEEP[row, column, channel])


def test_what_is_all_there_is_not_decoded_again(tmp_path, monkeypatch):
    paths = [str(saved(PICTURE, "a.png")(tmp_path)), str(saved(PICTURE, "b.bmp")(tmp_path))]
    a, b = map(open_picture, paths)
    monkeypatch.setattr(equal, "values_of", None)
    assert same_pixels(a, paths[0], b, paths[1])


def test_a_file_that_has_gone_is_not_the_same(tmp_path):
    paths = [str(saved(LARGE, name)(tmp_path)) for name in ("a.png", "b.png")]
    a, b = map(open_picture, paths)
    (tmp_path / "b.png").unlink()
    assert not same_pixels(a, paths[0], b, paths[1])
