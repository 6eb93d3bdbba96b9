"""A folder of files of many kinds, made from the bundled photos and drawn, with the actions that are right for each.

Photos are those of a camera: of high quality, with the date. Their copies have lost it, so that the photo stays.
"""

import shutil
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from damaged import PHOTOS, noisy
from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFont, ImageOps
from skimage import data

COPIED = ("astronaut", "cat", "coffee", "rocket", "canyon", "dandelions", "harbour", "airplane")
IN_BURSTS = ("acanthus", "allium", "alps", "retina", "walking_cat", "galaxies", "earth_africa", "brick_wall")
SCIENCE = ("coins", "immunohistochemistry", "moon")

# What may become of a file: "none" stands for a file in no group.
STAYS = frozenset({"keep", "none"})
GOES = frozenset({"remove"})
ASKED = frozenset({"review"})
NEVER_GOES = STAYS | ASKED
GOES_OR_ASKED = GOES | ASKED


class Made(NamedTuple):
    """A file: its name, what it shows, what was done to it, and the actions that are right for it."""

    file: str
    source: str
    kind: str
    right: frozenset[str]


def bundled(names: tuple[str, ...]) -> Iterator[tuple[str, Image.Image]]:
    """Photos of the sample."""
    for name in names:
        with Image.open(next(PHOTOS.rglob(f"{name}.jpg"))) as picture:
            yield name, picture.convert("RGB")


def of_science() -> Iterator[tuple[str, Image.Image]]:
    """Photos that scikit-image brings along."""
    for name in SCIENCE:
        picture = Image.fromarray(getattr(data, name)()).convert("RGB")
        picture.thumbnail((560, 560))
        yield name, picture


def taken(second: int) -> Image.Exif:
    """What a camera writes: when it took a picture."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"2020:02:02 12:00:{second:02}"
    return exif


def same(picture):
    return picture


def turned(degrees):
    return lambda picture: picture.transpose(Image.Transpose[f"ROTATE_{degrees}"])


def scaled(share):
    return lambda picture: picture.resize((round(picture.width * share), round(picture.height * share)))


def cropped(share):
    def crop(picture):
        x, y = round(share * picture.width / 2), round(share * picture.height / 2)
        return picture.crop((x, y, picture.width - x, picture.height - y))

    return crop


def lighter(picture):
    return ImageEnhance.Brightness(picture).enhance(1.12)


def captioned(picture):
    over = picture.copy()
    width, height = picture.size
    draw = ImageDraw.Draw(over)
    draw.rectangle((0.1 * width, 0.82 * height, 0.9 * width, 0.94 * height), "white")
    draw.text((0.5 * width, 0.88 * height), "our garden in May", "black", ImageFont.load_default(0.07 * height), "mm")
    return over


def stamped(picture):
    over = picture.copy()
    place = picture.width - 8, picture.height - 8
    ImageDraw.Draw(over).text(place, "12.05.2019", "orange", ImageFont.load_default(picture.height / 20), "rs")
    return over


JPEG, PNG = ".jpg", ".png"

# What is done to a photo, how it is saved, and the actions that are right.
COPIES: dict[str, tuple[Callable[[Image.Image], Image.Image], str, dict, frozenset[str]]] = {
    "PNG": (same, PNG, {}, GOES),
    "BMP": (same, ".bmp", {}, GOES),
    "quality 95": (same, JPEG, {"quality": 95}, GOES),
    "quality 80": (same, JPEG, {"quality": 80}, GOES),
    "quality 60": (same, JPEG, {"quality": 60}, GOES),
    "WebP": (same, ".webp", {"quality": 80}, GOES),
    "half": (scaled(1 / 2), JPEG, {"quality": 90}, GOES),
    "quarter": (scaled(1 / 4), JPEG, {"quality": 90}, GOES),
    "turned": (turned(90), JPEG, {"quality": 90}, GOES),
    "upside down and half": (lambda picture: scaled(1 / 2)(turned(180)(picture)), JPEG, {"quality": 85}, GOES),
    "mirrored": (ImageOps.mirror, JPEG, {"quality": 90}, NEVER_GOES),
    "cropped": (cropped(0.02), JPEG, {"quality": 90}, GOES_OR_ASKED),
    "border": (lambda picture: ImageOps.expand(picture, picture.width // 25, "white"), JPEG, {"quality": 90}, ASKED),
    "lighter": (lighter, JPEG, {"quality": 90}, ASKED),
    "grey": (ImageOps.grayscale, JPEG, {"quality": 90}, ASKED),
    "noisy": (lambda picture: noisy(picture, 12, picture.width), PNG, {}, GOES_OR_ASKED),
    "captioned": (captioned, JPEG, {"quality": 90}, NEVER_GOES),
    "stamped": (stamped, JPEG, {"quality": 90}, ASKED),
}


def photos_and_copies(folder: Path) -> Iterator[Made]:
    for name, picture in chain(bundled(COPIED), of_science()):
        original = f"{name}{JPEG}"
        picture.save(folder / original, quality=97, exif=taken(0))
        yield Made(original, name, "original", STAYS)
        shutil.copy(folder / original, folder / f"{name} (1){JPEG}")
        yield Made(f"{name} (1){JPEG}", name, "byte copy", GOES)
        with Image.open(folder / original) as saved:
            picture = saved.convert("RGB")
        for kind, (change, extension, options, right) in COPIES.items():
            if kind == "grey" and name in ("coins", "moon"):
                right = GOES  # they are grey
            file = f"{name}_{kind.replace(' ', '_')}{extension}"
            change(picture).save(folder / file, **options)
            yield Made(file, name, kind, right)


def bursts(folder: Path) -> Iterator[Made]:
    """Three frames each, with new noise: of a camera that has moved by some pixels, or on a tripod."""
    for number, (name, picture) in enumerate(bundled(IN_BURSTS)):
        rng = np.random.default_rng(number)
        large = np.asarray(picture, np.float32)
        kind = "frame of a tripod" if number % 2 else "frame by hand"
        for frame in range(3):
            x, y = (0, 0) if number % 2 else (10 * frame, 6 * frame)
            seen = large[y : y + picture.height - 12, x : x + picture.width - 20]
            seen = seen + rng.normal(0, 5, seen.shape)
            file = f"burst_{name}_{frame}.jpg"
            shown = Image.fromarray(seen.round().clip(0, 255).astype(np.uint8))
            shown.save(folder / file, quality=92, exif=taken(frame))
            yield Made(file, file, kind, NEVER_GOES)


def letter(lines: list[str], size=(480, 640)) -> Image.Image:
    paper = Image.new("L", size, 255)
    draw = ImageDraw.Draw(paper)
    draw.text((40, 40), "Lilac Garden Care", 0, ImageFont.load_default(24))
    for row, line in enumerate(lines):
        draw.text((40, 100 + 22 * row), line, 0, ImageFont.load_default(15))
    return paper


def pages(folder: Path) -> Iterator[Made]:
    """Letters of one look, some in two formats; and of each one with another digit."""
    rng = np.random.default_rng(1)
    for number in range(6):
        lines = ["".join(rng.choice(list("abcdefghij klmnopqr stuvw"), 40)) for _ in range(20)]
        lines[3] = f"invoice {rng.integers(1000, 9999)}, to be paid: 1{number}4.00"
        paper = letter(lines)
        paper.save(folder / f"letter_{number}.png")
        yield Made(f"letter_{number}.png", f"letter {number}", "page", NEVER_GOES)
        shutil.copy(folder / f"letter_{number}.png", folder / f"letter_{number} copy.png")
        yield Made(f"letter_{number} copy.png", f"letter {number}", "byte copy of a page", GOES)
        paper.save(folder / f"letter_{number}.jpg", quality=85)
        yield Made(f"letter_{number}.jpg", f"letter {number}", "JPEG of a page", GOES)
        paper.resize((240, 320), Image.Resampling.LANCZOS).save(folder / f"letter_{number}_small.png")
        yield Made(f"letter_{number}_small.png", f"letter {number}", "half a page", GOES)
        paper.transpose(Image.Transpose.ROTATE_180).save(folder / f"letter_{number}_turned.png")
        yield Made(f"letter_{number}_turned.png", f"letter {number}", "turned page", ASKED)
        lines[3] = lines[3].replace("4.00", "9.00")
        letter(lines).save(folder / f"letter_{number}_digit.png")
        yield Made(f"letter_{number}_digit.png", f"digit {number}", "one digit", NEVER_GOES)


def plots(folder: Path) -> Iterator[Made]:
    rng = np.random.default_rng(2)
    for number in range(8):
        paper = Image.new("RGB", (500, 350), "white")
        draw = ImageDraw.Draw(paper)
        draw.rectangle((40, 20, 480, 310), outline="black")
        heights = 165 + 13 * rng.normal(size=45).cumsum()
        draw.line([(40 + 10 * i, float(y)) for i, y in enumerate(heights)], "blue", 2)
        paper.save(folder / f"plot_{number}.png")
        yield Made(f"plot_{number}.png", f"plot {number}", "plot", STAYS)


def icons(folder: Path) -> Iterator[Made]:
    """White signs on nothing, at two sizes."""
    rng = np.random.default_rng(3)
    for number in range(8):
        sign = Image.new("RGBA", (128, 128))
        for _ in range(4):
            x, y, r = (int(each) for each in rng.integers(20, 108, 3))
            ImageDraw.Draw(sign).ellipse((x - r / 4, y - r / 4, x + r / 4, y + r / 4), "white")
        for side in (128, 32):
            file = f"icon_{number}_{side}.png"
            sign.resize((side, side)).save(folder / file)
            yield Made(file, f"icon {number}", "icon", NEVER_GOES if side == 128 else NEVER_GOES | GOES)


def flat(folder: Path) -> Iterator[Made]:
    """Walls and empty pages, of near tones, with the noise of a camera; and a byte copy of one."""
    rng = np.random.default_rng(4)
    for number, tone in enumerate((20, 22, 128, 130, 240, 243)):
        wall = (tone + rng.normal(0, 2, (240, 320))).round().clip(0, 255).astype(np.uint8)
        Image.fromarray(wall).save(folder / f"wall_{number}.jpg", quality=90)
        yield Made(f"wall_{number}.jpg", f"wall {number}", "flat", NEVER_GOES)
    shutil.copy(folder / "wall_0.jpg", folder / "wall_0 copy.jpg")
    yield Made("wall_0 copy.jpg", "wall 0", "byte copy of a wall", GOES)


def make(folder: Path) -> list[Made]:
    """Write all files to a folder."""
    return [made for part in (photos_and_copies, bursts, pages, plots, icons, flat) for made in part(folder)]
