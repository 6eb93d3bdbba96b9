"""Where an image set is saved: only over another one, as a whole, and found again after a kill at any moment."""

import json
import os
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

if sys.platform != "win32":
    import fcntl

__all__ = ["FORMAT", "check_place", "facts_of", "is_saved_set", "recovered", "saving"]

FORMAT = "dupviz images 2"
SAVED = {"tensors.npy", "files.csv", "errors.csv", "images.json"}
NEW, OLD = "new", "old"
JUST_NOW = 60  # seconds, in which a process may not yet hold a folder that it has made


@contextmanager
def saving(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """Where a set is written that becomes the one in `folder` when the block ends well.

    Raises
    ------
    FileExistsError, OSError
        See `ImageSet.save`.
    """
    folder = Path(folder)
    recovered(folder)
    check_place(folder)
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    with _temporary(folder) as temporary:
        new, old = temporary / NEW, temporary / OLD
        new.mkdir()
        yield new
        if folder.exists():
            check_place(folder)  # writing takes minutes, in which a person may have put something there
            folder.rename(old)
        try:
            new.rename(folder)
        except BaseException:  # on Ctrl-C, too: `old` goes with the temporary folder
            if old.exists() and not folder.exists():
                old.rename(folder)
            raise


def check_place(folder: Path) -> None:
    """Refuse a folder that holds anything but a saved set.

    Raises
    ------
    FileExistsError
    """
    if folder.exists() and not is_saved_set(folder) and not (folder.is_dir() and not any(folder.iterdir())):
        raise FileExistsError(f"{folder} is there already and is no saved image set: choose another folder")
    if strangers := _strangers(folder):
        raise FileExistsError(f"{folder} holds {strangers[0]!r} beside the saved image set: choose another folder")


def recovered(folder: Path) -> Path:
    """Clear up what saves of a set have left that were killed.

    Returns
    -------
    Path
        Where the set is: `folder`, to which it returns if a kill has left it beside that; or beside it where nothing
        can be written.
    """
    place = folder
    for left in _left_behind(folder.absolute()):
        with suppress(OSError), _held(left, wait=False):
            old = left / OLD
            if is_saved_set(old) and not folder.exists():
                place = old
                old.rename(folder)
                place = folder
            if is_saved_set(folder) or not old.exists():
                shutil.rmtree(left)
    return place


def is_saved_set(folder: Path) -> bool:
    """Whether a folder holds a saved set."""
    return facts_of(folder).get("format") == FORMAT


def facts_of(folder: Path) -> dict[str, Any]:
    """What a saved set says of itself; nothing if it is none."""
    try:
        facts = json.loads((folder / "images.json").read_text())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _strangers(folder: Path) -> list[str]:
    """The names of what is no file of a saved set."""
    if not folder.exists():
        return []
    entries = sorted(folder.iterdir())
    return [each.name for each in entries if each.name not in SAVED or not stat.S_ISREG(each.lstat().st_mode)]


@contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    """A hidden folder beside another, held as long as this process is at work in it."""
    where = folder.absolute().parent
    with tempfile.TemporaryDirectory(dir=where, prefix=f".{folder.name}-") as name, _held(Path(name), wait=True):
        yield Path(name)


def _left_behind(folder: Path) -> list[Path]:
    """The hidden folders of saves, the latest first; with nothing in them but sets, whole or not."""
    ours = re.compile(rf"\.{re.escape(folder.name)}-[a-z0-9_]{{8}}")
    found = []
    with suppress(OSError):
        for each in folder.parent.iterdir():
            if ours.fullmatch(each.name) and each.is_dir() and not each.is_symlink():
                inner, made = list(each.iterdir()), each.stat().st_mtime
                is_begun = not inner and time.time() - made < JUST_NOW
                if not is_begun and {one.name for one in inner} <= {NEW, OLD} and not any(map(_strangers, inner)):
                    found.append((made, each))
    return [each for _, each in sorted(found, reverse=True)]


@contextmanager
def _held(folder: Path, *, wait: bool) -> Iterator[None]:
    """Hold a folder for this process, until it ends; where no lock is known, none that another has made can be held.

    Raises
    ------
    OSError
        If another process holds it, and this one does not wait.
    """
    if sys.platform == "win32":
        if not wait:
            raise BlockingIOError("nobody knows whether a process is at work there")
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:  # network file systems that know no locks
            if not wait:
                raise
        yield
    finally:
        os.close(handle)
