"""A set of images: tensors and tables of their files; saved in a folder, and opened from there.

The tensors are a NumPy file, memory-mapped on opening, and the tables CSV.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dupviz._words.html import notebook_html, thumbnail_uri
from dupviz._words.words import count
from dupviz.images.place import FORMAT, facts_of, is_saved_set, recovered, saving
from dupviz.metrics import Pixels

__all__ = ["OLD", "ImageSet", "Images", "listing_of", "open_images", "with_old", "write_tables"]

OLD = "old"  # a column of the files, where what is new is compared with what is old

MAX_THUMBNAILS, MAX_ERRORS = 24, 100  # that a notebook shows

# File names may hold any bytes but 0, and modification times are counted in nanoseconds: neither is left to guesses.
CSV: dict[str, Any] = {"encoding": "utf-8", "lineterminator": "\n"}
READ_CSV: dict[str, Any] = {**CSV, "encoding_errors": "surrogateescape", "keep_default_na": False}
FILE_TYPES: dict[str, Any] = {
    "path": object,
    "width": "int64",
    "height": "int64",
    "bytes": "int64",
    "format": object,
    "flat": bool,
    "contrast": object,
    "taken": object,
    "gps": bool,
    "camera": bool,
    "frames": "int64",
    "video": bool,
    "transparent": bool,
}


@dataclass(frozen=True, repr=False, eq=False)
class ImageSet:
    """Images as tensors, with a table of their files. Row i of the table and tensor i are the same image.

    Attributes
    ----------
    tensors : ndarray of uint8, shape (n, size, size, 3)
        RGB.
    files : DataFrame
        One row per image, in the order of the paths: ``path`` (str, as reached from the paths that were asked for),
        ``width`` and ``height`` (pixels, upright), ``bytes``, ``format`` ("JPEG", "PNG", ...), ``modified``
        (datetime64[ns, UTC]), ``contrast`` (see `contrast`), ``flat`` (contrast below `FLAT_CONTRAST`), ``taken``
        (datetime64[ns], when the camera took it, by its clock), ``gps`` (whether it says where), ``camera`` (whether it
        names its maker and model), ``frames`` (of an animation, or pages), ``video`` (whether it is a motion photo) and
        ``transparent`` (whether something shows through); then ``row`` and what else a source knows of its images, see
        `load_images`; and ``old``, where some were compared with others that were there before, see `find_duplicates`.
    errors : DataFrame
        ``path`` and ``reason`` of everything that is or should be an image but is not in `files`, and of folders that
        are left out.
    other_files : int
        Files that are no images.
    source : str
        What the files were unpacked from, as an archive or an array; empty where they are those of a folder.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> images.tensors.shape, len(images)
    ((19, 50, 50, 3), 19)
    >>> images.files[["width", "height", "format"]].value_counts()
    width  height  format
    320    240     PNG       19
    Name: count, dtype: int64
    """

    tensors: Pixels
    files: pd.DataFrame
    errors: pd.DataFrame
    other_files: int = 0
    source: str = ""

    @property
    def size(self) -> int:
        """Height and width of the tensors, in pixels."""
        return int(self.tensors.shape[1])

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Save this set in a folder, for `open_images`.

        Parameters
        ----------
        folder : str or Path
            Is made; may also be an image set that was saved before, which is replaced.

        Raises
        ------
        FileExistsError
            If there is something else at `folder`, or anything beside the files of a saved set in it.
        OSError
            If it cannot be written. The old set is left as it was.
        """
        with saving(folder) as new:
            np.save(new / "tensors.npy", self.tensors)
            write_tables(new, self.files, self.errors, self.other_files)

    def __len__(self) -> int:
        return len(self.tensors)

    @property
    def unreadable(self) -> pd.DataFrame:
        """The rows of `errors` that are pictures which could not be read, rather than left out on purpose."""
        on_purpose = self.errors["reason"].str.contains(r", left out$|^(?:symbolic|hard) link to ", regex=True)
        return self.errors[~on_purpose.astype(bool)]

    def __repr__(self) -> str:
        counts = [f"{len(self.errors):,} left out", count(self.other_files, "other file")]
        return ", ".join([f"ImageSet: {count(len(self), 'image')} ({self.size} × {self.size} × 3)", *counts])

    def _repr_html_(self) -> str:
        paths, errors = self.files["path"], self.errors[["path", "reason"]]
        return notebook_html(
            "image_set",
            summary=repr(self),
            thumbnails=[(path, thumbnail_uri(tensor)) for path, tensor in zip(paths[:MAX_THUMBNAILS], self.tensors)],
            more=len(self) - MAX_THUMBNAILS,
            errors=list(errors.head(MAX_ERRORS).itertuples(index=False)),
            number=len(errors),
            more_errors=len(errors) - MAX_ERRORS,
        )


# What the search takes: a set, or tensors of shape (n, size, size, channels) alone.
Images = ImageSet | Pixels


def with_old(new: ImageSet, old: ImageSet) -> ImageSet:
    """New images and those that were there before, in one set, with a column that tells them apart.

    Parameters
    ----------
    new : ImageSet
    old : ImageSet
        Those that are among the new ones, too, are left out: by another name, or another mount, a file is no duplicate.

    Raises
    ------
    ValueError
        If they are not files, or their tensors are of different sizes.
    """
    for images in (new, old):
        if images.source:
            raise ValueError(f"against= compares files of folders, and {images.source} is none: compare all at once")
    if new.size != old.size:
        raise ValueError(f"tensors must be of one size, got {new.size} and {old.size}: read both with one size=")
    own = set(map(_identity, new.files["path"]))
    further = np.array([_identity(path) not in own for path in old.files["path"]], bool)
    files = pd.concat([new.files.assign(**{OLD: False}), old.files[further].assign(**{OLD: True})], ignore_index=True)
    errors = pd.concat([new.errors, old.errors], ignore_index=True).drop_duplicates(ignore_index=True)
    tensors = np.concatenate([new.tensors, old.tensors[further]])
    return ImageSet(tensors, files, errors, new.other_files + old.other_files)


def _identity(path: str) -> object:
    """What is the same for a file by whichever name, link or mount; of one that is gone its path."""
    try:
        status = os.stat(path)
    except OSError:
        return path
    return (status.st_dev, status.st_ino) if status.st_ino else os.path.realpath(path)


def write_tables(
    folder: Path, files: pd.DataFrame, errors: pd.DataFrame, other_files: int, *, listing: str = ""
) -> None:
    """Write all of a set but its tensors.

    Parameters
    ----------
    listing : str
        A digest of the files that it was read from, by which `load_shards` knows it again.
    """
    nanoseconds = files["modified"].astype("datetime64[ns, UTC]").astype("int64")
    files.assign(modified=nanoseconds).to_csv(folder / "files.csv", index=False, errors="surrogateescape", **CSV)
    errors.to_csv(folder / "errors.csv", index=False, errors="surrogateescape", **CSV)
    facts = {"format": FORMAT, "other_files": other_files, "listing": listing}
    (folder / "images.json").write_text(json.dumps(facts))


def open_images(folder: str | os.PathLike[str]) -> ImageSet:
    """Open a set of images that `ImageSet.save` has saved.

    Parameters
    ----------
    folder : str or Path
        Of a saved image set. If a save was killed half-way, the set that was there before is put back.

    Returns
    -------
    ImageSet
        Its tensors are a read-only `numpy.memmap`, so that opening takes no memory for them.

    Raises
    ------
    FileNotFoundError
        If there is no saved image set in `folder`.
    ValueError
        If it is damaged.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> images.save("flags-as-tensors")
    >>> dv.open_images("flags-as-tensors")
    ImageSet: 19 images (50 × 50 × 3), 0 left out, 0 other files
    """
    folder = Path(folder)
    if not is_saved_set(folder):
        folder = recovered(folder)
    if not is_saved_set(folder):
        raise FileNotFoundError(f"no saved image set in {folder}: dupviz.load_images reads folders of images")
    try:
        other_files = json.loads((folder / "images.json").read_text())["other_files"]
        tensors = np.load(folder / "tensors.npy", mmap_mode="r")
        files = pd.read_csv(folder / "files.csv", dtype=FILE_TYPES, **READ_CSV)
        errors = pd.read_csv(folder / "errors.csv", dtype=object, **READ_CSV)
        files["modified"] = pd.to_datetime(files["modified"].to_numpy("datetime64[ns]"), utc=True)
        if "taken" in files:  # tables that were made by hand may lack it
            files["taken"] = pd.to_datetime(files["taken"], format="ISO8601").astype("datetime64[ns]")
        files["contrast"] = files["contrast"].astype("float64")  # of text, since pandas' own parser may round
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise ValueError(f"the image set in {folder} is damaged: {error}") from error
    if tensors.ndim != 4 or tensors.dtype != np.uint8 or len(tensors) != len(files):
        shape = f"{tensors.dtype} {tensors.shape}"
        raise ValueError(f"the image set in {folder} is damaged: tensors of {shape} for {len(files)} files")
    return ImageSet(tensors, files, errors, other_files)


def listing_of(folder: Path) -> str:
    """The digest of the files that the set in a folder was read from, if `load_shards` has made one there."""
    return str(facts_of(folder).get("listing", "")) if is_saved_set(folder) else ""
