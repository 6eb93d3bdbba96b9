"""What is sent to a page: the tests check each state against these types, in Python and in JavaScript."""

from typing import Literal, NotRequired, TypedDict

__all__ = [
    "Answer",
    "ChoiceState",
    "Content",
    "FileState",
    "FoldState",
    "FolderList",
    "FolderRule",
    "GalleryState",
    "GroupState",
    "PairFile",
    "PairState",
    "Phase",
    "Picture",
    "Preview",
    "ServerState",
    "SplitState",
]

# An image, and how it is turned: (row, rotation, mirrored).
Picture = tuple[int, int, bool]

# What can be chosen, and how it is called.
Choices = list[tuple[str, str]]


class FileState(TypedDict):
    """A file of a group in words, and what the page needs for its picture."""

    image: int
    action: str  # "keep", "remove", "review" or "accepted"
    reviewed: bool  # whether it was accepted beside the one that stays
    first: bool  # whether it is the one that its group is compared with
    name: str
    folder: str
    folder_name: str  # as people call it: that of the folder that holds all files is not empty
    pixels: str
    size: str
    kind: str
    mse: str
    turn: str
    reason: str
    beside: str  # which file it goes for, or is beside, in words; empty where that is the first of its group
    camera: list[str]
    keeper: int
    window: list[float] | None  # where it differs most: a box of `keeper`, then one of this file, turned to match
    outlines: (
        list[list[float]] | None
    )  # corners of this file, turned to match, in `keeper`, and of that one in this file
    rotation: int
    mirrored: bool
    shape: tuple[int, int]  # width and height, turned to match
    state: str  # see `file_state`
    seen: str


class GroupState(TypedDict):
    """A group; `more` of its files are not shown, which `more_words` says in words."""

    name: int
    reviewed: bool
    more: int
    more_words: str
    files: list[FileState]


class FoldState(TypedDict):
    """Groups that are one row: their number in words, and that of what is for review in them."""

    name: str  # of the filter that shows them
    words: str
    files: str
    reviewed: bool


class NarrowState(TypedDict):
    """See `Narrow`."""

    text: str
    folder: str
    format: str
    since: str
    until: str


class ChoiceState(TypedDict):
    """Which groups are shown, and in what order; and what can be chosen."""

    filters: Choices
    filter: str
    orders: Choices
    order: str
    narrow: NarrowState
    folders: Choices
    formats: Choices


class FolderRule(TypedDict):
    """What was said of a folder; `number` counts those of the same rule."""

    rule: str
    number: int
    words: str


class GalleryState(ChoiceState):
    """All that the review gallery shows."""

    groups: list[GroupState]
    following: list[GroupState]  # the first group of the next page, if there is one
    first: int  # number of the first group of the page
    listed: int  # groups on all pages
    view: str  # how they are shown: as rows, or as a sheet
    page: int
    pages: int
    going: int
    go: str
    freed: str  # bytes, and how many files belong to those that go
    review: int  # of groups that are not reviewed
    all: int
    reviewed: int
    same: int
    moved: int
    moved_to: str
    suggested: str
    busy: str
    folds: list[FoldState]
    found: int
    folder_rules: list[FolderRule]
    rule: str
    rules: Choices
    threshold: float
    max_mse: float
    can_undo: bool
    can_redo: bool
    notice: str
    number: int  # so that a notice which comes twice is shown twice
    words: dict[str, str]
    colours: dict[str, str]


class PairFile(TypedDict):
    """A file of a pair; `value` is its label, or the part of the data set that it is in."""

    picture: Picture
    name: str
    folder: str
    value: str


class PairState(TypedDict):
    """A leak or a label conflict, and what was decided."""

    row: int
    files: list[PairFile]
    choice: str
    choices: Choices
    mse: str


class SplitState(TypedDict):
    """All that the gallery of a data set shows."""

    pairs: list[PairState]
    page: int
    pages: int
    decided: str
    all: str
    left: str
    rest: Choices
    notice: str
    colours: dict[str, str]


class Phase(TypedDict):
    """How far ``dupviz review`` is; `folder` is the one to begin with, or that which is open."""

    phase: Literal["start", "busy", "gallery", "closed"]
    folder: str
    notice: str


class ServerState(Phase):
    """All that the page of ``dupviz review`` shows."""

    gallery: GalleryState | None


class Preview(TypedDict):
    """What a move would do, or what stands in its way."""

    number: int  # of files in the plan, which a person agrees to
    going: int  # of those that would move
    size: str
    files: list[str]
    more: int
    sidecars: list[str]  # that would be written
    more_sidecars: int
    stays: list[str]  # what would stay after all, each with its reason
    carries: bool  # whether there is something to carry over, or it is tried in vain
    held: int  # files for review that stay for nothing but what could be carried over
    obstacle: str


class FolderList(TypedDict):
    """The folders in a folder."""

    path: str
    parent: str
    names: list[str]


class Content(TypedDict, total=False):
    """What a message asked for; nothing, if it was for a change."""

    reasons: list[str]  # why a file cannot be shown, or empty texts
    preview: Preview
    folders: FolderList
    names: list[str]  # of pictures
    look: list[str]  # what the second look says: the verdict, and all of it in words


class Answer(Content):
    """What is sent back to a message: its number, and what it asked for, or why that cannot be."""

    id: int | None  # None if it had no number
    refused: NotRequired[str]
