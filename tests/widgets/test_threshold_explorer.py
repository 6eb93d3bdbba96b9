"""The threshold explorer, by moving its controls."""

import asyncio
import re
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_up import find_by_mse

from dupviz import Labels, edge_pairs, find_duplicates, mse_histogram, second_look
from dupviz._words.charts import mse_edges
from dupviz.metrics import LARGEST_MSE
from dupviz.threshold.suggest import share_interval
from dupviz.widgets import ThresholdExplorer, threshold_explorer
from dupviz.widgets.threshold_drawing import column_at, draw_histogram, threshold_at

SAMPLE = Path(__file__).parents[2] / "data" / "photos"


@pytest.fixture(scope="module")
def duplicates():
    return find_by_mse(SAMPLE, progress=False)


@pytest.fixture
def explorer(duplicates, tmp_path):
    return ThresholdExplorer(duplicates, labels=tmp_path / "labels.jsonl")


def numbers(explorer):
    """The large numbers: pairs, groups, files, bytes freed."""
    return re.findall(r">([\d.,]+(?: [kMG]?B)?)</div>", explorer.totals.value)


def shown_pairs(explorer):
    return [slot.pair.mse for slot in explorer.edge if slot.layout.display != "none"]


def bars(svg):
    """Heights of the bars, by their side of the threshold."""
    found = re.findall(r'<rect class="dupviz-(below|above)[^"]*"[^>]* height="([\d.]+)"', svg)
    return {side: [float(height) for s, height in found if s == side] for side in {s for s, _ in found}}


@pytest.mark.parametrize("threshold", [0, 0.5, 60, 200, 999, 1000])
def test_every_view_is_that_of_the_threshold(explorer, duplicates, threshold):
    explorer.threshold = threshold
    there = duplicates.at(threshold)
    below = (duplicates.pairs["mse"] < threshold).sum()
    assert numbers(explorer)[:3] == [f"{n:,}" for n in (below, there.groups["group"].nunique(), len(there.to_remove))]
    assert explorer.duplicates.groups.equals(there.groups)
    assert explorer.number.value == threshold
    assert explorer.slider.value == max(1, threshold)
    assert shown_pairs(explorer) == edge_pairs(duplicates.pairs, threshold, 5)["mse"].tolist()
    assert f">{threshold:g}</text>" in explorer.histogram.svg
    assert f">{threshold:g}</text>" in explorer.curve.svg
    for slot in explorer.edge:
        assert slot.pair is None or f"<b>MSE {slot.pair.mse:,.1f}</b>" in slot.picture.value


def test_the_second_look_says_what_lies_on_each_side(tmp_path):
    duplicates = find_duplicates(SAMPLE, progress=False)
    explorer = ThresholdExplorer(duplicates, labels=tmp_path / "labels.jsonl")
    explorer.threshold = 150
    explorer.looking.result()
    rows = [slot.pair._asdict() for slot in explorer.edge if slot.pair]
    expected = second_look(duplicates.images, pd.DataFrame(rows), progress=False)["verdict"].tolist()
    shown = [re.sub("<[^>]*>", "", slot.verdict.value) for slot in explorer.edge if slot.pair]
    assert [words.split(",")[0] for words in shown] == expected
    for title, verdicts in zip(explorer.titles, (expected[:5], expected[5:])):
        for verdict in set(verdicts):
            assert f"{verdicts.count(verdict)} {verdict}" in title.value
    assert "by the MSE alone" in explorer.totals.value


def test_without_a_second_look_there_is_no_verdict(explorer):
    explorer.looking.result()
    assert {slot.verdict.value for slot in explorer.edge} == {""}
    assert "second look" not in "".join(title.value for title in explorer.titles)
    assert "alone" not in explorer.totals.value


def test_each_control_moves_the_threshold(explorer):
    explorer.slider.value = 350
    assert explorer.threshold == 350
    explorer.number.value = 120.5
    assert (explorer.threshold, explorer.slider.value) == (120.5, 120.5)
    explorer.presets[1].click()
    assert (explorer.threshold, explorer.number.value) == (1000, 1000)
    explorer.presets[0].click()
    assert explorer.threshold == 200
    explorer.histogram.column = column_at(50, 1000)
    assert explorer.threshold == pytest.approx(50, rel=0.05)
    explorer.curve.column = 0
    assert explorer.threshold < 0.1


def test_the_slider_may_snap_without_moving_the_threshold(explorer):
    explorer.threshold = 420
    explorer.slider.value = 10**2.62  # its nearest step, 416.9
    assert explorer.threshold == 420


@pytest.mark.parametrize("threshold", [-1, 1000.1])
def test_a_threshold_beyond_the_search_is_an_error(explorer, threshold):
    with pytest.raises(ValueError, match=r"from 0 to max_mse \(1000\), got"):
        explorer.threshold = threshold


@pytest.mark.parametrize("max_mse", [0.3, 1, 200, 1000, 54_321])
def test_places_in_a_chart_are_thresholds_in_order(max_mse):
    thresholds = [threshold_at(column, max_mse) for column in range(200)]
    assert thresholds == sorted(thresholds)
    assert thresholds[0] > 0
    assert thresholds[-1] <= max_mse
    for threshold in thresholds:
        assert threshold_at(column_at(threshold, max_mse), max_mse) == pytest.approx(threshold, rel=0.1)


def test_bars_change_colour_at_the_threshold_and_none_is_lost(duplicates):
    histogram = mse_histogram(duplicates.images, bins=mse_edges(LARGEST_MSE))
    edge = histogram.edges[25]
    found = bars(draw_histogram(histogram, edge, 1000))
    assert len(found["below"]) == np.count_nonzero(histogram.counts[:25])
    assert len(found["above"]) == np.count_nonzero(histogram.counts[25:])
    assert max(found["above"]) == pytest.approx(140)  # the tallest of all is as tall as the chart


def test_beyond_some_images_the_histogram_says_what_it_has_estimated(duplicates, tmp_path, monkeypatch):
    monkeypatch.setattr(threshold_explorer, "ALL_PAIRS_UP_TO", 40)
    svg = ThresholdExplorer(duplicates, labels=tmp_path / "labels.jsonl").histogram.svg
    assert "pale: estimated from 40 images" in svg
    assert "dupviz-estimated" in svg


def test_labels_are_kept_and_can_be_taken_back(duplicates, tmp_path):
    file = tmp_path / "labels.jsonl"
    explorer = ThresholdExplorer(duplicates, labels=file)
    first, second = explorer.edge[0], explorer.edge[7]
    first.same.click()
    second.different.click()
    assert "2 labels of your own so far, 0 of them of random pairs" in explorer.opinion.value
    again = ThresholdExplorer(duplicates, labels=Labels(duplicates.images, file))
    assert (again.edge[0].same.icon, again.edge[0].different.icon) == ("check", "")
    assert (again.edge[7].same.icon, again.edge[7].different.icon) == ("", "check")
    again.edge[0].same.click()
    assert again.edge[0].same.icon == ""
    assert "1 label of your own" in ThresholdExplorer(duplicates, labels=file).opinion.value


def test_a_label_that_cannot_be_saved_counts_and_says_so(duplicates, tmp_path):
    (tmp_path / "file").write_text("no folder")
    explorer = ThresholdExplorer(duplicates, labels=tmp_path / "elsewhere.jsonl")
    explorer.labels.file = tmp_path / "file" / "labels.jsonl"
    explorer.edge[0].same.click()
    assert "cannot be saved" in explorer.edge[0].picture.value
    assert explorer.edge[0].same.icon == "check"
    assert "1 label of your own" in explorer.opinion.value


def label(labels, pairs, same_below=300):
    for pair in pairs.itertuples():
        labels.set(pair.a, pair.b, pair.mse < same_below)


def test_only_labels_of_random_pairs_draw_precision_and_recall_and_suggest_a_threshold(duplicates, tmp_path):
    labels = Labels(duplicates.images, tmp_path / "labels.jsonl")
    sample = duplicates.near.sample()
    label(labels, sample.iloc[1:])
    explorer = ThresholdExplorer(duplicates, labels=labels)
    assert explorer.quality.layout.display == "none"
    assert "0 of them of random pairs" in explorer.opinion.value
    assert "suggested" not in explorer.suggested.description

    label(labels, sample.iloc[:1])
    labels.set(*sample[["a", "b"]].iloc[60], None)  # so that the sample ends there
    explorer = ThresholdExplorer(duplicates, labels=labels)
    mse = sample["mse"].iloc[:60]
    true = int((mse < 300).sum())
    low, high = share_interval(int((mse < 200).sum()), true)
    assert explorer.quality.layout.display is None
    assert f"recall {(mse < 200).sum() / true:.0%} ({low:.0%} to {high:.0%})" in explorer.opinion.value
    assert "labels of 60 random pairs, at 200: precision 100%" in explorer.opinion.value
    assert f"about the {duplicates.near.count} pairs of this folder below 1000" in explorer.opinion.value
    explorer.wish.value = 1 / 3
    explorer.suggested.click()
    assert f"suggested: {explorer.threshold:g}" == explorer.suggested.description
    explorer.wish.value = 1 / 1000
    assert "no threshold can be suggested" in explorer.opinion.value
    assert explorer.suggested.layout.display == "none"


def test_random_pairs_are_asked_for_one_after_another(explorer, duplicates):
    sample = duplicates.near.sample()
    expected = list(zip(sample["a"], sample["b"]))
    last, following = explorer.random
    explorer.ask.click()
    assert last.pair is None
    assert (following.pair.a, following.pair.b) == expected[0]
    following.same.click()
    following.different.click()
    assert (last.pair.a, last.pair.b) == expected[1]
    assert last.different.icon == "check"
    assert (following.pair.a, following.pair.b) == expected[2]
    assert "2 labels of your own so far, 2 of them of random pairs" in explorer.opinion.value
    last.different.click()  # taken back
    assert (following.pair.a, following.pair.b) == expected[1]
    label(explorer.labels, sample)
    explorer.ask.click()
    assert (last.pair.a, last.pair.b) == expected[-1]
    assert following.pair is None


def test_what_the_other_thread_saw_is_shown_by_the_thread_of_the_cells(tmp_path):
    """Messages of two threads may cross: those of widgets leave from the one that runs the cells."""
    threads = set()

    async def cells():
        explorer = ThresholdExplorer(find_duplicates(SAMPLE, progress=False), labels=tmp_path / "labels.jsonl")
        for part in (*explorer.titles, *(slot.verdict for slot in explorer.edge)):
            part.observe(lambda change: threads.add(threading.current_thread()), "value")
        await asyncio.wrap_future(explorer.looking)
        await asyncio.sleep(0)
        return explorer

    explorer = asyncio.run(cells())
    assert "The second look" in explorer.titles[0].value
    assert threads == {threading.main_thread()}


def test_a_search_without_pairs_is_shown(duplicates, tmp_path):
    explorer = ThresholdExplorer(
        find_by_mse([SAMPLE / "cat.jpg", SAMPLE / "coffee.jpg"], progress=False), labels=tmp_path / "labels.jsonl"
    )
    assert numbers(explorer) == ["0", "0", "0", "0 B"]
    assert shown_pairs(explorer) == []


def test_a_search_to_zero_is_shown(duplicates, tmp_path):
    explorer = ThresholdExplorer(find_by_mse(SAMPLE, threshold=0, max_mse=0, progress=False), labels=tmp_path / "l")
    assert numbers(explorer)[0] == "0"
    explorer.slider.value = 1.02
    assert explorer.threshold == 0
