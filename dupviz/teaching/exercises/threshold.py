"""The third notebook: what a threshold finds, misses and wrongly joins."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from dupviz.teaching.exercises.feedback import NOTHING, UNANSWERED, Feedback, number_feedback

__all__ = [
    "check_f1",
    "check_precision_and_recall",
    "check_share_found",
    "check_threshold_per_value",
    "check_wrong_pairs",
]


def check_precision_and_recall(function: Callable[[np.ndarray, np.ndarray, float], Any]) -> Feedback:
    """A function of MSEs, of which pairs are the same picture, and of a threshold: its precision and recall."""
    mse, same = np.array([1.0, 50, 150, 200, 300, 900]), np.array([True, True, False, True, True, False])
    answer = function(mse, same, 200.0)
    if answer is None or ... in answer:
        return Feedback(False, UNANSWERED if answer else NOTHING)
    hints = {
        (2 / 3, 1 / 2): (True, "of six pairs, three are below 200, and two of the four copies are among them."),
        (1 / 2, 2 / 3): (False, "these two have changed places. Precision looks at the pairs below the threshold."),
        (3 / 4, 3 / 4): (False, "a pair at exactly 200 is not below it."),
        (2, 2): (
            False,
            "these are the right pairs, but a share is wanted. Divide by all those that they are a part of.",
        ),
    }
    for values, (right, text) in hints.items():
        if np.allclose(answer, values):
            return Feedback(right, text)
    return Feedback(False, "count the pairs that are below and the same: what share of those below, of those the same?")


def check_f1(function: Callable[[float, float], Any]) -> Feedback:
    """The harmonic mean of precision and recall."""
    found = function(0.5, 1.0)
    if found is None:
        return Feedback(False, NOTHING)
    if found is ...:
        return Feedback(False, UNANSWERED)
    if np.isclose(found, 0.75):
        return Feedback(False, "that is the ordinary mean. It would call 1 % precision with full recall half right.")
    if np.isclose(found, 0.5**0.5):
        return Feedback(False, "that is the geometric mean, the root of the product.")
    if np.isclose(found, 2 / 3) and np.isclose(function(0.01, 1.0), 0.02 / 1.01):
        return Feedback(True, "with 1 % precision it stays below 2 %, however much is found.")
    return Feedback(False, "twice the product, divided by the sum.")


def check_wrong_pairs(answer: Any, labelled: pd.DataFrame, threshold: float) -> Feedback:
    """How many pairs below a threshold are different pictures."""
    below = labelled["mse"] < threshold
    hints = {
        int((below & labelled["same"]).sum()): "those are the right ones.",
        int(below.sum()): "those are all pairs below the line. Which of them are not the same picture?",
        int((~labelled["same"]).sum()): "those are all pairs of different pictures. Which of them are below the line?",
    }
    otherwise = f"count where mse is below {threshold:g} and same is not true: & is and, ~ is not."
    right = int((below & ~labelled["same"]).sum())
    return number_feedback(answer, right, "by these the precision is less than 1.", hints, otherwise)


def check_share_found(answer: Any, table: pd.DataFrame, kind: str, strength: float) -> Feedback:
    """Which share of the copies of one kind and strength is below 200."""
    chosen = table[(table["kind"] == kind) & (table["strength"] == strength)]
    found = chosen["mse"] < 200
    hints = {
        int(found.sum()): "that is their number. Divide it by how many there are.",
        float((table.loc[table["kind"] == kind, "mse"] < 200).mean()): "that is of all strengths of this kind.",
        100 * float(found.mean()): "as a share, from 0 to 1.",
    }
    otherwise = "choose the rows of this kind and strength; the mean of what is true or false is a share."
    return number_feedback(answer, float(found.mean()), "the mean of true and false is a share.", hints, otherwise)


def check_threshold_per_value(answer: Any) -> Feedback:
    """200 per pixel, in the unit of a mean over all values."""
    if answer is ...:
        return Feedback(False, UNANSWERED)
    if np.isclose(answer, 200 / 3):
        return Feedback(True, "three values to a pixel, so a third of 200.")
    hints = {600: "that is the other way round: the mean per value is the smaller one.", 200 / 9: "once is enough."}
    return Feedback(False, hints.get(answer, "how many values has a pixel?"))
