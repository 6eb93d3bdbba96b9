"""How does 200 behave? One search, one slider."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import traitlets

from dupviz._words.charts import mse_edges
from dupviz._words.rows import PairRow, rows
from dupviz._words.words import count, printable
from dupviz.groups.keep import keep_order, protected_files
from dupviz.groups.sweep import Sweep, Totals
from dupviz.look.look import Look
from dupviz.look.verdict import FLAT
from dupviz.metrics import LARGEST_MSE, ROTATIONS, Floats
from dupviz.review.labels import Labels
from dupviz.search.histogram import mse_histogram
from dupviz.threshold.quality import threshold_curve
from dupviz.threshold.suggest import share_interval, suggest_threshold
from dupviz.widgets.explorer import Explorer, RefusedError
from dupviz.widgets.gallery.messages import FLAG, Found, many, row
from dupviz.widgets.modules import join_modules
from dupviz.widgets.page import FOLDER, Page
from dupviz.widgets.results import check_result
from dupviz.widgets.threshold_state import Charts, EdgePair, LargestFile, Quality, QualityCurve, Shares, ThresholdState

if TYPE_CHECKING:
    from dupviz.duplicates import Duplicates

__all__ = ["ThresholdExplorer"]

ALL_PAIRS_UP_TO = 1000  # images: to compare all of them takes half a second; more are sampled
EDGE = 5  # pairs on each side of the threshold
MOST_FILES = 8  # of the largest group that are shown
CURVE_POINTS = 16
JUST_ABOVE = 1e-9
MOST_ASKED = 1000  # random pairs
ENOUGH_LABELS = 24  # of random pairs, before precision and recall say anything
MOST_PICTURES, MOST_PAIRS = 1000, 100_000  # in a page: 10 MB, and 0.1 s for each threshold


class ThresholdExplorer(Explorer):
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
    wish : int
        The threshold that is suggested by the labels should join at most one wrong pair in so many. Can be set.
    duplicates : Duplicates
        At the present threshold.
    labels : Labels
    state : dict
        What is shown: the numbers at the present threshold, the pairs just below it, the nearest to it last, and those
        just above.
    quality : dict
        What the labels of random pairs say, and the random pairs to show: the one that was labelled last, and the next
        one. Only the labels of such pairs say something about all pairs.

    Examples
    --------
    >>> duplicates = dv.find_duplicates("data/photos/flags", progress=False)
    >>> explorer = dv.widgets.ThresholdExplorer(duplicates)
    >>> explorer.threshold
    200.0
    >>> explorer.threshold = 1000
    >>> explorer.state["pairs"]
    9
    """

    _esm = join_modules(FOLDER / "threshold_widget.js")

    threshold = traitlets.Float().tag(sync=True)
    wish = traitlets.Int(3, min=2).tag(sync=True)
    max_mse = traitlets.Float(read_only=True).tag(sync=True)
    verified = traitlets.Bool(read_only=True).tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    quality = traitlets.Dict().tag(sync=True)
    charts = traitlets.Dict().tag(sync=True)

    def __init__(self, duplicates: "Duplicates", *, labels: Labels | str | Path | None = None) -> None:
        check_result("ThresholdExplorer", duplicates)
        self._duplicates, self._images = duplicates, duplicates.images
        self._names = [printable(os.path.basename(path)) for path in self._images.files["path"]]
        self.labels = labels if isinstance(labels, Labels) else Labels(self._images, labels)
        self._sweep = Sweep(duplicates.images, duplicates.near, keep=duplicates.keep, protect=duplicates.protect)
        self._sample = duplicates.near.sample(MOST_ASKED)
        image = row(len(self._images))
        pair = {"a": image, "b": image}
        super().__init__(
            {
                "tensors": (self._tensors, {"images": many(image, most=4 * EDGE + MOST_FILES + 4)}),
                "look": (self._look, {**pair, "rotation": {"enum": list(ROTATIONS)}, "mirrored": FLAG}),
                "label": (self._label, {**pair, "same": {"enum": [True, False, None]}}),
            }
        )
        self.set_trait("max_mse", duplicates.max_mse)
        self.set_trait("verified", duplicates.looks is not None)
        self.charts = dict(self._draw_charts())
        self._weigh_labels()
        self.threshold = min(duplicates.threshold, self.max_mse)
        self._draw()

    @property
    def duplicates(self) -> "Duplicates":
        """The search at the present threshold."""
        return self._duplicates.at(self.threshold)

    @traitlets.validate("threshold")
    def _check_threshold(self, proposal: Any) -> float:
        threshold = proposal["value"]
        if not 0 <= threshold <= self.max_mse:
            raise RefusedError(f"threshold must be from 0 to max_mse ({self.max_mse:g}), got {threshold:g}")
        return float(threshold)

    @traitlets.observe("threshold")
    def _move(self, change: Any) -> None:
        self._draw()

    @traitlets.observe("wish")
    def _wish(self, change: Any) -> None:
        self._weigh_labels()

    def _draw(self) -> None:
        totals = self._sweep.at(self.threshold)
        below, above = (self._describe(side) for side in self._sweep.edge(self.threshold, EDGE))
        state: ThresholdState = {
            "threshold": self.threshold,
            "pairs": totals.pairs,
            "groups": totals.groups,
            "files": totals.files,
            "bytes": totals.bytes,
            "review": totals.review,
            "chained": totals.chained,
            "largest": self._largest(totals),
            "number": len(totals.largest) + bool(len(totals.largest)),
            "below": below,
            "above": above,
        }
        self.state = dict(state)
        self._draw_quality()

    def _describe(self, pairs: pd.DataFrame) -> list[EdgePair]:
        return [
            {
                "a": int(pair.a),
                "b": int(pair.b),
                "mse": float(pair.mse),
                "rotation": int(pair.rotation),
                "mirrored": bool(pair.mirrored),
                "label": self.labels.get(pair.a, pair.b),
                "names": (self._names[pair.a], self._names[pair.b]),
            }
            for pair in rows(pairs, PairRow)
        ]

    def _largest(self, totals: Totals) -> list[LargestFile]:
        """The largest group, with the file that stays first."""
        if not len(totals.largest):
            return []
        others = (
            totals.largest[["image", "action", "rotation", "mirrored"]].head(MOST_FILES - 1).itertuples(index=False)
        )
        return [
            {
                "image": int(image),
                "action": str(action),
                "rotation": int(rotation),
                "mirrored": bool(mirrored),
                "name": self._names[image],
            }
            for image, action, rotation, mirrored in [(totals.largest["keeper"].iat[0], "keep", 0, False), *others]
        ]

    def _draw_charts(self) -> Charts:
        near, curve = self._duplicates.near, self._sweep.curve(_thresholds(self.max_mse))
        bins = mse_edges(LARGEST_MSE, self.max_mse)
        histogram = mse_histogram(
            self._images, bins=bins, symmetries=near.symmetries, pairs=near, max_images=ALL_PAIRS_UP_TO
        )
        return {
            "histogram": {
                "edges": histogram.edges.tolist(),
                "counts": histogram.counts.tolist(),
                "exact_below": None if histogram.exact else histogram.exact_below,
                "sampled": histogram.sampled,
            },
            "curve": {
                "threshold": curve["threshold"].tolist(),
                "pairs": curve["pairs"].tolist(),
                "groups": curve["groups"].tolist(),
                "files": curve["files"].tolist(),
            },
        }

    def _tensors(self, images: list[int]) -> Found:
        return {}, [self._images.tensors[image].tobytes() for image in images]

    def _look(self, a: int, b: int, rotation: int, mirrored: bool) -> Found:
        """What the second look says of a pair."""
        looks = self._duplicates.looks
        assert looks is not None  # else the browser does not ask
        look = looks.at(a, b, rotation, mirrored)
        looks.save()
        return {"look": [look.verdict, _words_of(look)]}, []

    def _label(self, a: int, b: int, same: bool | None) -> Found:
        """Label a pair; say so if that cannot be saved."""
        unsaved = ""
        try:
            self.labels.set(a, b, same)
        except OSError as error:
            unsaved = printable(f"counts until this session ends, but cannot be saved: {error}")
        self._weigh_labels()
        self._draw()
        return {"reasons": [unsaved]}, []

    def _weigh_labels(self) -> None:
        """Update what the labels suggest."""
        self._labelled = self.labels.first(self._sample)
        self._suggestion = suggest_threshold(self._labelled, max_wrong=1 / self.wish, max_mse=self.max_mse)
        self._draw_quality()

    def _draw_quality(self) -> None:
        number = len(self._labelled)
        random = self._describe(self._sample.iloc[max(0, number - 1) : number + 1])
        quality: Quality = {"text": [], "suggested": self._suggestion.threshold, "curve": None, "random": random}
        if number < ENOUGH_LABELS:
            quality["text"] = [
                f"{count(len(self.labels), 'label')} of your own so far, {number} of them of random pairs. Only random "
                f"pairs say something about all pairs: with {ENOUGH_LABELS} of them, precision and recall are drawn "
                "here, and a threshold is suggested."
            ]
        else:
            thresholds = np.union1d(_thresholds(self.max_mse), self.threshold)
            quality["curve"] = curve = self._quality_curve(thresholds)
            quality["text"] = self._opinion(curve, int(np.searchsorted(thresholds, self.threshold)))
        self.quality = dict(quality)

    def _quality_curve(self, thresholds: Floats) -> QualityCurve:
        curve = threshold_curve(self._labelled[["mse", "same"]], thresholds=thresholds)
        same = int(self._labelled["same"].sum())
        right, found = curve["true"].tolist(), curve["found"].tolist()
        return {
            "threshold": thresholds.tolist(),
            "precision": _shares(curve["precision"], [share_interval(*counts) for counts in zip(right, found)]),
            "recall": _shares(curve["recall"], [share_interval(each, same) for each in right]),
        }

    def _opinion(self, curve: QualityCurve, here: int) -> list[str]:
        """What the labels say, in words; `here` is the place of the present threshold in the curve."""
        shares = ", ".join(
            f"{name} {part['share'][here]:.0%} ({part['low'][here]:.0%} to {part['high'][here]:.0%})"
            for name, part in (("precision", curve["precision"]), ("recall", curve["recall"]))
        )
        return [
            f"By your labels of {count(len(self._labelled), 'random pair')}, at {self.threshold:g}: {shares}, with "
            f"95 % intervals. They are about the {count(self._duplicates.near.count, 'pair')} of this folder below "
            f"{self.max_mse:g}: copies that are further apart are not counted.",
            str(self._suggestion),
        ]

    def page(self) -> Page:
        """What its page holds, see `to_page`: all pictures and pairs, and what the second look says of these."""
        images, number = len(self._images), self._duplicates.near.count
        if images > MOST_PICTURES or number > MOST_PAIRS:
            raise ValueError(
                f"a page holds at most {MOST_PICTURES:,} pictures and {MOST_PAIRS:,} pairs, got {images:,} and "
                f"{number:,}: make it of a part of the pictures, or search with a smaller max_mse"
            )
        return Page(
            "threshold_page.js",
            "One search, any threshold",
            "Move the threshold: two pictures with an MSE below it are called duplicates. The pairs at its edge show "
            "what it is worth.",
            "By the MSE alone. The numbers are those of Python at each threshold.",
            {
                **self._values(),
                "search": self._search(),
                "quality": {"text": [], "suggested": None, "curve": None, "random": []},
            },
            {str(image): [tensor] for image, tensor in enumerate(self._images.tensors)},
        )

    def _search(self) -> dict[str, Any]:
        """All that a browser needs to make the state of any threshold, see sweep.js."""
        duplicates, files = self._duplicates, self._images.files
        protected = protected_files(files, duplicates.protect)
        order = keep_order(files, duplicates.keep)
        rank = np.empty_like(order)
        rank[order[np.argsort(~protected[order], kind="stable")]] = np.arange(len(order))
        columns = zip(self._names, rank, files["bytes"], files["flat"], protected, duplicates.near.leader)
        pairs = duplicates.pairs.sort_values("mse", kind="stable")
        return {
            "files": [
                {
                    "name": name,
                    "rank": int(rank),
                    "bytes": int(size),
                    "flat": bool(flat),
                    "isProtected": bool(is_protected),
                    "leader": int(leader),
                }
                for name, rank, size, flat, is_protected, leader in columns
            ],
            "pairs": {name: pairs[name].tolist() for name in ("a", "b", "mse", "rotation", "mirrored")},
            "looks": self._all_looks(),
        }

    def _all_looks(self) -> list[Sequence[Any]]:
        """What the second look says of each pair that can lie at the edge: [a, b, verdict, words]."""
        looks = self._duplicates.looks
        if looks is None:
            return []
        pairs, _ = self._sweep.edge(np.inf, MOST_PAIRS)
        said = [(pair, looks.at(pair.a, pair.b, pair.rotation, pair.mirrored)) for pair in rows(pairs, PairRow)]
        looks.save()
        return [[int(pair.a), int(pair.b), look.verdict, _words_of(look)] for pair, look in said]


def _words_of(look: Look) -> str:
    return ", ".join(filter(None, [look.verdict, look.kind if look.kind not in (look.verdict, FLAT) else ""]))


def _shares(share: pd.Series, intervals: list[tuple[float, float]]) -> Shares:
    return {"share": share.tolist(), "low": [low for low, _ in intervals], "high": [high for _, high in intervals]}


def _thresholds(max_mse: float) -> Floats:
    """Where the curves are drawn."""
    # Just above 0 are all pairs of equal tensors: the curves rise there at once, and not on the way to 1.
    return np.unique(
        [0.0, min(JUST_ABOVE, max_mse), *np.geomspace(min(1, max_mse) or 1, max_mse or 1, CURVE_POINTS), max_mse]
    )
