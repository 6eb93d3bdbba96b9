"""Files that belong together: a picture with its sidecars and its film, raw data with the camera's own JPEG."""

import filecmp
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from dupviz._disk.names import IMAGE_EXTENSIONS, RAW_EXTENSIONS
from dupviz._disk.paths import spelling

__all__ = ["APPLE_DOUBLE", "Beside", "Companion", "companion_words", "companions", "parted", "sidecars_of"]

PICTURES = IMAGE_EXTENSIONS | RAW_EXTENSIONS
SIDECAR = ".xmp"

# Extensions of what lies beside a picture, after its whole name, IMG_1.heic.mov, or its stem, IMG_1.mov.
FILMS = ("mov", "mp4", "m4v", "mp", "3gp", "avi", "webm", "insv", "lrv")  # of live photos and action cameras
SOUNDS = ("wav", "m4a", "mp3")
SETTINGS = ("xmp", "aae", "acr", "arp", "cos", "dop", "dr4", "nksc", "on1", "pp3", "vrd")
WORDS = ("caption", "exif", "exv", "gpx", "json", "meta", "mie", "thm", "txt", "xml")
BY_EXTENSION = re.compile(rf"(.+)\.(?:{'|'.join((*FILMS, *SOUNDS, *SETTINGS, *WORDS))})", re.IGNORECASE)

# How the names of what lies beside a picture are made of its whole name, IMG_1.heic: the first that fits counts.
OF_A_NAME = (
    (BY_EXTENSION, r"\1"),
    # Of darktable, the settings of a second version: IMG_1_01.heic.xmp.
    (re.compile(r"(.+)_\d\d(\.[^.]+)\.xmp", re.IGNORECASE), r"\1\2"),
    # What an export of Google Photos knows of it: IMG_1.heic.supplemental-metadata.json, or the beginning of that word.
    (re.compile(r"(.+\.[^.]+)\.[^.()]*\.json", re.IGNORECASE), r"\1"),
    # The same of a second picture of that name, IMG_1(1).heic: the number is elsewhere.
    (re.compile(r"(.+)(\.[^.]+)(\(\d+\))\.json", re.IGNORECASE), r"\1\3\2"),
    (re.compile(r"(.+)(\.[^.]+)\.[^.()]*(\(\d+\))\.json", re.IGNORECASE), r"\1\3\2"),
)
# And of its name without the extension.
OF_A_STEM = (
    (BY_EXTENSION, r"\1"),
    # The edits of a phone, IMG_O1.aae, and the films of live photos: IMG_1_HEVC.mov, and PXL_1.MP of PXL_1.MP.jpg.
    (re.compile(r"(IMG_)O(\d+)\.aae", re.IGNORECASE), r"\1\2"),
    (re.compile(r"(.+)_HEVC\.mov", re.IGNORECASE), r"\1"),
    (re.compile(r"(.+\.mp)", re.IGNORECASE), r"\1"),
)
WORDS_OF = {
    **{f".{extension}": "a film beside it" for extension in FILMS},
    **{f".{extension}": "a spoken note beside it" for extension in SOUNDS},
}
# Google Photos cuts such a name, before its last extension, to so many characters.
CUT, UNCUT = 46, ".supplemental-metadata"
CUT_NAME = re.compile(rf"(.{{{CUT}}})((?:\(\d+\))?)\.json", re.IGNORECASE | re.DOTALL)
NUMBERED = re.compile(r"(.+)(\(\d+\))(\.[^.]+)", re.DOTALL)

# What a Mac keeps beside a file on a disk that is not its own: ._IMG_1.heic.
MAC, APPLE_DOUBLE = "._", b"\x00\x05\x16\x07"


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


def companions(going: Iterable[str], gone: Iterable[str] = ()) -> Iterator[Companion]:
    """What belongs to pictures that go, and to none that stays.

    Parameters
    ----------
    going : iterable of str
        Paths of the pictures.
    gone : iterable of str
        Paths of those that have gone already, and may have left something behind.
    """
    gone = set(gone)
    paths = gone.union(going)
    for folder, names in _folders(paths):
        were_there = {os.path.basename(path) for path in gone if os.path.dirname(path) == folder}
        for companion in _belongings(folder, sorted(were_there.union(names))):
            if paths.issuperset(companion.pictures) and companion.path not in gone:
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
                for path, pictures in _belongings(folder, names):
                    for each in pictures:
                        found[each].append(path)
            self._folders[folder] = found
        return self._folders[folder].get(picture, [])

    def sidecars(self, picture: str) -> list[str]:
        """The XMP sidecars among these, see `sidecars_of`."""
        wanted = _sidecar_names(os.path.basename(picture))
        return [path for path in self.of(picture) if spelling(os.path.basename(path)) in wanted]

    def missing(self, keeper: str, picture: str) -> list[str]:
        """The companions of a picture that another one, which stays, lacks or has with other bytes.

        What a Mac keeps beside a file by itself is none that is missed: when the file was fetched, or last opened.
        """
        theirs = self.of(keeper)
        return [
            path
            for path in self.of(picture)
            if not _is_of_a_mac(path)
            and not any(
                path == other or _is_copy(path, other) for other in theirs if _extension(other) == _extension(path)
            )
        ]


def companion_words(paths: Iterable[str]) -> list[str]:
    """What companions are, in words: ``["a sidecar"]``, ``["a film beside it", "a sidecar"]``."""
    return sorted({WORDS_OF.get(_extension(path), "a sidecar") for path in paths})


def _is_copy(path: str, other: str) -> bool:
    try:
        return filecmp.cmp(path, other, shallow=False)
    except OSError:
        return False


def sidecars_of(picture: str) -> list[str]:
    """The XMP sidecars beside a picture, under either of the names that programs give them: their paths."""
    folder, name = os.path.split(picture)
    wanted = _sidecar_names(name)
    with suppress(OSError), os.scandir(folder or os.curdir) as entries:
        # The end is compared first: each of thousands of keepers may lie in a folder of 100,000 files.
        ends = [entry for entry in entries if entry.name[-4:].lower() == SIDECAR]
        found = [
            entry.name for entry in ends if spelling(entry.name) in wanted and entry.is_file(follow_symlinks=False)
        ]
        return [os.path.join(folder, each) for each in sorted(found)]
    return []


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


def _belongings(folder: str, names: list[str]) -> Iterator[Companion]:
    """All companions in a folder, of pictures that may go or stay."""
    of_a_mac = {name for name in names if _is_of_a_mac(os.path.join(folder, name))}
    pictures = _Pictures(name for name in names if _extension(name) in PICTURES and name not in of_a_mac)
    for name in names:
        owners = pictures.owners(name.removeprefix(MAC) if name in of_a_mac else name, of_itself=name in of_a_mac)
        if owners:
            yield Companion(os.path.join(folder, name), tuple(os.path.join(folder, owner) for owner in owners))


class _Pictures:
    """The pictures of a folder, by all that the names of their companions are made of.

    Parameters
    ----------
    names : iterable of str
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._of_name: dict[str, list[str]] = defaultdict(list)
        self._of_stem: dict[str, list[str]] = defaultdict(list)
        self._of_cut: dict[tuple[str, str], list[str]] = defaultdict(list)
        for name in names:
            self._of_name[spelling(name)].append(name)
            self._of_stem[_stem(name)].append(name)
            self._of_cut[_cut(name), ""].append(name)
            if numbered := NUMBERED.fullmatch(name):
                beginning, number, extension = numbered.groups()
                self._of_cut[_cut(beginning + extension), number].append(name)

    def owners(self, name: str, *, of_itself: bool = False) -> list[str]:
        """The pictures that a file belongs to; a picture to none, or to itself."""
        if picture := self._of_name.get(spelling(name)):
            return picture if of_itself else []
        for table, known in ((OF_A_NAME, self._of_name), (OF_A_STEM, self._of_stem)):
            for pattern, made_of in table:
                if (match := pattern.fullmatch(name)) and (found := known.get(spelling(match.expand(made_of)))):
                    return found
        cut = CUT_NAME.fullmatch(unicodedata.normalize("NFC", name))
        return self._of_cut.get((spelling(cut[1]), cut[2]), []) if cut else []


def _cut(name: str) -> str:
    return spelling(unicodedata.normalize("NFC", name + UNCUT)[:CUT])


def _is_of_a_mac(path: str) -> bool:
    """Whether a file is what a Mac keeps beside another, rather than a picture of such a name."""
    if os.path.basename(path).startswith(MAC):
        with suppress(OSError), Path(path).open("rb") as file:
            return file.read(len(APPLE_DOUBLE)) == APPLE_DOUBLE
    return False


def _sidecar_names(name: str) -> set[str]:
    """Both names of an XMP sidecar of a picture, as `spelling` gives them."""
    return {spelling(name) + SIDECAR, _stem(name) + SIDECAR}


def _stem(name: str) -> str:
    return spelling(os.path.splitext(name)[0])


def _extension(name: str) -> str:
    return os.path.splitext(name)[1].lower()
