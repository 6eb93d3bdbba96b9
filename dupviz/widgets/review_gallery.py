"""From groups to decisions: the gallery in which a person says what stays."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anywidget
import numpy as np
import traitlets
from PIL import Image

from dupviz._words import COLOURS, WORDS, count, file_size, printable, turn
from dupviz.cleanup.plan import make_plan
from dupviz.groups.keep import KEEP_RULES
from dupviz.images.formats import DecodeError, NotAnImage
from dupviz.review.session import Review
from dupviz.widgets.files import file_jpeg, file_state, jpeg, turned

__all__ = ["ReviewGallery"]

GROUPS_PER_PAGE = 20
FILES_PER_GROUP = 24  # shown at first
THUMBNAIL_SIDE = 360  # pixels: for 180 on a screen of twice the usual density
LARGEST_SIDE = 4096  # of what a screen may ask for
REASONS = {"gone": "This file is no longer there.", "changed": "This file has changed since it was read."}


class ReviewGallery(anywidget.AnyWidget):
    """Groups of duplicates as rows of pictures, to decide by mouse or keys which files stay and which can go.

    Decisions are saved as they are made, and found again when the gallery is opened on the same files. No file is
    moved: `plan` says what would be.

    Parameters
    ----------
    duplicates : Duplicates
    file : str or Path, optional
        Where decisions are kept; by default ``decisions.jsonl`` in the user's data folder.
    labels : Labels, optional
        Where pairs that are no duplicates are remembered; by default the labels in the user's data folder.

    Attributes
    ----------
    review : Review
        The same without its looks: the groups, and what can be decided about them.
    state : dict
        What is shown: the page, its groups, counts.
    """

    _esm = Path(__file__).with_name("review_gallery.js")
    _css = Path(__file__).with_name("review_gallery.css")

    state = traitlets.Dict().tag(sync=True)

    def __init__(self, duplicates, *, file=None, labels=None):
        self.review = Review(duplicates, file=file, labels=labels)
        self._files = duplicates.images.files
        folders = set(map(os.path.dirname, self._files["path"]))
        self._common = os.path.commonpath(map(os.path.abspath, folders)) if folders else ""
        self._max_mse = duplicates.max_mse
        self._own_rule = duplicates.keep if callable(duplicates.keep) else None
        self._expanded: set[int] = set()
        self._notices = 0
        self._page = 0
        self._shown: list[int] = []  # groups, which stay where they are until another page is turned to
        self._go_to_first_open_group()
        super().__init__(state=self._describe())
        self.on_msg(self._on_message)

    @property
    def groups(self):
        """The groups after all decisions: a DataFrame like that of `group_duplicates`, the kept file first in each."""
        return self.review.groups

    def plan(self, *, reviewed_only=False):
        """What would move, after all decisions.

        Parameters
        ----------
        reviewed_only : bool
            Leave out groups that were not marked as reviewed.

        Returns
        -------
        Plan
            See `make_plan`.
        """
        groups = self.groups
        if reviewed_only:
            reviewed = np.array([self.review.is_reviewed(name) for name in self.review.members], bool)
            groups = groups[reviewed[groups["group"]]]
        return make_plan(self.review.images, groups)

    def _on_message(self, _, message, buffers):
        """Do what the browser asks for."""
        match message:
            case {"do": "thumbnails", "files": files}:
                self.send({"thumbnails": files}, self._thumbnails(files))
            case {"do": "compare", "files": files}:
                answers = [self._picture(message, *file) for file in files]
                self.send(
                    {"compare": message, "reasons": [reason for reason, _ in answers]}, [jpg for _, jpg in answers]
                )
            case {"do": step}:
                arguments = {name: value for name, value in message.items() if name != "do"}
                try:
                    notice = getattr(self, f"_do_{step}")(**arguments)
                except ValueError as error:
                    notice = f"{error}."
                except OSError as error:
                    notice = f"decided, but it could not be saved for the next session: {error}."
                self.state = self._describe(notice or "")

    def _do_toggle(self, image):
        self.review.toggle(image)

    def _do_make_keeper(self, image):
        self.review.make_keeper(image)

    def _do_mark_different(self, image):
        before = self.review.group_of(image)
        self.review.mark_different(image)
        after = self.review.group_of(image)
        if after not in (None, before):
            if after not in self._shown:
                self._shown.insert(self._shown.index(before) + 1, after)
            return "not a duplicate: remembered. It has another duplicate, in the group below."
        return "not a duplicate: remembered, and not offered again."

    def _do_accept(self, groups):
        groups = [name for name in groups if name in self.review.members]
        self.review.accept(groups)
        return f"{count(len(groups), 'group')} reviewed."

    def _do_accept_page(self):
        notice = self._do_accept(self._shown)
        self._go_to(self._page + 1)
        return notice

    def _do_undo(self):
        self._go_to_image(self.review.undo())
        return "taken back."

    def _do_redo(self):
        self._go_to_image(self.review.redo())
        return "done again."

    def _do_regroup(self, **changes):
        if changes.get("keep") == "own":
            changes["keep"] = self._own_rule
        self.review.regroup(**changes)
        self._go_to(0)

    def _do_page(self, page):
        self._go_to(page)

    def _do_expand(self, group):
        self._expanded.add(group)

    def _go_to(self, page):
        names = list(self.review.members)
        self._page = max(0, min(page, self._pages() - 1))
        self._shown = names[GROUPS_PER_PAGE * self._page :][:GROUPS_PER_PAGE]

    def _go_to_image(self, image):
        """Show the group of a file, if it is not on this page."""
        name = self.review.group_of(image)
        if name is not None and name not in self._shown:
            self._go_to(list(self.review.members).index(name) // GROUPS_PER_PAGE)

    def _go_to_first_open_group(self):
        open_groups = (i for i, name in enumerate(self.review.members) if not self.review.is_reviewed(name))
        self._go_to(next(open_groups, 0) // GROUPS_PER_PAGE)

    def _pages(self):
        return max(1, -(-len(self.review.members) // GROUPS_PER_PAGE))

    def _describe(self, notice=""):
        """All that is shown, as JSON can hold it."""
        self._notices += 1
        members = self.review.members
        files = [file for group in members.values() for file in group]
        going = [file.image for file in files if file.action == "remove"]
        rules = {rule: rule.replace("_", " ") for rule in KEEP_RULES} | ({"own": "own rule"} if self._own_rule else {})
        return {
            "groups": [self._describe_group(name) for name in self._shown],
            "first": GROUPS_PER_PAGE * self._page + 1,
            "page": self._page,
            "pages": self._pages(),
            "go": count(len(going), "file"),
            "freed": file_size(int(self._files["bytes"].to_numpy()[going].sum())),
            "review": sum(file.action == "review" for file in files),
            "all": len(members),
            "reviewed": sum(map(self.review.is_reviewed, members)),
            "rule": "own" if callable(self.review.keep) else self.review.keep,
            "rules": list(rules.items()),
            "threshold": self.review.threshold,
            "max_mse": self._max_mse,
            "can_undo": self.review.can_undo,
            "can_redo": self.review.can_redo,
            "notice": notice[:1].upper() + notice[1:],
            "number": self._notices,  # so that a notice which comes twice is shown twice
            "words": WORDS,
            "colours": COLOURS,
        }

    def _describe_group(self, name):
        group = self.review.members.get(name, [])
        shown = group if name in self._expanded else group[:FILES_PER_GROUP]
        return {
            "name": name,
            "reviewed": bool(group) and self.review.is_reviewed(name),
            "more": len(group) - len(shown),
            "files": [self._describe_file(file, first=i == 0) for i, file in enumerate(shown)],
        }

    def _describe_file(self, file, first):
        facts = self._files.iloc[file.image]
        width, height = (int(facts[side]) for side in ("width", "height"))
        folder = os.path.relpath(os.path.dirname(facts["path"]) or os.curdir, self._common)
        return {
            "image": file.image,
            "action": file.action,
            "first": first,
            "name": printable(os.path.basename(facts["path"])),
            "folder": "" if folder == os.curdir else printable(folder),
            "pixels": f"{width} × {height}",
            "size": file_size(int(facts["bytes"])),
            "kind": f"{facts['format']} · {facts['modified']:%Y-%m-%d}",
            "mse": "" if first else f"MSE {file.mse:,.1f}",
            "turn": turn(file.rotation, file.mirrored),
            "rotation": file.rotation,
            "mirrored": file.mirrored,
            "shape": [height, width] if file.rotation % 180 else [width, height],
            "state": file_state(facts["path"], facts["bytes"], facts["modified"]),
        }

    def _thumbnails(self, files):
        with ThreadPoolExecutor() as executor:
            return list(executor.map(self._thumbnail, files))

    def _thumbnail(self, file):
        image, rotation, mirrored = file
        try:
            return file_jpeg(self._files["path"].iat[image], THUMBNAIL_SIDE, rotation=rotation, mirrored=mirrored)
        except (DecodeError, NotAnImage):  # it is gone: its tensor shows what it was
            facts = self._files.iloc[image]
            scale = THUMBNAIL_SIDE / max(facts["width"], facts["height"])
            shape = [max(1, round(scale * facts[side])) for side in ("width", "height")]
            picture = Image.fromarray(self.review.images.tensors[image]).resize(shape, Image.Resampling.BICUBIC)
            return jpeg(turned(picture, rotation, mirrored))

    def _picture(self, message, image, rotation, mirrored):
        """Why a picture cannot be compared, or an empty text; and its JPEG."""
        facts = self._files.iloc[image]
        state = file_state(facts["path"], facts["bytes"], facts["modified"])
        if state:
            return REASONS[state], b""
        side = min(int(message["side"]), LARGEST_SIDE)
        try:
            return "", file_jpeg(facts["path"], side, rotation=rotation, mirrored=mirrored, box=message["box"])
        except (DecodeError, NotAnImage, OSError) as error:
            return printable(f"This file cannot be shown: {error}."), b""
