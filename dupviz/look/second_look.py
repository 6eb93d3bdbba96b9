"""The second look at pairs: both files again, larger, and a verdict for each pair."""

import os
from hashlib import file_digest
from itertools import repeat
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from dupviz._disk.status import FileStatus, is_as_scanned
from dupviz._parallel import Workers, in_order, pool
from dupviz.images.imageset import ImageSet
from dupviz.look.boxes import WHOLE, Box
from dupviz.look.look import BOX, LOOK_NUMBERS, UNREADABLE, Look, look_at
from dupviz.look.memory import Memory
from dupviz.look.reader import Reader

__all__ = ["Looks", "second_look"]


class Looks:
    """The second look at one pair after another, from any thread; no pair is looked at twice.

    Parameters
    ----------
    images : ImageSet
    cache : bool
        Whether looks are remembered between runs, like the tensors.
    """

    def __init__(self, images: ImageSet, *, cache: bool = True) -> None:
        self._paths = images.files["path"].to_numpy()
        self._sizes = images.files["bytes"].to_numpy()
        self._times = images.files["modified"].astype("datetime64[ns, UTC]").astype("int64").to_numpy()
        self._looks: dict[tuple[int, int, int, bool, Box], Look] = {}
        self._digests: dict[int, bytes] = {}
        self._cache, self._memory = cache, Memory(enabled=cache)
        self._read = Reader()

    def at(self, a: int, b: int, rotation: int, mirrored: bool, box: Box = WHOLE) -> Look:
        """Look at two images.

        Parameters
        ----------
        a, b : int
            Row numbers.
        rotation, mirrored
            How b is turned to match a.
        box : Box
            Where to look for b in a.
        """
        key = a, b, int(rotation), bool(mirrored), box
        look = self._looks.get(key)
        if look is None:
            look = self._looks[key] = self._remembered(*key)
        return look

    def check_images(self, images: ImageSet) -> None:
        """Refuse other images than those that are looked at."""
        if not np.array_equal(self._paths, images.files["path"].to_numpy()):
            raise ValueError("these looks are at other images: make Looks(images) of these")

    def digest(self, row: int) -> bytes:
        """SHA-256 of an image's file, read once; empty if it cannot be read."""
        if row not in self._digests:
            try:
                with Path(self._paths[row]).open("rb") as file:
                    self._digests[row] = file_digest(file, "sha256").digest()
            except OSError:
                self._digests[row] = b""
        return self._digests[row]

    def save(self) -> None:
        """Remember what has been looked at."""
        self._memory.commit()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("_memory", "_read")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._memory, self._read = Memory(enabled=self._cache), Reader()

    def _remembered(self, a: int, b: int, rotation: int, mirrored: bool, box: Box) -> Look:
        statuses = self._status(a), self._status(b)
        if None in statuses:
            return Look(UNREADABLE, "", np.nan)
        key = (*statuses, rotation, mirrored, box)
        if known := self._memory.find(key):
            return Look(*known)
        look = look_at(self._paths[a], self._paths[b], rotation, mirrored, box, self._read)
        if look.verdict != UNREADABLE and statuses == (self._status(a), self._status(b)):
            self._memory.add(key, look)
        return look

    def _status(self, row: int) -> tuple[str, FileStatus] | None:
        """What a look depends on: a file as it is now, if it is still the one that was scanned."""
        try:
            status = os.stat(self._paths[row])
        except OSError:
            return None
        if not is_as_scanned(status, self._sizes[row], self._times[row]):
            return None
        return os.path.realpath(self._paths[row]), FileStatus.of(status)


class Listed(Protocol):
    """What can list its pairs, as `Candidates` and `Pairs` can."""

    def check_images(self, images: ImageSet) -> None:
        """Refuse other images."""
        ...

    def table(self) -> pd.DataFrame:
        """A pair per row."""
        ...


def second_look(
    images: ImageSet, pairs: pd.DataFrame | Listed, *, workers: Workers = None, progress: bool = True
) -> pd.DataFrame:
    """Judge whether pairs of files are the same picture, from the files at up to 512 × 512 pixels, then at full size.

    The MSE is a mean over the whole picture, and forgives what is small: a word in a page, a watermark. The second look
    asks for the worst window of 8 × 8 or 16 × 16 pixels instead, after undoing what copies may have undergone: a turn,
    another size, a crop, a border, other light. What re-encoding does to a window is known from the files' own JPEG
    tables, and allowed. What would be the same picture is compared once more at full size, or at that of the smaller
    file: there a digit of a large page can still be seen. Which of the two comes first makes no difference.

    Parameters
    ----------
    images : ImageSet
    pairs : Candidates, Pairs or DataFrame
        What `propose` or `find_pairs` gave for these images, some rows of it, or any table with the columns a, b,
        rotation and mirrored; with box_left, box_top, box_right and box_bottom, b is looked for in this part of a.
    workers : int or concurrent.futures.Executor, optional
        Threads, by default one per processor; or an executor of threads of one's own.
    progress : bool
        Whether to show a progress bar, if it takes more than a second.

    Returns
    -------
    DataFrame
        The rows of `pairs`, in their order, with further columns:

        - verdict (str): ``"same"``; ``"edited"``: mostly the same, but for some windows; ``"different"``;
          ``"too small to tell"``, below 64 pixels, where neither is the other resampled; ``"unreadable"``, where a file
          has vanished or cannot be decoded;
        - kind (str): what was done: ``"byte copy"``, ``"same pixels"``, ``"re-encoded"``, ``"resized"``,
          ``"turned"``, ``"mirrored"``, ``"light"``, ``"colour"``, ``"cropped"``, ``"border"``, ``"stretched"``,
          ``"burst"`` (another shot of the same moment), ``"moved"`` (the camera has moved), ``"more frames"``,
          ``"transparency"``, ``"ground"``, ``"depth"`` (lossless values of more than 8 bits that are not equal),
          ``"tilted"`` (turned by some degrees), ``"retaken"`` (a photo of a screen or a print), ``"part"`` (of a
          collage, or a small crop), ``"tone"`` (as of HDR or a filter), ``"edited"`` (in a place) or ``"flat"``, where
          there is nothing to compare; of the second picture beside the
          first, ``"softer"`` or ``"sharper"``, ``"noisier"`` or ``"less noise"``, ``"fewer colours"`` or
          ``"more colours"``;
        - worst (float64): error in the worst window, over what is allowed there: above 1 is more than copies differ;
        - left, top, right, bottom (float64): that window, in shares of the first picture;
        - left_b, top_b, right_b, bottom_b (float64): the same window in the second picture, turned to match;
        - more_a, more_b (str): what each file has that the other lacks, as ``"more pixels"``, ``"colour"``,
          ``"a video"`` or ``"raw data"``;
        - notes_a, notes_b (str): the same of metadata, which an XMP sidecar could hold, as ``"a caption, 3 keywords"``.
        - source (str): ``"a"`` or ``"b"``, the file that the other was made from, where the pixels tell; trace (str):
          by what, said of the other one, as ``"has only 256 colours"`` or ``"is a JPEG of quality 40"``;
        - tilt (float64): degrees by which one is turned; outline (str): the corners of the second picture in the
          first, as x and y of the left top, right top, right bottom and left bottom, in shares of the first; empty where
          the two lie over each other without a projection.

    Raises
    ------
    ValueError
        If `pairs` lacks one of these columns, a row number is no image's, a box has no area, or they are of other
        images.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> pairs = dv.find_pairs(images, progress=False)
    >>> looks = dv.second_look(images, pairs[pairs["mse"] < 200], progress=False)
    >>> looks[["a", "b", "verdict", "kind"]].head(2)
       a   b verdict        kind
    0  1  13  edited  re-encoded
    1  3   4    same   byte copy
    """
    if not isinstance(pairs, pd.DataFrame):
        pairs.check_images(images)
        pairs = pairs.table()
    missing = {"a", "b", "rotation", "mirrored"} - set(pairs.columns)
    if missing:
        raise ValueError(f"pairs need the columns a, b, rotation and mirrored, but there is no {sorted(missing)[0]}")
    numbers = pairs[["a", "b"]].to_numpy(np.float64)
    wrong = numbers[~((numbers >= 0) & (numbers < len(images)) & (numbers % 1 == 0))]
    if len(wrong):
        raise ValueError(f"pairs of row {wrong[0]:g}, but there are {len(images):,} images")
    ends = numbers.astype(np.int64)
    sides = [side for side in BOX if side in pairs.columns]
    shares = pairs[sides].to_numpy(np.float64)
    if sides and not (sides == BOX and (shares[:, :2] < shares[:, 2:]).all()):
        raise ValueError(f"boxes need the columns {', '.join(BOX)}, with left < right and top < bottom in each row")
    looks = Looks(images, cache=False)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    boxes = map(tuple, shares.tolist()) if sides else repeat(WHOLE, len(pairs))
    rows = list(zip(*ends.T.tolist(), pairs["rotation"].tolist(), pairs["mirrored"].tolist(), boxes, strict=True))
    found: list[Look] = []
    bar = tqdm(total=len(pairs), desc="looking again", unit=" pairs", delay=1, leave=False, disable=not progress)
    with bar, pool(workers) as executor:
        for look in in_order(executor, looks.at, (rows[i] for i in order), ahead=64):
            found.append(look)
            bar.update()
    as_asked = (found[place] for place in np.argsort(order))
    columns = dict(zip(Look._fields, zip(*as_asked))) or dict.fromkeys(Look._fields, ())
    types = {name: float if name in LOOK_NUMBERS else object for name in Look._fields}
    return pairs.assign(**{name: pd.Series(columns[name], pairs.index, type) for name, type in types.items()})
