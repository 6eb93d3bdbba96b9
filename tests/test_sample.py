"""What dupviz finds in the bundled pictures is what ``data/truth.csv`` expects of it."""

import re
from pathlib import Path

import pandas as pd
import pytest
from made_up import find_by_mse

from dupviz.cli import commands as cli

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def truth():
    return pd.read_csv(DATA / "truth.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def duplicates():
    return find_by_mse(DATA / "photos", max_mse=10_000, progress=False)


def test_every_file_is_in_the_truth_and_read_or_reported(truth, duplicates):
    on_disk = {str(path.relative_to(DATA / "photos")) for path in (DATA / "photos").rglob("*") if path.is_file()}
    assert on_disk == set(truth["file"])
    read, failed = (
        {Path(path).relative_to(DATA / "photos").as_posix() for path in table["path"]}
        for table in (duplicates.images.files, duplicates.images.errors)
    )
    assert failed == set(truth.loc[truth["kind"] == "truncated", "file"])
    assert on_disk - read - failed == set(truth.loc[truth["kind"] == "not an image", "file"])
    assert duplicates.images.other_files == 1


def test_200_finds_just_the_pairs_that_the_truth_expects(truth, duplicates):
    names = [Path(path).relative_to(DATA / "photos").as_posix() for path in duplicates.images.files["path"]]
    below = duplicates.pairs[duplicates.pairs["mse"] < 200]
    found = {frozenset((names[a], names[b])) for a, b in zip(below["a"], below["b"])}
    stated = truth[truth["pair"] != ""]
    expected = {frozenset(pair) for pair in stated.loc[stated["found_at_200"] == "yes", ["file", "pair"]].to_numpy()}
    missed = {frozenset(pair) for pair in stated.loc[stated["found_at_200"] == "no", ["file", "pair"]].to_numpy()}
    assert expected <= found
    assert not missed & found
    source = truth.drop_duplicates("file").set_index("file")["source"]
    assert all(source[a] == source[b] or frozenset((a, b)) in expected for a, b in map(tuple, found))


def test_flat_pictures_are_left_for_review(duplicates):
    review = duplicates.groups[duplicates.groups["action"] == "review"]
    assert [Path(path).name for path in review["path"]] == ["empty_scan.jpg"]


def test_the_sample_is_small():
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 5_000_000


def test_another_threshold_needs_no_new_search(duplicates):
    wider = duplicates.at(1000)
    assert wider.near is duplicates.near
    assert len(wider.to_remove) > len(duplicates.to_remove)
    assert (wider.to_remove["mse"] < 1000).all()
    with pytest.raises(ValueError, match=r"from 0 to max_mse \(10000\), got 20000"):
        duplicates.at(20_000)


def test_results_show_themselves(duplicates):
    assert repr(duplicates) == f"Duplicates: {duplicates.summary()}"
    page = duplicates._repr_html_()
    assert page.count("<img") >= 20
    assert "can go" in page
    assert "MSE 6.6" in page


def test_the_readme_shows_what_a_scan_of_the_sample_prints(monkeypatch, capsys):
    monkeypatch.chdir(DATA.parent)
    example = re.search(r"```\n(keep .*?)```", Path("README.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    assert cli.main(["scan", "data/photos"]) == 0
    printed = {" ".join(line.split()) for line in capsys.readouterr().out.splitlines()}
    assert {" ".join(line.split()) for line in example.splitlines() if line != "…"} <= printed
