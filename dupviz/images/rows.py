"""Rows → pictures: of each its item is a path, bytes, an open file, pixels, or the reason why there is no picture."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import pandas as pd
from PIL import Image

from dupviz._disk.contents import Inside
from dupviz.images.arrays import of_pixels
from dupviz.images.given import Given, held, now_ns, with_extension
from dupviz.images.white import array_of, reported

__all__ = ["BadRow", "is_pixels", "item_and_facts", "pictures_of_rows"]

PICTURE_KEYS = ("image", "img", "picture", "pixel_values", "jpg", "jpeg", "png", "webp")
LABEL_KEYS = ("label", "labels", "fine_label", "target", "cls")
STORED_KEYS = {"bytes", "path"}  # of a picture as Hugging Face stores it


class BadRow(ValueError):
    """A row has no picture; the message is the reason."""


def is_pixels(item: Any) -> bool:
    """Whether something is an array, a tensor, or a picture of Pillow."""
    return (
        isinstance(item, Image.Image)
        or hasattr(item, "__array__")
        or (hasattr(item, "detach") and hasattr(item, "cpu"))
    )


def item_and_facts(item: Any) -> tuple[Any, dict[str, Any]]:
    """The picture of what a data set gives, and what else it says of it: its label."""
    if isinstance(item, Mapping) and not item.keys() <= STORED_KEYS:
        key = next((key for key in PICTURE_KEYS if key in item), None)
        if key is None:
            raise BadRow(f"a dict without a picture: of the keys {', '.join(PICTURE_KEYS)} it has none")
        label = next((item[name] for name in LABEL_KEYS if name in item), None)
        return item[key], {"label": label} if label is not None else {}
    if isinstance(item, tuple | list) and len(item) >= 2 and not isinstance(item[0], int | float):
        label = item[1]
        return item[0], {"label": label.item() if hasattr(label, "item") and getattr(label, "ndim", 0) == 0 else label}
    return item, {}


def pictures_of_rows(
    items: Sequence[Any],
    facts: pd.DataFrame,
    name: str,
    channels: str,
    white: float | None,
    *,
    what: str = "",
) -> Given:
    """The pictures of rows; a row without one is an error with its number.

    Parameters
    ----------
    items : sequence
    facts : DataFrame
        What else is known of each row.
    name : str
        What the source is called; empty if it may be files on the disk alone.
    channels : {"last", "first"}
        Where arrays have their colours.
    white : float, optional
        The number that is white in arrays, and pictures of 16 bits; by default what `reported` finds.
    what : str
        What holds the items, for an error.

    Raises
    ------
    FileNotFoundError
        If there are only paths, and none of the files is there.
    TypeError, ValueError
        If no row has a picture.
    """
    pixels = [item for item in items if is_pixels(item)]
    white = white or reported(map(array_of, pixels))
    digits, now = len(str(max(len(items) - 1, 0))), now_ns()
    given = Given(name=name, facts=facts)
    first: Exception | None = None
    stored = list(map(_stored_name, items))
    uses = Counter(stored)
    for row, item in enumerate(items):
        # Names that tell pictures apart stay as they are: which of two has the plainer one counts.
        is_told = stored[row] and uses[stored[row]] == 1
        called = os.path.join(name or "a table", stored[row]) if is_told else f"row {row:0{digits}}"
        try:
            picture = _picture(item, called, channels, white, now)
            if isinstance(picture, Inside):
                given.inside.append(picture)
            elif picture not in given.rows:
                given.paths.append(picture)
            given.rows.setdefault(picture, row)
        except (TypeError, ValueError, OSError) as error:
            missing = isinstance(error, FileNotFoundError)
            path = str(error.filename) if missing and isinstance(error, OSError) else called
            given.rows.setdefault(path, row)
            given.errors.append((path, "no such file" if missing else str(error)))
            first = first or error
    if given.inside:
        given.name = name or "a table"
    elif not given.paths and isinstance(first, FileNotFoundError):
        raise FileNotFoundError(f"none of the {len(items):,} files is there: the first is {first.filename!r}")
    elif not given.paths and first:
        raise type(first)(f"{what or name}: no row has a picture; row 0: {first}") from None
    return given


def _picture(item: Any, called: str, channels: str, white: float | None, now: int) -> str | Inside:
    """The picture that an item is or names: a path, or what is no file."""
    if isinstance(item, Exception):
        raise item
    if isinstance(item, Mapping):
        if not item.keys() & STORED_KEYS:
            raise BadRow(f"a dict with {', '.join(map(str, item))}, rather than 'bytes' or 'path'")
        item = item["bytes"] if item.get("bytes") else item.get("path")
    if item is None or (isinstance(item, Real) and item != item) or item is pd.NA:
        raise BadRow(f"no picture: {item}")
    if isinstance(item, str | os.PathLike):
        path = os.fsdecode(item)
        if not os.path.lexists(path):
            raise FileNotFoundError(2, "no such file", path)
        return path
    if is_pixels(item):
        return of_pixels(item, called, channels, white, now)
    if hasattr(item, "read"):
        item.seek(0)
        item = item.read()
    if not isinstance(item, bytes | bytearray | memoryview):
        kind = type(item).__name__
        raise TypeError(f"a picture is a path, bytes, an open file, an array, or a picture of Pillow, got {kind}")
    content = bytes(item)
    return held(with_extension(called, content), content, len(content), now)


def _stored_name(item: Any) -> str:
    """The name that comes with an item that is no path; empty if there is none."""
    if isinstance(item, Mapping):
        name = item.get("path") if item.get("bytes") else ""
    else:
        name = getattr(item, "filename", None) or getattr(item, "name", None)
    if not isinstance(name, str) or isinstance(item, os.PathLike):
        return ""
    return os.path.splitdrive(name)[1].lstrip("/\\")
