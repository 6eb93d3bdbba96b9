"""Image sets without files, pairs that no search has found, and icons, for tests of what follows from them."""

import shutil

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from dupviz import ImageSet, find_duplicates, group_duplicates
from dupviz.search.identical import checksums_of, set_digest
from dupviz.search.pairs import Pairs


def image_set(stack, *, seed=0, flat=False):
    """Tensors with a made-up table of files: few different values, so that ties are common."""
    rng = np.random.default_rng(seed)
    n = len(stack)
    files = pd.DataFrame(
        {
            "path": pd.Series([f"folder{i % 2}/{i:03}.jpg" for i in rng.permutation(n)], dtype=object),
            "width": rng.integers(1, 3, n),
            "height": rng.integers(1, 3, n),
            "bytes": rng.integers(1, 4, n),
            "format": "JPEG",
            "modified": pd.to_datetime(rng.integers(0, 3, n) + 1_700_000_000_123_456_789, utc=True),
            "contrast": 50.0,
            "flat": flat,
        }
    )
    return ImageSet(stack, files, pd.DataFrame({"path": [], "reason": []}))


def made_up_pairs(images, a, b, mse, *, winners=1, max_mse=1000.0, leader=None):
    """Pairs of images; all count as different, whatever their tensors are, unless there are leaders."""
    a, b, mse = np.array(a, np.int64), np.array(b, np.int64), np.array(mse, np.float64)
    leader = np.arange(len(images)) if leader is None else leader
    winners = np.broadcast_to(np.array(winners, np.uint8), len(a))
    digest = set_digest(images.tensors, checksums_of(images.tensors))
    return Pairs(a, b, mse, winners, leader, max_mse, "rotations", digest)


def find_by_mse(images, **options):
    """Duplicates by the MSE alone, which need no files."""
    return find_duplicates(images, **{"verify": False, "keep": "largest_file", **options})


def groups_by_mse(images, pairs, **options):
    """Groups by the MSE alone."""
    return group_duplicates(images, pairs, **{"look": "mse", "keep": "largest_file", **options})


def write_icons(folder, number, *, copies=()):
    """Signs of 48 pixels, each with one of 24 that is darker: too small to tell. Some have a copy that can go."""
    rng = np.random.default_rng(7)
    for i in range(number):
        sign = Image.new("RGBA", (192, 192))
        for _ in range(5):
            x, y, r = (int(each) for each in rng.integers(30, 160, 3))
            colour = (*(int(each) for each in rng.integers(60, 240, 3)), 255)
            ImageDraw.Draw(sign).ellipse((x - r / 3, y - r / 3, x + r / 3, y + r / 3), colour)
        sign.resize((48, 48), Image.Resampling.LANCZOS).save(folder / f"{i}.png")
        darker = np.array(sign.resize((24, 24), Image.Resampling.LANCZOS))
        darker[..., :3] = (darker[..., :3] * 0.95).astype(np.uint8)
        Image.fromarray(darker).save(folder / f"{i}_small.png")
        if i in copies:
            shutil.copy(folder / f"{i}.png", folder / f"{i} copy.png")
