"""What dupviz finds in the bundled pictures is what ``data/truth.csv`` expects of it."""

import re
from pathlib import Path

import pandas as pd
import pytest
from made_up import find_by_mse

from dupviz import distance, find_duplicates
from dupviz.cli import commands as cli

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def truth():
    return pd.read_csv(DATA / "truth.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def duplicates():
    return find_by_mse(DATA / "photos", max_mse=10_000, progress=False)


@pytest.fixture(scope="module")
def actions():
    """For each file: action, beside and reason as the table states them, should and wrong."""
    return pd.read_csv(DATA / "actions.csv", keep_default_na=False).set_index("file")


def named(paths):
    """Paths as the tables of the sample have them."""
    return [Path(path).relative_to(DATA / "photos").as_posix() for path in paths]


def computed_mses(truth, images):
    """The MSE of each pair that the truth states one of."""
    tensors = dict(zip(named(images.files["path"]), images.tensors))
    stated = truth[truth["mse"] != ""]
    return [distance(tensors[pair], tensors[file])[0] for pair, file in zip(stated["pair"], stated["file"])]


def test_every_file_is_in_the_truth_and_read_or_reported(truth, duplicates):
    on_disk = {str(path.relative_to(DATA / "photos")) for path in (DATA / "photos").rglob("*") if path.is_file()}
    assert on_disk == set(truth["file"])
    read, failed = (set(named(table["path"])) for table in (duplicates.images.files, duplicates.images.errors))
    assert failed == set(truth.loc[truth["kind"] == "truncated", "file"])
    assert on_disk - read - failed == set(truth.loc[truth["kind"] == "not an image", "file"])
    assert duplicates.images.other_files == 1


def test_200_finds_just_the_pairs_that_the_truth_expects(truth, duplicates):
    names = named(duplicates.images.files["path"])
    below = duplicates.pairs[duplicates.pairs["mse"] < 200]
    found = {frozenset((names[a], names[b])) for a, b in zip(below["a"], below["b"])}
    stated = truth[truth["pair"] != ""]
    expected = {frozenset(pair) for pair in stated.loc[stated["found_at_200"] == "yes", ["file", "pair"]].to_numpy()}
    missed = {frozenset(pair) for pair in stated.loc[stated["found_at_200"] == "no", ["file", "pair"]].to_numpy()}
    assert expected <= found
    assert not missed & found
    source = truth.drop_duplicates("file").set_index("file")["source"]
    assert all(source[a] == source[b] or frozenset((a, b)) in expected for a, b in map(tuple, found))


def test_the_truth_states_the_mses_that_are_computed(truth, duplicates):
    stated = truth.loc[truth["mse"] != "", "mse"].tolist()
    assert stated == [f"{mse:.1f}" for mse in computed_mses(truth, duplicates.images)]


def test_the_readme_of_the_sample_states_the_mses_that_are_computed(truth, duplicates):
    text = (DATA / "README.md").read_text(encoding="utf-8").partition("## What 200 finds")[2]
    stated = re.findall(r"\d+\.\d+", text)
    assert len(stated) > 20
    assert set(stated) <= {f"{mse:.1f}" for mse in computed_mses(truth, duplicates.images)}


def test_the_mse_of_no_pair_in_the_truth_is_near_200_and_strangers_are_far(truth, duplicates):
    assert not [mse for mse in computed_mses(truth, duplicates.images) if 100 <= mse <= 250]
    source = truth.drop_duplicates("file").set_index("file")["source"]
    stated = {frozenset(pair) for pair in truth[["file", "pair"]].to_numpy()}
    names = named(duplicates.images.files["path"])
    near = duplicates.pairs[duplicates.pairs["mse"] < 1000]
    strangers = {
        frozenset((source[names[a]], source[names[b]]))
        for a, b in zip(near["a"], near["b"])
        if source[names[a]] != source[names[b]]
    }
    assert strangers <= stated


def test_each_file_has_the_action_and_the_reason_that_the_table_states(actions):
    duplicates = find_duplicates(DATA / "photos", progress=False)
    names = named(duplicates.images.files["path"])
    found = dict.fromkeys(actions.index, ("none", "", ""))
    for row in duplicates.groups.itertuples():
        beside = "" if row.keeper == row.image else names[row.keeper]
        found[names[row.image]] = (row.action, beside, row.reason)
    stated = {file: (row.action, row.beside, row.reason) for file, row in actions.iterrows()}
    assert {file: each for file, each in found.items() if each != stated[file]} == {}


def test_what_goes_is_the_same_picture_and_what_is_wrong_is_said(truth, actions):
    source = truth.drop_duplicates("file").set_index("file")["source"]
    assert set(actions.index) == set(source.index)
    for goes in ("action", "should"):
        gone = actions.index[(actions[goes] == "remove") & (actions["beside"] != "")]
        assert (source[gone].to_numpy() == source[actions.loc[gone, "beside"]].to_numpy()).all()
    assert set(actions["should"]) == {"keep", "remove", "review", "none"}
    assert (actions.loc[actions["should"] != actions["action"], "wrong"] != "").all()
    made = truth["source"] != truth["file"]
    assert not set(truth.loc[made & (truth["kind"] != "redrawn flag"), "file"]) & set(
        actions.index[actions["should"] == "keep"]
    )


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
