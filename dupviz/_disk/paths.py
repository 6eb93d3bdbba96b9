"""Paths, one or many."""

import os
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Paths",
    "common_folder",
    "existing_paths",
    "no_formulas",
    "one_or_many",
    "path_column",
    "spelling",
    "topmost_folders",
    "true_paths",
]

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # with which one begins in a spreadsheet

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
            raise FileNotFoundError(f"no such file or folder: {path!r}{_hint(path)}")
    return found


def _hint(path: str) -> str:
    """What may have been meant by a path that is not there."""
    if path.startswith("~"):
        return "; ~ stands for the home folder in a shell only, outside of quotes: write the whole path"
    if re.search(r"[*?]|\[.+\]", path):
        return "; patterns are for the shell, which found nothing that fits, or saw quotes: name the folder instead"
    return ""


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


def path_column(paths: ArrayLike, rows: "pd.Series") -> "pd.Series":
    """Paths by row number, as a column beside these: of objects, since pandas' own text holds UTF-8 only."""
    import pandas as pd  # 0.2 s, which processes that read files do not need

    return pd.Series(np.asarray(paths, dtype=object)[rows], index=rows.index, dtype=object)


def no_formulas(paths: "pd.Series") -> "pd.Series":
    """Paths as a table may hold them: the same files, but nothing that a spreadsheet would run."""
    import pandas as pd

    safe = [os.path.join(os.curdir, path) if path.startswith(FORMULA) else path for path in paths]
    return pd.Series(safe, index=paths.index, dtype=object)


def topmost_folders(paths: Iterable[str]) -> list[str]:
    """The folders of these files but for those within others, sorted, with a separator at the end."""
    topmost: list[str] = []
    for folder in sorted({os.path.join(os.path.dirname(path) or os.curdir, "") for path in paths}):
        if not topmost or not folder.startswith(topmost[-1]):
            topmost.append(folder)
    return topmost


def common_folder(paths: Iterable[str]) -> str | None:
    """The deepest folder that holds all of these files, relative if all paths are; None if there is none."""
    folders = {os.path.dirname(path) for path in paths}
    if any(map(os.path.isabs, folders)):
        folders = set(map(os.path.abspath, folders))
    try:
        return os.path.commonpath(folders)
    except ValueError:  # no file at all, or several drives of Windows
        return None
