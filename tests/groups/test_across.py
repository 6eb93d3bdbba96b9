"""Leaks and conflicts of a result come from all that was proposed, and from what the looks say."""

import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

import dupviz as dv
from dupviz.groups import across

FLAGS = "data/photos/flags"


@pytest.fixture(scope="module")
def flags():
    return dv.find_duplicates(FLAGS, parts=True, cache=False, progress=False)


def naive(found, sides, threshold):
    """Each pair across two sides: below the threshold or proposed by another, and not called different."""
    table, near = found.candidates.table(), found.near
    pairs = {}
    for row in near.table().itertuples():
        if row.mse < threshold:
            pairs[row.a, row.b] = ("mse", row.rotation, row.mirrored, (0.0, 0.0, 1.0, 1.0), row.mse)
    for row in table.itertuples():
        counts = row.by in ("light", "waves", "part") or (row.by == "ground" and row.far < threshold)
        if counts and near.leader[row.a] == row.a and near.leader[row.b] == row.b:
            box = row.box_left, row.box_top, row.box_right, row.box_bottom
            for a in np.flatnonzero(near.leader == row.a):
                for b in np.flatnonzero(near.leader == row.b):
                    known = (a, b) in pairs or (b, a) in pairs
                    if not known:
                        pairs[a, b] = (row.by, row.rotation, row.mirrored, box, row.mse)
    rows = []
    for (a, b), (by, rotation, mirrored, box, value) in pairs.items():
        if {sides[a], sides[b]} == {"train", "test"}:
            look = found.looks.at(int(a), int(b), int(rotation), bool(mirrored), tuple(map(float, box)))
            if look.verdict != "different":
                test, train = (a, b) if sides[a] == "test" else (b, a)
                rows.append((int(test), int(train), by, look.verdict, look.kind, value))
    return sorted(rows)


@given(st.lists(st.sampled_from(["train", "test", "else"]), min_size=19, max_size=19), st.sampled_from([50, 200, 1000]))
def test_leaks_are_all_that_was_proposed_and_no_look_calls_different(flags, sides, threshold):
    is_train, is_test = (np.array([side == name for side in sides]) for name in ("train", "test"))
    if not (is_train.any() and is_test.any()):
        return
    leaks = dv.find_leaks(flags, train=is_train, test=is_test, threshold=threshold, progress=False)
    columns = ["test", "train", "by", "verdict", "kind", "mse"]
    assert sorted(leaks[columns].itertuples(index=False, name=None)) == naive(flags, sides, threshold)
    for row in leaks.itertuples():
        a, b = (flags.images.tensors[image] for image in (row.test, row.train))
        assert dv.mse(a, dv.transform(b, rotation=row.rotation, mirrored=row.mirrored)) == row.mse


@given(st.sampled_from([0, 1, 50, 200, 1000]))
def test_further_candidates_are_there_once_and_not_what_the_mse_has_found(flags, threshold):
    candidates, near = flags.candidates, flags.near
    expected, seen = [], {(a, b) for a, b, mse in zip(near.a, near.b, near.mse) if mse < threshold}
    for row in range(len(candidates)):
        by, pair = candidates.by[row], tuple(sorted((candidates.a[row], candidates.b[row])))
        counts = by in (2, 3, 4) or (by == 1 and candidates.far[row] < threshold)
        if counts and pair not in seen:
            seen.add(pair)
            expected.append(row)
    assert candidates.further(threshold).tolist() == expected


@pytest.fixture(scope="module")
def split(tmp_path_factory):
    """A training set, and a test set with copies of it that the MSE does not see, and a look-alike that it does."""
    folder = tmp_path_factory.mktemp("split")
    (folder / "train").mkdir()
    (folder / "test").mkdir()
    names = {"brighter": "coffee", "mirrored": "rocket", "same": "astronaut"}
    changes = {
        "brighter": lambda image: ImageEnhance.Brightness(image).enhance(0.6),
        "mirrored": ImageOps.mirror,
        "same": lambda image: image.resize((200, 200)),
    }
    for name, photo in names.items():
        with Image.open(f"data/photos/{photo}.jpg") as image:
            image.save(folder / "train" / f"{photo}.png")
            changes[name](image.convert("RGB")).save(folder / "test" / f"{name}.png")
    for month, side in (("march", "train"), ("april", "test")):
        with Image.open(f"data/photos/invoice_{month}.png") as image:
            image.save(folder / side / f"invoice_{month}.png")
    return folder


def test_copies_in_other_light_and_in_the_mirror_leak_and_look_alikes_do_not(split):
    found = dv.find_duplicates(split, cache=False, progress=False)
    sides = {"train": split / "train", "test": split / "test"}
    leaks = dv.find_leaks(found, **sides, progress=False)
    stems = leaks["test_path"].str.extract(r"([a-z]+)\.png$")[0]
    assert dict(zip(stems, leaks["by"].astype(str))) == {"brighter": "light", "mirrored": "waves", "same": "mse"}
    assert set(leaks["verdict"]) <= {"same", "edited"}
    by_mse = dv.find_leaks(found.images, found.near, **sides)
    assert set(by_mse["test_path"].str.extract(r"([a-z]+)(?:_april)?\.png$")[0]) == {"same", "invoice"}
    article = dv.find_duplicates(split, verify=False, cache=False, progress=False)
    pd.testing.assert_frame_equal(dv.find_leaks(article, **sides), by_mse)


def test_conflicts_come_from_all_that_was_proposed(split):
    found = dv.find_duplicates(split, cache=False, progress=False)
    conflicts = dv.find_label_conflicts(found, progress=False)
    assert sorted(conflicts["by"].astype(str)) == ["light", "mse", "waves"]
    assert set(conflicts["a_label"]) | set(conflicts["b_label"]) == {"train", "test"}


def test_beyond_a_number_of_pairs_only_the_nearest_are_looked_at(flags, monkeypatch, caplog):
    sides = {"train": np.arange(19) % 2 == 0, "test": np.arange(19) % 2 == 1}
    everything = dv.find_leaks(flags, **sides, progress=False)
    monkeypatch.setattr(across, "MOST_LOOKS", 3)
    with caplog.at_level(logging.WARNING, "dupviz"):
        some = dv.find_leaks(flags, **sides, progress=False)
    assert "looked at the nearest 3 pairs" in caplog.text
    looked = some[some["verdict"] != ""]
    assert len(looked) <= 3 < len(some)
    assert looked["mse"].max() <= some.loc[some["verdict"] == "", "mse"].min()
    assert len(everything) <= len(some)
