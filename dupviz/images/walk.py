"""Folders → files, each of them once."""

import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from fnmatch import fnmatch, fnmatchcase
from pathlib import Path

from dupviz._disk.names import IMAGE_EXTENSIONS, RAW_EXTENSIONS
from dupviz.images.options import FolderOptions

__all__ = ["further_name", "list_files"]

MARKER = "dupviz-quarantine.txt"

# Folders whose pictures are no one's photos, or belong to a program that keeps a list of them; in lower case.
LEFT_OUT = {
    "trash": ("$recycle.bin", "recycler", "#recycle", "@recycle", ".trash", ".trash-*", ".trashes", ".trashed-*"),
    "folder of thumbnails": ("@eadir", ".thumbnails", ".@__thumb", "*.lrdata"),
    "library of a program": ("*.photoslibrary", "*.photolibrary", "*.aplibrary", "*.migratedphotolibrary"),
}
# exFAT and FAT have no such time, but that of the modification, in steps of 10 ms or more, which copies share.
COARSE = 10_000_000
APPLE_DOUBLE = "._"  # begins the name of what a Mac keeps beside a file elsewhere


def list_files(
    roots: Iterable[str], options: FolderOptions
) -> tuple[dict[str, str], dict[str, list[str]], list[tuple[str, str]]]:
    """List the files in folders, each once.

    Parameters
    ----------
    options : FolderOptions
        See `checked`.

    Returns
    -------
    files : dict of str to str
        Their paths, sorted, with their real paths.
    hard_links : dict of str to list of str
        The further names of a file that is in `files`: hard links, and those by another mount.
    errors : list of (path, reason)
        Symbolic links to files, folders that cannot be read, and what is left out.
    """
    found: dict[str, str] = {}
    errors: list[tuple[str, str]] = []
    seen: set[str] = set()
    for root in roots:
        for real, path in _walk(root, seen, errors, options):
            found.setdefault(real, path)

    files: dict[str, str] = {}
    names = _Names()
    hard_links = defaultdict(list)
    for path, real in sorted((path, real) for real, path in found.items()):
        try:
            status = os.lstat(path)
            target = Path(path).readlink() if stat.S_ISLNK(status.st_mode) else None
        except OSError:  # decode() will say why
            files[path] = real
            continue
        if target is not None:
            if not Path(path).is_dir():
                errors.append((path, f"symbolic link to {target}"))
            continue
        first = names.first(path, status)
        if first == path:
            files[path] = real
        else:
            hard_links[first].append(path)
    return files, hard_links, errors


class _Names:
    """The files that are listed, by what tells that two names are of one file.

    That is their number; or, where two mounts give it two numbers as mergerfs does, its size, when it was modified, and
    when its status has changed: which no copy can have, since no program sets it.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int], list[tuple[int, int, str]]] = defaultdict(list)

    def first(self, path: str, status: os.stat_result) -> str:
        """The first name of a file, which may be this one."""
        known = self._known[status.st_size, status.st_mtime_ns, status.st_ctime_ns]
        tells = os.name == "posix" and status.st_ctime_ns % COARSE  # on Windows it is when a file was made
        for device, number, first in known:
            if (device == status.st_dev and number == status.st_ino != 0) or (device != status.st_dev and tells):
                return first
        known.append((status.st_dev, status.st_ino, path))
        return path


def further_name(path: str, first: str) -> str:
    """Why another name of a file is left out."""
    with suppress(OSError):
        status, other = os.lstat(path), os.lstat(first)
        if (status.st_dev, status.st_ino) != (other.st_dev, other.st_ino) or status.st_nlink == 1:
            return f"the same file as {first}, by another mount, left out"
    return f"hard link to {first}"


def _walk(
    root: str, seen: set[str], errors: list[tuple[str, str]], options: FolderOptions
) -> Iterator[tuple[str, str]]:
    """Yield the real path of every file below `root` with its path as reached from `root`; follow no links."""
    if not Path(root).is_dir():
        folder, name = os.path.split(root)
        yield os.path.join(os.path.realpath(folder), name), root
        return
    folders = [(os.path.realpath(root), root)]
    while folders:
        real, folder = folders.pop()
        if real in seen:
            continue
        seen.add(real)
        try:
            with os.scandir(folder) as listing:
                entries = list(listing)
                if folder != root and any(entry.name == MARKER for entry in entries):
                    errors.append((folder, "quarantine folder of dupviz, left out"))
                    continue
                for entry in entries:
                    real_entry = os.path.join(real, entry.name)
                    is_folder = entry.is_dir(follow_symlinks=False)
                    if is_folder and not options["recursive"]:
                        continue
                    if reason := _why_left_out(entry, is_folder, root, options):
                        errors.append((entry.path, f"{reason}, left out"))
                    elif is_folder:
                        folders.append((real_entry, entry.path))
                    else:
                        yield real_entry, entry.path
        except OSError as error:
            errors.append((folder, f"folder cannot be read: {error.strerror}"))


def _why_left_out(entry: os.DirEntry[str], is_folder: bool, root: str, options: FolderOptions) -> str:
    """What an entry of a folder is that is left out; empty if it is not."""
    below = os.path.relpath(entry.path, root)
    if any(fnmatch(entry.name, pattern) or fnmatch(below, pattern) for pattern in options["exclude"]):
        return "excluded"
    if is_folder:
        name = entry.name.lower()
        for kind, patterns in LEFT_OUT.items():
            if any(fnmatchcase(name, pattern) for pattern in patterns):
                return kind
        return "hidden folder" if entry.name.startswith(".") and not options["include_hidden"] else ""
    if entry.name.startswith(".trashed-"):
        return "trash"
    if entry.name.startswith(".dupviz-"):
        return "file of a clean-up that was broken off"
    is_hidden = entry.name.startswith(".") and not entry.name.startswith(APPLE_DOUBLE)
    is_picture = os.path.splitext(entry.name)[1].lower() in IMAGE_EXTENSIONS | RAW_EXTENSIONS
    return "hidden file" if is_hidden and is_picture and not options["include_hidden"] else ""
