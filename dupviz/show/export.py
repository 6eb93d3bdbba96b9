"""The results of a scan for other programs: all of them as JSON, the groups as CSV."""

import csv
import json
import os
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

import pandas as pd

from dupviz._disk.paths import no_formulas, path_column
from dupviz._disk.write import write_atomically, write_parquet
from dupviz.images.imageset import ImageSet
from dupviz.show.result import Result

__all__ = ["save_csv", "save_json", "save_pairs", "save_parquet", "write_csv", "write_json"]

# fmt: off
CSV_COLUMNS = [
    "group", "action", "path", "keeper", "mse", "rotation", "mirrored", "bytes", "verdict", "kind", "worst", "reason",
]
# fmt: on
OF_PATHS = ["path", "keeper", "a", "b"]
CHUNK = 10_000  # pairs that are turned into text at a time: a million of them as Python objects would take a gigabyte


def save_csv(duplicates: Result, path: str | os.PathLike[str]) -> None:
    """Save the groups as CSV, a file per row.

    The columns are those of `group_duplicates`, with paths in place of row numbers. A path that a spreadsheet would
    take for a formula is written with ``./`` before it.

    Raises
    ------
    OSError
        If it cannot be written. The old file is left as it was.
    """
    _save_csv(_groups_table(duplicates), path)


def write_csv(duplicates: Result, file: TextIO) -> None:
    r"""Write what `save_csv` saves, with lines that end in ``\n``, as programs in a pipe expect.

    Parameters
    ----------
    file : text file
        Open for writing.
    """
    _write_csv(_groups_table(duplicates), file, lineterminator="\n")


def save_parquet(duplicates: Result, path: str | os.PathLike[str]) -> None:
    """Save as Parquet what `save_csv` saves.

    Raises
    ------
    ImportError
        If the extra ``parquet`` is missing.
    OSError
        If it cannot be written. The old file is left as it was.
    """
    _save_parquet(_groups_table(duplicates), path)


def save_pairs(duplicates: Result, path: str | os.PathLike[str]) -> None:
    """Save every pair below the limit of the search: as Parquet where `path` ends in ``.parquet``, else as CSV.

    Raises
    ------
    ImportError, OSError
        As `save_parquet`.
    TooManyPairsError
        If there are more pairs of images than `dupviz.search.pairs.MAX_PAIRS`.
    """
    save = _save_parquet if os.fsdecode(path).lower().endswith(".parquet") else _save_csv
    save(_with_paths(duplicates.pairs, duplicates.images), path)


def _groups_table(duplicates: Result) -> pd.DataFrame:
    groups, paths = duplicates.groups, duplicates.images.files["path"]
    keeper = path_column(paths, groups["keeper"])
    return groups.assign(path=path_column(paths, groups["image"]), keeper=keeper)[CSV_COLUMNS]


def _save_csv(table: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    with write_atomically(path, newline="") as file:
        _write_csv(table, file)


def _write_csv(table: pd.DataFrame, file: TextIO, lineterminator: str = "\r\n") -> None:
    table = table.astype(object)
    for column in table.columns.intersection(OF_PATHS):
        table[column] = no_formulas(table[column])
    table = table.where(table.notna(), "")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator=lineterminator)
    writer.writerow(table.columns)
    writer.writerows(table.itertuples(index=False))


def _save_parquet(table: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Parquet holds text of UTF-8 only: bytes of file names that are none become replacement characters."""
    for column in table.columns.intersection(OF_PATHS):
        names = (os.fsencode(each).decode("utf-8", "replace") for each in table[column])
        table = table.assign(**{column: list(names)})
    write_parquet(table, path)


def save_json(duplicates: Result, path: str | os.PathLike[str]) -> None:
    """Save what `write_json` writes.

    Raises
    ------
    OSError
        If it cannot be written. The old file is left as it was.
    TooManyPairsError
        As `write_json`.
    """
    with write_atomically(path) as file:
        write_json(duplicates, file)


def write_json(duplicates: Result, file: TextIO) -> None:
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
    pairs, images = duplicates.pairs, duplicates.images
    settings = {
        "threshold": duplicates.threshold,
        "max_mse": duplicates.near.max_mse,
        "symmetries": duplicates.near.symmetries,
        "size": images.size,
    }
    file.write(json.dumps(settings)[:-1])
    _write_list(file, "images", _records(images.files[["path", "width", "height", "bytes", "format"]]))
    _write_list(file, "pairs", _pairs(pairs, images))
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


def _pairs(pairs: pd.DataFrame, images: ImageSet) -> Iterator[dict[Any, Any]]:
    for start in range(0, len(pairs), CHUNK):
        yield from _records(_with_paths(pairs.iloc[start : start + CHUNK], images))


def _with_paths(pairs: pd.DataFrame, images: ImageSet) -> pd.DataFrame:
    """Pairs of paths in place of row numbers."""
    paths = images.files["path"]
    return pairs.assign(a=path_column(paths, pairs["a"]), b=path_column(paths, pairs["b"]))


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
