"""The second look at pairs: both files again, larger, and a verdict for each pair."""

import filecmp
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pandas as pd
from PIL import ExifTags, Image, ImageSequence
from tqdm.auto import tqdm

from dupviz._parallel import in_order
from dupviz.images.formats import DecodeError, NotAnImage, reading
from dupviz.images.imageset import ImageSet
from dupviz.look.compare import Comparison, compare
from dupviz.look.picture import Picture, open_picture
from dupviz.look.register import WHOLE
from dupviz.look.verdict import DIFFERENT, EDITED, SAME, TOO_SMALL, Verdict, judge

__all__ = ["second_look"]

# From the surest that a file may go to the least.
CAUTION = {SAME: 0, EDITED: 1, TOO_SMALL: 2, DIFFERENT: 3}

TASK = 16  # pairs of one first file in one piece of work

UNREADABLE = "unreadable"

ORIENTATION = ExifTags.Base.Orientation


class Look(NamedTuple):
    """What the second look says of a pair: see the columns of `second_look`."""

    verdict: str
    kind: str
    worst: float = 0.0
    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0


def second_look(
    images: ImageSet, pairs: pd.DataFrame, *, workers: int | None = None, progress: bool = True
) -> pd.DataFrame:
    """Judge whether pairs of files are the same picture, from the files at up to 512 × 512 pixels.

    The MSE is a mean over the whole picture, and forgives what is small: a word in a page, a watermark. The second look
    asks for the worst window of 8 × 8 or 16 × 16 pixels instead, after undoing what copies may have undergone: a turn,
    another size, a crop, a border, other light. What re-encoding does to a window is known from the files' own JPEG
    tables, and allowed.

    Parameters
    ----------
    images : ImageSet
    pairs : DataFrame
        a, b, rotation and mirrored, as `find_pairs` gives them for these images, or some of its rows.
    workers : int, optional
        Threads; by default one per processor.
    progress : bool
        Whether to show a progress bar, if it takes more than a second.

    Returns
    -------
    DataFrame
        The rows of `pairs`, in their order, with further columns:

        - verdict (str): ``"same"``; ``"edited"``: mostly the same, but for some windows; ``"different"``;
          ``"too small to tell"``, below 64 pixels; ``"unreadable"``, where a file has vanished or cannot be decoded;
        - kind (str): what was done: ``"byte copy"``, ``"same pixels"``, ``"re-encoded"``, ``"resized"``,
          ``"turned"``, ``"mirrored"``, ``"light"``, ``"colour"``, ``"cropped"``, ``"border"``, ``"stretched"``,
          ``"moved"`` (as between frames of a burst), ``"more frames"``, ``"transparency"`` or ``"edited"``;
        - worst (float64): error in the worst window, over what is allowed there: above 1 is more than copies differ;
        - left, top, right, bottom (float64): that window, in shares of the first picture.

    Raises
    ------
    ValueError
        If `pairs` lacks one of these columns, or a row number is no image's.
    """
    missing = {"a", "b", "rotation", "mirrored"} - set(pairs.columns)
    if missing:
        raise ValueError(f"pairs need the columns a, b, rotation and mirrored, but there is no {sorted(missing)[0]}")
    ends = pairs[["a", "b"]].to_numpy(np.int64)
    if len(ends) and not (ends.min() >= 0 and ends.max() < len(images)):
        raise ValueError(f"pairs of row {ends.max()}, but there are {len(images):,} images")
    paths = images.files["path"].to_numpy()
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    turns = list(zip(pairs["rotation"].tolist(), pairs["mirrored"].tolist()))
    tasks = [
        (paths[ends[rows[0], 0]], [(paths[ends[row, 1]], *turns[row]) for row in rows])
        for rows in _runs(order, ends[:, 0])
    ]
    looks: list[Look] = []
    bar = tqdm(total=len(pairs), desc="looking again", unit="pair", delay=1, leave=False, disable=not progress)
    with bar, ThreadPoolExecutor(workers or os.cpu_count()) as executor:
        for some in in_order(executor, _look_at, tasks):
            looks += some
            bar.update(len(some))
    table = pd.DataFrame([looks[place] for place in np.argsort(order)], columns=list(Look._fields), index=pairs.index)
    words, numbers = ["verdict", "kind"], list(Look._fields[2:])
    return pairs.join(table.astype({**dict.fromkeys(words, object), **dict.fromkeys(numbers, float)}))


def _runs(order: np.ndarray, first: np.ndarray) -> Iterator[np.ndarray]:
    """Rows with the same first file, a few at a time."""
    starts = np.flatnonzero(np.diff(first[order], prepend=-1))
    for run in np.split(order, starts[1:]) if len(order) else []:
        for start in range(0, len(run), TASK):
            yield run[start : start + TASK]


def _look_at(path: str, others: list[tuple[str, int, bool]]) -> list[Look]:
    """Look at one file beside several others."""
    try:
        picture = open_picture(path)
    except (DecodeError, NotAnImage):
        return [Look(UNREADABLE, "", np.nan)] * len(others)
    return [_look(path, picture, *other) for other in others]


def _look(path: str, picture: Picture, other_path: str, rotation: int, mirrored: bool) -> Look:
    try:
        if filecmp.cmp(path, other_path, shallow=False):
            return Look(SAME, "byte copy")
        other = open_picture(other_path)
        turned = other.turned(rotation, mirrored)
        if np.array_equal(picture.rgb, other.rgb) and _same_pixels(path, other_path):
            return Look(SAME, "same pixels")
    except (DecodeError, NotAnImage, OSError):
        return Look(UNREADABLE, "", np.nan)
    found = compare(picture, turned)
    verdict = judge(picture, turned, found, rotation=rotation, mirrored=mirrored)
    if verdict.verdict != DIFFERENT and not (picture.over_black is None and other.over_black is None):
        verdict, found = _more_cautious(verdict, found, picture.on_black(), turned.on_black(), rotation, mirrored)
    return Look(verdict.verdict, verdict.kind, found.worst, *found.where)


def _more_cautious(
    verdict: Verdict, found: Comparison, a: Picture, b: Picture, rotation: int, mirrored: bool
) -> tuple[Verdict, Comparison]:
    """What is transparent has to be the same over black, too."""
    on_black = compare(a, b, (found.box, WHOLE) if found.box != WHOLE else (WHOLE,))
    also = judge(a, b, on_black, rotation=rotation, mirrored=mirrored)
    if CAUTION[also.verdict] <= CAUTION[verdict.verdict]:
        return verdict, found
    return Verdict(EDITED, "transparency"), on_black


def _same_pixels(path: str, other_path: str) -> bool:
    """Whether two files have the same frames, with the same pixels, transparency included, at full size."""
    with reading(path) as (a, _), reading(other_path) as (b, _):
        shapes = [(each.size, getattr(each, "n_frames", 1), each.getexif().get(ORIENTATION, 1)) for each in (a, b)]
        frames = zip(ImageSequence.Iterator(a), ImageSequence.Iterator(b))
        return shapes[0] == shapes[1] and all(_pixels(one) == _pixels(other) for one, other in frames)


def _pixels(frame: Image.Image) -> bytes:
    """The pixels of a frame: its own values if these are more than 8 bits, else with colours and transparency."""
    own = frame if frame.mode.startswith(("I", "F")) else frame.convert("RGBA")
    return own.mode.encode() + own.tobytes()
