"""One file from here to there: nothing is overwritten, and at every instant the whole picture has a name on the disk.

By one atomic rename that fails where something is. Between file systems, or where the file system knows no such
rename: a second name or a verified copy is made, put in its place, and only then is the source removed. A name of the
user's own is never unlinked: what stands there is first renamed to a name of ours and looked at, for another process
may have put something new there at the last moment.
"""

import ctypes
import errno
import os
import shutil
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from dupviz._files import identity

__all__ = ["Move", "make_folders", "same_content", "sync_folder"]

# What a rename says that the file system cannot do as asked: between two of them, or not without overwriting.
NOT_BY_RENAME = {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}

AT_FDCWD, RENAME_NOREPLACE = -100, 1  # of Linux
RENAME_EXCL = 4  # of macOS

COMPARED_BYTES = 2**20


@dataclass(frozen=True)
class Move:
    """A move of one file, which can be taken up again by another process after a crash.

    Attributes
    ----------
    source, target : str
        Absolute paths.
    token : str
        Random, and known from the journal; the names for the meantime are made of it, so they clash with no others.
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
    def back(self):
        """The move in the other direction."""
        return Move(self.target, self.source, self.token, self.modified_ns, not self.returning)

    @property
    def in_place(self):
        """Whether source and target are one and the same name, as after a quarantine folder was merged back by hand."""
        folders = os.path.dirname(self.source), os.path.dirname(self.target)
        with suppress(FileNotFoundError, NotADirectoryError):
            same_folder = os.path.samefile(*folders)
            return same_folder and os.path.basename(self.source) == os.path.basename(self.target)
        return False

    def run(self, expected):
        """Move the file.

        Parameters
        ----------
        expected : os.stat_result
            What the source was when it was looked at.

        Raises
        ------
        FileExistsError
            If there is something at the target. It is left alone, as is the source, and nothing is to be tidied up.
        OSError
            If the source is not what was expected, or the move fails. `settle` then tidies up.
        """
        try:
            _rename(self.source, self.target)
        except OSError as error:
            if error.errno not in NOT_BY_RENAME:
                raise
            self._run_by_second_file(expected)
        else:
            if not self.returning and identity(os.lstat(self.target)) != identity(expected):
                _put_back(self.target, self.source)
                raise OSError(errno.ESTALE, "changed at the last moment")

    def settle(self):
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
                os.unlink(self._part(home))
            old = self._old(home)
            if os.path.lexists(old):
                if same_content(old, other):
                    os.unlink(old)
                else:  # something new, caught by _remove_source
                    _put_back(old, home)
        with suppress(FileNotFoundError, NotADirectoryError):
            if os.lstat(self.source).st_mtime_ns == self.modified_ns and same_content(self.source, self.target):
                os.unlink(self.target)

    def _part(self, path):
        """Where a copy grows that will be put at `path`."""
        return os.path.join(os.path.dirname(path), f".dupviz-{self.token}.part")

    def _old(self, path):
        """Where a file waits for its removal that was at `path`."""
        return os.path.join(os.path.dirname(path), f".dupviz-{self.token}.old")

    def _run_by_second_file(self, expected):
        if os.path.lexists(self.target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), self.target)
        part = self._part(self.target)
        try:
            os.link(self.source, part, follow_symlinks=False)
        except OSError:
            _copy(self.source, part, self.modified_ns)
        if identity(os.lstat(self.source)) != identity(expected):
            raise OSError(errno.ESTALE, "changed at the last moment")
        try:
            _place(part, self.target)
        except FileExistsError:
            os.unlink(part)
            raise
        sync_folder(os.path.dirname(self.target))
        self._remove_source(expected)

    def _remove_source(self, expected):
        """Unlink the source, unless it is no longer what was moved: then it stays, as something new at that place."""
        old = self._old(self.source)
        os.rename(self.source, old)
        if identity(os.lstat(old)) == identity(expected):
            os.unlink(old)
        else:
            _put_back(old, self.source)


def same_content(a, b):
    """Whether two paths are regular files of the same bytes; False where one is not there."""
    try:
        statuses = os.lstat(a), os.lstat(b)
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not all(stat.S_ISREG(status.st_mode) for status in statuses) or statuses[0].st_size != statuses[1].st_size:
        return False
    if os.path.samestat(*statuses):
        return True
    with open(a, "rb") as one, open(b, "rb") as other:
        while (piece := one.read(COMPARED_BYTES)) == other.read(COMPARED_BYTES):
            if not piece:
                return True
    return False


def make_folders(folder):
    """Make a folder, and those that it is in, so that a crash of the system forgets none of them."""
    parent = os.path.dirname(folder)
    if parent == folder or os.path.isdir(folder):  # a drive that is not there is its own parent
        return
    make_folders(parent)
    with suppress(FileExistsError):  # if it is no folder, whoever uses it will be told
        os.mkdir(folder)
    sync_folder(parent)


def sync_folder(folder):
    """Have the names in a folder written to the disk, where the system can."""
    if os.name == "nt":  # which opens no folders
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems do without
            raise
    finally:
        os.close(descriptor)


def _copy(source, target, modified_ns):
    """Copy a file, with its times, permissions and owner, and read the copy back."""
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
        with open(source, "rb") as original:
            shutil.copyfileobj(original, copy, COMPARED_BYTES)
            status = os.fstat(original.fileno())
        with suppress(AttributeError, OSError):  # Windows has no owners, and only root may give files away
            os.chown(target, status.st_uid, status.st_gid)
        with suppress(PermissionError):  # of permissions on a file system that has none
            shutil.copystat(source, target)
        copy.flush()
        os.utime(target, ns=(status.st_atime_ns, modified_ns))
        os.fsync(copy.fileno())
    if not same_content(source, target):
        raise OSError(errno.EIO, "the copy differs from the original")


def _place(private, path):
    """Give a file that has a name of our own its place, if that is free."""
    try:
        _rename(private, path)
    except OSError as error:
        if error.errno not in NOT_BY_RENAME:
            raise
        os.link(private, path, follow_symlinks=False)
        os.unlink(private)


def _put_back(path, home):
    """Return something to its place; if even that has been taken meanwhile, say where it is."""
    try:
        _place(path, home)
    except FileExistsError:
        raise OSError(errno.ESTALE, f"changed at the last moment, and is now {path}") from None


def _rename(source, target):
    """Rename a file atomically, and raise FileExistsError if there is something at the target."""
    if sys.platform == "win32":
        os.rename(source, target)  # which overwrites nothing there
        return
    names = os.fsencode(source), os.fsencode(target)
    if sys.platform == "darwin":
        failed = _libc("renamex_np")(*names, RENAME_EXCL)
    else:
        failed = _libc("renameat2")(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_NOREPLACE)
    if failed:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), source, None, target)


@cache
def _libc(name):
    try:
        return getattr(ctypes.CDLL(None, use_errno=True), name)
    except AttributeError:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)) from None


def remove_empty_folders(path):
    """Remove the empty folders around a path that is gone; the quarantine folder itself never is empty."""
    with suppress(OSError):
        while True:
            path = os.path.dirname(path)
            os.rmdir(path)


def status_of(path):
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def reason_of(error):
    return f"cannot be moved: {error.strerror or error}"
