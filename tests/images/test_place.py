"""A set is saved only over a set; a kill at any moment loses none, and what it leaves is cleared up."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from made_up import image_set

from dupviz import open_images
from dupviz.images import place
from dupviz.images.place import SAVED, recovered

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="where nobody knows whether a process is at work")
KILLED = 9
# Saves a set over another, and ends before the operation of that number: a write, a folder, a rename, a removal.
SAVE = """
import os, sys, shutil, tempfile
from pathlib import Path
import numpy as np, pandas as pd
import dupviz
from made_up import image_set

left = int(sys.argv[2])

def counted(function):
    def called(*arguments, **options):
        global left
        if left == 0:
            os._exit(9)
        left -= 1
        return function(*arguments, **options)
    return called

images = image_set(np.full((2, 5, 5, 3), 2, np.uint8))
np.save = counted(np.save)
for owner, names in ((pd.DataFrame, ["to_csv"]), (Path, ["write_text", "mkdir", "rename"]), (os, ["rmdir", "unlink"])):
    for name in names:
        setattr(owner, name, counted(getattr(owner, name)))
images.save(sys.argv[1])
"""


def made(value, number=1):
    return image_set(np.full((number, 5, 5, 3), value, np.uint8))


def saved_value(folder):
    return int(open_images(folder).tensors[0, 0, 0, 0])


def save_and_kill(folder, operation):
    """Whether the save was killed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    command = [sys.executable, "-c", SAVE, str(folder), str(operation)]
    status = subprocess.run(command, env=environment).returncode
    assert status in (0, KILLED)
    return status == KILLED


def test_a_kill_at_any_moment_loses_no_set_and_what_it_leaves_is_cleared_up(tmp_path):
    for operation in range(99):
        folder = tmp_path / str(operation)
        folder.mkdir()
        made(1).save(folder / "set")
        killed = save_and_kill(folder / "set", operation)
        assert saved_value(folder / "set") in ((1, 2) if killed else (2,))
        for beside in folder.glob(".set-*"):
            os.utime(beside, (0, 0))  # a minute later
        made(3).save(folder / "set")
        assert saved_value(folder / "set") == 3
        assert sorted(path.name for path in folder.iterdir()) == ["set"]
        if not killed:
            break
    assert operation > 8


def left(folder, *, old=None, new=None, name=".set-abcd1234"):
    """What a kill leaves beside a set."""
    for inner, value in (("old", old), ("new", new)):
        if value is not None:
            made(value).save(folder / name / inner)
    return folder / name


def test_a_set_that_was_left_out_of_its_place_is_opened_and_put_back(tmp_path):
    beside = left(tmp_path, old=1, new=2)
    assert saved_value(tmp_path / "set") == 1
    assert not beside.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_where_nothing_can_be_written_a_set_is_opened_from_where_it_is(tmp_path, monkeypatch):
    beside = left(tmp_path, old=1)
    monkeypatch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(OSError(30, "read-only file system")))
    assert recovered(tmp_path / "set") == beside / "old"
    assert saved_value(tmp_path / "set") == 1


def test_the_only_copy_of_a_set_stays_where_it_is_while_something_else_has_its_place(tmp_path):
    beside = left(tmp_path, old=1)
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        made(2).save(tmp_path / "set")
    assert saved_value(beside / "old") == 1


@pytest.mark.parametrize("stranger", ["photo.jpg", "old/photo.jpg", "new/photo.jpg", "old/errors.csv/photo.jpg"])
def test_a_hidden_folder_with_anything_else_in_it_is_not_cleared_up(stranger, tmp_path):
    beside = left(tmp_path, new=1)
    made(2).save(tmp_path / "set")
    beside = left(tmp_path, new=1)
    (beside / stranger).parent.mkdir(parents=True, exist_ok=True)
    (beside / stranger).write_text("the only copy")
    made(3).save(tmp_path / "set")
    assert (beside / stranger).read_text() == "the only copy"


@pytest.mark.parametrize("name", [".other-abcd1234", ".set-abc", "set-abcd1234", ".set-abcd12345"])
def test_folders_of_other_names_are_not_cleared_up(name, tmp_path):
    beside = left(tmp_path, new=1, name=name)
    made(2).save(tmp_path / "set")
    assert beside.exists()


def test_the_folder_of_a_save_that_is_at_work_is_left_to_it(tmp_path):
    with place.saving(tmp_path / "set") as new:
        made(1).save(tmp_path / "set")  # another process, which is faster
        assert new.exists()
        made(2).save(new)
    assert saved_value(tmp_path / "set") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_a_folder_that_was_made_just_now_may_be_that_of_a_save(tmp_path):
    beside = tmp_path / ".set-abcd1234"
    for age, stays in ((50, True), (70, False)):
        beside.mkdir(exist_ok=True)
        os.utime(beside, (time.time() - age,) * 2)
        made(1).save(tmp_path / "set")
        assert beside.exists() == stays


@pytest.mark.parametrize("name", sorted(SAVED - {"images.json"}))
@pytest.mark.parametrize("kind", ["folder", "link"])
def test_a_set_whose_file_is_none_is_not_replaced(name, kind, tmp_path):
    made(1).save(tmp_path / "set")
    (tmp_path / "set" / name).unlink()
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "photo.jpg").write_text("the only copy")
    if kind == "folder":
        shutil.move(tmp_path / "own", tmp_path / "set" / name)
    else:
        (tmp_path / "set" / name).symlink_to(tmp_path / "own")
    with pytest.raises(FileExistsError, match=f"holds '{name}' beside the saved image set"):
        made(2).save(tmp_path / "set")
    assert (tmp_path / "set" / name / "photo.jpg").read_text() == "the only copy"


def test_what_comes_into_a_set_while_it_is_saved_anew_is_not_lost(tmp_path):
    made(1).save(tmp_path / "set")

    def save():
        with place.saving(tmp_path / "set") as new:
            made(2).save(new)
            (tmp_path / "set" / "photo.jpg").write_text("the only copy")

    with pytest.raises(FileExistsError, match=r"photo\.jpg"):
        save()
    assert (tmp_path / "set" / "photo.jpg").read_text() == "the only copy"
    assert [path.name for path in tmp_path.iterdir()] == ["set"]
