"""What the encoding of a file does to what it shows: the errors that an honest copy may have."""

import io

import numpy as np
from PIL import Image

from dupviz.look.picture import Picture
from dupviz.look.windows import CELL, square_errors
from dupviz.metrics import Floats, Pixels

__all__ = ["coarseness", "encoded_as", "encoding_noise"]

UNKNOWN_QUALITY = 50  # of the JPEG whose errors stand for those of other lossy formats


def encoded_as(picture: Picture, shown: Pixels) -> Pixels:
    """What a file shows after it was encoded once more as the file is.

    Parameters
    ----------
    picture : Picture
        Of the file: a JPEG of quality 50 stands for lossy formats other than JPEG.
    shown : ndarray of uint8, shape (height, width, 3)

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
    """
    if picture.is_lossless:
        return shown
    file = io.BytesIO()
    image = Image.fromarray(shown)
    if picture.tables:
        image.save(file, "JPEG", qtables=picture.tables, subsampling=2)
    else:
        image.save(file, "JPEG", quality=UNKNOWN_QUALITY)
    return np.asarray(Image.open(file))


def encoding_noise(picture: Picture, shown: Pixels) -> Floats:
    """What the encoding of a file does to what it shows: mean squared errors in cells, summed over the channels.

    Returns
    -------
    ndarray of float32, shape (height // 4, width // 4)
    """
    if picture.is_lossless:
        return np.zeros(tuple(length // CELL for length in shown.shape[:2]), np.float32)
    return square_errors(encoded_as(picture, shown), shown)


def coarseness(picture: Picture) -> float:
    """How much the encoding of a file does to it: its steps of quantization."""
    if picture.is_lossless:
        return 0.0
    return float(np.mean(picture.tables[0])) if picture.tables else np.inf
