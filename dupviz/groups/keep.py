"""Which of two duplicates stays: keep rules, and folders that are protected."""

import os
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dupviz._paths import Paths, existing_paths

__all__ = ["KEEP_RULES", "KeepRule", "check_keep", "files_in", "keep_order", "protected_files"]

# The name of a keep rule, or a function of the files table that returns a number per file.
KeepRule = str | Callable[[pd.DataFrame], ArrayLike]

# Each rule gives a number per file, of which the highest stays.
KEEP_RULES = {
    "largest_file": lambda files: files["bytes"],
    "most_pixels": lambda files: files["width"] * files["height"],
    "oldest": lambda files: -files["modified"].astype("int64"),
    "newest": lambda files: files["modified"].astype("int64"),
    "first_path": lambda files: -_path_order(files),
}

# What decides when a rule leaves two files equal, one after the other.
TIE_RULES = ("largest_file", "most_pixels", "oldest", "first_path")


def check_keep(keep: KeepRule) -> None:
    """Refuse an unknown keep rule.

    Raises
    ------
    ValueError
        If it is neither the name of one nor a callable.
    """
    if not callable(keep) and keep not in KEEP_RULES:
        raise ValueError(f"keep must be one of {', '.join(map(repr, KEEP_RULES))} or a callable, got {keep!r}")


def keep_order(files: pd.DataFrame, keep: KeepRule = "largest_file") -> np.ndarray:
    """Row numbers of the files, best first.

    Parameters
    ----------
    keep : str or callable
        See `group_duplicates`.

    Returns
    -------
    ndarray of int64, shape (n,)

    Raises
    ------
    ValueError
        If there is no such rule, or a callable does not return a number for each file.
    """
    check_keep(keep)
    score = np.asarray((keep if callable(keep) else KEEP_RULES[keep])(files))
    if score.dtype.kind not in "if":
        score = score.astype(np.float64)
    if score.shape != (len(files),) or np.isnan(score).any():
        raise ValueError(f"the keep rule must return a number for each of {len(files)} files, got shape {score.shape}")
    ties = [np.asarray(KEEP_RULES[rule](files)) for rule in TIE_RULES]
    return np.lexsort([-key for key in (*reversed(ties), score)])


def protected_files(files: pd.DataFrame, protect: Paths) -> np.ndarray:
    """Which files lie in protected folders (or are protected themselves).

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    FileNotFoundError
        If one of the folders does not exist.
    """
    return files_in(files, existing_paths(protect))


def files_in(files: pd.DataFrame, folders: Iterable[str | os.PathLike[str]]) -> np.ndarray:
    """Which files lie in folders; links on the way are followed, and files may have vanished.

    Parameters
    ----------
    folders : iterable of str or Path
        Or files, which are those themselves.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    roots = tuple(os.path.join(os.path.realpath(path), "") for path in map(os.fsdecode, folders))
    if not roots:
        return np.zeros(len(files), bool)
    real_folders = {folder: os.path.realpath(folder) for folder in set(map(os.path.dirname, files["path"]))}
    real = (os.path.join(real_folders[os.path.dirname(path)], os.path.basename(path), "") for path in files["path"])
    return np.fromiter((path.startswith(roots) for path in real), bool, len(files))


def _path_order(files: pd.DataFrame) -> np.ndarray:
    """The place of each file in the order of their paths."""
    order = np.empty(len(files), np.int64)
    order[sorted(range(len(files)), key=files["path"].tolist().__getitem__)] = np.arange(len(files))
    return order
