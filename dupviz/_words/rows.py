"""Rows of tables as records: the columns that are needed, each by its name and of its type."""

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

import pandas as pd

__all__ = ["FileRow", "GroupRow", "PairRow", "PlanRow", "rows"]


class FileRow(NamedTuple):
    """Of the files of an `ImageSet`."""

    path: str
    width: int
    height: int
    bytes: int
    format: str
    modified: pd.Timestamp
    taken: pd.Timestamp | None = None


class GroupRow(NamedTuple):
    """Of the groups, see `group_duplicates`."""

    group: int
    image: int
    action: str
    mse: float
    rotation: int
    mirrored: bool
    bytes: int
    path: str
    keeper: int = -1
    verdict: str = ""
    kind: str = ""
    reason: str = ""


class PairRow(NamedTuple):
    """Of pairs, see `find_pairs`."""

    a: int
    b: int
    mse: float
    rotation: int
    mirrored: bool


class PlanRow(NamedTuple):
    """Of a `Plan`; times are nanoseconds."""

    path: str
    keeper: str
    mse: float
    bytes: int
    modified: int
    keeper_bytes: int
    keeper_modified: int
    reason: str
    destination: str
    size: int = 50  # of the tensors
    carry: bool = False


Row = TypeVar("Row", FileRow, GroupRow, PairRow, PlanRow)


def rows(table: pd.DataFrame, kind: type[Row]) -> Iterator[Row]:
    """The rows of a table, one after the other; a column that may be missing has its default."""
    columns = [table[name] if name in table else [kind._field_defaults[name]] * len(table) for name in kind._fields]
    return map(kind._make, zip(*columns))
