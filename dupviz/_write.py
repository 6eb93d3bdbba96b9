"""Files that are written as a whole, or not at all."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

__all__ = ["write_atomically"]


@contextmanager
def write_atomically(path: str | os.PathLike[str], *, newline: str | None = None) -> Iterator[TextIO]:
    """Write a text file that replaces `path` when the block ends well; otherwise what was there stays.

    Parameters
    ----------
    path : str or Path
        A device or pipe is written to directly. The file at the end of a symbolic link is replaced, not the link.
    newline : str, optional
        As for `open`.

    Yields
    ------
    file : TextIO
        In UTF-8; bytes of file names that are no UTF-8 pass through.

    Raises
    ------
    OSError
        If it cannot be written; the error names `path`.
    """
    target = Path(os.path.realpath(os.fsdecode(path)))
    # A short name of its own: that of the target may be as long as names can be.
    temporary = target.with_name(f".dupviz-{secrets.token_hex(8)}.tmp")
    try:
        mode = target.stat().st_mode if target.exists() else None
        replaces = mode is None or stat.S_ISREG(mode)
        with open(  # noqa: PTH123
            temporary if replaces else target,
            "x" if replaces else "w",
            encoding="utf-8",
            errors="surrogateescape",
            newline=newline,
        ) as file:
            yield file
            file.flush()
            if replaces:
                os.fsync(file.fileno())
        if replaces:
            if mode is not None:
                temporary.chmod(stat.S_IMODE(mode))
            temporary.replace(target)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.filename in (os.fspath(temporary), os.fspath(target)):
            raise type(error)(error.errno, error.strerror, os.fsdecode(path)) from None
        raise
