"""From what a comparison measured to a verdict, and to what was done to the picture."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from dupviz.look.boxes import WHOLE, Box, common_parts, inverse
from dupviz.look.compare import LARGEST_NOISE, QUIET, Comparison
from dupviz.look.picture import COLOURFUL, COLOURLESS, Picture

__all__ = [
    "DIFFERENT",
    "EDITED",
    "FLAT",
    "MOST_OF_IT",
    "SAME",
    "TOO_SMALL",
    "Verdict",
    "is_border",
    "judge",
]

SAME, EDITED, DIFFERENT, TOO_SMALL = "same", "edited", "different", "too small to tell"
FLAT = "flat"  # the kind of what is different, or not: there is nothing to compare

LARGEST_SHARE, LARGEST_SHARE_OF_DRAWING = 0.3, 0.1  # of the structure that may differ in an edited picture
EVIDENCE = 12.0  # windows of 16 × 16 pixels that match, for an edited or registered picture
EVIDENCE_OF_DRAWING = 48.0
LEAST_EVIDENCE, ENOUGH = 6.0, 0.8  # of a small photo: so many, and this part of what has texture
LEAST_COMMON = 0.35  # of the areas of both pictures
MOVED = 0.9975  # of the area of one picture that the other shows, below which the camera has moved
MOST_OF_IT = 0.98  # of the area of a picture, below which the other is a crop, or this one has a border
SMALLEST = 64  # pixels of the longer side
PROPORTIONS = 0.04  # by so much proportions may differ, as of a small picture with rounded sides


class Verdict(NamedTuple):
    """A verdict, and the kind of copy."""

    verdict: str
    kind: str


def judge(a: Picture, b: Picture, found: Comparison, *, rotation: int, mirrored: bool) -> Verdict:
    """Judge a comparison of two pictures, of which the second was turned to match.

    Parameters
    ----------
    a, b : Picture
    found : Comparison
    rotation, mirrored
        How the second was turned.
    """
    is_clean = found.worst <= 1
    if max(a.rgb.shape[:2]) < SMALLEST or max(b.rgb.shape[:2]) < SMALLEST:
        return Verdict(TOO_SMALL, "") if found.share <= LARGEST_SHARE else Verdict(DIFFERENT, "")
    is_moved = found.box != WHOLE
    if is_moved or found.light != "none" or not is_clean:
        if not _is_evident(found, is_drawing=a.is_drawing or b.is_drawing):
            return Verdict(DIFFERENT, "")
    elif found.textured < 1:
        return Verdict(DIFFERENT, FLAT)
    elif found.evidence < 1:
        return Verdict(DIFFERENT, "")
    common_a, common_b = common_parts(found.box)
    if is_moved and common_a * common_b < LEAST_COMMON:
        return Verdict(DIFFERENT, "")
    kind = _kind(a, b, found, rotation, mirrored)
    if not is_clean:
        return Verdict(EDITED, "edited")
    if a.frames > 1 or b.frames > 1:
        return Verdict(EDITED, "more frames")
    if abs(np.log(_proportions(a, b, found.box))) > PROPORTIONS:
        return Verdict(EDITED, "stretched")
    if is_moved and max(common_a, common_b) < MOVED:  # each shows something that the other does not
        return Verdict(EDITED, "moved")
    if (rotation or mirrored) and (a.is_drawing or b.is_drawing):  # an arrow that is turned is another sign
        return Verdict(EDITED, kind)
    is_resampled = not is_moved and not a.is_as_wide_as(b)  # which errs more than an encoding
    if not is_resampled and found.error > QUIET and found.error > LARGEST_NOISE * (found.noise + 1):
        return Verdict(EDITED, kind)
    return Verdict(SAME, kind)


def _is_evident(found: Comparison, *, is_drawing: bool) -> bool:
    """Whether enough of what has changed is still the same."""
    if found.worst > 1 and found.share > (LARGEST_SHARE_OF_DRAWING if is_drawing else LARGEST_SHARE):
        return False
    needed = EVIDENCE_OF_DRAWING if is_drawing and found.worst <= 1 else EVIDENCE
    if not is_drawing and found.textured < needed:  # a small picture: nearly all that there is
        needed = max(LEAST_EVIDENCE, ENOUGH * found.textured)
    return found.evidence >= needed


def _kind(a: Picture, b: Picture, found: Comparison, rotation: int, mirrored: bool) -> str:
    """What was done to the picture; of several things, the one that changed most."""
    common_a, common_b = common_parts(found.box)
    if min(common_a, common_b) < MOST_OF_IT:
        sides = [(a, found.box)] * (common_a < MOST_OF_IT) + [(b, inverse(found.box))] * (common_b < MOST_OF_IT)
        return "border" if all(is_border(*side) for side in sides) else "cropped"
    if found.light in ("channels", "matrix") or min(a.chroma, b.chroma) < COLOURLESS < COLOURFUL < max(
        a.chroma, b.chroma
    ):
        return "colour"
    if found.light != "none":
        return "light"
    if mirrored:
        return "mirrored"
    if rotation:
        return "turned"
    return "re-encoded" if a.is_as_wide_as(b) else "resized"


def _proportions(a: Picture, b: Picture, box: Box) -> float:
    """How much wider, for its height, the second shows what both show."""
    left, top, right, bottom = box
    return b.width / b.height * (bottom - top) * a.height / ((right - left) * a.width)


def is_border(picture: Picture, box: Box) -> bool:
    """Whether what lies outside of a box is of one colour, as a border is."""
    small = np.asarray(Image.fromarray(picture.rgb).resize((100, 100), Image.Resampling.BILINEAR), np.float32)
    left, top, right, bottom = box
    outside = np.ones((100, 100), bool)
    outside[
        max(0, int(100 * top) - 1) : int(np.ceil(100 * bottom)) + 1,
        max(0, int(100 * left) - 1) : int(np.ceil(100 * right)) + 1,
    ] = False
    rest = small[outside]
    if len(rest) < 100:
        return False
    return bool((np.abs(rest - np.median(rest, axis=0)).sum(axis=1) < 40).mean() > 0.8)
