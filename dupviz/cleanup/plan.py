"""Groups → a plan: what goes, which file stays for it, and why."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dupviz._disk.companions import companions
from dupviz._disk.paths import Paths, common_folder
from dupviz._words.cards import match_words
from dupviz._words.html import table_html
from dupviz._words.words import along, count, file_size
from dupviz.cleanup.apply import apply_plan
from dupviz.cleanup.outcome import Outcome, Report
from dupviz.cleanup.plan_file import COLUMNS, USUAL_SIZE, read_plan, write_plan
from dupviz.images.imageset import ImageSet

__all__ = ["Plan", "make_plan", "open_plan"]


@dataclass(frozen=True, repr=False, eq=False)
class Plan:
    """What is to go, and which file stays for it. Nothing happens before `apply`.

    A part of a plan is a plan: ``plan[plan.table["mse"] < 100]``.

    Attributes
    ----------
    table : DataFrame
        One row per file that is to go:

        - path, keeper (str): this file, and the one that stays for it; absolute, so that the plan can be applied from
          anywhere;
        - mse, rotation, mirrored: how far the two are apart, and how this file is transformed to match;
        - bytes, modified, keeper_bytes, keeper_modified (int): sizes, and modification times in nanoseconds, as
          scanned. Files whose size or time has changed are not moved;
        - reason (str): the same in words;
        - destination (str): the path that it will have in the quarantine folder;
        - size (int): of the tensors, for the two are measured again before the move. Without this column it is 50;
        - carry (bool): whether metadata that the file has and `keeper` lacks is written to an XMP sidecar beside
          `keeper` before the move. Without this column it is not.

    Examples
    --------
    >>> plan = dv.find_duplicates("data/photos/flags", progress=False).plan()
    >>> plan
    Plan: 3 files to go (46 kB), for 1 file that will stay
    >>> plan[plan.table["path"].str.contains("france")]  # a part of a plan is a plan
    Plan: 1 file to go (15 kB), for 1 file that will stay
    """

    table: pd.DataFrame

    def apply(
        self,
        to: str | os.PathLike[str] | None = None,
        *,
        trash: bool = False,
        dry_run: bool = True,
        protect: Paths = (),
        progress: bool = True,
        report: Report | None = None,
    ) -> Outcome:
        """Move the files into a quarantine folder, or say what would be moved.

        Before each move, the file and its keeper are checked: if one of them is gone or has changed since the scan,
        or the keeper is to go as well, the file stays. Nothing is ever overwritten. `undo` brings everything back.

        Where `table` says `carry`, metadata that the file has and the keeper lacks is written to an XMP sidecar beside
        the keeper first, as ``IMG_1.jpg.xmp``; the keeper itself is never written to. The file stays where that cannot
        be: there is a sidecar already, or another value of what there can be only one.

        Parameters
        ----------
        to : str or Path, optional
            The quarantine folder: a new or empty one, or one that has been used before. May lie within the folders
            that were scanned; later scans leave it out.
        trash : bool
            Move to the system's trash instead, from which dupviz itself cannot bring anything back. Nothing is carried
            over then: files of which something would be lost stay.
        dry_run : bool
            Whether to only say what would happen. False moves the files.
        protect : str, Path, or iterable of them
            Folders whose files stay, whatever the plan says.
        progress : bool
            Whether to show a progress bar, if it takes more than a second.
        report : callable, optional
            Is called with the number of files that are done, and of all, after each.

        Returns
        -------
        Outcome
            What has become of each file, also after Ctrl-C.

        Raises
        ------
        OSError
            If `to` cannot be used, or a folder in `protect` does not exist. Nothing has been moved then. A
            BlockingIOError if another process uses `to`.
        ValueError
            If not exactly one of `to` and `trash` is given, `to` holds files of the plan, or a path of the plan is not
            absolute or a destination leads out of `to`.
        """
        return apply_plan(
            self.table, to=to, trash=trash, dry_run=dry_run, protect=protect, progress=progress, report=report
        )

    def save(self, file: str | os.PathLike[str]) -> None:
        """Save the plan as CSV, for `open_plan` or a spreadsheet.

        Parameters
        ----------
        file : str or Path
            Of the file. A file that dupviz has written is replaced; any other is refused.

        Raises
        ------
        OSError
            If it cannot be written. The old file is left as it was.
        """
        write_plan(self.table, file)

    def summary(self) -> str:
        """One sentence: how many files go, how many stay for them, the bytes that this frees, and what goes along."""
        size = file_size(int(self.table["bytes"].sum()))
        keepers = count(self.table["keeper"].nunique(), "file")
        beside = along(sum(1 for _ in companions(self.table["path"])))
        return f"{count(len(self), 'file')} to go ({size}){beside}, for {keepers} that will stay"

    def __getitem__(self, rows: ArrayLike) -> "Plan":
        chosen = np.asarray(rows)
        if chosen.dtype != bool or chosen.shape != (len(self),):
            raise TypeError(f"choose rows by {len(self)} booleans, as in plan[plan.table['mse'] < 100]")
        return Plan(self.table[chosen].reset_index(drop=True))

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        return f"Plan: {self.summary()}"

    def _repr_html_(self) -> str:
        return table_html(self.summary(), self.table[["path", "keeper", "reason", "bytes"]])


def make_plan(images: ImageSet, groups: pd.DataFrame) -> Plan:
    """Plan what goes: every file whose action is ``"remove"``, for its keeper, or else the first of its group.

    Parameters
    ----------
    images : ImageSet
        Whose files move.
    groups : DataFrame
        As `group_duplicates` gives it for these images, or edited: a group may have several files that stay. Without
        the column `carry`, nothing is carried over.

    Returns
    -------
    Plan
        A row for each file that goes.

    Raises
    ------
    ValueError
        If the first file of a group is not kept, or the images are no files of a folder.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> groups = dv.group_duplicates(images, dv.find_pairs(images, progress=False), look="mse")
    >>> dv.make_plan(images, groups)
    Plan: 4 files to go (57 kB), for 2 files that will stay
    """
    if images.source:
        raise ValueError(
            f"nothing can move: these pictures are no files of their own, but of {images.source}; keep_rows() says "
            "which rows stay, and to_remove which can go"
        )
    first = groups.groupby("group")[["image", "action"]].transform("first")
    bad = groups.loc[first["action"] != "keep", "group"]
    if len(bad):
        raise ValueError(f"the first file of each group must be one to keep; it is not in group {bad.iloc[0]}")
    paths = _real_paths(images.files["path"])
    facts = pd.DataFrame(
        {
            "path": pd.Series(paths, dtype=object),
            "bytes": images.files["bytes"].to_numpy(np.int64),
            "modified": images.files["modified"].astype("datetime64[ns, UTC]").astype("int64").to_numpy(),
        }
    )
    is_gone = groups["action"] == "remove"
    gone = groups[is_gone].reset_index(drop=True)
    stays = groups["keeper"] if "keeper" in groups else first["image"]
    file, keeper = (facts.iloc[images].reset_index(drop=True) for images in (gone["image"], stays[is_gone]))
    matches = [
        ", ".join(filter(None, [reason, match_words(*match)]))
        for reason, *match in zip(gone.get("reason", [""] * len(gone)), gone["mse"], gone["rotation"], gone["mirrored"])
    ]
    root = common_folder(paths)
    of_keeper = keeper.add_prefix("keeper_").rename(columns={"keeper_path": "keeper"})
    table = pd.concat([file, of_keeper, gone[["mse", "rotation", "mirrored"]]], axis=1).assign(
        reason=pd.Series(matches, dtype=object),
        destination=pd.Series([_relative(path, root) for path in file["path"]], dtype=object),
    )
    carry = gone["carry"].to_numpy(bool) if "carry" in gone else False
    return Plan(table[[*COLUMNS]].assign(size=images.size, carry=carry))


def open_plan(file: str | os.PathLike[str], *, size: int = USUAL_SIZE) -> Plan:
    """Open a plan that `Plan.save` has saved, and whose rows and columns a spreadsheet may have changed.

    Parameters
    ----------
    file : str or Path
        Of a saved plan.
    size : int
        Of the tensors of the scan that made it. The two files are measured again at that size before a move, so it is
        not left to the file: at 1 × 1 pixel any two pictures of one mean colour would be copies.

    Returns
    -------
    Plan
        As it was saved, or edited.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column is missing, something in it is not what it should be, or the plan is one of another size.

    Examples
    --------
    >>> dv.find_duplicates("data/photos/flags", progress=False).plan().save("plan.csv")
    >>> dv.open_plan("plan.csv")  # after you have looked through it, and edited it
    Plan: 3 files to go (46 kB), for 1 file that will stay
    """
    return Plan(read_plan(file, size))


def _real_paths(paths: Iterable[str]) -> list[str]:
    """The files' absolute paths, without links among their folders."""
    folders = {folder: os.path.realpath(folder) for folder in {os.path.dirname(path) for path in paths}}
    return [os.path.join(folders[os.path.dirname(path)], os.path.basename(path)) for path in paths]


def _relative(path: str, root: str | None) -> str:
    return os.path.relpath(path, root or Path(path).anchor)
