"""A quarantine folder is safe to empty while all that stayed is there, and has what the look asked for."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import types

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from dupviz import find_duplicates, undo
from dupviz.cleanup.emptying import check_keepers
from dupviz.cleanup.entries import sum_of
from dupviz.cli import commands as cli


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """Two pictures: of one a smaller copy, both with the same text beside them; of the other a byte copy."""
    monkeypatch.setenv("DUPVIZ_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in ("one", "two"):
        noise = Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8))
        noise.resize((300, 300), Image.Resampling.BICUBIC).save(folder / f"{name}.png")
    with Image.open(folder / "one.png") as picture:
        picture.resize((200, 200)).save(folder / "one copy.jpg", quality=92)
    for name in ("one.png.txt", "one copy.jpg.txt"):
        (folder / name).write_text("a caption")
    shutil.copy(folder / "two.png", folder / "two copy.png")
    return folder


@pytest.fixture
def out(photos, tmp_path):
    """The quarantine folder, as real as can be."""
    plan = find_duplicates(photos, progress=False).plan()
    plan.apply(tmp_path / "out", dry_run=False, progress=False)
    assert sorted(os.listdir(tmp_path / "out"))[2:] == ["one copy.jpg", "one copy.jpg.txt", "two copy.png"]
    return tmp_path / "out"


def obstacles(out):
    return {each.path: each.obstacle for each in check_keepers(os.path.realpath(out), progress=False) if each.obstacle}


def replaced(path, picture):
    path.unlink()
    picture.save(path)


def with_a_comment(path):
    info = PngInfo()
    info.add_text("Comment", "a comment")
    with Image.open(path) as picture:
        picture.load()
    picture.save(path, pnginfo=info)


def test_while_all_is_there_it_is_safe(photos, out, capsys):
    assert obstacles(out) == {}
    assert cli.main(["quarantine", "check", str(out)]) == 0
    assert "3 files safe to empty" in capsys.readouterr().out


def test_a_keeper_that_changed_and_still_has_all_is_looked_at_again(photos, out):
    with_a_comment(photos / "one.png")
    with_a_comment(photos / "two.png")
    os.utime(photos / "one.png", ns=(0, 0))
    assert obstacles(out) == {}


CHANGES = {
    "gone": (lambda photos: (photos / "one.png").unlink(), "one copy.jpg", "what stayed for it is gone"),
    "another": (
        lambda photos: replaced(photos / "one.png", Image.new("RGB", (300, 300), "red")),
        "one copy.jpg",
        "what stayed for it has changed",
    ),
    "smaller": (
        lambda photos: replaced(photos / "one.png", Image.open(photos / "one.png").resize((100, 100))),
        "one copy.jpg",
        "more pixels",
    ),
    "broken": (lambda photos: (photos / "one.png").write_bytes(b"\x89PNG\r\n\x1a\n"), "one copy.jpg", "has changed"),
    "a folder": (
        lambda photos: ((photos / "one.png").unlink(), (photos / "one.png").mkdir()),
        "one copy.jpg",
        "cannot be read",
    ),
    "beside it": (lambda photos: (photos / "one.png.txt").unlink(), "one copy.jpg.txt", "is gone"),
    "beside it changed": (
        lambda photos: (photos / "one.png.txt").write_text("another"),
        "one copy.jpg.txt",
        "has changed",
    ),
    "a byte copy edited": (
        lambda photos: replaced(photos / "two.png", Image.open(photos / "two.png").rotate(3)),
        "two copy.png",
        "has changed",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_missing_is_named_and_nothing_is_emptied(change, photos, out, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "send2trash", types.SimpleNamespace(send2trash=pytest.fail))
    act, name, words = CHANGES[change]
    act(photos)
    found = obstacles(out)
    assert set(found) == {name}
    assert words in found[name]
    for command in (["check", str(out)], ["empty", str(out), "--yes"], ["empty", str(out)]):
        assert cli.main(["quarantine", *command]) == 1
        printed = capsys.readouterr().out
        assert f"bring back  {name}: " in printed
        assert "To bring all of it back: dupviz undo" in printed
    assert len(os.listdir(out)) == 5


def test_what_no_journal_names_or_was_changed_in_the_folder_is_not_safe(photos, out):
    (out / "mine.txt").write_text("mine")
    (out / ".dupviz-0123456789abcdef.part").write_bytes(b"\0")
    (out / "two copy.png").write_bytes(b"edited")
    (out / "link").symlink_to(photos)
    assert obstacles(out) == {
        ".dupviz-0123456789abcdef.part": "is the rest of a copy that was broken off; dupviz undo takes care of it",
        "link": "no journal that can be read says where it belongs",
        "mine.txt": "no journal that can be read says where it belongs",
        "two copy.png": "was changed in the quarantine folder",
    }


def test_the_word_of_a_changed_journal_is_not_taken(photos, out):
    """It might name as the keeper any file there is, with the SHA-256 that this has."""
    replaced(photos / "one.png", Image.new("RGB", (300, 300), "red"))
    journal = out / "journal-1.jsonl"
    records = [json.loads(line) for line in journal.read_text().splitlines()[1:]]
    for record in records:
        if record.get("move", "").endswith("one copy.jpg"):
            record["keeper_sha256"] = hashlib.sha256((photos / "one.png").read_bytes()).hexdigest()
        body = {name: value for name, value in record.items() if name != "sum"}
        record["sum"] = sum_of(body)
    journal.write_text("".join("\n" + json.dumps(record) for record in records))
    assert "has changed" in obstacles(out)["one copy.jpg"]


def test_a_journal_without_keepers_says_so(photos, out):
    journal = out / "journal-1.jsonl"
    records = [json.loads(line) for line in journal.read_text().splitlines()[1:]]
    old = [
        {name: value for name, value in record.items() if name not in ("keeper", "keeper_sha256", "mac", "sum")}
        for record in records
    ]
    journal.write_text("".join("\n" + json.dumps({**record, "sum": sum_of(record)}) for record in old))
    assert set(obstacles(out)) == {"one copy.jpg", "one copy.jpg.txt", "two copy.png"}
    assert "has no signature" in obstacles(out)["two copy.png"]


def test_keepers_are_found_where_a_drive_is_now(photos, out, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    for folder in (photos, out):
        folder.rename(tmp_path / "elsewhere" / folder.name)
    assert obstacles(tmp_path / "elsewhere" / "out") == {}


def test_it_is_emptied_after_one_question(out, tmp_path, capsys, monkeypatch):
    asked = []
    monkeypatch.setitem(sys.modules, "send2trash", types.SimpleNamespace(send2trash=asked.append))
    for answer, goes in (("\n", False), ("n\n", False), ("", False), ("y\n", True), ("Yes\n", True)):
        asked.clear()
        monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(isatty=lambda: True, readline=lambda said=answer: said))
        assert cli.main(["quarantine", "empty", str(out)]) == 0
        assert asked == [str(out)] * goes
        assert capsys.readouterr().out.count("[y/N]") == 1

    def full(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setitem(sys.modules, "send2trash", types.SimpleNamespace(send2trash=full))
    assert cli.main(["quarantine", "empty", str(out), "--yes"]) == 1
    assert "cannot be moved to the trash" in capsys.readouterr().err


def dupviz(*arguments, home):
    command = [sys.executable, "-m", "dupviz", *map(str, arguments)]
    environment = {**os.environ, "XDG_DATA_HOME": str(home), "PYTHONUTF8": "1"}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=120, stdin=subprocess.DEVNULL
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have one trash for all processes")
def test_from_a_clean_up_to_the_trash_and_back_by_the_command_line(photos, tmp_path):
    out, home = tmp_path / "out", tmp_path / "home"
    before = sorted(os.listdir(photos))
    assert dupviz("clean", photos, "--to", out, "--yes", home=home).returncode == 0
    assert f"{out}\n    3 files" in dupviz("quarantine", "list", home=home).stdout
    assert dupviz("quarantine", "check", out, home=home).returncode == 0
    shown = dupviz("quarantine", "empty", out, home=home)
    assert (shown.returncode, out.exists()) == (0, True)
    assert "the same command with --yes" in shown.stdout
    emptied = dupviz("quarantine", "empty", out, "--yes", home=home)
    assert (emptied.returncode, out.exists(), emptied.stderr) == (0, False, "")
    assert dupviz("quarantine", "list", home=home).stdout == "0 quarantine folders of yours.\n"
    shutil.move(home / "Trash" / "files" / "out", out)  # put back from the trash
    assert undo(out, progress=False).skipped.empty
    assert sorted(os.listdir(photos)) == before


@pytest.mark.parametrize("name", ["photos", "nowhere"])
def test_what_is_no_quarantine_folder_is_refused(name, photos, capsys):
    for what in ("check", "empty"):
        assert cli.main(["quarantine", what, str(photos.parent / name)]) == 2
        assert "is no quarantine folder of dupviz" in capsys.readouterr().err
