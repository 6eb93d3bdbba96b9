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
from typing import Any, BinaryIO, cast

from dupviz.cleanup.held import at, open_again

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

RENAME_NOREPLACE, RENAME_EXCL = 1, 4  # of Linux, and of macOS
AT_FDCWD = -2 if sys.platform == "darwin" else -100

COPIED_BYTES = 2**20


def lstat(path: str | os.PathLike[str]) -> os.stat_result:
    """The status of what is at a path, be it a link."""
    name, folder = at(path)
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def unlink(path: str) -> None:
    """Remove a file."""
    name, folder = at(path)
    os.unlink(name, dir_fd=folder)


def make_folder(path: str) -> None:
    """Make a folder in one that is there."""
    name, folder = at(path)
    os.mkdir(name, dir_fd=folder)


def remove_folder(path: str) -> None:
    """Remove an empty folder."""
    name, folder = at(path)
    os.rmdir(name, dir_fd=folder)


def rename(source: str, target: str) -> None:
    """Rename a file to a name that only this move uses."""
    (name, folder), (new_name, new_folder) = at(source), at(target)
    os.rename(name, new_name, src_dir_fd=folder, dst_dir_fd=new_folder)


def rename_to_free_name(source: str, target: str) -> None:
    """Rename a file atomically; raise FileExistsError if there is something at the target."""
    if sys.platform == "win32":
        os.rename(source, target)  # which overwrites nothing there
        return
    places: list[int | bytes] = []
    for name, folder in (at(source), at(target)):
        places += [AT_FDCWD if folder is None else folder, os.fsencode(name)]
    if sys.platform == "darwin":
        failed = _libc("renameatx_np")(*places, RENAME_EXCL)
    else:
        failed = _libc("renameat2")(*places, RENAME_NOREPLACE)
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
    (name, folder), (new_name, new_folder) = at(source), at(target)
    os.link(name, new_name, src_dir_fd=folder, dst_dir_fd=new_folder, follow_symlinks=False)


def open_to_read(path: str | os.PathLike[str]) -> BufferedReader:
    """Open a regular file that is there."""
    return open(path, "rb", opener=_open_regular)


def _open_regular(path: str, flags: int) -> int:
    name, folder = at(path)
    flags |= getattr(os, "O_NONBLOCK", 0)  # a pipe would wait for who writes to it
    descriptor = os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), dir_fd=folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "no regular file", path)
    return descriptor


def create(path: str | os.PathLike[str], mode: int = 0o666, buffering: int = -1) -> BinaryIO:
    """Open a file that is not there yet; raise FileExistsError if it is."""
    name, folder = at(path)
    return open(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode, dir_fd=folder), "wb", buffering)


def append(file: BinaryIO, record: bytes) -> None:
    """Write to the end of a file without a buffer, all of it or an error."""
    if file.write(record) != len(record):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def copy_content(original: BinaryIO, copy: BinaryIO) -> None:
    """Copy the bytes of an open file."""
    shutil.copyfileobj(original, copy, COPIED_BYTES)


def copy_owner(status: os.stat_result, path: str) -> None:
    """Give a file the owner of another."""
    name, folder = at(path)
    os.chown(name, status.st_uid, status.st_gid, dir_fd=folder, follow_symlinks=False)


def copy_facts(source: str, target: str) -> None:
    """Give a file the permissions, times and extended attributes of another."""
    if os.chmod not in os.supports_fd or hasattr(os, "chflags"):  # which macOS has, for paths alone
        shutil.copystat(source, target)
        return
    with open_to_read(source) as original, open_to_read(target) as copy:
        shutil.copystat(*cast("tuple[str, str]", (original.fileno(), copy.fileno())))  # which its types do not know


def set_mode(path: str, mode: int) -> None:
    """Set the permissions of a file."""
    name, folder = at(path)
    os.chmod(name, mode, dir_fd=folder, follow_symlinks=False)


def set_times(path: str, accessed_ns: int, modified_ns: int) -> None:
    """Set the times of a file."""
    name, folder = at(path)
    os.utime(name, ns=(accessed_ns, modified_ns), dir_fd=folder, follow_symlinks=folder is None)


def sync(file: BinaryIO) -> None:
    """Have a file written to the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: str) -> None:
    """Have the names in a folder written to the disk, where the system can."""
    if os.name == "nt":  # which opens no folders
        return
    descriptor = open_again(folder)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems do without
            raise
    finally:
        os.close(descriptor)
