"""How often different pictures are joined, without labels: those that a camera took on different days."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dupviz.groups.sides import Result, found_of
from dupviz.images.imageset import ImageSet
from dupviz.search.pairs import Pairs
from dupviz.threshold.suggest import CANDIDATES
from dupviz.threshold.wrong_joins import check_confidence, joined_units, with_counts

__all__ = ["known_days", "wrong_joins_by_date"]

FIRST_YEAR = 1995  # of EXIF: an earlier date was typed in, or is that of a clock that was never set


def wrong_joins_by_date(
    images: ImageSet | Result,
    pairs: Pairs | pd.DataFrame | None = None,
    *,
    pictures: int | None = None,
    thresholds: ArrayLike = CANDIDATES,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """How often two pictures of different days are below a threshold, and how many such pairs a folder has then.

    No labels are needed. A copy keeps the date on which the camera took its original, so two pictures of different days
    are different pictures. Each pair of them that is below the threshold is a wrong one. What was photographed or
    scanned twice, on two days, counts as two pictures.

    Pictures of one day are like each other, and some are copies, so the days are the sample. Each two days count the
    same, however many pictures they have, and of k days the interval is that of k / 2 independent pairs: see
    `wrong_joins`. It holds for days like these, if they are a random choice. It says nothing of two pictures of one
    day, which are joined more often.

    Parameters
    ----------
    images : ImageSet or Duplicates
        Only pictures count of which `known_days` knows the day: not those of 1 January, and none from before 1995.
    pairs : Pairs or DataFrame, optional
        What `find_pairs` gave for these images; not needed with what `find_duplicates` gave.
    pictures : int, optional
        How many different pictures the folder has; by default, as many as there are images, dated or not.
    thresholds : array_like of float, shape (m,)
        None of them above the limit of the search.
    confidence : float
        Of each interval, above 0 and below 1.

    Returns
    -------
    DataFrame
        One row per threshold:

        - threshold (float64);
        - pairs (int64): of two images of different days; joined (int64): those of them that are below it;
        - share, low, high (float64): the share of pairs of images below it, the mean over all pairs of days, and its
          interval;
        - expected, at_most (float64): how many wrong pairs that makes of all pairs of as many pictures as the folder
          has, if each is of another day, and the upper end of its interval.

    Raises
    ------
    TooManyPairsError
        If more than `dupviz.search.pairs.MAX_PAIRS` pairs were found.
    ValueError
        If the pictures are of fewer than two known days, `confidence` is not between 0 and 1, or a threshold is above
        the limit of the search.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> source = images.files["path"].str.replace("bonaire", "netherlands")
    >>> source = source.str.replace("french_guiana|reunion|wallis_and_futuna", "france", regex=True)
    >>> images.files["taken"] = pd.Timestamp("2020-05-01 12:00") + pd.to_timedelta(pd.factorize(source)[0], "D")
    >>> pairs = dv.find_pairs(images, progress=False)  # dates are made up: a copy has its original's
    >>> joins = dv.wrong_joins_by_date(images, pairs, pictures=50, thresholds=[200, 500])
    >>> joins[["threshold", "pairs", "joined", "expected", "at_most"]].round()  # Monaco and Indonesia
       threshold  pairs  joined  expected  at_most
    0      200.0    164       0       0.0    502.0
    1      500.0    164       1      12.0    538.0
    """
    found = found_of(images, pairs)
    images, near = found.images, found.pairs
    check_confidence(confidence)
    thresholds = np.asarray(thresholds, np.float64)
    for threshold in thresholds:
        near.check_threshold(threshold)
    dates = known_days(images.files)
    day, days = pd.factorize(dates)
    if len(days) < 2:
        raise ValueError(
            f"there must be pictures of two known days or more, got {len(days)}: of {len(images):,} images, "
            f"{int(dates.notna().sum()):,} have the date of a clock that was set; wrong_joins takes labels instead"
        )
    files = np.bincount(day[day >= 0])
    table = near.table()
    a, b = day[table["a"]], day[table["b"]]
    different = (a >= 0) & (b >= 0) & (a != b)
    mse = table["mse"].to_numpy()[different]
    joins = joined_units(
        np.array([a, b])[:, different],
        mse,
        files=files,
        pictures=len(images) if pictures is None else pictures,
        thresholds=thresholds,
        confidence=confidence,
    )
    among = int(files.sum() ** 2 - (files**2).sum()) // 2
    return with_counts(joins, among, [int((mse < threshold).sum()) for threshold in thresholds])


def known_days(files: pd.DataFrame) -> pd.Series:
    """The day on which a camera took each picture, NaT where that is not known.

    A clock that was never set begins on 1 January: often of 1970, 1980 or 2000, or of the year of its camera. So
    pictures of that day do not count, and neither do those from before 1995, when EXIF began.

    Parameters
    ----------
    files : DataFrame
        Of an `ImageSet`, whose column ``taken`` is read; tables without it know no days.

    Returns
    -------
    Series of datetime64[ns]

    Examples
    --------
    >>> from dupviz.threshold.by_date import known_days
    >>> taken = pd.to_datetime(pd.Series(["2000-01-01 00:04", "1970-05-01 12:00", "2021-06-05 17:30", None]))
    >>> known_days(pd.DataFrame({"taken": taken})).dt.strftime("%d.%m.%Y").tolist()
    [nan, nan, '05.06.2021', nan]
    """
    empty = pd.Series(pd.NaT, files.index, dtype="datetime64[ns]")
    taken = files.get("taken", empty)
    is_set = (taken.dt.year >= FIRST_YEAR) & ~((taken.dt.month == 1) & (taken.dt.day == 1))
    days: pd.Series = taken.dt.normalize().where(is_set)
    return days
