"""Journals: what is about to move from where, written to the disk before it moves.

A journal is JSON lines that are only ever added, ``journal-1.jsonl`` for the first plan that is applied to the folder::

    {"dupviz journal": 2, "id": "5c6d…", "roots": [["/photos", "../photos", "/"]],
     "keepers": [["/photos", "../photos", "/"]], "started": "2026-11-23T08:30:00+00:00", "mac": …, "sum": …}
    {"move": "/photos/a.jpg", "to": "a.jpg", "bytes": 482, "modified": 1763886600000000000, "token": "0a1b…",
     "sha256": "9f86…", "keeper": "/photos/b.jpg", "keeper_sha256": "4c1d…", "mac": …, "sum": …}
    {"moved": "0a1b…", "bytes": 482, "modified": 1763886600000000000, "mac": …, "sum": …}
    {"end": true, "mac": …, "sum": …}

Or, where it could not be moved, ``{"stayed": "0a1b…", "sum": …}``. Before a sidecar is written beside a file that
stays, and before the moves that need it::

    {"sidecar": "/photos/b.jpg.xmp", "bytes": 731, "sha256": "2c26…", "token": "4d5e…", "sum": …}
    {"move": "/photos/a.jpg", …, "needs": "4d5e…", "sum": …}

or ``{"stayed": "4d5e…", "sum": …}``, where it was taken away again. The sum is the CRC-32 of the record without it: a
path with damage would lead somewhere else. The mac is the user's signature, see `dupviz.cleanup.signature`: journals of
others, as from an archive that someone has sent, could lead anywhere.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

from dupviz._disk.hold import hold
from dupviz.cleanup import disk
from dupviz.cleanup.entries import JOURNAL_NAME, VERSION, sum_of
from dupviz.cleanup.move import Move
from dupviz.cleanup.places import Root
from dupviz.cleanup.placing import exists
from dupviz.cleanup.sidecars import Sidecar
from dupviz.cleanup.signature import Signer
from dupviz.images.walk import MARKER

__all__ = ["Journal", "Kept", "journals_in", "locked", "receipt_of"]


class Kept(NamedTuple):
    """A file that stays for another, and the SHA-256 of its content; both empty if there is none."""

    path: str = ""
    sha256: str = ""


class Journal:
    """A journal that is being written, while no other process works in the quarantine folder.

    Parameters
    ----------
    folder : str
        The quarantine folder.
    signer : Signer
    roots, keepers : list of Root
        The folders that files will come from, and those of the files that stay for them.

    Attributes
    ----------
    path : Path
    last : Move or None
        What was begun last.
    sidecars : list of Sidecar
        Those that were begun.

    Raises
    ------
    OSError
        If it cannot be written. A BlockingIOError if another process uses the folder.
    """

    def __init__(self, folder: str, signer: Signer, roots: list[Root], keepers: list[Root]) -> None:
        self._signer = signer
        self.last: Move | None = None
        self.sidecars: list[Sidecar] = []
        with ExitStack() as files:
            files.enter_context(locked(folder, []))
            number = 1 + max(map(journal_number, journals_in(folder)), default=0)
            self.path = Path(folder, f"journal-{number}.jsonl")
            self._file = files.enter_context(disk.create(self.path, buffering=0))
            _lock(self._file)
            header = {"dupviz journal": VERSION, "id": signer.id, "roots": roots, "keepers": keepers}
            for _ in range(2):  # damage to one line must not lose the way back of all files
                self._append({**header, "started": datetime.now(UTC).isoformat("T", "seconds")})
            disk.sync_folder(folder)
            self._files = files.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def begin(
        self, source: str, destination: str, status: os.stat_result, sha256: str, keeper: Kept, needs: str = ""
    ) -> Move:
        """Write down that a file is about to move; on return that is on the disk.

        Parameters
        ----------
        source, destination : str
            Its path, and the path within the quarantine folder that it shall have.
        sha256 : str
            Of its content.
        keeper : Kept
            The file that stays for it.
        needs : str
            The token of the sidecar that holds what it alone said.
        """
        self.last = move = Move(
            source, os.path.join(self.path.parent, destination), secrets.token_hex(8), status.st_mtime_ns, sha256
        )
        entry = {"move": source, "to": destination, "bytes": status.st_size, "modified": status.st_mtime_ns}
        facts = {"token": move.token, "sha256": sha256, "keeper": keeper.path, "keeper_sha256": keeper.sha256}
        self._append({**entry, **facts, **({"needs": needs} if needs else {})})
        return move

    def begin_sidecar(self, path: str, content: bytes) -> Sidecar:
        """Write down that a sidecar is about to be written; on return that is on the disk."""
        sidecar = Sidecar(path, secrets.token_hex(8), len(content), hashlib.sha256(content).hexdigest())
        self.sidecars.append(sidecar)
        self._append(
            {"sidecar": path, "bytes": sidecar.size, "sha256": sidecar.sha256, "token": sidecar.token},
        )
        return sidecar

    def end(self, move: Move) -> None:
        """Write down that a file has moved. If that fails, `undo` finds it all the same."""
        with suppress(OSError):
            status = disk.lstat(move.target)
            self._append({"moved": move.token, "bytes": status.st_size, "modified": status.st_mtime_ns}, sync=False)

    def give_up(self, what: Move | Sidecar) -> None:
        """Write down that nothing is left of a move, or of a sidecar. If that fails, `undo` finds the same."""
        with suppress(OSError):
            self._append({"stayed": what.token}, sync=False)

    def finish(self) -> None:
        """Write down that nothing is left to do. If that fails, it counts as broken off."""
        with suppress(OSError):
            self._append({"end": True})
            self._signer.finish()

    def _append(self, record: dict[str, Any], sync: bool = True) -> None:
        record = {**record, "mac": self._signer.sign(record)}
        # A line break before each record, rather than after it: one that was cut off spoils none but itself.
        line = b"\n" + json.dumps({**record, "sum": sum_of(record)}).encode("ascii")
        size = os.fstat(self._file.fileno()).st_size
        try:
            disk.append(self._file, line)
        finally:
            # Ctrl-C may come when the line is there: those after it follow what is in the file, whatever was raised.
            if os.fstat(self._file.fileno()).st_size >= size + len(line):
                self._signer.written(record["mac"])
        if sync:
            disk.sync(self._file)


def journal_number(path: Path) -> int:
    """The 1 of ``journal-1.jsonl``."""
    return int(path.stem.removeprefix("journal-"))


@contextmanager
def locked(folder: str | Path, journals: list[Path]) -> Iterator[None]:
    """Hold a quarantine folder and journals for this process alone, until the block or the process ends.

    Raises
    ------
    BlockingIOError
        If another process holds one of them.
    """
    with ExitStack() as files:
        marker = os.path.join(folder, MARKER)
        held: list[str | Path] = [marker] if exists(marker) else []
        for path in [*held, *journals]:
            _lock(files.enter_context(disk.open_to_read(path)))
        yield


def _lock(file: BinaryIO) -> None:
    try:
        hold(file)
    except BlockingIOError:
        raise BlockingIOError(f"another dupviz is at work with {file.name!r}: wait until it has finished") from None


def journals_in(folder: str | Path) -> list[Path]:
    """The journals in a quarantine folder, the newest first."""
    names = (path for path in Path(folder).iterdir() if JOURNAL_NAME.fullmatch(path.name))
    found = [path for path in names if path.is_file() and not path.is_symlink()]
    return sorted(found, key=journal_number, reverse=True)


def receipt_of(journal: Path) -> Path:
    """Where the receipt of what a journal names is, if there is one: ``receipt-1.html`` beside ``journal-1.jsonl``."""
    return journal.with_name(f"receipt{journal.stem.removeprefix('journal')}.html")
