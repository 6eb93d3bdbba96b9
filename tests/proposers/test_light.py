"""Pairs that differ in light: the law behind them, and a search that misses none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from made_up import image_set
from naive import naive_mse, naive_pairs, naive_transform
from strategies import SYMMETRIES

from dupviz import propose, transform
from dupviz._parallel import pool
from dupviz.proposers.light import light_blind, propose_light

STACKS = arrays(np.uint8, st.tuples(st.integers(2, 6), st.just(20), st.just(20), st.just(3)))


def smooth(seed, n=2, size=50):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] / size
    waves = [np.sin(2 * np.pi * (rng.uniform(0, 3) * x + rng.uniform(0, 3) * y + rng.random())) for _ in range(6 * n)]
    stack = np.array(waves).reshape(n, 6, size, size).sum(axis=1)
    return np.clip(128 + 22 * stack, 0, 255)[..., None].repeat(3, axis=3)


@given(st.integers(0, 10_000))
def test_the_mse_of_light_blind_tensors_tells_the_correlation(seed):
    stack = smooth(seed).astype(np.uint8)
    blind, deviation = light_blind(stack)
    a, b = (blind[..., 0].astype(float) for blind in blind)
    z = (blind[..., 0].astype(float) - 128) / 60
    if (deviation < 10).any() or (abs(z) > 2).any():  # clipped
        return
    correlation = np.corrcoef(a.ravel(), b.ravel())[0, 1]
    assert ((a - b) ** 2).mean() == pytest.approx(2 * 60**2 * (1 - correlation), abs=20)


@given(st.integers(0, 10_000), st.floats(0.5, 1.5), st.floats(-40, 40))
def test_gain_and_offset_change_nothing(seed, gain, offset):
    picture = 60 + smooth(seed, 1) / 2
    lit = gain * (picture - 128) + 128 + offset
    if lit.min() < 0 or lit.max() > 255:
        return
    (a, b), _ = light_blind(np.concatenate([picture, lit]).round().astype(np.uint8))
    assert ((a.astype(float) - b) ** 2).mean() < 12


@given(STACKS, st.sampled_from([(90, False), (180, False), (270, False), (0, True), (90, True)]))
def test_turns_and_mirrors_pass_through(stack, turn):
    rotation, mirrored = turn
    turned = np.array([transform(tensor, rotation=rotation, mirrored=mirrored) for tensor in stack])
    blind, deviation = light_blind(stack)
    expected = np.array([transform(tensor, rotation=rotation, mirrored=mirrored) for tensor in blind], int)
    difference = np.abs(light_blind(turned)[0].astype(int) - expected)[deviation >= 3]
    assert difference.max(initial=0) <= 1


@given(STACKS, SYMMETRIES, st.sampled_from([50.0, 2000.0, 8000.0]))
def test_every_pair_of_light_blind_tensors_below_the_limit_is_listed(stack, symmetries, limit):
    with pool(1) as executor:
        found = propose_light(stack, np.arange(len(stack)), symmetries=symmetries, executor=executor, limit=limit)
    blind, deviation = light_blind(stack)
    expected = {
        (a, b): value
        for a, b, value, *_ in naive_pairs(blind, limit, symmetries)
        if min(deviation[a], deviation[b]) >= 3
    }
    assert dict(zip(zip(found.a.tolist(), found.b.tolist()), found.far.tolist())) == pytest.approx(expected)


def test_brighter_copies_are_found_where_the_mse_is_large():
    picture = (60 + smooth(3, 2) / 2).astype(np.uint8)
    brighter = transform((picture[0] * 1.4).astype(np.uint8), rotation=90)
    stack = np.array([picture[0], picture[1], brighter])
    table = propose(image_set(stack)).table()
    [row] = table[table["by"] == "light"].itertuples()
    assert (row.a, row.b, row.rotation) == (0, 2, 270)
    assert row.mse == naive_mse(stack[0].tolist(), naive_transform(stack[2].tolist(), 270, False)) > 1000
    assert not (propose(image_set(np.full((4, 50, 50, 3), 200, np.uint8))).table()["by"] == "light").any()


def alike(n):
    """Look-alike pages, all different: lines of text at the same places."""
    pages = np.full((n, 50, 50, 3), 255, np.uint8)
    pages[:, 5:45:4, 5:45] = np.random.default_rng(0).integers(0, 40, (n, 10, 40, 1))
    return pages


@pytest.mark.parametrize(("pages", "are_proposed"), [(41, True), (42, False)])
def test_look_alikes_are_left_out_with_a_word_and_change_nothing_for_others(caplog, pages, are_proposed):
    picture = (60 + smooth(3, 2) / 2).astype(np.uint8)
    brighter = (picture[0] * 1.4).astype(np.uint8)
    table = propose(image_set(np.array([*picture, brighter, *alike(pages)]))).table()
    light = table[table["by"] == "light"]
    assert light[["a", "b"]].to_numpy().tolist()[0] == [0, 2]
    assert len(light) == 1 + are_proposed * pages * (pages - 1) // 2
    assert (f"{pages} images are each like more than 40 others but for the light" in caplog.text) != are_proposed


def test_byte_copies_do_not_make_a_picture_one_of_many(caplog):
    picture = (60 + smooth(3, 1) / 2).astype(np.uint8)
    darker = (picture[0] * 0.7).astype(np.uint8)
    table = propose(image_set(np.array([*picture, darker, *picture.repeat(100, axis=0)]))).table()
    assert table.loc[table["by"] == "light", ["a", "b"]].to_numpy().tolist() == [[0, 1]]
    assert not caplog.text
