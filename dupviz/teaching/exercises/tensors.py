"""The first notebook: images as tensors."""

from typing import Any

import numpy as np

from dupviz.teaching.exercises.feedback import UNANSWERED, Feedback

__all__ = ["check_brightness", "check_channels_first", "check_count", "check_pixel", "check_swapped"]


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
