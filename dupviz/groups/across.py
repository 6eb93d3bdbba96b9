"""Pairs of images that differ in a code, as train and test do, or two labels: from pairs of leaders."""

import logging
import math
from collections.abc import Iterable
from itertools import repeat
from typing import NamedTuple

import numpy as np
import pandas as pd

from dupviz._parallel import Workers
from dupviz.groups.sides import Found
from dupviz.look.boxes import WHOLE
from dupviz.look.second_look import Looks
from dupviz.look.verdict import DIFFERENT
from dupviz.metrics import Bits, Floats, Integers
from dupviz.proposers.candidates import PROPOSERS, Candidates
from dupviz.search.identical import members_between
from dupviz.search.pairs import MAX_PAIRS, Pairs, TooManyPairsError
from dupviz.search.symmetry import INVERSES, best_symmetry

__all__ = ["pairs_across"]

log = logging.getLogger("dupviz")

MOST_LOOKS = 20_000  # at pairs, the nearest first: some minutes


class Links(NamedTuple):
    """Pairs of leaders: a, b, mse and winners as in `Pairs`; by, a proposer's number; box, a row of boxes."""

    a: Integers
    b: Integers
    mse: Floats
    winners: Bits
    by: Bits
    box: Integers


def pairs_across(
    found: Found, code: Integers, *, order: Integers, threshold: float, what: str, workers: Workers, progress: bool
) -> pd.DataFrame:
    """The pairs of images that differ in a code: a, b, mse, rotation, mirrored.

    Those below the threshold; where there are candidates and looks at them, those of all proposers that a look does not
    call different, with `by`, `verdict` and `kind`.

    Parameters
    ----------
    found : Found
    code : ndarray of int, shape (n,)
        Images with a code below 0 are ignored.
    order : ndarray of int, shape (n,)
        Of the two images of a pair, the one that is less in it becomes a.
    what : str
        What is looked for, as the log calls it.
    workers, progress
        See `second_look`.
    """
    near = found.pairs
    near.check_threshold(threshold)
    links = _links(near, found.candidates, threshold)
    table = _across(near.leader, links, code, threshold)
    swapped = order[table["a"].to_numpy()] > order[table["b"].to_numpy()]
    if found.looks is not None:
        boxes = found.candidates.boxes if found.candidates else np.array([WHOLE])
        table = _looked_at(table, links, boxes, found.looks, workers=workers, progress=progress)
        swapped = swapped[table.index]
    a, b = table["a"].to_numpy(), table["b"].to_numpy()
    table["a"], table["b"] = np.where(swapped, b, a), np.where(swapped, a, b)
    winners = table["winners"].to_numpy()
    table["rotation"], table["mirrored"] = best_symmetry(np.where(swapped, INVERSES[winners], winners))
    further = [name for name in ("by", "verdict", "kind") if name in table]
    table = table[["a", "b", "mse", "rotation", "mirrored", *further]]
    table = table.iloc[np.lexsort((table["b"], table["mse"], table["a"]))].reset_index(drop=True)
    if not len(table):
        table.attrs["nearest"] = _nearest(near, code)
        _say_none(what, threshold, table.attrs["nearest"], near.max_mse, looked=found.looks is not None)
    return table


def _links(near: Pairs, candidates: Candidates | None, threshold: float) -> Links:
    """What the MSE has found below a threshold, and what others have proposed."""
    below = near.mse < threshold
    number = int(below.sum())
    of_mse = Links(
        near.a[below],
        near.b[below],
        near.mse[below],
        near.winners[below],
        np.zeros(number, np.uint8),
        np.zeros(number, np.int32),
    )
    if candidates is None:
        return of_mse
    rows = candidates.further(threshold)
    further = (getattr(candidates, name)[rows] for name in Links._fields)
    return Links(*map(np.append, of_mse, further))


def _across(leader: Integers, links: Links, code: Integers, threshold: float) -> pd.DataFrame:
    """Pairs of images from pairs of leaders: a, b, mse, winners, and the link, or -1 where their tensors are equal.

    Pairs of leaders become pairs of sets, and those become pairs of images. Sets of one code are left out before they
    are multiplied: a thousand equal images under one label are half a million pairs of no interest.
    """
    # A set holds the images of one tensor and one code; the sets of a tensor are neighbours.
    rows = np.flatnonzero(code >= 0)
    members = rows[np.lexsort((code[rows], leader[rows]))]
    tensor, kind = leader[members], code[members]
    begins = np.flatnonzero(np.append(True, (np.diff(tensor) != 0) | (np.diff(kind) != 0)))
    sizes = np.diff(np.append(begins, len(members)))
    sets_of = np.bincount(tensor[begins], minlength=len(code))

    equal = np.flatnonzero(sets_of > 1) if threshold > 0 else np.array([], np.int64)
    a, b = np.append(links.a, equal), np.append(links.b, equal)
    link = np.append(np.arange(len(links.a)), np.full(len(equal), -1))
    few, many = np.sort([sets_of[a], sets_of[b]], axis=0)
    # Of few × many pairs, some may be of one code, or there twice.
    _check_number((few * (many - 1)).sum() // 2, threshold)
    pair, s, t = members_between(a, b, np.arange(len(begins)), np.cumsum(sets_of) - sets_of, sets_of)
    differ = (kind[begins][s] != kind[begins][t]) & ((a != b)[pair] | (s < t))
    pair, s, t = pair[differ], s[differ], t[differ]
    _check_number((sizes[s] * sizes[t]).sum(), threshold)
    of_sets, a, b = members_between(s, t, members, begins, sizes)
    link = link[pair[of_sets]]
    mse, winners = np.append(links.mse, 0.0)[link], np.append(links.winners, np.uint8(1))[link]
    return pd.DataFrame({"a": a, "b": b, "mse": mse, "winners": winners, "link": link})


def _looked_at(
    table: pd.DataFrame, links: Links, boxes: Floats, looks: Looks, *, workers: Workers, progress: bool
) -> pd.DataFrame:
    """The pairs with who proposed them and what a look says, without those that it calls different."""
    link = table["link"].to_numpy()
    rotation, mirrored = best_symmetry(table["winners"].to_numpy())
    parts: Iterable[tuple[float, ...]] = map(tuple, boxes[np.append(links.box, 0)[link]].tolist())
    columns = (table["a"], table["b"], rotation, mirrored)
    keys = list(zip(*(column.tolist() for column in columns), parts, strict=True))
    nearest = np.argsort(table["mse"].to_numpy(), kind="stable")[:MOST_LOOKS]
    if len(nearest) < len(keys):
        left = len(keys) - len(nearest)
        log.warning("dupviz: looked at the nearest %s pairs, and not at %s others", f"{len(nearest):,}", f"{left:,}")
    looks.make([keys[row] for row in nearest], workers=workers, progress=progress)
    looks.save()
    said = list(repeat(("", ""), len(keys)))
    for row in nearest:
        said[row] = looks.at(*keys[row])[:2]
    by = pd.Categorical.from_codes(np.append(links.by, np.uint8(0))[link].astype(np.int8), pd.Index(PROPOSERS))
    verdict, kind = zip(*said) if said else ((), ())
    table = table.assign(by=by, verdict=pd.Series(verdict, dtype=object), kind=pd.Series(kind, dtype=object))
    return table[table["verdict"] != DIFFERENT]


def _check_number(number: int, threshold: float) -> None:
    if number > MAX_PAIRS:
        raise TooManyPairsError(MAX_PAIRS, threshold)


def _nearest(pairs: Pairs, code: Integers) -> float:
    """The smallest MSE of two images that differ in a code; infinite if the search found none."""
    has_code = code >= 0
    kind = np.full(len(code), -1, np.int64)  # of the images of each tensor, by their leader
    kind[pairs.leader[has_code]] = code[has_code]
    if (kind[pairs.leader[has_code]] != code[has_code]).any():
        return 0.0
    a, b = kind[pairs.a], kind[pairs.b]
    return float(pairs.mse[(a != b) & (np.minimum(a, b) >= 0)].min(initial=math.inf))


def _say_none(what: str, threshold: float, nearest: float, max_mse: float, *, looked: bool) -> None:
    log.warning(
        "dupviz: no %s%s: %s",
        what,
        " in what was proposed" if looked else f" below an MSE of {threshold:g}",
        f"the nearest pair is at {nearest:.4g}"
        if nearest < math.inf
        else f"no pair is below {max_mse:g}, where the search ended",
    )
