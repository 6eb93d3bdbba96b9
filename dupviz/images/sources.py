"""Where pictures come from: folders, archives, addresses, tables, data sets, lists and arrays; one model of rows.

What has rows is a column of items, one for each row, and a table of what else is known. An item is a path, bytes, a
file that is open, a picture of Pillow, an array, or a dict with one of these. Bytes are kept as they are.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from dupviz._disk.paths import Paths, one_or_many
from dupviz.images.archives import in_archives, in_remote, shards
from dupviz.images.arrays import check_pictures
from dupviz.images.given import Given
from dupviz.images.rows import BadRow, item_and_facts, pictures_of_rows
from dupviz.images.white import array_of, reported

__all__ = ["Dataset", "Source", "given_by"]


class Dataset(Protocol):
    """What has a length and gives pictures by number, alone, with a label, or in a dict: torchvision, Hugging Face."""

    def __len__(self) -> int:
        """How many."""
        ...

    def __getitem__(self, row: int, /) -> Any:
        """One of them."""
        ...


# What can be loaded beside folders and files.
Source = (
    Paths
    | NDArray[Any]
    | Sequence[Image.Image]
    | Sequence[NDArray[Any]]
    | Iterable[bytes]
    | pd.DataFrame
    | Dataset
    | Mapping[str, Any]
)

TAKEN = (
    "folders and files, an archive (.zip, .tar), a table (.parquet, .arrow), an address (s3://…), an array of "
    "pictures, a list of paths, bytes, files, arrays or pictures of Pillow, a table with a column of these, or a data "
    "set"
)
PATH = (str, bytes, os.PathLike)
URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz")
TABLES = (".parquet", ".arrow", ".feather")
COLUMNS = ("path", "file", "filename", "file_name", "filepath", "image_path", "image", "img", "picture", "bytes")
SPLIT = "split"


def given_by(
    source: Source,
    *,
    channels: str = "last",
    white: float | None = None,
    column: str | None = None,
    progress: bool = False,
) -> Given:
    """Find the pictures that a source has; but for an archive that is compressed as a whole, nothing is copied.

    Parameters
    ----------
    source
        See `load_images`.
    channels : {"last", "first"}
        Where arrays have their colours.
    white : float, optional
        The number that is white in arrays and pictures of 16 bits; by default what `reported` finds.
    column : str, optional
        Of a table: the one with the pictures.
    progress : bool
        Whether to show a progress bar.

    Raises
    ------
    FileNotFoundError
        If there is no such archive, table or remote folder.
    ImportError
        If an extra is missing: ``remote`` for an address, ``parquet`` for a table of Arrow.
    TypeError, ValueError
        If it is nothing that can be read; the message says what can.
    """
    if channels not in ("last", "first"):
        raise ValueError(f"channels must be 'last' or 'first', got {channels!r}")
    if isinstance(source, bytes) and not _is_path(source):
        source = [source]
    anything: Any = source
    if isinstance(source, PATH):
        return _paths([os.fsdecode(source)], channels, white, column, progress)
    if isinstance(source, np.ndarray) and source.dtype.kind not in "OSU":
        check_pictures(source, channels)
        white = white or reported([array_of(source)])
        return pictures_of_rows(list(source), pd.DataFrame(), "an array", channels, white)
    table = _as_table(source)
    if table is not None:
        name = "" if isinstance(source, pd.DataFrame) else f"a {type(source).__name__}"
        return _of_table(table, name, column, channels, white)
    if isinstance(source, Mapping):
        kind = type(source).__name__
        raise TypeError(f"images must be {TAKEN}, got a {kind}: give its values, as list(images.values())")
    if _is_dataset(source):
        return _of_items((anything[row] for row in range(len(anything))), f"a {type(source).__name__}", channels, white)
    try:
        items: list[Any] = list(anything)
    except TypeError:
        raise TypeError(f"images must be {TAKEN}, got {type(source).__name__}") from None
    if not items:
        raise ValueError(f"there are no pictures in an empty {type(source).__name__}: give {TAKEN}")
    if all(map(_is_path, items)):
        return _paths(one_or_many(items), channels, white, column, progress)
    return _of_items(items, "a list of pictures", channels, white)


def _paths(paths: list[str], channels: str, white: float | None, column: str | None, progress: bool) -> Given:
    """Folders and files; or archives, a table or an address alone."""
    each = [shard for path in paths for shard in (shards(path) if "{" in path else [path])]
    if all(map(_is_archive, each)):
        return in_archives(each, progress)
    if all(_is_table(path) for path in each):
        tables = pd.concat(map(_read_table, each), ignore_index=True)
        name = os.path.basename(each[0]) + (f" and {len(each) - 1} more" if len(each) > 1 else "")
        return _of_table(tables, name, column, channels, white)
    if len(paths) == 1 and URL.match(paths[0]):
        return in_remote(paths[0], progress)
    for path in each:
        if URL.match(path) or _is_archive(path) or _is_table(path):
            raise ValueError(f"an archive, a table or an address is read alone, not with folders: {path!r}")
    return Given(each)


def _is_archive(path: str) -> bool:
    return path.lower().endswith(ARCHIVES) and os.path.isfile(path)  # noqa: PTH113


def _is_table(path: str) -> bool:
    return path.lower().endswith(TABLES) and os.path.isfile(path)  # noqa: PTH113


def _read_table(path: str) -> pd.DataFrame:
    """A file of Parquet or Arrow, its values as those of Python."""
    pyarrow = _pyarrow(path)
    try:
        if path.lower().endswith(".parquet"):
            import pyarrow.parquet as files

            return _of_arrow(files.read_table(path))
        with pyarrow.memory_map(path) as file:
            try:
                reader: Any = pyarrow.ipc.open_file(file)
            except pyarrow.ArrowInvalid:
                reader = pyarrow.ipc.open_stream(file)  # as Hugging Face writes them
            return _of_arrow(reader.read_all())
    except pyarrow.ArrowException as error:
        raise ValueError(f"{path} is no table that can be read: {error}") from error


def _pyarrow(what: str) -> Any:
    try:
        import pyarrow
        import pyarrow.ipc
    except ImportError:
        raise ImportError(f'for {what} install what reads it: pip install "dupviz[parquet]"') from None
    return pyarrow


def _of_arrow(table: Any) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(table[name].to_pylist(), dtype=object) for name in table.column_names})


def _as_table(source: Any) -> pd.DataFrame | None:
    """What comes as a table: pandas, Arrow, polars, DuckDB, a data set of files, or such by splits; else None."""
    if isinstance(source, pd.DataFrame):
        return source
    if isinstance(source, Mapping):  # as a DatasetDict
        of_splits = {name: _split(each) for name, each in source.items()} if source else {}
        if not of_splits or any(each is None for each in of_splits.values()):
            return None
        tables = [each.assign(**{SPLIT: name}) for name, each in of_splits.items() if each is not None]
        return pd.concat(tables, ignore_index=True)
    if hasattr(source, "cast_column") and getattr(source, "features", None):
        return _of_hugging_face(source)
    if isinstance(getattr(source, "samples", None), list) and hasattr(source, "loader"):  # ImageFolder of torchvision
        return pd.DataFrame(source.samples, columns=["path", "label"])
    if hasattr(source, "__arrow_c_stream__") and not isinstance(source, pd.Series | pd.Index):
        return _of_arrow(_pyarrow(f"a {type(source).__name__}").table(source))
    return None


def _split(source: Any) -> pd.DataFrame | None:
    table = _as_table(source)
    if table is None and _is_dataset(source):
        pairs = [_checked(source[row]) for row in range(len(source))]
        pictures = pd.Series([item for item, _ in pairs], dtype=object)
        table = pd.DataFrame([facts for _, facts in pairs]).assign(image=pictures)
    return table


def _of_hugging_face(source: Any) -> pd.DataFrame:
    """A data set of Hugging Face, whose pictures are asked for as they are stored."""
    features = dict(source.features)
    names = [name for name, kind in features.items() if type(kind).__name__ == "Image"]
    for name in names:
        source = source.cast_column(name, type(features[name])(decode=False))
    if hasattr(source, "with_format"):
        source = source.with_format(None)
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in _columns(source).items()})


def _columns(rows: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    return columns


def _is_path(item: Any) -> bool:
    """Whether something names a file; bytes do, unless they have zeros, as pictures have, which no name can have."""
    return isinstance(item, str | os.PathLike) or (isinstance(item, bytes) and b"\0" not in item)


def _is_dataset(source: Any) -> bool:
    """Whether it gives pictures by number; a list, or any row of paths, is none."""
    has_items = hasattr(source, "__getitem__") and hasattr(source, "__len__")
    if not has_items or isinstance(source, list | tuple | Mapping | pd.Series | pd.Index | np.ndarray):
        return False
    return not (len(source) and isinstance(source[0], PATH))


def _of_table(table: pd.DataFrame, name: str, column: str | None, channels: str, white: float | None) -> Given:
    """The pictures that a table names or holds; all other columns are carried along."""
    if not len(table):
        raise ValueError(f"there are no rows in {name or 'the table'}")
    found = column if column is not None else _column_of_pictures(table)
    if found not in table:
        way_out = "of pictures: name it with column=, or call it 'path' or 'image'"
        wanted = way_out if column is None else repr(column)
        raise ValueError(f"the table has no column {wanted}; it has {', '.join(map(repr, table.columns[:8]))}")
    facts = table.drop(columns=found).reset_index(drop=True)
    return pictures_of_rows(table[found].tolist(), facts, name, channels, white, what=f"the column {found!r}")


def _column_of_pictures(table: pd.DataFrame) -> Any:
    """The column that holds pictures, or else one that is called as one of paths."""
    firsts = {name: next((value for value in table[name] if value is not None), None) for name in table}
    holding = [name for name, value in firsts.items() if isinstance(value, bytes | Image.Image | Mapping)]
    named = [name for name in COLUMNS if name in (holding or firsts)]
    return named[0] if named else holding[0] if len(holding) == 1 else None


def _checked(item: Any) -> tuple[Any, dict[str, Any]]:
    try:
        return item_and_facts(item)
    except BadRow as error:
        return error, {}


def _of_items(items: Iterable[Any], name: str, channels: str, white: float | None) -> Given:
    pairs = list(map(_checked, items))
    facts = pd.DataFrame([known for _, known in pairs]) if any(known for _, known in pairs) else pd.DataFrame()
    pictures = [item for item, _ in pairs]
    return pictures_of_rows(pictures, facts, name, channels, white, what=name)
