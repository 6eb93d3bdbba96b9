"""What a JPEG, and an earlier one, has left in the pixels of a file."""

import numpy as np
import pytest
from damaged import PHOTOS, detail, noisy, reencoded, saved
from PIL import Image

from dupviz.look.detail import coefficients, quality_of
from dupviz.look.fit import NO_FIT, fit_of
from dupviz.look.origin import origin


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


def test_a_strip_without_a_block_fits_nothing(recwarn):
    strip = np.empty((0, 64), np.float32)
    assert fit_of(strip, strip, np.full(64, 16, np.float32)) == NO_FIT
    assert not recwarn.list
