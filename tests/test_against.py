"""What is new is compared with all, and what was there before stays."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image

import dupviz as dv
from dupviz import cli

FLAGS = "data/photos/flags"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Old pictures, two of them equal, and new ones: a copy of an old one, two copies of each other, and one more."""
    folder = tmp_path_factory.mktemp("against")
    for name in ("old", "new"):
        (folder / name).mkdir()
    rng = np.random.default_rng(0)
    photos = [Image.fromarray(rng.integers(0, 256, (30, 40, 3), np.uint8)).resize((320, 240)) for _ in range(5)]
    for number in (0, 1):
        photos[number].save(folder / "old" / f"{number}.png")
    shutil.copy(folder / "old" / "0.png", folder / "old" / "0 again.png")
    photos[1].save(folder / "new" / "one.jpg", quality=90)
    for name in ("two", "three"):
        photos[2].save(folder / "new" / f"{name}.png")
    photos[3].save(folder / "new" / "four.png")
    return folder


def stems(table):
    return sorted(path.rpartition("/")[2].partition(".")[0] for path in table["path"])


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("is_read", [True, False])
def test_new_files_go_for_old_ones_and_old_ones_are_not_compared(folders, verify, is_read):
    old = folders / "old"
    against = dv.load_images(old, cache=False, progress=False) if is_read else old
    found = dv.find_duplicates(folders / "new", against=against, verify=verify, cache=False, progress=False)
    assert stems(found.to_remove)[0] == "one"
    assert stems(found.to_remove)[1] in ("two", "three")
    assert len(found.to_remove) == 2
    assert stems(found.groups) == ["1", "one", "three", "two"]  # 0 and its copy are old
    assert found.images.files["old"].sum() == 3
    again = found.at(100)
    assert stems(again.to_remove) == stems(found.to_remove)


def test_a_new_folder_inside_the_old_one_is_new(folders):
    found = dv.find_duplicates(folders / "new", against=folders, cache=False, progress=False)
    assert len(found.images) == 7
    assert found.images.files["old"].sum() == 3
    assert len(found.to_remove) == 2


def test_groups_with_a_new_file_are_those_of_a_whole_scan():
    images = dv.load_images(FLAGS, progress=False)
    is_new = np.arange(len(images)) % 3 == 0
    some = dv.ImageSet(images.tensors[is_new], images.files[is_new].reset_index(drop=True), images.errors)
    found = dv.find_duplicates(some, against=images, parts=True, cache=False, progress=False)
    table, whole = found.candidates.table(), dv.propose(images, by=dv.proposers.candidates.PROPOSERS, progress=False)
    first = dict(zip(images.files["path"], images.files["path"][whole.near.leader]))  # of those with its tensor
    new = {first[path] for path in some.files["path"]}

    def pairs(table, paths):
        table = table[(table["by"] != "waves") | (table["far"] < 12)]  # near the limit, hashes depend on the order
        ends = ((frozenset({first[paths[row.a]], first[paths[row.b]]}), row.by, row.mse) for row in table.itertuples())
        return {(pair, by, mse) for pair, by, mse in ends if pair & new and mse > 0}

    assert pairs(table, found.images.files["path"]) == pairs(whole.table(), images.files["path"])


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_file_by_another_name_or_way_is_no_duplicate_of_itself(folders, tmp_path):
    (tmp_path / "new").mkdir()
    os.link(folders / "old" / "1.png", tmp_path / "new" / "the same file.png")
    (tmp_path / "way").symlink_to(folders / "old")
    for old in (folders / "old", tmp_path / "way"):
        for new in (tmp_path / "new", folders / "old"):
            found = dv.find_duplicates(new, against=old, cache=False, progress=False)
            assert "1" not in stems(found.to_remove)
            assert "the same file" not in stems(found.to_remove)
            assert found.images.files["old"].sum() == (2 if new == tmp_path / "new" else 0)


def test_a_folder_that_is_not_there_is_refused(folders):
    with pytest.raises(FileNotFoundError, match="no such file or folder: 'nowhere'"):
        dv.find_duplicates(folders / "new", against="nowhere", progress=False)


def test_tensors_of_another_size_and_rows_are_refused(folders):
    old = dv.load_images(folders / "old", size=20, cache=False, progress=False)
    with pytest.raises(ValueError, match="of one size, got 50 and 20"):
        dv.find_duplicates(folders / "new", against=old, cache=False, progress=False)
    rows = dv.load_images(np.zeros((2, 60, 60, 3), np.uint8), progress=False)
    with pytest.raises(ValueError, match="an array is none"):
        dv.find_duplicates(folders / "new", against=rows, cache=False, progress=False)
    with pytest.raises(ValueError, match="new must say yes or no for each of the 3"):
        dv.propose(dv.load_images(folders / "old", progress=False), new=[True, False])


def test_a_scan_against_a_folder_names_it_in_the_next_step(folders, capsys):
    assert cli.main(["scan", str(folders / "new"), "--against", str(folders / "old"), "--no-cache"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.endswith(f"dupviz review {folders / 'new'} --against {folders / 'old'}")
    new, old = str(folders / "new"), str(folders / "old")
    assert cli.main(["scan", new, "--against", old, "--fail-on-duplicates", "--no-cache"]) == 3
    assert cli.main(["scan", old, "--against", new, "--quiet", "--no-cache"]) == 0
