"""The results of a scan as JSON, for other programs."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from dupviz.duplicates import Duplicates

__all__ = ["write_json"]

CHUNK = 10_000  # pairs that are turned into text at a time: a million of them as Python objects would take a gigabyte


def write_json(duplicates: "Duplicates", file: TextIO) -> None:
    r"""Write duplicates, with images, pairs, settings and errors, as JSON.

    File names that are not UTF-8 keep their bytes as lone surrogates, ``"\udcff"``, as Python reads them.

    Parameters
    ----------
    file : text file
        Open for writing.

    Raises
    ------
    TooManyPairsError
        If there are more pairs of images than `dupviz.search.pairs.MAX_PAIRS`. Nothing has been written then.
    """
    pairs = duplicates.pairs
    images = duplicates.images
    paths = images.files["path"].to_numpy()
    settings = {
        "threshold": duplicates.threshold,
        "max_mse": duplicates.max_mse,
        "symmetries": duplicates.symmetries,
        "size": images.size,
    }
    file.write(json.dumps(settings)[:-1])
    _write_list(file, "images", _records(images.files[["path", "width", "height", "bytes", "format"]]))
    _write_list(file, "pairs", _pairs(pairs, paths))
    _write_list(file, "groups", _groups(duplicates.groups))
    _write_list(file, "errors", _records(images.errors))
    file.write("}\n")


def _write_list(file: TextIO, name: str, items: Iterable[dict[str, Any]]) -> None:
    file.write(f',\n"{name}": [')
    for number, item in enumerate(items):
        file.write(",\n " if number else "\n ")
        file.write(json.dumps(item))
    file.write("]")


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _pairs(pairs: pd.DataFrame, paths: np.ndarray) -> Iterator[dict[Any, Any]]:
    for start in range(0, len(pairs), CHUNK):
        chunk = pairs.iloc[start : start + CHUNK]
        yield from _records(chunk.assign(a=paths[chunk["a"]], b=paths[chunk["b"]]))


def _groups(groups: pd.DataFrame) -> Iterator[dict[str, Any]]:
    removed = ["path", "mse", "rotation", "mirrored"]
    for _, group in groups.groupby("group"):
        remove = group.loc[group["action"] == "remove", removed]
        review = group.loc[group["action"] == "review", removed]
        yield {"keep": group["path"].iloc[0], "remove": _records(remove), "review": _records(review)}
