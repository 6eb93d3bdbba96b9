"""How much there is to see in a tensor."""

import numpy as np

from dupviz.metrics import Floats, Pixels

__all__ = ["FLAT_CONTRAST", "contrast"]

# Two flat images of the same mean colour: MSE <= (contrast of one + contrast of the other)², the triangle inequality,
# so < (5 + 5)² = 100, half of the default threshold.
FLAT_CONTRAST = 5.0


def contrast(tensors: Pixels) -> Floats:
    """Contrast of tensors: the root of the MSE between each and its own mean colour.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, height, width, 3)

    Returns
    -------
    ndarray of float64, shape (n,)
        In grey levels: 0 if all pixels are equal, 220.8 if half are black and half white.

    Examples
    --------
    >>> tensors = np.zeros((2, 50, 50, 3), np.uint8)
    >>> tensors[1, :25] = 255
    >>> contrast(tensors).round(1)
    array([  0. , 220.8])
    """
    result = np.empty(len(tensors))
    for start in range(0, len(tensors), 16):  # 1 MB as floats stays in the cache; sums of integers are exact in them
        block = tensors[start : start + 16].astype(np.float64)
        means = np.einsum("nyxc->nc", block) / block[0, ..., 0].size
        mean_squares = np.einsum("nyxc,nyxc->n", block, block) / block[0, ..., 0].size
        result[start : start + 16] = np.sqrt(mean_squares - (means**2).sum(axis=1))
    return result
