"""From what a comparison measured to a verdict, and to what was done to the picture."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from dupviz.look.boxes import WHOLE, Box, common_parts, inverse
from dupviz.look.changes import FEWER_COLOURS, LIGHT, NOISE, SOFTER, change
from dupviz.look.compare import LARGEST_NOISE, LOCAL_SHARE, LOCAL_WORST, QUIET, Comparison
from dupviz.look.exposures import are_two_exposures, taken_apart
from dupviz.look.picture import COLOURFUL, COLOURLESS, Picture
from dupviz.look.shown import middle, shown_in_both

__all__ = [
    "CALLED",
    "DIFFERENT",
    "EDITED",
    "FLAT",
    "FOR_REVIEW",
    "IN_OTHER_LIGHT",
    "MOST_OF_IT",
    "PARTS",
    "SAME",
    "SHOTS",
    "TOO_SMALL",
    "Verdict",
    "beyond_8_bits",
    "is_border",
    "judge",
    "swapped_kind",
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

IN_OTHER_LIGHT, PARTS = ("light", "colour"), ("cropped", "border")
SHOTS = ("burst", "moved")  # of one moment
FOR_REVIEW = IN_OTHER_LIGHT + PARTS  # kinds that a person has to decide, also of the same picture

# What is called of the second picture that was done all over, by the side with more noise, less detail, fewer colours.
CALLED = {
    (NOISE, "a"): "less noise",
    (NOISE, "b"): "noisier",
    (SOFTER, "a"): "sharper",
    (SOFTER, "b"): "softer",
    (FEWER_COLOURS, "a"): "more colours",
    (FEWER_COLOURS, "b"): "fewer colours",
}
FEWER = ("fewer colours", "more colours")
OTHER_SIDE = {"a": "b", "b": "a"}
# The worst R of what is no edit of one place, in 40 photos: 10 with a palette, 7 after a filter or in other light. That
# of captions, marks and patches is above 9; of a date stamp above 3, but with a stamp alone nothing else is measured.
ALL_OVER, ALL_OVER_IN_FEW_COLOURS = 8.0, 25.0
A_LITTLE = 3.0  # R that one place of a copy may reach
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
    if not is_clean:
        return Verdict(EDITED, _kind_of_edit(a, b, found))
    kind = _kind(a, b, found, rotation, mirrored)
    if a.frames > 1 or b.frames > 1:
        return Verdict(EDITED, "more frames")
    if abs(np.log(_proportions(a, b, found.box))) > PROPORTIONS:
        return Verdict(EDITED, "stretched")
    if is_moved and max(common_a, common_b) < MOVED:  # each shows something that the other does not
        return Verdict(EDITED, "burst" if _is_burst(a, b, found) else "moved")
    if (rotation or mirrored) and (a.is_drawing or b.is_drawing):  # an arrow that is turned is another sign
        return Verdict(EDITED, kind)
    is_resampled = not is_moved and not a.is_as_wide_as(b)  # which errs more than an encoding
    if kind in ("re-encoded", "turned") and _is_burst(a, b, found):
        return Verdict(EDITED, "burst")
    if not is_resampled and found.error > QUIET and found.error > LARGEST_NOISE * (found.noise + 1):
        return Verdict(EDITED, kind if kind in FOR_REVIEW else _changed(a, b, found) or "re-encoded")
    if (other := beyond_8_bits(a, b)) and found.light == "none":
        return Verdict(EDITED, other)
    if kind == "re-encoded" and found.error > QUIET and not found.is_explained:
        kind = _changed(a, b, found) or kind
    return Verdict(SAME, kind)


def beyond_8_bits(a: Picture, b: Picture) -> str:
    """In what the files of two pictures may differ that are equal here; two that are equal in all are not judged.

    Returns
    -------
    str
        A kind of edit; empty if there is none.
    """
    return "depth" if min(a.bits, b.bits) > 8 and a.is_lossless and b.is_lossless else ""


def _is_evident(found: Comparison, *, is_drawing: bool) -> bool:
    """Whether enough of what has changed is still the same."""
    if found.worst > 1 and found.share > (LARGEST_SHARE_OF_DRAWING if is_drawing else LARGEST_SHARE):
        return False
    needed = EVIDENCE_OF_DRAWING if is_drawing and found.worst <= 1 else EVIDENCE
    if not is_drawing and found.textured < needed:  # a small picture: nearly all that there is
        needed = max(LEAST_EVIDENCE, ENOUGH * found.textured)
    return found.evidence >= needed


def swapped_kind(kind: str) -> str:
    """What a kind is called where the two pictures are swapped.

    Examples
    --------
    >>> from dupviz.look.verdict import swapped_kind
    >>> swapped_kind("softer"), swapped_kind("resized")
    ('sharper', 'resized')
    """
    for (change_of, side), name in CALLED.items():
        if name == kind:
            return CALLED[change_of, OTHER_SIDE[side]]
    return kind


def _is_burst(a: Picture, b: Picture, found: Comparison) -> bool:
    """Whether the two are exposures of one moment; of a drawing nobody takes two."""
    if a.is_drawing or b.is_drawing or not a.is_as_wide_as(b):
        return False
    if taken_apart(a.taken, b.taken):
        return True
    return found.error > QUIET and not found.is_explained and are_two_exposures(a, b, found.box)


def _changed(a: Picture, b: Picture, found: Comparison) -> str:
    """What was done to the whole of the second picture; empty where nothing was measured."""
    both = shown_in_both(a, b, found.box)
    if both is None or a.is_drawing or b.is_drawing:
        return ""
    if found.worst <= 1:  # nothing stands out: a quarter of the picture tells it as well, and takes 3 ms less
        both = middle(both[0]), middle(both[1])
    kind, side = change(*both)
    return LIGHT if kind == LIGHT else CALLED.get((kind, side), "")


def _kind_of_edit(a: Picture, b: Picture, found: Comparison) -> str:
    """What is called edited: a place, or something that was done all over."""
    changed = _changed(a, b, found)
    if found.worst > (ALL_OVER_IN_FEW_COLOURS if changed in FEWER else ALL_OVER):
        return "edited"
    if found.worst > LOCAL_WORST and found.share > LOCAL_SHARE:
        return "edited"
    if _is_burst(a, b, found):
        return "burst"
    if _has_border(a, b, found):
        return "border"
    if a.is_drawing or b.is_drawing:  # where another digit may be as little
        return "edited"
    if found.light in ("channels", "matrix"):
        return "colour"
    is_exact = a.is_lossless and b.is_lossless  # then saving explains nothing
    return changed or ("edited" if is_exact or found.worst > A_LITTLE else "re-encoded")


def _kind(a: Picture, b: Picture, found: Comparison, rotation: int, mirrored: bool) -> str:
    """What was done to the picture; of several things, the one that changed most."""
    if min(common_parts(found.box)) < MOST_OF_IT:
        return "border" if _has_border(a, b, found) else "cropped"
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


def _has_border(a: Picture, b: Picture, found: Comparison) -> bool:
    """Whether what one of two pictures shows around the other is of one colour."""
    common_a, common_b = common_parts(found.box)
    sides = [(a, found.box)] * (common_a < MOST_OF_IT) + [(b, inverse(found.box))] * (common_b < MOST_OF_IT)
    return bool(sides) and all(is_border(*side) for side in sides)


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
