"""What tasks make: folders that appear whole, with the checksums of their files, or not at all."""

import json
import os
import secrets
import shutil
import tempfile
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dupviz._disk.hold import hold

__all__ = ["HELD", "held", "is_whole", "load_array", "making", "remove", "save_arrays"]

SUMS = "sums.json"  # in each part: of all its files
BLOCK = 1 << 22  # bytes that are summed at once
HELD = "in use"  # beside the parts: the file that the client holds

_one_header = threading.Lock()  # at a time: NumPy reads it by Python's parser, which fails in threads of Python 3.11


@contextmanager
def making(target: Path) -> Iterator[Path]:
    """Where a part is written, which is at `target` when the block ends well.

    Raises
    ------
    OSError
        If it cannot be written. Not if another worker has made the same, as one that was taken for dead.
    """
    temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        yield temporary
        (temporary / SUMS).write_text(json.dumps(_sums(temporary)))
        temporary.rename(target)
    except BaseException as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if not isinstance(error, OSError) or not is_whole(target):
            raise


def is_whole(target: Path) -> bool:
    """Whether a part is there, and each of its files as it was made. All of it is read."""
    try:
        sums = json.loads((target / SUMS).read_text())
        return bool(sums == _sums(target))
    except (OSError, ValueError):
        return False


def save_arrays(target: Path, **arrays: NDArray[Any]) -> None:
    """Make a part of arrays, each a file, for `load_array`."""
    with making(target) as folder:
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array)


def load_array(target: Path, name: str) -> NDArray[Any]:
    """One of the arrays that `save_arrays` has saved, memory-mapped, or another file of NumPy in a folder."""
    with _one_header:
        array: NDArray[Any] = np.load(target / f"{name}.npy", mmap_mode="r")
        return array


def remove(path: Path) -> None:
    """Remove a file or folder at once, though a task that was cancelled may still write there."""
    aside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with suppress(FileNotFoundError):
        path.rename(aside)
        if aside.is_file():
            aside.unlink()
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep a folder of parts for this client alone. It is made if need be, and goes when nothing is left in it.

    Raises
    ------
    BlockingIOError
        If another client holds it, on whatever machine. Where the storage knows no locks, nobody can tell.
    """
    try:
        with _held_file(folder):
            yield
    finally:
        with suppress(OSError):  # of another client, which has come in between
            if [each.name for each in folder.iterdir()] == [HELD]:
                (folder / HELD).unlink()
                folder.rmdir()


def _held_file(folder: Path) -> BinaryIO:
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / HELD
        try:
            file = path.open("ab")
        except FileNotFoundError:  # its last holder has just removed the folder
            continue
        try:
            hold(file)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        except FileNotFoundError:
            pass
        except BlockingIOError:
            file.close()
            raise BlockingIOError(
                f"another client is at work in {folder}: wait until it has finished, or write to another name"
            ) from None
        file.close()


def _sums(folder: Path) -> dict[str, list[int]]:
    """Bytes and CRC-32 of each file in a folder, and in those below it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / SUMS)
    return {path.relative_to(folder).as_posix(): [path.stat().st_size, _sum(path)] for path in files}


def _sum(path: Path) -> int:
    total = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            total = zlib.crc32(block, total)
    return total
