"""What the threshold explorer shows, as SVG and HTML: plain functions from numbers to text."""

import numpy as np

from dupviz._html import escaped, thumbnail_uri
from dupviz._words import COLOURS, WORDS, count, file_size, turn
from dupviz.metrics import transform
from dupviz.widgets.drawing import FAINT, Frame, label, on_theme, pickable, svg

__all__ = [
    "column_at",
    "draw_curve",
    "draw_histogram",
    "draw_largest_group",
    "draw_pair",
    "draw_quality",
    "draw_totals",
    "mse_edges",
    "threshold_at",
]

WIDTH, HEIGHT = 480, 212
PLOT = Frame(46, 34, 410, 140)
COLUMNS = 200  # places along an axis that can be pointed at
ACCENT, REST = on_theme(COLOURS["remove"]), on_theme(COLOURS["review"])
MARK_WIDTH = 36
MAX_FILES = 8  # of the largest group that are shown
BIG = "font-size: 24px; line-height: 1.2; font-variant-numeric: tabular-nums"


def mse_edges(largest, *more):
    """Edges of histogram bins: from 0 to 1, and then 16 per power of ten.

    Parameters
    ----------
    largest : float
        Where the last bin ends.
    *more : float
        Further edges.

    Returns
    -------
    ndarray of float64
    """
    edges = np.geomspace(1, max(largest, 2), max(2, round(16 * np.log10(max(largest, 2))) + 1))
    return np.unique([0.0, *edges, *more])


def threshold_at(column, max_mse):
    """The threshold, to two digits, at one of the places in a chart that can be pointed at.

    Parameters
    ----------
    column : int
        From 0 to `COLUMNS` - 1: from 0 to `max_mse`, on the scale of the charts.
    max_mse : float

    Returns
    -------
    float
    """
    place = (column + 0.5) / COLUMNS * _place(max_mse)
    return min(float(f"{place if place < 1 else 10 ** ((place - 1) / 2):.2g}"), float(max_mse))


def column_at(threshold, max_mse):
    """The place in a chart where a threshold is: what `threshold_at` takes."""
    return min(int(COLUMNS * _place(threshold) / _place(max_mse)), COLUMNS - 1) if max_mse else 0


def draw_histogram(histogram, threshold, max_mse, marks=()):
    """All pairs by their MSE: those below the threshold in colour, and pale where they are estimated.

    Parameters
    ----------
    histogram : MseHistogram
    threshold, max_mse : float
        Only up to `max_mse` can be pointed at.
    marks : sequence of float
        Thresholds of note, the most important first.

    Returns
    -------
    str
        SVG.
    """
    axis = _Axis(histogram.edges[-1])
    tallest = max(1, histogram.counts.max(initial=0))
    parts = [label(PLOT.x, 16, "all pairs, by their MSE")]
    for low, high, number in zip(histogram.edges[:-1], histogram.edges[1:], histogram.counts):
        for start, end, colour in ((low, min(high, threshold), COLOURS["remove"]), (max(low, threshold), high, REST)):
            if number and start < end:
                x, size = axis(start), PLOT.height * _log_share(number, tallest)
                side = f'x="{x:.1f}" y="{PLOT.y + PLOT.height - size:.1f}" height="{size:.1f}"'
                style = f"fill: {colour}; opacity: {1 if high <= histogram.exact_below else 0.45}"
                parts.append(f'<rect {side} width="{max(0.5, axis(end) - x - 0.6):.1f}" style="{style}"/>')
    if not histogram.exact:
        note = f"pale: estimated from {histogram.sampled:,} images"
        parts.append(f'<text x="{PLOT.x + PLOT.width}" y="16" text-anchor="end" style="fill: {FAINT}">{note}</text>')
    parts += [*_powers(tallest), *axis.draw(threshold, marks)]
    reach = axis(max_mse) - PLOT.x
    return svg(WIDTH, HEIGHT, [*parts, pickable(Frame(PLOT.x, PLOT.y, reach, PLOT.height + 20), 1, COLUMNS)])


def draw_curve(curve, view, max_mse, marks=()):
    """Files that can go, groups and pairs against the threshold, with the present point.

    Parameters
    ----------
    curve : DataFrame
        See `Sweep.curve`.
    view : View
        At the present threshold.
    max_mse : float
    marks : sequence of float
        Thresholds of note, the most important first.

    Returns
    -------
    str
        SVG.
    """
    axis = _Axis(max_mse)
    tallest = max(1, curve["pairs"].max(), view.pairs)
    bottom = PLOT.y + PLOT.height
    lines = {
        "files": ("files that can go", ACCENT, ""),
        "groups": ("groups", REST, "7 3"),
        "pairs": ("pairs", REST, "2 3"),
    }
    parts = []
    for x, (name, (title, colour, dashes)) in zip((PLOT.x, PLOT.x + 176, PLOT.x + 276), lines.items()):
        heights = bottom - PLOT.height * _log_share(curve[name].to_numpy(), tallest)
        now = bottom - PLOT.height * _log_share(getattr(view, name), tallest)
        parts += _line(axis, curve["threshold"], heights, colour, dashes)
        parts.append(f'<circle cx="{axis(view.threshold):.1f}" cy="{now:.1f}" r="4" style="fill: {colour}"/>')
        parts += _legend(x, title, colour, dashes)
    parts += [*_powers(tallest), *axis.draw(view.threshold, marks)]
    return svg(WIDTH, HEIGHT, [*parts, pickable(Frame(PLOT.x, PLOT.y, PLOT.width, PLOT.height + 20), 1, COLUMNS)])


def draw_quality(curve, intervals, threshold, max_mse):
    """Precision and recall by the reader's own labels, with their intervals.

    Parameters
    ----------
    curve : DataFrame
        See `threshold_curve`.
    intervals : dict of str to list of (low, high)
        For ``"precision"`` and ``"recall"``, one per row of the curve.
    threshold, max_mse : float

    Returns
    -------
    str
        SVG.
    """
    axis = _Axis(max_mse)
    bottom = PLOT.y + PLOT.height
    thresholds = curve["threshold"].tolist()
    parts = []
    lines = (("precision", on_theme(COLOURS["keep"]), ""), ("recall", ACCENT, "7 3"))
    for x, (name, colour, dashes) in zip((PLOT.x, PLOT.x + 120), lines):
        lows, highs = zip(*intervals[name])
        edge = [*zip(thresholds, lows), *zip(thresholds[::-1], highs[::-1])]
        points = " ".join(f"{axis(mse):.1f},{bottom - PLOT.height * share:.1f}" for mse, share in edge)
        parts.append(f'<polygon points="{points}" style="fill: {colour}; opacity: 0.18"/>')
        parts += _line(axis, thresholds, bottom - PLOT.height * curve[name], colour, dashes)
        parts += _legend(x, name, colour, dashes)
    parts += [_tick(share, f"{share:.0%}") for share in (0, 0.5, 1)]
    return svg(WIDTH, HEIGHT, [*parts, *axis.draw(threshold)])


def draw_totals(view):
    """The numbers at a threshold, large.

    Parameters
    ----------
    view : View

    Returns
    -------
    str
        HTML.
    """
    numbers = [
        ("inherit", f"{view.pairs:,}", f"pair{'' if view.pairs == 1 else 's'} below {view.threshold:g}"),
        ("inherit", f"{view.groups:,}", "group" if view.groups == 1 else "groups"),
        (ACCENT, f"{view.files:,}", "file can go" if view.files == 1 else "files can go"),
        (ACCENT, file_size(view.bytes), "would be freed"),
    ]
    boxes = "".join(
        f'<div style="min-width: 110px"><div style="{BIG}; color: {colour}">{number}</div>'
        f'<div style="color: {FAINT}">{name}</div></div>'
        for colour, number, name in numbers
    )
    return f'<div style="display: flex; flex-wrap: wrap; gap: 4px 28px; line-height: 1.4">{boxes}</div>'


def draw_largest_group(view, images):
    """What to look at twice at this threshold, and the largest group.

    Parameters
    ----------
    view : View
    images : ImageSet

    Returns
    -------
    str
        HTML.
    """
    warnings = []
    if view.review:
        warnings.append(f"{count(view.review, 'flat image')} would go only for being flat: left for review.")
    if view.chained:
        warnings.append(
            f"{count(view.chained, 'group')} with a chain: files near the kept one, but not each other. Look twice."
        )
    text = "".join(f'<div style="color: {ACCENT}">⚠ {warning}</div>' for warning in warnings)
    if len(view.largest):
        keeper = int(view.largest["keeper"].iat[0])
        others = view.largest[["image", "action", "rotation", "mirrored"]].itertuples(index=False)
        files = [(keeper, "keep", 0, False), *others]
        more = f"<div>… and {len(files) - MAX_FILES:,} more</div>" if len(files) > MAX_FILES else ""
        pictures = "".join(_thumbnail(images, *file) for file in files[:MAX_FILES])
        row = f'<div style="display: flex; flex-wrap: wrap; gap: 8px; align-items: center">{pictures}{more}</div>'
        text += f'<div style="margin-top: 6px">the largest group, {len(files):,} files</div>{row}'
    return f'<div style="line-height: 1.5">{text}</div>'


def draw_pair(images, pair):
    """Two images beside each other, the second turned the way it matches, with their MSE.

    Parameters
    ----------
    images : ImageSet
    pair : named tuple
        A row of the pairs.

    Returns
    -------
    str
        HTML.
    """
    a, b = images.tensors[pair.a], transform(images.tensors[pair.b], rotation=pair.rotation, mirrored=pair.mirrored)
    paths = [escaped(images.files["path"].iat[row]) for row in (pair.a, pair.b)]
    pictures = "".join(
        f'<img src="{thumbnail_uri(tensor)}" width="84" height="84" alt="{path}" title="{path}" '
        'style="image-rendering: pixelated; margin: 0 2px 0 0">'
        for tensor, path in zip((a, b), paths)
    )
    how = turn(pair.rotation, pair.mirrored)
    return (
        f'<div style="line-height: 1.4">{pictures}<div><b>MSE {pair.mse:,.1f}</b>'
        f'<span style="color: {FAINT}">{f", {how}" if how else ""}</span></div></div>'
    )


class _Axis:
    """MSEs along the width: evenly up to 1, on a logarithmic scale from there."""

    def __init__(self, largest):
        self._largest = max(2.0, float(largest))

    def __call__(self, mse):
        return PLOT.x + PLOT.width * _place(min(mse, self._largest)) / _place(self._largest)

    def draw(self, threshold, marks=()):
        """The axis with its numbers, thresholds of note among them, and the threshold as a line."""
        y = PLOT.y + PLOT.height
        yield f'<path d="M {PLOT.x} {y} h {PLOT.width}" class="dupviz-axis"/>'
        for number in (0, 1, 10, 100, 1000, 10_000, 100_000):
            if number <= self._largest and number not in marks:
                x = self(number)
                yield f'<path d="M {x:.1f} {y} v 4" class="dupviz-axis"/>'
                yield f'<text x="{x:.1f}" y="{y + 18}" text-anchor="middle" style="fill: {FAINT}">{number:,}</text>'
        written: list[float] = []
        for mark in marks:
            x = self(mark)
            yield f'<path d="M {x:.1f} {y} v 20" class="dupviz-axis"/>'
            if all(abs(x - other) > MARK_WIDTH for other in written):
                written.append(x)
                yield f'<text x="{x:.1f}" y="{y + 33}" text-anchor="middle" style="font-weight: bold">{mark:g}</text>'
        x = self(threshold)
        side = -5 if x > PLOT.x + PLOT.width - 60 else 5
        anchor = f'x="{x + side:.1f}" text-anchor="{"end" if side < 0 else "start"}"'
        yield f'<path d="M {x:.1f} {PLOT.y - 6} v {PLOT.height + 6}" class="dupviz-threshold"/>'
        yield f'<text {anchor} y="{PLOT.y + 4}" class="dupviz-threshold-value">{threshold:g}</text>'


def _thumbnail(images, row, action, rotation, mirrored):
    tensor = transform(images.tensors[row], rotation=rotation, mirrored=mirrored)
    path = escaped(images.files["path"].iat[row])
    colour, line = on_theme(COLOURS[action]), "solid" if action == "keep" else "dashed"
    return (
        f'<div style="text-align: center"><img src="{thumbnail_uri(tensor)}" width="64" height="64" alt="{path}" '
        f'title="{path}" style="border: 2px {line} {colour}">'
        f'<div style="color: {colour}; font-size: 11px">{WORDS[action]}</div></div>'
    )


def _place(mse):
    return mse if mse < 1 else 1 + 2 * np.log10(mse)


def _log_share(number, tallest):
    return np.log1p(number) / np.log1p(tallest)


def _line(axis, thresholds, heights, colour, dashes):
    points = " ".join(f"{axis(mse):.1f},{height:.1f}" for mse, height in zip(thresholds, heights))
    yield f'<polyline points="{points}" style="{_stroke(colour, dashes)}"/>'


def _legend(x, title, colour, dashes):
    yield f'<path d="M {x} 12 h 20" style="{_stroke(colour, dashes)}"/>'
    yield label(x + 26, 16, title)


def _stroke(colour, dashes):
    return f"fill: none; stroke: {colour}; stroke-width: 2; stroke-dasharray: {dashes or 'none'}"


def _powers(tallest):
    """Ticks at 0 and at powers of ten: every second or third of them where they are many."""
    powers = [10**k for k in range(int(np.log10(tallest)) + 1)]
    return [_tick(_log_share(number, tallest), f"{number:,}") for number in (0, *powers[:: 1 + len(powers) // 4])]


def _tick(share, text):
    y = PLOT.y + PLOT.height * (1 - share) + 4
    return f'<text x="{PLOT.x - 6}" y="{y:.1f}" text-anchor="end" style="fill: {FAINT}; font-size: 11px">{text}</text>'
