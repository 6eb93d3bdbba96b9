"""The command `find`, and the function behind it: where a picture is, and what is nearest where it is not."""

import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive import naive_distance
from PIL import Image
from strategies import SYMMETRIES, stacks

import dupviz as dv
from dupviz.cli import main
from dupviz.one_call import _nearest

PHOTOS = "data/photos"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Some photos, and what is made of one of them beside these."""
    folder = tmp_path_factory.mktemp("find")
    (folder / "photos").mkdir()
    for name in ("cat", "rocket", "astronaut", "gravel"):
        shutil.copy(f"{PHOTOS}/{name}.jpg", folder / "photos")
    cat = Image.open(f"{PHOTOS}/cat.jpg")
    shutil.copy(f"{PHOTOS}/cat.jpg", folder / "copy.jpg")
    cat.transpose(Image.Transpose.ROTATE_90).resize((cat.height // 2, cat.width // 2)).save(folder / "turned.png")
    shutil.copy(f"{PHOTOS}/coffee.jpg", folder / "other.jpg")
    return folder


def find(*words):
    return main(["find", *map(str, words), "--no-cache"])


def test_a_picture_that_is_there_is_named_with_how_it_is_there(folder, capsys):
    assert find(folder / "copy.jpg", folder / "turned.png", folder / "photos") == 0
    lines = capsys.readouterr().out.splitlines()
    cat = f"  {folder / 'photos' / 'cat.jpg'}"
    assert lines[:3] == [f"{folder / 'copy.jpg'} is there:", cat, "    the same picture, byte for byte, MSE 0.0"]
    assert lines[3:5] == [f"{folder / 'turned.png'} is there:", cat]
    assert lines[5].startswith("    the same picture, MSE ")
    assert lines[5].endswith(", turned 90°")
    assert len(lines) == 6


def test_of_a_picture_that_is_not_there_the_nearest_are_named(folder, capsys):
    assert find(folder / "other.jpg", folder / "photos", "--nearest", 2) == 1
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == f"{folder / 'other.jpg'} is not there. The nearest:"
    tensors = {path: dv.load_images(path, progress=False).tensors[0] for path in (folder / "photos").iterdir()}
    other = dv.load_images(folder / "other.jpg", progress=False).tensors[0]
    nearest = sorted((dv.distance(other, tensor)[0], path) for path, tensor in tensors.items())[:2]
    assert lines[::2] == [f"  {path}" for _, path in nearest]
    assert [line.split(",  ")[0].strip() for line in lines[1::2]] == [
        line for line in (lines[1].strip(), lines[3].strip()) if line.startswith("MSE ")
    ]
    assert f"MSE {nearest[0][0]:,.1f}" in lines[1]
    assert find(folder / "other.jpg", folder / "copy.jpg", folder / "photos", "--quiet") == 1
    assert "other" not in capsys.readouterr().out


def test_a_picture_is_not_found_as_itself(folder, capsys):
    assert find(folder / "photos" / "rocket.jpg", folder / "photos") == 1
    assert "rocket.jpg is not there" in capsys.readouterr().out.splitlines()[0]
    assert find(folder / "photos" / "cat.jpg", folder) == 0
    assert "copy.jpg" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.jpg", PHOTOS], "no such file or folder: 'nowhere.jpg'"),
        (["README.md", PHOTOS], "no picture could be read in 'README.md'"),
        ([f"{PHOTOS}/cat.jpg", "benchmarks"], "no picture in the folders"),
        ([PHOTOS], "takes pictures and a folder"),
    ],
)
def test_what_cannot_be_looked_for_is_said(words, said, capsys):
    assert find(*words) == 2
    assert said in capsys.readouterr().err


@given(stacks(), SYMMETRIES, st.integers(1, 4))
def test_the_nearest_are_those_of_the_naive_loop(stack, symmetries, number):
    others = np.arange(1, len(stack))
    if not len(others):
        return
    found = _nearest(stack, 0, others, number, symmetries)
    expected = sorted((naive_distance(stack[0], stack[row], symmetries)[0], row) for row in others.tolist())
    assert [(mse, row) for _, row, mse, *_ in found] == expected[:number]
    for _, row, mse, rotation, mirrored in found:
        assert dv.mse(stack[0], dv.transform(stack[row], rotation=rotation, mirrored=mirrored)) == mse
