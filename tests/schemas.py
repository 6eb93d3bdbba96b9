"""What is sent between Python and a page, as JSON Schema: derived from the types and tables that the package has."""

import json
from types import NoneType, UnionType
from typing import Literal, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

from jsonschema import Draft202012Validator

NAMES = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


def of_type(kind):
    """The schema of a type: a TypedDict and what it is made of."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind in NAMES:
        return {"type": NAMES[kind]}
    if origin is NotRequired:
        return of_type(parts[0])
    if origin is Literal:
        return {"enum": list(parts)}
    if origin is UnionType:
        return {"anyOf": [of_type(part) for part in parts]}
    if origin is list:
        return {"type": "array", "items": of_type(parts[0])}
    if origin is tuple:
        return {"type": "array", "prefixItems": list(map(of_type, parts)), "minItems": len(parts), "items": False}
    if origin is dict:
        return {"type": "object", "additionalProperties": of_type(parts[1])}
    assert is_typeddict(kind), kind
    return _object({name: of_type(part) for name, part in get_type_hints(kind).items()}, kind.__required_keys__)


def of_messages(known):
    """The schema of the messages in a table, see `checked`."""
    return {
        "anyOf": [
            _object({"do": {"const": name}, "id": {"type": "integer"}, **values}, ["do", "id", *values])
            for name, (_, values) in known.items()
        ]
    }


def _object(properties, required):
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(required),
        "additionalProperties": False,
    }


def validator(schema):
    """Checks a value as the page gets it: raises an error if it is not what the schema says."""
    Draft202012Validator.check_schema(schema)
    draft = Draft202012Validator(schema)
    return lambda value: draft.validate(json.loads(json.dumps(value, allow_nan=False)))
