"""Archives: their pictures are read where they are, and nothing else; hostile ones are refused by name."""

import io
import os
import shutil
import tarfile
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from dupviz import load_images
from dupviz.images import archives

PICTURES = np.random.default_rng(0).integers(0, 256, (2, 40, 30, 3), np.uint8)


def encoded(picture):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def packed(path, members):
    """An archive of these: (name, content)."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in members:
                file.writestr(name, content)
    else:
        with tarfile.open(path, "w:gz") as file:
            for name, content in members:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                file.addfile(info, io.BytesIO(content))
    return path


ARCHIVES = pytest.mark.parametrize("kind", ["photos.zip", "photos.tar.gz"])


@ARCHIVES
def test_only_pictures_are_read_by_their_names_or_their_first_bytes(kind, tmp_path, monkeypatch):
    read, make = [], archives.Inside
    monkeypatch.setattr(archives, "Inside", lambda name, *rest: read.append(name) or make(name, *rest))
    bmp, picture = io.BytesIO(), encoded(PICTURES[0])
    Image.fromarray(PICTURES[1]).save(bmp, "BMP")
    members = [("a.png", picture), ("b", picture), ("c.bin", bmp.getvalue()), ("d.jpg", b"broken"), ("e.tga", b"x")]
    members += [("f.dng", b"x"), ("films.mov", bytes(9)), ("notes", b""), ("z.zip", b"PK"), ("p.pdf", b"%PDF")]
    images = load_images(packed(tmp_path / kind, members), progress=False)
    assert list(map(os.path.basename, read)) == ["a.png", "b", "c.bin", "d.jpg", "e.tga", "f.dng"]
    assert [os.path.basename(path) for path in images.files["path"]] == ["a.png", "b", "c.bin"]
    named = sorted(os.path.basename(path) for path in images.errors["path"])
    assert images.other_files + len(named) == 7
    assert "d.jpg" in named


@ARCHIVES
def test_errors_name_the_archive_and_the_place_in_it(kind, tmp_path):
    path = packed(tmp_path / kind, [("album/a.jpg", b"broken"), ("../b.png", b"x")])
    images = load_images(path, progress=False)
    assert images.errors["path"].tolist() == [f"{path}/../b.png", f"{path}/album/a.jpg"]


@ARCHIVES
@pytest.mark.parametrize("name", ["a.ppm", "notes.txt"])
def test_an_archive_that_unpacks_out_of_all_proportion_is_refused(kind, name, tmp_path, monkeypatch):
    content = b"P6 200 200 255\n".ljust(120_015, b"\0")
    path = packed(
        tmp_path / kind, [("b.ppm", b"P6 1 1 255\n123"), (name, content if name == "a.ppm" else b"x" * 120_015)]
    )
    counted = 121_856 if path.suffix == ".gz" else 120_029 if name == "a.ppm" else 14  # a tar has blocks of 512 bytes
    for most in (counted, counted - 1):
        monkeypatch.setattr(archives, "_most_unpacked", lambda path, most=most: most)
        if most == counted:
            images = load_images(path, progress=False)
            assert (len(images), images.other_files) == ((2, 0) if name == "a.ppm" else (1, 1))
        else:
            with pytest.raises(ValueError, match=rf"{path.name} holds more than .* out of all proportion"):
                load_images(path, progress=False)


def test_the_proportion_is_a_hundred_times(tmp_path):
    for size, most in ((0, 2**29), (6_000_000, 600_000_000)):
        with (tmp_path / "a.zip").open("wb") as file:
            file.truncate(size)
        assert archives._most_unpacked(tmp_path / "a.zip") == most


def test_an_archive_may_unpack_to_what_is_no_harm_whatever_its_size(tmp_path):
    path = packed(tmp_path / "a.zip", [("a.ppm", b"P6 2000 2000 255\n" + bytes(12_000_000))])
    assert os.path.getsize(path) * archives.MOST_TIMES < 12_000_000
    assert len(load_images(path, progress=False)) == 1


def test_a_member_without_a_name_is_listed_and_the_rest_is_read(tmp_path):
    path = packed(tmp_path / "photos.zip", [("a.png", encoded(PICTURES[0]))])
    with zipfile.ZipFile(path, "a") as file, file.open(zipfile.ZipInfo(""), "w") as member:
        member.write(encoded(PICTURES[1]))
    images = load_images(path, progress=False)
    assert len(images) == 1
    assert images.errors["reason"].tolist() == ["cannot be read: it has no name"]


def test_an_archive_of_a_version_to_come_says_so(tmp_path):
    path = packed(tmp_path / "photos.zip", [("a.png", encoded(PICTURES[0]))])
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 99
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"photos.zip is no archive that can be read: .*9\.9"):
        load_images(path)


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar.xz", "a.tar.bz2", "a.tar"])
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_archive_is_read_in_part_or_is_a_value_error(name, data, tmp_path):
    path = tmp_path / name
    if name == "a.zip":
        packed(path, [("a.png", encoded(PICTURES[0])), ("b/c.png", encoded(PICTURES[1]))])
    else:
        with tarfile.open(path, f"w:{name.removeprefix('a.tar').removeprefix('.')}") as file:
            file.addfile(info := tarfile.TarInfo("a.png"), io.BytesIO(encoded(PICTURES[0])[: info.size]))
    content = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        assert len(load_images(path, progress=False)) <= 2
    except ValueError as error:
        if name not in str(error):
            raise


@pytest.mark.parametrize(
    ("braces", "error", "words"),
    [
        ("{0..3}", FileNotFoundError, "2 of 4 files that .* means are not there: the first is '.*s-2.tar'"),
        ("{3..1}", ValueError, "means no file: the first number is the larger one"),
        ("{0..99}{0..1000}", ValueError, "means more than 100,000 files"),
        ("{0..99999999999999}", ValueError, "means more than 100,000 files"),
    ],
)
def test_shards_that_are_not_there_are_named(tmp_path, braces, error, words):
    for number in range(2):
        with tarfile.open(tmp_path / f"s-{number}.tar", "w") as file:
            file.add("data/photos/coffee.jpg", "coffee.jpg")
    assert len(load_images(str(tmp_path / "s-{0..1}.tar"), cache=False, progress=False)) == 2
    with pytest.raises(error, match=words):
        load_images(str(tmp_path / f"s-{braces}.tar"), cache=False, progress=False)
    (tmp_path / f"s-{braces}.tar").mkdir()  # a name like any other, if there is such a file
    shutil.copy("data/photos/coffee.jpg", tmp_path / f"s-{braces}.tar")
    assert len(load_images(str(tmp_path / f"s-{braces}.tar"), cache=False, progress=False)) == 1
