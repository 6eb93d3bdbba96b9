"""Leaks and label conflicts, decided pair by pair: what remains, and what is remembered."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import find_by_mse
from PIL import Image

from dupviz import find_label_conflicts, find_leaks
from dupviz.review.split import SplitReview
from dupviz.widgets import SplitGallery


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data set of cats and dogs with two leaks, of which one has the other label as well."""
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (40, 60, 3), np.uint8) for _ in range(6)]
    places = ["train/cat/a", "train/cat/b", "train/dog/c", "test/cat/d", "test/dog/e", "test/dog/f"]
    shown = [0, 1, 2, 0, 1, 5]  # d is a, and e is b
    for place, number in zip(places, shown):
        path = folder / f"{place}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pictures[number]).save(path)
    return folder, find_by_mse(folder, progress=False, cache=False)


@pytest.fixture
def leaks(data, tmp_path):
    folder, found = data
    parts = {"train": folder / "train", "test": folder / "test"}
    table = find_leaks(found.images, found.pairs, **parts)
    return lambda: SplitReview(found.images, table, **parts, file=tmp_path / "splits.jsonl")


@pytest.fixture
def conflicts(data, tmp_path):
    _, found = data
    table = find_label_conflicts(found.images, found.pairs)
    return lambda: SplitReview(found.images, table, file=tmp_path / "splits.jsonl")


def names(table, column):
    return {path.rpartition("/")[2][0]: value for path, value in zip(table["path"], table[column])}


ALL = dict.fromkeys("abc", "train") | dict.fromkeys("def", "test")


def test_what_is_dropped_is_not_in_the_table_and_all_else_is(leaks):
    review = leaks()
    assert names(review.cleaned(), "split") == ALL
    review.choose(0, "drop from train")
    assert names(review.cleaned(), "split") == {name: ALL[name] for name in "bcdef"}
    review.choose(1, "drop from test")
    assert names(review.cleaned(), "split") == {name: ALL[name] for name in "bcdf"}
    review.choose(0, "keep both")
    review.choose(1, None)
    assert names(review.cleaned(), "split") == ALL
    assert review.decided == 1


def test_labels_are_made_one_or_both_go(conflicts):
    review = conflicts()
    assert len(review) == 1
    before = names(review.cleaned(), "label")
    first, second = sorted("be", key=lambda name: before[name] != review.pairs["a_label"][0])
    for choice, expected in (
        ("first label", {first: before[first], second: before[first]}),
        ("second label", {first: before[second], second: before[second]}),
        ("keep both", {}),
    ):
        review.choose(0, choice)
        assert names(review.cleaned(), "label") == before | expected
    review.choose(0, "drop both")
    assert set(names(review.cleaned(), "label")) == set("acdf")


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from([*"012", None])), max_size=8))
def test_decisions_are_found_again(data, tmp_path_factory, steps):
    folder, found = data
    parts = {"train": folder / "train", "test": folder / "test"}
    table = find_leaks(found.images, found.pairs, **parts)
    file = tmp_path_factory.mktemp("decisions") / "splits.jsonl"
    review = SplitReview(found.images, table, **parts, file=file)
    for row, choice in steps:
        review.choose(row, None if choice is None else review.choices[int(choice)])
    again = SplitReview(found.images, table, **parts, file=file)
    pd.testing.assert_frame_equal(again.cleaned(), review.cleaned())
    assert [again.of(row) for row in (0, 1)] == [review.of(row) for row in (0, 1)]


def test_the_rest_is_decided_at_once_and_what_was_decided_stays(leaks):
    review = leaks()
    review.choose(1, "keep both")
    assert review.choose_rest("drop from train") == 1
    assert [review.of(row) for row in (0, 1)] == ["drop from train", "keep both"]
    with pytest.raises(ValueError, match="choice must be one of"):
        review.choose_rest("drop both")


def test_each_decision_is_announced_once_even_one_that_cannot_be_written(leaks, tmp_path):
    review, seen = leaks(), []
    review.changed = lambda: seen.append(review.decided)
    review.choose(0, "keep both")
    review.choose(0, None)
    review.choose_rest("drop from train")
    review.file = tmp_path
    with pytest.raises(OSError, match="Errno"):
        review.choose(0, None)
    assert seen == [1, 0, 2, 1]


def test_the_table_is_written_and_read_by_a_spreadsheet_as_text(leaks, tmp_path):
    review = leaks()
    review.choose(0, "drop from train")
    review.to_csv(tmp_path / "clean.csv")
    table = pd.read_csv(tmp_path / "clean.csv")
    assert table.columns.tolist() == ["path", "split"]
    assert names(table, "split") == {name: ALL[name] for name in "bcdef"}
    with pytest.raises(FileExistsError, match="name of a picture"):
        review.to_csv(tmp_path / "clean.png")


@pytest.mark.parametrize(("row", "choice"), [(0, "drop both"), (2, "keep both"), (-1, "keep both")])
def test_what_cannot_be_chosen_is_refused(leaks, row, choice):
    review = leaks()
    with pytest.raises(ValueError, match="must be"):
        review.choose(row, choice)
    assert review.decided == 0


def test_another_table_is_refused(data):
    with pytest.raises(ValueError, match="find_leaks or find_label_conflicts"):
        SplitReview(data[1].images, data[1].pairs)


def test_broken_records_are_passed_over(leaks, tmp_path):
    (tmp_path / "splits.jsonl").write_text('{"split": 1}\n{"split": ["a", 1, "b", 2, ["x"]]}\n{"other": []}\n[]\n')
    assert leaks().decided == 0


def test_the_widget_decides_shows_and_saves(data, tmp_path):
    folder, found = data
    parts = {"train": folder / "train", "test": folder / "test"}
    table = find_leaks(found.images, found.pairs, **parts)
    gallery = SplitGallery(found.images, table, **parts, file=tmp_path / "splits.jsonl")
    answers = []
    gallery.send = lambda content, buffers=None: answers.append((content, buffers))
    pair = gallery.state["pairs"][0]
    assert [file["value"] for file in pair["files"]] == ["test", "train"]

    def ask(step, **values):
        gallery._on_message(gallery, {"do": step, "id": 0, **values}, [])

    ask("choose", row=0, choice="drop from train")
    assert gallery.state["left"] == "5 pictures remain"
    ask("choose", row=0, choice="")
    assert gallery.state["decided"] == "0"
    ask("choose_rest", choice="drop from train")
    assert gallery.state["left"] == "4 pictures remain"
    assert gallery.state["rest"] == []
    ask("thumbnails", files=[list(file["picture"]) for file in pair["files"]])
    assert [(content, len(buffers)) for content, buffers in answers] == [({"id": 0}, 0)] * 3 + [({"id": 0}, 2)]
    ask("save", to="")
    assert "name a file" in gallery.state["notice"].lower()
    ask("save", to=str(tmp_path / "clean.csv"))
    assert gallery.state["notice"].startswith("4 pictures written to")
    assert len(pd.read_csv(tmp_path / "clean.csv")) == len(gallery.cleaned) == 4
    for bad in (
        {"do": "choose", "id": 1, "row": 9, "choice": ""},
        {"do": "choose", "id": 1, "row": 0, "choice": "x"},
        None,
        {"do": "no", "id": 1},
    ):
        gallery._on_message(gallery, bad, [])
        assert "refused" in answers[-1][0]
    assert gallery.state["left"] == "4 pictures remain"


def test_labels_stay_what_they_are_and_names_may_be_any_bytes(tmp_path):
    rng = np.random.default_rng(1)
    for folder in (b"-1", b"not utf8 \xff"):
        place = os.fsdecode(os.fsencode(tmp_path) + b"/data/" + folder)
        Path(place).mkdir(parents=True)
        Image.fromarray(rng.integers(0, 256, (40, 60, 3), np.uint8)).save(os.path.join(place, "a.png"))
    found = find_by_mse(tmp_path / "data", progress=False, cache=False)
    review = SplitReview(found.images, find_label_conflicts(found.images, found.pairs), file=tmp_path / "splits.jsonl")
    review.to_csv(tmp_path / "clean.csv")
    lines = (tmp_path / "clean.csv").read_bytes().splitlines()
    assert [line.rpartition(b",")[2] for line in lines] == [b"label", b"-1", b"not utf8 \xff"]
