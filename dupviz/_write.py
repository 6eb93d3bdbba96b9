"""Files that are written as a whole, or not at all."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from dupviz._pictures import refuse_other_than_text, refuse_picture_name

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
    FileExistsError
        If the name is that of a picture, as after ``--report *.png``, or there is a file that is no text.
    OSError
        If it cannot be written; the error names `path`.
    """
    name = os.fsdecode(path)
    mode = os.stat(name).st_mode if os.path.exists(name) else None  # noqa: PTH110
    if mode is not None and not stat.S_ISREG(mode):
        with open(name, "w", encoding="utf-8", errors="surrogateescape", newline=newline) as file:  # noqa: PTH123
            yield file
        return
    refuse_picture_name(name)
    refuse_other_than_text(name)
    target = Path(os.path.realpath(name))
    # A short name of its own: that of the target may be as long as names can be.
    temporary = target.with_name(f".dupviz-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("x", encoding="utf-8", errors="surrogateescape", newline=newline) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.filename == os.fspath(temporary):
            raise type(error)(error.errno, error.strerror, name) from None
        raise
