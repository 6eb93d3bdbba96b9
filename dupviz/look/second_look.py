"""The second look at pairs: both files again, larger, and a verdict for each pair."""

from collections.abc import Iterator, Sequence
from hashlib import file_digest
from itertools import repeat
from typing import Any, Protocol

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from dupviz._disk.contents import absolute, opened
from dupviz._parallel import Crew, Workers, in_order
from dupviz.images.imageset import ImageSet
from dupviz.look.ahead import Asked, Looked, Scanned, looks_at, one_look, status_of
from dupviz.look.boxes import WHOLE, Box
from dupviz.look.look import BOX, LOOK_NUMBERS, Look
from dupviz.look.memory import Memory
from dupviz.look.reader import Reader
from dupviz.look.verdict import SAME

__all__ = ["Key", "Looks", "second_look"]

# Two images by their rows, how the second is turned to match, and where to look for it in the first.
Key = tuple[int, int, int, bool, Box]

# In one task of a second look; of pairs that share pictures twice as many. What threads have taken on they finish.
PAIRS, AHEAD = 8, 3


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
        self._looks: dict[Key, Look] = {}
        self.seconds = 0.0  # that all looks ahead have taken, as if one had been made after the other
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

    def known(self, *key: Any) -> Look | None:
        """What was seen at once, or in an earlier run, see `at`."""
        look = self._looks.get(key)
        if look is None and (told := self._told(key)):
            look = self._looks[key] = told
        return look

    def ahead(self, crew: Crew, chains: Sequence[Sequence[Key]], size: int) -> bool:
        """Have a crew look at pairs that are not known yet, and wait for it.

        Parameters
        ----------
        crew : Crew
        chains : list of list of Key
            In each, the likely looks at one image beside others: up to the first that shows the same picture.
        size : int
            How many chains are one task.

        Returns
        -------
        bool
            Whether each has found the same picture.
        """
        unknown = [[key for key in chain if self.known(*key) is None] for chain in chains]
        unknown = list(filter(None, unknown))
        tasks = [self.task(unknown[start : start + size]) for start in range(0, len(unknown), size)]
        futures = [(rows, crew.submit(looks_at, *task)) for rows, *task in tasks]
        looked = [(rows, future.result()) for rows, future in futures]
        for rows, some in looked:
            self.add(rows, some)
        return sum(each.look.verdict == SAME for _, some in looked for each in some.made) == len(unknown)

    def make(self, keys: Sequence[Key], *, workers: Workers = None, progress: bool = True) -> None:
        """Look at all pairs that are not known yet.

        Parameters
        ----------
        keys : list of Key
        workers, progress
            See `second_look`.
        """
        unknown = [key for key in keys if self.known(*key) is None]
        bar = tqdm(total=len(unknown), desc="looking again", unit=" pairs", delay=1, leave=False, disable=not progress)
        with bar, Crew(workers) as crew:
            tasks = [self.task([[key] for key in some]) for some in _shared(unknown)]
            made = in_order(crew, looks_at, (task[1:] for task in tasks), ahead=AHEAD * crew.number)
            done = 0
            for task, looked in zip(tasks, made):
                self.add(task[0], looked)
                done += len(looked.made)
                bar.update(len(looked.made))
                crew.expect(self.seconds / done * (len(unknown) - done))

    def task(self, chains: Sequence[Sequence[Key]]) -> tuple[list[int], list[Scanned], list[list[Asked]]]:
        """What `looks_at` is given for some chains, after the rows of the files in it."""
        rows = sorted({row for chain in chains for key in chain for row in key[:2]})
        place = {row: number for number, row in enumerate(rows)}
        asked = [[Asked(place[key[0]], place[key[1]], *key[2:]) for key in chain] for chain in chains]
        return rows, [self._scanned(row) for row in rows], asked

    def add(self, rows: Sequence[int], looked: Looked) -> None:
        """Remember what `looks_at` has made of a task."""
        for asked, look, key in looked.made:
            self._looks[rows[asked.a], rows[asked.b], asked.rotation, asked.mirrored, asked.box] = look
            if key:
                self._memory.add(key, look)
        self.seconds += looked.seconds  # two threads at once may lose some: it is an estimate

    def check_images(self, images: ImageSet) -> None:
        """Refuse other images than those that are looked at."""
        if not np.array_equal(self._paths, images.files["path"].to_numpy()):
            raise ValueError("these looks are at other images: make Looks(images) of these")

    def digest(self, row: int) -> bytes:
        """SHA-256 of an image's file, read once; empty if it cannot be read."""
        if row not in self._digests:
            try:
                with opened(self._paths[row]) as file:
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

    def _remembered(self, *key: Any) -> Look:
        if told := self._told(key):
            return told
        a, b, *turned = key
        made = one_look(self._scanned(a), self._scanned(b), Asked(0, 1, *turned), self._read)
        if made.key:
            self._memory.add(made.key, made.look)
        return made.look

    def _told(self, key: Sequence[Any]) -> Look | None:
        """What is remembered of an earlier run, if both files are as they were."""
        a, b, *turned = key
        if not self._cache:
            return None
        statuses = status_of(self._scanned(a)), status_of(self._scanned(b))
        told = None not in statuses and self._memory.find((*statuses, *turned))
        return Look(*told) if told else None

    def _scanned(self, row: int) -> Scanned:
        """A file as it was scanned, by its absolute path: processes may have begun elsewhere."""
        return Scanned(absolute(self._paths[row]), int(self._sizes[row]), int(self._times[row]))


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
    judges by the worst window of 8 × 8 or 16 × 16 pixels instead, after undoing what copies may have undergone: a turn,
    another size, a crop, a border, other light. What re-encoding does to a window is known from the files' own JPEG
    tables, and allowed. Pairs that would be called the same picture are compared once more at full size, or at that of
    the smaller file: there a digit of a large page can still be seen. Which of the two comes first makes no difference.

    Parameters
    ----------
    images : ImageSet
    pairs : Candidates, Pairs or DataFrame
        What `propose` or `find_pairs` gave for these images, some rows of it, or any table with the columns a, b,
        rotation and mirrored; with box_left, box_top, box_right and box_bottom, b is looked for in this part of a.
    workers : int or concurrent.futures.Executor, optional
        How many look at once, by default one per processor: threads, and processes where there is work for seconds,
        each with up to 400 MB of memory. An executor of your own is used as it is.
    progress : bool
        Whether to show a progress bar, if it takes more than a second.

    Returns
    -------
    DataFrame
        The rows of `pairs`, in their order, with further columns:

        - verdict (str): ``"same"``; ``"edited"``: mostly the same, except in some windows; ``"different"``;
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
        - source (str): ``"a"`` or ``"b"``, the file that the other was made from, where the pixels tell, or the sharper
          one of two shots; trace (str): by what, said of the other one, as ``"has only 256 colours"``,
          ``"is a JPEG of quality 40"`` or ``"is less sharp"``;
        - tilt (float64): degrees by which one is turned; outline (str): the corners of the second picture in the
          first, as x and y of the left top, right top, right bottom and left bottom, in shares of the first; empty
          where the two lie over each other without a projection.

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
    boxes = map(tuple, shares.tolist()) if sides else repeat(WHOLE, len(pairs))
    rows = list(zip(*ends.T.tolist(), pairs["rotation"].tolist(), pairs["mirrored"].tolist(), boxes, strict=True))
    looks.make(rows, workers=workers, progress=progress)
    as_asked = (looks.at(*row) for row in rows)
    columns = dict(zip(Look._fields, zip(*as_asked))) or dict.fromkeys(Look._fields, ())
    types = {name: float if name in LOOK_NUMBERS else object for name in Look._fields}
    return pairs.assign(**{name: pd.Series(columns[name], pairs.index, type) for name, type in types.items()})


def _shared(rows: list[Key]) -> Iterator[list[Key]]:
    """Pairs, some at a time: those that share pictures are together, so that each picture is opened once."""
    first: dict[int, int] = {}  # of each image another one that it is connected with; of one of them itself

    def root(row: int) -> int:
        while first.setdefault(row, row) != row:
            first[row] = row = first[first[row]]
        return row

    for a, b, *_ in rows:
        first[root(a)] = root(b)
    some: list[Key] = []
    for row in sorted(dict.fromkeys(rows), key=lambda row: (root(row[0]), row[:2])):
        if (len(some) >= PAIRS and root(row[0]) != root(some[-1][0])) or len(some) >= 2 * PAIRS:
            yield some
            some = []
        some.append(row)
    if some:
        yield some
