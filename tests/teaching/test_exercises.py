"""The checks know right answers from the mistakes that are made."""

import numpy as np
import pytest
from lessons import (
    ALLOWED,
    CLEANED,
    COPIES,
    ENDS,
    ERROR,
    GROUPS,
    LOOKED,
    PAIRS,
    PLAN,
    TENSOR,
    C,
    D,
    allowance,
    precision_and_recall,
)

from dupviz import distance, mse
from dupviz.teaching.exercises import clean_up, difference, labels, look_alikes, tensors, threshold


@pytest.mark.parametrize(
    ("check", "answer", "hint"),
    [
        (tensors.check_count, ..., "place of the dots"),
        (tensors.check_count, 2500, "how many pixels"),
        (tensors.check_count, 103, "multiplied, not added"),
        (tensors.check_count, 1, "multiply the sizes"),
        (lambda answer: tensors.check_pixel(answer, TENSOR, 20, 15, 1), TENSOR[15, 20, 1], "row comes first"),
        (lambda answer: tensors.check_pixel(answer, TENSOR, 20, 15, 1), TENSOR[20, 15, 0], "another channel"),
        (lambda answer: tensors.check_pixel(answer, TENSOR, 20, 15, 1), TENSOR[20, 15], "three indices"),
        (lambda answer: tensors.check_swapped(answer, TENSOR), TENSOR[:, ::-1], "third axis"),
        (lambda answer: tensors.check_swapped(answer, TENSOR), TENSOR[::2], "shape should be (50, 50, 3)"),
        (lambda answer: tensors.check_swapped(answer, TENSOR), TENSOR, "backwards"),
        (lambda answer: tensors.check_channels_first(answer, TENSOR), ..., "place of the dots"),
        (lambda answer: tensors.check_channels_first(answer, TENSOR), TENSOR, "shape should be (3, 50, 50)"),
        (lambda answer: tensors.check_channels_first(answer, TENSOR), TENSOR.reshape(3, 50, 50), "mixes the colours"),
        (lambda answer: tensors.check_channels_first(answer, TENSOR), TENSOR.T, "Move only the last axis"),
        (lambda answer: tensors.check_channels_first(answer, TENSOR), np.zeros((3, 50, 50)), "should be the red one"),
        (lambda answer: tensors.check_brightness(answer, TENSOR), TENSOR.mean(axis=2), "keepdims=True"),
        (lambda answer: tensors.check_brightness(answer, TENSOR), TENSOR.mean(), "a number for each pixel"),
        (lambda answer: tensors.check_brightness(answer, TENSOR), TENSOR[..., :1], "other numbers"),
        (difference.check_levels, 1200**0.5, "for one channel"),
        (difference.check_levels, 400, "Take its root"),
        (difference.check_levels, 7, "3 · d²"),
        (difference.check_stamp, 195_075, "error of one pixel"),
        (difference.check_stamp, 25 * 195_075, "over all pixels"),
        (difference.check_stamp, 650.25, "all three channels"),
        (difference.check_stamp, 1, "2,475 have none"),
        (threshold.check_f1, lambda precision, recall: None, "begin with return"),
        (threshold.check_f1, lambda precision, recall: ..., "place of the dots"),
        (threshold.check_f1, lambda precision, recall: (precision + recall) / 2, "ordinary mean"),
        (threshold.check_f1, lambda precision, recall: (precision * recall) ** 0.5, "geometric mean"),
        (threshold.check_f1, lambda precision, recall: 2 / 3, "twice the product"),
        (difference.check_levels, ..., "place of the dots"),
        (lambda answer: threshold.check_wrong_pairs(answer, PAIRS, 200), 3, "the right ones"),
        (lambda answer: threshold.check_wrong_pairs(answer, PAIRS, 200), 4, "all pairs below the line"),
        (lambda answer: threshold.check_wrong_pairs(answer, PAIRS, 200), 5, "Which of them are below the line"),
        (lambda answer: threshold.check_wrong_pairs(answer, PAIRS, 200), 9, "& is and"),
        (lambda answer: threshold.check_share_found(answer, COPIES, "crop", 0.02), 3, "Divide it"),
        (lambda answer: threshold.check_share_found(answer, COPIES, "crop", 0.02), 0.5, "all strengths"),
        (lambda answer: threshold.check_share_found(answer, COPIES, "crop", 0.02), 75, "from 0 to 1"),
        (lambda answer: threshold.check_share_found(answer, COPIES, "crop", 0.02), 0.1, "choose the rows"),
        (labels.check_labels_needed, 58, "a little more than 5 %"),
        (labels.check_labels_needed, 20, "36 %"),
        (labels.check_labels_needed, 58.404, "labels are whole"),
        (labels.check_labels_needed, 1, "smallest whole n"),
        (labels.check_more_copies, 0.833, "with one copy"),
        (labels.check_more_copies, 0.996, "more wrong pairs"),
        (labels.check_more_copies, 0.98, "with each other"),
        (labels.check_more_copies, 0.5, "eleven files"),
        (labels.check_pairs_of_copies, 200, "pairs with each other"),
        (labels.check_pairs_of_copies, 400, "six of each"),
        (labels.check_pairs_of_copies, 1200, "counts each pair twice"),
        (labels.check_pairs_of_copies, 7, "6 · 5 / 2"),
        (lambda answer: labels.check_edge(answer, PAIRS, 100), 150.0, "just above"),
        (lambda answer: labels.check_edge(answer, PAIRS, 100), 970.0, "searched for"),
        (lambda answer: labels.check_edge(answer, PAIRS, 100), 7.0, "the largest"),
        (lambda answer: clean_up.check_freed(answer, PLAN), 2, "number of files"),
        (lambda answer: clean_up.check_freed(answer, PLAN), 90, "files that stay"),
        (lambda answer: clean_up.check_freed(answer, PLAN), 1, "column bytes"),
        (lambda answer: clean_up.check_staying(answer, GROUPS), 3, "can go"),
        (lambda answer: clean_up.check_staying(answer, GROUPS), 6, "all files in groups"),
        (lambda answer: clean_up.check_staying(answer, GROUPS), 9, "action is keep"),
        (lambda answer: clean_up.check_remaining(answer, CLEANED), 3, "together"),
        (lambda answer: clean_up.check_remaining(answer, CLEANED), 1, "the test images"),
        (lambda answer: clean_up.check_remaining(answer, CLEANED), 9, "split is train"),
        (lambda answer: clean_up.check_pictures(answer, ENDS), 3, "number of pairs"),
        (lambda answer: clean_up.check_pictures(answer, ENDS), 6, "count each once"),
        (lambda answer: clean_up.check_pictures(answer, ENDS), 2, "only the second one"),
        (lambda answer: clean_up.check_pictures(answer, ENDS), 9, "a and b together"),
        (lambda answer: difference.check_mse_by_hand(answer, C, D), 24, "Divide it by the number of pixels, 4"),
        (lambda answer: difference.check_mse_by_hand(answer, C, D), 2, "Square each of them first"),
        (lambda answer: difference.check_mse_by_hand(answer, C, D), 0, "have cancelled"),
        (lambda answer: difference.check_mse_by_hand(answer, C, D), 6**0.5, "stays squared"),
        (lambda answer: difference.check_mse_by_hand(answer, C, D), 99, "subtract, square"),
        (difference.check_mse, lambda a, b: ..., "place of the dots"),
        (difference.check_mse, lambda a, b: ((a - b) ** 2).sum() / a[..., 0].size, "done in uint8"),
        (difference.check_mse, lambda a, b: ((a - b) ** 2).mean(), "done in uint8"),
        (difference.check_mse, lambda a, b: ((a.astype(int) - b) ** 2).mean(), "times 3"),
        (difference.check_mse, lambda a, b: ((a.astype("i2") - b) ** 2).sum() / a[..., 0].size, "wider type"),
        (difference.check_mse, lambda a, b: 7, "should be 195,075"),
        (difference.check_distance, mse, r"turned by 90° should give 0"),
        (difference.check_distance, lambda a, b: 0, "smallest of the four"),
        (difference.check_distance, lambda a, b: distance(a, b, symmetries="dihedral")[0], "only turns"),
        (threshold.check_precision_and_recall, lambda mse, same, threshold: (..., ...), "place of the dots"),
        (threshold.check_precision_and_recall, lambda *_: (0.5, 2 / 3), "changed places"),
        (threshold.check_precision_and_recall, lambda *_: (0.75, 0.75), "not below it"),
        (threshold.check_precision_and_recall, lambda *_: (2, 2), "share is wanted"),
        (threshold.check_precision_and_recall, lambda *_: (1, 0), "what share"),
        (threshold.check_precision_and_recall, lambda *_: (2 / 3, 0.5), "not at 100"),
        (
            threshold.check_precision_and_recall,
            lambda mse, same, t: ((2 / 3, 0.5), (1, 0.5))[t < 200],
            "not for others",
        ),
        (clean_up.check_honest_score, ..., "place of the dots"),
        (clean_up.check_honest_score, 0.5, "What share"),
        (clean_up.check_honest_score, 0.54, "lifted"),
        (clean_up.check_honest_score, 0.9, "take 100"),
        (labels.check_luck, ..., "place of the dots"),
        (labels.check_luck, 0.05, "chance of the ten"),
        (labels.check_luck, 0.741, "share of right pairs"),
        (labels.check_luck, 0.3, "tenth root"),
        (threshold.check_threshold_per_value, ..., "place of the dots"),
        (threshold.check_threshold_per_value, 600, "other way round"),
        (threshold.check_threshold_per_value, 100, "how many values"),
        (look_alikes.check_diluted, ..., "place of the dots"),
        (look_alikes.check_diluted, 10_000, "in the window"),
        (look_alikes.check_diluted, 312.5, "both count"),
        (look_alikes.check_diluted, 10_000 / 512**2, "single pixel"),
        (look_alikes.check_diluted, 1024, "mean of all"),
        (look_alikes.check_diluted, 3, "how many windows"),
        (lambda answer: look_alikes.check_worst(answer, ERROR, ALLOWED), ..., "place of the dots"),
        (lambda answer: look_alikes.check_worst(answer, ERROR, ALLOWED), 900, "largest error"),
        (lambda answer: look_alikes.check_worst(answer, ERROR, ALLOWED), 0.9, "Divide first"),
        (lambda answer: look_alikes.check_worst(answer, ERROR, ALLOWED), (ERROR / ALLOWED).mean(), "mean of R"),
        (lambda answer: look_alikes.check_worst(answer, ERROR, ALLOWED), ERROR.mean() / ALLOWED.mean(), "one number"),
        (lambda answer: look_alikes.check_worst(answer, ERROR, ALLOWED), 99, "window by window"),
        (look_alikes.check_allowance, lambda picture, quality: ..., "place of the dots"),
        (look_alikes.check_allowance, lambda picture, quality: allowance(picture, quality) / 3, "times 3"),
        (look_alikes.check_allowance, lambda picture, quality: 0.0, "picture itself"),
        (look_alikes.check_allowance, lambda picture, quality: allowance(picture, 30), "quality 90 should give"),
        (look_alikes.check_verdict, lambda worst, q: ..., "place of the dots"),
        (look_alikes.check_verdict, lambda worst, q: q <= 2, "has been edited"),
        (look_alikes.check_verdict, lambda worst, q: worst <= 1, "re-encoding explains"),
        (look_alikes.check_verdict, lambda worst, q: worst < 1 and q < 2, "at exactly 1 and 2"),
        (look_alikes.check_verdict, lambda worst, q: worst + q <= 3, "small Q makes up"),
        (look_alikes.check_verdict, lambda worst, q: worst <= 1 and worst + q <= 3, "small R makes up"),
        (lambda answer: look_alikes.check_stopped(answer, LOOKED), ..., "place of the dots"),
        (lambda answer: look_alikes.check_stopped(answer, LOOKED), 1, "Edited ones stay"),
        (lambda answer: look_alikes.check_stopped(answer, LOOKED), 4, "below 200?"),
        (lambda answer: look_alikes.check_stopped(answer, LOOKED), 5, "all pairs below"),
        (lambda answer: look_alikes.check_stopped(answer, LOOKED), 77, "two conditions"),
    ],
)
def test_wrong_answers_get_a_hint(check, answer, hint):
    feedback = check(answer)
    assert not feedback.right
    assert hint in feedback.text
    assert "Not yet" in feedback._repr_html_()


def test_what_an_answer_should_be_is_said():
    assert "brackets" in clean_up.check_freed(PLAN["bytes"].sum, PLAN).text
    assert "a number, not 'many'" in clean_up.check_freed("many", PLAN).text
    assert "an array, not None" in tensors.check_swapped(None, TENSOR).text
    assert "True or False, not 'same'" in look_alikes.check_verdict(lambda worst, q: "same").text
    assert "a function, not 0.75" in threshold.check_f1(0.75).text
    assert "one number, not 3" in difference.check_distance(lambda a, b: distance(a, b)).text


@pytest.mark.parametrize(
    ("check", "rounded", "beyond"),
    [
        (threshold.check_threshold_per_value, 66.67, 66.7),
        (lambda answer: threshold.check_share_found(answer, COPIES, "crop", 0.02), 0.754, 0.756),
        (
            threshold.check_precision_and_recall,
            lambda *all: np.round(precision_and_recall(*all), 2),
            lambda *_: (0.7, 0.5),
        ),
        (labels.check_luck, 0.26, 0.25),
        (lambda answer: labels.check_edge(answer, PAIRS, 100), 60.004, 60.006),
        (labels.check_more_copies, 0.901, 0.9),
        (clean_up.check_honest_score, 0.83, 0.84),
        (look_alikes.check_diluted, 9.77, 9.8),
        (lambda answer: look_alikes.check_worst(answer, ERROR, ALLOWED), 2.504, 2.506),
        (difference.check_levels, 20 + 1e-7, 20.001),
    ],
)
def test_as_many_decimals_count_as_the_exercise_says(check, rounded, beyond):
    assert check(rounded).right
    assert not check(beyond).right


@pytest.mark.parametrize(
    "feedback",
    [
        tensors.check_count(7500),
        tensors.check_pixel(TENSOR[20, 15, 1], TENSOR, 20, 15, 1),
        tensors.check_swapped(TENSOR[..., [2, 1, 0]], TENSOR),
        tensors.check_channels_first(np.moveaxis(TENSOR, 2, 0), TENSOR),
        tensors.check_brightness(TENSOR.mean(axis=2, keepdims=True), TENSOR),
        difference.check_levels(20.0),
        difference.check_stamp(1950.75),
        threshold.check_f1(lambda precision, recall: 2 * precision * recall / (precision + recall)),
        threshold.check_wrong_pairs(1, PAIRS, 200),
        threshold.check_share_found(0.75, COPIES, "crop", 0.02),
        labels.check_labels_needed(59),
        labels.check_more_copies(2200 / 2442),
        labels.check_pairs_of_copies(600),
        labels.check_edge(60.0, PAIRS, 100),
        clean_up.check_freed(30, PLAN),
        clean_up.check_staying(2, GROUPS),
        clean_up.check_remaining(2, CLEANED),
        clean_up.check_pictures(4, ENDS),
        difference.check_mse_by_hand(6, C, D),
        difference.check_mse(lambda a, b: ((a.astype(float) - b) ** 2).sum() / a[..., 0].size),
        difference.check_distance(lambda a, b: distance(a, b)[0]),
        threshold.check_precision_and_recall(precision_and_recall),
        threshold.check_threshold_per_value(200 / 3),
        labels.check_luck(0.259),
        clean_up.check_honest_score(5 / 6),
        look_alikes.check_diluted(9.765625),
        look_alikes.check_worst(2.5, ERROR, ALLOWED),
        look_alikes.check_allowance(lambda picture, quality: allowance(picture, quality)),
        look_alikes.check_verdict(lambda worst, q: worst <= 1 and q <= 2),
        look_alikes.check_stopped(3, LOOKED),
    ],
)
def test_right_answers_are_right(feedback):
    assert feedback.right
    assert "✓ Right" in str(feedback)


def swap_in_place():
    """Two assignments, of which the second takes what the first has written."""
    photo = TENSOR.copy()
    swapped = photo
    swapped[:, :, 0] = photo[:, :, 2]
    swapped[:, :, 2] = photo[:, :, 0]
    return tensors.check_swapped(swapped, photo)


def spoiling(mse, same, threshold):
    """Right, but it changes what it was given."""
    result = precision_and_recall(mse, same, threshold)
    mse[:] = 0
    return result


GREY = np.repeat(TENSOR[..., :1], 3, axis=2)
MEAN = TENSOR.mean(axis=2, keepdims=True)


def mean_of_squares(a, b, divisor):
    return ((a.astype(int) - b) ** 2).sum() / divisor


@pytest.mark.parametrize(
    ("right", "answer"),
    [
        (False, swap_in_place),
        (True, lambda: tensors.check_swapped(GREY, GREY)),
        (True, lambda: tensors.check_brightness(np.broadcast_to(MEAN, TENSOR.shape), TENSOR)),
        (True, lambda: tensors.check_brightness(np.repeat(MEAN, 3, axis=2), TENSOR)),
        (True, lambda: tensors.check_brightness(TENSOR.sum(axis=2)[..., None] / 3, TENSOR)),
        (False, lambda: tensors.check_brightness(TENSOR, TENSOR)),
        (False, lambda: tensors.check_brightness(MEAN.astype(np.uint8), TENSOR)),
        (True, lambda: tensors.check_count(np.prod(TENSOR.shape))),
        (True, lambda: tensors.check_channels_first(TENSOR.transpose(2, 0, 1), TENSOR)),
        (False, lambda: tensors.check_channels_first(TENSOR.transpose(2, 1, 0), TENSOR)),
        (False, lambda: difference.check_mse(lambda a, b: mean_of_squares(a, b, len(a) ** 2))),
        (False, lambda: difference.check_mse(lambda a, b: mean_of_squares(a, b, 16))),
        (False, lambda: difference.check_mse(lambda a, b: abs(a.astype(int) - b).sum() * 255 / a[..., 0].size)),
        (False, lambda: difference.check_distance(lambda a, b: distance(a, b))),
        (True, lambda: difference.check_distance(lambda a, b: distance(a, b)[0])),
        (False, lambda: difference.check_distance(lambda a, b: distance(a, b, symmetries="dihedral")[0])),
        (False, lambda: difference.check_distance(lambda a, b: min(mse(a, np.rot90(b, k)) for k in range(3)))),
        (True, lambda: threshold.check_threshold_per_value(66.67)),
        (True, lambda: threshold.check_precision_and_recall(spoiling)),
        (
            True,
            lambda: threshold.check_precision_and_recall(
                lambda *all: [round(x, 2) for x in precision_and_recall(*all)]
            ),
        ),
        (
            False,
            lambda: threshold.check_precision_and_recall(
                lambda *all: [round(x, 1) for x in precision_and_recall(*all)]
            ),
        ),
        (True, lambda: threshold.check_f1(lambda p, r: 1 / ((1 / p + 1 / r) / 2))),
        (False, lambda: threshold.check_f1(lambda p, r: 2 * p / (p + 1))),
        (False, lambda: threshold.check_f1(lambda p, r: 2 * p * r / (p + 1))),
        (False, lambda: threshold.check_f1(lambda p, r: (_ for _ in ()).throw(SystemExit))),
        (True, lambda: labels.check_edge(PAIRS.query("mse < 100")["mse"].nlargest(1), PAIRS, 100)),
        (False, lambda: labels.check_luck(25.9)),
        (False, lambda: clean_up.check_freed(2_000_001, PLAN.assign(bytes=1_000_000))),
        (True, lambda: clean_up.check_freed(2_000_000, PLAN.assign(bytes=1_000_000))),
        (False, lambda: look_alikes.check_verdict(lambda worst, q: worst + q <= 3)),
        (False, lambda: look_alikes.check_verdict(lambda worst, q: worst * q <= 2)),
        (False, lambda: look_alikes.check_verdict(lambda worst, q: 0.1 < worst <= 1 and q <= 2)),
        (True, lambda: look_alikes.check_verdict(lambda worst, q: not (worst > 1 or q > 2))),
        (True, lambda: look_alikes.check_verdict(lambda worst, q: np.bool_(worst <= 1) & np.bool_(q <= 2))),
        (
            False,
            lambda: look_alikes.check_allowance(lambda picture, quality: allowance(picture.resize((64, 64)), quality)),
        ),
    ],
)
def test_each_answer_has_its_verdict(right, answer):
    feedback = answer()
    assert feedback.right == right, feedback.text
    assert feedback.text.endswith((".", "?")) or "stops with" in feedback.text
