"""From groups to decisions: the gallery in which a person says what stays."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import pandas as pd
import traitlets

from dupviz.cleanup.plan import Plan
from dupviz.review.labels import Labels
from dupviz.review.session import Review
from dupviz.widgets.gallery.gallery import Gallery
from dupviz.widgets.modules import join_modules
from dupviz.widgets.results import check_result

if TYPE_CHECKING:
    from dupviz.duplicates import Duplicates

__all__ = ["ReviewGallery"]

PAGE = Path(__file__).with_name("gallery")


class ReviewGallery(anywidget.AnyWidget):
    """Groups of duplicates as rows of pictures, to decide by mouse or keys which files stay and which can go.

    Decisions are saved as they are made, and found again when the gallery is opened on the same files. What can go in
    reviewed groups is moved by a button, after a preview, and moved back by another; `plan` says what would be moved.

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
        The groups, and what can be decided about them.
    state : dict
        What is shown: the page, its groups, counts. Each message of the page is answered by its number.

    Examples
    --------
    >>> duplicates = dv.find_duplicates("data/photos/flags", progress=False)
    >>> gallery = dv.widgets.ReviewGallery(duplicates)
    >>> gallery.groups["action"].value_counts().to_dict()
    {'review': 5, 'keep': 4, 'remove': 3}
    """

    _esm = join_modules(PAGE / "index.js")
    _css = PAGE / "gallery.css"

    state = traitlets.Dict().tag(sync=True)

    def __init__(self, duplicates: "Duplicates", *, file: str | Path | None = None, labels: Labels | None = None):
        check_result("ReviewGallery", duplicates)
        self._gallery = Gallery(duplicates, file=file, labels=labels)
        super().__init__(state=self._gallery.state)
        self._gallery.push = self._push
        self.on_msg(self._on_message)

    @property
    def review(self) -> Review:
        """The groups, and what can be decided about them."""
        return self._gallery.review

    @property
    def groups(self) -> pd.DataFrame:
        """The groups after all decisions: a DataFrame like that of `group_duplicates`, the kept file first in each."""
        return self.review.groups

    def plan(self, *, reviewed_only: bool = True, carry: bool = True) -> Plan:
        """What would move, after all decisions.

        Parameters
        ----------
        reviewed_only : bool
            Whether to leave out groups that were not marked as reviewed.
        carry : bool
            Whether metadata that the files which you let go alone have is carried over, see `Plan.apply`.

        Returns
        -------
        Plan
            See `make_plan`.
        """
        return self._gallery.plan(reviewed_only=reviewed_only, carry=carry)

    def _on_message(self, _widget: Any, message: Any, _buffers: list[Any]) -> None:
        """Do what the browser asks for, and answer it when the state is new."""
        answer = self._gallery.receive(message)
        self._push()
        self.send(*answer)

    def _push(self) -> None:
        self.state = dict(self._gallery.state)
