"""Notebook 06: the worst window."""

import io
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from dupviz.metrics import mse
from dupviz.teaching.exercises.question import Feedback, Question, ask_function

__all__ = ["check_allowance", "check_diluted", "check_stopped", "check_verdict", "check_worst"]

# The MSE of two pictures of 512 × 512 pixels that differ in one window of 16 × 16, by a mean of 10,000 there.
check_diluted = Question(
    10_000 * 16**2 / 512**2,
    "10,000 in one of 1,024 windows, and 0 in all others: far below 200.",
    "how many windows of 16 × 16 are there? One has 10,000, the others 0.",
    (10_000, "that is the mean in the window. The others count as well, with 0."),
    (10_000 * 16 / 512, "the window is a part of the height and of the width: both count."),
    (10_000 / 512**2, "that is 10,000 in a single pixel. The window has 256 of them."),
    (1024, "that is how many such windows the picture has. What is the mean of all of them?"),
    decimals=2,
)


def check_worst(answer: Any, error: np.ndarray, allowed: np.ndarray) -> Feedback:
    """R in the worst window, from the mean squared error in each window and what copies may have there."""
    ratios = error / allowed
    return Question(
        ratios.max(),
        f"and the largest error, {error.max():g}, is in another window, where more is allowed.",
        "divide error by allowed, window by window, and take the largest.",
        (error.max(), "that is the largest error. How large is each beside what is allowed in its window?"),
        (ratios.flat[error.argmax()], "that is the window of the largest error. Divide first, in each."),
        (ratios.mean(), "that is the mean of R. The second look asks for the worst."),
        (error.mean() / allowed.mean(), "that is one number for the whole picture again. Take window by window."),
        decimals=2,
    )(answer)


def check_allowance(function: Any) -> Feedback:
    """A function of a picture and a JPEG quality that should be the mean squared error of saving it so.

    The function takes a PIL image, and returns the MSE as in the lesson: per pixel, summed over the channels.
    """
    y, x = np.mgrid[:64, :64]
    pixels = np.stack([4 * x, 4 * y, 255 * ((x // 8 + y // 8) % 2)], axis=2).astype(np.uint8)
    cases = []
    for quality in (30, 90, 60):
        pixels = pixels.transpose(1, 0, 2)[:, : quality // 2 + 3].copy()  # each time another picture
        picture, file = Image.fromarray(pixels), io.BytesIO()
        picture.save(file, "JPEG", quality=quality)
        saved = np.asarray(Image.open(file))
        right, wrapped = mse(pixels, saved), ((pixels - saved) ** 2).sum(axis=2).mean()
        case = (
            (picture, quality),
            right,
            f"a test picture at quality {quality} should give {right:,.1f}.",
            (right / 3, "that is per value. Per pixel, the channels are added up: times 3."),
            (wrapped, "the subtraction is done in uint8: take another type first."),
            (0.0, "0: is it the file that you compare with, or the picture itself?"),
        )
        cases.append(case)
    understood = (
        "and it agrees for three pictures, at quality 30, 60 and 90: the lower the quality, the more is allowed."
    )
    return ask_function(function, understood, *cases)


def check_verdict(function: Any) -> Feedback:
    """A function of the worst R and of Q that should say whether two files are the same picture."""
    cases = [
        (0.4, 1.1, True, "R is at most 1 everywhere, and Q is small: the same."),
        (1.0, 2.0, True, "at exactly 1 and 2 it is still the same."),
        (17.0, 0.2, False, "a window with R of 17 has been edited, however small Q is."),
        (0.9, 5.0, False, "no window sticks out, but all of it is further away than re-encoding explains."),
        (1.2, 0.2, False, "R is above 1, and a small Q makes up for nothing."),
        (0.2, 2.2, False, "Q is above 2, and a small R makes up for nothing."),
        (1.0, 0.0, True, "R is exactly 1, and Q is small: the same."),
        (0.0, 2.0, True, "Q is exactly 2, and R is small: the same."),
    ]
    return ask_function(
        function,
        "no window may stick out, and the whole has to be explained by the encoding.",
        *(((worst, q), same, f"worst {worst:g} and Q {q:g}: {hint}") for worst, q, same, hint in cases),
    )


def check_stopped(answer: Any, looked: pd.DataFrame) -> Feedback:
    """How many pairs lie below 200, but are not called the same picture by `second_look`."""
    below, other = looked["mse"] < 200, looked["verdict"] != "same"
    different = looked["verdict"] == "different"
    return Question(
        (below & other).sum(),
        "none of them can go without being looked at.",
        "two conditions, joined by &: below 200, and another verdict than 'same'.",
        ((below & different).sum(), "those are the different ones. Edited ones stay, too."),
        (other.sum(), "that counts all pairs that were looked at. How many of them are below 200?"),
        ((below & ~other).sum(), "those are the ones that may go."),
        (below.sum(), "those are all pairs below 200."),
    )(answer)
