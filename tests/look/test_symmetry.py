"""The look is symmetric: whoever of two pictures is asked first, it says the same of each."""

import kinds
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from dupviz import ImageSet, load_images, transform
from dupviz.look.boxes import WHOLE, from_other_side, turned_box
from dupviz.look.picture import Picture, open_picture
from dupviz.look.second_look import Looks
from dupviz.look.verdict import swapped_kind
from dupviz.metrics import undone

SYMMETRIES = st.tuples(st.sampled_from([0, 90, 180, 270]), st.booleans())

# Beside what `kinds` makes: those of which one look called another picture what the other called the same.
DAMAGED = {
    "blurred": (lambda picture: picture.filter(ImageFilter.GaussianBlur(1.5)), ".png", {}),
    "palette": (lambda picture: picture.quantize(32), ".png", {}),
    "blown up": (kinds.scaled(2), ".jpg", {"quality": 90}),
    "median": (lambda picture: picture.filter(ImageFilter.MedianFilter(5)), ".jpg", {"quality": 90}),
    "quality 15": (kinds.same, ".jpg", {"quality": 15}),
    "brighter and clipped": (lambda picture: picture.point(lambda value: 1.5 * value), ".jpg", {"quality": 90}),
}
MADE = {kind: made[:3] for kind, made in kinds.COPIES.items()} | DAMAGED
TURNS = {"turned": (270, False), "upside down and half": (180, False), "mirrored": (0, True)}


def both_looks(images: ImageSet, turn: tuple[int, bool], box=WHOLE):
    """The look at the first beside the second, and that at the second beside the first."""
    looks = Looks(images, cache=False)
    return looks.at(0, 1, *turn, box), looks.at(1, 0, *undone(*turn), from_other_side(box, *turn))


def assert_symmetric(look, back, turn):
    assert (look.verdict, look.kind) == (back.verdict, swapped_kind(back.kind))
    assert look.worst == pytest.approx(back.worst, rel=1e-4, nan_ok=True)
    assert (look.more_a, look.more_b) == (back.more_b, back.more_a)
    assert (look.notes_a, look.notes_b) == (back.notes_b, back.notes_a)
    assert (look.source, look.trace) == ({"a": "b", "b": "a", "": ""}[back.source], back.trace)
    window_a, window_b = back.window[:4], back.window[4:]
    # The second look back has the first picture turned to match the second: turned again, it is as it was.
    np.testing.assert_allclose(look.window[:4], turned_box(window_b, *turn), atol=1e-3)
    np.testing.assert_allclose(look.window[4:], turned_box(window_a, *turn), atol=1e-3)


@pytest.mark.parametrize("name", ["coffee", "rocket"])
@pytest.mark.parametrize("kind", MADE)
def test_a_look_is_that_from_the_other_side(kind, name, tmp_path):
    make, extension, options = MADE[kind]
    _, picture = next(kinds.bundled((name,)))
    picture.save(tmp_path / "a.jpg", quality=92)
    make(picture).save(tmp_path / f"b{extension}", **options)
    turn = TURNS.get(kind, (0, False))
    assert_symmetric(*both_looks(load_images(tmp_path, progress=False, cache=False), turn), turn)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), turn=SYMMETRIES, edited=st.booleans())
def test_turned_pictures_of_random_blocks_are_the_same_from_either_side(seed, turn, edited, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (20, 26, 3), dtype=np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    Image.fromarray(pixels).save(folder / "a.png")
    if edited:
        pixels[40:56, 64:96] //= 3
    Image.fromarray(np.ascontiguousarray(transform(pixels, rotation=turn[0], mirrored=turn[1]))).save(
        folder / "b.jpg", quality=int(rng.integers(70, 96))
    )
    turn = undone(*turn)
    assert_symmetric(*both_looks(load_images(folder, progress=False, cache=False), turn), turn)


@given(st.lists(st.floats(-0.5, 1.5), min_size=4, max_size=4, unique=True), SYMMETRIES)
def test_a_box_seen_from_the_other_side_and_back_is_as_it_was(sides, turn):
    (left, right), (top, bottom) = sorted(sides[:2]), sorted(sides[2:])
    if min(right - left, bottom - top) < 0.05:
        return
    there = from_other_side((left, top, right, bottom), *turn)
    np.testing.assert_allclose(from_other_side(there, *undone(*turn)), (left, top, right, bottom), atol=1e-9)


def test_of_two_pictures_just_one_is_richer(tmp_path):
    _, picture = next(kinds.bundled(("coffee",)))
    pictures = []
    for kind, (make, extension, options) in MADE.items():
        file = tmp_path / f"{kind}{extension}"
        make(picture).save(file, **options)
        pictures.append(open_picture(file))
    for a in pictures:
        for b in pictures:
            assert a.is_richer(b) != b.is_richer(a) or np.array_equal(a.rgb, b.rgb)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 90, 3), (2, 3, 3), (90, 2, 3)])
def test_of_a_strip_there_is_a_colour_and_a_sharpness(shape, recwarn):
    """Also of one that is too small to be compared."""
    height, width = shape[:2]
    picture = Picture(np.full(shape, (200, 40, 40), np.uint8), None, width, height, None, True)
    assert picture.chroma > 50
    assert picture.sharpness == 0
    assert not recwarn.list
