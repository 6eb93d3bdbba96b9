import numpy as np
import pandas as pd
import pytest
from PIL import Image
from skimage.data import astronaut, coffee

from dupviz import distance, find_pairs, load_images, make_copies, threshold_curve
from dupviz.threshold.copies import KINDS


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for name, picture in (("astronaut", astronaut()), ("coffee", coffee())):
        Image.fromarray(picture).resize((320, 240)).save(folder / f"{name}.png")
    return folder


@pytest.fixture(scope="module")
def copies(pictures):
    return make_copies(pictures, progress=False)


def mse_of(copies, kind):
    """Mean MSE by strength, in the order of the strengths."""
    return copies.table[copies.table["kind"] == kind].groupby("strength")["mse"].mean()


def test_every_kind_is_there_once_per_picture_and_strength(copies):
    expected = 2 * (1 + sum(len(strengths) for _, strengths in KINDS.values()))
    assert len(copies.table) == len(copies.tensors) == expected
    assert not copies.table.duplicated(["path", "kind", "strength"]).any()


def test_mse_is_the_distance_to_the_original(copies):
    for row, copy in copies.table.iterrows():
        assert copy["mse"] == distance(copies.tensors[copy["source"]], copies.tensors[row])[0]
    assert (copies.table.loc[copies.table["source"], "kind"] == "original").all()


def test_same_seed_makes_the_same_copies(pictures, copies):
    again, other = (make_copies(pictures, ["noise"], seed=seed, progress=False) for seed in (0, 1))
    noise = copies.table["kind"] == "noise"
    assert (again.tensors[again.table["kind"] == "noise"] == copies.tensors[noise]).all()
    assert (other.tensors != again.tensors).any()


def test_original_is_read_as_a_scan_reads_it(pictures, copies):
    scanned = load_images(pictures, progress=False).tensors
    assert (copies.tensors[copies.table["kind"] == "original"] == scanned).all()


@pytest.mark.parametrize("kind", ["rotation", "exif"])
def test_turned_copies_have_almost_no_distance(copies, kind):
    assert mse_of(copies, kind).max() < 2


def test_mirror_images_are_found_with_dihedral_alone(pictures):
    near, far = (
        mse_of(make_copies(pictures, ["mirror"], symmetries=symmetries, progress=False), "mirror").max()
        for symmetries in ("dihedral", "rotations")
    )
    assert near < 1
    assert far > 200


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"rotation", "exif", "mirror"}))
def test_stronger_copies_are_farther(copies, kind):
    by_strength = mse_of(copies, kind)
    weaker_first = by_strength[::-1] if kind in ("jpeg", "webp", "scale") else by_strength
    assert (np.diff(weaker_first) > 0).all()


def test_kinds_and_strengths_can_be_chosen(pictures):
    table = make_copies(pictures, {"crop": [0.03]}, progress=False).table
    assert table["kind"].tolist() == ["original", "crop"] * 2
    assert table["strength"].dropna().tolist() == [0.03] * 2


@pytest.mark.parametrize("degrees", [45, 90.5, -10])
def test_rotation_between_quarter_turns_is_refused(pictures, degrees):
    with pytest.raises(
        ValueError, match=rf"must be a multiple of 90, got {degrees}: other angles are a 'small rotation'"
    ):
        make_copies(pictures, {"rotation": [90, degrees]}, progress=False)


def test_crop_cuts_off_the_share_that_it_says(pictures):
    seen = []

    def shrink(picture, size):
        seen.append(picture.size)
        return np.zeros((size, size, 3), np.uint8)

    make_copies(
        pictures / "coffee.png", {"crop": [0.1], "border": [0.1], "scale": [0.25]}, shrink=shrink, progress=False
    )
    assert seen == [(320, 240), (288, 216), (352, 264), (80, 60)]


def test_unknown_kind_is_refused(pictures):
    with pytest.raises(ValueError, match=r"kinds must be among 'jpeg', .* got 'blurr'"):
        make_copies(pictures, ["blurr"])


def test_picture_that_is_gone_is_named(tmp_path):
    Image.new("RGB", (60, 60)).save(tmp_path / "gone.png")
    images = load_images(tmp_path, progress=False)
    (tmp_path / "gone.png").unlink()
    with pytest.raises(ValueError, match=r"gone\.png' cannot be read: vanished"):
        make_copies(images, progress=False)


def test_copies_make_a_curve(copies):
    labelled = copies.label(find_pairs(copies.tensors))
    assert labelled["same"].sum() == 2 * sum(range(len(copies.table) // 2))
    curve = threshold_curve(labelled, thresholds=[200]).set_index("kind")
    assert set(KINDS) <= set(curve.index)
    assert curve.loc["all", "precision"] == 1
    assert 0 < curve.loc["crop", "recall"] < 1
    pd.testing.assert_index_equal(labelled.columns, pd.Index(["a", "b", "mse", "same", "kind"]))
