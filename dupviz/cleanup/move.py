"""One file from here to there: nothing is overwritten, and at every instant the whole picture has a name on the disk.

By one atomic rename that fails where something is. Between file systems, or where the file system knows no such
rename: a second name or a verified copy is made, put in its place, and only then is the source removed. Where a file
system knows no second names either, as exFAT, an empty file holds the place until then. A name of the user's own is
never unlinked: what stands there is first renamed to a name of ours and checked, for another process may have put
something new there at the last moment.
"""

import errno
import hashlib
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass

from dupviz._disk.paths import spelling
from dupviz._disk.status import identity
from dupviz.cleanup import disk
from dupviz.cleanup.held import folder_status, names_in
from dupviz.cleanup.placing import exists, place, put_back, remove_empty, try_to_rename

__all__ = ["Move", "copy_verified", "digest", "is_temporary", "same_content"]

COMPARED_BYTES = 2**20
TEMPORARY = re.compile(r"\.dupviz-[0-9a-f]{16}\.(?:part|old)")


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
    sha256 : str
        Of the picture's content; empty if that is not known.
    returning : bool
        Whether the target is the user's own place, where something new may be written as soon as the file is there.
    """

    source: str
    target: str
    token: str
    modified_ns: int
    sha256: str = ""
    returning: bool = False

    @property
    def back(self) -> "Move":
        """The move in the other direction."""
        return Move(self.target, self.source, self.token, self.modified_ns, self.sha256, not self.returning)

    @property
    def in_place(self) -> bool:
        """Whether source and target are one and the same name, as after a quarantine folder was merged back by hand."""
        return _is_one_name(self.source, self.target)

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
        if not try_to_rename(self.source, self.target):
            self._run_by_second_file(expected)
        elif not self.returning and identity(disk.lstat(self.target)) != identity(expected):
            put_back(self.target, self.source)
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
            part, old = self._part(home), self._old(home)
            if exists(part) or exists(old):
                remove_empty(home)
            if exists(part):
                self._tidy_up_part(part, home)
            if exists(old):
                if same_content(old, other):
                    disk.unlink(old)
                else:  # something new, caught by _remove_source
                    put_back(old, home)
        with suppress(FileNotFoundError, NotADirectoryError):
            if disk.lstat(self.source).st_mtime_ns == self.modified_ns and same_content(self.source, self.target):
                self._remove_target()

    def remains(self) -> str:
        """The path of what is left of a copy of it that was broken off; empty if nothing is."""
        return next(filter(exists, map(self._part, (self.target, self.source))), "")

    def _remove_target(self) -> None:
        """Unlink the target, unless the source goes with it: two spellings may be one name, whatever the inodes say."""
        old = self._old(self.target)
        disk.rename(self.target, old)
        if same_content(self.source, old):
            disk.unlink(old)
        else:
            put_back(old, self.target)

    def _tidy_up_part(self, part: str, home: str) -> None:
        """Remove a copy that was growing, if the picture is whole elsewhere; if it has become the only one, keep it.

        It need not begin as the picture does: after a power cut it may have its size and time, and be full of zeros.
        """
        places = self.source, self.target
        if any(_begins_with(path, part) for path in places) or any(map(self._is_picture, places)):
            disk.unlink(part)
        elif self._is_picture(part):
            place(part, home)

    def _is_picture(self, path: str) -> bool:
        with suppress(FileNotFoundError, NotADirectoryError):
            return stat.S_ISREG(disk.lstat(path).st_mode) and digest(path) == self.sha256
        return False

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
            copy_verified(self.source, part, self.modified_ns)
        if identity(disk.lstat(self.source)) != identity(expected):
            raise OSError(errno.ESTALE, "changed at the last moment")
        try:
            place(part, self.target)
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
            put_back(old, self.source)


def is_temporary(path: str) -> bool:
    """Whether a path is one of those that a move uses itself."""
    return TEMPORARY.fullmatch(os.path.basename(path)) is not None


def digest(path: str) -> str:
    """The SHA-256 of a file.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with disk.open_to_read(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
    with suppress(FileNotFoundError), disk.open_to_read(a) as one, disk.open_to_read(b) as other:
        while (piece := one.read(COMPARED_BYTES)) == other.read(COMPARED_BYTES):
            if not piece:
                return True
    return False


def _begins_with(path: str, part: str) -> bool:
    """Whether a regular file begins with all that another one has; False where one is not there."""
    try:
        whole, beginning = disk.lstat(path), disk.lstat(part)
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not (stat.S_ISREG(whole.st_mode) and stat.S_ISREG(beginning.st_mode)) or whole.st_size < beginning.st_size:
        return False
    if os.path.samestat(whole, beginning):
        return True
    with disk.open_to_read(path) as one, disk.open_to_read(part) as other:
        while piece := other.read(COMPARED_BYTES):
            if one.read(len(piece)) != piece:
                return False
    return True


def _is_one_name(a: str, b: str) -> bool:
    """Whether two paths are one name of one file: also in two spellings, where case or accents do not count.

    Unlinking one of them would unlink the other.
    """
    with suppress(FileNotFoundError, NotADirectoryError):
        folders, names = (os.path.dirname(a), os.path.dirname(b)), (os.path.basename(a), os.path.basename(b))
        is_one_folder = os.path.samestat(*map(folder_status, folders))
        if is_one_folder and names[0] == names[1]:
            return True
        if is_one_folder and spelling(names[0]) == spelling(names[1]):
            return not set(names) <= set(names_in(folders[0]))
        statuses = disk.lstat(a), disk.lstat(b)
        return os.path.samestat(*statuses) and statuses[0].st_nlink < 2
    return False


def copy_verified(source: str, target: str, modified_ns: int) -> None:
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
