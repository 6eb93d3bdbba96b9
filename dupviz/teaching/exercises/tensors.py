"""Notebook 01: images as tensors."""

from typing import Any

import numpy as np

from dupviz.teaching.exercises.question import Feedback, Question, as_numbers

__all__ = ["check_brightness", "check_channels_first", "check_count", "check_pixel", "check_swapped"]

# How many numbers a tensor of 50 × 50 × 3 holds.
check_count = Question(
    50 * 50 * 3,
    "50 rows of 50 pixels of 3 numbers.",
    "multiply the sizes of the three axes.",
    (50 * 50, "that is how many pixels there are. How many numbers has each?"),
    (50 + 50 + 3, "the sizes of the axes are multiplied, not added."),
    (50 * 3, "those are the numbers of one row. How many rows are there?"),
)


def check_pixel(answer: Any, tensor: np.ndarray, row: int, column: int, channel: int) -> Feedback:
    """One number of a tensor, as ``tensor[row, column, channel]``."""
    another = "the right pixel, but another channel: red is 0, green 1 and blue 2."
    return Question(
        tensor[row, column, channel],
        f"row {row}, column {column}, channel {channel}.",
        "Python counts from 0, and the order is row, column, channel.",
        (tensor[column, row, channel], "the row comes first, then the column."),
        *((number, another) for number in tensor[row, column]),
        (tensor[row, column], "those are all channels of the pixel. One number needs three indices."),
        (tensor[row], "that is a whole row. One number needs three indices."),
    )(answer)


def check_channels_first(answer: Any, tensor: np.ndarray) -> Feedback:
    """A tensor with its channels before its rows and columns, as PyTorch has it."""
    height, width, channels = tensor.shape
    mixed = "reshape keeps the order of the numbers, so it mixes the colours. Move an axis instead."
    return Question(
        np.moveaxis(tensor, 2, 0),
        "the same numbers, and the first index now chooses the colour.",
        "the first matrix should be the red one: np.moveaxis moves an axis to another place.",
        (tensor.reshape(channels, height, width), mixed),
        (tensor.T, "rows and columns have changed places too. Move only the last axis."),
    )(answer)


def check_brightness(answer: Any, tensor: np.ndarray) -> Feedback:
    """The mean of the channels of each pixel, in a shape that can be subtracted from the tensor."""
    mean = tensor.mean(axis=2, keepdims=True)
    given = as_numbers(answer)
    wanted = np.broadcast_to(mean, tensor.shape) if given is not None and given.shape == tensor.shape else mean
    return Question(
        wanted,
        "one number for each pixel, used for all three of its channels.",
        "the right shape, but other numbers: the mean goes over axis 2, the channels.",
        (mean[..., 0], "from the right, 3 meets 50, and that does not fit. keepdims=True keeps an axis of 1."),
        (tensor.mean(), f"that is one number. It should have a number for each pixel, shape {mean.shape}."),
    )(answer)


def check_swapped(answer: Any, tensor: np.ndarray) -> Feedback:
    """A tensor whose red and blue have changed places."""
    red, green, blue = np.moveaxis(tensor, 2, 0)
    if np.array_equal(red, blue) and not np.array_equal(red, green):
        return Feedback(
            False,
            "the photo itself was changed, and one of its colours is lost: the second assignment took what the first "
            "had written. Run the cell that makes photo again, and make a new tensor.",
        )
    other_axis = "you have reversed the rows or the columns. The channels are the third axis."
    return Question(
        tensor[:, :, ::-1],
        "only the order of the channels has changed.",
        "a step of -1 goes through an axis backwards. The channels are the third axis.",
        (tensor[:, ::-1], other_axis),
        (tensor[::-1], other_axis),
    )(answer)
