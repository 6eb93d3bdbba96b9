"""The fourth notebook: what labels and copies say of a threshold."""

from typing import Any

import numpy as np
import pandas as pd

from dupviz.teaching.exercises.feedback import UNANSWERED, Feedback, number_feedback

__all__ = ["check_edge", "check_labels_needed", "check_luck", "check_more_copies", "check_pairs_of_copies"]


def check_edge(answer: Any, pairs: pd.DataFrame, threshold: float) -> Feedback:
    """The MSE of the pair just below a threshold."""
    mse = pairs["mse"]
    hints = {
        float(mse[mse >= threshold].min()): "that is the one just above.",
        float(mse.max()): "that is the largest that was searched for.",
    }
    otherwise = "of the MSEs below the threshold, the largest."
    return number_feedback(answer, float(mse[mse < threshold].max()), "where it decides.", hints, otherwise)


def check_luck(answer: Any) -> Feedback:
    """The share of wrong pairs for which ten right labels in a row happen in one case of twenty."""
    if answer is ...:
        return Feedback(False, UNANSWERED)
    if np.isclose(answer, 1 - 0.05**0.1, atol=0.002):
        return Feedback(
            True, "ten right labels in a row are good luck, but not rare luck, with a quarter of all wrong."
        )
    hints = {
        0.05: "0.05 is the chance of the ten labels. What share makes it that small?",
        0.05**0.1: "that is the share of right pairs.",
        0.5: "no: if every other pair were wrong, ten right ones in a row would come once in a thousand times.",
    }
    hint = next((hint for wrong, hint in hints.items() if np.isclose(answer, wrong, atol=0.002)), None)
    return Feedback(False, hint or "solve (1 - p) to the power of 10 = 0.05 for p: take the tenth root first.")


def check_labels_needed(answer: Any) -> Feedback:
    """How many labels without a wrong one show, with 95 % confidence, that at most 1 pair in 20 is wrong."""
    hints = {
        58: "0.95 to the power of 58 is still a little more than 5 %.",
        20: "if 1 in 20 is wrong, 20 right ones in a row still happen in 36 % of all tries.",
        np.log(0.05) / np.log(0.95): "labels are whole: the next whole number is enough.",
    }
    otherwise = "the smallest whole n for which (1 - 1/20)ⁿ is at most 5 %."
    return number_feedback(answer, 59, "about three times twenty: the rule of three.", hints, otherwise)


def check_pairs_of_copies(answer: Any) -> Feedback:
    """How many pairs of one picture there are among 40 pictures with five copies each."""
    hints = {
        200: "those are the copies with their picture. The copies of one picture are pairs with each other, too.",
        400: "the picture itself belongs to them: six of each, not five.",
        1200: "that counts each pair twice, as a with b and as b with a.",
    }
    understood = "15 of each picture: but if one is found, its others are likely to be. So they are about 40 samples."
    return number_feedback(answer, 600, understood, hints, "six of each picture are 6 · 5 / 2 pairs.")


def check_more_copies(answer: Any) -> Feedback:
    """The precision of 90 right and 10 wrong pairs after ten times as many copies were made."""
    hints = {
        0.9: "that is the precision before. The right pairs are ten times as many now, the wrong ones are not.",
        0.99: "nearly: 900 of how many pairs in all?",
    }
    understood = "the same pictures and the same mistakes: precision says much of how many copies there are."
    return number_feedback(
        answer, 900 / 910, understood, hints, "right pairs, divided by right and wrong ones together."
    )
