"""What the answers to "On your own" state in numbers, computed."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from PIL import Image

import dupviz as dv
from dupviz.images.decode import picture_tensor

PHOTOS = Path(__file__).parents[1] / "data" / "photos"


def tensor(name):
    return dv.load_images(PHOTOS / name, progress=False).tensors[0]


def brightest():
    """Where the cat is brightest: a row and a column."""
    return np.unravel_index(tensor("cat.jpg").sum(axis=2).argmax(), (50, 50))


def grey():
    """How many tensors have three equal channels."""
    tensors = dv.load_images(PHOTOS, progress=False).tensors
    return int((tensors == tensors[..., :1]).all(axis=(1, 2, 3)).sum())


def largest_crop(name):
    """By how many whole percent a picture can be cropped before it is no duplicate."""
    picture = Image.open(PHOTOS / name).convert("RGB")
    for percent in range(1, 50):
        x, y = (percent / 200 * length for length in picture.size)
        part = picture.crop([round(edge) for edge in (x, y, picture.width - x, picture.height - y)])
        if dv.mse(picture_tensor(picture, 50), picture_tensor(part, 50)) >= 200:
            return percent - 1
    raise AssertionError("it is found however it is cropped")


def invoices(size):
    """The MSE of the two invoices at a size of tensor."""
    paths = [PHOTOS / f"invoice_{month}.png" for month in ("march", "april")]
    return dv.mse(*dv.load_images(paths, size=size, progress=False).tensors)


@cache
def in_the_mirror():
    """How many pairs below 200 mirror images add, and how many of them are different pictures."""
    images = dv.load_images(PHOTOS, progress=False)
    turned, mirrored = (dv.find_pairs(images, max_mse=200, symmetries=each) for each in ("rotations", "dihedral"))
    truth = pd.read_csv(PHOTOS.parent / "truth.csv")
    known = dv.with_truth(images, mirrored, truth, folder=PHOTOS).query("mse < 200")
    found = set(zip(turned["a"], turned["b"]))
    added = [pair.same for pair in known.itertuples() if (pair.a, pair.b) not in found]
    return len(added), added.count(False)


@cache
def between(low, high):
    """How many pairs there are from one MSE to another, and how many of them are different pictures."""
    images = dv.load_images(PHOTOS, progress=False)
    pairs = dv.find_pairs(images, max_mse=high)
    known = dv.with_truth(images, pairs, pd.read_csv(PHOTOS.parent / "truth.csv"), folder=PHOTOS)
    known = known[(known["mse"] >= low) & (known["mse"] < high)]
    return len(known), int((~known["same"]).sum())


@cache
def leaks():
    """Of notebook 05: the share of leaks at 20, 200 and 1000, all test pictures, and those that are no leaks."""
    with TemporaryDirectory() as place:
        return _leaks(Path(place))


def _leaks(place):
    names = sorted(path.relative_to(PHOTOS).as_posix() for path in PHOTOS.rglob("*") if path.is_file())
    for number, name in enumerate(names):
        folder = place / ("train" if number % 3 else "test") / Path(name).stem.split("_")[0]
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(PHOTOS / name, folder / Path(name).name)
    (place / "train" / "dog").mkdir()
    shutil.copy(PHOTOS / "cat_message.jpg", place / "train" / "dog" / "my_dog.jpg")
    images = dv.load_images([place / "train", place / "test"], progress=False)
    pairs = dv.find_pairs(images)
    folders = {"train": place / "train", "test": place / "test"}
    at = {t: dv.find_leaks(images, pairs, threshold=t, **folders) for t in (20, 200, 1000)}
    tests = int(images.files["path"].str.startswith(str(place / "test")).sum())
    shares = {threshold: 100 * dv.fraction_affected(table) for threshold, table in at.items()}
    return shares, tests, tests - at[200]["test"].nunique()


@cache
def goes():
    """How many files of the sample can go by the MSE alone, and with the second look."""
    by_mse = dv.find_duplicates(PHOTOS, verify=False, keep="largest_file", progress=False)
    return len(by_mse.to_remove), len(dv.find_duplicates(PHOTOS, progress=False).to_remove)
