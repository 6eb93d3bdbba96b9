"""What is carried over while groups are formed: each file that goes leaves less room for the next."""

import os

import numpy as np

from dupviz._disk.companions import Beside
from dupviz.inventory.beside import metadata_with
from dupviz.inventory.carry import Notes, carried_over, obstacle_words
from dupviz.inventory.inventory import metadata

__all__ = ["Carried"]


class Carried:
    """What sidecars beside files that stay have to hold, for the files that went so far.

    Parameters
    ----------
    paths : ndarray of str
    beside : Beside
        The files beside these.
    """

    def __init__(self, paths: np.ndarray, beside: Beside) -> None:
        self._paths, self._beside = paths, beside
        self._carried: dict[int, Notes] = {}

    def add(self, keeper: int, image: int) -> str:
        """Carry over what a file alone says; return why that cannot be, in words, or "".

        Parameters
        ----------
        keeper, image : int
            Row numbers.
        """
        sidecars = self._beside.sidecars(self._paths[keeper])
        try:
            kept, notes = metadata_with(sidecars, self._paths[keeper]), metadata(self._paths[image])
            if sidecars and carried_over({}, kept, notes):
                return f"there is a sidecar already, {os.path.basename(sidecars[0])}"
            self._carried[keeper] = carried_over(self._carried.get(keeper, {}), kept, notes)
        except (OSError, ValueError) as error:
            return obstacle_words(error)
        return ""
