"""What is remembered between runs never changes a result, and whatever becomes of it, the files are read."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import dupviz._disk.store
import dupviz.images.cache
import dupviz.images.chunk
import dupviz.images.load
from dupviz import Labels, find_duplicates, load_images
from dupviz.images.cache import Store, clear, contents, store_file


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    monkeypatch.setenv("DUPVIZ_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(40):
        picture = rng.integers(0, 256, (9, 12, 3), dtype=np.uint8)
        Image.fromarray(picture).save(folder / f"{number:02}.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "notes.txt").write_text("no image")
    return folder


@pytest.fixture
def decoded(monkeypatch):
    """Which paths were decoded, rather than remembered."""
    paths = []

    def decode(path, size, **options):
        paths.append(os.path.basename(path))
        return dupviz.images.decode.decode(path, size, **options)

    monkeypatch.setattr(dupviz.images.chunk, "decode", decode)
    return paths


def assert_same(a, b):
    np.testing.assert_array_equal(a.tensors, b.tensors)
    pd.testing.assert_frame_equal(a.files, b.files)
    pd.testing.assert_frame_equal(a.errors, b.errors)
    assert a.other_files == b.other_files


def test_a_second_look_decodes_nothing_and_gives_the_same(folder, decoded):
    fresh = load_images(folder, cache=False)
    first = load_images(folder)
    decoded.clear()
    second = load_images(folder)
    assert decoded == ["broken.png", "notes.txt"]
    assert_same(fresh, first)
    assert_same(fresh, second)
    assert contents()[0] == 40


def test_without_cache_nothing_is_written(folder):
    load_images(folder, cache=False)
    assert not store_file().exists()
    assert contents() == (0, 0)


def test_paths_are_spelled_as_they_are_given_now(folder, monkeypatch, decoded):
    load_images(folder)
    decoded.clear()
    monkeypatch.chdir(folder.parent)
    images = load_images("photos")
    assert images.files["path"][0] == os.path.join("photos", "00.png")
    assert len(decoded) == 2


def test_changed_and_replaced_files_are_read_again(folder, decoded):
    load_images(folder)
    decoded.clear()
    Image.new("RGB", (5, 5), "red").save(folder / "00.png")
    shutil.copy(folder / "02.png", folder / "01.png")
    os.utime(folder / "03.png", ns=(0, 0))
    images = load_images(folder)
    assert {"00.png", "01.png", "03.png"} <= set(decoded)
    assert len(decoded) == 5
    assert_same(images, load_images(folder, cache=False))


def test_a_picture_that_takes_the_place_of_another_is_read_even_with_its_size_and_time(folder, decoded):
    for name in ("a", "b"):
        Image.new("RGB", (9, 9), "red" if name == "a" else "blue").save(folder / f"{name}.bmp")
        os.utime(folder / f"{name}.bmp", ns=(0, 1_600_000_000_000_000_000))
    load_images(folder)
    decoded.clear()
    (folder / "a.bmp").write_bytes((folder / "b.bmp").read_bytes())
    os.utime(folder / "a.bmp", ns=(0, 1_600_000_000_000_000_000))
    assert_same(load_images(folder), load_images(folder, cache=False))
    assert "a.bmp" in decoded


def test_other_sizes_and_loaders_are_read_anew(folder, decoded, monkeypatch):
    load_images(folder)
    decoded.clear()
    assert load_images(folder, size=7).tensors.shape == (40, 7, 7, 3)
    assert len(decoded) == 42
    decoded.clear()
    monkeypatch.setattr(dupviz.images.cache, "LOADER", "other rules")
    load_images(folder)
    assert len(decoded) == 42


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(os.urandom(50_000)),
        lambda file: file.write_bytes(file.read_bytes()[:9000]),
        lambda file: file.write_bytes(b"not a database"),
        lambda file: file.write_bytes(file.read_bytes()[:16_384] + os.urandom(file.stat().st_size - 16_384)),
        lambda file: sqlite3.connect(file, isolation_level=None).execute("PRAGMA user_version = 99").connection.close(),
        lambda file: sqlite3.connect(file, isolation_level=None).execute("DROP TABLE tensors").connection.close(),
        lambda file: (
            sqlite3.connect(file, isolation_level=None)
            .execute("UPDATE tensors SET tensor = zeroblob(7500)")
            .connection.close()
        ),
    ],
)
def test_a_damaged_store_is_made_anew_with_one_line(folder, damage, caplog):
    expected = load_images(folder)
    for leftover in store_file().parent.glob("*-*"):
        leftover.unlink()
    damage(store_file())
    assert_same(load_images(folder), expected)
    assert [record.getMessage() for record in caplog.records] == [
        f"dupviz: the remembered images in {store_file()} are damaged or of another version; files are read anew"
    ]
    assert_same(load_images(folder), expected)
    assert contents()[0] == 40
    assert len(caplog.records) == 1


def test_an_unwritable_folder_costs_one_line(folder, tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DUPVIZ_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert len(load_images(folder)) == 40
    assert len(caplog.records) == 1
    assert "images are not remembered in" in caplog.text


def test_a_locked_store_is_done_without(folder, monkeypatch, caplog):
    load_images(folder)
    clear()
    load_images([folder / "00.png"])
    monkeypatch.setattr(dupviz._disk.store, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(store_file(), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert len(load_images(folder)) == 40
    other.close()
    assert "database is locked" in caplog.text
    assert len(caplog.records) == 1


def test_two_processes_at_once_share_it(folder):
    command = [sys.executable, "-m", "dupviz", "scan", folder, "--json", "-"]
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: subprocess.run(command, capture_output=True, timeout=60), range(2)))
    assert [run.returncode for run in runs] == [0, 0]
    assert runs[0].stdout == runs[1].stdout
    assert [run.stderr for run in runs] == [b"", b""]
    assert contents()[0] == 40


def test_the_longest_unused_make_room(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(dupviz.images.cache, "MAX_BYTES", 80 * 8192)
    older, newer = tmp_path / "older", tmp_path / "newer"
    shutil.copytree(folder, older)
    shutil.copytree(folder, newer)
    for each in (older, folder, newer):
        load_images(each)
        assert contents()[1] <= 85 * 8192
    paths = {each: [str(path) for path in sorted(each.glob("[0-9]*"))] for each in (older, folder, newer)}
    with Store([]) as store:
        remembered = {each: list(store.find(paths[each], 50)) for each in paths}
    assert sorted(remembered[newer]) == paths[newer]
    assert remembered[older] == []
    assert sorted(remembered[folder]) == paths[folder][40 - len(remembered[folder]) :]
    assert len(remembered[folder]) > 20


def test_a_folder_that_does_not_fit_is_remembered_in_part(folder, monkeypatch, decoded):
    monkeypatch.setattr(dupviz.images.cache, "MAX_BYTES", 30 * 8192)
    fresh = load_images(folder, cache=False)
    for _ in range(3):
        decoded.clear()
        assert_same(load_images(folder), fresh)
        assert contents()[1] <= 35 * 8192
    assert len(decoded) < 25


def test_any_changed_byte_is_noticed(folder):
    expected = load_images(folder)
    intact = store_file().read_bytes()
    facts = [place for place in range(8192, len(intact)) if intact[place : place + 3] == b"PNG"]
    assert len(facts) >= 40
    rng = np.random.default_rng(0)
    places = [facts[0], facts[1] - 1, facts[2] + 3, facts[3] + 10, *rng.integers(0, len(intact), 20).tolist()]
    for place in places:
        clear()
        changed = bytearray(intact)
        changed[place] ^= 1 << rng.integers(8)
        store_file().write_bytes(changed)
        assert_same(load_images(folder), expected)


def test_ctrl_c_within_a_commit_undoes_that_commit_only(folder, monkeypatch):
    load_images([folder / "00.png", folder / "01.png"])
    path = str(folder / "02.png")
    checksum = dupviz.images.cache._checksum

    def interrupted_once(*row):
        monkeypatch.setattr(dupviz.images.cache, "_checksum", checksum)
        raise KeyboardInterrupt

    def interrupted_run():
        with Store([path]) as store:
            store.add(path, 50, dupviz.images.decode.decode(path, 50))
            monkeypatch.setattr(dupviz.images.cache, "_checksum", interrupted_once)
            store.commit()

    with pytest.raises(KeyboardInterrupt):
        interrupted_run()
    assert contents()[0] == 3


def test_a_store_without_its_table_is_empty_and_is_filled(folder):
    store_file().parent.mkdir(parents=True, exist_ok=True)
    store_file().write_bytes(b"")  # as a process leaves it that is killed at once
    assert contents() == (0, 0)
    load_images(folder, progress=False)
    assert contents()[0] == 40


@pytest.mark.parametrize("seconds", [0, 0.05, 0.2])
def test_a_killed_scan_leaves_what_it_had_stored(tmp_path, decoded, seconds):
    folder = tmp_path / "many"
    folder.mkdir()
    picture = np.random.default_rng(0).integers(0, 256, (30, 30, 3), dtype=np.uint8).repeat(10, 0).repeat(10, 1)
    Image.fromarray(picture).save(folder / "000.png")
    for number in range(1, 300):
        shutil.copy(folder / "000.png", folder / f"{number:03}.png")
    script = (
        "import sys; from dupviz.cli import main; from dupviz._disk import store; "
        "store.COMMIT_SECONDS = 0.02; sys.exit(main())"
    )
    process = subprocess.Popen([sys.executable, "-c", script, "scan", folder], stdout=subprocess.DEVNULL)
    while process.poll() is None and not store_file().with_name("tensors.sqlite-wal").exists():
        time.sleep(0.01)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with Store([]) as store:
        stored = len(store.find([str(path) for path in sorted(folder.iterdir())], 50))
    images = load_images(folder)
    assert len(decoded) == 300 - stored
    assert contents()[0] == 300
    assert_same(images, load_images(folder, cache=False))


def test_the_command_shows_and_clears(folder):
    load_images(folder)
    command = [sys.executable, "-m", "dupviz", "cache"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert shown.returncode == 0
    assert f"{store_file()}: 40 images remembered, " in shown.stdout
    cleared = subprocess.run([*command, "--clear"], capture_output=True, text=True, timeout=60)
    assert (cleared.returncode, cleared.stderr) == (0, "")
    assert not store_file().exists()
    store_file().write_bytes(b"x" * 9000)
    broken = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert broken.returncode == 1
    assert "dupviz cache --clear removes it" in broken.stderr


def test_what_is_remembered_is_for_its_user_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("DUPVIZ_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("DUPVIZ_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "photos").mkdir()
    for name in ("a.png", "b.jpg"):
        Image.new("RGB", (90, 90), (200, 100, 50)).save(tmp_path / "photos" / name)
    images = find_duplicates(tmp_path / "photos", progress=False).images
    Labels(images).set(0, 1, True)
    files = [path for folder in ("cache", "data") for path in (tmp_path / folder).rglob("*")]
    assert {"looks.sqlite", "labels.jsonl"} <= {path.name for path in files}
    for path in files:
        assert path.stat().st_mode & 0o077 == 0, path
