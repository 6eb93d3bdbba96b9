"""Pictures that are no files here → files in a temporary folder, which all else reads as any folder.

Arrays, pictures of Pillow, data sets, archives and remote folders; and tables that name files.
"""

import os
import re
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import numpy as np
import pandas as pd
from PIL import Image
from tqdm.auto import tqdm

from dupviz._parallel import in_order
from dupviz._paths import Paths, one_or_many
from dupviz._words import file_size

__all__ = ["Dataset", "Source", "Unpacked", "unpack", "with_facts"]


class Dataset(Protocol):
    """What has a length and gives pictures by number, alone, with a label, or in a dict: torchvision, Hugging Face."""

    def __len__(self) -> int:
        """How many."""
        ...

    def __getitem__(self, row: int, /) -> Any:
        """One of them."""
        ...


# What can be loaded beside folders and files.
Source = Paths | np.ndarray | Sequence[Image.Image] | Sequence[np.ndarray] | pd.DataFrame | Dataset

TAKEN = (
    "folders and files, an archive (.zip, .tar), an address (s3://…), an array of pictures, a list of arrays or of "
    "pictures of Pillow, a table with a column of paths, or a data set"
)
URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz")
PICTURE_KEYS, LABEL_KEYS = ("image", "img", "picture", "pixel_values"), ("label", "labels", "fine_label", "target")
PATH_COLUMNS = ("path", "file", "filename", "file_name", "filepath", "image_path", "image")
MOST_BYTES = 2**31  # of a file in an archive: no picture is larger
PREFIX = "dupviz-unpacked-"


@dataclass
class Unpacked:
    """What a source is, as files.

    Attributes
    ----------
    paths : list of str
        Folders or files to read.
    name : str
        What the source is called; empty if its files are those on the disk.
    rows : dict of str to int
        The row of the source that each file is, by path; empty for archives and remote folders.
    facts : DataFrame
        What is known of each row beside its picture, as labels.
    errors : list of (path, reason)
        What could not be unpacked.
    folder : tempfile.TemporaryDirectory or None
        Where the files are.
    """

    paths: list[str]
    name: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    facts: pd.DataFrame = field(default_factory=pd.DataFrame)
    errors: list[tuple[str, str]] = field(default_factory=list)
    folder: tempfile.TemporaryDirectory | None = None


def unpack(source: Source, *, channels: str = "last", column: str | None = None, progress: bool = False) -> Unpacked:
    """Make files of what is none.

    Parameters
    ----------
    source
        See `load_images`.
    channels : {"last", "first"}
        Where arrays have their colours.
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
        return _pictures(_batch(source, channels), len(source), "an array", channels, progress, _white(source))
    if isinstance(source, str | bytes | os.PathLike):
        return _one_path(os.fsdecode(source), progress)
    if _is_dataset(source):
        return _pictures(_items(anything), len(anything), f"a {type(source).__name__}", channels, progress)
    try:
        items = list(anything)
    except TypeError:
        raise TypeError(f"images must be {TAKEN}, got {type(source).__name__}") from None
    if items and all(isinstance(item, Image.Image | np.ndarray) or hasattr(item, "detach") for item in items):
        white = max((_white(item) for item in items if isinstance(item, np.ndarray)), default=None)
        return _pictures(iter(items), len(items), "a list of pictures", channels, progress, white)
    if not all(isinstance(item, str | bytes | os.PathLike) for item in items):
        odd = next(item for item in items if not isinstance(item, str | bytes | os.PathLike))
        raise TypeError(f"images must be {TAKEN}, got a list with {type(odd).__name__}")
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
    return not (len(source) and isinstance(source[0], str | bytes | os.PathLike))


def _one_path(path: str, progress: bool) -> Unpacked:
    if URL.match(path):
        return _remote(path, progress)
    return _archive(path, progress) if _is_archive(path) else Unpacked([path])


def _is_archive(path: str) -> bool:
    return path.lower().endswith(ARCHIVES) and os.path.isfile(path)  # noqa: PTH113


def _table(table: pd.DataFrame, column: str | None) -> Unpacked:
    """The files that a table names; all other columns are carried along."""
    names = (column,) if column else PATH_COLUMNS
    found = next((name for name in names if name in table), None)
    if found is None:
        wanted = f"{column!r}" if column else f"for the paths: name it with column=, or call it {PATH_COLUMNS[0]!r}"
        raise ValueError(f"the table has no column {wanted}; it has {', '.join(map(repr, table.columns[:8]))}")
    odd = next((each for each in table[found] if not isinstance(each, str | bytes | os.PathLike)), None)
    if odd is not None:
        raise TypeError(f"the column {found!r} must hold paths, got {type(odd).__name__}: name another with column=")
    paths = [os.fsdecode(path) for path in table[found]]
    rows: dict[str, int] = {}
    for row, path in enumerate(paths):
        rows.setdefault(path, row)
    facts = table.drop(columns=found).reset_index(drop=True)
    missing = [(path, "no such file") for path in rows if not os.path.lexists(path)]
    if len(missing) == len(rows) and missing:
        raise FileNotFoundError(f"none of the {len(rows):,} files is there: the first is {missing[0][0]!r}")
    return Unpacked(sorted(rows.keys() - dict(missing).keys()), rows=rows, facts=facts, errors=missing)


# Arrays, pictures and data sets.


def _batch(array: np.ndarray, channels: str) -> Iterator[np.ndarray]:
    if array.ndim not in (3, 4):
        raise ValueError(f"an array of pictures has the shape (n, height, width[, channels]), got {array.shape}")
    if array.ndim == 3 and array.shape[2 if channels == "last" else 0] in (3, 4):
        raise ValueError(f"an array of shape {array.shape} is one picture: give a list of such, or (n, height, width)")
    return iter(array)


def _items(source: Any) -> Iterator[Any]:
    return (source[row] for row in range(len(source)))


def _white(values: np.ndarray) -> float:
    """Which number is white: 1 in floats of which none is larger, else 255."""
    return 1 if values.dtype.kind == "f" and values.max(initial=0) <= 1 else 255


def _pictures(
    items: Iterator[Any], number: int, name: str, channels: str, progress: bool, white: float | None = None
) -> Unpacked:
    """Pictures as PNG files, named by their rows; `white` is the same for all, or each one's own."""
    folder = tempfile.TemporaryDirectory(prefix=PREFIX)
    digits = len(str(max(number - 1, 0)))
    rows: dict[str, int] = {}
    labels: list[Any] = []

    def save(row: int, item: Any) -> tuple[str, Any]:
        picture, label = _picture_and_label(item)
        path = os.path.join(folder.name, f"{row:0{digits}}.png")
        try:
            _as_picture(picture, channels, white).save(path, compress_level=1)
        except (TypeError, ValueError) as error:
            raise type(error)(f"picture {row}: {error}") from None
        return path, label

    try:
        with ThreadPoolExecutor() as executor:
            tasks = ((row, item) for row, item in enumerate(items))
            saved = in_order(executor, save, tasks, ahead=4 * (os.cpu_count() or 1))
            for path, label in tqdm(saved, desc="unpacking", total=number, delay=1, leave=False, disable=not progress):
                rows[path] = len(rows)
                labels.append(label)
    except BaseException:
        folder.cleanup()
        raise
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
        return item if item.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16") else item.convert("RGB")
    if hasattr(item, "detach"):  # a tensor of PyTorch, whose colours come first
        item, channels = item.detach().cpu().numpy(), "first"
    values = np.asarray(item)
    if values.ndim == 3 and channels == "first":
        values = np.moveaxis(values, 0, 2)
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[..., 0]
    if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[2] not in (3, 4)) or not values.size:
        hint = ", with channels='first'" if values.ndim == 3 and values.shape[0] in (1, 3, 4) else ""
        wanted = "(height, width) or (height, width, 1, 3 or 4)"
        raise ValueError(f"a picture has the shape {wanted}, got {values.shape}{hint}")
    return Image.fromarray(_as_bytes(values, _white(values) if white is None else white))


def _as_bytes(values: np.ndarray, white: float) -> np.ndarray:
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


# Archives and remote folders.


def _archive(path: str, progress: bool) -> Unpacked:
    """The members of an archive, with their names."""
    folder = tempfile.TemporaryDirectory(prefix=PREFIX)
    errors: list[tuple[str, str]] = []
    try:
        with _opened(path) as (members, read):
            needed, free = sum(size for _, size in members), shutil.disk_usage(folder.name).free
            if needed > free:
                raise ValueError(f"{path} takes {file_size(needed)} unpacked, and {file_size(free)} are free")
            for name, size in tqdm(members, desc="unpacking", delay=1, leave=False, disable=not progress):
                shown = os.path.join(path, name)
                try:
                    target = _inside(folder.name, name)
                    if size > MOST_BYTES:
                        raise ValueError(f"{size:,} bytes, too large for a picture")
                    _write(target, read(name))
                except Exception as error:  # hostile archives raise almost any
                    errors.append((shown, f"cannot be unpacked: {error}"))
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        folder.cleanup()
        raise ValueError(f"{path} is no archive that can be read: {error}") from error
    except BaseException:
        folder.cleanup()
        raise
    return Unpacked([folder.name], os.path.basename(path), errors=errors, folder=folder)


@contextmanager
def _opened(path: str) -> Iterator[tuple[list[tuple[str, int]], Callable[[str], Any]]]:
    """The names and sizes of the files in a zip or tar, and the function that opens one."""
    if path.lower().endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            yield [(each.filename, each.file_size) for each in archive.infolist() if not each.is_dir()], archive.open
    else:
        with tarfile.open(path) as tar:
            members = {each.name: each for each in tar if each.isfile()}
            yield [(name, each.size) for name, each in members.items()], lambda name: tar.extractfile(members[name])


def _remote(url: str, progress: bool) -> Unpacked:
    """The files of a remote folder, or one file, with their names."""
    try:
        import fsspec
    except ImportError:
        raise ImportError(f'for {url} install what reads addresses: pip install "dupviz[remote]"') from None
    system, root = fsspec.core.url_to_fs(url)
    names = sorted(system.find(root))
    if not names:
        raise FileNotFoundError(f"there is nothing at {url}")
    folder = tempfile.TemporaryDirectory(prefix=PREFIX)
    base = root if root not in names else os.path.dirname(root)
    errors: list[tuple[str, str]] = []

    def fetch(name: str) -> tuple[str, str] | None:
        try:
            with system.open(name, "rb") as file:
                _write(_inside(folder.name, os.path.relpath(name, base or "/")), file)
        except (OSError, ValueError) as error:
            return f"{url}: {name}", f"cannot be fetched: {error}"
        return None

    try:
        with ThreadPoolExecutor(8) as executor:  # which wait for the network
            fetched = in_order(executor, fetch, ((name,) for name in names), ahead=64)
            for problem in tqdm(fetched, desc="fetching", total=len(names), delay=1, leave=False, disable=not progress):
                errors += [problem] if problem else []
    except BaseException:
        folder.cleanup()
        raise
    return Unpacked([folder.name], url, errors=errors, folder=folder)


def _inside(folder: str, name: str) -> Path:
    """Where a member goes; never out of the folder."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or parts[0].startswith("/") or ".." in parts or ":" in parts[0]:
        raise ValueError("its name leads out of the archive")
    return Path(folder, *parts)


def _write(target: Path, content: Any) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with content, target.open("xb") as file:
            shutil.copyfileobj(content, file)
    except FileExistsError:  # two members of one name: the first stays
        raise
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def with_facts(files: pd.DataFrame, unpacked: Unpacked) -> pd.DataFrame:
    """The table of files with the rows of their source, and what is known of these."""
    if not unpacked.rows:
        return files
    row = np.array([unpacked.rows.get(path, -1) for path in files["path"]], np.int64)
    files = files.assign(row=row)
    for name in unpacked.facts:
        own = str(name) if name not in files else f"{name}_of_source"
        files[own] = unpacked.facts[name].reindex(row).to_numpy()  # nothing is known of what a folder in a table holds
    return files
