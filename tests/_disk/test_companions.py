"""What belongs together moves together, and returns together; raw data and its JPEG are not parted."""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from plans import plan_of, snapshot, write_files

from dupviz import duplicates as duplicates_module
from dupviz import find_duplicates, undo
from dupviz._disk.companions import Beside, companion_words, companions, parted, sidecars_of
from dupviz.cli import commands as cli
from dupviz.review.labels import Labels
from dupviz.widgets.gallery.gallery import Gallery

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
        (["IMG_2.xmp", "IMG_10.mov", "IMG_1.doc", "README.txt", "notes.json", "IMG_2.mp", "IMG_HEVC.mov"], []),
        (["IMG_1.JPG", "IMG_1.xmp", "IMG_1.HEIC.xmp"], ["IMG_1.HEIC.xmp"]),  # the JPEG stays, and its settings
        (["IMG_1.JPG", "IMG_1.JPG.xmp"], []),
    ],
)
def test_what_belongs_to_a_picture(others, going, tmp_path):
    folder = make(tmp_path, "IMG_1.HEIC", *others)
    found = list(companions([str(folder / "IMG_1.HEIC")]))
    assert names(each.path for each in found) == sorted(going)
    assert {each.pictures for each in found} <= {(str(folder / "IMG_1.HEIC"),)}


# What lies beside a picture, and that picture.
BESIDE = {
    "IMG_1.HEIC.xmp": "IMG_1.HEIC",
    "IMG_1_01.HEIC.xmp": "IMG_1.HEIC",  # a second version of darktable
    "IMG_1.HEIC.pp3": "IMG_1.HEIC",
    "IMG_1.HEIC.arp": "IMG_1.HEIC",
    "IMG_1.HEIC.dop": "IMG_1.HEIC",
    "IMG_1.HEIC.nksc": "IMG_1.HEIC",
    "IMG_1.acr": "IMG_1.HEIC",
    "IMG_1.HEIC.acr": "IMG_1.HEIC",
    "IMG_1.on1": "IMG_1.HEIC",
    "IMG_1.HEIC.on1": "IMG_1.HEIC",
    "IMG_1.vrd": "IMG_1.HEIC",
    "IMG_1.dr4": "IMG_1.HEIC",
    "IMG_1.exv": "IMG_1.HEIC",
    "IMG_1.mie": "IMG_1.HEIC",
    "IMG_1.WAV": "IMG_1.HEIC",
    "IMG_1.LRV": "IMG_1.HEIC",
    "IMG_1.THM": "IMG_1.HEIC",
    "IMG_1.mp4": "IMG_1.HEIC",
    "IMG_1.HEIC.mov": "IMG_1.HEIC",
    "IMG_1_HEVC.MOV": "IMG_1.HEIC",
    "IMG_1.MP": "IMG_1.HEIC",
    "PXL_1.MP": "PXL_1.MP.jpg",
    "IMG_1.3gp": "IMG_1.HEIC",
    "IMG_1.avi": "IMG_1.HEIC",
    "IMG_1.webm": "IMG_1.HEIC",
    "IMG_1.insv": "IMG_1.HEIC",
    "IMG_1.m4v": "IMG_1.HEIC",
    "IMG_1.m4a": "IMG_1.HEIC",
    "IMG_1.mp3": "IMG_1.HEIC",
    "IMG_1.pp3": "IMG_1.HEIC",
    "IMG_1.dop": "IMG_1.HEIC",
    "IMG_1.HEIC.cos": "IMG_1.HEIC",
    "IMG_1.nksc": "IMG_1.HEIC",
    "IMG_1.HEIC.vrd": "IMG_1.HEIC",
    "IMG_1.txt": "IMG_1.HEIC",
    "IMG_1.HEIC.txt": "IMG_1.HEIC",
    "IMG_1.json": "IMG_1.HEIC",
    "IMG_1.caption": "IMG_1.HEIC",
    "IMG_1.xml": "IMG_1.HEIC",
    "IMG_1.HEIC.xml": "IMG_1.HEIC",
    "IMG_1.gpx": "IMG_1.HEIC",
    "IMG_1.exif": "IMG_1.HEIC",
    "IMG_1.HEIC.meta": "IMG_1.HEIC",
    "IMG_O1.AAE": "IMG_1.HEIC",
    "IMG_1.HEIC..json": "IMG_1.HEIC",
    "IMG_1.HEIC.s.json": "IMG_1.HEIC",
    "IMG_1.HEIC(1).json": "IMG_1(1).HEIC",  # of Google Photos
    "IMG_1.HEIC.supplemental-metadata(1).json": "IMG_1(1).HEIC",
    "IMG_1(1).HEIC.xmp": "IMG_1(1).HEIC",
    "a.b.jpg.suppl.json": "a.b.jpg",
    "a.b.jpg.suppl(12).json": "a.b(12).jpg",
    "e\u0301.jpg.xmp": "\xe9.jpg",  # the same letter, composed or not
}
PICTURES = sorted(set(BESIDE.values()))


def test_films_and_sounds_are_called_so():
    films = ("IMG_1.MP", "a.jpg.MOV", "a.3gp", "a.lrv")
    assert companion_words(films) == ["a film beside it"]
    assert companion_words(["a.m4a", "a.WAV"]) == ["a spoken note beside it"]
    assert companion_words(["a.txt", "a.pp3"]) == ["a sidecar"]


@pytest.mark.parametrize("name", BESIDE)
def test_each_kind_of_companion_has_the_picture_it_is_named_for(name, tmp_path):
    folder = make(tmp_path, name, *PICTURES)
    assert {picture for picture in PICTURES if Beside().of(str(folder / picture))} == {BESIDE[name]}
    assert names(Beside().of(str(folder / BESIDE[name]))) == [name]


@pytest.mark.parametrize(
    "name", ["IMG_1.HEIC(1).json", "IMG_1.HEIC.suppl(1).json", "IMG_1.HEIC(2).json", "IMG_1_1.HEIC.xmp"]
)
def test_what_is_named_for_another_picture_belongs_to_none_here(name, tmp_path):
    folder = make(tmp_path, name, "IMG_1.HEIC")
    assert Beside().of(str(folder / "IMG_1.HEIC")) == []


def test_a_picture_whose_name_looks_like_that_of_a_version_has_its_own_companions(tmp_path):
    folder = make(tmp_path, "IMG_1.jpg", "IMG_1_01.jpg", "IMG_1_01.jpg.xmp", "IMG_1(1).jpg", "IMG_1(1).jpg.json")
    assert Beside().of(str(folder / "IMG_1.jpg")) == []
    assert names(Beside().of(str(folder / "IMG_1_01.jpg"))) == ["IMG_1_01.jpg.xmp"]
    assert names(Beside().of(str(folder / "IMG_1(1).jpg"))) == ["IMG_1(1).jpg.json"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text("aB é_-.~ß日", min_size=1, max_size=60).filter(lambda text: text.strip(". ") == text),
    extension=st.sampled_from([".jpg", ".JPEG", ".heic"]),
    end=st.sampled_from(["", ".supplemental-metadata"]),
    number=st.sampled_from(["", "(1)", "(27)"]),
)
def test_what_google_photos_writes_of_a_picture_belongs_to_it(title, extension, end, number, tmp_path):
    """It cuts the name with its end to 46 characters; the number of a second picture of that name comes after that."""
    with TemporaryDirectory(dir=tmp_path) as folder:
        make(Path(folder), f"{title}{number}{extension}", note := f"{f'{title}{extension}{end}'[:46]}{number}.json")
        assert names(Beside().of(os.path.join(folder, f"{title}{number}{extension}"))) == [note]


def test_what_was_cut_to_the_same_name_goes_with_both_pictures_only(tmp_path):
    long = "n" * 46
    folder = make(tmp_path, f"{long}.json", f"{long}1.jpg", f"{long}2.jpg", "n" * 45 + ".json")
    both = [str(folder / f"{long}{number}.jpg") for number in (1, 2)]
    assert list(companions(both[:1])) == []
    assert [(names([path]), list(pictures)) for path, pictures in companions(both)] == [([f"{long}.json"], both)]


def test_what_a_mac_keeps_beside_a_file_goes_with_its_picture_but_no_picture_of_such_a_name(tmp_path):
    folder = make(tmp_path, "a.jpg", "a.xmp", "b.jpg", "._b.jpg", "._.jpg", "._c.jpg")
    for name in ("._a.jpg", "._a.xmp", "._c.jpg", "._notes.txt"):
        (folder / name).write_bytes(b"\0\5\x16\7" + bytes(60))
    assert names(Beside().of(str(folder / "a.jpg"))) == ["._a.jpg", "._a.xmp", "a.xmp"]
    assert Beside().of(str(folder / "b.jpg")) == []
    assert names(each.path for each in companions(map(str, folder.glob("*.jpg")))) == ["._a.jpg", "._a.xmp", "a.xmp"]


def test_sidecars_are_what_programs_read_of_a_picture_whether_or_not_its_folder_is_known(tmp_path):
    folder = make(tmp_path, "a.jpg", "A.XMP", "a.jpg.xmp", "a.jpg.json", "a_01.jpg.xmp", "b.xmp", "._a.jpg.xmp")
    (folder / "._a.xmp").write_bytes(b"\0\5\x16\7")
    picture = str(folder / "a.jpg")
    assert names(sidecars_of(picture)) == names(Beside().sidecars(picture)) == ["A.XMP", "a.jpg.xmp"]


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


def test_what_would_go_along_is_counted_by_the_scan_the_plan_and_the_gallery_before_it_does(tmp_path, capsys):
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("a.jpg", "copy of a.jpg"):
        shutil.copy(COFFEE, photos / name)
    make(photos, "b.xmp", "copy of a.doc")
    assert cli.main(["scan", str(photos), "--no-cache"]) == 0
    assert "1 file can go (57 kB).\n" in capsys.readouterr().out
    make(photos, "copy of a.wav", "copy of a.jpg.json")
    assert cli.main(["scan", str(photos), "--no-cache", "--no-verify"]) == 0
    words = "with 2 files that belong to them"
    assert f"1 file can go (57 kB) {words}.\n" in capsys.readouterr().out
    duplicates = find_duplicates(photos, progress=False, cache=False, verify=False)
    assert duplicates.plan().summary() == f"1 file to go (57 kB) {words}, for 1 file that will stay"
    gallery = Gallery(duplicates, file=tmp_path / "decisions", labels=Labels(duplicates.images, tmp_path / "labels"))
    assert (gallery.state["go"], gallery.state["freed"]) == ("1 file", f"57 kB {words}")
    gallery.receive({"do": "accept", "groups": list(gallery.review.members), "id": 0})
    chosen = {"to": str(tmp_path / "out"), "every": False, "carry": False, "held": False}
    preview = gallery.receive({"do": "preview", **chosen, "id": 1})[0]["preview"]
    assert (preview["number"], preview["size"], len(preview["files"])) == (1, f"57 kB {words}", 3)
    (going,) = duplicates.groups.loc[duplicates.groups["action"] == "remove", "image"]
    gallery.receive({"do": "toggle", "image": int(going), "id": 2})
    assert gallery.state["freed"] == "0 B"
    (photos / "copy of a.wav").unlink()
    assert "with 1 file that belongs to them" in duplicates.summary()


def test_of_what_is_unpacked_nothing_goes_along(monkeypatch):
    monkeypatch.setattr(duplicates_module, "companions", lambda going: [None] * len(list(going)))
    pictures = np.zeros((2, 60, 60, 3), np.uint8)
    pictures[:, :30] = 255
    found = find_duplicates(pictures, progress=False)
    assert len(found.to_remove) == 1
    assert "belong" not in found.summary()
