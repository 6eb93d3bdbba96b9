"""Labels of pairs of pictures, "the same" or "different", remembered between sessions."""

from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dupviz._disk.records import RecordFile, append_record
from dupviz.images.imageset import ImageSet
from dupviz.search.pairs import Pairs, as_pairs

__all__ = ["Labels"]


class Labels(RecordFile[tuple[int, int], bool]):
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

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> pairs = dv.find_pairs(images, progress=False)
    >>> labels = dv.Labels(images, "labels.jsonl")
    >>> labels.set(1, 13, False)  # Bonaire and the Netherlands
    >>> labels.labelled(pairs)[["a", "b", "same"]].to_numpy().tolist()
    [[1, 13, False]]
    """

    def __init__(self, images: ImageSet, file: str | Path | None = None) -> None:
        self._images = images
        super().__init__(images.files, "labels.jsonl", file)

    def __len__(self) -> int:
        return len(self._known)

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
        return self._known.get(_pair(a, b))

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
        self._note(_pair(a, b), same)
        (path_a, bytes_a), (path_b, bytes_b) = self._keys[a], self._keys[b]
        record = {"path_a": path_a, "bytes_a": bytes_a, "path_b": path_b, "bytes_b": bytes_b, "same": same}
        append_record(self.file, record)

    def different(self) -> np.ndarray:
        """The pairs that are labelled different: what `group_duplicates` takes.

        Returns
        -------
        ndarray of int64, shape (m, 2)
            Row numbers of images.
        """
        pairs = [pair for pair, same in self._known.items() if not same]
        return np.array(pairs, np.int64).reshape(-1, 2)

    def table(self) -> pd.DataFrame:
        """All labels.

        Returns
        -------
        DataFrame
            a, b (int64, row numbers of images, a < b) and same (bool).
        """
        ends = np.array(list(self._known), np.int64).reshape(-1, 2)
        return pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], "same": np.array(list(self._known.values()), bool)})

    def labelled(self, pairs: Pairs | pd.DataFrame) -> pd.DataFrame:
        """The labelled pairs with their MSE: what `threshold_curve` takes.

        Parameters
        ----------
        pairs : Pairs or DataFrame
            What `find_pairs` gave for these images, or `Duplicates.near`.

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

    def sampled(self, pairs: Pairs | pd.DataFrame) -> pd.DataFrame:
        """The labels of the first pairs that `Pairs.sample` draws: a random sample, as `suggest_threshold` takes it.

        Parameters
        ----------
        pairs : Pairs or DataFrame
            What `find_pairs` gave for these images, or `Duplicates.near`.

        Returns
        -------
        DataFrame
            a, b (int64, a < b), mse (float64) and same (bool), up to the first pair without a label.

        Raises
        ------
        ValueError
            If the pairs are of other images.
        """
        return self.first(as_pairs(pairs, self._images).sample())

    def first(self, table: pd.DataFrame) -> pd.DataFrame:
        """The first rows of a table of pairs, up to the first one without a label.

        Parameters
        ----------
        table : DataFrame
            With a, b and mse, as `Pairs.sample` gives it.

        Returns
        -------
        DataFrame
            a, b, mse and same (bool).
        """
        same = list(takewhile(lambda label: label is not None, map(self.get, table["a"], table["b"])))
        return pd.DataFrame(table[["a", "b", "mse"]].head(len(same))).assign(same=np.array(same, bool))

    def _read(self, record: dict[str, Any]) -> Iterable[tuple[tuple[int, int], bool | None]]:
        match record:
            case {"path_a": str(), "bytes_a": int(), "path_b": str(), "bytes_b": int(), "same": bool() | None as same}:
                a, b = (self._rows.get((record[f"path_{end}"], record[f"bytes_{end}"])) for end in "ab")
                if a is not None and b is not None:
                    yield _pair(a, b), same


def _pair(a: int, b: int) -> tuple[int, int]:
    return min(a, b), max(a, b)
