"""Notebook 00: nine numbers, by hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dupviz.teaching.exercises.difference import check_mse_by_hand
from dupviz.teaching.exercises.question import Feedback

__all__ = ["check_by_hand"]


def check_by_hand(answer: Any, a: Sequence[Sequence[int]], b: Sequence[Sequence[int]]) -> Feedback:
    """The MSE of two pictures that are lists of rows, worked out on paper."""
    return check_mse_by_hand(answer, np.array(a), np.array(b))
