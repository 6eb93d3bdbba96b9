"""Which images are worth a second look beside which, and which of them first.

First those that are near by their MSE, where it is evidence; then those that are near but for the light; then those of
which one may show a part of the other.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dupviz.look.register import WHOLE, Box
from dupviz.look.verdict import inverse, turned_box
from dupviz.metrics import undone
from dupviz.propose.parts import SIDES
from dupviz.search.pairs import Pairs
from dupviz.search.symmetry import INVERSES, best_symmetry

__all__ = ["EVIDENT", "Neighbour", "Neighbours"]

# Unrelated pictures of one mean colour have an MSE of the sum of their squared contrasts. Below this share of the mean
# of the two it is evidence: 99 % of the copies of 40 photos are, and 0 to 2 % of look-alike receipts, pages and plots.
EVIDENT = 0.045

ENDS = ["of", "to", "mse", "rotation", "mirrored", "box", "far"]


class Neighbour(NamedTuple):
    """An image that is near another.

    Attributes
    ----------
    leader : int
        Its row number; it stands for all with identical tensors.
    mse, rotation, mirrored
        How the other one is transformed to match it.
    box : Box
        The part of this one that the other shows.
    """

    leader: int
    mse: float
    rotation: int
    mirrored: bool
    box: Box = WHOLE


class Neighbours:
    """The pairs of a search, and further ones, as a list for each image.

    The pairs stay where they are: of some ten million, a copy in another order would fill the memory.

    Parameters
    ----------
    pairs : Pairs
    light, views : DataFrame or None
        See `find_light_pairs` and `find_views`.
    contrast, flat : ndarray, shape (n,)
        See the files table.
    """

    def __init__(
        self,
        pairs: Pairs,
        light: pd.DataFrame | None,
        views: pd.DataFrame | None,
        contrast: np.ndarray,
        flat: np.ndarray,
    ) -> None:
        variance = contrast**2 / 2
        evident = (pairs.mse < EVIDENT * (variance[pairs.a] + variance[pairs.b])) | (flat[pairs.a] & flat[pairs.b])
        self._a, self._b, self._mse, self._winners = (
            each if evident.all() else each[evident] for each in (pairs.a, pairs.b, pairs.mse, pairs.winners)
        )
        rows = np.arange(len(contrast) + 1)
        self._starts_a = np.searchsorted(self._a, rows)
        self._by_b = np.argsort(self._b, kind="stable")
        self._starts_b = np.searchsorted(self._b, rows, sorter=self._by_b)
        self._further = [_light_ends(light, pairs.leader), _view_ends(views, pairs.leader)]
        self._starts = [np.searchsorted(ends["of"], rows) for ends in self._further]

    def components(self, threshold: float) -> np.ndarray:
        """A number for each image: the same for those that are connected by pairs below a threshold, or further ones.

        Returns
        -------
        ndarray of int32, shape (n,)
        """
        below = self._mse < threshold
        of = np.concatenate([self._a[below], *(ends["of"] for ends in self._further)])
        to = np.concatenate([self._b[below], *(ends["to"] for ends in self._further)])
        n = len(self._starts_a) - 1
        graph = coo_array((np.ones(len(of), np.int8), (of, to)), shape=(n, n))
        return connected_components(graph, directed=False)[1]

    def near(self, row: int, threshold: float) -> Iterator[Neighbour]:
        """The neighbours of an image below a threshold, nearest first."""
        forwards, backwards, to, below = self._below(row, threshold)
        mse = self._mse[np.append(forwards, backwards)]
        winners = np.append(INVERSES[self._winners[forwards]], self._winners[backwards])
        nearest = below[np.argsort(mse[below], kind="stable")]
        rotation, mirrored = best_symmetry(winners[nearest])
        return map(Neighbour, to[nearest].tolist(), mse[nearest].tolist(), rotation.tolist(), mirrored.tolist())

    def but_for_light(self, row: int, threshold: float) -> Iterator[Neighbour]:
        """The others that are near but for the light, nearest first."""
        return self._others(0, row, threshold)

    def parts(self, row: int, threshold: float) -> Iterator[Neighbour]:
        """The others of which one may show a part of the other, nearest first."""
        return self._others(1, row, threshold)

    def _others(self, kind: int, row: int, threshold: float) -> Iterator[Neighbour]:
        _, _, to, below = self._below(row, threshold)
        ends = self._further[kind].iloc[self._starts[kind][row] : self._starts[kind][row + 1]]
        ends = ends[~ends["to"].isin(to[below])]
        return map(Neighbour, *(ends[name].tolist() for name in ("to", "mse", "rotation", "mirrored", "box")))

    def _below(self, row: int, threshold: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The pairs of an image as a and as b, the other image in each, and which are below a threshold."""
        forwards = np.arange(self._starts_a[row], self._starts_a[row + 1])
        backwards = self._by_b[self._starts_b[row] : self._starts_b[row + 1]]
        below = np.flatnonzero(self._mse[np.append(forwards, backwards)] < threshold)
        return forwards, backwards, np.append(self._b[forwards], self._a[backwards]), below


def _light_ends(light: pd.DataFrame | None, leader: np.ndarray) -> pd.DataFrame:
    """Both ends of pairs that are near but for the light, see `_ends`."""
    if light is None:
        return _ends(None, leader)
    return _ends(light.assign(box=_boxes([WHOLE] * len(light), light), far=light["light_mse"]), leader)


def _view_ends(views: pd.DataFrame | None, leader: np.ndarray) -> pd.DataFrame:
    """Both ends of pairs of which one may show a part of the other, see `_ends`."""
    if views is None:
        return _ends(None, leader)
    boxes = _boxes(list(zip(*(views[side].tolist() for side in SIDES))), views)
    return _ends(views.assign(box=boxes, far=-views["correlation"]), leader)


def _boxes(boxes: list[Box], pairs: pd.DataFrame) -> pd.Series:
    return pd.Series(boxes, pairs.index, dtype=object)


def _ends(pairs: pd.DataFrame | None, leader: np.ndarray) -> pd.DataFrame:
    """Pairs of leaders, sorted by the one that is asked for, and how far the other is: of, to, and as `Neighbour`."""
    if pairs is None:
        return pd.DataFrame({"of": np.zeros(0, np.int64), "to": np.zeros(0, np.int64)}).reindex(columns=ENDS)
    # b is turned to match a, and shown by a box of a; the other way round, all that is undone.
    forwards = pairs.rename(columns={"b": "of", "a": "to"})
    back = [
        undone(rotation, mirrored) for rotation, mirrored in zip(pairs["rotation"].tolist(), pairs["mirrored"].tolist())
    ]
    boxes = [box if box == WHOLE else turned_box(inverse(box), *turn) for box, turn in zip(pairs["box"], back)]
    backwards = pairs.rename(columns={"a": "of", "b": "to"}).assign(
        rotation=[rotation for rotation, _ in back], box=_boxes(boxes, pairs)
    )
    table = pd.concat([forwards[ENDS], backwards[ENDS]], ignore_index=True)
    table["of"], table["to"] = (leader[table[name]] for name in ("of", "to"))
    table = table[table["of"] != table["to"]].sort_values(["of", "far"], kind="stable")
    return table.drop_duplicates(["of", "to"], ignore_index=True)
