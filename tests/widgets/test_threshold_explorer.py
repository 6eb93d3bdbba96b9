"""The threshold explorer, from Python."""

import json
import re
from base64 import b64decode
from pathlib import Path

import pandas as pd
import pytest
from made_up import find_by_mse
from schemas import of_type, validator

from dupviz import Labels, edge_pairs, find_duplicates, second_look, to_page
from dupviz.threshold.suggest import share_interval
from dupviz.widgets import ThresholdExplorer, threshold_explorer
from dupviz.widgets.threshold_state import Charts, Quality, ThresholdState

SAMPLE = Path(__file__).parents[2] / "data" / "photos"


@pytest.fixture(scope="module")
def duplicates():
    return find_by_mse(SAMPLE, progress=False)


@pytest.fixture
def explorer(duplicates, tmp_path):
    return ThresholdExplorer(duplicates, labels=tmp_path / "labels.jsonl")


def numbers(explorer):
    """The large numbers: pairs, groups, files, bytes freed."""
    return [explorer.state[name] for name in ("pairs", "groups", "files", "bytes")]


def edge(explorer):
    return [*explorer.state["below"], *explorer.state["above"]]


def answer(explorer, **message):
    """What an explorer answers to a message of the browser."""
    sent = []
    explorer.send = lambda *parts: sent.append(parts)
    explorer._on_message(explorer, {"id": 1, **message}, [])
    return sent[0]


def label(explorer, place, same):
    """Say of a pair at the edge whether it is the same picture; return why that cannot be saved."""
    pair = edge(explorer)[place]
    content, _ = answer(explorer, do="label", a=pair["a"], b=pair["b"], same=same)
    return content["reasons"][0]


@pytest.mark.parametrize("threshold", [0, 0.5, 60, 200, 999, 1000])
def test_the_state_is_that_of_the_threshold(explorer, duplicates, threshold):
    explorer.threshold = threshold
    there = duplicates.at(threshold)
    below = (duplicates.pairs["mse"] < threshold).sum()
    freed = there.to_remove["bytes"].sum()
    assert numbers(explorer) == [below, there.groups["group"].nunique(), len(there.to_remove), freed]
    assert explorer.duplicates.groups.equals(there.groups)
    assert explorer.state["threshold"] == threshold
    assert [pair["mse"] for pair in edge(explorer)] == edge_pairs(duplicates.pairs, threshold, 5)["mse"].tolist()
    assert len(explorer.state["below"]) == min(5, below)
    sizes = there.groups.groupby("group").size()
    assert explorer.state["number"] == sizes.max() if len(sizes) else not explorer.state["largest"]
    for name, kind in (("state", ThresholdState), ("quality", Quality), ("charts", Charts)):
        validator(of_type(kind))(getattr(explorer, name))


def test_a_browser_moves_the_threshold(explorer):
    explorer.set_state({"threshold": 350})
    assert explorer.state["threshold"] == 350
    with pytest.raises(ValueError, match=r"from 0 to max_mse \(1000\), got"):
        explorer.set_state({"threshold": 2000})
    assert explorer.threshold == 350


def test_the_second_look_says_what_lies_on_each_side(tmp_path):
    duplicates = find_duplicates(SAMPLE, progress=False)
    explorer = ThresholdExplorer(duplicates, labels=tmp_path / "labels.jsonl")
    explorer.threshold = 150
    assert explorer.verified
    pairs = pd.DataFrame(edge(explorer))[["a", "b", "mse", "rotation", "mirrored"]]
    expected = second_look(duplicates.images, pairs, progress=False)
    for (_, pair), verdict, kind in zip(pairs.iterrows(), expected["verdict"], expected["kind"]):
        values = {name: pair[name] for name in ("a", "b", "rotation")} | {"mirrored": bool(pair["mirrored"])}
        content, _ = answer(explorer, do="look", **{name: _plain(value) for name, value in values.items()})
        assert content["look"][0] == verdict
        assert content["look"][1] in (verdict, f"{verdict}, {kind}")


def _plain(value):
    return value if isinstance(value, bool) else int(value)


def test_without_a_second_look_none_is_asked(explorer):
    assert not explorer.verified


def test_a_browser_asks_for_tensors(explorer, duplicates):
    _, tensors = answer(explorer, do="tensors", images=[3, 1])
    assert tensors == [duplicates.images.tensors[row].tobytes() for row in (3, 1)]
    for images in ([len(duplicates.images)], [-1], list(range(40))):
        assert "refused" in answer(explorer, do="tensors", images=images)[0]


@pytest.mark.parametrize("threshold", [-1, 1000.1])
def test_a_threshold_beyond_the_search_is_an_error(explorer, threshold):
    with pytest.raises(ValueError, match=r"from 0 to max_mse \(1000\), got"):
        explorer.threshold = threshold


def test_beyond_some_images_the_histogram_says_what_it_has_estimated(duplicates, tmp_path, monkeypatch):
    assert ThresholdExplorer(duplicates, labels=tmp_path / "l").charts["histogram"]["exact_below"] is None
    monkeypatch.setattr(threshold_explorer, "ALL_PAIRS_UP_TO", 40)
    histogram = ThresholdExplorer(duplicates, labels=tmp_path / "labels.jsonl").charts["histogram"]
    assert (histogram["exact_below"], histogram["sampled"]) == (1000, 40)


def test_labels_are_kept_and_can_be_taken_back(duplicates, tmp_path):
    file = tmp_path / "labels.jsonl"
    explorer = ThresholdExplorer(duplicates, labels=file)
    assert label(explorer, 0, True) == label(explorer, 7, False) == ""
    assert explorer.quality["text"][0].startswith("2 labels of your own so far, 0 of them of random pairs")
    again = ThresholdExplorer(duplicates, labels=Labels(duplicates.images, file))
    assert [pair["label"] for pair in edge(again)] == [True, *[None] * 6, False, None, None]
    label(again, 0, None)
    assert edge(again)[0]["label"] is None
    assert ThresholdExplorer(duplicates, labels=file).quality["text"][0].startswith("1 label of your own")


def test_a_label_that_cannot_be_saved_counts_and_says_so(duplicates, tmp_path):
    (tmp_path / "file").write_text("no folder")
    explorer = ThresholdExplorer(duplicates, labels=tmp_path / "elsewhere.jsonl")
    explorer.labels.file = tmp_path / "file" / "labels.jsonl"
    assert "cannot be saved" in label(explorer, 0, True)
    assert edge(explorer)[0]["label"] is True
    assert explorer.quality["text"][0].startswith("1 label of your own")


def label_all(labels, pairs, same_below=300):
    for pair in pairs.itertuples():
        labels.set(pair.a, pair.b, pair.mse < same_below)


def test_only_labels_of_random_pairs_give_precision_and_recall_and_suggest_a_threshold(duplicates, tmp_path):
    labels = Labels(duplicates.images, tmp_path / "labels.jsonl")
    sample = duplicates.near.sample()
    label_all(labels, sample.iloc[1:])
    explorer = ThresholdExplorer(duplicates, labels=labels)
    assert explorer.quality["curve"] is None
    assert explorer.quality["suggested"] is None
    assert "0 of them of random pairs" in explorer.quality["text"][0]

    label_all(labels, sample.iloc[:1])
    labels.set(*sample[["a", "b"]].iloc[60], None)  # so that the sample ends there
    explorer = ThresholdExplorer(duplicates, labels=labels)
    mse = sample["mse"].iloc[:60]
    true = int((mse < 300).sum())
    low, high = share_interval(int((mse < 200).sum()), true)
    text = " ".join(explorer.quality["text"])
    assert f"recall {(mse < 200).sum() / true:.0%} ({low:.0%} to {high:.0%})" in text
    assert "labels of 60 random pairs, at 200: precision 100%" in text
    assert f"about the {duplicates.near.count} pairs of this folder below 1000" in text
    curve = explorer.quality["curve"]
    here = curve["threshold"].index(200)
    assert [curve["recall"][name][here] for name in ("low", "high")] == [low, high]
    explorer.wish = 3
    suggested = explorer.quality["suggested"]
    explorer.threshold = suggested
    assert f"{suggested:g}: " in explorer.quality["text"][1]
    explorer.wish = 1000
    assert "no threshold can be suggested" in explorer.quality["text"][1]
    assert explorer.quality["suggested"] is None


def test_random_pairs_are_asked_for_one_after_another(explorer, duplicates):
    sample = duplicates.near.sample()
    expected = list(zip(sample["a"].tolist(), sample["b"].tolist()))

    def asked():
        return [(pair["a"], pair["b"]) for pair in explorer.quality["random"]]

    def say(place, same):
        answer(explorer, do="label", **dict(zip("ab", asked()[place])), same=same)

    assert asked() == expected[:1]
    say(0, True)
    assert asked() == expected[:2]
    say(1, False)
    assert asked() == expected[1:3]
    assert explorer.quality["random"][0]["label"] is False
    assert "2 labels of your own so far, 2 of them of random pairs" in explorer.quality["text"][0]
    say(0, None)  # taken back
    assert asked() == expected[:2]
    label_all(explorer.labels, sample)
    explorer._weigh_labels()
    assert asked() == expected[-1:]


def test_few_labels_draw_no_curve(explorer):
    assert explorer.quality["curve"] is None
    assert explorer.quality["suggested"] is None


def test_a_search_without_pairs_is_shown(duplicates, tmp_path):
    explorer = ThresholdExplorer(
        find_by_mse([SAMPLE / "cat.jpg", SAMPLE / "coffee.jpg"], progress=False), labels=tmp_path / "labels.jsonl"
    )
    assert numbers(explorer) == [0, 0, 0, 0]
    assert edge(explorer) == explorer.state["largest"] == []


def test_a_search_to_zero_is_shown(duplicates, tmp_path):
    explorer = ThresholdExplorer(find_by_mse(SAMPLE, threshold=0, max_mse=0, progress=False), labels=tmp_path / "l")
    assert numbers(explorer)[0] == 0
    assert explorer.threshold == 0


def data_of(page):
    """What a page holds."""
    return json.loads(re.search(r'id="data">(.*?)</script>', page.read_text(encoding="utf-8"))[1])


def test_a_page_holds_all_pictures_and_pairs_and_no_labels(duplicates, tmp_path):
    explorer = ThresholdExplorer(duplicates, labels=tmp_path / "labels.jsonl")
    label(explorer, 0, True)
    to_page(explorer, tmp_path / "page.html")
    data = data_of(tmp_path / "page.html")
    assert data["values"]["search"]["pairs"]["mse"] == sorted(duplicates.pairs["mse"])
    assert data["values"]["quality"]["curve"] is None
    assert data["values"]["search"]["looks"] == []
    assert [b64decode(tensor) for [tensor] in data["tensors"].values()] == [
        tensor.tobytes() for tensor in duplicates.images.tensors
    ]


def test_a_page_says_what_the_second_look_says(tmp_path):
    duplicates = find_duplicates(SAMPLE / "flags", progress=False)
    explorer = ThresholdExplorer(duplicates, labels=tmp_path / "labels.jsonl")
    to_page(explorer, tmp_path / "page.html")
    looks = data_of(tmp_path / "page.html")["values"]["search"]["looks"]
    assert {(a, b) for a, b, *_ in looks} >= {(pair["a"], pair["b"]) for pair in edge(explorer)}
    for a, b, verdict, words in looks:
        pair = duplicates.pairs.query("a == @a and b == @b").iloc[0]
        content, _ = answer(
            explorer, do="look", a=a, b=b, rotation=int(pair["rotation"]), mirrored=bool(pair["mirrored"])
        )
        assert content["look"] == [verdict, words]


@pytest.mark.parametrize("limit", ["MOST_PICTURES", "MOST_PAIRS"])
def test_too_large_a_search_has_no_page(explorer, tmp_path, monkeypatch, limit):
    monkeypatch.setattr(threshold_explorer, limit, 90)
    with pytest.raises(ValueError, match="a page holds at most"):
        to_page(explorer, tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()
