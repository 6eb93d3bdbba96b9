import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import ExifTags, Image

import dupviz._parallel
import dupviz.images.chunk
import dupviz.images.load
from dupviz.images.contrast import FLAT_CONTRAST, contrast
from dupviz.images.imageset import ImageSet
from dupviz.images.load import load_images
from dupviz.metrics import mse


def save(path, colour="red", **options):
    path = Path(os.fsdecode(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (30, 20), colour).save(path, "PNG", **options)
    return path


def load(paths, **options):
    return load_images(paths, progress=False, **options)


def names(images):
    return [Path(path).name for path in images.files["path"]]


def reasons(images):
    return {Path(path).name: reason for path, reason in images.errors.itertuples(index=False)}


def assert_equal(a, b):
    np.testing.assert_array_equal(a.tensors, b.tensors)
    pd.testing.assert_frame_equal(a.files, b.files)
    pd.testing.assert_frame_equal(a.errors, b.errors)
    assert a.other_files == b.other_files


# What is loaded


def test_tensors_and_rows_belong_together(tmp_path):
    for number in range(100):
        save(tmp_path / f"{number:02}.png", (number, 2 * number, 255 - number))
    images = load(tmp_path)
    assert images.tensors.shape == (100, 50, 50, 3)
    assert images.tensors.dtype == np.uint8
    assert names(images) == [f"{number:02}.png" for number in range(100)]
    assert [tuple(tensor[0, 0].tolist()) for tensor in images.tensors] == [(n, 2 * n, 255 - n) for n in range(100)]


def test_files_has_the_facts_of_every_file(tmp_path):
    path = save(tmp_path / "a.png")
    os.utime(path, ns=(0, 1_600_000_000_123_456_789))
    files = load(tmp_path).files
    assert files.iloc[0].to_dict() == {
        "path": str(path),
        "width": 30,
        "height": 20,
        "bytes": path.stat().st_size,
        "format": "PNG",
        "modified": pd.Timestamp(1_600_000_000_123_456_789, tz="UTC"),
        "contrast": 0.0,
        "flat": True,
        "taken": pd.NaT,
        "gps": False,
        "camera": False,
        "frames": 1,
        "video": False,
        "transparent": False,
    }
    assert files["modified"].astype("int64")[0] == path.stat().st_mtime_ns


def test_what_the_camera_wrote_is_read(tmp_path):
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Maker", "Model"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2024:05:06 07:08:09"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (1.0, 2.0, 3.0)
    Image.new("RGB", (9, 9)).save(tmp_path / "camera.jpg", exif=exif)
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "0000:00:00 00:00:00"
    del exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude]
    exif[ExifTags.Base.Model] = " "
    Image.new("RGB", (9, 9)).save(tmp_path / "no_date.jpg", exif=exif)
    for files in (load(tmp_path).files, load_images(tmp_path).files, load_images(tmp_path).files):
        assert files["taken"].tolist() == [pd.Timestamp("2024-05-06 07:08:09"), pd.NaT]
        assert files["gps"].tolist() == [True, False]
        assert files["camera"].tolist() == [True, False]


def test_files_from_the_far_future_and_past_are_loaded(tmp_path):
    for name, seconds in {"future.png": 10_000_000_000, "past.png": -2_000_000_000}.items():
        path = save(tmp_path / name)
        try:
            os.utime(path, (seconds, seconds))
        except OSError:
            pytest.skip("the file system has no such times")
    assert len(load(tmp_path)) == 2


def test_nothing_is_silently_dropped(tmp_path):
    save(tmp_path / "good.png")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "cut.png").write_bytes((tmp_path / "good.png").read_bytes()[:60])
    images = load(tmp_path)
    assert names(images) == ["good.png"]
    assert reasons(images).keys() == {"empty.jpg", "cut.png"}
    assert images.other_files == 1
    assert repr(images) == "ImageSet: 1 image (50 × 50 × 3), 2 left out, 1 other file"


def test_what_a_broken_clean_up_has_left_is_listed_and_not_read(tmp_path):
    save(tmp_path / "a.png")
    shutil.copy(tmp_path / "a.png", tmp_path / ".dupviz-0123456789abcdef.part")
    images = load_images(tmp_path, include_hidden=True, progress=False)
    assert names(images) == ["a.png"]
    assert reasons(images) == {".dupviz-0123456789abcdef.part": "file of a clean-up that was broken off, left out"}


def test_no_images_give_typed_tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    empty = load("folder", size=7)
    assert empty.tensors.shape == (0, 7, 7, 3)
    assert (len(empty), empty.size, empty.other_files) == (0, 7, 0)
    save("folder/a.png")
    full = load("folder", size=7)
    assert empty.files.dtypes.to_dict() == full.files.dtypes.to_dict()
    assert list(empty.errors) == ["path", "reason"]
    assert empty._repr_html_()


def test_size_sets_the_shape(tmp_path):
    save(tmp_path / "a.png")
    images = load(tmp_path, size=np.int64(8))
    assert images.tensors.shape == (1, 8, 8, 3)
    assert images.size == 8


@pytest.mark.parametrize("name", ["size", "workers"])
@pytest.mark.parametrize(("value", "error"), [(0, ValueError), (-1, ValueError), (2.5, TypeError), ("2", TypeError)])
def test_unusable_arguments_are_named(tmp_path, name, value, error):
    with pytest.raises(error, match=f"{name} must be .*{value}"):
        load(tmp_path, **{name: value})


def test_a_missing_path_is_named_before_anything_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(dupviz.images.chunk, "decode", None)
    save(tmp_path / "a.png")
    with pytest.raises(FileNotFoundError, match=r"missing\.png"):
        load([tmp_path, tmp_path / "missing.png"])


def test_warnings_of_pillow_are_silenced(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 400)  # 600 pixels: a warning, not yet an error
    save(tmp_path / "a.png")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert len(load(tmp_path)) == 1
    assert not caught


# Which files are listed


@pytest.mark.parametrize("of", ["threads", "processes", "an executor of processes"])
def test_processes_read_the_same_as_one_thread(tmp_path, monkeypatch, of):
    rng = np.random.default_rng(0)
    monkeypatch.chdir(tmp_path)
    for number in range(30):
        Image.fromarray(rng.integers(0, 256, (40, 60, 3), np.uint8)).save(
            f"{number:02}.{'png' if number % 3 else 'jpg'}"
        )
    Path("broken.png").write_bytes(Path("01.png").read_bytes()[:200])
    Path("notes.txt").write_text("no picture")
    Path(os.fsdecode(b"caf\xe9.png")).write_bytes(Path("04.png").read_bytes())
    expected = load(".", workers=1)
    monkeypatch.setattr(dupviz.images.load, "CHUNK", 4)
    monkeypatch.setattr(dupviz._parallel, "PROCESSES_FROM", 1e9 if of == "threads" else 0)
    for cache in (False, True, True):
        if of == "an executor of processes":
            with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as executor:
                found = load_images(".", workers=executor, cache=cache, progress=False)
        else:
            found = load_images(".", workers=2, cache=cache, progress=False)
        assert_equal(found, expected)
    assert found.other_files == 1
    assert len(found.errors) == 1


def test_the_result_depends_on_neither_order_nor_workers(tmp_path, monkeypatch):
    folders = [tmp_path / "b", tmp_path / "a", tmp_path / "b" / "c"]
    for folder in folders:
        for number in range(10):
            save(folder / f"{number}.png", (number, 0, 0))
        (folder / "broken.png").touch()
    expected = load(folders)
    assert len(expected) == 30
    assert_equal(load(reversed(folders)), expected)
    assert_equal(load(folders, workers=1), expected)
    real_scandir = os.scandir

    class Backwards:
        def __init__(self, path):
            self.entries = list(real_scandir(path))[::-1]

        def __enter__(self):
            return self.entries

        def __exit__(self, *exception):
            pass

    monkeypatch.setattr(os, "scandir", Backwards)
    assert_equal(load(folders), expected)


def test_overlapping_and_repeated_paths_list_a_file_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save("photos/summer/a.png")
    save("photos/b.png")
    spellings = ["photos", "photos/", Path("photos"), tmp_path / "photos", "photos/summer/..", "photos/summer", "."]
    images = load([*spellings, "photos/b.png", tmp_path / "photos" / "b.png", "photos/summer/../b.png"])
    assert sorted(names(images)) == ["a.png", "b.png"]
    assert images.errors.empty


def test_paths_are_spelled_as_they_were_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save("photos/summer/a.png")
    for given_path in ["photos", "./photos", str(tmp_path / "photos")]:
        assert load(given_path).files["path"].tolist() == [f"{given_path}/summer/a.png"]
    assert load("photos/summer/a.png").files["path"].tolist() == ["photos/summer/a.png"]


def test_recursion_is_an_option(tmp_path):
    save(tmp_path / "a.png")
    save(tmp_path / "inside" / "b.png")
    assert names(load(tmp_path)) == ["a.png", "b.png"]
    assert names(load(tmp_path, recursive=False)) == ["a.png"]


def test_what_is_hidden_is_left_out_and_listed_unless_asked_for(tmp_path):
    save(tmp_path / ".hidden" / "a.png")
    save(tmp_path / "b.png")
    save(tmp_path / ".c.png")
    images = load(tmp_path)
    assert names(images) == ["b.png"]
    reasons = {Path(error.path).name: error.reason for error in images.errors.itertuples()}
    assert reasons == {".hidden": "hidden folder, left out", ".c.png": "hidden file, left out"}
    assert names(load(tmp_path / ".hidden")) == ["a.png"]
    assert names(load(tmp_path / ".c.png")) == [".c.png"]
    assert sorted(names(load(tmp_path, include_hidden=True))) == [".c.png", "a.png", "b.png"]


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("$RECYCLE.BIN", "trash"),
        ("#recycle", "trash"),
        ("@Recycle", "trash"),
        (".Trash-1000", "trash"),
        (".Trashes", "trash"),
        ("@eaDir", "folder of thumbnails"),
        ("Catalog Previews.lrdata", "folder of thumbnails"),
        ("My.photoslibrary", "library of a program"),
    ],
)
def test_trashes_and_libraries_are_left_out_and_listed_unless_asked_for(tmp_path, folder, reason):
    save(tmp_path / "below" / folder / "deep" / "a.png")
    save(tmp_path / "b.png")
    images = load(tmp_path, include_hidden=True)
    assert names(images) == ["b.png"]
    assert images.errors["reason"].tolist() == [f"{reason}, left out"]
    assert names(load(tmp_path / "below" / folder)) == ["a.png"]


def test_patterns_leave_out_names_and_paths_below_a_folder(tmp_path):
    for name in ("a.png", "a.tif", "raw/b.png", "raw/deep/c.png", "other/b.png"):
        save(tmp_path / name)
    assert names(load(tmp_path, exclude=["*.tif", "raw/b*"])) == ["a.png", "b.png", "c.png"]
    images = load(tmp_path, exclude=["raw"])
    assert sorted(names(images)) == ["a.png", "a.tif", "b.png"]
    assert images.errors["reason"].tolist() == ["excluded, left out"]
    with pytest.raises(TypeError, match="exclude must be a list of patterns"):
        load(tmp_path, exclude="*.tif")


def test_symbolic_links_to_files_are_errors(tmp_path):
    target = save(tmp_path / "a.png")
    (tmp_path / "link.png").symlink_to(target)
    (tmp_path / "dangling.png").symlink_to("nowhere")
    (tmp_path / "loop.png").symlink_to("loop.png")
    images = load(tmp_path)
    assert names(images) == ["a.png"]
    assert reasons(images) == {
        "link.png": f"symbolic link to {target}",
        "dangling.png": "symbolic link to nowhere",
        "loop.png": "symbolic link to loop.png",
    }
    assert reasons(load(tmp_path / "link.png")).keys() == {"link.png"}
    assert reasons(load(tmp_path / "dangling.png")).keys() == {"dangling.png"}


def test_links_to_folders_are_read_only_if_asked_for(tmp_path):
    save(tmp_path / "real" / "a.png")
    (tmp_path / "real" / "loop").symlink_to(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert len(load(tmp_path)) == len(load(tmp_path / "link")) == 1
    assert load(tmp_path).errors.empty
    assert load([tmp_path / "link", tmp_path]).files["path"].tolist() == [str(tmp_path / "real" / "a.png")]


def test_second_hard_links_are_errors(tmp_path):
    path = save(tmp_path / "b.png")
    (tmp_path / "a.png").hardlink_to(path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "c.png").hardlink_to(path)
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "notes2.txt").hardlink_to(tmp_path / "notes.txt")
    images = load(tmp_path)
    assert names(images) == ["a.png"]
    assert reasons(images) == dict.fromkeys(["b.png", "c.png"], f"hard link to {tmp_path / 'a.png'}")
    assert images.other_files == 2
    assert names(load(tmp_path / "b.png")) == ["b.png"]


def test_special_files_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "fifo.png")
    assert reasons(load(tmp_path)) == {"fifo.png": "not a regular file"}


def test_unreadable_folders_are_errors(tmp_path, monkeypatch):
    (tmp_path / "locked").mkdir()
    save(tmp_path / "a.png")
    real_scandir = os.scandir

    def scandir(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return real_scandir(path)

    monkeypatch.setattr(os, "scandir", scandir)
    images = load(tmp_path)
    assert len(images) == 1
    assert reasons(images) == {"locked": "folder cannot be read: Permission denied"}


def test_files_that_vanish_after_the_listing_are_errors(tmp_path, monkeypatch):
    save(tmp_path / "a.png")
    save(tmp_path / "b.png")
    real_list = dupviz.images.load.list_files

    def list_files(*args, **options):
        result = real_list(*args, **options)
        (tmp_path / "a.png").unlink()
        return result

    monkeypatch.setattr(dupviz.images.load, "list_files", list_files)
    images = load(tmp_path)
    assert names(images) == ["b.png"]
    assert "vanished" in reasons(images)["a.png"]


HOSTILE_NAMES = [
    b"invalid \xff\xfe UTF-8.png",
    b"new\nline.png",
    b"[a-z]*?.png",
    b" spaces .png",
    "🦊 \u202egnp.png".encode(),
    b"<script>alert('&quot;')</script>.png".replace(b"/", b""),
    b"x" * 246 + b".png",
]


@pytest.fixture
def hostile(tmp_path):
    for name in HOSTILE_NAMES:
        folder = os.fsencode(tmp_path) + b"/" + name.removesuffix(b".png")
        save(folder + b"/" + name)
        (Path(os.fsdecode(folder)) / "broken.png").touch()
    return tmp_path


def test_hostile_names_are_names_like_any_other(hostile):
    images = load(hostile)
    assert {os.fsencode(name) for name in names(images)} == set(HOSTILE_NAMES)
    assert len(images.errors) == len(HOSTILE_NAMES)
    assert all(Path(path).exists() for path in [*images.files["path"], *images.errors["path"]])
    assert_equal(load(sorted(hostile.iterdir())), images)


def test_html_is_escaped_and_fit_for_json(hostile):
    html = load(hostile)._repr_html_()
    assert "<script" not in html
    json.dumps(html, ensure_ascii=False).encode()


def test_html_stays_small(tmp_path):
    (tmp_path / "a.png").touch()
    tensors = np.zeros((1000, 50, 50, 3), np.uint8)
    errors = pd.DataFrame({"path": ["a"] * 5000, "reason": "b"}, dtype=object)
    html = ImageSet(tensors, pd.DataFrame({"path": ["a"] * 1000}), errors)._repr_html_()
    assert html.count("<img") == 24
    assert "and 976 more" in html
    assert "and 4,900 more" in html
    assert len(html) < 50_000


# Contrast


@given(arrays(np.uint8, (5, 4, 4, 3)))
def test_contrast_is_the_root_of_the_mse_with_the_mean_colour(tensors):
    for tensor, value in zip(tensors.astype(float), contrast(tensors)):
        expected = ((tensor - tensor.mean(axis=(0, 1))) ** 2).sum() / 16
        assert value == pytest.approx(np.sqrt(expected), abs=1e-6)


@given(
    arrays(np.int8, (2, 6, 6, 3), elements=st.integers(-4, 4)),
    st.integers(10, 240),
)
def test_flat_tensors_of_one_tone_are_below_the_threshold(noise, tone):
    noise = noise.astype(int)
    a, b = (tone + noise).astype(np.uint8)
    between_means = ((a.mean(axis=(0, 1)) - b.mean(axis=(0, 1))) ** 2).sum()
    contrast_a, contrast_b = contrast(np.stack([a, b]))
    assert mse(a, b) <= (contrast_a + contrast_b) ** 2 + between_means + 1e-6
    if max(contrast_a, contrast_b) < FLAT_CONTRAST:
        assert mse(a, b) - between_means < 100


def test_contrast_of_many_tensors_equals_that_of_each():
    tensors = np.random.default_rng(0).integers(0, 256, (600, 5, 5, 3), dtype=np.uint8)
    np.testing.assert_array_equal(contrast(tensors), [contrast(tensor[None])[0] for tensor in tensors])


# Time


def test_each_folder_is_listed_and_each_file_looked_at_once_however_often_they_are_named(tmp_path, monkeypatch):
    for folder in range(20):
        (tmp_path / str(folder)).mkdir()
        for number in range(25):
            (tmp_path / str(folder) / f"{number}.txt").touch()
    calls = Counter()

    def counted(name, operation):
        def call(path, *arguments, **options):
            calls[name] += 1
            return operation(path, *arguments, **options)

        return call

    for name in ("scandir", "lstat", "stat"):
        monkeypatch.setattr(os, name, counted(name, getattr(os, name)))
    once = load(tmp_path).other_files, dict(calls)
    calls.clear()
    names = [tmp_path] * 100 + [tmp_path / str(folder) for folder in range(20)] * 50
    often = load(names)
    assert often.other_files == once[0] == 500
    assert calls["scandir"] == once[1]["scandir"] == 21
    assert calls["stat"] + calls["lstat"] <= once[1]["stat"] + once[1]["lstat"] + 2 * len(names)


def test_ctrl_c_stops_at_once_and_cleanly(tmp_path):
    Image.new("RGB", (4000, 4000)).save(tmp_path / "0.png")  # 48 KB, and a tenth of a second to decode
    for number in range(1, 60):
        shutil.copy(tmp_path / "0.png", tmp_path / f"{number}.png")
    code = f"""
import signal, dupviz.images.load
signal.signal(signal.SIGINT, signal.default_int_handler)
print("started", flush=True)
try:
    dupviz.images.load.load_images({str(tmp_path)!r}, progress=False, workers=1)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "started\n"
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    start = time.perf_counter()
    output, errors = process.communicate(timeout=30)
    assert (output, errors, process.returncode) == ("interrupted\n", "", 0)
    assert time.perf_counter() - start < 10


def test_small_and_large_pictures_are_left_out_and_listed(tmp_path):
    for width, height in ((4, 300), (30, 20), (300, 200)):
        Image.new("RGB", (width, height)).save(tmp_path / f"{width}.png")
    for _ in range(2):  # decoded, then remembered
        images = load_images(tmp_path, progress=False, min_size=10, max_pixels=10_000)
        assert names(images) == ["30.png"]
        assert images.errors["reason"].tolist() == [
            "60,000 pixels, more than 10,000, left out",
            "4 × 300 pixels, less than 10, left out",
        ]
        assert images.unreadable.empty
        assert len(load_images(tmp_path, progress=False)) == 3
    with pytest.raises(ValueError, match="min_size"):
        load_images(tmp_path, min_size=0)
