"""Verdicts on copies and on look-alikes, from real files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps
from pngs import deep, png

from dupviz import load_images, second_look, window_map
from dupviz.look.picture import open_picture

PHOTOS = Path(__file__).parents[2] / "data" / "photos"
COFFEE = PHOTOS / "coffee.jpg"


def original():
    with Image.open(COFFEE) as picture:
        return picture.convert("RGB")


def looked_at(folder, rotation=0, mirrored=False):
    """The second look at the only two files of a folder, the first in the order of names."""
    images = load_images(folder, progress=False, cache=False)
    assert len(images) == 2, images.errors
    pairs = pd.DataFrame({"a": [0], "b": [1], "rotation": [rotation], "mirrored": [mirrored]})
    return second_look(images, pairs, progress=False).iloc[0]


def beside(folder, picture, name="b.jpg", **options):
    """A folder with the original and another picture."""
    folder.mkdir(exist_ok=True)
    (folder / "a.jpg").write_bytes(COFFEE.read_bytes())
    picture.save(folder / name, **options)
    return folder


def marked(picture, text, size, opacity=1.0):
    over = picture.copy()
    place = 0.7 * picture.width, 0.85 * picture.height
    ImageDraw.Draw(over).text(place, text, "white", ImageFont.load_default(size), "mm")
    return Image.blend(picture, over, opacity)


COPIES = {
    "low quality": ("re-encoded", lambda im: im, "b.jpg", {"quality": 40}),
    "webp": ("re-encoded", lambda im: im, "b.webp", {"quality": 70}),
    "half": ("resized", lambda im: im.resize((im.width // 2, im.height // 2)), "b.jpg", {"quality": 85}),
    "brighter": ("light", lambda im: ImageEnhance.Brightness(im).enhance(1.2), "b.jpg", {"quality": 90}),
    "darker": ("light", lambda im: ImageEnhance.Brightness(im).enhance(0.75), "b.png", {}),
    "grey": ("colour", lambda im: im.convert("L"), "b.jpg", {"quality": 90}),
    "cropped": ("cropped", lambda im: im.crop((20, 15, im.width - 25, im.height - 10)), "b.jpg", {"quality": 90}),
    "border": ("border", lambda im: ImageOps.expand(im, 20, "white"), "b.jpg", {"quality": 90}),
    "softer": ("softer", lambda im: im.filter(ImageFilter.GaussianBlur(0.8)), "b.jpg", {"quality": 90}),
}


@pytest.mark.parametrize("what", COPIES)
def test_copies_are_the_same_picture_and_it_is_said_how(what, tmp_path):
    kind, make, name, options = COPIES[what]
    look = looked_at(beside(tmp_path / "pair", make(original()), name, **options))
    assert (look.verdict, look.kind) == ("same", kind)
    assert look.worst <= 1


@pytest.mark.parametrize(
    ("rotation", "mirrored", "kind"), [(90, False, "turned"), (180, False, "turned"), (0, True, "mirrored")]
)
def test_a_turned_copy_is_turned_back(rotation, mirrored, kind, tmp_path):
    copy = original()
    if rotation:
        copy = copy.transpose(Image.Transpose[f"ROTATE_{360 - rotation}"])
    if mirrored:
        copy = ImageOps.mirror(copy)
    look = looked_at(beside(tmp_path / "pair", copy, quality=85), rotation, mirrored)
    assert (look.verdict, look.kind) == ("same", kind)


@pytest.mark.parametrize(("size", "opacity", "quality"), [(14, 1.0, 92), (20, 0.7, 60), (60, 0.5, 85)])
def test_a_watermark_is_an_edit_and_its_place_is_said(size, opacity, quality, tmp_path):
    picture = original()
    look = looked_at(beside(tmp_path / "pair", marked(picture, "© somebody", size, opacity), quality=quality))
    assert (look.verdict, look.kind) == ("edited", "edited")
    assert look.worst > 1
    assert 0.4 < (look.left + look.right) / 2 < 1
    assert 0.75 < (look.top + look.bottom) / 2 < 0.95


def test_a_copy_may_be_turned_and_of_another_size_too(tmp_path):
    """Resampling errs more than the encoding does: that is no edit, whether it was turned or not."""
    with Image.open(PHOTOS / "gravel.jpg") as opened:
        picture = opened.convert("RGB")
    small = picture.resize((picture.width * 2 // 3, picture.height * 2 // 3), Image.Resampling.BILINEAR)
    for name, copy, rotation in (("turned", small.transpose(Image.Transpose.ROTATE_90), 270), ("resized", small, 0)):
        folder = tmp_path / name
        folder.mkdir()
        picture.save(folder / "a.png")
        copy.save(folder / "b.jpg", quality=92)
        assert tuple(looked_at(folder, rotation)[["verdict", "kind"]]) == ("same", name)


def test_equal_bytes_and_equal_pixels_need_no_comparison(tmp_path):
    picture = original()
    assert looked_at(beside(tmp_path / "bytes", picture, "c.png")).kind == "same pixels"
    (tmp_path / "copies").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / "copies" / name).write_bytes(COFFEE.read_bytes())
    look = looked_at(tmp_path / "copies")
    assert (look.verdict, look.kind, look.worst) == ("same", "byte copy", 0)


def test_a_master_of_16_bits_has_more_than_its_copy_of_8(tmp_path):
    picture = original()
    low = np.random.default_rng(0).integers(0, 256, (picture.height, picture.width, 3), dtype=np.uint16)
    (tmp_path / "a.png").write_bytes(png(deep(picture, low)))
    picture.save(tmp_path / "b.png")
    look = looked_at(tmp_path)
    assert (look.verdict, look.more_a, look.more_b) == ("same", "16 bits", "")


def page(seed, size=(400, 520)):
    rng = np.random.default_rng(seed)
    paper = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(paper)
    for y in range(30, size[1] - 30, 18):
        words = "".join(rng.choice(list("abcdefghijklmnop qrstuvwxyz "), 44))
        draw.text((25, y), words, "black", ImageFont.load_default(14))
    return paper


def plot(seed):
    rng = np.random.default_rng(seed)
    paper = Image.new("RGB", (500, 350), "white")
    draw = ImageDraw.Draw(paper)
    draw.rectangle((40, 20, 480, 310), outline="black")
    heights = 165 + 40 * rng.normal(size=45).cumsum() / 3
    draw.line([(40 + 10 * i, float(y)) for i, y in enumerate(heights)], "blue", 2)
    return paper


def icon(seed):
    rng = np.random.default_rng(seed)
    drawing = Image.new("RGBA", (128, 128))
    for _ in range(3):
        x, y, r = rng.integers(25, 100, 3)
        ImageDraw.Draw(drawing).ellipse((x - r / 3, y - r / 3, x + r / 3, y + r / 3), fill="white")
    return drawing


def in_fog(name):
    with Image.open(PHOTOS / name) as picture:
        grey = np.asarray(picture.convert("RGB").resize((400, 300)), np.float32)
    return Image.fromarray((200 + (grey - grey.mean()) * 0.08).clip(0, 255).astype(np.uint8))


LOOK_ALIKES = {
    "pages": lambda i: (page(i), "png"),
    "scanned pages": lambda i: (page(i), "jpg"),
    "plots": lambda i: (plot(i), "png"),
    "white icons on nothing": lambda i: (icon(i), "png"),
    "photos in fog": lambda i: (in_fog(["cat.jpg", "rocket.jpg"][i]), "jpg"),
    "different photos": lambda i: (Image.open(PHOTOS / ["cat.jpg", "coffee.jpg"][i]).convert("RGB"), "jpg"),
}


@pytest.mark.parametrize("what", LOOK_ALIKES)
def test_look_alikes_are_different(what, tmp_path):
    for i, name in enumerate("ab"):
        picture, extension = LOOK_ALIKES[what](i)
        picture.save(tmp_path / f"{name}.{extension}")
    assert looked_at(tmp_path).verdict == "different"


def test_a_captioned_picture_a_burst_and_other_proportions_are_for_a_person(tmp_path):
    picture = original()
    captioned = picture.copy()
    ImageDraw.Draw(captioned).rectangle((60, 330, 540, 380), "white")
    ImageDraw.Draw(captioned).text((300, 355), "MONDAY", "black", ImageFont.load_default(36), "mm")
    assert looked_at(beside(tmp_path / "caption", captioned, quality=90)).verdict == "edited"

    moved = picture.crop((0, 0, picture.width - 12, picture.height - 8))
    (tmp_path / "burst").mkdir()
    moved.save(tmp_path / "burst" / "a.jpg", quality=92)
    picture.crop((12, 8, picture.width, picture.height)).save(tmp_path / "burst" / "b.jpg", quality=92)
    burst = looked_at(tmp_path / "burst")
    assert (burst.verdict, burst.kind) == ("edited", "moved")

    stretched = looked_at(beside(tmp_path / "stretched", picture.resize((400, 400)), quality=92))
    assert (stretched.verdict, stretched.kind) == ("edited", "stretched")


def test_animations_and_transparency_are_more_than_their_first_frame_over_white(tmp_path):
    picture = original().resize((300, 200))
    other = ImageOps.mirror(picture)
    (tmp_path / "frames").mkdir()
    picture.save(tmp_path / "frames" / "a.webp", lossless=True)
    picture.save(tmp_path / "frames" / "b.webp", save_all=True, append_images=[other], lossless=True)
    frames = looked_at(tmp_path / "frames")
    assert (frames.verdict, frames.kind) == ("edited", "more frames")

    (tmp_path / "alpha").mkdir()
    holed = picture.convert("RGBA")
    holed.paste((255, 255, 255, 0), (0, 0, 150, 200))
    filled = picture.copy()
    filled.paste("white", (0, 0, 150, 200))
    holed.save(tmp_path / "alpha" / "a.png")
    filled.save(tmp_path / "alpha" / "b.png")
    alpha = looked_at(tmp_path / "alpha")
    assert (alpha.verdict, alpha.kind) == ("edited", "transparency")


def test_small_pictures_are_too_small_to_tell_unless_they_are_equal(tmp_path):
    small = original().resize((48, 32))
    for folder, second in (("near", ImageEnhance.Brightness(small).enhance(1.02)), ("equal", small)):
        (tmp_path / folder).mkdir()
        small.save(tmp_path / folder / "a.png")
        second.save(tmp_path / folder / "b.bmp")
    assert looked_at(tmp_path / "near").verdict == "too small to tell"
    assert looked_at(tmp_path / "equal").kind == "same pixels"


def test_an_arrow_that_is_turned_is_another_sign(tmp_path):
    sign = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(sign).polygon(
        [(150, 30), (260, 160), (190, 160), (190, 270), (110, 270), (110, 160), (40, 160)], "black"
    )
    sign.save(tmp_path / "a.png")
    sign.transpose(Image.Transpose.ROTATE_180).save(tmp_path / "b.png")
    assert looked_at(tmp_path, rotation=180).verdict != "same"


def test_rows_keep_their_order_index_and_columns(tmp_path):
    for name, picture in (("a.jpg", original()), ("b.png", original()), ("c.png", page(0))):
        picture.save(tmp_path / name)
    images = load_images(tmp_path, progress=False, cache=False)
    pairs = pd.DataFrame(
        {"a": [1, 0, 0], "b": [2, 2, 1], "mse": [9.0, 8.0, 1.0], "rotation": 0, "mirrored": False}, index=[7, 3, 5]
    )
    looks = second_look(images, pairs, progress=False)
    assert looks.index.tolist() == [7, 3, 5]
    assert looks["verdict"].tolist() == ["different", "different", "same"]
    assert looks[pairs.columns].equals(pairs)
    nothing = second_look(images, pairs[:0], progress=False)
    assert len(nothing) == 0
    assert nothing.columns.tolist() == looks.columns.tolist()
    (tmp_path / "c.png").unlink()
    assert second_look(images, pairs, progress=False)["verdict"].tolist() == ["unreadable", "unreadable", "same"]


def test_pairs_that_cannot_be_looked_at_are_refused(tmp_path):
    images = load_images(PHOTOS, progress=False)
    with pytest.raises(ValueError, match="there is no rotation"):
        second_look(images, pd.DataFrame({"a": [0], "b": [1], "mirrored": [False]}))
    with pytest.raises(ValueError, match="pairs of row 99999, but there are"):
        second_look(images, pd.DataFrame({"a": [0], "b": [99999], "rotation": [0], "mirrored": [False]}))


def test_drawings_are_not_photos(tmp_path):
    for name, picture in (("page.png", page(0)), ("plot.png", plot(0))):
        picture.save(tmp_path / name)
        assert open_picture(tmp_path / name).is_drawing
    assert not any(open_picture(PHOTOS / name).is_drawing for name in ("coffee.jpg", "cat.jpg", "rocket.jpg"))


@pytest.mark.parametrize("name", ["coffee", "retina", "astronaut", "clock"])
@pytest.mark.parametrize("is_copy_first", [False, True])
def test_light_that_was_clipped_is_the_same_from_either_side(name, is_copy_first, tmp_path):
    with Image.open(PHOTOS / f"{name}.jpg") as picture:
        photo = picture.convert("RGB")
    photo.save(tmp_path / "m.png")
    ImageEnhance.Brightness(photo).enhance(1.15).save(tmp_path / ("a.jpg" if is_copy_first else "z.jpg"), quality=80)
    look = looked_at(tmp_path)
    assert (look.verdict, look.kind) == ("same", "light")


def test_the_map_of_windows_is_that_of_a_naive_count(tmp_path):
    """Two lossless pictures: R in each 8 × 8 and 16 × 16 window, by loops over pixels."""
    rng = np.random.default_rng(0)
    a = rng.integers(0, 256, (20, 22, 3), dtype=np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    b = a.copy()
    b[24:36, 40:52] //= 2
    for name, pixels in (("a.png", a), ("b.png", b)):
        Image.fromarray(pixels).save(tmp_path / name)
    found = window_map(load_images(tmp_path, progress=False, cache=False), 0, 1)
    expected = np.zeros((40, 44))
    for side in (8, 16):
        for top in range(0, 160 - side + 1, 4):
            for left in range(0, 176 - side + 1, 4):
                one, other = (each[top : top + side, left : left + side].astype(float) for each in (a, b))
                variances = [(each @ (0.299, 0.587, 0.114)).var() * 3 for each in (one, other)]
                ratio = ((one - other) ** 2).sum(axis=2).mean() / (12 + 0.02 * sum(variances) / 2)
                part = expected[top // 4 : (top + side) // 4, left // 4 : (left + side) // 4]
                np.maximum(part, ratio, out=part)
    np.testing.assert_allclose(found.ratios, expected, rtol=1e-3, atol=1e-3)
    assert found.worst == pytest.approx(expected.max(), rel=1e-3)
    assert found.where == found.where_in_b
    left, top, right, bottom = np.array(found.where) * (176, 160, 176, 160)
    assert (40 <= left < right <= 52) & (24 <= top < bottom <= 36)
    assert found.mean == pytest.approx(((a - b.astype(float)) ** 2).sum(axis=2).mean(), rel=1e-3)


def test_the_map_says_what_the_second_look_says(tmp_path):
    images = load_images(PHOTOS, progress=False, cache=False)
    row = {Path(path).name: number for number, path in enumerate(images.files["path"])}
    names = [
        ("airplane.jpg", "airplane_email.jpg"),
        ("coffee.jpg", "coffee_watermark.jpg"),
        ("invoice_march.png", "invoice_april.png"),
        ("ladybird.png", "ladybird_on_white.jpg"),
        ("clock.jpg", "clock_cropped_5.jpg"),
    ]
    pairs = pd.DataFrame([(row[a], row[b], 0, False) for a, b in names], columns=["a", "b", "rotation", "mirrored"])
    looks = second_look(images, pairs, progress=False)
    for look in looks.itertuples():
        found = window_map(images, look.a, look.b)
        assert (found.verdict, found.kind) == (look.verdict, look.kind)
        assert found.worst == look.worst == pytest.approx(found.ratios.max())
        assert found.where == (look.left, look.top, look.right, look.bottom)
        assert found.where_in_b == (look.left_b, look.top_b, look.right_b, look.bottom_b)
    assert set(looks["verdict"]) == {"same", "edited", "different"}


def test_two_pictures_too_small_for_a_window_are_refused(tmp_path):
    for name, value in (("a.png", 10), ("b.png", 200)):
        Image.new("L", (8, 8), value).save(tmp_path / name)
    with pytest.raises(ValueError, match="have no windows to compare"):
        window_map(load_images(tmp_path, progress=False, cache=False), 0, 1)
