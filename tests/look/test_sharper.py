"""Of shots of one moment, the sharpest is suggested; a person decides."""

from pathlib import Path

import kinds
import numpy as np
import pytest
from PIL import Image, ImageFilter

from dupviz import find_duplicates
from dupviz.look.detail import Detail
from dupviz.look.sharper import sharper

PHOTOS = dict(kinds.bundled(("astronaut", "coffee", "rocket")))


def shot(picture, number, smeared=0):
    """A frame of a camera in a hand, with noise of its own; the hand may shake by some pixels."""
    seen = np.asarray(picture, np.float32)[number : picture.height - 8 + number, 2 * number :][:, : picture.width - 16]
    seen = sum(np.roll(seen, step, axis=1) for step in range(smeared + 1)) / (smeared + 1)
    noise = np.random.default_rng(number).normal(0, 4, seen.shape)
    return Image.fromarray((seen + noise).round().clip(0, 255).astype(np.uint8))


def detail(picture):
    return Detail(np.asarray(picture), *picture.size)


@pytest.mark.parametrize("name", PHOTOS)
def test_a_smeared_shot_is_less_sharp_and_noise_is_not_taken_for_detail(name):
    picture = PHOTOS[name]
    still, other, smeared = (detail(shot(picture, *each)) for each in [(0,), (1,), (2, 5)])
    assert sharper(still, other) == sharper(other, still) == ""
    assert (sharper(still, smeared), sharper(smeared, still)) == ("a", "b")
    turned = detail(shot(picture, 2, 5).transpose(Image.Transpose.ROTATE_90))
    assert sharper(turned, still) == "b"


def test_shots_of_other_sizes_are_not_compared():
    picture = PHOTOS["rocket"]
    smaller = picture.resize((picture.width // 2, picture.height // 2)).filter(ImageFilter.GaussianBlur(4))
    assert sharper(detail(picture), detail(smaller)) == ""


@pytest.mark.parametrize("keep", ["best", "first_path"])
def test_the_sharpest_shot_is_suggested_though_it_is_not_the_first(keep, tmp_path):
    smeared = {"IMG_1.jpg": 6, "IMG_2.jpg": 0, "IMG_3.jpg": 4}
    for number, (name, pixels) in enumerate(smeared.items()):
        shot(PHOTOS["rocket"], number, pixels).save(tmp_path / name, quality=92, exif=kinds.taken(number))
    groups = find_duplicates(tmp_path, keep=keep, progress=False, cache=False).groups
    assert groups["action"].tolist() == ["keep", "review", "review"]
    stays, reason = Path(groups.loc[0, "path"]).name, groups.loc[0, "reason"]
    assert (stays, reason) == (("IMG_2.jpg", "the sharpest shot") if keep == "best" else ("IMG_1.jpg", "first path"))
