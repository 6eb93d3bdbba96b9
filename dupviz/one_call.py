"""All in one call: read, compare, look again, and group."""

from typing import Unpack

from dupviz._disk.paths import Paths, existing_paths
from dupviz._parallel import Workers
from dupviz.duplicates import Duplicates
from dupviz.groups.group import group_duplicates
from dupviz.groups.keep import KeepRule, check_keep
from dupviz.images.imageset import ImageSet
from dupviz.images.load import load_images
from dupviz.images.options import ReadingOptions, spelled_out
from dupviz.images.sources import Source
from dupviz.look.second_look import Looks
from dupviz.proposers.propose import WITHOUT_PARTS, check_threshold, propose
from dupviz.search.find import check_search

__all__ = ["find_duplicates"]


@spelled_out
def find_duplicates(
    paths: Source | ImageSet,
    *,
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
    if not isinstance(paths, ImageSet):
        images = load_images(paths, workers=workers, cache=cache, progress=progress, **options)
    elif options:
        raise TypeError(
            f"{next(iter(options))} says how files are read, but these images have been read: give it to load_images"
        )
    else:
        images = paths
    by = {None: None, True: (*WITHOUT_PARTS, "part"), False: WITHOUT_PARTS}[parts] if verify else ("mse",)
    candidates = propose(
        images, by=by, threshold=threshold, max_mse=max_mse, symmetries=symmetries, workers=workers, progress=progress
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
