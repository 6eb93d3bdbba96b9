"""HTML of the report and of notebooks, from templates that escape all text from outside."""

import base64
import hashlib
import html
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from dupviz._words.words import COLOURS, WORDS, count, file_size, printable

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


__all__ = [
    "breakable",
    "escaped",
    "notebook_html",
    "stream_page",
    "styled",
    "table_html",
    "thumbnail_uri",
]

TEMPLATES = Path(__file__).with_name("templates")

MAX_ROWS = 20  # of a table in a notebook


def escaped(text: str) -> str:
    """A text as HTML or SVG, with escapes for what turns other text around, and for bytes that are not UTF-8."""
    return html.escape(printable(text))


def thumbnail_uri(tensor: NDArray[np.uint8], *, lossy: bool = False) -> str:
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
        picture.save(file, name, quality=82, method=2)
    else:
        picture.save(file, name)
    return f"data:image/{name};base64,{base64.b64encode(file.getvalue()).decode()}"


def breakable(name: str) -> "Markup":
    """A file name as HTML that is broken at its dots and lines rather than in the midst of a word."""
    from markupsafe import Markup, escape

    text = str(escape(name))
    for mark in ("_", "-"):
        text = text.replace(mark, f"{mark}<wbr>")
    return Markup(text.replace(".", "<wbr>."))


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


def styled(*names: str) -> dict[str, str]:
    """The styles of a page without scripts, and the policy that allows them and pictures within it, and nothing else.

    Parameters
    ----------
    *names : str
        Of files in `TEMPLATES`, without ``.css``.

    Returns
    -------
    dict of str to str
        ``css`` and ``policy``, for `stream_page`.
    """
    from markupsafe import Markup

    css = "".join((TEMPLATES / f"{name}.css").read_text(encoding="utf-8") for name in names)
    css += ":root {" + "".join(f"--{name}: {COLOURS[name]};" for name in COLOURS) + "}"
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return {"css": Markup(css), "policy": policy}


def notebook_html(macro: str, **values: Any) -> str:
    """What a notebook shows: one of the macros of ``notebook.html``.

    Parameters
    ----------
    **values
        What it needs.
    """
    return str(getattr(_environment().get_template("notebook.html").module, macro)(**values))


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
    environment.filters |= {
        "outside": _outside,
        "breakable": breakable,
        "printable": printable,
        "counted": count,
        "file_size": file_size,
    }
    environment.globals |= {"COLOURS": COLOURS, "WORDS": WORDS}
    return environment


def _outside(text: str) -> "Markup":
    """A text from outside, as a file name is: it adds no element, and turns no text after it around."""
    from markupsafe import Markup

    return Markup("<bdi>{}</bdi>").format(printable(text))
