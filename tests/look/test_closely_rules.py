"""What the last look allows: each of its figures, on made-up pictures that differ by one level everywhere."""

import numpy as np
import pytest
from PIL import Image

from dupviz.images.luma import luma_of
from dupviz.look import closely as module
from dupviz.look.closely import closely
from dupviz.look.picture import Picture

GREY = np.full((32, 48, 3), 100, np.uint8)
NOISE = np.random.default_rng(0).integers(0, 200, (32, 48, 1), np.uint8).repeat(3, 2)
TABLES = {0: [10] * 64}


def picture(rgb, *, lossless=True, tables=None, black=None):
    height, width = rgb.shape[:2]
    return Picture(rgb, black, width, height, tables, lossless)


def least_variance(rgb):
    """Of the luma in windows of 8 × 8 pixels, one every 4."""
    luma = luma_of(rgb).astype(float)
    windows = np.lib.stride_tricks.sliding_window_view(luma, (8, 8))[::4, ::4]
    return windows.var(axis=(2, 3)).min()


@pytest.mark.parametrize(("by", "worst"), [(2, 1.0), (3, 27 / 12)])
@pytest.mark.parametrize("rgb", [GREY, NOISE])
def test_of_lossless_pictures_two_levels_are_allowed_whatever_the_texture(rgb, by, worst):
    found = closely(picture(rgb), picture(rgb + np.uint8(by)))
    assert found.worst == pytest.approx(worst, rel=1e-4)


@pytest.mark.parametrize(
    ("rgb", "options", "factor"),
    [
        (GREY, {"tables": TABLES}, 1),
        (NOISE, {"tables": TABLES}, 1),
        (GREY, {}, 0.9),
        (NOISE, {}, 1.4),
    ],
)
@pytest.mark.parametrize(("rotation", "mirrored", "turned"), [(0, False, 1), (180, False, 1.5), (0, True, 1.5)])
def test_of_encoded_pictures_more_is_allowed_by_texture_encoding_and_turn(
    rgb, options, factor, rotation, mirrored, turned
):
    """In either order; less than what calls for the noise of the encodings."""
    one, other = picture(rgb), picture(rgb + np.uint8(4), lossless=False, **options)
    turn = picture(np.ascontiguousarray(other.turned(rotation, mirrored).rgb), lossless=False, **options)
    expected = 3 * 4**2 / (factor * turned * (55 + 0.033 * 3 * least_variance(rgb)))
    for a, b in ((one, turn), (picture(turn.rgb), picture(rgb, lossless=False, **options))):
        found = closely(a, b, rotation=rotation, mirrored=mirrored)
        assert found.worst == pytest.approx(expected, rel=0.02)


def test_where_more_differs_what_encodings_do_is_allowed(monkeypatch):
    monkeypatch.setattr(module, "encoding_noise", lambda of, shown: np.full((8, 12), 10.0))
    monkeypatch.setattr(module, "as_sharp", lambda x, y: x)
    found = closely(picture(GREY), picture(GREY + np.uint8(20), lossless=False, tables=TABLES))
    assert found.worst == pytest.approx(3 * 20**2 / (55 + 4.4 * 20), rel=1e-4)


def test_where_the_larger_one_is_sharper_only_what_softening_leaves_counts(monkeypatch):
    """But of lossless pictures of one size nothing is softened."""
    monkeypatch.setattr(module, "as_sharp", lambda x, y: y)
    jpeg = {"lossless": False, "tables": TABLES}
    assert closely(picture(GREY), picture(GREY + np.uint8(20), **jpeg)).worst == 0
    assert closely(picture(GREY), picture(GREY + np.uint8(20))).worst == pytest.approx(100, rel=1e-4)


def test_what_differs_over_black_alone_counts():
    other = GREY.copy()
    other[8:16, 8:16] = 160
    a, b = picture(GREY, black=GREY), picture(GREY, black=other)
    for one, two in ((a, b), (b, a)):
        found = closely(one, two)
        assert found.worst == pytest.approx(3 * 60**2 / 12, rel=1e-4)
        assert found.where == (8 / 48, 8 / 32, 16 / 48, 16 / 32)
    assert closely(picture(GREY, black=GREY), picture(other, black=GREY)).worst > 1
    assert closely(a, picture(GREY, black=GREY)).worst == 0


def test_what_differs_over_black_counts_if_only_one_is_transparent():
    other = GREY.copy()
    other[8:16, 8:16] = 160
    one, two = picture(GREY), picture(GREY, black=other)
    assert closely(one, two).worst == closely(two, one).worst == pytest.approx(3 * 60**2 / 12, rel=1e-4)


def test_two_sizes_are_compared_at_the_smaller_one():
    small, large = picture(GREY), picture(GREY.repeat(2, axis=0).repeat(2, axis=1))
    for one, two in ((small, large), (large, small)):
        found = closely(one, two)
        assert found.a.shape == found.b.shape == GREY.shape
        assert found.worst == 0


def test_one_drawing_is_enough_to_be_held_to_less(monkeypatch):
    monkeypatch.setattr(module, "UNKNOWN", 1e9)
    assert closely(picture(GREY), picture(NOISE, lossless=False)).worst > 1
    assert closely(picture(NOISE), picture(GREY, lossless=False)).worst > 1


@pytest.mark.parametrize(("row", "column"), [(100, 60), (288, 0), (0, 196), (250, 120), (304, 201)])
def test_noise_is_measured_around_what_differs_and_is_what_it_is_in_the_whole(row, column, monkeypatch):
    """Blocks of a JPEG change with those beside them, as their colours are smoothed."""
    rng = np.random.default_rng(0)
    rgb = np.asarray(Image.fromarray(rng.integers(60, 200, (39, 26, 3), np.uint8)).resize((209, 313)))
    edited = rgb.copy()
    edited[row : row + 9, column : column + 8] += np.uint8(40)
    tables = {0: [16] * 64, 1: [24] * 64}
    a, b = (picture(each, lossless=False, tables=tables) for each in (rgb, edited))
    found, measured = [], []
    noise = module.encoding_noise
    monkeypatch.setattr(module, "encoding_noise", lambda of, shown: measured.append(shown.size) or noise(of, shown))
    found.append(closely(a, b))
    monkeypatch.setattr(module, "_reach", lambda windows, number: (slice(0, number), slice(None)))
    part = sum(measured)
    found.append(closely(a, b))
    assert found[0].worst == pytest.approx(found[1].worst, rel=1e-6)
    assert found[0].worst > 1
    np.testing.assert_array_equal(found[0].ratios > 1, found[1].ratios > 1)
    changed = found[1].ratios > 1
    np.testing.assert_allclose(found[0].ratios[changed], found[1].ratios[changed], rtol=1e-6)
    assert part < (sum(measured) - part) / 2
