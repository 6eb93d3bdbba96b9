from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupviz import find_pairs, load_images
from dupviz.threshold.quality import edge_pairs, threshold_curve, with_truth
from dupviz.threshold.suggest import CANDIDATES, share_interval, suggest_threshold

DATA = Path(__file__).parents[2] / "data"

LABELLED = pd.DataFrame(
    {"mse": [5.0, 50.0, 150.0, 180.0, 250.0, np.inf], "same": [True, True, False, True, False, True]}
)

tables = st.lists(
    st.tuples(st.sampled_from([0.0, 5.0, 150.0, 199.9, 200.0, 900.0, np.inf]), st.booleans(), st.sampled_from("xy"))
).map(lambda rows: pd.DataFrame(rows, columns=["mse", "same", "kind"]).astype({"mse": float, "same": bool}))


def sample(found, wrong, mse=150.0):
    """Labelled pairs at one MSE, and one beyond all thresholds so that these are known."""
    same = np.arange(found) >= wrong
    return pd.DataFrame({"mse": [*[mse] * found, 2000.0], "same": [*same, False]})


def test_curve_by_hand():
    curve = threshold_curve(LABELLED, thresholds=[1, 200]).set_index("threshold")
    nothing, at_200 = curve.loc[1], curve.loc[200]
    assert tuple(nothing[["found", "true", "precision", "recall", "f1"]]) == (0, 0, 1, 0, 0)
    assert tuple(at_200[["found", "true", "precision", "recall"]]) == (4, 3, 0.75, 0.75)
    assert at_200["f1"] == 0.75


@given(tables, st.lists(st.sampled_from([0.0, 5.0, 200.0, 1000.0]), min_size=1))
def test_curve_equals_counting(labelled, thresholds):
    curve = threshold_curve(labelled, thresholds=thresholds)
    kinds = ["all", *sorted(set(labelled["kind"]))]
    assert list(curve["kind"]) == [kind for kind in kinds for _ in thresholds]
    for row in curve.itertuples():
        part = [r for r in labelled.itertuples() if row.kind in ("all", r.kind)]
        found = [r for r in part if r.mse < row.threshold]
        true, all_true = [r for r in found if r.same], [r for r in part if r.same]
        assert (row.found, row.true) == (len(found), len(true))
        assert row.precision == (len(true) / len(found) if found else 1)
        assert row.recall == (len(true) / len(all_true) if all_true else 1)
        f1 = 2 * len(true) / (len(found) + len(all_true)) if found or all_true else 1
        assert row.f1 == pytest.approx(f1)


@given(st.lists(st.floats(0, 1000)), st.sampled_from([0, 1, 3, 100]))
def test_edge_pairs_are_the_nearest_on_each_side(mses, k):
    pairs = pd.DataFrame({"mse": np.array(mses, float)})
    edge = edge_pairs(pairs, 200, k)
    below, above = sorted(m for m in mses if m < 200), sorted(m for m in mses if m >= 200)
    assert list(edge["mse"]) == below[max(0, len(below) - k) :] + above[:k]
    assert list(edge["below"]) == [m < 200 for m in edge["mse"]]
    assert (pairs.loc[edge.index, "mse"] == edge["mse"]).all()


def test_edge_of_a_negative_width_is_refused():
    with pytest.raises(ValueError, match="k must be 0 or more, got -1"):
        edge_pairs(pd.DataFrame({"mse": []}), k=-1)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(0, 10, 0, 0.3085), (1, 10, 0.0025, 0.4450), (10, 10, 0.6915, 1)]
)
def test_share_interval_by_the_published_table(part, whole, low, high):
    assert share_interval(part, whole) == pytest.approx((low, high), abs=1e-4)


def test_share_of_nothing_may_be_anything():
    assert share_interval(0, 0) == (0, 1)


def test_suggestion_is_the_largest_threshold_that_is_sure_enough():
    suggestion = suggest_threshold(sample(found=200, wrong=0), max_wrong=0.05)
    assert suggestion.threshold == 1000  # all candidates above 150 have the same pairs below them
    assert (suggestion.found, suggestion.wrong, suggestion.recall) == (200, 0, 1)
    assert suggestion.high <= 0.05
    assert "none is wrong" in str(suggestion)

    with_others = pd.concat([sample(200, 0), sample(100, 100, mse=400.0)])
    assert suggest_threshold(with_others, max_wrong=0.05).threshold == 300


def test_threshold_goes_no_further_than_what_is_known():
    labelled = sample(200, 0, mse=140.0).iloc[:-1]
    labelled.loc[0, "mse"] = 180.0
    assert suggest_threshold(labelled, max_wrong=0.05).threshold == 150
    assert suggest_threshold(labelled, max_wrong=0.05, max_mse=500.0).threshold == 500


@pytest.mark.parametrize(
    ("labelled", "words"),
    [
        (sample(0, 0), "no labelled pair has an MSE below 1000"),
        (sample(30, 0), "of 30 labelled pairs below it, none is wrong"),
        (sample(500, 100), "of 500 labelled pairs below it, 100 are wrong"),
    ],
)
def test_too_little_to_go_on_is_said(labelled, words):
    suggestion = suggest_threshold(labelled, max_wrong=0.05)
    assert suggestion.threshold is None
    assert words in suggestion.sentence


def test_pairs_are_counted_as_pairs_whatever_pictures_they_share():
    """50 pages that look alike, beside 200 right pairs: of all pairs found, 86 % are wrong, and it says so."""
    a, b = np.array(list(combinations(range(50), 2))).T
    copies = pd.DataFrame({"a": np.arange(100, 500, 2), "b": np.arange(101, 501, 2), "mse": 5.0, "same": True})
    labelled = pd.concat([pd.DataFrame({"a": a, "b": b, "mse": 5.0, "same": False}), copies], ignore_index=True)
    suggestion = suggest_threshold(labelled, max_wrong=0.5, max_mse=1000)
    assert suggestion.threshold is None
    assert "of 1,425 labelled pairs below it, 1225 are wrong" in suggestion.sentence
    shuffled = labelled.sample(frac=1, random_state=0).head(300)
    low, high = share_interval(int((~shuffled["same"]).sum()), 300)
    assert low < 1225 / 1425 < high
    assert suggest_threshold(shuffled, max_wrong=0.95, max_mse=1000).high > 1225 / 1425


def test_number_of_labels_that_it_asks_for_is_enough_and_not_too_many():
    sentence = suggest_threshold(sample(30, 0), max_wrong=0.05).sentence
    needed = int(sentence.split("It would take ")[1].split()[0])
    assert suggest_threshold(sample(needed, 0), max_wrong=0.05).threshold is not None
    assert suggest_threshold(sample(needed - 1, 0), max_wrong=0.05).threshold is None


@pytest.mark.parametrize("values", [{"max_wrong": 0}, {"max_wrong": 1}, {"confidence": 1.0}])
def test_impossible_wishes_are_refused(values):
    with pytest.raises(ValueError, match=f"{next(iter(values))} must be above 0 and below 1"):
        suggest_threshold(LABELLED, **values)


def test_tables_without_labels_are_refused():
    for function in (threshold_curve, suggest_threshold):
        with pytest.raises(ValueError, match="need the columns mse and same, got mse"):
            function(LABELLED[["mse"]])


@pytest.mark.parametrize("labels", [60, 300, 2000])
def test_interval_holds_as_often_as_it_says(labels):
    """In worlds where the share of wrong pairs grows with the threshold; each suggestion against the world's truth."""
    rng = np.random.default_rng(labels)
    suggested = missed = 0
    for _ in range(1000):
        scale = rng.choice([200.0, 400.0, 1600.0])

        def wrong_at(mse, scale=scale):
            return np.minimum(1, mse / scale) ** 3

        mse = rng.uniform(0, 1100, labels)
        labelled = pd.DataFrame({"mse": mse, "same": rng.random(labels) >= wrong_at(mse)})
        suggestion = suggest_threshold(labelled, max_wrong=0.1)
        if suggestion.threshold is not None:
            suggested += 1
            truth = wrong_at(np.linspace(0, suggestion.threshold, 1000)).mean()
            missed += not suggestion.low <= truth <= suggestion.high
    assert suggested > (100 if labels > 60 else -1)
    assert missed <= 0.05 * max(1, suggested)


def test_truth_of_the_sample():
    images = load_images(DATA / "photos", progress=False)
    labelled = with_truth(images, find_pairs(images), DATA / "truth.csv")
    truth = pd.read_csv(DATA / "truth.csv")
    source = dict(zip(truth["file"], truth["source"]))
    names = [path.rsplit("photos/", 1)[1] for path in images.files["path"]]
    expected = {(a, b) for a, b in combinations(range(len(names)), 2) if source[names[a]] == source[names[b]]}
    same = labelled[labelled["same"]]
    assert set(zip(same["a"], same["b"])) == expected
    assert not labelled.duplicated(["a", "b"]).any()
    assert "cropped 2 %" in set(labelled["kind"].dropna())
    assert labelled.loc[~labelled["same"], "kind"].isna().all()


def test_truth_of_other_files_is_refused():
    images = load_images(DATA / "photos" / "flags", progress=False)
    pairs = find_pairs(images)
    with pytest.raises(ValueError, match="names none of the files"):
        with_truth(images, pairs, pd.DataFrame({"file": ["x.jpg"], "source": ["x"]}))
    with pytest.raises(ValueError, match="has no column source; it has file"):
        with_truth(images, pairs, pd.DataFrame({"file": ["x.jpg"]}))


def test_candidates_are_searched_by_default():
    assert max(CANDIDATES) == 1000
