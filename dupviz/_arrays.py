"""Arrays by what their numbers are, for signatures; shapes and exact dtypes are in the docstrings."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bits", "Flags", "Floats", "Integers", "Pixels"]

Pixels = NDArray[np.uint8]  # of tensors and pictures
Bits = NDArray[np.uint8]  # sets of symmetries, see `Pairs`
Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]
Flags = NDArray[np.bool_]
