"""Archives and remote folders → their files in a temporary folder, by their names."""

import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from tqdm.auto import tqdm

from dupviz._parallel import in_order
from dupviz._words.words import file_size
from dupviz.images.unpacked import Unpacked, temporary_folder

__all__ = ["unpack_archive", "unpack_remote"]

MOST_BYTES = 2**31  # of a file in an archive: no picture is larger


def unpack_archive(path: str, progress: bool) -> Unpacked:
    """Unpack an archive; what cannot be, or leads out of it, is listed.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is none, it cannot be read, or takes more than is free on the disk.
    """
    errors: list[tuple[str, str]] = []
    try:
        with temporary_folder() as folder, _opened(path) as (members, read):
            needed, free = sum(size for _, size in members), shutil.disk_usage(folder.name).free
            if needed > free:
                raise ValueError(f"{path} takes {file_size(needed)} unpacked, and {file_size(free)} are free")
            for name, size in tqdm(members, desc="unpacking", delay=1, leave=False, disable=not progress):
                try:
                    target = _inside(folder.name, name)
                    if size > MOST_BYTES:
                        raise ValueError(f"{size:,} bytes, too large for a picture")
                    _write(target, read(name))
                except Exception as error:  # hostile archives raise almost any
                    errors.append((os.path.join(path, name), f"cannot be unpacked: {error}"))
            return Unpacked([folder.name], os.path.basename(path), errors=errors, folder=folder)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise ValueError(f"{path} is no archive that can be read: {error}") from error


@contextmanager
def _opened(path: str) -> Iterator[tuple[list[tuple[str, int]], Callable[[str], Any]]]:
    """The names and sizes of the files in a zip or tar, and the function that opens one."""
    if path.lower().endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            yield [(each.filename, each.file_size) for each in archive.infolist() if not each.is_dir()], archive.open
    else:
        with tarfile.open(path) as tar:
            members = {each.name: each for each in tar if each.isfile()}
            yield [(name, each.size) for name, each in members.items()], lambda name: tar.extractfile(members[name])


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
        return Unpacked([folder.name], url, errors=errors, folder=folder)


def _inside(folder: str, name: str) -> Path:
    """Where a member goes; never out of the folder."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or parts[0].startswith("/") or ".." in parts or ":" in parts[0]:
        raise ValueError("its name leads out of the archive")
    return Path(folder, *parts)


def _write(target: Path, content: Any) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with content, target.open("xb") as file:
            shutil.copyfileobj(content, file)
    except FileExistsError:  # two members of one name: the first stays
        raise
    except BaseException:
        target.unlink(missing_ok=True)
        raise
