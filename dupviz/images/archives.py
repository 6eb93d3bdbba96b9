"""Archives and remote folders → files in a temporary folder, by their names: of archives, the pictures only."""

import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from tqdm.auto import tqdm

from dupviz._parallel import in_order
from dupviz._words.words import file_size
from dupviz.images.formats import HEAD, may_be_picture
from dupviz.images.unpacked import Unpacked, temporary_folder

__all__ = ["unpack_archive", "unpack_remote"]

MOST_BYTES = 2**31  # of a file in an archive: no picture is larger

# An archive may unpack to this many times its size, or to as much as is no harm. Photos shrink by a few per cent, plain
# drawings in BMP by 50 times, zeros by 1,000: 3.3 MB of these fill 3.35 GB.
MOST_TIMES = 100
NO_HARM = 2**29


class _TooLarge(ValueError):
    """Of all that an archive holds, which is one error."""


def unpack_archive(path: str, progress: bool) -> Unpacked:
    """Unpack the pictures of an archive; what cannot be unpacked, or leads out of it, is listed.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is none, it cannot be read, or its pictures take more than is free on the disk, or than an archive of
        its size has.
    """
    errors: list[tuple[str, str]] = []
    other_files = 0
    with temporary_folder() as folder, _opened(path) as (members, read):
        room = _Room(path, folder.name)
        for name, size in tqdm(members, desc="unpacking", delay=1, leave=False, disable=not progress):
            try:
                target = _inside(folder.name, name)
                with read(name) as content:
                    head = content.read(HEAD)
                    if not may_be_picture(name, head):
                        other_files += 1
                        continue
                    room.take(size)
                    _write(target, content, head)
            except _TooLarge:
                raise
            except Exception as error:  # hostile archives raise almost any
                errors.append((os.path.join(path, name), f"cannot be unpacked: {error}"))
        name = os.path.basename(path)
        return Unpacked([folder.name], name, errors=errors, other_files=other_files, place=path, folder=folder)


class _Room:
    """How much an archive may still unpack.

    Parameters
    ----------
    path : str
        Of the archive.
    folder : str
        Where it is unpacked.
    """

    def __init__(self, path: str, folder: str) -> None:
        self._path, self._taken = path, 0
        self._free = shutil.disk_usage(folder).free
        self._most = _most_unpacked(path)

    def take(self, size: int) -> None:
        """Have one more file unpacked; raises ValueError if it is too large, or all of them are."""
        if size > MOST_BYTES:
            raise ValueError(f"{size:,} bytes, too large for a picture")
        self._taken += size
        if self._taken > self._free:
            takes = file_size(self._taken)
            raise _TooLarge(f"{self._path} takes {takes} or more unpacked, and {file_size(self._free)} are free")
        if self._taken > self._most:
            raise _TooLarge(_too_much(self._path))


def _most_unpacked(path: str) -> int:
    """Bytes that an archive may unpack to."""
    return max(NO_HARM, MOST_TIMES * os.path.getsize(path))


def _too_much(path: str) -> str:
    """Why an archive is not unpacked."""
    most = file_size(_most_unpacked(path))
    return f"{path} holds more than {most}, out of all proportion to its size: unpack it yourself if you trust it"


@contextmanager
def _opened(path: str) -> Iterator[tuple[list[tuple[str, int]], Callable[[str], Any]]]:
    """The names and sizes of the files in a zip or tar, and the function that opens one."""
    with ExitStack() as stack:
        try:
            if path.lower().endswith(".zip"):
                opened = _in_zip(stack.enter_context(zipfile.ZipFile(path)))
            else:
                opened = _in_tar(stack.enter_context(tarfile.open(path)), path)
        except _TooLarge:
            raise
        except Exception as error:  # of a version to come, zipfile says that it is not implemented
            if isinstance(error, OSError) and error.errno:
                raise
            raise ValueError(f"{path} is no archive that can be read: {error}") from error
        yield opened


def _in_zip(archive: zipfile.ZipFile) -> tuple[list[tuple[str, int]], Callable[[str], Any]]:
    # is_dir() looks at the last character of a name, also where there is none.
    files = [each for each in archive.infolist() if not each.filename.endswith("/")]
    return [(each.filename, each.file_size) for each in files], archive.open


def _in_tar(tar: tarfile.TarFile, path: str) -> tuple[list[tuple[str, int]], Callable[[str], Any]]:
    members, most = {}, _most_unpacked(path)
    for each in tar:
        if tar.offset > most:  # to go on would unpack all that lies between
            raise _TooLarge(_too_much(path))
        if each.isfile():
            members[each.name] = each
    return [(name, each.size) for name, each in members.items()], lambda name: tar.extractfile(members[name])


def unpack_remote(url: str, progress: bool) -> Unpacked:
    """Fetch the files of a remote folder, or one file; what cannot be fetched is listed.

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
    names = sorted(system.find(root))
    if not names:
        raise FileNotFoundError(f"there is nothing at {url}")
    base = root if root not in names else os.path.dirname(root)

    def fetch(name: str) -> tuple[str, str] | None:
        try:
            with system.open(name, "rb") as file:
                _write(_inside(folder.name, os.path.relpath(name, base or "/")), file)
        except (OSError, ValueError) as error:
            return f"{url}: {name}", f"cannot be fetched: {error}"
        return None

    with temporary_folder() as folder, ThreadPoolExecutor(8) as executor:  # which wait for the network
        fetched = in_order(executor, fetch, ((name,) for name in names), ahead=64)
        results = tqdm(fetched, desc="fetching", total=len(names), delay=1, leave=False, disable=not progress)
        errors = [problem for problem in results if problem]
        return Unpacked([folder.name], url, errors=errors, place=url, folder=folder)


def _inside(folder: str, name: str) -> Path:
    """Where a member goes; never out of the folder."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts:
        raise ValueError("it has no name")
    if parts[0].startswith("/") or ".." in parts or ":" in parts[0]:
        raise ValueError("its name leads out of the archive")
    return Path(folder, *parts)


def _write(target: Path, content: Any, head: bytes = b"") -> None:
    """Write what is read of a file after its head, and that before it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("xb") as file:
            file.write(head)
            shutil.copyfileobj(content, file)
    except FileExistsError:  # two members of one name: the first stays
        raise
    except BaseException:
        target.unlink(missing_ok=True)
        raise
