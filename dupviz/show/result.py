"""What is shown of a search: `Duplicates` has it, which comes later on the way of the data."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from dupviz._words.cards import beside
from dupviz._words.rows import GroupRow
from dupviz.groups.keep import KeepRule
from dupviz.images.imageset import ImageSet
from dupviz.search.pairs import Pairs

__all__ = ["Result", "with_keepers"]


class Result(Protocol):
    """Groups of duplicates in a set of images, with the search and the settings behind them: see `Duplicates`."""

    @property
    def images(self) -> ImageSet:
        """What was searched."""

    @property
    def near(self) -> Pairs:
        """What the search found."""

    @property
    def pairs(self) -> pd.DataFrame:
        """The same as a table; raises TooManyPairsError if there are too many for one."""

    @property
    def groups(self) -> pd.DataFrame:
        """See `group_duplicates`."""

    @property
    def threshold(self) -> float:
        """Pairs with an MSE below it are duplicates."""

    @property
    def keep(self) -> KeepRule:
        """Which of two duplicates stays."""

    @property
    def protect(self) -> Sequence[str]:
        """Folders whose files always stay."""

    @property
    def looks(self) -> object:
        """The second look; None for the MSE alone."""

    def summary(self) -> str:
        """One sentence of it all."""


def with_keepers(group: Sequence[GroupRow], paths: Sequence[str]) -> list[GroupRow]:
    """The files of a group, whose reasons name the file that stays for them, if that is not the first one.

    Parameters
    ----------
    group : sequence of GroupRow
    paths : sequence of str
        Of all images.
    """
    named = (group[0].image, -1)
    return [
        file
        if file.keeper in (*named, file.image)
        else file._replace(reason=", ".join(filter(None, [file.reason, beside(file.action, paths[file.keeper])])))
        for file in group
    ]
