"""What a source of pictures gives, and the tables of files and errors with what the source knows of its rows."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
import pandas as pd

from dupviz._disk.contents import Inside, in_memory

__all__ = ["Given", "held", "now_ns", "with_extension", "with_facts", "with_rows"]

# Of files without a name: what looks for a film behind a picture goes by its extension.
EXTENSIONS = ((b"\xff\xd8\xff", 0, ".jpg"), (b"ftyphei", 4, ".heic"), (b"ftypmif1", 4, ".heic"))

_numbers = count(1)  # which tell pictures of one name apart


def now_ns() -> int:
    """When a source is read, in nanoseconds."""
    return time.time_ns()


@dataclass
class Given:
    """What a source gives.

    Attributes
    ----------
    paths : list of str
        Folders and files to read.
    inside : list of Inside
        Pictures that are no files of their own.
    name : str
        What the source is called; empty if its pictures are files that may be moved.
    rows : dict of str to int
        The row of the source that each picture is, by path; empty for archives and remote folders.
    facts : DataFrame
        What is known of each row beside its picture, as labels.
    errors : list of (path, reason)
        What gives no picture.
    other_files : int
        Files that are no pictures.
    """

    paths: list[str] = field(default_factory=list)
    inside: list[Inside] = field(default_factory=list)
    name: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    facts: pd.DataFrame = field(default_factory=pd.DataFrame)
    errors: list[tuple[str, str]] = field(default_factory=list)
    other_files: int = 0


def held(
    name: str, content: bytes | Callable[[], bytes], size: int, now: int, *, pixels: Any = None, kind: str = ""
) -> Inside:
    """A picture that is not on the disk, under a name.

    Parameters
    ----------
    content : bytes or callable
        Its bytes, or what gives them.
    now : int
        When it was given, in nanoseconds: one time for all of a source, or it were the time that decides what stays.
    """
    read = in_memory(content) if isinstance(content, bytes) else content
    return Inside(name, read, size, (next(_numbers), now, time.time_ns()), pixels, kind)


def with_extension(name: str, content: bytes) -> str:
    """A name as it is if it has an extension, or else with that of the content."""
    if os.path.splitext(name)[1]:
        return name
    return name + next((extension for begins, at, extension in EXTENSIONS if content.startswith(begins, at)), "")


def with_facts(files: pd.DataFrame, given: Given) -> pd.DataFrame:
    """The table of files with the rows of their source, and what is known of these."""
    if not given.rows:
        return files
    row = np.array([given.rows.get(path, -1) for path in files["path"]], np.int64)
    files = files.assign(row=row)
    for name in given.facts:
        own = str(name) if name not in files else f"{name}_of_source"
        files[own] = given.facts[name].reindex(row).to_numpy()  # nothing is known of what a folder in a table holds
    return files


def with_rows(errors: pd.DataFrame, given: Given) -> pd.DataFrame:
    """The table of errors with the row of each, if the source has rows."""
    if not given.rows:
        return errors
    return errors.assign(row=np.array([given.rows.get(path, -1) for path in errors["path"]], np.int64))
