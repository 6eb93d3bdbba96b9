"""Paths, one or many."""

import os
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["Paths", "common_folder", "existing_paths", "no_formula", "one_or_many", "spelling", "true_paths"]

# What a function that takes one path or several accepts.
Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


def one_or_many(paths: Paths) -> list[str]:
    """Paths as a list, whether one was given or several."""
    return [os.fsdecode(path) for path in ([paths] if isinstance(paths, str | bytes | os.PathLike) else paths)]


def existing_paths(paths: Paths) -> list[str]:
    """Paths as a list, after making sure that each exists; raises FileNotFoundError otherwise."""
    found = one_or_many(paths)
    for path in found:
        if not os.path.lexists(path):
            raise FileNotFoundError(f"no such file or folder: {path!r}")
    return found


def spelling(name: str) -> str:
    """What two names have in common that are one where neither case nor the form of accents counts."""
    return unicodedata.normalize("NFC", name).casefold()


def true_paths(paths: Iterable[str]) -> dict[str, str]:
    """Real paths, spelled as their folders list them.

    Where case does not count, a file has many names, and not on all of these file systems do they have one number.
    """
    names: dict[str, set[str]] = {}
    true: dict[str, str] = {}

    def listed(path: str) -> str:
        parent, name = os.path.split(path)
        if not name:
            return path
        if path not in true:
            parent = listed(parent)
            if parent not in names:
                names[parent] = set()
                with suppress(OSError):
                    names[parent] = {path.name for path in Path(parent).iterdir()}
            if name not in names[parent]:
                alike = (each for each in names[parent] if spelling(each) == spelling(name))
                name = next(alike, name)
            true[path] = os.path.join(parent, name)
        return true[path]

    return {path: listed(os.path.realpath(path)) for path in paths}


def no_formula(path: str) -> str:
    """A path as a table may hold it: the same file, but nothing that a spreadsheet would run."""
    return os.path.join(os.curdir, path) if path.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else path


def common_folder(paths: Iterable[str]) -> str | None:
    """The deepest folder that holds all of these files, relative if all paths are; None if there is none."""
    folders = {os.path.dirname(path) for path in paths}
    if any(map(os.path.isabs, folders)):
        folders = set(map(os.path.abspath, folders))
    try:
        return os.path.commonpath(folders)
    except ValueError:  # no file at all, or several drives of Windows
        return None
