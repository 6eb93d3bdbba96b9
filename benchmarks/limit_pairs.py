"""Pictures for pairs at the limit of what a look can see, and the folders in which the pairs are written."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

Pair = tuple[Path, str, str]  # its folder, what it is, and what was done to one of the two

WIDTHS = 800, 1240, 2480  # of pages: the latter two are A4 at 150 and at 300 dpi
LARGE, MEDIUM, SMALL = 2400, 1200, 500  # pixels of a photo's longer side
NAMES = "IMG_0417", "IMG_0418"  # of the two: they say nothing

LANCZOS = Image.Resampling.LANCZOS
ROT90 = Image.Transpose.ROTATE_90
PNG = (".png", {"compress_level": 1})
JPEG85 = (".jpg", {"quality": 85})


def some_of(files: list[Path], side: int, number: int, seed: int) -> list[Path]:
    """So many pictures whose longer side has `side` pixels or more, at random."""
    fit = [file for file in files if max(_size(file)) >= side]
    return [fit[row] for row in np.random.default_rng(seed).permutation(len(fit))[:number]]


def _size(file: Path) -> tuple[int, int]:
    with Image.open(file) as image:
        return image.size


def opened(file: Path, side: int) -> Image.Image:
    """A picture, shrunk to so many pixels on its longer side."""
    with Image.open(file) as image:
        image.draft("RGB", (side, side))
        picture = ImageOps.exif_transpose(image)
    if "A" in picture.getbands():
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA"))
    picture.thumbnail((side, side), LANCZOS)
    return picture.convert("RGB")


def decoded(image: Image.Image) -> Image.Image:
    """As a camera's JPEG shows it."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92)
    return Image.open(file).convert("RGB")


def scaled(share: float, method: Image.Resampling = LANCZOS) -> Callable[[Image.Image], Image.Image]:
    return lambda im: im.resize((round(share * im.width), round(share * im.height)), method)


def turned(image: Image.Image) -> Image.Image:
    return image.transpose(ROT90)


def pair_folder(out: Path, *words: str) -> Path:
    """A new folder for a pair, named by what it is."""
    folder = out / "-".join(words).replace(",", "").replace(":", "").replace(" ", "-")
    folder.mkdir(parents=True)
    return folder
