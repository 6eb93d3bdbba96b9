"""Pictures with duplicates, and a server that shows them."""

import shutil
from pathlib import Path

import pytest
from serving import Running

PHOTOS = Path(__file__).parents[2] / "data" / "photos"


@pytest.fixture
def photos(tmp_path, monkeypatch):
    monkeypatch.setenv("DUPVIZ_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("coffee.jpg", "coffee_small.jpg", "cat.jpg", "cat.png"):
        shutil.copy(PHOTOS / name, folder)
    return folder


@pytest.fixture
def running(photos):
    server = Running(photos)
    yield server
    server.stop()
