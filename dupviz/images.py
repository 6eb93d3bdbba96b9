"""Folders → files → tensors."""

import operator
import os
import stat
import threading
import warnings
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from dupviz.decode import DecodeError, NotAnImage, decode
from dupviz.display import count, image_set_html
from dupviz.journal import MARKER
from dupviz.parallel import in_order
from dupviz.store import Store

__all__ = ["FLAT_CONTRAST", "ImageSet", "contrast", "load_images"]

# Two flat images of the same mean colour: MSE <= (contrast of one + contrast of the other)², the triangle inequality,
# so < (5 + 5)² = 100, half of the default threshold.
FLAT_CONTRAST = 5.0

# Files in one piece of work: by single files, the threads' hand-over takes as long as decoding a small JPEG.
CHUNK = 16

# Pieces per thread that may wait for a slow one before them: 4 x 16 tensors, 480 kB.
AHEAD = 4


@dataclass(frozen=True, repr=False, eq=False)
class ImageSet:
    """Images as tensors, with a table of their files. Row i of the table and tensor i are the same image.

    Attributes
    ----------
    tensors : ndarray of uint8, shape (n, size, size, 3)
        RGB.
    files : DataFrame
        One row per image, in the order of the paths: ``path`` (str, as reached from the paths that were asked for),
        ``width`` and ``height`` (pixels, upright), ``bytes``, ``format`` ("JPEG", "PNG", ...), ``modified``
        (datetime64[ns, UTC]), ``contrast`` (see `contrast`) and ``flat`` (contrast below `FLAT_CONTRAST`).
    errors : DataFrame
        ``path`` and ``reason`` of everything that should be an image but is not in `files`.
    other_files : int
        Files that are no images, and were passed over.
    """

    tensors: np.ndarray
    files: pd.DataFrame
    errors: pd.DataFrame
    other_files: int = 0

    @property
    def size(self):
        """Height and width of the tensors, in pixels."""
        return self.tensors.shape[1]

    def save(self, folder):
        """Save this set in a folder, for `open_images`.

        Parameters
        ----------
        folder : str or Path
            Is made; may also be an image set that was saved before, which is replaced as a whole.

        Raises
        ------
        FileExistsError
            If there is something else at `folder`.
        """
        from dupviz.saved import save_images  # which needs this class

        save_images(self, folder)

    def __len__(self):
        return len(self.tensors)

    def __repr__(self):
        counts = [count(len(self.errors), "error"), count(self.other_files, "other file")]
        return ", ".join([f"ImageSet: {count(len(self), 'image')} ({self.size} × {self.size} × 3)", *counts])

    def _repr_html_(self):
        return image_set_html(self)


def load_images(paths, *, recursive=True, size=50, workers=None, cache=True, progress=True):
    """Read every image in folders, or files, as a tensor.

    Images are recognised by their content. Each file is listed once, however often the folders name it. Links to
    folders are not followed, and hidden folders and quarantine folders (see `Plan.apply`) are left out, unless they
    are asked for by name.

    Parameters
    ----------
    paths : str, Path, or iterable of them
        Folders and files, mixed at will.
    recursive : bool
        Whether the folders inside folders are read too.
    size : int
        Height and width of the tensors.
    workers : int, optional
        Threads that decode; by default one per processor.
    cache : bool
        Whether to use, and fill, the store of tensors from earlier runs. A file whose size or modification time has
        changed is read again in any case.
    progress : bool
        Whether to show a progress bar, if it takes more than a second.

    Returns
    -------
    ImageSet
        In the order of the paths, whatever the order in which they were listed. Links to files, second hard links, and
        files that cannot be decoded are in its `errors`; nothing is silently dropped.

    Raises
    ------
    FileNotFoundError
        If one of `paths` does not exist. Nothing has been read then.
    TypeError, ValueError
        If `size` or `workers` is not a positive integer.
    """
    size = _positive_integer("size", size)
    workers = (os.cpu_count() or 1) if workers is None else _positive_integer("workers", workers)
    files, hard_links, errors = _list_files(_existing(paths), recursive)

    tensors = np.empty((len(files), size, size, 3), np.uint8)  # takes memory only as its rows are written
    rows: list[tuple] = []
    other_files = 0
    with (
        warnings.catch_warnings(),  # of the whole process, so here rather than in the threads
        tqdm(total=len(files), unit=" files", delay=1, disable=not progress) as bar,
        Store(files.values(), enabled=cache) as store,
        closing(_read(files, size, workers, store)) as results,
    ):
        warnings.simplefilter("ignore")
        for path, result in results:
            bar.update()
            links = hard_links.get(path, [])
            if result is None:
                other_files += 1 + len(links)
                continue
            errors += [(link, f"hard link to {path}") for link in links]
            if isinstance(result, str):
                errors.append((path, result))
            else:
                tensors[len(rows)], *facts = result
                rows.append((path, *facts))
    tensors.resize((len(rows), size, size, 3), refcheck=False)  # cuts off the rest in place, without a copy
    return ImageSet(tensors, _files_table(rows, tensors), _errors_table(errors), other_files)


def contrast(tensors):
    """Contrast of tensors: the root of the MSE between each and its own mean colour.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, height, width, 3)

    Returns
    -------
    ndarray of float64, shape (n,)
        In grey levels: 0 if all pixels are equal, 220.8 if half are black and half white.

    Examples
    --------
    >>> tensors = np.zeros((2, 50, 50, 3), np.uint8)
    >>> tensors[1, :25] = 255
    >>> contrast(tensors).round(1)
    array([  0. , 220.8])
    """
    result = np.empty(len(tensors))
    for start in range(0, len(tensors), 16):  # 1 MB as floats stays in the cache; sums of integers are exact in them
        block = tensors[start : start + 16].astype(np.float64)
        means = np.einsum("nyxc->nc", block) / block[0, ..., 0].size
        mean_squares = np.einsum("nyxc,nyxc->n", block, block) / block[0, ..., 0].size
        result[start : start + 16] = np.sqrt(mean_squares - (means**2).sum(axis=1))
    return result


def _positive_integer(name, value):
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None
    if number < 1:
        raise ValueError(f"{name} must be at least 1, got {number}")
    return number


def _existing(paths):
    """Return one path or many as a list of strings, without repeats; all must exist."""
    paths = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    paths = sorted({os.fsdecode(path) for path in paths})
    for path in paths:
        if not os.path.lexists(path):
            raise FileNotFoundError(f"no such file or folder: {path!r}")
    return paths


def _list_files(roots, recursive):
    """List the files in folders, each once.

    Returns
    -------
    files : dict of str to str
        Their paths, sorted, with their real paths.
    hard_links : dict of str to list of str
        The further names of a file that is in `files`.
    errors : list of (path, reason)
        Symbolic links to files, and folders that cannot be read.
    """
    found: dict[str, str] = {}
    errors: list[tuple[str, str]] = []
    seen: set[str] = set()
    for root in roots:
        for real, path in _walk(root, recursive, seen, errors):
            found.setdefault(real, path)

    files: dict[str, str] = {}
    first_names: dict[tuple[int, int], str] = {}
    hard_links = defaultdict(list)
    for path, real in sorted((path, real) for real, path in found.items()):
        try:
            status = os.lstat(path)
            target = Path(path).readlink() if stat.S_ISLNK(status.st_mode) else None
        except OSError:  # decode() will say why
            files[path] = real
            continue
        if target is not None:
            if not Path(path).is_dir():
                errors.append((path, f"symbolic link to {target}"))
            continue
        first = first_names.setdefault((status.st_dev, status.st_ino), path) if status.st_nlink > 1 else path
        if first == path:
            files[path] = real
        else:
            hard_links[first].append(path)
    return files, hard_links, errors


def _walk(root, recursive, seen, errors):
    """Yield the real path of every file below `root` with its path as reached from `root`; follow no links."""
    if not Path(root).is_dir():
        folder, name = os.path.split(root)
        yield os.path.join(os.path.realpath(folder), name), root
        return
    folders = [(os.path.realpath(root), root)]
    while folders:
        real, folder = folders.pop()
        if real in seen:
            continue
        seen.add(real)
        try:
            with os.scandir(folder) as listing:
                entries = list(listing)
                if folder != root and any(entry.name == MARKER for entry in entries):
                    errors.append((folder, "quarantine folder of dupviz, left out"))
                    continue
                for entry in entries:
                    real_entry = os.path.join(real, entry.name)
                    if not entry.is_dir(follow_symlinks=False):
                        yield real_entry, entry.path
                    elif recursive and not entry.name.startswith("."):
                        folders.append((real_entry, entry.path))
        except OSError as error:
            errors.append((folder, f"folder cannot be read: {error.strerror}"))


def _read(files, size, workers, store):
    """Yield each path with what `_read_file` makes of it, in order, read by threads or remembered by the store.

    Closing the generator waits only for the pictures in hand.
    """
    stopped = threading.Event()
    paths_in_order = list(files)
    chunks = [paths_in_order[start : start + CHUNK] for start in range(0, len(files), CHUNK)]

    def read_chunk(paths, remembered):
        return [None if stopped.is_set() else _read_file(path, size, remembered.get(files[path])) for path in paths]

    with ThreadPoolExecutor(workers) as executor:
        tasks = ((paths, store.find([files[path] for path in paths], size)) for paths in chunks)
        try:
            for paths, results in zip(chunks, in_order(executor, read_chunk, tasks, ahead=AHEAD * workers)):
                for path, (result, is_new) in zip(paths, results):
                    if is_new:
                        store.add(files[path], size, result)
                    yield path, result
        finally:
            stopped.set()


def _read_file(path, size, remembered):
    """Return an image as `Decoded`, why there is none as str, or None for any other file; and whether it is new."""
    if remembered is not None:
        with suppress(OSError):
            status = os.stat(path)
            if (status.st_size, status.st_mtime_ns) == (remembered.bytes, remembered.modified_ns):
                return remembered, False
    try:
        return decode(path, size), True
    except NotAnImage:
        return None, False
    except DecodeError as error:
        return str(error), False


def _files_table(rows, tensors):
    columns = ["path", "width", "height", "bytes", "format", "modified"]
    table = pd.DataFrame(rows, columns=columns, dtype=object)  # pandas' own str type refuses names of invalid UTF-8
    table = table.astype({"width": "int64", "height": "int64", "bytes": "int64"})
    # A file from after 2262 has more nanoseconds than 64 bits can count.
    latest = pd.Timestamp.max.value
    nanoseconds = [min(time, latest) for time in table["modified"]]
    table["modified"] = pd.to_datetime(np.array(nanoseconds, dtype="datetime64[ns]"), utc=True)
    table["contrast"] = contrast(tensors)
    table["flat"] = table["contrast"] < FLAT_CONTRAST
    return table


def _errors_table(errors):
    return pd.DataFrame(sorted(errors), columns=["path", "reason"], dtype=object)
