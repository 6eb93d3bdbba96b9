"""Bins and bars that the report, the explorers and the figures share."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupviz._words.charts import bars, mse_edges


@pytest.mark.parametrize("largest", [10, 1000, 195_075])
def test_edges_go_from_0_to_1_and_evenly_from_there_to_the_largest(largest):
    edges = mse_edges(largest)
    assert (edges[0], edges[1], edges[-1]) == (0, 1, pytest.approx(largest))
    steps = np.diff(np.log10(edges[1:]))
    np.testing.assert_allclose(steps, steps[0])
    assert steps[0] == pytest.approx(1 / 16, rel=0.01)
    assert set(mse_edges(largest, 0.5, 7)) == {*edges, 0.5, 7}


@given(st.lists(st.integers(0, 3), min_size=5, max_size=5), st.floats(-1, 6), st.floats(-1, 6))
def test_bars_are_the_bins_and_each_is_on_one_side_of_the_threshold(counts, threshold, exact_below):
    edges = np.arange(6.0)
    found = list(bars(edges, np.array(counts), threshold, exact_below))
    for low, high, number in zip(edges, edges[1:], counts):
        parts = [bar for bar in found if (bar.low, bar.high) == (low, high)]
        assert {bar.number for bar in parts} == ({number} if number else set())
        assert {bar.is_exact for bar in parts} == ({high <= exact_below} if number else set())
        ends = sorted({low, high} | ({threshold} if low < threshold < high else set()))
        assert [(bar.start, bar.end) for bar in parts] == (list(pairwise(ends)) if number else [])
        assert all(bar.end <= threshold if bar.is_below else bar.start >= threshold for bar in parts)
