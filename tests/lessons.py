"""Small inputs for the checkers of the exercises, and a right answer to each."""

import io

import numpy as np
import pandas as pd
from PIL import Image

from dupviz import distance, mse
from dupviz.teaching.exercises import clean_up, difference, first, labels, look_alikes, tensors, threshold

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


# What each checker of a value is asked with, and a right answer.
VALUES = {
    first.check_by_hand: ((C.tolist(), D.tolist()), 6),
    tensors.check_count: ((), 7500),
    tensors.check_pixel: ((TENSOR, 20, 15, 1), TENSOR[20, 15, 1]),
    tensors.check_swapped: ((TENSOR,), TENSOR[..., ::-1]),
    tensors.check_channels_first: ((TENSOR,), np.moveaxis(TENSOR, 2, 0)),
    tensors.check_brightness: ((TENSOR,), TENSOR.mean(axis=2, keepdims=True)),
    difference.check_mse_by_hand: ((C, D), 6),
    difference.check_levels: ((), 20),
    difference.check_stamp: ((), 1950.75),
    threshold.check_wrong_pairs: ((PAIRS, 200), 1),
    threshold.check_share_found: ((COPIES, "crop", 0.02), 0.75),
    threshold.check_threshold_per_value: ((), 200 / 3),
    labels.check_edge: ((PAIRS, 100), 60),
    labels.check_luck: ((), 1 - 0.05**0.1),
    labels.check_labels_needed: ((), 59),
    labels.check_pairs_of_copies: ((), 600),
    labels.check_more_copies: ((), 2200 / 2442),
    clean_up.check_staying: ((GROUPS,), 2),
    clean_up.check_freed: ((PLAN,), 30),
    clean_up.check_remaining: ((CLEANED,), 2),
    clean_up.check_honest_score: ((), 5 / 6),
    clean_up.check_pictures: ((ENDS,), 4),
    look_alikes.check_diluted: ((), 9.765625),
    look_alikes.check_worst: ((ERROR, ALLOWED), 2.5),
    look_alikes.check_stopped: ((LOOKED,), 3),
}
# Right functions.
FUNCTIONS = {
    difference.check_mse: lambda a, b: mse(a, b),
    difference.check_distance: lambda a, b: distance(a, b)[0],
    threshold.check_precision_and_recall: lambda *given: precision_and_recall(*given),
    threshold.check_f1: lambda precision, recall: 2 * precision * recall / (precision + recall),
    look_alikes.check_allowance: lambda picture, quality: allowance(picture, quality),
    look_alikes.check_verdict: lambda worst, q: worst <= 1 and q <= 2,
}
