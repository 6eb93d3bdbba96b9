"""How bright colours are to the eye."""

import numpy as np

from dupviz.metrics import Floats, Pixels

__all__ = ["luma_of"]

# Of red, green and blue, as for television (BT.601) and in JPEG.
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def luma_of(pictures: Floats | Pixels) -> Floats:
    """The brightness of each pixel.

    Parameters
    ----------
    pictures : ndarray of uint8 or float, shape (..., channels)
        With three channels, red, green and blue; of any other number, their mean counts.

    Returns
    -------
    ndarray of float32, shape (...)
        In grey levels.

    Examples
    --------
    >>> luma_of(np.array([[0, 255, 0], [0, 0, 255]], np.uint8)).round(1)
    array([149.7,  29.1], dtype=float32)
    """
    floats = pictures.astype(np.float32)
    return floats @ LUMA if pictures.shape[-1] == 3 else floats.mean(axis=-1)
