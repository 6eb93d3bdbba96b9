"""The pairs that are worth a look, whoever proposed them: one table."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import pandas as pd

from dupviz.images.imageset import ImageSet
from dupviz.look.boxes import WHOLE, inverse, turned_box
from dupviz.look.look import BOX
from dupviz.metrics import Bits, Flags, Floats, Integers
from dupviz.proposers.connected import connected
from dupviz.proposers.neighbours import Ends, Neighbour
from dupviz.search.pairs import Pairs, as_pairs
from dupviz.search.symmetry import INVERSES, best_symmetry
from dupviz.search.verify import mse_of_pairs

__all__ = [
    "EVIDENT",
    "MOST_ALIKE",
    "PROPOSERS",
    "Candidates",
    "Proposals",
    "as_candidates",
    "say_crowded",
]

log = logging.getLogger("dupviz")

# Who proposes pairs, in the order in which these are looked at; and whether the threshold limits what counts of them.
LIMITED = {"mse": True, "ground": True, "light": False, "waves": False, "part": False}
PROPOSERS, IS_LIMITED = tuple(LIMITED), np.array([*LIMITED.values()])

# Unrelated pictures of one mean colour have an MSE of the sum of their squared contrasts. Below this share of the mean
# of the two it is evidence: 99 % of the copies of 40 photos are, and 0 to 2 % of look-alike receipts, pages and plots.
EVIDENT = 0.045

# Others that a picture may be near for one of the further proposers: two that are near more each are not proposed.
MOST_ALIKE = 40


class Proposals(NamedTuple):
    """The pairs of one proposer.

    Attributes
    ----------
    a, b : ndarray of int64, shape (m,)
        Rows of the two images.
    winners : ndarray of uint8, shape (m,)
        The symmetry of b that matches a, as a bit: see `Pairs`.
    far : ndarray of float64, shape (m,)
        How far the two are apart, in a measure of the proposer's own.
    boxes : ndarray of float64, shape (m, 4), or None
        The part of a that b shows: left, top, right and bottom, in shares of a; None for all of it.
    """

    a: Integers
    b: Integers
    winners: Bits
    far: Floats
    boxes: Floats | None = None

    def in_order(self) -> Self:
        """The same pairs, sorted by a, then b."""
        return self.at(np.lexsort((self.b, self.a)))

    def at(self, places: Integers | Flags) -> Self:
        """Some of the pairs."""
        boxes = None if self.boxes is None else self.boxes[places]
        return type(self)(self.a[places], self.b[places], self.winners[places], self.far[places], boxes)


@dataclass(frozen=True, repr=False, eq=False)
class Candidates:
    """Pairs of images that may show the same picture, each with who proposed it: what the second look judges.

    Of images with identical tensors the first, their leader, stands for all. The arrays hold a pair per row, sorted by
    the proposer, then by a and b; a pair that two have proposed is there twice.

    Attributes
    ----------
    near : Pairs
        Everything that the search by the MSE found. Only pairs that are evidence are proposed, see `EVIDENT`.
    a, b : ndarray of int64, shape (m,)
        Row numbers of leaders.
    mse : ndarray of float64, shape (m,)
        Of the two in the symmetry in which they match.
    winners : ndarray of uint8, shape (m,)
        The symmetries of b that match a, as bits: see `Pairs`.
    far : ndarray of float64, shape (m,)
        How far the two are apart for the proposer: the MSE, that of light-blind tensors, that on black, or 1 minus the
        correlation of the part with the whole.
    by : ndarray of uint8, shape (m,)
        The proposer: ``PROPOSERS[k]``.
    box : ndarray of int32, shape (m,)
        The part of a that b shows: ``boxes[k]``.
    boxes : ndarray of float64, shape (k, 4)
        Left, top, right and bottom, in shares of a; first all of it.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> candidates = dv.propose(images, progress=False)
    >>> candidates
    Candidates: 103 pairs of different tensors (4 by mse, 27 by light, 42 by waves, 30 by part)
    >>> candidates.table().groupby("by", observed=True)["mse"].max().round()
    by
    mse        700.0
    light    37933.0
    waves    52812.0
    part     36442.0
    Name: mse, dtype: float64
    """

    near: Pairs
    a: Integers
    b: Integers
    mse: Floats
    winners: Bits
    far: Floats
    by: Bits
    box: Integers
    boxes: Floats

    @classmethod
    def join(cls, images: ImageSet, near: Pairs, proposals: Mapping[str, Proposals]) -> Self:
        """The candidates of several proposers.

        Parameters
        ----------
        images : ImageSet
        near : Pairs
            Of these images.
        proposals : dict of str to Proposals
            By the proposers beside the MSE.
        """
        a, b, mse, winners = _evident(images, near)
        parts = [[a, b, mse, winners, mse, np.zeros(len(a), np.uint8), np.zeros(len(a), np.int32)]]
        boxes = [np.array([WHOLE])]
        for number, name in enumerate(PROPOSERS):
            if name not in proposals or not len(proposals[name].a):
                continue
            found = proposals[name].in_order()
            box = np.zeros(len(found.a), np.int32)
            if found.boxes is not None:
                box += sum(map(len, boxes)) + np.arange(len(box), dtype=np.int32)
                boxes.append(found.boxes)
            mse = mse_of_pairs(images.tensors, found.a, found.b, found.winners)
            parts.append([found.a, found.b, mse, found.winners, found.far, np.full(len(box), number, np.uint8), box])
        columns = parts[0] if len(parts) == 1 else list(map(np.concatenate, zip(*parts, strict=True)))
        a, b, mse, winners, far, by, box = columns
        return cls(near, a, b, mse, winners, far, by, box, np.concatenate(boxes))

    def check_images(self, images: ImageSet) -> None:
        """Refuse other images than those that were searched, see `Pairs.check_images`."""
        self.near.check_images(images)

    def components(self, threshold: float) -> Integers:
        """A number for each image: the same for those that are connected by pairs that count at a threshold.

        Returns
        -------
        ndarray of int64, shape (n,)
        """
        counting = self._counting(slice(None), threshold)
        return connected(self.a[counting], self.b[counting], len(self.near.leader))

    def further(self, threshold: float) -> Integers:
        """The pairs that others than the MSE propose, and that it has not found below a threshold: each of them once.

        Returns
        -------
        ndarray of int64
            Rows of these candidates.
        """
        rows = np.flatnonzero(self._counting(slice(None), threshold) & (self.by > 0))
        below, n = self.near.mse < threshold, len(self.near.leader)
        found = self.near.a[below] * n + self.near.b[below]
        key = np.minimum(self.a[rows], self.b[rows]) * n + np.maximum(self.a[rows], self.b[rows])  # of a part a is all
        _, first = np.unique(key, return_index=True)  # by the first of those who propose it
        further: Integers = rows[np.sort(first[~np.isin(key[first], found)])]
        return further

    def neighbours(self, row: int, threshold: float) -> Iterator[tuple[str, Iterator[Neighbour]]]:
        """The neighbours of a leader that count at a threshold, by who proposed them, nearest first.

        What the MSE proposes, no other does again.

        Yields
        ------
        str
            The proposer.
        iterator of Neighbour
        """
        known = None
        for by, ends in self._ends.items():
            pairs = ends.of(row)
            pairs = pairs[self._counting(pairs, threshold)]
            other = np.where(self.a[pairs] == row, self.b[pairs], self.a[pairs])
            if known is None:
                known = other
            elif len(pairs):
                pairs = pairs[~np.isin(other, known)]
            yield by, self._neighbours(row, pairs[np.argsort(self.far[pairs], kind="stable")])

    @cached_property
    def _ends(self) -> dict[str, Ends]:
        starts = np.searchsorted(self.by, np.arange(len(PROPOSERS) + 1))
        ends = {}
        for name, first, stop in zip(PROPOSERS, starts, starts[1:]):
            if name == "mse" or first < stop:
                ends[name] = Ends(self.a[first:stop], self.b[first:stop], first, len(self.near.leader))
        return ends

    def _counting(self, pairs: np.ndarray | slice, threshold: float) -> np.ndarray:
        """Which of some pairs count at a threshold: all, but for those of the MSE, and on black, that are not below."""
        return np.asarray((self.far[pairs] < threshold) | ~IS_LIMITED[self.by[pairs]])

    def _neighbours(self, row: int, pairs: np.ndarray) -> Iterator[Neighbour]:
        is_a, winners = self.a[pairs] == row, self.winners[pairs]
        rotation, mirrored = best_symmetry(np.where(is_a, INVERSES[winners], winners))
        columns = (pairs, is_a, np.where(is_a, self.b[pairs], self.a[pairs]), self.mse[pairs], rotation, mirrored)
        for pair, is_first, leader, mse, degrees, is_mirrored in zip(*(column.tolist() for column in columns)):
            box = WHOLE
            if self.box[pair]:
                left, top, right, bottom = self.boxes[self.box[pair]].tolist()
                box = left, top, right, bottom
                if is_first:
                    box = turned_box(inverse(box), degrees, is_mirrored)
            yield Neighbour(leader, mse, degrees, is_mirrored, box)

    def table(self) -> pd.DataFrame:
        """The pairs as a table, as `second_look` takes it.

        Returns
        -------
        DataFrame
            One row per pair: a, b (int64, row numbers); mse (float64); rotation (int16, degrees) and mirrored (bool),
            which transform b to match a; box_left, box_top, box_right and box_bottom (float64), the part of a that b
            shows, in shares of a; far (float64), how far the two are apart for who proposed them; and by (category),
            who that is: ``"mse"``, ``"light"``, ``"ground"`` or ``"part"``. Images with identical tensors come last,
            each with the first of them.
        """
        leader = self.near.leader
        copies = np.flatnonzero(leader != np.arange(len(leader)))
        rotation, mirrored = best_symmetry(np.append(self.winners, np.ones(len(copies), np.uint8)))
        none = np.zeros(len(copies))
        by = np.append(self.by, none).astype(np.int8)
        boxes = self.boxes[np.append(self.box, np.zeros(len(copies), np.int32))]
        return pd.DataFrame(
            {
                "a": np.append(self.a, leader[copies]),
                "b": np.append(self.b, copies),
                "mse": np.append(self.mse, none),
                "rotation": rotation,
                "mirrored": mirrored,
                **dict(zip(BOX, boxes.T, strict=True)),
                "far": np.append(self.far, none),
                "by": pd.Categorical.from_codes(by, pd.Index(PROPOSERS)),
            }
        )

    def __len__(self) -> int:
        return len(self.a)

    def __repr__(self) -> str:
        numbers = np.bincount(self.by, minlength=len(PROPOSERS))
        by = ", ".join(f"{number:,} by {name}" for number, name in zip(numbers, PROPOSERS) if number)
        return f"Candidates: {len(self):,} pairs of different tensors{f' ({by})' if by else ''}"


def _evident(images: ImageSet, near: Pairs) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What the MSE proposes: a, b, mse and winners of the pairs in which it is evidence, or of two flat images."""
    if "contrast" not in images.files:  # of a table that was made by hand
        return near.a, near.b, near.mse, near.winners
    contrast, flat = images.files["contrast"].to_numpy(np.float64), images.files["flat"].to_numpy(bool)
    variance = contrast**2 / 2
    evident = (near.mse < EVIDENT * (variance[near.a] + variance[near.b])) | (flat[near.a] & flat[near.b])
    if evident.all():  # of ten million pairs of near-equal pictures, a copy would fill the memory
        return near.a, near.b, near.mse, near.winners
    return near.a[evident], near.b[evident], near.mse[evident], near.winners[evident]


def say_crowded(crowded: Flags, how: str) -> None:
    """Say which pairs are not proposed, if there are any.

    Parameters
    ----------
    crowded : ndarray of bool
        See `search_sparsely`.
    how : str
        In what the pairs are alike.
    """
    if crowded.any():
        log.warning(
            "dupviz: %s images are each like more than %s others %s: pairs of two of these are not proposed",
            f"{np.count_nonzero(crowded):,}",
            MOST_ALIKE,
            how,
        )


def as_candidates(candidates: Candidates | Pairs | pd.DataFrame, images: ImageSet) -> Candidates:
    """The `Candidates` behind an argument: itself, or what the MSE proposes of `Pairs`, or of a table of them.

    Raises
    ------
    ValueError
        If they are of other images, or a table that does not know its search any more.
    """
    if isinstance(candidates, Candidates):
        candidates.check_images(images)
        return candidates
    return Candidates.join(images, as_pairs(candidates, images), {})
