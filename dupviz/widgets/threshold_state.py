"""What the browser is sent of a threshold: the tests check each state against these types."""

from typing import TypedDict

__all__ = ["Charts", "EdgePair", "LargestFile", "Quality", "ThresholdState"]


class EdgePair(TypedDict):
    """A pair at the edge, and what was said of it; names are those of its two files."""

    a: int
    b: int
    mse: float
    rotation: int
    mirrored: bool
    label: bool | None
    names: tuple[str, str]


class LargestFile(TypedDict):
    """A file of the largest group, and how it is turned to match the one that stays."""

    image: int
    action: str
    rotation: int
    mirrored: bool
    name: str


class ThresholdState(TypedDict):
    """What one threshold makes of a search, see `Totals`; and the pairs just below it, and just above."""

    threshold: float
    pairs: int
    groups: int
    files: int
    bytes: int
    review: int
    chained: int
    largest: list[LargestFile]
    number: int  # of files in the largest group
    below: list[EdgePair]
    above: list[EdgePair]


class Histogram(TypedDict):
    """See `MseHistogram`."""

    edges: list[float]
    counts: list[float]
    exact_below: float | None  # None if all are exact
    sampled: int


class Curve(TypedDict):
    """See `Sweep.curve`."""

    threshold: list[float]
    pairs: list[int]
    groups: list[int]
    files: list[int]


class Charts(TypedDict):
    """What is the same at all thresholds."""

    histogram: Histogram
    curve: Curve


class Shares(TypedDict):
    """Shares, each with its interval."""

    share: list[float]
    low: list[float]
    high: list[float]


class QualityCurve(TypedDict):
    """Precision and recall by the labels."""

    threshold: list[float]
    precision: Shares
    recall: Shares


class Quality(TypedDict):
    """What the labels say, in paragraphs and as curves; these are None where the labels are too few.

    The random pairs are the one that was labelled last, and the next one.
    """

    text: list[str]
    suggested: float | None
    curve: QualityCurve | None
    random: list[EdgePair]
