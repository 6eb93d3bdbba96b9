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
]

# The name of a keep rule, or a function of the files table that returns a number per file.
KeepRule = str | Callable[[pd.DataFrame], ArrayLike]

# What a program or a person adds to the name of a copy.
COPY_MARKS = re.compile(
    r"(?i)\bcop(y|ie|ia)\b|\bkopie\b|\(\d+\)|~\d+\b|whatsapp|-WA\d{4}|^thumb|screenshot"
    r"|[-_ ](edited|edit|bearbeitet|modifié|resized|small|thumb(nail)?|min)\b"
)
# Raw data before all, then what keeps the pixels as they are, then what cameras write.
FORMAT_RANKS = {extension[1:].upper(): 3 for extension in RAW_EXTENSIONS}
FORMAT_RANKS |= dict.fromkeys(("PNG", "TIFF", "BMP", "PPM", "TGA", "QOI", "PSD", "JPEG2000"), 2)
FORMAT_RANKS |= dict.fromkeys(("JPEG", "MPO", "HEIF"), 1)


def best_criteria(files: pd.DataFrame) -> dict[str, np.ndarray]:
    """What the rule ``"best"`` asks for, one after the other, as numbers of which the highest stays.

    Returns
    -------
    dict of str to ndarray of int64, shape (n,)
        By the words in which a choice is explained.
    """
    n = len(files)
    taken = files["taken"].notna().to_numpy() if "taken" in files else np.zeros(n, bool)
    gps = files["gps"].to_numpy() if "gps" in files else np.zeros(n, bool)
    names = [os.path.basename(path) for path in files["path"]]
    return {
        "has the camera's date or place": (taken | gps).astype(np.int64),
        "more pixels": (files["width"] * files["height"]).to_numpy(np.int64),
        "better format": np.array([FORMAT_RANKS.get(name, 0) for name in files["format"]], np.int64),
        "larger file": files["bytes"].to_numpy(np.int64),
        "plainer name": np.array(list(map(_is_plain, names)), np.int64),
        "shorter path": -np.array([len(path) for path in files["path"]], np.int64),
    }


def _is_plain(name: str) -> bool:
    """Whether a name is that of a picture, and says nothing of a copy."""
    stem, extension = os.path.splitext(name)
    return extension.lower() in IMAGE_EXTENSIONS | RAW_EXTENSIONS and not COPY_MARKS.search(stem)


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
