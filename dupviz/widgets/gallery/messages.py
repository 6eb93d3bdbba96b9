"""What a browser may ask for: values from outside, checked before anything is done with them."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = [
    "Check",
    "MessageError",
    "box",
    "checked",
    "flag",
    "many",
    "number",
    "one_of",
    "row",
    "text",
    "turned_file",
    "whole",
]

LONGEST_TEXT = 4096

# Returns a value as what it was checked to be, or raises MessageError.
Check = Callable[[Any], Any]


class MessageError(ValueError):
    """No message that we know: a fault of the page, or another program."""


def checked(message: Any, known: Mapping[str, tuple[Any, dict[str, Check]]]) -> tuple[str, dict[str, Any]]:
    """A message as its name and its values.

    Parameters
    ----------
    message : object
        What came: it should be a dict with the name under ``"do"``.
    known : mapping of str to (object, dict of str to callable)
        For each name, beside what it is for, the values that belong to it with their checks.

    Raises
    ------
    MessageError
        If there is no message of that name with these values.
    """
    name = message.get("do") if isinstance(message, dict) else None
    if not isinstance(name, str) or name not in known:
        raise MessageError(f"no message is named {name!r}")
    _, checks = known[name]
    values = message.keys() - {"do"}
    if values != checks.keys():
        raise MessageError(f"{name} comes with {', '.join(checks) or 'no values'}, got {', '.join(map(str, values))}")
    return name, {key: check(message[key]) for key, check in checks.items()}


def whole(value: Any) -> int:
    """A whole number."""
    if type(value) is not int:
        raise MessageError(f"must be a whole number, got {value!r}")
    return value


def number(value: Any) -> float:
    """A number from 0 up."""
    if type(value) not in (int, float) or not 0 <= value < math.inf:
        raise MessageError(f"must be a number from 0 up, got {value!r}")
    return float(value)


def text(value: Any) -> str:
    """A text, of a length that people type."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\0" in value:
        raise MessageError(f"must be a text, got {value!r:.100}")
    return value


def flag(value: Any) -> bool:
    """True or false."""
    if type(value) is not bool:
        raise MessageError(f"must be true or false, got {value!r:.100}")
    return value


def row(count: int) -> Check:
    """One of so many rows."""

    def check(value: Any) -> int:
        if not 0 <= whole(value) < count:
            raise MessageError(f"must be a row from 0 to {count - 1}, got {value}")
        return value

    return check


def one_of(values: Sequence[str]) -> Check:
    """One of these words."""

    def check(value: Any) -> str:
        if value not in values:
            raise MessageError(f"must be one of {', '.join(values)}, got {value!r}")
        return value

    return check


def many(check: Check, most: int) -> Check:
    """A list of at most so many values."""

    def check_all(values: Any) -> list[Any]:
        if not isinstance(values, list) or len(values) > most:
            raise MessageError(f"must be a list of at most {most}, got {values!r:.100}")
        return [check(value) for value in values]

    return check_all


def turned_file(count: int) -> Check:
    """An image, and how it is turned: [row, rotation, mirrored]."""

    def check(value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) != 3:
            raise MessageError(f"must be [row, rotation, mirrored], got {value!r:.100}")
        if value[1] not in (0, 90, 180, 270) or type(value[2]) is not bool:
            raise MessageError(f"must be turned by 0, 90, 180 or 270, and mirrored or not, got {value[1:]!r:.100}")
        return [row(count)(value[0]), whole(value[1]), value[2]]

    return check


def box(value: Any) -> list[float]:
    """A part of a picture: left, top, right and bottom, from 0 to 1."""
    if not isinstance(value, list) or len(value) != 4:
        raise MessageError(f"must be [left, top, right, bottom], got {value!r:.100}")
    left, top, right, bottom = sides = [number(side) for side in value]
    if not (left < right <= 1 and top < bottom <= 1):
        raise MessageError(f"must be a part of the picture, got {sides}")
    return value
