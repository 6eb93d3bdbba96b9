"""Which of two files was made from the other: what a camera's JPEG is beside what people make of it."""

import numpy as np
import pytest
from damaged import PHOTOS, doubled, noisy, reencoded, sharp_photo
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from dupviz.look.detail import coefficients, detail_of, quality_of
from dupviz.look.origin import NO_ORIGIN, origin, without_frame
from dupviz.look.picture import open_picture
from dupviz.look.resized import is_enlarged
from dupviz.metrics import undone

NAMES = ("coffee", "rocket", "cat")
SWAPPED = {"a": "b", "b": "a", "": ""}


@pytest.fixture(scope="module", params=NAMES)
def photo(request):
    return sharp_photo(request.param)


def saved(folder, name, picture, **options):
    picture.save(folder / name, **options)
    return folder / name


def detail(path):
    return detail_of(path, open_picture(path))


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


def bicubic(picture, scale):
    """By the kernel of other programs, in which a is −0.75; Pillow's is −0.5 (Keys 1981)."""
    pixels = np.asarray(picture, float)
    for axis in (0, 1):
        length = pixels.shape[axis]
        longer = round(length * scale)
        at = (np.arange(longer) + 0.5) * length / longer - 0.5
        first = np.floor(at).astype(int)
        enlarged = 0.0
        for step in (-1, 0, 1, 2):
            off = np.abs(at - first - step)
            near, far = 1.25 * off**3 - 2.25 * off**2 + 1, -0.75 * (off**3 - 5 * off**2 + 8 * off - 4)
            weight = np.where(off <= 1, near, far).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
            enlarged = enlarged + weight * pixels.take((first + step).clip(0, length - 1), axis)
        pixels = enlarged
    return Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8))


def enlarged(method, scale):
    def resized(picture):
        return picture.resize((round(scale * picture.width), round(scale * picture.height)), method)

    return resized


ENLARGED = {
    "2 nearest": enlarged(Image.Resampling.NEAREST, 2),
    "3 box": enlarged(Image.Resampling.BOX, 3),
    "2 bicubic": enlarged(Image.Resampling.BICUBIC, 2),
    "1.5 bilinear": enlarged(Image.Resampling.BILINEAR, 1.5),
    "1.3 bicubic": enlarged(Image.Resampling.BICUBIC, 1.3),
    "1.5 bicubic of others": lambda picture: bicubic(picture, 1.5),
}


@pytest.mark.parametrize("how", ENLARGED)
@pytest.mark.parametrize(
    ("name", "options"),
    [("b.png", {}), ("b.webp", {"lossless": True}), ("b.jpg", {"quality": 99, "subsampling": 0})],
    ids=["png", "webp", "q99"],
)
def test_a_picture_that_the_smaller_one_explains_is_blown_up(photo, how, name, options, tmp_path):
    source = saved(tmp_path, "a.jpg", photo, quality=90)
    with Image.open(source) as picture:
        made = saved(tmp_path, name, ENLARGED[how](picture.convert("RGB")), **options)
    assert origin(detail(source), detail(made)) == ("a", "is blown up from fewer pixels")


@pytest.mark.parametrize("blur", [0, 1, 2])
@pytest.mark.parametrize("name", ["b.png", "b.jpg"])
@pytest.mark.parametrize("method", [Image.Resampling.BOX, Image.Resampling.BICUBIC])
@pytest.mark.parametrize("scale", [0.5, 0.75])
def test_what_was_shrunk_is_not_the_source_of_a_soft_photo(photo, blur, name, method, scale, tmp_path):
    soft = photo.crop((0, 0, 400, 264)).filter(ImageFilter.GaussianBlur(blur))
    source = saved(tmp_path, "a.png", soft)
    made = saved(tmp_path, name, enlarged(method, scale)(soft), **({"quality": 95} if name == "b.jpg" else {}))
    assert not is_enlarged(detail(source), detail(made))


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


def test_a_half_of_a_soft_photo_is_not_its_source(photo, tmp_path):
    soft = photo.filter(ImageFilter.GaussianBlur(1))
    source = saved(tmp_path, "a.jpg", soft, quality=92)
    half = soft.resize((photo.width // 2, photo.height // 2), Image.Resampling.LANCZOS)
    assert origin(detail(source), detail(saved(tmp_path, "b.jpg", half, quality=80))).side != "b"


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


def test_coefficients_of_a_jpeg_lie_on_its_steps(photo, tmp_path):
    file = detail(saved(tmp_path, "a.jpg", photo, quality=60))
    multiples = file.own / file.steps
    assert np.quantile(np.abs(multiples - multiples.round()) * file.steps, 0.9) < 1
    shifted = coefficients(file.luma[3:, 5:])[: len(file.own)]
    assert np.quantile(np.abs(shifted / file.steps - (shifted / file.steps).round()) * file.steps, 0.9) > 2


@pytest.mark.parametrize("quality", [10, 30, 50, 75])
def test_the_quality_of_an_earlier_jpeg_is_seen_in_a_file_without_loss(photo, quality, tmp_path):
    file = detail(saved(tmp_path, "a.png", reencoded(photo, quality)))
    assert not file.is_at_home
    assert abs(quality_of(file.traces) - quality) <= 3


def test_a_file_without_a_jpeg_in_its_past_has_no_traces(photo, tmp_path):
    assert not detail(saved(tmp_path, "a.png", noisy(photo))).traces.any()


def test_the_middle_of_a_large_file_is_where_its_grid_is(tmp_path):
    with Image.open(PHOTOS / "coffee.jpg") as picture:
        large = picture.convert("RGB").resize((1203, 901), Image.Resampling.LANCZOS)
    large = noisy(large)
    source = saved(tmp_path, "a.jpg", large, quality=60)
    with Image.open(source) as picture:
        turned = picture.convert("RGB").transpose(Image.Transpose.ROTATE_90)
    file, made = detail(source), detail(saved(tmp_path, "b.png", turned))
    assert file.rgb.shape == (511, 511, 3)
    assert np.abs(file.own / file.steps - (file.own / file.steps).round()).mean() < 0.05
    assert origin(file, made, (270, False)).side == "a"
