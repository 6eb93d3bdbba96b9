"""What the explorers share."""

from abc import abstractmethod
from typing import Any, ClassVar

import anywidget
import traitlets

from dupviz.metrics import Pixels
from dupviz.widgets.gallery.messages import Known, answered
from dupviz.widgets.page import STYLE, Page
from dupviz.widgets.pictures import Pictures

__all__ = ["Explorer", "PictureExplorer", "RefusedError"]

MOST_PICTURES = 100  # in a page: 1 MB, or 3 MB of a tensor explorer
OWN_PHOTOS = (
    "Choose a photo of your own, or drop one on this page: it stays in your browser. It is resized just as in Python, "
    "but each browser decodes JPEG files a little differently, so an MSE may differ slightly from that of Python."
)


class RefusedError(traitlets.TraitError, ValueError):
    """No value that a trait can have: what a browser sends with it is taken back as a whole."""


class Explorer(anywidget.AnyWidget):
    """Shows what a browser asks for.

    Parameters
    ----------
    messages : dict
        What it may ask for, see `checked`.
    **values
        Of the traits, to begin with.
    """

    _css = STYLE

    def __init__(self, messages: Known, **values: Any) -> None:
        self.messages = messages
        super().__init__(**values)
        self.on_msg(self._on_message)

    @abstractmethod
    def page(self) -> Page:
        """What its page holds, see `to_page`."""

    def _values(self) -> dict[str, Any]:
        """The traits that a browser has, too."""
        own = set(self.trait_names(sync=True)) - set(anywidget.AnyWidget.class_trait_names())
        return {name: getattr(self, name) for name in sorted(own) if not name.startswith("_")}

    def _on_message(self, _widget: Any, message: Any, _buffers: list[Any]) -> None:
        self.send(*answered(message, self.messages))


class PictureExplorer(Explorer):
    """Shows pictures by their names.

    Parameters
    ----------
    pictures : Pictures
    **values
        Of the traits, to begin with.
    """

    _about: ClassVar[tuple[str, str, str]]  # the module that opens its page, a title and a text

    def __init__(self, pictures: Pictures, **values: Any) -> None:
        self._pictures = pictures
        super().__init__(pictures.messages, **values)

    def page(self) -> Page:
        """What its page holds, see `to_page`."""
        names = list(dict.fromkeys([*self._chosen(), *self._pictures.names[:MOST_PICTURES]]))[:MOST_PICTURES]
        return Page(*self._about, OWN_PHOTOS, self._values(), {name: self._at_sizes(name) for name in names})

    def _name(self, name: str) -> str:
        """A picture by its name, or its path, as its name."""
        try:
            return self._pictures.names[self._pictures.index(name)]
        except ValueError as error:
            raise RefusedError(str(error)) from None

    @abstractmethod
    def _chosen(self) -> list[str]:
        """The names of the pictures that are shown."""

    @abstractmethod
    def _at_sizes(self, name: str) -> list[Pixels]:
        """A picture at all sizes that its page offers."""
