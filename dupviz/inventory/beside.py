"""The metadata of a picture and of the XMP sidecars beside it."""

from pathlib import Path

from dupviz._disk.companions import sidecars_of
from dupviz.inventory.content import Content
from dupviz.inventory.inventory import metadata
from dupviz.inventory.properties import properties_of

__all__ = ["metadata_with_sidecars"]


def metadata_with_sidecars(path: str) -> dict[str, tuple[str, ...]]:
    """All metadata of a picture, and of its sidecars: see `metadata`.

    Raises
    ------
    OSError
        If one of them cannot be read.
    """
    beside = properties_of(Content(xmp=[Path(sidecar).read_bytes() for sidecar in sidecars_of(path)])).simple
    inside = metadata(path)
    return {name: (*inside.get(name, ()), *beside.get(name, ())) for name in {**inside, **beside}}
