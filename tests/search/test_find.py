"""The laws of the search, on sizes that reach each of its paths: one leaf and many, pair by pair and in products."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive import naive_distance, naive_pairs
from strategies import SYMMETRIES, stacks, tensors

import dupviz.search.leaves
import dupviz.search.sketches
import dupviz.search.verify
from dupviz import TooManyPairsError, find_pairs, transform
from dupviz.metrics import SYMMETRIES as TRANSFORMS
from dupviz.search.bounds import invariants, rounded_up, symmetry_bounds, thumbnails
from dupviz.search.find import search
from dupviz.search.symmetry import INVERSES, all_pairs, pair_by_pair, split, squared_error_sums

LIMITS = st.sampled_from([0, 0.5, 1, 30, 200, 1000, 60_000, 1e9])


def rows(pairs):
    return [tuple(row) for row in pairs.itertuples(index=False)]


@pytest.fixture(params=["products", "pair by pair"])
def exact_path(request, monkeypatch):
    """Force one of the two ways in which thumbnails and tensors are compared."""
    for module in (dupviz.search.leaves, dupviz.search.verify):
        monkeypatch.setattr(module, "DENSE", {"products": 0, "pair by pair": 2}[request.param])


@pytest.fixture(params=[2, 1024])
def leaf_size(request, monkeypatch):
    """Let a few images fill many leaves, and many pieces of work."""
    monkeypatch.setattr(dupviz.search.leaves, "LEAF", request.param)
    if request.param == 2:
        monkeypatch.setattr(dupviz.search.leaves, "LEAVES", 1)
        monkeypatch.setattr(dupviz.search.verify, "BATCH", 3)
        monkeypatch.setattr(dupviz.search.verify, "TILE", 2)
        monkeypatch.setattr(dupviz.search.leaves, "BLOCK", 2)
        monkeypatch.setattr(dupviz.search.sketches, "CHUNK", 3)


@pytest.mark.usefixtures("exact_path", "leaf_size")
@given(stack=stacks(), limit=LIMITS, symmetries=SYMMETRIES)
def test_find_pairs_equals_the_naive_double_loop(stack, limit, symmetries):
    assert rows(find_pairs(stack, max_mse=limit, symmetries=symmetries)) == naive_pairs(stack, limit, symmetries)


@pytest.mark.usefixtures("exact_path", "leaf_size")
@given(stack=stacks(), limit=LIMITS, symmetries=SYMMETRIES, data=st.data())
def test_new_images_meet_all_and_old_ones_do_not_meet_each_other(stack, limit, symmetries, data):
    new = np.array(data.draw(st.lists(st.booleans(), min_size=len(stack), max_size=len(stack))), bool)
    found = search(stack, max_mse=limit, symmetries=symmetries, new=new)
    counts = [any(new[other] and np.array_equal(one, stack[other]) for other in range(len(stack))) for one in stack]
    expected = [pair for pair in naive_pairs(stack, limit, symmetries) if counts[pair[0]] or counts[pair[1]]]
    assert rows(found.table()) == expected
    found.check_images(stack)


@pytest.mark.usefixtures("exact_path", "leaf_size")
@given(stack=stacks(max_images=8).filter(lambda stack: len(stack) > 1), symmetries=SYMMETRIES, data=st.data())
def test_a_pair_at_the_limit_is_out_and_one_just_below_is_in(stack, symmetries, data):
    a, b = data.draw(st.lists(st.integers(0, len(stack) - 1), min_size=2, max_size=2, unique=True).map(sorted))
    limit = naive_distance(stack[a], stack[b], symmetries)[0]
    at = find_pairs(stack, max_mse=limit, symmetries=symmetries)
    above = find_pairs(stack, max_mse=np.nextafter(limit, np.inf), symmetries=symmetries)
    assert not ((at["a"] == a) & (at["b"] == b)).any()
    assert ((above["a"] == a) & (above["b"] == b)).any()


@pytest.mark.parametrize("symmetries", TRANSFORMS)
@pytest.mark.parametrize("size", [1, 7, 16, 50])
def test_real_sizes_equal_the_naive_double_loop(size, symmetries):
    rng = np.random.default_rng(size)
    n = 4 if size == 50 else 12
    smooth = np.cumsum(rng.integers(-9, 10, (n, size, size, 3)), axis=1) % 256
    close = np.clip(smooth + rng.integers(-9, 10, smooth.shape), 0, 255)
    stack = np.concatenate([smooth, np.rot90(close, 1, axes=(1, 2)), smooth[:, :, ::-1]]).astype(np.uint8)
    expected = naive_pairs(stack, 1000, symmetries)
    assert rows(find_pairs(stack, max_mse=1000, symmetries=symmetries)) == expected
    assert expected or symmetries == "none"


def test_several_real_leaves_equal_a_brute_force_product():
    rng = np.random.default_rng(3)
    stack = rng.integers(0, 256, (400, 8, 8, 3))
    copies = stack[rng.integers(0, 400, 2600)] + rng.integers(-12, 13, (2600, 8, 8, 3))
    stack = np.concatenate([stack, np.clip(copies, 0, 255)]).astype(np.uint8)
    stack[::3] = np.rot90(stack[::3], 1, axes=(1, 2))
    nearest = np.full((len(stack), len(stack)), np.inf)
    flat = stack.reshape(len(stack), -1).astype(np.float64)
    for turns in range(4):
        turned = np.rot90(stack, turns, axes=(1, 2)).reshape(len(stack), -1).astype(np.float64)
        sums = (flat**2).sum(1)[:, None] + (turned**2).sum(1) - 2 * flat @ turned.T
        nearest = np.minimum(nearest, sums / 64)
    a, b = np.nonzero(np.triu(nearest < 500, 1))
    pairs = find_pairs(stack, max_mse=500)
    assert len(pairs) > 2600
    np.testing.assert_array_equal(pairs[["a", "b"]], np.column_stack([a, b]))
    np.testing.assert_array_equal(pairs["mse"], nearest[a, b])


def test_no_images_one_image_and_no_pairs():
    for n in (0, 1):
        pairs = find_pairs(np.zeros((n, 50, 50, 3), np.uint8))
        assert list(pairs.columns) == ["a", "b", "mse", "rotation", "mirrored"]
        assert list(map(str, pairs.dtypes)) == ["int64", "int64", "float64", "int16", "bool"]
        assert len(pairs) == 0


def test_all_black_images_are_pairs_of_zero():
    pairs = find_pairs(np.zeros((20, 50, 50, 3), np.uint8))
    assert len(pairs) == 190
    assert (pairs[["mse", "rotation", "mirrored"]] == 0).all(axis=None)


@given(stacks(), st.tuples(LIMITS, LIMITS).map(sorted), SYMMETRIES)
def test_a_larger_limit_never_finds_fewer_pairs(stack, limits, symmetries):
    smaller, larger = (set(rows(find_pairs(stack, max_mse=limit, symmetries=symmetries))) for limit in limits)
    assert smaller <= larger


@pytest.mark.usefixtures("leaf_size")
@given(stack=stacks(), symmetries=SYMMETRIES, seed=st.integers(0, 2**32 - 1))
def test_pairs_do_not_depend_on_the_order_of_the_images(stack, symmetries, seed):
    order = np.random.default_rng(seed).permutation(len(stack))
    pairs = find_pairs(stack, symmetries=symmetries)
    shuffled = find_pairs(stack[order], symmetries=symmetries)
    there = {(frozenset((row.a, row.b)), row.mse) for row in pairs.itertuples()}
    back = {(frozenset((order[row.a], order[row.b])), row.mse) for row in shuffled.itertuples()}
    assert there == back


def test_ten_thousand_blank_pages_cost_nothing():
    stack = np.full((10_000, 50, 50, 3), 255, np.uint8)
    stack[5000, 0, 0] = 200
    with pytest.raises(TooManyPairsError, match="more than 20,000,000 pairs lie below 1000"):
        find_pairs(stack)
    found = search(stack)
    assert (found.a.tolist(), found.b.tolist(), found.count) == ([0], [5000], 10_000 * 9_999 // 2)


def test_too_many_pairs_are_refused_before_they_are_all_there():
    rng = np.random.default_rng(0)
    stack = 128 + rng.integers(0, 2, (3000, 4, 4, 3)).astype(np.uint8)
    with pytest.raises(TooManyPairsError, match="more than 1,000 pairs"):
        find_pairs(stack, max_pairs=1000)


def test_memory_mapped_tensors_are_searched(tmp_path):
    rng = np.random.default_rng(0)
    stack = rng.integers(0, 256, (50, 6, 6, 3), dtype=np.uint8)
    stack[25:] = np.rot90(stack[:25], 1, axes=(1, 2))
    np.save(tmp_path / "tensors.npy", stack)
    mapped = np.load(tmp_path / "tensors.npy", mmap_mode="r")
    assert rows(find_pairs(mapped)) == rows(find_pairs(stack)) == [(i, i + 25, 0.0, 270, False) for i in range(25)]


def test_other_executors_give_the_same_pairs():
    rng = np.random.default_rng(0)
    stack = rng.integers(100, 120, (60, 10, 10, 3), dtype=np.uint8)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assert rows(find_pairs(stack, max_mse=200, workers=processes)) == rows(find_pairs(stack, max_mse=200))


@given(st.integers(1, 12), SYMMETRIES, st.data())
def test_products_of_parts_are_exact(size, symmetries, data):
    a, b = data.draw(tensors(size=size)), data.draw(tensors(size=size))
    sums = squared_error_sums(a[None], b[None], symmetries)[:, 0, 0]
    for (rotation, mirrored), value in zip(TRANSFORMS[symmetries], sums, strict=True):
        difference = a.astype(int) - transform(b, rotation=rotation, mirrored=mirrored)
        assert value == (difference**2).sum()


@given(st.one_of(st.integers(1, 12), st.just(50)), SYMMETRIES, st.data())
def test_bounds_never_exceed_the_distance(size, symmetries, data):
    a, b = data.draw(tensors(size=size)), data.draw(tensors(size=size))
    parts_a, parts_b = (split(thumbnails(tensor[None]), symmetries) for tensor in (a, b))
    exact = squared_error_sums(a[None], b[None], symmetries)[:, 0, 0] / size**2
    for dot in (all_pairs, pair_by_pair):
        assert (symmetry_bounds(parts_a, parts_b, symmetries, dot).reshape(-1) <= rounded_up(exact)).all()
    shortened = ((invariants(parts_a, symmetries) - invariants(parts_b, symmetries)) ** 2).sum()
    assert shortened <= rounded_up(exact.min())


@given(st.one_of(st.integers(1, 12), st.just(50)), SYMMETRIES, st.data())
def test_short_vectors_are_invariant(size, symmetries, data):
    tensor = data.draw(tensors(size=size))
    rotation, mirrored = data.draw(st.sampled_from(TRANSFORMS[symmetries]))
    other = transform(tensor, rotation=rotation, mirrored=mirrored)
    a, b = (invariants(split(thumbnails(t[None]), symmetries), symmetries) for t in (tensor, other))
    assert np.linalg.norm(a - b) < 0.02


def test_inverses_undo():
    numbered = np.arange(27).reshape(3, 3, 3)
    for bit, (rotation, mirrored) in enumerate(TRANSFORMS["dihedral"]):
        inverse = int(INVERSES[1 << bit]).bit_length() - 1
        r, m = TRANSFORMS["dihedral"][inverse]
        there = transform(numbered, rotation=rotation, mirrored=mirrored)
        np.testing.assert_array_equal(transform(there, rotation=r, mirrored=m), numbered)


def test_bad_arguments_are_named():
    stack = np.zeros((3, 4, 4, 3), np.uint8)
    with pytest.raises(TypeError, match="uint8, got float64"):
        find_pairs(stack.astype(float))
    with pytest.raises(ValueError, match=r"\(n, size, size, channels\), got \(3, 2, 4, 3\)"):
        find_pairs(stack[:, :2])
    with pytest.raises(ValueError, match="max_mse must be 0 or more, got -1"):
        find_pairs(stack, max_mse=-1)
    with pytest.raises(ValueError, match="max_mse must be 0 or more, got nan"):
        find_pairs(stack, max_mse=float("nan"))
    with pytest.raises(ValueError, match="got 'turns'"):
        find_pairs(stack, symmetries="turns")
