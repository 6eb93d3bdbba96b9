"""Crops and borders, found among others."""

import numpy as np
import pandas as pd
import pytest
from made_up import image_set
from naive import TURNS, naive_mse, naive_transform
from PIL import Image, ImageFilter, ImageOps

from dupviz import find_duplicates, propose
from dupviz.proposers.parts import are_parts_cheap


def scene(seed, width=400, height=300):
    """A picture with structure of all sizes."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), np.float32)
    for radius, weight in ((3, 0.15), (10, 0.3), (30, 0.6), (90, 1.0)):  # coarse structure is stronger, as in photos
        noise = Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
        layer = np.asarray(noise.filter(ImageFilter.BoxBlur(radius)), np.float32)
        total += weight * (layer - layer.mean()) / layer.std()
    return Image.fromarray(np.clip(128 + 45 * total, 0, 255).astype(np.uint8))


OTHERS = [scene(seed) for seed in range(100, 130)]


def tensors(*pictures):
    return np.array([np.asarray(picture.resize((50, 50), Image.Resampling.BOX)) for picture in pictures])


def parts_of(stack, **options):
    table = propose(image_set(stack), by=["mse", "part"], **options).table()
    return table[table["by"] == "part"]


@pytest.mark.parametrize("symmetries", ["none", "rotations", "dihedral"])
def test_crops_by_up_to_a_fifth_on_each_side_are_found_and_where(symmetries):
    rng = np.random.default_rng(1)
    turns = TURNS[symmetries]
    n, missed = len(OTHERS), 0
    for seed in range(24):
        whole = scene(seed)
        left, top, right, bottom = rng.uniform(0, 0.2, 4)
        box = left, top, 1 - right, 1 - bottom
        part = whole.crop(tuple(round(share * length) for share, length in zip(box, whole.size * 2)))
        rotation, mirrored = turns[seed % len(turns)]
        back = (rotation if mirrored else (360 - rotation) % 360), mirrored
        stack = tensors(*OTHERS, part, whole)
        stack[n] = naive_transform(stack[n], *back)
        found = parts_of(stack, symmetries=symmetries)
        rows = list(found[found["a"].isin([n, n + 1]) & found["b"].isin([n, n + 1])].itertuples())
        if not rows:
            missed += 1
            continue
        [row] = rows
        assert (row.a, row.b) == (n + 1, n)
        np.testing.assert_allclose((row.box_left, row.box_top, row.box_right, row.box_bottom), box, atol=0.03)
        assert (row.rotation, row.mirrored) == (rotation, mirrored)
        assert row.mse == naive_mse(stack[n + 1].tolist(), naive_transform(stack[n].tolist(), rotation, mirrored))
        assert row.far < 0.1
    assert missed <= 1


@pytest.mark.parametrize("colour", ["white", "black", (30, 90, 60)])
def test_a_picture_with_a_border_shows_the_other_within_it(colour):
    whole = scene(3)
    framed = ImageOps.expand(whole, 40, colour)
    n = len(OTHERS)
    found = parts_of(tensors(*OTHERS, whole, framed))
    [row] = found[found["b"] == n].itertuples()
    assert row.a == n + 1
    inside = 40 / 480, 40 / 380, 440 / 480, 340 / 380
    np.testing.assert_allclose((row.box_left, row.box_top, row.box_right, row.box_bottom), inside, atol=0.03)


@pytest.mark.parametrize("stack", [np.zeros((0, 50, 50, 3), np.uint8), np.full((3, 50, 50, 3), 90, np.uint8)])
def test_where_nothing_is_shown_no_part_is_found(stack):
    assert len(parts_of(stack)) == 0


@pytest.mark.parametrize(("size", "channels"), [(4, 3), (7, 1), (120, 3)])
def test_tensors_of_any_size_are_compared(size, channels):
    rng = np.random.default_rng(0)
    stack = rng.integers(0, 256, (9, size, size, channels), dtype=np.uint8)
    stack[4] = 255 - stack[5] // 2  # the same in other light: shown as a whole, and by parts of it
    found = parts_of(stack)
    assert (found["a"] != found["b"]).all()
    assert found["far"].between(-0.0001, 0.1).all()
    starts, stops = found[["box_left", "box_top"]], found[["box_right", "box_bottom"]]
    inside = starts.ge(0).all(axis=None) and stops.le(1).all(axis=None)
    assert inside, found


def test_pictures_whose_parts_are_all_flat_show_nothing():
    stack = np.full((2, 50, 50, 3), 100, np.uint8)
    for rows, columns, grey in ((0, 0, 111), (0, 42, 89), (42, 0, 89), (42, 42, 111)):  # no part has all four corners
        stack[:, rows : rows + 8, columns : columns + 8] = grey
    assert len(parts_of(stack)) == 0


def test_crops_and_borders_are_for_review_where_that_takes_little_time_or_is_asked_for(tmp_path, monkeypatch, caplog):
    for number, other in enumerate(OTHERS[:8]):
        other.save(tmp_path / f"{number}.png")
    whole = scene(5, 800, 600)
    whole.save(tmp_path / "whole.png")
    whole.crop((120, 60, 760, 520)).save(tmp_path / "crop.jpg", quality=85)
    ImageOps.expand(whole, 60, "white").save(tmp_path / "framed.jpg", quality=90)
    options = {"cache": False, "progress": False}
    groups = find_duplicates(tmp_path, **options).groups
    rows = {row.path.rsplit("/", 1)[-1]: row for row in groups.itertuples()}
    assert rows["crop.jpg"].action == "review"
    assert rows["crop.jpg"].reason == "the same picture, cropped"
    assert {rows["whole.png"].action, rows["framed.jpg"].action} == {"keep", "review"}
    assert set(rows) == {"whole.png", "crop.jpg", "framed.jpg"}
    for without in ({"parts": False}, {"verify": False}):
        assert len(find_duplicates(tmp_path, **without, **options).groups) == 0
    assert "crops" not in caplog.text
    monkeypatch.setattr("dupviz.proposers.parts.AT_ONCE", 0)  # as if there were more pictures
    assert len(find_duplicates(tmp_path, **options).groups) == 0
    assert "crops and pictures with a border are not looked for" in caplog.text
    assert find_duplicates(tmp_path, parts=True, **options).groups.equals(groups)


@pytest.mark.parametrize(
    ("number", "side", "are_cheap"), [(500, 50, True), (1000, 50, False), (20_000, 4000, True), (200_000, 4000, False)]
)
def test_parts_are_cheap_among_few_pictures_and_large_ones(number, side, are_cheap):
    assert are_parts_cheap(pd.DataFrame({"width": [side] * number, "height": side})) is are_cheap


@pytest.mark.parametrize("stays", ["crop", "whole"])
@pytest.mark.parametrize("method", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.TRANSPOSE])
def test_crops_that_are_turned_are_found_whichever_stays(tmp_path, method, stays):
    for name, number in (("others", 2), ("whole", 1), ("crop", 1)):
        (tmp_path / name).mkdir()
        for seed in range(number):
            picture = scene(5 if number == 1 else 7 + seed, 800, 600)
            if name == "crop":
                picture = picture.crop((120, 60, 760, 520)).transpose(method)
            picture.save(tmp_path / name / f"{seed}.jpg", quality=90)
    options = {"symmetries": "dihedral", "protect": [tmp_path / stays], "cache": False, "progress": False}
    groups = find_duplicates(tmp_path, parts=True, **options).groups
    rows = {row.path.split("/")[-2]: row for row in groups.itertuples()}
    assert rows.keys() == {"whole", "crop"}
    assert rows[stays].action == "keep"
    other = rows["whole" if stays == "crop" else "crop"]
    assert (other.action, other.kind) == ("review", "cropped")


def test_parts_need_the_second_look(tmp_path):
    with pytest.raises(ValueError, match="parts=True needs the second look"):
        find_duplicates(tmp_path, parts=True, verify=False)
