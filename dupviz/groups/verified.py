"""Pairs and a second look → groups: nothing goes but what the second look calls the same picture.

Files are taken best-first by the keep rule, as in `Grouping`, but each is looked at beside the nearest files that stay
before it may go. Byte copies need no look: the best of them stands for the others, and they go for it, or for whatever
it goes for.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, ThreadPoolExecutor, wait
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from dupviz._disk.companions import parted
from dupviz._disk.paths import Paths
from dupviz._parallel import in_order
from dupviz._words.words import printable
from dupviz.groups.keep import KeepRule, keep_order, protected_files
from dupviz.images.imageset import ImageSet
from dupviz.look.register import WHOLE, Box
from dupviz.look.second_look import LOOK_NUMBERS, UNREADABLE, Look, Looks
from dupviz.look.verdict import DIFFERENT, EDITED, FLAT, SAME, TOO_SMALL
from dupviz.propose.neighbours import Neighbour, Neighbours
from dupviz.search.pairs import Pairs

__all__ = ["Candidate", "Verified"]

# How many of the nearest files that stay are looked at before a file stays as well; of those that are near but for the
# light; and of those of which one may show a part of the other.
MOST_LOOKS, MOST_LIGHT_LOOKS, MOST_VIEWS = 3, 2, 2

# Of more connected files than this, so many at a time are looked at ahead, in threads.
MANY, AT_A_TIME = 64, 16

BYTE_COPY = Look(SAME, "byte copy")

# What can go, in plain words; a resized copy is a smaller or a larger one.
COPIES = {
    "byte copy": "exact copy",
    "same pixels": "the same pixels",
    "re-encoded": "saved again",
    "turned": "turned copy",
    "mirrored": "mirrored copy",
    "cropped": "cropped copy",
    "border": "copy with a border",
}
EDITS = {
    "edited": "edited: look at the marked place",
    "moved": "the camera has moved",
    "stretched": "other proportions",
    "more frames": "more frames, or pages",
    "transparency": "differs where it is transparent",
    "ground": "the same picture on another ground: one of them is transparent",
}
CROPS = {"cropped": "the same picture, cropped", "border": "the same picture, with a border around one of them"}
OTHERS = {TOO_SMALL: "too small to tell", UNREADABLE: "cannot be read again, or has changed since"}


class Candidate(NamedTuple):
    """A file beside one that stays: how they match, what the second look says, and what follows.

    Attributes
    ----------
    keeper, image : int
        Row numbers.
    mse, rotation, mirrored
        How the file matches, see `distance`.
    look : Look
    action : {"remove", "review", "keep"}
    reason : str
        In words.
    """

    keeper: int
    image: int
    mse: float
    rotation: int
    mirrored: bool
    look: Look
    action: str
    reason: str


class Verified:
    """Pairs, a keep rule and a second look, ready to form groups at one threshold after another.

    Parameters
    ----------
    images : ImageSet
    pairs : Pairs
        Of these images.
    looks : Looks
    light, views : DataFrame, optional
        Pairs that are near but for the light, or of which one may show a part of the other, see `find_light_pairs` and
        `find_views`: what the second look accepts of them is for review.
    keep, protect, different
        See `group_duplicates`.
    """

    def __init__(
        self,
        images: ImageSet,
        pairs: Pairs,
        looks: Looks,
        *,
        light: pd.DataFrame | None = None,
        views: pd.DataFrame | None = None,
        keep: KeepRule = "best",
        protect: Paths = (),
        different: ArrayLike = (),
    ) -> None:
        self._files = files = images.files
        self._looks, self._leader = looks, pairs.leader
        self._protected = protected_files(files, protect)
        self._pixels = files["width"].to_numpy() * files["height"].to_numpy()
        order = keep_order(files, keep)
        self._order = order[np.argsort(~self._protected[order], kind="stable")]
        apart = np.sort(np.asarray(different, np.int64).reshape(-1, 2), axis=1)
        self._apart = set(map(tuple, apart.tolist()))
        self._copy_of = self._byte_copies(np.unique(apart))
        self._neighbours = Neighbours(pairs, light, views, files["contrast"].to_numpy(), files["flat"].to_numpy())

    def members(self, threshold: float, *, workers: int | None = None, progress: bool = False) -> pd.DataFrame:
        """The files that are not kept at a threshold.

        Parameters
        ----------
        workers : int, optional
            Threads that look; by default one per processor.
        progress : bool
            Whether to show a progress bar, if it takes more than a second.

        Returns
        -------
        DataFrame
            As `Grouping.members`, with the columns of a look.
        """
        connected = self._connected(threshold)
        found: list[Candidate] = []
        number = sum(map(len, connected))
        bar = tqdm(total=number, desc="looking again", unit=" files", delay=1, leave=False, disable=not progress)
        over = threading.Event()

        def decided() -> None:
            if over.is_set():  # interrupted: a thousand connected files would keep the program for minutes
                raise CancelledError
            bar.update()

        workers = workers or os.cpu_count() or 1
        pools = ThreadPoolExecutor(workers), ThreadPoolExecutor(workers)
        with bar, pools[0] as executor, pools[1] as ahead, threadpool_limits(1, user_api="blas"):
            tasks = ((rows, threshold, decided, ahead) for rows in connected)
            try:
                for some in in_order(executor, self._decide, tasks, ahead=32):
                    found += some
            finally:
                over.set()
                self._looks.save()
        return self._frame(found, threshold)

    def candidate(
        self, keeper: int, image: int, match: tuple[float, int, bool], threshold: float, box: Box = WHOLE
    ) -> Candidate:
        """What would become of a file if another stayed for it.

        Parameters
        ----------
        keeper, image : int
            Row numbers.
        match : (float, int, bool)
            MSE, rotation and mirrored of the two.
        threshold : float
        box : Box
            Where to look for the file in the one that would stay.
        """
        look = self._looks.at(keeper, image, match[1], match[2], box)
        action, reason = _judged(look, match[0], threshold)
        if look.kind == "resized" and action == "remove":
            reason = "smaller copy" if self._pixels[image] < self._pixels[keeper] else "larger copy"
        return Candidate(keeper, image, *match, look, action, reason)

    def _byte_copies(self, named: np.ndarray) -> np.ndarray:
        """For each file the best one of the same bytes; files that are named stand for themselves."""
        paths, sizes = self._files["path"].to_numpy(), self._files["bytes"].to_numpy()
        copy_of = np.arange(len(paths))
        is_alone = np.zeros(len(paths), bool)
        is_alone[named] = True
        table = pd.DataFrame({"row": self._order})
        table["leader"], table["size"] = self._leader[self._order], sizes[self._order]
        table = table[~is_alone[self._order]]
        table = table[table.duplicated(["leader", "size"], keep=False)]
        digests = [_digest(path) for path in paths[table["row"]]]
        first: dict[tuple[int, bytes], int] = {}
        for row, leader, digest in zip(table["row"].tolist(), table["leader"].tolist(), digests):
            if digest:
                copy_of[row] = first.setdefault((leader, digest), row)
        return copy_of

    def _connected(self, threshold: float) -> list[np.ndarray]:
        """The files that stand for their byte copies, best first: one array for those that are connected by pairs."""
        stands = self._order[self._copy_of[self._order] == self._order] if threshold > 0 else self._order[:0]
        component = self._neighbours.components(threshold)[self._leader[stands]]
        several = np.bincount(component)[component] > 1
        stands, component = stands[several], component[several]
        groups = np.split(stands[np.argsort(component, kind="stable")], np.cumsum(np.bincount(component))[:-1])
        return [group for group in groups if len(group)]

    def _decide(
        self, rows: np.ndarray, threshold: float, decided: Callable[[], None], ahead: Executor
    ) -> list[Candidate]:
        """What becomes of connected files, best first; `decided` is called after each, and may end it.

        One file after another is decided, for what stays is what the next ones are looked at beside. Of many, a few are
        first looked at beside what stays so far: these looks are remembered, and most are the ones that will be needed.
        """
        staying: dict[int, list[int]] = {}  # by their leader, best first
        in_review: set[int] = set()
        found = []
        for place, image in enumerate(rows.tolist()):
            if len(rows) > MANY and place % AT_A_TIME == 0:
                few = rows[place : place + AT_A_TIME]
                few = few[~self._protected[few]].tolist()
                wait([ahead.submit(self._nearest, each, staying, in_review, threshold) for each in few])
            result = None
            if not self._protected[image]:
                result = self._nearest(image, staying, in_review, threshold)
            if result is None or result.action != "remove":
                staying.setdefault(self._leader[image], []).append(image)
            if result is not None:
                found.append(result)
                if result.action == "review":
                    in_review.add(image)
            decided()
        return found

    def _nearest(
        self,
        image: int,
        staying: dict[int, list[int]],
        in_review: set[int],
        threshold: float,
    ) -> Candidate | None:
        """The file that stays for another: the nearest of the same picture, or else the nearest to be compared with.

        Rather one that stays for sure; but better one that is for review itself than none.
        """
        review = of_review = None
        for keeper, neighbour in self._worth_a_look(image, staying, threshold):
            found = self.candidate(keeper, image, neighbour[1:4], threshold, neighbour.box)
            if found.action == "remove":
                return found
            if found.action == "review" and keeper in in_review:
                of_review = of_review or found
            elif found.action == "review":
                review = review or found
            if found.look.kind == FLAT:
                break
        return review or of_review

    def _worth_a_look(
        self, image: int, staying: dict[int, list[int]], threshold: float
    ) -> Iterator[tuple[int, Neighbour]]:
        """The nearest files that stay, and how this one matches them."""
        leader = int(self._leader[image])
        identical = Neighbour(leader, 0.0, 0, False)
        sources = (
            (MOST_LOOKS, chain([identical], self._neighbours.near(leader, threshold))),
            (MOST_LIGHT_LOOKS, self._neighbours.but_for_light(leader, threshold)),
            (MOST_VIEWS, self._neighbours.parts(leader, threshold)),
        )
        for most, neighbours in sources:
            keepers = (
                (keeper, neighbour)
                for neighbour in neighbours
                for keeper in staying.get(neighbour.leader, ())
                if (min(keeper, image), max(keeper, image)) not in self._apart
            )
            yield from islice(keepers, most)

    def _frame(self, found: list[Candidate], threshold: float) -> pd.DataFrame:
        """All files that are not kept, byte copies among them."""
        of_image = {candidate.image: candidate for candidate in found}
        for row in np.flatnonzero((self._copy_of != np.arange(len(self._copy_of))) & ~self._protected).tolist():
            first = int(self._copy_of[row])
            link = of_image.get(first)
            if threshold <= 0:
                continue
            if link is not None and link.action == "remove":
                of_image[row] = link._replace(image=row)
            else:
                of_image[row] = Candidate(first, row, 0.0, 0, False, BYTE_COPY, "remove", COPIES[BYTE_COPY.kind])
        paths = self._files["path"].to_numpy()
        going = {paths[row]: row for row, candidate in of_image.items() if candidate.action == "remove"}
        for path, partner in parted(going).items():
            reason = f"belongs to {printable(partner)}, which stays"
            of_image[going[path]] = of_image[going[path]]._replace(action="review", reason=reason)
        candidates = [of_image[row] for row in sorted(of_image)]
        table = pd.DataFrame(candidates, columns=list(Candidate._fields)).drop(columns="look")
        looks = pd.DataFrame([candidate.look for candidate in candidates], columns=list(Look._fields))
        table = pd.concat([table, looks.drop(columns=["more_a", "more_b"])], axis=1)
        types: dict[str, Any] = {
            "keeper": "int64",
            "image": "int64",
            "mse": float,
            "rotation": "int16",
            "mirrored": bool,
        }
        words = dict.fromkeys(["action", "reason", "verdict", "kind"], object)
        table = table.astype({**types, **words, **dict.fromkeys(LOOK_NUMBERS, float)})
        return table.assign(identical=self._leader[table["keeper"]] == self._leader[table["image"]])


def _judged(look: Look, mse: float, threshold: float) -> tuple[str, str]:
    """What follows from a look for the second of two files: an action, and the reason in words."""
    if look.verdict == SAME:
        if look.kind in ("light", "colour"):
            return "review", f"the same picture in other {look.kind if look.kind == 'light' else 'colours'}"
        if look.more_b and look.kind != BYTE_COPY.kind:
            return "review", f"the same picture, with {look.more_b}"
        if look.kind in CROPS and mse >= threshold:
            return "review", CROPS[look.kind]
        if mse >= threshold:
            return "review", f"the same picture, but its MSE is not below {threshold:g}"
        return "remove", COPIES.get(look.kind, look.kind)
    if look.verdict == EDITED:
        return "review", EDITS.get(look.kind, f"a drawing, {look.kind}")
    if look.verdict == DIFFERENT:
        return ("review", "almost one colour: nothing to compare") if look.kind == FLAT else ("keep", "")
    return "review", OTHERS[look.verdict]


def _digest(path: str) -> bytes:
    """Of the content of a file; empty if it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b""
