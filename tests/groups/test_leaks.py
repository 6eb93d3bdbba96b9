"""Leaks and label conflicts are those of the plain loop over all pairs, in whichever form the pairs were found."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import image_set, made_up_pairs
from naive import naive_distance, naive_pairs
from strategies import SYMMETRIES, stacks

from dupviz import ImageSet, TooManyPairsError, find_pairs
from dupviz.groups import across
from dupviz.groups.leaks import find_label_conflicts, find_leaks, fraction_affected

THRESHOLDS = st.sampled_from([0, 1, 200, 1000])


def in_folders(stack, folders):
    """Images in these folders, one after the other."""
    images = image_set(stack)
    paths = pd.Series([f"{folder}/{i}.jpg" for i, folder in enumerate(folders)], dtype=object)
    return ImageSet(images.tensors, images.files.assign(path=paths), images.errors)


def check_matches(found, ends, stack, symmetries):
    """Each row says how its second image matches its first one best."""
    for row in found.itertuples():
        a, b = (stack[getattr(row, end)] for end in ends)
        assert (row.mse, row.rotation, row.mirrored) == naive_distance(a, b, symmetries)


@given(stacks(), SYMMETRIES, THRESHOLDS, st.data())
def test_leaks_are_those_of_the_naive_loop(stack, symmetries, threshold, data):
    sides = data.draw(st.lists(st.sampled_from(["train", "test", "else"]), min_size=len(stack), max_size=len(stack)))
    images = in_folders(stack, sides)
    pairs = find_pairs(images, symmetries=symmetries)
    if not {"train", "test"} <= set(sides):
        with pytest.raises(ValueError, match="none of the images lies in"):
            find_leaks(images, pairs, train="train", test="test", threshold=threshold)
        return
    leaks = find_leaks(images, pairs, train="train", test="test", threshold=threshold)

    expected = []
    for a, b, value, *_ in naive_pairs(stack, threshold, symmetries):
        if {sides[a], sides[b]} == {"train", "test"}:
            expected.append((*((a, b) if sides[a] == "test" else (b, a)), value))
    expected.sort(key=lambda row: (row[0], row[2], row[1]))
    assert list(leaks[["test", "train", "mse"]].itertuples(index=False, name=None)) == expected
    check_matches(leaks, ("test", "train"), stack, symmetries)
    paths = images.files["path"]
    assert leaks["test_path"].tolist() == paths[leaks["test"]].tolist()
    assert leaks["train_path"].tolist() == paths[leaks["train"]].tolist()
    assert fraction_affected(leaks) == len({row[0] for row in expected}) / sides.count("test")
    if not expected:
        across = [
            value
            for a, b, value, *_ in naive_pairs(stack, 1000, symmetries)
            if {sides[a], sides[b]} == {"train", "test"}
        ]
        assert leaks.attrs["nearest"] == min(across, default=np.inf)


@given(stacks(), SYMMETRIES, THRESHOLDS, st.booleans(), st.data())
def test_label_conflicts_are_those_of_the_naive_loop(stack, symmetries, threshold, are_given, data):
    choices = ["cat", "dog", "owl", None] if are_given else ["cat", "dog", "owl"]
    labels = data.draw(st.lists(st.sampled_from(choices), min_size=len(stack), max_size=len(stack)))
    images = in_folders(stack, ["photos"] * len(stack) if are_given else [f"photos/{label}" for label in labels])
    pairs = find_pairs(images, symmetries=symmetries)
    options = {"threshold": threshold, "labels": labels if are_given else None}
    if not any(labels):
        with pytest.raises(ValueError, match="no image has a label"):
            find_label_conflicts(images, pairs, **options)
        return
    if len(labels) > 1 and len(set(labels) - {None}) == 1:
        with pytest.raises(ValueError, match="all images with a label have the same"):
            find_label_conflicts(images, pairs, **options)
        return
    conflicts = find_label_conflicts(images, pairs, **options)

    expected = [
        (a, b, value, labels[a], labels[b])
        for a, b, value, *_ in naive_pairs(stack, threshold, symmetries)
        if labels[a] and labels[b] and labels[a] != labels[b]
    ]
    expected.sort(key=lambda row: (row[0], row[2], row[1]))
    columns = ["a", "b", "mse", "a_label", "b_label"]
    assert list(conflicts[columns].itertuples(index=False, name=None)) == expected
    check_matches(conflicts, ("a", "b"), stack, symmetries)
    affected = {end for row in expected for end in row[:2]}
    assert fraction_affected(conflicts) == len(affected) / sum(label is not None for label in labels)


def test_two_equal_images_leak_through_a_third_that_stands_for_them():
    stack = np.zeros((3, 5, 5, 3), np.uint8)
    images = in_folders(stack, ["a", "test", "train"])
    pairs = find_pairs(images)
    leaks = find_leaks(images, pairs, train="train", test="test")
    assert leaks[["test", "train", "mse"]].to_numpy().tolist() == [[1, 2, 0]]


def test_folders_are_found_through_links_and_parts_of_names_are_no_folders(tmp_path):
    for folder in ("train", "test", "test2"):
        (tmp_path / folder / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "test")
    stack = np.zeros((3, 5, 5, 3), np.uint8)
    images = in_folders(stack, [f"{tmp_path}/{folder}" for folder in ("train/deep", "link/deep", "test2/deep")])
    pairs = find_pairs(images)
    leaks = find_leaks(images, pairs, train=tmp_path / "train", test=tmp_path / "test")
    assert leaks["test"].tolist() == [1]
    both = find_leaks(images, pairs, train=[tmp_path / "train"], test=[tmp_path / "link", f"{tmp_path}/test2/"])
    assert both["test"].tolist() == [1, 2]


def test_errors_name_the_value_and_the_way_out():
    images = in_folders(np.zeros((3, 5, 5, 3), np.uint8), ["train", "test", "test/deep"])
    pairs = find_pairs(images, max_mse=300)
    with pytest.raises(ValueError, match=r"train: none of the images lies in 'tests': they are such as 'train/0.jpg'"):
        find_leaks(images, pairs, train=["train", "tests"], test="test")
    with pytest.raises(ValueError, match="test must name a folder, got none"):
        find_leaks(images, pairs, train="train", test=[])
    with pytest.raises(ValueError, match=r"must not overlap, but 'test/deep/2.jpg' lies in both \(1 in all\)"):
        find_leaks(images, pairs, train=["train", "test/deep"], test="test")
    with pytest.raises(ValueError, match=r"from 0 to max_mse \(300\), got 301"):
        find_leaks(images, pairs, train="train", test="test", threshold=301)
    with pytest.raises(ValueError, match=r"one for each of 3 images, got 2"):
        find_label_conflicts(images, pairs, labels=["a", "b"])
    with pytest.raises(ValueError, match="what find_leaks or find_label_conflicts gave"):
        fraction_affected(pairs)


def test_the_fraction_of_some_rows_is_that_of_the_images_in_them():
    images = in_folders(np.zeros((5, 5, 5, 3), np.uint8), ["train", "test", "test", "test", "test"])
    leaks = find_leaks(images, find_pairs(images), train="train", test="test")
    assert fraction_affected(leaks) == 1
    assert fraction_affected(leaks[leaks["test"] > 3]) == 0.25


def test_too_many_pairs_are_refused_before_they_are_made(monkeypatch):
    monkeypatch.setattr(across, "MAX_PAIRS", 3)
    images = in_folders(np.zeros((4, 5, 5, 3), np.uint8), "aabb")
    pairs = find_pairs(images)
    with pytest.raises(TooManyPairsError, match="more than 3 pairs lie below 200"):
        find_leaks(images, pairs, train="a", test="b")
    with pytest.raises(TooManyPairsError, match="a lower threshold"):
        find_label_conflicts(images, pairs, labels=range(4))
    assert len(find_label_conflicts(images, pairs, labels=["x", "x", None, "y"])) == 2


def test_a_million_pairs_of_a_hundred_thousand_images_take_seconds():
    n, m, rng = 100_000, 1_000_000, np.random.default_rng(0)
    ends = np.sort(rng.integers(0, n, (m, 2)), axis=1)
    ends = np.unique(ends[ends[:, 0] < ends[:, 1]], axis=0)
    images = in_folders(np.zeros((n, 1, 1, 3), np.uint8), np.where(np.arange(n) % 5, "train", "test"))
    pairs = made_up_pairs(images, *ends.T, rng.integers(1, 200, len(ends)).astype(float), winners=2)
    start = time.process_time()
    leaks = find_leaks(images, pairs, train="train", test="test")
    took = time.process_time() - start
    assert len(leaks) == (ends % 5 == 0).any(axis=1).sum() - (ends % 5 == 0).all(axis=1).sum()
    start = time.process_time()
    assert len(find_label_conflicts(images, pairs)) == len(leaks)
    print(f"leaks: {took:.1f} s, label conflicts: {time.process_time() - start:.1f} s")  # noqa: T201
    assert took < 20


@pytest.mark.parametrize("explicit", [False, True])
def test_two_spellings_of_one_name_are_one_label(explicit):
    stack = np.zeros((3, 50, 50, 3), np.uint8)
    names = ["caf\xe9", "cafe\u0301", "cafe"]
    images = in_folders(stack, names)
    labels = names if explicit else None
    conflicts = find_label_conflicts(images, find_pairs(images, progress=False), labels=labels)
    assert list(zip(conflicts["a"], conflicts["b"])) == [(0, 2), (1, 2)]
    assert explicit or conflicts["a_label"].tolist() == ["caf\xe9"] * 2
