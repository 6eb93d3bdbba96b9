"""The range of arrays: from the data of all of them or from the caller, and nothing is lost without a word."""

import logging

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from dupviz import find_duplicates, load_images
from dupviz.images.inside import bits
from dupviz.images.png import deep_png
from dupviz.images.values import values_of
from dupviz.images.white import USUAL_WHITES, as_stored, reported, white_of

SHAPES = st.one_of(
    st.tuples(st.integers(1, 8), st.integers(1, 8)), st.tuples(st.integers(1, 8), st.integers(1, 8), st.integers(3, 4))
)
RNG = np.random.default_rng(0)
STACK = RNG.integers(0, 256, (4, 60, 60))


@given(arrays(np.uint16, SHAPES))
def test_integers_stay_apart_and_in_order(values):
    stored = as_stored(values, white_of(values))
    levels = np.unique(values)
    kept = [np.unique(stored[values == level]) for level in levels]
    assert all(len(each) == 1 for each in kept)
    assert (np.diff(np.concatenate(kept).astype(int)) > 0).all()


@given(arrays(np.uint8, SHAPES), st.sampled_from([np.uint16, np.int16, np.uint32, np.int64, np.float32, np.float64]))
def test_what_8_bits_hold_is_kept_in_8_whatever_its_type(values, dtype):
    stored = as_stored(values.astype(dtype), 255)
    assert stored.dtype == np.uint8
    np.testing.assert_array_equal(stored, values)


@given(arrays(np.uint8, SHAPES), st.sampled_from([np.float16, np.float32, np.float64]))
def test_what_8_bits_hold_is_kept_in_8_from_0_to_1(values, dtype):
    np.testing.assert_array_equal(as_stored((values / 255).astype(dtype), 1), values)


@pytest.mark.parametrize("white", USUAL_WHITES)
def test_the_smallest_usual_white_that_holds_all_values_is_taken(white):
    for dtype in (np.uint16, np.int32, np.uint32):
        assert white_of(np.array([[0, white]], dtype)) == white
        larger = [each for each in USUAL_WHITES if each > white]
        if larger:
            assert white_of(np.array([[0, white + 1]], dtype)) == larger[0]
    assert as_stored(np.array([[0, white]], np.uint16), white).max() in (255, 65535)


def test_pictures_that_belong_together_have_one_white():
    assert reported([np.uint16([[9]]), None, np.uint16([[4000]])]) == 4095
    assert reported([np.float32([[0.5]]), np.float32([[200]])]) == 255
    assert reported([None]) is None


def test_a_guess_is_said_and_a_certainty_is_not(caplog):
    caplog.set_level(logging.WARNING, "dupviz")
    for certain in (np.uint8([[9]]), np.float32([[0.5]]), np.uint16([[65535]])):
        reported([certain])
    assert not caplog.records
    reported([np.uint16([[4000]])])
    assert "4095" in caplog.text
    assert "white=" in caplog.text


@given(arrays(np.uint16, SHAPES))
def test_16_bits_are_written_as_they_are(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("deep") / "a.png"
    path.write_bytes(deep_png(values))
    assert bits(path) == 16
    (found,) = values_of(path)
    whole = found.planes[0] if len(found.planes) == 1 else (found.planes[0].astype(int) << 8) + found.planes[1]
    np.testing.assert_array_equal(whole, values)


@pytest.mark.parametrize("largest", [7, 255, 1000, 4095, 65535])
@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.uint32])
@pytest.mark.parametrize("kind", ["array", "list", "Pillow", "data set"])
def test_different_pictures_of_small_values_stay_different(largest, dtype, kind):
    if largest > np.iinfo(dtype).max:
        pytest.skip("not of this type")
    stack = (STACK * (largest / 255)).astype(dtype)
    if kind == "Pillow":
        stack = [Image.fromarray(each.astype(np.uint16)) for each in stack]
    source = {"list": list, "data set": Rows}.get(kind, lambda given: given)(stack)
    images = load_images(source, progress=False)
    white = next(white for white in USUAL_WHITES if largest <= white)
    assert images.tensors.mean() == pytest.approx(127.5 * largest / white, rel=0.15)
    assert len(np.unique(images.tensors.reshape(4, -1), axis=0)) == 4
    found = find_duplicates(images, progress=False)
    assert len(found.to_remove) == 0


class Rows:
    """A data set."""

    def __init__(self, pictures):
        self._pictures = pictures

    def __len__(self):
        return len(self._pictures)

    def __getitem__(self, row):
        return self._pictures[row], row


def test_a_difference_below_8_bits_is_seen_and_a_copy_goes():
    deep = RNG.integers(0, 65536, (80, 80, 3), dtype=np.uint16)
    found = find_duplicates(np.stack([deep, deep ^ 1, deep]), progress=False)
    groups = found.groups.set_index("image")
    assert groups.loc[2, ["action", "keeper"]].tolist() == ["remove", 0]
    assert groups.loc[1, "action"] == "review"


def test_the_caller_says_what_is_white():
    grey = np.full((1, 20, 20), 2048, np.uint16)
    for white, expected in ((None, 128), (65535, 8), (2048, 255), (4095.0, 128)):
        assert load_images(grey, white=white, progress=False).tensors.mean() == pytest.approx(expected, abs=1)
    assert load_images(grey / 1.0, white=4096, progress=False).tensors.mean() == pytest.approx(128, abs=1)
    assert load_images(np.full((1, 20, 20), 3, np.uint8), white=15, progress=False).tensors.mean() == 51


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (np.array([[-1024, 3071]], np.int16), {}, "got -1024 to 3071: undo a normalisation first"),
        (np.array([[0, 70_000]], np.uint32), {}, "from 0 to 65535, got 0 to 70000"),
        (np.array([[0, 70_000]], np.uint32), {"white": 70_000}, "white must be at most 65,535 for integers"),
        (np.array([[0, 300]], np.uint16), {"white": 255}, "from 0 to 255, got 0 to 300"),
        (np.array([[0, 300.5]]), {}, "from 0 to 255, got 0 to 300.5.* white="),
        (np.array([[0, 1e-6]]), {}, "values up to 1e-06 are black where 1 is white"),
        (np.array([[0, 1]], np.uint16), {"white": 0}, "white must be a number above 0, got 0"),
        (np.array([[0, 1]], np.uint16), {"white": float("nan")}, "white must be a number above 0, got nan"),
    ],
)
def test_what_no_range_holds_is_refused_with_the_way_out(values, options, message):
    with pytest.raises(ValueError, match=message):
        load_images(np.repeat(values, 4, axis=0)[None], progress=False, **options)


def test_a_dark_picture_does_not_decide_for_all():
    dark, bright = np.full((20, 20), 1e-9), np.full((20, 20), 0.5)
    assert load_images([dark, bright], progress=False).tensors.max() == 128
