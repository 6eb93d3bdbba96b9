"""Two pictures laid over each other by a projection."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from scipy import ndimage

from dupviz.look.aligned import Alignment, _is_possible, aligned, evened, outline_of_first
from dupviz.look.compared import compared
from dupviz.look.picture import Picture
from dupviz.look.verdict import DIFFERENT, EDITED
from dupviz.metrics import SYMMETRIES, undone


def scene(seed, width=318, height=240):
    """A made-up photo: clouds of all sizes, with some edges."""
    rng = np.random.default_rng(seed)
    image = np.zeros((height, width, 3))
    for cells in (3, 6, 12, 24, 48, 96):
        coarse = rng.normal(0, 1, (cells, cells, 3))
        image += ndimage.zoom(coarse, (height / cells, width / cells, 1), order=1) * cells**-0.35
    picture = Image.fromarray(np.clip(128 + 55 * image / image.std(), 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(14):
        x, y, w, h = rng.integers(0, width), rng.integers(0, height), rng.integers(8, 60), rng.integers(8, 60)
        draw.ellipse((x, y, x + w, y + h), fill=tuple(rng.integers(0, 255, 3).tolist()))
    return picture


def picture_of(image):
    return Picture(np.asarray(image.convert("RGB")), None, image.width, image.height, None, False)


def tilted(image, degrees):
    return image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor="black")


def retaken(image, corners):
    """The picture on black, with its corners at these shares of the whole: left top, right top, right bottom, ..."""
    w, h = image.size
    rows, wanted = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (w, 0), (w, h), (0, h))):
        x, y = x * w, y * h
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    data = np.linalg.solve(np.array(rows), np.array(wanted, float)).tolist()
    return image.transform(image.size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)


def off(found, corners):
    """The most by which corners are off, in shares."""
    return float(np.abs(np.array(found.outline) - np.array(corners).ravel()).max())


@settings(max_examples=20)
@given(st.integers(0, 9), st.floats(-6, 6).filter(lambda degrees: abs(degrees) > 1))
def test_a_turn_by_some_degrees_is_measured(seed, degrees):
    image = scene(seed)
    found = aligned(picture_of(image), picture_of(tilted(image, degrees)))
    assert found is not None
    assert found.tilt == pytest.approx(abs(degrees), abs=0.5)


CORNERS = [
    [(0.05, 0.03), (0.97, 0.06), (0.94, 0.98), (0.02, 0.94)],
    [(0.0, 0.06), (0.95, 0.0), (1.0, 0.97), (0.03, 0.92)],
    [(0.02, 0.0), (0.97, 0.05), (0.98, 0.95), (0.02, 1.0)],
]


@pytest.mark.parametrize("corners", CORNERS)
@pytest.mark.parametrize("seed", [0, 3, 4, 7])
def test_the_corners_of_a_photo_of_a_picture_are_found(seed, corners):
    image = scene(seed)
    found = aligned(picture_of(retaken(image, corners)), picture_of(image))
    assert found is not None
    assert off(found, corners) < 0.03


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda image: retaken(image, [(0.02, 0.02), (0.97, 0.08), (0.98, 0.93), (0.01, 0.99)]), "retaken"),
        (lambda image: image.crop((10, 6, 230, 180)), "part"),
        (lambda image: image.point([round(255 * (v / 255) ** 1.8) for v in range(256)] * 3), "tone"),
        (lambda image: tilted(image, 3), "tilted"),
    ],
)
def test_what_was_done_has_a_name(change, kind):
    image = scene(4)
    box = (10 / 318, 6 / 240, 230 / 318, 180 / 240) if kind == "part" else (0.0, 0.0, 1.0, 1.0)
    found = aligned(picture_of(image), picture_of(change(image)), box)
    assert found is not None
    assert found.kind == kind


@settings(max_examples=30)
@given(st.integers(0, 1000), st.sampled_from(SYMMETRIES["dihedral"]))
def test_unrelated_pictures_are_not_laid_over_each_other(seed, turn):
    one, other = (picture_of(scene(each, 240, 240)) for each in (seed, seed + 5000))
    assert aligned(one, other, rotation=turn[0], mirrored=turn[1]) is None


@settings(max_examples=20)
@given(st.integers(0, 9), st.sampled_from(SYMMETRIES["dihedral"]), st.floats(1, 6))
def test_it_is_the_same_whoever_comes_first(seed, turn, degrees):
    image = scene(seed)
    a = picture_of(image)
    b = picture_of(tilted(image, degrees)).turned(*undone(*turn))
    there = aligned(a, b, rotation=turn[0], mirrored=turn[1])
    rotation, mirrored = undone(*turn)
    back = aligned(b, a, rotation=rotation, mirrored=mirrored)
    assert there is not None
    assert back is not None
    assert (there.kind, there.tilt) == (back.kind, back.tilt)
    np.testing.assert_allclose(back.from_other_side(*turn).outline, there.outline, atol=1e-6)


@given(st.floats(-0.2, 0.2), st.floats(0.5, 1.5), st.sampled_from(SYMMETRIES["dihedral"]))
def test_swapping_sides_twice_changes_nothing(shift, scale, turn):
    projection = np.array([[scale, shift, 0.1], [-shift, scale, shift], [0.02, 0.01, 1]])
    found = Alignment("tilted", 1.0, projection)
    again = found.from_other_side(*turn).from_other_side(*undone(*turn))
    np.testing.assert_allclose(again.outline, found.outline, atol=1e-9)


@given(st.floats(-0.2, 0.2), st.floats(0.5, 1.5))
def test_the_outline_of_the_first_in_the_second_is_the_outline_from_the_other_side(shift, scale):
    projection = np.array([[scale, shift, 0.1], [-shift, scale, shift], [0.02, 0.01, 1]])
    found = Alignment("tilted", 1.0, projection)
    expected = found.from_other_side(0, False).outline
    np.testing.assert_allclose(outline_of_first(found.outline), expected, atol=1e-9)
    np.testing.assert_allclose(outline_of_first(expected), found.outline, atol=1e-9)


@given(st.integers(0, 20), st.floats(0.5, 1.6), st.floats(-30, 30))
def test_even_light_forgets_gain_and_offset(seed, gain, offset):
    grid = np.asarray(scene(seed, 64, 64).convert("L"), np.float32)
    difference = np.abs(evened(grid) - evened(gain * grid + offset))
    assert np.median(difference) < 0.15


def test_stacks_are_evened_one_by_one():
    grids = np.stack([np.asarray(scene(each, 16, 16).convert("L"), np.float32) for each in range(3)])
    np.testing.assert_allclose(evened(grids), np.stack([evened(each) for each in grids]), atol=1e-5)


def test_flags_are_not_laid_over_each_other():
    """Three stripes each: they have edges alone, which all match."""
    flags = []
    for colours in (("#009246", "white", "#ce2b37"), ("#0055a4", "white", "#ef4135")):
        image = Image.new("RGB", (320, 240))
        for number, colour in enumerate(colours):
            image.paste(colour, (107 * number, 0, 107 * number + 107, 240))
        flags.append(picture_of(image))
    assert aligned(*flags) is None


@pytest.mark.parametrize(
    ("outline", "possible"),
    [
        ((0, 0, 1, 0, 1, 1, 0, 1), True),
        ((0, 0, 1, 0.15, 1, 0.85, 0, 1), True),  # one side is 0.7 of the other
        ((0, 0, 1, 0.2, 1, 0.8, 0, 1), False),  # 0.6
        ((0, 0, 1, 1, 1, 0, 0, 1), False),  # crossed
        ((1, 0, 0, 0, 0, 1, 1, 1), False),  # from behind
    ],
)
def test_only_what_can_be_seen_from_somewhere_is_possible(outline, possible):
    assert _is_possible(outline) is possible


def page(seed):
    """A page of text: bars as long as words."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (320, 420), "white")
    draw = ImageDraw.Draw(image)
    for line in range(14):
        x = 20
        while x < 270:
            word = int(rng.integers(8, 40))
            draw.rectangle((x, 20 + 28 * line, x + word, 30 + 28 * line), fill="black")
            x += word + 8
    return image


def test_pages_of_one_layout_stay_different():
    verdict = compared(picture_of(page(1)), picture_of(page(2))).verdict
    assert verdict.verdict == DIFFERENT


def test_a_photo_that_is_turned_by_some_degrees_is_edited():
    found = compared(picture_of(scene(1)), picture_of(tilted(scene(1), 6)))
    assert found.verdict == (EDITED, "tilted")
    assert found.alignment is not None
