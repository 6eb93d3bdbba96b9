"""The results of a scan for other programs: all of them as JSON, the groups as CSV."""

import csv
import json
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
import pandas as pd

from dupviz._paths import no_formula
from dupviz._write import write_atomically

if TYPE_CHECKING:
    from dupviz.duplicates import Duplicates

__all__ = ["save_csv", "save_json", "write_json"]

# fmt: off
CSV_COLUMNS = [
    "group", "action", "path", "keeper", "mse", "rotation", "mirrored", "bytes", "verdict", "kind", "worst", "reason",
]
# fmt: on
CHUNK = 10_000  # pairs that are turned into text at a time: a million of them as Python objects would take a gigabyte


def save_csv(duplicates: "Duplicates", path: str | os.PathLike[str]) -> None:
    """Save the groups as CSV, a file per row.

    The columns are those of `group_duplicates`, with paths in place of row numbers. A path that a spreadsheet would
    take for a formula is written with ``./`` before it.

    Raises
    ------
    OSError
        If it cannot be written. What was there is left as it was.
    """
    groups = duplicates.groups
    paths = np.array([no_formula(path) for path in duplicates.images.files["path"]], dtype=object)
    table = groups.assign(path=paths[groups["image"]], keeper=paths[groups["keeper"]])
    table = table[CSV_COLUMNS].astype(object)
    table = table.where(table.notna(), "")
    with write_atomically(path, newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(CSV_COLUMNS)
        writer.writerows(table.itertuples(index=False))


def save_json(duplicates: "Duplicates", path: str | os.PathLike[str]) -> None:
    """Save what `write_json` writes.

    Raises
    ------
    OSError
        If it cannot be written. What was there is left as it was.
    TooManyPairsError
        As `write_json`.
    """
    with write_atomically(path) as file:
        write_json(duplicates, file)


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
    """One per file that others go for, or are compared with: a file for review may be one, too."""
    paths = dict(zip(groups["image"], groups["path"]))
    reasons = dict(zip(groups["image"], groups["reason"]))
    others = groups[groups["action"] != "keep"]
    for keeper, group in others.groupby("keeper", sort=False):
        lists = {action: _records(_described(group[group["action"] == action])) for action in ("remove", "review")}
        yield {"keep": paths[keeper], "reason": reasons[keeper], **lists}


def _described(files: pd.DataFrame) -> pd.DataFrame:
    """What is said of files beside the one that stays; the window only where the second look has found one."""
    table = files[["path", "mse", "rotation", "mirrored", "verdict", "kind", "reason"]].astype(object)
    windows = files[["left", "top", "right", "bottom"]].to_numpy().tolist()
    found = files["worst"].notna() & (files["worst"] > 1)
    table["window"] = pd.Series([window if is_one else None for window, is_one in zip(windows, found)], files.index)
    return table
