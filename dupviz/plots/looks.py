"""Figures of the second look."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from dupviz._words.words import COLOURS, printable, turn
from dupviz.images.imageset import ImageSet
from dupviz.look.boxes import Box
from dupviz.look.window_map import window_map
from dupviz.plots.axes import AxesArray, draws, row_of_axes, show_picture

__all__ = ["plot_second_look"]

RATIOS = 0.02, 50.0  # R from black to white


@draws("Two pictures, and how they differ from window to window")
def plot_second_look(
    images: ImageSet,
    a: int,
    b: int,
    *,
    rotation: int = 0,
    mirrored: bool = False,
    names: tuple[str, str] = ("A", "B"),
    axes: ArrayLike | None = None,
) -> AxesArray:
    """Draw two pictures with the window in which they differ most, and the map of R: see `window_map`.

    Parameters
    ----------
    images : ImageSet
    a, b : int
        Row numbers.
    rotation : {0, 90, 180, 270}
    mirrored : bool
        How b is turned to match a.
    names : tuple of two str
    axes : sequence of three Axes, optional

    Returns
    -------
    ndarray of Axes, shape (3,)

    Raises
    ------
    ValueError
        If the two have no windows to compare.

    Examples
    --------
    >>> from pathlib import Path
    >>> images = dv.load_images("data/photos", progress=False)
    >>> names = [Path(path).name for path in images.files["path"]]
    >>> a, b = names.index("coffee.jpg"), names.index("coffee_watermark.jpg")
    >>> axes = dv.plots.plot_second_look(images, a, b, names=("coffee", "with a watermark"))
    >>> len(axes)
    3
    """
    found = window_map(images, a, b, rotation=rotation, mirrored=mirrored)
    axes = row_of_axes(3, axes)
    words = ", ".join(filter(None, [printable(names[1]), turn(rotation, mirrored)]))
    sides = (found.a, found.where, printable(names[0])), (found.b, found.where_in_b, words)
    for ax, (picture, window, title) in zip(axes, sides):
        show_picture(ax, picture, title)
        if found.worst > 1:
            _draw_window(ax, window, picture.shape)
    height, width = found.a.shape[:2]
    left, top, right, bottom = np.clip(found.box, 0, 1) * (width, height, width, height)
    title = f"R: worst {found.worst:,.1f}, so {found.verdict}"
    how = {"cmap": "magma", "norm": LogNorm(*RATIOS), "extent": (left, right, bottom, top)}
    show_picture(axes[2], np.clip(found.ratios, *RATIOS), title, **how)
    axes[2].set(xlim=(0, width), ylim=(height, 0), facecolor="0.85")
    bar = axes[2].figure.colorbar(axes[2].images[-1], ax=axes[2], fraction=0.046, pad=0.04)
    bar.ax.axhline(1, color="white", linewidth=3)
    bar.ax.axhline(1, color=COLOURS["keep"], linewidth=1.5)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
    return axes


def _draw_window(ax: Axes, window: Box, shape: tuple[int, ...]) -> None:
    """Draw a frame around a window of a picture, wide enough to be seen."""
    height, width = shape[:2]
    left, top, right, bottom = np.array(window) * (width, height, width, height)
    margin = 0.015 * max(width, height)
    corner, across, down = (left - margin, top - margin), right - left + 2 * margin, bottom - top + 2 * margin
    for colour, line in (("white", 3.5), (COLOURS["remove"], 1.8)):
        ax.add_patch(Rectangle(corner, across, down, fill=False, edgecolor=colour, linewidth=line))
