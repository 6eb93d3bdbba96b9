"""All metadata of a file under one spelling, that of XMP; what saving programs leave is no part of it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dupviz.inventory.content import Content
from dupviz.inventory.exif import properties_of_exif
from dupviz.inventory.iptc import properties_of_iptc
from dupviz.inventory.xmp import properties_of_xmp

__all__ = ["ARRAYS", "Properties", "properties_of"]

# How XMP writes what may have several values; a property that is not named here has one.
ARRAYS = {
    "dc:subject": "Bag",
    "dc:creator": "Seq",
    "dc:title": "Alt",
    "dc:description": "Alt",
    "dc:rights": "Alt",
    "exif:ISOSpeedRatings": "Seq",
    "exif:UserComment": "Alt",
    "xmpRights:UsageTerms": "Alt",
    "photoshop:SupplementalCategories": "Bag",
    "lr:hierarchicalSubject": "Bag",
    "digiKam:TagsList": "Seq",
    "Iptc4xmpExt:PersonInImage": "Bag",
}

# Other names of one thing in XMP.
SAME_AS = {
    "tiff:ImageDescription": "dc:description",
    "tiff:Artist": "dc:creator",
    "tiff:Copyright": "dc:rights",
    "exif:DateTimeDigitized": "xmp:CreateDate",
    "exifEX:PhotographicSensitivity": "exif:ISOSpeedRatings",
    "aux:Lens": "exifEX:LensModel",
    "exif:AmbientTemperature": "exifEX:AmbientTemperature",
    "exif:Humidity": "exifEX:Humidity",
    "exif:Pressure": "exifEX:Pressure",
    "exif:WaterDepth": "exifEX:WaterDepth",
    "aux:SerialNumber": "exifEX:BodySerialNumber",
    "aux:OwnerName": "exifEX:CameraOwnerName",
    "MicrosoftPhoto:LastKeywordXMP": "dc:subject",
    "MicrosoftPhoto:LastKeywordIPTC": "dc:subject",
}

# Of these namespaces only what a person or a camera writes; the rest is about the file, as each program writes it.
COUNTED = {
    "tiff": {"Make", "Model", "DocumentName", "PageName"},
    "exif": {
        *("DateTimeOriginal", "ExposureTime", "FNumber", "ISOSpeedRatings", "FocalLength", "FocalLengthIn35mmFilm"),
        *("ExposureProgram", "ExposureBiasValue", "MeteringMode", "SubjectDistance", "UserComment", "ImageUniqueID"),
        *("GPSLatitude", "GPSLongitude", "GPSAltitude", "GPSAltitudeRef", "GPSImgDirection", "GPSTimeStamp"),
        *("GPSDestLatitude", "GPSDestLongitude", "GPSDestBearing", "GPSDestDistance", "GPSDestDistanceRef"),
        *("GPSSpeed", "GPSSpeedRef", "GPSTrack", "GPSAreaInformation", "OffsetTimeOriginal", "OffsetTimeDigitized"),
        *("ImageNumber", "SecurityClassification", "SubjectArea", "SubjectLocation", "Flash"),
    },
    "exifEX": {
        *("LensMake", "LensModel", "BodySerialNumber", "LensSerialNumber", "CameraOwnerName"),
        *("AmbientTemperature", "Humidity", "Pressure", "WaterDepth"),
    },
    "pdf": {"Keywords"},
    "aux": set[str](),
    "xmp": {"Rating", "Label", "CreateDate", "Nickname", "Identifier"},
    "photoshop": {
        *("Headline", "City", "State", "Country", "Credit", "Source", "Instructions", "TransmissionReference"),
        *("DateCreated", "AuthorsPosition", "CaptionWriter", "Category", "SupplementalCategories", "Urgency"),
    },
    "MicrosoftPhoto": {"CameraSerialNumber", "FlashManufacturer", "FlashModel"},
    "GCamera": {"SpecialTypeID"},
    "Container": set[str](),
    "Device": set[str](),
}
LEFT_BY_PROGRAMS = {"xmpMM", "xmpNote", "xmpTPg", "GIMP", "apdi"}
LEFT = {"dc:format", "photoshop:SidecarForExtension"}
PERCENT = "MicrosoftPhoto:Rating"
NUMBERS_OF_ONE = {"exif:SubjectArea", "exif:SubjectLocation"}  # which XMP lists
FILE_NAME = re.compile(r".*\.\w{2,5}")  # as ImageMagick and GIMP leave it for the name of a document
SHAPE_OF_ARRAY = re.compile(r'\{"shape": ')  # which tifffile writes as a description
NONE = {"xmp:Rating": {"0"}, "photoshop:Urgency": {"0"}}  # values that say that nobody has said anything

# Texts of PNG that have a property; and those that programs write about the file, with comments of encoders.
OF_TEXTS = {
    "Title": "dc:title",
    "Author": "dc:creator",
    "Description": "dc:description",
    "Copyright": "dc:rights",
    "Comment": "exif:UserComment",
}
LEFT_TEXTS = re.compile(
    r"(Software|signature|create-date|modify-date)$|"
    r"(date|Thumb|png|jpeg|icc|exif|tiff|xmp|dc|pdf|photoshop|xmpMM):",
    re.IGNORECASE,
)
# Only with the name of a program: people, too, write "Created with love by Ann".
PROGRAMS = (
    r"(?:the )?(?:GIMP|Adobe|ACDSee|Corel|eBay|GD|ImageMagick|ImageOptim|Inkscape|IrfanView|JPEGmini|Nero|Paint|Ulead)"
)
LEFT_COMMENTS = re.compile(
    rf"(?:File )?(?:Created|Made|Saved|Written|Compressed|Optimized|Processed) (?:with|by|using|in) {PROGRAMS}\b|"
    r"CREATOR: (?:gd-jpeg|GIMP|XV)|Lavc\d|LEAD Technologies|Intel\(R\) JPEG|AppleMark|Handmade Software|cmp3\.",
    re.IGNORECASE,
)
LONGEST_COMMENT = 1 << 20

NO_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


class Properties(NamedTuple):
    """What a file says in EXIF, IPTC, XMP and texts.

    Attributes
    ----------
    simple : dict of str to tuple of str
        Properties of XMP → their values, which an XMP sidecar can hold.
    structures : dict of str to tuple of str
        Those that are structures, on one line each; and EXIF's maker notes.
    """

    simple: dict[str, tuple[str, ...]]
    structures: dict[str, tuple[str, ...]]


def properties_of(content: Content) -> Properties:
    """All that a container says, with one name for each thing; each value once."""
    simple: dict[str, dict[str, None]] = {}
    structures: dict[str, dict[str, None]] = {}
    for name, value, is_structure in _all(content):
        name = SAME_AS.get(name, name)
        value = unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip("\0 \t\r\n")
        if name == PERCENT:
            name, value = "xmp:Rating", _stars(value)
        if name == "tiff:DocumentName" and FILE_NAME.fullmatch(value):
            continue
        if value and _counts(name) and value not in NONE.get(name, ()) and not SHAPE_OF_ARRAY.match(value):
            (structures if is_structure else simple).setdefault(name, {})[value] = None
    as_tuples = ({name: tuple(values) for name, values in each.items()} for each in (simple, structures))
    return Properties(*as_tuples)


def _all(content: Content) -> Iterator[tuple[str, str, bool]]:
    for packet in content.xmp:
        found = list(properties_of_xmp(packet))
        yield from (each for each in found if each[0] not in NUMBERS_OF_ONE)
        for name in NUMBERS_OF_ONE:
            yield name, " ".join(value for each, value, _ in found if each == name), True
    for block in content.exif:
        for name, value in properties_of_exif(block):
            yield name, value, ":" not in name or name in NUMBERS_OF_ONE
    for records in content.iptc:
        yield from ((name, value, False) for name, value in properties_of_iptc(records))
    yield from ((name, value, False) for name, value in _of_texts(content.texts))


def _stars(percent: str) -> str:
    """A rating of Windows in percent, of which 1, 25, 50, 75 and 99 are one to five stars."""
    try:
        number = int(percent)
    except ValueError:
        return percent
    return str(min((number + 12) // 25 + 1, 5)) if number > 0 else ""


def _of_texts(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for keyword, text in texts:
        if LEFT_TEXTS.match(keyword) or (keyword == "Comment" and LEFT_COMMENTS.match(text)):
            continue
        yield OF_TEXTS.get(keyword, f"png:{NO_NAME.sub('_', keyword)}"), text[:LONGEST_COMMENT]


def _counts(name: str) -> bool:
    """Whether a person or a camera wrote it."""
    prefix, _, local = name.rpartition(":") if not name.startswith("{") else ("", "", "")
    if prefix in COUNTED:
        return local in COUNTED[prefix]
    return prefix not in LEFT_BY_PROGRAMS and name not in LEFT
