"""The commands ``dupviz demo`` and ``dupviz lessons``: what comes with dupviz, to try and to learn."""

import argparse
import os
import shlex
import subprocess
import sys

from dupviz._words.words import printable
from dupviz.teaching.bundled import copy_lessons, copy_sample

__all__ = ["lessons", "unpack_sample"]


def unpack_sample(folder: str) -> None:
    """Copy the sample to a new folder, and say so.

    Parameters
    ----------
    folder : str

    Raises
    ------
    ValueError
        If there is something at that place.
    OSError
        If the folder cannot be written.
    """
    try:
        copy_sample(folder)
    except FileExistsError:
        raise ValueError(
            f"{folder} is there already, and nothing is overwritten: name a new folder, as in dupviz demo FOLDER, "
            "or open the old one with dupviz review"
        ) from None
    print(f"A copy of the sample is in {printable(os.path.realpath(folder))}. Delete it when you have seen enough.")


def lessons(options: argparse.Namespace) -> int:
    """Copy the notebooks to a new folder, and say how to start them.

    Parameters
    ----------
    options : argparse.Namespace

    Returns
    -------
    int
        Exit status.

    Raises
    ------
    ValueError
        If there is something at that place.
    OSError
        If the folder cannot be written.
    """
    try:
        copy_lessons(options.folder)
    except FileExistsError:
        raise ValueError(f"{options.folder} is there already, and nothing is overwritten: name a new folder") from None
    notebooks = os.path.join(os.path.realpath(options.folder), "notebooks")
    print(f"The lessons are in {printable(notebooks)}. They need nothing more. To start them:")
    print(f"  {printable(command_line([sys.executable, '-m', 'jupyterlab', notebooks]))}")
    print("editions.py beside them makes editions for a class. It needs the extra lesson: dupviz[lesson].")
    return 0


def command_line(words: list[str], *, system: str = os.name) -> str:
    """Words as they are typed in a terminal of this system."""
    return subprocess.list2cmdline(words) if system == "nt" else shlex.join(words)
