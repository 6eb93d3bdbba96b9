"""What is a candidate, for whom, and at which threshold: each rule alone, on images without files."""

import dataclasses
import logging

import numpy as np
import pytest
from made_up import image_set, made_up_pairs

from dupviz.proposers.candidates import Candidates, Proposals, say_crowded
from dupviz.search.symmetry import INVERSES


def images_of(n, *, contrast=1000.0, flat=False):
    images = image_set(np.random.default_rng(0).integers(0, 256, (n, 4, 4, 3), dtype=np.uint8), flat=flat)
    images.files["contrast"] = contrast
    return images


def proposals(a, b, far=0.0, boxes=None):
    a = np.array(a, np.int64)
    far = np.broadcast_to(np.float64(far), len(a)).copy()
    boxes = None if boxes is None else np.array(boxes, np.float64)
    return Proposals(a, np.array(b, np.int64), np.ones(len(a), np.uint8), far, boxes)


def joined(images, pairs=(), **others):
    """Candidates: pairs that are near, as (a, b, mse), and the proposals of others."""
    a, b, mse = zip(*pairs) if pairs else ((), (), ())
    return Candidates.join(images, made_up_pairs(images, a, b, mse), others)


def proposed(candidates):
    return list(zip(candidates.a.tolist(), candidates.b.tolist(), candidates.table()["by"]))


@pytest.mark.parametrize("others", [[], [(2, 3, 1.0)]], ids=["none is evidence", "another is"])
def test_an_mse_is_evidence_below_a_share_of_the_mean_of_the_contrasts(others):
    """Of 20 and 40 grey levels the squares have a mean of 1000, of which the share is 45."""
    images = images_of(4, contrast=[20.0, 40.0, 900.0, 900.0])
    expected = [(a, b, "mse") for a, b, _ in others]
    assert proposed(joined(images, [(0, 1, 44.99), *others])) == [(0, 1, "mse"), *expected]
    assert proposed(joined(images, [(0, 1, 45.0), *others])) == expected


def test_of_two_flat_images_any_mse_counts_for_they_are_to_be_shown():
    for flat, expected in (([True, True], [(0, 1, "mse")]), ([True, False], []), ([False, True], [])):
        assert proposed(joined(images_of(2, contrast=1.0, flat=flat), [(0, 1, 99.0)])) == expected


def test_where_all_is_evidence_nothing_is_copied():
    images = images_of(3)
    near = made_up_pairs(images, [0, 1], [1, 2], [1.0, 2.0])
    for others in ({}, {"light": proposals([], [])}):
        candidates = Candidates.join(images, near, others)
        assert candidates.a is near.a
        assert candidates.mse is candidates.far is near.mse


def test_each_proposer_has_its_rows_sorted_in_the_order_of_proposers():
    candidates = joined(
        images_of(5),
        [(0, 1, 5.0)],
        part=proposals([2, 0, 0], [3, 4, 1]),
        light=proposals([1, 1], [4, 2], 7.0),
    )
    assert proposed(candidates) == [
        (0, 1, "mse"),
        (1, 2, "light"),
        (1, 4, "light"),
        (0, 1, "part"),
        (0, 4, "part"),
        (2, 3, "part"),
    ]
    assert candidates.far.tolist() == [5, 7, 7, 0, 0, 0]


@pytest.mark.parametrize("has_others", [False, True])
def test_each_pair_has_the_box_that_was_proposed_for_it(has_others):
    boxes = {(0, 3): [0.1, 0, 1, 1], (0, 2): [0.2, 0, 1, 1], (1, 2): [0.3, 0, 1, 1]}
    others = {"part": proposals(*zip(*boxes), boxes=list(boxes.values()))}
    if has_others:
        others["light"] = proposals([0, 1], [1, 3])
    table = joined(images_of(4), [(2, 3, 1.0)], **others).table()
    table["box"] = table[["box_left", "box_top", "box_right", "box_bottom"]].to_numpy().tolist()
    assert {(row.a, row.b): row.box for row in table.itertuples() if row.by == "part"} == boxes
    assert table.loc[table["by"] != "part", "box"].tolist() == [[0, 0, 1, 1]] * (1 + 2 * has_others)


LIMITED = {"mse": True, "light": False, "ground": True, "part": False}


@pytest.mark.parametrize("name", LIMITED)
def test_who_measures_an_mse_is_limited_by_the_threshold(name):
    if name == "mse":
        candidates = joined(images_of(3), [(0, 1, 100.0)])
    else:
        candidates = joined(images_of(3), **{name: proposals([0], [1], 100.0)})
    for threshold, counts in ((100.1, True), (100.0, not LIMITED[name])):
        for row, other in ((0, 1), (1, 0)):
            found = [(by, each.leader) for by, some in candidates.neighbours(row, threshold) for each in some]
            assert found == [(name, other)] * counts
        number = candidates.components(threshold)
        assert (number[0] == number[1]) == counts
        assert number[2] not in number[:2]


def test_components_are_the_same_whichever_file_is_named_first():
    number = joined(images_of(5), [(0, 2, 1.0), (1, 2, 1.0)], light=proposals([3], [1])).components(200.0)
    assert len(set(number[:4].tolist())) == 1
    assert number[4] != number[0]


def test_the_mse_comes_first_even_if_it_proposes_nothing():
    assert [by for by, _ in joined(images_of(3), light=proposals([0], [1])).neighbours(0, 200.0)] == ["mse", "light"]
    assert [by for by, _ in joined(images_of(3)).neighbours(0, 200.0)] == ["mse"]


def test_neighbours_are_the_nearest_first_and_what_the_mse_proposes_no_other_does_again():
    candidates = joined(
        images_of(6),
        [(0, 1, 9.0), (0, 2, 300.0)],
        light=proposals([0, 0, 3, 0], [1, 2, 4, 3], [1.0, 5.0, 1.0, 3.0]),
        part=proposals([0, 1], [3, 5], boxes=[[0.5, 0, 1, 1]] * 2),
    )
    found = {by: [each.leader for each in some] for by, some in candidates.neighbours(0, 200.0)}
    assert found == {"mse": [1], "light": [3, 2], "part": [3]}


def test_a_neighbour_is_turned_to_match_from_either_side():
    images = images_of(2)
    for winners in (2, 4, 8):
        near = made_up_pairs(images, [0], [1], [1.0], winners=winners)
        candidates = Candidates.join(images, near, {})
        turned = {row: next(next(candidates.neighbours(row, 200.0))[1]).rotation for row in (0, 1)}
        assert turned[1] == 90 * (winners.bit_length() - 1)
        assert turned[0] == 90 * (int(INVERSES[winners]).bit_length() - 1)


def test_a_box_is_inverted_for_the_file_that_is_the_part():
    candidates = joined(images_of(2), part=proposals([0], [1], boxes=[[0.25, 0.5, 0.75, 1.0]]))
    boxes = {row: [each.box for _, some in candidates.neighbours(row, 200.0) for each in some] for row in (0, 1)}
    assert boxes == {1: [(0.25, 0.5, 0.75, 1.0)], 0: [(-0.5, -1.0, 1.5, 1.0)]}


def test_candidates_are_not_changed_and_not_compared_by_their_arrays():
    candidates = joined(images_of(3), [(0, 1, 1.0)])
    with pytest.raises(dataclasses.FrozenInstanceError):
        candidates.a = candidates.b
    assert len({candidates, joined(images_of(3), [(0, 1, 1.0)])}) == 2


def test_they_show_how_many_each_has_proposed():
    shown = repr(joined(images_of(4), [(0, 1, 1.0), (0, 2, 1.0)], part=proposals([0], [3])))
    assert shown == "Candidates: 3 pairs of different tensors (2 by mse, 1 by part)"
    assert repr(joined(images_of(3))) == "Candidates: 0 pairs of different tensors"


def test_crowds_are_said_and_nothing_else(caplog):
    with caplog.at_level(logging.WARNING, "dupviz"):
        say_crowded(np.zeros(3, bool), "in light")
        assert not caplog.records
        say_crowded(np.array([True, False, True]), "in light")
    [record] = caplog.records
    assert record.name == "dupviz"
    assert record.getMessage() == (
        "dupviz: 2 images are each like more than 40 others in light: pairs of two of these are not proposed"
    )
