"""Perceptual hashes: what they are, and a search that misses no pair."""

import logging
from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from naive import naive_transform
from scipy.fft import dctn

from dupviz._parallel import pool
from dupviz.images.luma import luma_of
from dupviz.metrics import SYMMETRIES, transform
from dupviz.proposers import waves
from dupviz.proposers.waves import LIMIT, hashes, propose_waves

TURNS = SYMMETRIES["dihedral"]


def naive_hash(tensor):
    """The signs of the 63 lowest coefficients of the cosine transform, as a set of places."""
    coefficients = dctn(luma_of(tensor).astype(float))[:8, :8]
    return {(i, j) for i in range(8) for j in range(8) if (i or j) and coefficients[i, j] > 2}


def photo(seed, size=50):
    """A made-up picture with structure of all sizes."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] / size
    picture = np.zeros((size, size))
    for k in range(1, 40):
        phase, (u, v) = rng.random(), rng.normal(0, k / 4, 2)
        picture += np.sin(2 * np.pi * (u * x + v * y + phase)) / (1 + np.hypot(u, v))
    picture = 128 + 45 * picture / picture.std()
    return np.clip(picture, 0, 255).astype(np.uint8)[..., None].repeat(3, axis=2)


def propose(tensors, symmetries="rotations", **options):
    with pool(2) as executor:
        rows = np.arange(len(tensors))
        return propose_waves(tensors, rows, symmetries=symmetries, executor=executor, **options)


def proposed(tensors, symmetries="rotations"):
    found = propose(tensors, symmetries)
    return {(int(a), int(b)): (int(far), int(bits)) for a, b, bits, far in zip(*found[:4])}


@pytest.mark.parametrize("symmetries", ["none", "rotations"])
def test_new_pictures_meet_all_and_old_ones_do_not_meet_each_other(symmetries, monkeypatch):
    stack = np.stack([photo(seed) for seed in range(12)] + [np.rot90(photo(seed)) for seed in range(0, 12, 2)])
    stack = np.concatenate([stack, np.clip(stack[::-1] * 0.8 + 20, 0, 255).astype(np.uint8)])
    new = np.isin(np.arange(len(stack)), [0, 7, 13, 20, 35])
    monkeypatch.setattr(waves, "ROWS", 3)
    everything = propose(stack, symmetries)
    assert len(everything.a) > 15
    expected = everything.at(new[everything.a] | new[everything.b]).in_order()
    for found, wanted in zip(propose(stack, symmetries, new=new).in_order()[:4], expected):
        np.testing.assert_array_equal(found, wanted)


@given(st.integers(0, 10_000))
def test_a_hash_is_the_signs_of_slow_waves(seed):
    tensor = photo(seed)
    found = hashes(tensor[None])[0]
    for bits, (rotation, mirrored) in zip(found.tolist(), TURNS, strict=True):
        assert bits.bit_count() == len(naive_hash(np.array(naive_transform(tensor, rotation, mirrored), np.uint8)))


@given(st.integers(0, 10_000), st.sampled_from(TURNS))
def test_turning_both_changes_no_distance(seed, turn):
    tensors = np.stack([photo(seed), photo(seed + 1)])
    assume(all(np.abs(dctn(luma_of(each).astype(float))[:8, :8]).min() > 4 for each in tensors))  # signs that are clear
    turned = np.stack([transform(each, rotation=turn[0], mirrored=turn[1]) for each in tensors])
    distances = [int(np.bitwise_count(x[0] ^ y).min()) for x, y in (hashes(tensors), hashes(turned))]
    assert distances[0] == distances[1]


@given(st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=5), st.integers(0, 1000), st.integers(0, 20))
def test_all_near_hashes_are_found(some, seed, limit):
    rng = np.random.default_rng(seed)
    near = [each ^ int(rng.integers(0, 2**20)) for each in some for _ in range(3)]
    of_rows = np.array([[each, *rng.integers(0, 2**63, 7)] for each in near], np.uint64)
    with pool(1) as executor:
        (a, b, bits, winners), crowded = waves._near(of_rows, limit, executor, len(of_rows))
    expected = {}
    for i in range(len(near)):
        for j in range(i + 1, len(near)):
            differ = [(int(of_rows[i, 0]) ^ int(of_rows[j, k])).bit_count() for k in range(8)]
            if min(differ) <= limit:
                expected[i, j] = min(differ), sum(1 << k for k in range(8) if differ[k] == min(differ))
    assert not crowded.any()
    assert {(i, j): (int(n), int(w)) for i, j, n, w in zip(a, b, bits, winners)} == expected


@pytest.mark.parametrize("most", [0, 3])
def test_of_a_pile_only_pairs_with_others_are_found(monkeypatch, most):
    monkeypatch.setattr(waves, "MOST_ALIKE", 4)
    monkeypatch.setattr(waves, "ROWS", most or 64)
    pile, alone = np.uint64(0), np.uint64(1)
    of_rows = np.full((20, 1), pile)
    of_rows[7] = alone
    of_rows[8:12] = np.uint64(2**40 - 1)
    with pool(1) as executor:
        (a, b, _, _), crowded = waves._near(of_rows, 2, executor, len(of_rows))
    assert crowded.tolist() == [each not in range(8, 12) for each in range(20)]
    assert sorted(zip(a.tolist(), b.tolist())) == [(i, j) for i in range(8, 12) for j in range(i + 1, 12)]


def test_the_light_changes_little():
    picture = photo(1)
    darker = (255 * (picture / 255.0) ** 1.6).astype(np.uint8)
    assert proposed(np.stack([picture, darker, photo(2)])).keys() == {(0, 1)}


@pytest.mark.parametrize("turn", TURNS)
def test_what_is_turned_or_mirrored_is_proposed_unless_nothing_may_be(turn):
    tensors = np.stack([photo(1), transform(photo(1), rotation=turn[0], mirrored=turn[1])])
    found = proposed(tensors)
    back = [k for k, (rotation, mirrored) in enumerate(TURNS)
            if np.array_equal(transform(tensors[1], rotation=rotation, mirrored=mirrored), tensors[0])]  # fmt: skip
    assert found == {(0, 1): (0, 1 << back[0])}
    assert proposed(tensors, "none").keys() == ({(0, 1)} if turn == (0, False) else set())


def test_signs_alone_are_no_evidence():
    """Two pictures with the same slow waves, and another detail."""
    rng = np.random.default_rng(0)
    slow = np.kron(photo(3, 10)[..., 0], np.ones((5, 5))).astype(float) / 2
    noise = rng.normal(0, 60, (2, 50, 50))
    spectrum = np.array([dctn(each, norm="ortho") for each in noise])
    spectrum[:, :8, :8] = 0
    detail = np.array([dctn(each, type=3, norm="ortho") for each in spectrum])
    tensors = np.clip(60 + slow + detail, 0, 255).astype(np.uint8)[..., None].repeat(3, axis=3)
    assert int(np.bitwise_count(hashes(tensors)[0, 0] ^ hashes(tensors)[1, 0])) <= LIMIT
    assert proposed(tensors) == {}


def test_flat_pictures_are_left_out():
    assert proposed(np.full((3, 50, 50, 3), 90, np.uint8)) == {}


def test_of_very_many_images_none_are_proposed_and_the_log_says_so(monkeypatch, caplog):
    monkeypatch.setattr(waves, "MOST_IMAGES", 1)
    with caplog.at_level(logging.WARNING, "dupviz"):
        assert proposed(np.stack([photo(1), photo(1)])) == {}
    assert "hashes are not compared" in caplog.text


def test_order_makes_no_difference():
    tensors = np.stack([photo(1), photo(2), transform(photo(1), mirrored=True)])
    ends = partial(map, frozenset)
    assert set(ends(proposed(tensors))) == {frozenset((0, 2))}
    assert set(ends(proposed(tensors[::-1]))) == {frozenset((0, 2))}
