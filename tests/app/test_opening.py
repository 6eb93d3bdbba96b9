"""A page on the disk leads the browser to the address, and no other user can read it."""

import html
import os
import stat
import tempfile
from pathlib import Path

import pytest

from dupviz.app.opening import redirecting

ADDRESS = 'http://127.0.0.1:8000/?token=s3cret&"<'


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return tmp_path / "home"


def test_it_is_readable_by_its_user_alone_and_removed(home):
    home.mkdir()
    old = os.umask(0)
    try:
        with redirecting(ADDRESS) as file:
            assert file.parent == home
            assert not file.name.startswith(".")
            assert html.escape(f"0; url={ADDRESS}") in file.read_text()
            if os.name == "posix":
                assert stat.S_IMODE(file.stat().st_mode) == 0o600
    finally:
        os.umask(old)
    assert list(home.iterdir()) == []


def test_it_is_removed_after_an_error_and_it_does_not_matter_if_it_is_gone(home):
    home.mkdir()
    with pytest.raises(KeyError), redirecting(ADDRESS):
        raise KeyError
    with redirecting(ADDRESS) as file:
        file.unlink()
    assert list(home.iterdir()) == []


def test_without_a_home_it_is_a_temporary_file(home, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with redirecting(ADDRESS) as file:  # the home is not there
        assert file.parent == tmp_path

    def no_home():
        raise RuntimeError("could not determine home directory")

    monkeypatch.setattr(Path, "home", no_home)
    with redirecting(ADDRESS) as file:
        assert file.parent == tmp_path
