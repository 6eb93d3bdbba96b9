"""Pictures for a lesson: by name where they are there, else by what they show."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from dupviz import distance, load_images
from dupviz.teaching.pictures import choose_pictures, with_pictures

SIZE = (360, 270)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "photos"


def save(folder, name, picture):
    folder.mkdir(exist_ok=True)
    picture.save(folder / name)


def smooth(seed, contrast=1.0):
    values = np.random.default_rng(seed).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    picture = Image.fromarray(values).resize(SIZE, Image.Resampling.BICUBIC)
    return ImageEnhance.Contrast(picture).enhance(contrast)


def choose(folder, **names):
    return choose_pictures(load_images(folder, progress=False), **names)


def test_a_turned_copy_of_strong_contrast_comes_before_others(folder):
    for seed in range(3):
        save(folder, f"{seed}.png", smooth(seed))
    save(folder, "pale.png", smooth(7, 0.5))
    save(folder, "pale turned.png", smooth(7, 0.5).rotate(90, expand=True))
    save(folder, "2 again.jpg", smooth(2))
    chosen = choose(folder)
    assert {Path(chosen.photo).name, Path(chosen.copy).name} == {"pale.png", "pale turned.png"}
    assert chosen.look_alikes is None


def test_without_copies_one_is_made(folder):
    save(folder, "pale.png", smooth(1, 0.3))
    save(folder, "strong.png", smooth(2))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    chosen = choose(folder)
    assert Path(chosen.photo).name == "strong.png"
    photo, copy = (load_images(path, progress=False).tensors[0] for path in (chosen.photo, chosen.copy))
    mse, rotation, _ = distance(photo, copy)
    assert mse < 200
    assert rotation == 270
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_detailed_one_has_the_most_detail(folder):
    save(folder, "smooth.png", smooth(1))
    noise = np.random.default_rng(0).integers(90, 160, (50, 50, 3)).astype(np.uint8)
    save(folder, "gravel.png", Image.fromarray(noise).resize((200, 200), Image.Resampling.NEAREST))
    assert Path(choose(folder).detailed).name == "gravel.png"


def test_look_alikes_are_the_nearest_different_pictures(folder):
    page = Image.new("RGB", SIZE, "white")
    for number in range(2):
        other = page.copy()
        for place in np.random.default_rng(number).integers(0, (330, 250), (80, 2)).tolist():
            other.paste((90, 90, 90), (*place, place[0] + 9, place[1] + 3))
        save(folder, f"page {number}.png", other)
    save(folder, "photo.png", smooth(1))
    alike = choose(folder).look_alikes
    assert alike is not None
    assert {Path(path).name for path in alike} == {"page 0.png", "page 1.png"}


def test_names_are_taken_where_they_are(folder):
    for seed in range(3):
        save(folder, f"{seed}.png", smooth(seed))
    chosen = choose(folder, photo="1.png", copy="2.png", detailed="0.png")
    assert [Path(path).name for path in (chosen.photo, chosen.copy, chosen.detailed)] == ["1.png", "2.png", "0.png"]
    assert Path(choose(folder, photo="none.png", copy="2.png").copy).name != "2.png"


def test_blank_and_tiny_pictures_will_do_and_none_is_said(folder):
    save(folder, "blank.png", Image.new("RGB", (40, 40), "white"))
    save(folder, "dot.png", Image.new("RGB", (1, 1), "red"))
    chosen = choose(folder)
    assert Path(chosen.photo).exists()
    assert Path(chosen.copy).exists()
    with pytest.raises(ValueError, match="no pictures"):
        choose_pictures(load_images(folder / "blank.png", min_size=100, progress=False))


def test_a_folder_of_pictures_is_taken_and_any_other_is_said(folder, tmp_path, capsys):
    save(folder, "photo.png", smooth(1))
    assert with_pictures(folder, sample="sample") == folder
    assert capsys.readouterr().out == ""
    (tmp_path / "empty").mkdir()
    for other, reason in ((tmp_path / "empty", "no pictures in it"), (tmp_path / "none", "no such folder")):
        assert with_pictures(other, sample="sample") == "sample"
        assert reason in capsys.readouterr().out
