"""Parts that several figures share."""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike, NDArray

from dupviz._words.charts import LINEAR
from dupviz.metrics import Floats, Integers, Pixels
from dupviz.plots.alt import describe

__all__ = [
    "INK",
    "STYLE",
    "count_axis",
    "draws",
    "frame",
    "mse_axis",
    "new_axes",
    "row_of_axes",
    "show_picture",
]

INK = "#777777"  # can be read on white, 4.5 : 1, and on the ground of a dark notebook, 4.2 : 1

# A figure without a ground of its own, so that it is no white slab in a dark notebook: for `matplotlib.style.use`.
STYLE: dict[Any, Any] = {
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    **dict.fromkeys(["text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"], INK),
    # Where all numbers on the axes are dark, Jupyter puts such a figure on white; of this grey, it does not say so.
    "ytick.labelcolor": "#808080",
}

Arguments = ParamSpec("Arguments")
AxesArray = NDArray[np.object_]  # of Axes
Drawn = TypeVar("Drawn", Axes, AxesArray)


def draws(headline: str) -> Callable[[Callable[Arguments, Drawn]], Callable[Arguments, Drawn]]:
    """A function that draws as `STYLE` says, leaves matplotlib's settings as they were, and describes its figure.

    Parameters
    ----------
    headline : str
        What is drawn, for those who do not see it.
    """

    def decorate(plot: Callable[Arguments, Drawn]) -> Callable[Arguments, Drawn]:
        @functools.wraps(plot)
        def styled(*arguments: Arguments.args, **options: Arguments.kwargs) -> Drawn:
            # Not rc_context: it would also take back that Jupyter's backend, which is loaded by the first figure, is
            # interactive, and no further figure would be shown.
            before = {key: plt.rcParams[key] for key in STYLE}
            plt.rcParams.update(STYLE)
            try:
                drawn = plot(*arguments, **options)
            finally:
                plt.rcParams.update(before)
            axes = [drawn] if isinstance(drawn, Axes) else drawn
            describe(axes[0].figure.canvas.figure, headline)
            return drawn

        return styled

    return decorate


def new_axes(size: tuple[float, float]) -> Axes:
    """The Axes of a new figure, of a size in inches."""
    return plt.subplots(figsize=size, layout="constrained")[1]


def row_of_axes(number: int, axes: ArrayLike | None) -> AxesArray:
    """The Axes that were given, or those of a new figure, in a row."""
    if axes is None:
        _, axes = plt.subplots(1, number, figsize=(3.2 * number, 3.2), layout="constrained")
    return np.atleast_1d(axes)


def show_picture(ax: Axes, picture: Pixels | Integers | Floats, title: str, **how: Any) -> None:
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
    ax.axvline(threshold, color=INK, linewidth=1.5)
    label = f" {threshold:g}"
    ax.text(threshold, 0.98, label, transform=ax.get_xaxis_transform(), va="top", weight="bold")
    ax.spines[["top", "right"]].set_visible(False)


def count_axis(ax: Axes) -> None:
    """Make y an axis of counts, where one pair can be seen beside a million."""
    ax.set_yscale("symlog", linthresh=1, linscale=0.5)
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
