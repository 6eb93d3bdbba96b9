"""Plans as CSV, which a spreadsheet may change."""

import csv
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from dupviz._disk.paths import no_formulas
from dupviz._disk.write import write_atomically
from dupviz._words.rows import PlanRow
from dupviz.cleanup.entries import absolute, inside
from dupviz.metrics import LARGEST_MSE

__all__ = ["COLUMNS", "USUAL_SIZE", "read_plan", "write_plan"]


def _mse(text: str) -> float:
    mse = float(text)
    if not 0 <= mse <= LARGEST_MSE:  # NaN, too: whatever is measured would not be above it
        raise ValueError
    return mse


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _int64(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError
    return number


def _size(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,3}", text, re.ASCII):
        raise ValueError
    return int(text)


# What the CSV holds, and how each of it is read back.
COLUMNS: dict[str, Callable[[str], Any]] = {
    "path": absolute,
    "keeper": absolute,
    "mse": _mse,
    "rotation": {str(angle): angle for angle in (0, 90, 180, 270)}.__getitem__,
    "mirrored": _flag,
    "bytes": _int64,
    "modified": lambda text: _int64(text.removesuffix(" ns")),
    "keeper_bytes": _int64,
    "keeper_modified": lambda text: _int64(text.removesuffix(" ns")),
    "reason": str,
    "destination": inside,
}
TIMES = ("modified", "keeper_modified")
# What older plans do not have, and a plan may do without.
LATER: dict[str, Callable[[str], Any]] = {"size": _size, "carry": _flag}
USUAL_SIZE = PlanRow._field_defaults["size"]


def write_plan(table: pd.DataFrame, file: str | os.PathLike[str]) -> None:
    """Save the table of a plan, see `Plan.save`."""
    # A spreadsheet would round the 19 digits of a time; what has a unit it leaves alone.
    table = table.assign(**{name: [f"{time} ns" for time in table[name]] for name in TIMES})
    table["destination"] = no_formulas(table["destination"])
    with write_atomically(file, newline="") as lines:
        writer = csv.writer(lines, quoting=csv.QUOTE_ALL)
        writer.writerow(table.columns)
        writer.writerows(table.itertuples(index=False))


def read_plan(file: str | os.PathLike[str], size: int) -> pd.DataFrame:
    """The table of a saved plan, see `open_plan`."""
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
    readers = COLUMNS | {name: read for name, read in LATER.items() if name in table}
    for name, read in readers.items():
        values = []
        for number, text in zip(numbers, table[name]):
            try:
                values.append(read(text))
            except (ValueError, KeyError):
                raise ValueError(f"{os.fspath(file)!r}, row {number}: {name} cannot be {text!r}") from None
        table[name] = pd.Series(values, dtype=object)
    _check_size(os.fspath(file), table, size)
    integers = dict.fromkeys(table.columns.intersection(["bytes", "keeper_bytes", "size", *TIMES]), "int64")
    flags = dict.fromkeys(table.columns.intersection(["mirrored", "carry"]), "bool")
    return table.astype({"mse": "float64", "rotation": "int16", **flags, **integers})


def _check_size(file: str, table: pd.DataFrame, size: int) -> None:
    """Refuse a plan whose rows are not all of the size that is asked for."""
    stated = table["size"] if "size" in table else [USUAL_SIZE] * len(table)
    if others := set(stated) - {size}:
        other = min(others)
        way_out = f"if the scan was made with size {other}, say so (size={other}, or --size {other})"
        raise ValueError(f"{file!r} measures tensors of size {other}, not {size}: {way_out}")
