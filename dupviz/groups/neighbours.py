"""Which images are worth a second look beside which, and which of them first."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dupviz.search.pairs import Pairs
from dupviz.search.symmetry import INVERSES, best_symmetry

__all__ = ["EVIDENT", "Neighbour", "Neighbours"]

# Unrelated pictures of one mean colour have an MSE of the sum of their squared contrasts. Below this share of the mean
# of the two it is evidence: 99 % of the copies of 40 photos are, and 0 to 2 % of look-alike receipts, pages and plots.
EVIDENT = 0.045


class Neighbour(NamedTuple):
    """An image that is near another.

    Attributes
    ----------
    leader : int
        Its row number; it stands for all with identical tensors.
    mse, rotation, mirrored
        How the other one is transformed to match it.
    """

    leader: int
    mse: float
    rotation: int
    mirrored: bool


class Neighbours:
    """The pairs of a search, and those that are near but for the light, as a list for each image.

    The pairs stay where they are: of some ten million, a copy in another order would fill the memory.

    Parameters
    ----------
    pairs : Pairs
    light : DataFrame or None
        See `find_light_pairs`.
    contrast, flat : ndarray, shape (n,)
        See the files table.
    """

    def __init__(self, pairs: Pairs, light: pd.DataFrame | None, contrast: np.ndarray, flat: np.ndarray) -> None:
        variance = contrast**2 / 2
        evident = (pairs.mse < EVIDENT * (variance[pairs.a] + variance[pairs.b])) | (flat[pairs.a] & flat[pairs.b])
        self._a, self._b, self._mse, self._winners = (
            each if evident.all() else each[evident] for each in (pairs.a, pairs.b, pairs.mse, pairs.winners)
        )
        rows = np.arange(len(contrast) + 1)
        self._starts_a = np.searchsorted(self._a, rows)
        self._by_b = np.argsort(self._b, kind="stable")
        self._starts_b = np.searchsorted(self._b, rows, sorter=self._by_b)
        self._light = _both_ways(light, pairs.leader)
        self._starts_light = np.searchsorted(self._light["of"], rows)

    def components(self, threshold: float) -> np.ndarray:
        """A number for each image: the same for those that are connected by pairs below a threshold, or but for light.

        Returns
        -------
        ndarray of int32, shape (n,)
        """
        below = self._mse < threshold
        ends = [np.append(end[below], self._light[name]) for end, name in ((self._a, "of"), (self._b, "to"))]
        n = len(self._starts_a) - 1
        graph = coo_array((np.ones(len(ends[0]), np.int8), tuple(ends)), shape=(n, n))
        return connected_components(graph, directed=False)[1]

    def near(self, row: int, threshold: float) -> Iterator[Neighbour]:
        """The neighbours of an image below a threshold, nearest first."""
        forwards, backwards, to, below = self._below(row, threshold)
        mse = self._mse[np.append(forwards, backwards)]
        winners = np.append(INVERSES[self._winners[forwards]], self._winners[backwards])
        nearest = below[np.argsort(mse[below], kind="stable")]
        return _listed(to[nearest], mse[nearest], winners[nearest])

    def but_for_light(self, row: int, threshold: float) -> Iterator[Neighbour]:
        """The others that are near but for the light, nearest first."""
        _, _, to, below = self._below(row, threshold)
        light = self._light.iloc[self._starts_light[row] : self._starts_light[row + 1]]
        light = light[~light["to"].isin(to[below])]
        return _listed(*(light[name].to_numpy() for name in ("to", "mse", "winners")))

    def _below(self, row: int, threshold: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The pairs of an image as a and as b, the other image in each, and which are below a threshold."""
        forwards = np.arange(self._starts_a[row], self._starts_a[row + 1])
        backwards = self._by_b[self._starts_b[row] : self._starts_b[row + 1]]
        pairs = np.append(forwards, backwards)
        return (
            forwards,
            backwards,
            np.append(self._b[forwards], self._a[backwards]),
            np.flatnonzero(self._mse[pairs] < threshold),
        )


def _both_ways(light: pd.DataFrame | None, leader: np.ndarray) -> pd.DataFrame:
    """Pairs that are near but for the light, of leaders, from both ends: of, to, mse, winners; nearest first."""
    if light is None:
        none = np.zeros(0, np.int64)
        return pd.DataFrame({"of": none, "to": none, "mse": none.astype(float), "winners": none.astype(np.uint8)})
    a, b = leader[light["a"]], leader[light["b"]]
    winners = np.uint8(1) << (light["rotation"].to_numpy() // 90 + 4 * light["mirrored"].to_numpy()).astype(np.uint8)
    table = pd.DataFrame(
        {
            "of": np.append(a, b),
            "to": np.append(b, a),
            "mse": np.tile(light["mse"], 2),
            "winners": np.append(INVERSES[winners], winners),
            "light": np.tile(light["light_mse"], 2),
        }
    )
    table = table[table["of"] != table["to"]].drop_duplicates(["of", "to"])
    return table.sort_values(["of", "light"], kind="stable", ignore_index=True)


def _listed(to: np.ndarray, mse: np.ndarray, winners: np.ndarray) -> Iterator[Neighbour]:
    rotation, mirrored = best_symmetry(winners)
    return map(Neighbour, to.tolist(), mse.tolist(), rotation.tolist(), mirrored.tolist())
