"""A threshold for a wish, or why there is none."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dupviz._words.words import count
from dupviz.threshold.quality import check_labelled

__all__ = ["Suggestion", "share_interval", "suggest_threshold"]

# Round numbers, and few: the more thresholds there are to choose from, the more labels it takes to trust the choice.
CANDIDATES = (10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000)


# A threshold, how many pairs below it were found and are wrong, the interval of that share, and the recall.
Tried = tuple[float, int, int, float, float, float]


@dataclass(frozen=True)
class Suggestion:
    """A threshold for a wish, or why there is none.

    Attributes
    ----------
    threshold : float or None
    sentence : str
        The whole of it in plain words.
    found, wrong : int
        Labelled pairs below the threshold, and those of them that are not the same picture.
    low, high : float
        Between these is the share of all pairs below the threshold that are wrong, with the confidence that was asked
        for.
    recall : float
        Share of the labelled pairs of the same picture that are below the threshold.

    Examples
    --------
    >>> labelled = pd.DataFrame({"mse": np.arange(400.0), "same": True})
    >>> suggestion = dv.suggest_threshold(labelled, max_wrong=0.05)
    >>> suggestion.threshold, suggestion.found, suggestion.wrong
    (300.0, 300, 0)
    """

    threshold: float | None
    sentence: str
    found: int = 0
    wrong: int = 0
    low: float = 0.0
    high: float = 1.0
    recall: float = 0.0

    def __str__(self) -> str:
        return self.sentence


def suggest_threshold(
    labelled: pd.DataFrame, *, max_wrong: float = 0.001, confidence: float = 0.95, max_mse: float | None = None
) -> Suggestion:
    """Suggest the largest round threshold with few enough wrong pairs, as far as a sample of the pairs can show.

    For each of 13 thresholds from 10 to 1000, the share of wrong pairs below it has an exact confidence interval
    (Clopper and Pearson, "The use of confidence or fiducial limits", Biometrika 26, 1934). The suggestion is the
    largest one whose interval ends at `max_wrong` or before. Since it is chosen among 13, each interval is made for a
    thirteenth of the doubt (Bonferroni): all hold together with the confidence that is asked for, and so does the one
    that is chosen.

    The suggestion holds for the pairs that the labels were drawn from, and for no other folder. Copies that were made
    are no such sample: see `wrong_joins` for them.

    Parameters
    ----------
    labelled : DataFrame
        With mse and same, see `dupviz.threshold.quality`. They have to be a random sample of the pairs of the folder
        that the threshold is for, as `Pairs.sample` draws it and `Labels.sampled` gives it. Labels from around an edge
        are no random sample.
    max_wrong : float
        How large the share of wrong pairs may be, above 0 and below 1.
    confidence : float
        Above 0 and below 1.
    max_mse : float, optional
        How far the pairs were searched: no larger threshold is suggested. By default as far as the labelled pairs go.

    Returns
    -------
    Suggestion
        Without a threshold, if the labelled pairs are too few or too many of them are wrong.

    Raises
    ------
    ValueError
        If `max_wrong` or `confidence` is not between 0 and 1.

    Examples
    --------
    >>> labelled = pd.DataFrame({"mse": np.arange(400.0), "same": np.arange(400) < 300})
    >>> dv.suggest_threshold(labelled, max_wrong=0.05).threshold
    300.0
    >>> dv.suggest_threshold(labelled, max_wrong=0.001).threshold is None  # 200 right pairs are too few for that
    True
    """
    check_labelled(labelled)
    for name, value in (("max_wrong", max_wrong), ("confidence", confidence)):
        if not 0 < value < 1:
            raise ValueError(f"{name} must be above 0 and below 1, got {value!r}")
    mse, same = labelled["mse"].to_numpy(np.float64), labelled["same"].to_numpy(bool)
    if max_mse is None:  # beyond the labelled pairs, others may lie of which nothing is known
        max_mse = mse[np.isfinite(mse)].max(initial=0)
    each = 1 - (1 - confidence) / len(CANDIDATES)
    tried: list[Tried] = []
    for candidate in map(float, CANDIDATES):
        below = mse < candidate
        found, wrong = int(below.sum()), int((below & ~same).sum())
        if candidate <= max_mse and found:
            recall = float((below & same).sum() / max(1, same.sum()))
            tried.append((candidate, found, wrong, *share_interval(wrong, found, confidence=each), recall))
    suggested = [result for result in tried if result[4] <= max_wrong]
    if not suggested:
        return Suggestion(None, _declined(tried, max_wrong, confidence, each))
    threshold, found, wrong, low, high, recall = suggested[-1]
    sentence = (
        f"{threshold:g}: of {count(found, 'labelled pair')} below it, "
        f"{wrong or 'none'} {'is' if wrong < 2 else 'are'} wrong. So if they are a random sample, at most "
        f"{_share(high)} of all pairs below it are wrong, with {confidence:.0%} confidence (exact interval, corrected "
        f"for the choice among {len(CANDIDATES)}). It finds {recall:.0%} of the labelled pairs that are the same."
    )
    return Suggestion(threshold, sentence, found, wrong, low, high, recall)


def share_interval(part: int, whole: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Confidence interval of a share from a sample: the exact interval of Clopper and Pearson.

    Parameters
    ----------
    part, whole : int
        ``part`` of ``whole`` were counted in the sample.

    Returns
    -------
    low, high : float
        From 0 to 1 if there was no sample.
    """
    from scipy.special import betaincinv  # scipy.stats would take ten times as long to import

    doubt = (1 - confidence) / 2
    low = betaincinv(part, whole - part + 1, doubt) if part else 0.0
    high = betaincinv(part + 1, whole - part, 1 - doubt) if part < whole else 1.0
    return float(low), float(high)


def _declined(tried: list[Tried], max_wrong: float, confidence: float, each: float) -> str:
    """Why there is no threshold to suggest."""
    wish = f"At most {_share(max_wrong)} wrong, with {confidence:.0%} confidence"
    if not tried:
        return f"{wish}: no threshold can be suggested, for no labelled pair has an MSE below {CANDIDATES[-1]}."
    needed = int(np.ceil(np.log((1 - each) / 2) / np.log1p(-max_wrong)))
    threshold, found, wrong, _, high, _ = min(tried, key=lambda candidate: candidate[4])
    return (
        f"{wish}: no threshold can be suggested. The best is {threshold:g}: of {count(found, 'labelled pair')} below "
        f"it, {wrong or 'none'} {'is' if wrong < 2 else 'are'} wrong, which shows only that at most {_share(high)} of "
        f"all are. It would take {needed:,} labelled pairs without a wrong one: label more, or allow more to be wrong."
    )


def _share(share: float) -> str:
    """A share for people: ``"1 in 40"``, or ``"62 %"`` where it is large, rounded so as to promise no more."""
    return f"1 in {int(1 / share + 1e-9):,}" if share <= 0.2 else f"{np.ceil(100 * share):.0f} %"
