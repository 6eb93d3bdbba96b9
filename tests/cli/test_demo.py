"""`dupviz demo` and `dupviz lessons`, as the wheel has them: outside the clone."""

import compileall
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dupviz.cli.sample import command_line

ROOT = Path(__file__).parents[2]
WHEEL = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
    "wheel"
]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """What pyproject.toml says that a wheel has, unpacked; .ci/wheel.py builds a real one."""
    site = tmp_path_factory.mktemp("site")
    inside = {**{name: name for name in WHEEL["packages"]}, **WHEEL["force-include"]}
    for source, target in inside.items():
        (site / target).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copyfile
        copy(ROOT / source, site / target)
    compileall.compile_dir(site / "dupviz" / "teaching" / "bundled", quiet=1)  # as pip does
    return site


@pytest.fixture
def command(installed, tmp_path):
    """The command line of that installation, in a folder of its own."""
    place = tmp_path / "place"
    place.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"DUPVIZ_DATA_DIR": str(tmp_path / "data"), "DUPVIZ_CACHE_DIR": str(tmp_path / "cache")}

    def start(*arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "dupviz", *arguments],
            cwd=place,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    start.place = place
    return start


def outcome(process):
    try:
        printed, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, printed


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_demo_opens_a_copy_of_the_sample(command):
    with command("demo", "--no-browser") as process:
        opened = any("The review is at http://127.0.0.1:" in line for line in process.stdout)
        process.terminate()
    assert opened
    assert contents(command.place / "dupviz-demo") == contents(ROOT / "data" / "photos")


@pytest.mark.parametrize("arguments", [("demo", "mine", "--no-browser"), ("lessons", "mine")])
def test_what_is_there_is_never_written_over(command, arguments):
    (command.place / "mine").mkdir()
    status, printed = outcome(command(*arguments))
    assert status == 2
    assert "mine is there already" in printed
    assert list((command.place / "mine").iterdir()) == []


def test_the_lessons_come_with_all_that_they_read(command):
    status, printed = outcome(command("lessons", "school/lessons"))
    assert status == 0
    folder = command.place / "school" / "lessons"
    listed = ["git", "-c", "core.quotePath=off", "ls-files", "data", "notebooks"]
    tracked = subprocess.check_output(listed, cwd=ROOT, text=True).splitlines()
    assert contents(folder) == {name: (ROOT / name).read_bytes() for name in tracked}
    assert f"-m jupyterlab {folder / 'notebooks'}" in printed


def test_the_command_that_starts_the_lessons_can_be_typed():
    assert command_line(["/a b/python", "-m"], system="posix") == "'/a b/python' -m"
    assert command_line([r"C:\a b\python", "-m"], system="nt") == r'"C:\a b\python" -m'
