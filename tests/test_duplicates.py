"""The whole path in one call: bad arguments are refused before a file is read."""

import json
import pickle

import numpy as np
import pandas as pd
import pytest
from made_up import find_by_mse, image_set
from PIL import Image

import dupviz.one_call
import dupviz.proposers.propose
from dupviz import TooManyPairsError, find_duplicates, group_duplicates, load_images, propose
from dupviz.cli import commands as cli
from dupviz.images.options import DEFAULTS


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"threshold": -1}, ValueError, "threshold must be a number from 0 up, got -1"),
        ({"threshold": float("nan")}, ValueError, "threshold must be a number from 0 up, got nan"),
        ({"max_mse": -1}, ValueError, "max_mse must be 0 or more, got -1"),
        ({"symmetries": "turns"}, ValueError, "symmetries must be one of .*, got 'turns'"),
        ({"keep": "largest"}, ValueError, "keep must be one of .*, got 'largest'"),
        ({"protect": "nowhere"}, FileNotFoundError, "no such file or folder: 'nowhere'"),
        ({"protect": [b"nowhere"]}, FileNotFoundError, "no such file or folder: 'nowhere'"),
    ],
)
def test_bad_arguments_are_refused_before_a_file_is_read(tmp_path, monkeypatch, arguments, error, words):
    monkeypatch.setattr(dupviz.one_call, "load_images", None)
    with pytest.raises(error, match=words):
        find_by_mse(tmp_path, **arguments)


@pytest.mark.parametrize("name", DEFAULTS)
def test_options_for_reading_are_refused_where_nothing_is_read(name):
    images = image_set(np.zeros((2, 4, 4, 3), np.uint8))
    with pytest.raises(TypeError, match=f"^{name} says how files are read, but these .*: give it to load_images"):
        find_by_mse(images, **{name: DEFAULTS[name]})


def test_options_for_reading_arrive_where_files_are_read(tmp_path):
    for folder, side in (("", 30), ("inside", 20), ("raw", 30), (".hidden", 30)):
        (tmp_path / folder).mkdir(exist_ok=True)
        Image.new("RGB", (side, side)).save(tmp_path / folder / "picture.png")
    options = {"size": 7, "exclude": ["raw"], "include_hidden": True, "min_size": 25}
    for read in (load_images, lambda *paths, **more: find_by_mse(*paths, **more).images):
        images = read(tmp_path, progress=False, cache=False, **options)
        assert images.tensors.shape == (2, 7, 7, 3)
        assert len(read(tmp_path, progress=False, cache=False, recursive=False)) == 1
        assert len(read(tmp_path, progress=False, cache=False, max_pixels=25 * 25)) == 1
        with pytest.raises(ValueError, match="size must be at least 1, got 0"):
            read(tmp_path, size=0)


def test_another_threshold_gives_the_groups_of_a_new_call():
    stack = np.array([np.full((4, 4, 3), 10 * i, np.uint8) for i in range(5)])
    images = image_set(stack)
    for threshold in (0, 200, 500, 5000):
        wider = find_by_mse(images, max_mse=5000, progress=False).at(threshold)
        assert wider.groups.equals(find_by_mse(images, threshold=threshold, progress=False).groups)
    with pytest.raises(ValueError, match=r"from 0 to max_mse \(5000\), got 6000"):
        wider.at(6000)


def search_of_a_film(images, *, max_mse, **_):
    raise TooManyPairsError(20_000_000, max_mse)


@pytest.mark.parametrize(
    ("options", "searched"), [("", 200), ("--threshold 300", 300), ("--json -", 1000), ("--report a.html", 1000)]
)
def test_scan_searches_as_far_as_it_lists(tmp_path, monkeypatch, capsys, options, searched):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (70, 70)).save(tmp_path / "a.png")
    limits = []
    whole_search = dupviz.proposers.propose.search

    def search(images, *, max_mse, **more):
        limits.append(max_mse)
        return whole_search(images, max_mse=max_mse, **more)

    monkeypatch.setattr(dupviz.proposers.propose, "search", search)
    assert cli.main(["scan", str(tmp_path), "--no-cache", *options.split()]) == 0
    assert limits == [searched]


@pytest.mark.parametrize("command", ["scan", "scan --json -", "clean --to out"])
def test_too_many_pairs_are_status_1_with_advice_that_the_terminal_has(tmp_path, monkeypatch, capsys, command):
    monkeypatch.setattr(dupviz.proposers.propose, "search", search_of_a_film)
    monkeypatch.chdir(tmp_path)
    name, *rest = command.split()
    assert cli.main([name, str(tmp_path), *rest]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error == "dupviz: more than 20,000,000 pairs lie below 200: use a smaller --threshold"
    with pytest.raises(SystemExit):
        cli.main([name, "--help"])
    assert "--threshold" in capsys.readouterr().out


def test_where_too_many_pairs_are_near_the_search_stops_at_the_threshold(monkeypatch, caplog):
    whole_search = dupviz.proposers.propose.search

    def search(images, *, max_mse, **options):
        return (search_of_a_film if max_mse > 200 else whole_search)(images, max_mse=max_mse, **options)

    monkeypatch.setattr(dupviz.proposers.propose, "search", search)
    images = image_set(np.array([np.full((4, 4, 3), 5 * i, np.uint8) for i in range(5)]))
    assert find_by_mse(images, progress=False).max_mse == 200
    assert "more than 20,000,000 pairs lie below 1000: searched to the threshold of 200 only" in caplog.text


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """A picture, the same turned and smaller, and with a mark; with a second look."""
    folder = tmp_path_factory.mktemp("photos")
    noise = np.random.default_rng(0).integers(0, 256, (24, 24, 3), np.uint8)
    photo = Image.fromarray(noise).resize((240, 240), Image.Resampling.BICUBIC)
    marked = photo.copy()
    marked.paste("white", (20, 20, 34, 34))
    small = photo.resize((160, 160)).transpose(Image.Transpose.ROTATE_90)
    for name, picture in {"photo": photo, "small": small, "marked": marked}.items():
        picture.save(folder / f"{name}.png")
    return find_duplicates(folder, progress=False, cache=False)


def test_results_are_written_as_tables_and_as_json(found, tmp_path):
    found.to_csv(tmp_path / "groups.csv")
    found.to_parquet(tmp_path / "groups.parquet")
    found.to_json(tmp_path / "all.json")
    for table in (pd.read_csv(tmp_path / "groups.csv"), pd.read_parquet(tmp_path / "groups.parquet")):
        assert table["action"].tolist() == found.groups["action"].tolist()
        assert table["path"].tolist() == found.groups["path"].tolist()
        assert table["keeper"].tolist() == found.images.files["path"][found.groups["keeper"]].tolist()
    written = json.loads((tmp_path / "all.json").read_text())
    assert (written["threshold"], written["max_mse"], len(written["images"])) == (200, 1000, 3)
    assert [pair["mse"] for pair in written["pairs"]] == found.pairs["mse"].tolist()


def test_a_pickled_copy_has_the_same_groups_here_and_at_other_thresholds(found):
    assert found.groups["action"].tolist() == ["keep", "remove", "review"]
    copy = pickle.loads(pickle.dumps(found))
    assert copy.groups.equals(found.groups)
    assert copy.pairs.equals(found.pairs)
    not_looked_at = find_duplicates(found.images, threshold=0, progress=False, cache=False)
    copy = pickle.loads(pickle.dumps(not_looked_at))
    assert copy.groups.empty
    assert copy.at(200).groups.equals(found.groups)


@pytest.mark.parametrize("verify", [True, False])
def test_the_one_call_is_the_steps_and_nothing_else(tmp_path, verify):
    """With a crop, which only parts propose."""
    with Image.open("data/photos/coffee.jpg") as photo:
        photo.save(tmp_path / "a.jpg", quality=90)
        photo.crop((60, 40, photo.width - 40, photo.height - 50)).save(tmp_path / "b.jpg", quality=90)
        photo.resize((photo.width // 2, photo.height // 2)).save(tmp_path / "c.jpg", quality=90)
    found = find_duplicates(tmp_path, verify=verify, cache=False, progress=False)
    images = load_images(tmp_path, cache=False, progress=False)
    candidates = propose(images, progress=False) if verify else propose(images, by=["mse"], progress=False)
    groups = group_duplicates(images, candidates, look="files" if verify else "mse", progress=False)
    assert len(groups) == (3 if verify else 2)
    assert found.groups.equals(groups)
