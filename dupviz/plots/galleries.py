"""Figures of groups and pairs of images, a page at a time."""

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dupviz._words.cards import file_card
from dupviz._words.words import COLOURS, WORDS, count, printable
from dupviz.images.imageset import ImageSet
from dupviz.metrics import transform
from dupviz.plots.axes import draws, new_axes
from dupviz.show.result import Result

__all__ = ["plot_gallery", "plot_group", "plot_pairs"]

# A tile of a gallery in inches: the picture's side, the gap beside it, and the four lines of text below it.
TILE, GAP, CAPTION = 1.25, 0.2, 0.78

# How an image matches another: MSE, rotation and mirrored.
Match = tuple[float, int, bool]


@draws("A group of duplicates")
def plot_group(duplicates: Result, group: int, *, max_files: int = 12, ax: Axes | None = None) -> Axes:
    """Draw one group: the kept file first, then those that can go, turned as they match, with their facts.

    Parameters
    ----------
    duplicates : Duplicates
    group : int
        Its number in ``duplicates.groups``.
    max_files : int
        How many files to draw; the number of the others is written.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is no such group.

    Examples
    --------
    >>> duplicates = dv.find_duplicates("data/photos/flags", progress=False)
    >>> ax = dv.plots.plot_group(duplicates, 0)
    >>> [text.get_text() for text in ax.texts if text.get_text() in ("keep", "can go", "review")]
    ['keep', 'review']
    """
    groups = duplicates.groups
    files = groups[groups["group"] == group]
    if files.empty:
        raise ValueError(f"group must be from 0 to {groups['group'].nunique() - 1}, got {group!r}")
    return _draw_groups(duplicates.images, [files], max_files, ax)


@draws("Groups of duplicates")
def plot_gallery(
    duplicates: Result, *, page: int = 1, groups_per_page: int = 8, max_files: int = 7, ax: Axes | None = None
) -> Axes:
    """Draw groups below each other, a page at a time; each as `plot_group` does.

    Parameters
    ----------
    duplicates : Duplicates
    page : int
        From 1.
    groups_per_page, max_files : int
        How many groups to draw, and how many files of each.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is no such page.

    Examples
    --------
    >>> duplicates = dv.find_duplicates("data/photos/flags", progress=False)
    >>> ax = dv.plots.plot_gallery(duplicates)
    >>> [text.get_text() for text in ax.texts].count("can go")
    3
    """
    by_group = [files for _, files in duplicates.groups.groupby("group")]
    shown, pages = _page(by_group, page, groups_per_page)
    ax = _draw_groups(duplicates.images, shown, max_files, ax)
    ax.set_title(f"{count(len(by_group), 'group')} below {duplicates.threshold:g}: page {page} of {pages}", loc="left")
    return ax


@draws("Pairs of images")
def plot_pairs(
    images: ImageSet,
    pairs: pd.DataFrame,
    *,
    page: int = 1,
    pairs_per_page: int = 12,
    pairs_per_row: int = 3,
    ax: Axes | None = None,
) -> Axes:
    """Draw pairs of images side by side, a page at a time: the first of each, and the second turned to match.

    Parameters
    ----------
    images : ImageSet
    pairs : DataFrame
        As `find_leaks`, `find_label_conflicts` or `find_pairs` gives it for these images, or some of its rows, with
        other columns as you like: the pictures are those of its columns test and train, or else a and b. Labels are
        written above the names, if there are any; else what the columns are called.
    page : int
        From 1.
    pairs_per_page, pairs_per_row : int
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is no such page, or a column is missing.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> pairs = dv.find_pairs(images, progress=False)
    >>> ax = dv.plots.plot_pairs(images, pairs, pairs_per_page=4)
    >>> [text.get_text() for text in ax.texts].count("a")
    4
    """
    ends = ("test", "train") if "test" in pairs else ("a", "b")
    missing = [name for name in (*ends, "mse", "rotation", "mirrored") if name not in pairs]
    if missing:
        raise ValueError(f"pairs need a column {missing[0]!r}; they have {', '.join(map(repr, pairs.columns))}")
    shown, pages = _page(pairs, page, pairs_per_page)
    width, height = 2 * TILE + 3 * GAP, TILE + CAPTION
    rows, columns = max(1, math.ceil(len(shown) / pairs_per_row)), max(1, min(len(shown), pairs_per_row))
    ax = new_axes((columns * width + 0.2, rows * height + 0.4)) if ax is None else ax
    for number, pair in enumerate(shown.to_dict("records")):
        row, column = divmod(number, pairs_per_row)
        for end, name in enumerate(ends):
            word = printable(str(pair.get(f"{name}_label", name)))
            match = (pair["mse"], pair["rotation"], pair["mirrored"]) if end else None
            x = column * width + end * (TILE + GAP / 2)
            _draw_tile(ax, images, pair[name], match, _shortened(word), COLOURS["review"], x, row * height)
    ax.set(xlim=(-0.05, columns * width), ylim=(rows * height, -0.05), aspect="equal")
    ax.set_axis_off()
    ax.set_title(f"{count(len(pairs), 'pair')}: page {page} of {pages}", loc="left")
    return ax


def _page(rows: Any, page: int, rows_per_page: int) -> tuple[Any, int]:
    """The rows of a page, and the number of pages."""
    pages = max(1, math.ceil(len(rows) / rows_per_page))
    if not 1 <= page <= pages:
        raise ValueError(f"page must be from 1 to {pages}, got {page!r}")
    return rows[(page - 1) * rows_per_page : page * rows_per_page], pages


def _draw_groups(images: ImageSet, groups: list[pd.DataFrame], max_files: int, ax: Axes | None) -> Axes:
    """Draw each group as a row of tiles, in inches."""
    columns = max((min(len(files), max_files + 1) for files in groups), default=1)
    width, height = columns * (TILE + GAP), max(1, len(groups)) * (TILE + CAPTION)
    ax = new_axes((width + 0.2, height + 0.4)) if ax is None else ax
    for row, files in enumerate(groups):
        y = row * (TILE + CAPTION)
        shown: list[Any] = list(files.head(max_files).itertuples())
        for column, file in enumerate(shown):
            match = (file.mse, file.rotation, file.mirrored) if file.action != "keep" else None
            _draw_tile(
                ax, images, file.image, match, WORDS[file.action], COLOURS[file.action], column * (TILE + GAP), y
            )
        if len(files) > max_files:
            x = max_files * (TILE + GAP)
            ax.text(x, y + TILE / 2, f"and {len(files) - max_files:,} more", va="center")
    ax.set(xlim=(-0.05, width), ylim=(height, -0.05), aspect="equal")
    ax.set_axis_off()
    return ax


def _draw_tile(
    ax: Axes, images: ImageSet, image: int, match: Match | None, word: str, colour: str, x: float, y: float
) -> None:
    """Draw an image with a word, turned as its match says, if there is one."""
    value, rotation, mirrored = match or (None, 0, False)
    picture = transform(images.tensors[image], rotation=rotation, mirrored=mirrored)
    ax.imshow(picture, extent=(x, x + TILE, y + TILE, y), interpolation="nearest")
    ax.add_patch(Rectangle((x, y), TILE, TILE, fill=False, edgecolor=colour, linewidth=3))
    card = file_card(images.files.iloc[image], mse=value, rotation=rotation, mirrored=mirrored)
    lines = [_shortened(card.name), f"{card.pixels}, {card.size}", ", ".join(filter(None, [card.mse, card.turn]))]
    style: dict[str, Any] = {"va": "top", "fontsize": 8, "parse_math": False}
    ax.text(x, y + TILE + 0.05, word, color=colour, weight="bold", **style)
    ax.text(x, y + TILE + 0.2, "\n".join(lines), **style)


def _shortened(name: str, length: int = 20) -> str:
    return name if len(name) <= length else f"{name[: length - 9]}…{name[-8:]}"
