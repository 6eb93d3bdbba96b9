"""Parts that several figures share."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from dupviz._charts import LINEAR

__all__ = ["count_axis", "frame", "mse_axis", "new_axes", "row_of_axes", "show_picture"]


def new_axes(size: tuple[float, float]) -> Axes:
    """The Axes of a new figure, of a size in inches."""
    return plt.subplots(figsize=size, layout="constrained")[1]


def row_of_axes(number: int, axes: ArrayLike | None) -> np.ndarray:
    """The Axes that were given, or those of a new figure, in a row."""
    if axes is None:
        _, axes = plt.subplots(1, number, figsize=(3.2 * number, 3.2), layout="constrained")
    return np.atleast_1d(axes)


def show_picture(ax: Axes, picture: np.ndarray, title: str, **how: Any) -> None:
    """Draw a picture pixel by pixel, without ticks."""
    ax.imshow(picture, interpolation="nearest", **how)
    ax.set(xticks=[], yticks=[])
    ax.set_title(title, fontsize=10, parse_math=False)


def frame(ax: Axes, colour: str) -> None:
    """Draw a frame around Axes."""
    for spine in ax.spines.values():
        spine.set(color=colour, linewidth=4)


def mse_axis(ax: Axes, threshold: float) -> None:
    """Make x an axis of MSEs: linear up to 1, logarithmic from there, with the threshold drawn."""
    ax.set_xscale("symlog", linthresh=1, linscale=LINEAR)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    ax.set_xlabel("MSE")
    ax.axvline(threshold, color="black", linewidth=1)
    label = f" {threshold:g}"
    ax.text(threshold, 0.98, label, transform=ax.get_xaxis_transform(), va="top", weight="bold")
    ax.spines[["top", "right"]].set_visible(False)


def count_axis(ax: Axes) -> None:
    """Make y an axis of counts, where one pair can be seen beside a million."""
    ax.set_yscale("symlog", linthresh=1, linscale=0.5)
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
