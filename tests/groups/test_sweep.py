import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from made_up import find_by_mse
from naive import naive_pairs
from strategies import stacks

from dupviz import edge_pairs
from dupviz.groups.sweep import Sweep
from dupviz.images.contrast import FLAT_CONTRAST, contrast
from dupviz.images.imageset import ImageSet


def duplicates_of(tensors, sizes):
    n = len(tensors)
    files = pd.DataFrame({"path": [f"/{i}.png" for i in range(n)], "bytes": sizes[:n]})
    files = files.assign(width=9, height=9, modified=pd.Timestamp(0, tz="UTC"), contrast=contrast(tensors))
    files["flat"] = files["contrast"] < FLAT_CONTRAST
    images = ImageSet(tensors, files, pd.DataFrame(columns=["path", "reason"]))
    return find_by_mse(images, max_mse=20_000, progress=False)


def sweep_of(duplicates):
    return Sweep(duplicates.images, duplicates.near, keep=duplicates.keep, protect=duplicates.protect)


cases = st.tuples(stacks(), st.lists(st.integers(0, 3), min_size=14, max_size=14)).map(lambda c: duplicates_of(*c))
thresholds = st.sampled_from([0.0, 0.5, 30.0, 200.0, 3000.0, 20_000.0])


@given(cases, thresholds)
def test_numbers_are_those_of_the_duplicates_at_that_threshold(duplicates, threshold):
    totals, there = sweep_of(duplicates).at(threshold), duplicates.at(threshold)
    assert totals.pairs == (duplicates.pairs["mse"] < threshold).sum()
    assert totals.groups == there.groups["group"].nunique()
    assert totals.files == len(there.to_remove)
    assert totals.bytes == there.to_remove["bytes"].sum()
    assert totals.review == (there.groups["action"] == "review").sum()
    sizes = there.groups.groupby("group").size() - 1
    assert len(totals.largest) == sizes.max() if len(sizes) else totals.largest.empty


@given(cases, thresholds)
def test_chains_are_groups_whose_files_are_not_all_duplicates_of_each_other(duplicates, threshold):
    tensors = duplicates.images.tensors
    near = {(a, b) for a, b, *_ in naive_pairs(tensors, threshold, "rotations")}
    chained = 0
    for _, group in duplicates.at(threshold).groups.groupby("group"):
        others = sorted(group["image"].iloc[1:])
        chained += any((a, b) not in near for i, a in enumerate(others) for b in others[i + 1 :])
    assert sweep_of(duplicates).at(threshold).chained == chained


@given(cases, thresholds, st.integers(0, 4))
def test_edge_is_that_of_edge_pairs_with_one_image_for_identical_ones(duplicates, threshold, k):
    below, above = sweep_of(duplicates).edge(threshold, k)
    pairs, leader = duplicates.pairs, duplicates.near.leader
    different = [(leader[p.a] == p.a) and leader[p.b] in (p.a, p.b) for p in pairs.itertuples()]
    expected = edge_pairs(pairs[np.array(different, bool)], threshold, k)
    assert np.array_equal(pd.concat([below, above])["mse"], expected["mse"])
    assert (below["mse"] < threshold).all()
    assert (above["mse"] >= threshold).all()


@given(cases)
def test_a_larger_threshold_never_finds_fewer_pairs(duplicates):
    curve = sweep_of(duplicates).curve([0, 1, 30, 200, 3000, 20_000])
    assert (np.diff(curve["pairs"]) >= 0).all()
