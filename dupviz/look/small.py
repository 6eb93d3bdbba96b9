"""Pictures too small for windows, as icons: whether one is the other pixel for pixel, or the other resampled."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dupviz.look.encoding import encoding_noise
from dupviz.look.picture import Picture
from dupviz.look.verdict import DIFFERENT, EDITED, FLAT, SAME, TOO_SMALL, Verdict, beyond_8_bits
from dupviz.look.windows import square_errors
from dupviz.metrics import Pixels

__all__ = ["Explained", "explained", "is_small", "judge_small"]

SMALLEST = 64  # pixels of the longer side that windows need
LEAST_PIXELS = 12 * 12  # of which there are too few to tell copies from look-alikes
OFF_BY = 1.0  # pixels that a side may be longer than proportions say
TEXTURE = 150.0  # variance, summed over the channels, below which there is nothing to compare

# The mean squared error and the largest difference of copies. Of 100 icons in two sizes, made by one of the filters
# below, the error is at most 0.9 in 99 %, and the difference at most 3; of two sizes that were both made of a third, 7
# and 8. Of 6,000 icons and of 400 emoji, no two of one size that differ at all in their sign have an error below 60.
EXACT, EXACT_RESIZED = (3.0, 6.0), (8.0, 12.0)

# Of 80 photos of 32 pixels, the error of a JPEG of quality 60 to 95 is at most 1.3 times its noise in 95 %; of 40 pairs
# of the nearest other photos at least 9 times, and at least 0.8 of the variance, and of JPEGs at most 0.25.
PER_NOISE, LIKELY = 1.3, 0.25

# The error in cells of 4 × 4 pixels over ALWAYS + PER_CELL times the noise, there and on the whole: at most 0.5 in 99 %
# of 120 such JPEGs of quality 60 to 85; where a cell shows another thing, 0.8 to 190 at quality 75.
ALWAYS, PER_CELL, LARGEST_LOCAL = 50.0, 3.0, 0.5

# Of equal size and lossless: what differs nowhere by more may be a palette or noise; what differs in few pixels, by
# more than FEW, is an edit.
LARGEST_STEP, LARGEST_PART, FEW = 32.0, 0.05, 6

FILTERS = (
    Image.Resampling.BOX,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BILINEAR,
    Image.Resampling.HAMMING,
    Image.Resampling.NEAREST,
)
# A mean squared error by one filter above which no other is tried: of 100 icons in two sizes, made by any of these
# filters, that by another one was below in 99 %.
HOPELESS = 4000.0


class Explained(NamedTuple):
    """How exactly one picture is the other, or the other resampled; of two grounds, white and black, the worse counts.

    `error` is the mean squared error, summed over the channels; `worst` the largest difference of a value; `differing`
    the share of the pixels in which a value differs by more than `FEW`; `noise` what the encodings do to the mean,
    and `local` the error of the worst 4 × 4 pixels over what they may do there, see `ALWAYS`;
    `contrast` the variance of the one that has less, summed over the channels, on the ground that shows more.
    """

    error: float
    worst: float
    differing: float
    noise: float
    local: float
    contrast: float


def is_small(a: Picture, b: Picture) -> bool:
    """Whether windows are too large for one of two pictures."""
    return any(max(picture.rgb.shape[:2]) < SMALLEST for picture in (a, b))


def explained(a: Picture, b: Picture) -> Explained:
    """Compare two pictures, the second turned to match, at the size of the smaller one, by the filter that fits best.

    Parameters
    ----------
    a, b : Picture
    """
    small, larger = sorted((a, b), key=_size)
    height, width = small.rgb.shape[:2]
    shown = _premultiplied(small)
    best, nearest = (np.inf, np.inf, 1.0), shown
    for resampled in _resampled(_premultiplied(larger), (width, height)):
        found = _difference(shown, resampled)
        if found < best:
            best, nearest = found, resampled
        if best[0] > HOPELESS or best[0] < 1:
            break
    # What an encoding does to a picture that it has encoded already is less: each is asked about the other's.
    seen = _over_white(nearest)
    noise = encoding_noise(small, seen) + encoding_noise(larger, small.rgb)
    mean_noise = float(noise.mean()) if noise.size else 0.0  # less than a cell wide or high
    local = square_errors(small.rgb, seen) / (ALWAYS + PER_CELL * (noise + mean_noise))
    contrast = min(max(map(_variance, _grounds(each))) for each in (shown, nearest))
    return Explained(*best, mean_noise, float(local.max(initial=0)), contrast)


def _size(picture: Picture) -> tuple[int, bytes]:
    """By what the smaller of two pictures is told, whichever is named first."""
    return picture.rgb.shape[0] * picture.rgb.shape[1], picture.rgb.tobytes()


def judge_small(a: Picture, b: Picture, *, rotation: int, mirrored: bool) -> Verdict:
    """Judge two pictures of which one is too small for windows, the second turned to match.

    Parameters
    ----------
    a, b : Picture
    rotation, mirrored
        How the second was turned.
    """
    if (a.over_black is None) != (b.over_black is None):
        on_white = judge_small(replace(a, over_black=None), replace(b, over_black=None), rotation=0, mirrored=False)
        return Verdict(EDITED, "transparency") if on_white.verdict == SAME else on_white
    found = explained(a, b)
    verdict = _judged(a, b, found)
    if verdict != SAME:
        return Verdict(verdict, "edited" if verdict == EDITED else FLAT if found.contrast < TEXTURE else "")
    if a.frames > 1 or b.frames > 1:
        return Verdict(EDITED, "more frames")
    if not _has_proportions(a, b):
        return Verdict(EDITED, "stretched")
    if rotation or mirrored:
        return Verdict(EDITED, "mirrored" if mirrored else "turned")
    if other := beyond_8_bits(a, b):
        return Verdict(EDITED, other)
    return Verdict(SAME, "re-encoded" if a.is_as_wide_as(b) else "resized")


def _judged(a: Picture, b: Picture, found: Explained) -> str:
    """The verdict of what was measured, whatever else the files hold."""
    if found.contrast < TEXTURE:
        return DIFFERENT
    if min(a.rgb.shape[0] * a.rgb.shape[1], b.rgb.shape[0] * b.rgb.shape[1]) < LEAST_PIXELS:
        return TOO_SMALL if found.error <= LIKELY * found.contrast else DIFFERENT
    error, worst = EXACT if a.rgb.shape == b.rgb.shape else EXACT_RESIZED
    if found.error <= error and found.worst <= worst:
        return SAME
    if found.error > LIKELY * found.contrast:
        return DIFFERENT
    if a.is_lossless and b.is_lossless:
        if a.rgb.shape != b.rgb.shape or found.worst <= LARGEST_STEP:
            return TOO_SMALL
        return EDITED if found.differing <= LARGEST_PART else DIFFERENT
    is_known = all(picture.is_lossless or picture.tables for picture in (a, b))
    is_noise = found.error <= PER_NOISE * (found.noise + 1) and found.local <= LARGEST_LOCAL
    return SAME if is_known and is_noise else TOO_SMALL


def _has_proportions(a: Picture, b: Picture) -> bool:
    """Whether two pictures have the same proportions, but for the rounding of the sides of the smaller one."""
    down, across = a.height / b.height, a.width / b.width
    small = b if down * across > 1 else a
    return bool(abs(np.log(down / across)) * max(small.width, small.height) <= OFF_BY)


def _premultiplied(picture: Picture) -> Pixels:
    """Colours times opacity, and opacity: what programs resample, uint8, shape (height, width, 4)."""
    black = picture.rgb if picture.over_black is None else picture.over_black
    shown_through = np.subtract(picture.rgb, black, dtype=np.int16).max(axis=2)
    return np.dstack([black, (255 - shown_through).clip(0, 255).astype(np.uint8)])


def _resampled(larger: Pixels, size: tuple[int, int]) -> Iterator[Pixels]:
    """A picture by each of the usual filters, or itself at the same size."""
    if size == (larger.shape[1], larger.shape[0]):
        yield larger
        return
    image = Image.fromarray(larger, "RGBa")
    for each in FILTERS:
        found = np.array(image.resize(size, each))
        found[..., :3] = np.minimum(found[..., :3], found[..., 3:])  # no colour is brighter than its opacity
        yield found


def _grounds(premultiplied: Pixels) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """What is seen over black and over white."""
    colours = premultiplied[..., :3].astype(np.int16)
    return colours, colours + (255 - premultiplied[..., 3:].astype(np.int16))


def _over_white(premultiplied: Pixels) -> Pixels:
    return _grounds(premultiplied)[1].clip(0, 255).astype(np.uint8)


def _difference(x: Pixels, y: Pixels) -> tuple[float, float, float]:
    """The first three numbers of `Explained`."""
    differences = [np.abs(one - other) for one, other in zip(_grounds(x), _grounds(y))]
    errors = [float(np.square(each, dtype=np.float32).sum(axis=2).mean()) for each in differences]
    largest = np.maximum(*differences).max(axis=2)
    return max(errors), float(largest.max()), float((largest > FEW).mean())


def _variance(shown: NDArray[np.int16]) -> float:
    return float(shown.var(axis=(0, 1), dtype=np.float32).sum())
