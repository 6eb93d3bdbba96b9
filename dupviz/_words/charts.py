"""Charts over MSEs as SVG, for the report and for the explorers: their style sheets give the colours.

Their axis is linear up to 1 and logarithmic from there, so that 0 has its place; numbers of pairs are logarithmic too,
so that one pair can be seen beside a million.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dupviz._words.words import count

__all__ = ["LINEAR", "MseChart", "mse_at", "place"]

LINEAR = 0.4  # from 0 to 1 the axis is as wide as 0.4 powers of ten

NUMBER_WIDTH = 36  # pixels that a number below the axis takes
LABEL_WIDTH = 60  # the same of the threshold beside its line


def place(mse: float) -> float:
    """Where an MSE is on the axis, in powers of ten from 0."""
    return LINEAR * min(mse, 1) + math.log10(max(mse, 1))


def mse_at(place: float) -> float:
    """The MSE at a place on the axis."""
    return place / LINEAR if place < LINEAR else 10 ** (place - LINEAR)


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

    def line(self, mses: Iterable[float], heights: Iterable[float]) -> str:
        """The points of a line, for a polyline."""
        return " ".join(f"{self.across(mse):.1f},{height:.1f}" for mse, height in zip(mses, heights))

    def bars(
        self, edges: np.ndarray, counts: np.ndarray, threshold: float, exact_below: float = math.inf
    ) -> Iterator[str]:
        """Numbers of pairs as bars, below and above the threshold in two colours.

        Parameters
        ----------
        edges : ndarray of float64, shape (n + 1,)
        counts : ndarray, shape (n,)
        exact_below : float
            Bars that end above are estimates, and drawn paler.
        """
        for low, high, number in zip(edges[:-1], edges[1:], counts):
            for start, end, side in ((low, min(high, threshold), "below"), (max(low, threshold), high, "above")):
                if number and start < end:
                    x, y = self.across(start), self.up(number)
                    width = max(self.across(end) - x - 0.6, 0.5)
                    about = "" if high <= exact_below else "about "
                    kind = f"dupviz-{side}" + (" dupviz-estimated" if about else "")
                    title = f"MSE {low:,.3g} to {high:,.3g}: {about}{count(round(number), 'pair')}"
                    yield (
                        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                        f'height="{self.bottom - y:.1f}"><title>{title}</title></rect>'
                    )

    def counts_axis(self) -> Iterator[str]:
        """Numbers at 0 and at powers of ten: every second or third of them where they are many."""
        powers = [10**power for power in range(len(str(int(max(self.most, 1)))))]
        for number in (0, *powers[:: 1 + len(powers) // 4]):
            yield from self.mark_up(self.up(number), f"{number:,}")

    def mark_up(self, y: float, text: str) -> Iterator[str]:
        """A number left of the chart, with a line across."""
        yield f'<path class="dupviz-grid" d="M{self.x} {y:.1f}h{self.width}"/>'
        yield f'<text class="dupviz-tick" x="{self.x - 7}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'

    def mse_axis(self, threshold: float, marks: Sequence[float] = ()) -> Iterator[str]:
        """The axis with its numbers, and the threshold as a line.

        Parameters
        ----------
        marks : sequence of float
            Further thresholds of note, the most important first.
        """
        bottom = self.bottom
        yield f'<path class="dupviz-axis" d="M{self.x} {bottom}h{self.width}"/>'
        for number in (0, *(10**power for power in range(6))):
            if number <= self.largest and number not in marks:
                x = self.across(number)
                yield f'<path class="dupviz-axis" d="M{x:.1f} {bottom}v4"/>'
                yield f'<text class="dupviz-tick" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{number:,}</text>'
        written: list[float] = []
        for mark in marks:
            x = self.across(mark)
            yield f'<path class="dupviz-axis" d="M{x:.1f} {bottom}v20"/>'
            if all(abs(x - other) > NUMBER_WIDTH for other in written):
                written.append(x)
                yield f'<text class="dupviz-note" x="{x:.1f}" y="{bottom + 33}" text-anchor="middle">{mark:g}</text>'
        x = self.across(threshold)
        near_end = x > self.x + self.width - LABEL_WIDTH
        anchor = f'x="{x - 5:.1f}" text-anchor="end"' if near_end else f'x="{x + 5:.1f}" text-anchor="start"'
        yield f'<path class="dupviz-threshold" d="M{x:.1f} {self.y - 6}v{self.height + 6}"/>'
        yield f'<text class="dupviz-threshold-value" {anchor} y="{self.y + 4}">{threshold:g}</text>'
