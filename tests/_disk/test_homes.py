"""A user without a home folder: everything works, and it is said that nothing is remembered."""

import logging
import os
from pathlib import Path

import pytest
from PIL import Image

from dupviz import find_duplicates
from dupviz._disk import homes
from dupviz._disk.homes import NOWHERE, expanded, home, is_remembered, own_folder
from dupviz._disk.records import append_record, data_file, read_records
from dupviz.app.entrance import Entrance
from dupviz.app.place import Place, listening
from dupviz.app.server import ReviewServer
from dupviz.cli import commands as cli
from dupviz.images import cache
from dupviz.widgets.gallery.gallery import Gallery


@pytest.fixture
def homeless(monkeypatch):
    """A process without HOME, of a user that the system does not know."""
    for name in ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_DATA_HOME", "DUPVIZ_CACHE_DIR", "DUPVIZ_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    if os.name == "posix":
        monkeypatch.setattr("pwd.getpwuid", lambda number: {}[number])
    homes._say_that_nothing_is_remembered.cache_clear()


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.linear_gradient("L").save(folder / name)
    return folder


pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows always knows a home folder")


@pytest.mark.usefixtures("homeless")
def test_all_commands_work_and_say_once_that_nothing_is_remembered(photos, tmp_path, capsys, caplog):
    for command in (["scan", photos], ["clean", photos, "--to", tmp_path / "out"], ["cache"], ["cache", "--clear"]):
        assert cli.main(list(map(str, command))) == 0
    assert "1 file can go" in capsys.readouterr().out
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == [
        "dupviz: this user has no home folder, so nothing is remembered, "
        "unless DUPVIZ_CACHE_DIR and DUPVIZ_DATA_DIR name folders for it"
    ]


@pytest.mark.usefixtures("homeless")
def test_a_review_counts_for_its_session_and_says_that_it_cannot_be_saved(photos):
    with listening() as sockets:
        entrance = Entrance(Place(sockets))
    assert ReviewServer(entrance, find_duplicates).phase["folder"] == str(Path.cwd())
    gallery = Gallery(find_duplicates(photos, progress=False))
    gallery.receive({"do": "accept", "groups": list(gallery.review.members), "id": 0})
    assert gallery.state["reviewed"] == 1
    assert "could not be saved for the next session: this user has no home folder" in gallery.state["notice"]


@pytest.mark.usefixtures("homeless")
def test_nothing_can_be_read_or_written_where_nothing_is_remembered():
    assert cache.store_file().parent == cache.looks_file().parent == data_file("labels").parent == NOWHERE
    assert not is_remembered(data_file("labels"))
    assert read_records(data_file("labels")) == []
    with pytest.raises(OSError, match="no home folder"):
        append_record(data_file("labels"), {})
    with pytest.raises(OSError, match="Not a directory"):
        NOWHERE.mkdir(parents=True)


@pytest.mark.usefixtures("homeless")
def test_folders_that_are_named_are_used(monkeypatch, tmp_path):
    monkeypatch.setenv("DUPVIZ_DATA_DIR", str(tmp_path))
    append_record(data_file("labels"), {"a": 1})
    assert read_records(tmp_path / "labels") == [{"a": 1}]
    assert is_remembered(tmp_path / "labels")


@pytest.mark.parametrize(
    "usual", [lambda name: "~/.cache/" + name, lambda name: {}[name], lambda name: str(Path("~") / name)]
)
def test_a_folder_that_is_not_absolute_is_none(usual, monkeypatch):
    monkeypatch.delenv("DUPVIZ_CACHE_DIR", raising=False)
    assert own_folder("DUPVIZ_CACHE_DIR", usual) == NOWHERE
    assert own_folder("DUPVIZ_CACHE_DIR", lambda name: f"/var/{name}") == Path("/var/dupviz")


@pytest.mark.usefixtures("homeless")
def test_without_a_home_folder_the_wave_stays(monkeypatch, tmp_path):
    assert home() == Path.cwd()
    assert expanded("~/photos") == Path("~/photos")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home() == tmp_path
    assert expanded("~/photos") == tmp_path / "photos"
