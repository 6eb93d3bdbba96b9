import dataclasses
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupviz import ImageSet, find_pairs, load_images, open_images

# Any bytes that a file name can hold, as Python spells them.
NAMES = st.binary(min_size=1, max_size=20).map(lambda name: name.replace(b"\0", b"").decode("utf-8", "surrogateescape"))


def made_up(names, reasons=(), other_files=0):
    n = len(names)
    rng = np.random.default_rng(n)
    files = pd.DataFrame(
        {
            "path": pd.Series(names, dtype=object),
            "width": np.arange(n),
            "height": np.arange(n),
            "bytes": rng.integers(0, 2**62, n),
            "format": pd.Series(["JPEG"] * n, dtype=object),
            "modified": pd.to_datetime(rng.integers(0, 2**62, n).astype("datetime64[ns]"), utc=True),
            "contrast": rng.random(n),
            "flat": rng.random(n) < 0.5,
        }
    )
    errors = pd.DataFrame({"path": pd.Series(reasons, dtype=object), "reason": pd.Series(reasons, dtype=object)})
    return ImageSet(rng.integers(0, 256, (n, 3, 3, 3), dtype=np.uint8), files, errors, other_files)


def assert_same(a, b):
    np.testing.assert_array_equal(a.tensors, b.tensors)
    pd.testing.assert_frame_equal(a.files, b.files)
    pd.testing.assert_frame_equal(a.errors, b.errors)
    assert a.other_files == b.other_files


@given(st.lists(NAMES, max_size=4), st.lists(NAMES, max_size=2), st.integers(0, 9))
def test_opened_is_what_was_saved(tmp_path_factory, names, reasons, other_files):
    images = made_up(names, reasons, other_files)
    folder = tmp_path_factory.mktemp("saved") / "set"
    images.save(folder)
    assert_same(open_images(folder), images)


def test_tensors_are_mapped_and_searched(tmp_path):
    images = made_up(["a", "b", "c"])
    images.save(tmp_path / "set")
    opened = open_images(tmp_path / "set")
    assert isinstance(opened.tensors, np.memmap)
    pd.testing.assert_frame_equal(find_pairs(opened, max_mse=1e6), find_pairs(images, max_mse=1e6))


def test_saving_again_replaces_the_set_as_a_whole(tmp_path):
    made_up(["a", "b", "c"]).save(tmp_path / "set")
    opened = open_images(tmp_path / "set")
    made_up(["d"]).save(tmp_path / "set")
    assert_same(open_images(tmp_path / "set"), made_up(["d"]))
    assert_same(opened, made_up(["a", "b", "c"]))
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_other_folders_are_not_touched(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="is there already and is no saved image set"):
        made_up(["a"]).save(tmp_path / "photos")
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["a.txt"]


def test_a_failed_save_leaves_the_old_set(tmp_path, monkeypatch):
    made_up(["a"]).save(tmp_path / "set")
    monkeypatch.setattr(pd.DataFrame, "to_csv", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "disk full")))
    with pytest.raises(OSError, match="disk full"):
        made_up(["b"]).save(tmp_path / "set")
    monkeypatch.undo()
    assert_same(open_images(tmp_path / "set"), made_up(["a"]))
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_an_interrupted_replacement_leaves_the_old_set(tmp_path, monkeypatch):
    made_up(["a"]).save(tmp_path / "set")
    rename = Path.rename

    def interrupted(self, target):
        if self.name == "new":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        made_up(["b"]).save(tmp_path / "set")
    assert_same(open_images(tmp_path / "set"), made_up(["a"]))


def test_what_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"no saved image set in .*: dupviz.load_images reads folders of images"
    ):
        open_images(tmp_path)
    load_images(tmp_path).save(tmp_path / "set")
    assert len(open_images(tmp_path / "set")) == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "tensors.npy").write_bytes(b"damaged"),
        lambda folder: (folder / "tensors.npy").write_bytes(b""),
        lambda folder: os.truncate(folder / "tensors.npy", 150),
        lambda folder: np.save(folder / "tensors.npy", np.zeros(3, np.uint8)),
        lambda folder: np.save(folder / "tensors.npy", np.zeros((3, 3, 3, 3))),
        lambda folder: np.save(folder / "tensors.npy", np.zeros((2, 3, 3, 3), np.uint8)),
        lambda folder: os.truncate(folder / "files.csv", 0),
        lambda folder: os.truncate(folder / "files.csv", (folder / "files.csv").stat().st_size - 3),
        lambda folder: (folder / "errors.csv").unlink(),
    ],
)
def test_damaged_sets_are_not_opened(tmp_path, damage):
    made_up(["a", "b", "c"]).save(tmp_path / "set")
    damage(tmp_path / "set")
    with pytest.raises(ValueError, match=r"the image set in .* is damaged"):
        open_images(tmp_path / "set")


def test_times_of_a_coarser_unit_are_the_same_times(tmp_path):
    images = made_up(["a"])
    coarse = images.files.assign(modified=images.files["modified"].astype("datetime64[us, UTC]"))
    dataclasses.replace(images, files=coarse).save(tmp_path / "set")
    assert open_images(tmp_path / "set").files["modified"][0] == coarse["modified"][0]


def test_a_set_with_anything_beside_it_is_not_replaced(tmp_path):
    made_up(["a"]).save(tmp_path / "set")
    quarantine = tmp_path / "set" / "quarantine"
    quarantine.mkdir()
    (quarantine / "photo.jpg").write_text("the only copy")
    with pytest.raises(FileExistsError, match="holds 'quarantine' beside the saved image set"):
        made_up(["b"]).save(tmp_path / "set")
    assert (quarantine / "photo.jpg").read_text() == "the only copy"
    assert_same(open_images(tmp_path / "set"), made_up(["a"]))
