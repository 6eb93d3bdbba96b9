"""What files alone say of a picture, carried over to a sidecar beside the one that stays, before they go."""

import os
from collections import defaultdict
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field

from dupviz._disk.companions import sidecars_of
from dupviz._words.rows import PlanRow
from dupviz.cleanup.journal import Journal
from dupviz.cleanup.outcome import Result
from dupviz.cleanup.placing import exists
from dupviz.cleanup.sidecars import ENDING, Sidecar
from dupviz.inventory.beside import metadata_with
from dupviz.inventory.carry import NOT_CARRIED, Notes, carried_over, obstacle_words
from dupviz.inventory.inventory import metadata
from dupviz.inventory.sidecar import packet

__all__ = ["Carrying"]


@dataclass
class _Held:
    """What the sidecar of one file that stays holds."""

    kept: Notes  # what that file says itself
    carried: dict[str, tuple[str, ...]] = field(default_factory=dict)
    needing: set[str] = field(default_factory=set)  # files of which it holds something
    others: dict[str, str] = field(default_factory=dict)  # files that it cannot hold, and why
    obstacle: str = ""  # why it cannot be there
    sidecar: Sidecar | None = None
    is_needed: bool = False  # whether one of `needing` has gone, or would go

    def add(self, path: str) -> None:
        """Have it hold what another file alone says."""
        try:
            notes = metadata(path)
            if carried_over({}, self.kept, notes):
                self.carried = carried_over(self.carried, self.kept, notes)
                self.needing.add(path)
        except (OSError, ValueError) as error:
            self.others[path] = _reason(error)

    def has_all(self, path: str) -> bool:
        """Whether nothing of a file is missing, as it is now."""
        with suppress(OSError, ValueError):
            return carried_over(self.carried, self.kept, metadata(path)) == self.carried
        return False


class Carrying:
    """Writes the sidecars of an application, and takes those away that no file has needed.

    Parameters
    ----------
    planned : list of PlanRow
        All that is to go.
    obstacle : callable
        Why a file cannot go, whatever it says; or "".
    trash : bool
        Whether files go to the trash. Nothing is carried over then, since `undo` could not take the sidecar away.
    """

    def __init__(self, planned: list[PlanRow], obstacle: Callable[[PlanRow], str], *, trash: bool) -> None:
        self._rows: dict[str, list[PlanRow]] = defaultdict(list)
        for row in planned:
            if row.carry:
                self._rows[row.keeper].append(row)
        self._obstacle, self._trash = obstacle, trash
        self._held: dict[str, _Held] = {}

    @property
    def paths(self) -> list[str]:
        """Where sidecars may be written."""
        return [keeper + ENDING for keeper in self._rows]

    def prepare(self, row: PlanRow, journal: Journal | None) -> None:
        """Write the sidecar that a file may need, from all files as they are now, unless that is done.

        Parameters
        ----------
        journal : Journal or None
            None on a dry run, for which it is only computed.
        """
        if row.carry and row.keeper not in self._held:
            self._write(row.keeper, journal)

    def _write(self, keeper: str, journal: Journal | None) -> None:
        held = self._held[keeper] = _Held({})
        there = sidecars_of(keeper)
        try:
            held.kept = metadata_with(there, keeper)
        except OSError as error:
            held.others = dict.fromkeys((row.path for row in self._rows[keeper]), _reason(error))
            return
        for row in self._rows[keeper]:
            if not self._obstacle(row):
                held.add(row.path)
        if not held.carried:
            return
        if self._trash:
            held.obstacle = f"{NOT_CARRIED}: dupviz brings nothing back from the trash; move it to a folder"
        elif there:
            held.obstacle = f"{NOT_CARRIED}: there is a sidecar already, {os.path.basename(there[0])}"
        elif journal:
            held.sidecar, held.obstacle = _written(keeper + ENDING, packet(held.carried), journal)

    def look(self, row: PlanRow) -> str:
        """Why a file cannot go, since something that it alone says would be lost; or ""."""
        if not row.carry:
            return ""
        held = self._held[row.keeper]
        if row.path in held.others:
            return held.others[row.path]
        if not held.has_all(row.path):
            return "has changed since the scan"
        return held.obstacle if row.path in held.needing else ""

    def look_at_sidecar(self, row: PlanRow) -> str:
        """What has become of the sidecar that a file needs, or ""."""
        sidecar = self._needed(row)
        return "" if sidecar is None or sidecar.is_there() else f"the sidecar that it needs has changed: {sidecar.path}"

    def token(self, row: PlanRow) -> str:
        """The token of the sidecar that a file needs, or ""."""
        sidecar = self._needed(row)
        return sidecar.token if sidecar else ""

    def finish(self, gone: Collection[str], journal: Journal | None) -> None:
        """Take the sidecars away that no file has needed after all; where that fails, `undo` does it.

        Parameters
        ----------
        gone : collection of str
            Paths of the files that have gone, or would go.
        journal : Journal or None
        """
        for held in self._held.values():
            # A move that could not be tidied up counts as none, but what it moved may be away.
            is_away = journal is not None and not all(map(exists, held.needing))
            held.is_needed = is_away or not held.needing.isdisjoint(gone)
        needed = {held.sidecar.token for held in self._held.values() if held.sidecar and held.is_needed}
        if journal:
            for sidecar in journal.sidecars:
                if sidecar.token not in needed:
                    _take_away(sidecar, journal)

    def results(self) -> dict[str, tuple[str, int, Result]]:
        """What has become of sidecars after all: path, bytes and result, by the files that stay."""
        found = {}
        for keeper, held in self._held.items():
            if held.is_needed and not held.obstacle:
                result = Result("written" if held.sidecar else "would be written")
            elif held.sidecar and held.sidecar.is_there():
                result = Result("skipped", "is not needed, but cannot be taken away")
            else:
                continue
            found[keeper] = (keeper + ENDING, len(packet(held.carried)), result)
        return found

    def _needed(self, row: PlanRow) -> Sidecar | None:
        held = self._held.get(row.keeper)
        return held.sidecar if held and row.path in held.needing else None


def _written(path: str, content: bytes, journal: Journal) -> tuple[Sidecar | None, str]:
    """A sidecar that is on the disk, or why it is not."""
    try:
        sidecar = journal.begin_sidecar(path, content)
    except OSError as error:
        return None, _reason(error)
    try:
        sidecar.write(content)
    except OSError as error:
        _take_away(sidecar, journal)
        return None, _reason(error)
    return sidecar, ""


def _take_away(sidecar: Sidecar, journal: Journal) -> None:
    with suppress(OSError):
        sidecar.take_away()
        journal.give_up(sidecar)


def _reason(error: OSError | ValueError) -> str:
    return f"{NOT_CARRIED}: {obstacle_words(error)}"
