"""Figures of tensors and pairs of them."""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import ArrayLike

from dupviz._words.words import COLOURS, count, printable, turn
from dupviz.images.luma import luma_of
from dupviz.metrics import Integers, Pixels, check_symmetries, distance, mse, squared_error_map, transform
from dupviz.plots.axes import INK, AxesArray, draws, frame, new_axes, row_of_axes, show_picture

__all__ = ["CHANNELS", "plot_channels", "plot_pair", "plot_rotations", "plot_tensor"]

CHANNELS = ("red", "green", "blue")

DEPTH = 0.3  # how far each matrix of the stack is behind the one before it, in widths

MIN_CELL = 13  # points: what three digits need


@draws("An image, and the matrices of its channels")
def plot_tensor(tensor: Pixels, *, ax: Axes | None = None) -> Axes:
    """Draw an image, and beside it the stack of three matrices that it is.

    Parameters
    ----------
    tensor : ndarray of uint8, shape (height, width, 3)
        RGB. The numbers are written into the cells if these are large enough for them.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> images = dv.load_images("data/photos", progress=False)
    >>> ax = dv.plots.plot_tensor(images.tensors[0])
    >>> len(ax.images)
    4
    """
    ax = new_axes((9, 3.7)) if ax is None else ax
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


@draws("The channels of an image")
def plot_channels(tensor: Pixels, *, axes: ArrayLike | None = None) -> AxesArray:
    """Draw the red, green and blue matrices of an image side by side, each in its own light.

    Parameters
    ----------
    tensor : ndarray of uint8, shape (height, width, 3)
        RGB. The numbers are written into the cells if these are large enough for them.
    axes : sequence of three Axes, optional

    Returns
    -------
    ndarray of Axes, shape (3,)

    Examples
    --------
    >>> images = dv.load_images("data/photos", progress=False)
    >>> axes = dv.plots.plot_channels(images.tensors[0])
    >>> [ax.get_title() for ax in axes]
    ['red', 'green', 'blue']
    """
    axes = row_of_axes(3, axes)
    height, width = tensor.shape[:2]
    for channel, ax in enumerate(axes):
        ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), aspect="equal", title=CHANNELS[channel])
        _draw_matrix(ax, _tinted(tensor, channel), -0.5, -0.5, numbers=tensor[..., channel])
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(6, integer=True))
    return axes


@draws("Two images, the second in each turn, with the MSE")
def plot_rotations(a: Pixels, b: Pixels, *, symmetries: str = "rotations", axes: ArrayLike | None = None) -> AxesArray:
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

    Examples
    --------
    >>> images = dv.load_images("data/photos", progress=False)
    >>> axes = dv.plots.plot_rotations(images.tensors[0], images.tensors[1])
    >>> len(axes)
    5
    """
    turns = check_symmetries(symmetries)
    _, *best = distance(a, b, symmetries=symmetries)
    axes = _rows_of_turns(len(turns)) if axes is None else np.asarray(axes)
    show_picture(axes[0], a, "A")
    for ax, (rotation, mirrored) in zip(axes[1:], turns):
        turned = transform(b, rotation=rotation, mirrored=mirrored)
        show_picture(ax, turned, f"B {turn(rotation, mirrored) or 'as it is'}")
        ax.set_xlabel(f"MSE {mse(a, turned):,.1f}")
        if (rotation, mirrored) == tuple(best):
            ax.set_xlabel(f"{ax.get_xlabel()}, the smallest", color=COLOURS["keep"], weight="bold")
            frame(ax, COLOURS["keep"])
    return axes


@draws("Two images, and their squared errors")
def plot_pair(
    a: Pixels,
    b: Pixels,
    *,
    symmetries: str = "rotations",
    names: tuple[str, str] = ("A", "B"),
    axes: ArrayLike | None = None,
) -> AxesArray:
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

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> axes = dv.plots.plot_pair(images.tensors[1], images.tensors[13], names=("Bonaire", "the Netherlands"))
    >>> [ax.get_title() for ax in axes]
    ['Bonaire', 'the Netherlands', 'squared errors: mean (MSE) 6.6']
    """
    axes = row_of_axes(3, axes)
    value, rotation, mirrored = distance(a, b, symmetries=symmetries)
    turned = transform(b, rotation=rotation, mirrored=mirrored)
    show_picture(axes[0], a, printable(names[0]))
    show_picture(axes[1], turned, ", ".join(filter(None, [printable(names[1]), turn(rotation, mirrored)])))
    errors = squared_error_map(a, turned)
    show_picture(
        axes[2], errors, f"squared errors: mean (MSE) {value:,.1f}", cmap="magma", vmin=0, vmax=max(errors.max(), 1)
    )
    bar = axes[2].figure.colorbar(axes[2].images[-1], ax=axes[2], fraction=0.046, pad=0.04)
    bar.ax.axhline(value, color="white", linewidth=3)
    bar.ax.axhline(value, color=COLOURS["keep"], linewidth=1.5)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    return axes


def _rows_of_turns(number: int) -> AxesArray:
    """Axes for A, and right of it one per symmetry, four in a row."""
    rows, columns = math.ceil(number / 4), min(number, 4)
    _, grid = plt.subplots(
        rows, 1 + columns, figsize=(2 * (1 + columns), 2.5 * rows), layout="constrained", squeeze=False
    )
    for ax in grid[1:, 0]:
        ax.set_axis_off()
    return np.concatenate([grid[0, :1], grid[:, 1:].ravel()])


def _tinted(tensor: Pixels, channel: int) -> Pixels:
    """An image in the light of one channel: the others are 0."""
    tinted = np.zeros_like(tensor)
    tinted[..., channel] = tensor[..., channel]
    return tinted


def _draw_matrix(ax: Axes, picture: Pixels, x: float, y: float, numbers: Integers | None = None) -> None:
    """Draw a picture with its top left corner at (x, y), one unit per pixel; y grows downwards."""
    height, width = picture.shape[:2]
    limits = ax.axis()
    front = 1 + len(ax.images)  # text of one matrix must not show through the next
    extent = (x, x + width, y + height, y)
    ax.imshow(picture, extent=extent, interpolation="nearest", zorder=front)
    ax.axis(limits)
    ax.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=INK, linewidth=0.8, zorder=front))
    cell = _points_per_unit(ax)
    if numbers is None or cell < MIN_CELL:
        return
    bright = luma_of(picture) > 110
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


def _points_per_unit(ax: Axes) -> float:
    width, height = (length * 72 / ax.figure.dpi for length in (ax.bbox.width, ax.bbox.height))
    left, right, bottom, top = ax.axis()
    return min(width / abs(right - left), height / abs(top - bottom))


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": INK, "shrinkA": 0, "shrinkB": 0})
