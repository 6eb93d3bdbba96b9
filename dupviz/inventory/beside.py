"""The metadata of a picture and of the XMP sidecars beside it."""

from collections.abc import Iterable
from pathlib import Path

from dupviz.inventory.content import Content
from dupviz.inventory.inventory import metadata
from dupviz.inventory.properties import properties_of
from dupviz.inventory.xmp import LARGEST_PACKET

__all__ = ["metadata_with"]


def metadata_with(sidecars: Iterable[str], path: str) -> dict[str, tuple[str, ...]]:
    """All metadata of a picture, and of XMP sidecars beside it: see `metadata`, `sidecars_of`.

    Raises
    ------
    OSError
        If one of them cannot be read.
    """
    beside = properties_of(Content(xmp=list(map(_packet, sidecars)))).simple
    inside = metadata(path)
    return {name: (*inside.get(name, ()), *beside.get(name, ())) for name in {**inside, **beside}}


def _packet(sidecar: str) -> bytes:
    with Path(sidecar).open("rb") as file:
        return file.read(LARGEST_PACKET)  # of any file that is called so
