"""Questions of the exercises, and what is said of an answer to one."""

import reprlib
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from dupviz._words.html import notebook_html

__all__ = ["Feedback", "Question", "as_numbers", "ask_function"]

UNANSWERED = "put your answer in place of the dots."
PERCENTAGE = "that is a percentage: give it as a number from 0 to 1."
FLOAT32 = 1e-5  # what sums of some thousand numbers may lose in 32 bits; whole numbers are asked for exactly
ROUNDED = 2e-3  # mistakes are rounded to two or three digits, too
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


class Question:
    """What is right, and what is said of each answer; call it with an answer.

    Parameters
    ----------
    right : float, bool, or array of them
    understood : str
        What is said of the right answer.
    otherwise : str
        What is said of an answer for which there is no hint.
    *hints : (wrong answer, str)
        What is said of mistakes that are often made.
    decimals : int
        How many decimals of an answer count: those that the exercise asks for.
    """

    def __init__(self, right: Any, understood: str, otherwise: str, *hints: tuple[Any, str], decimals: int = 6) -> None:
        self._right, self._hints, self._near = right, hints, 0.5 * 10.0**-decimals
        self._understood, self._otherwise = understood, otherwise
        self._lost = FLOAT32 if np.asarray(right).dtype.kind == "f" else 0.0

    def __call__(self, answer: Any) -> Feedback:
        """What to say of an answer, whatever it is: none ends in an error."""
        if answer is ... or (isinstance(answer, tuple | list) and any(part is ... for part in answer)):
            return Feedback(False, UNANSWERED)
        numbers = as_numbers(answer)
        if numbers is None:
            return Feedback(False, self._other_kind(answer))
        if self._is(numbers, self._right, rtol=self._lost):
            return Feedback(True, self._understood)
        hint = next((hint for wrong, hint in self._hints if self._is(numbers, wrong, rtol=ROUNDED)), None)
        return Feedback(False, hint or self._other_unit(numbers) or self._other_shape(numbers) or self._otherwise)

    def _is(self, numbers: np.ndarray, other: Any, *, rtol: float) -> bool:
        if np.ndim(other) == 0 and numbers.size == 1:  # such as a column with one row
            numbers = numbers.reshape(())
        return numbers.shape == np.shape(other) and np.allclose(numbers, other, rtol=rtol, atol=self._near)

    def _other_kind(self, answer: Any) -> str:
        if callable(answer):
            return "that is a function: call it, with brackets, and take what it returns."
        wanted = (
            "True or False" if isinstance(self._right, bool) else "an array" if np.ndim(self._right) else "a number"
        )
        return f"the answer should be {wanted}, not {reprlib.repr(answer)}."

    def _other_unit(self, numbers: np.ndarray) -> str:
        is_share = np.ndim(self._right) == 0 and 0 < self._right < 1
        return PERCENTAGE if is_share and self._is(numbers / 100, self._right, rtol=self._lost) else ""

    def _other_shape(self, numbers: np.ndarray) -> str:
        wanted = np.shape(self._right)
        if numbers.shape == wanted:
            return ""
        if not wanted:
            return f"the answer should be one number, not {numbers.size}."
        return f"the shape should be {wanted}, yours is {numbers.shape}."


def ask_function(function: Any, understood: str, *cases: tuple[Any, ...], decimals: int = 6) -> Feedback:
    """What to say of a function, after trying it: a sentence also where it stops with an error.

    Parameters
    ----------
    function : callable
    understood : str
        What is said if it is right for all inputs.
    *cases : (inputs, right, otherwise, *hints)
        Inputs, and what is right for them and said otherwise, as in `Question`.
    decimals : int
        See `Question`.
    """
    if not callable(function):
        return Feedback(False, f"the answer should be a function, not {reprlib.repr(function)}.")
    for inputs, right, otherwise, *hints in cases:
        try:
            answer = function(*deepcopy(inputs))  # for it may change them
        except (Exception, SystemExit) as error:
            return Feedback(False, f"your function stops with {type(error).__name__}: {error}".rstrip(": "))
        if answer is None:
            return Feedback(False, NOTHING)
        feedback = Question(right, understood, otherwise, *hints, decimals=decimals)(answer)
        if not feedback.right:
            return feedback
    return Feedback(True, understood)


def as_numbers(answer: Any) -> np.ndarray | None:
    """An answer as numbers, or None if it holds something else."""
    try:
        array = np.asarray(answer)
        return None if answer is None or array.dtype.kind in "SUMmc" else array.astype(float)
    except Exception:  # whatever the conversion of its parts raises
        return None
