"""Leaks and label conflicts of a data set, to decide pair by pair; what remains is a table."""

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import anywidget
import pandas as pd
import traitlets

from dupviz._disk.homes import expanded
from dupviz._disk.paths import common_folder
from dupviz._words.cards import file_card, match_words
from dupviz._words.words import COLOURS, count, printable
from dupviz.groups.sides import Side
from dupviz.images.imageset import ImageSet
from dupviz.review.split import KEEP_BOTH, SplitReview
from dupviz.widgets.gallery.messages import TEXT, WHOLE, Known, answered, changing, many, one_of, row, turned_file
from dupviz.widgets.gallery.pictures import FilePictures
from dupviz.widgets.gallery.states import PairFile, PairState, SplitState
from dupviz.widgets.modules import join_modules

__all__ = ["SplitGallery"]

FOLDER = Path(__file__).parent
PAIRS_PER_PAGE = 20


class SplitGallery(anywidget.AnyWidget):
    """Pairs that a data set should not have: drop one from training, relabel, or keep both.

    Decisions are remembered, and nothing moves: `cleaned` is the data set that remains, and a button writes it as CSV.

    Parameters
    ----------
    images : ImageSet
    found : DataFrame
        What `find_leaks` or `find_label_conflicts` gave for these images, or some of its rows.
    train, test, labels, file
        See `SplitReview`.

    Attributes
    ----------
    review : SplitReview
    state : dict
        What is shown.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> pairs = dv.find_pairs(images, progress=False)
    >>> labels = ["Europe" if "france" in path else "elsewhere" for path in images.files["path"]]
    >>> conflicts = dv.find_label_conflicts(images, pairs, labels=labels)
    >>> gallery = dv.widgets.SplitGallery(images, conflicts, labels=labels)
    >>> len(gallery.review.pairs)
    3
    """

    _esm = join_modules(FOLDER / "split" / "index.js")
    _css = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in ("gallery/gallery.css", "split/split.css"))

    state = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        images: ImageSet,
        found: pd.DataFrame,
        *,
        train: Side = (),
        test: Side = (),
        labels: str | Iterable[object] | None = None,
        file: str | Path | None = None,
    ) -> None:
        self.review = SplitReview(images, found, train=train, test=test, labels=labels, file=file)
        self._files = images.files
        self._folder = common_folder(images.files["path"]) or os.curdir
        self._pictures = FilePictures(images)
        self._page = 0
        choice = one_of(self.review.choices)
        pair = row(len(self.review))
        pictures = many(turned_file(len(images)), most=2 * PAIRS_PER_PAGE)
        change = partial(changing, show=self._show)
        self.messages: Known = {
            "choose": (change(self._choose), {"row": pair, "choice": one_of(["", *self.review.choices])}),
            "choose_rest": (change(self._choose_rest), {"choice": choice}),
            "page": (change(self._turn), {"page": WHOLE}),
            "save": (change(self._save), {"to": TEXT}),
            "thumbnails": (self._pictures.thumbnails, {"files": pictures}),
        }
        super().__init__(state=self._describe())
        self.review.changed = self._show
        self.on_msg(self._on_message)

    @property
    def cleaned(self) -> pd.DataFrame:
        """The data set after all decisions, see `SplitReview.cleaned`."""
        return self.review.cleaned()

    def _on_message(self, _widget: Any, message: Any, _buffers: list[Any]) -> None:
        """Do what the browser asks for, and answer it."""
        self.send(*answered(message, self.messages))

    def _show(self, notice: str = "") -> None:
        self.state = dict(self._describe(notice))

    def _choose(self, row: int, choice: str) -> None:
        self.review.choose(row, choice or None)

    def _choose_rest(self, choice: str) -> str:
        return f"{count(self.review.choose_rest(choice), 'pair')}: {choice}."

    def _turn(self, page: int) -> None:
        self._page = max(0, min(page, self._pages - 1))

    def _save(self, to: str) -> str:
        if not to.strip():
            raise ValueError("name a file, as clean.csv")
        path = expanded(to.strip())
        self.review.to_csv(path)
        return f"{count(len(self.cleaned), 'picture')} written to {printable(os.fspath(path.absolute()))}."

    @property
    def _pages(self) -> int:
        return max(1, -(-len(self.review) // PAIRS_PER_PAGE))

    def _describe(self, notice: str = "") -> SplitState:
        review, start = self.review, PAIRS_PER_PAGE * self._page
        rows = range(start, min(start + PAIRS_PER_PAGE, len(review)))
        rest = [choice for choice in review.choices if choice.startswith("drop") or choice == KEEP_BOTH]
        return {
            "pairs": [self._describe_pair(row) for row in rows],
            "page": self._page,
            "pages": self._pages,
            "decided": f"{review.decided:,}",
            "all": f"{len(review):,}",
            "left": f"{count(len(self.cleaned), 'picture')} remain",
            "rest": [(choice, f"All others: {choice}") for choice in rest] if review.decided < len(review) else [],
            "notice": notice[:1].upper() + notice[1:],
            "colours": COLOURS,
        }

    def _describe_pair(self, row: int) -> PairState:
        pair = self.review.pairs.iloc[row]
        ends = [("test", "test"), ("train", "train")] if self.review.is_leaks else [("a", ""), ("b", "")]
        files: list[PairFile] = []
        for number, (end, value) in enumerate(ends):
            card = file_card(self._files.iloc[pair[end]], folder=self._folder)
            rotation, mirrored = (int(pair["rotation"]), bool(pair["mirrored"])) if number else (0, False)
            files.append(
                {
                    "picture": (int(pair[end]), rotation, mirrored),
                    "name": card.name,
                    "folder": card.folder,
                    "value": value or printable(str(pair[f"{end}_label"])),
                }
            )
        labels = {"first label": f"both are {files[0]['value']}", "second label": f"both are {files[1]['value']}"}
        return {
            "row": row,
            "files": files,
            "choice": self.review.of(row) or "",
            "choices": [(choice, labels.get(choice, choice)) for choice in self.review.choices],
            "mse": match_words(pair["mse"], int(pair["rotation"]), bool(pair["mirrored"])),
        }
