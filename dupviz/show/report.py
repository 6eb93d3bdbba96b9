"""The results of a scan as one HTML page that needs no other file."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from dupviz import __version__
from dupviz._disk.paths import common_folder, topmost_folders
from dupviz._disk.status import file_state
from dupviz._disk.write import write_atomically
from dupviz._parallel import in_order
from dupviz._words.cards import file_card
from dupviz._words.charts import MseChart, mse_edges
from dupviz._words.html import breakable, stream_page, styled, thumbnail_uri
from dupviz._words.rows import FileRow, GroupRow, rows
from dupviz._words.words import WORDS, count, file_size, plural
from dupviz.groups.folds import folded
from dupviz.images.decode import decode_picture
from dupviz.images.formats import DecodeError, NotAnImage
from dupviz.look.look import UNREADABLE
from dupviz.look.verdict import DIFFERENT, EDITED, TOO_SMALL
from dupviz.metrics import Pixels, transform
from dupviz.show.result import Result, with_keepers

__all__ = ["write_report"]

LARGEST_SIDE = 122  # of a picture in the page, in pixels
SHARP_SIDE = 224  # of the same in the file, for screens of twice the usual density: 7 kB each
MAX_GROUPS = 1000  # in the page: 15 MB of photos, and half a minute to read them
MAX_FOLDERS = 6  # named one by one
# From so many pictures on, those off the screen wait until they are scrolled to. Fewer do not, so that all are printed:
# browsers without a window leave out what waits (of 61 pictures, 48). 6,000 that do not wait cost 0.6 s.
LAZY_FROM = 1000

# Drawn in 16 × 16 pixels, as in the review gallery.
ICONS = {
    "keep": "M3 8.5l3.5 3.5L13 4.5",
    "remove": "M4 4l8 8M12 4l-8 8",
    "review": "M5.5 6a2.5 2.5 0 1 1 3.4 2.3c-.6.3-.9.7-.9 1.4M8 12.4v.1",
}
MEANINGS = {
    "keep": "stays.",
    "remove": "is a copy of one that stays.",
    "review": "is near one that stays, and for you to look at: the reason is below it.",
}
# By which groups can be shown.
VERDICTS = (EDITED, DIFFERENT, TOO_SMALL, UNREADABLE)
SYMMETRIES = {"none": "as they are", "rotations": "four rotations", "dihedral": "four rotations, and mirrored"}

WIDTH, HEIGHT = 640, 218  # of the histogram, in pixels of a wide screen


def write_report(duplicates: Result, path: str | os.PathLike[str]) -> None:
    """Write duplicates as one HTML page, with all pictures in it: it needs no network.

    Parameters
    ----------
    duplicates : Duplicates
        What the page is about.
    path : str or Path
        Of the file. A file that dupviz has written is replaced as a whole; any other is refused.

    Raises
    ------
    OSError
        If it cannot be written. The old file is left as it was.

    Examples
    --------
    >>> from pathlib import Path
    >>> duplicates = dv.find_duplicates("data/photos/flags", progress=False)
    >>> dv.write_report(duplicates, "report.html")  # the same as duplicates.to_html("report.html")
    >>> "netherlands.png" in Path("report.html").read_text(encoding="utf-8")
    True
    """
    with write_atomically(path) as file:
        file.writelines(_page(duplicates))


def _page(duplicates: Result) -> Iterator[str]:
    """The page, piece by piece: thousands of pictures need not be in memory together."""
    groups, near = duplicates.groups, duplicates.near
    kinds = _kinds(groups, duplicates.threshold)
    number_of_groups = int(groups["group"].nunique())
    folds = _folds(groups)
    return stream_page(
        "report.html",
        **styled("report"),
        icons=ICONS,
        totals=_totals(duplicates),
        settings=_settings(duplicates),
        number_of_pairs=near.count,
        histogram=Markup(_histogram(duplicates)),
        number_of_groups=number_of_groups,
        shown=MAX_GROUPS if number_of_groups > MAX_GROUPS else 0,
        threshold=f"{duplicates.threshold:g}",
        meanings={action: meaning for action, meaning in MEANINGS.items() if (groups["action"] == action).any()},
        is_turned=groups["mirrored"].any() or groups["rotation"].any(),
        choices=list(_choices(kinds, duplicates.threshold)),
        is_lazy=len(groups) >= LAZY_FROM,
        folded=len(folds),
        groups=_groups(duplicates, kinds, folds),
        errors=list(duplicates.images.errors[["path", "reason"]].itertuples(index=False)),
        version=__version__,
        when=f"{datetime.now(UTC):%Y-%m-%d at %H:%M}",
    )


def _totals(duplicates: Result) -> Iterator[tuple[str, str, str]]:
    """The numbers at the top: whose colour, the number, of what."""
    images, groups = duplicates.images, duplicates.groups
    remove, review = (groups[groups["action"] == action] for action in ("remove", "review"))
    number = groups["group"].nunique()
    yield "", f"{len(images):,}", plural(len(images), "image")
    yield "", f"{number:,}", f"{plural(number, 'group')} of duplicates"
    yield "remove", f"{len(remove):,}", f"{plural(len(remove), 'file')} can go"
    yield "remove", file_size(int(remove["bytes"].sum())), "to be freed"
    if len(review):
        yield "review", f"{len(review):,}", f"{plural(len(review), 'file')} to review"
    if len(images.errors):
        yield "", f"{len(images.errors):,}", f"{plural(len(images.errors), 'file')} left out"


def _settings(duplicates: Result) -> dict[str, list[str]]:
    keep = duplicates.keep if isinstance(duplicates.keep, str) else getattr(duplicates.keep, "__name__", "own rule")
    size = duplicates.images.size
    return {
        "Threshold": [f"MSE below {duplicates.threshold:g}"],
        "Searched": [f"MSE below {duplicates.near.max_mse:g}"],
        "Compared": [SYMMETRIES[duplicates.near.symmetries]],
        "Tensors": [f"{size} × {size} × 3"],
        "Second look": ["at the files, larger" if duplicates.looks else "none: by the MSE alone"],
        "Stays": [keep.replace("_", " ")],
        "Folders": _folders(duplicates.images.files["path"]),
        "Protected": list(duplicates.protect),
    }


def _folders(paths: Sequence[str] | pd.Series) -> list[str]:
    """The topmost folders with images in them; if they are many, the one that holds them all."""
    folders, root = topmost_folders(paths), common_folder(paths)
    return [root] if len(folders) > MAX_FOLDERS and root else folders


def _histogram(duplicates: Result) -> str:
    """How many pairs were found at which MSE, as SVG."""
    threshold = duplicates.threshold
    largest = max(duplicates.near.max_mse, threshold, 10)
    edges = mse_edges(largest, threshold)
    mse, number = duplicates.near.mses()
    counts, _ = np.histogram(mse, edges, weights=number)
    is_below = edges[:-1] < threshold
    below, above = count(int(counts[is_below].sum()), "pair"), f"{int(counts[~is_below].sum()):,}"
    chart = MseChart(52, 30, 564, 160, largest, counts.max())
    parts = [
        *chart.histogram(edges, counts, threshold),
        f'<text class="below" x="{chart.x}" y="12">{below} below {threshold:g}</text>',
        f'<text x="{chart.x + chart.width}" y="12" text-anchor="end">{above} from {threshold:g} up</text>',
    ]
    words = f"{below} below {threshold:g}, {above} from there up"
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{words}">{"".join(parts)}</svg>'


def _kinds(groups: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Which groups are of which kind, as the style sheet names them: bool, a row per group and a column per kind."""
    kinds = {
        # In the upper half below the threshold: worth a second look.
        "near": (groups["action"] != "keep") & (groups["mse"] >= threshold / 2),
        "review": groups["action"] == "review",
        **{verdict.replace(" ", "-"): groups["verdict"] == verdict for verdict in VERDICTS},
    }
    return pd.DataFrame(kinds).groupby(groups["group"]).any()


def _choices(kinds: pd.DataFrame, threshold: float) -> Iterator[tuple[str, str, str]]:
    """Which groups can be shown: style sheets do that, without a script."""
    words = {"near": f"MSE from {threshold / 2:g} up", "review": "to review"}
    yield "all", "all groups", f"{len(kinds):,}"
    for kind in kinds.columns[kinds.any()]:
        yield kind, words.get(kind, kind.replace("-", " ")), f"{kinds[kind].sum():,}"


def _folds(groups: pd.DataFrame) -> set[int]:
    """The files that are too small to tell, which wait behind one row: of icons there are thousands."""
    by_group = groupby(rows(groups, GroupRow), key=lambda file: file.group)
    return {image for _, group in by_group for image in folded(list(group), [TOO_SMALL])}


def _groups(duplicates: Result, kinds: pd.DataFrame, folds: set[int]) -> Iterator[dict[str, Any]]:
    """What the page shows of each group; their pictures are read by threads, ahead of the page.

    Groups of nothing but what is folded, and the file that stays, come last.
    """
    images, groups = duplicates.images, duplicates.groups
    root = common_folder(images.files["path"])
    folder = os.curdir if root in (None, os.sep) else root
    is_folded = (groups["action"] == "keep") | groups["image"].isin(folds)
    groups = groups.assign(folded=is_folded.groupby(groups["group"]).transform("all"))
    groups = groups.sort_values("folded", kind="stable")
    members = zip(rows(groups, GroupRow), rows(images.files.iloc[groups["image"]], FileRow))
    by_group = islice(groupby(members, key=lambda member: member[0].group), MAX_GROUPS)
    kinds_of = {number: [kind for kind in kinds if row[kind]] for number, row in kinds.to_dict("index").items()}

    paths = images.files["path"].tolist()

    def shown(number: int, group: list[tuple[GroupRow, FileRow]]) -> dict[str, Any]:
        named = zip(with_keepers([file for file, _ in group], paths), (facts for _, facts in group))
        waiting = sum(file.image in folds for file, _ in group)
        is_whole = waiting == len(group) - 1
        freed = sum(file.bytes for file, _ in group if file.action == "remove")
        return {
            "number": f"{number + 1:,}",
            "kinds": ["group", *kinds_of[number], *["folded"] * is_whole],
            "folded": 0 if is_whole else waiting,
            "frees": file_size(freed) if freed else "",
            "files": [
                {**_file(file, facts, images.tensors[file.image], folder), "is_folded": file.image in folds}
                for file, facts in named
            ],
        }

    with ThreadPoolExecutor() as executor:
        yield from in_order(executor, shown, ((number, list(group)) for number, group in by_group))


def _picture(facts: FileRow, tensor: Pixels) -> Pixels:
    """The file as a small picture; its tensor, if it is no longer the one that was read."""
    if file_state(facts.path, facts.bytes, facts.modified):
        return tensor
    try:
        return np.asarray(decode_picture(facts.path, SHARP_SIDE))
    except (DecodeError, NotAnImage):
        return tensor


def _file(file: GroupRow, facts: FileRow, tensor: Pixels, folder: str) -> dict[str, Any]:
    picture = transform(_picture(facts, tensor), rotation=file.rotation, mirrored=file.mirrored)
    width, height = (facts.height, facts.width) if file.rotation % 180 else (facts.width, facts.height)
    scale = LARGEST_SIDE / max(width, height)
    mse = None if file.action == "keep" else file.mse
    card = file_card(facts, folder=folder, mse=mse, rotation=file.rotation, mirrored=file.mirrored)
    return {
        "action": file.action,
        "uri": thumbnail_uri(picture, lossy=True),
        "width": max(1, round(scale * width)),
        "height": max(1, round(scale * height)),
        "name": breakable(card.name),
        "alt": f"{card.name}, {WORDS[file.action]}",
        "card": card,
        "reason": file.reason,
    }
