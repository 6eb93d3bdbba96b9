"""An order of files in which what others were made from comes before them."""

from collections import defaultdict
from collections.abc import Iterable
from heapq import heappop, heappush

__all__ = ["SourcesFirst"]


class SourcesFirst:
    """Files best-first by a keep rule, mended as it becomes known what was made from what.

    Parameters
    ----------
    rows : list of int
        Row numbers, best first.

    Attributes
    ----------
    rows : list of int
        The same, with each source before what was made from it, and apart from that as they were.
    """

    def __init__(self, rows: list[int]) -> None:
        self.rows, self._best = rows, rows
        self._sources: defaultdict[int, set[int]] = defaultdict(set)

    def mend(self, pairs: Iterable[tuple[int, int]]) -> bool:
        """Heed pairs of a source and what was made from it; those that would close a circle are left out.

        Returns
        -------
        bool
            Whether the order has changed.
        """
        before = self.rows
        for source, made in pairs:
            if made not in self._all_sources(source):
                self._sources[made].add(source)
        self.rows = self._ordered()
        return self.rows != before

    def _all_sources(self, row: int) -> set[int]:
        """A file, what it was made from, what that was made from, and so on."""
        found, new = {row}, [row]
        while new:
            more = self._sources.get(new.pop(), set()) - found
            found |= more
            new += more
        return found

    def _ordered(self) -> list[int]:
        """The best file of those whose sources are placed, one after the other.

        So what was made falls back behind its sources. If these were moved up instead, they would overtake better files
        whose own look at it has not been needed.
        """
        rank = {row: place for place, row in enumerate(self._best)}
        waits_for = {row: len(self._sources.get(row, ())) for row in self._best}
        made = defaultdict(list)
        for row, sources in self._sources.items():
            for source in sources:
                made[source].append(row)
        free = [rank[row] for row in self._best if not waits_for[row]]
        order = []
        while free:
            row = self._best[heappop(free)]
            order.append(row)
            for each in made[row]:
                waits_for[each] -= 1
                if not waits_for[each]:
                    heappush(free, rank[each])
        return order
