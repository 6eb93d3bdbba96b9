"""Pictures that are no files of their own: names that know their bytes, in memory or inside another file."""

import filecmp
import os
import stat
import zipfile
from collections.abc import Callable
from functools import lru_cache, partial
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any

__all__ = ["Inside", "absolute", "in_memory", "opened", "part_of_file", "remote", "same_bytes", "stat_of", "zip_member"]

OPEN_ARCHIVES = 8  # that are kept open in a process


class Inside(str):
    """The name of a picture that is no file, as ``"photos.zip/a.jpg"``; wherever it goes, its bytes can be had again.

    Parameters
    ----------
    name : str
        Unique among the pictures that are read together.
    read : callable
        Gives its bytes, in whatever thread or process: it can be pickled.
    size : int
        Bytes.
    status : tuple of int
        Its inode, and when it and its status have changed, in nanoseconds: what tells it from another of this name.
    pixels : object
        An open picture, if it is nothing but pixels.
    kind : str
        What it is instead of a file's format.
    """

    def __new__(
        cls,
        name: str,
        read: Callable[[], bytes],
        size: int,
        status: tuple[int, int, int],
        pixels: Any = None,
        kind: str = "",
    ) -> "Inside":
        """A name with what it knows."""
        made = super().__new__(cls, name)
        made.read, made.size, made.status, made.pixels, made.kind = read, size, status, pixels, kind
        return made

    read: Callable[[], bytes]
    size: int
    status: tuple[int, int, int]
    pixels: Any
    kind: str

    def __getnewargs__(self) -> tuple[Any, ...]:
        return str(self), self.read, self.size, self.status, self.pixels, self.kind


def absolute(path: str) -> str:
    """A path for a process that may have begun elsewhere; what is inside a file knows where that is."""
    return path if isinstance(path, Inside) else os.path.join(Path.cwd(), path)


def opened(path: str | os.PathLike[str]) -> BytesIO | BufferedReader:
    """Open a file, or what is inside another, to read it; raises OSError."""
    return BytesIO(path.read()) if isinstance(path, Inside) else Path(path).open("rb")


def same_bytes(path: str, other: str) -> bool:
    """Whether two files, or what is inside others, are equal byte for byte; raises OSError."""
    if not isinstance(path, Inside) and not isinstance(other, Inside):
        return filecmp.cmp(path, other, shallow=False)
    if stat_of(path).st_size != stat_of(other).st_size:
        return False
    with opened(path) as file, opened(other) as further:
        return file.read() == further.read()


def stat_of(path: str | os.PathLike[str]) -> os.stat_result:
    """The status of a file, or of what is inside another, as of a regular file; raises OSError."""
    if not isinstance(path, Inside):
        return os.stat(path)
    inode, modified, changed = path.status
    whole = (stat.S_IFREG | 0o444, inode, 0, 1, 0, 0, path.size, *(t // 10**9 for t in (modified, modified, changed)))
    exact = {"st_atime_ns": modified, "st_mtime_ns": modified, "st_ctime_ns": changed}
    return os.stat_result(whole, exact)


def in_memory(content: bytes) -> Callable[[], bytes]:
    """Bytes that are there."""
    return partial(bytes, content)


def part_of_file(path: str, start: int, size: int) -> Callable[[], bytes]:
    """Some bytes of a file, read when they are asked for."""
    return partial(_part, os.path.join(Path.cwd(), path), start, size)


def zip_member(path: str, number: int) -> Callable[[], bytes]:
    """A member of a zip, by its place in the list of all."""
    status = os.stat(path)
    return partial(_member, os.path.join(Path.cwd(), path), status.st_mtime_ns, number)


def remote(system: Any, name: str) -> Callable[[], bytes]:
    """A file of a file system of fsspec."""
    return partial(system.cat_file, name)


def _part(path: str, start: int, size: int) -> bytes:
    with Path(path).open("rb") as file:
        file.seek(start)
        return file.read(size)


def _member(path: str, version: int, number: int) -> bytes:
    archive = _archive(path, version)
    return archive.read(archive.infolist()[number])


@lru_cache(OPEN_ARCHIVES)
def _archive(path: str, version: int) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)
