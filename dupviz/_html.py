"""How results look: the words and colours of all views, and the HTML that notebooks show."""

import base64
import html
import io
import os

from PIL import Image

from dupviz._words import COLOURS, WORDS, count, file_size, turn

__all__ = ["duplicates_html", "escaped", "image_set_html", "table_html", "thumbnail_uri"]


def escaped(text):
    """A text as HTML, with bytes that are not UTF-8 as question marks, for notebooks and pages are UTF-8."""
    return html.escape(text.encode("utf-8", "replace").decode())


def thumbnail_uri(tensor, *, lossy=False):
    """A tensor as a picture in a ``data:`` URI, for the ``src`` of an HTML image.

    Parameters
    ----------
    tensor : ndarray of uint8, shape (height, width, 3)
    lossy : bool
        A WebP of high quality, at most 224 pixels wide, rather than a PNG: for thousands of photos, a quarter as long.

    Returns
    -------
    str
    """
    file, name = io.BytesIO(), "webp" if lossy else "png"
    picture = Image.fromarray(tensor)
    if lossy:
        picture.thumbnail((224, 224))
    picture.save(file, name, **({"quality": 90, "method": 2} if lossy else {}))
    return f"data:image/{name};base64,{base64.b64encode(file.getvalue()).decode()}"


MAX_THUMBNAILS = 24
MAX_ERRORS = 100
MAX_GROUPS = 24
MAX_ROWS = 20
MAX_FILES = 12  # of one group

# Jupyter's own colours, so that the dark theme is dark, with fallbacks for other notebooks.
TEXT = "color: var(--jp-ui-font-color1, inherit); font-size: 13px; line-height: 1.4"
FAINT = "color: var(--jp-ui-font-color2, inherit); font-size: 11px"
FLOW = "display: flex; flex-wrap: wrap; gap: 10px"
CARD = f"{FLOW}; padding: 8px; border: 1px solid var(--jp-border-color2, #ccc); border-radius: 4px"


def image_set_html(images):
    """An image set as HTML: what it counts, its first images, its errors folded away.

    Parameters
    ----------
    images : ImageSet

    Returns
    -------
    str
    """
    thumbnails = "".join(
        f'<img src="{thumbnail_uri(tensor)}" width="50" height="50" alt="{escaped(path)}" title="{escaped(path)}" '
        'style="outline: 1px solid var(--jp-border-color2, #bbb)">'
        for tensor, path in zip(images.tensors[:MAX_THUMBNAILS], images.files["path"])
    )
    return (
        f'<div style="{TEXT}"><p>{escaped(repr(images))}</p>'
        f'<div style="display: flex; flex-wrap: wrap; gap: 5px; align-items: center">{thumbnails}'
        f"{_more(len(images) - MAX_THUMBNAILS)}</div>{_errors_html(images.errors)}</div>"
    )


def duplicates_html(duplicates):
    """Duplicates as HTML: the sum, then a card of pictures for each group, the kept one first.

    Parameters
    ----------
    duplicates : Duplicates

    Returns
    -------
    str
    """
    groups = duplicates.groups
    shown = groups[groups["group"] < MAX_GROUPS].groupby("group")
    cards = "".join(_group_html(group, duplicates.images) for _, group in shown)
    more = _more(groups["group"].nunique() - MAX_GROUPS, "groups: see <code>.groups</code>")
    summary = escaped(duplicates.summary())
    return f'<div style="{TEXT}"><p><b>{summary}</b></p><div style="{FLOW}">{cards}{more}</div></div>'


def table_html(summary, table):
    """A summary as HTML, and the first rows of a table; its column ``bytes`` in kB and MB.

    Parameters
    ----------
    summary : str
    table : DataFrame

    Returns
    -------
    str
    """
    if "bytes" in table:
        table = table.assign(bytes=table["bytes"].map(file_size))
    style = 'style="text-align: left; vertical-align: top; overflow-wrap: anywhere"'
    head = "".join(f"<th {style}>{escaped(name.replace('_', ' '))}</th>" for name in table)
    rows = "".join(
        f"<tr>{''.join(f'<td {style}><bdi>{escaped(str(cell))}</bdi></td>' for cell in row)}</tr>"
        for row in table.head(MAX_ROWS).itertuples(index=False)
    )
    more = _more(len(table) - MAX_ROWS, "rows: see <code>.table</code>")
    rows = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if len(table) else ""
    return f'<div style="{TEXT}"><p><b>{escaped(summary)}</b></p>{rows}{more}</div>'


def _group_html(group, images):
    files = "".join(_file_html(file, images) for file in group.head(MAX_FILES).itertuples())
    return f'<div style="{CARD}">{files}{_more(len(group) - MAX_FILES)}</div>'


def _file_html(file, images):
    width, height = images.files.loc[file.image, ["width", "height"]]
    facts = [f"{width} × {height}", file_size(file.bytes)]
    if file.action != "keep":
        facts = [f"MSE {file.mse:.1f}", turn(file.rotation, file.mirrored), *facts]
    path, name, colour = escaped(file.path), escaped(os.path.basename(file.path)), COLOURS[file.action]
    return (
        f'<div style="width: 92px; overflow-wrap: anywhere"><img src="{thumbnail_uri(images.tensors[file.image])}" '
        f'width="84" height="84" alt="{path}" title="{path}" style="border: 3px solid {colour}">'
        f'<div><b style="color: {colour}">{WORDS[file.action]}</b></div><bdi>{name}</bdi>'
        f'<div style="{FAINT}">{", ".join(filter(None, facts))}</div></div>'
    )


def _errors_html(errors):
    if errors.empty:
        return ""
    cell = '<td style="text-align: left; overflow-wrap: anywhere">'
    rows = "".join(
        f"<tr>{cell}<bdi>{escaped(path)}</bdi></td>{cell}{escaped(reason)}</td></tr>"
        for path, reason in errors.head(MAX_ERRORS).itertuples(index=False)
    )
    more = _more(len(errors) - MAX_ERRORS, "see <code>.errors</code>")
    return f"<details><summary>{count(len(errors), 'error')}</summary><table>{rows}</table>{more}</details>"


def _more(number, what=""):
    return f'<div style="align-self: center">… and {number:,} more {what}</div>' if number > 0 else ""
