"""Whether all that is on a card is in an archive too, so that the card may be wiped."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from dupviz._disk.names import RAW_EXTENSIONS
from dupviz._disk.paths import Paths, existing_paths
from dupviz._parallel import Workers
from dupviz._words.html import table_html
from dupviz._words.words import count, file_size
from dupviz.cleanup.copying import copy_to
from dupviz.cleanup.every_file import Found, every_file
from dupviz.cleanup.move import digest
from dupviz.cleanup.outcome import Outcome, Result, each_in_turn, make_outcome
from dupviz.groups.covering import Covering
from dupviz.groups.grouping import Rules
from dupviz.images.load import load_images
from dupviz.look.second_look import Looks
from dupviz.proposers.propose import check_threshold, propose

__all__ = ["Coverage", "covered"]

COVERED, NOT_THERE = ("same bytes", "same picture"), ("not there", "", "")


@dataclass(frozen=True, repr=False, eq=False)
class Coverage:
    """What of a folder is in others, see `covered`.

    Attributes
    ----------
    card : str
        The folder.
    table : DataFrame
        A row per file of it, in order: path (str); found (``"same bytes"``, ``"same picture"``, ``"not there"`` or
        ``"unreadable"``); by (str, the file that covers it, or that is nearest); reason (str); bytes (int64).

    Examples
    --------
    >>> import shutil
    >>> from pathlib import Path
    >>> archive = shutil.copytree("data/photos", Path("archive"))
    >>> (archive / "flags" / "romania.png").unlink()
    >>> dv.covered("data/photos/flags", by=archive, progress=False).missing["found"]
    16    not there
    Name: found, dtype: object
    """

    card: str
    table: pd.DataFrame

    @property
    def missing(self) -> pd.DataFrame:
        """The rows of `table` that are not covered."""
        return self.table[~self.table["found"].isin(COVERED)]

    def summary(self) -> str:
        """One sentence: how many files are covered, by what, and how many are not."""
        missing = self.missing
        if self.table.empty:
            return "there is no file in it"
        parts = [
            f"{count(int(number), 'file')} {'has' if number == 1 else 'have'} {what} in the archive"
            for what, number in zip(
                ("the same bytes", "the same picture"), ((self.table["found"] == each).sum() for each in COVERED)
            )
            if number
        ]
        if len(missing):
            size = file_size(int(missing["bytes"].sum()))
            verb = "is" if len(missing) == 1 else "are"
            parts.append(f"{count(len(missing), 'file')} ({size}) {verb} not covered")
        return ", ".join(parts)

    def copy_missing(self, to: str | os.PathLike[str], *, progress: bool = True) -> Outcome:
        """Copy what is not covered to a folder, at the same places as on the card, and read each copy back.

        Nothing is overwritten: where another file has the name, the copy has a number, ``IMG_1 (2).jpg``. After Ctrl-C
        or a failure, the same call goes on.

        Parameters
        ----------
        to : str or Path
            Not on the card itself.
        progress : bool
            Whether to show a progress bar, if it takes more than a second.

        Returns
        -------
        Outcome
            The status of each is ``"copied"``, ``"already there"`` or ``"skipped"``.

        Raises
        ------
        ValueError
            If `to` is on the card.
        """
        folder, card = os.path.realpath(to), os.path.realpath(self.card)
        if _is_on(folder, card):
            raise ValueError(f"the copies must not be on the card itself, but {folder!r} is")
        missing = self.missing
        paths = [os.path.join(card, os.path.relpath(path, self.card)) for path in missing["path"]]

        def copied(path: str) -> Result:
            return copy_to(path, os.path.join(folder, os.path.relpath(path, card)))

        results, interrupted = each_in_turn(
            paths, copied, lambda path: Result("skipped", "interrupted"), "copying", progress
        )
        done = list(zip(missing["path"], missing["bytes"].tolist(), results))
        return make_outcome(done, None, "", interrupted)

    def __repr__(self) -> str:
        return f"Coverage: {self.summary()}"

    def _repr_html_(self) -> str:
        return table_html(repr(self), self.missing)


def covered(
    card: str | os.PathLike[str],
    by: Paths,
    *,
    threshold: float = 200.0,
    workers: Workers = None,
    cache: bool = True,
    progress: bool = True,
) -> Coverage:
    """Say for each file of a folder, as a camera's card, whether an archive has it too, before the card is wiped.

    A file is covered by one of the same bytes; or, if it is a picture, by one for which it could go, if there were only
    these two: the same picture at full size, at least as good, with all that it carries. Films, raw data and notes are
    compared by their bytes. What systems write by themselves (``.DS_Store``, ``Thumbs.db``), trashes and thumbnails do
    not count, links are not followed, and what the archive has in a quarantine folder covers nothing.

    Parameters
    ----------
    card : str or Path
        A folder. All files in it count, hidden ones too.
    by : str, Path, or iterable of them
        The folders of the archive. If the card lies inside one of them, its own files cover nothing.
    threshold : float
        The MSE of the same picture is below it.
    workers : int or concurrent.futures.Executor, optional
        How many read and look at once, see `find_duplicates`.
    cache : bool
        Whether tensors and looks are remembered between runs.
    progress : bool
        Whether to show progress bars for what takes more than a second.

    Returns
    -------
    Coverage
        A file that is not covered has the nearest file of the archive beside it, if there is one, and the reason why
        that is not enough.

    Raises
    ------
    FileNotFoundError
        If one of the folders does not exist.
    TooManyPairsError
        If more than `dupviz.search.pairs.MAX_PAIRS` pairs of different tensors lie below `threshold`.
    ValueError
        If `card` is no folder, or an archive lies on it.

    Examples
    --------
    >>> import shutil
    >>> dv.covered("data/photos/flags", by="data/photos", progress=False)  # its own files do not count
    Coverage: 19 files (304 kB) are not covered
    >>> dv.covered("data/photos/flags", by=shutil.copytree("data/photos", "backup"), progress=False)
    Coverage: 19 files have the same bytes in the archive
    """
    check_threshold(threshold)
    (root,), archives = existing_paths(card), existing_paths(by)
    if not os.path.isdir(root):
        raise ValueError(f"the card must be a folder, got {root!r}")
    for folder in archives:
        if _is_on(folder, root):
            raise ValueError(
                f"the archive must not be on the card, but {folder!r} is: what covers it would be wiped too"
            )
    on_card = list(every_file(root))
    own = {each.number for each in on_card}
    in_archive = [each for folder in archives for each in _archived(folder, root) if each.number not in own]
    found, contents = _by_bytes(on_card, in_archive, progress)
    first: dict[str, str] = {}  # the files that are looked at, by their bytes
    for path, content in contents.items():
        if not _is_raw(path):
            first.setdefault(content, path)
    found |= _by_look(
        list(first.values()),
        [each.path for each in in_archive if not each.problem and not _is_raw(each.path)],
        threshold=threshold,
        workers=workers,
        cache=cache,
        progress=progress,
    )
    for path, content in contents.items():
        if not _is_raw(path) and first[content] in found:
            found[path] = found[first[content]]
    listed = {each.path: each for each in (*on_card, *in_archive)}
    for path, (what, by, _) in found.items():
        if what in COVERED and not (_is_as_listed(listed[path]) and _is_as_listed(listed[by])):
            found[path] = "not there", by, "one of the two has changed meanwhile"
    rows = [(each.path, *found.get(each.path, NOT_THERE), each.bytes) for each in on_card]
    table = pd.DataFrame(rows, columns=["path", "found", "by", "reason", "bytes"], dtype=object)
    return Coverage(root, table.astype({"bytes": "int64"}))


# What is found of a file: a word, the other file, and the reason.
Told = dict[str, tuple[str, str, str]]


def _archived(folder: str, card: str) -> Iterator[Found]:
    """The files of an archive, without those of a card that lies in it."""
    real, real_card = os.path.realpath(folder), os.path.realpath(card)
    own = os.path.join(folder, os.path.relpath(real_card, real)) if _is_inside(real_card, real) else None
    return (each for each in every_file(folder, to_keep=True) if own is None or not _is_inside(each.path, own))


def _by_bytes(on_card: list[Found], in_archive: list[Found], progress: bool) -> tuple[Told, dict[str, str]]:
    """The files of which the archive has the bytes, and those that cannot be opened; the digests of all others."""
    of_size: dict[int, list[Found]] = defaultdict(list)
    for each in in_archive:
        if not each.problem:
            of_size[each.bytes].append(each)
    digests: dict[int, dict[str, str]] = {}
    found: Told = {}
    contents: dict[str, str] = {}
    for each in tqdm(on_card, desc="comparing bytes", unit=" files", delay=1, leave=False, disable=not progress):
        try:
            own = digest(each.path) if not each.problem else ""
        except OSError as error:
            each = each._replace(problem=f"cannot be read: {error.strerror}")
        if each.problem:
            found[each.path] = "unreadable", "", each.problem
            continue
        if each.bytes not in digests:
            digests[each.bytes] = _digests(of_size[each.bytes])
        if other := digests[each.bytes].get(own):
            found[each.path] = "same bytes", other, ""
        else:
            contents[each.path] = own
    return found, contents


def _digests(files: Iterable[Found]) -> dict[str, str]:
    """The first path of each content; files that cannot be read cover nothing."""
    known: dict[str, str] = {}
    for each in files:
        try:
            known.setdefault(digest(each.path), each.path)
        except OSError:
            continue
    return known


def _by_look(
    paths: list[str], archive: list[str], *, threshold: float, workers: Workers, cache: bool, progress: bool
) -> Told:
    """The pictures that others cover, what is nearest to those that none covers, and those that cannot be read."""
    if not paths:
        return {}
    images = load_images([*archive, *paths], include_hidden=True, workers=workers, cache=cache, progress=progress)
    row_of = {path: row for row, path in enumerate(images.files["path"].tolist())}
    found: Told = {}
    wanted = set(paths)
    for path, reason in images.errors[["path", "reason"]].itertuples(index=False):
        if path in wanted:
            found[path] = "unreadable", "", reason
    rows = [row_of[path] for path in paths if path in row_of]
    staying = [row_of[path] for path in archive if path in row_of]
    if not (rows and staying):
        return found
    candidates = propose(
        images,
        by=("mse",),
        threshold=threshold,
        max_mse=threshold,
        new=np.isin(np.arange(len(images)), rows),  # of the archive, no two pictures are compared
        workers=workers,
        progress=progress,
    )
    covering = Covering(images, candidates, Looks(images, cache=cache), Rules())
    links = covering.links(rows, staying, threshold, workers=workers, progress=progress)
    path_of: list[str] = images.files["path"].tolist()
    for row, link in links.items():
        what = "same picture" if link.action == "remove" else "not there"
        found[path_of[row]] = what, path_of[link.keeper], link.reason
    return found


def _is_as_listed(file: Found) -> bool:
    try:
        status = os.lstat(file.path)
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (file.bytes, file.modified)


def _is_raw(path: str) -> bool:
    return os.path.splitext(path)[1].lower() in RAW_EXTENSIONS


def _is_on(path: str, card: str) -> bool:
    """Whether a path, which need not be there yet, is on a card, by whatever mount it is reached."""
    real, real_card = os.path.realpath(path), os.path.realpath(card)
    if _is_inside(real, real_card):
        return True
    folders = {_number(folder) for folder, _, _ in os.walk(real_card)} - {None}
    return any(_number(folder) in folders for folder in (real, *map(str, PurePath(real).parents)))


def _number(folder: str) -> tuple[int, int] | None:
    """What is the same for a folder by each mount; None if it has none, or is not there."""
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if status.st_ino else None


def _is_inside(path: str, folder: str) -> bool:
    return os.path.normcase(os.path.join(path, "")).startswith(os.path.normcase(os.path.join(folder, "")))
