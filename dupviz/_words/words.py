"""The words and colours of all views, and numbers as people write them."""

from collections.abc import Sequence

__all__ = ["COLOURS", "WORDS", "along", "count", "file_size", "listed", "plural", "printable", "turn"]

# Okabe and Ito's blue and vermilion, which colour-blind people can distinguish; the words say the same without them.
COLOURS = {"keep": "#0072B2", "remove": "#D55E00", "review": "#767676"}

WORDS = {"keep": "keep", "remove": "can go", "review": "review"}


def plural(number: float, noun: str) -> str:
    """A noun as it stands after a number: ``"file"``, ``"files"``."""
    return noun if number == 1 else f"{noun}s"


def count(number: float, noun: str) -> str:
    """A number with its noun: ``"1 file"``, ``"1,234 files"``."""
    return f"{number:,} {plural(number, noun)}"


def file_size(size: float) -> str:
    """A number of bytes for people: ``"512 B"``, ``"2.5 kB"``, ``"120 MB"``."""
    if size < 1000:
        return f"{size} B"
    units = iter(("kB", "MB", "GB", "TB", "PB"))
    unit = next(units)
    size /= 1000
    while size >= 999.5:
        size, unit = size / 1000, next(units)
    return f"{size:.1f} {unit}" if size < 9.95 else f"{size:.0f} {unit}"


def listed(words: Sequence[str]) -> str:
    """Words as people list them: ``"a caption"``, ``"a caption, a date and 3 keywords"``."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def turn(rotation: int, mirrored: bool) -> str:
    """How a file is transformed to match, in words: ``""``, ``"turned 90°"``, ``"mirrored, turned 90°"``."""
    return ", ".join(["mirrored"] * bool(mirrored) + [f"turned {rotation}°"] * bool(rotation))


def printable(text: str) -> str:
    r"""A file name with escapes for what a terminal obeys or cannot show: control and direction characters, lone bytes.

    Examples
    --------
    >>> printable("holiday\x1b[2J.jpg")
    'holiday\\x1b[2J.jpg'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def along(number: int) -> str:
    """What is said, after the files that go, of so many sidecars, films and notes that belong to them."""
    return f" with {count(number, 'file')} that {'belongs' if number == 1 else 'belong'} to them" if number else ""
