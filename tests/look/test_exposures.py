"""Two exposures have noise of their own; copies have that of their original, or less."""

import io

import numpy as np
import pytest
from PIL import Image, ImageFilter

from dupviz.look.exposures import are_exposures_at_full_size, are_two_exposures, taken_apart
from dupviz.look.picture import open_picture
from tests.kinds import COPIED, bundled

PHOTOS = {name: picture.resize((400, 300)) for name, picture in bundled(COPIED[:4])}


def exposure(picture, sigma, number):
    """What a sensor sees: noise that grows with the light, new in each exposure."""
    clean = np.asarray(picture, np.float64)
    noise = np.random.default_rng(number).normal(0, 1, clean.shape) * np.sqrt(1 + sigma**2 * clean / 128)
    return Image.fromarray((clean + noise).round().clip(0, 255).astype(np.uint8))


def saved(picture, folder, name, **options):
    picture.save(folder / name, **options)
    return open_picture(folder / name)


def both_ways(a, b):
    found = are_two_exposures(a, b)
    assert are_two_exposures(b, a) == found
    return found


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize(("sigma", "quality"), [(2, 92), (3, 85), (4, 90), (6, 95), (9, 85)])
def test_two_exposures_are_told_by_their_noise(name, sigma, quality, tmp_path):
    frames = [
        saved(exposure(PHOTOS[name], sigma, number), tmp_path, f"{number}.jpg", quality=quality) for number in (1, 2)
    ]
    assert both_ways(*frames)


@pytest.mark.parametrize("rotation", [0, 90])
def test_noise_is_measured_at_full_size_where_the_look_is_smaller(rotation, tmp_path):
    picture = PHOTOS["cat"].resize((1200, 900), Image.Resampling.BICUBIC)
    frames = [exposure(picture, 4, number).rotate(rotation * number, expand=True) for number in (0, 1)]
    for number, frame in enumerate(frames):
        frame.save(tmp_path / f"{number}.jpg", quality=92)
    frames[0].rotate(rotation, expand=True).save(tmp_path / "c.jpg", quality=80)
    turn = -rotation % 360
    first, second, copy = (open_picture(tmp_path / f"{name}.jpg", side=None) for name in ("0", "1", "c"))
    assert are_exposures_at_full_size(first, second, turn, False)
    assert not are_exposures_at_full_size(first, copy, turn, False)


COPIES = {
    "quality 60": ("b.jpg", {"quality": 60}),
    "quality 85": ("b.jpg", {"quality": 85}),
    "quality 95": ("b.jpg", {"quality": 95}),
    "PNG": ("b.png", {}),
    "WebP": ("b.webp", {"quality": 80}),
}


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("sigma", [0, 3, 6])
@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_is_no_exposure_of_its_own_however_noisy_its_original_is(name, sigma, copy, tmp_path):
    original = saved(exposure(PHOTOS[name], sigma, 1), tmp_path, "a.jpg", quality=92)
    file, options = COPIES[copy]
    assert not both_ways(original, saved(Image.fromarray(original.rgb), tmp_path, file, **options))


@pytest.mark.parametrize(
    "change",
    [
        lambda picture: exposure(picture, 4, 2),
        lambda picture: picture.filter(ImageFilter.MedianFilter(3)),
        lambda picture: picture.filter(ImageFilter.UnsharpMask(1, 60, 0)),
        lambda picture: through_a_jpeg(picture, 60),
    ],
)
@pytest.mark.parametrize("name", PHOTOS)
def test_what_was_made_of_a_picture_is_no_other_exposure(name, change, tmp_path):
    original = saved(exposure(PHOTOS[name], 4, 1), tmp_path, "a.jpg", quality=92)
    assert not both_ways(original, saved(change(Image.fromarray(original.rgb)), tmp_path, "b.jpg", quality=95))


def through_a_jpeg(picture, quality):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def test_without_noise_nothing_is_told(tmp_path):
    picture = PHOTOS["astronaut"].filter(ImageFilter.GaussianBlur(3))
    a, b = (saved(picture, tmp_path, f"{quality}.jpg", quality=quality) for quality in (50, 70))
    assert not both_ways(a, b)


@pytest.mark.parametrize(
    ("seconds", "is_apart"), [(("00", "01"), True), (("00", "10"), True), (("00", "11"), False), (("05", "05"), False)]
)
def test_frames_of_a_burst_were_taken_within_ten_seconds(seconds, is_apart):
    a, b = (f"2020:02:02 12:00:{second}" for second in seconds)
    assert taken_apart(a, b) == taken_apart(b, a) == is_apart
    assert not taken_apart(a, "")
