"""The sample and the lessons that come with dupviz, copied to where they can be changed."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

__all__ = ["copy_lessons", "copy_sample"]

BUNDLED = Path(__file__).with_name("bundled")  # pyproject.toml puts the two folders here in a wheel
CLONE = Path(__file__).parents[2]


def copy_sample(to: str | os.PathLike[str]) -> None:
    """Copy the pictures of the sample to a new folder.

    Parameters
    ----------
    to : path
        Folder that is not there yet.

    Raises
    ------
    OSError
        If there is something at that place, or the folder cannot be written.
    """
    photos = _source() / "data" / "photos"
    _copy(photos, _files_below(photos), to)


def copy_lessons(to: str | os.PathLike[str]) -> None:
    """Copy the notebooks to a new folder, and beside them the sample with its truth, which they read.

    Parameters
    ----------
    to : path
        Folder that is not there yet. The notebooks are in its folder ``notebooks``.

    Raises
    ------
    OSError
        If there is something at that place, or the folder cannot be written.
    """
    source = _source()
    notebooks = [*source.glob("notebooks/*.ipynb"), source / "notebooks" / "editions.py"]
    _copy(source, [*notebooks, *_files_below(source / "data")], to)


def _source() -> Path:
    return BUNDLED if BUNDLED.is_dir() else CLONE


def _files_below(folder: Path) -> list[Path]:
    return [
        path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"
    ]  # pip compiles what it installs


def _copy(source: Path, files: Iterable[Path], to: str | os.PathLike[str]) -> None:
    """Copy files with their paths below the source; what is read-only in an installation can be changed in the copy."""
    Path(to).mkdir(parents=True)
    for file in files:
        target = Path(to, file.relative_to(source))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
