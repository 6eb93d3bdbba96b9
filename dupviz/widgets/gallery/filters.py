"""Which groups the gallery shows, and in what order."""

import math
from collections.abc import Callable

from dupviz.look.second_look import UNREADABLE
from dupviz.look.verdict import DIFFERENT, EDITED, SAME, TOO_SMALL
from dupviz.review.decisions import Member

__all__ = ["FILTERS", "ORDERS", "certainty"]


def _has(verdict: str) -> Callable[[Member], bool]:
    return lambda file: file.verdict == verdict


# Which groups are shown: those with such a file.
FILTERS: dict[str, tuple[str, Callable[[Member], bool]]] = {
    "all": ("all groups", lambda file: True),
    "remove": ("can go", lambda file: file.action == "remove"),
    "review": ("to review", lambda file: file.action == "review"),
    **{verdict: (verdict, _has(verdict)) for verdict in (SAME, EDITED, TOO_SMALL, DIFFERENT, UNREADABLE)},
}
ORDERS = {"found": "as found", "uncertain": "least certain first"}


def certainty(file: Member) -> float:
    """How far its worst window is from the line between the same picture and another; 0 if it is not known."""
    if file.verdict == TOO_SMALL or math.isnan(file.worst):
        return 0.0
    return abs(math.log(file.worst)) if file.worst > 0 else math.inf
