from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from dupviz import wrong_joins
from dupviz.threshold.suggest import share_interval
from dupviz.threshold.wrong_joins import rate_interval


def labelled(source, near):
    """All pairs of files: at 50 where two are near, else beyond; copies of one picture are at 10."""
    rows = []
    for a, b in combinations(range(len(source)), 2):
        same = source[a] == source[b]
        rows.append((a, b, 10.0 if same else 50.0 if frozenset((a, b)) in near else 5000.0, same))
    return pd.DataFrame(rows, columns=["a", "b", "mse", "same"])


def test_pairs_of_pictures_are_counted_by_hand():
    source = ["x", "x", "y", "y", "z"]
    joins = wrong_joins(
        labelled(source, {frozenset((0, 2)), frozenset((0, 3)), frozenset((0, 4))}),
        source=source,
        pictures=101,
        thresholds=[10, 50, 51, 5000],
    ).set_index("threshold")
    assert joins["pairs"].tolist() == [3] * 4
    assert joins["joined"].tolist() == [0, 0, 2, 2]
    # x and y are joined in two of four pairs of files, x and z in one of two
    assert joins["share"].tolist() == pytest.approx([0, 0, (0.5 + 0.5) / 3, (0.5 + 0.5) / 3])
    assert joins.loc[51, "expected"] == pytest.approx(5050 / 3)
    assert joins.loc[10, "at_most"] == pytest.approx(5050 * joins.loc[10, "high"])


def test_more_copies_of_each_picture_make_no_difference():
    near = {frozenset(pair) for pair in [("p0", "p1"), ("p2", "p3")]}
    for copies in (1, 3, 10):
        source = [f"p{number}" for number in range(10) for _ in range(copies)]
        pairs = {frozenset((a, b)) for a, b in combinations(range(len(source)), 2) if {source[a], source[b]} in near}
        [row] = wrong_joins(labelled(source, pairs), source=source, pictures=100, thresholds=[200]).itertuples()
        assert (row.pairs, row.joined) == (45, 2)
        assert row.share == pytest.approx(2 / 45)
        assert (row.low, row.high) == rate_interval(row.share, 5)


def test_of_none_the_interval_is_the_exact_one_and_it_contains_what_was_seen():
    for independent in (1, 20, 300):
        assert rate_interval(0, independent)[1] == pytest.approx(share_interval(0, independent)[1])
        assert rate_interval(1, independent)[0] == pytest.approx(share_interval(independent, independent)[0])
        for rate in (0, 0.01, 0.5, 1):
            low, high = rate_interval(rate, independent)
            exact = share_interval(round(rate * independent), independent)
            assert 0 <= low <= rate <= high <= 1
            assert high - low >= 0.99 * (exact[1] - exact[0]) or rate * independent % 1


@pytest.mark.parametrize("hub", ["pages", "near to all"])
def test_the_interval_holds_where_one_picture_is_near_to_many(hub):
    rng = np.random.default_rng(0)
    truth, held = {"pages": 0.1**2, "near to all": 1 - 0.95**2}[hub], 0
    for _ in range(500):
        if hub == "pages":
            is_hub = rng.random(40) < 0.1
            joined = is_hub[:, None] & is_hub
        else:
            is_hub = rng.random(40) < 0.05
            joined = is_hub[:, None] | is_hub
        share = np.triu(joined, 1).sum() / 780
        low, high = rate_interval(share, 20)
        held += low <= truth <= high
    assert held >= 0.95 * 500


def test_what_cannot_be_answered_is_refused():
    with pytest.raises(ValueError, match="two different pictures or more, got 1"):
        wrong_joins(labelled(["x", "x"], set()), source=["x", "x"], pictures=10)
    with pytest.raises(ValueError, match="confidence must be above 0 and below 1, got 1"):
        wrong_joins(labelled(["x", "y"], set()), source=["x", "y"], pictures=10, confidence=1)
