"""Whether a file is still the one that was scanned, or read."""

import os
import stat
from typing import TYPE_CHECKING, NamedTuple, Self

from dupviz._disk.contents import stat_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FileStatus", "file_state", "identity", "in_table", "is_as_scanned"]

# What a table of files can hold as a time, in ns: of the years 1677 to 2262.
EARLIEST, LATEST = -(2**63) + 1, 2**63 - 1  # those of a pandas.Timestamp


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


def in_table(time_ns: int) -> int:
    """A time as a table of files holds it: those before 1677 or after 2262 count as the first or last that it can."""
    return min(max(time_ns, EARLIEST), LATEST)


def is_as_scanned(status: os.stat_result, size: int, modified_ns: int) -> bool:
    """Whether a file is a regular file of the size and modification time that the scan saw.

    Parameters
    ----------
    status : os.stat_result
        Of the file now.
    size : int
        Bytes.
    modified_ns : int
        As by `in_table`.
    """
    same = (status.st_size, in_table(status.st_mtime_ns)) == (size, modified_ns)
    return stat.S_ISREG(status.st_mode) and same


def file_state(path: str, size: int, modified: "pd.Timestamp") -> str:
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
        status = stat_of(path)
    except OSError:
        return "gone"
    return "" if is_as_scanned(status, size, modified.value) else "changed"
