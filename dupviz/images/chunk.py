"""A chunk of files → tensors, in whatever thread or process."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from dupviz._disk.contents import stat_of
from dupviz._disk.status import FileStatus
from dupviz._parallel import never
from dupviz.images.decode import Decoded, decode
from dupviz.images.formats import DecodeError, NotAnImage

__all__ = ["UNCHANGED", "Chunk", "read_chunk"]

UNCHANGED = "unchanged"  # of a file that is remembered, in place of its tensor

# What reading a file gives: an image, the reason why there is none in a tuple, None for a file of another kind, or
# `UNCHANGED`.
Read = Decoded | tuple[str] | str | None


class Chunk(NamedTuple):
    """What reading some files gives: for each of them, and how many seconds it took."""

    results: list[Read]
    seconds: float


def read_chunk(
    paths: Sequence[str],
    known: Sequence[FileStatus | None],
    size: int,
    max_pixels: int,
    *,
    stopped: Callable[[], bool] = never,
) -> Chunk:
    """Read some files.

    Parameters
    ----------
    paths : list of str
    known : list of FileStatus or None
        Of each file that is remembered, as it was: if it is still so, it is not read.
    size : int
        Height and width of the tensors.
    max_pixels : int
        Of more, an image is not decoded.
    stopped : callable
        Whether nobody waits for the rest any more.
    """
    start = time.perf_counter()
    results = [None if stopped() else _read(path, status, size, max_pixels) for path, status in zip(paths, known)]
    return Chunk(results, time.perf_counter() - start)


def _read(path: str, known: FileStatus | None, size: int, max_pixels: int) -> Read:
    if known is not None:
        with suppress(OSError):
            if FileStatus.of(stat_of(path)) == known:
                return UNCHANGED
    try:
        return decode(path, size, max_pixels=max_pixels)
    except NotAnImage:
        return None
    except DecodeError as error:
        return (str(error),)
