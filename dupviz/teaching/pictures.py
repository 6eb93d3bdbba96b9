"""Which pictures of a folder show best what a lesson is about."""

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from dupviz.images.decode import decode_picture
from dupviz.images.imageset import ImageSet
from dupviz.images.load import load_images
from dupviz.look.second_look import second_look
from dupviz.metrics import Floats, Pixels
from dupviz.search.find import find_pairs
from dupviz.search.pairs import TooManyPairsError

__all__ = ["Chosen", "choose_pictures", "with_pictures"]

NEAR = 1000.0  # how far pairs are searched, for a copy and for look-alikes
LOOKS, AT_ONCE = 100, 20  # at the nearest pairs, until there are both a copy and two look-alikes


def with_pictures(folder: str | Path, *, sample: str | Path) -> str | Path:
    """A folder of the reader's own, or the sample if the folder has no pictures, which is printed.

    So a lesson goes on with a wrong folder, and says so once.

    Parameters
    ----------
    folder, sample : str or Path

    Returns
    -------
    str or Path
        One of the two.

    Examples
    --------
    >>> with_pictures("my pictures", sample="data/photos")
    my pictures: there is no such folder. The lesson goes on with the sample.
    'data/photos'
    """
    if not Path(folder).is_dir():
        reason = "there is no such folder"
    elif len(load_images(folder, progress=False)) == 0:
        reason = "there are no pictures in it that can be read"
    else:
        return folder
    print(f"{folder}: {reason}. The lesson goes on with the sample.")  # noqa: T201
    return sample


@dataclass(frozen=True)
class Chosen:
    """Pictures for a lesson, as paths.

    Attributes
    ----------
    photo : str
        With strong contrast; of those with a copy, if there are any.
    copy : str
        A copy of it: turned, if there is one; made for the lesson, if the folder has none.
    detailed : str
        The picture with the most fine detail.
    look_alikes : tuple of two str, or None
        The nearest two different pictures; None if none are near.
    """

    photo: str
    copy: str
    detailed: str
    look_alikes: tuple[str, str] | None


def choose_pictures(images: ImageSet, *, photo: str = "", copy: str = "", detailed: str = "") -> Chosen:
    """Choose the pictures of a folder that show best what a lesson is about.

    Parameters
    ----------
    images : ImageSet
    photo, copy, detailed : str
        Names of files that are taken if the folder has them.

    Returns
    -------
    Chosen

    Raises
    ------
    ValueError
        If there is no picture at all.
    """
    if len(images) == 0:
        raise ValueError("there are no pictures to choose from: take another folder")
    paths = images.files["path"]
    pairs = _looked_at(images)
    copies, different = (pairs[pairs["verdict"] == verdict] for verdict in ("same", "different"))
    look_alikes = None if different.empty else (paths[different["a"].iloc[0]], paths[different["b"].iloc[0]])
    first = _named(paths, photo)
    second = _named(paths, copy) if first else ""
    contrast = images.files["contrast"].to_numpy()
    if not first and not copies.empty:
        most = copies.assign(contrast=contrast[copies["a"]], is_turned=copies["rotation"] != 0)
        best = most.sort_values(["is_turned", "contrast"], ascending=False).iloc[0]
        first, second = paths[best["a"]], paths[best["b"]]
    first = first or paths[contrast.argmax()]
    return Chosen(
        photo=first,
        copy=second or _make_copy(first),
        detailed=_named(paths, detailed) or paths[_detail(images.tensors).argmax()],
        look_alikes=look_alikes,
    )


def _looked_at(images: ImageSet) -> pd.DataFrame:
    """The nearest pairs of pictures that show something, with what the second look says of them."""
    try:
        pairs = find_pairs(images, max_mse=NEAR)
    except TooManyPairsError:
        pairs = find_pairs(images.tensors[:0])
    is_flat = images.files["flat"].to_numpy()
    pairs = pairs[(pairs["mse"] > 0) & ~is_flat[pairs["a"]] & ~is_flat[pairs["b"]]].sort_values("mse")
    looked_at = [second_look(images, pairs.head(0), progress=False)]
    for start in range(0, min(LOOKS, len(pairs)), AT_ONCE):
        looked_at.append(second_look(images, pairs.iloc[start : start + AT_ONCE], progress=False))
        if {"same", "different"} <= set(pd.concat(looked_at)["verdict"]):
            break
    return pd.concat(looked_at)


def _named(paths: pd.Series, name: str) -> str:
    return next((path for path in paths if name and os.path.basename(path) == name), "")


def _detail(tensors: Pixels) -> Floats:
    """The mean squared difference of neighbouring pixels: ndarray of float64, shape (n,)."""
    steps = [np.diff(tensors.astype(np.int16), axis=axis).astype(np.float64) for axis in (1, 2)]
    down, across = ((step**2).mean(axis=(1, 2, 3)) for step in steps)
    detail: Floats = down + across
    return detail


def _make_copy(path: str) -> str:
    """Turn a picture, halve it, and save it as a JPEG of low quality, in a folder that is there until Python ends."""
    picture = decode_picture(path, 1000).transpose(Image.Transpose.ROTATE_90)
    half = picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)), Image.Resampling.BILINEAR)
    folder = tempfile.mkdtemp(prefix="dupviz-lesson-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = Path(folder, f"{Path(path).stem}_message.jpg")
    half.save(copy, quality=50)
    return str(copy)
