"""What files alone say is in a sidecar before they go; undo removes that, and touches nobody else's."""

import errno
import json
import os
import shutil

import numpy as np
import pytest
from noted import carrying_plan, write_noted
from plans import pictures, snapshot

from dupviz import Plan, open_plan, undo
from dupviz._disk.companions import sidecars_of
from dupviz.cleanup import apply, disk
from dupviz.cleanup.entries import sum_of
from dupviz.inventory.beside import metadata_with
from dupviz.inventory.inventory import metadata

CAT, DOG = {"dc:subject": ("cat",)}, {"dc:subject": ("dog",), "dc:title": ("A dog",)}


@pytest.fixture
def world(tmp_path):
    """A function that writes pictures with metadata, the first of which stays, and returns their folder and a plan."""

    def make(**notes):
        paths = [write_noted(tmp_path / "photos" / f"{name}.jpg", each) for name, each in notes.items()]
        return tmp_path / "photos", carrying_plan(tmp_path / "photos", dict.fromkeys(paths[1:], paths[0]))

    return make


def move(plan, folder, **options):
    return plan.apply(folder.parent / "out", dry_run=False, progress=False, **options)


def became(outcome):
    """Statuses and reasons, by the names of files."""
    table = outcome.table
    facts = zip(table["status"], table["reason"])
    return dict(zip(map(os.path.basename, table["path"]), facts))


def assert_undone(outcome, folder, before):
    for _ in range(2):
        back = undo(outcome, progress=False)
        assert back.skipped.empty, back.skipped.to_string()
        assert snapshot(folder) == before


def test_what_files_alone_say_is_in_one_sidecar(world):
    folder, plan = world(k=CAT, a=DOG, b={"xmp:Rating": ("5",)}, c=CAT)
    before = snapshot(folder)
    outcome = move(plan, folder)
    moved = dict.fromkeys(["a.jpg", "b.jpg", "c.jpg"], ("moved", ""))
    assert became(outcome) == {"k.jpg.xmp": ("written", "")} | moved
    assert sorted(os.listdir(folder)) == ["k.jpg", "k.jpg.xmp"]
    assert snapshot(folder)["k.jpg"] == before["k.jpg"], "the file that stays is never written to"
    found = metadata_with(sidecars_of(str(folder / "k.jpg")), str(folder / "k.jpg"))
    assert found == {"dc:subject": ("cat", "cat", "dog"), "dc:title": ("A dog",), "xmp:Rating": ("5",)}
    assert outcome.table["bytes"][0] == os.path.getsize(folder / "k.jpg.xmp")
    assert_undone(outcome, folder, before)


def test_a_dry_run_names_the_sidecars_and_writes_none(world):
    folder, plan = world(k=CAT, a=DOG, b=CAT)
    before = snapshot(folder.parent)
    outcome = plan.apply(folder.parent / "out", progress=False)
    would = dict.fromkeys(["a.jpg", "b.jpg"], ("would move", ""))
    assert became(outcome) == {"k.jpg.xmp": ("would be written", "")} | would
    assert snapshot(folder.parent) == before
    assert outcome.table["bytes"][0] == move(plan, folder).table["bytes"][0]


def test_where_nothing_is_missing_there_is_no_sidecar(world):
    folder, plan = world(k={**CAT, **DOG}, a=DOG)
    assert became(move(plan, folder)) == {"a.jpg": ("moved", "")}
    assert os.listdir(folder) == ["k.jpg"]


def test_without_the_column_nothing_is_carried_over(world):
    folder, plan = world(k=CAT, a=DOG)
    assert became(move(Plan(plan.table.drop(columns="carry")), folder)) == {"a.jpg": ("moved", "")}
    assert os.listdir(folder) == ["k.jpg"]


@pytest.mark.parametrize(
    ("kept", "first", "second"),
    [({"xmp:Rating": ("5",)}, {}, {"xmp:Rating": ("3",)}), ({}, {"xmp:Rating": ("5",)}, {"xmp:Rating": ("3",)})],
)
def test_of_two_ratings_the_second_file_stays(world, kept, first, second):
    folder, plan = world(k=kept, a=first, b=second)
    before = snapshot(folder)
    outcome = move(plan, folder)
    reason = "its metadata cannot be carried over: there is a rating already, another one"
    assert became(outcome)["a.jpg"] == ("moved", "")
    assert became(outcome)["b.jpg"] == ("skipped", reason)
    assert_undone(outcome, folder, before)


@pytest.mark.parametrize("name", ["k.jpg.xmp", "k.xmp", "K.JPG.XMP"])
def test_a_sidecar_that_is_there_is_never_changed(world, name):
    folder, plan = world(k=CAT, a=DOG, b=CAT)
    (folder / name).write_bytes(b"theirs")
    outcome = move(plan, folder)
    reason = f"its metadata cannot be carried over: there is a sidecar already, {name}"
    assert became(outcome) == {"a.jpg": ("skipped", reason), "b.jpg": ("moved", "")}
    assert (folder / name).read_bytes() == b"theirs"
    assert sorted(os.listdir(folder)) == sorted(["a.jpg", "k.jpg", name])


def test_what_a_sidecar_says_already_need_not_be_carried_again(world):
    """As after a run that was killed: the next one goes on."""
    folder, plan = world(k=CAT, a=DOG)
    move(plan, folder)
    shutil.copy2(folder.parent / "out" / "a.jpg", folder / "a.jpg")
    there = (folder / "k.jpg.xmp").read_bytes()
    assert became(move(plan, folder))["a.jpg"] == ("moved", "")
    assert (folder / "k.jpg.xmp").read_bytes() == there


def test_nothing_is_carried_over_to_go_to_the_trash(world, monkeypatch):
    folder, plan = world(k=CAT, a=DOG, b=CAT)
    trashed = []
    monkeypatch.setattr(apply, "_trash", lambda path: trashed.append(path) or apply.IN_TRASH)
    for dry_run in (True, False):
        outcome = plan.apply(trash=True, dry_run=dry_run, progress=False)
        assert became(outcome)["a.jpg"][1].endswith("dupviz brings nothing back from the trash; move it to a folder")
        assert "k.jpg.xmp" not in became(outcome)
    assert trashed == [str(folder / "b.jpg")]


def test_a_sidecar_that_no_file_needs_after_all_is_taken_away(world):
    folder, plan = world(k=CAT, a=DOG)
    plan.table["mse"] = 0.0
    write_noted(folder / "a.jpg", DOG, quality=5)
    status = os.stat(folder / "a.jpg")
    plan = Plan(plan.table.assign(bytes=status.st_size, modified=status.st_mtime_ns))
    before = snapshot(folder)
    outcome = move(plan, folder)
    assert list(became(outcome)) == ["a.jpg"]
    assert became(outcome)["a.jpg"][1].startswith("is not what the plan says")
    assert snapshot(folder) == before
    assert '"stayed"' in outcome.journal.read_text()
    assert_undone(outcome, folder, before)


def test_what_cannot_go_is_not_in_the_sidecar(world):
    folder, plan = world(k=CAT, a=DOG, b={"xmp:Rating": ("5",)})
    os.utime(folder / "b.jpg")
    assert became(move(plan, folder))["b.jpg"] == ("skipped", "has changed since the scan")
    assert "Rating" not in (folder / "k.jpg.xmp").read_text(encoding="utf-8")


def test_a_file_that_says_more_at_the_last_moment_stays(world, monkeypatch):
    folder, plan = world(k=CAT, a={"xmp:Rating": ("4",)}, b={"xmp:Label": ("Red",)})
    status = os.stat(folder / "b.jpg")

    def sync_folder(path, sync=disk.sync_folder):
        sync(path)
        if path == str(folder) and os.path.exists(folder / "k.jpg.xmp"):
            write_noted(folder / "b.jpg", {"xmp:Label": ("Sea",)})
            os.utime(folder / "b.jpg", ns=(status.st_atime_ns, status.st_mtime_ns))

    monkeypatch.setattr(disk, "sync_folder", sync_folder)
    outcome = move(plan, folder)
    assert os.path.getsize(folder / "b.jpg") == status.st_size, "else it would be told by that"
    assert became(outcome)["b.jpg"] == ("skipped", "has changed since the scan")


@pytest.mark.parametrize("deed", ["deletes", "changes"])
@pytest.mark.parametrize("when", ["before the first file goes", "while a file goes"])
def test_what_others_do_to_the_sidecar_keeps_files_from_going(world, monkeypatch, deed, when):
    folder, plan = world(k=CAT, a=DOG, b=DOG)
    sidecar = folder / "k.jpg.xmp"
    function = "sync_folder" if when.startswith("before") else "rename_to_free_name"
    operation = getattr(disk, function)

    def meddle(*arguments):
        operation(*arguments)
        if sidecar.exists() and (when.startswith("before") or str(arguments[0]).endswith("a.jpg")):
            sidecar.unlink() if deed == "deletes" else sidecar.write_bytes(b"theirs")

    monkeypatch.setattr(disk, function, meddle)
    outcome = move(plan, folder)
    reason = f"the sidecar that it needs has changed: {sidecar}"
    assert {"a.jpg", "b.jpg"} <= set(os.listdir(folder))
    assert became(outcome) == dict.fromkeys(["a.jpg", "b.jpg"], ("skipped", reason))
    assert sidecar.exists() == (deed == "changes")


@pytest.mark.parametrize("place", ["create", "append", "sync", "rename_to_free_name"])
def test_where_no_sidecar_can_be_written_files_stay(world, monkeypatch, place):
    folder, plan = world(k=CAT, a=DOG, b=CAT)
    before, operation = snapshot(folder), getattr(disk, place)

    def fail(first, *rest, **options):
        name = first if isinstance(first, (str, os.PathLike)) else first.name
        name = name if isinstance(name, (str, os.PathLike)) else content_of(rest)
        if str(folder) in str(name) and ".part" in str(name):
            raise OSError(errno.ENOSPC, "No space left on device")
        return operation(first, *rest, **options)

    def content_of(rest):
        return f"{folder}.part" if rest and rest[0].startswith(b"<?xpacket") else ""

    if place == "sync":
        synced = []

        def fail(file):
            synced.append(file)
            if len(synced) == 4:  # after two lines of the journal's head, and the sidecar's record
                raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(disk, place, fail)
    outcome = move(plan, folder)
    monkeypatch.undo()
    reason = "its metadata cannot be carried over: No space left on device"
    assert became(outcome) == {"a.jpg": ("skipped", reason), "b.jpg": ("moved", "")}
    assert_undone(outcome, folder, before)


def test_undo_leaves_a_sidecar_that_has_changed(world):
    folder, plan = world(k=CAT, a=DOG)
    outcome = move(plan, folder)
    with (folder / "k.jpg.xmp").open("ab") as file:
        file.write(b" ")
    back = undo(outcome, progress=False)
    assert became(back) == {
        "a.jpg": ("restored", ""),
        "k.jpg.xmp": ("skipped", "has changed since it was written, and stays"),
    }
    assert (folder / "k.jpg.xmp").exists()


def test_undo_leaves_a_sidecar_as_long_as_a_file_is_away(world):
    folder, plan = world(k=CAT, a=DOG, b={"xmp:Rating": ("5",)})
    before = snapshot(folder)
    outcome = move(plan, folder)
    (folder / "a.jpg").write_bytes(b"theirs")
    for dry_run in (True, False):
        back = undo(outcome, dry_run=dry_run, progress=False)
        assert became(back)["k.jpg.xmp"] == ("skipped", "holds metadata of a file that has not come back")
    assert (folder / "k.jpg.xmp").exists()
    (folder / "a.jpg").unlink()
    assert_undone(outcome, folder, before)


def test_the_sidecar_goes_with_its_picture_later_and_comes_back_with_it(world):
    folder, plan = world(k=CAT, a=DOG)
    before = snapshot(folder)
    move(plan, folder)
    better = write_noted(folder / "better.jpg", {**CAT, **DOG})
    added = snapshot(folder)["better.jpg"]
    later = move(Plan(carrying_plan(folder, {str(folder / "k.jpg"): better}).table.assign(carry=False)), folder)
    assert became(later) == {"k.jpg": ("moved", ""), "k.jpg.xmp": ("moved", "")}
    back = undo(folder.parent / "out", progress=False)
    assert back.skipped.empty, back.skipped.to_string()
    assert snapshot(folder) == before | {"better.jpg": added}


def test_undo_finds_the_sidecar_where_the_folders_have_moved(world, tmp_path):
    folder, plan = world(k=CAT, a=DOG)
    before = snapshot(folder)
    move(plan, folder)
    (tmp_path / "elsewhere").mkdir()
    for name in ("photos", "out"):
        shutil.move(tmp_path / name, tmp_path / "elsewhere" / name)
    back = undo(tmp_path / "elsewhere" / "out", progress=False)
    assert back.skipped.empty, back.skipped.to_string()
    assert snapshot(tmp_path / "elsewhere" / "photos") == before


def test_a_sidecar_may_lie_outside_of_the_folders_that_files_go_from(tmp_path):
    keeper, path = write_noted(tmp_path / "album" / "k.jpg", CAT), write_noted(tmp_path / "new" / "a.jpg", DOG)
    before = snapshot(tmp_path)
    outcome = carrying_plan(tmp_path, {path: keeper}).apply(tmp_path / "out", dry_run=False, progress=False)
    assert os.path.exists(f"{keeper}.xmp")
    assert undo(outcome, progress=False).skipped.empty
    assert {path: facts for path, facts in snapshot(tmp_path).items() if not path.startswith("out")} == before


def test_another_record_of_a_sidecar_removes_nothing(world):
    """Only what ends as a sidecar does, and is byte for byte what the journal says."""
    folder, plan = world(k=CAT, a=DOG)
    outcome = move(plan, folder)
    lines = outcome.journal.read_text().splitlines()
    record = next(json.loads(line) for line in lines if "sidecar" in line)
    del record["sum"]
    forged = {**record, "sidecar": str(folder / "k.jpg"), "token": "0" * 16, "bytes": os.path.getsize(folder / "k.jpg")}
    with outcome.journal.open("a") as file:
        file.write("\n" + json.dumps({**forged, "sum": sum_of(forged)}))
    undo(outcome, foreign=True, progress=False)
    assert (folder / "k.jpg").exists()


def test_a_plan_with_the_column_is_the_same_after_saving(world, tmp_path):
    _, plan = world(k=CAT, a=DOG, b=CAT)
    plan = Plan(plan.table.assign(carry=[True, False]))
    plan.save(tmp_path / "plan.csv")
    assert open_plan(tmp_path / "plan.csv").table["carry"].tolist() == [True, False]
    assert open_plan(tmp_path / "plan.csv").table["carry"].dtype == bool
    text = (tmp_path / "plan.csv").read_text(encoding="utf-8")
    (tmp_path / "plan.csv").write_text(text.replace('"True"', '"perhaps"'), encoding="utf-8")
    with pytest.raises(ValueError, match="row 2: carry cannot be 'perhaps'"):
        open_plan(tmp_path / "plan.csv")


def test_of_random_notes_none_is_lost_and_undo_is_the_identity(tmp_path):
    rng = np.random.default_rng(0)
    for number in range(20):
        folder = tmp_path / f"{number}" / "photos"
        paths = [write_noted(folder / f"{name}.jpg", some_notes(rng)) for name in "kabcd"]
        before, said = snapshot(folder), {path: metadata(path) for path in paths}
        outcome = move(carrying_plan(folder, dict.fromkeys(paths[1:], paths[0])), folder)
        kept = metadata_with(sidecars_of(paths[0]), paths[0])
        for path in outcome.table.loc[outcome.table["status"] == "moved", "path"]:
            for name, values in said[path].items():
                assert set(values) <= set(kept[name]), f"{name} of {path} is lost"
        assert set(pictures(folder, folder.parent / "out")) >= set(pictures(*[folder])), "a picture is lost"
        assert_undone(outcome, folder, before)


def some_notes(rng):
    choices = {"xmp:Rating": "345", "xmp:Label": "RS", "dc:title": "T", "photoshop:City": "PQ"}
    notes = {name: (str(rng.choice(list(few))),) for name, few in choices.items() if rng.random() < 0.4}
    words = rng.choice(["cat", "dog", "tree"], rng.integers(0, 4), replace=False)
    return notes | ({"dc:subject": tuple(map(str, words))} if len(words) else {})
