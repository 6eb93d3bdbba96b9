"""HTML of the report and of notebooks, from templates that escape all text from outside."""

import base64
import html
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from PIL import Image

from dupviz._cards import file_card
from dupviz._words import COLOURS, WORDS, count, file_size, printable

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from dupviz.duplicates import Duplicates
    from dupviz.images.imageset import ImageSet

__all__ = [
    "TEMPLATES",
    "duplicates_html",
    "escaped",
    "image_set_html",
    "notebook_html",
    "stream_page",
    "table_html",
    "thumbnail_uri",
]

TEMPLATES = Path(__file__).with_name("templates")

MAX_THUMBNAILS = 24
MAX_ERRORS = 100
MAX_GROUPS = 24
MAX_ROWS = 20
MAX_FILES = 12  # of one group


def escaped(text: str) -> str:
    """A text as HTML or SVG, with question marks for bytes that are not UTF-8, since notebooks and pages are UTF-8."""
    return html.escape(text.encode("utf-8", "replace").decode())


def thumbnail_uri(tensor: np.ndarray, *, lossy: bool = False) -> str:
    """A tensor as a picture in a ``data:`` URI, for the ``src`` of an HTML image.

    Parameters
    ----------
    tensor : ndarray of uint8, shape (height, width, 3)
    lossy : bool
        A WebP of high quality, at most 224 pixels wide, rather than a PNG: for thousands of photos, a quarter as long.
    """
    file, name = io.BytesIO(), "webp" if lossy else "png"
    picture = Image.fromarray(tensor)
    if lossy:
        picture.thumbnail((224, 224))
        picture.save(file, name, quality=90, method=2)
    else:
        picture.save(file, name)
    return f"data:image/{name};base64,{base64.b64encode(file.getvalue()).decode()}"


def stream_page(template: str, **values: Any) -> Iterator[str]:
    """A page from a template, piece by piece; it reads generators among the values as it grows.

    Parameters
    ----------
    template : str
        Name of a file in `TEMPLATES`.
    **values
        What it needs.
    """
    return _environment().get_template(template).generate(**values)


def notebook_html(macro: str, **values: Any) -> str:
    """What a notebook shows: one of the macros of ``notebook.html``.

    Parameters
    ----------
    **values
        What it needs.
    """
    return str(getattr(_environment().get_template("notebook.html").module, macro)(**values))


def image_set_html(images: "ImageSet") -> str:
    """An image set as HTML: what it counts, its first images, its errors folded away."""
    paths = images.files["path"]
    thumbnails = [(path, thumbnail_uri(tensor)) for path, tensor in zip(paths[:MAX_THUMBNAILS], images.tensors)]
    errors = images.errors[["path", "reason"]].head(MAX_ERRORS).itertuples(index=False)
    more, more_errors = len(images) - MAX_THUMBNAILS, len(images.errors) - MAX_ERRORS
    values = {"errors": list(errors), "number": len(images.errors), "more": more, "more_errors": more_errors}
    return notebook_html("image_set", summary=repr(images), thumbnails=thumbnails, **values)


def duplicates_html(duplicates: "Duplicates") -> str:
    """Duplicates as HTML: the sum, then a card of pictures for each group, the kept one first."""
    groups, images = duplicates.groups, duplicates.images

    def card(file: Any) -> dict[str, Any]:
        mse = None if file.action == "keep" else file.mse
        facts = file_card(images.files.iloc[file.image], mse=mse, rotation=file.rotation, mirrored=file.mirrored)
        uri = thumbnail_uri(images.tensors[file.image])
        return {"path": file.path, "action": file.action, "card": facts, "uri": uri}

    shown = groups[groups["group"] < MAX_GROUPS].groupby("group")
    cards = [([card(file) for file in group.head(MAX_FILES).itertuples()], len(group)) for _, group in shown]
    more = groups["group"].nunique() - MAX_GROUPS
    return notebook_html("duplicates", summary=duplicates.summary(), groups=cards, more=more, max_files=MAX_FILES)


def table_html(summary: str, table: pd.DataFrame) -> str:
    """A summary as HTML, and the first rows of a table; its column ``bytes`` in kB and MB."""
    shown = table.head(MAX_ROWS)
    if "bytes" in shown:
        shown = shown.assign(bytes=shown["bytes"].map(file_size))
    head = [str(name).replace("_", " ") for name in shown]
    rows = [[str(cell) for cell in row] for row in shown.itertuples(index=False)]
    return notebook_html("table", summary=summary, head=head, rows=rows, more=len(table) - MAX_ROWS)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # a tenth of what all of dupviz takes to import

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"outside": _outside, "printable": printable, "counted": count, "file_size": file_size}
    environment.globals |= {"COLOURS": COLOURS, "WORDS": WORDS}
    return environment


def _outside(text: str) -> "Markup":
    """A text from outside, as a file name is: it adds no element, and turns no text after it around."""
    from markupsafe import Markup

    return Markup("<bdi>{}</bdi>").format(printable(text))
