"""Notebook 05: plans, and data sets."""

from typing import Any

import pandas as pd

from dupviz.teaching.exercises.question import Feedback, Question

__all__ = ["check_freed", "check_honest_score", "check_pictures", "check_remaining", "check_staying"]


def check_staying(answer: Any, groups: pd.DataFrame) -> Feedback:
    """How many files stay for others."""
    return Question(
        (groups["action"] == "keep").sum(),
        "one in each group.",
        "count the rows whose action is keep.",
        ((groups["action"] == "remove").sum(), "those are the ones that can go."),
        (len(groups), "those are all files in groups."),
    )(answer)


def check_freed(answer: Any, plan: pd.DataFrame) -> Feedback:
    """How many bytes a plan frees."""
    return Question(
        plan["bytes"].sum(),
        "of those that go.",
        "add up the column bytes.",
        (len(plan), "that is the number of files."),
        (plan["keeper_bytes"].sum(), "those are the bytes of the files that stay."),
    )(answer)


def check_remaining(answer: Any, cleaned: pd.DataFrame) -> Feedback:
    """How many training images are left of a data set."""
    is_train = cleaned["split"] == "train"
    return Question(
        is_train.sum(),
        "and none of them is in the test.",
        "count the rows whose split is train.",
        (len(cleaned), "those are training and test together."),
        ((~is_train).sum(), "those are the test images."),
    )(answer)


# How often a model is right about new pictures, if it is right about 90 % of all, and knows 40 % of them.
check_honest_score = Question(
    0.5 / 0.6,
    "of 100 pictures 60 are new, and of these 50 are right: 83 %, not 90.",
    "take 100 test pictures. How many are new, and how many of those are right?",
    (0.5, "that is the share of all test pictures which are new, and right. What share of the new ones is it?"),
    (0.9 * 0.6, "it is right less often about the new ones: the leaks have lifted the 90 %."),
    decimals=2,
)


def check_pictures(answer: Any, pairs: pd.DataFrame) -> Feedback:
    """How many images the pairs of a table are of."""
    return Question(
        pd.concat([pairs["a"], pairs["b"]]).nunique(),
        "each once, however many pairs it is in.",
        "put the columns a and b together, and count what is different in them.",
        (len(pairs), "that is the number of pairs."),
        (2 * len(pairs), "some pictures are in several pairs: count each once."),
        (
            pairs["a"].nunique(),
            "those are the first ones of their pairs. Some pictures are only the second one of a pair.",
        ),
    )(answer)
