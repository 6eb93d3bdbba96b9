"""Candidates by image: which others each is to be looked at beside, nearest first."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dupviz.look.register import WHOLE, Box
from dupviz.look.verdict import inverse, turned_box
from dupviz.search.symmetry import INVERSES, best_symmetry

if TYPE_CHECKING:
    from dupviz.proposers.candidates import Candidates

__all__ = ["Neighbour", "Neighbours"]


class Neighbour(NamedTuple):
    """An image that another is to be looked at beside.

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
    """Candidates as a list for each image. The pairs stay where they are.

    Parameters
    ----------
    candidates : Candidates
    """

    def __init__(self, candidates: "Candidates") -> None:
        self._candidates = candidates
        self._ends = [_Ends(candidates, by) for by in range(int(candidates.by.max(initial=0)) + 1)]

    def components(self, threshold: float) -> np.ndarray:
        """A number for each image: the same for those that are connected by pairs that count at a threshold.

        Returns
        -------
        ndarray of int32, shape (n,)
        """
        counting = self._candidates.counting(threshold)
        ends = self._candidates.a[counting], self._candidates.b[counting]
        n = len(self._candidates.near.leader)
        graph = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(n, n))
        return connected_components(graph, directed=False)[1]

    def of(self, row: int, threshold: float) -> Iterator[tuple[int, Iterator[Neighbour]]]:
        """The neighbours of a leader that count at a threshold, by who proposed them, nearest first.

        What the MSE proposes, no other does again.

        Yields
        ------
        int
            The proposer, see `Candidates`.
        iterator of Neighbour
        """
        known = None
        for by, ends in enumerate(self._ends):
            found, to = ends.of(row, threshold)
            if known is None:
                known = to
            elif len(to):
                new = ~np.isin(to, known)
                found, to = found[new], to[new]
            yield by, self._neighbours(row, found, to)

    def _neighbours(self, row: int, found: np.ndarray, to: np.ndarray) -> Iterator[Neighbour]:
        every = self._candidates
        is_a = every.a[found] == row
        winners = every.winners[found]
        rotation, mirrored = best_symmetry(np.where(is_a, INVERSES[winners], winners))
        for turn in zip(found.tolist(), to.tolist(), is_a.tolist(), rotation.tolist(), mirrored.tolist()):
            pair, leader, backwards, degrees, is_mirrored = turn
            box = WHOLE
            if every.box[pair]:
                left, top, right, bottom = every.boxes[every.box[pair]].tolist()
                box = (left, top, right, bottom)
                if backwards:
                    box = turned_box(inverse(box), degrees, is_mirrored)
            yield Neighbour(leader, float(every.mse[pair]), degrees, is_mirrored, box)


class _Ends:
    """The pairs of one proposer by their ends."""

    def __init__(self, candidates: "Candidates", by: int) -> None:
        self._candidates = candidates
        self._first, stop = np.searchsorted(candidates.by, [by, by + 1])
        a, b = candidates.a[self._first : stop], candidates.b[self._first : stop]
        rows = np.arange(len(candidates.near.leader) + 1)
        self._starts_a = self._first + np.searchsorted(a, rows)
        self._by_b = np.argsort(b, kind="stable")
        self._starts_b = np.searchsorted(b, rows, sorter=self._by_b)

    def of(self, row: int, threshold: float) -> tuple[np.ndarray, np.ndarray]:
        """Which pairs of an image count at a threshold, nearest first, and the other image in each."""
        forwards = np.arange(self._starts_a[row], self._starts_a[row + 1])
        backwards = self._first + self._by_b[self._starts_b[row] : self._starts_b[row + 1]]
        found = np.append(forwards, backwards)
        to = np.append(self._candidates.b[forwards], self._candidates.a[backwards])
        counting = (self._candidates.far[found] < threshold) | ~self._candidates.limited[found]
        found, to = found[counting], to[counting]
        order = np.argsort(self._candidates.far[found], kind="stable")
        return found[order], to[order]
