import numpy as np
import pytest
from hypothesis import given
from naive import naive_distance
from strategies import SYMMETRIES, stacks

import dupviz.search.histogram
from dupviz import find_pairs, mse_histogram


def naive_mses(stack, symmetries):
    n = len(stack)
    return [naive_distance(stack[a], stack[b], symmetries)[0] for a in range(n) for b in range(a + 1, n)]


@given(stacks(), SYMMETRIES)
def test_counts_are_those_of_all_pairs(stack, symmetries):
    mses = naive_mses(stack, symmetries)
    for bins in (60, [0, 1, 200, 1000], sorted({-1.0, 200_000.0, *mses[:5]})):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dupviz.search.histogram, "BLOCK", 4)
            histogram = mse_histogram(stack, bins=bins, symmetries=symmetries)
        np.testing.assert_array_equal(histogram.counts, np.histogram(mses, histogram.edges)[0])
        assert histogram.exact


def test_default_bins_hold_every_pair():
    stack = np.array([0, 0, 255], np.uint8)[:, None, None, None] * np.ones((50, 50, 3), np.uint8)
    histogram = mse_histogram(stack)
    assert histogram.counts[0] == 1
    assert histogram.counts[-1] == 2
    assert histogram.counts.sum() == 3


@pytest.mark.parametrize("bins", [1, 2, np.int64(7)])
def test_any_number_of_bins_holds_every_pair(bins):
    stack = np.array([0, 0, 255], np.uint8)[:, None, None, None] * np.ones((3, 3, 3), np.uint8)
    histogram = mse_histogram(stack, bins=bins)
    assert len(histogram.counts) == bins
    assert histogram.counts.sum() == 3


def test_a_sample_says_that_it_is_one_and_keeps_its_exact_tail():
    rng = np.random.default_rng(0)
    stack = rng.integers(0, 256, (400, 1, 1, 3)).repeat(2, 1).repeat(2, 2).astype(np.uint8)
    stack[:40] = stack[40:80] + (stack[40:80] < 255)
    exact = mse_histogram(stack)
    estimate = mse_histogram(stack, max_images=150)
    assert (exact.exact, exact.exact_below, exact.sampled) == (True, np.inf, 400)
    assert (estimate.exact, estimate.images, estimate.sampled) == (False, 400, 150)
    below = estimate.edges[1:] <= estimate.exact_below
    assert 500 < estimate.exact_below <= 1000
    np.testing.assert_array_equal(estimate.counts[below], exact.counts[below])
    # 150 images stand for 400: the bulk is right to a few percent.
    bulk = exact.counts > 2000
    np.testing.assert_allclose(estimate.counts[bulk], exact.counts[bulk], rtol=0.3)
    assert estimate.counts.sum() == pytest.approx(400 * 399 / 2, rel=0.05)


def test_pairs_that_are_there_are_not_searched_again(monkeypatch):
    stack = np.random.default_rng(0).integers(0, 256, (20, 2, 2, 3), dtype=np.uint8)
    pairs = find_pairs(stack, max_mse=20_000)
    expected = mse_histogram(stack, max_images=10)
    monkeypatch.setattr(dupviz.search.histogram, "search", None)
    given_pairs = mse_histogram(stack, max_images=10, pairs=pairs)
    assert given_pairs.exact_below > 10_000 > expected.exact_below
    below = given_pairs.edges[1:] <= given_pairs.exact_below
    np.testing.assert_array_equal(given_pairs.counts[below], mse_histogram(stack).counts[below])


@pytest.mark.parametrize("n", [0, 1])
def test_no_pairs_are_no_counts(n):
    assert mse_histogram(np.zeros((n, 3, 3, 3), np.uint8)).counts.sum() == 0


def test_bad_bins_are_named():
    with pytest.raises(ValueError, match="bins must be at least 1, got 0"):
        mse_histogram(np.zeros((2, 3, 3, 3), np.uint8), bins=0)
    with pytest.raises(ValueError, match=r"edges that increase, got \[3, 2\]"):
        mse_histogram(np.zeros((2, 3, 3, 3), np.uint8), bins=[3, 2])
