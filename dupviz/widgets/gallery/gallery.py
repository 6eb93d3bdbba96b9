"""The review gallery without a screen: what is shown, and what each message does."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dupviz._words.words import COLOURS, WORDS, along, count, file_size
from dupviz.cleanup.plan import Plan, make_plan
from dupviz.groups.folds import FOLDS
from dupviz.groups.keep import KEEP_RULES
from dupviz.review.decisions import Member
from dupviz.review.labels import Labels
from dupviz.review.session import Review
from dupviz.widgets.gallery.cards import ACCEPTED, Cards
from dupviz.widgets.gallery.filters import FILTERS, ORDERS, Choice, Narrow, is_same
from dupviz.widgets.gallery.folder_rules import FOLDER_RULES, FolderRules
from dupviz.widgets.gallery.messages import (
    BOX,
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    Found,
    Known,
    Reply,
    Schema,
    answered,
    changing,
    many,
    one_of,
    row,
    turned_file,
)
from dupviz.widgets.gallery.moving import NOTHING, Moving
from dupviz.widgets.gallery.pages import MOST_GROUPS_PER_PAGE, VIEWS, Pages
from dupviz.widgets.gallery.pictures import FilePictures
from dupviz.widgets.gallery.states import GalleryState, GroupState

if TYPE_CHECKING:
    from dupviz.duplicates import Duplicates

__all__ = ["Gallery"]

FILES_PER_GROUP = 24  # shown at first
# What a person chooses in the dialog that moves files.
MOVE: dict[str, Schema] = {"to": TEXT, "every": FLAG, "carry": FLAG, "held": FLAG}
# What is shown of a file: its action, or that it was accepted, which stays as well.
SHOWN_WORDS = {**WORDS, ACCEPTED: "stays"}
SHOWN_COLOURS = {**COLOURS, ACCEPTED: COLOURS["keep"]}
UNSAVED = "decided, but it could not be saved for the next session: "


class Gallery:
    """Groups of duplicates a page at a time, as a browser shows them, and what it may ask for.

    Parameters
    ----------
    duplicates : Duplicates
    file, labels
        See `Review`.

    Attributes
    ----------
    review : Review
    state : dict
        All that is shown, as JSON can hold it: see `GalleryState`.
    messages : dict
        What a browser may ask for, see `checked`.
    receipts : list of str
        What is said of the receipts of moves.
    push : callable
        Is called when `state` is new in the midst of a message that takes long.
    """

    def __init__(self, duplicates: "Duplicates", *, file: str | Path | None = None, labels: Labels | None = None):
        self.review = Review(duplicates, file=file, labels=labels)
        self._files = duplicates.images.files
        self._cards = Cards(self._files, says_why=duplicates.looks is not None)
        self._max_mse = duplicates.max_mse
        self._own_rule = duplicates.keep if callable(duplicates.keep) else None
        self._rules = {rule: rule.replace("_", " ") for rule in KEEP_RULES}
        if self._own_rule:
            self._rules["own"] = "own rule"
        self._expanded: set[int] = set()
        self.push: Callable[[], None] = lambda: None
        self._moving = Moving(self._files, self._report)
        self.receipts = self._moving.receipts
        self._pictures = FilePictures(duplicates.images)
        self._notices = 0
        self._choice = Choice(self._files, self._cards.root, self.review.members, self.review.is_reviewed)
        self._folder_rules = FolderRules(self.review, self._cards, self._regroup)
        self._pages = Pages(self._choice, self._members)
        self._pages.sort()
        self._pages.turn_to_first(lambda name: not self.review.is_reviewed(name))
        self.state = self._describe()

        image, files = row(len(self._files)), many(turned_file(len(self._files)), most=50)
        # All that a browser may ask for: what it does, and the values that come with it, each with its schema. A change
        # returns a notice to show, if any; a question what was asked for.
        changes: dict[str, tuple[Callable[..., str | None], dict[str, Schema]]] = {
            "decide": (self._decide, {"image": image, "action": one_of(["keep", "remove", "as it is"])}),
            "toggle": (self.review.toggle, {"image": image}),
            "make_keeper": (self.review.make_keeper, {"image": image}),
            "mark_different": (self._mark_different, {"image": image}),
            "accept": (self._accept, {"groups": many(WHOLE, most=len(self._files))}),
            "accept_page": (self._accept_page, {"groups": many(WHOLE, most=MOST_GROUPS_PER_PAGE)}),
            "accept_same": (self._accept_same, {}),
            "accept_folded": (self._accept_folded, {"name": one_of(list(FOLDS))}),
            "move": (self._move, {**MOVE, "number": WHOLE}),
            "move_back": (self._move_back, {}),
            "undo": (self._undo, {}),
            "redo": (self._redo, {}),
            "set_keep_rule": (self._set_keep_rule, {"rule": one_of(list(self._rules))}),
            "set_threshold": (self._set_threshold, {"threshold": NUMBER}),
            "set_filter": (self._set_filter, {"filter": one_of(list(FILTERS))}),
            "set_order": (self._set_order, {"order": one_of(list(ORDERS))}),
            "narrow": (self._set_narrow, dict.fromkeys(["text", "folder", "format", "since", "until"], TEXT)),
            "never_from": (self._folder_rules.never_from, {"image": image}),
            "keep_from": (self._folder_rules.keep_from, {"image": image}),
            "only_from": (self._only_from, {"image": image}),
            "forget_folder": (self._folder_rules.forget, {"rule": one_of(list(FOLDER_RULES)), "number": WHOLE}),
            "page": (self._pages.turn_to, {"page": WHOLE}),
            "jump": (self._jump, {"text": TEXT}),
            "set_view": (self._pages.look_at, {"view": one_of(list(VIEWS))}),
            "expand": (lambda group: self._expanded.add(group), {"group": WHOLE}),
        }
        self.messages: Known = {
            **{name: (changing(change, self._show, UNSAVED), values) for name, (change, values) in changes.items()},
            "thumbnails": (self._pictures.thumbnails, {"files": files}),
            "compare": (self._pictures.compare, {"files": files, "side": WHOLE, "box": BOX}),
            "preview": (self._preview, MOVE),
        }

    def receive(self, message: Any) -> Reply:
        """Do what a browser asks for.

        Parameters
        ----------
        message : object
            What came: its name under ``"do"``, a number under ``"id"``, and its values.

        Returns
        -------
        (dict, list of bytes)
            The answer, to be sent back with its pictures: with the same number, and why it was refused if it was.
            After a change `state` is new.
        """
        return answered(message, self.messages)

    def plan(self, *, reviewed_only: bool = True, carry: bool = True, held: bool = False) -> Plan:
        """What would move, after all decisions: see `ReviewGallery.plan`."""
        return make_plan(self.review.images, self._chosen(self.review.to_move(carry=carry, held=held), reviewed_only))

    def _chosen(self, groups: pd.DataFrame, reviewed_only: bool) -> pd.DataFrame:
        """Those of the groups that count, without what has moved."""
        groups = groups[~groups["image"].isin(self._moving.gone)]
        if reviewed_only:
            reviewed = np.array([self.review.is_reviewed(name) for name in self.review.members], bool)
            groups = groups[reviewed[groups["group"]]]
        return groups

    def _preview(self, to: str, every: bool, carry: bool, held: bool) -> Found:
        groups = self._chosen(self.review.groups, not every)
        number = int(((groups["action"] == "review") & groups["carry"]).sum())
        try:
            carrying, plan = (self.plan(reviewed_only=not every, carry=each, held=held) for each in (True, carry))
        except ValueError as error:  # the images are no files of a folder
            return {"preview": {**NOTHING, "obstacle": f"{error}."}}, []
        offered = not carry and self._moving.preview(carrying, to)["carries"]
        preview = self._moving.preview(plan, to)
        return {"preview": {**preview, "held": number, "carries": offered or preview["carries"]}}, []

    def _move(self, to: str, every: bool, carry: bool, held: bool, number: int) -> str:
        said = self._moving.move(self.plan(reviewed_only=not every, carry=carry, held=held), to, number)
        self._pages.refresh()
        return said

    def _move_back(self) -> str:
        said = self._moving.back()
        self._pages.refresh()
        return said

    def _report(self) -> None:
        self._show()
        self.push()

    def _show(self, notice: str = "") -> None:
        self.state = self._describe(notice)

    def _decide(self, image: int, action: str) -> None:
        self.review.decide(image, action)

    def _jump(self, text: str) -> str:
        """Turn to the first group with a file whose path has this text, whatever its case."""
        paths, text = self._files["path"].tolist(), text.strip().casefold()
        members = self._members()

        def is_wanted(name: int) -> bool:
            return any(text in paths[file.image].casefold() for file in members.get(name, ()))

        if not text or not self._pages.turn_to_first(is_wanted):
            raise ValueError(f"no group that is shown has a file named {text!r}")
        return ""

    def _mark_different(self, image: int) -> str:
        before = self.review.group_of(image)
        self.review.mark_different(image)
        after = self.review.group_of(image)
        if before is not None and after is not None and after != before:
            self._pages.put_below(before, after)
            return "not a duplicate: remembered. It has another duplicate, in the group below."
        return "not a duplicate: remembered, and not offered again."

    def _accept(self, groups: list[int]) -> str:
        groups = [name for name in groups if name in self.review.members]
        self.review.accept(groups)
        return f"{count(len(groups), 'group')} reviewed."

    def _accept_page(self, groups: list[int]) -> str:
        """Accept those groups of the page that have been on the screen; go on if these are all."""
        notice = self._accept([name for name in groups if name in self._pages.shown])
        open_groups = [
            name for name in self._pages.shown if name in self.review.members and not self.review.is_reviewed(name)
        ]
        if open_groups:
            return f"{notice} {count(len(open_groups), 'group')} of this page you have not seen yet."
        self._pages.turn_to(self._pages.number + 1)
        return notice

    def _accept_same(self) -> str:
        """Accept all groups in which everything is the same picture as the file that stays."""
        return self._accept([name for name, group in self._members().items() if is_same(group)])

    def _accept_folded(self, name: str) -> str:
        """Accept all groups of a row that is folded: nothing in them goes."""
        return self._accept(self._choice.folds(self._members()).get(name, []))

    def _members(self) -> dict[int, list[Member]]:
        """The groups without what has moved; those of which nothing is left but the file that stays are done."""
        members = self.review.members
        if not self._moving.gone:
            return members
        left = {
            name: [file for file in group if file.image not in self._moving.gone] for name, group in members.items()
        }
        return {name: group for name, group in left.items() if len(group) > 1 or len(members[name]) == 1}

    def _undo(self) -> str:
        if moved := len(self.review.last_change & self._moving.gone):
            what = f"{count(moved, 'file')} of it {'has' if moved == 1 else 'have'} moved"
            raise ValueError(f"not taken back: {what}. Move back first")
        self._show_group_of(self.review.undo())
        return "taken back."

    def _redo(self) -> str:
        self._show_group_of(self.review.redo())
        return "done again."

    def _show_group_of(self, image: int) -> None:
        name = self.review.group_of(image)
        if name is not None:
            self._pages.show(name)

    def _regroup(self, **options: Any) -> None:
        self.review.regroup(**options)
        self._pages.sort()

    def _set_keep_rule(self, rule: str) -> None:
        self._regroup(keep=self._own_rule if rule == "own" else rule)

    def _set_threshold(self, threshold: float) -> None:
        self._regroup(threshold=threshold)

    def _set_filter(self, filter: str) -> None:
        self._choice.filter = filter
        self._pages.sort()

    def _set_order(self, order: str) -> None:
        self._choice.order = order
        self._pages.sort()

    def _set_narrow(self, **texts: str) -> None:
        self._choice.search(Narrow(**texts))
        self._pages.sort()

    def _only_from(self, image: int) -> None:
        folder = self._cards.relative(self._cards.folder_of(image))
        self._choice.search(replace(self._choice.narrow, folder=folder))
        self._pages.sort()

    def _describe(self, notice: str = "") -> GalleryState:
        self._notices += 1
        members = self._members()
        files = [file for group in members.values() for file in group]
        going = [file.image for file in files if file.action == "remove"]
        return {
            "groups": [self._describe_group(name, members.get(name, [])) for name in self._pages.shown],
            "following": [self._describe_group(name, members.get(name, [])) for name in self._pages.following],
            "first": self._pages.first + 1,
            "listed": self._pages.listed,
            "view": self._pages.view,
            "page": self._pages.number,
            "pages": self._pages.count,
            "going": len(going),
            "go": count(len(going), "file"),
            "freed": file_size(int(self._files["bytes"].to_numpy()[going].sum())) + along(self._moving.beside(going)),
            "review": sum(file.action == "review" and not self.review.is_accepted(file.image) for file in files),
            "all": len(self.review.members),
            "reviewed": sum(map(self.review.is_reviewed, self.review.members)),
            "same": sum(is_same(group) and not self.review.is_reviewed(name) for name, group in members.items()),
            "moved": len(self._moving.gone),
            "moved_to": self._moving.to,
            "suggested": self._moving.suggested,
            "busy": self._moving.busy,
            **self._choice.describe(members),
            "folds": self._choice.describe_folds(members),
            "found": len(self._choice.found(members)),
            "folder_rules": self._folder_rules.describe(),
            "rule": "own" if callable(self.review.keep) else self.review.keep,
            "rules": list(self._rules.items()),
            "threshold": self.review.threshold,
            "max_mse": self._max_mse,
            "can_undo": self.review.can_undo,
            "can_redo": self.review.can_redo,
            "notice": notice[:1].upper() + notice[1:],
            "number": self._notices,  # so that a notice which comes twice is shown twice
            "words": SHOWN_WORDS,
            "colours": SHOWN_COLOURS,
        }

    def _describe_group(self, name: int, group: list[Member]) -> GroupState:
        is_expanded = name in self._expanded
        folded = {} if is_expanded else self._choice.folded(group)
        unfolded = [file for file in group if file.image not in folded]
        shown = unfolded if is_expanded else unfolded[:FILES_PER_GROUP]
        kinds = set(folded.values())
        return {
            "name": name,
            "reviewed": bool(group) and self.review.is_reviewed(name),
            "more": len(group) - len(shown),
            "more_words": FOLDS[kinds.pop()].files if len(kinds) == 1 and shown == unfolded else "more",
            "files": [
                self._cards.describe(file, keeper=group[0].image, reviewed=self.review.is_accepted(file.image))
                for file in shown
            ],
        }
