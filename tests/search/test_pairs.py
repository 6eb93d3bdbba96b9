"""The pairs between search and grouping: complete in any form, refused where they are of other images."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import find_by_mse, groups_by_mse, image_set
from naive import naive_distance, naive_pairs
from strategies import SYMMETRIES, stacks

import dupviz.search.pairs
from dupviz import (
    Labels,
    Pairs,
    TooManyPairsError,
    find_pairs,
    mse_histogram,
    threshold_curve,
    with_truth,
)
from dupviz.metrics import SYMMETRIES as TRANSFORMS
from dupviz.search.find import search
from dupviz.show.export import write_json

LIMITS = st.sampled_from([0, 0.5, 30, 200, 60_000, 1e9])


def assert_same(one, other):
    for name in ("a", "b", "mse", "winners", "leader"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert (one.max_mse, one.symmetries, one.digest) == (other.max_mse, other.symmetries, other.digest)


@given(stacks(), LIMITS, SYMMETRIES)
def test_pairs_hold_all_that_the_naive_double_loop_finds(stack, limit, symmetries):
    pairs, expected = search(stack, max_mse=limit, symmetries=symmetries), naive_pairs(stack, limit, symmetries)
    assert list(pairs.table().itertuples(index=False, name=None)) == expected
    assert pairs.count == len(expected)
    mse, number = pairs.mses()
    assert sorted(np.repeat(mse, number)) == sorted(pair[2] for pair in expected)
    known = {pair[:2]: pair[2] for pair in expected}
    a, b = np.indices((len(stack), len(stack))).reshape(2, -1)
    of_pairs = pairs.mse_of(a, b)[a != b]
    assert of_pairs.tolist() == [known.get((min(i, j), max(i, j)), np.inf) for i, j in zip(a, b) if i != j]


@given(stacks(), LIMITS, SYMMETRIES, st.integers(0, 100))
def test_a_sample_of_all_pairs_is_the_table_in_another_order(stack, limit, symmetries, seed):
    pairs = search(stack, max_mse=limit, symmetries=symmetries)
    sample = pairs.sample(seed=seed)
    assert sample.found is pairs
    assert sample.sort_values(["a", "b"], ignore_index=True).equals(pairs.table())
    assert len(pairs.sample(3, seed=seed)) == min(3, pairs.count)


def test_each_pair_is_drawn_as_often_as_any_other():
    stack = np.zeros((6, 2, 2, 3), np.uint8)
    stack[4:] = np.array([1, 2])[:, None, None, None]  # six equal pairs, eight near ones, and one
    pairs = search(stack, max_mse=100)
    first = [tuple(pairs.sample(1, seed=seed)[["a", "b"]].to_numpy()[0]) for seed in range(1500)]
    times = np.unique(first, axis=0, return_counts=True)[1]
    assert len(times) == pairs.count == 15
    assert times.min() > 60
    assert times.max() < 145


@given(stacks(), SYMMETRIES)
def test_winners_are_all_symmetries_that_give_the_smallest_mse(stack, symmetries):
    pairs = search(stack, max_mse=1e9, symmetries=symmetries)
    for a, b, mse, winners in zip(pairs.a, pairs.b, pairs.mse, pairs.winners):
        for bit, (rotation, mirrored) in enumerate(TRANSFORMS["dihedral"]):
            turned = np.rot90(stack[b][:, ::-1] if mirrored else stack[b], rotation // 90)
            is_winner = (rotation, mirrored) in TRANSFORMS[symmetries] and (
                naive_distance(stack[a], turned, "none")[0] == mse
            )
            assert bool(winners >> bit & 1) == is_winner
    assert [int(np.flatnonzero((stack == tensor).all(axis=(1, 2, 3)))[0]) for tensor in stack] == pairs.leader.tolist()


@given(stacks(), LIMITS, SYMMETRIES, st.integers(0, 99))
def test_a_table_that_was_saved_and_shuffled_becomes_the_same_pairs(stack, limit, symmetries, seed):
    pairs = search(stack, max_mse=limit, symmetries=symmetries)
    table = pd.read_csv(io.StringIO(pairs.table().sample(frac=1, random_state=seed).to_csv(index=False)))
    backwards = table.rename(columns={"a": "b", "b": "a"})
    for each in (table, backwards):
        assert_same(Pairs.from_frame(each, stack, max_mse=limit, symmetries=symmetries), pairs)
    rounded = pairs.table().assign(
        mse=lambda table: np.nextafter(table["mse"], 0)
    )  # as some versions of pandas read CSV
    assert_same(Pairs.from_frame(rounded, stack, max_mse=limit, symmetries=symmetries), pairs)


@given(stacks().filter(len), SYMMETRIES, st.data())
def test_rows_of_a_table_know_their_search(stack, symmetries, data):
    images = image_set(stack)
    table = find_pairs(images, symmetries=symmetries)
    limit = data.draw(st.sampled_from([0, 1, 100, 1000]))
    some = table[table["mse"] < limit]
    groups = groups_by_mse(images, some)
    leader = search(stack).leader
    near = {frozenset(pair[:2]) for pair in naive_pairs(stack, limit, symmetries)}
    gone = groups[groups["action"] == "remove"]
    keeper = groups[groups["action"] == "keep"].set_index("group")["image"]
    for row in gone.itertuples():
        kept = keeper[row.group]
        assert frozenset((row.image, kept)) in near or leader[row.image] == leader[kept]


def gradients(n, size=6):
    """Images of which each is near to the next ones."""
    return np.array([np.full((size, size, 3), 10 * i, np.uint8) for i in range(n)])


def test_a_table_that_lost_its_search_is_refused():
    images = image_set(gradients(4))
    table = find_pairs(images, max_mse=100)
    merged = table.merge(pd.DataFrame({"a": range(4)}), on="a")
    read = pd.read_csv(io.StringIO(table.to_csv(index=False)))
    for each in (merged, read):
        with pytest.raises(ValueError, match="does not say how far its search went"):
            groups_by_mse(images, each, threshold=5000)
        taken = Pairs.from_frame(each, images, max_mse=100)
        with pytest.raises(ValueError, match=r"from 0 to max_mse \(100\), got 5000"):
            groups_by_mse(images, taken, threshold=5000)
    with pytest.raises(ValueError, match=r"from 0 to max_mse \(100\), got 5000"):
        groups_by_mse(images, table, threshold=5000)


def test_pairs_of_other_images_are_refused():
    images, one_more = image_set(gradients(4)), image_set(gradients(5)[::-1])
    changed = image_set(gradients(4))
    changed.tensors[2, 0, 0, 0] += 1
    pairs = find_pairs(images, max_mse=20_000)
    for others, words in ((one_more, "found among 4, and here are 5"), (changed, "the images have changed")):
        for given_pairs in (pairs, pairs.found, pairs[:1]):
            with pytest.raises(ValueError, match=words):
                groups_by_mse(others, given_pairs)
        with pytest.raises(ValueError, match=words):
            mse_histogram(others, pairs=pairs, max_images=2)
        with pytest.raises(ValueError, match=words):
            Labels(others).labelled(pairs)
    with pytest.raises(ValueError, match=r"rows 0 and 1 have an MSE of 300.0 here, and 299.0 in the table"):
        Pairs.from_frame(pairs.assign(mse=pairs["mse"] - 1), images, max_mse=20_000)


def test_a_table_that_cannot_be_one_of_pairs_is_named():
    images = gradients(3)
    table = find_pairs(images, max_mse=20_000)
    with pytest.raises(ValueError, match="columns a, b and mse, but there is no mse"):
        Pairs.from_frame(table[["a", "b"]], images, max_mse=100)
    with pytest.raises(ValueError, match="row 7, but there are 3 images"):
        Pairs.from_frame(table.assign(b=7), images, max_mse=20_000)
    with pytest.raises(ValueError, match="max_mse is 100, but a pair has an MSE of 1200"):
        Pairs.from_frame(table, images, max_mse=100)


def test_identical_images_count_in_truth_labels_and_json(tmp_path, monkeypatch):
    """Four copies are six pairs, wherever they are counted: they were three where all pairs were too many to list."""
    images = image_set(np.zeros((4, 3, 3, 3), np.uint8))
    duplicates = find_by_mse(images, progress=False)
    truth = pd.DataFrame({"file": images.files["path"], "source": "black"})
    curve = threshold_curve(with_truth(images, duplicates.near, truth, folder="."))
    assert (curve["recall"] == 1).all()
    labels = Labels(images, tmp_path / "labels")
    labels.set(1, 3, True)
    assert labels.labelled(duplicates.near)["mse"].tolist() == [0]
    file = io.StringIO()
    write_json(duplicates, file)
    assert len(json.loads(file.getvalue())["pairs"]) == 6
    monkeypatch.setattr(dupviz.search.pairs, "MAX_PAIRS", 5)
    assert len(find_by_mse(images, progress=False).to_remove) == 3
    file = io.StringIO()
    with pytest.raises(TooManyPairsError, match="more than 5 pairs"):
        write_json(find_by_mse(images, progress=False), file)
    assert file.getvalue() == ""
