"""Which of two duplicates stays: keep rules, and folders that are protected."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dupviz._disk.names import IMAGE_EXTENSIONS, RAW_EXTENSIONS
from dupviz._disk.paths import Paths, existing_paths, true_paths
from dupviz.images.imageset import OLD
from dupviz.metrics import Flags, Integers

__all__ = [
    "KEEP_RULES",
    "KeepRule",
    "Preferring",
    "check_keep",
    "files_in",
    "keep_order",
    "keep_reasons",
    "protected_files",
    "said_by_camera",
]

# The name of a keep rule, or a function of the files table that returns a number per file.
KeepRule = str | Callable[[pd.DataFrame], ArrayLike]

# What a program or a person adds to the name of a copy, and what folders of copies are called.
COPY_MARKS = re.compile(
    r"(?i)\bcop(y|ie|ia)\b|\bkopie\b|\(\d+\)|~\d+\b|whatsapp|-WA\d{4}|^thumb|screenshot"
    r"|[-_ ](edited|edit|bearbeitet|modifié|resized|small|thumb(nail)?|min)\b"
)
COPY_FOLDERS = re.compile(
    r"(?i)(^|[^a-z])(back-?ups?|sicherung(en)?|cop(y|ies|ie|ia)|kopien?|old|alt|exports?|exported|thumb(nail)?s?|whatsapp"
    r"|edit(s|ed)?|bearbeitet|resized|small|sent|low ?res)([^a-z]|$)"
)
SEPARATOR = re.compile(r"(?<=.)[-_ (~.]")
PLAIN_EXTENSIONS = IMAGE_EXTENSIONS | RAW_EXTENSIONS
RAW_FORMATS = {extension[1:].upper() for extension in RAW_EXTENSIONS}
CAMERA_FORMATS = {"HEIF", "AVIF"}  # of a file that names its camera: a JPEG beside it was exported from it


def best_criteria(files: pd.DataFrame) -> dict[str, np.ndarray]:
    """What the rule ``"best"`` asks for, one after the other, as numbers of which the highest stays.

    Returns
    -------
    dict of str to ndarray of int64, shape (n,)
        By the words in which a choice is explained.
    """
    said, earlier = _by_camera(files)
    return {
        "has the camera's date or place": said,
        "taken earlier": earlier,
        "a camera's format": _of_camera(files["format"], _flags(files, "camera")),
        "more pixels": (files["width"] * files["height"]).to_numpy(np.int64),
        "plainer name or folder": -(_copy_marks(files["path"].tolist()) + _is_extended(files["path"].tolist())),
        "larger file": files["bytes"].to_numpy(np.int64),
        "shorter path": -np.array([len(path) for path in files["path"]], np.int64),
    }


def said_by_camera(files: pd.DataFrame) -> Integers:
    """A number per file, higher where its camera says more, and earlier: the first two criteria of the best file.

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    table = np.stack(_by_camera(files), axis=1)
    number: Integers = np.unique(table, axis=0, return_inverse=True)[1].reshape(len(files))
    return number


def _by_camera(files: pd.DataFrame) -> tuple[Integers, Integers]:
    """How much a camera says of each file, and how early it was taken, of which the highest stays."""
    taken = files["taken"] if "taken" in files else pd.Series(pd.NaT, files.index)
    has_date = taken.notna().to_numpy()
    said = np.select([has_date & _flags(files, "camera"), has_date, _flags(files, "gps")], [3, 2, 1])
    earlier = -pd.to_datetime(taken, utc=True).astype("int64").to_numpy()
    return said.astype(np.int64), np.where(has_date, earlier, 0)


def _flags(files: pd.DataFrame, name: str) -> Flags:
    """A column of the files table; tables that were made by hand may lack it."""
    return files[name].to_numpy(bool) if name in files else np.zeros(len(files), bool)


def _of_camera(formats: pd.Series, camera: Flags) -> np.ndarray:
    """How near each format is to what a camera's sensor saw: 2 for raw data, 1 for what a JPEG is exported from."""
    return np.select([formats.isin(RAW_FORMATS), formats.isin(CAMERA_FORMATS) & camera], [2, 1]).astype(np.int64)


def _is_extended(paths: list[str]) -> Integers:
    """Whether a name is that of a file beside it with more behind it, as ``beach_b.jpg`` beside ``beach.jpg``."""
    names = [(os.path.dirname(path), os.path.splitext(os.path.basename(path))[0]) for path in paths]
    known = set(names)
    shorter = (((folder, name[: mark.start()]) for mark in SEPARATOR.finditer(name)) for folder, name in names)
    return np.array([any(each in known for each in some) for some in shorter], np.int64)


def _copy_marks(paths: list[str]) -> Integers:
    """How much names and their folders say that these are copies: 0 for a picture of a camera, in an album."""
    of_folders = {
        folder: any(map(COPY_FOLDERS.search, re.split(r"[\\/]", folder))) for folder in set(map(os.path.dirname, paths))
    }
    marks = (of_folders[os.path.dirname(path)] + _is_named_as_copy(os.path.basename(path)) for path in paths)
    return np.fromiter(marks, np.int64, len(paths))


def _is_named_as_copy(name: str) -> bool:
    stem, extension = os.path.splitext(name)
    return extension.lower() not in PLAIN_EXTENSIONS or bool(COPY_MARKS.search(stem))


def _best(files: pd.DataFrame) -> np.ndarray:
    """The criteria as one number, the same where all are equal."""
    table = np.stack(list(best_criteria(files).values()), axis=1)
    return np.unique(table, axis=0, return_inverse=True)[1].reshape(len(files))


# Each rule gives a number per file, of which the highest stays.
KEEP_RULES: dict[str, Callable[[pd.DataFrame], ArrayLike]] = {
    "best": _best,
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


def keep_order(files: pd.DataFrame, keep: KeepRule = "best") -> Integers:
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


@dataclass(frozen=True)
class Preferring:
    """A keep rule: what lies in some folders stays before all else, and of several there by another rule.

    Attributes
    ----------
    folders : tuple of str
    rule : str or callable
        The other rule.
    """

    folders: tuple[str, ...]
    rule: KeepRule

    def __call__(self, files: pd.DataFrame) -> Integers:
        """A number for each file, of which the highest stays: int64, shape (n,)."""
        score = np.empty(len(files), np.int64)
        score[keep_order(files, self.rule)] = np.arange(len(files))[::-1]
        return score + len(files) * files_in(files, self.folders)


def keep_reasons(
    files: pd.DataFrame, keep: KeepRule, protected: Flags, keeper: Integers, other: Integers
) -> dict[int, str]:
    """Why files stay, in words.

    Parameters
    ----------
    keep : str or callable
    protected : ndarray of bool, shape (n,)
    keeper, other : ndarray of int64, shape (m,)
        Rows of files that stay, and of the others in their groups.

    Returns
    -------
    dict of int to str
        For each file in `keeper`.
    """
    if isinstance(keep, Preferring):
        reasons = keep_reasons(files, keep.rule, protected, keeper, other)
        preferred = files_in(files, keep.folders)
        decided = keeper[preferred[keeper] & ~preferred[other] & ~protected[keeper]]
        return reasons | dict.fromkeys(decided.tolist(), "in the folder to keep from")
    rule = "own rule" if callable(keep) else keep.replace("_", " ")
    reasons = dict.fromkeys(keeper.tolist(), rule)
    if keep == "best":
        criteria = best_criteria(files)
        table = np.stack(list(criteria.values()), axis=1)
        differs = table[keeper] != table[other]
        place = np.where(differs.any(axis=1), differs.argmax(axis=1), len(criteria))
        # What decides is that which the strongest of the others lacks: of all pairs the one that was decided last.
        last = np.zeros(len(files), np.int64)
        np.maximum.at(last, keeper, place)
        words = [*criteria, "first by path"]
        reasons = {row: words[last[row]] for row in reasons}
    return reasons | {row: "protected" for row in reasons if protected[row]}


def protected_files(files: pd.DataFrame, protect: Paths) -> Flags:
    """Which files lie in protected folders (or are protected themselves), or were there before new ones came.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    FileNotFoundError
        If one of the folders does not exist.
    """
    protected = files_in(files, existing_paths(protect))
    return protected | files[OLD].to_numpy(bool) if OLD in files else protected


def files_in(files: pd.DataFrame, folders: Iterable[str | os.PathLike[str]]) -> Flags:
    """Which files lie in folders; links on the way are followed, and files may have vanished.

    Parameters
    ----------
    folders : iterable of str or Path
        Or files, which are those themselves.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    roots = list(map(os.fsdecode, folders))
    if not roots:
        return np.zeros(len(files), bool)
    true = true_paths([*roots, *set(map(os.path.dirname, files["path"]))])
    true_roots = tuple(os.path.join(true[path], "") for path in roots)
    paths = (os.path.join(true[os.path.dirname(path)], os.path.basename(path), "") for path in files["path"])
    return np.fromiter((path.startswith(true_roots) for path in paths), bool, len(files))


def _path_order(files: pd.DataFrame) -> np.ndarray:
    """The place of each file in the order of their paths."""
    order = np.empty(len(files), np.int64)
    order[sorted(range(len(files)), key=files["path"].tolist().__getitem__)] = np.arange(len(files))
    return order
