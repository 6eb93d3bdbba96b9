"""Groups by a second look at the files: nothing goes but what it calls the same picture.

Files are taken best-first by the keep rule, as by the MSE alone, but each is looked at beside the nearest files that
stay before it may go. Byte copies need no look: the best of them stands for the others, and they go for it, or for
whatever it goes for.
"""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from dupviz._disk.companions import Beside, companion_words, parted
from dupviz._parallel import Crew, Workers, in_order
from dupviz._words.words import listed, printable
from dupviz.groups.carried import Carried
from dupviz.groups.grouping import Grouping, Link, Rules
from dupviz.groups.keep import said_by_camera
from dupviz.groups.members import members_table
from dupviz.groups.reasons import BYTE_COPY, COPIES, DOUBTFUL, EDITS, SOURCE, judged, listed_words, only_one_with
from dupviz.groups.sources import SourcesFirst
from dupviz.images.imageset import ImageSet
from dupviz.look.look import Look
from dupviz.look.second_look import Key, Looks
from dupviz.look.verdict import FLAT, SAME, SHOTS
from dupviz.metrics import SYMMETRIES
from dupviz.proposers.candidates import Candidates
from dupviz.proposers.neighbours import Neighbour

__all__ = ["ByLook", "look_key"]

# How many of the nearest files that stay are looked at before a file stays as well, by who has proposed them.
MOST_LOOKS = {"mse": 3, "ground": 2, "light": 2, "waves": 2, "part": 2}

# Of connected files so many are looked at ahead, and of more than so many files always, in tasks of a few each.
AT_A_TIME, MANY, FEW = 16, 64, 4

# Threads that decide, for each that looks: they wait for it.
DECIDING = 4

# How a file may match one that stays, by whom that is proposed.
Near = tuple[str, int, Neighbour]

MOST_ROUNDS = 20  # in which connected files are decided again, of 2 that most need


class ByLook(Grouping):
    """Groups by a second look at the files: nothing goes but what it calls the same picture.

    Parameters
    ----------
    images : ImageSet
    candidates : Candidates
        Of these images. What the second look accepts of those whose MSE is not below the threshold is for review.
    looks : Looks
    rules : Rules
    """

    def __init__(self, images: ImageSet, candidates: Candidates, looks: Looks, rules: Rules) -> None:
        super().__init__(images, candidates.near, rules)
        self._looks, self._candidates = looks, candidates
        self._keeps_sources = rules.keep == "best"
        self._said = said_by_camera(self._files)
        self._pixels = self._files["width"].to_numpy() * self._files["height"].to_numpy()
        self._beside, self._paths = Beside(), self._files["path"].to_numpy()
        self._apart = set(map(tuple, self._different.tolist()))
        self._copy_of = self._byte_copies(np.unique(self._different))

    def members(self, threshold: float, *, workers: Workers = None, progress: bool = False) -> pd.DataFrame:
        """The files that are not kept, see `Grouping.members`.

        Parameters
        ----------
        workers : int or concurrent.futures.Executor, optional
            Threads or processes that look; by default one per processor.
        progress : bool
            Whether to show a progress bar, if it takes more than a second.
        """
        connected = self._connected(threshold)
        found: list[Link] = []
        number = sum(map(len, connected))
        bar = tqdm(total=number, desc="looking again", unit=" files", delay=1, leave=False, disable=not progress)
        over, count = threading.Event(), itertools.count(1)
        crew, seconds = Crew(workers), self._looks.seconds

        def decided(files: int = 1) -> None:
            if over.is_set():  # interrupted: a thousand connected files would keep the program for minutes
                raise CancelledError
            if files:
                bar.update()
                done = next(count)
                crew.expect((self._looks.seconds - seconds) / done * (number - done))

        with bar, ThreadPoolExecutor(DECIDING * crew.number) as deciding, crew:
            tasks = ((rows, threshold, decided, crew) for rows in connected)
            try:
                for some in in_order(deciding, self._decide, tasks, ahead=32):
                    found += some
            finally:
                over.set()
                self._looks.save()
        return self._frame(found, threshold)

    def link(self, keeper: int, image: int, threshold: float) -> Link:
        """What would become of a file if another stayed for it."""
        leader = int(self._leader[keeper])
        for _, neighbours in self._candidates.neighbours(int(self._leader[image]), threshold):
            for neighbour in neighbours:
                if neighbour.leader == leader:
                    return self._alone(self._looked(keeper, image, neighbour, threshold))
        neighbour = Neighbour(leader, *self._distance(keeper, image))
        return self._alone(self._looked(keeper, image, neighbour, threshold))

    def _alone(self, link: Link) -> Link:
        """A link where no other file goes for the one that stays."""
        return self._carried_over(link, Carried(self._paths, self._beside))

    def _looked(self, keeper: int, image: int, neighbour: Neighbour, threshold: float) -> Link:
        """Look at a file beside one that stays."""
        return self._judged(keeper, image, neighbour, self._looks.at(*look_key(keeper, image, neighbour)), threshold)

    def _judged(self, keeper: int, image: int, neighbour: Neighbour, look: Look, threshold: float) -> Link:
        """What follows from a look for a file beside one that stays."""
        _, mse, rotation, mirrored, _ = neighbour
        link = Link(keeper, image, mse, rotation, mirrored, look, *judged(look, mse, threshold))
        link = self._with_companions(link)
        if link.action != "remove":
            return link
        if (rotation, mirrored) not in SYMMETRIES[self._candidates.near.symmetries]:
            return link._replace(action="review", reason=EDITS["mirrored" if mirrored else "turned"])
        if self._keeps_sources and look.source == "b":
            return link._replace(action="review", reason=SOURCE)
        if look.notes_b and look.kind != BYTE_COPY.kind:
            return link._replace(action="review", reason=only_one_with(look.notes_b), carry=True)
        return link._replace(reason=self._copy_words(link))

    def _copy_words(self, link: Link) -> str:
        """What a file is that can go."""
        if link.look.kind == "resized":
            return "smaller copy" if self._pixels[link.image] < self._pixels[link.keeper] else "larger copy"
        return link.reason if link.action == "remove" else COPIES.get(link.look.kind, link.look.kind)

    def _carried_over(self, link: Link, carried: Carried) -> Link:
        """A link, after what keeps the file was carried over, if that is nothing but metadata and the rules say so."""
        if not (self._carry and link.carry):
            return link
        if obstacle := carried.add(link.keeper, link.image):
            return link._replace(reason=f"{link.reason}, not carried over: {obstacle}", carry=False)
        words = f"{self._copy_words(link)}; carried over: {listed_words(link.look.notes_b)}"
        return link._replace(action="remove", reason=words)

    def _with_companions(self, link: Link) -> Link:
        """A link, for review if the file would take with it what lies beside it, and the one that stays lacks that."""
        if link.action != "remove":
            return link
        missing = self._beside.missing(self._paths[link.keeper], self._paths[link.image])
        reason = f"the only one with {listed(companion_words(missing))}"
        return link._replace(action="review", reason=reason, carry=False) if missing else link

    def _byte_copies(self, named: np.ndarray) -> np.ndarray:
        """For each file the best one of the same bytes, or the one beside which most lies; those named stand alone."""
        sizes = self._files["bytes"].to_numpy()
        copy_of = np.arange(len(sizes))
        is_alone = np.zeros(len(sizes), bool)
        is_alone[named] = True
        table = pd.DataFrame({"row": self._order})
        table["leader"], table["size"] = self._leader[self._order], sizes[self._order]
        table = table[~is_alone[self._order]]
        table = table[table.duplicated(["leader", "size"], keep=False)]
        digests = map(self._looks.digest, table["row"].tolist())
        copies: dict[tuple[int, bytes], list[int]] = {}
        for row, leader, digest in zip(table["row"].tolist(), table["leader"].tolist(), digests):
            if digest:
                copies.setdefault((leader, digest), []).append(row)
        for rows in copies.values():
            copy_of[rows] = max(rows, key=self._has_to_stay)
        return copy_of

    def _has_to_stay(self, row: int) -> tuple[bool, int]:
        """Rather a protected file, then one beside which more lies."""
        return bool(self.protected[row]), len(self._beside.of(self._paths[row]))

    def _connected(self, threshold: float) -> list[np.ndarray]:
        """The files that stand for their byte copies, best first: one array for those that are connected by pairs."""
        stands = self._order[self._copy_of[self._order] == self._order] if threshold > 0 else self._order[:0]
        component = self._candidates.components(threshold)[self._leader[stands]]
        several = np.bincount(component)[component] > 1
        stands, component = stands[several], component[several]
        groups = np.split(stands[np.argsort(component, kind="stable")], np.cumsum(np.bincount(component))[:-1])
        return [group for group in groups if len(group)]

    def _decide(self, rows: np.ndarray, threshold: float, decided: Callable[..., None], crew: Crew) -> list[Link]:
        """What becomes of connected files, by the keep rule; what others were made from comes before them.

        `decided` is called after each file, and may end it. All is decided again while a look has told of a source that
        came after what was made from it: looks are remembered, so that this takes no time.
        """
        order = SourcesFirst(rows.tolist())
        for number in range(MOST_ROUNDS):
            seen: list[Link] = []
            count = partial(decided, files=0) if number else decided
            found = self._decide_in_order(np.array(order.rows), threshold, count, crew, seen)
            late = [(each.image, each.keeper) for each in seen if self._is_late_source(each)]
            if not order.mend(late):
                break
        return found

    def _is_late_source(self, link: Link) -> bool:
        """Whether a file is beside one that was made from it, or a less sharp shot, and should not have come first.

        Not where a camera says that what was made came first: then a person has to decide.
        """
        is_source = self._keeps_sources and link.look.source == "b" and not self.protected[link.keeper]
        return is_source and (link.look.kind in SHOTS or bool(self._said[link.keeper] <= self._said[link.image]))

    def _decide_in_order(
        self, rows: np.ndarray, threshold: float, decided: Callable[..., None], crew: Crew, seen: list[Link]
    ) -> list[Link]:
        """What becomes of connected files in an order; `seen` gets all that was looked at for that.

        One file after another is decided, for what stays is what the next ones are looked at beside. A few are first
        looked at beside what stays so far: these looks are remembered, and most are the ones that will be needed. Where
        few files are connected, they are fewer and fewer if these turn out to be others.
        """
        staying: dict[int, list[int]] = {}  # by their leader, best first
        in_review: set[int] = set()
        carried = Carried(self._paths, self._beside)
        found, width = [], AT_A_TIME
        for place, image in enumerate(rows.tolist()):
            result = None
            if not self.protected[image]:
                near = list(self._worth_a_look(image, staying, threshold))
                while self._lacks_a_look(image, near, threshold):
                    decided(files=0)
                    few = rows[place + 1 : place + width]
                    others = few[~self.protected[few]].tolist()
                    chains = [(image, near), *((each, self._worth_a_look(each, staying, threshold)) for each in others)]
                    keys = [[look_key(keeper, each, match) for _, keeper, match in some] for each, some in chains]
                    are_same = self._looks.ahead(crew, keys, len(keys) if len(rows) <= MANY else FEW)
                    if len(rows) <= MANY and not are_same:
                        width = max(1, width // 2)
                result = self._nearest(image, near, in_review, threshold, seen)
            result = result and self._carried_over(result, carried)
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
        near: list[Near],
        in_review: set[int],
        threshold: float,
        seen: list[Link],
    ) -> Link | None:
        """The file that stays for another: the nearest of the same picture, or else the nearest to be compared with.

        Rather one that stays for sure; but better one that is for review itself than none, if something holds the two
        together. And what the MSE calls near is not left out without a word, whatever the look says.
        """
        review = of_review = doubtful = carriable = None
        for by, keeper, neighbour in near:
            found = self._looked(keeper, image, neighbour, threshold)
            seen.append(found)
            if found.action == "keep" and by == "mse" and found.mse < threshold:
                doubtful = doubtful or found._replace(action="review", reason=DOUBTFUL)
            if found.action == "remove":
                return found
            if self._carry and found.carry:
                carriable = carriable or found
            if found.action == "review" and keeper in in_review:
                of_review = of_review or (found if _holds(found, threshold) else None)
            elif found.action == "review":
                review = review or found
            if found.look.kind == FLAT:
                break
        return carriable or review or of_review or doubtful

    def _lacks_a_look(self, image: int, near: list[Near], threshold: float) -> bool:
        """Whether a look at a file has to be made before it can be decided."""
        for _, keeper, neighbour in near:
            look = self._looks.known(*look_key(keeper, image, neighbour))
            if look is None:
                return True
            if look.kind == FLAT or self._judged(keeper, image, neighbour, look, threshold).action == "remove":
                return False
        return False

    def _worth_a_look(self, image: int, staying: dict[int, list[int]], threshold: float) -> Iterator[Near]:
        """The nearest files that stay, who proposed them, and how this one matches them."""
        leader = int(self._leader[image])
        identical = [Neighbour(leader, 0.0, 0, False)]
        for by, neighbours in self._candidates.neighbours(leader, threshold):
            keepers = (
                (by, keeper, neighbour)
                for neighbour in (itertools.chain(identical, neighbours) if by == "mse" else neighbours)
                for keeper in staying.get(neighbour.leader, ())
                if (min(keeper, image), max(keeper, image)) not in self._apart
            )
            yield from itertools.islice(keepers, MOST_LOOKS[by])

    def _frame(self, found: list[Link], threshold: float) -> pd.DataFrame:
        """All files that are not kept, byte copies among them."""
        of_image = {link.image: link for link in found}
        for row in np.flatnonzero((self._copy_of != np.arange(len(self._copy_of))) & ~self.protected).tolist():
            first = int(self._copy_of[row])
            link = of_image.get(first)
            if threshold <= 0:
                continue
            if link is not None and link.action == "remove":
                of_image[row] = self._with_companions(link._replace(image=row))
            else:
                copy = Link(first, row, 0.0, 0, False, BYTE_COPY, "remove", COPIES[BYTE_COPY.kind])
                of_image[row] = self._with_companions(copy)
        going = {self._paths[row]: row for row, each in of_image.items() if each.action == "remove"}
        for path, partner in parted(going).items():
            reason = f"belongs to {printable(partner)}, which stays"
            of_image[going[path]] = of_image[going[path]]._replace(action="review", reason=reason, carry=False)
        return members_table([of_image[row] for row in sorted(of_image)], self._order, self._leader)


def look_key(keeper: int, image: int, neighbour: Neighbour) -> Key:
    """What is asked of the looks."""
    return keeper, image, neighbour.rotation, neighbour.mirrored, neighbour.box


def _holds(link: Link, threshold: float) -> bool:
    """Whether a file for review belongs beside another one for review: the same picture, near, a shot, or laid over it.

    What is edited and far away is not: from one to the next, flags lead from Romania's to Ireland's.
    """
    return link.look.verdict == SAME or link.mse < threshold or link.look.kind in SHOTS or bool(link.look.outline)
