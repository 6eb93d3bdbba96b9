"""One JupyterLab and one Chromium per worker; a page per test, whose errors fail the test."""

import os
import re
import shutil
import subprocess
import sys

import lab
import pytest
from playwright.sync_api import expect

PATIENCE_MS = 60_000  # a busy machine may take so long to start a kernel, or to answer a click


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent == lab.ROOT / "tests" / "browser":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    if lab.CHROMIUM is None and os.environ.get("CI") != "true":
        pytest.skip("Chromium is not installed")
    with lab.chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def lab_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="session")
def address(chromium, lab_folder):
    with lab.jupyter_lab(lab_folder) as address:
        yield address


@pytest.fixture
def page(chromium):
    page = chromium.new_page(viewport={"width": 1300, "height": 1400})
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("coffee.jpg", "coffee_small.jpg", "coffee_watermark.jpg", "cat.jpg", "cat.png", "rocket.jpg"):
        shutil.copy(lab.ROOT / "data" / "photos" / name, folder)
    return folder


@pytest.fixture
def review(tmp_path):
    """Start `dupviz review`, and return the address that it prints."""
    processes = []

    def start(*arguments):
        command = [sys.executable, "-m", "dupviz", "review", "--no-browser", *map(str, arguments)]
        environment = {**os.environ, "DUPVIZ_DATA_DIR": str(tmp_path / "data"), "PYTHONUTF8": "1"}
        processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment))
        return re.search(r"http://\S+", processes[-1].stdout.readline())[0]

    yield start
    for process in processes:
        with process:
            try:
                assert process.wait(30) == 0
            finally:
                process.kill()
