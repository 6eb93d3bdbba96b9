"""What files alone say of a picture, carried over to a sidecar beside the one that stays, before they go."""

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

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

__all__ = ["Carrying", "SidecarStep", "sidecar_steps"]


class SidecarStep(NamedTuple):
    """The sidecar of a file that stays, and the files that go for it and are to be carried over."""

    keeper: str
    rows: tuple[PlanRow, ...]

    @property
    def path(self) -> str:
        """Where it is written."""
        return self.keeper + ENDING


def sidecar_steps(planned: Iterable[PlanRow]) -> dict[str, SidecarStep]:
    """The sidecars that a plan asks for, by the first file that may need each."""
    rows = defaultdict(list)
    for row in planned:
        if row.carry:
            rows[row.keeper].append(row)
    return {going[0].path: SidecarStep(keeper, tuple(going)) for keeper, going in rows.items()}


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
    journal : Journal or None
        None for the trash, where nothing is carried over, since `undo` could not take the sidecar away; and on a dry
        run.
    trash : bool
    """

    def __init__(self, journal: Journal | None, *, trash: bool) -> None:
        self._journal, self._trash = journal, trash
        self._held: dict[str, _Held] = {}

    def write(self, step: SidecarStep, obstacle: Callable[[PlanRow], str]) -> None:
        """Write the sidecar of a file that stays, from the files as they are now; on a dry run, only compute it.

        Parameters
        ----------
        obstacle : callable
            Why a file cannot go, whatever it says; or "".
        """
        held = self._held[step.keeper] = _Held({})
        try:
            held.kept = metadata_with(sidecars_of(step.keeper), step.keeper)
        except OSError as error:
            held.others = dict.fromkeys((row.path for row in step.rows), _reason(error))
            return
        for row in step.rows:
            if not obstacle(row):
                held.add(row.path)
        if not held.carried:
            return
        if self._trash:
            held.obstacle = f"{NOT_CARRIED}: what is in the trash cannot be undone; move it to a folder"
        elif there := sidecars_of(step.keeper):
            held.obstacle = f"{NOT_CARRIED}: there is a sidecar already, {os.path.basename(there[0])}"
        elif self._journal:
            held.sidecar, held.obstacle = _written(step.path, packet(held.carried), self._journal)

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

    def finish(self, gone: Collection[str]) -> None:
        """Take the sidecars away that no file has needed after all; where that fails, `undo` does it.

        Parameters
        ----------
        gone : collection of str
            Paths of the files that have gone, or would go.
        """
        for held in self._held.values():
            # A move that could not be tidied up counts as none, but what it moved may be away.
            is_away = self._journal is not None and not all(map(exists, held.needing))
            held.is_needed = is_away or not held.needing.isdisjoint(gone)
        if self._journal:
            needed = {held.sidecar.token for held in self._held.values() if held.sidecar and held.is_needed}
            for sidecar in self._journal.sidecars:
                if sidecar.token not in needed:
                    _take_away(sidecar, self._journal)

    def result(self, step: SidecarStep) -> tuple[int, Result] | None:
        """The bytes of a sidecar, and what has become of it; None if there is none."""
        held = self._held.get(step.keeper)
        if held and held.is_needed and not held.obstacle:
            return len(packet(held.carried)), Result("written" if self._journal else "would be written")
        if held and held.sidecar and held.sidecar.is_there():
            return held.sidecar.size, Result("skipped", "is not needed, but cannot be taken away")
        return None

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
