"""Files that are written as a whole, or not at all."""

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from dupviz._disk.marks import PARQUET_MARK, refuse_foreign
from dupviz._disk.names import refuse_picture_name

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_output", "check_parquet", "is_begun", "is_special", "write_atomically", "write_parquet"]


BEGUN = re.compile(r"\.dupviz-[0-9a-f]{16}\.tmp")


def is_begun(path: str) -> bool:
    """Whether a path is that of a file that was being written when a kill came: it has no name yet."""
    return BEGUN.fullmatch(os.path.basename(path)) is not None


def check_output(path: str | os.PathLike[str]) -> None:
    """Refuse, before the work is done, a name under which nothing may be written after it.

    Parameters
    ----------
    path : str or Path
        A device or pipe is no file that could be lost.

    Raises
    ------
    FileExistsError
        If the name is that of a picture, as after ``--report *.png``, or of a file that dupviz has not written.
    OSError
        If the file there cannot be read.
    """
    if not is_special(os.fsdecode(path)):
        refuse_picture_name(path)
        refuse_foreign(path)


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
        See `check_output`.
    OSError
        If it cannot be written; the error names `path`.
    """
    name = os.fsdecode(path)
    text: dict[str, Any] = {"encoding": "utf-8", "errors": "surrogateescape", "newline": newline}
    if is_special(name):
        with open(name, "w", **text) as file:  # noqa: PTH123
            yield file
        return
    check_output(name)
    with _replacing(name, "x", **text) as file:
        yield file


def check_parquet(path: str | os.PathLike[str]) -> None:
    """Refuse, before the work is done, what `write_parquet` would refuse after it."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise ImportError('to write Parquet: pip install "dupviz[parquet]"') from None
    check_output(path)


def write_parquet(table: "pd.DataFrame", path: str | os.PathLike[str]) -> None:
    """Write a table as Parquet, as a whole or not at all.

    Parameters
    ----------
    path : str or Path
        The file at the end of a symbolic link is replaced, not the link.

    Raises
    ------
    ImportError
        If the extra ``parquet`` is missing.
    FileExistsError
        See `check_output`.
    OSError
        If it cannot be written; the error names `path`.
    """
    check_parquet(path)
    import pyarrow
    from pyarrow.parquet import write_table

    arrow = pyarrow.Table.from_pandas(table, preserve_index=False)
    arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), PARQUET_MARK: b"table"})
    with _replacing(os.fsdecode(path), "xb") as file:
        write_table(arrow, file)


def is_special(name: str) -> bool:
    """Whether there is something that is no file: a device, a pipe, a folder."""
    return os.path.exists(name) and not os.path.isfile(name)  # noqa: PTH110, PTH113


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
