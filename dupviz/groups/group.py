"""Candidates → groups: which files stay, which can go, and which kept file stands for each of these."""

from typing import Literal

import pandas as pd
from numpy.typing import ArrayLike

from dupviz._disk.paths import Paths
from dupviz._parallel import Workers
from dupviz.groups.by_look import ByLook
from dupviz.groups.by_mse import ByMse
from dupviz.groups.grouping import Grouping, Rules
from dupviz.groups.keep import KeepRule
from dupviz.images.imageset import ImageSet
from dupviz.look.second_look import Looks
from dupviz.proposers.candidates import Candidates, as_candidates
from dupviz.search.pairs import Pairs

__all__ = ["Judge", "group_duplicates", "make_grouping"]

# Who judges a pair: the second look, at the files, or the MSE alone.
Judge = Looks | Literal["mse"]


def group_duplicates(
    images: ImageSet,
    candidates: Candidates | Pairs | pd.DataFrame,
    *,
    threshold: float = 200.0,
    keep: KeepRule = "best",
    protect: Paths = (),
    different: ArrayLike = (),
    look: Judge | Literal["files"] = "files",
    carry: bool = False,
    workers: Workers = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Form groups of duplicates, each with the file that stays and those that can go.

    Parameters
    ----------
    images : ImageSet
        With the files that stay or can go.
    candidates : Candidates, Pairs or DataFrame
        What `propose` gave for these images; or what `find_pairs` gave, and then the MSE alone proposes pairs.
    threshold : float
        Pairs with an MSE strictly below it are duplicates; those that only others propose are for review.
    keep : {"best", "largest_file", "most_pixels", "oldest", "newest", "first_path"} or callable
        Which of two duplicates stays. The best one is what the other was made from, as far as a look at both can tell.
        Otherwise these decide, in this order: the camera's date, with its maker and model before one without, or the
        place; the earlier date; raw data or the camera's HEIC; more pixels; a name and a folder that are not those of a
        copy; more bytes; or a shorter path. A callable gets the files table and returns a number per file, of which the
        highest stays. Ties are decided by the larger file, then by more pixels, the older file and the first path.
    protect : str, Path, or iterable of them
        Folders (or files) whose files always stay.
    different : array-like of int, shape (m, 2)
        Pairs of row numbers that are no duplicates, whatever their MSE: see `Labels.different`.
    look : {"files", "mse"} or Looks
        Who judges a pair. ``"files"``: each file is looked at again beside the one that stays, see `second_look`, and
        goes only if the two are the same picture. ``"mse"``: the MSE alone, and all that is below the threshold can go.
        `Looks` remember what has been looked at already.
    carry : bool
        Whether metadata that a file alone has is carried over, so that the file can go: `Plan.apply` writes it to an
        XMP sidecar beside the file that stays. That file has no sidecar yet, and no other value of what there can be
        only one, as of a rating; otherwise the file is for review.
    workers : int or concurrent.futures.Executor, optional
        How many look at once, by default one per processor: threads, and processes where there is work for seconds,
        each with up to 400 MB of memory. An executor of your own is used as it is.
    progress : bool
        Whether to show a progress bar for looks that take more than a second.

    Returns
    -------
    DataFrame
        One row per file that has a duplicate; its groups in the order of the kept files' rows, the kept file first,
        then the others by their MSE:

        - group (int64): number of the group, from 0;
        - image (int64): row number in `images`; path (str) and bytes (int64) of that file;
        - action (str): ``"keep"``; ``"remove"`` for a file that can go; ``"review"`` for one that a person has to
          decide about: the second look does not call it the same picture, or only in other light or in part;
          something would be lost with it; or the kept one was made from it. Without a second look, these are flat
          images, unless their tensor is identical to the kept one's;
        - keeper (int64): row number of the file that stays for this one: the kept one, or one for review of which this
          is a copy;
        - mse (float64): distance to `keeper`; rotation (int16, degrees) and mirrored (bool): how this file is
          transformed to match it;
        - verdict, kind (str), worst and the window of it in both files (float64), left to bottom_b, tilt and outline:
          what the second look says of the two, see `second_look`; empty and nan without one;
        - reason (str): why it stays, can go, or is for review;
        - carry (bool): of a file that can go, whether metadata that it alone has is to be carried over; of one for
          review, whether nothing else keeps it: with ``carry=True`` it could go.

    Raises
    ------
    ValueError
        If `threshold` is above the limit of the search that made `candidates`, these are of other images, or there is
        no such keep rule or `look`.
    FileNotFoundError
        If a path in `protect` does not exist.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> candidates = dv.propose(images, progress=False)
    >>> groups = dv.group_duplicates(images, candidates, progress=False)
    >>> groups.loc[groups["action"] == "remove", "reason"].tolist()
    ['saved again', 'saved again', 'saved again']
    """
    if not isinstance(look, Looks) and look not in ("files", "mse"):
        raise ValueError(f"look must be 'files', 'mse' or Looks, got {look!r}")
    if isinstance(look, Looks):
        look.check_images(images)
    candidates = as_candidates(candidates, images)
    candidates.near.check_threshold(threshold)
    judge = Looks(images, cache=False) if look == "files" else look
    grouping = make_grouping(images, candidates, judge, Rules(keep, protect, different, carry))
    return grouping.table(threshold, workers=workers, progress=progress)


def make_grouping(images: ImageSet, candidates: Candidates, look: Judge, rules: Rules) -> Grouping:
    """What forms the groups at one threshold after another, see `group_duplicates`."""
    if isinstance(look, Looks):
        return ByLook(images, candidates, look, rules)
    return ByMse(images, candidates.near, rules)
