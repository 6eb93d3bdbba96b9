"""One sidecar that is written beside a file that stays, and taken away again: nothing of anyone else's is touched."""

import hashlib
import os
import stat
from contextlib import suppress
from dataclasses import dataclass

from dupviz.cleanup import disk
from dupviz.cleanup.placing import exists, place, put_back, remove_empty, status_of

__all__ = ["ENDING", "Sidecar"]

ENDING = ".xmp"


@dataclass(frozen=True)
class Sidecar:
    """A sidecar, which another process can take away after a crash.

    Attributes
    ----------
    path : str
        Absolute.
    token : str
        Random, and known from the journal. The temporary names are made of it, so that they clash with no others.
    size : int
    sha256 : str
        Of its content.
    """

    path: str
    token: str
    size: int
    sha256: str

    def write(self, content: bytes) -> None:
        """Write it; on return it is on the disk.

        Raises
        ------
        FileExistsError
            If there is something at its path. It is left alone; `take_away` is to be called.
        OSError
            If that fails. `take_away` is to be called then.
        """
        with disk.create(self._part, buffering=0) as file:
            disk.append(file, content)
            disk.sync(file)
        place(self._part, self.path)
        disk.sync_folder(os.path.dirname(self.path))

    def is_there(self) -> bool:
        """Whether it is at its place, byte for byte as it was written."""
        return self._is_at(self.path)

    def take_away(self) -> bool:
        """Remove it, and what is left of a write or a removal that was broken off.

        Returns
        -------
        bool
            Whether nothing is at its place now. What is there is not what was written, and is left alone.

        Raises
        ------
        OSError
            If that fails; it can be called again.
        """
        self.tidy_up()
        if self.is_there():
            disk.rename(self.path, self._old)  # for someone may write to it at the last moment
            self._remove_old()
        return status_of(self.path) is None

    def tidy_up(self) -> None:
        """Remove what is left of a write or a removal that was broken off.

        Raises
        ------
        OSError
            If that fails; it can be called again.
        """
        if exists(self._part):
            remove_empty(self.path)
            disk.unlink(self._part)
        if exists(self._old):
            self._remove_old()

    @property
    def _part(self) -> str:
        """Where it is written before it gets its name."""
        return os.path.join(os.path.dirname(self.path), f".dupviz-{self.token}.part")

    @property
    def _old(self) -> str:
        """Where it waits for its removal."""
        return os.path.join(os.path.dirname(self.path), f".dupviz-{self.token}.old")

    def _remove_old(self) -> None:
        if self._is_at(self._old):
            disk.unlink(self._old)
        else:
            put_back(self._old, self.path)

    def _is_at(self, path: str) -> bool:
        with suppress(FileNotFoundError, NotADirectoryError):
            status = disk.lstat(path)
            if stat.S_ISREG(status.st_mode) and status.st_size == self.size:
                with disk.open_to_read(path) as file:
                    return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        return False
