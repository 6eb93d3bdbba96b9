"""What becomes of a photo: noise, the traces of a JPEG, more pixels than it shows."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from dupviz.look.detail import detail_of
from dupviz.look.picture import open_picture

PHOTOS = Path(__file__).parent.parent / "data" / "photos"


def sharp_photo(name):
    """A photo of the sample, smaller, so that it is as sharp as a camera's."""
    with Image.open(next(PHOTOS.rglob(f"{name}.jpg"))) as picture:
        small = picture.convert("RGB")
    small.thumbnail((400, 400), Image.Resampling.LANCZOS)
    return small


def noisy(picture, sigma=4, seed=0):
    noise = np.random.default_rng(seed).normal(0, sigma, (picture.height, picture.width, 3))
    return Image.fromarray((np.asarray(picture) + noise).round().clip(0, 255).astype(np.uint8))


def reencoded(picture, quality):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def doubled(picture):
    return picture.resize((2 * picture.width, 2 * picture.height), Image.Resampling.LANCZOS)


def saved(folder, name, picture, **options):
    picture.save(folder / name, **options)
    return folder / name


def detail(path):
    return detail_of(path, open_picture(path))
