"""EXIF → XMP properties: what a person or a camera put there."""

import struct
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain

from PIL import ExifTags

from dupviz.inventory.content import Source
from dupviz.inventory.tiff import Directory, Tiff

__all__ = ["MAKER_NOTES", "properties_of_exif"]

Base, GPS = ExifTags.Base, ExifTags.GPS
EXIF_IFD, GPS_IFD = int(ExifTags.IFD.Exif), int(ExifTags.IFD.GPSInfo)
MAKER_NOTES = "maker notes"  # no property of XMP: programs move what it points to, so that its bytes say nothing

RATING, RATING_PERCENT = 18246, 18249
SUBJECT_AREA = 0x9214
ASCII, UTF16 = 2, "utf-16-le"
CHARACTER_CODES = {b"ASCII\0\0\0": "utf-8", b"JIS\0\0\0\0\0": "iso2022_jp", b"\0" * 8: "utf-8"}

TEXTS: dict[int, str] = {
    Base.ImageDescription: "dc:description",
    Base.Make: "tiff:Make",
    Base.Model: "tiff:Model",
    Base.Artist: "dc:creator",
    Base.Copyright: "dc:rights",
    Base.LensMake: "exifEX:LensMake",
    Base.LensModel: "exifEX:LensModel",
    Base.BodySerialNumber: "exifEX:BodySerialNumber",
    Base.LensSerialNumber: "exifEX:LensSerialNumber",
    Base.CameraOwnerName: "exifEX:CameraOwnerName",
    Base.ImageUniqueID: "exif:ImageUniqueID",
    Base.DocumentName: "tiff:DocumentName",
    Base.PageName: "tiff:PageName",
    Base.SecurityClassification: "exif:SecurityClassification",
}
XP_TEXTS: dict[int, str] = {  # Windows'
    Base.XPTitle: "dc:title",
    Base.XPComment: "exif:UserComment",
    Base.XPAuthor: "dc:creator",
    Base.XPKeywords: "dc:subject",
    Base.XPSubject: "dc:description",
}
NUMBERS: dict[int, str] = {
    RATING: "xmp:Rating",
    RATING_PERCENT: "MicrosoftPhoto:Rating",
    Base.ExposureTime: "exif:ExposureTime",
    Base.FNumber: "exif:FNumber",
    Base.ISOSpeedRatings: "exif:ISOSpeedRatings",
    Base.FocalLength: "exif:FocalLength",
    Base.FocalLengthIn35mmFilm: "exif:FocalLengthIn35mmFilm",
    Base.ExposureProgram: "exif:ExposureProgram",
    Base.ExposureBiasValue: "exif:ExposureBiasValue",
    Base.MeteringMode: "exif:MeteringMode",
    Base.SubjectDistance: "exif:SubjectDistance",
    Base.ImageNumber: "exif:ImageNumber",
    Base.AmbientTemperature: "exifEX:AmbientTemperature",
    Base.Humidity: "exifEX:Humidity",
    Base.Pressure: "exifEX:Pressure",
    Base.WaterDepth: "exifEX:WaterDepth",
}
AREAS: dict[int, str] = {SUBJECT_AREA: "exif:SubjectArea", Base.SubjectLocation: "exif:SubjectLocation"}
GPS_NUMBERS: dict[int, str] = {
    GPS.GPSImgDirection: "exif:GPSImgDirection",
    GPS.GPSTrack: "exif:GPSTrack",
    GPS.GPSDestBearing: "exif:GPSDestBearing",
    GPS.GPSSpeed: "exif:GPSSpeed",
    GPS.GPSDestDistance: "exif:GPSDestDistance",
}
GPS_TEXTS: dict[int, str] = {
    GPS.GPSSpeedRef: "exif:GPSSpeedRef",
    GPS.GPSDestDistanceRef: "exif:GPSDestDistanceRef",
}
# The date, the fractions of its second and its time zone.
DATES: dict[str, tuple[int, int, int]] = {
    "exif:DateTimeOriginal": (Base.DateTimeOriginal, Base.SubsecTimeOriginal, Base.OffsetTimeOriginal),
    "xmp:CreateDate": (Base.DateTimeDigitized, Base.SubsecTimeDigitized, Base.OffsetTimeDigitized),
}
ZONES = {"exif:DateTimeOriginal": "exif:OffsetTimeOriginal", "xmp:CreateDate": "exif:OffsetTimeDigitized"}


def properties_of_exif(source: Source) -> Iterator[tuple[str, str]]:
    """What a block of EXIF says, as XMP properties and values; nothing if it is broken.

    Yields
    ------
    str, str
        A property and a value, as XMP writes it: ``"exif:GPSLatitude"``, ``"48,8.226000N"``.

    References
    ----------
    CIPA DC-008 (EXIF 2.32) and DC-010 (EXIF in XMP).
    """
    try:
        tiff = Tiff(source)
        main = next(tiff.directories(), {})
        for directory in chain([main], tiff.sub(main, EXIF_IFD)):
            yield from _of_directory(tiff, directory)
        for directory in tiff.sub(main, GPS_IFD):
            yield from _of_gps(tiff, directory)
    except (ValueError, struct.error):
        return


def _of_directory(tiff: Tiff, directory: Directory) -> Iterator[tuple[str, str]]:
    for tag in directory:
        if tag in TEXTS:
            yield TEXTS[tag], _text(tiff.bytes(directory, tag))
        elif tag in XP_TEXTS:
            text = tiff.bytes(directory, tag).decode(UTF16, "replace").rstrip("\0")
            for part in text.split(";") if tag in (Base.XPKeywords, Base.XPAuthor) else [text]:
                yield XP_TEXTS[tag], part.strip()
        elif tag in NUMBERS:
            yield from ((NUMBERS[tag], str(number)) for number in tiff.numbers(directory, tag)[:1])
        elif tag == Base.UserComment:
            yield "exif:UserComment", _coded(tiff, directory, tag)
        elif tag in AREAS:  # numbers that say something together only
            yield AREAS[tag], " ".join(map(str, tiff.numbers(directory, tag)))
        elif tag == Base.MakerNote:
            yield MAKER_NOTES, "there"
    for name, tags in DATES.items():
        date, fraction, zone = (_text(tiff.bytes(directory, tag)) for tag in tags)
        if len(date) >= 19 and date[:4].strip("0 ") and date[:4].isdigit():
            seconds = f".{fraction}" if fraction.isdigit() else ""
            yield name, f"{date[:10].replace(':', '-')}T{date[11:19]}{seconds}{zone}"
        elif zone.strip(" :"):
            yield ZONES[name], zone


def _coded(tiff: Tiff, directory: Directory, tag: int) -> str:
    """A text behind eight bytes that name its code."""
    data = tiff.bytes(directory, tag)
    utf16 = UTF16 if tiff.is_little_endian else "utf-16-be"
    encoding = utf16 if data.startswith(b"UNICODE\0") else CHARACTER_CODES.get(data[:8])
    return data[8:].decode(encoding, "replace").strip("\0 ") if encoding else _text(data)


def _text(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.partition("\0")[0].strip()


def _of_gps(tiff: Tiff, gps: Directory) -> Iterator[tuple[str, str]]:
    def numbers(tag: int) -> list[Fraction]:
        return tiff.numbers(gps, tag)

    for name, tag, reference in (
        ("exif:GPSLatitude", GPS.GPSLatitude, GPS.GPSLatitudeRef),
        ("exif:GPSLongitude", GPS.GPSLongitude, GPS.GPSLongitudeRef),
        ("exif:GPSDestLatitude", GPS.GPSDestLatitude, GPS.GPSDestLatitudeRef),
        ("exif:GPSDestLongitude", GPS.GPSDestLongitude, GPS.GPSDestLongitudeRef),
    ):
        parts, letter = numbers(tag), _text(tiff.bytes(gps, reference)).upper()
        if parts and letter in ("N", "S", "E", "W"):
            degrees = float(sum(part / 60**power for power, part in enumerate(parts[:3])))
            yield name, f"{int(degrees)},{degrees % 1 * 60:.6f}{letter}"
    for altitude in numbers(GPS.GPSAltitude)[:1]:
        yield "exif:GPSAltitude", str(altitude)
        yield "exif:GPSAltitudeRef", str(1 if tiff.bytes(gps, GPS.GPSAltitudeRef)[:1] == b"\1" else 0)
    for each, name in GPS_NUMBERS.items():
        yield from ((name, str(number)) for number in numbers(each)[:1])
    yield from ((name, _text(tiff.bytes(gps, tag))) for tag, name in GPS_TEXTS.items())
    yield "exif:GPSAreaInformation", _coded(tiff, gps, GPS.GPSAreaInformation)
    date, time = _text(tiff.bytes(gps, GPS.GPSDateStamp)), numbers(GPS.GPSTimeStamp)
    if len(date) == 10 and len(time) == 3:
        clock = ":".join(f"{int(part):02}" for part in time)
        yield "exif:GPSTimeStamp", f"{date.replace(':', '-')}T{clock}Z"
