"""A file is written as a whole or not at all."""

import errno
import os
import stat

import pytest
from PIL import Image

from dupviz._disk.records import append_record
from dupviz._disk.write import write_atomically

OURS = '"path",label\n'  # how a table of labels begins that dupviz has written


def test_a_block_that_ends_well_replaces_the_file_and_keeps_its_permissions(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text(OURS)
    path.chmod(0o640)
    with write_atomically(path, newline="") as file:
        file.write("new\r\n\udcff")
        assert path.read_text() == OURS
    assert path.read_bytes() == b"new\r\n\xff"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "usual").touch()
    with write_atomically(tmp_path / "ours") as file:
        file.write("x")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), OSError(errno.ENOSPC, "full")])
@pytest.mark.parametrize("old", [OURS, None])
def test_after_an_error_what_was_there_is_there(tmp_path, error, old):
    path = tmp_path / "plan.csv"
    if old:
        path.write_text(old)

    def write():
        with write_atomically(path) as file:
            file.write("half")
            raise error

    with pytest.raises(type(error)) as raised:
        write()
    assert raised.value is error
    assert [file.read_text() for file in tmp_path.iterdir()] == [old] * bool(old)


@pytest.mark.parametrize("name", ["missing/file", "folder"])
def test_an_error_names_the_path_that_was_asked_for(tmp_path, name):
    (tmp_path / "folder").mkdir()

    def write():
        with write_atomically(tmp_path / name) as file:
            file.write("x")

    with pytest.raises((FileNotFoundError, IsADirectoryError)) as raised:
        write()
    assert raised.value.filename == str(tmp_path / name)
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]


def test_names_may_be_as_long_as_the_file_system_allows_and_links_stay_links(tmp_path):
    path, link = tmp_path / ("n" * 255), tmp_path / "link"
    link.symlink_to(path)
    with write_atomically(link) as file:
        file.write("x")
    assert link.is_symlink()
    assert path.read_text() == "x"


def test_devices_and_pipes_are_written_to_directly():
    with write_atomically(os.devnull) as file:
        file.write("x")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    reader, writer = os.pipe()
    with write_atomically(f"/dev/fd/{writer}") as file:
        file.write("through a pipe")
    os.close(writer)
    with os.fdopen(reader) as file:
        assert file.read() == "through a pipe"


@pytest.mark.parametrize("name", ["photo.png", "PHOTO.JPG", "new.heic"])
def test_the_name_of_a_picture_is_refused(tmp_path, name):
    file = tmp_path / name
    if not name.startswith("new"):
        Image.new("RGB", (9, 9), "red").save(file)
        content = file.read_bytes()
    with pytest.raises(FileExistsError, match="name of a picture"), write_atomically(file) as lines:
        lines.write("lost")
    assert name.startswith("new") or file.read_bytes() == content
    assert len(list(tmp_path.iterdir())) == (not name.startswith("new"))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "PPM"])
def test_a_picture_by_another_name_is_not_replaced(tmp_path, form):
    file = tmp_path / "results"
    Image.new("RGB", (9, 9), "red").save(file, form)
    content = file.read_bytes()
    with pytest.raises(FileExistsError, match="another kind"), write_atomically(file) as lines:
        lines.write("lost")
    assert file.read_bytes() == content


def test_a_link_to_a_picture_is_not_followed(tmp_path):
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    (tmp_path / "report.html").symlink_to("a.png")
    with pytest.raises(FileExistsError), write_atomically(tmp_path / "report.html") as lines:
        lines.write("lost")
    Image.open(tmp_path / "a.png").verify()


def test_an_empty_file_is_replaced(tmp_path):
    (tmp_path / "a.json").touch()
    with write_atomically(tmp_path / "a.json") as lines:
        lines.write("[]")
    assert (tmp_path / "a.json").read_text() == "[]"


def test_records_are_not_added_to_a_picture(tmp_path):
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (9, 9)).save(photo)
    content = photo.read_bytes()
    with pytest.raises(FileExistsError, match="name of a picture"):
        append_record(photo, {"same": True})
    assert photo.read_bytes() == content
