"""The canvas of the explorers."""

from pathlib import Path

import anywidget
import traitlets

__all__ = ["View"]


class View(anywidget.AnyWidget):
    """Shows a drawing, and says which cell of it is pointed at, by mouse, finger or arrow keys.

    Attributes
    ----------
    svg : str
        What is drawn. Its elements with ``data-rows`` and ``data-columns`` can be pointed at.
    row, column : int
        The cell that is pointed at.
    label : str
        What the drawing shows, for those who hear it.
    """

    _esm = Path(__file__).with_name("view.js")
    _css = Path(__file__).with_name("view.css")

    svg = traitlets.Unicode().tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    column = traitlets.Int(0).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
