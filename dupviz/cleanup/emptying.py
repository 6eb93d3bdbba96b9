"""Whether a quarantine folder can be emptied: what stayed for each file is looked at once more."""

import os
from contextlib import suppress
from datetime import date
from typing import NamedTuple

import pandas as pd
from tqdm.auto import tqdm

from dupviz._disk.names import IMAGE_EXTENSIONS, RAW_EXTENSIONS
from dupviz.cleanup.entries import Entry, Recorded, read_journal, root_of
from dupviz.cleanup.journal import journals_in, locked
from dupviz.cleanup.move import digest, is_temporary, same_content
from dupviz.cleanup.places import Root, folder_of
from dupviz.cleanup.placing import exists
from dupviz.cleanup.quarantine import files_in_quarantine
from dupviz.cleanup.signature import folders_made
from dupviz.cleanup.undo import is_as_moved
from dupviz.groups.group import group_duplicates
from dupviz.images.load import load_images
from dupviz.images.walk import MARKER
from dupviz.proposers.propose import propose

__all__ = ["Checked", "Made", "check_keepers", "quarantine_folders"]


class Checked(NamedTuple):
    """A file in a quarantine folder.

    Attributes
    ----------
    path : str
        Within that folder.
    bytes : int
    obstacle : str
        Why it should be brought back; empty if it is safe to empty.
    """

    path: str
    bytes: int
    obstacle: str


class Made(NamedTuple):
    """A quarantine folder that this user has made.

    Attributes
    ----------
    folder : str
    files, bytes : int
        What is in it.
    used : date
        When it was last used.
    """

    folder: str
    files: int
    bytes: int
    used: date


def quarantine_folders() -> list[Made]:
    """The quarantine folders that this user has made, and that are still there, the newest first."""
    found = []
    for folder in folders_made():
        with suppress(OSError):
            if journals := journals_in(folder):
                sizes = [os.lstat(path).st_size for path in files_in_quarantine(folder)]
                used = date.fromtimestamp(max(os.stat(path).st_mtime for path in journals))
                found.append(Made(folder, len(sizes), sum(sizes), used))
    return found


def check_keepers(folder: str, *, progress: bool) -> list[Checked]:
    """Check for each file in a quarantine folder whether what stayed for it still has all that it had to have.

    It is what it was, byte for byte, by a signed journal; or else, looked at again, the file might go for it today.

    Parameters
    ----------
    folder : str
        Absolute, without symbolic links.
    progress : bool
        Whether to show a progress bar, if it takes more than a second.

    Returns
    -------
    list of Checked
        One per file, sorted by path.

    Raises
    ------
    OSError, ValueError
        If it is no quarantine folder, or one of its journals cannot be read. A BlockingIOError if another process
        works with it.
    """
    if not exists(os.path.join(folder, MARKER)):
        raise ValueError(f"{folder!r} is no quarantine folder of dupviz")
    journals = journals_in(folder)
    with locked(folder, journals):
        check = _Check(folder, [read_journal(path) for path in journals])
        paths = sorted(files_in_quarantine(folder))
        return [check.file(path) for path in tqdm(paths, desc="checking", unit="file", delay=1, disable=not progress)]


class _Check:
    """Looks at what stayed for files.

    Parameters
    ----------
    folder : str
    journals : list of Recorded
        The newest first.
    """

    def __init__(self, folder: str, journals: list[Recorded]) -> None:
        self._folder = folder
        self._named = {
            entry.move.target: (entry, recorded) for recorded in reversed(journals) for entry in recorded.entries
        }

    def file(self, path: str) -> Checked:
        """Whether a file in the folder is safe to empty."""
        size = os.lstat(path).st_size
        try:
            obstacle = self._obstacle(path)
        except OSError as error:
            obstacle = str(error) if error.errno is None else f"{error.filename} cannot be read ({error.strerror})"
        return Checked(os.path.relpath(path, self._folder), size, obstacle)

    def _obstacle(self, path: str) -> str:
        if path not in self._named:
            if is_temporary(path):
                return "is the rest of a copy that was broken off; dupviz undo takes care of it"
            return "no journal that can be read says where it belongs"
        entry, recorded = self._named[path]
        if not is_as_moved(os.lstat(path), entry):
            return "was changed in the quarantine folder"
        if not entry.keeper:
            return f"its journal {recorded.doubt}, and names no file that stayed for it" if recorded.doubt else ""
        keeper = self._now(entry.keeper, recorded.keepers)
        if not os.path.lexists(keeper):
            return f"what stayed for it is gone: {keeper}"
        if same_content(path, keeper) or self._is_as_it_was(keeper, entry, recorded):
            return ""
        if os.path.splitext(path)[1].lower() not in IMAGE_EXTENSIONS | RAW_EXTENSIONS:
            return f"what stayed for it has changed: {keeper}"
        reason = _looked_at_again(path, keeper)
        return f"what stayed for it has changed: {keeper} ({reason})" if reason else ""

    def _now(self, path: str, roots: list[Root]) -> str:
        """Where a file is now that stayed."""
        root = root_of(path, roots)
        if root is None:
            raise OSError(f"its journal names no folder of {path}, which stayed for it")
        return os.path.join(folder_of(root, self._folder), os.path.relpath(path, root.path))

    def _is_as_it_was(self, keeper: str, entry: Entry, recorded: Recorded) -> bool:
        """Whether what stayed is what it was, and so is its sidecar; only a signed journal can say that."""
        if recorded.doubt or digest(keeper) != entry.keeper_sha256:
            return False
        if not entry.needs:
            return True
        sidecars = (written.sidecar for written in recorded.sidecars if written.sidecar.token == entry.needs)
        return any(digest(f"{keeper}.xmp") == sidecar.sha256 for sidecar in sidecars if exists(f"{keeper}.xmp"))


def _looked_at_again(path: str, keeper: str) -> str:
    """Why a file would not go for another one today; empty if it would."""
    images = load_images([keeper, path], cache=False, progress=False)
    for _, reason in images.errors[["path", "reason"]].itertuples(index=False):
        return str(reason)
    candidates = propose(images, symmetries="dihedral", progress=False)
    groups = group_duplicates(
        images, candidates, keep=lambda files: (files["path"] == keeper).to_numpy(int), progress=False
    )
    rows: pd.DataFrame = groups[groups["path"] == path]
    if rows.empty:
        return "another picture"
    row = rows.iloc[0]
    return "" if row["action"] == "remove" else str(row["reason"] or "another picture")
