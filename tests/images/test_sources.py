"""Pictures from wherever they are: arrays, Pillow, tables, data sets, archives and addresses."""

import io
import os
import tarfile
import tempfile
import zipfile
from collections import deque

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dupviz import find_duplicates, find_pairs, load_images, mse

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (6, 40, 30, 3), np.uint8).repeat(3, axis=1).repeat(3, axis=2)
PICTURES[4] = PICTURES[1]


def tensors(source, **options):
    return load_images(source, progress=False, **options).tensors


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The tensors of the pictures as files."""
    folder = tmp_path_factory.mktemp("files")
    for number, picture in enumerate(PICTURES):
        Image.fromarray(picture).save(folder / f"{number}.png")
    return tensors(folder)


class Pairs:
    """A data set as torchvision's."""

    def __len__(self):
        return len(PICTURES)

    def __getitem__(self, row):
        return Image.fromarray(PICTURES[row]), np.int64(row % 3)


class Dicts:
    """A data set as those of Hugging Face."""

    def __len__(self):
        return len(PICTURES)

    def __getitem__(self, row):
        return {"img": Image.fromarray(PICTURES[row]), "label": "abc"[row % 3]}


class Tensor:
    """A tensor as PyTorch's: numbers from 0 to 1, colours first."""

    def __init__(self, picture):
        self._values = np.moveaxis(picture, 2, 0).astype(np.float32) / 255

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self._values


SOURCES = {
    "uint8": (PICTURES, {}),
    "floats to 1": (PICTURES / 255, {}),
    "floats to 255": (PICTURES.astype(np.float32), {}),
    "16 bits": (PICTURES.astype(np.uint16) << 8, {}),
    "int64": (PICTURES.astype(np.int64), {}),
    "channels first": (np.moveaxis(PICTURES, 3, 1), {"channels": "first"}),
    "list of arrays": (list(PICTURES), {}),
    "Pillow": ([Image.fromarray(picture) for picture in PICTURES], {}),
    "data set": (Pairs(), {}),
    "data set of dicts": (Dicts(), {}),
    "PyTorch": ([Tensor(picture) for picture in PICTURES], {}),
}


@pytest.mark.parametrize("name", SOURCES)
def test_all_give_the_tensors_of_the_same_pictures_as_files(expected, name):
    source, options = SOURCES[name]
    images = load_images(source, progress=False, **options)
    np.testing.assert_array_equal(images.tensors, expected)
    assert images.files["row"].tolist() == list(range(6))


def test_grey_and_transparent_arrays(tmp_path):
    grey = PICTURES[..., 0]
    np.testing.assert_array_equal(tensors(grey), tensors(grey[..., None]))
    clear = np.concatenate([PICTURES, np.zeros_like(PICTURES[..., :1])], axis=3)
    assert tensors(clear).min() == 255
    assert tensors(grey > 127).max() == 255


@pytest.mark.parametrize(
    ("dtype", "white"),
    [("i4", 255), ("i4", 65535), ("f4", 1), ("f4", 255), ("f4", 65535), ("<u2", 65535), (">u2", 65535)],
)
def test_deep_pictures_of_pillow_are_scaled_and_never_clipped(tmp_path, dtype, white):
    picture = Image.fromarray(np.tile(np.linspace(0, white, 256), (256, 1)).astype(dtype))
    assert tensors([picture]).mean() == pytest.approx(127.5, abs=0.5)
    picture.save(tmp_path / "ramp.tif")
    np.testing.assert_array_equal(tensors([picture]), tensors(tmp_path))


def test_rows_of_one_source_have_one_time_so_that_no_thread_decides_what_stays():
    assert load_images(PICTURES, progress=False).files["modified"].nunique() == 1


def test_labels_are_carried_along():
    assert load_images(Pairs(), progress=False).files["label"].tolist() == [0, 1, 2, 0, 1, 2]
    assert load_images(Dicts(), progress=False).files["label"].tolist() == list("abcabc")


def test_what_can_go_is_named_by_its_row_and_nothing_moves():
    found = find_duplicates(PICTURES, progress=False)
    assert found.to_remove[["row", "keeper_row"]].to_numpy().tolist() == [[4, 1]]
    with pytest.raises(ValueError, match="of an array"):
        found.plan()


def test_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    find_duplicates(PICTURES, cache=False, progress=False)
    find_duplicates([io.BytesIO(encoded(picture)) for picture in PICTURES], cache=False, progress=False)
    assert not list(tmp_path.iterdir())


def test_a_table_names_files_and_its_columns_come_along(tmp_path):
    for number, picture in enumerate(PICTURES):
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    table = pd.DataFrame({"split": list("ababab"), "file": [str(tmp_path / f"{n}.png") for n in (5, 4, 1, 0, 9, 1)]})
    images = load_images(table, progress=False)
    assert [os.path.basename(path) for path in images.files["path"]] == ["0.png", "1.png", "4.png", "5.png"]
    assert images.files["row"].tolist() == [3, 2, 1, 0]
    assert images.files["split"].tolist() == ["b", "a", "b", "a"]
    assert images.errors["reason"].tolist() == ["no such file"]
    found = find_duplicates(table.rename(columns={"file": "where"}), column="where", progress=False)
    assert found.to_remove["row"].tolist() == [1]
    assert len(found.plan()) == 1  # they are files
    with pytest.raises(ValueError, match="it has 'split', 'where'"):
        load_images(table.rename(columns={"file": "where"}))
    with pytest.raises(FileNotFoundError, match="none of the 1 files"):
        load_images(pd.DataFrame({"path": ["missing.jpg"]}))


def encoded(picture):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(params=["photos.zip", "photos.tar", "photos.tar.gz"])
def archive(request, tmp_path):
    path = tmp_path / request.param
    names = [*(f"album/{number}.png" for number in range(6)), "../outside.png", "/absolute.png", "notes.txt"]
    contents = [*map(encoded, PICTURES), encoded(PICTURES[0]), encoded(PICTURES[0]), b"no picture"]
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as file:
            for name, content in zip(names, contents):
                file.writestr(name, content)
    else:
        with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as file:
            for name, content in zip(names, contents):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                file.addfile(info, io.BytesIO(content))
    return path


def test_the_members_of_an_archive_are_its_files(archive, expected):
    images = load_images(archive, progress=False)
    np.testing.assert_array_equal(images.tensors, expected)
    assert [path.replace(os.sep, "/")[-11:] for path in images.files["path"]] == [f"album/{n}.png" for n in range(6)]
    assert images.other_files == 1
    assert images.errors["reason"].tolist() == ["cannot be read: its name leads out of the archive"] * 2
    assert sorted(archive.parent.iterdir()) == [archive]
    found = find_duplicates(str(archive), progress=False)
    assert len(found.to_remove) == 1
    with pytest.raises(ValueError, match=archive.name):
        found.plan()


@pytest.mark.parametrize("name", ["broken.zip", "broken.tar.gz"])
def test_a_broken_archive_says_so(tmp_path, name):
    (tmp_path / name).write_bytes(b"PK\x03\x04 nothing" * 10)
    with pytest.raises(ValueError, match="no archive that can be read"):
        load_images(tmp_path / name)


def test_addresses_are_fetched(expected):
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    for number, picture in enumerate(PICTURES):
        memory.pipe(f"/bucket/photos/{number}.png", encoded(picture))
    np.testing.assert_array_equal(tensors("memory://bucket/photos"), expected)
    np.testing.assert_array_equal(tensors("memory://bucket/photos/2.png"), expected[2:3])
    with pytest.raises(FileNotFoundError, match="nothing at"):
        load_images("memory://bucket/nowhere")


def test_addresses_without_the_extra_name_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(ImportError, match=r"dupviz\[remote\]"):
        load_images("s3://bucket/photos")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (3, "images must be folders"),
        ([1, 2], "no row has a picture; row 0: .* got int"),
        ([], "no pictures in an empty list"),
        ({"a.png": PICTURES[0]}, r"got a dict: give its values, as list\(images.values\(\)\)"),
        (PICTURES[0], "one picture"),
        (PICTURES[0, 0], "shape"),
        (np.moveaxis(PICTURES, 3, 1), "channels='first'"),
        (PICTURES / 127.5 - 1, "undo a normalisation"),
        (PICTURES * np.nan, "undo a normalisation"),
        (PICTURES.astype(complex), "must be numbers"),
        ([{"text": "no picture"}], "a dict without a picture"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_can(source, message):
    with pytest.raises((TypeError, ValueError), match=message):
        load_images(source)


def test_an_archive_among_folders_is_refused(tmp_path, archive):
    with pytest.raises(ValueError, match="read alone"):
        load_images([tmp_path, archive])


@pytest.mark.parametrize("kind", [np.array, pd.Series, deque, tuple, iter])
def test_paths_may_come_in_any_row(tmp_path, kind):
    for number in range(2):
        Image.fromarray(PICTURES[number]).save(tmp_path / f"{number}.png")
    assert len(load_images(kind([str(tmp_path / "0.png"), str(tmp_path / "1.png")]), progress=False)) == 2


def test_a_row_of_a_table_without_a_picture_is_an_error(tmp_path):
    Image.fromarray(PICTURES[0]).save(tmp_path / "a.png")
    table = pd.DataFrame({"image": pd.Series([str(tmp_path / "a.png"), None, 3], dtype=object)})
    images = load_images(table, progress=False)
    assert len(images) == 1
    assert images.errors["row"].tolist() == [1, 2]
    assert "no picture: None" in images.errors["reason"][0]


def test_damage_within_an_archive_is_listed_and_the_rest_is_read(tmp_path):
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(3):
            file.writestr(f"{number}.png", encoded(PICTURES[number]))
        middle = file.infolist()[1].header_offset
    content = bytearray(path.read_bytes())
    content[middle + 60 : middle + 160] = bytes(100)
    path.write_bytes(content)
    images = load_images(path, progress=False)
    assert [os.path.basename(file) for file in images.files["path"]] == ["0.png", "2.png"]
    assert "cannot be read" in images.errors["reason"][0]


@pytest.mark.parametrize("kind", [lambda masked: masked, list])
def test_masked_values_have_no_colour(kind, expected):
    masked = np.ma.masked_array(PICTURES, PICTURES[2, 0, 0, 0] == PICTURES)
    with pytest.raises(ValueError, match="masked have no colour: fill them"):
        load_images(kind(masked), progress=False)
    np.testing.assert_array_equal(tensors(kind(np.ma.masked_array(PICTURES))), expected)
    with pytest.raises(ValueError, match="masked"):
        find_pairs(kind(np.ma.masked_array(expected, expected > 100)), progress=False)
    with pytest.raises(ValueError, match="masked"):
        mse(expected[0], np.ma.masked_array(expected[1], expected[1] == expected[1][0, 0, 0]))
    assert mse(expected[0], np.ma.masked_array(expected[0])) == 0


@pytest.mark.parametrize("kind", [np.asarray, list])
def test_a_dark_picture_among_others_stays_dark(kind):
    floats = PICTURES.astype(np.float32)
    floats[2] = np.minimum(floats[2], 1)
    assert tensors(kind(floats))[2].max() <= 1


def test_of_what_is_in_a_folder_of_a_table_nothing_is_claimed(tmp_path):
    (tmp_path / "more").mkdir()
    for number, place in enumerate(("a.png", "more/b.png")):
        Image.fromarray(PICTURES[number]).save(tmp_path / place)
    table = pd.DataFrame({"path": [str(tmp_path / "a.png"), str(tmp_path / "more")], "label": ["cat", "dog"]})
    files = load_images(table, progress=False).files
    assert files["row"].tolist() == [0, -1]
    assert files["label"][0] == "cat"
    assert pd.isna(files["label"][1])


def test_bytes_of_however_small_a_picture_are_no_path(tmp_path):
    file = io.BytesIO()
    Image.new("RGB", (4, 4), (200, 10, 10)).save(file, "PNG")
    tiny = file.getvalue()
    assert len(tiny) < 100
    assert len(load_images([tiny, tiny], progress=False)) == 2
    assert len(load_images(tiny, progress=False)) == 1
    (tmp_path / "a.png").write_bytes(tiny)
    for paths in (os.fsencode(tmp_path), [os.fsencode(tmp_path / "a.png")]):
        assert len(load_images(paths, progress=False, cache=False)) == 1
