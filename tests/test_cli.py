"""The command line as its users run it: in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from dupviz import __version__, distance, load_images
from dupviz.groups import KEEP_RULES


def dupviz(*arguments, **options):
    command = [sys.executable, "-m", "dupviz", *map(str, arguments)]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, **options)


@pytest.fixture
def folder(tmp_path):
    """Three pictures: one, its quarter turn and another; a broken one; a text."""
    rng = np.random.default_rng(0)
    for name, picture in (("one", rng.integers(0, 256, (8, 8, 3))), ("other", rng.integers(0, 256, (8, 8, 3)))):
        Image.fromarray(picture.astype(np.uint8).repeat(20, 0).repeat(20, 1)).save(
            tmp_path / f"{name}.png", compress_level=0
        )
    with Image.open(tmp_path / "one.png") as picture:
        picture.transpose(Image.Transpose.ROTATE_90).resize((80, 80)).save(tmp_path / "turned.png")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "notes.txt").write_text("no image")
    return tmp_path


def test_scan_prints_groups_errors_and_the_sum(folder):
    result = dupviz("scan", folder)
    assert result.returncode == 0
    assert result.stderr == ""
    keep, remove = [line for line in result.stdout.splitlines() if line.startswith(("keep", "can go"))]
    assert keep.endswith("one.png")
    assert "160 × 160" in keep
    assert remove.endswith("turned.png")
    assert "turned 270°" in remove
    assert "broken.jpg: " in result.stdout
    assert "3 images, 1 group of duplicates at threshold 200; 1 file can go" in result.stdout
    assert "1 other file passed over" in result.stdout
    assert "\x1b" not in result.stdout


def test_json_holds_what_the_design_names(folder):
    result = dupviz("scan", folder, "--json", "-", "--max-mse", 100_000)
    assert result.returncode == 0
    scan = json.loads(result.stdout)
    assert list(scan) == ["threshold", "max_mse", "symmetries", "size", "images", "pairs", "groups", "errors"]
    assert (scan["threshold"], scan["max_mse"], scan["symmetries"], scan["size"]) == (200.0, 100_000.0, "rotations", 50)
    one, other, turned = (str(folder / name) for name in ("one.png", "other.png", "turned.png"))
    assert [image["path"] for image in scan["images"]] == [one, other, turned]
    assert scan["images"][2] == {
        "path": turned,
        "width": 80,
        "height": 80,
        "bytes": os.path.getsize(turned),
        "format": "PNG",
    }
    images = load_images(folder)
    expected = []
    for a, b in ((0, 1), (0, 2), (1, 2)):
        mse, rotation, mirrored = distance(images.tensors[a], images.tensors[b])
        paths = {"a": images.files["path"][a], "b": images.files["path"][b]}
        expected.append({**paths, "mse": mse, "rotation": rotation, "mirrored": mirrored})
    assert scan["pairs"] == expected
    remove = {"path": turned, **{key: expected[1][key] for key in ("mse", "rotation", "mirrored")}}
    assert scan["groups"] == [{"keep": one, "remove": [remove], "review": []}]
    assert [error["path"] for error in scan["errors"]] == [str(folder / "broken.jpg")]


def test_json_goes_to_a_file_beside_the_table(folder, tmp_path_factory):
    file = tmp_path_factory.mktemp("out") / "scan.json"
    result = dupviz("scan", folder, "--json", file)
    assert "can go" in result.stdout
    assert len(json.loads(file.read_text())["groups"]) == 1
    quiet = dupviz("scan", folder, "--json", file, "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    unwritable = dupviz("scan", folder, "--json", folder / "missing" / "scan.json")
    assert unwritable.returncode == 1
    assert "cannot write" in unwritable.stderr


def test_max_mse_is_at_least_the_threshold(folder):
    scan = json.loads(dupviz("scan", folder, "--json", "-", "--threshold", 3000).stdout)
    assert (scan["threshold"], scan["max_mse"]) == (3000.0, 3000.0)


def test_options_reach_the_search(folder):
    (folder / "below").mkdir()
    (folder / "one.png").rename(folder / "below" / "one.png")
    assert "2 images, 0 groups" in dupviz("scan", folder, "--no-recursive").stdout
    assert "3 images, 0 groups" in dupviz("scan", folder, "--symmetries", "none").stdout
    protected = dupviz("scan", folder, "--protect", folder, "--workers", 1).stdout
    assert "0 files can go" in protected
    first = dupviz("scan", folder, "--keep", "oldest", "--size", 8).stdout
    assert "1 group" in first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scan"], "FOLDER"),
        (["scan", "nowhere"], "no such file or folder: 'nowhere'"),
        (["scan", ".", "--threshold", "x"], "invalid number value: 'x'"),
        (["scan", ".", "--threshold", "-1"], "must be a number from 0 up"),
        (["scan", ".", "--max-mse", "nan"], "must be a number from 0 up"),
        (["scan", ".", "--size", "0"], "must be at least 1"),
        (["scan", ".", "--keep", "best"], "largest_file"),
        (["scan", ".", "--protect", "nowhere"], "no such file or folder: 'nowhere'"),
        ([], "COMMAND"),
    ],
)
def test_unusable_arguments_are_status_2(arguments, message, tmp_path):
    result = dupviz(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_without_images_is_no_error(tmp_path):
    result = dupviz("scan", tmp_path)
    assert result.returncode == 0
    assert "0 images, 0 groups" in result.stdout


def test_names_that_a_terminal_would_obey_are_printed_as_text(folder):
    name = b"\x1b[31mred\n\xff\xe2\x80\xae.png"
    (folder / "turned.png").rename(folder / os.fsdecode(name))
    result = dupviz("scan", folder)
    assert result.returncode == 0
    assert r"\x1b[31mred\n\udcff\u202e.png" in result.stdout
    scan = json.loads(dupviz("scan", folder, "--json", "-").stdout)
    assert os.fsencode(scan["groups"][0]["remove"][0]["path"]).endswith(name)


def test_a_reader_that_stops_early_is_no_error(folder):
    command = f"{sys.executable} -m dupviz scan {folder} --json - | true"
    result = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")


def test_interrupt_ends_with_130_and_no_traceback(folder):
    with Image.open(folder / "one.png") as picture:
        large = picture.resize((3000, 3000))
    for number in range(6):
        large.save(folder / f"{number}.png", compress_level=1)
    for number in range(2000):
        (folder / f"link{number}").symlink_to("nowhere")
    command = [sys.executable, "-m", "dupviz", "scan", folder, "--size", "400"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1.2)  # within the imports or the scan: both must end well
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors
    assert (process.returncode, errors) in ((130, "dupviz: interrupted; nothing was changed\n"), (0, ""))


@pytest.mark.parametrize("rule", KEEP_RULES)
def test_every_keep_rule_is_offered(rule, folder):
    assert dupviz("scan", folder, "--keep", rule, "--quiet").returncode == 0


def test_version():
    assert dupviz("--version").stdout == f"dupviz {__version__}\n"
