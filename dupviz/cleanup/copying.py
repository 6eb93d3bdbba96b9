"""Files that are copied to another folder, read back, and never over anything."""

import errno
import itertools
import os
import secrets
from contextlib import suppress

from dupviz.cleanup import disk
from dupviz.cleanup.move import copy_verified, same_content
from dupviz.cleanup.outcome import Result
from dupviz.cleanup.placing import exists, make_folders, place

__all__ = ["copy_to"]


def copy_to(source: str, target: str) -> Result:
    """Copy a file; where something else has that name, under another: ``IMG_1 (2).jpg``.

    Parameters
    ----------
    source, target : str
        Absolute paths. The folders of the target are made.

    Returns
    -------
    Result
        ``"copied"``, ``"already there"`` or ``"skipped"``, with the reason; and where the copy is.
    """
    try:
        make_folders(os.path.dirname(target))
        for path in _names(target):
            if same_content(source, path):
                return Result("already there", new_path=path)
            if not exists(path):
                with suppress(FileExistsError):  # taken meanwhile
                    _copy(source, path)
                    return Result("copied", new_path=path)
    except OSError as error:
        return Result("skipped", f"cannot be copied: {error.strerror or error}")
    raise AssertionError  # there is always another name


def _names(path: str) -> "itertools.chain[str]":
    stem, extension = os.path.splitext(path)
    return itertools.chain([path], (f"{stem} ({number}){extension}" for number in itertools.count(2)))


def _copy(source: str, target: str) -> None:
    part = os.path.join(os.path.dirname(target), f".dupviz-{secrets.token_hex(8)}.part")
    try:
        copy_verified(source, part, disk.lstat(source).st_mtime_ns)
        place(part, target)
    except BaseException:
        with suppress(OSError):
            disk.unlink(part)
        raise
    disk.sync_folder(os.path.dirname(target))
    if not same_content(source, target):
        raise OSError(errno.EIO, "the copy differs from the original")
