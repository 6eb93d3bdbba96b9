"""Leaks and conflicts by masks, splits, columns and folders; what gives them nothing to compare is refused."""

import logging

import numpy as np
import pandas as pd
import pytest

from dupviz import find_duplicates, find_label_conflicts, find_leaks
from dupviz.review.split import SplitReview

PICTURES = np.random.default_rng(0).integers(0, 256, (4, 60, 60, 3), np.uint8)


class Rows:
    """A data set as torchvision's, of these pictures with labels."""

    def __init__(self, rows, labels):
        self._rows, self._labels = rows, labels

    def __len__(self):
        return len(self._rows)

    def __getitem__(self, row):
        return PICTURES[self._rows[row]], self._labels[row]


@pytest.fixture(scope="module")
def found():
    splits = {"train": Rows([0, 1], ["cat", "dog"]), "test": Rows([2, 0], ["dog", "dog"])}
    result = find_duplicates(splits, cache=False, progress=False)
    is_test = [split == "test" for split in result.images.files["split"]]
    result.images.files["held_out"], result.images.files["seen"] = is_test, np.logical_not(is_test)
    return result


IN_TEST = np.array([False, False, True, True])


@pytest.mark.parametrize(
    ("train", "test"),
    [("train", "test"), (~IN_TEST, IN_TEST), (pd.Series(~IN_TEST), list(IN_TEST)), ("seen", "held_out")],
)
def test_sides_are_splits_masks_or_columns(found, train, test):
    leaks = find_leaks(found, train=train, test=test)
    assert leaks[["test", "train", "mse"]].to_numpy().tolist() == [[3, 0, 0]]
    assert leaks[["by", "verdict", "kind"]].to_numpy().tolist() == [["mse", "same", "byte copy"]]
    by_mse = find_leaks(found.images, found.near, train=train, test=test)
    pd.testing.assert_frame_equal(leaks.drop(columns=["by", "verdict", "kind"]), by_mse)


@pytest.mark.parametrize(("train", "test"), [("train", "test"), (~IN_TEST, IN_TEST), ("seen", "held_out")])
def test_what_remains_is_told_of_the_same_sides(found, tmp_path, train, test):
    leaks = find_leaks(found, train=train, test=test)
    review = SplitReview(found.images, leaks, train=train, test=test, file=tmp_path / "splits.jsonl")
    review.choose(0, "drop from train")
    assert review.cleaned()[["image", "split"]].to_numpy().tolist() == [[1, "train"], [2, "test"], [3, "test"]]


@pytest.mark.parametrize("labels", [None, "label", ["cat", "dog", "dog", "dog"]])
def test_labels_are_a_column_or_given(found, labels, tmp_path):
    conflicts = find_label_conflicts(found, labels=labels)
    assert conflicts[["a_label", "b_label"]].to_numpy().tolist() == [["cat", "dog"]]
    review = SplitReview(found.images, conflicts, labels=labels, file=tmp_path / "splits.jsonl")
    review.choose(0, "first label")
    assert review.cleaned()["label"].tolist() == ["cat", "dog", "dog", "cat"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"train": IN_TEST[:3], "test": IN_TEST}, "each of the 4 images.* got 3"),
        ({"train": ~IN_TEST, "test": np.zeros(4, bool)}, "test is none of the 4 images"),
        ({"train": "train", "test": "val"}, "splits are 'train', 'test'"),
        ({"train": "train", "test": ~IN_TEST}, "must not overlap"),
    ],
)
def test_sides_that_leave_nothing_to_compare_are_refused(found, options, message):
    with pytest.raises(ValueError, match=message):
        find_leaks(found, **options)


def test_labels_that_leave_nothing_to_compare_are_refused(found):
    with pytest.raises(ValueError, match="have the same, 'cat'"):
        find_label_conflicts(found, labels=["cat"] * 4)
    with pytest.raises(ValueError, match="labels='kind' is no column"):
        find_label_conflicts(found, labels="kind")
    with pytest.raises(ValueError, match="an array comes without labels"):
        find_label_conflicts(find_duplicates(PICTURES, progress=False))
    with pytest.raises(TypeError, match="what find_duplicates gave"):
        find_label_conflicts("data")


@pytest.mark.parametrize("shift", [4, 9, 20])
def test_where_nothing_is_found_the_nearest_is_said(shift, caplog):
    flat = np.full((2, 60, 60, 3), 100, np.uint8)
    flat[1, :, :, 0] += shift
    found = find_duplicates(flat, threshold=10, max_mse=100, verify=False, progress=False)
    with caplog.at_level(logging.WARNING, "dupviz"):
        leaks = find_leaks(found, train=[True, False], test=[False, True], threshold=10)
    assert not len(leaks)
    assert leaks.attrs["nearest"] == {4: 16, 9: 81, 20: np.inf}[shift]
    said = {4: "nearest pair is at 16", 9: "nearest pair is at 81", 20: "no pair is below 100"}[shift]
    assert said in caplog.text
