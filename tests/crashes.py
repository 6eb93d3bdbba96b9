"""Kill the command line in the midst of moving files, again and again: nothing may be lost."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from noted import carrying_plan, write_noted
from plans import HOSTILE_NAMES, pictures, plan_of, snapshot, write_files

from dupviz import undo
from dupviz._disk.companions import sidecars_of
from dupviz.inventory.beside import metadata_with

FILES_OF_A_KEEPER = 10
DEVICES = ("/dev/shm",)  # where another file system often is: of Linux, in memory


def other_file_system(folder):
    """A folder on another file system than this one; None if there is none that is known."""
    device = os.stat(folder).st_dev
    return next((path for path in DEVICES if os.path.isdir(path) and os.stat(path).st_dev != device), None)


class World:
    """Photos, and a plan by which all but one of them go to a folder that may be on another file system.

    Parameters
    ----------
    folder, other : Path
        For the photos, and for the quarantine folders.
    n : int
        Number of files that go.
    carry : bool
        Whether these are JPEGs with metadata, for several files that stay, to which it is carried over.
    beside : bool
        Whether a sidecar and a film lie beside every third of them, and go along.
    """

    def __init__(self, folder, other, n, *, carry=False, beside=False):
        self.photos, self._other = Path(folder, "photos"), Path(other)
        self._beside = {}
        names = [name.decode("latin-1") for name in HOSTILE_NAMES[:6]]
        names += [f"{number % 7}/{number % 3}/{number}.jpg" for number in range(n - len(names))]
        keepers = [f"keeper{number}.jpg" for number in range(-(-n // FILES_OF_A_KEEPER) if carry else 1)]
        paths = write_files(self.photos, [*keepers, *names])
        keepers, paths = paths[: len(keepers)], paths[len(keepers) :]
        self._said = {path: some_notes(number) for number, path in enumerate(paths)} if carry else {}
        for path in [*keepers, *paths] if carry else ():
            write_noted(Path(path), self._said.get(path, {}), quality=90)
        rng = np.random.default_rng(0)
        for path in paths:
            status = os.stat(path)
            with open(path, "ab") as file:
                file.write(rng.bytes(int(rng.integers(1, 300_000))))
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        for path in paths[6::3] if beside else ():  # the names before these are too odd for that
            stem = os.path.splitext(path)[0]
            write_files("/", [f"{path}.xmp", f"{stem}.mov"], start=len(paths) + 2 * len(self._beside))
            self._beside[path] = [f"{path}.xmp", f"{stem}.mov"]
        self.plan_file = Path(folder, "plan.csv")
        self._keepers = {
            path: keepers[number // FILES_OF_A_KEEPER] if carry else keepers[0] for number, path in enumerate(paths)
        }
        self._plan = (carrying_plan if carry else plan_of)(self.photos, self._keepers)
        self._plan.save(self.plan_file)
        self.paths = paths
        self.before = snapshot(self.photos)
        self.pictures = pictures(self.photos)
        self._rounds = 0
        self._apply_seconds, self._undo_seconds = self._measure()

    def crash(self, rng):
        """Kill an apply, and an undo of it, at random moments, then let undo finish; nothing may be lost at any time.

        Returns
        -------
        Crash

        Raises
        ------
        AssertionError
            If something is lost.
        """
        out = self._new_folder()
        killed = self._kill_apply(out, rng)
        while self._beside and rng.random() < 0.5:  # one more clean-up, of what the kill has left
            killed += self._kill_apply(out, rng)
        moved = self._missing()
        longest = self._undo_seconds * moved / len(self.paths)
        undo_killed = self._run(self._undo_command(out), lambda: self._missing() < moved, rng.uniform(0, longest))
        self._check(out, "undo")
        left = self._missing()
        twice = (pictures(self.photos, out) - self.pictures).total() - self._sidecars()
        self._finish(out)
        return Crash(killed, moved, undo_killed, left, twice)

    def _kill_apply(self, out, rng):
        """Whether an apply was killed, into a folder that may have been used before."""
        number = len(list(out.glob("journal-*"))) + 1
        begun = (out / f"journal-{number}.jsonl").exists
        killed = self._run(self._apply_command(out), begun, rng.uniform(0, self._apply_seconds))
        self._check(out, "apply")
        for path, beside in self._beside.items() if not killed else ():
            left = [each for each in beside if os.path.lexists(each)]
            assert os.path.lexists(path) or not left, f"{left} stayed behind"
        return killed

    def _measure(self):
        """How long it takes to move all files, and to move them back."""
        out = self._new_folder()
        start = time.perf_counter()
        self._plan.apply(out, dry_run=False, progress=False)
        middle = time.perf_counter()
        undo(out, progress=False)
        end = time.perf_counter()
        self._finish(out)
        return middle - start, end - middle

    def _finish(self, out):
        if self._journal(out):
            back = undo(out, progress=False)
            assert back.skipped.empty, back.skipped.to_string()
            assert not back.note, back.note
        assert snapshot(self.photos) == self.before, "undo has not brought back everything as it was"
        assert not pictures(out), "something is left in the quarantine folder"

    def _check(self, out, what):
        found = pictures(self.photos, out)
        lost = len(set(self.pictures) - set(found))
        assert not lost, f"{lost} pictures are lost after a kill of {what}"
        for path, facts in snapshot(self.photos).items():
            if path in self.before:
                assert facts == self.before[path], f"{path!r} has changed after a kill of {what}"
        self._check_what_was_said(what)

    def _check_what_was_said(self, what):
        """All metadata of a file that is away is in the one that stays, or in its sidecar."""
        kept = {}
        for path, notes in self._said.items():
            if not os.path.lexists(path):
                keeper = self._keepers[path]
                kept[keeper] = kept.get(keeper) or metadata_with(sidecars_of(keeper), keeper)
                for name, values in notes.items():
                    assert set(values) <= set(kept[keeper].get(name, ())), (
                        f"{name} of {path!r} is lost after a kill of {what}"
                    )

    def _run(self, command, begun, seconds):
        """Whether a process was killed so many seconds after it had begun; False if it had ended before."""
        process = self._start(command, begun)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        return process.wait(60) == -signal.SIGKILL

    def _start(self, command, begun):
        process = subprocess.Popen([sys.executable, "-m", "dupviz", *command], stdout=subprocess.DEVNULL)
        while process.poll() is None and not begun():
            time.sleep(0.0005)
        return process

    def _apply_command(self, out):
        return ["clean", "--plan", str(self.plan_file), "--to", str(out), "--yes", "--quiet"]

    def _undo_command(self, out):
        return ["undo", str(out), "--quiet"]

    def _new_folder(self):
        self._rounds += 1
        return self._other / f"out{self._rounds}"

    def _journal(self, out):
        return os.path.exists(out / "journal-1.jsonl")

    def _sidecars(self):
        """How many are there, until undo takes them away: of each file that stays, there is at most one."""
        return sum(len(sidecars_of(keeper)) for keeper in set(self._keepers.values()))

    def _missing(self):
        return sum(not os.path.lexists(path) for path in self.paths)


def some_notes(number):
    """Metadata that a sidecar can hold together with that of other files: keywords, and of every tenth a rating."""
    notes = {"dc:subject": (f"number {number}", f"seven {number % 7}")}
    return notes | ({"xmp:Rating": (str(number % 5 + 1),)} if number % FILES_OF_A_KEEPER == 3 else {})


@dataclass
class Crash:
    """One round: how often apply was killed, with how many files moved; whether undo was, with how many still away.

    ``twice`` counts the pictures, and parts of one, that were there a second time then: at most one for each kill.
    """

    apply_killed: int
    moved: int
    undo_killed: bool
    left: int
    twice: int
