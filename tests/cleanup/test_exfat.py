"""A clean-up on exFAT, as cameras and sticks have it: no case, no links, no owners, no rename that overwrites nothing.

Needs root, a loop device, exfat-fuse and exfatprogs; where these are missing, `test_faults` has what such a file system
refuses.
"""

import os
import shutil
import subprocess

import pytest
from plans import pictures, plan_of, snapshot, write_files

from dupviz import undo
from dupviz.cleanup.move import Move, _is_one_name
from dupviz.cli import commands as cli


@pytest.fixture(scope="module")
def stick(tmp_path_factory):
    """The mount point of an exFAT file system of 16 MB."""
    programs = all(map(shutil.which, ("mkfs.exfat", "mount.exfat-fuse", "losetup")))
    if not programs or not hasattr(os, "geteuid") or os.geteuid():
        pytest.skip("needs root, exfat-fuse and exfatprogs")
    folder = tmp_path_factory.mktemp("stick")
    image, mount = folder / "image", folder / "mount"
    mount.mkdir()
    image.write_bytes(bytes(16 * 2**20))
    subprocess.run(["mkfs.exfat", image], check=True, capture_output=True)
    loop = subprocess.run(["losetup", "--find", "--show", image], capture_output=True, text=True).stdout.strip()
    if not loop or subprocess.run(["mount.exfat-fuse", loop, mount], capture_output=True).returncode:
        pytest.skip("cannot mount a loop device here")
    yield mount
    subprocess.run(["umount", mount], check=True)
    subprocess.run(["losetup", "--detach", loop], check=True)


@pytest.fixture
def photos(stick):
    """Pictures on the stick, and a plan by which two of them go."""
    folder = stick / "Photos"
    keeper, *paths = write_files(folder, ["keeper.jpg", "A.jpg", "sub/b.jpg"])
    yield folder, plan_of(folder, dict.fromkeys(paths, keeper))
    shutil.rmtree(folder)


@pytest.mark.parametrize("where", ["stick", "disk"])
def test_files_go_and_return(photos, stick, where, tmp_path):
    folder, plan = photos
    out = (stick if where == "stick" else tmp_path) / "out"
    before = snapshot(folder)
    assert set(plan.apply(out, dry_run=False, progress=False).table["status"]) == {"moved"}
    assert len(pictures(folder)) == 1
    assert set(undo(out, progress=False).table["status"]) == {"restored"}
    assert snapshot(folder) == before
    shutil.rmtree(out)


def test_two_spellings_are_one_name_and_nothing_is_unlinked_by_the_other(photos):
    folder, _ = photos
    upper, lower = str(folder / "A.jpg"), str(folder / "a.JPG")
    assert os.path.exists(lower)
    assert _is_one_name(upper, lower)
    assert not _is_one_name(upper, str(folder / "keeper.jpg"))
    before = pictures(folder)
    deep = str(folder / "sub" / "b.jpg"), str(folder / "SUB" / "B.jpg")
    for a, b in ((upper, lower), deep):
        Move(a, b, "0" * 16, os.stat(a).st_mtime_ns).tidy_up()
        Move(b, a, "0" * 16, os.stat(a).st_mtime_ns).tidy_up()
        assert pictures(folder) == before


def test_a_folder_is_protected_in_any_spelling(photos, stick, tmp_path):
    folder, plan = photos
    for protect in (str(folder).lower().replace(str(stick).lower(), str(stick)), folder / "SUB"):
        outcome = plan.apply(tmp_path / "out", protect=[protect], progress=False)
        reasons = dict(zip(outcome.table["path"].map(os.path.basename), outcome.table["reason"]))
        assert reasons["b.jpg"] == "is in a protected folder"
    assert cli.main(["scan", str(folder), "--protect", str(folder / "Sub"), "--no-verify"]) == 0
    with pytest.raises(ValueError, match="which holds"):
        plan.apply(folder / "SUB", progress=False)
