"""What was done between two pictures: each kind, on the right side, whatever the order."""

import io

import numpy as np
import pytest
from damaged import noisy
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from dupviz.look.changes import change
from tests.kinds import COPIED, bundled

PHOTOS = dict(bundled(COPIED))


def saved(picture, **options):
    file = io.BytesIO()
    picture.save(file, **options)
    return Image.open(file).convert("RGB")


def in_a_frame(picture):
    width, height = picture.size
    inner = picture.crop((12, 12, width - 12, height - 12))
    return ImageOps.expand(inner, 12, "white")


CHANGES = {
    "palette": ("fewer colours", "b", lambda picture: picture.quantize(256).convert("RGB")),
    "GIF": ("fewer colours", "b", lambda picture: saved(picture, format="GIF")),
    "frame": ("frame", "b", in_a_frame),
    "noise 4": ("noise", "b", lambda picture: noisy(picture, 4)),
    "noise 8": ("noise", "b", lambda picture: noisy(picture, 8)),
    "noise 8, JPEG": ("noise", "b", lambda picture: saved(noisy(picture, 8), format="JPEG", quality=92)),
    "blur": ("softer", "b", lambda picture: picture.filter(ImageFilter.GaussianBlur(1))),
    "median": ("softer", "b", lambda picture: picture.filter(ImageFilter.MedianFilter(5))),
    "sharpened": ("softer", "a", lambda picture: picture.filter(ImageFilter.UnsharpMask(1.5, 120, 0))),
    "lighter": ("light", "", lambda picture: ImageEnhance.Brightness(picture).enhance(1.2)),
    "more contrast": ("light", "", lambda picture: ImageEnhance.Contrast(picture).enhance(1.2)),
    "nothing": ("", "", lambda picture: picture),
    "quality 80": ("", "", lambda picture: saved(picture, format="JPEG", quality=80)),
    "quality 30": ("", "", lambda picture: saved(picture, format="JPEG", quality=30)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_told_in_nearly_all_photos(name):
    kind, side, made = CHANGES[name]
    found = [tuple(change(np.asarray(picture), np.asarray(made(picture)))) for picture in PHOTOS.values()]
    assert found.count((kind, side)) >= len(found) - 1, found


@given(st.sampled_from(sorted(PHOTOS)), st.sampled_from(sorted(CHANGES)), st.sampled_from(sorted(CHANGES)))
def test_swapped_pictures_have_the_swapped_side(photo, one, other):
    picture = PHOTOS[photo].resize((160, 120))
    a, b = (np.asarray(CHANGES[name][2](picture)) for name in (one, other))
    kind, side = change(a, b)
    assert change(b, a) == (kind, {"a": "b", "b": "a", "": ""}[side])


def test_pictures_of_two_shapes_are_refused():
    with pytest.raises(ValueError, match="of one shape"):
        change(np.zeros((8, 8, 3), np.uint8), np.zeros((8, 9, 3), np.uint8))
