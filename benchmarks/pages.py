"""Pages with a table, as offices print them: eight kinds, 8 points on A4, and each with one digit changed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

A4 = 595, 842  # points
MARGIN, LETTERS, LINE = 42, 8, 14  # points
ROWS = 44

Cell = Callable[[np.random.Generator], str]
NAMES = ["Adler", "Bauer", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hansen", "Ivanov", "Jansen", "Keller"]
GOODS = ["Bolt M8 × 40", "Cable 3 m", "Clamp, steel", "Copy paper", "Drill 6 mm", "Glue", "Hinge", "Lamp E27", "Rope"]
PLACES = ["Aachen", "Basel", "Chur", "Delft", "Essen", "Freiburg", "Gent", "Halle", "Imst", "Jena", "Köln", "Linz"]


def _one_of(words: list[str]) -> Cell:
    return lambda rng: str(rng.choice(words))


def _amount(low: float, high: float, places: int = 2) -> Cell:
    return lambda rng: f"{rng.uniform(low, high):,.{places}f}"


def _clock(rng: np.random.Generator) -> str:
    return f"{rng.integers(5, 24):02}:{rng.integers(60):02}"


def _date(rng: np.random.Generator) -> str:
    return f"{rng.integers(1, 29):02}.{rng.integers(1, 13):02}.{rng.integers(1950, 2025)}"


def _code(rng: np.random.Generator) -> str:
    return f"{rng.integers(100, 999)}-{rng.integers(10_000, 99_999)}"


@dataclass(frozen=True)
class Page:
    """How one kind of page looks, and its columns: the heading of each, what stands in it, and whether on the right."""

    columns: tuple[tuple[str, Cell, bool], ...]
    font: str = "DejaVuSans.ttf"
    rules: str = "rows"
    paper: str = "white"
    ink: str = "black"


AMOUNT, SCORE = _amount(1, 9_999), _amount(0, 100, 1)
PAGES = {
    "invoice": Page(
        (
            ("Item", _one_of(GOODS), False),
            ("Number", _amount(1, 99, 0), True),
            ("Price", AMOUNT, True),
            ("Sum", AMOUNT, True),
        )
    ),
    "timetable": Page(
        (("To", _one_of(PLACES), False), *((day, _clock, True) for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat"))),
        rules="grid",
    ),
    "results": Page(
        (("Name", _one_of(NAMES), False), *((f"Run {run}", SCORE, True) for run in range(1, 6))), "DejaVuSerif.ttf"
    ),
    "register": Page(
        (
            ("Name", _one_of(NAMES), False),
            ("Born", _date, False),
            ("Place", _one_of(PLACES), False),
            ("No.", _code, True),
        ),
        "DejaVuSerif.ttf",
        "none",
        "#f4eedc",
    ),
    "price list": Page(
        (("No.", _code, False), ("Article", _one_of(GOODS), False), ("Net", AMOUNT, True), ("Gross", AMOUNT, True)),
        rules="stripes",
    ),
    "ledger": Page(
        (
            ("Date", _date, False),
            ("Account", _code, False),
            ("Debit", AMOUNT, True),
            ("Credit", AMOUNT, True),
            ("Balance", AMOUNT, True),
        ),
        "DejaVuSansMono.ttf",
        "none",
    ),
    "laboratory": Page(
        (("Sample", _code, False), *((name, _amount(0, 20, 3), True) for name in ("Na", "K", "Ca", "Mg", "Fe"))),
        "LiberationSans-Regular.ttf",
        "grid",
    ),
    "dark screen": Page(
        (
            ("Host", _one_of(PLACES), False),
            ("Load", _amount(0, 9), True),
            ("Disk", AMOUNT, True),
            ("Net", AMOUNT, True),
        ),
        "DejaVuSansMono.ttf",
        "rows",
        "#1c1f26",
        "#d8dee9",
    ),
}


def page_pair(kind: str, width: int, rng: np.random.Generator) -> tuple[Image.Image, Image.Image]:
    """A page, and the same with one digit changed to another."""
    page = PAGES[kind]
    cells = [[make(rng) for _, make, _ in page.columns] for _ in range(ROWS)]
    changed = [list(row) for row in cells]
    numbered = [
        (row, column)
        for row, texts in enumerate(cells)
        for column, text in enumerate(texts)
        if any(map(str.isdigit, text))
    ]
    row, column = numbered[rng.integers(len(numbered))]
    changed[row][column] = one_changed(cells[row][column], "0123456789", rng)
    return _drawn(kind, page, cells, width), _drawn(kind, page, changed, width)


def one_changed(text: str, letters: str, rng: np.random.Generator) -> str:
    """A text, one of whose characters among `letters` is another of them."""
    place = rng.choice([place for place, letter in enumerate(text) if letter in letters])
    other = rng.choice([letter for letter in letters if letter != text[place]])
    return f"{text[:place]}{other}{text[place + 1 :]}"


def font(name: str, size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font of the system, or the one that Pillow brings."""
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return ImageFont.load_default(size)


def _drawn(title: str, page: Page, cells: list[list[str]], width: int) -> Image.Image:
    """A page of A4, so many pixels wide."""
    point = width / A4[0]
    image = Image.new("RGB", (width, round(point * A4[1])), page.paper)
    draw = ImageDraw.Draw(image)
    letters = font(page.font, point * LETTERS)
    draw.text((point * MARGIN, point * MARGIN), title.capitalize(), page.ink, font(page.font, point * 16))
    lines = [[heading for heading, _, _ in page.columns], *cells]
    top, step = point * (MARGIN + 40), (width - 2 * point * MARGIN) / len(page.columns)
    for number, texts in enumerate(lines):
        y = top + point * LINE * number
        _rule(draw, page, number, (point * MARGIN, y, width - point * MARGIN, y + point * LINE), step)
        for column, (text, (_, _, is_right)) in enumerate(zip(texts, page.columns)):
            x = point * MARGIN + step * (column + is_right) + point * (-4 if is_right else 4)
            draw.text((x, y + point * LINE / 2), text, page.ink, letters, "rm" if is_right else "lm")
    return image


def _rule(
    draw: ImageDraw.ImageDraw, page: Page, number: int, box: tuple[float, float, float, float], step: float
) -> None:
    """The lines around a row, or the ground behind it."""
    left, top, right, bottom = box
    if page.rules == "stripes" and number % 2:
        draw.rectangle(box, "#e4eaf1")
    if page.rules in ("rows", "grid") or number == 0:
        draw.line((left, bottom, right, bottom), "#9a9a9a")
    if page.rules == "grid":
        for x in np.arange(left, right + 1, step):
            draw.line((x, top, x, bottom), "#9a9a9a")
