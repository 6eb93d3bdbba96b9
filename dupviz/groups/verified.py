"""Pairs and a second look → groups: nothing goes but what the second look calls the same picture.

Files are taken best-first by the keep rule, as in `Grouping`, but each is looked at beside the nearest files that stay
before it may go. Byte copies need no look: the best of them stands for the others, and they go for it, or for whatever
it goes for.
"""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from tqdm.auto import tqdm

from dupviz._parallel import in_order
from dupviz._paths import Paths
from dupviz.groups.keep import KeepRule, keep_order, protected_files
from dupviz.images.imageset import ImageSet
from dupviz.look.second_look import UNREADABLE, Look, Looks
from dupviz.look.verdict import DIFFERENT, EDITED, FLAT, SAME, TOO_SMALL
from dupviz.search.pairs import Pairs
from dupviz.search.symmetry import INVERSES, best_symmetry

__all__ = ["EVIDENT", "Candidate", "Verified"]

# Unrelated pictures of one mean colour have an MSE of the sum of their squared contrasts. Below this share of the mean
# of the two it is evidence: 99 % of the copies of 40 photos are, and 0 to 2 % of look-alike receipts, pages and plots.
EVIDENT = 0.045

# How many of the nearest files that stay are looked at before a file stays as well; and of those near but for light.
MOST_LOOKS, MOST_LIGHT_LOOKS = 5, 2

BYTE_COPY = Look(SAME, "byte copy")

EDITS = {
    "edited": "edited: look at the marked place",
    "moved": "the camera has moved",
    "stretched": "other proportions",
    "more frames": "more frames, or pages",
    "transparency": "differs where it is transparent",
}
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
    light : DataFrame, optional
        Pairs that are near but for the light, see `find_light_pairs`: what the second look accepts of them is for
        review.
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
        keep: KeepRule = "best",
        protect: Paths = (),
        different: ArrayLike = (),
    ) -> None:
        self._files = files = images.files
        self._looks, self._leader = looks, pairs.leader
        self._protected = protected_files(files, protect)
        self._flat = files["flat"].to_numpy()
        order = keep_order(files, keep)
        self._order = order[np.argsort(~self._protected[order], kind="stable")]
        apart = np.sort(np.asarray(different, np.int64).reshape(-1, 2), axis=1)
        self._apart = set(map(tuple, apart.tolist()))
        self._copy_of = self._byte_copies(np.unique(apart))
        self._edges = _edges(pairs, light, files["contrast"].to_numpy(), self._flat)

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
        near = self._edges[(self._edges["mse"] < threshold) & self._edges["evident"] | self._edges["light"].notna()]
        tasks = self._tasks(near, threshold)
        found: list[Candidate] = []
        number = sum(len(rows) for rows, _ in tasks)
        bar = tqdm(total=number, desc="looking again", unit=" files", delay=1, leave=False, disable=not progress)
        with bar, ThreadPoolExecutor(workers or os.cpu_count()) as executor:
            arguments = ((rows, neighbours, threshold) for rows, neighbours in tasks)
            for (rows, _), some in zip(tasks, in_order(executor, self._decide, arguments, ahead=32)):
                found += some
                bar.update(len(rows))
        self._looks.save()
        return self._frame(found, threshold)

    def candidate(self, keeper: int, image: int, match: tuple[float, int, bool], threshold: float) -> Candidate:
        """What would become of a file if another stayed for it.

        Parameters
        ----------
        keeper, image : int
            Row numbers.
        match : (float, int, bool)
            MSE, rotation and mirrored of the two.
        threshold : float
        """
        look = self._looks.at(keeper, image, match[1], match[2])
        action, reason = _judged(look, match[0], threshold)
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

    def _tasks(self, near: pd.DataFrame, threshold: float) -> list[tuple[np.ndarray, dict[int, list[tuple]]]]:
        """Files that are connected by pairs, best first, with the neighbours of their leaders, nearest first."""
        n = len(self._leader)
        ends = near["a"].to_numpy(), near["b"].to_numpy()
        graph = coo_array((np.ones(len(near), np.int8), ends), shape=(n, n))
        _, component = connected_components(graph, directed=False)
        both = pd.DataFrame(
            {
                "of": np.append(ends[0], ends[1]),
                "to": np.append(ends[1], ends[0]),
                "mse": np.tile(near["mse"], 2),
                # How the first of the two is turned to match the second, as a file that goes matches one that stays.
                "winners": np.append(INVERSES[near["winners"]], near["winners"]).astype(np.uint8),
                "light": np.tile(near["light"], 2),
            }
        )
        # Evidence comes before light, which alone has no MSE below the threshold, or none that says much.
        is_evident = np.tile(near["evident"] & (near["mse"] < threshold), 2)
        both["tier"], both["far"] = ~is_evident, np.where(is_evident, both["mse"], both["light"])
        both = both.sort_values(["of", "tier", "far"], kind="stable")
        rotation, mirrored = best_symmetry(both["winners"].to_numpy())
        rows = list(
            zip(both["to"].tolist(), both["mse"].tolist(), rotation.tolist(), mirrored.tolist(), both["tier"].tolist())
        )
        starts = np.searchsorted(both["of"], np.arange(n + 1))

        stands = self._order[self._copy_of[self._order] == self._order] if threshold > 0 else self._order[:0]
        where = component[self._leader[stands]]
        number = np.bincount(where, minlength=component.max(initial=-1) + 1)
        stands, where = (each[number[where] > 1] for each in (stands, where))
        groups = np.split(stands[np.argsort(where, kind="stable")], np.cumsum(np.bincount(where))[:-1])
        return [
            (group, {row: rows[starts[row] : starts[row + 1]] for row in set(self._leader[group].tolist())})
            for group in groups
            if len(group)
        ]

    def _decide(self, rows: np.ndarray, neighbours: dict[int, list[tuple]], threshold: float) -> list[Candidate]:
        """What becomes of connected files, best first."""
        staying: dict[int, list[int]] = {}  # by their leader, best first
        in_review: set[int] = set()
        found = []
        for image in rows.tolist():
            result = None
            if not self._protected[image]:
                result = self._nearest(image, neighbours[self._leader[image]], staying, in_review, threshold)
            if result is None or result.action != "remove":
                staying.setdefault(self._leader[image], []).append(image)
            if result is not None:
                found.append(result)
                if result.action == "review":
                    in_review.add(image)
        return found

    def _nearest(
        self,
        image: int,
        neighbours: list[tuple],
        staying: dict[int, list[int]],
        in_review: set[int],
        threshold: float,
    ) -> Candidate | None:
        """The file that stays for another: the nearest of the same picture, or else the nearest to be compared with."""
        review = None
        looks = [MOST_LOOKS, MOST_LIGHT_LOOKS]
        own = (self._leader[image], 0.0, 0, False, False)
        for leader, *match, is_light in [own, *neighbours]:
            for keeper in staying.get(leader, ()):
                if not looks[is_light]:
                    break
                if (min(keeper, image), max(keeper, image)) in self._apart:
                    continue
                looks[is_light] -= 1
                found = self.candidate(keeper, image, (match[0], match[1], match[2]), threshold)
                if found.action == "remove":
                    return found
                if found.action == "review" and review is None and keeper not in in_review:
                    review = found
                if found.look.kind == FLAT:
                    return review
        return review

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
                of_image[row] = Candidate(first, row, 0.0, 0, False, BYTE_COPY, "remove", BYTE_COPY.kind)
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
        table = table.astype({**types, **words, **dict.fromkeys(Look._fields[2:7], float)})
        return table.assign(identical=self._leader[table["keeper"]] == self._leader[table["image"]])


def _judged(look: Look, mse: float, threshold: float) -> tuple[str, str]:
    """What follows from a look for the second of two files: an action, and the reason in words."""
    if look.verdict == SAME:
        if look.kind in ("light", "colour"):
            return "review", f"the same picture in other {look.kind if look.kind == 'light' else 'colours'}"
        if look.more_b and look.kind != BYTE_COPY.kind:
            return "review", f"the same picture, with {look.more_b}"
        if mse >= threshold:
            return "review", f"the same picture, but its MSE is not below {threshold:g}"
        return "remove", look.kind
    if look.verdict == EDITED:
        return "review", EDITS.get(look.kind, f"a drawing, {look.kind}")
    if look.verdict == DIFFERENT:
        return ("review", "almost one colour: nothing to compare") if look.kind == FLAT else ("keep", "")
    return "review", OTHERS[look.verdict]


def _edges(pairs: Pairs, light: pd.DataFrame | None, contrast: np.ndarray, flat: np.ndarray) -> pd.DataFrame:
    """The pairs of leaders that are worth a look: a, b, mse, winners, evident, light (nan if not near there)."""
    variance = (contrast[pairs.a] ** 2 + contrast[pairs.b] ** 2) / 2
    evident = (pairs.mse < EVIDENT * variance) | (flat[pairs.a] & flat[pairs.b])
    columns = {"a": pairs.a, "b": pairs.b, "mse": pairs.mse, "winners": pairs.winners}
    edges = pd.DataFrame(columns)[evident].assign(evident=True)
    if light is None or light.empty:
        return edges.assign(light=np.nan)
    a, b = pairs.leader[light["a"]], pairs.leader[light["b"]]
    winner = np.uint8(1) << (light["rotation"].to_numpy() // 90 + 4 * light["mirrored"].to_numpy()).astype(np.uint8)
    swapped = a > b
    further = pd.DataFrame(
        {
            "a": np.where(swapped, b, a),
            "b": np.where(swapped, a, b),
            "mse": light["mse"].to_numpy(),
            "winners": np.where(swapped, INVERSES[winner], winner),
            "evident": False,
            "light": light["light_mse"].to_numpy(),
        }
    )
    further = further[further["a"] != further["b"]].drop_duplicates(["a", "b"])
    edges = edges.merge(further[["a", "b", "light"]], on=["a", "b"], how="left")
    edges = pd.concat([edges, further], ignore_index=True)
    return edges.drop_duplicates(["a", "b"], ignore_index=True)  # what is evident came first


def _digest(path: str) -> bytes:
    """Of the content of a file; empty if it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b""
