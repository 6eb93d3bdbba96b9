"""Right before a move both files are measured again: a plan that is no longer true moves nothing."""

import os

import numpy as np
import pytest
from PIL import Image
from plans import pictures

from dupviz import Plan, find_duplicates, open_plan
from dupviz.cli import commands as cli


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


def test_a_plan_that_was_saved_measures_at_its_own_size(photos, tmp_path):
    folder, plan = photos
    assert plan.table["size"].tolist() == [20, 20]
    plan.save(tmp_path / "plan.csv")
    assert set(apply(open_plan(tmp_path / "plan.csv"), folder).table["status"]) == {"moved"}


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
