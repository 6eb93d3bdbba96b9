"""One file from here to there: nothing is overwritten, and at every instant the whole picture has a name on the disk.

By one atomic rename that fails where something is. Between file systems, or where the file system knows no such
rename: a second name or a verified copy is made, put in its place, and only then is the source removed. A name of the
user's own is never unlinked: what stands there is first renamed to a name of ours and checked, for another process
may have put something new there at the last moment.
"""

import errno
import os
import stat
from contextlib import suppress
from dataclasses import dataclass

from dupviz._files import identity
from dupviz.cleanup import disk

__all__ = ["Move", "exists", "make_folders", "reason_of", "remove_empty_folders", "same_content", "status_of"]

# What a rename says that the file system cannot do as asked: between two of them, or not without overwriting.
NOT_BY_RENAME = {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}

COMPARED_BYTES = 2**20


@dataclass(frozen=True)
class Move:
    """A move of one file, which another process can take up again after a crash.

    Attributes
    ----------
    source, target : str
        Absolute paths.
    token : str
        Random, and known from the journal. The temporary names are made of it, so that they clash with no others.
    modified_ns : int
        Modification time of the picture, which a copy of it gets too.
    returning : bool
        Whether the target is the user's own place, where something new may be written as soon as the file is there.
    """

    source: str
    target: str
    token: str
    modified_ns: int
    returning: bool = False

    @property
    def back(self) -> "Move":
        """The move in the other direction."""
        return Move(self.target, self.source, self.token, self.modified_ns, not self.returning)

    @property
    def in_place(self) -> bool:
        """Whether source and target are one and the same name, as after a quarantine folder was merged back by hand."""
        folders = os.path.dirname(self.source), os.path.dirname(self.target)
        with suppress(FileNotFoundError, NotADirectoryError):
            same_folder = os.path.samefile(*folders)
            return same_folder and os.path.basename(self.source) == os.path.basename(self.target)
        return False

    def run(self, expected: os.stat_result) -> None:
        """Move the file.

        Parameters
        ----------
        expected : os.stat_result
            What the source was when it was checked.

        Raises
        ------
        FileExistsError
            If there is something at the target. It is left alone, as is the source, and nothing is to be tidied up.
        OSError
            If the source is not what was expected, or the move fails. `tidy_up` is to be called then.
        """
        try:
            disk.rename_to_free_name(self.source, self.target)
        except OSError as error:
            if error.errno not in NOT_BY_RENAME:
                raise
            self._run_by_second_file(expected)
        else:
            if not self.returning and identity(disk.lstat(self.target)) != identity(expected):
                _put_back(self.target, self.source)
                raise OSError(errno.ESTALE, "changed at the last moment")

    def tidy_up(self) -> None:
        """Tidy up after this move, or the move back, was broken off: the picture is whole in one of the two places.

        In the source, if it is whole in both.

        Raises
        ------
        OSError
            If that fails; it can be called again.
        """
        if self.in_place:
            return
        for home, other in ((self.source, self.target), (self.target, self.source)):
            with suppress(FileNotFoundError, NotADirectoryError):
                disk.unlink(self._part(home))
            old = self._old(home)
            if exists(old):
                if same_content(old, other):
                    disk.unlink(old)
                else:  # something new, caught by _remove_source
                    _put_back(old, home)
        with suppress(FileNotFoundError, NotADirectoryError):
            if disk.lstat(self.source).st_mtime_ns == self.modified_ns and same_content(self.source, self.target):
                disk.unlink(self.target)

    def _part(self, path: str) -> str:
        """Where a copy grows that will be put at `path`."""
        return os.path.join(os.path.dirname(path), f".dupviz-{self.token}.part")

    def _old(self, path: str) -> str:
        """Where a file waits for its removal that was at `path`."""
        return os.path.join(os.path.dirname(path), f".dupviz-{self.token}.old")

    def _run_by_second_file(self, expected: os.stat_result) -> None:
        if exists(self.target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), self.target)
        part = self._part(self.target)
        try:
            disk.link(self.source, part)
        except OSError:
            _copy(self.source, part, self.modified_ns)
        if identity(disk.lstat(self.source)) != identity(expected):
            raise OSError(errno.ESTALE, "changed at the last moment")
        try:
            _place(part, self.target)
        except FileExistsError:
            disk.unlink(part)
            raise
        disk.sync_folder(os.path.dirname(self.target))
        self._remove_source(expected)

    def _remove_source(self, expected: os.stat_result) -> None:
        """Unlink the source, unless it is no longer what was moved: then it stays, as something new at that place."""
        old = self._old(self.source)
        disk.rename(self.source, old)
        if identity(disk.lstat(old)) == identity(expected):
            disk.unlink(old)
        else:
            _put_back(old, self.source)


def same_content(a: str, b: str) -> bool:
    """Whether two paths are regular files of the same bytes; False where one is not there."""
    try:
        statuses = disk.lstat(a), disk.lstat(b)
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not all(stat.S_ISREG(status.st_mode) for status in statuses) or statuses[0].st_size != statuses[1].st_size:
        return False
    if os.path.samestat(*statuses):
        return True
    with disk.open_to_read(a) as one, disk.open_to_read(b) as other:
        while (piece := one.read(COMPARED_BYTES)) == other.read(COMPARED_BYTES):
            if not piece:
                return True
    return False


def exists(path: str) -> bool:
    """Whether there is something at a path, be it a broken link; False where that cannot be said."""
    try:
        disk.lstat(path)
    except (OSError, ValueError):
        return False
    return True


def status_of(path: str) -> os.stat_result | None:
    """The status of what is at a path, None if nothing is; raises OSError where that cannot be said."""
    try:
        return disk.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def reason_of(error: OSError) -> str:
    """Why a file cannot be moved, in words."""
    return f"cannot be moved: {error.strerror or error}"


def make_folders(folder: str) -> None:
    """Make a folder, and those that it is in, so that a crash of the system forgets none of them."""
    parent = os.path.dirname(folder)
    if parent == folder or os.path.isdir(folder):  # a drive that is not there is its own parent
        return
    make_folders(parent)
    with suppress(FileExistsError):  # if it is no folder, whoever uses it will be told
        disk.make_folder(folder)
    disk.sync_folder(parent)


def remove_empty_folders(path: str) -> None:
    """Remove the empty folders around a path that is gone; the quarantine folder itself never is empty."""
    with suppress(OSError):
        while True:
            path = os.path.dirname(path)
            disk.remove_folder(path)


def _copy(source: str, target: str, modified_ns: int) -> None:
    """Copy a file, with its times, permissions and owner, and read the copy back."""
    with disk.create(target, 0o600) as copy:
        with disk.open_to_read(source) as original:
            disk.copy_content(original, copy)
            status = os.fstat(original.fileno())
        with suppress(AttributeError, OSError):  # Windows has no owners, and only root may give files away
            disk.copy_owner(status, target)
        with suppress(PermissionError):  # of permissions on a file system that has none
            disk.copy_facts(source, target)
        copy.flush()
        disk.set_times(target, status.st_atime_ns, modified_ns)
        disk.sync(copy)
    if not same_content(source, target):
        raise OSError(errno.EIO, "the copy differs from the original")


def _place(private: str, path: str) -> None:
    """Give a file that has a temporary name its place, if that is free."""
    try:
        disk.rename_to_free_name(private, path)
    except OSError as error:
        if error.errno not in NOT_BY_RENAME:
            raise
        disk.link(private, path)
        disk.unlink(private)


def _put_back(path: str, home: str) -> None:
    """Return something to its place; if even that has been taken meanwhile, say where it is."""
    try:
        _place(path, home)
    except FileExistsError:
        raise OSError(errno.ESTALE, f"changed at the last moment, and is now {path}") from None
