"""What is shown of a search: `Duplicates` has it, which comes later on the way of the data."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from dupviz.groups.keep import KeepRule
from dupviz.images.imageset import ImageSet
from dupviz.search.pairs import Pairs

__all__ = ["Result"]


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
