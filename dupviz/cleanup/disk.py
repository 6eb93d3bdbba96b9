"""All that the mover does to the disk: one function per operation.

Nothing else in `dupviz.cleanup` creates, renames or removes a file. So a test that puts a fault into each function of
``__all__`` in turn has tried them all.
"""

import ctypes
import errno
import os
import shutil
import stat
import sys
from functools import cache
from io import BufferedReader
from typing import Any, BinaryIO

__all__ = [
    "append",
    "copy_content",
    "copy_facts",
    "copy_owner",
    "create",
    "link",
    "lstat",
    "make_folder",
    "open_to_read",
    "remove_folder",
    "rename",
    "rename_to_free_name",
    "set_mode",
    "set_times",
    "sync",
    "sync_folder",
    "unlink",
]

AT_FDCWD, RENAME_NOREPLACE = -100, 1  # of Linux
RENAME_EXCL = 4  # of macOS

COPIED_BYTES = 2**20

lstat = os.lstat
unlink = os.unlink
make_folder = os.mkdir
remove_folder = os.rmdir


def rename(source: str, target: str) -> None:
    """Rename a file to a name that only this move uses."""
    os.rename(source, target)


def rename_to_free_name(source: str, target: str) -> None:
    """Rename a file atomically; raise FileExistsError if there is something at the target."""
    if sys.platform == "win32":
        os.rename(source, target)  # which overwrites nothing there
        return
    names = os.fsencode(source), os.fsencode(target)
    if sys.platform == "darwin":
        failed = _libc("renamex_np")(*names, RENAME_EXCL)
    else:
        failed = _libc("renameat2")(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_NOREPLACE)
    if failed:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), source, None, target)


@cache
def _libc(name: str) -> Any:
    try:
        return getattr(ctypes.CDLL(None, use_errno=True), name)
    except AttributeError:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)) from None


def link(source: str, target: str) -> None:
    """Give a file a second name."""
    os.link(source, target, follow_symlinks=False)


def open_to_read(path: str | os.PathLike[str]) -> BufferedReader:
    """Open a regular file that is there."""
    return open(path, "rb", opener=_open_regular)


def _open_regular(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe would wait for who writes to it
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "no regular file", path)
    return descriptor


def create(path: str | os.PathLike[str], mode: int = 0o666, buffering: int = -1) -> BinaryIO:
    """Open a file that is not there yet; raise FileExistsError if it is."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb", buffering)


def append(file: BinaryIO, record: bytes) -> None:
    """Write to the end of a file without a buffer, all of it or an error."""
    if file.write(record) != len(record):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def copy_content(original: BinaryIO, copy: BinaryIO) -> None:
    """Copy the bytes of an open file."""
    shutil.copyfileobj(original, copy, COPIED_BYTES)


def copy_owner(status: os.stat_result, path: str) -> None:
    """Give a file the owner of another."""
    os.chown(path, status.st_uid, status.st_gid)


def copy_facts(source: str, target: str) -> None:
    """Give a file the permissions, times and extended attributes of another."""
    shutil.copystat(source, target)


def set_mode(path: str, mode: int) -> None:
    """Set the permissions of a file."""
    os.chmod(path, mode, follow_symlinks=False)


def set_times(path: str, accessed_ns: int, modified_ns: int) -> None:
    """Set the times of a file."""
    os.utime(path, ns=(accessed_ns, modified_ns))


def sync(file: BinaryIO) -> None:
    """Have a file written to the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: str) -> None:
    """Have the names in a folder written to the disk, where the system can."""
    if os.name == "nt":  # which opens no folders
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems do without
            raise
    finally:
        os.close(descriptor)
