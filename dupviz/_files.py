"""Whether a file is still the one that was scanned, or read."""

import os
import stat
from typing import NamedTuple, Self

import pandas as pd

__all__ = ["LATEST", "FileStatus", "file_state", "identity", "is_as_scanned"]

# The latest modification time that a table of files can hold, in ns: in the year 2262. Later times count as this one.
LATEST: int = pd.Timestamp.max.value


class FileStatus(NamedTuple):
    """What changes when a file does, or when another takes its place.

    Size and modification time are not enough: ``cp -p`` gives a copy those of its original.

    Attributes
    ----------
    size, inode : int
    modified_ns, changed_ns : int
        Times in nanoseconds; the second is that of the last change to the file's name or status, which no program sets.
    """

    size: int
    modified_ns: int
    inode: int
    changed_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """That of a file."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns)


def identity(status: os.stat_result) -> tuple[int, int, int, int]:
    """What tells whether a file is the same and unchanged: (device, inode, size, modification time in ns)."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def is_as_scanned(status: os.stat_result, size: int, modified_ns: int) -> bool:
    """Whether a file is a regular file of the size and modification time that the scan saw.

    Parameters
    ----------
    status : os.stat_result
        Of the file now.
    size : int
        Bytes.
    modified_ns : int
        At most `LATEST`.
    """
    same = (status.st_size, min(status.st_mtime_ns, LATEST)) == (size, modified_ns)
    return stat.S_ISREG(status.st_mode) and same


def file_state(path: str, size: int, modified: pd.Timestamp) -> str:
    """What has become of a file since it was scanned.

    Parameters
    ----------
    size : int
        Bytes that it had.

    Returns
    -------
    str
        ``""`` if it is what it was, ``"gone"`` or ``"changed"``.
    """
    try:
        status = os.stat(path)
    except OSError:
        return "gone"
    return "" if is_as_scanned(status, size, modified.value) else "changed"
