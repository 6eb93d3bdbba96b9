"""One file is read once, by however many mounts its folder is reached; a copy is another file."""

import os
import shutil
import subprocess

import pytest
from PIL import Image

from dupviz import find_duplicates, load_images
from dupviz.images import walk
from dupviz.images.walk import _Names, further_name

NS = 1_700_000_000_123_456_789
pytestmark = pytest.mark.skipif(os.name != "posix", reason="where the time of a change is that of the making")


def status(device, number, *, size=7, modified=NS, changed=NS + 1, links=1):
    """An `os.stat_result` that says so."""
    return os.stat_result(
        (0o100644, number, device, links, 0, 0, size, 0, 0, 0),
        {"st_mtime_ns": modified, "st_ctime_ns": changed, "st_atime_ns": 0},
    )


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (status(1, 10), True),  # a bind mount, or a hard link
        (status(2, 99), True),  # mergerfs
        (status(2, 10), True),  # a snapshot
        (status(1, 11), False),  # a copy that was made, and given its times, in one moment
        (status(2, 99, size=8), False),
        (status(2, 99, modified=NS - 1), False),
        (status(2, 99, changed=NS + 2), False),
        (status(1, 10, changed=NS + 2), False),  # of a file system that gives all files one number
    ],
)
def test_a_name_is_a_further_one_of_a_file_by_its_number_or_its_times(other, is_same):
    names = _Names()
    assert names.first("a", status(1, 10)) == "a"
    assert names.first("b", other) == ("a" if is_same else "b")
    assert names.first("c", other) == ("a" if is_same else "b")


def test_times_that_copies_share_tell_nothing_of_two_disks():
    """Of exFAT and FAT: no time of a change, and the others in steps of 10 ms or 2 s."""
    for step, is_same in ((10_000_000, False), (2_000_000_000, False), (10_000_001, True)):
        names, time = _Names(), NS // step * step
        names.first("a", status(1, 10, modified=time, changed=time))
        assert (names.first("b", status(2, 20, modified=time, changed=time)) == "a") == is_same


def test_files_without_a_number_are_files_of_their_own():
    names = _Names()
    assert [names.first(name, status(1, 0)) for name in "ab"] == ["a", "b"]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    Image.linear_gradient("L").save(folder / "a.png")
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture
def bound(photos, tmp_path):
    """The same folder by another mount."""
    other = tmp_path / "other"
    other.mkdir()
    if not shutil.which("mount") or subprocess.run(["mount", "--bind", photos, other], capture_output=True).returncode:
        pytest.skip("cannot mount here")
    yield other
    subprocess.run(["umount", other], check=True)


def test_a_folder_by_two_mounts_has_no_duplicates(photos, bound):
    found = find_duplicates([photos, bound], progress=False, cache=False)
    assert found.images.files["path"].tolist() == [str(photos / "a.png")]
    assert found.images.other_files == 2
    reason = f"the same file as {photos / 'a.png'}, by another mount, left out"
    assert found.images.errors.to_numpy().tolist() == [[str(bound / "a.png"), reason]]
    assert found.images.unreadable.empty
    shutil.copy2(photos / "a.png", photos / "copy.png")
    assert len(find_duplicates([photos, bound], progress=False, cache=False).to_remove) == 1


def test_a_folder_that_a_union_of_disks_shows_has_no_duplicates(photos, tmp_path, monkeypatch):
    """As mergerfs: another device, and other numbers, but the times of the file on the disk."""
    pool = tmp_path / "pool"
    shutil.copytree(photos, pool)
    lstat = os.lstat

    def through(path):
        path = os.fspath(path)
        seen = lstat(path.replace(str(pool), str(photos)) if str(path).startswith(str(pool)) else path)
        shift = 1000 * str(path).startswith(str(pool))
        times = {"st_mtime_ns": seen.st_mtime_ns, "st_ctime_ns": seen.st_ctime_ns, "st_atime_ns": 0}
        return os.stat_result((seen[0], seen.st_ino + shift, seen.st_dev + shift, *seen[3:10]), times)

    monkeypatch.setattr(walk.os, "lstat", through)
    images = load_images([pool, photos], progress=False, cache=False)
    assert images.files["path"].tolist() == [str(photos / "a.png")]
    assert "by another mount, left out" in images.errors["reason"][0]


def test_what_is_gone_meanwhile_is_a_further_name_all_the_same(tmp_path):
    assert further_name(str(tmp_path / "b"), "a") == "hard link to a"
