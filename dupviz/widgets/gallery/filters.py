"""Which groups the gallery shows, and in what order."""

import math
from collections.abc import Callable, Mapping

from dupviz.look.second_look import UNREADABLE
from dupviz.look.verdict import DIFFERENT, EDITED, SAME, TOO_SMALL
from dupviz.review.decisions import Member

__all__ = ["FILTERS", "ORDERS", "certainty", "filters", "is_same"]


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


def filters(groups: Mapping[int, list[Member]], chosen: str) -> list[tuple[str, str]]:
    """What can be chosen to be shown, each with the number of its groups; what there is none of is left out."""
    counts = dict.fromkeys(FILTERS, 0)
    for group in groups.values():
        for name, (_, belongs) in FILTERS.items():
            counts[name] += any(map(belongs, group))
    return [
        (name, f"{words} · {counts[name]:,}")
        for name, (words, _) in FILTERS.items()
        if counts[name] or name in ("all", chosen)
    ]


def is_same(group: list[Member]) -> bool:
    """Whether all that does not stay in a group can go, as the same picture as the file that stays."""
    others = [file for file in group[1:] if file.action != "keep"]
    return bool(others) and all(file.action == "remove" and file.verdict in (SAME, "") for file in others)
