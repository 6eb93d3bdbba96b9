"""How files are found and read: the options of `load_images`, and of all functions that pass them on."""

import functools
import inspect
import operator
from collections.abc import Callable, Sequence
from typing import ParamSpec, SupportsIndex, TypedDict, TypeVar, Unpack, get_args

__all__ = ["DEFAULTS", "FolderOptions", "ReadingOptions", "checked", "positive_integer", "spelled_out"]

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")


class FolderOptions(TypedDict, total=False):
    """Which files are read, and how: `load_images` says what each option means."""

    recursive: bool
    size: int
    exclude: Sequence[str]
    include_hidden: bool
    min_size: int
    max_pixels: int | None


class ReadingOptions(FolderOptions, total=False):
    """The same, and how arrays and tables are read."""

    channels: str
    white: float | None
    column: str | None


DEFAULTS: ReadingOptions = {
    "recursive": True,
    "size": 50,
    "exclude": (),
    "include_hidden": False,
    "min_size": 1,
    "max_pixels": None,
    "channels": "last",
    "white": None,
    "column": None,
}


def checked(**options: Unpack[ReadingOptions]) -> ReadingOptions:
    """All options: those that are given, and the defaults of the others.

    Raises
    ------
    TypeError, ValueError
        If `size`, `min_size` or `max_pixels` is not a positive integer, `white` is not above 0, or `exclude` is a
        single pattern.
    """
    whole: ReadingOptions = {**DEFAULTS, **options}
    if isinstance(whole["exclude"], str):
        raise TypeError(f"exclude must be a list of patterns, got {whole['exclude']!r}")
    whole["size"] = positive_integer("size", whole["size"])
    whole["min_size"] = positive_integer("min_size", whole["min_size"])
    if whole["white"] is not None and not whole["white"] > 0:
        raise ValueError(f"white must be a number above 0, got {whole['white']!r}")
    if whole["max_pixels"] is not None:
        whole["max_pixels"] = positive_integer("max_pixels", whole["max_pixels"])
    return whole


def positive_integer(name: str, value: SupportsIndex) -> int:
    """An argument as an integer of at least 1, or the error that says why it is none."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None
    if number < 1:
        raise ValueError(f"{name} must be at least 1, got {number}")
    return number


def spelled_out(function: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """Decorate a function that takes ``**options``: its signature names each of them, for Tab, help and documentation.

    Other names are refused before it is called.

    Parameters
    ----------
    function : callable
        Whose last parameter says which options these are: ``Unpack[FolderOptions]`` or ``Unpack[ReadingOptions]``.
    """
    own = inspect.signature(function)
    *before, last = own.parameters.values()
    (options,) = get_args(last.annotation)
    named = [
        last.replace(name=name, kind=last.KEYWORD_ONLY, default=dict(DEFAULTS)[name], annotation=annotation)
        for name, annotation in options.__annotations__.items()
    ]
    signature = own.replace(parameters=[*before, *named])

    @functools.wraps(function)
    def called(*arguments: Arguments.args, **keywords: Arguments.kwargs) -> Returned:
        try:
            signature.bind(*arguments, **keywords)
        except TypeError as error:
            raise TypeError(f"{function.__name__}() {error}") from None
        return function(*arguments, **keywords)

    called.__dict__["__signature__"] = signature
    return called
