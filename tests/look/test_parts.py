"""The parts of the second look, each against plain code or a known truth."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageFilter
from scipy.ndimage import convolve

from dupviz.look.boxes import WHOLE
from dupviz.look.light import fit_light
from dupviz.look.register import GRIDS, correlation, register
from dupviz.look.windows import CELL, WINDOWS, cell_means, sliding_means, smoothed, square_errors, variances

PAIRS = arrays(
    np.uint8, st.tuples(st.just(2), st.integers(8, 30), st.integers(8, 30), st.just(3)), elements=st.integers(0, 255)
)
PICTURES = PAIRS.map(lambda pair: pair[0].astype(np.float32))


def naive_windows(picture, cells):
    """Every window of so many cells a side, as a list of rows of arrays."""
    rows, columns = picture.shape[0] // CELL, picture.shape[1] // CELL
    return [
        [picture[CELL * y : CELL * (y + cells), CELL * x : CELL * (x + cells)] for x in range(columns - cells + 1)]
        for y in range(rows - cells + 1)
    ]


@given(PICTURES, st.sampled_from([1, 2, 4]))
def test_windows_are_those_of_plain_loops(picture, cells):
    assume(min(picture.shape[:2]) >= CELL * cells)
    windows = naive_windows(picture, cells)
    means = [[window.mean(axis=(0, 1)) for window in row] for row in windows]
    slid = [sliding_means(channel, cells) for channel in np.moveaxis(cell_means(picture), 2, 0)]
    np.testing.assert_allclose(np.stack(slid, axis=2), means, atol=0.01)


@given(PAIRS, st.sampled_from([1, 2, 4]))
def test_errors_are_those_of_plain_loops(pair, cells):
    x, y = pair
    assume(min(x.shape[:2]) >= CELL * cells)
    windows = naive_windows(x.astype(float) - y, cells)
    squares = [[(window**2).sum(axis=2).mean() for window in row] for row in windows]
    np.testing.assert_allclose(sliding_means(square_errors(x, y), cells), squares, rtol=1e-5)


@given(PICTURES, st.sampled_from([1, 2]))
def test_smoothed_is_a_weighted_mean_of_the_neighbours(picture, step):
    luma = picture[..., 0].astype(float)
    weights = np.zeros(4 * step + 1)
    weights[::step] = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16]
    wanted = convolve(luma, np.outer(weights, weights), mode="reflect")  # as SciPy calls mirroring
    np.testing.assert_allclose(smoothed(picture[..., 0], step), wanted, rtol=1e-4, atol=1e-3)


@given(PICTURES)
def test_variances_are_those_of_plain_loops(picture):
    luma = picture[..., 0]
    found = variances(luma)
    fitting = [cells for cells in WINDOWS if min(luma.shape) >= CELL * cells]
    assert list(found) == fitting
    for cells in fitting:
        spread = [[window.var() for window in row] for row in naive_windows(luma, cells)]
        np.testing.assert_allclose(found[cells], spread, atol=0.5)


def scene(seed, size=300):
    """A picture with structure of all sizes: ndarray of float32, shape (size, size)."""
    rng = np.random.default_rng(seed)
    total = np.zeros((size, size), np.float32)
    for radius in (2, 6, 20, 60):
        noise = Image.fromarray(rng.integers(0, 256, (size, size), dtype=np.uint8)).filter(ImageFilter.BoxBlur(radius))
        layer = np.asarray(noise, np.float32)
        total += (layer - layer.mean()) / layer.std()
    return np.clip(128 + 25 * total, 0, 255)


def grids(picture):
    image = Image.fromarray(picture)
    return {size: np.asarray(image.resize((size, size), Image.Resampling.BOX)) for size in GRIDS}


@given(
    st.integers(0, 1000),
    st.floats(0, 0.06),
    st.floats(0, 0.06),
    st.floats(0, 0.06),
    st.floats(0, 0.06),
    st.floats(0.7, 1.3),
    st.floats(-20, 20),
)
def test_a_crop_is_found_to_a_fraction_of_a_pixel_in_any_light(seed, left, top, right, bottom, gain, offset):
    a = scene(seed)
    box = left, top, 1 - right, 1 - bottom
    pixels = [round(300 * side) for side in box]
    b = gain * a[pixels[1] : pixels[3], pixels[0] : pixels[2]] + offset
    found, reached = register(grids(a), grids(b), WHOLE)
    np.testing.assert_allclose(found, np.array(pixels) / 300, atol=0.006)
    assert reached > 0.9


def test_other_pictures_do_not_correlate_and_flat_ones_do_not_at_all():
    found = register(grids(scene(0)), grids(scene(1)), WHOLE)
    assert found is None or found[1] < 0.5
    flat = np.full((96, 96), 7, np.float32)
    assert correlation(flat, flat) == 0


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("none", lambda colours: colours + 0.4),
        ("gain", lambda colours: 0.8 * colours + 12),
        ("channels", lambda colours: np.float32([1.15, 1, 0.8]) * colours),
        ("curves", lambda colours: 255 * (colours / 255) ** 1.6),
        ("matrix", lambda colours: 0.3 * colours + 0.7 * colours.mean(axis=-1, keepdims=True)),
    ],
)
def test_the_simplest_light_that_suffices_is_found(name, change):
    rng = np.random.default_rng(0)
    a = rng.uniform(10, 200, (2000, 3)).astype(np.float32)
    b = np.clip(change(a), 0, 255)
    odd = rng.random(2000) < 0.1  # as under a watermark
    light = fit_light(a, np.where(odd[:, None], rng.uniform(0, 255, (2000, 3)), b).astype(np.float32))
    assert light.name == name
    assert np.median(np.abs(light.apply(a) - b)) < 2
    picture = np.round(a[:1920]).astype(np.uint8).reshape(40, 48, 3)
    wanted = np.clip(light.apply(picture.astype(np.float32)), 0, 255)
    np.testing.assert_allclose(light.picture(picture), wanted, atol=0.51)
