"""The quarantine folder: checked, made, and what its journals say of it."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from dupviz._disk.write import is_begun
from dupviz.cleanup import disk
from dupviz.cleanup.entries import read_journal
from dupviz.cleanup.journal import Journal, journals_in, receipt_of
from dupviz.cleanup.places import roots_of
from dupviz.cleanup.placing import exists, make_folders
from dupviz.cleanup.signature import Signer
from dupviz.groups.keep import files_in
from dupviz.images.walk import MARKER

__all__ = [
    "check_quarantine",
    "files_in_quarantine",
    "gone_when_broken_off",
    "make_quarantine",
    "named_places",
    "unnamed_files",
]

MARKER_TEXT = """\
dupviz moved the files in this folder here, since each has a duplicate that stayed. To bring all of them back:

    dupviz undo THIS-FOLDER

The files journal-*.jsonl say where each came from. A scan of the folder around this one leaves it out.
"""


def named_places(folder: str | Path) -> dict[str, str]:
    """Which file each place in a quarantine folder belongs to by its journals: no other may ever be put there.

    Returns
    -------
    dict of str to str
        Absolute paths: of the place, and of the file before it moved there.
    """
    named: dict[str, str] = {}
    for journal in journals_in(folder) if os.path.isdir(folder) else []:
        with suppress(ValueError):
            named |= {entry.move.target: entry.move.source for entry in read_journal(journal).entries}
    return named


class Gone(NamedTuple):
    """A picture that has moved: its place in the quarantine folder, as a path within it, and the one that stayed."""

    destination: str
    keeper: str


def gone_when_broken_off(folder: str) -> dict[str, Gone]:
    """Pictures, by their paths, that moved before the last clean-up was broken off: what belongs to them may be left.

    Nothing but journals of the user's own are believed, and only those after the last that came to its end: what has
    come beside a picture since then is no part of it.
    """
    gone: dict[str, Gone] = {}
    journals = journals_in(folder) if os.path.isdir(folder) else []
    with suppress(ValueError, OSError):
        for recorded in map(read_journal, journals):
            if recorded.is_finished or (recorded.doubt and recorded.entries):
                break
            gone |= {
                entry.move.source: Gone(os.path.relpath(entry.move.target, folder), entry.keeper)
                for entry in recorded.entries
                if exists(entry.move.target) and not exists(entry.move.source)
            }
    return gone


def unnamed_files(folder: Path) -> list[str]:
    """Files in a quarantine folder that none of its journals names, for one that is damaged or lost."""
    if not exists(os.path.join(folder, MARKER)):
        return []
    named = named_places(folder)
    return sorted(path for path in files_in_quarantine(folder) if path not in named)


def files_in_quarantine(folder: str | Path) -> list[str]:
    """All files in a quarantine folder but for its marker, its journals, their receipts, and what is begun of one."""
    journals = journals_in(folder)
    ours = {os.path.join(folder, MARKER), *map(os.fspath, (*journals, *map(receipt_of, journals)))}
    return [path for path in _files_below(os.fspath(folder)) if path not in ours and not is_begun(path)]


def _files_below(folder: str) -> Iterator[str]:
    """All that is no folder, however deep; symbolic links are not followed."""
    folders = [folder]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    yield entry.path


def check_quarantine(folder: str, paths: Iterable[str]) -> None:
    """Say early why a folder cannot take files; nothing is written.

    Parameters
    ----------
    folder : str
        Absolute, without symbolic links.
    paths : iterable of str
        The files of the plan, and their keepers, likewise.

    Raises
    ------
    OSError, ValueError
        If it holds some of these files, is no folder, is full of other things, or cannot be written to.
    """
    paths = list(paths)
    holds = files_in(pd.DataFrame({"path": pd.Series(paths, dtype=object)}), [folder])
    if holds.any():
        inner = paths[int(holds.argmax())]
        raise ValueError(f"cannot move files to {folder!r}, which holds {inner!r} of the plan: choose another folder")
    if os.path.isdir(folder) and os.listdir(folder) and not exists(os.path.join(folder, MARKER)):
        raise FileExistsError(f"{folder!r} has other files in it: choose a new folder, or one that dupviz has made")
    existing = next((path for path in (folder, *map(str, Path(folder).parents)) if exists(path)), folder)
    if not os.path.isdir(existing):
        raise NotADirectoryError(f"cannot move files to {folder!r}: {existing!r} is no folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise PermissionError(f"cannot move files to {folder!r}: {existing!r} cannot be written to")


def make_quarantine(folder: str, paths: Iterable[str], keepers: Iterable[str]) -> Journal:
    """Make a quarantine folder, unless it is one, and start a journal in it.

    Parameters
    ----------
    folder : str
        Absolute, without symbolic links.
    paths : iterable of str
        The files that will move there, likewise.
    keepers : iterable of str
        Those that stay for them, likewise.

    Raises
    ------
    OSError
        If that fails, or the user's data folder cannot be used. No file has been moved.
    """
    signer = Signer(folder)
    try:
        make_folders(folder)
        with suppress(FileExistsError), disk.create(os.path.join(folder, MARKER)) as marker:
            marker.write(MARKER_TEXT.encode())
        return Journal(folder, signer, roots_of(paths, folder), roots_of(keepers, folder))
    except BlockingIOError:
        raise
    except OSError as error:
        raise type(error)(f"cannot move files to {folder!r}: {error.strerror}") from error
