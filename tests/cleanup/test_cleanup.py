"""Apply then undo is the identity; nothing is overwritten, and what others changed meanwhile is theirs."""

import csv
import json
import multiprocessing
import os
import shutil
import sys
import types
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import find_by_mse, groups_by_mse
from PIL import Image
from plans import COLUMNS, HOSTILE_NAMES, content, pictures, plan_of, snapshot, write_files

from dupviz import Plan, load_images, make_plan, open_plan, undo
from dupviz.cleanup.entries import sum_of
from dupviz.images.walk import MARKER
from dupviz.search.find import find_pairs


@pytest.fixture
def photos(tmp_path):
    """A folder of six files in two groups, one with a folder inside."""
    folder = tmp_path / "photos"
    write_files(folder, ["a/1.jpg", "a/2.jpg", "a/b/3.jpg", "4.jpg", "5.jpg", "6.png"])
    return folder


@pytest.fixture
def plan(photos):
    """2 and 3 go for 1, 5 goes for 4; 6 has no part in it."""
    return plan_for(photos, {"a/2.jpg": "a/1.jpg", "a/b/3.jpg": "a/1.jpg", "5.jpg": "4.jpg"})


def plan_for(photos, keepers):
    return plan_of(photos, {str(photos / path): str(photos / keeper) for path, keeper in keepers.items()})


def apply(plan, to, **options):
    return plan.apply(to, dry_run=False, progress=False, **options)


def statuses(outcome):
    return dict(zip(map(os.path.basename, outcome.table["path"]), outcome.table["status"]))


def assert_back(outcome):
    assert set(outcome.table["status"]) <= {"restored", "already in place"}, outcome.table.to_string()


@pytest.fixture
def duplicates(tmp_path):
    """Of five pictures, two copies of the first and one of the second, in folders."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "scanned"
    (folder / "sub" / "deep").mkdir(parents=True)
    for name in ("one", "two", "three"):
        picture = Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)).resize((90, 90))
        picture.save(folder / f"{name}.png", compress_level=0)
        if name != "three":
            picture.resize((80, 80)).save(folder / "sub" / f"{name}.png")
        if name == "one":
            picture.transpose(Image.Transpose.ROTATE_90).resize((70, 70)).save(folder / "sub" / "deep" / "one.png")
    return find_by_mse(folder, progress=False)


def test_a_plan_has_a_row_for_each_file_that_can_go(duplicates):
    groups = duplicates.groups
    plan = make_plan(duplicates.images, groups)
    goes = groups[groups["action"] == "remove"]
    assert plan.table.columns.tolist() == [*COLUMNS, "size", "carry"]
    assert len(plan) == len(goes) == 3
    assert plan.table["path"].tolist() == [os.path.realpath(path) for path in goes["path"]]
    assert not set(plan.table["path"]) & set(plan.table["keeper"])
    np.testing.assert_array_equal(plan.table["mse"], goes["mse"])
    assert set(plan.table["destination"]) == {"sub/one.png", "sub/deep/one.png", "sub/two.png"}
    for row in plan.table.itertuples():
        for path, size, modified in (
            (row.path, row.bytes, row.modified),
            (row.keeper, row.keeper_bytes, row.keeper_modified),
        ):
            assert (os.stat(path).st_size, os.stat(path).st_mtime_ns) == (size, modified)
        assert row.reason.startswith(f"below the threshold, MSE {row.mse:.1f}")
    assert set(plan.table["reason"].str.contains("turned 270°")) == {True, False}
    assert plan.summary().startswith("3 files to go (")
    assert plan.summary().endswith("for 2 files that will stay")


def test_review_and_keep_stay_out_of_the_plan(duplicates):
    groups = duplicates.groups.copy()
    groups.loc[groups["action"] == "remove", "action"] = ["keep", "review", "remove"]
    assert len(make_plan(duplicates.images, groups)) == 1


def test_each_group_needs_a_keeper(duplicates):
    groups = duplicates.groups.assign(action="remove")
    with pytest.raises(ValueError, match="not in group 0"):
        make_plan(duplicates.images, groups)


def test_without_duplicates_the_plan_is_empty_and_does_nothing(tmp_path):
    (tmp_path / "photos").mkdir()
    images = load_images(tmp_path / "photos")
    plan = make_plan(images, groups_by_mse(images, find_pairs(images)))
    assert len(plan) == 0
    plan.save(tmp_path / "plan.csv")
    assert len(open_plan(tmp_path / "plan.csv")) == 0
    outcome = apply(plan, tmp_path / "out")
    assert (outcome.summary(), outcome.journal) == ("no file to move", None)
    assert not (tmp_path / "out").exists()


def test_paths_in_a_plan_hold_from_any_folder(duplicates, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    os.symlink("scanned", "link")
    relative = find_by_mse("link", progress=False).plan()
    monkeypatch.chdir("/")
    pd.testing.assert_frame_equal(relative.table, duplicates.plan().table)


def test_a_scan_to_undo_is_the_identity_on_the_folder(duplicates, tmp_path):
    before = snapshot(tmp_path / "scanned")
    outcome = apply(duplicates.plan(), tmp_path / "scanned" / "duplicates")
    assert outcome.skipped.empty
    left = find_by_mse(tmp_path / "scanned", progress=False)
    assert len(left.images) == 3
    assert len(left.plan()) == 0
    assert left.images.errors["reason"].tolist() == ["quarantine folder of dupviz, left out"]
    assert_back(undo(outcome.journal))
    shutil.rmtree(tmp_path / "scanned" / "duplicates")
    assert snapshot(tmp_path / "scanned") == before


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_any_name_survives_saving_moving_and_restoring(name, tmp_path):
    folder = tmp_path / "photos"
    keeper, *paths = write_files(folder, ["keeper", name, b"sub " + name[:200] + b"/" + name])
    before = snapshot(folder)
    plan = plan_of(folder, dict.fromkeys(paths, keeper))
    plan.save(tmp_path / "plan.csv")
    opened = open_plan(tmp_path / "plan.csv")
    pd.testing.assert_frame_equal(opened.table, plan.table)
    outcome = apply(opened, tmp_path / "out")
    assert outcome.skipped.empty
    for path, new_path in zip(paths, outcome.table["new_path"]):
        assert os.path.relpath(new_path, tmp_path / "out") == os.path.relpath(path, folder)
    for shown in (plan._repr_html_(), outcome._repr_html_(), undo(outcome.journal)._repr_html_()):
        shown.encode("utf-8")
        assert "<img" not in shown
    assert snapshot(folder) == before


def test_files_of_longest_names_collide_and_return(tmp_path):
    folder = tmp_path / "photos"
    names = ["é" * 125 + ".jpg", "n" * 255, "." + "x" * 254, "a." + "x" * 253]
    for round_number in range(3):
        keeper, *paths = write_files(folder, ["keeper", *names], start=10 * round_number)
        outcome = apply(plan_of(folder, dict.fromkeys(paths, keeper)), tmp_path / "out")
        # The last name is all extension, and cannot be numbered.
        assert outcome.skipped["path"].tolist() == paths[3:] * (round_number > 0)
        assert outcome.skipped["reason"].tolist() == ["cannot be moved: File name too long"] * (round_number > 0)
    assert len(pictures(tmp_path / "out")) == 10


@given(rows=st.lists(st.booleans(), min_size=3, max_size=3))
def test_a_part_of_a_plan_is_a_plan(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    keeper, *paths = write_files(folder, ["keeper", "a", "b", "c"])
    plan = plan_of(folder, dict.fromkeys(paths, keeper))
    part = plan[np.array(rows)]
    assert part.table["path"].tolist() == [path for path, chosen in zip(paths, rows) if chosen]
    assert len(part) == sum(rows)
    outcome = apply(part, folder / "out")
    assert [not os.path.exists(path) for path in paths] == rows
    if any(rows):
        assert_back(undo(outcome.journal))


@pytest.mark.parametrize("rows", [[True], [0, 1, 2], "path", slice(2)])
def test_a_part_of_a_plan_is_chosen_by_booleans(rows, plan):
    with pytest.raises(TypeError, match="3 booleans"):
        plan[rows]


def test_a_plan_may_lose_rows_and_gain_columns_in_a_spreadsheet(plan, tmp_path):
    plan.save(tmp_path / "plan.csv")
    table = pd.read_csv(tmp_path / "plan.csv", dtype=str)
    table.assign(note="yes").iloc[1:].to_csv(tmp_path / "plan.csv", index=False, encoding="utf-8-sig")
    opened = open_plan(tmp_path / "plan.csv")
    pd.testing.assert_frame_equal(opened.table.drop(columns="note"), plan.table.iloc[1:].reset_index(drop=True))


def test_a_plan_that_a_spreadsheet_has_widened_is_the_same_plan(plan, tmp_path):
    plan.save(tmp_path / "plan.csv")
    header, *rows = (tmp_path / "plan.csv").read_text().splitlines()
    blank = "," * (len(COLUMNS) + 1)
    wide = [f"{header},,", f"{rows[0]},,", "", blank, *(f"{row},," for row in rows[1:]), blank, ""]
    (tmp_path / "plan.csv").write_text("\n".join(wide))
    pd.testing.assert_frame_equal(open_plan(tmp_path / "plan.csv").table, plan.table)
    (tmp_path / "plan.csv").write_text("\n".join([*wide, "x"]))
    with pytest.raises(ValueError, match=f"row {len(wide) + 1}: it must have 11 columns"):
        open_plan(tmp_path / "plan.csv")


@pytest.mark.parametrize("name", ["=cmd.png", "+1.png", "-1.png", "@sum.png", "\tx.png", "plain.png"])
def test_no_cell_of_a_plan_is_a_formula_and_each_is_read_back(name, plan, tmp_path):
    table = plan.table.assign(destination=[name, f"{name}/b.png", "c.png"])
    Plan(table).save(tmp_path / "plan.csv")
    with (tmp_path / "plan.csv").open(newline="") as file:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in csv.reader(file) for cell in row)
    assert open_plan(tmp_path / "plan.csv").table["destination"].tolist() == table["destination"].tolist()


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("path", "photo.jpg", "path cannot be 'photo.jpg'"),
        ("path", "/photo\0.jpg", "path cannot be"),
        ("keeper", "", "keeper cannot be ''"),
        ("destination", "../photo.jpg", "destination cannot be"),
        ("destination", "/etc/photo.jpg", "destination cannot be"),
        ("destination", "", "destination cannot be"),
        ("bytes", "many", "bytes cannot be 'many'"),
        ("bytes", "9" * 30, "bytes cannot be"),
        ("modified", "1.7e18", "modified cannot be"),
        ("rotation", "45", "rotation cannot be '45'"),
        ("mirrored", "perhaps", "mirrored cannot be"),
        ("mse", "low", "mse cannot be"),
        *(
            ("mse", text, f"mse cannot be '{text}'")
            for text in ("nan", "NaN", "inf", "-inf", "1e999", "-1", "195075.1")
        ),
    ],
)
def test_a_plan_with_impossible_values_is_refused(column, value, message, plan, tmp_path):
    plan.save(tmp_path / "plan.csv")
    table = pd.read_csv(tmp_path / "plan.csv", dtype=str)
    table.loc[1, column] = value
    table.to_csv(tmp_path / "plan.csv", index=False)
    with pytest.raises(ValueError, match=f"row 3: {message}"):
        open_plan(tmp_path / "plan.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "no column path"),
        (b"\xff\xd8\xff\xe0 no text", "no column path"),
        (b"path,keeper\n", "no column mse, rotation"),
        (b'"path', "unexpected end of data"),
        ((",".join([*COLUMNS, "path"]) + "\n").encode(), "two of its columns"),
        ((",".join(COLUMNS) + "\nx\n").encode(), "row 2: it must have 11 columns"),
    ],
)
def test_what_is_no_plan_is_refused(text, message, tmp_path):
    (tmp_path / "plan.csv").write_bytes(text)
    with pytest.raises(ValueError, match=message):
        open_plan(tmp_path / "plan.csv")


def test_a_plan_cut_anywhere_is_refused_or_a_shorter_plan(plan, tmp_path):
    plan.save(tmp_path / "plan.csv")
    whole = (tmp_path / "plan.csv").read_bytes()
    for end in range(len(whole)):
        (tmp_path / "plan.csv").write_bytes(whole[:end])
        try:
            part = open_plan(tmp_path / "plan.csv").table
        except ValueError:
            continue
        pd.testing.assert_frame_equal(part, plan.table.iloc[: len(part)])


def test_a_dry_run_changes_nothing_and_says_what_apply_then_does(plan, tmp_path):
    before = snapshot(tmp_path)
    dry = plan.apply(tmp_path / "out", progress=False)
    assert snapshot(tmp_path) == before
    assert set(dry.table["status"]) == {"would move"}
    assert dry.journal is None
    assert "Nothing has been changed" in repr(dry)
    wet = apply(plan, tmp_path / "out")
    assert set(wet.table["status"]) == {"moved"}
    assert wet.table["new_path"].tolist() == dry.table["new_path"].tolist()


def test_files_keep_relative_paths_bytes_times_and_permissions(plan, photos, tmp_path):
    os.chmod(photos / "a" / "2.jpg", 0o440)
    before = snapshot(photos)
    outcome = apply(plan, tmp_path / "out")
    after = snapshot(tmp_path / "out")
    for name in ("a/2.jpg", "a/b/3.jpg", "5.jpg"):
        assert after[name] == before[name]
        assert not (photos / name).exists()
    assert (photos / "6.png").exists()
    assert f"dupviz.undo({str(outcome.journal)!r})" in outcome.note
    assert_back(undo(outcome))
    assert snapshot(photos) == before
    assert sorted(os.listdir(tmp_path / "out")) == [MARKER, "journal-1.jsonl"]


def test_undo_can_be_repeated(plan, photos, tmp_path):
    before = snapshot(photos)
    outcome = apply(plan, tmp_path / "out")
    assert set(undo(outcome.journal).table["status"]) == {"restored"}
    assert set(undo(outcome.journal).table["status"]) == {"already in place"}
    assert set(undo(tmp_path / "out").table["status"]) == {"already in place"}
    assert snapshot(photos) == before


def test_files_of_one_name_all_find_a_place(tmp_path):
    pairs = {}
    for number in range(4):
        keeper, path = write_files(tmp_path / f"photos{number}", ["keeper.jpg", "same.jpg"], start=2 * number)
        pairs[path] = keeper
    for path, keeper in pairs.items():
        assert apply(plan_of(os.path.dirname(path), {path: keeper}), tmp_path / "out").skipped.empty
    names = {name for name in os.listdir(tmp_path / "out") if name.startswith("same")}
    assert names == {"same.jpg", "same (2).jpg", "same (3).jpg", "same (4).jpg"}
    assert_back(undo(tmp_path / "out"))
    for number in range(4):
        assert len(os.listdir(tmp_path / f"photos{number}")) == 2


@pytest.mark.parametrize("newest_first", [True, False])
def test_several_plans_go_to_one_folder_and_return_in_any_order(newest_first, photos, tmp_path):
    before = snapshot(photos)
    journals = [
        apply(plan_for(photos, {path: keeper}), tmp_path / "out").journal
        for path, keeper in (("a/2.jpg", "a/1.jpg"), ("a/b/3.jpg", "a/1.jpg"), ("5.jpg", "4.jpg"))
    ]
    assert [journal.name for journal in journals] == ["journal-1.jsonl", "journal-2.jsonl", "journal-3.jsonl"]
    for journal in reversed(journals) if newest_first else journals:
        assert set(undo(journal).table["status"]) == {"restored"}
    assert snapshot(photos) == before


def test_all_of_a_folder_is_undone_at_once(photos, tmp_path):
    before = snapshot(photos)
    apply(plan_for(photos, {"a/2.jpg": "a/1.jpg"}), tmp_path / "out")
    apply(plan_for(photos, {"5.jpg": "4.jpg"}), tmp_path / "out")
    outcome = undo(tmp_path / "out")
    assert statuses(outcome) == {"2.jpg": "restored", "5.jpg": "restored"}
    assert snapshot(photos) == before


def test_after_undo_the_same_plan_takes_the_same_places(plan, tmp_path):
    first = apply(plan, tmp_path / "out")
    undo(first.journal)
    second = apply(plan, tmp_path / "out")
    assert second.table["new_path"].tolist() == first.table["new_path"].tolist()
    assert_back(undo(tmp_path / "out"))


def test_a_place_in_an_earlier_journal_is_never_given_to_another_file(tmp_path):
    """Its undo could not tell twins, of the same bytes and time, apart."""
    keeper, path = write_files(tmp_path / "photos", ["keeper.jpg", "twin.jpg"])
    other_keeper, twin = write_files(tmp_path / "others", ["keeper.jpg", "twin.jpg"])
    first = apply(plan_of(tmp_path / "photos", {path: keeper}), tmp_path / "out")
    os.rename(tmp_path / "out" / "twin.jpg", path)  # taken back by hand
    second = apply(plan_of(tmp_path / "others", {twin: other_keeper}), tmp_path / "out")
    assert_back(undo(first.journal))
    assert os.path.exists(path)
    assert_back(undo(second.journal))
    assert os.path.exists(twin)


@pytest.mark.parametrize("change", ["written", "touched", "replaced", "deleted", "linked", "folder"])
@pytest.mark.parametrize("changed", ["2.jpg", "1.jpg"])
def test_what_changed_since_the_scan_stays_and_so_does_what_relies_on_it(change, changed, plan, photos, tmp_path):
    path = photos / "a" / changed
    if change == "written":
        path.write_bytes(b"new")
    elif change == "touched":
        os.utime(path, ns=(0, 0))
    else:
        path.unlink()
    if change == "replaced":
        write_files(photos / "a", [changed], start=5)
    elif change == "linked":
        path.symlink_to(photos / "6.png")
    elif change == "folder":
        path.mkdir()
    before = snapshot(photos)
    outcome = apply(plan, tmp_path / "out")
    stays = {"2.jpg"} if changed == "2.jpg" else {"2.jpg", "3.jpg"}
    assert {name for name, status in statuses(outcome).items() if status == "skipped"} == stays
    what = "is gone" if change == "deleted" else "has changed since the scan"
    assert outcome.skipped["reason"].str.contains(what).all()
    if changed == "1.jpg":
        assert outcome.skipped["reason"].str.startswith("the file that should stay for it").all()
    assert_back(undo(outcome.journal))
    assert snapshot(photos) == before


def test_keepers_that_are_to_go_themselves_keep_nothing(photos, tmp_path):
    plan = plan_for(photos, {"a/2.jpg": "a/1.jpg", "a/1.jpg": "a/2.jpg", "5.jpg": "5.jpg"})
    before = snapshot(photos)
    outcome = apply(plan, tmp_path / "out")
    assert set(outcome.table["status"]) == {"skipped"}
    assert outcome.table["reason"].str.contains("is to go as well").all()
    assert snapshot(photos) == before


def test_files_in_protected_folders_stay(plan, photos, tmp_path):
    os.symlink(photos / "a" / "b", tmp_path / "link")
    outcome = apply(plan, tmp_path / "out", protect=tmp_path / "link")
    assert statuses(outcome) == {"2.jpg": "moved", "3.jpg": "skipped", "5.jpg": "moved"}
    assert outcome.skipped["reason"].tolist() == ["is in a protected folder"]
    with pytest.raises(FileNotFoundError, match="nowhere"):
        apply(plan, tmp_path / "out", protect=["nowhere"])


def test_protection_does_not_depend_on_the_index_of_the_table(plan, photos, tmp_path):
    odd = Plan(plan.table.set_index(pd.Index([7, 7, 0])))
    outcome = apply(odd, tmp_path / "out", protect=[photos / "a"])
    assert statuses(outcome) == {"2.jpg": "skipped", "3.jpg": "skipped", "5.jpg": "moved"}


def test_a_second_name_of_the_keeper_stays(photos, tmp_path):
    os.remove(photos / "a" / "2.jpg")
    os.link(photos / "a" / "1.jpg", photos / "a" / "2.jpg")
    outcome = apply(plan_for(photos, {"a/2.jpg": "a/1.jpg"}), tmp_path / "out")
    assert "is the same file as" in outcome.skipped["reason"][0]


def test_hard_links_to_a_file_that_goes_stay_and_it_returns_as_one_of_them(plan, photos, tmp_path):
    os.link(photos / "5.jpg", tmp_path / "other name")
    outcome = apply(plan, tmp_path / "out")
    assert (tmp_path / "other name").exists()
    assert_back(undo(outcome.journal))
    assert (photos / "5.jpg").samefile(tmp_path / "other name")


def test_the_quarantine_folder_is_new_empty_or_dupvizs_own(plan, photos, tmp_path):
    before = snapshot(photos)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "file").write_text("no folder")
    for dry_run in (True, False):
        with pytest.raises(FileExistsError, match="has other files in it"):
            plan.apply(tmp_path / "full", dry_run=dry_run)
        with pytest.raises(NotADirectoryError, match="is no folder"):
            plan.apply(tmp_path / "file" / "out", dry_run=dry_run)
        with pytest.raises(ValueError, match="of the plan: choose another folder"):
            plan.apply(photos / "a", dry_run=dry_run)
        with pytest.raises(ValueError, match="either to=FOLDER or trash=True"):
            plan.apply(dry_run=dry_run)
        with pytest.raises(ValueError, match="either to=FOLDER or trash=True"):
            plan.apply(tmp_path / "out", trash=True, dry_run=dry_run)
    assert snapshot(photos) == before
    (tmp_path / "empty").mkdir()
    assert apply(plan, tmp_path / "empty").skipped.empty


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write to read-only folders")
def test_read_only_folders_are_said_and_left(plan, photos, tmp_path):
    os.chmod(photos / "a", 0o555)
    try:
        outcome = apply(plan, tmp_path / "out")
        assert statuses(outcome) == {"2.jpg": "skipped", "3.jpg": "moved", "5.jpg": "moved"}
        assert outcome.skipped["reason"].tolist() == ["cannot be moved: Permission denied"]
    finally:
        os.chmod(photos / "a", 0o755)
    (tmp_path / "locked").mkdir(mode=0o555)
    with pytest.raises(PermissionError, match="cannot be written to"):
        plan.apply(tmp_path / "locked" / "out")


def test_a_plan_never_leads_out_of_the_quarantine_folder(plan, tmp_path):
    before = snapshot(tmp_path)
    for column, value in (("destination", "../5.jpg"), ("destination", "/5.jpg"), ("path", "5.jpg"), ("keeper", "a\0")):
        bad = Plan(plan.table.assign(**{column: value}))
        with pytest.raises(ValueError, match="must be"):
            apply(bad, tmp_path / "out")
    assert snapshot(tmp_path) == before


def test_images_named_like_journals_or_the_marker_are_moved_too(tmp_path):
    names = ["journal-1.jsonl", "journal-2.jsonl", MARKER, "journal-3.jsonl/picture.jpg"]
    keeper, *paths = write_files(tmp_path / "photos", ["keeper", *names])
    before = snapshot(tmp_path / "photos")
    plan = plan_of(tmp_path / "photos", dict.fromkeys(paths, keeper))
    assert apply(plan, tmp_path / "out").skipped.empty
    assert_back(undo(tmp_path / "out"))
    assert apply(plan, tmp_path / "out").skipped.empty
    assert_back(undo(tmp_path / "out"))
    assert snapshot(tmp_path / "photos") == before


def test_something_new_at_the_old_place_is_left_alone(plan, photos, tmp_path):
    outcome = apply(plan, tmp_path / "out")
    (photos / "5.jpg").write_bytes(b"new")
    shutil.rmtree(photos / "a" / "b")
    (photos / "a" / "b").write_bytes(b"a file where the folder was")
    back = undo(outcome.journal)
    assert statuses(back) == {"5.jpg": "skipped", "3.jpg": "skipped", "2.jpg": "restored"}
    reasons = dict(zip(back.skipped["path"].map(os.path.basename), back.skipped["reason"]))
    assert reasons["5.jpg"] == "something else is at its place"
    assert reasons["3.jpg"].startswith("cannot be moved: ")
    assert back.skipped["new_path"].tolist() == [str(tmp_path / "out" / "5.jpg"), str(tmp_path / "out/a/b/3.jpg")]
    assert (photos / "5.jpg").read_bytes() == b"new"
    (photos / "5.jpg").unlink()
    (photos / "a" / "b").unlink()
    assert_back(undo(outcome.journal))


def test_a_copy_that_was_taken_back_by_hand_is_enough(plan, photos, tmp_path):
    before = snapshot(photos)
    outcome = apply(plan, tmp_path / "out")
    shutil.copy2(tmp_path / "out" / "5.jpg", photos / "5.jpg")
    os.rename(tmp_path / "out" / "a" / "2.jpg", photos / "a" / "2.jpg")
    os.link(tmp_path / "out" / "a" / "b" / "3.jpg", photos / "a" / "b" / "3.jpg")
    assert set(undo(outcome.journal).table["status"]) == {"already in place"}
    assert snapshot(photos) == before


def test_what_was_changed_or_deleted_in_quarantine_is_left_alone(plan, photos, tmp_path):
    outcome = apply(plan, tmp_path / "out")
    (tmp_path / "out" / "5.jpg").write_bytes(b"edited")
    (tmp_path / "out" / "a" / "2.jpg").unlink()
    third = tmp_path / "out" / "a" / "b" / "3.jpg"
    third.write_bytes(third.read_bytes()[::-1])
    back = undo(outcome.journal)
    reasons = dict(zip(back.table["path"].map(os.path.basename), back.table["reason"]))
    changed, deleted = "was changed in the quarantine folder", "is no longer in the quarantine folder"
    assert reasons == {"5.jpg": changed, "2.jpg": deleted, "3.jpg": changed}
    assert (tmp_path / "out" / "5.jpg").read_bytes() == b"edited"
    assert not (photos / "5.jpg").exists()


def test_a_quarantine_folder_may_itself_be_moved(plan, photos, tmp_path):
    before = snapshot(photos)
    apply(plan, tmp_path / "out")
    os.rename(tmp_path / "out", tmp_path / "elsewhere")
    assert_back(undo(tmp_path / "elsewhere"))
    assert snapshot(photos) == before


def test_undo_of_a_quarantine_folder_that_was_merged_back_by_hand_deletes_nothing(plan, photos, tmp_path):
    before = snapshot(photos)
    apply(plan, tmp_path / "out")
    shutil.copytree(tmp_path / "out", photos, dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "out")
    assert set(undo(photos / "journal-1.jsonl").table["status"]) == {"already in place"}
    assert {name: facts for name, facts in snapshot(photos).items() if name in before} == before


def test_folders_that_have_gone_are_made_again(plan, photos, tmp_path):
    before = snapshot(photos)
    outcome = apply(plan, tmp_path / "out")
    (photos / "a" / "b").rmdir()
    assert_back(undo(outcome.journal))
    assert snapshot(photos) == before


@pytest.mark.parametrize("target", ["nowhere", ".", "text"])
def test_undo_names_what_is_no_journal(target, tmp_path):
    (tmp_path / "text").write_text("no journal")
    with pytest.raises((FileNotFoundError, ValueError), match=str(tmp_path)):
        undo(tmp_path / target)


def test_a_journal_of_another_version_is_refused(plan, tmp_path):
    journal = apply(plan, tmp_path / "out").journal
    journal.write_bytes(journal.read_bytes().replace(b'"dupviz journal": 2', b'"dupviz journal": 3'))
    with pytest.raises(ValueError, match="no journal of this version"):
        undo(journal)


def test_a_journal_cut_at_any_byte_restores_what_it_still_names(photos, tmp_path):
    plan = plan_for(photos, {"a/2.jpg": "a/1.jpg", "5.jpg": "4.jpg"})
    before = snapshot(photos)
    journal = apply(plan, tmp_path / "out").journal
    whole = journal.read_bytes()
    everything = pictures(tmp_path)
    for end in range(len(whole) + 1):
        journal.write_bytes(whole[:end])
        back = undo(journal, foreign=True, progress=False)
        assert back.skipped.empty
        left = set(before) - set(snapshot(photos))
        assert len(left) == 2 - len(back.table)
        assert bool(left) == bool(back.note)
        assert pictures(tmp_path) == everything
        for name in {"a/2.jpg", "5.jpg"} - left:
            (tmp_path / "out" / name).parent.mkdir(exist_ok=True)
            os.rename(photos / name, tmp_path / "out" / name)


@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_journal_loses_and_overwrites_nothing(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("damage")
    keeper, *paths = write_files(folder / "photos", ["keeper", "a", "b", "c"])
    journal = apply(plan_of(folder / "photos", dict.fromkeys(paths, keeper)), folder / "out").journal
    before = pictures(folder / "photos", folder / "out")
    text = bytearray(journal.read_bytes())  # of which each line has a sum: no damage leads to some other path
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, 10_000)) % len(text)
        text[place] = data.draw(st.one_of(st.sampled_from(b'0"\\{}[],:\n/.u'), st.integers(0, 255)))
    journal.write_bytes(text)
    try:
        back = undo(journal, foreign=True, progress=False)
    except ValueError:
        assert set(pictures(folder / "photos")) == {content(0)}
    else:
        back_home = [os.path.exists(path) for path in paths]
        assert (back.table["status"] == "restored").sum() == sum(back_home)
        assert all(back_home) or back.note or len(back.skipped)
    assert pictures(folder / "photos", folder / "out") == before
    assert set(os.listdir(folder)) == {"photos", "out"}


@pytest.mark.parametrize(
    "record",
    [
        {"move": "/x\0y", "to": "a", "bytes": 1, "modified": 1, "token": "0" * 16},
        {"move": "/\ud800", "to": "a", "bytes": 1, "modified": 1, "token": "0" * 16},
        {"move": "x", "to": "a", "bytes": 1, "modified": 1, "token": "0" * 16},
        {"move": "/x", "to": "../a", "bytes": 1, "modified": 1, "token": "0" * 16},
        {"move": "/x", "to": "a", "bytes": 1, "modified": 1, "token": "/../../x"},
        {"move": "/x", "to": "a", "bytes": 1, "modified": 2**100, "token": "0" * 16},
        {"move": ["/x"], "to": "a", "bytes": True, "modified": None, "token": 7},
        {"moved": ["0"], "stayed": {}},
        {"dupviz journal": 2, "roots": 7, "id": 7},
        {"dupviz journal": 2, "roots": [5], "keepers": [[5, 5, 5]]},
        {"move": "/x/../y", "to": "a", "bytes": 1, "modified": 1, "token": "0" * 16},
        {"move": "/x", "to": "a", "bytes": 2**63, "modified": 1, "token": "0" * 16},
        {"move": "/x", "to": "a", "bytes": -1, "modified": 1, "token": "0" * 16},
        {"move": "/x", "to": "a", "bytes": 1, "modified": 2**95, "token": "0" * 16},
    ],
)
def test_impossible_lines_of_a_journal_are_passed_over(record, plan, photos, tmp_path):
    before = snapshot(photos)
    journal = apply(plan, tmp_path / "out").journal
    with journal.open("ab") as file:
        file.write(b"\n" + json.dumps({**record, "sum": sum_of(record)}).encode())
    back = undo(journal, foreign=True)
    assert_back(back)
    assert len(back.table) == 3
    assert snapshot(photos) == before


@pytest.mark.parametrize(
    "text", [b"[" * 200_000, b"\0" * 5000, b"\xff\xfe\x80", b"9" * 100_000, b'"', b"null", b"[]\n{}", b'{"a": 1}']
)
def test_a_journal_without_a_line_of_one_is_an_error_and_one_that_was_never_begun_is_empty(
    text, plan, photos, tmp_path
):
    apply(plan, tmp_path / "out")
    journal = tmp_path / "out" / "journal-2.jsonl"
    journal.write_bytes(b"\n" + text)
    with pytest.raises(ValueError, match=r"journal-2.jsonl' is damaged, or no journal of this version"):
        undo(tmp_path / "out", foreign=True)
    for torn in (b"", b"\n", b'\n{"dupviz jou'):
        journal.write_bytes(torn)
        assert undo(journal).table.empty
    with (tmp_path / "out" / "journal-1.jsonl").open("ab") as file:
        file.write(b"\n" + text)
    assert_back(undo(tmp_path / "out", foreign=True))


def test_what_no_journal_names_is_said(plan, tmp_path):
    apply(plan, tmp_path / "out").journal.unlink()
    apply(plan[np.zeros(3, bool)], tmp_path / "out")
    with pytest.raises(FileNotFoundError, match="no journal in"):
        undo(tmp_path / "out")
    (tmp_path / "out" / "journal-1.jsonl").write_bytes(b"")
    assert undo(tmp_path / "out").note.startswith("No readable journal says where these belong: 3 files, as ")


NAMES = ["a", "b.jpg", "b (2).jpg", "sub/b.jpg", "sub/c", "sub/deep/b.jpg"]


@settings(max_examples=150)
@given(data=st.data())
def test_apply_then_undo_is_the_identity_but_for_what_others_changed(data, tmp_path_factory):
    """Others write, delete and create, before and after the files move: all of that stays, and all else returns."""
    folder = tmp_path_factory.mktemp("any")
    names = data.draw(st.lists(st.sampled_from(NAMES), min_size=2, unique=True))
    paths = write_files(folder / "photos", names)
    if data.draw(st.booleans()):  # twins: the same bytes and the same time
        shutil.copy2(paths[0], paths[1])
    keepers = data.draw(st.dictionaries(st.sampled_from(paths), st.sampled_from(paths)))
    plan = plan_of(folder / "photos", keepers)
    expected = files(folder)

    def others(path, content):
        """Somebody writes something to a path, or deletes what is there."""
        if content is None:
            with suppress(FileNotFoundError):
                os.unlink(path)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
        expected.pop(os.path.relpath(path, folder), None)
        expected.update({name: facts for name, facts in files(folder).items() if folder / name == Path(path)})

    change = st.sampled_from([None, b"theirs", b"of others"])
    (folder / "out").mkdir()
    others(str(folder / "out" / MARKER), b"dupviz moved")
    changed = data.draw(st.dictionaries(st.sampled_from(paths), change, max_size=2))
    for path, changed_to in changed.items():
        others(path, changed_to)
    for name in data.draw(st.lists(st.sampled_from(names), max_size=2)):
        others(str(folder / "out" / name), b"theirs in quarantine")

    outcome = apply(plan, folder / "out")
    skipped = 0
    for row, keeper in zip(outcome.table.itertuples(), plan.table["keeper"]):
        moves = not {row.path, keeper} & set(changed) and keeper not in keepers
        assert row.status == ("moved" if moves else "skipped")
        if moves and data.draw(st.booleans()):
            skipped += 1
            original, moved = (os.path.relpath(path, folder) for path in (row.path, row.new_path))
            if data.draw(st.booleans()):
                others(row.path, b"new at the old place")
                expected[moved] = files(folder)[moved]
            else:
                others(row.new_path, data.draw(change))
                del expected[original]

    if outcome.journal:
        for _ in range(2):
            back = undo(outcome.journal, progress=False)
            assert len(back.skipped) == skipped
            found = files(folder)
            found.pop("out/journal-1.jsonl")
            assert found == expected


def files(folder):
    return {name: facts for name, facts in snapshot(folder).items() if facts[1] is not None}


def _hold(plan, to, holding, leave):
    """Apply a plan, and wait in the midst of it."""
    from dupviz.cleanup import disk

    rename = disk.rename_to_free_name

    def slow(*paths):
        holding.set()
        leave.wait(30)
        rename(*paths)

    disk.rename_to_free_name = slow
    plan.apply(to, dry_run=False, progress=False)


def test_two_processes_never_work_in_one_quarantine_folder_at_once(plan, photos, tmp_path):
    context = multiprocessing.get_context("spawn")
    holding, leave = context.Event(), context.Event()
    process = context.Process(target=_hold, args=(plan, tmp_path / "out", holding, leave))
    process.start()
    assert holding.wait(60)
    before = snapshot(photos)
    try:
        for act in (lambda: apply(plan, tmp_path / "out"), lambda: undo(tmp_path / "out")):
            with pytest.raises(BlockingIOError, match=r"another dupviz is at work with .*: wait until it has finished"):
                act()
        assert len(list((tmp_path / "out").glob("journal-*"))) == 1
    finally:
        leave.set()
        process.join(60)
    assert process.exitcode == 0
    back = undo(tmp_path / "out")
    assert statuses(back) == {"2.jpg": "restored", "3.jpg": "restored", "5.jpg": "restored"}
    assert snapshot(photos) == before


def test_two_plans_at_once_into_two_folders_move_each_file_once(plan, photos, tmp_path):
    before = snapshot(photos)
    context = multiprocessing.get_context("spawn")
    leave = context.Event()
    holding = [context.Event(), context.Event()]
    processes = [
        context.Process(target=_hold, args=(plan, tmp_path / name, event, leave))
        for name, event in zip(("one", "two"), holding)
    ]
    for process in processes:
        process.start()
    assert all(event.wait(60) for event in holding)
    leave.set()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert pictures(tmp_path).total() == 6
    undo(tmp_path / "one")
    undo(tmp_path / "two")
    assert snapshot(photos) == before


def test_the_trash_is_asked_and_its_word_is_taken(plan, photos, tmp_path, monkeypatch):
    asked = []

    def send2trash(path):
        asked.append(path)
        if path.endswith("3.jpg"):
            raise PermissionError(13, "Permission denied", path)
        os.rename(path, tmp_path / os.path.basename(path))

    monkeypatch.setitem(sys.modules, "send2trash", types.SimpleNamespace(send2trash=send2trash))
    dry = plan.apply(trash=True)
    assert (set(dry.table["status"]), asked) == ({"would move"}, [])
    (photos / "4.jpg").unlink()
    outcome = apply(plan, None, trash=True)
    assert statuses(outcome) == {"2.jpg": "in the trash", "3.jpg": "skipped", "5.jpg": "skipped"}
    assert outcome.skipped["reason"].iloc[0] == "cannot be moved: Permission denied"
    assert asked == [str(photos / "a" / "2.jpg"), str(photos / "a" / "b" / "3.jpg")]
    assert outcome.journal is None
    assert "the trash itself can restore them" in repr(outcome)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have one trash for all processes")
def test_any_name_can_go_to_the_real_trash(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for module in [name for name in sys.modules if name.startswith("send2trash")]:
        monkeypatch.delitem(sys.modules, module)  # it reads the variable when it is imported
    keeper, *paths = write_files(tmp_path / "photos", ["keeper", *HOSTILE_NAMES[:-1]])
    before = pictures(tmp_path / "photos")
    outcome = apply(plan_of(tmp_path / "photos", dict.fromkeys(paths, keeper)), None, trash=True)
    moved = (outcome.table["status"] == "in the trash").sum()
    assert outcome.table["status"].isin(["in the trash", "skipped"]).all()
    assert pictures(tmp_path / "photos").total() == 1 + len(paths) - moved
    assert pictures(tmp_path / "photos", tmp_path / "data" / "Trash" / "files") == before
    assert moved >= len(paths) - 1
