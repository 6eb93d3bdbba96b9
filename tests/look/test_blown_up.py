"""A picture that shows nothing which one of fewer pixels cannot is blown up, by whatever filter."""

import numpy as np
import pytest
from damaged import detail, saved
from PIL import Image, ImageFilter

from dupviz.look.origin import origin
from dupviz.look.resized import is_enlarged


def bicubic(picture, scale):
    """By the kernel of other programs, in which a is −0.75; Pillow's is −0.5 (Keys 1981)."""
    pixels = np.asarray(picture, float)
    for axis in (0, 1):
        length = pixels.shape[axis]
        longer = round(length * scale)
        at = (np.arange(longer) + 0.5) * length / longer - 0.5
        first = np.floor(at).astype(int)
        enlarged = 0.0
        for step in (-1, 0, 1, 2):
            off = np.abs(at - first - step)
            near, far = 1.25 * off**3 - 2.25 * off**2 + 1, -0.75 * (off**3 - 5 * off**2 + 8 * off - 4)
            weight = np.where(off <= 1, near, far).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
            enlarged = enlarged + weight * pixels.take((first + step).clip(0, length - 1), axis)
        pixels = enlarged
    return Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8))


def enlarged(method, scale):
    def resized(picture):
        return picture.resize((round(scale * picture.width), round(scale * picture.height)), method)

    return resized


ENLARGED = {
    "2 nearest": enlarged(Image.Resampling.NEAREST, 2),
    "3 box": enlarged(Image.Resampling.BOX, 3),
    "2 bicubic": enlarged(Image.Resampling.BICUBIC, 2),
    "1.5 bilinear": enlarged(Image.Resampling.BILINEAR, 1.5),
    "1.3 bicubic": enlarged(Image.Resampling.BICUBIC, 1.3),
    "1.5 bicubic of others": lambda picture: bicubic(picture, 1.5),
}


@pytest.mark.parametrize("how", ENLARGED)
@pytest.mark.parametrize(
    ("name", "options"),
    [("b.png", {}), ("b.webp", {"lossless": True}), ("b.jpg", {"quality": 99, "subsampling": 0})],
    ids=["png", "webp", "q99"],
)
def test_a_picture_that_the_smaller_one_explains_is_blown_up(photo, how, name, options, tmp_path):
    source = saved(tmp_path, "a.jpg", photo, quality=90)
    with Image.open(source) as picture:
        made = saved(tmp_path, name, ENLARGED[how](picture.convert("RGB")), **options)
    assert origin(detail(source), detail(made)) == ("a", "is blown up from fewer pixels")


@pytest.mark.parametrize("blur", [0, 1, 2])
@pytest.mark.parametrize("name", ["b.png", "b.jpg"])
@pytest.mark.parametrize("method", [Image.Resampling.BOX, Image.Resampling.BICUBIC])
@pytest.mark.parametrize("scale", [0.5, 0.75])
def test_what_was_shrunk_is_not_the_source_of_a_soft_photo(photo, blur, name, method, scale, tmp_path):
    soft = photo.crop((0, 0, 400, 264)).filter(ImageFilter.GaussianBlur(blur))
    source = saved(tmp_path, "a.png", soft)
    made = saved(tmp_path, name, enlarged(method, scale)(soft), **({"quality": 95} if name == "b.jpg" else {}))
    assert not is_enlarged(detail(source), detail(made))


def test_a_half_of_a_soft_photo_is_not_its_source(photo, tmp_path):
    soft = photo.filter(ImageFilter.GaussianBlur(1))
    source = saved(tmp_path, "a.jpg", soft, quality=92)
    half = soft.resize((photo.width // 2, photo.height // 2), Image.Resampling.LANCZOS)
    assert origin(detail(source), detail(saved(tmp_path, "b.jpg", half, quality=80))).side != "b"
