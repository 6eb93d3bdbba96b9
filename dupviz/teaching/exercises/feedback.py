"""What a check says of an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dupviz._words.html import notebook_html

__all__ = ["NOTHING", "UNANSWERED", "Feedback", "number_feedback"]

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


def number_feedback(answer: Any, right: float, understood: str, hints: Mapping[Any, str], otherwise: str) -> Feedback:
    """About a number: what was understood, or the hint for a wrong one that is often given."""
    if answer is ...:
        return Feedback(False, UNANSWERED)
    if np.isclose(answer, right):
        return Feedback(True, understood)
    return Feedback(False, next((hint for wrong, hint in hints.items() if np.isclose(answer, wrong)), otherwise))
