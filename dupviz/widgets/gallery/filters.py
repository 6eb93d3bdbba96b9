"""Which groups the gallery shows, and in what order."""

import math
import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import pandas as pd

from dupviz._words.words import count
from dupviz.groups.folds import BURST, FOLDS, fold_of, folded
from dupviz.look.look import UNREADABLE
from dupviz.look.verdict import DIFFERENT, EDITED, SAME, TOO_SMALL
from dupviz.metrics import Flags
from dupviz.review.decisions import Member
from dupviz.widgets.gallery.states import ChoiceState, FoldState

__all__ = ["FILTERS", "ORDERS", "Choice", "Narrow", "is_same"]

MOST_FOLDERS = 200  # in the menu; the search finds others


def _has(verdict: str) -> Callable[[Member], bool]:
    return lambda file: file.verdict == verdict


OPEN = "open"
UNTIL_REVIEWED = (OPEN, "review")  # which show no group that is reviewed

# Which groups are shown: those with such a file.
FILTERS: dict[str, tuple[str, Callable[[Member], bool]]] = {
    "all": ("all groups", lambda file: True),
    OPEN: ("not reviewed", lambda file: True),
    "remove": ("can go", lambda file: file.action == "remove"),
    "review": ("to review", lambda file: file.action == "review"),
    BURST: (FOLDS[BURST].groups, FOLDS[BURST].has),
    **{verdict: (verdict, _has(verdict)) for verdict in (SAME, EDITED, TOO_SMALL, DIFFERENT, UNREADABLE)},
}
ORDERS = {
    "certain": "exact copies first",
    "uncertain": "least certain first",
    "freed": "most space first",
    "found": "as found",
}

# How certain a file is to be a copy: by its kind, else by its verdict. "" is that of the MSE alone.
CERTAINTY = {"byte copy": 0, "same pixels": 1, SAME: 2, "": 2, TOO_SMALL: 3}
LEAST_CERTAIN = 4


@dataclass(frozen=True)
class Narrow:
    """A search among the files: what each of its texts says has to be true of one file of a group.

    Attributes
    ----------
    text : str
        Part of a path, whatever its case.
    folder, format : str
        Of the file; a folder holds what is in its folders, too.
    since, until : str
        Days, as ``"2026-11-25"``, on which the picture was taken, or else saved.
    """

    text: str = ""
    folder: str = ""
    format: str = ""
    since: str = ""
    until: str = ""

    def matches(self, files: pd.DataFrame, root: str) -> Flags:
        """Which files match: bool, shape (n,).

        Parameters
        ----------
        files : DataFrame
            As in `ImageSet`.
        root : str
            What `folder` is relative to.

        Raises
        ------
        ValueError
            If a day is none.
        """
        found = np.ones(len(files), bool)
        paths = files["path"].tolist()
        if self.text:
            text = self.text.casefold()
            found &= np.fromiter((text in path.casefold() for path in paths), bool, len(paths))
        if self.folder:
            start = os.path.join(root, self.folder, "")
            found &= np.fromiter((path.startswith(start) for path in paths), bool, len(paths))
        if self.format:
            found &= (files["format"] == self.format).to_numpy()
        if self.since or self.until:
            day = files["modified"].dt.tz_localize(None)
            if "taken" in files:
                day = files["taken"].fillna(day)
            day = day.dt.normalize()
            if self.since:
                found &= (day >= _day(self.since)).to_numpy()
            if self.until:
                found &= (day <= _day(self.until)).to_numpy()
        return found


def _day(text: str) -> pd.Timestamp:
    try:
        return pd.to_datetime(text, format="%Y-%m-%d")
    except ValueError:
        raise ValueError(f"a day is written as 2026-11-25, not {text!r}") from None


class Choice:
    """Which groups are shown, and in what order.

    Parameters
    ----------
    files : DataFrame
        As in `ImageSet`.
    root : str
        The folder that holds them.
    members : mapping of int to list of Member
        The groups.
    is_reviewed : callable
        Says of a group, by its name, whether it is reviewed.

    Attributes
    ----------
    filter, order : str
        Of `FILTERS` and `ORDERS`.
    narrow : Narrow
    """

    def __init__(
        self, files: pd.DataFrame, root: str, members: Mapping[int, list[Member]], is_reviewed: Callable[[int], bool]
    ) -> None:
        self._files, self._root, self._is_reviewed = files, root, is_reviewed
        self._sizes = files["bytes"].to_numpy()
        in_groups = files.iloc[[file.image for group in members.values() for file in group]]
        self._folders = _folders(in_groups["path"].tolist(), root)
        self._formats = [(name, name) for name in sorted(in_groups["format"].unique()) if name]
        self.order = "certain"
        self.show_all()

    def show_all(self) -> None:
        """Leave no group out."""
        self.filter, self.narrow = "all", Narrow()
        self._matches = np.ones(len(self._files), bool)

    def search(self, narrow: Narrow) -> None:
        """Show what matches.

        Raises
        ------
        ValueError
            If it asks for a day that is none. Nothing has changed then.
        """
        self._matches = narrow.matches(self._files, self._root)
        self.narrow = narrow

    def names(self, members: Mapping[int, list[Member]]) -> list[int]:
        """The names of the groups that are shown one by one."""
        return [name for name in self.found(members) if not self._fold_of(members[name])]

    def found(self, members: Mapping[int, list[Member]]) -> list[int]:
        """The names of these and of those that are folded."""
        belongs, matches = FILTERS[self.filter][1], self._matches
        return [
            name
            for name, group in members.items()
            if any(map(belongs, group))
            and any(matches[file.image] for file in group)
            and not (self.filter in UNTIL_REVIEWED and self._is_reviewed(name))
        ]

    def folds(self, members: Mapping[int, list[Member]]) -> dict[str, list[int]]:
        """The names of the groups that are folded, by what they are."""
        groups: dict[str, list[int]] = {}
        for name in self.found(members):
            if fold := self._fold_of(members[name]):
                groups.setdefault(fold, []).append(name)
        return groups

    def describe_folds(self, members: Mapping[int, list[Member]]) -> list[FoldState]:
        """A row for each kind of groups that are folded."""
        return [
            {
                "name": fold,
                "words": f"{count(len(names), 'group')} of {FOLDS[fold].groups}",
                "files": count(sum(len(members[name]) - 1 for name in names), "file"),
                "reviewed": all(map(self._is_reviewed, names)),
            }
            for fold, names in self.folds(members).items()
        ]

    def folded(self, group: list[Member]) -> dict[int, str]:
        """Which files of a group are folded, and as what: none of those that were asked for."""
        return {} if self.filter in FOLDS else folded(group)

    def _fold_of(self, group: list[Member]) -> str:
        return "" if self.filter in FOLDS else fold_of(group)

    def show_group(self, group: list[Member]) -> None:
        """Leave no group out, or show those that are folded as this one is."""
        self.show_all()
        self.filter = fold_of(group) or "all"

    def sorted_names(self, members: Mapping[int, list[Member]]) -> list[int]:
        """The same, in order."""
        names = self.names(members)
        if self.order == "freed":
            return sorted(names, key=lambda name: -sum(self._sizes[file.image] for file in members[name][1:]))
        if self.order == "certain":
            return sorted(names, key=lambda name: max(map(_uncertainty, members[name][1:]), default=(0, 0.0)))
        if self.order == "uncertain":
            return sorted(names, key=lambda name: min(map(_margin, members[name][1:]), default=math.inf))
        return names

    def describe(self, members: Mapping[int, list[Member]]) -> ChoiceState:
        """What can be chosen, and what is, as JSON can hold it."""
        narrow = self.narrow
        return {
            "filters": self._filters(members),
            "filter": self.filter,
            "orders": list(ORDERS.items()),
            "order": self.order,
            "narrow": {
                "text": narrow.text,
                "folder": narrow.folder,
                "format": narrow.format,
                "since": narrow.since,
                "until": narrow.until,
            },
            "folders": self._folders,
            "formats": self._formats,
        }

    def _filters(self, groups: Mapping[int, list[Member]]) -> list[tuple[str, str]]:
        """What can be chosen to be shown, each with the number of its groups; what there is none of is left out."""
        counts = dict.fromkeys(FILTERS, 0)
        for name, group in groups.items():
            is_reviewed = self._is_reviewed(name)
            for each, (_, belongs) in FILTERS.items():
                counts[each] += not (is_reviewed and each in UNTIL_REVIEWED) and any(map(belongs, group))
        return [
            (name, f"{words} · {counts[name]:,}")
            for name, (words, _) in FILTERS.items()
            if counts[name] or name in ("all", OPEN, self.filter)
        ]


def _uncertainty(file: Member) -> tuple[int, float]:
    rank = CERTAINTY.get(file.kind, CERTAINTY.get(file.verdict, LEAST_CERTAIN))
    if file.action == "review":
        rank = max(rank, LEAST_CERTAIN)
    return rank, file.mse if math.isnan(file.worst) else file.worst


def _margin(file: Member) -> float:
    """How far its worst window is from the line between the same picture and another; 0 if it is not known."""
    if file.verdict == TOO_SMALL or math.isnan(file.worst):
        return 0.0
    return abs(math.log(file.worst)) if file.worst > 0 else math.inf


def _folders(paths: list[str], root: str) -> list[tuple[str, str]]:
    """The folders below `root` that can be chosen, with those above them; of very many those with most files."""
    counts: Counter[str] = Counter()
    for folder, number in Counter(map(os.path.dirname, paths)).items():
        relative = PurePath(os.path.relpath(folder or os.curdir, root or os.curdir))
        for each in (relative, *relative.parents):
            counts[os.fspath(each)] += number
    counts.pop(os.curdir, None)
    common = [folder for folder, _ in counts.most_common(MOST_FOLDERS)]
    return [(folder, folder) for folder in sorted(common) if folder.isprintable()]


def is_same(group: list[Member]) -> bool:
    """Whether all that does not stay in a group can go, as the same picture as the file that stays."""
    others = [file for file in group[1:] if file.action != "keep"]
    return bool(others) and all(file.action == "remove" and file.verdict in (SAME, "") for file in others)
