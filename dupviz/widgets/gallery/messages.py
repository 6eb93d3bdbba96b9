"""What a browser may ask for, checked before anything is done with it, and how it is answered."""

import logging
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dupviz.widgets.gallery.states import Answer, Content

__all__ = [
    "BOX",
    "FLAG",
    "NUMBER",
    "TEXT",
    "WHOLE",
    "Found",
    "Known",
    "MessageError",
    "Reply",
    "Schema",
    "answered",
    "changing",
    "checked",
    "many",
    "one_of",
    "refused",
    "row",
    "turned_file",
]

log = logging.getLogger("dupviz")

# JSON Schema, of which `_check` knows the words that stand here.
Schema = dict[str, Any]

WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
TEXT: Schema = {"type": "string", "maxLength": 4096, "pattern": r"^[^\0]*$"}  # that people type
# A part of a picture: left, top, right and bottom.
BOX: Schema = {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 4, "maxItems": 4}

TYPES: dict[str, tuple[str, tuple[type, ...]]] = {
    "integer": ("a whole number", (int,)),
    "number": ("a number", (int, float)),
    "boolean": ("true or false", (bool,)),
    "string": ("a text", (str,)),
    "array": ("a list", (list,)),
}

# For each message, beside the function that it is for, the values that belong to it.
Known = Mapping[str, tuple[Callable[..., Any], dict[str, Schema]]]

# What a message asked for, and its answer; each with the pictures that belong to it.
Found = tuple[Content, list[bytes]]
Reply = tuple[Answer, list[bytes]]


class MessageError(ValueError):
    """No message that we know: a fault of the page, or another program."""


def row(count: int) -> Schema:
    """One of so many rows."""
    return {"type": "integer", "minimum": 0, "maximum": count - 1}


def one_of(words: Sequence[str]) -> Schema:
    """One of these words."""
    return {"enum": list(words)}


def many(schema: Schema, most: int) -> Schema:
    """A list of at most so many values."""
    return {"type": "array", "items": schema, "maxItems": most}


def turned_file(count: int) -> Schema:
    """An image, and how it is turned: [row, rotation, mirrored]."""
    parts = [row(count), {"enum": [0, 90, 180, 270]}, FLAG]
    return {"type": "array", "prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}


def checked(message: Any, known: Known) -> tuple[str, dict[str, Any]]:
    """A message as its name and its values.

    Parameters
    ----------
    message : object
        What came: it should be a dict with the name under ``"do"``, and a number under ``"id"``.
    known : mapping of str to (callable, dict of str to dict)
        For each name, beside the function that it is for, the values that belong to it with their schemas.

    Raises
    ------
    MessageError
        If there is no message of that name with these values.
    """
    name = message.get("do") if isinstance(message, dict) else None
    if not isinstance(name, str) or name not in known:
        raise MessageError(f"no message is named {name!r:.100}")
    schemas = {"id": WHOLE, **known[name][1]}
    values = {key: value for key, value in message.items() if key != "do"}
    if values.keys() != schemas.keys():
        raise MessageError(f"{name} comes with {', '.join(schemas)}, got {', '.join(map(str, values)):.100}")
    for key, value in values.items():
        _check(key, value, schemas[key])
    return name, {key: value for key, value in values.items() if key != "id"}


def answered(message: Any, known: Known) -> Reply:
    """What to send back to a message, after doing what it asks for: its number, and what was asked for or why not.

    Parameters
    ----------
    message, known
        See `checked`. Each function returns its part of the answer, and pictures.
    """
    try:
        name, values = checked(message, known)
        content, pictures = known[name][0](**values)
    except Exception as error:  # of whatever kind: else the page would wait for ever
        return refused(message, error), []
    answer: Answer = {"id": message["id"]}
    answer.update(content)
    return answer, pictures


def changing(
    change: Callable[..., str | None], show: Callable[[str], object], unsaved: str = ""
) -> Callable[..., Found]:
    """The function of a message that changes something: what comes of it is shown as a notice, and the answer is empty.

    Parameters
    ----------
    change : callable
        Returns a notice, if there is something to say. A ValueError is a notice, too.
    show : callable
        Takes the notice.
    unsaved : str
        What is said before an OSError.
    """

    def change_and_show(**values: Any) -> Found:
        try:
            notice = change(**values) or ""
        except ValueError as error:
            notice = f"{error}."
        except OSError as error:
            notice = f"{unsaved}{error}."
        show(notice)
        return {}, []

    return change_and_show


def refused(message: Any, error: Exception) -> Answer:
    """The answer to what could not be done; what nobody expected is logged as a whole."""
    number = message.get("id") if isinstance(message, dict) else None
    answer: Answer = {"id": number if type(number) is int else None}
    if isinstance(error, MessageError):
        log.warning("dupviz: a message of the page is refused: %s", error)
        return {**answer, "refused": f"The page asks for something that does not exist: {error}."}
    log.error("dupviz: a message of the page has failed", exc_info=error)
    return {**answer, "refused": f"This has failed, which is a fault of dupviz: {error!r}."}


def _check(name: str, value: Any, schema: Schema) -> None:
    """Raise MessageError if a value does not follow its schema."""
    if "enum" in schema:
        if not any(type(value) is type(each) and value == each for each in schema["enum"]):
            raise MessageError(f"{name} must be one of {', '.join(map(str, schema['enum']))}, got {value!r:.100}")
        return
    words, types = TYPES[schema["type"]]
    if type(value) not in types or (type(value) is float and not math.isfinite(value)):
        raise MessageError(f"{name} must be {words}, got {value!r:.100}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        raise MessageError(f"{name} must match {schema['pattern']}, got {value!r:.100}")
    _check_limits(name, value, schema)
    if isinstance(value, list):
        schemas = schema.get("prefixItems") or [schema["items"]] * len(value)
        for i, (each, its_schema) in enumerate(zip(value, schemas)):
            _check(f"{name}[{i}]", each, its_schema)


def _check_limits(name: str, value: Any, schema: Schema) -> None:
    size, what = (value, "") if isinstance(value, int | float) else (len(value), " long")
    for limit in ("minimum", "minItems"):
        if size < schema.get(limit, -math.inf):
            raise MessageError(f"{name} must be at least {schema[limit]}{what}, got {value!r:.100}")
    for limit in ("maximum", "maxItems", "maxLength"):
        if size > schema.get(limit, math.inf):
            raise MessageError(f"{name} must be at most {schema[limit]}{what}, got {value!r:.100}")
