"""Groups → a plan: what goes, which file stays for it, and why."""

import csv
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dupviz._disk.companions import companions
from dupviz._disk.paths import Paths, common_folder, no_formulas
from dupviz._disk.write import write_atomically
from dupviz._words.cards import match_words
from dupviz._words.html import table_html
from dupviz._words.rows import PlanRow
from dupviz._words.words import along, count, file_size
from dupviz.cleanup.apply import apply_plan
from dupviz.cleanup.journal import absolute, inside
from dupviz.cleanup.outcome import Outcome, Report
from dupviz.images.imageset import ImageSet
from dupviz.metrics import LARGEST_MSE

__all__ = ["Plan", "make_plan", "open_plan"]


def _mse(text: str) -> float:
    mse = float(text)
    if not 0 <= mse <= LARGEST_MSE:  # NaN, too: whatever is measured would not be above it
        raise ValueError
    return mse


def _int64(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError
    return number


# What the CSV holds, and how each of it is read back.
COLUMNS: dict[str, Callable[[str], Any]] = {
    "path": absolute,
    "keeper": absolute,
    "mse": _mse,
    "rotation": {str(angle): angle for angle in (0, 90, 180, 270)}.__getitem__,
    "mirrored": lambda text: {"true": True, "false": False}[text.lower()],
    "bytes": _int64,
    "modified": lambda text: _int64(text.removesuffix(" ns")),
    "keeper_bytes": _int64,
    "keeper_modified": lambda text: _int64(text.removesuffix(" ns")),
    "reason": str,
    "destination": inside,
}
TIMES = ("modified", "keeper_modified")
USUAL_SIZE = PlanRow._field_defaults["size"]


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
          scanned. Files of which they have changed are not moved;
        - reason (str): the same in words;
        - destination (str): the path that it will have in the quarantine folder;
        - size (int): of the tensors, for the two are measured again before the move. Without this column it is 50.

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

        Parameters
        ----------
        to : str or Path, optional
            The quarantine folder: a new or empty one, or one that has been used before. May lie within the folders
            that were scanned; later scans leave it out.
        trash : bool
            Move to the system's trash instead, from which dupviz itself cannot bring anything back.
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
            Of the file. One that dupviz has written is replaced, any other refused.

        Raises
        ------
        OSError
            If it cannot be written. What was there is left as it was.
        """
        # A spreadsheet would round the 19 digits of a time; what has a unit it leaves alone.
        table = self.table.assign(**{name: [f"{time} ns" for time in self.table[name]] for name in TIMES})
        table["destination"] = no_formulas(table["destination"])
        with write_atomically(file, newline="") as lines:
            writer = csv.writer(lines, quoting=csv.QUOTE_ALL)
            writer.writerow(table.columns)
            writer.writerows(table.itertuples(index=False))

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
        As `group_duplicates` gives it for these images, or edited: a group may have several files that stay.

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
            f"nothing can move: these images are unpacked from {images.source}; to_remove says which can go"
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
    return Plan(table[[*COLUMNS]].assign(size=images.size))


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
    with Path(file).open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        try:
            header, *rows = list(csv.reader(lines, strict=True)) or [[]]
            while header and not header[-1]:  # a spreadsheet may add columns
                header.pop()
        except csv.Error as error:
            raise ValueError(f"{os.fspath(file)!r} is no plan: {error}") from error
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ValueError(f"{os.fspath(file)!r} is no plan: it has no column {', '.join(missing)}")
    if len(set(header)) < len(header):
        raise ValueError(f"{os.fspath(file)!r} is no plan: two of its columns have the same name")
    numbers = [number for number, row in enumerate(rows, 2) if any(row)]  # a spreadsheet may leave blank rows
    rows = [rows[number - 2] for number in numbers]
    for number, row in zip(numbers, rows):
        if len(row) < len(header) or any(row[len(header) :]):
            raise ValueError(f"{os.fspath(file)!r}, row {number}: it must have {len(header)} columns")
    table = pd.DataFrame([row[: len(header)] for row in rows], columns=header, dtype=object)
    for name, read in COLUMNS.items():
        values = []
        for number, text in zip(numbers, table[name]):
            try:
                values.append(read(text))
            except (ValueError, KeyError):
                raise ValueError(f"{os.fspath(file)!r}, row {number}: {name} cannot be {text!r}") from None
        table[name] = pd.Series(values, dtype=object)
    _check_size(os.fspath(file), table, size)
    integers = dict.fromkeys(table.columns.intersection(["bytes", "keeper_bytes", "size", *TIMES]), "int64")
    return Plan(table.astype({"mse": "float64", "rotation": "int16", "mirrored": "bool", **integers}))


def _check_size(file: str, table: pd.DataFrame, size: int) -> None:
    """Refuse a plan whose rows are not all of the size that is asked for."""
    stated = table["size"].unique() if "size" in table else [str(USUAL_SIZE)] * bool(len(table))
    for text in stated:
        if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
            raise ValueError(f"{file!r}: size must be a whole number of pixels in each row")
        if int(text) != size:
            way_out = f"if the scan was made with size {text}, say so (size={text}, or --size {text})"
            raise ValueError(f"{file!r} measures tensors of size {text}, not {size}: {way_out}")


def _real_paths(paths: Iterable[str]) -> list[str]:
    """The files' absolute paths, without links among their folders."""
    folders = {folder: os.path.realpath(folder) for folder in {os.path.dirname(path) for path in paths}}
    return [os.path.join(folders[os.path.dirname(path)], os.path.basename(path)) for path in paths]


def _relative(path: str, root: str | None) -> str:
    return os.path.relpath(path, root or Path(path).anchor)
