"""How often different pictures are joined, and how many wrong pairs that makes in a folder."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dupviz.metrics import Floats, Integers
from dupviz.threshold.quality import check_labelled
from dupviz.threshold.suggest import CANDIDATES

__all__ = ["check_confidence", "joined_units", "rate_interval", "with_counts", "wrong_joins"]

HALVINGS = 50  # of an interval, until it is as narrow as a float


def wrong_joins(
    labelled: pd.DataFrame,
    *,
    source: ArrayLike,
    pictures: int,
    thresholds: ArrayLike = CANDIDATES,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """How often two different pictures are below a threshold, and how many such pairs a folder has then.

    The share of *wrong pairs among those found* depends on how many copies a folder has. The share of *joined pairs
    among those of different pictures* does not, so it can be carried over to the folder that the pictures come from.

    The pictures have to be a random choice. Of k pictures there are k (k - 1) / 2 pairs, which are not independent of
    each other: one blank page may be near to all. So the interval is that of k / 2 independent pairs, which holds
    however the pictures are near to each other (Hoeffding, "Probability inequalities for sums of bounded random
    variables", 1963, section 5). A bootstrap of the pictures would give 0 to 0 where no pair is joined.

    `wrong_joins_by_date` needs no labels, where cameras have dated the pictures.

    Parameters
    ----------
    labelled : DataFrame
        With a, b, mse and same, as `label_pairs`, `with_truth` or `Copies.label` gives it: all pairs below the largest
        of the thresholds.
    source : array_like, shape (n,)
        What each image shows. Where a picture has copies, they count as one: a share of them is joined.
    pictures : int
        How many different pictures the folder has.
    thresholds : array_like of float, shape (m,)
    confidence : float
        Of each interval, above 0 and below 1.

    Returns
    -------
    DataFrame
        One row per threshold:

        - threshold (float64);
        - pairs (int64): of two different pictures; joined (int64): those of them of which some files are below it;
        - share, low, high (float64): the share of pairs of files below it, the mean over all pairs of different
          pictures, and its interval;
        - expected, at_most (float64): how many wrong pairs that makes of all pairs of as many pictures as the folder
          has, and the upper end of its interval.

    Raises
    ------
    ValueError
        If there are fewer than two different pictures, or `confidence` is not between 0 and 1.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> pairs = dv.find_pairs(images, progress=False)
    >>> source = images.files["path"].str.replace("bonaire", "netherlands")
    >>> source = source.str.replace("french_guiana|reunion|wallis_and_futuna", "france", regex=True)
    >>> labelled = dv.label_pairs(pairs, source=source)
    >>> joins = dv.wrong_joins(labelled, source=source, pictures=50, thresholds=[200, 500])
    >>> joins[["threshold", "pairs", "joined", "expected", "at_most"]].round()  # Monaco and Indonesia
       threshold  pairs  joined  expected  at_most
    0      200.0    105       0       0.0    502.0
    1      500.0    105       1      12.0    538.0
    """
    check_labelled(labelled)
    check_confidence(confidence)
    picture, names = pd.factorize(pd.Series(source))
    files = np.bincount(picture[picture >= 0])
    if len(names) < 2:
        raise ValueError(f"there must be two different pictures or more, got {len(names)}")
    different = labelled[~labelled["same"].to_numpy(bool)]
    ends = np.sort([picture[different["a"]], picture[different["b"]]], axis=0)
    mse = different["mse"].to_numpy()
    table = joined_units(ends, mse, files=files, pictures=pictures, thresholds=thresholds, confidence=confidence)
    between = ends[0] * len(names) + ends[1]
    pairs = len(names) * (len(names) - 1) // 2
    joined = [len(np.unique(between[mse < threshold])) for threshold in table["threshold"]]
    return with_counts(table, pairs, joined)


def check_confidence(confidence: float) -> None:
    """Refuse what is not between 0 and 1; raises ValueError."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be above 0 and below 1, got {confidence!r}")


def joined_units(
    ends: Integers,
    mse: Floats,
    *,
    files: Integers,
    pictures: int,
    thresholds: ArrayLike,
    confidence: float,
) -> pd.DataFrame:
    """How large a share of the pairs of files of two different units is below each threshold, and its interval.

    Parameters
    ----------
    ends : ndarray of int64, shape (2, m)
        The units, as pictures or days, of each near pair of files.
    mse : ndarray of float64, shape (m,)
    files : ndarray of int64, shape (k,)
        How many each unit has.
    pictures : int
        Of the folder that the share is carried over to.
    thresholds : array_like of float
    confidence : float

    Returns
    -------
    DataFrame
        threshold, share, low, high, expected and at_most: see `wrong_joins`.
    """
    weight = 1 / (files[ends[0]] * files[ends[1]])
    pairs = len(files) * (len(files) - 1) // 2
    in_folder = pictures * (pictures - 1) / 2
    rows = []
    for threshold in np.asarray(thresholds, np.float64):
        share = min(float(weight[mse < threshold].sum() / pairs), 1.0)  # a sum of thirds may round to more
        low, high = rate_interval(share, len(files) // 2, confidence=confidence)
        rows.append((threshold, share, low, high, share * in_folder, high * in_folder))
    return pd.DataFrame(rows, columns=["threshold", "share", "low", "high", "expected", "at_most"])


def with_counts(table: pd.DataFrame, pairs: int, joined: list[int]) -> pd.DataFrame:
    """The table of `joined_units` with how many pairs there are, and how many of them are joined."""
    table.insert(1, "pairs", pairs)
    table.insert(2, "joined", np.array(joined, np.int64))
    return table


def rate_interval(rate: float, independent: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of a mean of numbers from 0 to 1, from Hoeffding's bound.

    Parameters
    ----------
    rate : float
        The mean that was seen.
    independent : int
        How many independent numbers it is a mean of; for a mean over all pairs of k things, k // 2.

    Returns
    -------
    low, high : float
    """
    allowed = np.log(2 / (1 - confidence)) / independent
    ends = []
    for end in (0.0, 1.0):
        inside, outside = rate, end
        for _ in range(HALVINGS):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if _divergence(rate, middle) <= allowed else (inside, middle)
        ends.append(inside)
    return ends[0], ends[1]


def _divergence(seen: float, true: float) -> float:
    """How surprising it is to see one rate where another is true (Kullback and Leibler), for each observation."""
    parts: Floats = np.array([seen, 1 - seen])
    of = np.array([true, 1 - true])
    there = parts > 0
    with np.errstate(divide="ignore"):
        return float((parts[there] * np.log(parts[there] / of[there])).sum())
