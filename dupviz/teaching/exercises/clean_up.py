"""The fifth notebook: plans, and data sets."""

from typing import Any

import numpy as np
import pandas as pd

from dupviz.teaching.exercises.feedback import UNANSWERED, Feedback, number_feedback

__all__ = ["check_freed", "check_honest_score", "check_pictures", "check_remaining", "check_staying"]


def check_staying(answer: Any, groups: pd.DataFrame) -> Feedback:
    """How many files stay for others."""
    hints = {
        int((groups["action"] == "remove").sum()): "those are the ones that can go.",
        len(groups): "those are all files in groups.",
    }
    right = int((groups["action"] == "keep").sum())
    return number_feedback(answer, right, "one in each group.", hints, "count the rows whose action is keep.")


def check_freed(answer: Any, plan: pd.DataFrame) -> Feedback:
    """How many bytes a plan frees."""
    hints = {
        len(plan): "that is the number of files.",
        int(plan["keeper_bytes"].sum()): "those are the bytes of the files that stay.",
    }
    return number_feedback(answer, int(plan["bytes"].sum()), "of those that go.", hints, "add up the column bytes.")


def check_remaining(answer: Any, cleaned: pd.DataFrame) -> Feedback:
    """How many training images are left of a data set."""
    train = int((cleaned["split"] == "train").sum())
    hints = {
        len(cleaned): "those are training and test together.",
        len(cleaned) - train: "those are the test images.",
    }
    return number_feedback(
        answer, train, "and none of them is in the test.", hints, "count the rows whose split is train."
    )


def check_honest_score(answer: Any) -> Feedback:
    """How often a model is right about new pictures, if it is right about 90 % of all, and knows 40 % of them."""
    if answer is ...:
        return Feedback(False, UNANSWERED)
    hints = {
        0.5: "that is the share of all test pictures which are new, and right. What share of the new ones is it?",
        0.9 * 0.6: "it is not right as often about the new ones: the leaks have lifted the 90 %.",
        50 / 60 * 100: "the same as a number from 0 to 1, please.",
    }
    if np.isclose(answer, 0.5 / 0.6, atol=0.005):
        return Feedback(True, "of 100 pictures 60 are new, and of these 50 are right: 83 %, not 90.")
    hint = next((hint for wrong, hint in hints.items() if np.isclose(answer, wrong)), None)
    return Feedback(False, hint or "take 100 test pictures. How many are new, and how many of those are right?")


def check_pictures(answer: Any, pairs: pd.DataFrame) -> Feedback:
    """How many images the pairs of a table are of."""
    hints = {
        len(pairs): "that is the number of pairs.",
        2 * len(pairs): "some pictures are in several pairs: count each once.",
        int(pairs["a"].nunique()): "those stand first in their pairs. Others stand second.",
    }
    right = int(pd.concat([pairs["a"], pairs["b"]]).nunique())
    otherwise = "put the columns a and b together, and count what is different in them."
    return number_feedback(answer, right, "each once, however many pairs it is in.", hints, otherwise)
