"""What the explorers show, as SVG: plain functions from tensors to text.

Colours are those of Jupyter's theme, by its CSS variables. Lengths are pixels of a screen that is wide enough for the
drawing; on others it shrinks.
"""

from collections.abc import Iterable, Iterator, Sequence

import matplotlib
import numpy as np

from dupviz._words.html import escaped, thumbnail_uri
from dupviz._words.words import COLOURS, turn
from dupviz.metrics import Integers, Pixels, mse, squared_error_map, transform

__all__ = [
    "FAINT",
    "Frame",
    "channel_frames",
    "draw_comparison",
    "draw_steps",
    "draw_tensor",
    "draw_turns",
    "label",
    "on_theme",
    "pickable",
    "svg",
]

CHANNELS = ("red", "green", "blue")
SIDE = 300  # of a large picture
STEP_SIDE = 220  # of the four pictures of the steps
MIN_CELL = 26  # pixels: what three digits need
TEXT = "var(--jp-ui-font-color1, #222)"
FAINT = "var(--jp-ui-font-color2, #666)"


class Frame:
    """Where a picture of n × n cells stands in a drawing: a parallelogram.

    Parameters
    ----------
    x, y : float
        The top left corner.
    width, height : float
    slope : float
        How far the right side is below the left one.
    """

    def __init__(self, x: float, y: float, width: float, height: float, slope: float = 0.0) -> None:
        self.x, self.y, self.width, self.height, self.slope = x, y, width, height, slope

    def point(self, row: float, column: float, size: int) -> tuple[float, float]:
        """The centre of a cell, as (x, y) of the drawing."""
        right, down = (column + 0.5) / size, (row + 0.5) / size
        return self.x + right * self.width, self.y + down * self.height + right * self.slope

    def group(self, content: str) -> str:
        """SVG drawn in a unit square, put into this frame."""
        matrix = f"{self.width} {self.slope} 0 {self.height} {self.x} {self.y}"
        return f'<g transform="matrix({matrix})">{content}</g>'


def draw_tensor(
    tensor: Pixels, *, row: int, column: int, visible: Sequence[bool] = (True, True, True), stacked: bool = True
) -> str:
    """An image beside its three matrices, with one pixel marked in all of them.

    Parameters
    ----------
    tensor : ndarray of uint8, shape (size, size, 3)
    row, column : int
        The pixel.
    visible : tuple of three bool
        Which channels are on.
    stacked : bool
        Draw the matrices one behind the other, rather than side by side.

    Returns
    -------
    str
        SVG.
    """
    size = len(tensor)
    picture = Frame(8, 34, SIDE, SIDE)
    frames = channel_frames(stacked)
    parts = [label(8, 20, "the picture"), _picture(picture, tensor, pick=True)]
    if size <= 6:
        parts += _pixel_values(picture, tensor)
    points = [picture.point(row, column, size)]
    for channel, (frame, on) in enumerate(zip(frames, visible)):
        parts.append(label(frame.x, frame.y - 8, f"{CHANNELS[channel]}{'' if on else ' (off)'}"))
        parts.append(_picture(frame, tinted(tensor, channel), pick=True))
        parts += _values(frame, tensor[..., channel])
        points.append(frame.point(row, column, size))
    if stacked and frames[0].width / size < MIN_CELL:  # else it would strike numbers out
        route = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts += [
            f'<polyline points="{route}" class="dupviz-ray-edge"/><polyline points="{route}" class="dupviz-ray"/>'
        ]
    parts += [_marker(frame, row, column, size) for frame in (picture, *frames)]
    for frame, number in zip(frames, tensor[row, column]):
        if frame.width / size < MIN_CELL:
            x, y = frame.point(row, column, size)
            parts.append(f'<text x="{x + 10:.1f}" y="{y - 8:.1f}" class="dupviz-value">{number}</text>')
    return svg(960, 350, parts)


def channel_frames(stacked: bool) -> list[Frame]:
    """Where `draw_tensor` puts the three matrices."""
    if stacked:
        return [Frame(360 + 198 * channel, 30, 170, 240, slope=62) for channel in range(3)]
    return [Frame(352 + 202 * channel, 88, 192, 192) for channel in range(3)]


def tinted(tensor: Pixels, channel: int) -> Pixels:
    """An image in the light of one channel: the others are 0."""
    return tensor * np.asarray(np.arange(3) == channel, np.uint8)


def draw_comparison(
    a: Pixels, b: Pixels, *, names: tuple[str, str] = ("A", "B"), view: str = "side by side", curtain: int = 50
) -> str:
    """Two images and the map of their squared errors.

    Parameters
    ----------
    a, b : ndarray of uint8, shape (size, size, 3)
    view : {"side by side", "curtain", "flicker"}
        Curtain draws `a` left of a line and `b` right of it; flicker draws both in turn.
    curtain : int
        Where that line is, in percent of the width.

    Returns
    -------
    str
        SVG.
    """
    first, second, third = (Frame(8 + 320 * i, 34, SIDE, SIDE) for i in range(3))
    errors = squared_error_map(a, b)
    if view == "side by side":
        parts = [label(first.x, 20, names[0]), _picture(first, a), label(second.x, 20, names[1]), _picture(second, b)]
    else:
        middle = Frame(168, 34, SIDE, SIDE)
        over = _picture(middle, b)
        if view == "flicker":
            over = f'<g class="dupviz-flicker">{over}</g>'
            title = f"{names[0]} and {names[1]} in turn"
        else:
            over = f'<g style="clip-path: inset(0 0 0 {curtain}%)">{over}</g>'
            title = f"left of the line {names[0]}, right {names[1]}"
        parts = [label(middle.x, 20, title), _picture(middle, a, pick=view == "curtain", cells=101), over]
        if view == "curtain":
            x = middle.x + SIDE * curtain / 100
            parts.append(f'<line x1="{x}" x2="{x}" y1="{middle.y}" y2="{middle.y + SIDE}" class="dupviz-curtain"/>')
    parts += [label(third.x, 20, "squared errors"), _picture(third, _heat(errors))]
    return svg(960, 366, [*parts, *_colour_bar(third, errors)])


def draw_steps(a: Pixels, b: Pixels, *, names: tuple[str, str], rows: int, pixel: tuple[int, int]) -> str:
    """How the MSE of two images comes about: subtract, square, and average, with the sums at one pixel.

    Parameters
    ----------
    a, b : ndarray of uint8, shape (size, size, 3)
    rows : int
        How many rows, from the top, are added up.
    pixel : (row, column)
        The one whose numbers are shown.

    Returns
    -------
    str
        SVG: the two images, their absolute differences, and their squared errors as far as these are added up.
    """
    size, (row, column) = len(a), (min(place, len(a) - 1) for place in pixel)
    frames = [Frame(8 + 240 * i, 34, STEP_SIDE, STEP_SIDE) for i in range(4)]
    differences, errors = np.abs(a.astype(np.int16) - b).astype(np.uint8), squared_error_map(a, b)
    heat = _heat(errors)
    heat[rows:] = 128
    titles = (*names, "1. subtract", "2. square and add")
    parts = []
    for frame, picture, title in zip(frames, (a, b, differences, heat), titles):
        parts += [label(frame.x, 20, title), _picture(frame, picture, pick=True), _marker(frame, row, column, size)]
    one, other = (tensor[row, column].astype(int) for tensor in (a, b))
    minus = one - other
    added = int(errors[:rows].sum())
    lines = (
        f"pixel [{row}, {column}]:  {_triple(one)} − {_triple(other)} = {_triple(minus)}",
        f"squared: {' + '.join(f'{int(each) ** 2:,}' for each in minus)} = {int((minus**2).sum()):,}",
        f"{rows} of {size} rows: their squares add up to {added:,}",
        f"3. average: {added:,} / {size * size:,} pixels = {added / (size * size):,.1f}" + " = MSE" * (rows == size),
    )
    for number, line in enumerate(lines):
        parts.append(f'<text x="8" y="{STEP_SIDE + 66 + 26 * number}" class="dupviz-sum">{escaped(line)}</text>')
    return svg(960, STEP_SIDE + 160, parts)


def _triple(values: Integers) -> str:
    return f"({', '.join(str(int(value)).replace('-', '−') for value in values)})"


def draw_turns(
    a: Pixels, b: Pixels, *, turns: Sequence[tuple[int, bool]], chosen: tuple[int, bool], best: tuple[int, bool]
) -> str:
    """Every symmetry of `b` as a thumbnail, with its MSE to `a`.

    Parameters
    ----------
    a, b : ndarray of uint8, shape (size, size, 3)
    chosen, best : (rotation, mirrored)
        The one that is shown, and the one whose MSE is the smallest.

    Returns
    -------
    str
        SVG: four in a row, those that are mirrored in the second one.
    """
    parts, rows = [], len(turns) // 4
    for i, (rotation, mirrored) in enumerate(turns):
        frame = Frame(8 + 240 * (i % 4), 8 + 78 * (i // 4), 64, 64)
        turned = transform(b, rotation=rotation, mirrored=mirrored)
        parts.append(_picture(frame, turned))
        if (rotation, mirrored) == chosen:
            parts.append(f'<rect x="{frame.x - 4}" y="{frame.y - 4}" width="72" height="72" class="dupviz-chosen"/>')
        parts.append(label(frame.x + 78, frame.y + 20, turn(rotation, mirrored) or "as it is", colour=FAINT))
        value, style = f"{mse(a, turned):,.1f}", ""
        if (rotation, mirrored) == best:
            value, style = f"{value} ✓ smallest", f"fill: {on_theme(COLOURS['keep'])}; font-weight: bold"
        parts.append(
            f'<text x="{frame.x + 78}" y="{frame.y + 44}" class="dupviz-number" style="{style}">{value}</text>'
        )
    parts.append(pickable(Frame(0, 0, 960, 78 * rows), rows, 4))
    return svg(960, 8 + 78 * rows, parts)


def on_theme(colour: str) -> str:
    """A colour as CSS, mixed with that of the theme's text, so that words in it can be read on dark ground too."""
    return f"color-mix(in srgb, {colour} 65%, {TEXT})"


def svg(width: float, height: float, parts: Iterable[str]) -> str:
    """A drawing of this size at most, from its parts."""
    return f'<svg viewBox="0 0 {width} {height}" style="max-width: {width}px">{"".join(parts)}</svg>'


def label(x: float, y: float, text: str, colour: str = TEXT) -> str:
    """A text, at the start of its base line."""
    return f'<text x="{x}" y="{y}" style="fill: {colour}">{escaped(text)}</text>'


def _picture(frame: Frame, picture: Pixels, pick: bool = False, cells: int | None = None) -> str:
    """A picture in its frame; with `pick`, its cells can be pointed at."""
    image = f'<image href="{thumbnail_uri(picture)}" width="1" height="1" preserveAspectRatio="none"/>'
    edge = '<rect width="1" height="1" class="dupviz-edge"/>'
    cells = cells or len(picture)
    return frame.group(image + edge) + (pickable(frame, cells, cells) if pick else "")


def pickable(frame: Frame, rows: int, columns: int) -> str:
    """A frame whose cells can be pointed at."""
    return frame.group(f'<rect width="1" height="1" class="dupviz-pick" data-rows="{rows}" data-columns="{columns}"/>')


def _marker(frame: Frame, row: int, column: int, size: int) -> str:
    """A frame around one cell that can be seen on any ground: light within dark."""
    side = f'x="{column / size}" y="{row / size}" width="{1 / size}" height="{1 / size}"'
    return frame.group(f'<rect {side} class="dupviz-marker-edge"/><rect {side} class="dupviz-marker"/>')


def _values(frame: Frame, matrix: Integers) -> Iterator[str]:
    """The numbers of a matrix in its cells, if these are large enough."""
    size = len(matrix)
    if frame.width / size < MIN_CELL:
        return
    for (row, column), number in np.ndenumerate(matrix):
        x, y = frame.point(row, column, size)
        yield f'<text x="{x:.1f}" y="{y:.1f}" class="dupviz-cell">{number}</text>'


def _pixel_values(frame: Frame, tensor: Pixels) -> Iterator[str]:
    """The three numbers of each pixel below each other in its cell."""
    size = len(tensor)
    for row, column in np.ndindex(size, size):
        x, y = frame.point(row, column, size)
        dark = tensor[row, column] @ (0.3, 0.59, 0.11) < 128
        colour = "#fff" if dark else "#000"
        lines = "".join(
            f'<tspan x="{x:.1f}" y="{y + 14 * (channel - 1):.1f}">{number}</tspan>'
            for channel, number in enumerate(tensor[row, column])
        )
        yield f'<text class="dupviz-cell" style="fill: {colour}">{lines}</text>'


def _heat(errors: Integers) -> Pixels:
    """Squared errors as colours, black for 0 and light for the largest: ndarray of uint8, shape (size, size, 3)."""
    colours: Pixels = matplotlib.colormaps["magma"](errors / max(errors.max(), 1), bytes=True)
    return colours[..., :3]


def _colour_bar(frame: Frame, errors: Integers) -> Iterator[str]:
    """Below a map: its colours from 0 to the largest, and the mean marked, which is the MSE."""
    y, largest, mean = frame.y + SIDE + 8, int(errors.max()), errors.mean()
    bar = Frame(frame.x, y, SIDE, 8)
    x = frame.x + SIDE * mean / max(largest, 1)
    yield _picture(bar, _heat(np.arange(256)[None]))
    yield f'<path d="M {x:.1f} {y - 3} v 14" class="dupviz-curtain"/>'
    yield label(frame.x, y + 22, "0", FAINT)
    yield f'<text x="{frame.x + SIDE}" y="{y + 22}" text-anchor="end" style="fill: {FAINT}">{largest:,}</text>'
    yield f'<text x="{frame.x + SIDE / 2}" y="{y + 22}" text-anchor="middle">mean {mean:,.1f} = MSE</text>'
