"""What is carried over: the metadata that a file alone has, beside that of the file which stays for it."""

from collections.abc import Iterator, Mapping

from dupviz.inventory.content import Content
from dupviz.inventory.properties import Properties
from dupviz.inventory.sidecar import LISTS, packet
from dupviz.inventory.table import KINDS, NAMED, THINGS, Facts, Kind

__all__ = ["NOT_CARRIED", "Notes", "OtherValueError", "carried_over", "obstacle_words"]

NOT_CARRIED = "its metadata cannot be carried over"

# The values of XMP properties, by their names: see `metadata`.
Notes = Mapping[str, tuple[str, ...]]

# What says nothing without another property, and goes with it.
PARTNERS = {"exif:GPSAltitudeRef": "exif:GPSAltitude"}


class OtherValueError(ValueError):
    """A property that holds one value, and of which two files have different ones.

    Attributes
    ----------
    kind : str
        In words, as ``"a rating"``.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(f"there can be only one: {kind}")
        self.kind = kind


def carried_over(carried: Notes, kept: Notes, notes: Notes) -> dict[str, tuple[str, ...]]:
    """What a sidecar has to hold so that no metadata of a further file is missing.

    Parameters
    ----------
    carried : mapping of str to tuple of str
        What it holds for the files before.
    kept, notes : mapping of str to tuple of str
        What the file that stays has itself, and what the other one has: see `metadata`.

    Returns
    -------
    dict of str to tuple of str
        `carried`, and what is in `notes` alone. Of a list that becomes longer all values, those of `kept` first: a
        program that reads a sidecar takes its list for the picture's.

    Raises
    ------
    OtherValueError
        If the value of a property that holds one would be lost.
    UnwritableError
        If a sidecar cannot hold it.

    Examples
    --------
    >>> carried_over({}, {"dc:subject": ("cat",)}, {"dc:subject": ("garden", "cat"), "xmp:Rating": ("5",)})
    {'dc:subject': ('cat', 'garden'), 'xmp:Rating': ('5',)}
    """
    joined, has = dict(carried), {**kept, **carried}
    for kind in _lacking(notes, has):
        for name in filter(lambda name: _is_of(name, kind), notes):
            known, values = has.get(name, ()), notes[name]
            if set(values) <= set(known):
                continue
            if known and name not in LISTS:
                raise OtherValueError(kind.name)
            joined[name] = (*known, *(value for value in values if value not in known))
    packet(joined)
    return joined


def obstacle_words(error: OSError | ValueError) -> str:
    """Why metadata cannot be carried over, in words that follow `NOT_CARRIED`."""
    if isinstance(error, OtherValueError):
        return f"there is {error.kind} already, another one"
    return str(getattr(error, "strerror", None) or error)


def _lacking(notes: Notes, has: Notes) -> Iterator[Kind]:
    """The kinds of metadata of which something would be lost."""
    ours, theirs = (Facts(Content(), Properties(dict(each), {})) for each in (notes, has))
    for kind in KINDS:
        if kind.is_metadata:
            known = list(kind.read(theirs))
            if not all(kind.covers(value, known) for value in kind.read(ours)):
                yield kind


def _is_of(name: str, kind: Kind) -> bool:
    """Whether a kind of metadata is said by a property."""
    if "*" in kind.properties:
        return name not in NAMED and not name.startswith(THINGS)
    return PARTNERS.get(name, name) in kind.properties
