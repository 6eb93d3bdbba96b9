"""Pictures with transparency, and the opaque ones that show them on black: near only on that ground."""

from concurrent.futures import Executor

import numpy as np
import pandas as pd

from dupviz._parallel import in_order
from dupviz.images.contrast import FLAT_CONTRAST, contrast
from dupviz.images.decode import decode_over
from dupviz.images.formats import DecodeError, NotAnImage
from dupviz.images.imageset import ImageSet
from dupviz.metrics import mse, transform
from dupviz.search.find import find_pairs

__all__ = ["find_ground_pairs"]

GROUND = "black"  # what programs put under a picture that they save as JPEG, where it is not the white of all tensors


def find_ground_pairs(
    images: ImageSet, *, max_mse: float, symmetries: str, max_pairs: int, executor: Executor
) -> pd.DataFrame:
    """Find opaque images that are near a transparent one on black.

    Parameters
    ----------
    max_mse : float
        To the tensor on black.
    symmetries, max_pairs, executor
        See `find_pairs`.

    Returns
    -------
    DataFrame
        As `find_light_pairs` gives it: a, b, mse (of their tensors, over white), rotation and mirrored (how image b,
        the transparent one, is transformed to match a), and light_mse (on black).

    Raises
    ------
    TooManyPairsError
        If they are more than `max_pairs`.
    """
    transparent = images.files["transparent"].to_numpy()
    rows, opaque = np.flatnonzero(transparent), np.flatnonzero(~transparent)
    paths = images.files["path"].tolist()
    tasks = ((paths[row], images.size) for row in rows.tolist())
    found = [] if not len(opaque) else list(in_order(executor, _on_black, tasks))
    seen = [(row, tensor) for row, tensor in zip(rows.tolist(), found) if tensor is not None]
    if not seen:
        return pd.DataFrame(columns=["a", "b", "mse", "rotation", "mirrored", "light_mse"])
    rows = np.array([row for row, _ in seen])
    tensors = np.concatenate([images.tensors[opaque], np.stack([tensor for _, tensor in seen])])
    pairs = find_pairs(tensors, max_mse=max_mse, symmetries=symmetries, max_pairs=max_pairs, executor=executor)
    across = pd.DataFrame(pairs[(pairs["a"] < len(opaque)) & (pairs["b"] >= len(opaque))])
    a, b = opaque[across["a"]], rows[across["b"] - len(opaque)]
    on_white = [
        mse(images.tensors[one], transform(images.tensors[other], rotation=rotation, mirrored=mirrored))
        for one, other, rotation, mirrored in zip(a, b, across["rotation"].tolist(), across["mirrored"].tolist())
    ]
    return across.assign(a=a, b=b, light_mse=across["mse"], mse=on_white).reset_index(drop=True)


def _on_black(path: str, size: int) -> np.ndarray | None:
    """The tensor over black, if there is something to see."""
    try:
        tensor = decode_over(path, size, GROUND)
    except (DecodeError, NotAnImage):
        return None
    return None if contrast(tensor[None])[0] < FLAT_CONTRAST else tensor
