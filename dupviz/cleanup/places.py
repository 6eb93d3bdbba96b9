"""Where the folders are now that files were moved from: a drive may be elsewhere, or not there."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from dupviz._disk.paths import common_folder, topmost_folders
from dupviz.cleanup.held import leads_elsewhere

__all__ = ["GONE", "Root", "folder_of", "roots_of"]

GONE = "the folder that it came from is not there"


class Root(NamedTuple):
    """A folder that files were moved from, as a journal remembers it.

    Attributes
    ----------
    path : str
        Absolute, at that time.
    relative : str
        The same from the quarantine folder, if that was on the same drive; otherwise empty.
    mount : str
        Where the drive was mounted.
    """

    path: str
    relative: str
    mount: str


def roots_of(paths: Iterable[str], quarantine: str) -> list[Root]:
    """The folders that hold these files: one, unless they have nothing in common but the root of the file system.

    Parameters
    ----------
    paths : iterable of str
        Absolute, without symbolic links.
    quarantine : str
        Likewise; it need not exist.
    """
    paths = list(paths)
    common = common_folder(paths)
    folders = [common] if common and common != Path(common).anchor else map(os.path.normpath, topmost_folders(paths))
    return [Root(folder, _relative(folder, quarantine), _mount(folder)) for folder in folders]


def folder_of(root: Root, quarantine: str) -> str:
    """Where a folder is now.

    Raises
    ------
    FileNotFoundError
        If it is neither where it was, nor where it was from the quarantine folder, or is a link now. Its drive may not
        be mounted, and to make the folder anew would fill the disk below it; a link may be anyone's.
    """
    links = []
    for folder, is_mounted in _candidates(root, quarantine):
        if is_mounted and os.path.isdir(folder):
            if not leads_elsewhere(folder):
                return folder
            links.append(f"{folder} leads through a link, to {os.path.realpath(folder)}")
    raise FileNotFoundError(f"{GONE}: {', '.join(links) or root.path}")


def _candidates(root: Root, quarantine: str) -> Iterator[tuple[str, bool]]:
    """Where a folder may be, and whether its drive is there."""
    yield root.path, os.path.ismount(root.mount)
    if root.relative:
        yield os.path.normpath(os.path.join(quarantine, root.relative)), True


def _relative(folder: str, quarantine: str) -> str:
    existing = next(path for path in (Path(quarantine), *Path(quarantine).parents) if path.exists())
    if os.stat(folder).st_dev != existing.stat().st_dev:
        return ""
    return os.path.relpath(folder, quarantine)


def _mount(folder: str) -> str:
    return next(str(path) for path in (Path(folder), *Path(folder).parents) if os.path.ismount(path))
