"""Two pictures and one number."""

from __future__ import annotations

from typing import Any

import traitlets

from dupviz.images.imageset import ImageSet
from dupviz.metrics import ROTATIONS, Pixels, mse, transform
from dupviz.widgets.explorer import PictureExplorer
from dupviz.widgets.modules import join_modules
from dupviz.widgets.page import FOLDER
from dupviz.widgets.pictures import Pictures

__all__ = ["PairExplorer"]


class PairExplorer(PictureExplorer):
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
    a, b : str
        The names of the two pictures; these and all that follow can be set.
    rotation, mirrored
        How the second is turned, see `transform`.
    symmetries : {"rotations", "dihedral"}
        Which turns are tried.
    comparison : {"side by side", "in steps", "curtain", "flicker"}
    curtain : int
        Where the second picture begins, in percent of the width.
    rows : int
        How many rows, from the top, are added up in steps.
    row, column : int
        The pixel that is taken apart in steps.
    threshold : float

    Examples
    --------
    >>> black, white = np.zeros((50, 50, 3), np.uint8), np.full((50, 50, 3), 255, np.uint8)
    >>> explorer = dv.widgets.PairExplorer({"black": black, "white": white})
    >>> explorer.mse
    195075.0
    >>> explorer.b = "black"
    >>> explorer.mse
    0.0
    """

    _esm = join_modules(FOLDER / "pair_widget.js")
    _about = (
        "pair_page.js",
        "Two pictures, one number",
        "Turn B until it matches A. The mean squared error (MSE) says how far apart the two are.",
    )

    a = traitlets.Unicode().tag(sync=True)
    b = traitlets.Unicode().tag(sync=True)
    rotation = traitlets.Enum(ROTATIONS, 0).tag(sync=True)
    mirrored = traitlets.Bool(False).tag(sync=True)
    symmetries = traitlets.Enum(["rotations", "dihedral"], "rotations").tag(sync=True)
    comparison = traitlets.Enum(["side by side", "in steps", "curtain", "flicker"], "side by side").tag(sync=True)
    curtain = traitlets.Int(50, min=0, max=100).tag(sync=True)
    rows = traitlets.Int(0, min=0).tag(sync=True)
    row = traitlets.Int(0, min=0).tag(sync=True)
    column = traitlets.Int(0, min=0).tag(sync=True)
    threshold = traitlets.Float(200.0, min=0).tag(sync=True)

    def __init__(
        self,
        images: ImageSet | dict[str, Pixels],
        *,
        a: str | None = None,
        b: str | None = None,
        threshold: float = 200.0,
    ) -> None:
        pictures = Pictures(images)
        pictures.check_square()
        names, size = pictures.names, len(pictures.tensors[0])
        super().__init__(
            pictures,
            a=names[0] if a is None else a,
            b=names[min(1, len(names) - 1)] if b is None else b,
            threshold=threshold,
            rows=size,
            row=size // 2,
            column=size // 2,
        )

    @property
    def mse(self) -> float:
        """MSE of what is shown."""
        a, b = (self._pictures.tensor(name) for name in (self.a, self.b))
        return mse(a, transform(b, rotation=self.rotation, mirrored=self.mirrored))

    @traitlets.validate("a", "b")
    def _check_name(self, proposal: Any) -> str:
        return self._name(proposal["value"])

    def _chosen(self) -> list[str]:
        return [self.a, self.b]

    def _at_sizes(self, name: str) -> list[Pixels]:
        return [self._pictures.tensor(name)]
