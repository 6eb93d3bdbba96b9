"""What a file carries beside its pixels, and what of it another file lacks."""

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from dupviz._disk.contents import opened
from dupviz.inventory.containers import read_container
from dupviz.inventory.content import FileBytes
from dupviz.inventory.properties import properties_of
from dupviz.inventory.table import KINDS, Facts

__all__ = ["Inventory", "inventory", "mean_the_same", "metadata", "only_in"]

LONGEST = 200  # characters of a value that is remembered as it is; of longer ones, a digest


@dataclass(frozen=True)
class Inventory:
    """What a file carries beside its pixels.

    Attributes
    ----------
    carried : dict of str to tuple of str
        The name of a kind, see `dupviz.inventory.table.KINDS` → a text or a digest for each such thing.
    """

    carried: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def also(self, kind: str) -> "Inventory":
        """The same, with a thing of another kind, of which it is enough that it is there."""
        return replace(self, carried={**self.carried, kind: ("there",)})


def inventory(path: str | os.PathLike[str]) -> Inventory:
    """Find what a file carries beside its pixels, which are not decoded.

    What a person or a camera put there counts: captions, ratings, places, gain maps, layers, depth. What programs leave
    when they save does not: thumbnails, resolutions, their own names.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Inventory
        Of a broken file, what can be read.

    Raises
    ------
    OSError
        If it cannot be read.

    Examples
    --------
    >>> inventory("data/photos/photographer_16_bit.png").carried
    {'more than 8 bits': ('16',)}
    """
    facts = _facts(path)
    found = {kind.name: tuple(dict.fromkeys(map(_short, kind.read(facts)))) for kind in KINDS}
    return Inventory({name: values for name, values in found.items() if values})


def metadata(path: str | os.PathLike[str]) -> dict[str, tuple[str, ...]]:
    """All metadata of a file that an XMP sidecar can hold.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    dict of str to tuple of str
        Properties of XMP, as ``"dc:description"`` with the prefixes of `dupviz.inventory.xmp.NAMESPACES`, or
        ``"{address}name"`` in other namespaces, with all values that EXIF, IPTC, XMP and texts give.

    Raises
    ------
    OSError
        If it cannot be read.

    Examples
    --------
    >>> metadata("data/photos/astronaut.jpg")
    {}
    """
    return _facts(path).properties.simple


def only_in(a: Inventory, b: Inventory) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Say what a file carries that another one lacks, or has differently.

    Returns
    -------
    things, metadata : tuple of str
        In words, as ``"a gain map"`` and ``"3 keywords"``; metadata are what an XMP sidecar can hold. Where the other
        file has some of that kind, they are ``"3 keywords of its own"``.

    Examples
    --------
    >>> one = Inventory({"a keyword": ("alps", "lake"), "a gain map": ("01",)})
    >>> only_in(one, Inventory({"a keyword": ("sea",)}))
    (('a gain map',), ('2 keywords of its own',))
    """
    things: list[str] = []
    notes: list[str] = []
    for kind in KINDS:
        if words := kind.missing(a.carried.get(kind.name, ()), b.carried.get(kind.name, ())):
            (notes if kind.is_metadata else things).append(words)
    return tuple(things), tuple(notes)


def mean_the_same(a: Inventory, b: Inventory, kinds: Collection[str]) -> bool:
    """Whether two files have the same of some kinds."""
    pairs = [(kind, a.carried.get(kind.name, ()), b.carried.get(kind.name, ())) for kind in KINDS if kind.name in kinds]
    return not any(kind.missing(one, other) or kind.missing(other, one) for kind, one, other in pairs)


def _facts(path: str | os.PathLike[str]) -> Facts:
    with opened(path) as file:
        content = read_container(FileBytes(file), os.path.splitext(os.fsdecode(path))[1].lower())
        return Facts(content, properties_of(content))


def _short(value: str) -> str:
    if len(value) <= LONGEST:
        return value
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
