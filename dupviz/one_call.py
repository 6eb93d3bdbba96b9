"""All in one call: read, compare, look again, and group."""

from typing import Unpack

import numpy as np
import pandas as pd

from dupviz._disk.paths import Paths, existing_paths, one_or_many, path_column
from dupviz._parallel import Workers
from dupviz.duplicates import Duplicates
from dupviz.groups.group import group_duplicates
from dupviz.groups.keep import KeepRule, check_keep
from dupviz.groups.leaks import find_leaks
from dupviz.images.imageset import OLD, ImageSet, with_old
from dupviz.images.load import load_images
from dupviz.images.options import ReadingOptions, spelled_out
from dupviz.images.sources import Source
from dupviz.look.second_look import Looks
from dupviz.metrics import SYMMETRIES, Integers, Pixels, transform
from dupviz.proposers.propose import WITHOUT_PARTS, check_threshold, propose
from dupviz.search.find import check_search

__all__ = ["find_duplicates", "find_pictures"]

CHUNK = 1024  # tensors that are compared at a time: 60 MB as float64


@spelled_out
def find_duplicates(
    paths: Source | ImageSet,
    *,
    against: Paths | ImageSet | None = None,
    threshold: float = 200.0,
    max_mse: float = 1000.0,
    symmetries: str = "rotations",
    keep: KeepRule = "best",
    protect: Paths = (),
    workers: Workers = None,
    cache: bool = True,
    progress: bool = True,
    verify: bool = True,
    parts: bool | None = None,
    carry: bool = False,
    **options: Unpack[ReadingOptions],
) -> Duplicates:
    """Read folders of images, compare all of them, look again at near pairs, and form groups of duplicates.

    Parameters
    ----------
    paths : str, Path, iterable of them, array, list of pictures, DataFrame, data set, or ImageSet
        What to read, see `load_images`, or images that have been read.
    against : str, Path, iterable of them, or ImageSet, optional
        Files that were there before: those of `paths` are compared with them and with each other, but no two of these.
        They always stay, and ``images.files`` tells them apart by the column ``old``.
    threshold : float
        Pairs with an MSE strictly below it are duplicates.
    max_mse : float
        How far to search, so that other thresholds can be tried without a new search; at least `threshold`. If there
        are too many pairs, as among frames of one film, the search stops at the threshold, and says so in the log.
    symmetries : {"none", "rotations", "dihedral"}
        Which copies of an image count: the image itself, its four rotations by 90 degrees, or these and their mirror
        images.
    keep : str or callable
        Which of two duplicates stays, see `group_duplicates`.
    protect : str, Path, or iterable of them
        Folders whose files always stay.
    workers : int or concurrent.futures.Executor, optional
        How many read, compare and look again at once, by default one per processor: threads, and processes for what
        takes some seconds. An executor of your own is used as it is.
    cache : bool
        Whether to use and fill the store of tensors from earlier runs, see `load_images`.
    progress : bool
        Whether to show progress bars for what takes more than a second.
    verify : bool
        Whether files go only if the second look calls them the same picture as the one that stays, see
        `group_duplicates`; pairs that are near except for their light are then offered for review, and so are pairs
        below the threshold that it calls different. With ``verify=False`` and ``keep="largest_file"`` all that is below
        the threshold can go: the method of the MSE alone.
    parts : bool, optional
        Whether to look for crops, to 60 % of the width and the height, for halves of a collage, and for pictures with a
        border around them, too; they are offered for review, and need the second look. By default where that costs
        little: half a second, or 15 % of what reading does, as of 20,000 photos of 12 megapixels; else the log says so.
    carry : bool
        Whether files may go although only they have a caption, keywords, a rating or other metadata: `Plan.apply` then
        writes these to an XMP sidecar beside the file that stays, see `group_duplicates`.
    recursive, size, exclude, include_hidden, min_size, max_pixels, channels, white, column
        What is read, and how: see `load_images`. Not for an ImageSet, which has been read.

    Returns
    -------
    Duplicates
        The groups, and all that is behind them.

    Raises
    ------
    FileNotFoundError
        If one of the paths does not exist.
    TooManyPairsError
        If more than `dupviz.search.pairs.MAX_PAIRS` pairs of different tensors lie below `threshold`.
    TypeError, ValueError
        If an argument is not one of those named here. Then no file has been read.

    Examples
    --------
    >>> duplicates = dv.find_duplicates("data/photos/flags", progress=False)
    >>> duplicates.groups["action"].value_counts().to_dict()
    {'review': 5, 'keep': 4, 'remove': 3}
    >>> by_mse = dv.find_duplicates("data/photos/flags", verify=False, keep="largest_file", progress=False)
    >>> len(by_mse.to_remove)  # the Netherlands go for Bonaire: the MSE alone cannot tell the flags apart
    4
    """
    check_threshold(threshold)
    if parts and not verify:
        raise ValueError("parts=True needs the second look, verify=True: the MSE says nothing of crops")
    check_search(max_mse, symmetries)
    check_keep(keep)
    protected = tuple(existing_paths(protect))
    are_read = isinstance(paths, ImageSet) and (against is None or isinstance(against, ImageSet))
    if are_read and options:
        raise TypeError(
            f"{next(iter(options))} says how files are read, but these images have been read: give it to load_images"
        )
    if not (against is None or isinstance(against, ImageSet)):
        against = existing_paths(against)
    images = _read(paths, workers, cache, progress, options)
    if against is not None:
        images = with_old(images, _read(against, workers, cache, progress, options))
    by = {None: None, True: (*WITHOUT_PARTS, "part"), False: WITHOUT_PARTS}[parts] if verify else ("mse",)
    candidates = propose(
        images,
        by=by,
        threshold=threshold,
        max_mse=max_mse,
        symmetries=symmetries,
        new=None if against is None else ~images.files[OLD],
        workers=workers,
        progress=progress,
    )
    looks = Looks(images, cache=cache) if verify else None
    groups = group_duplicates(
        images,
        candidates,
        threshold=threshold,
        keep=keep,
        protect=protected,
        look=looks or "mse",
        carry=carry,
        workers=workers,
        progress=progress,
    )
    return Duplicates(images, candidates, groups, float(threshold), keep, protected, looks, carry)


@spelled_out
def find_pictures(
    pictures: Paths,
    folders: Paths | ImageSet,
    *,
    nearest: int = 3,
    threshold: float = 200.0,
    symmetries: str = "rotations",
    workers: Workers = None,
    cache: bool = True,
    progress: bool = True,
    parts: bool | None = None,
    **options: Unpack[ReadingOptions],
) -> pd.DataFrame:
    """Say where in some folders one picture is, or several; and where it is not, what is nearest.

    Parameters
    ----------
    pictures : str, Path, or iterable of them
        Files, or folders of them. A file that lies in `folders`, too, is not found as itself.
    folders : str, Path, iterable of them, or ImageSet
        Where to look. These are not compared with each other.
    nearest : int
        How many of the nearest are told of a picture of which nothing is found.
    threshold, symmetries, workers, cache, progress, parts
        See `find_duplicates`.
    recursive, size, exclude, include_hidden, min_size, max_pixels, channels, white, column
        What is read, and how: see `load_images`.

    Returns
    -------
    DataFrame
        One row per picture and file, by picture, then by the MSE: picture and path (str); verdict and kind (str), what
        the second look says, as in `second_look`; by (str), who proposed the two; mse (float64), rotation (int16) and
        mirrored (bool): how the file is transformed to match. Of the nearest of a picture that is not found, verdict,
        kind and by are empty.

    Raises
    ------
    FileNotFoundError
        If one of the paths does not exist.
    ValueError
        If none of `pictures`, or nothing in `folders`, can be read.

    Examples
    --------
    >>> found = dv.find_pictures("data/photos/cat_message.jpg", "data/photos", progress=False)
    >>> found[["path", "verdict", "kind", "rotation"]].head(1).to_numpy().tolist()
    [['data/photos/cat.jpg', 'same', 'turned', 90]]
    """
    found = find_duplicates(
        existing_paths(pictures),
        against=folders,
        threshold=threshold,
        symmetries=symmetries,
        workers=workers,
        cache=cache,
        progress=progress,
        parts=parts,
        **options,
    )
    files, tensors = found.images.files, found.images.tensors
    is_old = files[OLD].to_numpy(bool)
    if is_old.all():
        raise ValueError(f"no picture could be read in {', '.join(map(repr, one_or_many(pictures)))}")
    if not is_old.any():
        raise ValueError("there is no picture in the folders to look in, but for those that are looked for")
    leaks = find_leaks(found, test=~is_old, train=is_old, threshold=threshold, workers=workers, progress=progress)
    missing = np.setdiff1d(np.flatnonzero(~is_old), leaks["test"])
    rows = [each for row in missing for each in _nearest(tensors, row, np.flatnonzero(is_old), nearest, symmetries)]
    near = pd.DataFrame(rows, columns=["test", "train", "mse", "rotation", "mirrored"])
    near = near.assign(verdict="", kind="", by="")
    table = pd.concat([leaks.astype({"by": object})[near.columns], near], ignore_index=True) if len(near) else leaks
    table = table.sort_values(["test", "mse"], kind="stable", ignore_index=True)
    ends = {name: path_column(files["path"], table[end]) for name, end in (("picture", "test"), ("path", "train"))}
    columns = ["picture", "path", "verdict", "kind", "by", "mse", "rotation", "mirrored"]
    return table.assign(**ends)[columns].astype({"by": object, "rotation": "int16", "mirrored": bool})


def _nearest(
    tensors: Pixels, row: int, others: Integers, number: int, symmetries: str
) -> list[tuple[int, int, float, int, bool]]:
    """The nearest of other images to one: both rows, their distance, and how the other one is turned to match."""
    turns, one = SYMMETRIES[symmetries], tensors[row].astype(np.float64)
    mse = np.empty((len(turns), len(others)))
    for start in range(0, len(others), CHUNK):
        some = np.moveaxis(tensors[others[start : start + CHUNK]].astype(np.float64), 0, 3)
        for turn, (rotation, mirrored) in enumerate(turns):
            errors = np.square(transform(some, rotation=rotation, mirrored=mirrored) - one[..., None])
            mse[turn, start : start + CHUNK] = errors.sum(axis=(0, 1, 2)) / one[..., 0].size
    best, least = mse.argmin(axis=0), mse.min(axis=0)
    order = np.argsort(least, kind="stable")[:number]
    return [(row, int(others[at]), float(least[at]), *turns[best[at]]) for at in order]


def _read(
    source: Source | ImageSet, workers: Workers, cache: bool, progress: bool, options: ReadingOptions
) -> ImageSet:
    if isinstance(source, ImageSet):
        return source
    return load_images(source, workers=workers, cache=cache, progress=progress, **options)
