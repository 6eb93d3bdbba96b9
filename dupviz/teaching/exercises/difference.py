"""The second notebook: from two tensors to one number."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dupviz.metrics import distance, mse, transform
from dupviz.teaching.exercises.feedback import NOTHING, UNANSWERED, Feedback, number_feedback

__all__ = ["check_distance", "check_levels", "check_mse", "check_mse_by_hand", "check_stamp"]


def check_mse_by_hand(answer: Any, a: np.ndarray, b: np.ndarray) -> Feedback:
    """The MSE of two small matrices, worked out on paper.

    Parameters
    ----------
    answer : float
    a, b : ndarray of int, shape (height, width)
    """
    if answer is ...:
        return Feedback(False, UNANSWERED)
    difference = a.astype(int) - b
    right = (difference**2).mean()
    if np.isclose(answer, right):
        return Feedback(True, f"the squares add up to {(difference**2).sum()}, for {a.size} pixels.")
    hints = {
        (difference**2).sum(): f"that is the sum of the squares. Divide it by the number of pixels, {a.size}.",
        abs(difference).mean(): "that is the mean of the differences. Square each of them first.",
        difference.mean(): "positive and negative differences have cancelled. Square each of them first.",
        right**0.5: "that is its root. The MSE stays squared.",
    }
    hint = next((hint for wrong, hint in hints.items() if np.isclose(answer, wrong)), None)
    return Feedback(False, hint or "subtract, square, add up the squares, divide by the number of pixels.")


def check_levels(answer: Any) -> Feedback:
    """By how many grey levels a picture is brighter whose MSE is 1,200."""
    hints = {
        1200**0.5: "that would be right for one channel. The squares of three are added up.",
        400: "that is the square of the difference in one channel. Take its root.",
    }
    otherwise = "each pixel differs by d in three channels, so its squared error is 3 · d²."
    return number_feedback(answer, 20, "3 · 20² = 1,200.", hints, otherwise)


def check_stamp(answer: Any) -> Feedback:
    """The MSE of a white picture and the same with a black stamp of 5 × 5 pixels, of 50 × 50."""
    whole = 3 * 255**2
    hints = {
        whole: "that is the error of one pixel of the stamp. The others have none.",
        whole * 25: "that is the sum. The mean is taken over all pixels of the picture.",
        255**2 * 25 / 2500: "a black pixel differs from a white one in all three channels.",
    }
    understood = "25 pixels of 195,075 each, shared out over 2,500: a stamp anywhere is far beyond 200."
    otherwise = "25 pixels have the error of black on white, 195,075, and the other 2,475 have none."
    return number_feedback(answer, whole * 25 / 2500, understood, hints, otherwise)


def check_mse(function: Callable[[np.ndarray, np.ndarray], Any]) -> Feedback:
    """A function of two tensors that should be their MSE per pixel."""
    black, white = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 255, np.uint8)
    value = function(black, white)
    if value is None or value is ...:
        return Feedback(False, UNANSWERED if value is ... else NOTHING)
    rng = np.random.default_rng(0)
    pairs = rng.integers(0, 256, (20, 2, 4, 4, 3), dtype=np.uint8)
    if np.isclose(value, mse(black, white)) and all(np.isclose(function(a, b), mse(a, b)) for a, b in pairs):
        return Feedback(True, f"black against white is {value:,.0f}, and 20 random pairs agree with dupviz.")
    if np.isclose(value, 255**2):
        return Feedback(False, "65,025 is the mean per value. Per pixel the three channels are added up: times 3.")
    if value in (1, 3):
        hint = "the subtraction is done in uint8. Give a and b another type first, with .astype(...)."
        return Feedback(False, f"black against white still gives {value:g}: {hint}")
    if np.isclose(value / 3, 255**2 - 2**16) or np.isclose(value, 255**2 - 2**16):
        return Feedback(False, "the subtraction is right, but 255² does not fit into int16. Take a wider type.")
    return Feedback(False, f"black against white should be 195,075, yours is {value:,.1f}.")


def check_distance(function: Callable[[np.ndarray, np.ndarray], Any]) -> Feedback:
    """A function of two tensors that should be their smallest MSE over four rotations."""
    a, b = np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3), dtype=np.uint8)
    value = function(a, b)
    if value is None or value is ...:
        return Feedback(False, UNANSWERED if value is ... else NOTHING)
    for rotation in (0, 90, 180, 270):
        value = function(a, transform(a, rotation=rotation))
        if not np.isclose(value, 0):
            return Feedback(False, f"a picture and itself turned by {rotation}° should give 0, not {value:,.1f}.")
    if not np.isclose(function(a, b), distance(a, b)[0]):
        return Feedback(False, "two different pictures should give the smallest of the four MSEs.")
    return Feedback(True, "0 for a picture in any of the four turns, and the smallest of the four for two others.")
