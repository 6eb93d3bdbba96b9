"""What the threshold explorer shows, as SVG and HTML: plain functions from numbers to text."""

from collections.abc import Iterator, Sequence

import pandas as pd

from dupviz._words.charts import MseChart, mse_at, place
from dupviz._words.html import notebook_html, thumbnail_uri
from dupviz._words.rows import PairRow
from dupviz._words.words import COLOURS, count, file_size, plural, turn
from dupviz.groups.sweep import Totals
from dupviz.images.imageset import ImageSet
from dupviz.look.verdict import DIFFERENT, FLAT, SAME
from dupviz.metrics import transform
from dupviz.search.histogram import MseHistogram
from dupviz.widgets.drawing import Frame, label, on_theme, pickable, svg

__all__ = [
    "column_at",
    "draw_curve",
    "draw_histogram",
    "draw_largest_group",
    "draw_pair",
    "draw_quality",
    "draw_totals",
    "draw_verdict",
    "threshold_at",
]

WIDTH, HEIGHT = 480, 212
COLUMNS = 200  # places along an axis that can be pointed at
ACCENT, REST = on_theme(COLOURS["remove"]), on_theme(COLOURS["review"])
MAX_FILES = 8  # of the largest group that are shown


def threshold_at(column: int, max_mse: float) -> float:
    """The threshold, to two digits, at one of the places in a chart that can be pointed at.

    Parameters
    ----------
    column : int
        From 0 to `COLUMNS` - 1: from 0 to `max_mse`, on the scale of the charts.
    """
    return min(float(f"{mse_at((column + 0.5) / COLUMNS * place(max_mse)):.2g}"), float(max_mse))


def column_at(threshold: float, max_mse: float) -> int:
    """The place in a chart where a threshold is: what `threshold_at` takes."""
    return min(int(COLUMNS * place(threshold) / place(max_mse)), COLUMNS - 1) if max_mse else 0


def draw_histogram(histogram: MseHistogram, threshold: float, max_mse: float, marks: Sequence[float] = ()) -> str:
    """All pairs by their MSE: those below the threshold in colour, and pale where they are estimated.

    Parameters
    ----------
    threshold, max_mse : float
        Only up to `max_mse` can be pointed at.
    marks : sequence of float
        Thresholds of note, the most important first.

    Returns
    -------
    str
        SVG.
    """
    chart = _chart(histogram.edges[-1], histogram.counts.max(initial=0))
    parts = [label(chart.x, 16, "all pairs, by their MSE")]
    if not histogram.exact:
        note = f"pale: estimated from {histogram.sampled:,} images"
        end = chart.x + chart.width
        parts.append(f'<text x="{end}" y="16" text-anchor="end" class="dupviz-tick">{note}</text>')
    parts += chart.histogram(
        histogram.edges, histogram.counts, threshold, exact_below=histogram.exact_below, marks=marks
    )
    return svg(WIDTH, HEIGHT, [*parts, _pickable(chart, max_mse)])


def draw_curve(curve: pd.DataFrame, totals: Totals, max_mse: float, marks: Sequence[float] = ()) -> str:
    """Files that can go, groups and pairs against the threshold, with the present point.

    Parameters
    ----------
    curve : DataFrame
        See `Sweep.curve`.
    totals : Totals
        At the present threshold.
    marks : sequence of float
        Thresholds of note, the most important first.

    Returns
    -------
    str
        SVG.
    """
    chart = _chart(max_mse, max(curve["pairs"].max(), totals.pairs))
    lines = {
        "files": ("files that can go", ACCENT, ""),
        "groups": ("groups", REST, "7 3"),
        "pairs": ("pairs", REST, "2 3"),
    }
    parts = [*chart.counts_axis()]
    for x, (name, (title, colour, dashes)) in zip((0, 176, 276), lines.items()):
        points = chart.line(curve["threshold"], map(chart.up, curve[name]))
        now = chart.up(getattr(totals, name))
        parts.append(f'<polyline points="{points}" style="{_stroke(colour, dashes)}"/>')
        parts.append(f'<circle cx="{chart.across(totals.threshold):.1f}" cy="{now:.1f}" r="4" style="fill: {colour}"/>')
        parts += _legend(chart.x + x, title, colour, dashes)
    return svg(WIDTH, HEIGHT, [*parts, *chart.mse_axis(totals.threshold, marks), _pickable(chart, max_mse)])


def draw_quality(
    curve: pd.DataFrame, intervals: dict[str, list[tuple[float, float]]], threshold: float, max_mse: float
) -> str:
    """Precision and recall by the reader's own labels, with their intervals.

    Parameters
    ----------
    curve : DataFrame
        See `threshold_curve`.
    intervals : dict of str to list of (low, high)
        For ``"precision"`` and ``"recall"``, one per row of the curve.

    Returns
    -------
    str
        SVG.
    """
    chart = _chart(max_mse)
    thresholds = curve["threshold"].tolist()
    parts = [part for share in (0, 0.5, 1) for part in chart.mark_up(_height(chart, share), f"{share:.0%}")]
    lines = (("precision", on_theme(COLOURS["keep"]), ""), ("recall", ACCENT, "7 3"))
    for x, (name, colour, dashes) in zip((0, 120), lines):
        lows, highs = zip(*intervals[name])
        around = [_height(chart, share) for share in (*lows, *highs[::-1])]
        band = chart.line([*thresholds, *thresholds[::-1]], around)
        points = chart.line(thresholds, [_height(chart, share) for share in curve[name]])
        parts.append(f'<polygon points="{band}" style="fill: {colour}; opacity: 0.18"/>')
        parts.append(f'<polyline points="{points}" style="{_stroke(colour, dashes)}"/>')
        parts += _legend(chart.x + x, name, colour, dashes)
    return svg(WIDTH, HEIGHT, [*parts, *chart.mse_axis(threshold)])


def draw_totals(totals: Totals, *, alone: bool = False) -> str:
    """The numbers at a threshold, large.

    Parameters
    ----------
    alone : bool
        Whether to say that what can go can go by the MSE alone.

    Returns
    -------
    str
        HTML.
    """
    numbers = [
        ("inherit", f"{totals.pairs:,}", f"{plural(totals.pairs, 'pair')} below {totals.threshold:g}"),
        ("inherit", f"{totals.groups:,}", plural(totals.groups, "group")),
        (ACCENT, f"{totals.files:,}", f"{plural(totals.files, 'file')} can go{', by the MSE alone' * alone}"),
        (ACCENT, file_size(totals.bytes), "would be freed"),
    ]
    return notebook_html("totals", numbers=numbers)


def draw_largest_group(totals: Totals, images: ImageSet) -> str:
    """Warnings at this threshold, and the largest group.

    Returns
    -------
    str
        HTML.
    """
    warnings = []
    if totals.review:
        warnings.append(f"{count(totals.review, 'flat image')} would go only for being flat: left for review.")
    if totals.chained:
        warnings.append(
            f"{count(totals.chained, 'group')} with a chain: files near the kept one, but not each other. Look twice."
        )
    files: list[tuple[int, str, int, bool]] = []
    if len(totals.largest):
        others = totals.largest[["image", "action", "rotation", "mirrored"]].itertuples(index=False)
        files = [(int(totals.largest["keeper"].to_numpy()[0]), "keep", 0, False), *others]
    return notebook_html(
        "largest_group",
        warnings=warnings,
        accent=ACCENT,
        files=[_thumbnail(images, *file) for file in files[:MAX_FILES]],
        number=len(files),
        max_files=MAX_FILES,
    )


def draw_pair(images: ImageSet, pair: PairRow) -> str:
    """Two images beside each other, the second turned the way it matches, with their MSE.

    Parameters
    ----------
    pair : PairRow

    Returns
    -------
    str
        HTML.
    """
    tensors = images.tensors[pair.a], transform(images.tensors[pair.b], rotation=pair.rotation, mirrored=pair.mirrored)
    paths = [images.files["path"].iat[row] for row in (pair.a, pair.b)]
    pictures = [(path, thumbnail_uri(tensor)) for path, tensor in zip(paths, tensors)]
    return notebook_html("pair", pictures=pictures, mse=f"MSE {pair.mse:,.1f}", turn=turn(pair.rotation, pair.mirrored))


def draw_verdict(verdict: str, kind: str) -> str:
    """What the second look says of a pair, in a line.

    Returns
    -------
    str
        HTML.
    """
    colour = on_theme(COLOURS["keep"]) if verdict == SAME else ACCENT if verdict == DIFFERENT else REST
    words = ", ".join(filter(None, [verdict, kind if kind not in (verdict, FLAT) else ""]))
    return f'<div style="line-height: 1.3"><span style="color: {colour}; font-weight: 600">{words}</span></div>'


def _chart(largest: float, most: float = 1) -> MseChart:
    return MseChart(46, 34, 410, 140, max(2.0, float(largest)), float(most))


def _pickable(chart: MseChart, max_mse: float) -> str:
    """The part of a chart that can be pointed at: up to `max_mse`, and the numbers below the axis."""
    return pickable(Frame(chart.x, chart.y, chart.across(max_mse) - chart.x, chart.height + 20), 1, COLUMNS)


def _height(chart: MseChart, share: float) -> float:
    return chart.bottom - chart.height * share


def _thumbnail(images: ImageSet, row: int, action: str, rotation: int, mirrored: bool) -> dict[str, str]:
    tensor = transform(images.tensors[row], rotation=rotation, mirrored=mirrored)
    path, colour = str(images.files["path"].iat[row]), on_theme(COLOURS[action])
    return {"path": path, "uri": thumbnail_uri(tensor), "action": action, "colour": colour}


def _legend(x: float, title: str, colour: str, dashes: str) -> Iterator[str]:
    yield f'<path d="M {x} 12 h 20" style="{_stroke(colour, dashes)}"/>'
    yield label(x + 26, 16, title)


def _stroke(colour: str, dashes: str) -> str:
    return f"fill: none; stroke: {colour}; stroke-width: 2; stroke-dasharray: {dashes or 'none'}"
