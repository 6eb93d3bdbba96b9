"""Which images are meant: by a mask, a column, a split or folders; and the labels that are compared."""

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from dupviz._disk.paths import Paths, one_or_many
from dupviz.groups.keep import files_in
from dupviz.images.imageset import ImageSet
from dupviz.look.second_look import Looks
from dupviz.metrics import Flags
from dupviz.proposers.candidates import Candidates
from dupviz.search.pairs import Pairs, as_pairs

__all__ = ["Found", "Result", "Side", "found_of", "in_folders", "labels_of", "rows_of"]

SPLIT, LABEL = "split", "label"


class Result(Protocol):
    """What `find_duplicates` gives, as far as it is needed here."""

    @property
    def images(self) -> ImageSet:
        """What was searched."""
        ...

    @property
    def candidates(self) -> Candidates:
        """What was proposed."""
        ...

    @property
    def looks(self) -> Looks | None:
        """What the second look says, unless the MSE alone decides."""
        ...


class Found(NamedTuple):
    """Images, their pairs by the MSE, and where a second look decides, all candidates and the looks at them."""

    images: ImageSet
    pairs: Pairs
    candidates: Candidates | None = None
    looks: Looks | None = None


# A mask, the name of a split or of a column of booleans, or folders.
Side = Paths | pd.Series | np.ndarray


def found_of(images: Any, pairs: Any) -> Found:
    """What was found: images and their pairs, or what `find_duplicates` gave, which has all in it."""
    if pairs is None and hasattr(images, "candidates") and hasattr(images, "images"):
        result: Result = images
        judged = (result.candidates, result.looks) if result.looks else ()
        return Found(result.images, result.candidates.near, *judged)
    if pairs is None or not isinstance(images, ImageSet):
        kind = type(images).__name__
        raise TypeError(f"give what find_duplicates gave, or an ImageSet and its pairs, got {kind} first")
    return Found(images, as_pairs(pairs, images))


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
