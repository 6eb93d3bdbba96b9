"""The second look at pairs: both files again, larger, and a verdict for each pair."""

import filecmp
import os
from collections.abc import Callable
from functools import lru_cache
from hashlib import file_digest
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
from PIL import ExifTags, Image, ImageSequence
from tqdm.auto import tqdm

from dupviz._disk.status import FileStatus, is_as_scanned
from dupviz._parallel import Workers, in_order, pool
from dupviz.images.formats import DecodeError, NotAnImage, reading
from dupviz.images.imageset import ImageSet
from dupviz.images.inside import has_video
from dupviz.look.compare import Comparison, compare
from dupviz.look.exposures import are_exposures_at_full_size
from dupviz.look.memory import Memory
from dupviz.look.picture import Picture, open_picture
from dupviz.look.register import WHOLE, Box
from dupviz.look.verdict import (
    COLOURFUL,
    COLOURLESS,
    DIFFERENT,
    EDITED,
    FLAT,
    MOST_OF_IT,
    SAME,
    TOO_SMALL,
    Verdict,
    common_parts,
    inverse,
    is_border,
    judge,
)

__all__ = ["BOX", "LOOK_NUMBERS", "UNREADABLE", "Look", "Looks", "compared", "second_look"]

# From the surest that a file may go to the least.
CAUTION = {SAME: 0, EDITED: 1, TOO_SMALL: 2, DIFFERENT: 3}

OPEN_PICTURES = 48  # that are kept: 38 MB

MORE_PIXELS = 0.05  # by so much one has more, as the logarithm of their numbers

UNREADABLE = "unreadable"

ORIENTATION = ExifTags.Base.Orientation

BOX = ["box_left", "box_top", "box_right", "box_bottom"]  # of a pair, where b shows a part of a


class Look(NamedTuple):
    """What the second look says of a pair: see the columns of `second_look`."""

    verdict: str
    kind: str
    worst: float = 0.0
    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0
    left_b: float = 0.0
    top_b: float = 0.0
    right_b: float = 1.0
    bottom_b: float = 1.0
    more_a: str = ""
    more_b: str = ""

    @property
    def window(self) -> tuple[float, ...]:
        """The worst window: left, top, right and bottom in a, then in b."""
        return self[3:11]


LOOK_NUMBERS = Look._fields[2:11]


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
        self._open = lru_cache(OPEN_PICTURES)(open_picture)

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
        return {name: value for name, value in vars(self).items() if name not in ("_memory", "_open")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._memory, self._open = Memory(enabled=self._cache), lru_cache(OPEN_PICTURES)(open_picture)

    def _remembered(self, a: int, b: int, rotation: int, mirrored: bool, box: Box) -> Look:
        statuses = self._status(a), self._status(b)
        if None in statuses:
            return Look(UNREADABLE, "", np.nan)
        key = (*statuses, rotation, mirrored, box)
        if known := self._memory.find(key):
            return Look(*known)
        look = _look(self._paths[a], self._paths[b], rotation, mirrored, box, self._open)
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
    """Judge whether pairs of files are the same picture, from the files at up to 512 × 512 pixels.

    The MSE is a mean over the whole picture, and forgives what is small: a word in a page, a watermark. The second look
    asks for the worst window of 8 × 8 or 16 × 16 pixels instead, after undoing what copies may have undergone: a turn,
    another size, a crop, a border, other light. What re-encoding does to a window is known from the files' own JPEG
    tables, and allowed.

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
          ``"too small to tell"``, below 64 pixels; ``"unreadable"``, where a file has vanished or cannot be decoded;
        - kind (str): what was done: ``"byte copy"``, ``"same pixels"``, ``"re-encoded"``, ``"resized"``,
          ``"turned"``, ``"mirrored"``, ``"light"``, ``"colour"``, ``"cropped"``, ``"border"``, ``"stretched"``,
          ``"burst"`` (another shot of the same moment), ``"moved"`` (the camera has moved), ``"more frames"``,
          ``"transparency"``, ``"ground"``, ``"edited"`` (in a place) or ``"flat"``, where there is nothing to compare;
          of the second picture beside the first, ``"softer"`` or ``"sharper"``, ``"noisier"`` or ``"less noise"``,
          ``"fewer colours"`` or ``"more colours"``;
        - worst (float64): error in the worst window, over what is allowed there: above 1 is more than copies differ;
        - left, top, right, bottom (float64): that window, in shares of the first picture;
        - left_b, top_b, right_b, bottom_b (float64): the same window in the second picture, turned to match;
        - more_a, more_b (str): what each file has that the other lacks, as ``"more pixels"``, ``"colour"``,
          ``"a video"`` or ``"raw data"``.

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
       a   b verdict       kind
    0  1  13  edited     edited
    1  3   4    same  byte copy
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


def _look(path: str, other_path: str, rotation: int, mirrored: bool, box: Box, read: Callable[[str], Picture]) -> Look:
    """Look at two files; at the second first where the box of the first is."""
    try:
        if filecmp.cmp(path, other_path, shallow=False):
            return Look(SAME, "byte copy")
        picture, other = read(path), read(other_path)
        turned = other.turned(rotation, mirrored)
        if np.array_equal(picture.rgb, other.rgb) and _same_pixels(path, other_path):
            return Look(SAME, "same pixels", 0, *WHOLE, *WHOLE, *_more_in_each(picture, path, other, other_path, WHOLE))
        verdict, found, _ = compared(picture, turned, box, rotation=rotation, mirrored=mirrored)
        is_shrunk = picture.is_shrunk and (picture.width, picture.height) == (turned.width, turned.height)
        is_photo = not (picture.is_drawing or turned.is_drawing)
        if (
            verdict.verdict == SAME
            and is_shrunk
            and is_photo
            and are_exposures_at_full_size(path, other_path, rotation, mirrored)
        ):
            verdict = Verdict(EDITED, "burst")
        more = _more_in_each(picture, path, turned, other_path, found.box) if verdict.verdict == SAME else ("", "")
    except (DecodeError, NotAnImage, OSError):
        return Look(UNREADABLE, "", np.nan)
    return Look(verdict.verdict, verdict.kind, found.worst, *found.where, *found.where_in_b, *more)


def _more_in_each(a: Picture, path_a: str, b: Picture, path_b: str, box: Box) -> tuple[str, str]:
    """What each of two files of one picture has that the other lacks: that would be lost if it went."""
    has_a, has_b = (
        each.extras | ({"a video"} if has_video(path) else set()) for each, path in ((a, path_a), (b, path_b))
    )
    # Two files with raw data, more pictures or a video may have different ones: only their bytes tell.
    common = (has_a & has_b) - {"raw data", "more pictures", "a video"}
    more_a, more_b = sorted(has_a - common), sorted(has_b - common)
    common_a, common_b = common_parts(box)
    pixels_a, pixels_b = common_a * a.width * a.height, common_b * b.width * b.height
    for more, ours, theirs, part in ((more_a, a, b, common_a), (more_b, b, a, common_b)):
        if part < MOST_OF_IT and not is_border(ours, box if ours is a else inverse(box)):
            more.append("more of the picture")
        if ours.chroma > COLOURFUL and theirs.chroma < COLOURLESS:
            more.append("colour")
        if ours.colours and ours.colours != theirs.colours:
            more.append(f"the colours of {ours.colours[0]}")
    if abs(np.log(pixels_a / pixels_b)) > MORE_PIXELS:
        (more_a if pixels_a > pixels_b else more_b).append("more pixels")
    return ", ".join(more_a), ", ".join(more_b)


def compared(
    a: Picture, b: Picture, box: Box = WHOLE, *, rotation: int, mirrored: bool
) -> tuple[Verdict, Comparison, tuple[Picture, Picture]]:
    """Compare two pictures and judge them; what is transparent has to be the same over black, too.

    Of a transparent and an opaque picture it is enough that they are the same over black: then their grounds differ.

    Parameters
    ----------
    a, b : Picture
        The second turned to match.
    box : Box
        Where to look for b in a.
    rotation, mirrored
        How b was turned.

    Returns
    -------
    Verdict
    Comparison
    (Picture, Picture)
        The two as they were compared: over white, or over black, where they differ there.
    """
    found = compare(a, b, (box,))
    verdict = judge(a, b, found, rotation=rotation, mirrored=mirrored)
    is_opaque = a.over_black is None and b.over_black is None
    if verdict.verdict in (DIFFERENT, EDITED) and (a.over_black is None) != (b.over_black is None):
        on_black = a.on_black(), b.on_black()
        also_found = compare(*on_black, (box,))
        if judge(*on_black, also_found, rotation=rotation, mirrored=mirrored).verdict == SAME:
            return Verdict(EDITED, "ground"), also_found, on_black
    if is_opaque or (verdict.verdict == DIFFERENT and verdict.kind != FLAT):
        return verdict, found, (a, b)
    on_black = a.on_black(), b.on_black()
    also_found = compare(*on_black, (found.box, WHOLE) if found.box != WHOLE else (WHOLE,))
    also = judge(*on_black, also_found, rotation=rotation, mirrored=mirrored)
    if CAUTION[also.verdict] <= CAUTION[verdict.verdict]:
        return verdict, found, (a, b)
    return Verdict(EDITED, "transparency"), also_found, on_black


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
