"""Two pictures compared and judged: the same, whoever of the two comes first."""

from typing import NamedTuple

from dupviz.look.aligned import Alignment, aligned
from dupviz.look.boxes import WHOLE, Box, from_other_side
from dupviz.look.compare import Comparison, compare
from dupviz.look.picture import Picture
from dupviz.look.small import is_small, judge_small
from dupviz.look.verdict import DIFFERENT, EDITED, FLAT, SAME, TOO_SMALL, Verdict, judge, swapped_kind
from dupviz.metrics import undone

__all__ = ["Compared", "compared"]

# From the surest that a file may go to the least.
CAUTION = {SAME: 0, EDITED: 1, TOO_SMALL: 2, DIFFERENT: 3}

AT_ONCE = Comparison(0.0)  # of small pictures, which have no windows


class Compared(NamedTuple):
    """What a comparison of two pictures measured, and what it means.

    Attributes
    ----------
    verdict : Verdict
    found : Comparison
    over_black : bool
        Whether they were compared over black, where they differ.
    alignment : Alignment or None
        How the second lies in the first, where a projection was needed.
    """

    verdict: Verdict
    found: Comparison
    over_black: bool
    alignment: Alignment | None = None


def compared(a: Picture, b: Picture, box: Box = WHOLE, *, rotation: int = 0, mirrored: bool = False) -> Compared:
    """Compare two pictures and judge them; the same, whoever of the two comes first.

    What is transparent has to be the same over black, too. Of a transparent and an opaque picture it is enough that
    they are the same over black: then their grounds differ.

    Parameters
    ----------
    a, b : Picture
    box : Box
        Where to look for b in a.
    rotation, mirrored
        How b is turned to match a.
    """
    if not b.is_richer(a):
        result = _compared(a, b, box, rotation, mirrored)
    else:
        back = undone(rotation, mirrored)
        (verdict, kind), found, over_black, _ = _compared(b, a, from_other_side(box, rotation, mirrored), *back)
        result = Compared(Verdict(verdict, swapped_kind(kind)), found.from_other_side(*back), over_black)
    # Two pages, plots or icons of one layout match in most of what a projection compares.
    if result.verdict != (DIFFERENT, "") or (a.is_drawing and b.is_drawing) or is_small(a, b):
        return result
    if alignment := aligned(a, b, box, rotation=rotation, mirrored=mirrored):
        return result._replace(verdict=Verdict(EDITED, alignment.kind), alignment=alignment)
    return result


def _compared(a: Picture, b: Picture, box: Box, rotation: int, mirrored: bool) -> Compared:
    """The same, with the richer picture first."""
    b = b.turned(rotation, mirrored)
    if box == WHOLE and is_small(a, b):
        return Compared(judge_small(a, b, rotation=rotation, mirrored=mirrored), AT_ONCE, False)
    found = compare(a, b, (box,))
    verdict = judge(a, b, found, rotation=rotation, mirrored=mirrored)
    is_opaque = a.over_black is None and b.over_black is None
    if verdict.verdict in (DIFFERENT, EDITED) and (a.over_black is None) != (b.over_black is None):
        on_black = a.on_black(), b.on_black()
        also_found = compare(*on_black, (box,))
        if judge(*on_black, also_found, rotation=rotation, mirrored=mirrored).verdict == SAME:
            return Compared(Verdict(EDITED, "ground"), also_found, True)
    if is_opaque or (verdict.verdict == DIFFERENT and verdict.kind != FLAT):
        return Compared(verdict, found, False)
    on_black = a.on_black(), b.on_black()
    also_found = compare(*on_black, (found.box, WHOLE) if found.box != WHOLE else (WHOLE,))
    also = judge(*on_black, also_found, rotation=rotation, mirrored=mirrored)
    if CAUTION[also.verdict] <= CAUTION[verdict.verdict]:
        return Compared(verdict, found, False)
    return Compared(Verdict(EDITED, "transparency"), also_found, True)
