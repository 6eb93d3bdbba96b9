"""What is known of the duplicates in a data set, in a text file beside it: a check fails only on what is new."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from dupviz._disk.write import write_atomically
from dupviz._words.words import printable
from dupviz.duplicates import Duplicates
from dupviz.look.second_look import Looks
from dupviz.metrics import Flags

__all__ = ["Entry", "Lock"]

FIRST = "# dupviz.lock 1: files that are known to be in one group; dupviz scan --update-lock writes it\n"
SET_LENGTH, DIGEST_LENGTH = 16, 64  # letters
HEXADECIMAL = set("0123456789abcdef")


class Entry(NamedTuple):
    """A file: its group, by the least digest in it; the SHA-256 of its bytes; and its path, for people alone."""

    group: str
    digest: str
    path: str


class Lock:
    """The files of a data set that are known to be in groups, by their content.

    Decisions live in the repository of the data: whoever has looked at the groups writes the lock, and a check in CI
    fails when a file is added that belongs to a group. Files may be moved and renamed.

    Parameters
    ----------
    entries : iterable of Entry

    Attributes
    ----------
    entries : list of Entry
        Sorted, so that the same groups give the same bytes, and that the files of two branches merge line by line.

    Examples
    --------
    >>> duplicates = dv.find_duplicates("data/photos/flags", progress=False)
    >>> lock = dv.Lock.of(duplicates)
    >>> len(lock.entries), len(lock.new_in(duplicates))
    (12, 0)
    >>> lock.save("flags.lock")
    >>> dv.Lock.open("flags.lock").entries == lock.entries
    True
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = sorted(entries)

    @classmethod
    def of(cls, duplicates: Duplicates) -> "Lock":
        """What there is now: all files of all groups.

        Raises
        ------
        OSError
            If one of the files cannot be read any more.
        """
        return cls(
            Entry(min(digests)[:SET_LENGTH], digest, path)
            for digests, rows in _groups(duplicates)
            for digest, path in zip(digests, rows["path"])
        )

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "Lock":
        """Read a lock.

        Raises
        ------
        OSError
            If it cannot be read.
        ValueError
            If it is none, or a merge has left its marks in it.
        """
        first, *lines = Path(path).read_text("utf-8", "surrogateescape").splitlines(keepends=True) or [""]
        if first != FIRST:
            raise ValueError(f"{os.fsdecode(path)} is no lock that this version of dupviz has written")
        return cls(_entry(line, number, os.fsdecode(path)) for number, line in enumerate(lines, 2))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it; the same groups give the same bytes.

        Raises
        ------
        OSError
            If it cannot be written, or there is a file that dupviz has not written. The old file is left as it was.
        """
        with write_atomically(path, newline="\n") as file:
            file.write(FIRST)
            file.writelines(f"{' '.join(each[:2])} {printable(each.path)}\n" for each in self.entries)

    def new_in(self, duplicates: Duplicates) -> pd.DataFrame:
        """The files in groups that are not known to be in one with another file there.

        Returns
        -------
        DataFrame
            Rows of ``duplicates.groups``. Of a content that is there more often than in the lock, the last ones by
            their paths are new.

        Raises
        ------
        OSError
            If a file of a group cannot be read any more.
        """
        known, number = self._components(), Counter(each.digest for each in self.entries)
        new = [np.zeros(0, np.int64)]
        for digests, rows in _groups(duplicates):
            new.append(rows.index.to_numpy()[_new(digests, rows["path"].tolist(), known, number)])
        return duplicates.groups.loc[np.sort(np.concatenate(new))].reset_index(drop=True)

    def _components(self) -> dict[str, str]:
        """Of each digest the group that it is in; two groups with one content, as after a merge, are one."""
        root: dict[str, str] = {}

        def of(group: str) -> str:
            while root.setdefault(group, group) != group:
                group = root[group]
            return group

        first: dict[str, str] = {}
        for each in self.entries:
            root[of(each.group)] = of(first.setdefault(each.digest, each.group))
        return {digest: of(group) for digest, group in first.items()}


def _groups(duplicates: Duplicates) -> Iterator[tuple[list[str], pd.DataFrame]]:
    """The groups, with the digest of each of their files."""
    looks = duplicates.looks or Looks(duplicates.images, cache=False)
    for _, rows in duplicates.groups.groupby("group", sort=True):
        digests = [looks.digest(image).hex() for image in rows["image"].tolist()]
        if "" in digests:
            raise FileNotFoundError(2, "cannot be read any more", rows["path"].iat[digests.index("")])
        yield digests, rows


def _new(digests: list[str], paths: list[str], known: dict[str, str], number: Counter[str]) -> Flags:
    together = Counter(known.get(digest, "") for digest in digests)
    seen: Counter[str] = Counter()
    new = np.zeros(len(digests), bool)
    for place in sorted(range(len(paths)), key=paths.__getitem__):
        digest = digests[place]
        seen[digest] += 1
        new[place] = digest not in known or together[known[digest]] < 2 or seen[digest] > number[digest]
    return new


def _entry(line: str, number: int, path: str) -> Entry:
    group, _, rest = line.rstrip("\n").partition(" ")
    digest, _, name = rest.partition(" ")
    is_hexadecimal = set(group + digest) <= HEXADECIMAL
    if not (is_hexadecimal and len(group) == SET_LENGTH and len(digest) == DIGEST_LENGTH and name):
        way_out = "resolve the merge first" if line[:7] in ("<" * 7, "=" * 7, ">" * 7) else "write it anew"
        raise ValueError(f"line {number} of {path} is no entry, {line.strip()[:40]!r}: {way_out}")
    return Entry(group, digest, name)
