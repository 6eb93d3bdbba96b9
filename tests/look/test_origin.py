"""Which of two files was made from the other: what a camera's JPEG is beside what people make of it."""

import numpy as np
import pytest
from damaged import PHOTOS, detail, doubled, noisy, reencoded, saved
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from dupviz.look.origin import NO_ORIGIN, origin, without_frame
from dupviz.metrics import undone

SWAPPED = {"a": "b", "b": "a", "": ""}


def marked(picture):
    over = picture.copy()
    ImageDraw.Draw(over).text((0.6 * picture.width, 0.9 * picture.height), "(c) example", "white")
    return over


# What is made of a JPEG: how, how it is stored, how it is turned to match, and what is said of it.
MADE = {
    "PNG": (lambda im: im, "b.png", {}, (0, False), "the pixels of a JPEG"),
    "BMP": (lambda im: im, "b.bmp", {}, (0, False), "the pixels of a JPEG"),
    "WebP without loss": (lambda im: im, "b.webp", {"lossless": True}, (0, False), "the pixels of a JPEG"),
    "quality 99": (lambda im: im, "b.jpg", {"quality": 99}, (0, False), "the pixels of a JPEG"),
    "quality 40": (lambda im: im, "b.jpg", {"quality": 40}, (0, False), "is a JPEG of quality 40"),
    "quality 15 as PNG": (lambda im: reencoded(im, 15), "b.png", {}, (0, False), "the traces of a JPEG of quality 1"),
    "quality 15 as 99": (
        lambda im: reencoded(im, 15),
        "b.jpg",
        {"quality": 99},
        (0, False),
        "the traces of a JPEG of quality 1",
    ),
    "turned": (lambda im: im.transpose(Image.Transpose.ROTATE_90), "b.jpg", {"quality": 70}, (270, False), "a JPEG of"),
    "mirrored": (ImageOps.mirror, "b.jpg", {"quality": 70}, (0, True), "a JPEG of quality 70"),
    "turned PNG": (lambda im: im.transpose(Image.Transpose.ROTATE_90), "b.png", {}, (270, False), "the pixels of a"),
    "lighter": (lambda im: im.point(lambda value: 1.05 * value), "b.jpg", {"quality": 60}, (0, False), "a JPEG of"),
    "marked": (marked, "b.jpg", {"quality": 70}, (0, False), "a JPEG of quality 70"),
    "noisy": (noisy, "b.png", {}, (0, False), "noise"),
    "blurred": (lambda im: im.filter(ImageFilter.GaussianBlur(1.5)), "b.png", {}, (0, False), "softer"),
    "much lighter": (
        lambda im: im.point(lambda value: 1.3 * value),
        "b.jpg",
        {"quality": 88},
        (0, False),
        "",
    ),
    "palette": (lambda im: im.quantize(64), "b.png", {}, (0, False), ""),
    "doubled": (doubled, "b.png", {}, (0, False), "blown up"),
    "doubled JPEG": (doubled, "b.jpg", {"quality": 90}, (0, False), "blown up"),
}


@pytest.mark.parametrize("what", MADE)
def test_of_a_jpeg_and_what_was_made_from_it_the_jpeg_is_the_source(photo, what, tmp_path):
    make, name, options, turn, words = MADE[what]
    source = saved(tmp_path, "a.jpg", photo, quality=88)
    with Image.open(source) as picture:
        made = saved(tmp_path, name, make(picture.convert("RGB")), **options)
    found = origin(detail(source), detail(made), turn)
    assert found.side == "a"
    assert words in found.words


def test_of_a_jpeg_that_is_stored_turned_the_grid_is_that_of_the_file(photo, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    source = saved(tmp_path, "a.jpg", photo, quality=70, exif=exif)
    with Image.open(source) as picture:
        upright = ImageOps.exif_transpose(picture)
    cut = saved(tmp_path, "b.jpg", upright, quality=98)
    assert origin(detail(source), detail(cut)).side == "a"


@pytest.mark.parametrize("name", ["b.jpg", "b.png"])
def test_of_a_picture_without_loss_and_a_jpeg_of_it_the_first_is_the_source(photo, name, tmp_path):
    """Even where its noise is lost: that was not added."""
    master = saved(tmp_path, "a.png", noisy(photo))
    made = saved(tmp_path, name, reencoded(noisy(photo), 50), **({"quality": 99} if name == "b.jpg" else {}))
    assert origin(detail(master), detail(made)).side == "a"


def test_the_noise_that_a_finer_jpeg_has_beyond_a_coarser_one_was_not_added(tmp_path):
    with Image.open(PHOTOS / "coffee.jpg") as picture:
        source = saved(tmp_path, "a.jpg", picture.convert("RGB"), quality=97)
    with Image.open(source) as picture:
        made = saved(tmp_path, "b.jpg", picture, quality=95)
    assert origin(detail(source), detail(made)).side != "b"


def test_of_two_files_of_the_same_steps_neither_is_the_source(photo, tmp_path):
    a = saved(tmp_path, "a.jpg", photo, quality=90)
    b = saved(tmp_path, "b.jpg", photo, quality=90, progressive=True)
    assert origin(detail(a), detail(b)) == ("", "")


def test_a_sharpened_copy_is_not_the_source_of_a_camera_jpeg(photo, tmp_path):
    source = saved(tmp_path, "a.jpg", photo, quality=90)
    sharp = photo.filter(ImageFilter.UnsharpMask(1.5, 120, 0))
    assert origin(detail(source), detail(saved(tmp_path, "b.png", sharp))).side != "b"


def test_a_photo_between_white_walls_has_no_frame_that_its_noisy_copy_lacks(photo, tmp_path):
    """On grey walls, as noise on white ones is half cut off."""
    wall = ImageOps.expand(photo, (10, 0), (200, 200, 200))
    source = saved(tmp_path, "a.jpg", wall, quality=97)
    with Image.open(source) as picture:
        made = saved(tmp_path, "b.png", noisy(picture.convert("RGB")))
    assert origin(detail(source), detail(made)).side == "a"


def test_without_a_frame_it_is_the_source_but_a_crop_is_not(photo, tmp_path):
    plain, framed = detail(saved(tmp_path, "a.png", photo)), ImageOps.expand(photo, 12, "white")
    assert without_frame(plain, detail(saved(tmp_path, "b.jpg", framed, quality=90))) == ("a", "has a frame")
    assert without_frame(detail(tmp_path / "b.jpg"), plain) == ("b", "has a frame")
    crop = photo.crop((5, 5, photo.width - 5, photo.height - 5))
    assert without_frame(plain, detail(saved(tmp_path, "c.png", crop))) == NO_ORIGIN


def test_a_grey_photo_has_no_palette(photo, tmp_path):
    source = saved(tmp_path, "a.jpg", photo.convert("L"), quality=90)
    with Image.open(source) as picture:
        made = saved(tmp_path, "b.png", noisy(picture.convert("RGB")))
    assert origin(detail(source), detail(made)).side == "a"


TURNS = st.tuples(st.sampled_from([0, 90, 180, 270]), st.booleans())


@settings(max_examples=30, deadline=None)
@given(
    qualities=st.tuples(st.integers(20, 99), st.integers(20, 99)),
    formats=st.tuples(*[st.sampled_from(["jpg", "png", "webp"])] * 2),
    scale=st.sampled_from([1.0, 1.0, 1.5]),
    turn=TURNS,
    is_of_the_other=st.booleans(),
)
def test_of_swapped_files_the_other_side_is_the_source(
    tmp_path_factory, qualities, formats, scale, turn, is_of_the_other
):
    folder = tmp_path_factory.mktemp("swapped")
    with Image.open(PHOTOS / "coffee.jpg") as picture:
        small = picture.convert("RGB")
    small.thumbnail((203, 203))
    a = saved(folder, f"a.{formats[0]}", reencoded(small, qualities[0]), quality=qualities[0])
    if is_of_the_other:
        with Image.open(a) as picture:
            small = picture.convert("RGB")
    small = small.resize((round(scale * small.width), round(scale * small.height)), Image.Resampling.BICUBIC)
    rotation, mirrored = undone(*turn)
    small = Image.fromarray(np.rot90(np.asarray(ImageOps.mirror(small) if mirrored else small), rotation // 90))
    b = saved(folder, f"b.{formats[1]}", small, quality=qualities[1])
    one, other = detail(a), detail(b)
    found, swapped = origin(one, other, turn), origin(other, one, undone(*turn))
    assert swapped == (SWAPPED[found.side], found.words)


@pytest.mark.parametrize("side", range(4))
def test_a_crop_of_a_picture_with_plain_edges_is_not_the_source(side, photo, tmp_path):
    """A thing on white paper, of which a crop has white on one side left, is no picture in a frame."""
    framed = ImageOps.expand(photo, 12, "white")
    cut = [12, 12, framed.width - 12, framed.height - 12]
    cut[side] += 4 if side > 1 else -4
    crop = detail(saved(tmp_path, "b.png", framed.crop(cut)))
    whole = detail(saved(tmp_path, "a.png", framed))
    assert without_frame(whole, crop) == without_frame(crop, whole) == NO_ORIGIN
