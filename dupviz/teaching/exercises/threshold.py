"""Notebook 03: what a threshold finds, misses and wrongly joins."""

from typing import Any

import numpy as np
import pandas as pd

from dupviz.teaching.exercises.question import Feedback, Question, ask_function

__all__ = [
    "check_f1",
    "check_precision_and_recall",
    "check_share_found",
    "check_threshold_per_value",
    "check_wrong_pairs",
]


def check_precision_and_recall(function: Any) -> Feedback:
    """A function of MSEs, of which pairs are the same picture, and of a threshold: its precision and recall."""
    mse, same = np.array([1.0, 50, 150, 200, 300, 900]), np.array([True, True, False, True, True, False])
    return ask_function(
        function,
        "of six pairs, three are below 200, and two of the four copies are among them.",
        (
            (mse, same, 200.0),
            (2 / 3, 1 / 2),
            "count the pairs that are below and the same: what share of those below, of those the same?",
            ((1 / 2, 2 / 3), "these two have changed places. Precision looks at the pairs below the threshold."),
            ((3 / 4, 3 / 4), "a pair at exactly 200 is not below it."),
            ((2, 2), "these are the right pairs, but a share is wanted. Divide by all those that they are a part of."),
        ),
        ((mse, same, 100.0), (1, 1 / 2), "right at a threshold of 200, but not at 100."),
        ((mse, ~same, 200.0), (1 / 3, 1 / 2), "right for some pairs, but not for others."),
        decimals=2,
    )


def check_f1(function: Any) -> Feedback:
    """The harmonic mean of precision and recall."""
    otherwise = "twice the product, divided by the sum."
    return ask_function(
        function,
        "with 1 % precision it stays below 2 %, however much is found.",
        (
            (0.5, 1.0),
            2 / 3,
            otherwise,
            (0.75, "that is the ordinary mean. It would call 1 % precision with full recall half right."),
            (0.5**0.5, "that is the geometric mean, the root of the product."),
        ),
        ((0.01, 1.0), 0.02 / 1.01, otherwise),
        ((0.8, 0.4), 0.64 / 1.2, "right where the recall is 1, but not at a precision of 0.8 and a recall of 0.4."),
    )


def check_wrong_pairs(answer: Any, labelled: pd.DataFrame, threshold: float) -> Feedback:
    """How many pairs below a threshold are different pictures."""
    below, same = labelled["mse"] < threshold, labelled["same"]
    return Question(
        (below & ~same).sum(),
        "by these the precision is less than 1.",
        f"count where mse is below {threshold:g} and same is not true: & is and, ~ is not.",
        ((below & same).sum(), "those are the right ones."),
        (below.sum(), "those are all pairs below the line. Which of them are not the same picture?"),
        ((~same).sum(), "those are all pairs of different pictures. Which of them are below the line?"),
    )(answer)


def check_share_found(answer: Any, table: pd.DataFrame, kind: str, strength: float) -> Feedback:
    """Which share of the copies of one kind and strength is below 200."""
    of_kind = table[table["kind"] == kind]
    found = of_kind.loc[of_kind["strength"] == strength, "mse"] < 200
    return Question(
        found.mean(),
        "the mean of true and false is a share.",
        "choose the rows of this kind and strength; the mean of what is true or false is a share.",
        (found.sum(), "that is their number. Divide it by how many there are."),
        ((of_kind["mse"] < 200).mean(), "that is of all strengths of this kind."),
        decimals=2,
    )(answer)


# 200 per pixel, in the unit of a mean over all values.
check_threshold_per_value = Question(
    200 / 3,
    "three values to a pixel, so a third of 200.",
    "how many values has a pixel?",
    (600, "that is the other way round: the mean per value is the smaller one."),
    (200 / 9, "once is enough."),
    decimals=2,
)
