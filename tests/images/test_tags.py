"""What a file says of its colours: equal where it means the same, empty for sRGB."""

import struct

import numpy as np
import pytest
from PIL import Image, ImageCms
from pngs import png

from dupviz.images.formats import reading
from dupviz.images.inside import header

PIXELS = np.full((8, 8, 3), 100, np.uint8)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def gamma(value):
    return b"gAMA", struct.pack(">I", round(100_000 * value))


def chroma(*values):
    return b"cHRM", struct.pack(">8I", *(round(100_000 * value) for value in values))


def coded(primaries, curve):
    return b"cICP", bytes([primaries, curve, 0, 1])


OF_SRGB = chroma(0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
OF_P3 = chroma(0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)
MARK = b"sRGB", b"\0"
PROFILE = b"iCCP", b"name\0\0" + bytes(100)
TEXT = b"tEXt", b"Comment\0" + b"gAMA" * 50

USUAL = {
    "nothing": [],
    "the usual gamma": [gamma(0.45455), OF_SRGB],
    "0.45, as some programs round it": [gamma(0.45)],
    "sRGB in numbers": [coded(1, 13)],
    "primaries of a profile": [TEXT, PROFILE, OF_P3],
    "a long chunk says nothing": [(b"gAMA", bytes(40)), (b"cICP", bytes(5))],
    "after the pixels nothing counts": [TEXT, TEXT],
}
OTHERS = {
    "linear": [gamma(1)],
    "of an old Mac": [gamma(0.55556)],
    "0.468, whatever else is said": [MARK, PROFILE, coded(1, 13), gamma(0.468)],
    "P3": [gamma(0.45455), OF_P3],
    "linear P3": [gamma(1), OF_P3],
    "P3 in numbers": [coded(12, 13)],
    "PQ": [MARK, coded(9, 16)],
    "linear in numbers": [TEXT, coded(1, 8)],
}


def tags(tmp_path, chunks, values=PIXELS):
    path = tmp_path / "a.png"
    path.write_bytes(png(values, *chunks))
    with reading(path) as (image, _):
        before = header(image).tags
        image.load()
        assert header(image).tags == before
        np.testing.assert_array_equal(np.asarray(image), values)  # the file was left where it was
        return before


@pytest.mark.parametrize("what", USUAL)
def test_what_means_srgb_says_nothing(tmp_path, what):
    assert tags(tmp_path, USUAL[what]) == ()


def test_other_colours_are_told_apart(tmp_path):
    found = [tags(tmp_path, chunks) for chunks in OTHERS.values()]
    assert () not in found
    assert len(set(found)) == len(OTHERS)


def test_other_bytes_may_mean_the_same(tmp_path):
    assert tags(tmp_path, [gamma(1)]) == tags(tmp_path, [TEXT, gamma(1.0001), OF_SRGB])


@pytest.mark.parametrize(
    ("primaries", "curve", "expected"),
    [(1, 13, ()), (2, 2, ()), (1, 1, ()), (12, 13, (12, 13)), (9, 16, (9, 16))],
)
def test_an_avif_says_it_in_numbers(tmp_path, primaries, curve, expected):
    path = tmp_path / "a.avif"
    Image.fromarray(PIXELS).save(path)
    content = path.read_bytes()
    place = content.index(b"colrnclx") + 8
    path.write_bytes(content[:place] + struct.pack(">2H", primaries, curve) + content[place + 4 :])
    with reading(path) as (image, _):
        assert header(image).tags == expected


def test_of_an_avif_with_a_profile_the_profile_counts(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "a.avif", icc_profile=SRGB)
    with reading(tmp_path / "a.avif") as (image, _):
        assert header(image).tags == ()
