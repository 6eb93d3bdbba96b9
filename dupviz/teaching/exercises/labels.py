"""Notebook 04: what labels and copies say of a threshold."""

from typing import Any

import numpy as np
import pandas as pd

from dupviz.teaching.exercises.question import Feedback, Question

__all__ = ["check_edge", "check_labels_needed", "check_luck", "check_more_copies", "check_pairs_of_copies"]


def check_edge(answer: Any, pairs: pd.DataFrame, threshold: float) -> Feedback:
    """The MSE of the pair just below a threshold."""
    mse = pairs["mse"]
    return Question(
        mse[mse < threshold].max(),
        "where it decides.",
        "of the MSEs below the threshold, the largest.",
        (mse[mse >= threshold].min(), "that is the one just above."),
        (mse.max(), "that is the largest that was searched for."),
        decimals=2,
    )(answer)


# The share of wrong pairs for which ten right labels in a row happen in one case of twenty.
check_luck = Question(
    1 - 0.05**0.1,
    "even with a quarter of all pairs wrong, ten right labels in a row happen in one case of twenty.",
    "solve (1 - p) to the power of 10 = 0.05 for p: take the tenth root first.",
    (0.05, "0.05 is the chance of the ten labels. What share makes it that small?"),
    (0.05**0.1, "that is the share of right pairs."),
    (0.5, "no: if every other pair were wrong, ten right ones in a row would come once in a thousand times."),
    decimals=2,
)

# How many labels without a wrong one show, with 95 % confidence, that at most 1 pair in 20 is wrong.
check_labels_needed = Question(
    59,
    "about three times twenty: the rule of three.",
    "the smallest whole n for which (1 - 1/20)ⁿ is at most 5 %.",
    (58, "0.95 to the power of 58 is still a little more than 5 %."),
    (20, "if 1 in 20 is wrong, 20 right ones in a row still happen in 36 % of all tries."),
    (np.log(0.05) / np.log(0.95), "labels are whole: the next whole number is enough."),
)

# How many pairs of one picture there are among 40 pictures with five copies each.
check_pairs_of_copies = Question(
    600,
    "15 of each picture: but if one is found, its others are likely to be. So they are about 40 samples.",
    "six of each picture are 6 · 5 / 2 pairs.",
    (200, "those are the copies with their picture. The copies of one picture are pairs with each other, too."),
    (400, "the picture itself belongs to them: six of each, not five."),
    (1200, "that counts each pair twice, as a with b and as b with a."),
)

# The precision of 40 pictures with ten copies each, if two pairs of them are joined with all of their copies.
check_more_copies = Question(
    2200 / 2442,
    "0.833 with one copy, and 0.901 with ten, of the same pictures: precision depends on the number of copies.",
    "eleven files of each picture: how many pairs of one picture are these, and how many of two that look alike?",
    (40 / 48, "that is the precision with one copy. With ten, there are eleven files of each picture."),
    (2200 / 2208, "there are more wrong pairs, too: each of eleven files with each of eleven others."),
    (400 / 408, "the copies of one picture are pairs with each other, too; and there are more wrong pairs."),
    decimals=3,
)
