"""What a source of pictures is as files, and the table of files with what the source knows of them."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

__all__ = ["PREFIX", "Unpacked", "temporary_folder", "with_facts", "with_places"]

PREFIX = "dupviz-unpacked-"  # of temporary folders


@dataclass
class Unpacked:
    """What a source is, as files.

    Attributes
    ----------
    paths : list of str
        Folders or files to read.
    name : str
        What the source is called; empty if its files are those on the disk.
    rows : dict of str to int
        The row of the source that each file is, by path; empty for archives and remote folders.
    facts : DataFrame
        What is known of each row beside its picture, as labels.
    errors : list of (path, reason)
        What could not be unpacked.
    other_files : int
        Files that are no pictures, and were not unpacked.
    place : str
        What stands for the temporary folder where people read of a file in it.
    folder : tempfile.TemporaryDirectory or None
        Where the files are.
    """

    paths: list[str]
    name: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    facts: pd.DataFrame = field(default_factory=pd.DataFrame)
    errors: list[tuple[str, str]] = field(default_factory=list)
    other_files: int = 0
    place: str = ""
    folder: tempfile.TemporaryDirectory[str] | None = None


@contextmanager
def temporary_folder() -> Iterator[tempfile.TemporaryDirectory[str]]:
    """A folder for what is unpacked: it goes at once if that fails, and otherwise with the images."""
    folder = tempfile.TemporaryDirectory(prefix=PREFIX)
    try:
        yield folder
    except BaseException:
        folder.cleanup()
        raise


def with_facts(files: pd.DataFrame, unpacked: Unpacked) -> pd.DataFrame:
    """The table of files with the rows of their source, and what is known of these."""
    if not unpacked.rows:
        return files
    row = np.array([unpacked.rows.get(path, -1) for path in files["path"]], np.int64)
    files = files.assign(row=row)
    for name in unpacked.facts:
        own = str(name) if name not in files else f"{name}_of_source"
        files[own] = unpacked.facts[name].reindex(row).to_numpy()  # nothing is known of what a folder in a table holds
    return files


def with_places(errors: pd.DataFrame, unpacked: Unpacked) -> pd.DataFrame:
    """The table of errors with the archive, or what else it was, in place of the temporary folder."""
    if unpacked.folder is None:
        return errors
    inside = os.path.join(unpacked.folder.name, "")
    place = unpacked.place or unpacked.name
    named = [
        os.path.join(place, path.removeprefix(inside)) if path.startswith(inside) else path for path in errors["path"]
    ]
    renamed = errors.assign(path=pd.Series(named, index=errors.index, dtype=object))
    return renamed.sort_values(["path", "reason"], ignore_index=True)
