"""What duplicates do to a data set: test images that the training set has too, and one picture under two labels."""

import os
import unicodedata
from collections.abc import Iterable

import numpy as np
import pandas as pd

from dupviz._parallel import Workers
from dupviz.groups.across import pairs_across
from dupviz.groups.sides import Result, Side, found_of, labels_of, rows_of
from dupviz.images.imageset import ImageSet
from dupviz.search.pairs import Pairs

__all__ = ["find_label_conflicts", "find_leaks", "folder_names", "fraction_affected"]


def find_leaks(
    images: ImageSet | Result,
    pairs: Pairs | pd.DataFrame | None = None,
    *,
    train: Side,
    test: Side,
    threshold: float = 200.0,
    workers: Workers = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Find the test images of which the training set has a duplicate.

    What `find_duplicates` gave has more than pairs: all that was proposed counts, as other light, crops and mirror
    images, and the second look at each pair decides. With pairs alone the MSE decides.

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
    workers : int or concurrent.futures.Executor, optional
    progress : bool
        How pairs are looked at, see `second_look`.

    Returns
    -------
    DataFrame
        One row per pair of duplicates, one in `test` and one in `train`; sorted by the test image, then by the MSE:

        - test, train (int64): row numbers in `images`; test_path, train_path (str);
        - mse (float64); rotation (int16, degrees) and mirrored (bool): how the training image is transformed to match;
        - of what `find_duplicates` gave: by (category, who proposed the pair), verdict and kind (str), as in
          `second_look`. Pairs that it calls different are left out. At 20,000 pairs, the nearest, it looks, and the
          verdict of others is empty.

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
    given = found_of(images, pairs)
    images = given.images
    in_train, in_test = rows_of(images.files, "train", train), rows_of(images.files, "test", test)
    both = np.flatnonzero(in_train & in_test)
    if len(both):
        path = images.files["path"].iat[both[0]]
        raise ValueError(f"train and test must not overlap, but {path!r} lies in both ({len(both):,} in all)")
    side = np.where(in_test, 0, np.where(in_train, 1, -1))
    found = pairs_across(given, side, order=side, threshold=threshold, what="leak", workers=workers, progress=progress)
    found = found.rename(columns={"a": "test", "b": "train"})
    return _with_facts(found, int(in_test.sum()), path=images.files["path"].to_numpy())


def find_label_conflicts(
    images: ImageSet | Result,
    pairs: Pairs | pd.DataFrame | None = None,
    *,
    threshold: float = 200.0,
    labels: str | Iterable[object] | None = None,
    workers: Workers = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Find duplicates under different labels; what counts as one is said of `find_leaks`.

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
    workers : int or concurrent.futures.Executor, optional
    progress : bool
        How pairs are looked at, see `second_look`.

    Returns
    -------
    DataFrame
        One row per pair of duplicates whose labels differ; sorted by the first image, then by the MSE:

        - a, b (int64): row numbers in `images`, a < b; a_path, b_path (str); a_label, b_label;
        - mse (float64); rotation (int16, degrees) and mirrored (bool): how image b is transformed to match a;
        - by, verdict and kind, as of `find_leaks`.

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
    given = found_of(images, pairs)
    images, named = given.images, labels_of(given.images, labels)
    labels = folder_names(images.files["path"]) if named is None else named
    if len(labels) != len(images):
        raise ValueError(f"labels must be one for each of {len(images):,} images, got {len(labels):,}")
    code, _ = pd.factorize(pd.Series(list(map(_composed, labels)), dtype=object))
    if (code < 0).all():
        raise ValueError("no image has a label: give labels, or images in folders that are named for what they show")
    if len(code) > 1 and code.max() == 0:
        way_out = "give labels=, or images in folders that are named for what they show"
        raise ValueError(f"all images with a label have the same, {labels[code >= 0].iloc[0]!r}: {way_out}")
    order = np.arange(len(code))
    found = pairs_across(
        given, code, order=order, threshold=threshold, what="label conflict", workers=workers, progress=progress
    )
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


def _with_facts(found: pd.DataFrame, of_images: int, **facts: np.ndarray) -> pd.DataFrame:
    """The table with facts of both images of each pair, and the number of images for `fraction_affected`."""
    ends = found.columns[:2]
    for name, values in facts.items():
        for end in ends:
            found[f"{end}_{name}"] = pd.Series(values[found[end]], dtype=object)
    found.attrs["of_images"] = of_images
    return found
