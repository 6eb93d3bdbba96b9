"""All proposers in one call."""

import logging
import math
from collections.abc import Collection
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dupviz._parallel import Workers, pool
from dupviz.images.imageset import ImageSet
from dupviz.proposers.candidates import PROPOSERS, Candidates, Proposals
from dupviz.proposers.grounds import propose_grounds
from dupviz.proposers.light import propose_light
from dupviz.proposers.parts import are_parts_cheap, propose_parts
from dupviz.proposers.waves import propose_waves
from dupviz.search.find import check_search, search
from dupviz.search.pairs import TooManyPairsError

__all__ = ["WITHOUT_PARTS", "check_threshold", "propose"]

log = logging.getLogger("dupviz")

WITHOUT_PARTS = ("mse", "ground", "light", "waves")  # the proposers that cost little, however many images there are


def propose(
    images: ImageSet,
    *,
    by: Collection[str] | None = None,
    threshold: float = 200.0,
    max_mse: float = 1000.0,
    symmetries: str = "rotations",
    new: ArrayLike | None = None,
    workers: Workers = None,
    progress: bool = True,
) -> Candidates:
    """Find the pairs of images that may show the same picture.

    Parameters
    ----------
    images : ImageSet
    by : list of {"mse", "ground", "light", "waves", "part"}, optional
        Who proposes pairs. ``"mse"``, as `find_pairs` finds them, is always among them; ``"ground"``: transparent
        pictures on black; ``"light"``: tensors that do not depend on the light; ``"waves"``: perceptual hashes, also
        of what is mirrored or turned by a few degrees, of up to 40,000 images; ``"part"``: crops by up to 40 % across
        and down, halves of a collage, and pictures with a border. By default all of these, but parts only where they
        cost little: half a second, or 15 % of what reading does; else the log says so.
    threshold : float
        How far the search by the MSE goes at least.
    max_mse : float
        How far it goes if it can: if that gives more than 20 million pairs, as the frames of a film do, it stops at the
        threshold, and the log says so.
    symmetries : {"none", "rotations", "dihedral"}
        Which copies of an image count, see `distance`.
    new : array_like of bool, shape (n,), optional
        Only pairs with one of these images, or with one whose tensor is identical to that of one of these, are
        proposed: to compare what is new with all, and nothing old with old. By default all are new.
    workers : int or concurrent.futures.Executor, optional
        Threads, by default one per processor; or an executor of your own.
    progress : bool
        Whether to show progress bars for what takes more than a second.

    Returns
    -------
    Candidates
        What `second_look` and `group_duplicates` take.

    Raises
    ------
    TooManyPairsError
        If more than `dupviz.search.pairs.MAX_PAIRS` pairs of different tensors lie below `threshold`.
    TypeError, ValueError
        If an argument is not one of those named here.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> dv.propose(images, progress=False)
    Candidates: 103 pairs of different tensors (4 by mse, 27 by light, 42 by waves, 30 by part)
    """
    check_threshold(threshold)
    check_search(max_mse, symmetries)
    if not isinstance(images, ImageSet):
        raise TypeError(f"images must be an ImageSet, got {type(images).__name__}: load_images takes arrays, too")
    if by is None:
        by = _cheap(images)
    if isinstance(by, str):
        raise TypeError(f"by must be a list of proposers, got {by!r}")
    unknown = sorted(set(by) - set(PROPOSERS))
    if unknown:
        raise ValueError(f"by must be some of {', '.join(map(repr, PROPOSERS))}, got {unknown[0]!r}")
    limit = max(float(max_mse), float(threshold))
    is_new = None if new is None else np.asarray(new)
    if is_new is not None and (is_new.dtype != bool or is_new.shape != (len(images),)):
        raise ValueError(f"new must say yes or no for each of the {len(images):,} images, got {is_new.shape}")
    with pool(workers) as executor:
        among: dict[str, Any] = {"symmetries": symmetries, "new": is_new, "workers": executor, "progress": progress}
        try:
            near = search(images, max_mse=limit, **among)
        except TooManyPairsError as error:
            if limit == threshold:
                raise
            log.warning(
                "dupviz: more than %s pairs lie below %g: searched to the threshold of %g only",
                f"{error.max_pairs:,}",
                limit,
                threshold,
            )
            near = search(images, max_mse=threshold, **among)
        rows = np.unique(near.leader)  # a copy with the same tensor proposes nothing of its own
        counts = None if is_new is None else np.isin(near.leader, near.leader[is_new])
        proposals: dict[str, Proposals] = {}
        options: dict[str, Any] = {"symmetries": symmetries, "executor": executor}
        if "light" in by:
            proposals["light"] = propose_light(images.tensors, rows, **options, new=counts)
        if "ground" in by and "transparent" in images.files:  # tables that were made by hand may lack it
            proposals["ground"] = propose_grounds(images, near.leader, max_mse=near.max_mse, **options)
        if "waves" in by:
            proposals["waves"] = propose_waves(images.tensors, rows, **options, new=counts)
        if "part" in by:
            proposals["part"] = propose_parts(images.tensors, rows, **options, progress=progress)
    if counts is not None:
        proposals = {name: each.at(counts[each.a] | counts[each.b]) for name, each in proposals.items()}
    return Candidates.join(images, near, proposals)


def _cheap(images: ImageSet) -> tuple[str, ...]:
    """Who proposes by default."""
    if are_parts_cheap(images.files):
        return (*WITHOUT_PARTS, "part")
    log.warning(
        "dupviz: crops and pictures with a border are not looked for, since that would take long: parts=True, or "
        "--parts, asks for them"
    )
    return WITHOUT_PARTS


def check_threshold(threshold: float) -> None:
    """Refuse what no MSE can be below.

    Raises
    ------
    TypeError, ValueError
        If it is no number, or less than 0.
    """
    if not isinstance(threshold, Real) or isinstance(threshold, bool):
        raise TypeError(f"threshold must be a number from 0 up, such as 200, got {threshold!r}")
    if not 0 <= threshold < math.inf:
        raise ValueError(f"threshold must be a number from 0 up, got {threshold!r}")
