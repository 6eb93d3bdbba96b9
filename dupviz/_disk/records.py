"""What people decided, in files of JSON lines that only grow: a kill at any moment loses no earlier decision."""

import errno
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import pandas as pd
from platformdirs import user_data_dir

from dupviz._disk.homes import is_remembered, own_folder
from dupviz._disk.names import refuse_picture_name

__all__ = ["RecordFile", "append_record", "data_file", "read_records", "records_in"]

Key = TypeVar("Key")
Value = TypeVar("Value")


class RecordFile(Generic[Key, Value]):
    """What people said of images, in a file of records: the last record of each thing counts.

    Records of other images stay in the file, unseen, and so do odd lines.

    Parameters
    ----------
    files : DataFrame
        As in `ImageSet`. A file is known again by its path and its size in bytes.
    name : str
        Of the file in the user's data folder.
    file : str or Path, optional
        Where it is instead.
    """

    def __init__(self, files: pd.DataFrame, name: str, file: str | Path | None) -> None:
        self.file = data_file(name) if file is None else Path(file)
        self._keys = list(zip(map(os.path.abspath, files["path"]), map(int, files["bytes"])))
        self._rows: dict[object, int] = {key: row for row, key in enumerate(self._keys)}
        self._known: dict[Key, Value] = {}
        for record in read_records(self.file):
            for key, value in self._read(record):
                self._note(key, value)

    def _read(self, record: dict[str, Any]) -> Iterable[tuple[Key, Value | None]]:
        raise NotImplementedError

    def _note(self, key: Key, value: Value | None) -> None:
        self._known.pop(key, None)
        if value is not None:  # None takes back what was said
            self._known[key] = value


def data_file(name: str) -> Path:
    """Where a file of decisions is: in the folder that ``DUPVIZ_DATA_DIR`` names, or else in the user's data folder."""
    return own_folder("DUPVIZ_DATA_DIR", user_data_dir) / name


def append_record(file: Path, record: dict[str, Any]) -> None:
    """Add a record to a file, in one write, so that two processes may add to it at once.

    Parameters
    ----------
    file : Path
        Is made, with its folder, if it is not there.
    record : dict
        Of what JSON can hold.

    Raises
    ------
    FileExistsError
        If that is the name of a picture.
    OSError
        If it cannot be written.
    """
    if not is_remembered(file):
        raise OSError("this user has no home folder")
    refuse_picture_name(file)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A line break before each record rather than after it: one that was cut off by a kill spoils none but itself.
    with open(file, "ab", buffering=0, opener=partial(os.open, mode=0o600)) as lines:
        line = b"\n" + json.dumps(record).encode("ascii")
        if lines.write(line) != len(line):  # of a disk that became full meanwhile
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(file))


def read_records(file: Path) -> list[dict[str, Any]]:
    """The records of a file, in the order in which they were added; odd lines are skipped.

    Returns
    -------
    list of dict
        Empty if there is no such file.
    """
    try:
        return records_in(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return []


def records_in(content: bytes) -> list[dict[str, Any]]:
    """The records in the content of a file, as by `read_records`."""
    records = []
    for line in content.split(b"\n"):
        with suppress(ValueError, RecursionError):  # the latter of thousands of brackets
            records.append(json.loads(line))
    return [record for record in records if isinstance(record, dict)]
