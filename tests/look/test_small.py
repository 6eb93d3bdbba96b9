"""Pictures below 64 pixels: a copy is explained pixel by pixel, whatever usual filter made it, and nothing else is."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from dupviz.look import small
from dupviz.look.picture import Picture, open_picture
from dupviz.look.small import FILTERS, Explained, explained, is_small, judge_small

PHOTOS = sorted(path for path in (Path(__file__).parents[2] / "data" / "photos").glob("*.jpg") if "_" not in path.stem)
SIZES = st.integers(14, 60)


def sign(seed, size=96):
    """A coloured sign on nothing."""
    rng = np.random.default_rng(seed)
    drawn = Image.new("RGBA", (size, size))
    for _ in range(6):
        x, y, r = rng.uniform(0.2, 0.8, 3) * size
        colour = (*(int(each) for each in rng.integers(0, 256, 3)), 255)
        ImageDraw.Draw(drawn).ellipse((x - r / 3, y - r / 4, x + r / 3, y + r / 4), colour)
    return drawn


def thumbnail(number, side=32):
    with Image.open(PHOTOS[number]) as photo:
        return photo.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("small")


def judged(folder, one, other, *, rotation=0, mirrored=False, options=({}, {}), names=("a.png", "b.png")):
    """The verdict, which is the same with either of two pictures first."""
    for picture, name, more in zip((one, other), names, options):
        picture.save(folder / name, **more)
    a, b = (open_picture(folder / name) for name in names)
    b = b.turned(rotation, mirrored)
    verdict = judge_small(a, b, rotation=rotation, mirrored=mirrored)
    assert verdict == judge_small(b, a, rotation=rotation, mirrored=mirrored)
    return tuple(verdict)


@given(seed=st.integers(0, 1000), size=SIZES, by=st.sampled_from(FILTERS), is_opaque=st.booleans())
def test_a_copy_by_any_usual_filter_is_the_same(folder, seed, size, by, is_opaque):
    whole = sign(seed)
    if is_opaque:
        whole = whole.convert("RGB")
    assert judged(folder, whole, whole.resize((size, size), by)) == ("same", "resized")


@given(seed=st.integers(0, 1000), size=SIZES, by=st.sampled_from(FILTERS))
def test_another_sign_is_never_the_same(folder, seed, size, by):
    assert judged(folder, sign(seed), sign(seed + 1).resize((size, size), by))[0] != "same"


@given(seed=st.integers(0, 1000), size=SIZES, x=st.floats(0.2, 0.8), y=st.floats(0.2, 0.8), by=st.sampled_from(FILTERS))
def test_a_spot_is_never_the_same(folder, seed, size, x, y, by):
    whole = sign(seed)
    small = whole.resize((size, size), by)
    place = int(x * size), int(y * size)
    colour = small.getpixel(place)
    small.putpixel(place, (*((each + 128) % 256 for each in colour[:3]), 255))
    assert judged(folder, whole, small)[0] != "same"


def test_at_one_size_few_levels_are_the_same_and_more_are_not(folder):
    one = sign(3, 32)
    values = np.array(one)
    few = values.copy()
    few[..., 0] ^= 1
    spot = values.copy()
    spot[10:12, 10:12] = (255, 0, 0, 255)
    faint = values.copy()
    faint[..., :3] = (faint[..., :3] * 0.95).astype(np.uint8)
    assert judged(folder, one, Image.fromarray(few)) == ("same", "re-encoded")
    assert judged(folder, one, Image.fromarray(spot)) == ("edited", "edited")
    assert judged(folder, one, Image.fromarray(faint))[0] == "too small to tell"
    assert judged(folder, one, sign(4, 32))[0] == "different"


@pytest.mark.parametrize(("rotation", "mirrored", "kind"), [(90, False, "turned"), (0, True, "mirrored")])
def test_a_sign_that_is_turned_is_another_one(folder, rotation, mirrored, kind):
    one = sign(5)
    other = Image.fromarray(np.rot90(one, -1)) if rotation else one.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    small = other.resize((32, 32), Image.Resampling.BOX)
    assert judged_first(folder, one, small, rotation, mirrored) == ("edited", kind)


def judged_first(folder, one, other, rotation, mirrored):
    one.save(folder / "a.png")
    other.save(folder / "b.png")
    b = open_picture(folder / "b.png").turned(rotation, mirrored)
    return tuple(judge_small(open_picture(folder / "a.png"), b, rotation=rotation, mirrored=mirrored))


def test_what_other_files_hold_is_for_a_person(folder):
    one = sign(6)
    small = one.resize((32, 32), Image.Resampling.BOX)
    moving = {"save_all": True, "append_images": [sign(7, 32)]}
    assert judged(folder, one, small.copy(), options=({}, moving)) == ("edited", "more frames")
    assert judged(folder, one, one.resize((40, 32), Image.Resampling.BOX)) == ("edited", "stretched")
    ground = Image.new("RGBA", small.size, "white")
    ground.alpha_composite(small)
    assert judged(folder, one, ground.convert("RGB")) == ("edited", "transparency")


def test_one_colour_and_a_few_pixels_tell_nothing(folder):
    assert judged(folder, Image.new("RGB", (32, 32), "red"), Image.new("RGB", (16, 16), "red")) == ("different", "flat")
    one = thumbnail(0, 48)
    assert judged(folder, one, one.resize((11, 11), Image.Resampling.BOX))[0] == "too small to tell"
    assert judged(folder, one, one.resize((12, 12), Image.Resampling.BOX))[0] == "same"


@given(st.tuples(st.integers(1, 70), st.integers(1, 70)), st.tuples(st.integers(1, 63), st.integers(1, 63)))
def test_pictures_of_any_shape_are_judged(folder, one, other):
    pictures = (
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)) for size in (one, other)
    )
    verdict, _ = judged(folder, *pictures, names=("a.png", "b.jpg"))
    assert verdict in ("same", "edited", "different", "too small to tell")


@pytest.mark.parametrize("number", range(len(PHOTOS[:12])))
def test_a_jpeg_of_a_small_photo_is_explained_by_its_tables_and_another_photo_is_not(folder, number):
    one, other = thumbnail(number), thumbnail((number + 1) % len(PHOTOS))
    names, options = ("a.png", "b.jpg"), ({}, {"quality": 85})
    assert judged(folder, one, one, names=names, options=options)[0] != "different"
    assert judged(folder, one, other, names=names, options=options)[0] != "same"


def test_of_most_small_photos_a_jpeg_is_the_same(folder):
    found = [
        judged(folder, thumbnail(number), thumbnail(number), names=("a.png", "b.jpg"), options=({}, {"quality": 90}))[0]
        for number in range(12)
    ]
    assert found.count("same") >= 11


def test_a_spot_in_a_jpeg_is_not_the_same(folder):
    for number in range(12):
        one = thumbnail(number)
        values = np.array(one)
        values[20:24, 20:24] = 255 - values[20:24, 20:24]
        spotted = Image.fromarray(values)
        assert judged(folder, one, spotted, names=("a.png", "b.jpg"), options=({}, {"quality": 75}))[0] != "same"


def square(width=32, height=None, *, lossless=True, tables=None):
    """A picture of noise."""
    rgb = np.random.default_rng(0).integers(0, 256, (height or width, width, 3), np.uint8)
    return Picture(rgb, None, width, height or width, tables, lossless)


PNG, LARGER, TINY = square(), square(48), (square(13, 11), square(12, 12))
JPEG, WEBP = square(lossless=False, tables={0: [10] * 64}), square(lossless=False)


@pytest.mark.parametrize(
    ("pictures", "measured", "verdict"),
    [
        # One size: exactly, or by what an encoding explains.
        ((PNG, PNG), {"error": 3.0, "worst": 6.0}, "same"),
        ((PNG, PNG), {"error": 3.1, "worst": 6.0}, "too small to tell"),
        ((PNG, PNG), {"error": 3.0, "worst": 7.0}, "too small to tell"),
        ((PNG, PNG), {"error": 100.0, "worst": 32.0, "differing": 1.0}, "too small to tell"),
        ((PNG, PNG), {"error": 100.0, "worst": 33.0, "differing": 0.05}, "edited"),
        ((PNG, PNG), {"error": 100.0, "worst": 33.0, "differing": 0.051}, "different"),
        ((PNG, PNG), {"error": 250.0, "worst": 33.0}, "edited"),
        ((PNG, PNG), {"error": 251.0, "worst": 33.0}, "different"),
        ((PNG, JPEG), {"error": 130.0, "worst": 99.0, "noise": 99.0, "local": 0.5}, "same"),
        ((PNG, JPEG), {"error": 131.0, "worst": 99.0, "noise": 99.0, "local": 0.5}, "too small to tell"),
        ((PNG, JPEG), {"error": 130.0, "worst": 99.0, "noise": 99.0, "local": 0.51}, "too small to tell"),
        ((PNG, WEBP), {"error": 130.0, "worst": 99.0, "noise": 99.0, "local": 0.5}, "too small to tell"),
        ((PNG, WEBP), {"error": 251.0, "worst": 99.0, "noise": 999.0, "local": 0.5}, "different"),
        # Two sizes: what a filter leaves.
        ((PNG, LARGER), {"error": 8.0, "worst": 12.0}, "same"),
        ((PNG, LARGER), {"error": 8.1, "worst": 12.0}, "too small to tell"),
        ((PNG, LARGER), {"error": 8.0, "worst": 13.0}, "too small to tell"),
        ((PNG, LARGER), {"error": 100.0, "worst": 99.0, "differing": 0.01}, "too small to tell"),
        # Too few pixels, and too little contrast.
        ((TINY[0], TINY[0]), {}, "too small to tell"),
        ((TINY[0], LARGER), {"error": 251.0}, "different"),
        ((TINY[1], TINY[1]), {}, "same"),
        ((PNG, PNG), {"contrast": 149.0}, "different"),
        ((PNG, PNG), {"contrast": 150.0}, "same"),
    ],
)
def test_what_was_measured_decides(pictures, measured, verdict, monkeypatch):
    """Both sides of each limit, in either order."""
    found = Explained(**{**dict.fromkeys(Explained._fields, 0.0), "contrast": 1000.0, **measured})
    monkeypatch.setattr(small, "explained", lambda a, b: found)
    for one, other in (pictures, pictures[::-1]):
        assert judge_small(one, other, rotation=0, mirrored=False)[0] == verdict


@pytest.mark.parametrize(
    ("height", "kind"), [(509, "stretched"), (508, "resized"), (492, "resized"), (491, "stretched")]
)
def test_a_side_may_be_longer_by_a_pixel_than_proportions_say(height, kind, monkeypatch):
    """Beside 60 × 30."""
    monkeypatch.setattr(small, "explained", lambda a, b: Explained(0, 0, 0, 0, 0, 1000))
    one, other = square(1000, height), square(60, 30)
    assert judge_small(one, other, rotation=0, mirrored=False)[1] == kind
    assert judge_small(other, one, rotation=0, mirrored=False)[1] == kind


def test_windows_need_64_pixels_of_the_longer_side():
    assert is_small(square(100), square(63))
    assert is_small(square(40, 63), square(100))
    assert not is_small(square(64, 20), square(100))


def test_what_is_local_is_measured_against_the_noise_there_and_on_the_whole(monkeypatch):
    one, other = square(), square()
    other.rgb[4:8, 4:8] ^= 8
    noise = np.zeros((8, 8))
    noise[1, 1] = 32.0
    monkeypatch.setattr(small, "encoding_noise", lambda picture, seen: noise)
    found = explained(one, other)
    assert found.local == pytest.approx(3 * 64 / (50 + 3 * (2 * 32 + 1)))
    assert (found.error, found.worst, found.differing) == (3 * 64 / 64, 8, 1 / 64)
    assert found.noise == 1


@pytest.mark.parametrize(("by", "differing"), [(6, 0), (7, 1 / 64)])
def test_few_levels_are_no_difference(by, differing):
    one, other = square(), square()
    one.rgb[4:8, 4:8] = 100
    other.rgb[4:8, 4:8] = 100 + by
    assert explained(one, other).differing == differing


def test_the_contrast_is_that_of_the_picture_with_less_on_the_ground_that_shows_more():
    flat = square()
    flat.rgb[:] = 255
    assert explained(PNG, flat).contrast == explained(flat, PNG).contrast == 0
    black = np.zeros_like(PNG.rgb)
    on_nothing = Picture(PNG.rgb, black, 32, 32, None, True)  # black, more or less opaque
    assert explained(on_nothing, on_nothing).contrast > 1000
