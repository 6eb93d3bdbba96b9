"""Precision and recall of a threshold, where it is known which pairs show the same picture.

All functions work on *labelled* pairs: a DataFrame with the columns mse (float64; infinite for two files of the same
picture that the search did not find), same (bool: whether the two are the same picture) and, if wanted, kind (str: what
sort of copy it is). They come from `with_truth`, from copies that were made for it (`make_copies`), or from a person
(`Labels`).
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dupviz.images.imageset import ImageSet
from dupviz.metrics import Floats, Integers
from dupviz.search.pairs import Pairs, as_pairs

__all__ = ["edge_pairs", "label_pairs", "threshold_curve", "with_truth"]


def edge_pairs(pairs: pd.DataFrame, threshold: float = 200.0, k: int = 6) -> pd.DataFrame:
    """The pairs just below a threshold, and those just above it: where it decides.

    Parameters
    ----------
    pairs : DataFrame
        As `find_pairs` gives it.
    threshold : float
        Pairs with an MSE strictly below it are duplicates.
    k : int
        How many on each side.

    Returns
    -------
    DataFrame
        At most 2 k rows of `pairs`, sorted by mse, with their index and the further column below (bool).

    Raises
    ------
    ValueError
        If `k` is negative.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> pairs = dv.find_pairs(images, progress=False)
    >>> dv.edge_pairs(pairs, threshold=200, k=1)[["a", "b", "mse", "below"]]
       a   b       mse  below
    0  1  13    6.5548   True
    7  6  12  402.4524  False
    """
    if k < 0:
        raise ValueError(f"k must be 0 or more, got {k}")
    mse = pairs["mse"].to_numpy()
    below, above = np.flatnonzero(mse < threshold), np.flatnonzero(mse >= threshold)
    rows = np.concatenate([below[_first_few(-mse[below], k)][::-1], above[_first_few(mse[above], k)]])
    return pairs.iloc[rows].assign(below=mse[rows] < threshold)


def threshold_curve(labelled: pd.DataFrame, *, thresholds: ArrayLike | None = None) -> pd.DataFrame:
    """Precision, recall and F₁ against the threshold, overall and for each kind of copy.

    Parameters
    ----------
    labelled : DataFrame
        With mse, same and, if wanted, kind, see `dupviz.threshold.quality`.
    thresholds : array_like of float, optional
        By default 61 from 1 to 1000, evenly on a logarithmic scale, and 200.

    Returns
    -------
    DataFrame
        One row per kind and threshold, the kind ``"all"`` first:

        - kind (str), threshold (float64);
        - found (int64): pairs below it; true (int64): those of them that are the same picture;
        - precision: true / found, or 1 where nothing is found; recall: true / all that are the same, or 1 where there
          are none; f1: their harmonic mean.

    Examples
    --------
    >>> labelled = pd.DataFrame({"mse": [3.0, 150.0, 800.0], "same": [True, True, False]})
    >>> dv.threshold_curve(labelled, thresholds=[100, 200, 1000])[["threshold", "precision", "recall"]]
       threshold  precision  recall
    0      100.0   1.000000     0.5
    1      200.0   1.000000     1.0
    2     1000.0   0.666667     1.0
    """
    check_labelled(labelled)
    if thresholds is None:
        thresholds = np.union1d(np.geomspace(1, 1000, 61), 200.0)
    thresholds = np.asarray(thresholds, np.float64)
    curves: list[tuple[Any, pd.DataFrame]] = [("all", labelled)]
    if "kind" in labelled:
        curves += labelled[labelled["kind"].notna()].groupby("kind")
    return pd.concat([_curve(kind, part, thresholds) for kind, part in curves], ignore_index=True)


def with_truth(
    images: ImageSet,
    pairs: Pairs | pd.DataFrame,
    truth: str | os.PathLike[str] | pd.DataFrame,
    *,
    folder: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Label the pairs of images whose truth is known.

    Parameters
    ----------
    images : ImageSet
        Whose files the truth names.
    pairs : Pairs or DataFrame
        What `find_pairs` gave for these images, or `Duplicates.near`.
    truth : DataFrame, str or Path
        A table, or a CSV file, with the columns file and source: files of the same source are the same picture. With a
        column kind, each true pair has the kind of the one of its two files that is not ``"original"``.
    folder : str or Path, optional
        What the files are relative to; by default the deepest folder that holds all images.

    Returns
    -------
    DataFrame
        See `label_pairs`.

    Raises
    ------
    ValueError
        If the truth has no such columns or names none of the files, or the pairs are of other images.

    Examples
    --------
    >>> images = dv.load_images("data/photos", progress=False)
    >>> pairs = dv.find_pairs(images, progress=False)
    >>> labelled = dv.with_truth(images, pairs, "data/truth.csv", folder="data/photos")
    >>> labelled.query("mse < 200")["same"].value_counts().to_dict()  # three pairs below 200 are different pictures
    {True: 86, False: 3}
    """
    if not isinstance(truth, pd.DataFrame):
        truth = pd.read_csv(truth, dtype=object, keep_default_na=False)
    missing = {"file", "source"} - set(truth.columns)
    if missing:
        raise ValueError(f"the truth has no column {', '.join(sorted(missing))}; it has {', '.join(truth.columns)}")
    paths = list(map(os.path.abspath, images.files["path"]))
    folder = os.path.commonpath(map(os.path.dirname, paths)) if folder is None else str(Path(folder).absolute())
    rows = {path: row for row, path in enumerate(paths)}
    known = truth.assign(image=[rows.get(os.path.normpath(os.path.join(folder, file)), -1) for file in truth["file"]])
    known = known[known["image"] >= 0].drop_duplicates("image").sort_values("image")
    if known.empty:
        raise ValueError(
            f"the truth names none of the files in {Path(folder)}: give the folder that its paths begin in"
        )

    source, kind = np.full(len(images), None), np.full(len(images), None)
    source[known["image"]] = known["source"]
    if "kind" in known:
        kind[known["image"]] = known["kind"]
    return label_pairs(as_pairs(pairs, images).table(), source=source, kind=kind if "kind" in known else None)


def label_pairs(pairs: pd.DataFrame, *, source: ArrayLike, kind: ArrayLike | None = None) -> pd.DataFrame:
    """Label pairs of images, given what each image shows.

    Parameters
    ----------
    pairs : DataFrame
        As `find_pairs` gives it.
    source : array_like, shape (n,)
        What each image shows: those of the same source are the same picture. None or NaN where it is not known.
    kind : array_like of str, shape (n,), optional
        What sort of copy each image is. A true pair has the kind of the one of its two that is not ``"original"``.

    Returns
    -------
    DataFrame
        With a, b (row numbers of images, a < b), mse, same and, if it was given, kind: all of `pairs` between images of
        known source, and all other pairs of the same source, with an infinite mse.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> pairs = dv.find_pairs(images, progress=False)
    >>> source = [path.replace("reunion", "france") for path in images.files["path"]]
    >>> dv.label_pairs(pairs, source=source).query("same")[["a", "b", "same"]]  # Réunion has the flag of France
       a   b  same
    2  3  15  True
    """
    code = pd.factorize(pd.Series(source))[0]
    members = pd.DataFrame({"image": np.arange(len(code)), "source": code})[code >= 0]
    true = members.merge(members, on="source", suffixes=("_a", "_b")).query("image_a < image_b")
    true = pd.DataFrame({"a": true["image_a"], "b": true["image_b"], "same": True})
    found = pairs[(code[pairs["a"]] >= 0) & (code[pairs["b"]] >= 0)][["a", "b", "mse"]]
    found = found.assign(same=code[found["a"]] == code[found["b"]])
    labelled = found.merge(true, how="outer", on=["a", "b", "same"]).fillna({"mse": np.inf})
    if kind is not None:
        of_a, of_b = (np.asarray(kind, object)[labelled[end]] for end in "ab")
        copy = pd.Series(np.where(of_b == "original", of_a, of_b), labelled.index, dtype=object)
        labelled["kind"] = copy.where(labelled["same"], None)
    return labelled


def _first_few(keys: Integers, k: int) -> Integers:
    """Places of the k smallest keys, in their order."""
    few = np.argpartition(keys, k - 1)[:k] if 0 < k < len(keys) else np.arange(len(keys))[: k or 0]
    return few[np.argsort(keys[few], kind="stable")]


def check_labelled(labelled: pd.DataFrame) -> None:
    missing = {"mse", "same"} - set(labelled.columns)
    if missing:
        raise ValueError(f"labelled pairs need the columns mse and same, got {', '.join(map(str, labelled.columns))}")


def _curve(kind: str, labelled: pd.DataFrame, thresholds: Floats) -> pd.DataFrame:
    mse, same = labelled["mse"].to_numpy(), labelled["same"].to_numpy(bool)
    found = np.searchsorted(np.sort(mse), thresholds)
    true = np.searchsorted(np.sort(mse[same]), thresholds)
    precision, recall = _ratio(true, found), _ratio(true, same.sum())
    return pd.DataFrame(
        {
            "kind": kind,
            "threshold": thresholds,
            "found": found,
            "true": true,
            "precision": precision,
            "recall": recall,
            "f1": _ratio(2 * true, found + same.sum()),
        }
    )


def _ratio(part: Floats | Integers, whole: Floats | Integers) -> Floats:
    """``part / whole``, and 1 where both are 0."""
    return np.where(whole > 0, part / np.maximum(whole, 1), 1.0)
