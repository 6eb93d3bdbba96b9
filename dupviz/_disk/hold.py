"""Files that one process holds, until it closes them or ends."""

import sys
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["hold"]

HELD_BYTE = 2**30  # of a lock on Windows, far behind the end, since nobody can read there what is held


def hold(file: BinaryIO) -> None:
    """Hold an open file for this process; where a file system knows no locks, go on without.

    Raises
    ------
    BlockingIOError
        If another process holds it.
    """
    try:
        _hold(file)
    except BlockingIOError:
        raise
    except OSError:  # network file systems that know no locks
        pass


if sys.platform == "win32":

    def _hold(file: BinaryIO) -> None:
        at = file.tell()
        file.seek(HELD_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
        finally:
            file.seek(at)
else:

    def _hold(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
