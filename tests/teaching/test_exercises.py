"""The checks know right answers from the mistakes that are made."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dupviz import distance, mse
from dupviz.teaching import exercises

TENSOR = np.random.default_rng(0).integers(0, 256, (50, 50, 3), dtype=np.uint8)
C, D = np.array([[5, 5], [8, 0]]), np.array([[7, 5], [4, 2]])


ERROR, ALLOWED = np.array([[50.0, 900], [300, 20]]), np.array([[100.0, 1000], [120, 110]])
VERDICTS = ["same", "edited", "different", "same", "edited", "different"]
PAIRS = pd.DataFrame({"mse": [5.0, 50, 60, 150, 900, 950, 960, 970], "same": [True] * 3 + [False] * 5})
COPIES = pd.DataFrame({"kind": "crop", "strength": [0.02] * 4 + [0.1] * 2, "mse": [9, 90, 190, 290, 300, 400]})
PLAN = pd.DataFrame({"bytes": [10, 20], "keeper_bytes": [40, 50]})
GROUPS = pd.DataFrame({"action": ["keep", "remove", "remove", "keep", "remove", "review"]})
CLEANED = pd.DataFrame({"split": ["train", "test", "train"]})
ENDS = pd.DataFrame({"a": [0, 0, 1], "b": [1, 2, 3]})
LOOKED = pd.DataFrame({"mse": [1.0, 50, 90, 150, 199, 200], "verdict": VERDICTS})


def allowance(picture, quality):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return mse(np.asarray(picture), np.asarray(Image.open(file)))


def precision_and_recall(mse, same, threshold):
    right = ((mse < threshold) & same).sum()
    return right / (mse < threshold).sum(), right / same.sum()


@pytest.mark.parametrize(
    ("check", "answer", "hint"),
    [
        (exercises.check_count, ..., "place of the dots"),
        (exercises.check_count, 2500, "how many pixels"),
        (exercises.check_count, 103, "multiplied, not added"),
        (exercises.check_count, 1, "multiply the sizes"),
        (lambda answer: exercises.check_pixel(answer, TENSOR, 20, 15, 1), TENSOR[15, 20, 1], "row comes first"),
        (lambda answer: exercises.check_pixel(answer, TENSOR, 20, 15, 1), TENSOR[20, 15, 0], "another channel"),
        (lambda answer: exercises.check_pixel(answer, TENSOR, 20, 15, 1), TENSOR[20, 15], "three indices"),
        (lambda answer: exercises.check_swapped(answer, TENSOR), TENSOR[:, ::-1], "third axis"),
        (lambda answer: exercises.check_swapped(answer, TENSOR), TENSOR[::2], "shape should stay"),
        (lambda answer: exercises.check_swapped(answer, TENSOR), TENSOR, "backwards"),
        (lambda answer: exercises.check_channels_first(answer, TENSOR), ..., "place of the dots"),
        (lambda answer: exercises.check_channels_first(answer, TENSOR), TENSOR, "shape should be (3, 50, 50)"),
        (lambda answer: exercises.check_channels_first(answer, TENSOR), TENSOR.reshape(3, 50, 50), "mixes the colours"),
        (lambda answer: exercises.check_channels_first(answer, TENSOR), TENSOR.T, "Move only the last axis"),
        (lambda answer: exercises.check_channels_first(answer, TENSOR), np.zeros((3, 50, 50)), "should be the red one"),
        (lambda answer: exercises.check_brightness(answer, TENSOR), TENSOR.mean(axis=2), "keepdims=True"),
        (lambda answer: exercises.check_brightness(answer, TENSOR), TENSOR.mean(), "a number for each pixel"),
        (lambda answer: exercises.check_brightness(answer, TENSOR), TENSOR[..., :1], "other numbers"),
        (exercises.check_levels, 1200**0.5, "for one channel"),
        (exercises.check_levels, 400, "Take its root"),
        (exercises.check_levels, 7, "3 · d²"),
        (exercises.check_stamp, 195_075, "error of one pixel"),
        (exercises.check_stamp, 25 * 195_075, "over all pixels"),
        (exercises.check_stamp, 650.25, "all three channels"),
        (exercises.check_stamp, 1, "2,475 have none"),
        (exercises.check_f1, lambda precision, recall: None, "begin with return"),
        (exercises.check_f1, lambda precision, recall: ..., "place of the dots"),
        (exercises.check_f1, lambda precision, recall: (precision + recall) / 2, "ordinary mean"),
        (exercises.check_f1, lambda precision, recall: (precision * recall) ** 0.5, "geometric mean"),
        (exercises.check_f1, lambda precision, recall: 2 / 3, "twice the product"),
        (exercises.check_levels, ..., "place of the dots"),
        (lambda answer: exercises.check_wrong_pairs(answer, PAIRS, 200), 3, "the right ones"),
        (lambda answer: exercises.check_wrong_pairs(answer, PAIRS, 200), 4, "all pairs below the line"),
        (lambda answer: exercises.check_wrong_pairs(answer, PAIRS, 200), 5, "Which of them are below the line"),
        (lambda answer: exercises.check_wrong_pairs(answer, PAIRS, 200), 9, "& is and"),
        (lambda answer: exercises.check_share_found(answer, COPIES, "crop", 0.02), 3, "Divide it"),
        (lambda answer: exercises.check_share_found(answer, COPIES, "crop", 0.02), 0.5, "all strengths"),
        (lambda answer: exercises.check_share_found(answer, COPIES, "crop", 0.02), 75, "from 0 to 1"),
        (lambda answer: exercises.check_share_found(answer, COPIES, "crop", 0.02), 0.1, "choose the rows"),
        (exercises.check_labels_needed, 58, "a little more than 5 %"),
        (exercises.check_labels_needed, 20, "36 %"),
        (exercises.check_labels_needed, 58.404, "labels are whole"),
        (exercises.check_labels_needed, 1, "smallest whole n"),
        (exercises.check_more_copies, 0.9, "precision before"),
        (exercises.check_more_copies, 0.99, "of how many pairs"),
        (exercises.check_more_copies, 0.5, "divided by right and wrong"),
        (exercises.check_pairs_of_copies, 200, "pairs with each other"),
        (exercises.check_pairs_of_copies, 400, "six of each"),
        (exercises.check_pairs_of_copies, 1200, "counts each pair twice"),
        (exercises.check_pairs_of_copies, 7, "6 · 5 / 2"),
        (lambda answer: exercises.check_edge(answer, PAIRS, 100), 150.0, "just above"),
        (lambda answer: exercises.check_edge(answer, PAIRS, 100), 970.0, "searched for"),
        (lambda answer: exercises.check_edge(answer, PAIRS, 100), 7.0, "the largest"),
        (lambda answer: exercises.check_freed(answer, PLAN), 2, "number of files"),
        (lambda answer: exercises.check_freed(answer, PLAN), 90, "files that stay"),
        (lambda answer: exercises.check_freed(answer, PLAN), 1, "column bytes"),
        (lambda answer: exercises.check_staying(answer, GROUPS), 3, "can go"),
        (lambda answer: exercises.check_staying(answer, GROUPS), 6, "all files in groups"),
        (lambda answer: exercises.check_staying(answer, GROUPS), 9, "action is keep"),
        (lambda answer: exercises.check_remaining(answer, CLEANED), 3, "together"),
        (lambda answer: exercises.check_remaining(answer, CLEANED), 1, "the test images"),
        (lambda answer: exercises.check_remaining(answer, CLEANED), 9, "split is train"),
        (lambda answer: exercises.check_pictures(answer, ENDS), 3, "number of pairs"),
        (lambda answer: exercises.check_pictures(answer, ENDS), 6, "count each once"),
        (lambda answer: exercises.check_pictures(answer, ENDS), 2, "stand second"),
        (lambda answer: exercises.check_pictures(answer, ENDS), 9, "a and b together"),
        (lambda answer: exercises.check_mse_by_hand(answer, C, D), 24, "Divide it by the number of pixels, 4"),
        (lambda answer: exercises.check_mse_by_hand(answer, C, D), 2, "Square each of them first"),
        (lambda answer: exercises.check_mse_by_hand(answer, C, D), 0, "have cancelled"),
        (lambda answer: exercises.check_mse_by_hand(answer, C, D), 6**0.5, "stays squared"),
        (lambda answer: exercises.check_mse_by_hand(answer, C, D), 99, "subtract, square"),
        (exercises.check_mse, lambda a, b: ..., "place of the dots"),
        (exercises.check_mse, lambda a, b: ((a - b) ** 2).sum() / a[..., 0].size, "done in uint8"),
        (exercises.check_mse, lambda a, b: ((a - b) ** 2).mean(), "done in uint8"),
        (exercises.check_mse, lambda a, b: ((a.astype(int) - b) ** 2).mean(), "times 3"),
        (exercises.check_mse, lambda a, b: ((a.astype("i2") - b) ** 2).sum() / a[..., 0].size, "wider type"),
        (exercises.check_mse, lambda a, b: 7, "should be 195,075"),
        (exercises.check_distance, mse, r"turned by 90° should give 0"),
        (exercises.check_distance, lambda a, b: 0, "smallest of the four"),
        (exercises.check_precision_and_recall, lambda mse, same, threshold: (..., ...), "place of the dots"),
        (exercises.check_precision_and_recall, lambda *_: (0.5, 2 / 3), "changed places"),
        (exercises.check_precision_and_recall, lambda *_: (0.75, 0.75), "not below it"),
        (exercises.check_precision_and_recall, lambda *_: (2, 2), "share is wanted"),
        (exercises.check_precision_and_recall, lambda *_: (1, 0), "what share"),
        (exercises.check_honest_score, ..., "place of the dots"),
        (exercises.check_honest_score, 0.5, "What share"),
        (exercises.check_honest_score, 0.54, "lifted"),
        (exercises.check_honest_score, 0.9, "take 100"),
        (exercises.check_luck, ..., "place of the dots"),
        (exercises.check_luck, 0.05, "chance of the ten"),
        (exercises.check_luck, 0.741, "share of right pairs"),
        (exercises.check_luck, 0.3, "tenth root"),
        (exercises.check_threshold_per_value, ..., "place of the dots"),
        (exercises.check_threshold_per_value, 600, "other way round"),
        (exercises.check_threshold_per_value, 100, "how many values"),
        (exercises.check_diluted, ..., "place of the dots"),
        (exercises.check_diluted, 10_000, "in the window"),
        (exercises.check_diluted, 312.5, "both count"),
        (exercises.check_diluted, 10_000 / 512**2, "single pixel"),
        (exercises.check_diluted, 1024, "mean of all"),
        (exercises.check_diluted, 3, "how many windows"),
        (lambda answer: exercises.check_worst(answer, ERROR, ALLOWED), ..., "place of the dots"),
        (lambda answer: exercises.check_worst(answer, ERROR, ALLOWED), 900, "largest error"),
        (lambda answer: exercises.check_worst(answer, ERROR, ALLOWED), 0.9, "Divide first"),
        (lambda answer: exercises.check_worst(answer, ERROR, ALLOWED), (ERROR / ALLOWED).mean(), "mean of R"),
        (lambda answer: exercises.check_worst(answer, ERROR, ALLOWED), ERROR.mean() / ALLOWED.mean(), "one number"),
        (lambda answer: exercises.check_worst(answer, ERROR, ALLOWED), 99, "window by window"),
        (exercises.check_allowance, lambda picture, quality: ..., "place of the dots"),
        (exercises.check_allowance, lambda picture, quality: allowance(picture, quality) / 3, "times 3"),
        (exercises.check_allowance, lambda picture, quality: 0.0, "picture itself"),
        (exercises.check_allowance, lambda picture, quality: allowance(picture, 30), "quality 90 should give"),
        (exercises.check_verdict, lambda worst, q: ..., "place of the dots"),
        (exercises.check_verdict, lambda worst, q: q <= 2, "has been edited"),
        (exercises.check_verdict, lambda worst, q: worst <= 1, "re-encoding explains"),
        (exercises.check_verdict, lambda worst, q: worst < 1 and q < 2, "at exactly 1 and 2"),
        (lambda answer: exercises.check_stopped(answer, LOOKED), ..., "place of the dots"),
        (lambda answer: exercises.check_stopped(answer, LOOKED), 1, "Edited ones stay"),
        (lambda answer: exercises.check_stopped(answer, LOOKED), 4, "below 200?"),
        (lambda answer: exercises.check_stopped(answer, LOOKED), 5, "all pairs below"),
        (lambda answer: exercises.check_stopped(answer, LOOKED), 77, "two conditions"),
    ],
)
def test_wrong_answers_get_a_hint(check, answer, hint):
    feedback = check(answer)
    assert not feedback.right
    assert hint in feedback.text
    assert "Not yet" in feedback._repr_html_()


@pytest.mark.parametrize("name", ["mse", "distance", "precision_and_recall", "f1", "allowance", "verdict"])
def test_a_forgotten_return_is_said(name):
    feedback = getattr(exercises, f"check_{name}")(lambda *arguments: None)
    assert not feedback.right
    assert "does its last line begin with return" in feedback.text


@pytest.mark.parametrize(
    "feedback",
    [
        exercises.check_count(7500),
        exercises.check_pixel(TENSOR[20, 15, 1], TENSOR, 20, 15, 1),
        exercises.check_swapped(TENSOR[..., [2, 1, 0]], TENSOR),
        exercises.check_channels_first(np.moveaxis(TENSOR, 2, 0), TENSOR),
        exercises.check_brightness(TENSOR.mean(axis=2, keepdims=True), TENSOR),
        exercises.check_levels(20.0),
        exercises.check_stamp(1950.75),
        exercises.check_f1(lambda precision, recall: 2 * precision * recall / (precision + recall)),
        exercises.check_wrong_pairs(1, PAIRS, 200),
        exercises.check_share_found(0.75, COPIES, "crop", 0.02),
        exercises.check_labels_needed(59),
        exercises.check_more_copies(900 / 910),
        exercises.check_pairs_of_copies(600),
        exercises.check_edge(60.0, PAIRS, 100),
        exercises.check_freed(30, PLAN),
        exercises.check_staying(2, GROUPS),
        exercises.check_remaining(2, CLEANED),
        exercises.check_pictures(4, ENDS),
        exercises.check_mse_by_hand(6, C, D),
        exercises.check_mse(lambda a, b: ((a.astype(float) - b) ** 2).sum() / a[..., 0].size),
        exercises.check_distance(lambda a, b: distance(a, b)[0]),
        exercises.check_precision_and_recall(precision_and_recall),
        exercises.check_threshold_per_value(200 / 3),
        exercises.check_luck(0.259),
        exercises.check_honest_score(5 / 6),
        exercises.check_diluted(9.765625),
        exercises.check_worst(2.5, ERROR, ALLOWED),
        exercises.check_allowance(lambda picture, quality: allowance(picture, quality)),
        exercises.check_verdict(lambda worst, q: worst <= 1 and q <= 2),
        exercises.check_stopped(3, LOOKED),
    ],
)
def test_right_answers_are_right(feedback):
    assert feedback.right
    assert "✓ Right" in str(feedback)
