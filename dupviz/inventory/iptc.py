"""IPTC: the records that agencies and older programs write, and Photoshop's blocks that hold them."""

import struct
from collections.abc import Iterator

__all__ = ["of_photoshop", "properties_of_iptc", "resources"]

# Datasets of record 2 → XMP properties, as the Metadata Working Group pairs them; those without one by their own names.
PROPERTIES = {
    5: "dc:title",
    7: "Iptc4xmpCore:EditStatus",
    10: "photoshop:Urgency",
    15: "photoshop:Category",
    20: "photoshop:SupplementalCategories",
    12: "Iptc4xmpCore:SubjectCode",
    22: "Iptc4xmpCore:FixtureIdentifier",
    25: "dc:subject",
    27: "Iptc4xmpCore:ContentLocationName",
    40: "photoshop:Instructions",
    80: "dc:creator",
    85: "photoshop:AuthorsPosition",
    90: "photoshop:City",
    92: "Iptc4xmpCore:Location",
    95: "photoshop:State",
    100: "Iptc4xmpCore:CountryCode",
    101: "photoshop:Country",
    103: "photoshop:TransmissionReference",
    105: "photoshop:Headline",
    110: "photoshop:Credit",
    115: "photoshop:Source",
    116: "dc:rights",
    118: "Iptc4xmpCore:Contact",
    120: "dc:description",
    122: "photoshop:CaptionWriter",
}
DATE, TIME = 55, 60
MARK, PICTURE_RECORD = 0x1C, 2
IPTC_RESOURCE = 1028


def resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Photoshop's image resource blocks: their number and content."""
    place = data.find(b"8BIM")
    while place >= 0 and data.startswith(b"8BIM", place) and place + 12 <= len(data):
        name = data[place + 6]
        head = place + 6 + (name + 2) // 2 * 2
        size = int.from_bytes(data[head : head + 4], "big")
        yield int.from_bytes(data[place + 4 : place + 6], "big"), data[head + 4 : head + 4 + size]
        place = head + 4 + (size + 1) // 2 * 2


def of_photoshop(data: bytes) -> list[bytes]:
    """The IPTC records in Photoshop's blocks."""
    return [block for number, block in resources(data) if number == IPTC_RESOURCE]


def properties_of_iptc(data: bytes) -> Iterator[tuple[str, str]]:
    """What IPTC records say, as XMP properties and values.

    References
    ----------
    IPTC-NAA Information Interchange Model 4.1; Metadata Working Group guidelines 2.0.
    """
    date = time = ""
    for dataset, value in _datasets(data):
        if dataset == DATE:
            date = _text(value)
        elif dataset == TIME:
            time = _text(value)
        elif dataset in PROPERTIES:
            yield PROPERTIES[dataset], _text(value)
    if len(date) == 8 and date.isdigit() and int(date):
        day = f"{date[:4]}-{date[4:6]}-{date[6:]}"
        yield "photoshop:DateCreated", f"{day}T{time[:2]}:{time[2:4]}:{time[4:6]}" if time[:6].isdigit() else day


def _datasets(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 5 <= len(data) and data[place] == MARK:
        record, dataset, size = struct.unpack_from(">BBH", data, place + 1)
        place += 5
        if size & 0x8000:  # extended: that many bytes hold the size
            more = size & 0x7FFF
            size, place = int.from_bytes(data[place : place + min(more, 8)], "big"), place + more
        if record == PICTURE_RECORD:
            yield dataset, data[place : place + size]
        place += size


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
