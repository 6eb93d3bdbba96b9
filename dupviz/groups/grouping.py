"""What forms groups: candidates and a keep rule, ready for one threshold after another."""

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dupviz._disk.paths import Paths
from dupviz._parallel import Workers
from dupviz.groups.keep import KeepRule, keep_order, protected_files
from dupviz.groups.table import group_table
from dupviz.images.imageset import ImageSet
from dupviz.look.look import Look
from dupviz.metrics import distance
from dupviz.search.pairs import Pairs

__all__ = ["Grouping", "Link", "Match", "Rules"]

# How a file matches another: MSE, rotation and whether it is mirrored.
Match = tuple[float, int, bool]


class Rules(NamedTuple):
    """Which files stay, whatever a look says: see `group_duplicates`."""

    keep: KeepRule = "best"
    protect: Paths = ()
    different: ArrayLike = ()
    carry: bool = False


class Link(NamedTuple):
    """A file beside one that stays: how they match, what a look says, and what follows.

    Attributes
    ----------
    keeper, image : int
        Row numbers.
    mse, rotation, mirrored
        How the file matches, see `distance`.
    look : Look
        Empty by the MSE alone.
    action : {"remove", "review", "keep"}
    reason : str
        In words.
    carry : bool
        Whether nothing but metadata that could be carried over keeps the file; or that is carried over, and it goes.
    """

    keeper: int
    image: int
    mse: float
    rotation: int
    mirrored: bool
    look: Look
    action: str
    reason: str
    carry: bool = False


class Grouping(ABC):
    """Forms groups: files are taken best-first, protected ones before all.

    Parameters
    ----------
    images : ImageSet
    near : Pairs
        Of these images.
    rules : Rules

    Attributes
    ----------
    protected : ndarray of bool, shape (n,)
        Which files always stay.
    """

    def __init__(self, images: ImageSet, near: Pairs, rules: Rules) -> None:
        self._images, self._files, self._near, self._keep = images, images.files, near, rules.keep
        self._carry = rules.carry
        self._leader = near.leader
        self.protected = protected_files(self._files, rules.protect)
        self._different = np.sort(np.asarray(rules.different, np.int64).reshape(-1, 2), axis=1)
        order = keep_order(self._files, rules.keep)
        self._order = order[np.argsort(~self.protected[order], kind="stable")]

    @abstractmethod
    def members(self, threshold: float, *, workers: Workers = None, progress: bool = False) -> pd.DataFrame:
        """The files that are not kept at a threshold; so many threads look at them.

        Returns
        -------
        DataFrame
            image and keeper (row numbers), identical (bool: whether their tensors are), mse, rotation, mirrored; action
            (``"remove"`` or ``"review"``), reason and carry; and if files were looked at, the columns of a look.
        """

    @abstractmethod
    def link(self, keeper: int, image: int, threshold: float) -> Link:
        """What would become of a file if another stayed for it."""

    def table(self, threshold: float, *, workers: Workers = None, progress: bool = False) -> pd.DataFrame:
        """The groups at a threshold, see `group_duplicates`."""
        members = self.members(threshold, workers=workers, progress=progress)
        return group_table(self._files, members, keep=self._keep, protected=self.protected)

    def _distance(self, keeper: int, image: int) -> Match:
        tensors = self._images.tensors
        return distance(tensors[keeper], tensors[image], symmetries=self._near.symmetries)
