"""The last look at full size: it sees what is as small as a digit, and forgives what encodings do."""

import kinds
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from dupviz import find_duplicates, load_images, second_look, window_map
from dupviz.look.boxes import WHOLE
from dupviz.look.closely import closely
from dupviz.look.picture import Picture

FONT = ImageFont.load_default(22)


def page(changed: bool, width: int = 1240) -> Image.Image:
    """A table of numbers; one digit of one of them differs."""
    rng = np.random.default_rng(3)
    paper = Image.new("RGB", (width, 7 * width // 5), "white")
    draw = ImageDraw.Draw(paper)
    for y in range(80, paper.height - 80, 40):
        for x in range(80, width - 120, 150):
            draw.text((x, y), f"{rng.integers(10_000, 99_999)}", "black", FONT)
    if changed:
        draw.rectangle((380, 480, 392, 508), "white")
        draw.text((380, 480), "0", "black", FONT)
    return paper


def photo(changed: bool) -> Image.Image:
    """A photo of 1800 pixels, with texture everywhere; an object of 18 pixels is gone."""
    _, picture = next(kinds.bundled(("brick_wall",)))
    large = np.asarray(picture.resize((1800, 1800 * picture.height // picture.width), Image.Resampling.LANCZOS)).copy()
    grain = np.random.default_rng(0).normal(0, 4, (*large.shape[:2], 1))
    large = (large + grain).round().clip(0, 255).astype(np.uint8)
    if not changed:
        large[600:618, 900:918] = (200, 40, 40)
    return Image.fromarray(large)


SAVED = {"PNG": (".png", {}), "quality 85": (".jpg", {"quality": 85}), "quality 95": (".jpg", {"quality": 95})}


def look_at_two(folder):
    images = load_images(folder, progress=False, cache=False)
    pairs = pd.DataFrame({"a": [0], "b": [1], "rotation": [0], "mirrored": [False]})
    return images, second_look(images, pairs, progress=False).iloc[0]


@pytest.mark.parametrize("make", [page, photo])
@pytest.mark.parametrize("first", SAVED)
@pytest.mark.parametrize("second", ["PNG", "quality 85"])
def test_what_is_as_small_as_a_digit_is_an_edit_and_its_place_is_said(make, first, second, tmp_path):
    for name, changed, how in (("a", False, first), ("b", True, second)):
        extension, options = SAVED[how]
        make(changed).save(tmp_path / f"{name}{extension}", **options)
    images, look = look_at_two(tmp_path)
    assert (look.verdict, look.kind) == ("edited", "edited")
    width, height = images.files.loc[0, ["width", "height"]]
    x, y = (386 / 1240, 494 / height) if make is page else (909 / 1800, 609 / height)
    assert abs((look.left + look.right) / 2 - x) < 30 / width
    assert abs((look.top + look.bottom) / 2 - y) < 30 / height
    found = window_map(images, 0, 1)
    assert (found.verdict, found.worst, found.where) == (
        "edited",
        look.worst,
        (look.left, look.top, look.right, look.bottom),
    )
    assert found.ratios.max() == pytest.approx(found.worst)
    groups = find_duplicates(images, progress=False, cache=False).groups
    assert sorted(groups["action"]) == ["keep", "review"]


@pytest.mark.parametrize("make", [page, photo])
@pytest.mark.parametrize("options", [{"quality": 60}, {"quality": 75}, {"quality": 90}, {"progressive": True}])
def test_honest_copies_are_the_same_at_full_size(make, options, tmp_path):
    make(True).save(tmp_path / "a.png")
    make(True).save(tmp_path / "b.jpg", **options)
    assert look_at_two(tmp_path)[1].verdict == "same"


@pytest.mark.parametrize(("extension", "quality"), [(".webp", 80), (".avif", 70)])
def test_where_nothing_says_what_an_encoding_does_small_print_is_held_to_less(extension, quality, tmp_path):
    page(False).save(tmp_path / "a.jpg", quality=90)
    page(True).save(tmp_path / f"b{extension}", quality=quality)
    assert look_at_two(tmp_path)[1].verdict == "edited"
    photo(True).save(tmp_path / "a.jpg", quality=90)
    photo(True).save(tmp_path / f"b{extension}", quality=quality)
    assert look_at_two(tmp_path)[1].verdict == "same"


def as_picture(rgb, *, lossless=True):
    height, width = rgb.shape[:2]
    return Picture(rgb, None, width, height, None, lossless)


@pytest.mark.parametrize("height", range(250, 280))
def test_pictures_of_any_height_are_compared(height):
    rgb = np.random.default_rng(height).integers(0, 256, (height, 13, 3), dtype=np.uint8)
    assert closely(as_picture(rgb), as_picture(rgb.copy())).ratios.shape == (height // 4 - 1, 2)


@settings(max_examples=30, deadline=None)
@given(
    height=st.sampled_from([12, 255, 256, 257, 264, 300, 515, 530]),
    width=st.integers(12, 70),
    place=st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)),
    by=st.integers(60, 255),
)
def test_in_lossless_pictures_no_pixel_is_left_out(height, width, place, by):
    """Also at the seams of the bands, and at the edges, as far as cells go."""
    rng = np.random.default_rng(height * width)
    rgb = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    rows, columns = height // 4 * 4, width // 4 * 4
    y, x = int(place[0] * rows), int(place[1] * columns)
    other = rgb.copy()
    other[y, x] = rgb[y, x] + np.where(rgb[y, x] < 128, by, -by) // 2
    found = closely(as_picture(rgb), as_picture(other))
    assert found.worst > 1
    left, top, right, bottom = np.array(found.where) * (width, height, width, height)
    assert left - 1e-6 <= x < right + 1e-6
    assert top - 1e-6 <= y < bottom + 1e-6
    assert found.ratios.shape == (height // 4 - 1, width // 4 - 1)


def test_equal_pictures_have_nothing_that_differs():
    rgb = np.random.default_rng(0).integers(0, 256, (600, 40, 3), dtype=np.uint8)
    assert closely(as_picture(rgb), as_picture(rgb.copy())).worst == 0


@pytest.mark.parametrize(("rotation", "mirrored"), [(0, False), (90, False), (180, True), (270, False)])
def test_the_place_is_that_in_the_first_picture_whoever_is_richer(rotation, mirrored):
    rng = np.random.default_rng(1)
    rgb = rng.integers(0, 256, (40, 60, 3), dtype=np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    a = as_picture(rgb)
    changed = rgb.copy()
    changed[64:72, 400:408] = 255 - changed[64:72, 400:408]
    for soften in (False, True):
        first = as_picture(rgb // 2 + 60) if soften else a
        second = as_picture((changed // 2 + 60) if soften else changed)
        back = as_picture(
            np.ascontiguousarray(second.turned(*((rotation if mirrored else -rotation % 360), mirrored)).rgb)
        )
        found = closely(first, back, rotation=rotation, mirrored=mirrored)
        np.testing.assert_allclose(np.array(found.where) * (480, 320, 480, 320), (400, 64, 408, 72))
        np.testing.assert_array_equal(found.a, first.rgb)
        np.testing.assert_array_equal(found.b, second.rgb)
        assert found.where != WHOLE
