"""The command ``dupviz quarantine``: what is in quarantine folders, and whether it can go for good."""

import argparse
import os
import sys

from dupviz._words.words import count, file_size, printable
from dupviz.cleanup.emptying import Checked, check_keepers, quarantine_folders
from dupviz.show.terminal import write_check

__all__ = ["quarantine"]


def quarantine(options: argparse.Namespace, undo_command: str) -> int:
    """Check, list or empty.

    Parameters
    ----------
    options : argparse.Namespace
    undo_command : str
        Brings back what is in the folder.

    Returns
    -------
    int
        Exit status.

    Raises
    ------
    OSError, ValueError
        If the folder is no quarantine folder, or cannot be read.
    """
    if options.what == "list":
        return _list()
    folder = os.path.realpath(options.folder)
    checked = check_keepers(folder, progress=sys.stderr.isatty())
    write_check(folder, checked, sys.stdout)
    if any(each.obstacle for each in checked):
        print(f"To bring all of it back: {undo_command}")
        return 1
    return _empty(folder, checked, options.yes) if options.what == "empty" and checked else 0


def _list() -> int:
    made = quarantine_folders()
    for each in made:
        print(
            f"{printable(each.folder)}\n    {count(each.files, 'file')} ({file_size(each.bytes)}), used on {each.used}"
        )
    print(f"{count(len(made), 'quarantine folder')} of yours.")
    return 0


def _empty(folder: str, checked: list[Checked], yes: bool) -> int:
    what = f"{count(len(checked), 'file')} ({file_size(sum(each.bytes for each in checked))})"
    if not yes:
        if not sys.stdin.isatty():
            print("Nothing has been changed: the same command with --yes moves the folder to the trash.")
            return 0
        print(f"Move the folder with {what} to the system's trash? [y/N] ", end="", flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            print("Nothing has been changed.")
            return 0
    from send2trash import send2trash  # which looks for a desktop when it is imported

    try:
        send2trash(folder)
    except OSError as error:
        print(f"dupviz: cannot be moved to the trash: {printable(str(error))}", file=sys.stderr)
        return 1
    print(f"In the trash: {what}. If you restore it from there as a folder, dupviz undo still works.")
    return 0
