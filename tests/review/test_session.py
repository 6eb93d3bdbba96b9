"""Whatever a person decides, each group keeps a file, and all of it can be taken back and found again."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import find_by_mse, groups_by_mse, image_set
from naive import naive_distance
from strategies import SYMMETRIES, stacks

from dupviz._disk.records import append_record
from dupviz.review.labels import Labels
from dupviz.review.session import Review

IMAGES = st.integers(0, 13)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["toggle", "make_keeper", "mark_different"]), IMAGES),
        st.tuples(st.just("accept"), st.sets(IMAGES)),
        st.tuples(st.sampled_from(["undo", "redo"])),
        st.tuples(st.just("threshold"), st.sampled_from([0, 50, 200, 1000])),
        st.tuples(st.just("keep"), st.sampled_from(["largest_file", "newest", "first_path"])),
    ),
    max_size=12,
)
numbers = itertools.count()


def review_of(stack, folder, *, symmetries="rotations", seed=0, flat=False, **options):
    duplicates = find_by_mse(image_set(stack, seed=seed, flat=flat), symmetries=symmetries, **options)
    return Review(duplicates, file=folder / "decisions", labels=Labels(duplicates.images, folder / "labels"))


def take(review, step, *arguments):
    """Take a step as a person may try to; True if it was not refused."""
    if step in ("threshold", "keep"):
        review.regroup(**{step: arguments[0]})
        return True
    if step == "accept":
        review.accept(arguments[0] & review.members.keys())
        return True
    try:
        getattr(review, step)(*arguments)
    except ValueError:
        return False
    return True


def check_laws(review, stack, symmetries, protected=frozenset()):
    groups = review.groups
    assert groups["image"].is_unique
    assert groups["group"].tolist() == sorted(groups["group"])
    for _, group in groups.groupby("group"):
        keeper, *others = group.itertuples()
        assert keeper.action == "keep"
        assert others
        going = {file.image for file in others if file.action == "remove"}
        for file in others:
            a, b = stack[file.keeper], stack[file.image]
            assert (file.mse, file.rotation, file.mirrored) == naive_distance(a, b, symmetries)
            if file.action != "keep":
                assert file.keeper in set(group["image"]) - going
                assert file.image not in protected
                assert review.labels.get(file.image, file.keeper) is not False
            if file.action == "remove":
                assert file.mse < review.threshold or review.decisions.of(file.image).action == "remove"


@pytest.fixture
def folder(tmp_path):
    """A new folder at each call."""

    def make():
        path = tmp_path / str(next(numbers))
        path.mkdir()
        return path

    return make


@given(stacks(), SYMMETRIES, st.booleans(), st.integers(0, 9), STEPS)
def test_whatever_is_decided_each_group_keeps_a_file_and_a_file_goes_only_for_a_kept_duplicate(
    folder, stack, symmetries, flat, seed, steps
):
    review = review_of(stack, folder(), symmetries=symmetries, seed=seed, flat=flat)
    check_laws(review, stack, symmetries)
    for step in steps:
        take(review, *step)
    check_laws(review, stack, symmetries)


@given(stacks(), st.booleans(), st.integers(0, 9), STEPS)
def test_taking_everything_back_gives_the_original_and_redoing_it_the_same_again(folder, stack, flat, seed, steps):
    review = review_of(stack, folder(), seed=seed, flat=flat)
    original = review.groups
    for step in steps:
        take(review, *step)
    review.regroup(threshold=200, keep="largest_file")
    decided = review.groups
    while review.can_undo:
        review.undo()
    pd.testing.assert_frame_equal(review.groups, original)
    assert not len(review.decisions)
    assert not len(review.labels)
    while review.can_redo:
        review.redo()
    # What had been undone before was first done again by the redo of it all.
    if not any(step[0] == "undo" for step in steps):
        pd.testing.assert_frame_equal(review.groups, decided)


@given(stacks(), st.booleans(), st.integers(0, 9), STEPS)
def test_reopening_finds_every_decision(folder, stack, flat, seed, steps):
    place = folder()
    review = review_of(stack, place, seed=seed, flat=flat)
    for step in steps:
        take(review, *step)
    again = review_of(stack, place, seed=seed, flat=flat, threshold=review.threshold, keep=review.keep)
    pd.testing.assert_frame_equal(again.groups, review.groups)
    assert list(map(again.is_reviewed, again.members)) == list(map(review.is_reviewed, review.members))


@given(stacks(), SYMMETRIES, st.integers(0, 9), st.sampled_from([0, 200, 1000]))
def test_without_decisions_groups_are_those_of_group_duplicates(folder, stack, symmetries, seed, threshold):
    review = review_of(stack, folder(), symmetries=symmetries, seed=seed)
    review.regroup(threshold=threshold)
    duplicates = review._duplicates
    expected = groups_by_mse(duplicates.images, duplicates.pairs, threshold=threshold)
    pd.testing.assert_frame_equal(review.groups, expected[review.groups.columns])


@given(stacks(), st.integers(0, 9), STEPS)
def test_marked_pair_is_never_offered_again(folder, stack, seed, steps):
    place = folder()
    review = review_of(stack, place, seed=seed)
    marked = set()
    for step in steps:
        if step[0] in ("undo", "redo"):
            continue
        keepers = {file.image: group[0].image for group in review.members.values() for file in group}
        if take(review, *step) and step[0] == "mark_different":
            marked.add(frozenset((step[1], keepers[step[1]])))
    for each in (review, review_of(stack, place, seed=seed, threshold=1000, keep="oldest")):
        offered = each.groups
        keeper = offered.groupby("group")["image"].transform("first")
        gone = offered["action"] != "keep"
        assert not marked & {frozenset(pair) for pair in zip(offered["image"][gone], keeper[gone])}


def twins(n=3, **options):
    """A review of n identical noisy pictures; the first has the most bytes."""
    stack = np.repeat(np.random.default_rng(0).integers(0, 256, (1, 8, 8, 3), dtype=np.uint8), n, axis=0)
    images = image_set(stack)
    images.files["bytes"] = range(100 + n, 100, -1)
    return Review(find_by_mse(images), **options)


@pytest.fixture
def review(tmp_path):
    labels = Labels(image_set(np.zeros((0, 8, 8, 3), np.uint8)), tmp_path / "labels")
    review = twins(file=tmp_path / "decisions", labels=labels)
    review.labels = Labels(review.images, tmp_path / "labels")
    return review


def actions(review):
    return {file.image: file.action for group in review.members.values() for file in group}


def test_toggling_keeps_a_file_and_lets_it_go_again(review):
    review.toggle(1)
    assert actions(review) == {0: "keep", 1: "keep", 2: "remove"}
    review.toggle(1)
    assert actions(review) == {0: "keep", 1: "remove", 2: "remove"}


def test_new_keeper_comes_first_and_the_former_one_can_go(review):
    review.make_keeper(2)
    assert actions(review) == {2: "keep", 0: "remove", 1: "remove"}
    review.make_keeper(1)
    assert actions(review) == {1: "keep", 0: "remove", 2: "remove"}
    assert review.groups["image"].iloc[0] == 1


def test_last_kept_file_is_refused_with_the_way_out(review):
    with pytest.raises(ValueError, match="first keep another one in its place"):
        review.toggle(0)
    review.make_keeper(1)
    with pytest.raises(ValueError, match="first keep another one in its place"):
        review.toggle(1)


def test_identical_file_that_is_marked_different_stays_beside_its_twin(review):
    review.mark_different(2)
    assert actions(review) == {0: "keep", 1: "remove"}
    review.mark_different(1)
    assert actions(review) == {1: "keep", 2: "remove"}  # different from the first, but not from each other
    assert review.labels.get(0, 1) is review.labels.get(0, 2) is False


def test_file_that_differs_from_the_chosen_keeper_stays_in_its_group(review):
    review.make_keeper(2)
    review.mark_different(1)
    assert actions(review) == {2: "keep", 0: "remove", 1: "keep"}
    with pytest.raises(ValueError, match="marked as not a duplicate of the kept one"):
        review.toggle(1)


def test_file_too_far_from_the_chosen_keeper_is_for_review_and_a_person_may_let_it_go(tmp_path):
    stack = np.zeros((3, 2, 2, 3), np.uint8)
    stack[1], stack[2] = 7, 14  # MSE 147, 147, and 588 from end to end
    images = image_set(stack)
    images.files["bytes"] = [1, 2, 1]
    review = Review(find_by_mse(images), file=tmp_path / "decisions", labels=Labels(images, tmp_path / "labels"))
    assert actions(review) == {1: "keep", 0: "remove", 2: "remove"}
    review.make_keeper(0)
    assert actions(review) == {0: "keep", 1: "remove", 2: "review"}
    assert review.members[1][-1].reason == "its MSE to the one that stays is not below 200"
    review.toggle(2)
    assert actions(review) == {0: "keep", 1: "remove", 2: "remove"}
    review.undo()
    review.regroup(threshold=600)
    assert actions(review) == {0: "keep", 1: "remove", 2: "remove"}


def test_what_can_go_for_a_file_still_goes_for_it_when_that_is_for_review_itself(tmp_path):
    stack = np.zeros((3, 2, 2, 3), np.uint8)
    stack[2] = 7
    images = image_set(stack)
    images.files["bytes"] = [3, 2, 1]
    images.files["flat"] = [True, False, False]  # as what is in other light, it can go for no other
    review = Review(find_by_mse(images), file=tmp_path / "decisions", labels=Labels(images, tmp_path / "labels"))
    assert actions(review) == {0: "keep", 1: "remove", 2: "remove"}
    review.make_keeper(2)
    assert actions(review) == {2: "keep", 0: "review", 1: "remove"}


def test_protected_file_stays_under_another_keeper(tmp_path):
    stack = np.random.default_rng(0).integers(0, 256, (1, 8, 8, 3), dtype=np.uint8).repeat(2, axis=0)
    images = image_set(stack)
    images.files["path"] = [str(tmp_path / "safe" / "a.jpg"), str(tmp_path / "b.jpg")]
    (tmp_path / "safe").mkdir()
    review = Review(find_by_mse(images, protect=tmp_path / "safe"), file=tmp_path / "decisions")
    review.make_keeper(1)
    assert actions(review) == {1: "keep", 0: "keep"}
    with pytest.raises(ValueError, match="it is in a protected folder"):
        review.toggle(0)


def test_flat_file_goes_only_for_the_keeper_it_was_let_go_for(tmp_path):
    stack = np.full((3, 4, 4, 3), 200, np.uint8)
    stack[1], stack[2] = 202, 204
    images = image_set(stack, flat=True)
    images.files["bytes"] = [3, 2, 1]
    review = Review(find_by_mse(images), file=tmp_path / "decisions", labels=Labels(images, tmp_path / "labels"))
    review.toggle(2)
    assert actions(review) == {0: "keep", 1: "review", 2: "remove"}
    review.make_keeper(1)
    assert actions(review) == {1: "keep", 0: "review", 2: "review"}


def test_accepted_group_is_reviewed_until_its_kept_file_is_another(review):
    review.accept([0])
    assert review.is_reviewed(0)
    review.toggle(1)
    assert review.is_reviewed(0)
    review.make_keeper(1)
    assert not review.is_reviewed(0)


def test_decision_that_cannot_be_written_counts_until_the_end_of_the_session(review, tmp_path):
    (tmp_path / "decisions").mkdir()
    with pytest.raises(OSError, match="decisions"):
        review.toggle(1)
    assert actions(review)[1] == "keep"
    assert review.can_undo


def test_decisions_follow_files_and_a_replaced_file_is_undecided(review, tmp_path):
    review.toggle(1)
    review.images.files.loc[1, "bytes"] += 1
    assert not len(Review(review._duplicates, file=tmp_path / "decisions").decisions)


@pytest.mark.parametrize("record", [{"files": 3}, {"files": [["a"]]}, {"files": [[1, [], {}, 2, 3, 4]]}, {"else": 1}])
def test_records_of_another_kind_are_passed_over(review, tmp_path, record):
    review.toggle(1)
    append_record(tmp_path / "decisions", record)
    review.toggle(2)
    again = Review(review._duplicates, file=tmp_path / "decisions", labels=review.labels)
    assert actions(again) == {0: "keep", 1: "keep", 2: "keep"}


def test_decisions_are_in_the_users_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("DUPVIZ_DATA_DIR", str(tmp_path / "data"))
    twins().toggle(1)
    assert Path(tmp_path / "data" / "decisions.jsonl").is_file()
