"""What a person decides about files in groups of duplicates, remembered between sessions.

A decision belongs to a file and not to a group, so that it is found again at another threshold, where the groups are
others. Those that would let a file go count only as long as the file that stays for it is the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from dupviz._disk.records import RecordFile, append_record
from dupviz.groups.table import WINDOW
from dupviz.images.imageset import ImageSet

__all__ = ["UNDECIDED", "Decision", "Decisions", "Member", "decided_group", "is_reviewed", "members_of"]


class Decision(NamedTuple):
    """The decision about a file, made when `keeper` was the file that stays for it.

    Attributes
    ----------
    action : {None, "keep", "keeper", "remove"}
        That it stays; that it stays for the others of its group; or that it can go for `keeper`.
    keeper : int or None
        Row number of an image.
    reviewed : bool
        Whether it was accepted as a duplicate of `keeper`, or as the keeper itself.
    """

    action: str | None = None
    keeper: int | None = None
    reviewed: bool = False


UNDECIDED = Decision()


class Member(NamedTuple):
    """A file in a group: its row number, and what the columns of `group_duplicates` say of it."""

    image: int
    action: str
    mse: float
    rotation: int
    mirrored: bool
    keeper: int
    verdict: str = ""
    worst: float = float("nan")
    reason: str = ""
    kind: str = ""
    carry: bool = False
    outline: str = ""  # the corners of this file in `keeper`, as `second_look` has them
    window: tuple[float, ...] = ()  # the worst one: in `keeper`, then in this file, turned to match


def members_of(groups: pd.DataFrame) -> Iterator[list[Member]]:
    """The files of each group of `group_duplicates`."""
    *columns, _ = Member._fields
    number = len(columns)
    rows = groups[["group", *columns, *WINDOW]].itertuples(index=False, name=None)
    for _, together in groupby(rows, key=itemgetter(0)):
        yield [Member._make((*row[1 : number + 1], row[number + 1 :])) for row in together]


class Decisions(RecordFile[int, Decision], Mapping[int, Decision]):
    """The decisions about images by row number, kept in a small file that only grows; undecided images are not in it.

    Parameters
    ----------
    images : ImageSet
        The images to decide about; decisions about others stay in the file, unseen.
    file : str or Path, optional
        By default ``decisions.jsonl`` in the user's data folder, or in the folder that the environment variable
        ``DUPVIZ_DATA_DIR`` names.

    Attributes
    ----------
    file : Path
    """

    def __init__(self, images: ImageSet, file: str | Path | None = None) -> None:
        super().__init__(images.files, "decisions.jsonl", file)

    def __getitem__(self, row: int) -> Decision:
        return self._known[row]

    def of(self, row: int) -> Decision:
        """The decision about an image, `UNDECIDED` if there is none."""
        return self._known.get(row, UNDECIDED)

    def __iter__(self) -> Iterator[int]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def update(self, decisions: Mapping[int, Decision]) -> None:
        """Decide about some files at once, and remember it in one record.

        Raises
        ------
        OSError
            If the file cannot be written. The decisions count until the end of the session even so.
        """
        files = []
        for row, decision in decisions.items():
            self._note(row, decision)
            keeper = (None, None) if decision.keeper is None else self._keys[decision.keeper]
            files.append([*self._keys[row], decision.action, *keeper, decision.reviewed])
        if files:
            append_record(self.file, {"files": files})

    def _read(self, record: dict[str, Any]) -> Iterable[tuple[int, Decision]]:
        files = record.get("files")
        for file in files if isinstance(files, list) else ():
            match file:
                case [str(), int(), None | "keep" | "keeper" | "remove", str() | None, int() | None, bool()]:
                    row, keeper = self._rows.get(tuple(file[:2])), self._rows.get(tuple(file[3:5]))
                    if row is not None:
                        yield row, Decision(file[2], keeper, file[5])

    def _note(self, row: int, decision: Decision | None) -> None:
        super()._note(row, decision if decision and (decision.action or decision.reviewed) else None)


def decided_group(
    proposed: list[Member], decisions: Mapping[int, Decision], link: Callable[[int, int], Member]
) -> list[Member]:
    """A group of duplicates after what was decided of its files.

    Parameters
    ----------
    proposed : list of Member
        As `group_duplicates` forms it: the kept file first.
    link : callable
        Given the row number of a kept file and that of another, returns the other's `Member`: whether it may go for
        that file, and how it matches it.

    Returns
    -------
    list of Member
        Of the same files; the first one is kept.
    """
    chosen = (file.image for file in proposed if decisions.get(file.image, UNDECIDED).action == "keeper")
    keeper = next(chosen, proposed[0].image)
    others = proposed[1:]
    if keeper != proposed[0].image:
        others = [_relinked(file, keeper, link) for file in proposed if file.image != keeper]
        others.sort(key=lambda file: (file.mse, file.image))
    decided = [_decided(file, keeper, decisions.get(file.image, UNDECIDED)) for file in others]
    # What was to go for another file than the first goes for the first, if that other goes too.
    while going := {file.image for file in decided if file.action == "remove"} & {file.keeper for file in decided}:
        relinked = (link(keeper, file.image) if file.keeper in going else file for file in decided)
        decided = [_decided(file, keeper, decisions.get(file.image, UNDECIDED)) for file in relinked]
    reason = proposed[0].reason if keeper == proposed[0].image else "chosen"
    return [Member(keeper, "keep", 0.0, 0, False, keeper, reason=reason), *decided]


def _relinked(file: Member, keeper: int, link: Callable[[int, int], Member]) -> Member:
    """A file of a group when another one stays: what can go only for the file that it went for still does."""
    linked = link(keeper, file.image)
    return file if file.action == "remove" and linked.action != "remove" else linked


def is_reviewed(group: list[Member], decisions: Mapping[int, Decision]) -> bool:
    """Whether every file of a group was accepted with the file that is kept in it now."""
    keeper = group[0].image
    found = (decisions.get(file.image, UNDECIDED) for file in group)
    return all(decision.reviewed and decision.keeper == keeper for decision in found)


def _decided(file: Member, keeper: int, decision: Decision) -> Member:
    if decision.action in ("keep", "keeper"):
        return file._replace(action="keep")
    if file.action == "review" and decision.action == "remove" and decision.keeper == keeper:
        return file._replace(action="remove")
    return file
