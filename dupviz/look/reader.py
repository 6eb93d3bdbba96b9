"""Reads files for the second look, and keeps those that were read last."""

from collections.abc import Callable
from functools import lru_cache, partial

from dupviz.look.detail import Detail, detail_of
from dupviz.look.picture import Picture, open_picture

__all__ = ["Reader"]

OPEN_PICTURES = 48  # that are kept: 38 MB
OPEN_AT_FULL_SIZE = 2  # of 24 megapixels: 150 MB


class Reader:
    """Reads files, and keeps those that were read last.

    Attributes
    ----------
    small, whole, detail : callable
        The picture of a path, as the second look compares it, at full size, and what tells of its origin.
    """

    def __init__(self) -> None:
        self.small = lru_cache(OPEN_PICTURES)(open_picture)
        self.detail: Callable[[str], Detail] = lru_cache(OPEN_PICTURES)(lambda path: detail_of(path, self.small(path)))
        self._large = lru_cache(OPEN_AT_FULL_SIZE)(partial(open_picture, side=None))

    def whole(self, path: str) -> Picture:
        """The picture at full size; see above."""
        picture = self.small(path)
        return self._large(path) if picture.is_shrunk else picture
