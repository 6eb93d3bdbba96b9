import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import groups_by_mse, image_set
from naive import naive_distance, naive_groups, naive_pairs
from strategies import SYMMETRIES, stacks

from dupviz import ImageSet, find_pairs, mse, transform

THRESHOLDS = st.sampled_from([0, 1, 200, 1000])


def naive_order(files):
    """The default keep rule, in words: larger, then more pixels, then older, then the first path."""
    by = [(-f.bytes, -f.width * f.height, f.modified, f.path, i) for i, f in enumerate(files.itertuples())]
    return [row[-1] for row in sorted(by)]


def removed(groups):
    """{file that can go: its keeper}."""
    keeper = groups[groups["action"] == "keep"].set_index("group")["image"]
    gone = groups[groups["action"] != "keep"]
    return dict(zip(gone["image"], keeper[gone["group"]]))


@given(stacks(), SYMMETRIES, THRESHOLDS, st.integers(0, 99))
def test_groups_are_those_of_the_naive_greedy_loop(stack, symmetries, threshold, seed):
    images = image_set(stack, seed=seed)
    pairs = find_pairs(images, symmetries=symmetries)
    groups = groups_by_mse(images, pairs, threshold=threshold)
    naive = naive_groups(len(stack), naive_pairs(stack, threshold, symmetries), naive_order(images.files))
    gone = groups[groups["action"] == "remove"]
    assert dict(zip(gone["image"], gone["mse"])) == {file: value for file, (value, _) in naive.items()}
    assert removed(groups) == {file: keeper for file, (_, keeper) in naive.items()}


@given(stacks(), SYMMETRIES, THRESHOLDS, st.integers(0, 99), st.data())
def test_pairs_that_are_told_apart_join_no_files_not_even_identical_ones(stack, symmetries, threshold, seed, data):
    images = image_set(stack, seed=seed)
    pairs = find_pairs(images, symmetries=symmetries)
    close = naive_pairs(stack, threshold, symmetries)
    different = data.draw(st.lists(st.sampled_from([(b, a) for a, b, *_ in close]), max_size=8)) if close else []
    groups = groups_by_mse(images, pairs, threshold=threshold, different=different)
    still_close = [pair for pair in close if (pair[1], pair[0]) not in different]
    naive = naive_groups(len(stack), still_close, naive_order(images.files))
    gone = groups[groups["action"] == "remove"]
    assert dict(zip(gone["image"], gone["mse"])) == {file: value for file, (value, _) in naive.items()}
    assert removed(groups) == {file: keeper for file, (_, keeper) in naive.items()}
    keeper = removed(groups)
    for row in gone.itertuples():
        turned = transform(stack[row.image], rotation=row.rotation, mirrored=row.mirrored)
        assert mse(stack[keeper[row.image]], turned) == row.mse < threshold


@given(stacks(), SYMMETRIES, st.integers(0, 99))
def test_groups_say_how_each_file_matches_its_keeper(stack, symmetries, seed):
    images = image_set(stack, seed=seed)
    groups = groups_by_mse(images, find_pairs(images, symmetries=symmetries), threshold=1000)
    keeper = removed(groups)
    for row in groups[groups["action"] == "remove"].itertuples():
        match = naive_distance(stack[keeper[row.image]], stack[row.image], symmetries)
        assert (row.mse, row.rotation, row.mirrored) == match


@given(stacks(), THRESHOLDS, st.integers(0, 99))
def test_whatever_goes_has_a_kept_duplicate_and_no_two_kept_files_are_duplicates(stack, threshold, seed):
    images = image_set(stack, seed=seed)
    pairs = find_pairs(images)
    groups = groups_by_mse(images, pairs, threshold=threshold)
    near = {frozenset((row.a, row.b)) for row in pairs.itertuples() if row.mse < threshold}
    gone = removed(groups)
    assert all(frozenset(link) in near and keeper not in gone for link in gone.items() for keeper in [link[1]])
    kept = set(range(len(stack))) - set(gone)
    assert not any(pair <= kept for pair in near)


@given(stacks(), st.integers(0, 99), st.sampled_from(["folder0", "folder1"]))
def test_protected_files_always_stay(stack, seed, folder):
    images = image_set(stack, seed=seed)
    protected = {i for i, path in enumerate(images.files["path"]) if path.startswith(folder)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os.path, "lexists", lambda path: True)
        groups = groups_by_mse(images, find_pairs(images), protect=folder)
    naive = naive_groups(len(stack), naive_pairs(stack, 200, "rotations"), naive_order(images.files), protected)
    assert not protected & set(removed(groups))
    assert not set(removed(groups)) & set(removed(groups).values())
    # Of two protected files at the same distance either may be the one that is named.
    gone = groups[groups["action"] == "remove"]
    assert dict(zip(gone["image"], gone["mse"])) == {file: value for file, (value, _) in naive.items()}


@given(stacks(), st.integers(0, 99))
def test_groups_do_not_depend_on_the_order_of_the_images(stack, seed):
    images = image_set(stack, seed=seed)
    order = np.random.default_rng(seed).permutation(len(stack))
    shuffled = ImageSet(stack[order], images.files.iloc[order].reset_index(drop=True), images.errors)
    groups = [groups_by_mse(each, find_pairs(each)) for each in (images, shuffled)]
    by_path = [set(zip(g["path"], g["action"], g["mse"])) for g in groups]
    assert by_path[0] == by_path[1]


def test_chains_do_not_delete_what_has_no_kept_duplicate():
    """A ~ B ~ C with A and C far apart: if B is best it alone stays; if A is, then C stays too."""
    stack = np.zeros((3, 2, 2, 3), np.uint8)
    stack[1], stack[2] = 7, 14
    images = image_set(stack)
    pairs = find_pairs(images)
    for best, expected in ((1, {0: 1, 2: 1}), (0, {1: 0}), (2, {1: 2})):
        groups = groups_by_mse(images, pairs, keep=lambda files, best=best: np.arange(3) == best)
        assert removed(groups) == expected


def test_flat_images_are_for_review_unless_identical_to_the_kept_one():
    stack = np.full((3, 4, 4, 3), 200, np.uint8)
    stack[2] = 202
    images = image_set(stack, flat=True)
    images.files["bytes"] = [3, 2, 1]
    groups = groups_by_mse(images, find_pairs(images))
    assert groups["action"].tolist() == ["keep", "remove", "review"]
    assert groups["mse"].tolist() == [0, 0, 12]


def test_blank_pages_form_one_group():
    images = image_set(np.full((300, 4, 4, 3), 255, np.uint8), flat=True)
    groups = groups_by_mse(images, find_pairs(images))
    assert groups["action"].value_counts().to_dict() == {"remove": 299, "keep": 1}


def test_no_duplicates_make_an_empty_table_with_all_columns():
    images = image_set(np.zeros((0, 4, 4, 3), np.uint8))
    groups = groups_by_mse(images, find_pairs(images))
    assert len(groups) == 0
    assert groups.columns.tolist()[:8] == ["group", "image", "action", "mse", "rotation", "mirrored", "bytes", "path"]


def test_bad_arguments_are_named():
    images = image_set(np.zeros((2, 4, 4, 3), np.uint8))
    pairs = find_pairs(images, max_mse=300)
    with pytest.raises(ValueError, match=r"from 0 to max_mse \(300\), got 400: search again with a larger max_mse"):
        groups_by_mse(images, pairs, threshold=400)
    with pytest.raises(ValueError, match="'first_path' or a callable, got 'nicest'"):
        groups_by_mse(images, pairs, keep="nicest")
    with pytest.raises(ValueError, match="a number for each of 2 files"):
        groups_by_mse(images, pairs, keep=lambda files: [1])
    with pytest.raises(FileNotFoundError, match="no such file or folder: 'nowhere'"):
        groups_by_mse(images, pairs, protect="nowhere")
