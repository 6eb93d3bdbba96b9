"""Which images are meant: by a mask, a column, a split or folders; and the labels that are compared."""

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
import pandas as pd

from dupviz._disk.paths import Paths, one_or_many
from dupviz.groups.keep import files_in
from dupviz.images.imageset import ImageSet
from dupviz.metrics import Flags
from dupviz.search.pairs import Pairs

__all__ = ["Result", "Side", "images_and_pairs", "in_folders", "labels_of", "rows_of"]

SPLIT, LABEL = "split", "label"


class Result(Protocol):
    """What `find_duplicates` gives, as far as it is needed here."""

    @property
    def images(self) -> ImageSet:
        """What was searched."""
        ...

    @property
    def near(self) -> Pairs:
        """What was found."""
        ...


# A mask, the name of a split or of a column of booleans, or folders.
Side = Paths | pd.Series | np.ndarray


def images_and_pairs(images: Any, pairs: Any) -> tuple[ImageSet, Pairs | pd.DataFrame]:
    """Images and pairs, which may have come together, as what `find_duplicates` gave."""
    if pairs is None and hasattr(images, "near") and hasattr(images, "images"):
        return images.images, images.near
    if pairs is None or not isinstance(images, ImageSet):
        kind = type(images).__name__
        raise TypeError(f"give what find_duplicates gave, or an ImageSet and its pairs, got {kind} first")
    return images, pairs


def rows_of(files: pd.DataFrame, name: str, side: Side) -> Flags:
    """Which images are meant by `train` or `test`.

    Raises
    ------
    ValueError
        If they are none, or a mask is not one of these images.
    """
    if isinstance(side, str):
        if SPLIT in files and (files[SPLIT] == side).any():
            return (files[SPLIT] == side).to_numpy(bool)
        if side in files and files[side].map(lambda value: isinstance(value, bool | np.bool_)).all():
            side = files[side]
    values = None if isinstance(side, str) else np.asarray(side)
    if values is not None and values.dtype == object and all(isinstance(each, bool) for each in values.ravel()):
        values = values.astype(bool)
    if values is None or values.dtype != bool or not values.size:
        return in_folders(files, name, side)
    if values.shape != (len(files),):
        raise ValueError(
            f"{name} must say yes or no for each of the {len(files):,} images, in the order of images.files, "
            f"got {len(values):,}: a column of the table comes along, and is named as {name}='…'"
        )
    if not values.any():
        raise ValueError(f"{name} is none of the {len(files):,} images: there is nothing to compare")
    return values


def in_folders(files: pd.DataFrame, name: str, folders: Paths) -> Flags:
    """Which files lie in some folders; each folder must hold at least one."""
    folders = one_or_many(folders)
    inside = np.zeros(len(files), bool)
    for folder in folders:
        in_this = files_in(files, [folder])
        if not in_this.any():
            example = f": they are such as {files['path'].iat[0]!r}" if len(files) else ""
            splits = f", and the splits are {', '.join(map(repr, files[SPLIT].unique()[:8]))}" if SPLIT in files else ""
            raise ValueError(f"{name}: none of the images lies in {folder!r}{example}{splits}")
        inside |= in_this
    if not folders:
        raise ValueError(f"{name} must name a folder, got none")
    return inside


def labels_of(images: ImageSet, labels: str | Iterable[object] | None) -> pd.Series | None:
    """One label for each image: those that are given, those of a column; None if folders are what there is.

    Raises
    ------
    ValueError
        If there is no such column, or no label at all.
    """
    files = images.files
    if isinstance(labels, str) or (labels is None and LABEL in files):
        name = LABEL if labels is None else labels
        if name not in files:
            raise ValueError(f"labels={name!r} is no column of images.files; it has {', '.join(map(repr, files))}")
        return pd.Series(files[name].tolist(), dtype=object)
    if labels is None and "row" in files and images.source:
        raise ValueError(
            f"{images.source} comes without labels: give labels=, one for each image in the order of images.files, "
            "or the name of a column"
        )
    return None if labels is None else pd.Series(list(labels), dtype=object)
