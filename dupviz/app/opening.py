"""Opening the browser without the token in its arguments, which every user of a machine can read."""

import html
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

__all__ = ["redirecting"]

PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={address}"><title>dupviz review</title>
<p><a href="{address}">Open the review</a></p></html>
"""


@contextmanager
def redirecting(address: str) -> Iterator[Path]:
    """A page on the disk, readable by its user alone, that leads a browser to an address; removed at the end.

    Parameters
    ----------
    address : str

    Yields
    ------
    file : Path
        In the home folder, or where there is none that can be written, in that for temporary files.

    Examples
    --------
    >>> with redirecting("http://127.0.0.1:8000/?token=secret") as file:
    ...     "secret" in file.read_text(), "secret" in str(file)
    (True, False)
    >>> file.exists()
    False
    """
    handle, name = _make_file()
    file = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as page:
            page.write(PAGE.format(address=html.escape(address)))
        yield file
    finally:
        with suppress(OSError):
            file.unlink()


def _make_file() -> tuple[int, str]:
    """A new file that a browser can read: as a snap it reads no folder for temporary files, and no hidden one."""
    make = partial(tempfile.mkstemp, suffix=".html", prefix="dupviz-review-")
    with suppress(OSError, RuntimeError):  # the latter where there is no home
        return make(dir=str(Path.home()))
    return make()
