"""Groups of duplicates, and what a person decides about them: what the review gallery shows."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dupviz._disk.paths import path_column
from dupviz.groups.grouping import Rules
from dupviz.groups.keep import KeepRule, Preferring
from dupviz.review.decisions import Decision, Decisions, Member, decided_group, is_reviewed, members_of
from dupviz.review.labels import Labels

if TYPE_CHECKING:
    from dupviz.duplicates import Duplicates

__all__ = ["Review"]

# Labels of pairs: whether they are the same picture.
Answers = dict[tuple[int, int], bool | None]
# Decisions and labels that are made, or taken back, at once.
Change = tuple[dict[int, Decision], Answers]


class Review:
    """Groups of duplicates under review.

    A file is named by its row number in the images, a group by that of the file which its keep rule proposes to keep.
    Whatever is decided, each group has a kept file, and a file can go only for one that is kept. What was offered, a
    person may let go: the threshold limits what goes by itself.

    Parameters
    ----------
    duplicates : Duplicates
    file : str or Path, optional
        Where decisions are kept, see `Decisions`.
    labels : Labels, optional
        What is known of pairs; by default that of the user's data folder.

    Attributes
    ----------
    members : dict of int to list of Member
        The files of each group as they are decided now, the kept one first.
    threshold : float
    keep : str or callable
    never_from, keep_from : tuple of str
        Folders whose files always stay, and whose files stay rather than those of others.
    decisions : Decisions
    labels : Labels
    """

    def __init__(self, duplicates: "Duplicates", *, file: str | Path | None = None, labels: Labels | None = None):
        self.images = duplicates.images
        self.threshold, self.keep = duplicates.threshold, duplicates.keep
        self.decisions = Decisions(self.images, file)
        self.labels = Labels(self.images) if labels is None else labels
        self._duplicates = duplicates
        self.never_from: tuple[str, ...] = tuple(duplicates.protect)
        self.keep_from: tuple[str, ...] = ()
        self._done: list[Change] = []
        self._undone: list[Change] = []
        self._regroup()

    @property
    def groups(self) -> pd.DataFrame:
        """The groups as they are decided now: a DataFrame like that of `group_duplicates`.

        Files that stay although they have a duplicate are in it with the action ``"keep"``, after the first of their
        group, with their MSE to that one.
        """
        rows = [(number, *file) for number, group in enumerate(self.members.values()) for file in group]
        table = pd.DataFrame(rows, columns=["group", *Member._fields]).drop(columns=["window", "kind", "outline"])
        table = table.astype(self._types[table.columns])
        table["bytes"] = self.images.files["bytes"].to_numpy()[table["image"]]
        table["path"] = path_column(self.images.files["path"], table["image"])
        return table

    def to_move(self, *, carry: bool = True, held: bool = False) -> pd.DataFrame:
        """The groups as `make_plan` takes them: `groups`, with what is carried over.

        Parameters
        ----------
        carry : bool
            Whether what a person lets go is carried over, if it alone says something. What goes only because that is
            carried over always is.
        held : bool
            Whether files go, too, that are for review for nothing but what can be carried over; it is, then.
        """
        groups = self.groups
        if held:
            is_held = (groups["action"] == "review") & groups["carry"]
            groups["action"] = groups["action"].mask(is_held, "remove")
        by_hand = groups["image"].map(lambda image: self.decisions.of(image).action == "remove").astype(bool)
        looked_at = self._duplicates.looks is not None
        if carry:
            groups["carry"] |= by_hand | (not looked_at)
        elif not self._duplicates.carry:
            groups["carry"] &= held & ~by_hand
        return groups

    @property
    def can_undo(self) -> bool:
        """Whether there is a decision of this session to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a decision to make again that was taken back."""
        return bool(self._undone)

    def group_of(self, image: int) -> int | None:
        """The group that a file is in, or None."""
        return self._group_of.get(image)

    @property
    def last_change(self) -> set[int]:
        """The files that `undo` would be about."""
        if not self._done:
            return set()
        decisions, labels = self._done[-1]
        return set(decisions).union(*labels)

    def is_accepted(self, image: int) -> bool:
        """Whether a file was accepted beside the one that stays for its group now."""
        return self._reviewed_for(image, self.members[self._group_of[image]][0].image)

    def is_reviewed(self, group: int) -> bool:
        """Whether a group was accepted with the files, and the kept one, that it has now."""
        return is_reviewed(self.members[group], self.decisions)

    def regroup(
        self,
        *,
        threshold: float | None = None,
        keep: KeepRule | None = None,
        never_from: tuple[str, ...] | None = None,
        keep_from: tuple[str, ...] | None = None,
    ) -> None:
        """Form the groups by another threshold, keep rule, or choice of folders; decisions about files stay.

        Parameters
        ----------
        threshold, keep, never_from, keep_from : optional
            See above.

        Raises
        ------
        FileNotFoundError, ValueError
            If the search did not go as far as the threshold, or there is no such keep rule or folder. Nothing has
            changed then.
        """
        before = self.threshold, self.keep, self.never_from, self.keep_from
        if threshold is not None:
            self.threshold = float(threshold)
        if keep is not None:
            self.keep = keep
        if never_from is not None:
            self.never_from = never_from
        if keep_from is not None:
            self.keep_from = keep_from
        try:
            self._regroup()
        except Exception:
            self.threshold, self.keep, self.never_from, self.keep_from = before
            raise

    def toggle(self, image: int) -> None:
        """Let a file go that would stay, or keep one that could go.

        Raises
        ------
        ValueError
            If it has to stay; the message says why.
        """
        group, file = self._find(image)
        keeper = group[0].image
        if image == keeper:
            raise ValueError("this file stays for the others of its group: first keep another one in its place")
        action = "keep" if file.action == "remove" else "remove"
        if action == "remove" and (reason := self._why_kept(file.keeper, image)):
            raise ValueError(f"this file has to stay: {reason}")
        self._act({image: Decision(action, keeper, self._reviewed_for(image, keeper))})

    def make_keeper(self, image: int) -> None:
        """Keep a file in the place of the one that is kept now.

        That one can go then, or is for review, unless it has to stay. Others that can go for it, but not for the new
        one, still go for it as long as it stays.
        """
        group, _ = self._find(image)
        if image == group[0].image:
            raise ValueError("this file is the one that stays already")
        changes = {image: Decision("keeper", image)}
        for file in group:
            if file.image != image and self.decisions.of(file.image).action == "keeper":
                changes[file.image] = Decision("keep" if file.image != group[0].image else None, image)
        self._act(changes)

    def mark_different(self, image: int) -> None:
        """Say that a file is no duplicate of the one that it is shown beside; the pair is not offered again."""
        group, file = self._find(image)
        if image == group[0].image:
            raise ValueError("this file is the one that stays: mark those that are not like it")
        self._act({}, {(image, file.keeper): False})

    def decide(self, image: int, action: str) -> None:
        """Decide about a file, and mark it as reviewed; with the last of them, its group.

        Parameters
        ----------
        image : int
        action : {"keep", "remove", "as it is"}
            The last leaves it as it is shown: what can go goes, what is for review stays.

        Raises
        ------
        ValueError
            If it has to stay; the message says why.
        """
        group, file = self._find(image)
        keeper = group[0].image
        if image == keeper:
            raise ValueError("this file stays for the others of its group: first keep another one in its place")
        if action == "remove" and (reason := self._why_kept(file.keeper, image)):
            raise ValueError(f"this file has to stay: {reason}")
        changes = {image: Decision(self._still(image, keeper) if action == "as it is" else action, keeper, True)}
        if all(self._reviewed_for(each.image, keeper) for each in group[1:] if each.image != image):
            changes[keeper] = Decision(self._still(keeper, keeper), keeper, True)
        self._act(changes)

    def accept(self, groups: Iterable[int]) -> None:
        """Mark groups as reviewed, as they are now."""
        changes = {}
        for group in groups:
            keeper = self.members[group][0].image
            for file in self.members[group]:
                changes[file.image] = Decision(self._still(file.image, keeper), keeper, True)
        if changes:
            self._act(changes)

    def undo(self) -> int:
        """Take back the last decision of this session.

        Returns
        -------
        int
            A file that it was about.

        Raises
        ------
        ValueError
            If there is none.
        """
        return self._step(self._done, self._undone, "undo")

    def redo(self) -> int:
        """Make the decision again that was taken back last.

        Returns
        -------
        int
            A file that it is about.

        Raises
        ------
        ValueError
            If there is none.
        """
        return self._step(self._undone, self._done, "redo")

    def _find(self, image: int) -> tuple[list[Member], Member]:
        """The group of a file, and its row there."""
        if image not in self._group_of:
            raise ValueError(f"image {image} is in no group of duplicates")
        group = self.members[self._group_of[image]]
        return group, next(file for file in group if file.image == image)

    def _still(self, image: int, keeper: int) -> str | None:
        """What was decided of a file, unless that was for another keeper."""
        action, for_keeper, _ = self.decisions.of(image)
        return None if action == "remove" and for_keeper != keeper else action

    def _reviewed_for(self, image: int, keeper: int) -> bool:
        decision = self.decisions.of(image)
        return decision.reviewed and decision.keeper == keeper

    def _link(self, keeper: int, image: int) -> Member:
        """What would be proposed for a file if `keeper` stayed."""
        link = self._grouping.link(keeper, image, self.threshold)
        match, look, action, reason = link[2:5], link.look, link.action, link.reason
        if self._why_kept(keeper, image):
            return Member(image, "keep", *match, keeper)
        if action == "keep":  # that a person joined them is no reason to hide what the second look says
            action, reason = "review", "a different picture, as the second look says"
        said = Member(image, action, *match, keeper, look.verdict, look.worst, reason, look.kind)
        return said._replace(carry=link.carry, outline=look.outline, window=look.window)

    def _why_kept(self, keeper: int, image: int) -> str:
        """Why a file cannot go for `keeper`, or an empty text."""
        if self._grouping.protected[image]:
            return "it is in a protected folder"
        if self.labels.get(keeper, image) is False:
            return "it was marked as not a duplicate of the kept one"
        return ""

    def _regroup(self) -> None:
        keep = Preferring(self.keep_from, self.keep) if self.keep_from else self.keep
        self._duplicates.near.check_threshold(self.threshold)
        self._grouping = self._duplicates.grouping(
            Rules(keep, self.never_from, self.labels.different(), self._duplicates.carry)
        )
        table = self._grouping.table(self.threshold)
        self._types = table.dtypes
        self._proposed = {group[0].image: group for group in members_of(table)}
        self._group_of = {file.image: name for name, group in self._proposed.items() for file in group}
        self.members = {
            name: decided_group(group, self.decisions, self._link) for name, group in self._proposed.items()
        }

    def _act(self, decisions: dict[int, Decision], labels: Answers | None = None) -> None:
        self._undone.clear()
        self._change(decisions, labels or {}, self._done)

    def _step(self, stack: list[Change], other: list[Change], word: str) -> int:
        if not stack:
            raise ValueError(f"there is nothing to {word}")
        decisions, labels = stack.pop()
        self._change(decisions, labels, other)
        return next(iter(decisions)) if decisions else next(iter(labels))[0]

    def _change(self, decisions: dict[int, Decision], labels: Answers, history: list[Change]) -> None:
        """Decide about files and label pairs, and put into `history` what takes it back."""
        before = {row: self.decisions.of(row) for row in decisions}
        history.append((before, {pair: self.labels.get(*pair) for pair in labels}))
        try:
            self.decisions.update(decisions)
            for (a, b), same in labels.items():
                self.labels.set(a, b, same)
        finally:  # what could not be written counts in this session even so
            if labels:
                self._regroup()
            for name in {self._group_of[row] for row in decisions if row in self._group_of}:
                self.members[name] = decided_group(self._proposed[name], self.decisions, self._link)
