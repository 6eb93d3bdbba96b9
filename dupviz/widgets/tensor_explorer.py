"""One picture as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np
from traitlets import link

from dupviz.images.imageset import ImageSet
from dupviz.metrics import Pixels, mse
from dupviz.widgets.drawing import CHANNELS, draw_tensor
from dupviz.widgets.menu import PictureMenu
from dupviz.widgets.pictures import Pictures
from dupviz.widgets.view import View

__all__ = ["TensorExplorer", "describe_tensor", "with_channels"]

LOOK = {"layout": {"width": "270px"}, "style": {"description_width": "60px"}}  # three in a row
SLIDER_COLOURS = ("#d33", "#2a2", "#36e")


class TensorExplorer(widgets.VBox):
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
    picture, size, row, column, channels, values, arrangement, restore
        The controls, all of ipywidgets; channels and values are three of each.
    view : View
    readout : ipywidgets.HTML

    Examples
    --------
    >>> images = dv.load_images("data/photos", progress=False)
    >>> explorer = dv.widgets.TensorExplorer(images)
    >>> explorer.row.value, explorer.column.value  # the pixel whose numbers are shown
    (25, 25)
    """

    def __init__(self, images: ImageSet | dict[str, Pixels], *, picture: str | None = None) -> None:
        self._pictures = Pictures(images)
        names = self._pictures.names
        first = 0 if picture is None else self._pictures.index(picture)
        self._menu = PictureMenu(names, first, description="Picture", **LOOK)
        self.picture = self._menu.menu
        self.size = _slider("Size", 2, 50, 50, "Rows and columns of the tensor")
        self.row = _slider("Row", 0, 49, 25, "Row of the marked pixel: the first index")
        self.column = _slider("Column", 0, 49, 25, "Column of the marked pixel: the second index")
        self.channels = [widgets.Checkbox(True, description=f"{name} on", **LOOK) for name in CHANNELS]
        self.values = [
            _slider(name, 0, 255, 0, f"How {name} the marked pixel is: move to change it") for name in CHANNELS
        ]
        for slider, colour in zip(self.values, SLIDER_COLOURS):
            slider.style.handle_color = colour
        self.arrangement = widgets.ToggleButtons(options=["stack", "matrices"], style={"button_width": "110px"})
        self.restore = widgets.Button(description="Restore the picture", icon="undo", layout={"width": "180px"})
        self.view = View(row=25, column=25)
        self.readout = widgets.HTML()
        self._load()

        for control in (self.picture, self.size):
            control.observe(self._load, "value")
        for control in (self.row, self.column):
            control.observe(self._point, "value")
        for channel, slider in enumerate(self.values):
            slider.observe(lambda change, channel=channel: self._edit(channel, change.new), "value")
        for control in (self.arrangement, *self.channels):
            control.observe(self._draw, "value")
        self.restore.on_click(self._restore)
        link((self.row, "value"), (self.view, "row"))
        link((self.column, "value"), (self.view, "column"))
        super().__init__(self._rows(), layout={"max_width": "980px"})
        self.add_class("dupviz-explorer")

    @property
    def tensor(self) -> Pixels:
        """What is shown."""
        return with_channels(self._edited, self._visible)

    @property
    def _visible(self) -> list[bool]:
        """Which channels are on."""
        return [checkbox.value for checkbox in self.channels]

    def _rows(self) -> list[widgets.Widget]:
        rows = [
            [self._menu, self.size, self.arrangement],
            [self.view],
            [self.row, self.column, self.restore],
            [widgets.VBox([slider, checkbox]) for slider, checkbox in zip(self.values, self.channels)],
            [self.readout],
        ]
        wrap = {"flex_flow": "row wrap", "align_items": "center"}
        return [row[0] if len(row) == 1 else widgets.HBox(row, layout=wrap) for row in rows]

    def _load(self, change: Any = None) -> None:
        """Show another picture or another size; the marked place stays."""
        size = self.size.value
        self._loading = True  # nothing is drawn while row and column change
        for slider in (self.row, self.column):
            place = slider.value * size // (slider.max + 1)
            slider.max = size - 1
            slider.value = place
        self.original = self._pictures.at(self.picture.value, size)
        self._edited = self.original.copy()
        self._loading = False
        self._point()

    def _point(self, change: Any = None) -> None:
        if self._loading:
            return
        for slider, number in zip(self.values, self._edited[self.row.value, self.column.value]):
            slider.value = int(number)
        self._draw()

    def _edit(self, channel: int, number: int) -> None:
        pixel = self._edited[self.row.value, self.column.value]
        if pixel[channel] != number:  # else the slider followed the pixel
            pixel[channel] = number
            self._draw()

    def _restore(self, button: Any) -> None:
        for checkbox in self.channels:
            checkbox.value = True
        self._edited = self.original.copy()
        self._point()

    def _draw(self, change: Any = None) -> None:
        row, column = self.row.value, self.column.value
        stacked = self.arrangement.value == "stack"
        self.view.svg = draw_tensor(self.tensor, row=row, column=column, visible=self._visible, stacked=stacked)
        self.readout.value = describe_tensor(self.tensor, self.original, row, column)
        self.view.label = f"{self._menu.name}, with its three channels. Arrow keys move the marked pixel."


def with_channels(tensor: Pixels, visible: Sequence[bool]) -> Pixels:
    """A tensor with 0 in the channels that are off.

    Parameters
    ----------
    tensor : ndarray of uint8, shape (height, width, 3)

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
    """
    return tensor * np.asarray(visible, np.uint8)


def describe_tensor(tensor: Pixels, original: Pixels, row: int, column: int) -> str:
    """The numbers of an explored tensor in words, as HTML.

    Parameters
    ----------
    tensor, original : ndarray of uint8, shape (size, size, 3)
    """
    size = len(tensor)
    pixel = ", ".join(map(str, tensor[row, column]))
    facts = [
        f"shape ({size}, {size}, 3): {size} · {size} · 3 = {tensor.size:,} numbers",
        f"tensor[{row}, {column}] = ({pixel})",
        f"MSE to the unchanged values: {mse(tensor, original):,.1f}",
    ]
    items = "".join(f"<code>{fact}</code>" for fact in facts)
    return f'<div style="display: flex; flex-wrap: wrap; gap: 4px 18px; line-height: 1.5">{items}</div>'


def _slider(name: str, low: int, high: int, value: int, tooltip: str) -> widgets.IntSlider:
    return widgets.IntSlider(value, low, high, description=name, tooltip=tooltip, **LOOK)
