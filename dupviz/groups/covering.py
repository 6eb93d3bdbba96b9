"""Of files, which ones need not stay, since others stay for them for sure: by the rules of the groups, pair by pair."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain, islice

import numpy as np
from tqdm.auto import tqdm

from dupviz._parallel import Crew, Workers
from dupviz.groups.by_look import ByLook, look_key
from dupviz.groups.grouping import Link
from dupviz.proposers.neighbours import Neighbour

__all__ = ["Covering"]

# Of the files that stay, so many of the nearest are looked at: three sizes of a photo may be nearer than the photo.
MOST_LOOKS = 8

# Files whose looks are made together, in tasks of a few each.
TOGETHER, FEW = 256, 4

# What shows all that the other shows, whatever the keep rule prefers.
EQUAL = {"byte copy", "same pixels"}


class Covering(ByLook):
    """Decides for single files whether another one stays for them: the rules are those of `ByLook`."""

    def links(
        self, images: Sequence[int], staying: Iterable[int], threshold: float, *, workers: Workers, progress: bool
    ) -> dict[int, Link]:
        """How each file is beside one that stays: the first for which it can go, or else the nearest.

        Parameters
        ----------
        images : sequence of int
            Rows of the files.
        staying : iterable of int
            Rows of those that stay.
        threshold : float
            The MSE is below it, if a file can go.
        workers : int or concurrent.futures.Executor, optional
        progress : bool

        Returns
        -------
        dict of int to Link
            By the row of the file; those without a near one are missing. Its action is ``"remove"``, if it can go.
        """
        of_leader: dict[int, list[int]] = {}
        for row in staying:
            of_leader.setdefault(int(self._leader[row]), []).append(row)
        found: dict[int, Link] = {}
        bar = tqdm(total=len(images), desc="looking again", unit=" files", delay=1, leave=False, disable=not progress)
        with bar, Crew(workers) as crew:
            for start in range(0, len(images), TOGETHER):
                some = {row: self._nearest_of(row, of_leader, threshold) for row in images[start : start + TOGETHER]}
                chains = [[look_key(keeper, row, match) for keeper, match in near] for row, near in some.items()]
                self._looks.ahead(crew, chains, FEW)
                for row, near in some.items():
                    if link := self._best(row, near, threshold):
                        found[row] = link
                bar.update(len(some))
                done = min(start + TOGETHER, len(images))
                crew.expect(self._looks.seconds / done * (len(images) - done))
        self._looks.save()
        return found

    def _nearest_of(self, image: int, of_leader: dict[int, list[int]], threshold: float) -> list[tuple[int, Neighbour]]:
        leader = int(self._leader[image])
        _, others = next(self._candidates.neighbours(leader, threshold))
        neighbours = chain([Neighbour(leader, 0.0, 0, False)], others)
        keepers = ((keeper, match) for match in neighbours for keeper in of_leader.get(match.leader, ()))
        return list(islice(keepers, MOST_LOOKS))

    def _best(self, image: int, near: list[tuple[int, Neighbour]], threshold: float) -> Link | None:
        links = (self._not_for_less(self._looked(keeper, image, match, threshold)) for keeper, match in near)
        nearest = None
        for link in links:
            if link.action == "remove":
                return link
            nearest = nearest or (link if link.action == "review" else None)
        return nearest

    def _not_for_less(self, link: Link) -> Link:
        """A link, for review if the two alone would be kept the other way round."""
        if link.action != "remove" or link.look.kind in EQUAL or link.look.source == "a":
            return link
        if self._rank[link.keeper] < self._rank[link.image]:
            return link
        return link._replace(action="review", reason=f"{link.reason}, and may be the better one")

    @cached_property
    def _rank(self) -> np.ndarray:
        return np.argsort(self._order)
