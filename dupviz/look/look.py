"""One look at two files: whether they show the same, what each has beside it, and which was made from the other."""

from typing import NamedTuple

import numpy as np

from dupviz._disk.contents import same_bytes
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
from dupviz.look.sharper import sharper
from dupviz.look.verdict import CALLED, DIFFERENT, EDITED, FLAT, FOR_REVIEW, MOST_OF_IT, SAME, SHOTS, Verdict, is_border

__all__ = ["BOX", "LOOK_NUMBERS", "UNREADABLE", "Look", "last_look", "look_at"]

IN_ONE_PLACE = 0.02  # of all windows: where more differ at full size, that is no edit but what the kind says

# The kinds of which nothing can be told of their origin: both are the original, or they show different things.
NO_WHOLE = {FLAT, "byte copy", "cropped", *SHOTS, "stretched", "ground", "transparency", "more frames"}
NO_WHOLE |= {"tilted", "retaken", "part", "tone"}

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
    tilt: float = 0.0
    outline: str = ""

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
        if same_bytes(path, other_path):
            return Look(SAME, "byte copy")
        a, b = read.small(path), read.small(other_path)
        if same_pixels(a, path, b, other_path):
            return Look(SAME, "same pixels", 0, *WHOLE, *WHOLE, *_more_in_each(a, b, WHOLE))
        verdict, found, _, alignment = compared(a, b, box, rotation=rotation, mirrored=mirrored)
        verdict, close = last_look(verdict, found, (path, other_path), (rotation, mirrored), read)
        more = _more_in_each(a, b.turned(rotation, mirrored), found.box) if verdict.verdict == SAME else ()
    except (DecodeError, NotAnImage, OSError):
        return Look(UNREADABLE, "", np.nan)
    if alignment:
        outline = " ".join(f"{each:.4f}" for each in alignment.outline)
        return Look(*verdict, found.worst, tilt=round(alignment.tilt, 1), outline=outline)
    if close:
        return Look(*verdict, close.worst, *close.where, *close.where)
    return Look(*verdict, found.worst, *found.where, *found.where_in_b, *more)


def last_look(
    verdict: Verdict, found: Comparison, paths: tuple[str, str], turn: Turn, read: Reader
) -> tuple[Verdict, Closest | None]:
    """Compare two files at full size, too, before one can go, or where it is not known what was done.

    Parameters
    ----------
    verdict : Verdict
    found : Comparison
        At 512 pixels.
    paths : (str, str)
    turn : Turn
        How the second is turned to match.
    read : Reader

    Returns
    -------
    Verdict
        The same, unless the two differ at full size.
    Closest or None
        How they differ there, if they do in more than their noise.

    Raises
    ------
    NotAnImage, DecodeError
        If one of them cannot be read any more.
    """
    if not _is_to_be_checked(verdict, found):
        return verdict, None
    rotation, mirrored = turn
    a, b = map(read.whole, paths)
    close = closely(a, b, rotation=rotation, mirrored=mirrored)
    if close.worst > 1:
        return _edit(verdict.kind, close), close
    is_drawing = any(read.small(path).is_drawing for path in paths)
    if read.small(paths[0]).is_shrunk and not is_drawing and are_exposures_at_full_size(a, b, rotation, mirrored):
        return Verdict(EDITED, "burst"), None
    return verdict, None


def _is_to_be_checked(verdict: Verdict, found: Comparison) -> bool:
    if verdict.verdict == SAME:
        return bool(found.ratios) and verdict.kind not in FOR_REVIEW
    return verdict == (EDITED, "re-encoded") and found.box == WHOLE


def _edit(kind: str, close: Closest) -> Verdict:
    """The verdict on two files that differ at full size, and are of a kind at 512 pixels."""
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
    """A look that says which of two files was made from the other, or which of two shots is the sharper one."""
    if look.kind in SHOTS:
        try:
            side = sharper(read.detail(path), read.detail(other_path))
            return look._replace(source=side, trace="is less sharp" if side else "")
        except (DecodeError, NotAnImage, OSError):
            return look
    if look.verdict not in (SAME, EDITED, DIFFERENT) or look.kind in NO_WHOLE:
        return look
    try:
        details = read.detail(path), read.detail(other_path)
        # A quality of 15 stored without loss is another picture to a look; its steps tell what it was made from. And an
        # edit of one place is sharp, or soft, by itself.
        is_exact = look.verdict == DIFFERENT or look.kind == "edited"
        found = without_frame(*details) if look.kind == "border" else origin(*details, turn, exactly=is_exact)
    except (DecodeError, NotAnImage, OSError):  # gone since, or too large
        return look
    return look._replace(source=found.side, trace=found.words)
