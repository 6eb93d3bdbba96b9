"""One picture as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from dupviz.images.imageset import ImageSet
from dupviz.metrics import Pixels
from dupviz.widgets.explorer import PictureExplorer
from dupviz.widgets.modules import join_modules
from dupviz.widgets.page import FOLDER
from dupviz.widgets.pictures import LARGEST_SIZE, Pictures

__all__ = ["TensorExplorer"]

# Of a picture in a page, beside the one that is shown: all 49 sizes would take 170 kB.
PAGE_SIZES = (2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 25, 32, 40, 50)


class TensorExplorer(PictureExplorer):
    """See a picture dissolve into numbers, point at a pixel, and change what is there.

    Parameters
    ----------
    images : ImageSet, or dict of str to ndarray of uint8, shape (height, width, 3)
    picture : str, optional
        The name of the one to begin with; by default the first.

    Attributes
    ----------
    tensor : ndarray of uint8, shape (size, size, 3)
        What is shown: with the values that were changed, and 0 in the channels that are off.
    original : ndarray of uint8, shape (size, size, 3)
        The picture itself at this size.
    picture : str
        The name of the picture; this and all that follow can be set.
    size : int
        From 2 to 50. Values that were changed are as before, after a change of the size or the picture.
    row, column : int
        The marked pixel.
    channels : list of bool
        Which of red, green and blue are on.
    changed : list of [row, column, channel, value]
        The values that were changed.
    arrangement : {"stack", "matrices"}

    Examples
    --------
    >>> images = dv.load_images("data/photos", progress=False)
    >>> explorer = dv.widgets.TensorExplorer(images)
    >>> explorer.row, explorer.column  # the pixel whose numbers are shown
    (25, 25)
    >>> explorer.changed = [[25, 25, 0, 255]]  # the marked pixel, as red as can be
    >>> explorer.tensor[25, 25, 0]
    np.uint8(255)
    """

    _esm = join_modules(FOLDER / "tensor_widget.js")
    _about = (
        "tensor_page.js",
        "One picture as numbers",
        "Point at a pixel to see its three numbers, and move a slider to change them.",
    )

    picture = traitlets.Unicode().tag(sync=True)
    size = traitlets.Int(LARGEST_SIZE, min=2, max=LARGEST_SIZE).tag(sync=True)
    row = traitlets.Int(LARGEST_SIZE // 2, min=0, max=LARGEST_SIZE - 1).tag(sync=True)
    column = traitlets.Int(LARGEST_SIZE // 2, min=0, max=LARGEST_SIZE - 1).tag(sync=True)
    channels = traitlets.List(traitlets.Bool(), [True] * 3, minlen=3, maxlen=3).tag(sync=True)
    changed = traitlets.List(traitlets.List(traitlets.Int(min=0, max=255), minlen=4, maxlen=4)).tag(sync=True)
    arrangement = traitlets.Enum(["stack", "matrices"], "stack").tag(sync=True)

    def __init__(self, images: ImageSet | dict[str, Pixels], *, picture: str | None = None) -> None:
        pictures = Pictures(images)
        super().__init__(pictures, picture=pictures.names[0] if picture is None else picture)

    @property
    def tensor(self) -> Pixels:
        """What is shown."""
        edited = self.original.copy()
        for row, column, channel, value in self.changed:
            edited[row, column, channel] = value
        return edited * np.asarray(self.channels, np.uint8)

    @property
    def original(self) -> Pixels:
        """The picture itself."""
        return self._pictures.at(self._pictures.index(self.picture), self.size)

    @traitlets.validate("picture")
    def _check_name(self, proposal: Any) -> str:
        return self._name(proposal["value"])

    @traitlets.validate("changed")
    def _check_changed(self, proposal: Any) -> list[list[int]]:
        changed: list[list[int]] = proposal["value"]
        for row, column, channel, _ in changed:
            if max(row, column) >= self.size or channel > 2:
                raise traitlets.TraitError(f"there is no value [{row}, {column}, {channel}] at size {self.size}")
        return changed

    @traitlets.observe("picture", "size")
    def _start_again(self, change: Any) -> None:
        self.changed = []
        self.row, self.column = (min(place, self.size - 1) for place in (self.row, self.column))

    def _chosen(self) -> list[str]:
        return [self.picture]

    def _at_sizes(self, name: str) -> list[Pixels]:
        row = self._pictures.index(name)
        return [self._pictures.at(row, size) for size in sorted({*PAGE_SIZES, self.size})]
