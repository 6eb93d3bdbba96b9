"""What is to be taken back by journals, and the places that its files and sidecars have now."""

import dataclasses
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from dupviz.cleanup.entries import Entry, Recorded
from dupviz.cleanup.held import within
from dupviz.cleanup.move import Move
from dupviz.cleanup.places import Root, folder_of
from dupviz.cleanup.placing import make_folders
from dupviz.cleanup.sidecars import Sidecar

__all__ = ["Removal", "Return", "steps_back"]


class Return(NamedTuple):
    """A file of a journal, with the move that brings it here, as far as its place is there; otherwise why not.

    Attributes
    ----------
    entry : Entry
    move : Move
        Where the file is now, and where it would really arrive: no folder on the way is a link.
    root, quarantine : str
        The folders that these two places are within.
    obstacle : str
    """

    entry: Entry
    move: Move
    root: str
    quarantine: str
    obstacle: str = ""

    @contextmanager
    def held(self, *, make: bool = False) -> Iterator[None]:
        """Hold the folders of both places; make those that the file returns to, if asked to.

        Raises
        ------
        OSError
            If one of them is a link, or cannot be opened or made.
        """
        make_them = make_folders if make else None
        with (
            within(self.quarantine, os.path.dirname(self.move.target)),
            within(self.root, os.path.dirname(self.move.source), make_them),
        ):
            yield

    @property
    def facts(self) -> tuple[str, int]:
        """The path of the file, and its bytes."""
        return self.move.source, self.entry.bytes


class Removal(NamedTuple):
    """A sidecar of a journal, where it is now, as far as its place is there; otherwise why not. See `Return`."""

    sidecar: Sidecar
    root: str
    obstacle: str = ""

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold its folder."""
        with within(self.root, os.path.dirname(self.sidecar.path)):
            yield

    @property
    def facts(self) -> tuple[str, int]:
        """The path of the sidecar, and its bytes."""
        return self.sidecar.path, self.sidecar.size


def steps_back(journals: list[Recorded], folder: str, given: str | os.PathLike[str] | None) -> list[Return | Removal]:
    """What is taken back, the last first; a sidecar after the files that may need it."""
    roots = {entry.root for journal in journals for entry in journal.entries}
    roots |= {written.root for journal in journals for written in journal.sidecars}
    now, obstacles = _roots_now({root for root in roots if root}, folder, given)

    def located(path: str, root: Root | None) -> tuple[str, str, str]:
        if root is None:
            return path, "", "its journal names no folder that it came from"
        if root in obstacles:
            return path, "", obstacles[root]
        return os.path.join(now[root], os.path.relpath(path, root.path)), now[root], ""

    steps: list[Return | Removal] = []
    for journal in journals:
        for entry in journal.entries:
            source, base, obstacle = located(entry.move.source, entry.root)
            move = dataclasses.replace(entry.move, source=source)
            steps.append(Return(entry, move, base, folder, obstacle))
        for sidecar, root in journal.sidecars:
            path, base, obstacle = located(sidecar.path, root)
            steps.append(Removal(dataclasses.replace(sidecar, path=path), base, obstacle))
    return steps


def _roots_now(
    roots: set[Root], folder: str, given: str | os.PathLike[str] | None
) -> tuple[dict[Root, str], dict[Root, str]]:
    """Where folders are now that files came from, and why some are not there."""
    if given is not None:
        if len(roots) > 1:
            paths = ", ".join(sorted(root.path for root in roots))
            raise ValueError(f"root can be given for files of one folder, but these come from {paths}")
        given = os.path.realpath(os.path.expanduser(os.fsdecode(given)))
        if not os.path.isdir(given):
            raise FileNotFoundError(f"no such folder: {given!r}")
    now: dict[Root, str] = {}
    obstacles: dict[Root, str] = {}
    for root in roots:
        try:
            now[root] = folder_of(root, folder) if given is None else given
        except FileNotFoundError as error:
            obstacles[root] = str(error)
    return now, obstacles
