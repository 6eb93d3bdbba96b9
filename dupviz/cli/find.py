"""The command ``dupviz find``: whether a picture is in a folder, and where."""

import argparse
import inspect
import sys
from typing import TextIO

import pandas as pd

from dupviz._words.cards import match_words
from dupviz._words.words import printable
from dupviz.look.verdict import EDITED, SAME
from dupviz.one_call import find_pictures

__all__ = ["find"]

VERDICTS = {SAME: "the same picture", EDITED: "nearly the same picture"}
# What the kinds of the second look are called there; how it is turned is said in any case.
KINDS = {
    "byte copy": "byte for byte",
    "same pixels": "pixel for pixel",
    "re-encoded": "saved again",
    "resized": "in another size",
    "turned": "",
    "mirrored": "",
    "light": "in other light",
    "colour": "in other colours",
    "part": "or a part of it",
}


def find(options: argparse.Namespace, *, progress: bool) -> int:
    """Print where the pictures are, or what is nearest.

    Parameters
    ----------
    options : argparse.Namespace
    progress : bool

    Returns
    -------
    int
        Exit status: 0 only if each of the pictures is there.

    Raises
    ------
    OSError, ValueError
        If one of the paths cannot be used, or no picture can be read.
    """
    arguments = inspect.signature(find_pictures).parameters
    given = {name: value for name, value in vars(options).items() if name in arguments and name != "pictures"}
    *pictures, folder = options.paths
    found = find_pictures(pictures, folder, **given, progress=progress)
    _write(found, sys.stdout, quiet=options.quiet)
    is_there = found["verdict"].eq(SAME).groupby(found["picture"]).any()
    return int(not is_there.all())


def _write(found: pd.DataFrame, file: TextIO, *, quiet: bool) -> None:
    for picture, rows in found.groupby("picture", sort=False):
        told = rows[rows["verdict"] != ""]
        if len(told) or not quiet:
            print(_headline(str(picture), told), file=file)
            columns = (told if len(told) else rows)[["path", "verdict", "kind", "mse", "rotation", "mirrored"]]
            for path, verdict, kind, *match in columns.itertuples(index=False):
                words = filter(None, [_words(verdict, kind), match_words(*match)])
                print(f"  {printable(path)}\n    {', '.join(words)}", file=file)


def _headline(picture: str, told: pd.DataFrame) -> str:
    name = printable(picture)
    if (told["verdict"] == SAME).any():
        return f"{name} is there:"
    return f"{name} may be there:" if len(told) else f"{name} is not there. The nearest:"


def _words(verdict: str, kind: str) -> str:
    return ", ".join(filter(None, [VERDICTS.get(verdict, verdict), KINDS.get(kind, kind)]))
