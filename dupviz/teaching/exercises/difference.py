"""Notebook 02: from two tensors to one number."""

from typing import Any

import numpy as np

from dupviz.metrics import distance, mse, transform
from dupviz.teaching.exercises.question import Feedback, Question, ask_function

__all__ = ["check_distance", "check_levels", "check_mse", "check_mse_by_hand", "check_stamp"]

BLACK_ON_WHITE = 3 * 255**2


def check_mse_by_hand(answer: Any, a: np.ndarray, b: np.ndarray) -> Feedback:
    """The MSE of two small matrices, worked out on paper."""
    difference = a.astype(int) - b
    squares = difference**2
    return Question(
        squares.mean(),
        f"the squares add up to {squares.sum()}, for {a.size} pixels.",
        "subtract, square, add up the squares, divide by the number of pixels.",
        (squares.sum(), f"that is the sum of the squares. Divide it by the number of pixels, {a.size}."),
        (abs(difference).mean(), "that is the mean of the differences. Square each of them first."),
        (difference.mean(), "positive and negative differences have cancelled. Square each of them first."),
        (squares.mean() ** 0.5, "that is its root. The MSE stays squared."),
    )(answer)


# By how many grey levels a picture is brighter whose MSE is 1,200.
check_levels = Question(
    20,
    "3 · 20² = 1,200.",
    "each pixel differs by d in three channels, so its squared error is 3 · d².",
    (1200**0.5, "that would be right for one channel. The squares of three are added up."),
    (400, "that is the square of the difference in one channel. Take its root."),
)

# The MSE of a white picture and the same with a black stamp of 5 × 5 pixels, of 50 × 50.
check_stamp = Question(
    BLACK_ON_WHITE * 25 / 2500,
    "25 pixels of 195,075 each, shared out over 2,500: a stamp anywhere is far beyond 200.",
    "25 pixels have the error of black on white, 195,075, and the other 2,475 have none.",
    (BLACK_ON_WHITE, "that is the error of one pixel of the stamp. The others have none."),
    (BLACK_ON_WHITE * 25, "that is the sum. The mean is taken over all pixels of the picture."),
    (255**2 * 25 / 2500, "a black pixel differs from a white one in all three channels."),
)


def check_mse(function: Any) -> Feedback:
    """A function of two tensors that should be their MSE per pixel."""
    black, white = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 255, np.uint8)
    wrapped = "the subtraction is done in uint8. Give a and b another type first, with .astype(...)."
    narrow = "the subtraction is right, but 255² does not fit into int16. Take a wider type."
    rng = np.random.default_rng(0)
    pairs = [rng.integers(0, 256, (2, 3 + number % 3, 4, 3), dtype=np.uint8) for number in range(20)]
    return ask_function(
        function,
        "black against white is 195,075, and 20 random pairs agree with dupviz.",
        (
            (black, white),
            BLACK_ON_WHITE,
            "black against white should be 195,075.",
            (255**2, "65,025 is the mean per value. Per pixel the three channels are added up: times 3."),
            *((wrong, f"black against white still gives {wrong}: {wrapped}") for wrong in (1, 3)),
            *((wrong, narrow) for wrong in (255**2 - 2**16, 3 * (255**2 - 2**16))),
        ),
        *(
            (tuple(pair), mse(*pair), f"two random tensors of {pair[0].shape} should give {mse(*pair):,.1f}.")
            for pair in pairs
        ),
    )


def check_distance(function: Any) -> Feedback:
    """A function of two tensors that should be their smallest MSE over four rotations."""
    a, b, c, d = np.random.default_rng(0).integers(0, 256, (4, 4, 4, 3), dtype=np.uint8)
    turned = [(turn, transform(a, rotation=turn)) for turn in (0, 90, 180, 270)]
    mirrored = transform(a, mirrored=True)
    smallest = "two different pictures should give the smallest of the four MSEs."
    return ask_function(
        function,
        "0 for a picture in any of the four turns, and the smallest of the four for two others.",
        *(((a, other), 0, f"a picture and itself turned by {turn}° should give 0.") for turn, other in turned),
        ((a, b), distance(a, b)[0], smallest),
        ((a, mirrored), distance(a, mirrored)[0], "only turns should be undone: a mirror image is another picture."),
        *(((x, y), distance(x, y)[0], smallest) for x, y in ((b, c), (c, d), (d, a))),
    )
