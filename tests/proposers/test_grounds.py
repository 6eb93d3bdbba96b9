"""Transparent pictures, and their copies on black: found, and for review."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dupviz import find_duplicates, load_images, propose
from dupviz.images.decode import decode_over
from dupviz.proposers.candidates import PROPOSERS


def drawing(seed, size=(240, 180)):
    """A colourful picture whose left half is transparent."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(60, 256, (12, 16, 3), np.uint8))
    pixels = np.dstack([np.asarray(small.resize(size, Image.Resampling.BICUBIC)), np.full(size[::-1], 255, np.uint8)])
    pixels[:, : size[0] // 2, 3] = 0
    noise = rng.integers(-8, 9, pixels[..., :3].shape)
    pixels[..., :3] = np.clip(pixels[..., :3].astype(int) + noise, 0, 255)
    return Image.fromarray(pixels)


def flattened(picture, ground):
    flat = Image.new("RGB", picture.size, ground)
    flat.paste(picture, mask=picture)
    return flat


@pytest.mark.parametrize("turn", [None, Image.Transpose.ROTATE_90])
@pytest.mark.parametrize("scale", [1, 0.75])
def test_a_jpeg_on_black_is_found_beside_its_transparent_picture(tmp_path, turn, scale):
    for seed in (1, 2):
        picture = drawing(seed)
        picture.save(tmp_path / f"{seed}.png")
        flat = flattened(picture, "black")
        flat = flat.resize([round(scale * side) for side in flat.size])
        (flat.transpose(turn) if turn is not None else flat).save(tmp_path / f"{seed} saved.jpg", quality=92)
    groups = find_duplicates(tmp_path, progress=False).groups
    assert groups["group"].nunique() == 2
    assert sorted(groups["action"]) == ["keep", "keep", "review", "review"]
    reasons = groups.loc[groups["action"] == "review", "reason"]
    assert set(reasons) == {"the same picture on another ground: one of them is transparent"}
    for _, group in groups.groupby("group"):
        assert len({path.rpartition("/")[2][0] for path in group["path"]}) == 1


def test_on_white_it_is_an_ordinary_copy_and_on_another_colour_never_goes(tmp_path):
    picture = drawing(3)
    picture.save(tmp_path / "a.png")
    flattened(picture, "white").save(tmp_path / "white.png")
    flattened(picture, "lime").save(tmp_path / "lime.png")
    groups = find_duplicates(tmp_path, progress=False).groups
    lime = groups["path"].str.endswith("lime.png")
    assert set(groups.loc[lime, "action"]) <= {"keep", "review"}


def test_what_shows_through_is_known(tmp_path):
    picture = drawing(4)
    picture.save(tmp_path / "a.png")
    picture.putalpha(255)
    picture.save(tmp_path / "opaque.png")
    picture.convert("RGB").save(tmp_path / "rgb.png")
    palette = picture.convert("RGB").quantize(16)
    palette.save(tmp_path / "palette.gif", transparency=3)
    for _ in range(2):  # read, then remembered
        files = load_images(tmp_path, progress=False).files
        assert files["transparent"].tolist() == [True, False, True, False]
    assert decode_over(tmp_path / "a.png", 50, "black")[25, 5].tolist() == [0, 0, 0]
    assert decode_over(tmp_path / "a.png", 50, "white")[25, 5].tolist() == [255, 255, 255]


def test_icons_of_one_shape_are_found_however_far_the_search_goes(tmp_path):
    for number in range(45):  # 45 are alike on black below 1000, and not below 200
        picture = Image.new("RGBA", (96, 96))
        draw = ImageDraw.Draw(picture)
        draw.ellipse((8, 8, 88, 88), (200, 160, 90, 255))
        draw.rectangle((20 + number % 7 * 6, 20 + number // 7 * 6, 34 + number % 7 * 6, 34 + number // 7 * 6), "navy")
        picture.save(tmp_path / f"{number}.png")
        flattened(picture, "black").save(tmp_path / f"{number}.bmp")
    near, far = (
        find_duplicates(tmp_path, max_mse=max_mse, progress=False, cache=False).candidates for max_mse in (200, 1000)
    )
    (a, b), (c, d) = ((found.a[chosen], found.b[chosen]) for found, chosen in _exact_on_black(near, far))
    assert len(a) >= 45
    assert (a.tolist(), b.tolist()) == (c.tolist(), d.tolist())


def _exact_on_black(*candidates):
    return [(found, (found.by == PROPOSERS.index("ground")) & (found.far < 200)) for found in candidates]


def test_what_is_equal_on_white_is_told_apart_on_black(tmp_path):
    for name, box in (("a", (20, 20, 120, 120)), ("b", (60, 40, 200, 160))):
        logo = Image.new("RGBA", (240, 180))
        ImageDraw.Draw(logo).rectangle(box, "white")
        ImageDraw.Draw(logo).line((*box[:2], 230, 10), "white", 5)
        logo.save(tmp_path / f"{name}.png")
    flattened(logo, "black").save(tmp_path / "b on black.png")
    table = propose(load_images(tmp_path, progress=False), progress=False).table()
    assert (table["by"] == "ground").sum() == 1
