"""Files that are written as a whole, or not at all."""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

__all__ = ["write_atomically"]

# fmt: off
PICTURES = {
    ".arw", ".avif", ".bmp", ".cr2", ".cr3", ".dng", ".gif", ".heic", ".heif", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg",
    ".jxl", ".mov", ".mp4", ".nef", ".orf", ".pef", ".png", ".psd", ".raf", ".rw2", ".svg", ".tga", ".tif", ".tiff",
    ".webp",
}
# fmt: on


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
        If there is a file that is no text, as a picture; or the name is that of a picture, as after ``--report *.png``.
    OSError
        If it cannot be written; the error names `path`.
    """
    name = os.fsdecode(path)
    mode = os.stat(name).st_mode if os.path.exists(name) else None  # noqa: PTH110
    if mode is not None and not stat.S_ISREG(mode):
        with open(name, "w", encoding="utf-8", errors="surrogateescape", newline=newline) as file:  # noqa: PTH123
            yield file
        return
    target = Path(os.path.realpath(name))
    for each in (name, target):
        if os.path.splitext(each)[1].lower() in PICTURES:
            raise FileExistsError(errno.EEXIST, "that is the name of a picture: choose another", name)
    if mode is not None and not _is_text(target):
        raise FileExistsError(errno.EEXIST, "that is not a text file, and is not replaced: choose another name", name)
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


def _is_text(file: Path) -> bool:
    """Whether a file looks like text: no zero byte near its beginning, and not the beginning of a picture."""
    with file.open("rb") as content:
        head = content.read(4096)
    return b"\0" not in head and not head.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"P1", b"P2", b"P3"))
