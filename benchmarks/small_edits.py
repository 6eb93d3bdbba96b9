"""Pairs of pictures that differ in a small place: a digit, a letter, an object, a face. None of them may go."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from limit_pairs import (
    JPEG85,
    LANCZOS,
    LARGE,
    MEDIUM,
    NAMES,
    PNG,
    WIDTHS,
    Pair,
    decoded,
    opened,
    pair_folder,
    scaled,
    some_of,
    turned,
)
from pages import PAGES, font, one_changed, page_pair
from PIL import Image, ImageDraw

Edit = Callable[[Image.Image, np.random.Generator], tuple[Image.Image, Image.Image] | None]

OBJECT, FACE = 19, 20  # pixels
VISIBLE = 20.0  # grey levels by which what was there and what is there now must differ, as root of the mean square
TRIES = 200  # places, of which one must be fit for an edit


def plate(photo: Image.Image, rng: np.random.Generator) -> tuple[Image.Image, Image.Image]:
    """A number plate, a twelfth of the width; one of its characters is another."""
    text = f"{''.join(rng.choice(list('ABDEFGHKLMNPRSTUX'), 3))} {rng.integers(1000, 9999)}"
    is_digit = rng.random() < 0.5
    changed = one_changed(text, "0123456789" if is_digit else "ABDEFGHKLMNPRSTUX", rng)
    width = max(72, photo.width // 12)
    place = _place(photo, (width, width // 4), rng)
    return _with_plate(photo, text, width, place), _with_plate(photo, changed, width, place)


def _with_plate(photo: Image.Image, text: str, width: int, place: tuple[int, int]) -> Image.Image:
    large = Image.new("RGB", (4 * width, width), "#f2f2ee")
    draw = ImageDraw.Draw(large)
    draw.rectangle((0, 0, 4 * width - 1, width - 1), outline="black", width=width // 16)
    draw.text((2 * width, width / 2), text, "black", font("DejaVuSans-Bold.ttf", 0.6 * width), "mm")
    photo = photo.copy()
    photo.paste(large.resize((width, width // 4), LANCZOS), place)
    return photo


def stamp(photo: Image.Image, rng: np.random.Generator) -> tuple[Image.Image, Image.Image]:
    """A date as cameras print it, 19 pixels high, where the picture is busiest: on one of the two only."""
    return photo, _stamped(photo, _date(rng), _busiest(photo, (150, 24), rng))


def other_date(photo: Image.Image, rng: np.random.Generator) -> tuple[Image.Image, Image.Image]:
    """The same on both; one digit is another."""
    date, place = _date(rng), _busiest(photo, (150, 24), rng)
    return _stamped(photo, date, place), _stamped(photo, one_changed(date, "0123456789", rng), place)


def _date(rng: np.random.Generator) -> str:
    return f"{rng.integers(1999, 2024)} {rng.integers(1, 13):02} {rng.integers(1, 29):02}"


def _stamped(photo: Image.Image, date: str, place: tuple[int, int]) -> Image.Image:
    photo = photo.copy()
    ImageDraw.Draw(photo).text(place, date, "#ff8c1a", font("DejaVuSansMono-Bold.ttf", OBJECT))
    return photo


def without_object(photo: Image.Image, rng: np.random.Generator) -> tuple[Image.Image, Image.Image] | None:
    """What is in a round place of 19 pixels is painted over, with what is around it."""

    def painted(pixels: np.ndarray, y: int, x: int) -> np.ndarray:
        patch = pixels[y : y + OBJECT + 4, x : x + OBJECT + 4]
        return _painted_over(patch) if patch.std(axis=(0, 1)).mean() > VISIBLE else patch

    return _replaced(photo, OBJECT + 4, painted, rng)


def other_face(photo: Image.Image, rng: np.random.Generator) -> tuple[Image.Image, Image.Image] | None:
    """A place of 20 pixels shows what another place of the photo shows; the edge is soft."""

    def pasted(pixels: np.ndarray, y: int, x: int) -> np.ndarray:
        from_y, from_x = (int(rng.integers(length - FACE)) for length in pixels.shape[:2])
        here, there = (pixels[t : t + FACE, s : s + FACE] for t, s in ((y, x), (from_y, from_x)))
        weight = np.clip((FACE / 2 - _from_centre(FACE)) / 3, 0, 1)[..., None]
        return here + weight * (there - here)

    return _replaced(photo, FACE, pasted, rng)


def _replaced(
    photo: Image.Image, side: int, make: Callable[[np.ndarray, int, int], np.ndarray], rng: np.random.Generator
) -> tuple[Image.Image, Image.Image] | None:
    """A photo, and the same with another patch, in a place where that is seen; None if there is no such place."""
    pixels = np.asarray(photo, np.float32)
    for _ in range(TRIES):
        y, x = (int(rng.integers(length - side)) for length in pixels.shape[:2])
        patch = make(pixels, y, x)
        if np.sqrt(((patch - pixels[y : y + side, x : x + side])[4:-4, 4:-4] ** 2).mean()) >= VISIBLE:
            edited = pixels.copy()
            edited[y : y + side, x : x + side] = patch
            return photo, Image.fromarray(np.clip(edited + 0.5, 0, 255).astype(np.uint8))
    return None


def _painted_over(patch: np.ndarray) -> np.ndarray:
    """A patch whose round middle is as smooth as what is around it allows: each pixel the mean of its neighbours."""
    inside = _from_centre(len(patch)) < OBJECT / 2
    filled = patch.copy()
    filled[inside] = patch[~inside].mean(axis=0)
    for _ in range(150):  # after which noise is within two grey levels of where it would end
        around = sum(np.roll(filled, step, axis) for step in (1, -1) for axis in (0, 1)) / 4
        filled[inside] = around[inside]
    return filled


def _from_centre(side: int) -> np.ndarray:
    away = np.arange(side) - (side - 1) / 2
    return np.hypot(away[:, None], away)


def _place(photo: Image.Image, size: tuple[int, int], rng: np.random.Generator) -> tuple[int, int]:
    return int(rng.integers(photo.width - size[0])), int(rng.integers(photo.height // 3, photo.height - size[1]))


def _busiest(photo: Image.Image, size: tuple[int, int], rng: np.random.Generator) -> tuple[int, int]:
    """Of some places that with the most contrast."""
    grey = np.asarray(photo.convert("L"), np.float32)
    places = [_place(photo, size, rng) for _ in range(40)]
    return max(places, key=lambda place: grey[place[1] : place[1] + size[1], place[0] : place[0] + size[0]].std())


PHOTO_EDITS: dict[str, tuple[Edit, int]] = {  # and the size of the photo
    "number plate": (plate, LARGE),
    "date stamp": (stamp, MEDIUM),
    "digit of a stamp": (other_date, MEDIUM),
    "object of 19 px, 2400": (without_object, LARGE),
    "object of 19 px, 1200": (without_object, MEDIUM),
    "face of 20 px, 2400": (other_face, LARGE),
    "face of 20 px, 1200": (other_face, MEDIUM),
}

STORED = {"PNG": (PNG, PNG), "JPEG": (JPEG85, JPEG85), "PNG and JPEG": (PNG, JPEG85)}

AFTERWARDS = {
    "as it is": None,
    "saved again, q75": lambda im: (im, (".jpg", {"quality": 75})),
    "saved again, q95": lambda im: (im, (".jpg", {"quality": 95})),
    "halved": lambda im: (scaled(0.5)(im), JPEG85),
    "turned": lambda im: (turned(im), JPEG85),
}


def write_edits(photos: list[Path], out: Path, number: int, seed: int) -> Iterator[Pair]:
    """All pairs that differ in a small place: pages, and so many photos of each kind."""
    for count, kind in enumerate(PAGES):
        for width in WIDTHS:
            rng = np.random.default_rng((seed, count, width))
            for stored, formats in STORED.items():
                pair = page_pair(kind, width, rng)
                yield from _afterwards(pair, formats, out, f"page of {width} px, {stored}", kind, rng)
    for name, (edit, side) in PHOTO_EDITS.items():
        for count, file in enumerate(some_of(photos, side, number, seed)):
            rng = np.random.default_rng((seed, count))
            pair = edit(decoded(opened(file, side)), rng)
            if pair:
                yield from _afterwards(pair, (JPEG85, JPEG85), out, name, str(count), rng)


def _afterwards(
    pair: tuple[Image.Image, Image.Image], formats: tuple, out: Path, kind: str, name: str, rng: np.random.Generator
) -> Iterator[Pair]:
    """An edit, stored; and with one of the two, at random, saved again after that."""
    for then, again in AFTERWARDS.items():
        folder = pair_folder(out, kind, name, then)
        files = [folder / f"{stem}{extension}" for stem, (extension, _) in zip(NAMES, formats)]
        for file, image, (_, options) in zip(files, pair, formats):
            image.save(file, **options)
        if again:
            file = files[rng.integers(2)]
            with Image.open(file) as image:
                changed, (extension, options) = again(image.convert("RGB"))
            file.unlink()
            changed.save(file.with_suffix(extension), **options)
        yield folder, kind, then
