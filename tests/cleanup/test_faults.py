"""Each file operation of a clean-up and of its undo, broken off in turn: every picture is whole, and comes back."""

import errno
import os
import shutil
import tempfile
from itertools import count
from pathlib import Path

import pytest
from faults import Crash, apply, at_operation, break_off_both, ended, links_nothing, renames_within, told
from plans import pictures, plan_of, snapshot, write_files

from dupviz import undo
from dupviz.cleanup import disk
from dupviz.cleanup.move import Move

ERRORS = [errno.ENOSPC, errno.EACCES, errno.ENAMETOOLONG, errno.EIO]
MODES = ["rename", "link", "copy", "neither", "two file systems"]


@pytest.fixture(params=MODES)
def world(request, tmp_path, monkeypatch):
    """A function that makes a folder of photos, one for the quarantine, and a plan, anew for each round."""
    with tempfile.TemporaryDirectory(dir=other_file_system(tmp_path, request.param)) as other:
        numbers = count()

        def make():
            number = next(numbers)
            photos, out = tmp_path / f"photos{number}", Path(other, f"out{number}")
            keeper, *paths = write_files(photos, ["keeper.jpg", "sub/a.jpg"])
            return photos, out, plan_of(photos, dict.fromkeys(paths, keeper))

        if request.param in ("link", "copy", "neither"):
            monkeypatch.setattr(
                disk, "rename_to_free_name", renames_within(None if request.param == "copy" else tmp_path)
            )
        if request.param in ("copy", "neither"):
            monkeypatch.setattr(disk, "link", links_nothing)
        monkeypatch.setattr(os, "fsync", lambda _: None)  # seconds, and nothing that a test could see
        yield make


def other_file_system(tmp_path, mode):
    """Where the quarantine folder is to be: in truth elsewhere, for the last mode."""
    if mode != "two file systems":
        return tmp_path
    if not os.path.isdir("/dev/shm") or os.stat("/dev/shm").st_dev == os.stat(tmp_path).st_dev:
        pytest.skip("no second file system at /dev/shm")
    return "/dev/shm"


def rounds(world, act, fault, lasting=False):
    """An apply or undo again and again, with a fault at its first operation, its second, and so on to the last.

    Yields where the fault was, the outcome or what was raised, and the folders.
    """
    for number in count():
        photos, out, plan = world()
        if act == "undo":
            apply(plan, out)
        with at_operation(number, fault, lasting) as reached:
            outcome = apply(plan, out) if act == "apply" else ended(undo, out, progress=False)
        if not reached:
            assert number > 10
            return
        with told(f"{act}, operation {number}: {reached[0]}"):
            yield outcome, photos, out


def assert_comes_back(photos, out, before, permissions=True):
    """The next undo, of a process that meets with no fault, restores all and leaves nothing behind."""
    if list(out.glob("journal-*")):
        back = undo(out, progress=False)
        assert back.skipped.empty, back.skipped.to_string()
        assert back.note == ""
        assert not pictures(out)
    after = snapshot(photos)
    assert {path: facts[1 - permissions :] for path, facts in after.items()} == {
        path: facts[1 - permissions :] for path, facts in before.items()
    }


def assert_truthful(outcome, reason, new_place, old_place):
    """A file is where the outcome says, and nowhere else; where it has not moved, that has a reason."""
    for row in outcome.table.itertuples():
        done = row.status != "skipped"
        assert os.path.exists(row.path) == (old_place if done else new_place)
        assert done or reason in row.reason, row.reason


@pytest.mark.parametrize(("error", "lasting"), [*((error, False) for error in ERRORS), (errno.EIO, True)])
@pytest.mark.parametrize("act", ["apply", "undo"])
def test_after_a_fault_every_picture_is_whole_and_comes_back(world, act, error, lasting):
    before = snapshot(world()[0])
    everything = pictures(world()[0])

    def fail():
        raise OSError(error, os.strerror(error))

    for outcome, photos, out in rounds(world, act, fail, lasting):
        found = pictures(photos, out)
        assert found >= everything, "a picture is lost"
        if isinstance(outcome, OSError):
            assert str(outcome)
        elif not lasting:
            assert_truthful(outcome, os.strerror(error), act == "apply", act == "undo")
        # A file system that refuses permissions gets the picture all the same.
        assert_comes_back(photos, out, before, permissions=error != errno.EACCES)


@pytest.mark.parametrize("end", [Crash, KeyboardInterrupt])
@pytest.mark.parametrize("act", ["apply", "undo"])
def test_after_an_end_at_any_operation_undo_restores_every_picture(world, act, end):
    before = snapshot(world()[0])
    everything = pictures(world()[0])

    def stop():
        raise end

    for outcome, photos, out in rounds(world, act, stop):
        assert isinstance(outcome, end) or outcome.interrupted
        assert pictures(photos, out) >= everything, "a picture is lost"
        if end is KeyboardInterrupt:
            assert pictures(photos, out) == everything, "a picture is there twice"
        assert_comes_back(photos, out, before)


def test_the_undo_of_a_broken_apply_may_be_broken_off_too(world):
    before = snapshot(world()[0])
    everything = pictures(world()[0])

    def check(photos, out):
        assert pictures(photos, out) >= everything, "a picture is lost"
        assert_comes_back(photos, out, before)

    break_off_both(world, range(15, 200, 7), range(0, 200, 5), check)


def write_theirs(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"theirs")


def replace_by_theirs(path):
    path.unlink(missing_ok=True)
    write_theirs(path)


def put_copy(photo, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if photo.exists() and not target.exists():
        shutil.copy2(photo, target)


OTHERS = {
    "replaces the file": lambda photos, out: replace_by_theirs(photos / "sub/a.jpg"),
    "writes to the file": lambda photos, out: write_theirs(photos / "sub/a.jpg"),
    "deletes the file": lambda photos, out: (photos / "sub/a.jpg").unlink(missing_ok=True),
    "deletes the keeper": lambda photos, out: (photos / "keeper.jpg").unlink(missing_ok=True),
    "puts a file at the target": lambda photos, out: (out / "sub/a.jpg").exists() or write_theirs(out / "sub/a.jpg"),
    "puts a copy at the target": lambda photos, out: put_copy(photos / "sub/a.jpg", out / "sub/a.jpg"),
}


@pytest.mark.parametrize("deed", OTHERS)
@pytest.mark.parametrize("world", ["rename", "link", "copy", "neither"], indirect=True)
@pytest.mark.parametrize("act", ["apply", "undo"])
def test_what_others_do_between_any_two_operations_is_theirs(world, act, deed, request):
    """Whatever they leave stays, and so does every picture that they have not themselves deleted or written over."""
    if (
        request.node.callspec.params["world"] == "neither"
        and act == "undo"
        and deed in ("replaces the file", "writes to the file")
    ):
        pytest.skip("where a file system knows neither, an empty file holds the place, and whoever writes to it loses")
    folders, due = [], set()

    def make():
        made = world()
        folders[:] = made[:2]
        due.update(pictures(made[0]))
        return made

    def others():
        before = pictures(*folders)
        OTHERS[deed](*folders)
        after = pictures(*folders)
        due.difference_update(content for content in before if after[content] < before[content])
        due.update({b"theirs"} & set(after))
        copied.append(after > before)

    copied = []
    for _, photos, out in rounds(make, act, others):
        for when in (act, "the next undo"):
            found = pictures(photos, out)
            assert set(found) >= due, f"lost after {when}: {due - set(found)}"
            if deed in ("replaces the file", "writes to the file"):
                assert (photos / "sub/a.jpg").read_bytes() == b"theirs", f"after {when}, theirs has moved"
            if act == "apply" and "copy" in deed and copied[-1]:
                assert found.total() == 3, f"after {when}, their copy is lost"
            ended(undo, out, progress=False)
        due.clear()


@pytest.mark.parametrize("operations", range(12))
@pytest.mark.parametrize("world", MODES[1:], indirect=True)
def test_a_file_put_there_at_the_last_moment_of_a_crash_is_kept(world, operations, monkeypatch):
    """The source is replaced right before it is renamed, to be removed; then the process ends."""
    photos, out, plan = world()
    due = {*pictures(photos), b"theirs"} - {(photos / "sub/a.jpg").read_bytes()}
    rename = disk.rename

    def rename_theirs(source, target):
        if source != str(photos / "sub/a.jpg"):
            return rename(source, target)
        monkeypatch.setattr(disk, "rename", rename)
        replace_by_theirs(Path(source))
        rename(source, target)
        return crash.__enter__()

    def stop():
        raise Crash

    crash = at_operation(operations, stop)
    monkeypatch.setattr(disk, "rename", rename_theirs)
    apply(plan, out)
    assert disk.rename is not rename_theirs
    crash.__exit__(None, None, None)
    for _ in range(2):
        assert set(pictures(photos, out)) >= due
        undo(out, progress=False)
    if (photos / "sub/a.jpg").exists():
        assert set(pictures(photos)) >= due


def test_a_file_that_cannot_move_does_not_keep_others_from_moving(tmp_path, monkeypatch):
    keeper, *paths = write_files(tmp_path / "photos", ["keeper.jpg", "sub/a.jpg", "b.jpg"])
    make = disk.make_folder

    def mkdir(path, *mode):
        if path == str(tmp_path / "out" / "sub"):
            raise PermissionError(errno.EACCES, "Permission denied")
        make(path, *mode)

    monkeypatch.setattr(disk, "make_folder", mkdir)
    outcome = apply(plan_of(tmp_path / "photos", dict.fromkeys(paths, keeper)), tmp_path / "out")
    assert outcome.table["status"].tolist() == ["skipped", "moved"]
    assert outcome.table["reason"].tolist() == ["cannot be moved: Permission denied", ""]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
@pytest.mark.parametrize("world", ["copy"], indirect=True)
def test_a_copy_keeps_the_owner(world):
    photos, out, plan = world()
    os.chown(photos / "sub/a.jpg", 1234, 5678)
    outcome = apply(plan, out)
    for path in (outcome.table["new_path"][0], photos / "sub/a.jpg"):
        assert (os.stat(path).st_uid, os.stat(path).st_gid) == (1234, 5678)
        undo(out, progress=False)


def test_a_name_that_goes_with_the_other_is_no_copy_to_remove(tmp_path, monkeypatch):
    """As where case does not count, and each spelling has an inode of its own: to rename one is to rename both."""
    source, target = write_files(tmp_path, ["sub/a.jpg", "SUB/A.JPG"])
    shutil.copy2(source, target)
    everything = pictures(tmp_path / "SUB")
    rename = disk.rename

    def rename_both(path, new):
        rename(path, new)
        if path == target:
            os.unlink(source)

    monkeypatch.setattr(disk, "rename", rename_both)
    Move(source, target, "0" * 16, os.stat(source).st_mtime_ns).tidy_up()
    assert pictures(tmp_path) == everything
    assert os.path.exists(target)


def test_of_two_files_whose_names_differ_in_case_each_is_its_own(tmp_path):
    source, target = write_files(tmp_path, ["a.jpg", "A.jpg"])
    if os.path.samefile(source, target):
        pytest.skip("case does not count here")
    shutil.copy2(source, target)
    assert not Move(source, target, "0" * 16, 0).in_place
    Move(source, target, "0" * 16, os.stat(source).st_mtime_ns).tidy_up()
    assert os.listdir(tmp_path) == ["a.jpg"]


@pytest.fixture
def killed_in_the_copy(tmp_path):
    """A folder whose clean-up ended while a file was copied, another folder, and the part of a copy that was left."""
    keeper, path = write_files(tmp_path / "photos", ["keeper.jpg", "a.jpg"])

    def stop(*_):
        raise Crash

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "rename_to_free_name", renames_within(tmp_path))
        patch.setattr(disk, "link", links_nothing)
        patch.setattr(disk, "set_times", stop)
        assert isinstance(apply(plan_of(tmp_path / "photos", {path: keeper}), tmp_path / "out"), Crash)
    (part,) = (tmp_path / "out").glob(".dupviz-*.part")
    return tmp_path / "photos", tmp_path / "out", part


@pytest.mark.parametrize("size", [0, 5, None])
@pytest.mark.parametrize("has_time", [True, False])
def test_what_a_power_cut_leaves_of_a_copy_is_cleared_up(killed_in_the_copy, size, has_time):
    """It may be full of zeros, and have the size and the time of the picture."""
    photos, out, part = killed_in_the_copy
    before = snapshot(photos)
    picture = os.stat(photos / "a.jpg")
    part.write_bytes(bytes(picture.st_size if size is None else size))
    if has_time:
        os.utime(part, ns=(0, picture.st_mtime_ns))
    back = undo(out, progress=False)
    assert back.table["status"].tolist() == ["already in place"]
    assert back.note == ""
    assert not part.exists()
    assert snapshot(photos) == before


def test_of_what_is_nowhere_whole_nothing_is_removed_and_all_is_said(killed_in_the_copy):
    photos, out, part = killed_in_the_copy
    picture = (photos / "a.jpg").read_bytes()
    part.write_bytes(bytes(len(picture)))
    (photos / "a.jpg").unlink()
    for _ in range(2):
        back = undo(out, progress=False)
        words = f"is no longer in the quarantine folder; an incomplete copy of it is {part}"
        assert back.table["reason"].tolist() == [words]
        assert back.note == f"Left over from copies that were interrupted, and incomplete: 1 file, as {part}."
    part.write_bytes(picture)  # and that which has become the only one comes back
    assert undo(out, progress=False).table["status"].tolist() == ["restored"]
    assert (photos / "a.jpg").read_bytes() == picture
