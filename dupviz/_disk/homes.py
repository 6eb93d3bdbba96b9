"""The user's own folders, and what stands for them where a user has none, as in a container under a bare number."""

import logging
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

__all__ = ["expanded", "home", "is_remembered", "own_folder"]

# Nothing can be made in it, on any system: all that reads or writes there goes on as with a folder that is full.
NOWHERE = Path(os.devnull, "no home folder")

log = logging.getLogger("dupviz")


def own_folder(variable: str, usual: Callable[[str], str]) -> Path:
    """Where something is remembered of this user.

    Parameters
    ----------
    variable : str
        Of the environment: names the folder, if it is set.
    usual : callable
        From the name of a program to the folder that the system has for it.

    Returns
    -------
    Path
        One where nothing can be written, if the user has no home folder; that is said once.
    """
    if named := os.environ.get(variable):
        return Path(named)
    try:
        folder = Path(usual("dupviz"))
    except (RuntimeError, KeyError):  # neither HOME nor an entry among the users
        folder = Path()
    if folder.is_absolute():
        return folder
    _say_that_nothing_is_remembered()
    return NOWHERE


@cache
def _say_that_nothing_is_remembered() -> None:
    words = "dupviz: this user has no home folder, so nothing is remembered, unless %s and %s name folders for it"
    log.warning(words, "DUPVIZ_CACHE_DIR", "DUPVIZ_DATA_DIR")


def is_remembered(file: Path) -> bool:
    """Whether a file is in a folder where something can be remembered."""
    return NOWHERE not in file.parents


def home() -> Path:
    """The user's home folder; the folder that this process is in, if there is none."""
    try:
        return Path.home()
    except RuntimeError:
        return Path.cwd()


def expanded(path: str | os.PathLike[str]) -> Path:
    """A path with the home folder in place of ``~``, as it is if there is none."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)
