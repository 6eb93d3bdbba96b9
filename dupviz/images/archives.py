"""Archives and remote folders: the pictures in them, read where they are."""

import itertools
import os
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import pandas as pd
from tqdm.auto import tqdm

from dupviz._disk.contents import Inside, in_memory, part_of_file, remote, zip_member
from dupviz._parallel import in_order
from dupviz._words.words import count, file_size
from dupviz.images.formats import HEAD, may_be_picture
from dupviz.images.given import Given, held

__all__ = ["in_archives", "in_remote", "shards"]

MOST_BYTES = 2**31  # of a file in an archive: no picture is larger

# An archive may unpack to this many times its size, or to as much as is no harm. Photos shrink by a few per cent, plain
# drawings in BMP by 50 times, zeros by 1,000: 3.3 MB of these fill 3.35 GB.
MOST_TIMES = 100
NO_HARM = 2**29

MOST_SHARDS = 100_000
BRACES = re.compile(r"\{(\d+)\.\.(\d+)\}")
LABEL, LONGEST_LABEL = ".cls", 256  # bytes: the class of the picture of the same name, as WebDataset writes it


class _TooLarge(ValueError):
    """Of all that an archive holds, which is one error."""


class _Member(NamedTuple):
    """A file in an archive: its name and bytes, when it was modified in ns, and how it is opened and had again."""

    name: str
    size: int
    modified: int
    open: Callable[[], Any]
    again: Callable[[], bytes] | None  # where an archive is compressed as a whole, nothing but its bytes


def shards(path: str) -> list[str]:
    """The files that a name with numbers in braces means, as ``"{000..003}.tar"``; others mean themselves.

    Raises
    ------
    FileNotFoundError
        If one of them is not there.
    ValueError
        If the braces mean no number, or more than `MOST_SHARDS`.
    """
    if os.path.lexists(path) or not BRACES.search(path):
        return [path]
    named = list(itertools.islice(_named(path), MOST_SHARDS + 1))
    if not 0 < len(named) <= MOST_SHARDS:
        how_many = f"more than {MOST_SHARDS:,} files" if named else "no file: the first number is the larger one"
        raise ValueError(f"{path!r} means {how_many}")
    if missing := [name for name in named if not os.path.lexists(name)]:
        there = f"{len(missing):,} of {count(len(named), 'file')}"
        raise FileNotFoundError(f"{there} that {path!r} means are not there: the first is {missing[0]!r}")
    return named


def _named(path: str) -> Iterator[str]:
    """A name for each choice of the numbers in braces."""
    found = BRACES.search(path)
    if not found:
        yield path
        return
    first, last = found.groups()
    for number in range(int(first), int(last) + 1):
        yield from _named(f"{path[: found.start()]}{number:0{len(first)}}{path[found.end() :]}")


def in_archives(paths: list[str], progress: bool) -> Given:
    """Find the pictures in archives; nothing is unpacked, and what cannot be read, or leads out of one, is listed.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is none, it cannot be read, or its pictures take more than an archive of its size has.
    """
    name = os.path.basename(paths[0]) + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")
    given, labels = Given(name=name), dict[str, str]()
    for path in tqdm(paths, desc="archives", delay=1, leave=False, disable=not progress or len(paths) == 1):
        _in_archive(path, given, labels, progress)
    given.inside.sort()
    known = [labels.get(os.path.splitext(each)[0]) for each in given.inside]
    if labels and any(label is not None for label in known):
        given.rows = {each: row for row, each in enumerate(given.inside)}
        given.facts = pd.DataFrame({"label": known})
    return given


def _in_archive(path: str, given: Given, labels: dict[str, str], progress: bool) -> None:
    archive = os.stat(path)
    seen: set[str] = set()
    with _opened(path) as members:
        room = _Room(path)
        for member in tqdm(members, desc="reading", delay=1, leave=False, disable=not progress):
            full = os.path.join(path, member.name)
            try:
                parts = _parts(member.name)
                with member.open() as content:
                    if member.name.endswith(LABEL):
                        text = content.read(LONGEST_LABEL).decode("utf-8", "replace").strip()
                        labels[os.path.join(path, *parts)[: -len(LABEL)]] = text
                    head = content.read(HEAD)
                    if not may_be_picture(member.name, head):
                        given.other_files += 1
                        continue
                    full = os.path.join(path, *parts)
                    if full in seen:
                        raise ValueError("another file of this name comes before it")
                    room.take(member.size)
                    read = member.again or in_memory(head + content.read())
                seen.add(full)
                status = archive.st_ino, member.modified or archive.st_mtime_ns, archive.st_ctime_ns
                given.inside.append(Inside(full, read, member.size, status))
            except _TooLarge:
                raise
            except Exception as error:  # hostile archives raise almost any
                given.errors.append((full, f"cannot be read: {error}"))


class _Room:
    """How much of an archive may still be read: what it says of itself may be a lie of kilobytes about gigabytes.

    Parameters
    ----------
    path : str
        Of the archive.
    """

    def __init__(self, path: str) -> None:
        self._path, self._taken = path, 0
        self._most = _most_unpacked(path)

    def take(self, size: int) -> None:
        """Have one more file read; raises ValueError if it is too large, or all of them are."""
        if size > MOST_BYTES:
            raise ValueError(f"{size:,} bytes, too large for a picture")
        self._taken += size
        if self._taken > self._most:
            raise _TooLarge(_too_much(self._path))


def _most_unpacked(path: str) -> int:
    """Bytes that an archive may unpack to."""
    return max(NO_HARM, MOST_TIMES * os.path.getsize(path))


def _too_much(path: str) -> str:
    """Why an archive is not read."""
    most = file_size(_most_unpacked(path))
    return f"{path} holds more than {most}, out of all proportion to its size: unpack it yourself if you trust it"


@contextmanager
def _opened(path: str) -> Iterator[list[_Member]]:
    """The files in a zip or tar."""
    with ExitStack() as stack:
        try:
            if path.lower().endswith(".zip"):
                opened = _in_zip(stack.enter_context(zipfile.ZipFile(path)), path)
            else:
                opened = _in_tar(stack.enter_context(tarfile.open(path)), path)
        except _TooLarge:
            raise
        except Exception as error:  # of a version to come, zipfile says that it is not implemented
            if isinstance(error, OSError) and error.errno:
                raise
            raise ValueError(f"{path} is no archive that can be read: {error}") from error
        yield opened


def _in_zip(archive: zipfile.ZipFile, path: str) -> list[_Member]:
    # is_dir() looks at the last character of a name, also where there is none.
    files = [(number, each) for number, each in enumerate(archive.infolist()) if not each.filename.endswith("/")]
    return [
        _Member(each.filename, each.file_size, 0, partial(archive.open, each), zip_member(path, number))
        for number, each in files
    ]


def _in_tar(tar: tarfile.TarFile, path: str) -> list[_Member]:
    members, most = {}, _most_unpacked(path)
    for each in tar:
        if tar.offset > most:  # to go on would unpack all that lies between
            raise _TooLarge(_too_much(path))
        if each.isfile():
            members[each.name] = each
    is_plain = type(tar.fileobj).__name__ == "BufferedReader"
    return [
        _Member(
            each.name,
            each.size,
            round(each.mtime * 10**9),
            partial(tar.extractfile, each),
            part_of_file(path, each.offset_data, each.size) if is_plain and not each.issparse() else None,
        )
        for each in members.values()
    ]


def in_remote(url: str, progress: bool) -> Given:
    """Find the pictures in a remote folder, or one file; each is fetched when it is read.

    Raises
    ------
    ImportError
        If the extra ``remote`` is missing.
    FileNotFoundError
        If there is nothing.
    """
    try:
        import fsspec
    except ImportError:
        raise ImportError(f'for {url} install what reads addresses: pip install "dupviz[remote]"') from None
    system, root = fsspec.core.url_to_fs(url)
    found = system.find(root, detail=True)
    names = sorted(found)
    if not names:
        raise FileNotFoundError(f"there is nothing at {url}")
    given = Given(name=url)

    def head_of(name: str) -> bytes | str:
        try:
            return bytes(system.cat_file(name, start=0, end=HEAD))
        except (OSError, ValueError) as error:
            return f"cannot be fetched: {error}"

    with ThreadPoolExecutor(8) as executor:  # which wait for the network
        heads = in_order(executor, head_of, ((name,) for name in names), ahead=64)
        for name, head in zip(names, tqdm(heads, total=len(names), delay=1, leave=False, disable=not progress)):
            below = "" if name == root else os.path.relpath(name, root or "/")
            full = os.path.join(url, below) if below else url
            if isinstance(head, str):
                given.errors.append((full, head))
            elif may_be_picture(name, head):
                given.inside.append(held(full, remote(system, name), int(found[name].get("size") or 0), 1))
            else:
                given.other_files += 1
    return given


def _parts(name: str) -> tuple[str, ...]:
    """The folders and the name of a member; never out of the archive."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts:
        raise ValueError("it has no name")
    if parts[0].startswith("/") or ".." in parts or ":" in parts[0]:
        raise ValueError("its name leads out of the archive")
    return parts
