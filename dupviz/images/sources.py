"""Pictures that are no files here → files in a temporary folder, which all else reads as any folder.

Arrays, pictures of Pillow, data sets, archives and remote folders; and tables that name files.
"""

import os
import re
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from dupviz._disk.paths import Paths, one_or_many
from dupviz.images.archives import unpack_archive, unpack_remote
from dupviz.images.arrays import one_white, pictures_of, unpack_pictures
from dupviz.images.unpacked import Unpacked
from dupviz.images.white import array_of, reported

__all__ = ["Dataset", "Source", "unpack"]


class Dataset(Protocol):
    """What has a length and gives pictures by number, alone, with a label, or in a dict: torchvision, Hugging Face."""

    def __len__(self) -> int:
        """How many."""
        ...

    def __getitem__(self, row: int, /) -> Any:
        """One of them."""
        ...


# What can be loaded beside folders and files.
Source = Paths | NDArray[Any] | Sequence[Image.Image] | Sequence[NDArray[Any]] | pd.DataFrame | Dataset

TAKEN = (
    "folders and files, an archive (.zip, .tar), an address (s3://…), an array of pictures, a list of arrays or of "
    "pictures of Pillow, a table with a column of paths, or a data set"
)
PATH = (str, bytes, os.PathLike)
URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz")
PATH_COLUMNS = ("path", "file", "filename", "file_name", "filepath", "image_path", "image")


def unpack(
    source: Source,
    *,
    channels: str = "last",
    white: float | None = None,
    column: str | None = None,
    progress: bool = False,
) -> Unpacked:
    """Make files of what is none.

    Parameters
    ----------
    source
        See `load_images`.
    channels : {"last", "first"}
        Where arrays have their colours.
    white : float, optional
        The number that is white in arrays and pictures of 16 bits; by default what `reported` finds.
    column : str, optional
        Of a table: the one with the paths.
    progress : bool
        Whether to show a progress bar.

    Raises
    ------
    FileNotFoundError
        If there is no such archive or remote folder.
    ImportError
        If the extra ``remote`` is missing for an address.
    TypeError, ValueError
        If it is nothing that can be read; the message says what can.
    """
    if channels not in ("last", "first"):
        raise ValueError(f"channels must be 'last' or 'first', got {channels!r}")
    anything: Any = source
    if isinstance(source, pd.DataFrame):
        return _table(source, column)
    if isinstance(source, np.ndarray) and source.dtype.kind not in "OSU":
        pictures = pictures_of(source, channels)
        return unpack_pictures(
            pictures, len(source), "an array", channels, progress, white or reported([array_of(source)])
        )
    if isinstance(source, PATH):
        return _one_path(os.fsdecode(source), progress)
    if _is_dataset(source):
        white = white or one_white(_items(anything))
        return unpack_pictures(_items(anything), len(anything), f"a {type(source).__name__}", channels, progress, white)
    try:
        items = list(anything)
    except TypeError:
        raise TypeError(f"images must be {TAKEN}, got {type(source).__name__}") from None
    if items and all(isinstance(item, Image.Image | np.ndarray) or hasattr(item, "detach") for item in items):
        white = white or reported(map(array_of, items))
        return unpack_pictures(iter(items), len(items), "a list of pictures", channels, progress, white)
    if odd := [item for item in items if not isinstance(item, PATH)]:
        raise TypeError(f"images must be {TAKEN}, got a list with {type(odd[0]).__name__}")
    paths = one_or_many(items)
    if len(paths) == 1:
        return _one_path(paths[0], progress)
    for path in paths:
        if URL.match(path) or _is_archive(path):
            raise ValueError(f"an archive or address is read alone, not with others: {path!r}")
    return Unpacked(paths)


def _is_dataset(source: Any) -> bool:
    """Whether it gives pictures by number; a list, or any row of paths, is none."""
    has_items = hasattr(source, "__getitem__") and hasattr(source, "__len__")
    if not has_items or isinstance(source, list | tuple | dict | pd.Series | pd.Index | np.ndarray):
        return False
    return not (len(source) and isinstance(source[0], PATH))


def _items(source: Any) -> Iterator[Any]:
    return (source[row] for row in range(len(source)))


def _one_path(path: str, progress: bool) -> Unpacked:
    if URL.match(path):
        return unpack_remote(path, progress)
    return unpack_archive(path, progress) if _is_archive(path) else Unpacked([path])


def _is_archive(path: str) -> bool:
    return path.lower().endswith(ARCHIVES) and os.path.isfile(path)  # noqa: PTH113


def _table(table: pd.DataFrame, column: str | None) -> Unpacked:
    """The files that a table names; all other columns are carried along."""
    names = (column,) if column else PATH_COLUMNS
    found = next((name for name in names if name in table), None)
    if found is None:
        wanted = f"{column!r}" if column else f"for the paths: name it with column=, or call it {PATH_COLUMNS[0]!r}"
        raise ValueError(f"the table has no column {wanted}; it has {', '.join(map(repr, table.columns[:8]))}")
    if odd := [each for each in table[found] if not isinstance(each, PATH)]:
        raise TypeError(f"the column {found!r} must hold paths, got {type(odd[0]).__name__}: name another with column=")
    paths = [os.fsdecode(path) for path in table[found]]
    rows: dict[str, int] = {}
    for row, path in enumerate(paths):
        rows.setdefault(path, row)
    facts = table.drop(columns=found).reset_index(drop=True)
    missing = [(path, "no such file") for path in rows if not os.path.lexists(path)]
    if len(missing) == len(rows) and missing:
        raise FileNotFoundError(f"none of the {len(rows):,} files is there: the first is {missing[0][0]!r}")
    return Unpacked(sorted(rows.keys() - dict(missing).keys()), rows=rows, facts=facts, errors=missing)
