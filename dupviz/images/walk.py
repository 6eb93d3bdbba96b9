"""Folders → files, each of them once."""

import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["list_files"]

MARKER = "dupviz-quarantine.txt"


def list_files(
    roots: Iterable[str], recursive: bool
) -> tuple[dict[str, str], dict[str, list[str]], list[tuple[str, str]]]:
    """List the files in folders, each once.

    Returns
    -------
    files : dict of str to str
        Their paths, sorted, with their real paths.
    hard_links : dict of str to list of str
        The further names of a file that is in `files`.
    errors : list of (path, reason)
        Symbolic links to files, and folders that cannot be read.
    """
    found: dict[str, str] = {}
    errors: list[tuple[str, str]] = []
    seen: set[str] = set()
    for root in roots:
        for real, path in _walk(root, recursive, seen, errors):
            found.setdefault(real, path)

    files: dict[str, str] = {}
    first_names: dict[tuple[int, int], str] = {}
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
        first = first_names.setdefault((status.st_dev, status.st_ino), path) if status.st_nlink > 1 else path
        if first == path:
            files[path] = real
        else:
            hard_links[first].append(path)
    return files, hard_links, errors


def _walk(root: str, recursive: bool, seen: set[str], errors: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
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
                    if not entry.is_dir(follow_symlinks=False):
                        yield real_entry, entry.path
                    elif recursive and not entry.name.startswith("."):
                        folders.append((real_entry, entry.path))
        except OSError as error:
            errors.append((folder, f"folder cannot be read: {error.strerror}"))
