"""What becomes of each file → the table of groups: the kept file first, then the others by how far they are."""

import numpy as np
import pandas as pd

from dupviz._disk.paths import path_column
from dupviz.groups.keep import KeepRule, keep_reasons
from dupviz.look.look import LOOK_NUMBERS
from dupviz.look.verdict import SHOTS
from dupviz.metrics import Flags, Floats, Integers

__all__ = ["WINDOW", "group_table"]

COLUMNS = ["group", "image", "action", "mse", "rotation", "mirrored", "bytes", "path"]
LOOK_COLUMNS = ["verdict", "kind", *LOOK_NUMBERS, "tilt", "outline"]
WINDOW = [*LOOK_NUMBERS[1:]]  # the worst one: in the file that stays, then in this one, turned to match


def group_table(files: pd.DataFrame, members: pd.DataFrame, *, keep: KeepRule, protected: Flags) -> pd.DataFrame:
    """The groups, see `group_duplicates`, from the files that are not kept.

    Parameters
    ----------
    members : DataFrame
        See `Grouping.members`.
    keep : str or callable
    protected : ndarray of bool, shape (n,)
    """
    keeper = members["keeper"].to_numpy()
    root, place = _rooted(members["image"].to_numpy(), keeper, members["mse"].to_numpy())
    keepers, number = np.unique(root, return_inverse=True)
    reasons = keep_reasons(files, keep, protected, root, members["image"].to_numpy())
    if "trace" in members:
        traces = zip(keeper.tolist(), members["trace"], members["kind"])
        reasons |= {
            row: "the sharpest shot" if kind in SHOTS else f"the source: the other {trace}"
            for row, trace, kind in traces
            if trace
        }
    kept = pd.DataFrame({"group": np.arange(len(keepers)), "image": keepers, "keeper": keepers, "action": "keep"})
    kept = kept.assign(mse=0.0, rotation=np.int16(0), mirrored=False, place=-1)
    kept["reason"] = [reasons[row] for row in keepers.tolist()]
    gone = members.assign(group=number, place=place)
    table = pd.concat([kept, gone], ignore_index=True)
    table = table.reindex(columns=[*table.columns, *(name for name in LOOK_COLUMNS if name not in table)])
    table = table.sort_values(["group", "place"])
    for word in ("verdict", "kind", "outline", "reason"):
        table[word] = table[word].astype(object).fillna("")
    table["carry"] = table["carry"].eq(True)
    table["path"] = path_column(files["path"], table["image"])
    table["bytes"] = files["bytes"].to_numpy()[table["image"]]
    table = table.astype(dict.fromkeys([*LOOK_NUMBERS, "tilt"], float))
    return table[[*COLUMNS, "keeper", *LOOK_COLUMNS, "reason", "carry"]].reset_index(drop=True)


def _rooted(image: Integers, keeper: Integers, mse: Floats) -> tuple[np.ndarray, np.ndarray]:
    """The kept file at the end of each file's chain of keepers, and the place of each file in its group.

    A file for review may stay for others, which follow it. Apart from that the nearest comes first.

    Parameters
    ----------
    image, keeper : ndarray of int64, shape (n,)
    mse : ndarray of float64, shape (n,)

    Returns
    -------
    root, place : ndarray of int64, shape (n,)
    """
    place = np.empty(len(image), np.int64)
    place[np.lexsort((image, mse))] = np.arange(len(image))
    if not np.isin(keeper, image).any():
        return keeper, place
    row = dict(zip(image.tolist(), range(len(image))))
    chains = []  # of each file: those that it follows, and itself
    for number in range(len(image)):
        chain = [number]
        while (above := int(keeper[chain[-1]])) in row:
            chain.append(row[above])
        chains.append(chain[::-1])
    order = sorted(range(len(image)), key=lambda number: [int(place[link]) for link in chains[number]])
    place[order] = np.arange(len(image))
    return keeper[[chain[0] for chain in chains]], place
