"""What the gallery says of one file, as JSON can hold it."""

import os
from functools import lru_cache

import pandas as pd

from dupviz._disk.contents import stat_of
from dupviz._disk.paths import common_folder
from dupviz._disk.status import file_state
from dupviz._words.cards import beside, file_card
from dupviz._words.words import printable
from dupviz.images.camera import camera_words
from dupviz.look.aligned import outline_of_first
from dupviz.review.decisions import Member
from dupviz.widgets.gallery.states import FileState

__all__ = ["ACCEPTED", "Cards"]

ACCEPTED = "accepted"  # what was for review, and was seen: it stays

REMEMBERED = 2000  # files whose camera has been read


class Cards:
    """The files of a gallery in words.

    Parameters
    ----------
    files : DataFrame
        As in `ImageSet`.
    says_why : bool
        Whether there are reasons, of a second look.

    Attributes
    ----------
    root : str
        The folder that holds all files; empty if there is none, as on two drives.
    """

    def __init__(self, files: pd.DataFrame, *, says_why: bool) -> None:
        self._files, self._says_why = files, says_why
        self.root = common_folder(files["path"]) or ""
        self._camera_words = lru_cache(REMEMBERED)(camera_words)

    def folder_of(self, image: int) -> str:
        """The folder of a file, as a path."""
        return os.path.dirname(str(self._files["path"].iat[image])) or os.curdir

    def relative(self, folder: str) -> str:
        """A folder as seen from the one that holds all files; that one is empty."""
        relative = os.path.relpath(folder, self.root or os.curdir)
        return "" if relative == os.curdir else relative

    def folder_words(self, folder: str) -> str:
        """A folder in words; the one that holds all files by its own name."""
        return printable(self.relative(folder) or os.path.basename(os.path.realpath(folder)))

    def describe(self, file: Member, *, keeper: int, reviewed: bool) -> FileState:
        """All that is shown of a file, and that the page needs for its picture.

        Parameters
        ----------
        file : Member
        keeper : int
            The file that stays for its group.
        reviewed : bool
            Whether it was accepted beside that one.
        """
        first = file.image == keeper
        facts = self._files.iloc[file.image]
        mse = None if first else file.mse
        root = self.root or os.curdir
        card = file_card(facts, folder=root, mse=mse, rotation=file.rotation, mirrored=file.mirrored)
        width, height = int(facts["width"]), int(facts["height"])
        return {
            "image": file.image,
            "action": ACCEPTED if reviewed and file.action == "review" else file.action,
            "reviewed": reviewed,
            "first": first,
            "name": card.name,
            "folder": card.folder,
            "pixels": card.pixels,
            "size": card.size,
            "kind": card.kind,
            "mse": card.mse,
            "turn": card.turn,
            "reason": file.reason if self._says_why else "",
            "beside": "" if file.keeper in (keeper, file.image) else self._beside(file),
            "camera": self._camera_words(facts["path"]),
            "folder_name": self.folder_words(self.folder_of(file.image)),
            "keeper": file.keeper,
            "window": list(file.window) if file.worst > 1 and not file.outline else None,
            "outlines": _outlines(file.outline),
            "rotation": file.rotation,
            "mirrored": file.mirrored,
            "shape": (height, width) if file.rotation % 180 else (width, height),
            "state": file_state(facts["path"], facts["bytes"], facts["modified"]),
            "seen": _seen(facts["path"]),
        }

    def _beside(self, file: Member) -> str:
        """For which file it goes, or beside which it is shown, if that is not the first of its group."""
        return beside(file.action, str(self._files["path"].iat[file.keeper]))


def _outlines(outline: str) -> list[list[float]] | None:
    if not outline:
        return None
    corners = tuple(map(float, outline.split()))
    return [list(corners), list(outline_of_first(corners))]


def _seen(path: str) -> str:
    """What tells a file from what was there before it: the page asks for its picture again if that is another."""
    try:
        status = stat_of(path)
    except OSError:
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"
