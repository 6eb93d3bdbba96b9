"""Charts over MSEs as SVG, for the report, whose style sheet gives the colours; chart.js draws the same in explorers.

Their axis is linear up to 1 and logarithmic from there, so that 0 has its place; numbers of pairs are logarithmic too,
so that one pair can be seen beside a million.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dupviz._words.words import count

__all__ = ["LINEAR", "Bar", "MseChart", "bars", "mse_edges", "place"]

LINEAR = 0.4  # from 0 to 1 the axis is as wide as 0.4 powers of ten

LABEL_WIDTH = 60  # pixels that the threshold takes beside its line


def place(mse: float) -> float:
    """Where an MSE is on the axis, in powers of ten from 0."""
    return LINEAR * min(mse, 1) + math.log10(max(mse, 1))


def mse_edges(largest: float, *more: float) -> NDArray[np.floating[Any]]:
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


class Bar(NamedTuple):
    """A bin of a histogram, or what of it lies on one side of the threshold: from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    number: float
    is_below: bool
    is_exact: bool


def bars(
    edges: NDArray[np.floating[Any]], counts: NDArray[np.floating[Any]], threshold: float, exact_below: float = math.inf
) -> Iterator[Bar]:
    """The bars of a histogram of MSEs, each on one side of the threshold.

    Parameters
    ----------
    edges : ndarray of float64, shape (n + 1,)
    counts : ndarray, shape (n,)
    exact_below : float
        Bins that end above are estimates.
    """
    for low, high, number in zip(edges[:-1], edges[1:], counts):
        for start, end, is_below in ((low, min(high, threshold), True), (max(low, threshold), high, False)):
            if number and start < end:
                yield Bar(low, high, start, end, number, is_below, high <= exact_below)


@dataclass(frozen=True)
class MseChart:
    """A chart over MSEs.

    Attributes
    ----------
    x, y, width, height : float
        The area within the axes, in pixels of the drawing.
    largest : float
        MSE at the right end.
    most : float
        Number at the top.
    """

    x: float
    y: float
    width: float
    height: float
    largest: float
    most: float = 1.0

    @property
    def bottom(self) -> float:
        """Where the axis is."""
        return self.y + self.height

    def across(self, mse: float) -> float:
        """Where an MSE is."""
        return self.x + self.width * place(min(mse, self.largest)) / place(self.largest)

    def up(self, number: float) -> float:
        """Where a number is."""
        return self.bottom - self.height * math.log1p(number) / math.log1p(max(self.most, 1))

    def histogram(
        self, edges: NDArray[np.floating[Any]], counts: NDArray[np.floating[Any]], threshold: float
    ) -> Iterator[str]:
        """Both axes, and numbers of pairs as bars, see `bars`."""
        yield from self.counts_axis()
        for bar in bars(edges, counts, threshold):
            x, y = self.across(bar.start), self.up(bar.number)
            width = max(self.across(bar.end) - x - 0.6, 0.5)
            kind = f"dupviz-{'below' if bar.is_below else 'above'}"
            yield (
                f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{self.bottom - y:.1f}">'
                f"<title>MSE {bar.low:,.3g} to {bar.high:,.3g}: {count(round(bar.number), 'pair')}</title></rect>"
            )
        yield from self.mse_axis(threshold)

    def counts_axis(self) -> Iterator[str]:
        """Numbers at 0 and at powers of ten: every second or third of them where they are many."""
        powers = [10**power for power in range(len(str(int(max(self.most, 1)))))]
        for number in (0, *powers[:: 1 + len(powers) // 4]):
            yield from self.mark_up(self.up(number), f"{number:,}")

    def mark_up(self, y: float, text: str) -> Iterator[str]:
        """A number left of the chart, with a line across."""
        yield f'<path class="dupviz-grid" d="M{self.x} {y:.1f}h{self.width}"/>'
        yield f'<text class="dupviz-tick" x="{self.x - 7}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'

    def mse_axis(self, threshold: float) -> Iterator[str]:
        """The axis with its numbers, and the threshold as a line."""
        bottom = self.bottom
        yield f'<path class="dupviz-axis" d="M{self.x} {bottom}h{self.width}"/>'
        for number in (0, *(10**power for power in range(6))):
            if number <= self.largest:
                x = self.across(number)
                yield f'<path class="dupviz-axis" d="M{x:.1f} {bottom}v4"/>'
                yield f'<text class="dupviz-tick" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{number:,}</text>'
        x = self.across(threshold)
        near_end = x > self.x + self.width - LABEL_WIDTH
        anchor = f'x="{x - 5:.1f}" text-anchor="end"' if near_end else f'x="{x + 5:.1f}" text-anchor="start"'
        yield f'<path class="dupviz-threshold" d="M{x:.1f} {self.y - 6}v{self.height + 6}"/>'
        yield f'<text class="dupviz-threshold-value" {anchor} y="{self.y + 4}">{threshold:g}</text>'
