"""Pictures that show a part of another, as crops do, or a border around it: candidates for the second look.

Each picture is cut to 48 boxes, and where it has a border of one colour, to what is inside. These *views* are compared
with whole pictures, turned as copies may be, as light-blind tensors of 6 × 6, which `dupviz.proposers.light` explains:

1. the search of `dupviz.search.leaves` finds every view whose correlation with a picture is above `LEAST`;
2. a view shifted, zoomed or lit a little is, to first order, the view plus a few gradients: what is left of a picture
   outside of the space of these has to be small;
3. for the best few of each picture, Gauss and Newton's method finds the box on 16 × 16 pixels, where their detail has
   to match, as `dupviz.look.aligned` compares it.

Views are not compared with views. The work grows with the number of pictures, and for more than some thousands with its
square: see `are_parts_cheap`.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from dupviz._parallel import in_order
from dupviz.images.luma import luma_of
from dupviz.look.aligned import evened
from dupviz.look.boxes import WHOLE
from dupviz.metrics import Floats, Integers, Pixels, check_symmetries
from dupviz.proposers.candidates import Proposals
from dupviz.proposers.light import LEAST_DEVIATION, S
from dupviz.proposers.views import LEAST_INSIDE, cut, cut_each, turned, views_of
from dupviz.search.bounds import principal_axes, rounded_up
from dupviz.search.leaves import Leaf, near_vectors, partition

__all__ = ["are_parts_cheap", "propose_parts"]

LEAST = 0.8  # correlation of a picture with a view
LEAST_TANGENT = 0.86  # the same after the best shift, zoom and light
LEAST_REGISTERED = 0.5  # the same of 16 × 16 pixels with evened light, in the box that was found
DEPENDENT = 1e-3  # of the length of a tangent: what is left of one that others explain
MOST = 3  # views that are registered for each picture

FINE, STEPS = 16, 5  # pixels a side, and steps, of the registration
LONGEST = 1.5  # pixels: the longest step
GAINS = 0.2, 5.0
CHUNK = 256  # pictures whose views are made at a time: 12,288 views at least

# Seconds of one core: of proposing, for each picture and for each two; of reading, for each file and pixel.
EACH, EACH_TWO = 8e-4, 1.6e-7
READING, READING_A_PIXEL = 1e-3, 4e-9
SHARE, AT_ONCE = 0.15, 0.5  # of reading; seconds that nobody minds

SIDES = ["left", "top", "right", "bottom"]

# How a picture is turned: rotation, and whether it is mirrored before.
Turn = tuple[int, bool]


class _Wholes(NamedTuple):
    """Whole pictures in every turn that makes them match others, one turn after the other.

    Attributes
    ----------
    rows, turn : ndarray of int64, shape (n,)
        Which picture, and the number of the symmetry.
    unit : ndarray of float32, shape (n, SIZE²)
        Their light-blind vectors, of length 1.
    mean, axes : ndarray of float32
        The coordinates in which views are searched.
    leaves : list of Leaf
        Of these vectors, times `S`.
    """

    rows: np.ndarray
    turn: np.ndarray
    unit: np.ndarray
    mean: np.ndarray
    axes: np.ndarray
    leaves: list[Leaf]

    @classmethod
    def of(cls, views: np.ndarray, rows: np.ndarray, turns: tuple[Turn, ...]) -> "_Wholes":
        """Of pictures as views, shape (n, SIZE, SIZE), with these row numbers."""
        unit = _unit(np.concatenate([turned(views, *turn) for turn in turns]))
        mean, axes = principal_axes(S * unit)
        leaves = partition(np.arange(len(unit)), (S * unit - mean) @ axes, S * unit)
        turn = np.repeat(np.arange(len(turns)), len(rows))
        return cls(np.tile(rows, len(turns)), turn, unit, mean, axes, leaves)


def are_parts_cheap(files: pd.DataFrame) -> bool:
    """Whether to propose parts costs half a second at most, or 15 % of what reading the files does.

    Parameters
    ----------
    files : DataFrame
        As in `ImageSet`.

    Examples
    --------
    >>> from dupviz.proposers.parts import are_parts_cheap
    >>> [are_parts_cheap(pd.DataFrame({"width": [side] * 2000, "height": side})) for side in (500, 3000)]
    [False, True]
    """
    number, pixels = len(files), float((files["width"] * files["height"]).sum())
    seconds = EACH * number + EACH_TWO * number**2
    return seconds <= max(AT_ONCE, SHARE * (READING * number + READING_A_PIXEL * pixels))


def propose_parts(
    tensors: Pixels, rows: Integers, *, symmetries: str, executor: Executor, progress: bool = False
) -> Proposals:
    """Images of which one may show a part of the other: after a crop, or with a border around it.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    rows : ndarray of int64, shape (m,)
        Which of them.
    symmetries : {"none", "rotations", "dihedral"}
        How b may be turned to match a.
    executor : concurrent.futures.Executor
    progress : bool
        Whether to show a progress bar when it takes longer than a second.

    Returns
    -------
    Proposals
        With the part of a that b shows; how far the two are apart is 1 minus their correlation in it.

    References
    ----------
    P. Simard, Y. LeCun and J. Denker, "Efficient pattern recognition using a new transformation distance" (1993): the
    tangents. B. D. Lucas and T. Kanade, "An iterative image registration technique" (1981): the box.
    """
    turns = check_symmetries(symmetries)
    luma = np.concatenate([np.zeros((0, *tensors.shape[1:3]), np.float32), *map(luma_of, _chunks(tensors))])
    likely = _likely_pairs(tensors, luma, rows, turns, executor, progress)
    best = likely.sort_values("tangent", ascending=False, kind="stable").groupby("b").head(MOST)
    tasks = ((luma, best.iloc[start : start + CHUNK], turns) for start in range(0, len(best), CHUNK))
    registered = list(in_order(executor, _registered, tasks))
    table = pd.concat(registered, ignore_index=True) if registered else likely
    table = table[table["correlation"] > LEAST_REGISTERED]
    # Where each seems to show a part of the other, the better one counts.
    table = table.assign(low=table[["a", "b"]].min(axis=1), high=table[["a", "b"]].max(axis=1))
    table = table.sort_values(["correlation", "a", "b"], ascending=[False, True, True]).drop_duplicates(["low", "high"])
    a, b, turn, correlation = (table[name].to_numpy() for name in ("a", "b", "turn", "correlation"))
    return Proposals(a, b, np.left_shift(1, turn).astype(np.uint8), 1 - correlation, table[SIDES].to_numpy())


def _likely_pairs(
    tensors: np.ndarray,
    luma: np.ndarray,
    rows: np.ndarray,
    turns: tuple[Turn, ...],
    executor: Executor,
    progress: bool,
) -> pd.DataFrame:
    """Pictures a with a view that pictures b may show: the sides of the view, and how well b fits its tangents."""
    whole = cut(luma, WHOLE)
    rows = rows[whole[rows].std(axis=(1, 2)) >= LEAST_DEVIATION]
    none = np.zeros(0)
    tables = [_table(np.zeros((0, 2), np.int64), np.zeros((0, 4)), none.astype(int), tangent=none, correlation=none)]
    if len(rows):
        wholes = _Wholes.of(whole[rows], rows, turns)
        starts = tqdm(range(0, len(rows), CHUNK), desc="looking for parts", delay=1, leave=False, disable=not progress)
        tasks = ((tensors, luma, rows[start : start + CHUNK], wholes) for start in starts)
        tables = list(in_order(executor, _likely, tasks))
    return pd.concat(tables, ignore_index=True)


def _table(ends: np.ndarray, boxes: np.ndarray, turn: np.ndarray, **more: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], **dict(zip(SIDES, boxes.T)), "turn": turn, **more})


def _likely(tensors: np.ndarray, luma: np.ndarray, rows: np.ndarray, wholes: _Wholes) -> pd.DataFrame:
    """The pictures that views of some rows may show, each with the best of the views."""
    views = views_of(tensors[rows], luma[rows], rows)
    vectors = S * _unit(views.pixels)
    limit = rounded_up(2 * S**2 * (1 - LEAST))
    near: list[tuple[np.ndarray, np.ndarray]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    axes = (vectors - wholes.mean) @ wholes.axes
    for leaf in partition(np.arange(len(vectors)), axes, vectors) if len(vectors) else ():
        for other in wholes.leaves:
            near += ((leaf.rows[i], other.rows[j]) for i, j in near_vectors(leaf, other, limit))
    view, whole = map(np.concatenate, zip(*near, strict=True))
    others = views.owner[view] != wholes.rows[whole]
    view, whole = view[others], whole[others]
    seen, place = np.unique(view, return_inverse=True)
    spaces = _tangent_spaces(views.pixels[seen])
    tangent = np.zeros(len(view))
    for start in range(0, len(view), 8192):
        few = slice(start, start + 8192)
        shares = np.einsum("nkp,np->nk", spaces[place[few]], wholes.unit[whole[few]])
        tangent[few] = np.sqrt((shares**2).sum(axis=1))
    good = np.flatnonzero(tangent > LEAST_TANGENT)
    good = good[np.argsort(-tangent[good], kind="stable")]
    table = _table(
        np.stack([views.owner[view], wholes.rows[whole]], axis=1)[good],
        views.boxes[view][good],
        wholes.turn[whole][good],
        tangent=tangent[good],
        correlation=np.full(len(good), np.nan),
    )
    return table.drop_duplicates(["a", "b"])


def _registered(luma: np.ndarray, pairs: pd.DataFrame, turns: tuple[Turn, ...]) -> pd.DataFrame:
    """Move boxes of pictures a until they show the pictures b, by Gauss and Newton's method; and their correlations."""
    ends, boxes, turn = pairs[["a", "b"]].to_numpy(), pairs[SIDES].to_numpy(), pairs["turn"].to_numpy()
    wanted = cut(luma[ends[:, 1]], WHOLE, FINE)
    for number in np.unique(turn):
        wanted[turn == number] = turned(wanted[turn == number], *turns[number])
    wanted = _centred(wanted)
    views = cut_each(luma[ends[:, 0]], boxes, FINE)
    for _ in range(STEPS):
        tangents = _tangents(views)
        normal = tangents.transpose(0, 2, 1) @ tangents + 1e-3 * np.eye(6, dtype=np.float32)
        fit = np.linalg.solve(normal, tangents.transpose(0, 2, 1) @ wanted[..., None])[..., 0]
        gain = np.clip(fit[:, 1], *GAINS)[:, None]
        shift, zoom = (np.clip(each / gain, -LONGEST, LONGEST) / FINE for each in (fit[:, 2:4], fit[:, 4:]))
        size = boxes[:, 2:] - boxes[:, :2]
        start, stop = boxes[:, :2] + (shift - zoom / 2) * size, boxes[:, 2:] + (shift + zoom / 2) * size
        start = np.clip(start, 0, 1 - LEAST_INSIDE)
        boxes = np.hstack([start, np.clip(stop, start + LEAST_INSIDE, 1)])
        views = cut_each(luma[ends[:, 0]], boxes, FINE)
    seen, wanted = (_centred(evened(each)) for each in (views, wanted.reshape(views.shape)))
    lengths = np.linalg.norm(seen, axis=1) * np.linalg.norm(wanted, axis=1)
    return _table(ends, boxes, turn, correlation=np.einsum("ij,ij->i", seen, wanted) / np.maximum(lengths, 1e-6))


def _centred(views: np.ndarray) -> np.ndarray:
    """Views minus their means, as rows."""
    rows = views.reshape(len(views), views.shape[1] * views.shape[2])
    return np.asarray(rows - rows.mean(axis=1, keepdims=True))


def _unit(views: np.ndarray) -> Floats:
    """Vectors of length 1 whose squared distance is 2 (1 - correlation): float32, shape (n, SIZE²)."""
    rows = _centred(views)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def _tangent_spaces(views: np.ndarray) -> np.ndarray:
    """What light, small shifts and zooms make of views: orthonormal bases, float32, shape (n, 6, SIZE²).

    By Gram and Schmidt's method, which for many small bases is faster than LAPACK's. A tangent that lies in the space
    of the others is 0.
    """
    bases = np.ascontiguousarray(_tangents(views).transpose(0, 2, 1))
    for number in range(bases.shape[1]):
        new, former = bases[:, number], bases[:, :number]
        length = np.linalg.norm(new, axis=1)
        for _ in range(2):  # once leaves rounding errors
            new -= ((former @ new[..., None]) * former).sum(axis=1)
        left = np.linalg.norm(new, axis=1)
        new *= np.where(left > DEPENDENT * length, 1 / np.maximum(left, 1e-6), 0)[:, None]
    return bases


def _tangents(views: np.ndarray) -> Floats:
    """What an offset, a gain, shifts and zooms across and down do to views: float32, shape (n, pixels, 6)."""
    size = views.shape[1]
    down, across = np.gradient(views, axis=(1, 2))
    places = (np.arange(size, dtype=np.float32) + 0.5) / size - 0.5
    changes = [np.ones_like(views), views, across, down, across * places, down * places[:, None]]
    return np.stack(changes, axis=3).reshape(len(views), size**2, 6)


def _chunks(tensors: np.ndarray) -> Iterator[np.ndarray]:
    return (tensors[start : start + CHUNK] for start in range(0, len(tensors), CHUNK))
