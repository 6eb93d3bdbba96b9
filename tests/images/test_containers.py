"""The same pictures in whatever container: the same bytes, tensors, groups, actions and reasons; nothing is written."""

import io
import os
import pickle
import shutil
import tarfile
import tempfile
import zipfile

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dupviz import find_duplicates, load_images
from dupviz._disk.contents import opened

TAKEN = 36867  # EXIF tag


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A photo, the same saved again, smaller, byte for byte, and turned by EXIF; one that is another."""
    folder = tmp_path_factory.mktemp("photos")
    photo = Image.open("data/photos/coffee.jpg")
    exif = Image.Exif()
    exif.get_ifd(34665)[TAKEN] = "2020:05:17 10:00:00"
    photo.save(folder / "a.jpg", quality=95, exif=exif)
    photo.save(folder / "b copy.jpg", quality=60)
    photo.resize((photo.width // 2, photo.height // 2)).save(folder / "c.png")
    shutil.copyfile(folder / "a.jpg", folder / "d.jpg")
    shutil.copyfile("data/photos/astronaut.jpg", folder / "e.jpg")
    for path in folder.iterdir():
        os.utime(path, (1.7e9, 1.7e9))
    return folder


class Image_:  # as the class of Hugging Face, whose name is all that counts
    def __init__(self, decode=True):
        self.decode = decode


Image_.__name__ = "Image"


class HuggingFace:
    """As `datasets.Dataset`: pictures are decoded, and have lost their file, unless asked for otherwise."""

    def __init__(self, rows, decode=True):
        self._rows, self.features = rows, {"image": Image_(decode), "label": object()}

    def __len__(self):
        return len(self._rows)

    def cast_column(self, name, feature):
        assert name == "image"
        return HuggingFace(self._rows, feature.decode)

    def __getitem__(self, number):
        row = self._rows[number]
        if not self.features["image"].decode:
            return row
        picture = Image.open(io.BytesIO(row["image"]["bytes"]))
        picture.load()
        return {**row, "image": picture}

    def __iter__(self):
        return (self[number] for number in range(len(self)))


class ImageFolder:
    """As that of torchvision."""

    def __init__(self, paths):
        self.samples, self.loader = [(str(path), number % 2) for number, path in enumerate(paths)], Image.open

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, number):
        return self.loader(self.samples[number][0]), self.samples[number][1]


class Capsule:
    """What polars and DuckDB give: no more than the stream of Arrow."""

    def __init__(self, table):
        self._table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self._table.__arrow_c_stream__(requested_schema)


def stored(paths):
    return [{"bytes": path.read_bytes(), "path": path.name} for path in paths]


def in_zip(paths, place):
    with zipfile.ZipFile(place / "a.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for path in paths:
            file.write(path, path.name)
    return place / "a.zip"


def in_tar(paths, place, name="a.tar"):
    with tarfile.open(place / name, "w:gz" if name.endswith("gz") else "w") as file:
        for path in paths:
            file.add(path, path.name)
    return place / name


def in_shards(paths, place):
    for number in range(2):
        in_tar(paths[3 * number : 3 * number + 3], place, f"s-{number:03}.tar")
    return str(place / "s-{000..001}.tar")


def arrow(paths):
    return pytest.importorskip("pyarrow").table({"image": stored(paths), "label": [path.name[0] for path in paths]})


def in_parquet(paths, place):
    table = arrow(paths)
    __import__("pyarrow.parquet").parquet.write_table(table, place / "a.parquet")
    return place / "a.parquet"


def in_arrow_file(paths, place):
    table = arrow(paths)
    from pyarrow import OSFile, ipc

    with OSFile(str(place / "a.arrow"), "wb") as file, ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    return place / "a.arrow"


def rows(paths):
    return [{"image": each, "label": number} for number, each in enumerate(stored(paths))]


def at_address(paths, place):
    memory = pytest.importorskip("fsspec").filesystem("memory")
    for path in paths:
        memory.pipe(f"/containers/{path.name}", path.read_bytes())
    return "memory://containers"


def loaded(path):
    with Image.open(path) as picture:
        picture.load()
    return picture


def named(path):
    file = io.BytesIO(path.read_bytes())
    file.name = path.name
    return file


CONTAINERS = {
    "zip": in_zip,
    "tar": in_tar,
    "tar.gz": lambda paths, place: in_tar(paths, place, "a.tar.gz"),
    "shards": in_shards,
    "Parquet": in_parquet,
    "file of Arrow": in_arrow_file,
    "Arrow": lambda paths, _: arrow(paths),
    "polars, DuckDB": lambda paths, _: Capsule(arrow(paths)),
    "table of paths": lambda paths, _: pd.DataFrame({"path": list(map(str, paths))}),
    "table of structs": lambda paths, _: pd.DataFrame({"image": stored(paths)}),
    "Hugging Face": lambda paths, _: HuggingFace(rows(paths)),
    "not decoded": lambda paths, _: HuggingFace(rows(paths), decode=False),
    "splits": lambda paths, _: {"train": HuggingFace(rows(paths[:3])), "test": HuggingFace(rows(paths[3:]))},
    "torchvision": lambda paths, _: ImageFolder(paths),
    "Pillow": lambda paths, _: list(map(loaded, paths)),
    "open files": lambda paths, _: list(map(named, paths)),
    "address": at_address,
}


def as_text(found):
    names = list(map(os.path.basename, found.images.files["path"]))
    table = found.groups.assign(image=[names[row] for row in found.groups["image"]])
    return set(table[["image", "action", "reason"]].itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def expected(folder):
    return find_duplicates(folder, cache=False, progress=False, workers=1)


@pytest.mark.parametrize("name", CONTAINERS)
def test_all_containers_give_the_verdicts_and_reasons_of_the_folder(name, folder, expected, tmp_path, monkeypatch):
    paths = sorted(folder.iterdir())
    source = CONTAINERS[name](paths, tmp_path)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    found = find_duplicates(source, cache=False, progress=False, workers=1)
    assert not list((tmp_path / "temporary").iterdir())
    np.testing.assert_array_equal(found.images.tensors, expected.images.tensors)
    assert as_text(found) == as_text(expected)
    assert len(found.to_remove) == 3
    for path, original in zip(found.images.files["path"], paths):
        with opened(path) as file:
            assert file.read() == original.read_bytes()


@pytest.mark.parametrize("make", [lambda data: data, lambda data: list(map(io.BytesIO, data))])
def test_bytes_without_names_keep_what_is_in_them(make, folder, expected):
    found = find_duplicates(
        make([path.read_bytes() for path in sorted(folder.iterdir())]), cache=False, progress=False, workers=1
    )
    assert found.groups["action"].value_counts().to_dict() == expected.groups["action"].value_counts().to_dict()
    assert found.images.files["taken"].notna().sum() == 2
    assert found.images.files["format"].tolist() == expected.images.files["format"].tolist()


def test_a_picture_of_pillow_that_was_drawn_in_is_not_what_its_file_shows(folder):
    picture = Image.open(folder / "a.jpg")
    picture.paste("red", (0, 0, *picture.size))
    assert load_images([picture], progress=False).tensors[0, 25, 25].tolist() == [255, 0, 0]


def test_what_is_inside_a_file_is_read_again_in_other_processes(folder, tmp_path):
    for source in (in_zip(sorted(folder.iterdir()), tmp_path), [(folder / "a.jpg").read_bytes()]):
        path = load_images(source, progress=False).files["path"][0]
        with opened(pickle.loads(pickle.dumps(path))) as file:
            assert file.read() == (folder / "a.jpg").read_bytes()


def test_columns_and_splits_come_along(folder, tmp_path):
    images = load_images(in_parquet(sorted(folder.iterdir()), tmp_path), progress=False)
    assert images.files["label"].tolist() == list("abcde")
    images = load_images(CONTAINERS["splits"](sorted(folder.iterdir()), tmp_path), progress=False)
    assert images.files["split"].tolist() == ["train"] * 3 + ["test"] * 2


def test_classes_of_a_webdataset_are_labels(tmp_path, folder):
    with tarfile.open(tmp_path / "a.tar", "w") as file:
        for number in range(2):
            file.add(folder / "a.jpg", f"{number}.jpg")
            info = tarfile.TarInfo(f"{number}.cls")
            info.size = 2
            file.addfile(info, io.BytesIO(f"{number + 7}\n".encode()))
    images = load_images(tmp_path / "a.tar", progress=False)
    assert images.files["label"].tolist() == ["7", "8"]
