"""The groups of a gallery a page at a time."""

from collections.abc import Callable, Mapping

from dupviz.review.decisions import Member
from dupviz.widgets.gallery.filters import Choice

__all__ = ["MOST_GROUPS_PER_PAGE", "VIEWS", "Pages"]

# How groups can be shown, and how many of them on a page.
VIEWS = {"rows": 20, "sheet": 60}
MOST_GROUPS_PER_PAGE = max(VIEWS.values())


class Pages:
    """The page that is shown. All groups stay where they are until they are sorted again, whatever is decided of them.

    Parameters
    ----------
    choice : Choice
    members : callable
        Returns the groups as they are now.

    Attributes
    ----------
    view : str
        Of `VIEWS`.
    number : int
        Of the page, from 0.
    shown : list of int
        The names of its groups.
    """

    def __init__(self, choice: Choice, members: Callable[[], Mapping[int, list[Member]]]) -> None:
        self._choice, self._members = choice, members
        self.view = "rows"
        self.number = 0
        self.shown: list[int] = []
        self._names: list[int] = []

    @property
    def count(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-len(self._names) // self._size))

    @property
    def listed(self) -> int:
        """How many groups all pages have."""
        return len(self._names)

    @property
    def first(self) -> int:
        """The place of the first group of the page, from 0."""
        return self._size * self.number

    @property
    def following(self) -> list[int]:
        """The name of the first group after those of the page, if there is one."""
        return self._names[self.first + len(self.shown) :][:1]

    @property
    def _size(self) -> int:
        return VIEWS[self.view]

    def sort(self) -> None:
        """Take the groups that are chosen now, in their order, and show their first page."""
        self._names = self._choice.sorted_names(self._members())
        self.turn_to(0)

    def refresh(self) -> None:
        """The same, but stay where one is."""
        page = self.number
        self.sort()
        self.turn_to(page)

    def turn_to(self, page: int) -> None:
        """Show this page, or the nearest that there is."""
        self.number = max(0, min(page, self.count - 1))
        self.shown = self._names[self.first :][: self._size]

    def turn_to_first(self, is_wanted: Callable[[int], bool]) -> bool:
        """Show the page of the first group that is wanted, by its name; return whether there is one."""
        wanted = (place for place, name in enumerate(self._names) if is_wanted(name))
        place = next(wanted, None)
        if place is not None:
            self.turn_to(place // self._size)
        return place is not None

    def look_at(self, view: str) -> None:
        """Show groups in another way, with the first of this page among them."""
        first = self.first
        self.view = view
        self.turn_to(first // self._size)

    def show(self, name: int) -> None:
        """Turn to the page of a group, if it is not on this one; if it was left out, leave out none."""
        if name in self.shown:
            return
        members = self._members()
        if name not in self._choice.names(members):
            self._choice.show_group(members[name])
        self.sort()
        self.turn_to(self._names.index(name) // self._size)

    def put_below(self, above: int, name: int) -> None:
        """Show a group on this page, too: below another one of it."""
        if name not in self.shown:
            self.shown.insert(self.shown.index(above) + 1, name)
            self._names.insert(self._names.index(above) + 1, name)
