"""Every file in a folder, pictures and others, but for what a system or a trash leaves there."""

import os
import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from dupviz.images.walk import LEFT_OUT, MARKER

__all__ = ["Found", "every_file"]

# What systems write by themselves, in lower case: nobody misses it.
OF_SYSTEMS = {".ds_store", "thumbs.db", "desktop.ini", ".fseventsd", ".spotlight-v100", "system volume information"}
OF_NO_ONE = (*LEFT_OUT["trash"], *LEFT_OUT["folder of thumbnails"])


class Found(NamedTuple):
    """A file, or a folder that cannot be read, which has a reason.

    Attributes
    ----------
    path : str
    bytes, modified : int
        Its size, and when it was modified, in nanoseconds.
    number : (int, int) or str
        Its device and its number there: the same for two names of one file. Its path, where files have no numbers.
    problem : str
    """

    path: str
    bytes: int = 0
    modified: int = 0
    number: tuple[int, int] | str = ""
    problem: str = ""


def every_file(root: str, *, to_keep: bool = False) -> Iterator[Found]:
    """List every file below a folder, in order; links are followed nowhere.

    Parameters
    ----------
    root : str
    to_keep : bool
        Whether what is there is to last: what dupviz has moved away is left out then, for it will be emptied.
    """
    try:
        with os.scandir(root) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        yield Found(root, problem=f"the folder cannot be read: {error.strerror}")
        return
    if to_keep and any(entry.name == MARKER for entry in entries):
        return
    for entry in entries:
        name = entry.name.lower()
        if name in OF_SYSTEMS or any(fnmatchcase(name, pattern) for pattern in OF_NO_ONE):
            continue
        try:
            status = os.lstat(entry.path)
        except OSError as error:
            yield Found(entry.path, problem=f"cannot be read: {error.strerror}")
            continue
        if stat.S_ISDIR(status.st_mode):
            yield from every_file(entry.path, to_keep=to_keep)
        elif stat.S_ISREG(status.st_mode) and not (to_keep and name.startswith(".dupviz-")):
            number = (status.st_dev, status.st_ino) if status.st_ino else entry.path
            yield Found(entry.path, status.st_size, status.st_mtime_ns, number)
