"""The command line as its users run it: in a process of its own."""

import csv
import inspect
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from functools import wraps

import numpy as np
import pandas as pd
import pytest
from made_up import write_icons
from noted import write_noted
from PIL import Image
from plans import plan_of, snapshot, write_files

from dupviz import __version__, distance, find_duplicates, load_images
from dupviz.cli import commands as cli
from dupviz.groups.keep import KEEP_RULES
from dupviz.images.options import FolderOptions
from dupviz.show.receipt import undo_command


def dupviz(*arguments, **options):
    command = [sys.executable, "-m", "dupviz", *map(str, arguments)]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, **options)


@pytest.fixture
def folder(tmp_path):
    """Three pictures: one, its quarter turn and another; a broken one; a text."""
    rng = np.random.default_rng(0)
    for name in ("one", "other"):
        picture = Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8))
        picture.resize((160, 160), Image.Resampling.BICUBIC).save(tmp_path / f"{name}.png", compress_level=0)
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
    assert "1 other file skipped: no image." in result.stdout
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
    remove |= {"verdict": "same", "kind": "turned", "reason": "turned copy", "window": None}
    assert scan["groups"] == [{"keep": one, "reason": "more pixels", "remove": [remove], "review": []}]
    assert [error["path"] for error in scan["errors"]] == [str(folder / "broken.jpg")]


def test_without_a_second_look_what_is_below_the_threshold_can_go(folder):
    with Image.open(folder / "one.png") as picture:
        picture.paste("white", (100, 100, 112, 104))
        picture.save(folder / "one_edited.png")
    lines = dupviz("scan", folder).stdout.splitlines()
    assert any(line.startswith("review") and "edited" in line and line.endswith("one_edited.png") for line in lines)
    lines = dupviz("scan", folder, "--no-verify", "--keep", "largest_file").stdout.splitlines()
    assert any(line.startswith("can go") and line.endswith("one_edited.png") for line in lines)


def test_json_goes_to_a_file_beside_the_table(folder, tmp_path_factory):
    file = tmp_path_factory.mktemp("out") / "scan.json"
    result = dupviz("scan", folder, "--json", file)
    assert "can go" in result.stdout
    assert len(json.loads(file.read_text())["groups"]) == 1
    quiet = dupviz("scan", folder, "--json", file, "--quiet")
    assert (quiet.returncode, quiet.stdout) == (0, "")
    assert quiet.stderr.startswith(f"not read  {folder / 'broken.jpg'}: ")
    unwritable = dupviz("scan", folder, "--json", folder / "missing" / "scan.json")
    assert unwritable.returncode == 1
    assert "cannot write" in unwritable.stderr


def test_what_is_too_small_to_tell_is_one_line(tmp_path):
    (tmp_path / "icons").mkdir()
    write_icons(tmp_path / "icons", 3, copies=[0])
    result = dupviz("scan", tmp_path / "icons", "--csv", tmp_path / "groups.csv")
    assert "\n3 pictures too small to tell: --csv FILE lists them, dupviz review shows them.\n" in result.stdout
    assert {re.search(r"[^/\\]+$", line)[0] for line in result.stdout.splitlines() if "48 × 48" in line} == {
        "0.png",
        "0 copy.png",
    }
    assert "24 × 24" not in result.stdout
    assert (tmp_path / "groups.csv").read_text().count("_small.png") == 3
    alone = dupviz("scan", tmp_path / "icons" / "0.png", tmp_path / "icons" / "0 copy.png")
    assert "too small" not in alone.stdout


def test_groups_and_plan_are_written_as_tables_without_formulas(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    (folder / "turned.png").rename(folder / "=1+2.png")
    names = ["one.png", "other.png", "=1+2.png"]  # a file that cannot be read is not among them
    result = dupviz("scan", *names, "--csv", out / "groups.csv", "--plan", out / "plan.csv", "--quiet", cwd=folder)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    tables = {name: list(csv.reader((out / name).read_text().splitlines())) for name in ("groups.csv", "plan.csv")}
    header, keep, remove = tables["groups.csv"]
    assert header[:5] == ["group", "action", "path", "keeper", "mse"]
    assert keep[:4] == ["0", "keep", "one.png", "one.png"]
    assert remove[:4] == ["0", "remove", "./=1+2.png", "one.png"]
    for table in tables.values():
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in table for cell in row)
    moved = dupviz("clean", "--plan", out / "plan.csv", "--to", out / "gone", "--yes")
    assert moved.returncode == 0
    assert (out / "gone" / "=1+2.png").exists()


def test_csv_to_standard_output_is_that_of_a_file_and_nothing_else(folder, tmp_path_factory):
    file = tmp_path_factory.mktemp("out") / "groups.csv"
    printed = dupviz("scan", folder, "--csv", "-", "--json", file.with_suffix(".json"))
    assert (printed.returncode, printed.stderr) == (0, "")
    assert dupviz("scan", folder, "--csv", file).returncode == 0
    assert printed.stdout == file.read_text()
    assert printed.stdout.count("\n") == 3
    assert len(json.loads(file.with_suffix(".json").read_text())["groups"]) == 1
    both = dupviz("scan", folder, "--csv", "-", "--json", "-")
    assert (both.returncode, both.stdout) == (2, "")
    assert "only one of --json and --csv" in both.stderr
    assert not os.path.lexists("-")


def test_strict_fails_for_a_file_that_cannot_be_read_but_not_for_what_is_left_out(folder, tmp_path_factory):
    to = tmp_path_factory.mktemp("out") / "gone"
    assert dupviz("scan", folder).returncode == 0
    assert dupviz("scan", folder, "--strict").returncode == 1
    moved = dupviz("clean", folder, "--to", to, "--strict", "--yes")
    assert moved.returncode == 1
    assert "nothing has been moved" in moved.stderr
    assert "broken.jpg" in moved.stderr
    assert not to.exists()
    (folder / "broken.jpg").unlink()
    (folder / ".hidden.jpg").touch()
    (folder / "link.png").symlink_to("one.png")
    assert dupviz("scan", folder, "--strict").returncode == 0
    assert dupviz("clean", folder, "--to", to, "--strict", "--yes").returncode == 0


def test_a_threshold_of_zero_says_what_finds_equal_images(folder):
    result = dupviz("scan", folder, "--threshold", 0)
    assert "0 groups" in result.stdout
    assert "--threshold 0.0001 finds images whose tensors are equal" in result.stderr
    (folder / "copy.png").write_bytes((folder / "one.png").read_bytes())
    assert "1 group" in dupviz("scan", folder, "--threshold", 0.0001).stdout


@pytest.mark.parametrize("to", ["", "~/dupviz here"])
def test_a_home_folder_is_found_and_an_empty_name_refused(to, folder, tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    result = dupviz("clean", folder, "--to", to, "--yes")
    if to:
        assert result.returncode == 0
        assert (home / "dupviz here" / "turned.png").exists()
    else:
        assert result.returncode == 2
        assert "to is empty" in result.stderr
        assert (folder / "turned.png").exists()


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


@pytest.mark.parametrize("command", [["scan", "a"], ["review", "a"], ["clean", "a", "--to", "b"]])
def test_options_of_the_search_are_passed_on_and_those_for_reading_if_they_are_given(command, monkeypatch, capsys):
    passed = []

    @wraps(find_duplicates)
    def search(folders, **options):
        passed.append(options)
        raise ValueError("enough")

    monkeypatch.setattr("dupviz.one_call.find_duplicates", search)
    given = "--size 8 --exclude x --exclude y --include-hidden --min-size 2 --max-pixels 9 --no-recursive"
    given += (
        " --threshold 7 --symmetries none --keep oldest --protect p --workers 3 --no-cache --parts --carry --against o"
    )
    lines = [command, [*command, *given.split()], [*command, "--no-verify"]]
    assert [cli.main(line) for line in lines] == [2, 2, 2]
    reading = {"size": 8, "exclude": ["x", "y"], "include_hidden": True, "min_size": 2, "max_pixels": 9}
    reading["recursive"] = False
    searching = {"threshold": 7, "symmetries": "none", "keep": "oldest", "protect": ["p"], "workers": 3}
    searching |= {"cache": False, "verify": True, "parts": True, "carry": True, "against": ["o"]}
    assert not reading.keys() & passed[0].keys()
    assert passed[1] == {**reading, **searching, "max_mse": 7, "progress": False}
    assert passed[2] == {**passed[0], "verify": False}
    assert reading.keys() == FolderOptions.__annotations__.keys()
    arguments = inspect.signature(find_duplicates).parameters.keys()
    assert arguments - passed[1].keys() == {"paths", "channels", "white", "column"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scan"], "FOLDER"),
        (["scan", "nowhere"], "no such file or folder: 'nowhere'"),
        (["scan", "*.jpg"], "no such file or folder: '*.jpg'; patterns are for the shell"),
        (["scan", "[ab].png"], "name the folder instead"),
        (["scan", "photos/IMG_?.jpg"], "patterns are for the shell"),
        (["scan", "~/photos"], "~ stands for the home folder in a shell only"),
        (["scan", ".", "--protect", "~/photos"], "write the whole path"),
        (["scan", ".", "--threshold", "x"], "invalid number value: 'x'"),
        (["scan", ".", "--threshold", "-1"], "must be a number from 0 up"),
        (["scan", ".", "--max-mse", "nan"], "must be a number from 0 up"),
        (["scan", ".", "--size", "0"], "must be at least 1"),
        (["scan", ".", "--keep", "nicest"], "largest_file"),
        (["scan", ".", "--protect", "nowhere"], "no such file or folder: 'nowhere'"),
        (["sacn", "."], "did you mean scan?"),
        (["scan", ".", "--exclud", "raw"], "did you mean --exclude?"),
        (["scan", ".", "--treshold=5"], "did you mean --threshold?"),
        (["scan", ".", "--keep", "oldst"], "did you mean oldest?"),
        (["quarantine", "chek", "."], "did you mean check?"),
    ],
)
def test_unusable_arguments_are_status_2(arguments, message, tmp_path):
    result = dupviz(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_command_it_says_how_to_begin():
    result = dupviz()
    assert (result.returncode, result.stderr) == (0, "")
    assert "dupviz review photos" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_nothing_is_guessed_for_what_is_like_nothing(tmp_path):
    assert "did you mean" not in dupviz("scan", tmp_path, "--zzz").stderr


def test_of_a_folder_without_images_it_is_said_that_there_are_none(tmp_path):
    result = dupviz("scan", tmp_path)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == f"dupviz: no picture was found in {tmp_path}: is it the right folder?\n"
    assert dupviz("scan", tmp_path, "--quiet").returncode == 1


def test_a_scan_ends_with_the_next_step(folder):
    (folder / "my photos").mkdir()
    for name in ("one.png", "turned.png"):
        (folder / name).rename(folder / "my photos" / name)
    last = dupviz("scan", "my photos", cwd=folder).stdout.splitlines()[-1]
    assert last.startswith("1 file can go, and nothing has been changed. To look and decide in the browser: ")
    assert last.endswith('dupviz review "my photos"' if os.name == "nt" else "dupviz review 'my photos'")
    (folder / "my photos" / "turned.png").unlink()
    last = dupviz("scan", "my photos", cwd=folder).stdout.splitlines()[-1]
    assert last == "Nothing to do: no two of these are duplicates."


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


WAITS = {
    "an import": """
class Finder:
    def find_spec(name, path, target=None):
        if name == "pandas":
            wait()
sys.meta_path.insert(0, Finder)
""",
    "the reading of a file": """
import dupviz.images.chunk
dupviz.images.chunk.decode = wait
""",
    "the search": """
import dupviz.proposers.propose
sys.modules["dupviz.proposers.propose"].search = wait
""",
}


@pytest.mark.parametrize("moment", WAITS)
def test_interrupt_ends_with_130_and_no_traceback(folder, moment):
    script = f"""
import sys, time
from dupviz.cli import main
def wait(*_, **options):
    print("waits", flush=True)
    time.sleep(1.5)
{WAITS[moment]}
sys.exit(main())
"""
    command = [sys.executable, "-c", script, "scan", folder, "--no-cache", "--workers", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "waits\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "dupviz: interrupted; nothing was changed\n")


def clean(folder, *arguments, **options):
    return dupviz("clean", folder, "--to", folder.parent / "out", *arguments, **options)


@pytest.fixture
def photos(folder, tmp_path_factory):
    """The same pictures in a folder with room beside it."""
    return folder.rename(tmp_path_factory.mktemp("clean") / "photos")


def test_clean_prints_the_plan_and_changes_nothing(photos):
    before = snapshot(photos.parent)
    result = clean(photos)
    assert (result.returncode, result.stderr) == (0, "")
    assert snapshot(photos.parent) == before
    assert result.stdout.splitlines()[0] == f"In {photos}:"
    keep, remove = [line for line in result.stdout.splitlines() if line.startswith(("keep", "can go"))]
    assert keep.endswith("one.png")
    assert remove.endswith("turned.png")
    assert "turned 270°" in remove
    assert "1 file would move (" in result.stdout
    assert result.stdout.endswith("Nothing has been changed: the same command with --yes moves them.\n")


def test_clean_with_yes_moves_and_the_printed_command_brings_back(photos):
    before = snapshot(photos)
    result = clean(photos, "--yes")
    assert (result.returncode, result.stderr) == (0, "")
    assert (photos.parent / "out" / "turned.png").exists()
    assert not (photos / "turned.png").exists()
    assert f"Journal: {photos.parent / 'out' / 'journal-1.jsonl'}\n" in result.stdout
    assert f"Receipt, with a sample to look at: {photos.parent / 'out' / 'receipt-1.html'}\n" in result.stdout
    back = run_printed_command(result, photos.parent)
    assert (back.returncode, back.stderr) == (0, "")
    assert back.stdout.startswith("1 file restored (")
    assert snapshot(photos) == before
    again = dupviz("undo", photos.parent / "out")
    assert (again.returncode, again.stdout[:23]) == (0, "1 file already in place")


def run_printed_command(result, folder):
    """Run the command after "To bring them back:" through a shell, from another folder."""
    command = result.stdout.split("To bring them back: ")[1].splitlines()[0]
    script = folder / "bin" / "dupviz"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dupviz "$@"\n')
    script.chmod(0o755)
    path = f"{script.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONUTF8": "1"}
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, cwd="/", timeout=60)


@pytest.mark.parametrize(
    "name",
    [b"with space", b'it\'s "$HOME" `id` \\', b"line\nbreak\x1b[31m", b"\xff\xe2\x80\xae", b"-rf", b"<img src=x>"],
)
def test_the_printed_command_works_for_any_name(name, photos):
    to = photos.parent / os.fsdecode(name)
    (photos / "turned.png").rename(photos / os.fsdecode(name + b".png"))
    before = snapshot(photos)
    result = dupviz("clean", photos, "--to", to, "--yes")
    assert result.returncode == 0, result.stderr
    assert all(line.isprintable() for line in result.stdout.splitlines())
    assert not (photos / os.fsdecode(name + b".png")).exists()
    back = run_printed_command(result, photos.parent)
    assert (back.returncode, back.stderr) == (0, "")
    assert snapshot(photos) == before


def test_clean_applies_a_saved_plan(photos):
    file = photos.parent / "plan.csv"
    find_duplicates(photos, progress=False).plan().save(file)
    to = photos.parent / "out"
    dry = dupviz("clean", "--plan", file, "--to", to)
    assert (dry.returncode, to.exists()) == (0, False)
    assert "1 file would move (" in dry.stdout
    wet = dupviz("clean", "--plan", file, "--to", to, "--yes", "--quiet")
    assert wet.returncode == 0
    assert (to / "turned.png").exists()
    # Once more: the file is gone, and that is something asked for that could not be done.
    again = dupviz("clean", "--plan", file, "--to", to, "--yes")
    assert again.returncode == 1
    assert "skipped" in again.stdout
    assert "turned.png: is gone" in again.stdout


def test_what_cannot_be_undone_is_said_with_status_1(photos):
    clean(photos, "--yes")
    (photos / "turned.png").write_bytes(b"new")
    result = dupviz("undo", photos.parent / "out", "--quiet")
    assert result.returncode == 1
    assert f"skipped  {photos / 'turned.png'}: something else is at its place" in result.stdout
    assert (photos / "turned.png").read_bytes() == b"new"


def test_files_that_no_journal_names_are_said(photos):
    clean(photos, "--yes")
    (photos.parent / "out" / "journal-1.jsonl").write_bytes(b"")
    result = dupviz("undo", photos.parent / "out")
    assert "No readable journal says where these belong: 1 file" in result.stdout


def test_protected_files_stay(photos):
    result = clean(photos, "--yes", "--protect", photos)
    assert result.returncode == 0
    assert (photos / "turned.png").exists()
    assert "no file to move" in result.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have one trash for all processes")
def test_clean_to_the_trash(photos, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    dry = dupviz("clean", photos, "--trash")
    assert (dry.returncode, (photos / "turned.png").exists()) == (0, True)
    result = dupviz("clean", photos, "--trash", "--yes")
    assert (result.returncode, result.stderr) == (0, "")
    assert "1 file in the trash (" in result.stdout
    assert "the trash itself can restore them" in result.stdout
    assert "dupviz undo" not in result.stdout
    assert (tmp_path / "data" / "Trash" / "files" / "turned.png").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["clean", "."], "one of the arguments --to --trash is required"),
        (["clean", ".", "--to", "out", "--trash"], "not allowed with argument"),
        (["clean", "--to", "out"], "clean takes either folders or --plan FILE"),
        (["clean", ".", "--plan", "x", "--to", "out"], "clean takes either folders or --plan FILE"),
        (["clean", "nowhere", "--to", "out"], "nowhere"),
        (["clean", "--plan", "nowhere.csv", "--to", "out"], "'nowhere.csv': No such file or directory"),
        (["clean", "--plan", "full/mine", "--to", "out"], "'full/mine' is no plan: it has no column path"),
        (["clean", ".", "--to", "full"], "has other files in it: choose a new folder"),
        (["clean", ".", "--to", "full/mine"], "is no folder"),
        (["clean", ".", "--to", "out", "--protect", "nowhere"], "no such file or folder: 'nowhere'"),
        (["undo"], "JOURNAL"),
        (["undo", "nowhere"], "'nowhere': No such file or directory"),
        (["undo", "full"], "no journal in 'full'"),
        (["undo", "full/mine"], "is damaged, or no journal of this version of dupviz"),
    ],
)
def test_unusable_arguments_of_clean_and_undo_are_status_2(arguments, message, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    before = snapshot(tmp_path)
    result = dupviz(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert snapshot(tmp_path) == before


def test_an_interrupted_clean_can_be_undone(tmp_path):
    keeper, *paths = write_files(tmp_path / "photos", ["keeper", *map(str, range(3000))])
    plan_of(tmp_path / "photos", dict.fromkeys(paths, keeper)).save(tmp_path / "plan.csv")
    before = snapshot(tmp_path / "photos")
    command = ["clean", "--plan", tmp_path / "plan.csv", "--to", tmp_path / "out", "--yes", "--quiet"]
    process = subprocess.Popen(
        [sys.executable, "-m", "dupviz", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not (tmp_path / "out" / "1").exists():
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "")
    assert "Interrupted: " in output
    assert "interrupted before that" in output
    assert len(list((tmp_path / "photos").iterdir())) > 1
    assert dupviz("undo", tmp_path / "out").returncode == 0
    assert snapshot(tmp_path / "photos") == before


@pytest.mark.parametrize("rule", KEEP_RULES)
def test_every_keep_rule_is_offered(rule, folder):
    assert dupviz("scan", folder, "--keep", rule, "--quiet").returncode == 0


def test_version():
    assert dupviz("--version").stdout == f"dupviz {__version__}\n"


# Tables for other programs, and checks of data sets


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_groups_and_pairs_are_written_as_tables(folder, tmp_path_factory, suffix, capsys):
    out = tmp_path_factory.mktemp("out")
    groups, pairs = out / f"groups.{suffix}", out / f"pairs.{suffix}"
    option = "--csv" if suffix == "csv" else "--parquet"
    assert cli.main(["scan", str(folder), option, str(groups), "--pairs", str(pairs), "--max-mse", "90000"]) == 0
    read = pd.read_csv if suffix == "csv" else pd.read_parquet
    found = find_duplicates(folder, max_mse=90_000, progress=False)
    table = read(groups)
    assert table["path"].tolist() == found.groups["path"].tolist()
    assert table["mse"].tolist() == pytest.approx(found.groups["mse"].tolist())
    table = read(pairs)
    paths = found.images.files["path"]
    assert table["a"].tolist() == paths[found.pairs["a"]].tolist()
    assert table["b"].tolist() == paths[found.pairs["b"]].tolist()
    assert len(table) >= 2


def test_parquet_replaces_nothing_but_parquet(folder, tmp_path, capsys):
    file = tmp_path / "groups.parquet"
    file.write_text("my notes")
    assert cli.main(["scan", str(folder), "--parquet", str(file)]) == 1
    assert "another kind" in capsys.readouterr().err
    assert file.read_text() == "my notes"
    file.unlink()
    for _ in range(2):
        assert cli.main(["scan", str(folder), "--parquet", str(file)]) == 0


def test_a_check_fails_if_there_are_duplicates(folder, tmp_path_factory, capsys):
    assert cli.main(["scan", str(folder), "--fail-on-duplicates"]) == 3
    (folder / "turned.png").unlink(missing_ok=True)
    alone = tmp_path_factory.mktemp("alone")
    shutil.copy(folder / "other.png", alone)
    assert cli.main(["scan", str(alone), "--fail-on-duplicates"]) == 0
    assert cli.main(["scan", str(folder)]) == 0


def test_an_archive_is_scanned_but_not_cleaned(folder, tmp_path_factory, capsys):
    archive = shutil.make_archive(str(tmp_path_factory.mktemp("archive") / "photos"), "zip", folder)
    assert cli.main(["scan", archive]) == 0
    assert "1 file can go" in capsys.readouterr().out
    to = str(tmp_path_factory.mktemp("to") / "q")
    assert cli.main(["clean", archive, "--to", to, "--yes"]) == 2
    assert "no files of their own, but of photos.zip" in capsys.readouterr().err
    assert cli.main(["scan", archive, "--plan", f"{to}.csv"]) == 1


def test_the_command_that_brings_files_back_is_quoted_for_its_shell():
    assert undo_command("/tmp/my photos/journal-1.jsonl", system="posix") == (
        "dupviz undo '/tmp/my photos/journal-1.jsonl'"
    )
    assert undo_command(r"C:\my photos\journal-1.jsonl", system="nt") == (r'dupviz undo "C:\my photos\journal-1.jsonl"')


def test_a_folder_of_nothing_but_transparent_pictures_is_scanned(tmp_path):
    small = Image.radial_gradient("L").resize((96, 96))
    for name, size in (("a", 96), ("b", 80)):
        picture = Image.merge("RGBA", [small, small.rotate(90), small.rotate(180), small.point(lambda v: 255 - v)])
        picture.resize((size, size)).save(tmp_path / f"{name}.png")
    result = dupviz("scan", tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "2 images, 1 group of duplicates" in result.stdout


def test_an_icon_on_black_beside_copies_in_other_light_is_scanned(tmp_path):
    photo = Image.radial_gradient("L").resize((200, 150)).convert("RGB")
    photo.save(tmp_path / "photo.png")
    photo.point(lambda value: value * 0.6).save(tmp_path / "darker.png")
    icon = Image.new("RGBA", (64, 64))
    icon.putalpha(Image.radial_gradient("L").resize((64, 64)))
    icon.save(tmp_path / "icon.png")
    result = dupviz("scan", tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "3 images" in result.stdout


def test_what_a_file_alone_says_is_carried_over_and_taken_back(tmp_path, capsys):
    photos, out = tmp_path / "photos", str(tmp_path / "out")
    write_noted(photos / "a.jpg", {}, quality=95)
    write_noted(photos / "b.jpg", {"xmp:Rating": ("5",)}, quality=85)
    before = snapshot(photos)
    assert cli.main(["clean", str(photos), "--to", out, "--no-cache"]) == 0
    assert "no file to move" in capsys.readouterr().out
    command = ["clean", str(photos), "--to", out, "--no-cache", "--carry"]
    assert cli.main(command) == 0
    printed = capsys.readouterr().out
    assert re.search(r"keep .* a\.jpg\n *would be written .*a\.jpg\.xmp\n *can go .*b\.jpg", printed), printed
    assert "carried over: a rating" in printed
    assert snapshot(photos) == before
    assert cli.main([*command, "--yes"]) == 0
    assert "1 sidecar written" in capsys.readouterr().out
    assert sorted(path.name for path in photos.iterdir()) == ["a.jpg", "a.jpg.xmp"]
    assert cli.main(["undo", out]) == 0
    assert "1 sidecar removed" in capsys.readouterr().out
    assert snapshot(photos) == before


def test_a_plan_is_applied_with_all_carried_over_if_that_is_asked_for(tmp_path):
    photos, plan = tmp_path / "photos", str(tmp_path / "plan.csv")
    write_noted(photos / "a.jpg", {}, quality=95)
    write_noted(photos / "b.jpg", {"xmp:Rating": ("5",)}, quality=85)
    assert cli.main(["scan", str(photos), "--no-verify", "--no-cache", "--quiet", "--plan", plan]) == 0
    assert cli.main(["clean", "--plan", plan, "--carry", "--to", str(tmp_path / "out"), "--yes", "--quiet"]) == 0
    assert (photos / "a.jpg.xmp").exists()
