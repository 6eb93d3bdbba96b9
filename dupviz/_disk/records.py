"""What people decided, in files of JSON lines that only grow: a kill at any moment loses no earlier decision."""

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from platformdirs import user_data_dir

from dupviz._disk.names import refuse_picture_name

__all__ = ["append_record", "data_file", "file_keys", "read_records"]


def data_file(name: str) -> Path:
    """Where a file of decisions is: in the folder that ``DUPVIZ_DATA_DIR`` names, or else in the user's data folder."""
    return Path(os.environ.get("DUPVIZ_DATA_DIR") or user_data_dir("dupviz")) / name


def file_keys(files: pd.DataFrame) -> list[tuple[str, int]]:
    """What identifies each file in records: its path and its size in bytes.

    Parameters
    ----------
    files : DataFrame
        As in `ImageSet`.

    Returns
    -------
    list of (str, int)
        Absolute path and bytes.
    """
    return list(zip(map(os.path.abspath, files["path"]), map(int, files["bytes"])))


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
    refuse_picture_name(file)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A line break before each record rather than after it: one that was cut off by a kill spoils none but itself.
    with open(file, "ab", buffering=0, opener=partial(os.open, mode=0o600)) as lines:
        lines.write(b"\n" + json.dumps(record).encode("ascii"))


def read_records(file: Path) -> list[dict[str, Any]]:
    """The records of a file, in the order in which they were added; lines that were cut off are skipped.

    Returns
    -------
    list of dict
        Empty if there is no such file.
    """
    try:
        lines = file.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    records = []
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            records.append(record)
    return records
