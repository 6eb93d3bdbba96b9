"""Two pictures and one number."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
from traitlets import link

from dupviz._words.words import COLOURS
from dupviz.images.imageset import ImageSet
from dupviz.metrics import SYMMETRIES, Pixels, distance, mse, transform
from dupviz.widgets.drawing import draw_comparison, draw_steps, draw_turns, on_theme
from dupviz.widgets.menu import PictureMenu
from dupviz.widgets.pictures import Pictures
from dupviz.widgets.view import View

__all__ = ["PairExplorer", "describe_mse", "mirror_turn"]

LOOK = {"layout": {"width": "270px"}, "style": {"description_width": "50px"}}  # three in a row
STEPS = "in steps"
PLAY_MS = 120  # a row
VIEW = {"button_width": "100px"}


class PairExplorer(widgets.VBox):
    """Turn and mirror one picture against another, and see where their MSE comes from.

    Parameters
    ----------
    images : ImageSet, or dict of str to ndarray of uint8, shape (size, size, 3)
    a, b : str, optional
        The names of those to begin with; by default the first two.
    threshold : float
        Below it two pictures are called duplicates.

    Attributes
    ----------
    mse : float
        Of the first picture with the second as it is turned now.
    a, b, turn, mirror, best, symmetries, comparison, curtain, play, rows
        The controls, all of ipywidgets.
    view, steps, turns : View
        The two pictures and their squared errors; the same step by step, for the pixel that is pointed at; every
        symmetry with its MSE, to choose from.
    readout : ipywidgets.HTML

    Examples
    --------
    >>> black, white = np.zeros((50, 50, 3), np.uint8), np.full((50, 50, 3), 255, np.uint8)
    >>> dv.widgets.PairExplorer({"black": black, "white": white}).mse
    195075.0
    """

    def __init__(
        self,
        images: ImageSet | dict[str, Pixels],
        *,
        a: str | None = None,
        b: str | None = None,
        threshold: float = 200.0,
    ) -> None:
        self._pictures = Pictures(images)
        self._threshold = threshold
        names = self._pictures.names
        first = 0 if a is None else self._pictures.index(a)
        second = min(1, len(names) - 1) if b is None else self._pictures.index(b)
        self._menus = [
            PictureMenu(names, row, description=letter, **LOOK) for row, letter in ((first, "A"), (second, "B"))
        ]
        self.a, self.b = (menu.menu for menu in self._menus)
        self.turn = _button("Turn B by 90°", "undo", "Counter-clockwise")
        self.mirror = _button("Mirror B", "arrows-h", "Left and right change places")
        self.best = _button("Best match", "check", "The turn with the smallest MSE")
        self.symmetries = widgets.Dropdown(
            options=[("4 rotations", "rotations"), ("4 rotations, mirrored too", "dihedral")], description="Try", **LOOK
        )
        self.comparison = widgets.ToggleButtons(options=["side by side", STEPS, "curtain", "flicker"], style=VIEW)
        size = len(self._pictures.tensors[0])
        self.rows = widgets.IntSlider(size, 0, size, description="Rows", tooltip="How many rows are added up", **LOOK)
        self.play = widgets.Play(size, 0, size, interval=PLAY_MS, show_repeat=False)
        self.steps = View(row=size // 2, column=size // 2)
        self.curtain = widgets.IntSlider(50, 0, 100, description="Curtain", tooltip="How much of A is shown", **LOOK)
        self.view, self.turns = View(column=50), View()
        self.readout = widgets.HTML()
        self._draw()

        for control in (self.a, self.b, self.comparison, self.curtain, self.rows):
            control.observe(self._draw, "value")
        self.steps.observe(self._draw, ["row", "column"])
        self.symmetries.observe(self._choose_symmetries, "value")
        self.turns.observe(self._draw, ["row", "column"])
        self.turn.on_click(lambda button: self._show((self._shown[0] + 90) % 360, self._shown[1]))
        self.mirror.on_click(lambda button: self._mirror())
        self.best.on_click(lambda button: self._show(*self._nearest[1:]))
        link((self.curtain, "value"), (self.view, "column"))
        widgets.jslink((self.play, "value"), (self.rows, "value"))
        wrap = {"flex_flow": "row wrap", "align_items": "center"}
        rows = [
            [*self._menus, self.symmetries],
            [self.turn, self.mirror, self.best],
            [self.comparison, self.curtain, self.play, self.rows],
        ]
        views = [self.view, self.steps, self.readout, self.turns]
        super().__init__([*(widgets.HBox(row, layout=wrap) for row in rows), *views], layout={"max_width": "980px"})
        self.add_class("dupviz-explorer")

    @property
    def mse(self) -> float:
        """MSE of what is shown."""
        return mse(*self._tensors())

    @property
    def _shown(self) -> tuple[int, bool]:
        """How the second picture is turned: (rotation, mirrored)."""
        return 90 * self.turns.column, bool(self.turns.row)

    @property
    def _nearest(self) -> tuple[float, int, bool]:
        """The smallest MSE, and the turn that has it: (mse, rotation, mirrored)."""
        a, b = (self._pictures.tensors[control.value] for control in (self.a, self.b))
        return distance(a, b, symmetries=self.symmetries.value)

    def _tensors(self) -> tuple[Pixels, Pixels]:
        rotation, mirrored = self._shown
        b = transform(self._pictures.tensors[self.b.value], rotation=rotation, mirrored=mirrored)
        return self._pictures.tensors[self.a.value], b

    def _show(self, rotation: int, mirrored: bool) -> None:
        with self.turns.hold_trait_notifications():
            self.turns.row, self.turns.column = int(mirrored), rotation // 90

    def _mirror(self) -> None:
        self.symmetries.value = "dihedral"
        self._show(*mirror_turn(*self._shown))

    def _choose_symmetries(self, change: Any) -> None:
        self.turns.row = 0
        self._draw()

    def _draw(self, change: Any = None) -> None:
        a, b = self._tensors()
        least, rotation, mirrored = self._nearest
        names = f"A: {self._menus[0].name}", f"B: {self._menus[1].name}"
        by_steps = self.comparison.value == STEPS
        if by_steps:
            pixel = self.steps.row, self.steps.column
            self.steps.svg = draw_steps(a, b, names=names, rows=self.rows.value, pixel=pixel)
        else:
            view, curtain = self.comparison.value, self.curtain.value
            self.view.svg = draw_comparison(a, b, names=names, view=view, curtain=curtain)
        turns, as_it_is = SYMMETRIES[self.symmetries.value], self._pictures.tensors[self.b.value]
        self.turns.svg = draw_turns(a, as_it_is, turns=turns, chosen=self._shown, best=(rotation, mirrored))
        self.curtain.layout.display = None if self.comparison.value == "curtain" else "none"
        for part in (self.steps, self.rows, self.play):
            part.layout.display = None if by_steps else "none"
        self.view.layout.display = "none" if by_steps else None
        self.readout.value = describe_mse(mse(a, b), self._threshold, best=least)
        self.view.label = f"{names[0]} and {names[1]}, and the map of their squared errors."
        self.steps.label = f"{self.view.label} Arrow keys move the marked pixel."
        self.turns.label = f"{names[1]} in all its turns. Arrow keys choose one."


def mirror_turn(rotation: int, mirrored: bool) -> tuple[int, bool]:
    """The symmetry that mirrors the result of another one left-right.

    Parameters
    ----------
    rotation : {0, 90, 180, 270}

    Examples
    --------
    >>> mirror_turn(90, False)
    (270, True)
    """
    return -rotation % 360, not mirrored


def describe_mse(value: float, threshold: float, *, best: float) -> str:
    """An MSE in all its units, and on which side of the threshold it is, as HTML.

    Parameters
    ----------
    best : float
        The MSE in the best turn, which decides.
    """
    verdict, colour = f"not below {threshold:g} in any turn: no duplicates", COLOURS["keep"]
    if best < threshold <= value:
        verdict = f"not below {threshold:g} turned like this, but {best:,.1f} in the best turn: duplicates"
        colour = COLOURS["remove"]
    if value < threshold:
        verdict, colour = f"below {threshold:g}: duplicates", COLOURS["remove"]
    facts = [
        f"<b>MSE {value:,.1f}</b> per pixel",
        f"{value / 3:,.1f} per value (scikit-image)",
        f"root {(value / 3) ** 0.5:,.1f} grey levels",
        f'<b style="color: {on_theme(colour)}">{verdict}</b>',
    ]
    items = "".join(f"<span>{fact}</span>" for fact in facts)
    return f'<div style="display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 14px">{items}</div>'


def _button(words: str, icon: str, tooltip: str) -> widgets.Button:
    return widgets.Button(description=words, icon=icon, tooltip=tooltip, layout={"width": "130px"})
