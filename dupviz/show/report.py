"""The results of a scan as one HTML page: it needs nothing else, so that it can be mailed and kept."""

import base64
import hashlib
import os
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import numpy as np

from dupviz import __version__
from dupviz._html import escaped, thumbnail_uri
from dupviz._paths import common_folder
from dupviz._words import COLOURS, WORDS, count, file_size, printable, turn
from dupviz._write import write_atomically
from dupviz.metrics import transform

__all__ = ["write_report"]

LARGEST_SIDE = 122  # of a picture in the page, in pixels
MAX_FOLDERS = 6  # named one by one
# From so many pictures on, those off the screen wait until they are scrolled to. Fewer do not, so that all are printed:
# browsers without a window leave out what waits (of 61 pictures, 48). 6,000 that do not wait cost 0.6 s.
LAZY_FROM = 1000
CSS = Path(__file__).with_name("report.css")

# Drawn in 16 × 16 pixels, as in the review gallery.
ICONS = {
    "keep": "M3 8.5l3.5 3.5L13 4.5",
    "remove": "M4 4l8 8M12 4l-8 8",
    "review": "M5.5 6a2.5 2.5 0 1 1 3.4 2.3c-.6.3-.9.7-.9 1.4M8 12.4v.1",
}
SYMMETRIES = {"none": "as they are", "rotations": "four rotations", "dihedral": "four rotations, and mirrored"}

# The histogram, in pixels of a wide screen: where its axes are, and the piece from 0 to 1 that is not logarithmic.
WIDTH, HEIGHT = 640, 236
LEFT, RIGHT, TOP, BOTTOM = 52, 24, 28, 46
BINS = 48
LINEAR = 0.4  # as wide as 0.4 powers of ten


def write_report(duplicates, path):
    """Write duplicates as one HTML page, with everything in it: it opens from a mail, without a network.

    Parameters
    ----------
    duplicates : Duplicates
    path : str or Path
        Of the file, which is replaced as a whole if it is there.

    Raises
    ------
    OSError
        If it cannot be written. What was there is left as it was.
    """
    with write_atomically(path) as file:
        file.writelines(_page(duplicates))


def _page(duplicates):
    """The page, piece by piece: thousands of pictures need not be in memory together."""
    css = CSS.read_text(encoding="utf-8") + ":root {" + "".join(f"--{name}: {COLOURS[name]};" for name in COLOURS) + "}"
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    groups = duplicates.groups
    root = common_folder(duplicates.images.files["path"])
    root = None if root == os.sep else root
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{count(groups['group'].nunique(), 'group')} of duplicate images</title>\n"
        f"<style>{css}</style>\n</head>\n<body>\n{_icons()}\n<header>\n<h1>Duplicate images</h1>\n"
    )
    yield f"{_totals(duplicates)}\n</header>\n"
    yield f'<section class="how">\n{_settings(duplicates)}\n{_histogram(duplicates)}\n</section>\n'
    yield f"<main>\n<h2>Groups</h2>\n{_legend(groups, duplicates.threshold)}\n"
    yield from _groups(duplicates, root)
    yield f"</main>\n{_errors(duplicates.images)}\n"
    now = datetime.now(UTC)
    yield f"<footer>Written by dupviz {__version__} on {now:%Y-%m-%d at %H:%M} UTC.</footer>\n</body>\n</html>\n"


def _icons():
    symbols = "".join(
        f'<symbol id="icon-{name}" viewBox="0 0 16 16"><path d="{path}"/></symbol>' for name, path in ICONS.items()
    )
    return f'<svg width="0" height="0" aria-hidden="true">{symbols}</svg>'


def _text(text):
    """A text from outside, as a file name is, for the page: nothing in it is obeyed, nor turns what follows around."""
    return f"<bdi>{escaped(printable(text))}</bdi>"


def _totals(duplicates):
    images, groups = duplicates.images, duplicates.groups
    remove, review = (groups[groups["action"] == action] for action in ("remove", "review"))
    totals = [
        _total("", len(images), "image"),
        _total("", groups["group"].nunique(), "group", "of duplicates"),
        _total("remove", len(remove), "file", "can go"),
        f'<li class="remove"><strong>{file_size(int(remove["bytes"].sum()))}</strong> to be freed</li>',
    ]
    if len(review):
        totals.append(_total("review", len(review), "flat image", "to review"))
    if len(images.errors):
        totals.append(_total("", len(images.errors), "file", "left out"))
    return f'<ul class="totals">{"".join(totals)}</ul>'


def _total(action, number, noun, what=""):
    return f'<li class="{action}"><strong>{number:,}</strong> {noun}{"" if number == 1 else "s"} {what}</li>'


def _settings(duplicates):
    keep = duplicates.keep if isinstance(duplicates.keep, str) else getattr(duplicates.keep, "__name__", "own rule")
    size = duplicates.images.size
    settings = {
        "Threshold": f"MSE below {duplicates.threshold:g}",
        "Searched": f"MSE below {duplicates.max_mse:g}",
        "Compared": SYMMETRIES[duplicates.symmetries],
        "Tensors": f"{size} × {size} × 3",
        "Stays": _text(keep.replace("_", " ")),
        "Folders": "<br>".join(map(_text, _folders(duplicates.images.files["path"]))),
        "Protected": "<br>".join(_text(os.fsdecode(path)) for path in duplicates.protect),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in settings.items() if value)
    return f"<div>\n<h2>Settings</h2>\n<dl>{rows}</dl>\n</div>"


def _folders(paths):
    """The topmost folders with images in them; if they are many, the one that holds them all."""
    folders: list[str] = []
    for folder in sorted({os.path.join(os.path.dirname(path) or os.curdir, "") for path in paths}):
        if not folders or not folder.startswith(folders[-1]):
            folders.append(folder)
    root = common_folder(paths)
    return [root] if len(folders) > MAX_FOLDERS and root else folders


def _histogram(duplicates):
    """How many pairs were found at which MSE, as SVG."""
    largest = max(duplicates.max_mse, duplicates.threshold, 10)
    edges = np.union1d(np.geomspace(1, largest, BINS), [0, duplicates.threshold])
    mse, number = duplicates.near.mses()
    counts, _ = np.histogram(mse, edges, weights=number)
    below = int(counts[edges[:-1] < duplicates.threshold].sum())
    beyond = int(counts.sum()) - below
    title = f"<h2>{count(below + beyond, 'pair')} found, by MSE</h2>"
    bars = "".join(_bars(edges, counts, duplicates.threshold))
    x, bottom = _across(duplicates.threshold, largest), HEIGHT - BOTTOM
    return (
        f'<figure>\n{title}\n<div class="chart"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"{''.join(_axes(largest, counts.max()))}{bars}"
        f'<line class="threshold" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{bottom}"/>'
        f'<text class="threshold" x="{x:.1f}" y="{bottom + 38}" text-anchor="middle">{duplicates.threshold:g}</text>'
        f'<text class="below" x="{LEFT}" y="12">{count(below, "pair")} below {duplicates.threshold:g}</text>'
        f'<text x="{WIDTH - RIGHT}" y="12" text-anchor="end">{beyond:,} from {duplicates.threshold:g} up</text>'
        "</svg></div>\n</figure>"
    )


def _across(mse, largest):
    """Where an MSE is on the axis: linear up to 1, logarithmic from there."""
    place = LINEAR * min(mse, 1) + np.log10(max(mse, 1))
    return LEFT + (WIDTH - LEFT - RIGHT) * place / (LINEAR + np.log10(largest))


def _up(number, most):
    """Where a number of pairs is on the axis: logarithmic, so that one is seen beside a million, and 0 at its foot."""
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * np.log1p(number) / np.log1p(max(most, 1))


def _bars(edges, counts, threshold):
    for low, high, number in zip(edges, edges[1:], counts):
        if number:
            x, end = _across(low, edges[-1]), _across(high, edges[-1])
            y = _up(number, counts.max())
            kind = "below" if low < threshold else "beyond"
            yield (
                f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(end - x - 1, 1):.1f}" '
                f'height="{HEIGHT - BOTTOM - y:.1f}"><title>MSE {low:,.3g} to {high:,.3g}: '
                f"{count(int(number), 'pair')}</title></rect>"
            )


def _axes(largest, most):
    for power in range(len(str(int(most)))):
        y = _up(10**power, most)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10**power:,}</text>'
    bottom = HEIGHT - BOTTOM
    yield f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{bottom}" y2="{bottom}"/>'
    for mse in [0, *(10**power for power in range(len(str(int(largest)))))]:
        x = _across(mse, largest)
        yield f'<path class="axis" d="M{x:.1f} {bottom}v5"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 19}" text-anchor="middle">{mse:,}</text>'


def _legend(groups, threshold):
    """What the marks mean, and the choice of what is shown, which needs no script."""
    if groups.empty:
        return f"<p>No two images are below the threshold of {threshold:g}.</p>"
    meanings = {
        "keep": "stays.",
        "remove": "has a duplicate that stays, below the threshold.",
        "review": "is of almost one colour, and so near any other such image: look at it.",
    }
    used = set(groups["action"])
    marks = "".join(f"<li>{_mark(action)} {text}</li>" for action, text in meanings.items() if action in used)
    is_turned = groups["mirrored"].any() or groups["rotation"].any()
    turns = "\n<p>Pictures are turned as they match the one that stays.</p>" if is_turned else ""
    return f'<ul class="legend">{marks}</ul>{turns}\n{_choice(groups, threshold)}'


def _choice(groups, threshold):
    """Which groups are shown: style sheets can do that, without a script."""
    near = groups.loc[_is_near(groups, threshold), "group"].nunique()
    review = groups.loc[groups["action"] == "review", "group"].nunique()
    if not near and not review:
        return ""
    choices = [("all", "all groups", groups["group"].nunique())]
    choices += [("near", f"MSE from {threshold / 2:g} up", near)] if near else []
    choices += [("review", "to review", review)] if review else []
    buttons = "".join(
        f'<label><input type="radio" name="show" id="show-{name}"{" checked" if name == "all" else ""}>'
        f" {words} <small>{number:,}</small></label>"
        for name, words, number in choices
    )
    return f"<fieldset><legend>Show</legend>{buttons}</fieldset>"


def _is_near(files, threshold):
    """Whether files that are not kept lie in the upper half below the threshold: worth a second look."""
    return (files["action"] != "keep") & (files["mse"] >= threshold / 2)


def _groups(duplicates, root):
    sizes = duplicates.images.files[["width", "height"]].to_numpy()
    loading = ' loading="lazy"' if len(duplicates.groups) >= LAZY_FROM else ""
    files = duplicates.groups.assign(near=_is_near(duplicates.groups, duplicates.threshold))
    for number, members in groupby(files.itertuples(), key=lambda file: file.group):
        group = list(members)
        is_review = any(file.action == "review" for file in group)
        kinds = ["near"] * any(file.near for file in group) + ["review"] * is_review
        freed = sum(file.bytes for file in group if file.action == "remove")
        yield (
            f'<section class="{" ".join(["group", *kinds])}" id="group-{number + 1}"><header><h3>{number + 1:,}</h3>'
            f"<p>{f'frees {file_size(freed)}' if freed else ''}</p></header>\n<ul>\n"
        )
        for file in group:
            yield _file(file, duplicates.images.tensors[file.image], sizes[file.image], root, loading)
        yield "</ul></section>\n"


def _file(file, tensor, size, root, loading):
    picture = transform(tensor, rotation=file.rotation, mirrored=file.mirrored)
    width, height = size[::-1] if file.rotation % 180 else size
    scale = LARGEST_SIDE / max(width, height)
    shape = f'width="{max(1, round(scale * width))}" height="{max(1, round(scale * height))}"'
    facts = [f"{size[0]:,} × {size[1]:,}, {file_size(file.bytes)}"]
    if file.action != "keep":
        facts.append(f"MSE {file.mse:,.1f}")
    facts += filter(None, [turn(file.rotation, file.mirrored)])
    return (
        f'<li class="{file.action}"><div class="picture">'
        f'<img src="{thumbnail_uri(picture, lossy=True)}" {shape} alt=""{loading} decoding="async">'
        f"{_mark(file.action)}</div>\n"
        f"{_path(file.path, root)}<p>{'<br>'.join(facts)}</p></li>\n"
    )


def _mark(action):
    return f'<b class="mark {action}"><svg aria-hidden="true"><use href="#icon-{action}"/></svg>{WORDS[action]}</b>'


def _path(path, root):
    """The name of a file, and the folder that it is in, as seen from the one that holds all."""
    folder, name = os.path.split(os.path.relpath(path, root) if root else path)
    name = _text(name).replace("_", "_<wbr>").replace(".", "<wbr>.")  # where long names may break
    return f'<p class="name">{name}</p>' + (f'<p class="folder">{_text(folder)}</p>' if folder else "")


def _errors(images):
    if images.errors.empty:
        return ""
    rows = "".join(
        f"<tr><td>{_text(path)}</td><td>{_text(reason)}</td></tr>\n"
        for path, reason in images.errors[["path", "reason"]].itertuples(index=False)
    )
    return (
        f'<section class="errors">\n<h2>{count(len(images.errors), "file")} left out</h2>\n<table>\n'
        f"<thead><tr><th>File</th><th>Reason</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</section>"
    )
