"""Arrays, pictures of Pillow and items of data sets → PNG and TIFF files in a temporary folder."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from tqdm.auto import tqdm

from dupviz._parallel import in_order
from dupviz.images.unpacked import Unpacked, temporary_folder
from dupviz.metrics import Pixels, unmasked

__all__ = ["pictures_of", "unpack_pictures", "white_of"]

PICTURE_KEYS, LABEL_KEYS = ("image", "img", "picture", "pixel_values"), ("label", "labels", "fine_label", "target")

STORED = ("1", "L", "LA", "P", "RGB", "RGBA")  # Pillow's modes that PNG holds as they are
DEEP = ("I", "F")  # how its modes of 16 bits, 32 bits and floats begin: TIFF holds them, and is scaled when it is read


def pictures_of(array: NDArray[Any], channels: str) -> Iterator[NDArray[Any]]:
    """The pictures of an array, one after the other.

    Parameters
    ----------
    array : ndarray, shape (n, height, width) or (n, height, width, channels)
    channels : {"last", "first"}
        Where it has its colours.

    Raises
    ------
    ValueError
        If it has another shape, or is one picture.
    """
    if array.ndim not in (3, 4):
        raise ValueError(f"an array of pictures has the shape (n, height, width[, channels]), got {array.shape}")
    if array.ndim == 3 and array.shape[2 if channels == "last" else 0] in (3, 4):
        raise ValueError(f"an array of shape {array.shape} is one picture: give a list of such, or (n, height, width)")
    return iter(array)


def white_of(values: NDArray[Any]) -> float:
    """Which number is white: 1 in floats of which none is larger, else 255."""
    return 1 if values.dtype.kind == "f" and values.max(initial=0) <= 1 else 255


def unpack_pictures(
    items: Iterator[Any], number: int, name: str, channels: str, progress: bool, white: float | None = None
) -> Unpacked:
    """Write pictures as files, named by their rows: PNG, and TIFF for more than 8 bits.

    Parameters
    ----------
    items : iterator
        Arrays, pictures of Pillow, or what data sets give: these with a label, or in a dict.
    number : int
        How many there are.
    name : str
        What the source is called.
    channels : {"last", "first"}
        Where arrays have their colours; tensors of PyTorch always have them first.
    progress : bool
        Whether to show a progress bar.
    white : float, optional
        The number of arrays that is white; by default that of each by itself, see `white_of`.

    Returns
    -------
    Unpacked
        Its facts have the label of each row, if there are any.

    Raises
    ------
    TypeError, ValueError
        If one is no picture; the message says which, and why.
    """
    digits = len(str(max(number - 1, 0)))
    rows: dict[str, int] = {}
    labels: list[Any] = []
    now = time.time()

    def save(row: int, item: Any) -> tuple[str, Any]:
        given, label = _picture_and_label(item)
        try:
            picture = _as_picture(given, channels, white)
            suffix = "tif" if picture.mode.startswith(DEEP) else "png"
            path = os.path.join(folder.name, f"{row:0{digits}}.{suffix}")
            picture.save(path, compress_level=1)
            os.utime(path, (now, now))  # else what stays of equal pictures were what a thread has written first
        except (TypeError, ValueError) as error:
            raise type(error)(f"picture {row}: {error}") from None
        return path, label

    with temporary_folder() as folder, ThreadPoolExecutor() as executor:
        tasks = ((row, item) for row, item in enumerate(items))
        saved = in_order(executor, save, tasks, ahead=4 * (os.cpu_count() or 1))
        for path, label in tqdm(saved, desc="unpacking", total=number, delay=1, leave=False, disable=not progress):
            rows[path] = len(rows)
            labels.append(label)
        facts = pd.DataFrame() if all(label is None for label in labels) else pd.DataFrame({"label": labels})
        return Unpacked([folder.name], name, rows, facts, folder=folder)


def _picture_and_label(item: Any) -> tuple[Any, Any]:
    """The picture of what a data set gives, and its label or None."""
    if isinstance(item, dict):
        key = next((key for key in PICTURE_KEYS if key in item), None)
        if key is None:
            raise ValueError(f"a data set gives its pictures as {', '.join(PICTURE_KEYS)}, got {', '.join(item)}")
        return item[key], next((item[label] for label in LABEL_KEYS if label in item), None)
    if isinstance(item, tuple | list) and len(item) >= 2:
        label = item[1]
        return item[0], label.item() if hasattr(label, "item") and getattr(label, "ndim", 0) == 0 else label
    return item, None


def _as_picture(item: Any, channels: str, white: float | None) -> Image.Image:
    if isinstance(item, Image.Image):
        return item if item.mode in STORED or item.mode.startswith(DEEP) else item.convert("RGB")
    if hasattr(item, "detach"):  # a tensor of PyTorch, whose colours come first
        item, channels = item.detach().cpu().numpy(), "first"
    values = unmasked(item)
    if values.ndim == 3 and channels == "first":
        values = np.moveaxis(values, 0, 2)
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[..., 0]
    if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[2] not in (3, 4)) or not values.size:
        hint = ", with channels='first'" if values.ndim == 3 and values.shape[0] in (1, 3, 4) else ""
        wanted = "(height, width) or (height, width, 1, 3 or 4)"
        raise ValueError(f"a picture has the shape {wanted}, got {values.shape}{hint}")
    return Image.fromarray(_as_bytes(values, white_of(values) if white is None else white))


def _as_bytes(values: NDArray[Any], white: float) -> Pixels:
    """Values of any type as 8 bits: floats from 0 to `white`, 16 bits by their upper 8."""
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values)
    if values.dtype == bool:
        return values.astype(np.uint8) * 255
    if values.dtype == np.uint16:
        return (values >> 8).astype(np.uint8)
    if values.dtype.kind not in "iuf":
        raise TypeError(f"values must be numbers, got {values.dtype}")
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= 255):  # NaN, too
        found = f"{low:.3g} to {high:.3g}"
        raise ValueError(f"values must be from 0 to 1, or to 255, got {found}: undo a normalisation first")
    return np.round(values * (255 / white)).astype(np.uint8)
