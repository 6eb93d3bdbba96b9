"""What a look has said of files that are not kept, as a table."""

import numpy as np
import pandas as pd

from dupviz.groups.grouping import Link
from dupviz.look.look import LOOK_NUMBERS, Look
from dupviz.metrics import Integers

__all__ = ["members_table"]

TYPES = {
    "keeper": "int64",
    "image": "int64",
    "mse": "float64",
    "rotation": "int16",
    "mirrored": "bool",
    "carry": "bool",
}
TYPES |= dict.fromkeys([*LOOK_NUMBERS, "tilt"], "float64")
TYPES |= dict.fromkeys(["action", "reason", "verdict", "kind", "trace", "outline"], "object")


def members_table(links: list[Link], order: Integers, leader: Integers) -> pd.DataFrame:
    """The files that are not kept, see `Grouping.members`.

    Parameters
    ----------
    links : list of Link
        One for each of these files.
    order : ndarray of int64, shape (n,)
        All files, best first by the keep rule.
    leader : ndarray of int64, shape (n,)
        Of each file, the first of the same tensor.
    """
    table = pd.DataFrame(links, columns=list(Link._fields)).drop(columns="look")
    looks = pd.DataFrame([link.look for link in links], columns=list(Look._fields))
    table = pd.concat([table, looks.drop(columns=["more_a", "more_b", "notes_a", "notes_b", "source"])], axis=1)
    # It explains why a file stays that the keep rule alone would not have taken.
    rank = np.argsort(order)
    is_mended = looks["source"].eq("a").to_numpy(bool) & (rank[table["keeper"]] > rank[table["image"]])
    table["trace"] = table["trace"].where(is_mended, "")
    table = table.astype(TYPES)
    return table.assign(identical=leader[table["keeper"]] == leader[table["image"]])
