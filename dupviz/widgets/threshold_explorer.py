"""How does 200 behave? One search, one slider."""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np

from dupviz._words.charts import mse_edges
from dupviz._words.html import escaped
from dupviz._words.rows import PairRow, rows
from dupviz._words.words import count
from dupviz.groups.sweep import Sweep
from dupviz.images.imageset import ImageSet
from dupviz.look.look import Look
from dupviz.metrics import LARGEST_MSE, Floats
from dupviz.review.labels import Labels
from dupviz.search.histogram import mse_histogram
from dupviz.threshold.quality import threshold_curve
from dupviz.threshold.suggest import share_interval, suggest_threshold
from dupviz.widgets import threshold_drawing
from dupviz.widgets.view import View

if TYPE_CHECKING:
    from dupviz.duplicates import Duplicates

__all__ = ["EdgePair", "ThresholdExplorer"]

ALL_PAIRS_UP_TO = 1000  # images: to compare all of them takes half a second; more are sampled
EDGE = 5  # pairs on each side of the threshold
CURVE_POINTS = 16
JUST_ABOVE = 1e-9
STEP = 0.01  # of the slider: 2 % of the threshold
MOST_ASKED = 1000  # random pairs
ENOUGH_LABELS = 24  # of random pairs, before precision and recall say anything
WISHES = {f"1 in {number}": 1 / number for number in (3, 5, 10, 20, 100, 1000)}
SIDES = (
    "<b>Just below the threshold</b>: duplicates by the MSE, the nearest to it last",
    "<b>Just above the threshold</b>: no duplicates by the MSE, the nearest to it first",
)
RANDOM = "<b>Random pairs</b>: the one that you labelled last, and the next one"
WRAP = {"flex_flow": "row wrap", "align_items": "center", "grid_gap": "4px 8px", "overflow": "hidden"}
CHART = {"flex": "1 1 380px", "max_width": "490px"}


class ThresholdExplorer(widgets.VBox):
    """Move the threshold over one search, and see at once what it finds, and what lies at its edge.

    Parameters
    ----------
    duplicates : Duplicates
    labels : Labels, str or Path, optional
        Where labels of pairs are kept; by default in the user's data folder, see `Labels`.

    Attributes
    ----------
    threshold : float
        Can be set.
    duplicates : Duplicates
        At the present threshold.
    labels : Labels
    ask : ipywidgets.Button
        Shows a random pair of all that were found. Only the labels of such pairs say something of all pairs.
    random : list of EdgePair
        The random pair that was labelled last, and the next one.
    slider, number, presets, suggested, wish
        The controls, all of ipywidgets; the charts can be pointed at as well.
    histogram, curve, quality : View
    totals, opinion, largest : ipywidgets.HTML
    edge : list of EdgePair
        The pairs just below the threshold, the nearest to it last, then those just above. What the second look says of
        them, if there is one, follows as soon as it is known.
    titles : (ipywidgets.HTML, ipywidgets.HTML)
        Above the pairs of each side, with a count of their verdicts.

    Examples
    --------
    >>> duplicates = dv.find_duplicates("data/photos/flags", progress=False)
    >>> explorer = dv.widgets.ThresholdExplorer(duplicates)
    >>> explorer.threshold
    200.0
    """

    def __init__(self, duplicates: "Duplicates", *, labels: Labels | str | Path | None = None) -> None:
        self._duplicates, self._images, self._max_mse = duplicates, duplicates.images, duplicates.max_mse
        self.labels = labels if isinstance(labels, Labels) else Labels(self._images, labels)
        self._sweep = Sweep(duplicates.images, duplicates.near, keep=duplicates.keep, protect=duplicates.protect)
        self._curve = self._sweep.curve(_thresholds(self._max_mse))
        bins, near = mse_edges(LARGEST_MSE, self._max_mse), duplicates.near
        self._counts = mse_histogram(
            self._images, bins=bins, symmetries=near.symmetries, pairs=near, max_images=ALL_PAIRS_UP_TO
        )
        self._threshold = min(duplicates.threshold, self._max_mse)
        self._following = False
        self._looker = ThreadPoolExecutor(1)
        self._loop = _running_loop()

        self.slider = widgets.FloatLogSlider(
            min=0, max=max(STEP, np.log10(max(1.0, self._max_mse))), step=STEP, readout=False, description="Threshold"
        )
        self.slider.layout.width = "420px"
        self.number = widgets.BoundedFloatText(
            min=0, max=self._max_mse, step=10, description="MSE below", layout={"width": "186px"}
        )
        self.presets = [_preset(mse) for mse in (200, 1000) if mse <= self._max_mse]
        self.suggested = widgets.Button(tooltip="The threshold that your labels suggest")
        self.wish = widgets.Dropdown(
            options=WISHES, description="Wrong pairs: at most", style={"description_width": "initial"}
        )
        self.wish.layout.width = "230px"
        self.histogram, self.curve, self.quality = (View(layout=CHART) for _ in range(3))
        self.totals, self.opinion, self.largest = (widgets.HTML() for _ in range(3))
        self.edge = [EdgePair(self._images, self.labels, self._weigh_labels) for _ in range(2 * EDGE)]
        self.titles = widgets.HTML(), widgets.HTML()
        self._sides = tuple(zip(self.titles, SIDES, (self.edge[:EDGE], self.edge[EDGE:])))
        self._sample = duplicates.near.sample(MOST_ASKED)
        self.ask = widgets.Button(description="ask me about random pairs", layout={"width": "230px"})
        self.random = [EdgePair(self._images, self.labels, self._weigh_labels) for _ in range(2)]
        self._asking = widgets.VBox([widgets.HTML(RANDOM), widgets.HBox(self.random, layout=WRAP)])
        self._asking.layout.display = "none"
        self.ask.on_click(lambda button: self._ask())
        self._weigh_labels()
        self._draw()

        self.slider.observe(self._slide, "value")
        self.number.observe(lambda change: self._choose(change.new), "value")
        for chart in (self.histogram, self.curve):
            chart.observe(
                lambda change: self._choose(threshold_drawing.threshold_at(change.new, self._max_mse)), "column"
            )
        self.wish.observe(self._weigh_labels, "value")
        self.suggested.on_click(lambda button: self._choose(self._suggestion.threshold or self._threshold))
        for button in self.presets:
            button.on_click(lambda button: self._choose(float(button.description)))
        super().__init__(self._rows(), layout={"max_width": "1040px"})
        self.add_class("dupviz-explorer")

    @property
    def threshold(self) -> float:
        """The present threshold."""
        return self._threshold

    @threshold.setter
    def threshold(self, threshold: float) -> None:
        if not 0 <= threshold <= self._max_mse:
            raise ValueError(f"threshold must be from 0 to max_mse ({self._max_mse:g}), got {threshold:g}")
        self._threshold = float(threshold)
        self._draw()

    @property
    def duplicates(self) -> "Duplicates":
        """The search at the present threshold."""
        return self._duplicates.at(self._threshold)

    def _rows(self) -> list[widgets.Widget]:
        return [
            widgets.HBox([self.slider, self.number, *self.presets, self.suggested], layout=WRAP),
            self.totals,
            widgets.HBox([self.histogram, self.curve], layout=WRAP),
            *(part for title, _, slots in self._sides for part in (title, widgets.HBox(slots, layout=WRAP))),
            self._asking,
            widgets.HBox([self.quality, widgets.VBox([self.opinion, self.ask, self.wish], layout=CHART)], layout=WRAP),
            self.largest,
        ]

    def _slide(self, change: Any) -> None:
        # The browser moves the slider on to its nearest step, and says so: that is no wish for another threshold.
        if abs(np.log10(change.new / max(1.0, self._threshold))) > STEP / 2:
            self._choose(float(f"{change.new:.3g}"))

    def _choose(self, threshold: float) -> None:
        if not self._following and threshold != self._threshold:
            self.threshold = min(threshold, self._max_mse)

    def _draw(self) -> None:
        self._follow()
        totals = self._sweep.at(self._threshold)
        self.totals.value = threshold_drawing.draw_totals(totals, alone=self._duplicates.looks is not None)
        self.histogram.svg = threshold_drawing.draw_histogram(self._counts, self._threshold, self._max_mse, self._marks)
        self.curve.svg = threshold_drawing.draw_curve(self._curve, totals, self._max_mse, self._marks)
        for chart in (self.histogram, self.curve):
            chart.label = f"{totals.pairs:,} pairs below the threshold of {self._threshold:g}. Arrow keys move it."
        for (title, words, slots), pairs in zip(self._sides, self._sweep.edge(self._threshold, EDGE)):
            title.value = words
            for slot, pair in zip_longest(slots, rows(pairs, PairRow)):
                slot.show(pair)
        self.looking = self._looker.submit(self._look_again, self._threshold)
        self.largest.value = threshold_drawing.draw_largest_group(totals, self._images)
        self._draw_quality()

    def _look_again(self, threshold: float) -> None:
        """Look at the pairs at the edge, unless the threshold has moved on meanwhile."""
        looks = self._duplicates.looks
        if looks is None:
            return
        for title, words, slots in self._sides:
            verdicts = []
            for slot in slots:
                pair = slot.pair
                if self._threshold != threshold:
                    return
                if pair is not None:
                    look = looks.at(pair.a, pair.b, pair.rotation, pair.mirrored)
                    self._tell(slot.judge, pair, look)
                    verdicts.append(look.verdict)
            counts = ", ".join(f"{number} {verdict}" for verdict, number in Counter(verdicts).most_common())
            self._tell(self._say_verdicts, threshold, title, f"{words}. The second look: {counts}" if counts else words)
        looks.save()

    def _tell(self, show: Callable[..., None], *what: object) -> None:
        """Show something of another thread: messages to the browser leave from the kernel's own."""
        if self._loop is None:
            show(*what)
        else:
            self._loop.call_soon_threadsafe(show, *what)

    def _say_verdicts(self, threshold: float, title: widgets.HTML, words: str) -> None:
        if self._threshold == threshold:
            title.value = words

    def _follow(self) -> None:
        """Bring all controls to the present threshold."""
        self._following = True
        try:
            self.number.value = self._threshold
            self.slider.value = max(1.0, self._threshold)
            self.histogram.column = self.curve.column = threshold_drawing.column_at(self._threshold, self._max_mse)
        finally:
            self._following = False

    @property
    def _marks(self) -> list[float]:
        """Thresholds of note, the most important first."""
        return [mse for mse in (200.0, self._suggestion.threshold, 1000.0) if mse and mse <= self._max_mse]

    def _ask(self) -> None:
        self._asking.layout.display = None
        self._weigh_labels()

    def _show_random(self) -> None:
        """Show the random pair that was labelled last, so that its label can be changed, and the next one."""
        number = len(self._labelled)
        shown: list[PairRow | None] = list(rows(self._sample.iloc[max(0, number - 1) : number + 1], PairRow))
        for slot, pair in zip(self.random, [*([None] if not number else []), *shown, None]):
            slot.show(pair)

    def _weigh_labels(self, change: Any = None) -> None:
        """Update what the labels suggest."""
        self._labelled = self.labels.first(self._sample)
        self._suggestion = suggest_threshold(self._labelled, max_wrong=self.wish.value, max_mse=self._max_mse)
        suggested = self._suggestion.threshold
        self.suggested.description = f"suggested: {suggested:g}" if suggested else ""
        self.suggested.layout.display = None if suggested else "none"
        if self._asking.layout.display is None:
            self._show_random()
        self._draw_quality()

    def _draw_quality(self) -> None:
        number, enough = len(self._labelled), len(self._labelled) >= ENOUGH_LABELS
        for part in (self.quality, self.wish):
            part.layout.display = None if enough else "none"
        if not enough:
            self.opinion.value = (
                f'<div style="line-height: 1.5">{count(len(self.labels), "label")} of your own so far, {number} of '
                f"them of random pairs. Only random pairs say something of all: with {ENOUGH_LABELS} of them, "
                "precision and recall are drawn here, and a threshold is suggested.</div>"
            )
            return
        thresholds = np.union1d(_thresholds(self._max_mse), self._threshold)
        curve = threshold_curve(self._labelled[["mse", "same"]], thresholds=thresholds)
        same = int(self._labelled["same"].sum())
        right, found = curve["true"].tolist(), curve["found"].tolist()
        intervals = {
            "precision": [share_interval(*counts) for counts in zip(right, found)],
            "recall": [share_interval(each, same) for each in right],
        }
        self.quality.svg = threshold_drawing.draw_quality(curve, intervals, self._threshold, self._max_mse)
        here = int(np.searchsorted(thresholds, self._threshold))
        shares = ", ".join(
            f"{name} {curve[name].iat[here]:.0%} ({low:.0%} to {high:.0%})"
            for name, (low, high) in ((name, intervals[name][here]) for name in intervals)
        )
        self.opinion.value = (
            f'<div style="line-height: 1.5">By your labels of {count(number, "random pair")}, at {self._threshold:g}: '
            f"{shares}, with 95 % intervals. They are about the {count(self._duplicates.near.count, 'pair')} of this "
            f"folder below {self._max_mse:g}: copies that are further apart are not counted.<br>"
            f"{escaped(str(self._suggestion))}</div>"
        )


class EdgePair(widgets.VBox):
    """A pair of pictures, and two buttons to say whether they are the same one.

    Parameters
    ----------
    images : ImageSet
    labels : Labels
    changed : callable
        Is called after each label.

    Attributes
    ----------
    same, different : ipywidgets.Button
        Pressing the one that is marked takes the label back.
    picture, verdict : ipywidgets.HTML
    pair : PairRow or None
        The pair that is shown.
    """

    def __init__(self, images: ImageSet, labels: Labels, changed: Callable[[], object]) -> None:
        self._images, self._labels, self._changed = images, labels, changed
        self.pair: PairRow | None = None
        self.picture, self.verdict = widgets.HTML(), widgets.HTML()
        self.same = widgets.Button(description="same picture", layout={"width": "96px", "padding": "0"})
        self.different = widgets.Button(description="different", layout={"width": "76px", "padding": "0"})
        for button, same in ((self.same, True), (self.different, False)):
            button.style.font_size = "11px"
            button.on_click(lambda button, same=same: self._label(same))
        super().__init__(
            [self.picture, self.verdict, widgets.HBox([self.same, self.different])], layout={"width": "182px"}
        )

    def show(self, pair: PairRow | None) -> None:
        """Show a pair, or none."""
        self.pair = pair
        self.layout.display = "none" if pair is None else None
        self.verdict.value = ""
        if pair is not None:
            self.picture.value = threshold_drawing.draw_pair(self._images, pair)
            self._mark(pair)

    def judge(self, pair: PairRow, look: Look) -> None:
        """Show what the second look says of a pair, if it is still the one that is shown."""
        if self.pair == pair:
            self.verdict.value = threshold_drawing.draw_verdict(look.verdict, look.kind)

    def _label(self, same: bool) -> None:
        assert self.pair is not None  # else the buttons are hidden
        now = self._labels.get(self.pair.a, self.pair.b)
        try:
            self._labels.set(self.pair.a, self.pair.b, None if now is same else same)
        except OSError as error:
            self.picture.value += (
                f"<div>counts until this session ends, but cannot be saved: {escaped(str(error))}</div>"
            )
        self._mark(self.pair)
        self._changed()

    def _mark(self, pair: PairRow) -> None:
        label = self._labels.get(pair.a, pair.b)
        for button, same in ((self.same, True), (self.different, False)):
            button.icon = "check" if label is same else ""
            button.button_style = "info" if label is same else ""


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop of the thread that runs the cells of a notebook; None outside of one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _preset(mse: float) -> widgets.Button:
    return widgets.Button(description=f"{mse:g}", tooltip=f"Threshold {mse:g}", layout={"width": "60px"})


def _thresholds(max_mse: float) -> Floats:
    """Where the curves are drawn."""
    # Just above 0 are all pairs of equal tensors: the curves rise there at once, and not on the way to 1.
    return np.unique(
        [0.0, min(JUST_ABOVE, max_mse), *np.geomspace(min(1, max_mse) or 1, max_mse or 1, CURVE_POINTS), max_mse]
    )
