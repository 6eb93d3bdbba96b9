"""Folders → files → tensors."""

import dataclasses
import sys
import warnings
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Executor
from contextlib import closing
from typing import Any, Unpack

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from dupviz._disk.contents import absolute
from dupviz._disk.paths import existing_paths
from dupviz._disk.status import in_table
from dupviz._parallel import Crew, Workers, in_order
from dupviz.images.cache import Store
from dupviz.images.chunk import UNCHANGED, read_chunk
from dupviz.images.contrast import FLAT_CONTRAST, contrast
from dupviz.images.decode import Decoded
from dupviz.images.formats import too_many_pixels
from dupviz.images.given import with_facts, with_rows
from dupviz.images.imageset import ImageSet
from dupviz.images.options import FolderOptions, ReadingOptions, checked, positive_integer, spelled_out
from dupviz.images.sources import Source, given_by
from dupviz.images.walk import further_name, list_files

__all__ = ["errors_table", "load_images", "read_files"]


# What reading a file gives, beside its tensor, and the columns of the files table.
FACTS = ["width", "height", "format", "taken", "gps", "camera", "frames", "video", "transparent"]
COLUMNS = ["path", "width", "height", "bytes", "format", "modified", "contrast", "flat", *FACTS[3:]]

# Files in one piece of work: by single files, the hand-over takes as long as decoding a small JPEG.
CHUNK = 16

# Pieces per worker that may wait for a slow one before them: 4 x 16 tensors, 480 kB.
AHEAD = 4


@spelled_out
def load_images(
    paths: Source,
    *,
    workers: Workers = None,
    cache: bool = True,
    progress: bool = True,
    **options: Unpack[ReadingOptions],
) -> ImageSet:
    """Read every image in folders, or files, or from wherever else they are, as a tensor.

    Images are recognised by their content. Each file is listed once, however often the folders name it. Links to
    folders are not followed. Hidden files and folders, quarantine folders (see `Plan.apply`), trashes, folders of
    thumbnails and the libraries of photo programs are left out and listed, unless they are asked for by name.

    Parameters
    ----------
    paths : str, Path, or iterable of them; or array, list of pictures, DataFrame, data set
        Folders and files, mixed at will. Or one of these, alone:

        - archives, as ``"photos.zip"``, ``"photos.tar.gz"`` or ``"shards-{000..003}.tar"``, or an address, as
          ``"s3://bucket/photos"``, which needs the extra ``remote``;
        - a file of Parquet or Arrow, or a table of Arrow, polars or DuckDB, which need the extra ``parquet``;
        - an ndarray of shape (n, height, width) or (n, height, width, 1, 3 or 4), or a list of single pictures, as
          ndarray or of Pillow: uint8, floats from 0 to 1 or to 255, or integers up to 65535;
        - a list of bytes, or of open files;
        - a DataFrame with a column of paths, bytes or ``{"bytes": …, "path": …}``, whose other columns are carried
          along;
        - a data set with a length that gives pictures by number, alone, with a label, or in a dict, as those of
          torchvision and Hugging Face do, or a dict of these by their splits.

        Their bytes are read where they are, and are kept as they are: nothing is unpacked, and nothing of it can be
        moved. What comes as pixels alone, as an array, has no metadata and no traces of JPEG. Pictures of Pillow have
        their file's, as long as that is there. What tables and compressed tars hold is held in memory.
    workers : int or concurrent.futures.Executor, optional
        How many decode at once, by default one per processor: threads, and processes where there is work for some
        seconds, each with about 100 MB of memory and what its picture takes. An executor of your own is used as it is.
    cache : bool
        Whether to use, and fill, the store of tensors from earlier runs. A file that has changed since, or has taken
        the place of another, is read again in any case.
    progress : bool
        Whether to show a progress bar, if it takes more than a second.
    recursive : bool
        Whether the folders inside folders are read too.
    size : int
        Height and width of the tensors.
    exclude : sequence of str
        Patterns, as ``"*.tif"`` or ``"raw/*"``, of names, or of paths below a folder, that are left out and listed.
    include_hidden : bool
        Whether to read files and folders whose names begin with a dot.
    min_size : int
        Pictures with a shorter side below so many pixels are left out and listed, as icons and spacers.
    max_pixels : int, optional
        Pictures of more pixels are left out and listed, before they are decoded.
    channels : {"last", "first"}
        Where arrays have their colours. Tensors of PyTorch have them first in any case.
    white : float, optional
        The number that is white in arrays and in pictures of Pillow of 16 bits, one for all of them. By default 1 in
        floats of which none is larger, else 255; in integers the smallest of 255, 1023, 4095, 16383 and 65535 that none
        exceeds, which is logged. All values are kept, to 16 bits, for the second look; tensors have 8.
    column : str, optional
        The column of a table that has the pictures or their paths; by default whatever is likely to be it.

    Returns
    -------
    ImageSet
        In the order of the paths, whatever the order in which they were listed. Links to files, second names of a file
        (hard links, or another mount of its folder), what is left out, and files that cannot be decoded are in its
        `errors`; nothing is silently dropped. What comes in rows has these in the column ``row`` of its `files`, and
        its labels or other columns beside them. A row without a picture is one of `errors`.

    Raises
    ------
    FileNotFoundError
        If one of `paths` does not exist. Nothing has been read then.
    TypeError, ValueError
        If `paths` is nothing that can be read, an archive that would unpack to a hundred times its size, or an array of
        which values are masked, or not from 0 to `white`; if `size`, `workers`, `min_size` or `max_pixels` is not a
        positive integer, or `exclude` is a single pattern.

    Examples
    --------
    >>> dv.load_images("data/photos/flags", size=20, progress=False)
    ImageSet: 19 images (20 × 20 × 3), 0 left out, 0 other files
    """
    reading = checked(**options)
    if workers is not None and not isinstance(workers, Executor):
        workers = positive_integer("workers", workers)
    source = given_by(
        paths, channels=reading["channels"], white=reading["white"], column=reading["column"], progress=progress
    )
    files, hard_links, errors = list_files(sorted(set(existing_paths(source.paths))), reading)
    read = read_files(
        files | {each: each for each in source.inside},
        hard_links,
        errors + source.errors,
        reading,
        workers=workers,
        cache=cache and not source.inside,  # whose names are those of others the next time
        progress=progress,
    )
    return dataclasses.replace(
        read,
        files=with_facts(read.files, source),
        errors=with_rows(read.errors, source),
        other_files=read.other_files + source.other_files,
        source=source.name,
    )


def read_files(
    files: dict[str, str],
    hard_links: dict[str, list[str]],
    errors: list[tuple[str, str]],
    options: FolderOptions,
    *,
    workers: Workers,
    cache: bool,
    progress: bool,
) -> ImageSet:
    """Read what `list_files` lists, with the same options; for the other arguments see `load_images`."""
    size = options["size"]
    tensors = np.empty((len(files), size, size, 3), np.uint8)  # takes memory only as its rows are written
    rows: list[tuple[Any, ...]] = []
    unread = list(errors)
    other_files = 0
    with (
        warnings.catch_warnings(),  # of the whole process, so here rather than in the threads
        tqdm(total=len(files), unit=" files", delay=1, disable=not progress) as bar,
        Store(files.values(), enabled=cache) as store,
        closing(_read(files, options, workers, store)) as results,
    ):
        warnings.simplefilter("ignore")
        for path, result in results:
            bar.update()
            links = hard_links.get(path, [])
            if result is None:
                other_files += 1 + len(links)
                continue
            unread += [(link, further_name(link, path)) for link in links]
            if isinstance(result, str):
                unread.append((path, result))
            else:
                tensors[len(rows)] = result.tensor
                rows.append((path, *result[1:-1], *result.status[:2]))
    tensors.resize((len(rows), size, size, 3), refcheck=False)  # cuts off the rest in place, without a copy
    return ImageSet(tensors, _files_table(rows, tensors), errors_table(unread), other_files)


def _read(
    files: dict[str, str], options: FolderOptions, workers: Workers, store: Store
) -> Generator[tuple[str, Decoded | str | None]]:
    """Yield each path with its image, the reason why there is none, or None for other files, in order.

    They are read by threads or processes, or remembered by the store. Closing the generator waits only for the pictures
    that threads have in hand.
    """
    size, min_size = options["size"], options["min_size"]
    max_pixels = options["max_pixels"] or sys.maxsize
    paths_in_order = list(files)
    under_way: deque[tuple[list[str], dict[str, Decoded]]] = deque()

    def tasks() -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(files), CHUNK):
            paths = paths_in_order[start : start + CHUNK]
            remembered = store.find([files[path] for path in paths], size)
            under_way.append((paths, remembered))
            seen = [remembered[files[path]].status if files[path] in remembered else None for path in paths]
            yield list(map(absolute, paths)), seen, size, max_pixels

    done, seconds = 0, 0.0
    with Crew(workers) as crew:
        for chunk in in_order(crew, read_chunk, tasks(), ahead=AHEAD * crew.number):
            paths, remembered = under_way.popleft()
            for path, result in zip(paths, chunk.results):
                if isinstance(result, Decoded):
                    store.add(files[path], size, result)
                    yield path, _left_out(result, min_size, max_pixels)
                elif result == UNCHANGED:
                    yield path, _left_out(remembered[files[path]], min_size, max_pixels)
                else:
                    yield path, result[0] if isinstance(result, tuple) else None
            done, seconds = done + len(paths), seconds + chunk.seconds
            if getattr(paths[0], "pixels", None) is None:  # to hand them over takes longer than to resize them
                crew.expect(seconds / done * (len(files) - done))


def _left_out(image: Decoded, min_size: int, max_pixels: int) -> Decoded | str:
    """An image, or the reason why it is left out for its size."""
    if min(image.width, image.height) < min_size:
        return f"{image.width} × {image.height} pixels, less than {min_size}, left out"
    if image.width * image.height > max_pixels:
        return too_many_pixels(image.width * image.height, max_pixels)
    return image


def _files_table(rows: list[tuple[Any, ...]], tensors: np.ndarray) -> pd.DataFrame:
    columns = ["path", *FACTS, "bytes", "modified"]
    table = pd.DataFrame(rows, columns=columns, dtype=object)  # pandas' own str type refuses names of invalid UTF-8
    numbers = dict.fromkeys(["width", "height", "bytes", "frames"], "int64")
    table = table.astype({**numbers, **dict.fromkeys(["gps", "camera", "video", "transparent"], bool)})
    table["taken"] = pd.to_datetime(table["taken"], format="%Y:%m:%d %H:%M:%S", errors="coerce").astype(
        "datetime64[ns]"
    )
    nanoseconds = list(map(in_table, table["modified"]))
    table["modified"] = pd.to_datetime(np.array(nanoseconds, dtype="datetime64[ns]"), utc=True)
    table["contrast"] = contrast(tensors)
    table["flat"] = table["contrast"] < FLAT_CONTRAST
    return table[COLUMNS]


def errors_table(errors: list[tuple[str, str]]) -> pd.DataFrame:
    """What is left out and what cannot be read, in the order of the paths."""
    return pd.DataFrame(sorted(errors), columns=["path", "reason"], dtype=object)
