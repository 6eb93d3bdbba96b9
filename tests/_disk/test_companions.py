"""What belongs together moves together, and returns together; raw data and its JPEG are not parted."""

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageFilter
from plans import plan_of, snapshot, write_files

from dupviz import find_duplicates, undo
from dupviz._disk.companions import companions, parted
from dupviz.cli import commands as cli

COFFEE = Path(__file__).parents[2] / "data" / "photos" / "coffee.jpg"


def make(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def names(found):
    return sorted(os.path.basename(path) for path in found)


@pytest.mark.parametrize(
    ("others", "going"),
    [
        (["IMG_1.xmp", "IMG_1.AAE", "IMG_1.MOV"], ["IMG_1.xmp", "IMG_1.AAE", "IMG_1.MOV"]),
        (["IMG_1.HEIC.xmp", "IMG_1.HEIC.json"], ["IMG_1.HEIC.xmp", "IMG_1.HEIC.json"]),
        (["img_1.heic.supplemental-metadata.json"], ["img_1.heic.supplemental-metadata.json"]),
        (["IMG_2.xmp", "IMG_10.mov", "IMG_1.txt", "IMG_1.json", "notes.json"], []),
        (["IMG_1.JPG", "IMG_1.xmp", "IMG_1.HEIC.xmp"], ["IMG_1.HEIC.xmp"]),  # the JPEG stays, and its settings
        (["IMG_1.JPG", "IMG_1.JPG.xmp"], []),
    ],
)
def test_what_belongs_to_a_picture(others, going, tmp_path):
    folder = make(tmp_path, "IMG_1.HEIC", *others)
    found = list(companions([str(folder / "IMG_1.HEIC")]))
    assert names(each.path for each in found) == sorted(going)
    assert {each.pictures for each in found} <= {(str(folder / "IMG_1.HEIC"),)}


def test_what_belongs_to_two_pictures_goes_with_both_only(tmp_path):
    folder = make(tmp_path, "a.nef", "a.jpg", "a.xmp")
    both = [str(folder / "a.jpg"), str(folder / "a.nef")]
    assert list(companions(both[:1])) == []
    assert [each.pictures for each in companions(both)] == [tuple(both)]


def test_raw_data_and_its_jpeg_are_not_parted(tmp_path):
    folder = make(tmp_path, "a.NEF", "a.jpg", "b.cr3", "b.JPG", "c.jpg", "c.png", "d.jpg", "d.nef")
    going = [str(folder / name) for name in ("a.jpg", "b.JPG", "b.cr3", "c.jpg", "d.nef")]
    assert {os.path.basename(path): partner for path, partner in parted(going).items()} == {
        "a.jpg": "a.NEF",
        "d.nef": "d.jpg",
    }


def test_sidecars_go_and_return_with_their_pictures(tmp_path, capsys):
    photos, out = tmp_path / "photos", tmp_path / "out"
    keeper, *paths = write_files(photos, ["keeper.jpg", "sub/a.jpg", "b.jpg"])
    make(photos, "sub/a.xmp", "sub/a.jpg.json", "b.aae", "keeper.xmp", "c.mov")
    before = snapshot(photos)
    plan = plan_of(photos, dict.fromkeys(paths, keeper))
    shown = plan.apply(out, progress=False)
    assert snapshot(photos) == before
    outcome = plan.apply(out, dry_run=False, progress=False)
    expected = ["a.jpg", "a.jpg.json", "a.xmp", "b.jpg", "b.aae"]
    for table, status in ((shown.table, "would move"), (outcome.table, "moved")):
        assert table["path"].map(os.path.basename).tolist() == expected
        assert set(table["status"]) == {status}
    assert names(path for path in photos.rglob("*") if path.is_file()) == ["c.mov", "keeper.jpg", "keeper.xmp"]
    assert (out / "sub" / "a.xmp").read_text() == "sub/a.xmp"
    assert set(undo(out, progress=False).table["status"]) == {"restored"}
    assert snapshot(photos) == before
    plan.save(tmp_path / "plan.csv")
    assert cli.main(["clean", "--plan", str(tmp_path / "plan.csv"), "--to", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "belongs to it" in printed
    assert "5 files would move" in printed


def test_a_sidecar_stays_with_a_picture_that_does(tmp_path):
    photos = tmp_path / "photos"
    keeper, *paths = write_files(photos, ["keeper.jpg", "a.jpg"])
    make(photos, "a.xmp")
    plan = plan_of(photos, dict.fromkeys(paths, keeper))
    (photos / "a.jpg").write_bytes(b"changed")
    outcome = plan.apply(tmp_path / "out", dry_run=False, progress=False)
    assert outcome.table["path"].map(os.path.basename).tolist() == ["a.jpg"]
    assert (photos / "a.xmp").exists()


def test_a_jpeg_beside_raw_data_is_for_review_unless_the_raw_data_goes_too(tmp_path):
    photos = tmp_path / "photos"
    for name in ("one/IMG_1.jpg", "two/IMG_1.jpg"):
        (photos / name).parent.mkdir(parents=True)
        shutil.copy(COFFEE, photos / name)
    (photos / "two" / "IMG_1.cr3").write_bytes(b"raw data that Pillow cannot read")
    groups = find_duplicates(photos, progress=False, cache=False).groups
    review = groups[groups["action"] != "keep"].iloc[0]
    assert (review["action"], review["path"]) == ("review", str(photos / "two" / "IMG_1.jpg"))
    assert review["reason"] == "belongs to IMG_1.cr3, which stays"
    (photos / "one" / "IMG_1.cr3").write_bytes(b"raw data that Pillow cannot read")
    groups = find_duplicates(photos, progress=False, cache=False).groups
    assert set(groups["action"]) == {"keep", "review"}


def test_an_edited_version_does_not_go_for_a_copy_of_the_original(tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    shutil.copy(COFFEE, photos / "IMG_1.jpg")
    shutil.copy(COFFEE, photos / "IMG_1 copy.jpg")
    with Image.open(COFFEE) as photo:
        photo.filter(ImageFilter.UnsharpMask(6, 180)).point(lambda value: min(255, value * 1.2)).save(
            photos / "IMG_E1.jpg", quality=95
        )
    groups = find_duplicates(photos, progress=False, cache=False).groups
    edited = groups[groups["path"].str.endswith("IMG_E1.jpg")]
    assert "remove" not in set(edited["action"])
