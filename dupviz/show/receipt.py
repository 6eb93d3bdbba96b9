"""The receipt of a move: what has moved, for which file, why, and how to take it back, with a sample to look at."""

import math
import os
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dupviz import __version__
from dupviz._disk.paths import common_folder
from dupviz._disk.write import write_atomically
from dupviz._words.html import breakable, stream_page, styled, thumbnail_uri
from dupviz._words.words import count, file_size, plural, printable
from dupviz.cleanup.journal import receipt_of
from dupviz.cleanup.outcome import Outcome
from dupviz.cleanup.plan import Plan
from dupviz.images.decode import decode_picture
from dupviz.images.formats import DecodeError, NotAnImage
from dupviz.metrics import transform
from dupviz.threshold.suggest import share_interval

__all__ = ["below", "receipt_words", "undo_command", "write_receipt"]

SAMPLED = 40  # pairs: of so many without a mistake, below 7.3 % of all are wrong
SIDE = 224  # of their pictures, in pixels
MOST_WRONG = 3  # of the sample, that the receipt says a bound for


def write_receipt(plan: Plan, outcome: Outcome) -> Path | None:
    """Write what has become of a plan as one HTML page, beside the journal of it.

    Parameters
    ----------
    plan : Plan
    outcome : Outcome
        Of this plan.

    Returns
    -------
    Path or None
        Of the page; None if no file of the plan has moved to a quarantine folder.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    moved = outcome.table[outcome.table["status"] == "moved"]
    places = dict(zip(moved["path"], moved["new_path"]))
    table = plan.table[np.array([path in places for path in plan.table["path"]], bool)]
    if outcome.journal is None or table.empty:
        return None
    # Of objects: pandas' own text holds no names that are not UTF-8.
    table = table.assign(new_path=pd.Series([places[path] for path in table["path"]], table.index, dtype=object))
    path = receipt_of(outcome.journal)
    with write_atomically(path) as file:
        file.writelines(_page(table, outcome, outcome.journal))
    return path


def undo_command(journal: str | os.PathLike[str], *, system: str = os.name) -> str:
    """The command line that undoes a journal: for the shells of Windows, or any of POSIX.

    If the name cannot be printed, it is for bash.
    """
    path = os.fspath(journal)
    if system == "nt":  # where no name has such quotes
        return f'dupviz undo "{path}"'
    if path.isprintable():
        return f"dupviz undo {shlex.quote(path)}"
    return "dupviz undo $'" + "".join(f"\\x{byte:02x}" for byte in os.fsencode(path)) + "'"


def receipt_words(plan: Plan, outcome: Outcome) -> str:
    """Write a receipt, and say in a sentence where it is."""
    try:
        path = write_receipt(plan, outcome)
    except OSError as error:
        return f"No receipt could be written: {printable(error.strerror or str(error))}."
    if path is None:
        return "No picture has moved, so that there is no receipt."
    return f"Receipt, with a sample to look at: {printable(os.fspath(path))}"


def below(wrong: int, looked: int) -> str:
    """The share of which a sample says, with 95 % confidence, that no more are wrong: ``"7.3 %"``, rounded up.

    Parameters
    ----------
    wrong, looked : int
        So many of those that were looked at are wrong. The bound is the exact one of Clopper and Pearson, of one side.
    """
    high = share_interval(wrong, looked, confidence=0.9)[1]
    return f"{math.ceil(1000 * high) / 10:.1f} %"


def _page(table: pd.DataFrame, outcome: Outcome, journal: Path) -> Iterator[str]:
    sample = table.iloc[np.sort(np.random.default_rng().permutation(len(table))[:SAMPLED])]
    root = common_folder([*table["path"], *table["keeper"]]) or ""
    skipped, status = outcome.skipped, outcome.table["status"]
    others = int((status == "moved").sum()) - len(table)
    totals = [
        (f"{len(table):,}", f"{plural(len(table), 'file')} moved"),
        (file_size(int(table["bytes"].sum())), "freed, once the folder is emptied"),
        *([(f"{others:,}", f"{plural(others, 'file')} that moved along")] if others else []),
        *([(f"{len(skipped):,}", f"{plural(len(skipped), 'file')} left where they were")] if len(skipped) else []),
    ]
    return stream_page(
        "receipt.html",
        **styled("report", "receipt"),
        totals=totals,
        folder=os.fspath(journal.parent),
        root=root,
        command=undo_command(journal),
        pairs=(_pair(row, root, journal.parent) for row in sample.itertuples()),
        sampled=len(sample),
        is_whole=len(sample) == len(table),
        bounds=[(wrong, below(wrong, len(sample))) for wrong in range(min(MOST_WRONG, len(sample)) + 1)],
        files=(_file(row, root) for row in table.itertuples()),
        number=count(len(table), "file"),
        skipped=list(skipped[["path", "reason"]].itertuples(index=False)),
        version=__version__,
        when=f"{datetime.now(UTC):%Y-%m-%d at %H:%M}",
    )


def _file(row: Any, root: str) -> dict[str, str]:
    return {
        "name": breakable(printable(os.path.relpath(row.path, root))),
        "keeper": breakable(printable(os.path.relpath(row.keeper, root))),
        "reason": row.reason,
        "size": file_size(row.bytes),
    }


def _pair(row: Any, root: str, folder: Path) -> dict[str, Any]:
    """What has moved beside what has stayed, turned to match."""
    place = row.new_path or os.path.join(folder, row.destination)
    return {
        **_file(row, root),
        "moved": _uri(place, row.rotation, row.mirrored),
        "stayed": _uri(row.keeper, 0, False),
    }


def _uri(path: str, rotation: int, mirrored: bool) -> str:
    """A small picture; nothing where it cannot be read any more."""
    try:
        picture = np.asarray(decode_picture(path, SIDE))
    except (DecodeError, NotAnImage):
        return ""
    return thumbnail_uri(transform(picture, rotation=rotation, mirrored=mirrored), lossy=True)
