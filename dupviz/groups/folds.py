"""Files for review that nobody wants to be asked about one by one: a view shows all of a kind as one row."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, Protocol

from dupviz.look.verdict import SHOTS, TOO_SMALL

__all__ = ["BURST", "FOLDS", "Fold", "fold_of", "folded"]

BURST = "burst"


class File(Protocol):
    """A file of a group, as a row of a table or as decided: see `group_duplicates`."""

    @property
    def image(self) -> int: ...
    @property
    def action(self) -> str: ...
    @property
    def keeper(self) -> int: ...
    @property
    def verdict(self) -> str: ...
    @property
    def kind(self) -> str: ...


class Fold(NamedTuple):
    """A kind of files that is folded: how groups of it are called, how files of it, and which files it has."""

    groups: str
    files: str
    has: Callable[[File], bool]


FOLDS = {
    BURST: Fold("bursts", "of a burst", lambda file: file.kind in SHOTS),
    TOO_SMALL: Fold("pictures too small to tell", TOO_SMALL, lambda file: file.verdict == TOO_SMALL),
}


def folded(group: Sequence[File], names: Collection[str] = tuple(FOLDS)) -> dict[int, str]:
    """Which files of a group are folded, and as what.

    Only files for review are, and none for which another one goes, or beside which another one is for review, that is
    not folded itself: nobody could tell what that one is compared with.

    Parameters
    ----------
    group : sequence
        The file that stays comes first.
    names : collection of str
        Of `FOLDS`.

    Returns
    -------
    dict of int to str
        By their row numbers, the names of what they are folded as.
    """
    found = {file.image: name for file in group if file.action == "review" for name in names if FOLDS[name].has(file)}
    while needed := found.keys() & {file.keeper for file in group if file.image not in found}:
        for image in needed:
            del found[image]
    return found


def fold_of(group: Sequence[File], names: Collection[str] = tuple(FOLDS)) -> str:
    """What a group as a whole is folded as, if nothing in it but the file that stays would be shown; else ``""``."""
    found = folded(group, names)
    return found[group[1].image] if len(group) > 1 and len(found) == len(group) - 1 else ""
