"""One look at two files: whether they show the same, what each has beside it, and which was made from the other."""

import filecmp
from typing import NamedTuple

import numpy as np

from dupviz.images.formats import DecodeError, NotAnImage
from dupviz.inventory.inventory import only_in
from dupviz.look.boxes import WHOLE, Box, common_parts, inverse
from dupviz.look.closely import Closest, closely
from dupviz.look.compare import Comparison
from dupviz.look.compared import compared
from dupviz.look.detail import Turn
from dupviz.look.equal import same_pixels
from dupviz.look.exposures import are_exposures_at_full_size
from dupviz.look.origin import origin, without_frame
from dupviz.look.picture import COLOURFUL, COLOURLESS, Picture
from dupviz.look.reader import Reader
from dupviz.look.verdict import CALLED, DIFFERENT, EDITED, FLAT, MOST_OF_IT, SAME, Verdict, is_border

__all__ = ["BOX", "LOOK_NUMBERS", "UNREADABLE", "Look", "edit", "is_to_be_checked", "look_at"]

# Kinds of the same picture that are for review in any case. Others are looked at once more, at full size.
FOR_REVIEW = ("light", "colour", "cropped", "border")
IN_ONE_PLACE = 0.02  # of all windows: where more differ at full size, that is no edit but what the kind says

# The kinds of which nothing can be told of their origin: both are the original, or they show different things.
NO_WHOLE = {FLAT, "byte copy", "cropped", "moved", "burst", "stretched", "ground", "transparency", "more frames"}

MORE_PIXELS = 0.05  # by so much one has more, as the logarithm of their numbers

UNREADABLE = "unreadable"

BOX = ["box_left", "box_top", "box_right", "box_bottom"]  # of a pair, where b shows a part of a


class Look(NamedTuple):
    """What the second look says of a pair: see the columns of `second_look`."""

    verdict: str
    kind: str
    worst: float = 0.0
    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0
    left_b: float = 0.0
    top_b: float = 0.0
    right_b: float = 1.0
    bottom_b: float = 1.0
    more_a: str = ""
    more_b: str = ""
    notes_a: str = ""
    notes_b: str = ""
    source: str = ""
    trace: str = ""

    @property
    def window(self) -> tuple[float, ...]:
        """The worst window: left, top, right and bottom in a, then in b."""
        return self[3:11]


LOOK_NUMBERS = Look._fields[2:11]


def look_at(path: str, other_path: str, rotation: int, mirrored: bool, box: Box, read: Reader) -> Look:
    """Look at two files; for the second first where the box of the first is.

    Parameters
    ----------
    path, other_path : str
    rotation, mirrored
        How the second is turned to match.
    box : Box
    read : Reader
    """
    look = _without_origin(path, other_path, rotation, mirrored, box, read)
    return _with_origin(look, path, other_path, (rotation, mirrored), read)


def _without_origin(path: str, other_path: str, rotation: int, mirrored: bool, box: Box, read: Reader) -> Look:
    try:
        if filecmp.cmp(path, other_path, shallow=False):
            return Look(SAME, "byte copy")
        a, b = read.small(path), read.small(other_path)
        if same_pixels(a, path, b, other_path):
            return Look(SAME, "same pixels", 0, *WHOLE, *WHOLE, *_more_in_each(a, b, WHOLE))
        (verdict, kind), found, _ = compared(a, b, box, rotation=rotation, mirrored=mirrored)
        if is_to_be_checked(verdict, kind, found):
            whole = read.whole(path), read.whole(other_path)
            close = closely(*whole, rotation=rotation, mirrored=mirrored)
            if close.worst > 1:
                return Look(*edit(kind, close), close.worst, *close.where, *close.where)
            is_photo = not (a.is_drawing or b.is_drawing)
            if is_photo and a.is_shrunk and are_exposures_at_full_size(*whole, rotation, mirrored):
                verdict, kind = EDITED, "burst"
        more = _more_in_each(a, b.turned(rotation, mirrored), found.box) if verdict == SAME else ()
    except (DecodeError, NotAnImage, OSError):
        return Look(UNREADABLE, "", np.nan)
    return Look(verdict, kind, found.worst, *found.where, *found.where_in_b, *more)


def is_to_be_checked(verdict: str, kind: str, found: Comparison) -> bool:
    """Whether a verdict has to hold at full size, too: before a file can go, or where it is not known what was done."""
    if verdict == SAME:
        return bool(found.ratios) and kind not in FOR_REVIEW
    return (verdict, kind) == (EDITED, "re-encoded") and found.box == WHOLE


def edit(kind: str, close: Closest) -> Verdict:
    """The verdict on two files that differ at full size, and of what kind they are at 512 pixels."""
    if (close.ratios > 1).mean() < IN_ONE_PLACE:
        return Verdict(EDITED, "edited")
    return Verdict(EDITED, kind if kind in CALLED.values() else "re-encoded")


def _more_in_each(a: Picture, b: Picture, box: Box) -> tuple[str, str, str, str]:
    """What each of two files of one picture has that the other lacks, and would be lost if it went; then metadata."""
    (more_a, notes_a), (more_b, notes_b) = only_in(a.carries, b.carries), only_in(b.carries, a.carries)
    more_a, more_b = (*more_a, *_more_to_see(a, b, box)), (*more_b, *_more_to_see(b, a, inverse(box)))
    return ", ".join(more_a), ", ".join(more_b), ", ".join(notes_a), ", ".join(notes_b)


def _more_to_see(picture: Picture, other: Picture, box: Box) -> list[str]:
    """What a picture shows that another one does not, which is at a box of it."""
    part, part_of_other = common_parts(box)
    more = []
    if part < MOST_OF_IT and not is_border(picture, box):
        more.append("more of the picture")
    if picture.chroma > COLOURFUL and other.chroma < COLOURLESS:
        more.append("colour")
    pixels, pixels_of_other = part * picture.width * picture.height, part_of_other * other.width * other.height
    if np.log(pixels / pixels_of_other) > MORE_PIXELS:
        more.append("more pixels")
    return more


def _with_origin(look: Look, path: str, other_path: str, turn: Turn, read: Reader) -> Look:
    """A look that says which of two files was made from the other."""
    if look.verdict not in (SAME, EDITED, DIFFERENT) or look.kind in NO_WHOLE:
        return look
    try:
        details = read.detail(path), read.detail(other_path)
        # A quality of 15 stored without loss is another picture to a look; its steps tell what it was made from. And an
        # edit of one place is sharp, or soft, by itself.
        is_exact = look.verdict == DIFFERENT or look.kind == "edited"
        found = origin(*details, turn, exactly=is_exact)
        found = without_frame(*details) if look.kind == "border" else found
    except (DecodeError, NotAnImage, OSError):  # gone since, or too large
        return look
    return look._replace(source=found.side, trace=found.words)
