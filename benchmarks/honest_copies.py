"""Pairs of a picture and an honest copy of it: photos, noisy ones, small ones, and pages. One of each should go."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from limit_pairs import JPEG85, LARGE, NAMES, PNG, SMALL, WIDTHS, Pair, opened, pair_folder, scaled, some_of, turned
from pages import PAGES, page_pair
from PIL import ExifTags, Image

try:
    import pillow_heif
except ImportError:  # an extra of dupviz: there are no such copies without it
    HEIC = {}
else:
    pillow_heif.register_heif_opener()
    HEIC = {"HEIC 60": (None, ".heic", {"quality": 60, "enc_params": {"preset": "ultrafast"}})}

ORIGINAL = (".jpg", {"quality": 92})
SIDEWAYS = 6  # the orientation of a picture that is shown turned by 90°

COPIES: dict[str, tuple[Callable[[Image.Image], Image.Image] | None, str, dict]] = {
    **{f"q{quality}": (None, ".jpg", {"quality": quality}) for quality in (60, 70, 75, 85, 90, 95, 99)},
    "4:4:4": (None, ".jpg", {"quality": 88, "subsampling": 0}),
    "progressive": (None, ".jpg", {"quality": 82, "progressive": True}),
    **{f"WebP {quality}": (None, ".webp", {"quality": quality}) for quality in (50, 75, 80, 90)},
    "AVIF 65": (None, ".avif", {"quality": 65, "speed": 8}),
    **HEIC,
    "PNG": (None, *PNG),
    "70 %": (scaled(0.7), *JPEG85),
    "half": (scaled(0.5), *JPEG85),
    "half, box": (scaled(0.5, Image.Resampling.BOX), *JPEG85),
    "half, bilinear": (scaled(0.5, Image.Resampling.BILINEAR), *JPEG85),
    "quarter": (scaled(0.25), *JPEG85),
    "turned": (turned, *JPEG85),
    "turned, PNG": (turned, *PNG),
}


def write_copies(photos: list[Path], out: Path, number: int, seed: int) -> Iterator[Pair]:
    """All pairs: so many photos of each kind, and the pages, each with a copy of every kind."""
    for what, name, picture in _originals(photos, number, seed):
        extension, options = PNG if what == "PNG page" else ORIGINAL
        for copy in (*COPIES, "turned by its EXIF"):
            folder = pair_folder(out, what, name, copy)
            original = folder / f"{NAMES[0]}{extension}"
            picture.save(original, **options)
            if copy in COPIES:
                _copied(original, folder / NAMES[1], *COPIES[copy])
            else:
                _laid_sideways(original, folder / f"{NAMES[1]}{extension}")
            yield folder, what, copy


def _copied(
    original: Path, stem: Path, make: Callable[[Image.Image], Image.Image] | None, extension: str, options: dict
) -> None:
    with Image.open(original) as image:
        shown = image.convert("RGB")
    (make(shown) if make else shown).save(stem.with_suffix(extension), **options)


def _laid_sideways(original: Path, copy: Path) -> None:
    """The same pixels, bit for bit, and a tag that they are to be turned."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = SIDEWAYS
    if original.suffix == ".png":
        with Image.open(original) as image:
            image.save(copy, exif=exif)
        return
    start, payload = original.read_bytes(), exif.tobytes()
    segment = b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload
    copy.write_bytes(start[:2] + segment + start[2:])


def _originals(photos: list[Path], number: int, seed: int) -> Iterator[tuple[str, str, Image.Image]]:
    for count, file in enumerate(some_of(photos, LARGE, number, seed)):
        yield "large photo", str(count), opened(file, LARGE)
        yield "noisy photo", str(count), _noisy(opened(file, LARGE), np.random.default_rng((seed, count)))
    for count, file in enumerate(some_of(photos, SMALL, number, seed)):
        yield "small photo", str(count), opened(file, SMALL)
    for count, kind in enumerate(PAGES):
        width = WIDTHS[count % len(WIDTHS)]
        page = page_pair(kind, width, np.random.default_rng((seed, count)))[0]
        yield "PNG page", kind, page
        yield "JPEG page", kind, page


def _noisy(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A photo as of high ISO: noise that grows with the light, smeared a little as cameras do."""
    pixels = np.asarray(photo, np.float32)
    noise = rng.normal(size=pixels.shape).astype(np.float32)
    noise += 0.5 * (np.roll(noise, 1, 0) + np.roll(noise, 1, 1))
    noisy = pixels + noise * np.sqrt(20 + 0.5 * pixels)
    return Image.fromarray(np.clip(noisy + 0.5, 0, 255).astype(np.uint8))
