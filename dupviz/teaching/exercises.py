"""Checks of the notebooks' exercises: each says whether an answer is right, or gives a hint."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from dupviz._html import notebook_html
from dupviz.metrics import distance, mse, transform

__all__ = [
    "Feedback",
    "check_allowance",
    "check_brightness",
    "check_channels_first",
    "check_count",
    "check_diluted",
    "check_distance",
    "check_edge",
    "check_f1",
    "check_freed",
    "check_honest_score",
    "check_labels_needed",
    "check_levels",
    "check_luck",
    "check_more_copies",
    "check_mse",
    "check_mse_by_hand",
    "check_pairs_of_copies",
    "check_pictures",
    "check_pixel",
    "check_precision_and_recall",
    "check_remaining",
    "check_share_found",
    "check_stamp",
    "check_staying",
    "check_stopped",
    "check_swapped",
    "check_threshold_per_value",
    "check_verdict",
    "check_worst",
    "check_wrong_pairs",
]

UNANSWERED = "put your answer in place of the dots."
NOTHING = "your function gives nothing back: does its last line begin with return?"


@dataclass(frozen=True)
class Feedback:
    """What to say about an answer.

    Attributes
    ----------
    right : bool
    text : str
        What was understood, or a hint.
    """

    right: bool
    text: str

    def __str__(self) -> str:
        return f"{'✓ Right' if self.right else '✗ Not yet'}: {self.text}"

    def _repr_html_(self) -> str:
        return notebook_html("feedback", text=str(self), right=self.right)


def _number(answer: Any, right: float, understood: str, hints: Mapping[Any, str], otherwise: str) -> Feedback:
    """About a number: what was understood, or the hint for a wrong one that is often given."""
    if answer is ...:
        return Feedback(False, UNANSWERED)
    if np.isclose(answer, right):
        return Feedback(True, understood)
    return Feedback(False, next((hint for wrong, hint in hints.items() if np.isclose(answer, wrong)), otherwise))


def check_count(answer: Any) -> Feedback:
    """How many numbers a tensor of 50 × 50 × 3 holds."""
    hints = {
        ...: UNANSWERED,
        50 * 50: "that is how many pixels there are. How many numbers has each?",
        50 + 50 + 3: "the sizes of the axes are multiplied, not added.",
        50 * 3: "those are the numbers of one row. How many rows are there?",
    }
    if answer == 50 * 50 * 3:
        return Feedback(True, "50 rows of 50 pixels of 3 numbers.")
    return Feedback(False, hints.get(answer, "multiply the sizes of the three axes."))


def check_pixel(answer: Any, tensor: np.ndarray, row: int, column: int, channel: int) -> Feedback:
    """One number of a tensor, as ``tensor[row, column, channel]``."""
    if answer is ...:
        return Feedback(False, UNANSWERED)
    if np.ndim(answer):
        return Feedback(False, f"that is an array of shape {np.shape(answer)}. One number needs three indices.")
    if answer == tensor[row, column, channel]:
        return Feedback(True, f"row {row}, column {column}, channel {channel}.")
    if answer == tensor[column, row, channel]:
        return Feedback(False, "the row comes first, then the column.")
    if answer in tensor[row, column]:
        return Feedback(False, "the right pixel, but another channel: red is 0, green 1 and blue 2.")
    return Feedback(False, "Python counts from 0, and the order is row, column, channel.")


def check_swapped(answer: Any, tensor: np.ndarray) -> Feedback:
    """A tensor whose red and blue have changed places."""
    if answer is ...:
        return Feedback(False, UNANSWERED)
    if np.shape(answer) != tensor.shape:
        return Feedback(False, f"the shape should stay {tensor.shape}, yours is {np.shape(answer)}.")
    if np.array_equal(answer, tensor[:, :, ::-1]):
        return Feedback(True, "only the order of the channels has changed.")
    if np.array_equal(answer, tensor[:, ::-1]) or np.array_equal(answer, tensor[::-1]):
        return Feedback(False, "you have turned round the rows or the columns. The channels are the third axis.")
    return Feedback(False, "a step of -1 goes through an axis backwards. The channels are the third axis.")


def check_channels_first(answer: Any, tensor: np.ndarray) -> Feedback:
    """A tensor with its channels before its rows and columns, as PyTorch has it."""
    if answer is ...:
        return Feedback(False, UNANSWERED)
    height, width, channels = tensor.shape
    if np.shape(answer) != (channels, height, width):
        return Feedback(False, f"the shape should be {(channels, height, width)}, yours is {np.shape(answer)}.")
    if np.array_equal(answer, np.moveaxis(tensor, 2, 0)):
        return Feedback(True, "the same numbers, and the first index now chooses the colour.")
    if np.array_equal(answer, tensor.reshape(channels, height, width)):
        return Feedback(
            False, "reshape cuts the row of numbers elsewhere, and mixes the colours. Move an axis instead."
        )
    if np.array_equal(answer, tensor.T):
        return Feedback(False, "rows and columns have changed places too. Move only the last axis.")
    return Feedback(False, "the first matrix should be the red one: np.moveaxis moves an axis to another place.")


def check_brightness(answer: Any, tensor: np.ndarray) -> Feedback:
    """The mean of the channels of each pixel, in a shape that can be subtracted from the tensor."""
    if answer is ...:
        return Feedback(False, UNANSWERED)
    height, width, _ = tensor.shape
    mean = tensor.mean(axis=2)
    if np.shape(answer) == (height, width, 1):
        if np.allclose(answer, mean[..., None]):
            return Feedback(True, "one number for each pixel, used for all three of its channels.")
        return Feedback(False, "the right shape, but other numbers: the mean goes over axis 2, the channels.")
    if np.shape(answer) == (height, width):
        return Feedback(False, "from the right, 3 meets 50, and that does not fit. keepdims=True keeps an axis of 1.")
    return Feedback(
        False, f"it should have a number for each pixel, shape {(height, width, 1)}, not {np.shape(answer)}."
    )


def check_levels(answer: Any) -> Feedback:
    """By how many grey levels a picture is brighter whose MSE is 1,200."""
    hints = {
        1200**0.5: "that would be right for one channel. The squares of three are added up.",
        400: "that is the square of the difference in one channel. Take its root.",
    }
    otherwise = "each pixel differs by d in three channels, so its squared error is 3 · d²."
    return _number(answer, 20, "3 · 20² = 1,200.", hints, otherwise)


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
    return _number(answer, whole * 25 / 2500, understood, hints, otherwise)


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


def check_threshold_per_value(answer: Any) -> Feedback:
    """200 per pixel, in the unit of a mean over all values."""
    if answer is ...:
        return Feedback(False, UNANSWERED)
    if np.isclose(answer, 200 / 3):
        return Feedback(True, "three values to a pixel, so a third of 200.")
    hints = {600: "that is the other way round: the mean per value is the smaller one.", 200 / 9: "once is enough."}
    return Feedback(False, hints.get(answer, "how many values has a pixel?"))


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


def check_diluted(answer: Any) -> Feedback:
    """The MSE of two pictures of 512 × 512 pixels that differ in one window of 16 × 16, by a mean of 10,000 there."""
    if answer is ...:
        return Feedback(False, UNANSWERED)
    right = 10_000 * 16**2 / 512**2
    if np.isclose(answer, right, atol=0.01):
        return Feedback(True, "10,000 in one of 1,024 windows, and 0 in all others: far below 200.")
    hints = {
        10_000: "that is the mean in the window. The others count as well, with 0.",
        10_000 * 16 / 512: "the window is a part of the height and of the width: both count.",
        10_000 / 512**2: "that is 10,000 in a single pixel. The window has 256 of them.",
        1024: "that is how many such windows the picture has. What is the mean of all of them?",
    }
    hint = next((hint for wrong, hint in hints.items() if np.isclose(answer, wrong)), None)
    return Feedback(False, hint or "how many windows of 16 × 16 are there? One has 10,000, the others 0.")


def check_worst(answer: Any, error: np.ndarray, allowed: np.ndarray) -> Feedback:
    """R in the worst window.

    Parameters
    ----------
    answer : float
    error, allowed : ndarray of float, shape (rows, columns)
        The mean squared error in each window, and what copies may have there.
    """
    if answer is ...:
        return Feedback(False, UNANSWERED)
    ratios = error / allowed
    if np.isclose(answer, ratios.max(), atol=0.01):
        return Feedback(True, f"and the largest error, {error.max():g}, is in another window, where more is allowed.")
    hints = {
        error.max(): "that is the largest error. How large is each beside what is allowed in its window?",
        error.max() / allowed.flat[error.argmax()]: "that is the window of the largest error. Divide first, in each.",
        ratios.mean(): "that is the mean of R. The second look asks for the worst.",
        error.mean() / allowed.mean(): "that is one number for the whole picture again. Take window by window.",
    }
    hint = next((hint for wrong, hint in hints.items() if np.isclose(answer, wrong, atol=0.005)), None)
    return Feedback(False, hint or "divide error by allowed, window by window, and take the largest.")


def check_allowance(function: Callable[[Any, int], Any]) -> Feedback:
    """A function of a picture and a JPEG quality that should be the mean squared error of saving it so.

    The function takes a PIL image, and returns the MSE as in the lesson: per pixel, summed over the channels.
    """
    y, x = np.mgrid[:64, :64]
    pixels = np.stack([4 * x, 4 * y, 255 * ((x // 8 + y // 8) % 2)], axis=2).astype(np.uint8)
    picture = Image.fromarray(pixels)
    for quality in (30, 90):
        answer = function(picture, quality)
        if answer is None or answer is ...:
            return Feedback(False, UNANSWERED if answer is ... else NOTHING)
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality)
        saved = np.asarray(Image.open(file))
        right = mse(pixels, saved)
        hints = {
            right / 3: "that is per value. Per pixel, the channels are added up: times 3.",
            ((pixels - saved) ** 2).sum(axis=2).mean(): "the subtraction is done in uint8: take another type first.",
            0.0: "0: is it the file that you compare with, or the picture itself?",
        }
        if not np.isclose(answer, right):
            hint = next((hint for wrong, hint in hints.items() if np.isclose(answer, wrong)), None)
            return Feedback(False, hint or f"a test picture at quality {quality} should give {right:,.1f}.")
    return Feedback(True, "and it agrees at quality 30 and at 90: the lower the quality, the more is allowed.")


def check_verdict(function: Callable[[float, float], Any]) -> Feedback:
    """A function of the worst R and of Q that should say whether two files are the same picture."""
    cases = {
        (0.4, 1.1): (True, "R is at most 1 everywhere, and Q is small: the same."),
        (1.0, 2.0): (True, "at exactly 1 and 2 it is still the same."),
        (17.0, 0.2): (False, "a window with R of 17 has been edited, however small Q is."),
        (0.9, 5.0): (False, "no window sticks out, but all of it is further away than re-encoding explains."),
    }
    for case, (right, hint) in cases.items():
        answer = function(*case)
        if answer is None or answer is ...:
            return Feedback(False, UNANSWERED if answer is ... else NOTHING)
        if answer != right:
            return Feedback(False, f"worst {case[0]:g} and Q {case[1]:g}: {hint}")
    return Feedback(True, "no window may stick out, and the whole has to be explained by the encoding.")


def check_stopped(answer: Any, looked: pd.DataFrame) -> Feedback:
    """How many pairs lie below 200, but are not called the same picture.

    Parameters
    ----------
    answer : int
    looked : DataFrame
        mse and verdict of each pair, see `second_look`.
    """
    if answer is ...:
        return Feedback(False, UNANSWERED)
    below, other = looked["mse"] < 200, looked["verdict"] != "same"
    if answer == (below & other).sum():
        return Feedback(True, "none of them can go without being looked at.")
    hints = {
        int((below & (looked["verdict"] == "different")).sum()): "those are the different ones. Edited ones stay, too.",
        int(other.sum()): "that counts all pairs that were looked at. How many of them are below 200?",
        int((below & ~other).sum()): "those are the ones that may go.",
        int(below.sum()): "those are all pairs below 200.",
    }
    return Feedback(
        False, hints.get(answer, "two conditions, joined by &: below 200, and another verdict than 'same'.")
    )


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
    return _number(answer, right, "by these the precision is less than 1.", hints, otherwise)


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
    return _number(answer, float(found.mean()), "the mean of true and false is a share.", hints, otherwise)


def check_labels_needed(answer: Any) -> Feedback:
    """How many labels without a wrong one show, with 95 % confidence, that at most 1 pair in 20 is wrong."""
    hints = {
        58: "0.95 to the power of 58 is still a little more than 5 %.",
        20: "if 1 in 20 is wrong, 20 right ones in a row still happen in 36 % of all tries.",
        np.log(0.05) / np.log(0.95): "labels are whole: the next whole number is enough.",
    }
    otherwise = "the smallest whole n for which (1 - 1/20)ⁿ is at most 5 %."
    return _number(answer, 59, "about three times twenty: the rule of three.", hints, otherwise)


def check_more_copies(answer: Any) -> Feedback:
    """The precision of 90 right and 10 wrong pairs after ten times as many copies were made."""
    hints = {
        0.9: "that is the precision before. The right pairs are ten times as many now, the wrong ones are not.",
        0.99: "nearly: 900 of how many pairs in all?",
    }
    understood = "the same pictures and the same mistakes: precision says much of how many copies there are."
    return _number(answer, 900 / 910, understood, hints, "right pairs, divided by right and wrong ones together.")


def check_pairs_of_copies(answer: Any) -> Feedback:
    """How many pairs of one picture there are among 40 pictures with five copies each."""
    hints = {
        200: "those are the copies with their picture. The copies of one picture are pairs with each other, too.",
        400: "the picture itself belongs to them: six of each, not five.",
        1200: "that counts each pair twice, as a with b and as b with a.",
    }
    understood = "15 of each picture: but if one is found, its others are likely to be. So they are about 40 samples."
    return _number(answer, 600, understood, hints, "six of each picture are 6 · 5 / 2 pairs.")


def check_edge(answer: Any, pairs: pd.DataFrame, threshold: float) -> Feedback:
    """The MSE of the pair just below a threshold."""
    mse = pairs["mse"]
    hints = {
        float(mse[mse >= threshold].min()): "that is the one just above.",
        float(mse.max()): "that is the largest that was searched for.",
    }
    otherwise = "of the MSEs below the threshold, the largest."
    return _number(answer, float(mse[mse < threshold].max()), "where it decides.", hints, otherwise)


def check_freed(answer: Any, plan: pd.DataFrame) -> Feedback:
    """How many bytes a plan frees."""
    hints = {
        len(plan): "that is the number of files.",
        int(plan["keeper_bytes"].sum()): "those are the bytes of the files that stay.",
    }
    return _number(answer, int(plan["bytes"].sum()), "of those that go.", hints, "add up the column bytes.")


def check_staying(answer: Any, groups: pd.DataFrame) -> Feedback:
    """How many files stay for others."""
    hints = {
        int((groups["action"] == "remove").sum()): "those are the ones that can go.",
        len(groups): "those are all files in groups.",
    }
    right = int((groups["action"] == "keep").sum())
    return _number(answer, right, "one in each group.", hints, "count the rows whose action is keep.")


def check_remaining(answer: Any, cleaned: pd.DataFrame) -> Feedback:
    """How many training images are left of a data set."""
    train = int((cleaned["split"] == "train").sum())
    hints = {
        len(cleaned): "those are training and test together.",
        len(cleaned) - train: "those are the test images.",
    }
    return _number(answer, train, "and none of them is in the test.", hints, "count the rows whose split is train.")


def check_pictures(answer: Any, pairs: pd.DataFrame) -> Feedback:
    """How many images the pairs of a table are of."""
    hints = {
        len(pairs): "that is the number of pairs.",
        2 * len(pairs): "some pictures are in several pairs: count each once.",
        int(pairs["a"].nunique()): "those stand first in their pairs. Others stand second.",
    }
    right = int(pd.concat([pairs["a"], pairs["b"]]).nunique())
    otherwise = "put the columns a and b together, and count what is different in them."
    return _number(answer, right, "each once, however many pairs it is in.", hints, otherwise)
