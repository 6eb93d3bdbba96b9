"""The original stays beside what was made from it, however large that is, and says why."""

from pathlib import Path

import pytest
from damaged import PHOTOS, doubled, noisy, reencoded, sharp_photo
from PIL import ExifTags, Image, ImageFilter

from dupviz import find_duplicates, load_images

# What is larger than the original in bytes, or in pixels, and no better.
LARGER = {
    "saved.png": (lambda im: im, {}),
    "saved.bmp": (lambda im: im, {}),
    "fine.jpg": (lambda im: im, {"quality": 99}),
    "noise.png": (noisy, {}),
    "blur.bmp": (lambda im: im.filter(ImageFilter.GaussianBlur(1.2)), {}),
    "palette.bmp": (lambda im: im.quantize(256), {}),
    "double.png": (doubled, {}),
    "traces.png": (lambda im: reencoded(im, 15), {}),
    "traces.jpg": (lambda im: reencoded(im, 15), {"quality": 100}),
}


def actions(found):
    names = found.images.files["path"].map(lambda path: Path(path).name)
    return dict(zip(names[found.groups["image"]], zip(found.groups["action"], found.groups["reason"])))


def folder_of(tmp_path, kinds, name="rocket"):
    sharp_photo(name).save(tmp_path / "original.jpg", quality=85)
    with Image.open(tmp_path / "original.jpg") as opened:
        picture = opened.convert("RGB")
    for kind in kinds:
        make, options = LARGER[kind]
        make(picture).save(tmp_path / kind, **options)
    return tmp_path


def searched(folder, **options):
    return find_duplicates(folder, progress=False, cache=False, **options)


@pytest.mark.parametrize("kind", LARGER)
def test_the_original_stays_beside_each_kind_of_larger_copy(kind, tmp_path):
    found = actions(searched(folder_of(tmp_path, [kind])))
    assert found["original.jpg"][0] == "keep"
    assert found["original.jpg"][1].startswith("the source: the other ")
    assert found[kind][0] in ("remove", "review")


def test_it_stays_beside_all_of_them_and_threads_change_nothing(tmp_path):
    folder = folder_of(tmp_path, LARGER)
    found = [searched(folder, workers=workers).groups for workers in (1, 4)]
    assert found[0].equals(found[1])
    assert actions(searched(folder))["original.jpg"][0] == "keep"


def test_a_picture_with_transparency_stays_beside_what_was_flattened_from_it(tmp_path):
    with Image.open(PHOTOS / "ladybird.png") as picture:
        picture.save(tmp_path / "ladybird.png")
        ground = Image.new("RGB", picture.size, "black")
        ground.paste(picture, mask=picture.convert("RGBA"))
    ground.save(tmp_path / "ladybird_flat.jpg", quality=98)
    assert actions(searched(tmp_path))["ladybird.png"][0] == "keep"


def test_other_keep_rules_are_the_users_wish(tmp_path):
    folder = folder_of(tmp_path, ["saved.png"])
    assert actions(searched(folder, keep="largest_file"))["original.jpg"] == ("remove", "the same pixels")


def test_for_a_protected_file_its_source_does_not_go(tmp_path):
    folder = folder_of(tmp_path, ["saved.png"])
    found = actions(searched(folder, protect=[folder / "saved.png"]))
    assert found["saved.png"] == ("keep", "protected")
    assert found["original.jpg"] == ("review", "the other was made from it")


def test_where_a_camera_says_the_contrary_a_person_decides(tmp_path):
    folder = folder_of(tmp_path, ["fine.jpg"])
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Maker", "Model"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2020:02:02 12:00:00"
    with Image.open(folder / "original.jpg") as opened:
        opened.save(folder / "fine.jpg", quality=99, exif=exif)
    found = actions(searched(folder))
    assert found["fine.jpg"] == ("keep", "has the camera's date or place")
    assert found["original.jpg"] == ("review", "the other was made from it")


def test_a_second_search_remembers_what_was_made_from_what(tmp_path, monkeypatch):
    folder = folder_of(tmp_path, ["noise.png"])
    monkeypatch.setenv("DUPVIZ_CACHE_DIR", str(tmp_path / "cache"))
    images = load_images(folder, exclude=["cache"], progress=False)
    first, second = (find_duplicates(images, progress=False).groups for _ in range(2))
    assert first.equals(second)
