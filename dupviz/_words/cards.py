"""What every view says of a file: one card of words."""

import os
from dataclasses import dataclass

import pandas as pd

from dupviz._words.rows import FileRow
from dupviz._words.words import file_size, printable, turn

__all__ = ["Card", "beside", "file_card", "match_words"]


@dataclass(frozen=True)
class Card:
    """A file in words, safe to print.

    Attributes
    ----------
    name, folder : str
        Of the path; the folder is relative to the one that was given, and empty for that one itself.
    pixels, size, kind : str
        ``"900 × 600"``, ``"1.2 MB"``, ``"JPEG · taken 2026-11-25 18:30"``, or with the day that it was saved.
    mse, turn : str
        ``"MSE 12.3"``, ``"turned 90°"``; empty for the file that stays.
    """

    name: str
    folder: str
    pixels: str
    size: str
    kind: str
    mse: str
    turn: str

    @property
    def facts(self) -> list[str]:
        """Pixels and size, then how it matches the file that stays."""
        return [f"{self.pixels}, {self.size}", *filter(None, [self.mse, self.turn])]


def file_card(
    facts: FileRow | pd.Series,
    *,
    folder: str | None = None,
    mse: float | None = None,
    rotation: int = 0,
    mirrored: bool = False,
) -> Card:
    """The card of an image.

    Parameters
    ----------
    facts : FileRow or Series
        Its row of `ImageSet.files`.
    folder : str, optional
        What the folder is relative to; by default no folder is said.
    mse : float, optional
        How far it is from the file that stays, if it is another.
    rotation, mirrored
        How it is transformed to match that.
    """
    where, name = os.path.split(facts.path)
    where = os.curdir if folder is None else os.path.relpath(where or os.curdir, folder or os.curdir)
    return Card(
        name=printable(name),
        folder="" if where == os.curdir else printable(where),
        pixels=f"{facts.width} × {facts.height}",
        size=file_size(int(facts.bytes)),
        kind=f"{facts.format} · {_date(facts)}",
        mse="" if mse is None else f"MSE {mse:,.1f}",
        turn=turn(rotation, mirrored),
    )


def _date(facts: FileRow | pd.Series) -> str:
    taken = getattr(facts, "taken", None)  # tables that were made by hand may lack it
    return f"{facts.modified:%Y-%m-%d}" if taken is None or pd.isna(taken) else f"taken {taken:%Y-%m-%d %H:%M}"


def match_words(mse: float, rotation: int, mirrored: bool) -> str:
    """How a file matches another: ``"MSE 12.3, turned 90°"``."""
    return ", ".join(filter(None, [f"MSE {mse:,.1f}", turn(rotation, mirrored)]))


def beside(action: str, keeper: str) -> str:
    """For which file, by its path, another one goes, or beside which it is for review: ``"goes for IMG_1.jpg"``."""
    name = printable(os.path.basename(keeper))
    return f"goes for {name}" if action == "remove" else f"beside {name}"
