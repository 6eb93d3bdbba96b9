"""Figures: tensors, pairs, groups and thresholds, drawn with matplotlib.

Each function draws on the Axes that it is given, or on a new figure, and returns them. Nothing is shown or saved, and
no setting of matplotlib is changed.
"""

import math
import os

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from dupviz.display import COLOURS, WORDS, count, file_size, turn
from dupviz.listing import printable
from dupviz.metrics import check_symmetries, distance, mse, squared_error_map, transform
from dupviz.sweep import Sweep

__all__ = [
    "CHANNELS",
    "plot_channels",
    "plot_copies",
    "plot_gallery",
    "plot_group",
    "plot_mse_histogram",
    "plot_pair",
    "plot_pairs",
    "plot_populations",
    "plot_quality",
    "plot_rotations",
    "plot_tensor",
    "plot_threshold_curve",
]

CHANNELS = ("red", "green", "blue")
DEPTH = 0.3  # how far each matrix of the stack is behind the one before it, in widths
MIN_CELL = 13  # points: what three digits need
LARGEST_MSE = 3 * 255**2

# A tile of a gallery in inches: the picture's side, the gap beside it, and the four lines of text below it.
TILE, GAP, CAPTION = 1.25, 0.2, 0.78


def plot_tensor(tensor, *, ax=None):
    """Draw an image, and beside it the stack of three matrices that it is.

    Parameters
    ----------
    tensor : ndarray of uint8, shape (height, width, 3)
        RGB. The numbers are written into the cells if these are large enough for them.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = _new_axes((9, 3.7)) if ax is None else ax
    height, width = tensor.shape[:2]
    right, up = DEPTH * width, DEPTH * height
    left, top = 1.6 * width, 2 * up  # of the first matrix, which is in front
    ax.set(xlim=(-0.02 * width, 3.75 * width), ylim=(1.16 * height + top, -0.12 * height), aspect="equal")
    ax.set_axis_off()
    _draw_matrix(ax, tensor, 0, up)
    ax.text(width / 2, up + 1.04 * height, "the image", ha="center", va="top")
    ax.text(1.3 * width, up + height / 2, "=", ha="center", va="center", fontsize=20)
    for channel in (2, 1, 0):
        x, y = left + channel * right, top - channel * up
        _draw_matrix(ax, _tinted(tensor, channel), x, y, numbers=tensor[..., channel])
        label = f"{CHANNELS[channel]}\n[:, :, {channel}]"
        ax.text(x + 1.03 * width, y + 0.98 * height, label, va="bottom", family="monospace", fontsize=9)
    _arrow(ax, (left - 0.05 * width, top), (left - 0.05 * width, top + height))
    ax.text(left - 0.09 * width, top + height / 2, count(height, "row"), rotation=90, ha="right", va="center")
    _arrow(ax, (left, top + 1.05 * height), (left + width, top + 1.05 * height))
    ax.text(left + width / 2, top + 1.09 * height, count(width, "column"), ha="center", va="top")
    return ax


def plot_channels(tensor, *, axes=None):
    """Draw the red, green and blue matrices of an image side by side, each in its own light.

    Parameters
    ----------
    tensor : ndarray of uint8, shape (height, width, 3)
        RGB. The numbers are written into the cells if these are large enough for them.
    axes : sequence of three Axes, optional

    Returns
    -------
    ndarray of Axes, shape (3,)
    """
    axes = _row_of_axes(3, axes)
    height, width = tensor.shape[:2]
    for channel, ax in enumerate(axes):
        ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), aspect="equal", title=CHANNELS[channel])
        _draw_matrix(ax, _tinted(tensor, channel), -0.5, -0.5, numbers=tensor[..., channel])
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(6, integer=True))
    return axes


def plot_rotations(a, b, *, symmetries="rotations", axes=None):
    """Draw `a`, and `b` under every symmetry with its MSE to `a`; the smallest is framed.

    Parameters
    ----------
    a, b : ndarray of uint8, shape (size, size, 3)
    symmetries : {"none", "rotations", "dihedral"}
    axes : sequence of Axes, optional
        One for `a`, then one per symmetry.

    Returns
    -------
    ndarray of Axes, shape (1 + number of symmetries,)
    """
    turns = check_symmetries(symmetries)
    _, *best = distance(a, b, symmetries=symmetries)
    axes = _rows_of_turns(len(turns)) if axes is None else np.asarray(axes)
    _show(axes[0], a, "A")
    for ax, (rotation, mirrored) in zip(axes[1:], turns):
        turned = transform(b, rotation=rotation, mirrored=mirrored)
        _show(ax, turned, f"B {turn(rotation, mirrored) or 'as it is'}")
        ax.set_xlabel(f"MSE {mse(a, turned):,.1f}")
        if (rotation, mirrored) == tuple(best):
            ax.set_xlabel(f"{ax.get_xlabel()}, the smallest", color=COLOURS["keep"], weight="bold")
            _frame(ax, COLOURS["keep"])
    return axes


def plot_pair(a, b, *, symmetries="rotations", names=("A", "B"), axes=None):
    """Draw two images, the second turned to match, and the map of squared errors whose mean is their MSE.

    Parameters
    ----------
    a, b : ndarray of uint8, shape (size, size, 3)
    symmetries : {"none", "rotations", "dihedral"}
    names : tuple of two str
    axes : sequence of three Axes, optional

    Returns
    -------
    ndarray of Axes, shape (3,)
    """
    axes = _row_of_axes(3, axes)
    value, rotation, mirrored = distance(a, b, symmetries=symmetries)
    turned = transform(b, rotation=rotation, mirrored=mirrored)
    _show(axes[0], a, printable(names[0]))
    _show(axes[1], turned, ", ".join(filter(None, [printable(names[1]), turn(rotation, mirrored)])))
    errors = squared_error_map(a, turned)
    _show(axes[2], errors, f"squared errors: mean (MSE) {value:,.1f}", cmap="magma", vmin=0, vmax=max(errors.max(), 1))
    bar = axes[2].figure.colorbar(axes[2].images[-1], ax=axes[2], fraction=0.046, pad=0.04)
    bar.ax.axhline(value, color="white", linewidth=3)
    bar.ax.axhline(value, color=COLOURS["keep"], linewidth=1.5)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    return axes


def plot_mse_histogram(values, *, threshold=200.0, ax=None):
    """Draw how many pairs have which MSE, with those below the threshold in colour.

    Both axes are logarithmic, but start with a piece that is not: 0 has its place on them.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        The MSE of each pair.
    threshold : float
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = _new_axes((8, 3.2)) if ax is None else ax
    values = np.asarray(values, dtype=float)
    largest = max(LARGEST_MSE, 2 * threshold)
    edges = np.concatenate([[0], np.geomspace(1, largest, 60)])
    edges = np.unique(np.append(edges, threshold))  # so that no bar has two colours
    counts, _ = np.histogram(values, edges)
    is_below = edges[:-1] < threshold
    colours = np.where(is_below, COLOURS["remove"], COLOURS["review"])
    ax.bar(edges[:-1], counts, np.diff(edges), align="edge", color=colours)
    below = counts[is_below].sum()
    ax.text(
        threshold,
        1.03,
        f"{count(below, 'pair')} below ",
        transform=ax.get_xaxis_transform(),
        ha="right",
        color=COLOURS["remove"],
    )
    ax.text(
        threshold, 1.03, f" {count(len(values) - below, 'pair')} not", transform=ax.get_xaxis_transform(), color="0.35"
    )
    _mse_axis(ax, threshold)
    ax.set_xlim(0, largest)
    _count_axis(ax)
    ax.set_ylabel("pairs")
    return ax


def plot_group(duplicates, group, *, max_files=12, ax=None):
    """Draw one group: the kept file first, then those that can go, turned as they match, with their facts.

    Parameters
    ----------
    duplicates : Duplicates
    group : int
        Its number in ``duplicates.groups``.
    max_files : int
        How many files to draw; of the others the number is said.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is no such group.
    """
    groups = duplicates.groups
    files = groups[groups["group"] == group]
    if files.empty:
        raise ValueError(f"group must be from 0 to {groups['group'].nunique() - 1}, got {group!r}")
    return _draw_groups(duplicates.images, [files], max_files, ax)


def plot_gallery(duplicates, *, page=1, groups_per_page=8, max_files=7, ax=None):
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
    """
    by_group = [files for _, files in duplicates.groups.groupby("group")]
    shown, pages = _page(by_group, page, groups_per_page)
    ax = _draw_groups(duplicates.images, shown, max_files, ax)
    ax.set_title(f"{count(len(by_group), 'group')} below {duplicates.threshold:g}: page {page} of {pages}", loc="left")
    return ax


def plot_pairs(images, found, *, page=1, pairs_per_page=12, pairs_per_row=3, ax=None):
    """Draw pairs of images side by side, a page at a time: the first of each, and the second turned to match.

    Parameters
    ----------
    images : ImageSet
    found : DataFrame
        As `find_leaks`, `find_label_conflicts` or `find_pairs` gives it for these images, or some of its rows. Labels
        are written above the names, if there are any; else what the columns are called.
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
        If there is no such page.
    """
    shown, pages = _page(found, page, pairs_per_page)
    width, height = 2 * TILE + 3 * GAP, TILE + CAPTION
    rows, columns = max(1, math.ceil(len(shown) / pairs_per_row)), max(1, min(len(shown), pairs_per_row))
    ax = _new_axes((columns * width + 0.2, rows * height + 0.4)) if ax is None else ax
    ends = found.columns[:2]
    for number, pair in enumerate(shown.to_dict("records")):
        row, column = divmod(number, pairs_per_row)
        for end, name in enumerate(ends):
            word = printable(str(pair.get(f"{name}_label", name)))
            match = (pair["mse"], pair["rotation"], pair["mirrored"]) if end else None
            x = column * width + end * (TILE + GAP / 2)
            _draw_tile(ax, images, pair[name], match, _shortened(word), COLOURS["review"], x, row * height)
    ax.set(xlim=(-0.05, columns * width), ylim=(rows * height, -0.05), aspect="equal")
    ax.set_axis_off()
    ax.set_title(f"{count(len(found), 'pair')}: page {page} of {pages}", loc="left")
    return ax


def plot_threshold_curve(duplicates, *, thresholds=None, axes=None):
    """Draw how many pairs, groups and files, and how many bytes, lie below each threshold.

    Parameters
    ----------
    duplicates : Duplicates
        Its own threshold is drawn as a line.
    thresholds : array_like of float, optional
        At most ``duplicates.max_mse``; by default 40 up to there.
    axes : sequence of two Axes, optional
        For the counts and for the bytes.

    Returns
    -------
    ndarray of Axes, shape (2,)
    """
    if thresholds is None:
        low = min(1, duplicates.max_mse)
        thresholds = np.concatenate([np.linspace(0, low, 5), np.geomspace(low, duplicates.max_mse, 36)[1:]])
    curve = Sweep(duplicates).curve(thresholds)
    if axes is None:
        _, axes = plt.subplots(2, 1, figsize=(8, 5), sharex=True, layout="constrained", height_ratios=(2, 1))
    axes = np.asarray(axes)
    for column, style, name in (
        ("pairs", ":", "pairs"),
        ("groups", "--", "groups"),
        ("files", "-", "files that can go"),
    ):
        colour = COLOURS["remove" if column == "files" else "review"]
        axes[0].plot(curve["threshold"], curve[column], style, color=colour, drawstyle="steps-post", label=name)
    _count_axis(axes[0])
    axes[0].legend(frameon=False, loc="upper left")
    axes[1].plot(curve["threshold"], curve["bytes"], color=COLOURS["remove"], drawstyle="steps-post")
    axes[1].set_ylim(bottom=0)
    axes[1].yaxis.set_major_formatter(FuncFormatter(lambda size, _: file_size(int(size))))
    axes[1].set_ylabel("can go")
    for ax in axes:
        _mse_axis(ax, duplicates.threshold)
        ax.set_xlim(0, max(thresholds))
    axes[0].set_xlabel("")
    return axes


def plot_populations(labelled, *, threshold=200.0, ax=None):
    """Draw the MSEs of pairs of the same picture, and of strangers, as two histograms.

    Parameters
    ----------
    labelled : DataFrame
        mse and same of each pair, see `dupviz.calibrate`. Pairs of infinite mse are left out.
    threshold : float
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = _new_axes((8, 3.2)) if ax is None else ax
    found = labelled[np.isfinite(labelled["mse"])]
    edges = np.concatenate([[0], np.geomspace(1, LARGEST_MSE, 60)])
    same, strangers = (np.histogram(part["mse"], edges)[0] for part in (found[found["same"]], found[~found["same"]]))
    ax.stairs(strangers, edges, fill=True, color=COLOURS["review"], label="strangers")
    ax.stairs(same, edges, fill=True, color=COLOURS["remove"], alpha=0.85, label="the same picture")
    _mse_axis(ax, threshold)
    ax.set_xlim(0, LARGEST_MSE)
    _count_axis(ax)
    ax.set_ylabel("pairs")
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 1.16), ncols=2)
    return ax


def plot_copies(copies, *, threshold=200.0, columns=4, axes=None):
    """Draw how far copies are from their pictures, the stronger the copy the further right; a panel for each kind.

    Parameters
    ----------
    copies : Copies
        A dot for each copy, and a line through the medians.
    threshold : float
    columns : int
        Panels in a row.
    axes : sequence of Axes, optional
        One per kind.

    Returns
    -------
    ndarray of Axes, shape (kinds,)

    Raises
    ------
    ValueError
        If there are none.
    """
    table = copies.table[copies.table["kind"] != "original"]
    if table.empty:
        raise ValueError("there are no copies to draw: make some of at least one picture")
    kinds = table["kind"].unique()
    if axes is None:
        rows = math.ceil(len(kinds) / columns)
        figure, grid = plt.subplots(
            rows, columns, figsize=(2.6 * columns, 1.9 * rows), sharey=True, layout="constrained", squeeze=False
        )
        figure.supylabel("MSE to the picture", fontsize=10)
        axes = grid.ravel()
        for ax in axes[len(kinds) :]:
            ax.set_axis_off()
    axes = np.asarray(axes)[: len(kinds)]
    for ax, kind in zip(axes, kinds):
        _plot_kind(ax, table[table["kind"] == kind], threshold)
        ax.set_title(kind, fontsize=10)
    return axes


def plot_quality(curve, *, threshold=200.0, ax=None):
    """Draw precision, recall and F₁ against the threshold.

    Parameters
    ----------
    curve : DataFrame
        As `threshold_curve` gives it: its rows of the kind ``"all"``.
    threshold : float
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = _new_axes((8, 3.2)) if ax is None else ax
    whole = curve[curve["kind"] == "all"]
    lines = (("precision", COLOURS["keep"], "-"), ("recall", COLOURS["remove"], "--"), ("f1", COLOURS["review"], ":"))
    for name, colour, style in lines:
        ax.plot(whole["threshold"], whole[name], style, color=colour, label="F₁" if name == "f1" else name)
    _mse_axis(ax, threshold)
    ax.set(xlim=(whole["threshold"].min(), whole["threshold"].max()), ylim=(0, 1.03), xlabel="threshold")
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.legend(frameon=False, loc="lower right")
    return ax


def _new_axes(size):
    return plt.subplots(figsize=size, layout="constrained")[1]


def _row_of_axes(number, axes):
    if axes is None:
        _, axes = plt.subplots(1, number, figsize=(3.2 * number, 3.2), layout="constrained")
    return np.atleast_1d(axes)


def _rows_of_turns(number):
    """Axes for A, and right of it one per symmetry, four in a row."""
    rows, columns = math.ceil(number / 4), min(number, 4)
    _, grid = plt.subplots(
        rows, 1 + columns, figsize=(2 * (1 + columns), 2.5 * rows), layout="constrained", squeeze=False
    )
    for ax in grid[1:, 0]:
        ax.set_axis_off()
    return np.concatenate([grid[0, :1], grid[:, 1:].ravel()])


def _show(ax, picture, title, **how):
    ax.imshow(picture, interpolation="nearest", **how)
    ax.set(xticks=[], yticks=[])
    ax.set_title(title, fontsize=10, parse_math=False)


def _frame(ax, colour):
    for spine in ax.spines.values():
        spine.set(color=colour, linewidth=4)


def _tinted(tensor, channel):
    """An image in the light of one channel: the others are 0."""
    tinted = np.zeros_like(tensor)
    tinted[..., channel] = tensor[..., channel]
    return tinted


def _draw_matrix(ax, picture, x, y, numbers=None):
    """Draw a picture with its top left corner at (x, y), one unit per pixel; y grows downwards."""
    height, width = picture.shape[:2]
    limits = ax.axis()
    front = 1 + len(ax.images)  # text of one matrix must not show through the next
    extent = (x, x + width, y + height, y)
    ax.imshow(picture, extent=extent, interpolation="nearest", zorder=front)
    ax.axis(limits)
    ax.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor="0.4", linewidth=0.8, zorder=front))
    cell = _points_per_unit(ax)
    if numbers is None or cell < MIN_CELL:
        return
    bright = picture @ (0.3, 0.59, 0.11) > 110
    for (row, column), number in np.ndenumerate(numbers):
        ax.text(
            x + column + 0.5,
            y + row + 0.5,
            str(number),
            ha="center",
            va="center",
            color="black" if bright[row, column] else "white",
            fontsize=min(11, 0.45 * cell),
            zorder=front,
        )


def _points_per_unit(ax):
    box = ax.get_position()
    width, height = ax.figure.get_size_inches() * 72 * (box.width, box.height)
    left, right, bottom, top = ax.axis()
    return min(width / abs(right - left), height / abs(top - bottom))


def _arrow(ax, start, end):
    ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": "0.3", "shrinkA": 0, "shrinkB": 0})


def _mse_axis(ax, threshold):
    """Make x an axis of MSEs: linear up to 1, logarithmic from there, with the threshold drawn."""
    ax.set_xscale("symlog", linthresh=1, linscale=0.4)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    ax.set_xlabel("MSE")
    ax.axvline(threshold, color="black", linewidth=1)
    label = f" {threshold:g}"
    ax.text(threshold, 0.98, label, transform=ax.get_xaxis_transform(), va="top", weight="bold")
    ax.spines[["top", "right"]].set_visible(False)


def _plot_kind(ax, table, threshold):
    """Draw the copies of one kind: their strengths evenly spaced, their MSEs on a logarithmic scale."""
    strengths = table["strength"].unique()
    medians = []
    for place, strength in enumerate(strengths):
        mse = table.loc[table["strength"] == strength, "mse"]
        medians.append(mse.median())
        x = place + np.linspace(-0.25, 0.25, len(mse))
        ax.scatter(x, mse, s=6, c=np.where(mse < threshold, COLOURS["remove"], COLOURS["review"]), linewidths=0)
    ax.plot(medians, color="0.2", linewidth=1, marker="_", markersize=12)
    ax.axhline(threshold, color="black", linewidth=1)
    ax.set_xticks(range(len(strengths)), [f"{strength:g}" for strength in strengths], fontsize=8)
    ax.set_xlim(-0.5, len(strengths) - 0.5)
    ax.set_yscale("symlog", linthresh=1, linscale=0.4)
    ax.set_ylim(0, LARGEST_MSE)
    ax.set_yticks(
        [0, 1, 10, threshold, 1000, 10_000], ["0", "1", "10", f"{threshold:g}", "1,000", "10,000"], fontsize=8
    )
    ax.minorticks_off()
    ax.spines[["top", "right"]].set_visible(False)


def _count_axis(ax):
    """Make y an axis of counts, on which one duplicate is seen beside a million pairs."""
    ax.set_yscale("symlog", linthresh=1, linscale=0.5)
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))


def _page(rows, page, rows_per_page):
    """The rows of a page, and the number of pages."""
    pages = max(1, math.ceil(len(rows) / rows_per_page))
    if not 1 <= page <= pages:
        raise ValueError(f"page must be from 1 to {pages}, got {page!r}")
    return rows[(page - 1) * rows_per_page : page * rows_per_page], pages


def _draw_groups(images, groups, max_files, ax):
    """Draw each group as a row of tiles, in inches."""
    columns = max((min(len(files), max_files + 1) for files in groups), default=1)
    width, height = columns * (TILE + GAP), max(1, len(groups)) * (TILE + CAPTION)
    ax = _new_axes((width + 0.2, height + 0.4)) if ax is None else ax
    for row, files in enumerate(groups):
        y = row * (TILE + CAPTION)
        for column, file in enumerate(files.head(max_files).itertuples()):
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


def _draw_tile(ax, images, image, match, word, colour, x, y):
    """Draw an image with a word, turned as its match says, if there is one: (mse, rotation, mirrored)."""
    value, rotation, mirrored = match or (0, 0, False)
    picture = transform(images.tensors[image], rotation=rotation, mirrored=mirrored)
    ax.imshow(picture, extent=(x, x + TILE, y + TILE, y), interpolation="nearest")
    ax.add_patch(Rectangle((x, y), TILE, TILE, fill=False, edgecolor=colour, linewidth=3))
    path, size = images.files["path"].iat[image], file_size(int(images.files["bytes"].iat[image]))
    width, height = images.files.loc[image, ["width", "height"]]
    lines = [_shortened(printable(os.path.basename(path))), f"{width} × {height}, {size}"]
    if match:
        lines.append(", ".join(filter(None, [f"MSE {value:,.1f}", turn(rotation, mirrored)])))
    style = {"va": "top", "fontsize": 8, "parse_math": False}
    ax.text(x, y + TILE + 0.05, word, color=colour, weight="bold", **style)
    ax.text(x, y + TILE + 0.2, "\n".join(lines), **style)


def _shortened(name, length=20):
    return name if len(name) <= length else f"{name[: length - 9]}…{name[-8:]}"
