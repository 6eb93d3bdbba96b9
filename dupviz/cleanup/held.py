"""Folders that are held open: what is done in them by name is done there, whatever links others put in their way.

Each call looks a path up from its beginning, and a folder on the way may have become a link since it was checked. So
`undo`, which may follow the word of others, opens the folders one in another, through no link, and holds them open: all
of `dupviz.cleanup.disk` then asks for a name in such a folder, and for no path.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["at", "folder_status", "leads_elsewhere", "names_in", "open_again", "within"]

# Whether the system can do something to a name in an open folder. Windows cannot: there, paths are checked and used.
HANDLES = os.open in os.supports_dir_fd
FOLDER = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
# O_PATH, of Linux, opens what may be passed through but not listed, too.
TO_PASS = FOLDER | getattr(os, "O_PATH", os.O_RDONLY)

# Open folders by their paths; None where there is none, so that nothing is looked up behind a link that comes there.
_held: ContextVar[dict[str, int | None]] = ContextVar("_held", default={})  # noqa: B039  # it is never changed itself


@contextmanager
def within(base: str, folder: str, make: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold a folder, and all between it and the one that it is within, for the block; none of them is a link.

    Parameters
    ----------
    base : str
        A folder that is where it is meant to be, absolute.
    folder : str
        That or a folder in it, which may be missing.
    make : callable, optional
        Makes a folder that is missing.

    Raises
    ------
    OSError
        If one of them is a link, or cannot be opened.
    """
    opened = dict(_held.get())
    token = _held.set(opened)
    handles: list[int] = []
    try:
        for path in _between(base, folder):
            if make and path != base:
                make(path)
            if HANDLES:
                opened[path] = handle = _open(path)
                if handle is not None:
                    handles.append(handle)
                elif make:
                    raise NotADirectoryError(errno.ENOTDIR, f"{path} is no folder")
            elif _is_link(path):
                raise _link_error(path)
        yield
    finally:
        _held.reset(token)
        for handle in handles:
            os.close(handle)


def at(path: str | os.PathLike[str]) -> tuple[str, int | None]:
    """What to ask for: a name, and the open folder that it is in; or the path, and None.

    Raises
    ------
    FileNotFoundError
        If the folder was not there when it was to be held.
    """
    path = os.fspath(path)
    folder, name = os.path.split(path)
    held = _held.get()
    if folder not in held:
        return path, None
    if held[folder] is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return name, held[folder]


def open_again(folder: str) -> int:
    """A handle of a folder by which it can be listed, or written to the disk."""
    handle = _held.get().get(folder)
    if handle is None:
        return os.open(folder, os.O_RDONLY)
    return os.open(os.curdir, os.O_RDONLY | FOLDER, dir_fd=handle)


def folder_status(folder: str) -> os.stat_result:
    """The status of a folder."""
    handle = _held.get().get(folder)
    return os.stat(folder if handle is None else handle)


def names_in(folder: str) -> list[str]:
    """The names in a folder."""
    if not HANDLES:
        return os.listdir(folder)
    handle = open_again(folder)
    try:
        return os.listdir(handle)
    finally:
        os.close(handle)


def leads_elsewhere(folder: str) -> bool:
    """Whether a path leads through a link."""
    return os.path.normcase(os.path.realpath(folder)) != os.path.normcase(folder)


def _between(base: str, folder: str) -> list[str]:
    """A folder, those in it on the way to another, and that one."""
    paths = [base]
    relative = os.path.relpath(folder, base)
    for name in relative.split(os.sep) if relative != os.curdir else ():
        paths.append(os.path.join(paths[-1], name))
    return paths


def _open(path: str) -> int | None:
    """A handle of a folder, by its name in one that is held, if any; None if there is none."""
    try:
        name, handle = at(path)
        return os.open(name, TO_PASS, dir_fd=handle)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno not in (errno.ENOTDIR, errno.ELOOP):
            raise
        if _is_link(path):
            raise _link_error(path) from None
        return None


def _is_link(path: str) -> bool:
    name, handle = at(path)
    try:
        status = os.lstat(name) if handle is None else os.stat(name, dir_fd=handle, follow_symlinks=False)
    except FileNotFoundError:
        return False
    is_junction = getattr(status, "st_reparse_tag", 0) == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)
    return stat.S_ISLNK(status.st_mode) or is_junction


def _link_error(path: str) -> OSError:
    return OSError(errno.ELOOP, f"{path} is a symbolic link")
