from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupviz import distance, find_pairs, wrong_joins_by_date
from dupviz.images.imageset import ImageSet
from dupviz.proposers.candidates import as_candidates
from dupviz.threshold.by_date import known_days
from dupviz.threshold.wrong_joins import rate_interval

TONES = np.array([0, 3, 6, 9, 12, 200])  # of grey tensors: MSEs of 0, 27, 108, 243, 432 and more
MORNING, EVENING = "2021-05-{:02} 08:00", "2021-05-{:02} 20:30:15"


def dated(tones, taken):
    """Grey images that a camera took at some times."""
    tensors = np.zeros((len(tones), 2, 2, 3), np.uint8) + np.reshape(tones, (-1, 1, 1, 1)).astype(np.uint8)
    files = pd.DataFrame(
        {"path": [f"{row}.jpg" for row in range(len(tones))], "taken": pd.to_datetime(taken, format="ISO8601")}
    )
    return ImageSet(tensors, files, pd.DataFrame({"path": [], "reason": []}))


days = st.lists(st.tuples(st.sampled_from(TONES), st.sampled_from([None, 1, 2, 3, 4, 9]), st.booleans()), max_size=14)


@given(days, st.sampled_from([0, 27, 28, 200, 500]))
def test_it_equals_the_double_loop_over_all_pairs(pictures, threshold):
    day = [day for _, day, _ in pictures]
    taken = [day and (EVENING if late else MORNING).format(day) for _, day, late in pictures]
    images = dated([tone for tone, _, _ in pictures], taken)
    known = sorted(set(day) - {None})
    if len(known) < 2:
        with pytest.raises(ValueError, match=f"two known days or more, got {len(known)}: of {len(images)} images"):
            wrong_joins_by_date(images, find_pairs(images, progress=False))
        return
    pairs = joined = 0
    of_days = {two: [] for two in combinations(known, 2)}
    for a, b in combinations(range(len(images)), 2):
        if day[a] and day[b] and day[a] != day[b]:
            is_near = distance(images.tensors[a], images.tensors[b])[0] < threshold
            pairs, joined = pairs + 1, joined + is_near
            of_days[tuple(sorted((day[a], day[b])))].append(is_near)
    share = np.mean([np.mean(near) for near in of_days.values()])
    found = find_pairs(images, progress=False)
    [row] = wrong_joins_by_date(images, found, thresholds=[threshold], pictures=11).itertuples()
    assert (row.threshold, row.pairs, row.joined) == (threshold, pairs, joined)
    assert row.share == pytest.approx(share)
    assert (row.low, row.high) == pytest.approx(rate_interval(share, len(known) // 2))
    assert (row.expected, row.at_most) == pytest.approx((55 * share, 55 * row.high))


def test_more_pictures_of_the_same_days_make_the_interval_no_narrower():
    times = [MORNING.format(day) for day in (2, 3, 4, 5)]
    few, many = (dated([0, 0, 200, 100] * copies, times * copies) for copies in (1, 10))
    [row], [same] = (
        wrong_joins_by_date(images, find_pairs(images, progress=False), thresholds=[200]).itertuples()
        for images in (few, many)
    )
    assert (row.pairs, row.joined, same.pairs, same.joined) == (6, 1, 600, 100)
    assert (row.share, row.low, row.high) == pytest.approx((same.share, same.low, same.high))


def test_the_folder_has_as_many_pictures_as_images_unless_it_is_said():
    images = dated([0, 0, 200], [MORNING.format(2), MORNING.format(3), None])
    [row] = wrong_joins_by_date(images, find_pairs(images, progress=False), thresholds=[200]).itertuples()
    assert (row.share, row.expected) == (1, 3)


def test_it_takes_what_find_duplicates_gave():
    images = dated([0, 0, 200], [MORNING.format(2), MORNING.format(3), MORNING.format(4)])
    pairs = find_pairs(images, progress=False)
    duplicates = SimpleNamespace(images=images, candidates=as_candidates(pairs, images), looks=None)
    assert wrong_joins_by_date(duplicates).equals(wrong_joins_by_date(images, pairs))


def test_a_clock_that_was_never_set_is_no_date():
    unknown = ["2000-01-01 00:00", "2017-01-01 13:00:05", "1970-01-01", "1980-01-02 03:00", "1994-12-31 23:59:59", None]
    known = ["1995-01-02", "1999-12-31 23:59:59", "2000-01-02 00:00", "2020-02-01 00:00"]
    files = pd.DataFrame({"taken": pd.to_datetime(pd.Series(unknown + known), format="ISO8601")})
    assert known_days(files).notna().tolist() == [False] * len(unknown) + [True] * len(known)
    assert known_days(files).dropna().dt.strftime("%Y-%m-%d").tolist() == [date[:10] for date in known]
    assert known_days(pd.DataFrame({"path": ["a", "b"]})).isna().tolist() == [True, True]


def test_what_cannot_be_answered_is_refused():
    images = dated([0, 0, 0], ["2000-01-01 00:00", MORNING.format(3), EVENING.format(3)])
    pairs = find_pairs(images, max_mse=500, progress=False)
    with pytest.raises(ValueError, match="got 1: of 3 images, 2 have the date of a clock that was set"):
        wrong_joins_by_date(images, pairs, thresholds=[200])
    with pytest.raises(ValueError, match="search again with a larger max_mse"):
        wrong_joins_by_date(images, pairs, thresholds=[200, 700])
    with pytest.raises(ValueError, match="confidence must be above 0 and below 1, got 0"):
        wrong_joins_by_date(images, pairs, thresholds=[200], confidence=0)
    with pytest.raises(TypeError, match="what find_duplicates gave, or an ImageSet and its pairs, got DataFrame"):
        wrong_joins_by_date(images.files)
