"""What CI runs: it checks what pyproject.toml promises, and names what there is."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from dupviz import cli

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / ".github" / "workflows" / "checks.yml"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def promised(kind):
    """The last parts of classifiers of a kind."""
    return [each.rpartition(" :: ")[2] for each in PROJECT["classifiers"] if re.match(kind, each)]


def test_the_oldest_and_the_newest_python_run_on_each_system():
    matrix = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["systems"]["strategy"]["matrix"]
    versions = sorted(promised(r"Programming Language :: Python :: 3\."), key=lambda text: int(text.partition(".")[2]))
    assert matrix["python"] == [versions[0], versions[-1]]
    assert PROJECT["requires-python"] == f">={versions[0]}"
    names = {"Linux": "ubuntu", "MacOS": "macos", "Windows": "windows"}
    systems = [f"{names[system]}-latest" for system in promised("Operating System ::")]
    assert sorted(matrix["system"]) == sorted(systems) == sorted(each["system"] for each in matrix["include"])


@pytest.mark.parametrize("file", [WORKFLOW, ROOT / ".ci" / "run"], ids=lambda file: file.name)
def test_every_path_that_ci_names_is_there(file):
    text = file.read_text(encoding="utf-8")
    paths = re.findall(r"(?<![\w/])((?:tests|docs|\.ci)(?:/[\w.]+)+)", text)
    paths += [f"tests/{name}" for names in re.findall(r"tests/\{([\w,]+)\}", text) for name in names.split(",")]
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_binder_installs_what_a_lesson_needs_on_a_python_that_is_promised():
    folder = ROOT / ".binder"
    [extra] = re.findall(r"^-e \.\[(\w+)\]$", (folder / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert extra in PROJECT["optional-dependencies"]
    version = (folder / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    assert version in promised(r"Programming Language :: Python :: 3\.")


def test_the_lowest_versions_are_those_of_what_users_install():
    printed = subprocess.check_output([sys.executable, ROOT / ".ci" / "lowest.py"], text=True).split()
    optional = PROJECT["optional-dependencies"]
    users = [
        *PROJECT["dependencies"],
        *(each for name in optional.keys() - {"all", "docs", "test"} for each in optional[name]),
    ]
    assert sorted(printed) == sorted(each.replace(">=", "==") for each in users)


def test_the_extra_all_has_every_extra_for_users():
    optional = PROJECT["optional-dependencies"]
    [everything] = optional["all"]
    assert re.findall(r"\w+", everything.partition("[")[2]) == sorted(optional.keys() - {"all", "docs", "test"})


@pytest.fixture
def data_set(tmp_path):
    """A folder in which two pictures are one."""
    for name in ("a", "b"):
        shutil.copy(ROOT / "data" / "photos" / "cat.jpg", tmp_path / f"{name} 1.jpg")
    return tmp_path


def test_the_hook_for_data_sets_is_a_command_that_fails_on_duplicates(data_set, capsys):
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert not hook["pass_filenames"]
    program, *words = hook["entry"].split()
    assert program in PROJECT["scripts"]
    lock = str(data_set / "dupviz.lock")
    assert cli.main([*words, str(data_set), "--no-cache"]) == 3
    assert cli.main([*words, str(data_set), "--no-cache", "--lock", lock, "--update-lock"]) == 0
    assert cli.main([*words, str(data_set), "--no-cache", "--lock", lock]) == 0


@pytest.mark.skipif(not shutil.which("bash"), reason="its steps are for bash")
def test_the_action_for_data_sets_runs(data_set):
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    install, check = action["runs"]["steps"]
    assert install["run"].startswith("python -m pip install")
    places = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    places |= {"DUPVIZ_DATA_DIR": str(data_set / "data"), "DUPVIZ_CACHE_DIR": str(data_set / "cache")}

    def run(**inputs):
        given = {name: each["default"] for name, each in action["inputs"].items()} | inputs
        variables = {
            name: given[re.fullmatch(r"\$\{\{ inputs\.(\w+) \}\}", value)[1]] for name, value in check["env"].items()
        }
        environment = os.environ | places | variables
        return subprocess.run(["bash", "-e", "-c", check["run"]], cwd=data_set, env=environment, capture_output=True)

    assert run().returncode == 3
    assert run(folder="nowhere").returncode == 2
    reported = run(folder=".", report="my report.html")
    assert reported.returncode == 3
    assert (data_set / "my report.html").exists()
    assert run(lock="none.lock").returncode == 2
