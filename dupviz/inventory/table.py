"""The table of all that a file can carry beside its pixels: a row is one kind of thing. A new kind is one row."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from dupviz.images.colour import profile_name
from dupviz.inventory.content import Content
from dupviz.inventory.exif import MAKER_NOTES
from dupviz.inventory.properties import Properties

__all__ = ["KINDS", "Facts", "Kind"]

NEAR = 2e-5  # degrees, 2 m: as programs round a place
NEAR_METRES = 0.5
SRGB = "sRGB"
ORDINARY_DEPTH = 8  # bits of a value


class Facts(NamedTuple):
    """What the rows are read from."""

    content: Content
    properties: Properties


def is_among(value: str, others: Iterable[str]) -> bool:
    """Whether another file has the very same."""
    return value in others


@dataclass(frozen=True)
class Kind:
    """A kind of thing that a file carries.

    Attributes
    ----------
    name : str
        In words, as they stand after "with": ``"a caption"``.
    read : function
        From the facts to texts: one for each such thing.
    many : str
        The noun for several: ``"keywords"``. Without one, the name stands for all of them.
    properties : tuple of str
        The properties of XMP that say it, if an XMP sidecar can hold it.
    covers : function
        Whether a value is among those of another file.
    says : function
        Words for a value, where they say more than the name.
    absent : tuple of str
        What a file has that does not say: colours are those of sRGB.
    """

    name: str
    read: Callable[[Facts], Iterable[str]]
    many: str = ""
    properties: tuple[str, ...] = ()
    covers: Callable[[str, Iterable[str]], bool] = is_among
    says: Callable[[str], str] | None = None
    absent: tuple[str, ...] = ()

    @property
    def is_metadata(self) -> bool:
        """Whether an XMP sidecar can hold it."""
        return bool(self.properties)

    def missing(self, ours: tuple[str, ...], theirs: tuple[str, ...]) -> str:
        """What a file has of this kind that another one lacks: ``"a caption"``, ``"3 keywords of its own"``, ``""``."""
        others = theirs or self.absent
        missing = [value for value in ours or self.absent if not self.covers(value, others)]
        if not missing:
            return ""
        if self.says:
            return self.says(missing[0])
        words = f"{len(missing)} {self.many}" if self.many and len(missing) > 1 else self.name
        return f"{words} of its own" if theirs else words


def said(
    name: str,
    *properties: str,
    many: str = "",
    write: Callable[[str], str] = str,
    covers: Callable[[str, Iterable[str]], bool] = is_among,
) -> Kind:
    """A row for what is said in a property of XMP, or in one of several."""

    def read(facts: Facts) -> Iterator[str]:
        for each in properties:
            yield from map(write, facts.properties.simple.get(each, ()))

    return Kind(name, read, many, properties, covers)


def listed(name: str, *properties: str, write: Callable[[str], str] = str) -> Kind:
    """A row for what several properties say together, each of which counts."""

    def read(facts: Facts) -> Iterator[str]:
        for each in properties:
            yield from (f"{each} {write(value)}" for value in facts.properties.simple.get(each, ()))

    return Kind(name, read, properties=properties)


def part(name: str, kind: str = "", *, many: str = "") -> Kind:
    """A row for a part of the container, which only its bytes tell from others."""
    return Kind(name, lambda facts: facts.content.parts.get(kind or name, ()), many)


def in_xmp(name: str, *beginnings: str) -> Callable[[Facts], Iterator[str]]:
    """Read all that is said by properties that begin so, structures too."""

    def read(facts: Facts) -> Iterator[str]:
        yield from facts.content.parts.get(name, ())
        for properties in facts.properties:
            for each, values in properties.items():
                if each.startswith(beginnings):
                    yield from (f"{each} {value}" for value in values)

    return read


def number(text: str) -> str:
    """A number to four digits, as 1/250 and 0.004 are one."""
    with suppress(ValueError, ZeroDivisionError):
        return f"{float(Fraction(text)):.4g}"
    return text


def place(name: str, *properties: str) -> Kind:
    """A row for a place on the earth: its latitude and its longitude."""

    def read(facts: Facts) -> Iterator[str]:
        for each in properties:
            for value in facts.properties.simple.get(each, ()):
                with suppress(ValueError):
                    yield f"{each} {_degrees(value):.7f}"

    return Kind(name, read, properties=properties, covers=_is_near)


def _degrees(text: str) -> float:
    """Degrees of ``"48,8.2260N"`` or ``"48,8,13.56N"``."""
    parts = [float(each) for each in text[:-1].split(",")]
    degrees = sum(each / float(60**power) for power, each in enumerate(parts))
    return -degrees if text[-1:].upper() in ("S", "W") else degrees


def _is_near(value: str, others: Iterable[str]) -> bool:
    name, degrees = value.split()
    theirs = (other.split() for other in others)
    return any(other == name and abs(float(degrees) - float(place)) <= NEAR for other, place in theirs)


def _is_as_high(value: str, others: Iterable[str]) -> bool:
    try:
        return any(abs(float(Fraction(value)) - float(Fraction(other))) <= NEAR_METRES for other in others)
    except (ValueError, ZeroDivisionError):
        return value in others


def _is_begun(value: str, others: Iterable[str]) -> bool:
    """Whether another date begins with this one: it says as much, or more, as the fractions of a second."""
    return any(other.startswith(value) for other in others)


def _depth(facts: Facts) -> Iterator[str]:
    yield from (each for each in facts.content.parts.get("depth", ()) if int(each) > ORDINARY_DEPTH)


def _is_as_deep(value: str, others: Iterable[str]) -> bool:
    return any(int(value) <= int(other) for other in others)


def _timing(facts: Facts) -> Iterable[str]:
    return facts.content.parts.get("timing", ())


def _is_as_timed(value: str, others: Iterable[str]) -> bool:
    """Whether another animation has the same times; what is still lacks the frames, which is said elsewhere."""
    known = list(others)
    return not known or value in known


def _tags(facts: Facts) -> Iterable[str]:
    return facts.content.parts.get("colours", ())


def _tag_words(value: str) -> str:
    return "the colours of sRGB" if value == SRGB else "colour tags"


def _colours(facts: Facts) -> Iterator[str]:
    if found := profile_name(facts.content.profile):
        yield " ".join(found)


def _settings(facts: Facts) -> Iterator[str]:
    """Of raw data; in a picture that was made with them they have had their effect."""
    if facts.properties.simple.get("crs:AlreadyApplied") not in (("True",), ("true",)):
        yield from in_xmp("", "crs:", "darktable:")(facts)


def _others(facts: Facts) -> Iterator[str]:
    for name, values in facts.properties.simple.items():
        if name not in NAMED and not name.startswith(THINGS):
            yield from (f"{name} {value}" for value in values)


def _other_structures(facts: Facts) -> Iterator[str]:
    for name, values in facts.properties.structures.items():
        if name not in NAMED_STRUCTURES and not name.startswith(THINGS):
            yield from (f"{name} {value}" for value in values)


def _named(*structures: str) -> Callable[[Facts], Iterator[str]]:
    return lambda facts: (value for each in structures for value in facts.properties.structures.get(each, ()))


# Beginnings of properties that no sidecar can hold, for they are about what else is in the file, or its pixels.
THINGS = ("GPano:", "GDepth:", "GImage:", "GAudio:", "hdrgm:", "HDRGainMap:", "crs:", "darktable:", "Item:")
FACES = ("mwg-rs:Regions", "MP:RegionInfo", "Iptc4xmpExt:ImageRegion")
NAMED_STRUCTURES = {*FACES, MAKER_NOTES}
EXPOSURE = (
    *("exif:ExposureTime", "exif:FNumber", "exif:ISOSpeedRatings", "exif:FocalLength", "exif:FocalLengthIn35mmFilm"),
    *("exif:ExposureProgram", "exif:ExposureBiasValue", "exif:MeteringMode", "exif:SubjectDistance"),
)
SURROUNDINGS = ("exifEX:AmbientTemperature", "exifEX:Humidity", "exifEX:Pressure", "exifEX:WaterDepth")

KINDS = (
    # Metadata, which an XMP sidecar can hold.
    said("a caption", "dc:description", many="captions"),
    said("a title", "dc:title", "photoshop:Headline"),
    said("a keyword", "dc:subject", many="keywords"),
    said("a rating", "xmp:Rating", write=number),
    said("a label", "xmp:Label"),
    place("a place", "exif:GPSLatitude", "exif:GPSLongitude"),
    place("a place in view", "exif:GPSDestLatitude", "exif:GPSDestLongitude"),
    said("an altitude", "exif:GPSAltitude", covers=_is_as_high),
    listed("a direction", "exif:GPSImgDirection", "exif:GPSTrack", "exif:GPSDestBearing", write=number),
    listed("a speed", "exif:GPSSpeed", "exif:GPSSpeedRef", write=number),
    listed("a distance", "exif:GPSDestDistance", "exif:GPSDestDistanceRef", write=number),
    said("a date", "exif:DateTimeOriginal", "xmp:CreateDate", "photoshop:DateCreated", covers=_is_begun),
    listed("a camera", "tiff:Make", "tiff:Model", "exifEX:BodySerialNumber", "exifEX:CameraOwnerName"),
    listed("a lens", "exifEX:LensMake", "exifEX:LensModel", "exifEX:LensSerialNumber"),
    listed("an exposure", *EXPOSURE, write=number),
    listed("measured surroundings", *SURROUNDINGS, write=number),
    said("an artist", "dc:creator", many="artists"),
    said("a copyright notice", "dc:rights"),
    said("a comment", "exif:UserComment", many="comments"),
    Kind("a note", _others, "notes", properties=("*",)),
    # What is lost with the file.
    Kind("marked faces", _named(*FACES)),
    Kind("a camera's own notes", _named(MAKER_NOTES)),
    Kind("notes with parts", _other_structures),
    Kind("development settings", _settings),
    Kind("a panorama's view", in_xmp("", "GPano:")),
    Kind("a gain map", in_xmp("a gain map", "hdrgm:", "HDRGainMap:")),
    Kind("a depth map", in_xmp("a depth map", "GDepth:")),
    part("a matte"),
    Kind("more pictures", in_xmp("more pictures", "GImage:")),
    Kind("a sound", in_xmp("a sound", "GAudio:")),
    part("a video"),
    part("data after its end"),
    part("layers"),
    Kind("timing of its frames", _timing, covers=_is_as_timed),
    part("further channels", "channels"),
    part("further sizes", "sizes"),
    part("raw data"),
    part("content credentials", "credentials"),
    part("a place on a map", "map"),
    part("transparency"),
    # The pixels are compared without a heed to these, so that to have none is to have other colours.
    Kind("colour tags", _tags, says=_tag_words, absent=(SRGB,)),
    Kind("more than 8 bits", _depth, covers=_is_as_deep, says=lambda bits: f"{bits} bits"),
    Kind("colours", _colours, says=lambda value: f"the colours of {value.rpartition(' ')[0]}"),
)
COLOURS = ("colour tags", "colours")  # of the kinds, those that say how values look
NAMED = {name for kind in KINDS for name in kind.properties} | {"exif:GPSAltitudeRef"}
