"""Whether a file may still go: its bytes, or its MSE to the file that stays, measured afresh right before the move.

A plan may be old, edited by hand, or made from tensors that were remembered: what moves a file looks at the file.
"""

import math
from functools import lru_cache

from dupviz._words.rows import PlanRow
from dupviz.cleanup.move import same_content
from dupviz.images.decode import decode
from dupviz.images.formats import DecodeError, NotAnImage
from dupviz.metrics import Pixels, distance

__all__ = ["Evidence"]

ROUNDING = 0.01  # of an MSE in a plan that was saved


class Evidence:
    """Reads the files of a plan again, each keeper once for all that go for it in a row."""

    def __init__(self) -> None:
        self._keeper = lru_cache(2)(_tensor)

    def obstacle(self, row: PlanRow) -> str:
        """Why a file may not go, or "".

        Parameters
        ----------
        row : PlanRow
            Whose files are as they were scanned.
        """
        try:
            if same_content(row.path, row.keeper):
                return ""
            if not math.isfinite(row.mse):  # of a table made by hand: nothing that is measured is above it
                return f"has no MSE in the plan that can be compared: {row.mse}"
            keeper = self._keeper(row.keeper, row.keeper_bytes, row.keeper_modified, row.size)
            mse = distance(keeper, decode(row.path, row.size).tensor, symmetries="dihedral")[0]
        except (DecodeError, NotAnImage, OSError) as error:
            return f"cannot be compared with the file that should stay for it: {str(error) or 'no image'}"
        if mse > row.mse + ROUNDING:
            return f"is not what the plan says: its MSE to the file that should stay is {mse:,.1f}, not {row.mse:,.1f}"
        return ""


def _tensor(path: str, _size: int, _modified: int, size: int) -> Pixels:
    return decode(path, size).tensor
