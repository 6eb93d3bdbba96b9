"""The menu of pictures: with a field to search, where there are too many to scroll through."""

from typing import Any

import ipywidgets as widgets

__all__ = ["PictureMenu"]

MANY = 300  # pictures that a menu holds at once


class PictureMenu(widgets.Box):
    """Choose a picture by its name.

    Parameters
    ----------
    names : list of str
    value : int
        The row of the one to begin with.
    **look
        What `ipywidgets.Dropdown` takes.

    Attributes
    ----------
    menu : ipywidgets.Dropdown
        Of the names, or where they are many of those that hold what is searched for; its value is a row.
    search : ipywidgets.Text
    """

    def __init__(self, names: list[str], value: int, **look: Any) -> None:
        self._names = names
        rows = self._matching("")
        rows += [value] * (value not in rows)
        self.menu = widgets.Dropdown(options=[(names[row], row) for row in rows], value=value, **look)
        placeholder = f"search {len(names):,} names"
        self.search = widgets.Text(
            placeholder=placeholder, continuous_update=True, layout={"width": "170px"}, tooltip="Part of a name"
        )
        self.search.observe(self._search, "value")
        super().__init__([self.menu, self.search] if len(names) > MANY else [self.menu])

    @property
    def index(self) -> int:
        """The row of the chosen picture."""
        return int(self.menu.value)

    @property
    def name(self) -> str:
        """Its name."""
        return self._names[self.index]

    def _matching(self, text: str) -> list[int]:
        """The rows of names that hold a text, the first of them."""
        text = text.casefold()
        return [row for row, name in enumerate(self._names) if text in name.casefold()][:MANY]

    def _search(self, change: Any) -> None:
        """Offer what matches, and choose the first of it."""
        rows = self._matching(change.new)
        chosen = rows[0] if change.new and rows else self.index
        # A menu that is filled anew chooses its first line.
        rows = [chosen, *(row for row in rows if row != chosen)]
        self.menu.options = [(self._names[row], row) for row in rows]
