"""What duplicates do to a data set: test images that the training set has too, and one picture under two labels."""

import logging
import math
import os
import unicodedata
from collections.abc import Iterable

import numpy as np
import pandas as pd

from dupviz.groups.sides import Result, Side, images_and_pairs, labels_of, rows_of
from dupviz.images.imageset import ImageSet
from dupviz.metrics import Integers
from dupviz.search.identical import members_between
from dupviz.search.pairs import MAX_PAIRS, Pairs, TooManyPairsError, as_pairs
from dupviz.search.symmetry import INVERSES, best_symmetry

__all__ = ["find_label_conflicts", "find_leaks", "folder_names", "fraction_affected"]

log = logging.getLogger("dupviz")


def find_leaks(
    images: ImageSet | Result,
    pairs: Pairs | pd.DataFrame | None = None,
    *,
    train: Side,
    test: Side,
    threshold: float = 200.0,
) -> pd.DataFrame:
    """Find the test images of which the training set has a duplicate.

    Parameters
    ----------
    images : ImageSet or Duplicates
        Training and test images together; others are ignored.
    pairs : Pairs or DataFrame, optional
        What `find_pairs` gave for these images; not needed with what `find_duplicates` gave.
    train, test : str, Path, or iterable of them; or array of bool, shape (n,)
        The folders of each; or a name in the column ``split`` of the files, or of a column that says yes or no; or a
        mask in the order of the files.
    threshold : float
        Pairs with an MSE strictly below it are duplicates.

    Returns
    -------
    DataFrame
        One row per pair of duplicates, one in `test` and one in `train`; sorted by the test image, then by the MSE:

        - test, train (int64): row numbers in `images`; test_path, train_path (str);
        - mse (float64); rotation (int16, degrees) and mirrored (bool): how the training image is transformed to match.

        Its `fraction_affected` is that of the test images. If there is none, ``attrs["nearest"]`` is the MSE of the
        nearest pair that was found, and the log says it.

    Raises
    ------
    TooManyPairsError
        If they are more than `dupviz.search.pairs.MAX_PAIRS`.
    ValueError
        If `train` or `test` is none of the images, an image lies in both, or `threshold` is above the limit of the
        search.

    Examples
    --------
    >>> import shutil
    >>> images = dv.load_images(["data/photos", shutil.copytree("data/photos/flags", "test")], progress=False)
    >>> pairs = dv.find_pairs(images, progress=False)
    >>> leaks = dv.find_leaks(images, pairs, train="data/photos", test="test")
    >>> leaks[["test", "train", "mse"]].head(2)
       test  train  mse
    0    98     44  0.0
    1    99     45  0.0
    >>> dv.fraction_affected(leaks)
    1.0
    """
    images, pairs = images_and_pairs(images, pairs)
    in_train, in_test = rows_of(images.files, "train", train), rows_of(images.files, "test", test)
    both = np.flatnonzero(in_train & in_test)
    if len(both):
        path = images.files["path"].iat[both[0]]
        raise ValueError(f"train and test must not overlap, but {path!r} lies in both ({len(both):,} in all)")
    side = np.where(in_test, 0, np.where(in_train, 1, -1))
    found = _pairs_across(images, pairs, side, order=side, threshold=threshold, what="leak")
    found = found.rename(columns={"a": "test", "b": "train"})
    return _with_facts(found, int(in_test.sum()), path=images.files["path"].to_numpy())


def find_label_conflicts(
    images: ImageSet | Result,
    pairs: Pairs | pd.DataFrame | None = None,
    *,
    threshold: float = 200.0,
    labels: str | Iterable[object] | None = None,
) -> pd.DataFrame:
    """Find duplicates under different labels.

    Parameters
    ----------
    images : ImageSet or Duplicates
        The data set.
    pairs : Pairs or DataFrame, optional
        What `find_pairs` gave for these images; not needed with what `find_duplicates` gave.
    threshold : float
        Pairs with an MSE strictly below it are duplicates.
    labels : str, or sequence of shape (n,), optional
        The label of each image, or the name of a column of its files; those without one, as None or NaN, are ignored.
        By default the column ``label``, or else the name of the folder that the image is in.
        Two spellings of one name in Unicode are one label.

    Returns
    -------
    DataFrame
        One row per pair of duplicates whose labels differ; sorted by the first image, then by the MSE:

        - a, b (int64): row numbers in `images`, a < b; a_path, b_path (str); a_label, b_label;
        - mse (float64); rotation (int16, degrees) and mirrored (bool): how image b is transformed to match a.

        Its `fraction_affected` is that of the images with a label. If there is none, ``attrs["nearest"]`` is the MSE
        of the nearest pair that was found, and the log says it.

    Raises
    ------
    TooManyPairsError
        If they are more than `dupviz.search.pairs.MAX_PAIRS`.
    ValueError
        If there is not one label per image, no image has one, all have the same, or `threshold` is above the
        limit of the search.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> pairs = dv.find_pairs(images, progress=False)
    >>> labels = ["Europe" if "france" in path else "elsewhere" for path in images.files["path"]]
    >>> conflicts = dv.find_label_conflicts(images, pairs, labels=labels)
    >>> conflicts[["a_label", "b_label"]].value_counts().to_dict()
    {('Europe', 'elsewhere'): 3}
    """
    images, pairs = images_and_pairs(images, pairs)
    given = labels_of(images, labels)
    labels = folder_names(images.files["path"]) if given is None else given
    if len(labels) != len(images):
        raise ValueError(f"labels must be one for each of {len(images):,} images, got {len(labels):,}")
    code, _ = pd.factorize(pd.Series(list(map(_composed, labels)), dtype=object))
    if (code < 0).all():
        raise ValueError("no image has a label: give labels, or images in folders that are named for what they show")
    if len(code) > 1 and code.max() == 0:
        way_out = "give labels=, or images in folders that are named for what they show"
        raise ValueError(f"all images with a label have the same, {labels[code >= 0].iloc[0]!r}: {way_out}")
    order = np.arange(len(code))
    found = _pairs_across(images, pairs, code, order=order, threshold=threshold, what="label conflict")
    facts = {"label": labels.to_numpy(), "path": images.files["path"].to_numpy()}
    return _with_facts(found, int((code >= 0).sum()), **facts)


def fraction_affected(found: pd.DataFrame) -> float:
    """The share of images that a table of leaks or label conflicts names.

    Parameters
    ----------
    found : DataFrame
        As `find_leaks` or `find_label_conflicts` gives it, or some of its rows.

    Returns
    -------
    float
        From 0 to 1: of the test images, or of the images with a label.

    Raises
    ------
    ValueError
        If it is another table.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> pairs = dv.find_pairs(images, progress=False)
    >>> labels = ["Europe" if "france" in path else "elsewhere" for path in images.files["path"]]
    >>> round(dv.fraction_affected(dv.find_label_conflicts(images, pairs, labels=labels)), 3)
    0.211
    """
    if "of_images" not in found.attrs:
        raise ValueError("the table must be what find_leaks or find_label_conflicts gave, or rows of it")
    affected = found["test"] if "test" in found else pd.concat([found["a"], found["b"]])
    return float(affected.nunique() / found.attrs["of_images"])


def folder_names(paths: pd.Series) -> pd.Series:
    """The name of the folder that each file is in, with its accents composed: object, shape (n,)."""
    folders = list(map(os.path.dirname, paths))
    different = set(folders)
    names = dict(zip(different, map(_composed, map(os.path.basename, map(os.path.abspath, different)))))
    return pd.Series([names[folder] for folder in folders], index=paths.index, dtype=object)


def _composed(label: object) -> object:
    """A label in the form in which accents are no letters of their own, as a Mac writes them: nobody sees that."""
    return unicodedata.normalize("NFC", label) if isinstance(label, str) else label


def _pairs_across(
    images: ImageSet, pairs: Pairs | pd.DataFrame, code: Integers, *, order: Integers, threshold: float, what: str
) -> pd.DataFrame:
    """The pairs below a threshold of images that differ in a code: a, b, mse, rotation, mirrored.

    Pairs of leaders become pairs of sets, and those become pairs of images. Sets of one code are left out before they
    are multiplied: a thousand equal images under one label are half a million pairs of no interest.

    Parameters
    ----------
    code : ndarray of int, shape (n,)
        Images with a code below 0 are ignored.
    order : ndarray of int, shape (n,)
        Of the two images of a pair, the one that is less in it becomes a.
    what : str
        What is looked for, as the log calls it.
    """
    pairs = as_pairs(pairs, images)
    pairs.check_threshold(threshold)
    found = _across(pairs, code, order, threshold)
    if not len(found):
        found.attrs["nearest"] = _nearest(pairs, code)
        log.warning(
            "dupviz: no %s below an MSE of %g: %s",
            what,
            threshold,
            f"the nearest pair is at {found.attrs['nearest']:.4g}"
            if found.attrs["nearest"] < math.inf
            else f"no pair is below {pairs.max_mse:g}, where the search ended",
        )
    return found


def _nearest(pairs: Pairs, code: Integers) -> float:
    """The smallest MSE of two images that differ in a code; infinite if the search found none."""
    has_code = code >= 0
    kind = np.full(len(code), -1, np.int64)  # of the images of each tensor, by their leader
    kind[pairs.leader[has_code]] = code[has_code]
    if (kind[pairs.leader[has_code]] != code[has_code]).any():
        return 0.0
    a, b = kind[pairs.a], kind[pairs.b]
    return float(pairs.mse[(a != b) & (np.minimum(a, b) >= 0)].min(initial=math.inf))


def _across(pairs: Pairs, code: Integers, order: Integers, threshold: float) -> pd.DataFrame:
    """The same, of pairs that are known to be those of the images."""
    near = pairs.mse < threshold

    # A set holds the images of one tensor and one code; the sets of a tensor are neighbours.
    rows = np.flatnonzero(code >= 0)
    members = rows[np.lexsort((code[rows], pairs.leader[rows]))]
    tensor, kind = pairs.leader[members], code[members]
    begins = np.flatnonzero(np.append(True, (np.diff(tensor) != 0) | (np.diff(kind) != 0)))
    sizes = np.diff(np.append(begins, len(members)))
    sets_of = np.bincount(tensor[begins], minlength=len(code))

    equal = np.flatnonzero(sets_of > 1) if threshold > 0 else np.array([], np.int64)
    a, b = np.append(pairs.a[near], equal), np.append(pairs.b[near], equal)
    mse = np.append(pairs.mse[near], np.zeros(len(equal)))
    winners = np.append(pairs.winners[near], np.ones(len(equal), np.uint8))
    few, many = np.sort([sets_of[a], sets_of[b]], axis=0)
    # Of few × many pairs, some may be of one code, or there twice.
    _check_number((few * (many - 1)).sum() // 2, threshold)
    pair, s, t = members_between(a, b, np.arange(len(begins)), np.cumsum(sets_of) - sets_of, sets_of)
    differ = (kind[begins][s] != kind[begins][t]) & ((a != b)[pair] | (s < t))
    pair, s, t = pair[differ], s[differ], t[differ]
    _check_number((sizes[s] * sizes[t]).sum(), threshold)
    of_sets, a, b = members_between(s, t, members, begins, sizes)
    mse, winners = mse[pair[of_sets]], winners[pair[of_sets]]
    swapped = order[a] > order[b]
    a, b = np.where(swapped, b, a), np.where(swapped, a, b)
    rotation, mirrored = best_symmetry(np.where(swapped, INVERSES[winners], winners))
    table = pd.DataFrame({"a": a, "b": b, "mse": mse, "rotation": rotation, "mirrored": mirrored})
    return table.iloc[np.lexsort((b, mse, a))].reset_index(drop=True)


def _check_number(number: int, threshold: float) -> None:
    if number > MAX_PAIRS:
        raise TooManyPairsError(MAX_PAIRS, threshold)


def _with_facts(found: pd.DataFrame, of_images: int, **facts: np.ndarray) -> pd.DataFrame:
    """The table with facts of both images of each pair, and the number of images for `fraction_affected`."""
    ends = found.columns[:2]
    for name, values in facts.items():
        for end in ends:
            found[f"{end}_{name}"] = pd.Series(values[found[end]], dtype=object)
    found.attrs["of_images"] = of_images
    return found
