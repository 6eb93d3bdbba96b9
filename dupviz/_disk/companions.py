"""Files that belong together: a picture with its sidecars and its film, raw data with the camera's own JPEG."""

import filecmp
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from dupviz._disk.names import IMAGE_EXTENSIONS, RAW_EXTENSIONS
from dupviz._disk.paths import spelling

__all__ = ["Beside", "Companion", "companion_words", "companions", "parted", "sidecars_of"]

# What lies beside IMG_1.heic with the same stem: development settings, edits of a phone, the film of a live photo.
OF_A_STEM = (".xmp", ".aae", ".mov", ".mp4", ".thm")
# What has the whole name before its own: IMG_1.heic.xmp, IMG_1.heic.json, IMG_1.heic.supplemental-metadata.json.
OF_A_NAME = (".xmp", ".json", ".aae")
FILMS = (".mov", ".mp4")
PICTURES = IMAGE_EXTENSIONS | RAW_EXTENSIONS


class Companion(NamedTuple):
    """A file that goes where its pictures go.

    Attributes
    ----------
    path : str
    pictures : tuple of str
        All of the pictures in its folder that it belongs to.
    """

    path: str
    pictures: tuple[str, ...]


def companions(going: Iterable[str]) -> Iterator[Companion]:
    """What belongs to pictures that go, and to none that stays.

    Parameters
    ----------
    going : iterable of str
        Paths of the pictures.
    """
    paths = set(going)
    for folder, names in _folders(paths):
        for companion in _of_folder(folder, names):
            if paths.issuperset(companion.pictures):
                yield companion


class Beside:
    """What lies beside pictures; each folder is read once."""

    def __init__(self) -> None:
        self._folders: dict[str, dict[str, list[str]]] = {}

    def of(self, picture: str) -> list[str]:
        """The companions of a picture."""
        folder = os.path.dirname(picture)
        if folder not in self._folders:
            found = defaultdict(list)
            for _, names in _folders({picture}):
                for path, pictures in _of_folder(folder, names):
                    for each in pictures:
                        found[each].append(path)
            self._folders[folder] = found
        return self._folders[folder].get(picture, [])

    def missing(self, keeper: str, picture: str) -> list[str]:
        """The companions of a picture that another one, which stays, lacks or has with other bytes."""
        theirs = self.of(keeper)
        return [
            path
            for path in self.of(picture)
            if not any(
                path == other or _is_copy(path, other) for other in theirs if _extension(other) == _extension(path)
            )
        ]


def companion_words(paths: Iterable[str]) -> list[str]:
    """What companions are, in words: ``["a sidecar"]``, ``["a film beside it", "a sidecar"]``."""
    return sorted({"a film beside it" if _extension(path) in FILMS else "a sidecar" for path in paths})


def _is_copy(path: str, other: str) -> bool:
    try:
        return filecmp.cmp(path, other, shallow=False)
    except OSError:
        return False


def _of_folder(folder: str, names: list[str]) -> Iterator[Companion]:
    """All companions in a folder, of pictures that may go or stay."""
    of_stem, of_name = defaultdict(list), {}
    for name in names:
        if _extension(name) in PICTURES:
            of_stem[_stem(name)].append(name)
            of_name[spelling(name)] = name
    for name in names:
        extension = _extension(name)
        if extension in PICTURES:
            continue
        whole = next((of_name[key] for key in _beginnings(name) if key in of_name), None)
        owners = of_stem.get(_stem(name), []) if extension in OF_A_STEM else []
        if whole is not None and extension in OF_A_NAME:
            owners = [whole]
        if owners:
            yield Companion(os.path.join(folder, name), tuple(os.path.join(folder, owner) for owner in owners))


def sidecars_of(picture: str) -> list[str]:
    """The XMP sidecars beside a picture, under either of the names that programs give them: their paths."""
    folder, name = os.path.split(picture)
    wanted = {f"{spelling(name)}.xmp", f"{_stem(name)}.xmp"}
    return [
        os.path.join(folder, each) for _, names in _folders({picture}) for each in names if spelling(each) in wanted
    ]


def parted(going: Iterable[str]) -> dict[str, str]:
    """Pictures that would leave behind the raw data of the same shot, or the camera's JPEG of it.

    Parameters
    ----------
    going : iterable of str
        Paths of the pictures that go.

    Returns
    -------
    dict of str to str
        Of each of those, the name of one that would stay.
    """
    paths = set(going)
    found: dict[str, str] = {}
    for folder, names in _folders(paths):
        shots = defaultdict(list)
        for name in names:
            if _extension(name) in PICTURES:
                shots[_stem(name)].append(name)
        for shot in shots.values():
            if len({_extension(name) in RAW_EXTENSIONS for name in shot}) < 2:
                continue
            staying = [name for name in shot if os.path.join(folder, name) not in paths]
            if staying:
                goes = (os.path.join(folder, name) for name in shot if name not in staying)
                found |= dict.fromkeys(goes, staying[0])
    return found


def _folders(paths: set[str]) -> Iterator[tuple[str, list[str]]]:
    """The folders of paths, each with the names of all files in it."""
    for folder in sorted(set(map(os.path.dirname, paths))):
        with suppress(OSError), os.scandir(folder or os.curdir) as entries:
            yield folder, sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))


def _stem(name: str) -> str:
    return spelling(os.path.splitext(name)[0])


def _extension(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _beginnings(name: str) -> Iterator[str]:
    """``a.jpg.b`` and ``a.jpg`` of ``a.jpg.b.json``."""
    key = _stem(name)
    while os.path.splitext(key)[1]:
        yield key
        key = os.path.splitext(key)[0]
