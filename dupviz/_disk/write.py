"""Files that are written as a whole, or not at all."""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from dupviz._disk.names import refuse_other_than_text, refuse_picture_name

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_parquet", "write_atomically", "write_bytes_atomically", "write_parquet"]

PARQUET = b"PAR1"  # with which its files begin


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
    text: dict[str, Any] = {"encoding": "utf-8", "errors": "surrogateescape", "newline": newline}
    if os.path.exists(name) and not os.path.isfile(name):  # noqa: PTH110, PTH113
        with open(name, "w", **text) as file:  # noqa: PTH123
            yield file
        return
    refuse_picture_name(name)
    refuse_other_than_text(name)
    with _replacing(name, "x", **text) as file:
        yield file


@contextmanager
def write_bytes_atomically(path: str | os.PathLike[str], *, signature: bytes) -> Iterator[BinaryIO]:
    """Write a file of bytes as a whole, or not at all.

    Parameters
    ----------
    path : str or Path
        The file at the end of a symbolic link is replaced, not the link.
    signature : bytes
        With which the file begins, and one that it may replace.

    Raises
    ------
    FileExistsError
        If the name is that of a picture, or there is a file of another kind.
    OSError
        If it cannot be written; the error names `path`.
    """
    name = os.fsdecode(path)
    _refuse_other_kind(name, signature)
    with _replacing(name, "xb") as file:
        yield file


def check_parquet(path: str | os.PathLike[str]) -> None:
    """Refuse, before the work is done, what `write_parquet` would refuse after it."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise ImportError('to write Parquet: pip install "dupviz[parquet]"') from None
    _refuse_other_kind(os.fsdecode(path), PARQUET)


def write_parquet(table: "pd.DataFrame", path: str | os.PathLike[str]) -> None:
    """Write a table as Parquet, as a whole or not at all.

    Raises
    ------
    ImportError
        If the extra ``parquet`` is missing.
    FileExistsError, OSError
        See `write_bytes_atomically`.
    """
    check_parquet(path)
    with write_bytes_atomically(path, signature=PARQUET) as file:
        table.to_parquet(file, index=False)


def _refuse_other_kind(name: str, signature: bytes) -> None:
    refuse_picture_name(name)
    with suppress(FileNotFoundError), Path(name).open("rb") as old:
        if old.read(len(signature)) not in (b"", signature):
            words = "that is a file of another kind, and is not replaced: choose another name"
            raise FileExistsError(errno.EEXIST, words, name)


@contextmanager
def _replacing(name: str, how: str, **text: Any) -> Iterator[Any]:
    """A file that takes the place of another when the block ends well."""
    mode = os.stat(name).st_mode if os.path.exists(name) else None  # noqa: PTH110
    target = Path(os.path.realpath(name))
    # A short name of its own: that of the target may be as long as names can be.
    temporary = target.with_name(f".dupviz-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open(how, **text) as file:
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
