"""What Python computes that the explorers compute in the browser, for the tests of the JavaScript."""

import base64

import matplotlib
import numpy as np
import pandas as pd
from PIL import Image

from dupviz import distance, find_duplicates, mse, squared_error_map, transform
from dupviz._words.words import file_size
from dupviz.images.contrast import FLAT_CONTRAST, contrast
from dupviz.images.decode import picture_tensor
from dupviz.images.imageset import ImageSet
from dupviz.metrics import SYMMETRIES
from dupviz.widgets import ThresholdExplorer

NUMBERS = [
    0,
    0.05,
    0.15,
    0.25,
    0.35,
    0.75,
    1.25,
    9.95,
    12.25,
    999.95,
    4973.6604,
    194_999.96,
    195_075,
    *range(7, 99, 13),
]
BYTES = [0, 1, 999, 1000, 1250, 1350, 9949, 9950, 99_500, 999_499, 999_500, 2_500_000, 10**12]
SEARCHES = 12
PHOTOS = [(7, 5, 3), (50, 50, 50), (50, 61, 50), (640, 401, 50), (401, 640, 7), (1, 900, 50), (313, 299, 25)]


def computed(place):
    """All of it, as JSON can hold it; searches are made of a folder."""
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 256, (2, 5, 5, 3), np.uint8)
    turned = {turn: transform(b, rotation=turn[0], mirrored=turn[1]) for turn in SYMMETRIES["dihedral"]}
    pictures = [
        (width, height, size, rng.integers(0, 256, (height, width, 3), np.uint8)) for width, height, size in PHOTOS
    ]
    return {
        "numbers": [[number, f"{number:,.1f}"] for number in NUMBERS],
        "thresholds": [[number, f"{number:g}"] for number in (0, 0.5, 200, 123.456789, 195_075, 1 / 3)],
        "bytes": [[number, file_size(number)] for number in BYTES],
        "magma": matplotlib.colormaps["magma"](np.arange(256), bytes=True)[:, :3].ravel().tolist(),
        "a": encoded(a),
        "b": encoded(b),
        "errors": squared_error_map(a, b).ravel().tolist(),
        "turns": [
            {"rotation": rotation, "mirrored": mirrored, "tensor": encoded(tensor), "mse": mse(a, tensor)}
            for (rotation, mirrored), tensor in turned.items()
        ],
        "nearest": {name: list(distance(a, b, symmetries=name)) for name in ("rotations", "dihedral")},
        "photos": [
            {
                "width": width,
                "height": height,
                "size": size,
                "values": encoded(np.dstack([picture, np.full_like(picture[..., 0], 255)])),
                "tensor": encoded(picture_tensor(Image.fromarray(picture), size)),
            }
            for width, height, size, picture in pictures
        ],
        "searches": [search(np.random.default_rng(seed), place) for seed in range(SEARCHES)],
    }


def search(rng, place):
    """A search among few pictures, many of which are identical, turned, flat or protected, and its states."""
    base = rng.integers(0, 256, (4, 4, 4, 3)).astype(np.int64)
    base[0] = base[0].mean().round()
    copies = [transform(base[rng.integers(4)], rotation=90 * rng.integers(4), mirrored=False) for _ in range(24)]
    noise = [rng.integers(-strength, strength + 1, (4, 4, 3)) for strength in rng.choice([0, 0, 2, 12, 40], 24)]
    tensors = np.clip(np.array(copies) + noise, 0, 255).astype(np.uint8)
    folders = rng.choice(["kept", "other"], 24, p=[0.2, 0.8])
    files = pd.DataFrame({"path": [str(place / folder / f"{i}.png") for i, folder in enumerate(folders)]})
    files = files.assign(bytes=rng.integers(1, 9, 24), width=9, height=9, modified=pd.Timestamp(0, tz="UTC"))
    files = files.assign(contrast=contrast(tensors))
    files["flat"] = files["contrast"] < FLAT_CONTRAST
    images = ImageSet(tensors, files, pd.DataFrame(columns=["path", "reason"]))
    (place / "kept").mkdir(exist_ok=True)
    options = {"verify": False, "keep": "largest_file", "protect": place / "kept", "progress": False}
    found = find_duplicates(images, max_mse=20_000, **options)
    explorer = ThresholdExplorer(found, labels=place / "labels")
    states = []
    for threshold in (0, 0.01, 1, 60, 400, 2000, 9000, 20_000):
        explorer.threshold = threshold
        states.append(explorer.state)
    values = {name: getattr(explorer, name) for name in ("charts", "max_mse", "verified", "quality", "wish")}
    return {"search": explorer._search(), "states": states, "values": values}


def encoded(values):
    return base64.b64encode(np.ascontiguousarray(values)).decode()
