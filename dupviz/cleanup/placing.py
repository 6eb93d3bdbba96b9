"""A file gets its name, or its folder, and nothing that is there is overwritten."""

import errno
import os
import stat
from contextlib import suppress

from dupviz._disk.status import identity
from dupviz.cleanup import disk

__all__ = [
    "exists",
    "make_folders",
    "place",
    "put_back",
    "reason_of",
    "remove_empty",
    "remove_empty_folders",
    "status_of",
    "try_to_rename",
]

# What a rename says that the file system cannot do as asked: between two of them, or not without overwriting.
NOT_BY_RENAME = {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
# What a link says where a file system knows no second names.
NO_LINKS = {errno.EPERM, errno.EMLINK, *NOT_BY_RENAME}


def exists(path: str) -> bool:
    """Whether there is something at a path, be it a broken link; False where that cannot be said."""
    try:
        disk.lstat(path)
    except (OSError, ValueError):
        return False
    return True


def status_of(path: str) -> os.stat_result | None:
    """The status of what is at a path, None if nothing is; raises OSError where that cannot be said."""
    try:
        return disk.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def make_folders(folder: str) -> None:
    """Make a folder, and those that it is in, so that a crash of the system forgets none of them."""
    missing = []
    while not os.path.isdir(folder):
        parent = os.path.dirname(folder)
        if parent == folder:  # a drive that is not there
            break
        missing.append(folder)
        folder = parent
    for path in reversed(missing):
        with suppress(FileExistsError):  # if it is no folder, whoever uses it will be told
            disk.make_folder(path)
        disk.sync_folder(os.path.dirname(path))


def remove_empty_folders(path: str) -> None:
    """Remove the empty folders around a path that is gone; the quarantine folder itself never is empty."""
    with suppress(OSError):
        while True:
            path = os.path.dirname(path)
            disk.remove_folder(path)


def reason_of(error: OSError) -> str:
    """Why a file cannot be moved, in words."""
    return f"cannot be moved: {error.strerror or error}"


def try_to_rename(source: str, target: str) -> bool:
    """Rename a file; False where the file system cannot do it so. Raises FileExistsError where the name is taken."""
    try:
        disk.rename_to_free_name(source, target)
    except OSError as error:
        if error.errno not in NOT_BY_RENAME:
            raise
        return False
    return True


def place(private: str, path: str) -> None:
    """Give a file that has a temporary name its place, if that is free."""
    if try_to_rename(private, path):
        return
    try:
        disk.link(private, path)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        _hold_place(path)
        disk.rename(private, path)
    else:
        disk.unlink(private)


def _hold_place(path: str) -> None:
    """Make an empty file, if nothing is there, for a rename to replace.

    Raises
    ------
    FileExistsError
        If something is there, or another process has written to it since.
    """
    with disk.create(path, 0o600) as file:
        held = identity(os.fstat(file.fileno()))
    if identity(disk.lstat(path)) != held:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)


def remove_empty(path: str) -> None:
    """Remove an empty file that held a place: a picture never is empty."""
    with suppress(FileNotFoundError, NotADirectoryError):
        status = disk.lstat(path)
        if stat.S_ISREG(status.st_mode) and not status.st_size:
            disk.unlink(path)


def put_back(path: str, home: str) -> None:
    """Return something to its place; if even that has been taken meanwhile, say where it is."""
    try:
        place(path, home)
    except FileExistsError:
        raise OSError(errno.ESTALE, f"changed at the last moment, and is now {path}") from None
