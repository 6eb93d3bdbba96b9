"""Whether the files of a plan can go, by what the disk says of them and of those that stay."""

import os
from contextlib import suppress

import pandas as pd

from dupviz._disk.companions import parted
from dupviz._disk.paths import Paths
from dupviz._disk.status import is_as_scanned
from dupviz._words.rows import PlanRow
from dupviz.cleanup import disk
from dupviz.groups.keep import protected_files

__all__ = ["Checks"]


class Checks:
    """Whether the files of a plan can go: asked right before each move."""

    def __init__(self, table: pd.DataFrame, protect: Paths) -> None:
        self._protected = set(table["path"][protected_files(table, protect)])
        self._parted = parted(table["path"])
        self._to_go = set(table["path"])
        self._kept: dict[tuple[int, int], str] = {}
        for keeper in set(table["keeper"]) - self._to_go:
            with suppress(OSError):
                status = disk.lstat(keeper)
                self._kept[status.st_dev, status.st_ino] = keeper

    def look(self, row: PlanRow) -> tuple[os.stat_result | None, str]:
        """The file's status, and why it cannot go, or ""."""
        status, obstacle = _as_scanned(row.path, row.bytes, row.modified)
        if row.path in self._protected:
            return status, "is in a protected folder"
        if row.path in self._parted:
            return status, f"belongs to {self._parted[row.path]} beside it, which stays"
        if row.keeper in self._to_go:
            return status, f"the file that should stay for it is to go as well: {row.keeper}"
        if status is None or obstacle:
            return status, obstacle
        if obstacle := self.look_at_keeper(row):
            return status, obstacle
        if (status.st_dev, status.st_ino) in self._kept:
            return status, f"is the same file as {self._kept[status.st_dev, status.st_ino]}, which stays"
        return status, ""

    def look_at_keeper(self, row: PlanRow) -> str:
        """What has become of the keeper, or "" if it is as scanned."""
        obstacle = _as_scanned(row.keeper, row.keeper_bytes, row.keeper_modified)[1]
        return obstacle and f"the file that should stay for it {obstacle}: {row.keeper}"


def _as_scanned(path: str, size: int, modified_ns: int) -> tuple[os.stat_result | None, str]:
    """The status of a file, and what has become of it since it was scanned, or ""."""
    try:
        status = disk.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None, "is gone"
    except OSError as error:
        return None, f"cannot be read ({error.strerror})"
    return status, "" if is_as_scanned(status, size, modified_ns) else "has changed since the scan"
