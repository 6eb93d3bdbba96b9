"""Figures of many pairs: how MSEs are distributed, and what a threshold makes of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, PercentFormatter
from numpy.typing import ArrayLike

from dupviz._words.charts import LINEAR, bars, mse_edges
from dupviz._words.words import COLOURS, count, file_size
from dupviz.groups.sweep import Sweep
from dupviz.metrics import LARGEST_MSE
from dupviz.plots.axes import INK, AxesArray, count_axis, draws, mse_axis, new_axes
from dupviz.search.histogram import MseHistogram
from dupviz.show.result import Result
from dupviz.threshold.copies import Copies, kind_words, strength_words

__all__ = ["plot_copies", "plot_mse_histogram", "plot_populations", "plot_quality", "plot_threshold_curve"]


@draws("Histogram of the MSE of pairs")
def plot_mse_histogram(values: ArrayLike | MseHistogram, *, threshold: float = 200.0, ax: Axes | None = None) -> Axes:
    """Draw how many pairs have which MSE, with those below the threshold in colour.

    Both axes are logarithmic, but start with a piece that is not: 0 has its place on them.

    Parameters
    ----------
    values : array_like of float, shape (n,), or MseHistogram
        The MSE of each pair; or what `mse_histogram` has counted, whose estimates are drawn paler.
    threshold : float
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> ax = dv.plots.plot_mse_histogram(dv.mse_histogram(images, progress=False))
    >>> ax.get_xlabel()
    'MSE'
    """
    ax = new_axes((8, 3.2)) if ax is None else ax
    if isinstance(values, MseHistogram):
        edges, counts, exact_below = values.edges, values.counts, values.exact_below
    else:
        edges = mse_edges(max(LARGEST_MSE, 2 * threshold), threshold)
        counts, exact_below = np.histogram(np.asarray(values, dtype=float), edges)[0], np.inf
    share = np.clip((threshold - edges[:-1]) / np.diff(edges), 0, 1)  # of each bin that is below the threshold
    below, number = round((counts * share).sum()), round(counts.sum())
    about = "about " if exact_below <= threshold or ((share > 0) & (share < 1) & (counts > 0)).any() else ""
    for bar in bars(edges, counts, threshold, exact_below):
        colour, opacity = COLOURS["remove" if bar.is_below else "review"], 1 if bar.is_exact else 0.45
        ax.bar(bar.start, bar.number, bar.end - bar.start, align="edge", color=colour, alpha=opacity)
    where: dict[str, Any] = {"transform": ax.get_xaxis_transform()}
    ax.text(threshold, 1.03, f"{about}{count(below, 'pair')} below ", ha="right", color=COLOURS["remove"], **where)
    ax.text(threshold, 1.03, f" {about}{count(number - below, 'pair')} not", color=INK, **where)
    if exact_below < edges[-1]:
        ax.text(1, 1.03, "pale: estimated", transform=ax.transAxes, ha="right", color=INK)
    mse_axis(ax, threshold)
    ax.set_xlim(0, edges[-1])
    count_axis(ax)
    ax.set_ylabel("pairs")
    return ax


@draws("Duplicates below each threshold")
def plot_threshold_curve(
    duplicates: Result, *, thresholds: Iterable[float] | None = None, axes: ArrayLike | None = None
) -> AxesArray:
    """Draw how many pairs, groups and files, and how many bytes, lie below each threshold.

    Parameters
    ----------
    duplicates : Duplicates
        Its own threshold is drawn as a line.
    thresholds : array_like of float, optional
        At most ``duplicates.near.max_mse``; by default 40 up to there.
    axes : sequence of two Axes, optional
        For the counts and for the bytes.

    Returns
    -------
    ndarray of Axes, shape (2,)

    Examples
    --------
    >>> duplicates = dv.find_duplicates("data/photos/flags", progress=False)
    >>> axes = dv.plots.plot_threshold_curve(duplicates)
    >>> len(axes)
    2
    """
    if thresholds is None:
        low = min(1, duplicates.near.max_mse)
        thresholds = [*np.linspace(0, low, 5), *np.geomspace(low, duplicates.near.max_mse, 36)[1:]]
    curve = Sweep(duplicates.images, duplicates.near, keep=duplicates.keep, protect=duplicates.protect).curve(
        thresholds
    )
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
    count_axis(axes[0])
    axes[0].legend(frameon=False, loc="upper left")
    axes[1].plot(curve["threshold"], curve["bytes"], color=COLOURS["remove"], drawstyle="steps-post")
    axes[1].set_ylim(bottom=0)
    axes[1].yaxis.set_major_formatter(FuncFormatter(lambda size, _: file_size(int(size))))
    axes[1].set_ylabel("can go")
    for ax in axes:
        mse_axis(ax, duplicates.threshold)
        ax.set_xlim(0, curve["threshold"].max())
    axes[0].set_xlabel("")
    return axes


@draws("Histograms of the MSE of two kinds of pairs")
def plot_populations(labelled: pd.DataFrame, *, threshold: float = 200.0, ax: Axes | None = None) -> Axes:
    """Draw the MSEs of pairs of the same picture, and of different ones, as two histograms.

    Parameters
    ----------
    labelled : DataFrame
        The mse of each pair, and whether it is the same picture, see `dupviz.threshold.quality`. Pairs of infinite mse
        are left out.
    threshold : float
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> labelled = pd.DataFrame({"mse": [3.0, 150.0, 800.0], "same": [True, True, False]})
    >>> ax = dv.plots.plot_populations(labelled)
    >>> ax.get_xlabel()
    'MSE'
    """
    ax = new_axes((8, 3.2)) if ax is None else ax
    found = labelled[np.isfinite(labelled["mse"])]
    edges = mse_edges(LARGEST_MSE)
    same, different = (np.histogram(part["mse"], edges)[0] for part in (found[found["same"]], found[~found["same"]]))
    ax.stairs(different, edges, fill=True, color=COLOURS["review"], label="different pictures")
    ax.stairs(same, edges, fill=True, color=COLOURS["remove"], alpha=0.85, label="the same picture")
    mse_axis(ax, threshold)
    ax.set_xlim(0, LARGEST_MSE)
    count_axis(ax)
    ax.set_ylabel("pairs")
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 1.16), ncols=2)
    return ax


@draws("Distances of copies from their pictures")
def plot_copies(
    copies: Copies, *, threshold: float = 200.0, columns: int = 4, axes: ArrayLike | None = None
) -> AxesArray:
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

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> axes = dv.plots.plot_copies(dv.make_copies(images, {"scale": [0.5, 0.25], "crop": [0.02]}, progress=False))
    >>> [ax.get_title() for ax in axes]
    ['scale', 'crop']
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
        ax.set_title(kind_words(kind), fontsize=10)
    return axes


@draws("Quality against the threshold")
def plot_quality(curve: pd.DataFrame, *, threshold: float = 200.0, ax: Axes | None = None) -> Axes:
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

    Examples
    --------
    >>> labelled = pd.DataFrame({"mse": [3.0, 150.0, 800.0], "same": [True, True, False]})
    >>> ax = dv.plots.plot_quality(dv.threshold_curve(labelled))
    >>> [line.get_label() for line in ax.lines][:3]
    ['precision', 'recall', 'F₁']
    """
    ax = new_axes((8, 3.2)) if ax is None else ax
    whole = curve[curve["kind"] == "all"]
    lines = (("precision", COLOURS["keep"], "-"), ("recall", COLOURS["remove"], "--"), ("f1", COLOURS["review"], ":"))
    for name, colour, style in lines:
        ax.plot(whole["threshold"], whole[name], style, color=colour, label="F₁" if name == "f1" else name)
    mse_axis(ax, threshold)
    ax.set(xlim=(whole["threshold"].min(), whole["threshold"].max()), ylim=(0, 1.03), xlabel="threshold")
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.legend(frameon=False, loc="lower right")
    return ax


def _plot_kind(ax: Axes, table: pd.DataFrame, threshold: float) -> None:
    """Draw the copies of one kind: their strengths evenly spaced, their MSEs on a logarithmic scale."""
    kind, strengths = str(table["kind"].iat[0]), table["strength"].unique()
    medians = []
    for place, strength in enumerate(strengths):
        mse = table.loc[table["strength"] == strength, "mse"]
        medians.append(mse.median())
        x = place + np.linspace(-0.25, 0.25, len(mse))
        ax.scatter(x, mse, s=6, c=np.where(mse < threshold, COLOURS["remove"], COLOURS["review"]), linewidths=0)
    ax.plot(medians, color=INK, linewidth=1, marker="_", markersize=12)
    ax.axhline(threshold, color=INK, linewidth=1.5)
    ax.set_xticks(range(len(strengths)), [strength_words(kind, strength) for strength in strengths], fontsize=8)
    ax.set_xlim(-0.5, len(strengths) - 0.5)
    ax.set_yscale("symlog", linthresh=1, linscale=LINEAR)
    ax.set_ylim(0, LARGEST_MSE)
    ax.set_yticks(
        [0, 1, 10, threshold, 1000, 10_000], ["0", "1", "10", f"{threshold:g}", "1,000", "10,000"], fontsize=8
    )
    ax.minorticks_off()
    ax.spines[["top", "right"]].set_visible(False)
