"""Labels of pairs of pictures, "the same" or "different", remembered between sessions."""

from pathlib import Path

import numpy as np
import pandas as pd

from dupviz._disk.records import append_record, data_file, file_keys, read_records
from dupviz.images.imageset import ImageSet
from dupviz.search.pairs import Pairs, as_pairs

__all__ = ["Labels"]


class Labels:
    """Labels of pairs of images, kept in a small file.

    A file counts as the one that was labelled as long as its path and its size in bytes are the same.

    Parameters
    ----------
    images : ImageSet
        The images that pairs are of; labels of other images stay in the file, unseen.
    file : str or Path, optional
        Where labels are kept; by default ``labels.jsonl`` in the user's data folder, or in the folder that the
        environment variable ``DUPVIZ_DATA_DIR`` names.

    Attributes
    ----------
    file : Path
    """

    def __init__(self, images: ImageSet, file: str | Path | None = None) -> None:
        self.file = data_file("labels.jsonl") if file is None else Path(file)
        self._images = images
        self._keys = file_keys(images.files)
        rows: dict[tuple[object, object], int] = {key: row for row, key in enumerate(self._keys)}
        self._labels: dict[tuple[int, int], bool] = {}
        for record in read_records(self.file):
            ends = ((record.get(f"path_{end}"), record.get(f"bytes_{end}")) for end in "ab")
            a, b = (rows.get(end) for end in ends)
            if a is not None and b is not None and record.get("same") in (True, False, None):
                self._note(a, b, record.get("same"))

    def __len__(self) -> int:
        return len(self._labels)

    def get(self, a: int, b: int) -> bool | None:
        """The label of a pair.

        Parameters
        ----------
        a, b : int
            Row numbers of images, in any order.

        Returns
        -------
        bool or None
            True if they are the same picture, False if different, None if there is no label.
        """
        return self._labels.get((min(a, b), max(a, b)))

    def set(self, a: int, b: int, same: bool | None) -> None:
        """Label a pair, and remember it.

        Parameters
        ----------
        a, b : int
            Row numbers of images, in any order.
        same : bool or None
            True for the same picture, False for different ones, None to take a label back.

        Raises
        ------
        TypeError
            If `same` is none of those. Nothing is labelled then.
        OSError
            If the file cannot be written. The label counts until the end of the session even so.
        """
        if not (same is None or isinstance(same, bool | np.bool_)):
            raise TypeError(f"same must be True, False or None, got {same!r}")
        same = None if same is None else bool(same)
        self._note(a, b, same)
        record = {"path_a": self._keys[a][0], "bytes_a": self._keys[a][1]}
        record |= {"path_b": self._keys[b][0], "bytes_b": self._keys[b][1], "same": same}
        append_record(self.file, record)

    def different(self) -> np.ndarray:
        """The pairs that are labelled different: what `group_duplicates` takes.

        Returns
        -------
        ndarray of int64, shape (m, 2)
            Row numbers of images.
        """
        pairs = [pair for pair, same in self._labels.items() if not same]
        return np.array(pairs, np.int64).reshape(-1, 2)

    def table(self) -> pd.DataFrame:
        """All labels.

        Returns
        -------
        DataFrame
            a, b (int64, row numbers of images, a < b) and same (bool).
        """
        ends = np.array(list(self._labels), np.int64).reshape(-1, 2)
        return pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], "same": np.array(list(self._labels.values()), bool)})

    def labelled(self, pairs: Pairs | pd.DataFrame) -> pd.DataFrame:
        """The labelled pairs with their MSE: what `threshold_curve` and `suggest_threshold` take.

        Parameters
        ----------
        pairs : Pairs or DataFrame
            What `search` or `find_pairs` gave for these images.

        Returns
        -------
        DataFrame
            a, b (int64, a < b), same (bool) and mse (float64; infinite for a pair that is not in `pairs`).

        Raises
        ------
        ValueError
            If the pairs are of other images.
        """
        table = self.table()
        return table.assign(mse=as_pairs(pairs, self._images).mse_of(table["a"], table["b"]))

    def _note(self, a: int, b: int, same: bool | None) -> None:
        pair = min(a, b), max(a, b)
        self._labels.pop(pair, None)
        if same is not None:
            self._labels[pair] = same
