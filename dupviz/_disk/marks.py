"""By what an output of dupviz is known: nothing else is ever replaced by one."""

import errno
import os
import re
from contextlib import suppress
from pathlib import Path

__all__ = ["PARQUET_MARK", "refuse_foreign"]

HEAD = 4096  # bytes, of which the first few tell

# How each kind of output begins, letter by letter: what another program has written anew, as a spreadsheet does with an
# edited plan, is no longer a file of dupviz.
BEGINNINGS = re.compile(
    rb"|".join(
        (
            rb'\{"threshold": [0-9.e+-]+, "max_mse": [0-9.e+-]+, "symmetries": "[a-z]+", "size": [0-9]+,\n"images": \[',
            rb'"group","action","path","keeper","mse","rotation","mirrored",',
            rb'"a","b","mse","rotation","mirrored"\r?\n',
            rb'"path","keeper","mse","rotation","mirrored","bytes","modified","keeper_bytes","keeper_modified",',
            rb'"path",(split|label)\n',  # quotes around one word of two: others write such tables, too
            rb'\s*<!DOCTYPE html>\s*<html lang="en">\s*<head>\s*<meta name="generator" content="dupviz">',
            rb'<\?xml version="1.0" encoding="UTF-8"\?>\s*<!-- generator: dupviz -->',
            rb'\{"format": "dupviz ',
            rb"# dupviz\.lock 1: ",
        )
    )
)
PARQUET, PARQUET_MARK = b"PAR1", b"dupviz"


def refuse_foreign(path: str | os.PathLike[str]) -> None:
    """Refuse to replace a file with something in it that dupviz has not written.

    Parameters
    ----------
    path : str or Path
        The file at the end of a symbolic link counts.

    Raises
    ------
    FileExistsError
        If it is none of dupviz.
    OSError
        If it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError:
        return
    if head and not BEGINNINGS.match(head) and not (head.startswith(PARQUET) and _is_marked_parquet(path)):
        words = "that is a file of another kind, which dupviz has not written, and is not replaced: choose another name"
        raise FileExistsError(errno.EEXIST, words, os.fsdecode(path))


def _is_marked_parquet(path: str | os.PathLike[str]) -> bool:
    with suppress(ImportError, OSError, ValueError):  # the latter of a damaged one
        from pyarrow.parquet import read_metadata

        return PARQUET_MARK in (read_metadata(path).metadata or {})
    return False
