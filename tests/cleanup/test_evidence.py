"""Right before a move both files are measured again: a plan that is no longer true moves nothing."""

import hashlib
import os

import numpy as np
import pytest
from PIL import Image
from plans import pictures

from dupviz import Plan, distance, find_duplicates, open_plan
from dupviz._words.rows import PlanRow
from dupviz.cleanup import evidence
from dupviz.cleanup.evidence import Evidence
from dupviz.cleanup.move import digest
from dupviz.cli import commands as cli
from dupviz.images.decode import decode


def save(pixels, path, **options):
    Image.fromarray(pixels).resize((120, 90), Image.Resampling.BICUBIC).save(path, **options)


def two_pictures(folder, seed):
    """A new folder, and the pixels of two pictures that have nothing in common."""
    folder.mkdir()
    return np.random.default_rng(seed).integers(0, 256, (2, 9, 12, 3), dtype=np.uint8)


@pytest.fixture
def photos(tmp_path):
    """A picture, its turned copy and a byte copy, and another one; and the plan by which the copies go."""
    folder = tmp_path / "photos"
    one, other = two_pictures(folder, 0)
    save(one, folder / "one.png")
    save(np.rot90(one).copy(), folder / "turned.jpg", quality=95)
    (folder / "same.png").write_bytes((folder / "one.png").read_bytes())
    save(other, tmp_path / "other.png", compress_level=0)
    plan = find_duplicates(folder, verify=False, keep="largest_file", progress=False, cache=False, size=20).plan()
    assert len(plan) == 2
    return folder, plan


def overwrite(path, data):
    """Put other bytes in the place of a file, with its size and time, as ``cp -p`` may."""
    status = os.stat(path)
    assert len(data) <= status.st_size
    path.write_bytes(data + bytes(status.st_size - len(data)))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def apply(plan, folder):
    return plan.apply(folder.parent / "out", dry_run=False, progress=False)


def test_a_true_plan_moves_all(photos):
    folder, plan = photos
    assert set(apply(plan, folder).table["status"]) == {"moved"}


def test_a_plan_that_was_saved_is_measured_at_the_size_of_its_scan(photos, tmp_path):
    folder, plan = photos
    assert plan.table["size"].tolist() == [20, 20]
    plan.save(tmp_path / "plan.csv")
    assert set(apply(open_plan(tmp_path / "plan.csv", size=20), folder).table["status"]) == {"moved"}


@pytest.mark.parametrize("sizes", [["1", "1"], ["20", "1"], ["1", "20"], ["20", "20"], None])
def test_the_file_of_a_plan_does_not_choose_the_size_that_is_measured(photos, tmp_path, sizes, capsys):
    """At 1 x 1 pixel nearly every picture is a copy of any other."""
    folder, plan = photos
    table = plan.table.drop(columns="size")
    Plan(table if sizes is None else table.assign(size=sizes)).save(tmp_path / "plan.csv")
    stated = 50 if sizes is None else min(map(int, sizes)) if sizes[0] == sizes[1] else r"\d+"
    other = 20 if sizes is None else 50
    with pytest.raises(ValueError, match=rf"of size {stated}, not {other}: .*size={stated}, or --size {stated}"):
        open_plan(tmp_path / "plan.csv", size=other)
    command = ["clean", "--plan", str(tmp_path / "plan.csv"), "--to", str(tmp_path / "out")]
    assert cli.main(command) == (2 if sizes else 0)
    assert cli.main([*command, "--size", "20"]) == (0 if sizes == ["20", "20"] else 2)
    assert pictures(folder) == pictures(folder, tmp_path / "out")


@pytest.mark.parametrize("mse", [np.nan, np.inf, -np.inf])
def test_an_mse_that_is_not_finite_is_no_evidence(photos, mse):
    folder, _ = photos
    other = folder.parent / "other.png"
    assert "has no MSE in the plan" in Evidence().obstacle(row(other, folder / "one.png", mse))


@pytest.mark.parametrize("name", ["turned.jpg", "keeper"])
def test_another_picture_with_the_size_and_time_of_the_old_one_stays(photos, name):
    folder, plan = photos
    path = folder / name if name != "keeper" else None
    if path is None:
        path = next(folder.glob(os.path.basename(plan.table["keeper"][0])))
    small = Image.new("RGB", (8, 8), (200, 30, 30))
    small.save(folder.parent / "small.png")
    overwrite(path, (folder.parent / "small.png").read_bytes())
    before = pictures(folder)
    outcome = apply(plan, folder)
    moved = outcome.table[outcome.table["status"] == "moved"]
    assert len(moved) == (1 if name == "turned.jpg" else 0)
    skipped = outcome.skipped["reason"]
    assert skipped.str.contains("is not what the plan says: its MSE to the file that should stay is").all()
    assert pictures(folder, folder.parent / "out") >= before


def test_a_file_that_is_no_picture_any_more_stays(photos):
    folder, plan = photos
    overwrite(folder / "turned.jpg", b"no picture")
    outcome = apply(plan, folder)
    assert outcome.skipped["path"].tolist() == [str(folder / "turned.jpg")]
    assert "cannot be compared with the file that should stay" in outcome.skipped["reason"].iloc[0]


def test_a_plan_with_a_keeper_of_ones_own_invention_moves_nothing(photos):
    folder, plan = photos
    other = folder.parent / "other.png"
    status = os.stat(other)
    table = plan.table.assign(keeper=str(other), keeper_bytes=status.st_size, keeper_modified=status.st_mtime_ns)
    outcome = apply(Plan(table), folder)
    assert set(outcome.table["status"]) == {"skipped"}


def test_what_a_store_remembers_moves_nothing(tmp_path):
    """Scan; another picture is copied over one file, with its size and time; clean."""
    folder = tmp_path / "photos"
    one, other = two_pictures(folder, 1)
    save(one, folder / "only.bmp")
    save(one, folder / "scan_1.bmp")
    save(other, tmp_path / "scan_1.bmp")
    assert cli.main(["scan", str(folder), "--no-verify"]) == 0
    overwrite(folder / "scan_1.bmp", (tmp_path / "scan_1.bmp").read_bytes())
    before = pictures(folder)
    assert cli.main(["clean", str(folder), "--no-verify", "--to", str(tmp_path / "out"), "--yes"]) == 0
    assert pictures(folder) == before


def row(path, keeper, mse, **further):
    """A row of a plan: a file, and the one that stays for it."""
    status = os.stat(keeper)
    known = {"keeper_bytes": status.st_size, "keeper_modified": status.st_mtime_ns}
    none = {"bytes": 0, "modified": 0, "reason": "", "destination": ""}
    return PlanRow(path=str(path), keeper=str(keeper), mse=mse, **none | known | further)


@pytest.mark.parametrize("size", [20, 50])
def test_an_mse_may_be_as_the_plan_says_less_or_more_by_its_rounding(photos, size):
    folder, _ = photos
    path, keeper = folder / "turned.jpg", folder / "one.png"
    further = {} if size == 50 else {"size": size}
    mse = distance(*(decode(each, size).tensor for each in (keeper, path)))[0]
    for stated in (mse + 5, mse, mse - 0.0095):
        assert Evidence().obstacle(row(path, keeper, stated, **further)) == ""
    for stated in (mse - 0.0105, mse - 5):
        assert "is not what the plan says" in Evidence().obstacle(row(path, keeper, stated, **further))


def test_an_mse_above_that_of_the_plan_by_just_its_rounding_is_no_obstacle(tmp_path):
    pixels = np.zeros((10, 10, 3), np.uint8)
    for name in ("keeper", "a hundredth", "two hundredths"):
        Image.fromarray(pixels).save(tmp_path / name, "PNG")
        pixels.flat[np.count_nonzero(pixels)] = 1
    rows = {name: row(tmp_path / name, tmp_path / "keeper", 0.0, size=10) for name in os.listdir(tmp_path)}
    assert {name for name, each in rows.items() if Evidence().obstacle(each)} == {"two hundredths"}


def test_a_mirrored_copy_is_measured_as_one(photos):
    folder, _ = photos
    with Image.open(folder / "one.png") as picture:
        picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(folder / "mirrored.bmp")
    assert Evidence().obstacle(row(folder / "mirrored.bmp", folder / "one.png", 0.0)) == ""


def test_equal_bytes_go_even_if_they_are_no_picture(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"no picture")
    assert Evidence().obstacle(row(tmp_path / "a", tmp_path / "b", 0.0)) == ""
    (tmp_path / "b").write_bytes(b"nor this")
    reason = Evidence().obstacle(row(tmp_path / "a", tmp_path / "b", 0.0))
    assert reason == "cannot be compared with the file that should stay for it: no image"


def test_a_keeper_is_read_once_for_all_that_go_for_it_in_a_row_unless_it_changes(photos, monkeypatch):
    folder, _ = photos
    read = []
    monkeypatch.setattr(evidence, "decode", lambda path, size: read.append(path) or decode(path, size))
    path, keeper, measured = folder / "turned.jpg", folder / "one.png", Evidence()
    for _ in range(3):
        measured.obstacle(row(path, keeper, 99.0))
    assert read.count(str(keeper)) == 1
    for changed in ({"keeper_bytes": 1}, {"keeper_modified": 1}, {"size": 20}):
        measured.obstacle(row(path, keeper, 99.0, **changed))
    assert read.count(str(keeper)) == 4


def test_the_digest_is_that_of_all_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"some bytes")
    assert digest(tmp_path / "a") == hashlib.sha256(b"some bytes").hexdigest()
