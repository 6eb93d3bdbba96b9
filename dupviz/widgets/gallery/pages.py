"""The groups of a gallery a page at a time."""

from collections.abc import Callable, Mapping

from dupviz.review.decisions import Member
from dupviz.widgets.gallery.filters import Choice

__all__ = ["GROUPS_PER_PAGE", "Pages"]

GROUPS_PER_PAGE = 20


class Pages:
    """The page that is shown: its groups stay where they are until another page is turned to.

    Parameters
    ----------
    choice : Choice
    members : callable
        Returns the groups as they are now.

    Attributes
    ----------
    number : int
        Of the page, from 0.
    shown : list of int
        The names of its groups.
    """

    def __init__(self, choice: Choice, members: Callable[[], Mapping[int, list[Member]]]) -> None:
        self._choice, self._members = choice, members
        self.number = 0
        self.shown: list[int] = []

    @property
    def count(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-len(self._choice.names(self._members())) // GROUPS_PER_PAGE))

    def turn_to(self, page: int) -> None:
        """Show this page, or the nearest that there is."""
        names = self._choice.sorted_names(self._members())
        self.number = max(0, min(page, self.count - 1))
        self.shown = names[GROUPS_PER_PAGE * self.number :][:GROUPS_PER_PAGE]

    def turn_to_first(self, is_wanted: Callable[[int], bool]) -> None:
        """Show the page of the first group that is wanted, by its name; the first page if none is."""
        names = self._choice.sorted_names(self._members())
        wanted = (place for place, name in enumerate(names) if is_wanted(name))
        self.turn_to(next(wanted, 0) // GROUPS_PER_PAGE)

    def show(self, name: int) -> None:
        """Turn to the page of a group, if it is not on this one; if it was left out, leave out none."""
        if name in self.shown:
            return
        members = self._members()
        if name not in self._choice.names(members):
            self._choice.show_group(members[name])
        self.turn_to(self._choice.sorted_names(members).index(name) // GROUPS_PER_PAGE)

    def put_below(self, above: int, name: int) -> None:
        """Show a group on this page, too: below another one of it."""
        if name not in self.shown:
            self.shown.insert(self.shown.index(above) + 1, name)
