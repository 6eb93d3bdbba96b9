"""XMP packets → properties, with the standard XML parser."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

__all__ = ["LARGEST_PACKET", "NAMESPACES", "properties_of_xmp"]

LARGEST_PACKET = 1 << 24  # bytes
DEEPEST, MOST_ELEMENTS = 32, 100_000

UTF16 = b"\xff\xfe"

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

# Prefixes of properties, as exiftool and the XMP specification have them. Names of others are written "{address}name".
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "xmpTPg": "http://ns.adobe.com/xap/1.0/t/pg/",
    "xmpDM": "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "crs": "http://ns.adobe.com/camera-raw-settings/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "exifEX": "http://cipa.jp/exif/1.0/",
    "aux": "http://ns.adobe.com/exif/1.0/aux/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
    "MP": "http://ns.microsoft.com/photo/1.2/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "mwg-kw": "http://www.metadataworkinggroup.com/schemas/keywords/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "GPano": "http://ns.google.com/photos/1.0/panorama/",
    "GDepth": "http://ns.google.com/photos/1.0/depthmap/",
    "GImage": "http://ns.google.com/photos/1.0/image/",
    "GAudio": "http://ns.google.com/photos/1.0/audio/",
    "GCamera": "http://ns.google.com/photos/1.0/camera/",
    "Container": "http://ns.google.com/photos/1.0/container/",
    "Item": "http://ns.google.com/photos/1.0/container/item/",
    "Device": "http://ns.google.com/photos/dd/1.0/device/",
    "hdrgm": "http://ns.adobe.com/hdr-gain-map/1.0/",
    "apdi": "http://ns.apple.com/pixeldatainfo/1.0/",
    "HDRGainMap": "http://ns.apple.com/HDRGainMap/1.0/",
    "darktable": "http://darktable.sf.net/",
    "GIMP": "http://www.gimp.org/xmp/",
    "png": "http://ns.exiftool.org/PNG/PNG/1.0/",
}
PREFIXES = {address: prefix for prefix, address in NAMESPACES.items()}


class _Builder(ET.TreeBuilder):
    """Builds a tree of bounded size, and none of what declares entities."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._number = 0

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Refuse a DTD, in which entities would be declared."""
        raise ValueError("XMP has no DTD")

    def start(self, tag, attributes):  # type: ignore[no-untyped-def]  # as typeshed's, by version
        """Count an element that begins."""
        self._depth += 1
        self._number += 1
        if self._depth > DEEPEST or self._number > MOST_ELEMENTS:
            raise ValueError("XMP is not that deep, nor that long")
        return super().start(tag, attributes)

    def end(self, tag: str) -> ET.Element:
        """Count an element that ends."""
        self._depth -= 1
        return super().end(tag)


def properties_of_xmp(packet: bytes) -> Iterator[tuple[str, str, bool]]:
    """What an XMP packet says; nothing if it is broken.

    Yields
    ------
    str, str, bool
        A property as ``"dc:title"``, one of its values, and whether that is a structure, written on one line.

    References
    ----------
    ISO 16684-1:2019.
    """
    end = packet.rfind(b">", 0, LARGEST_PACKET) + (2 if packet.startswith(UTF16) else 1)  # padding may follow
    try:
        root = ET.fromstring(packet[:end].lstrip(), ET.XMLParser(target=_Builder()))
    except (ET.ParseError, ValueError, LookupError):  # LookupError: an encoding that is none
        return
    rdf = root if root.tag == f"{RDF}RDF" else root.find(f"{RDF}RDF")
    outermost = {root, *(() if rdf is None else rdf)}
    for description in root.iter(f"{RDF}Description"):
        if description in outermost or description.get(f"{RDF}about") is not None:
            yield from _properties(description)


def _properties(description: ET.Element) -> Iterator[tuple[str, str, bool]]:
    for name, value in description.attrib.items():
        if not name.startswith((RDF, "{http://www.w3.org/")) and value.strip():
            yield _short(name), value.strip(), False
    for element in description:
        values = [item for array in element for item in array.findall(f"{RDF}li")] or [element]
        for each in values:
            text = (each.text or "").strip()
            has_parts = len(each) or any(not name.startswith((RDF, LANGUAGE)) for name in each.attrib)
            if resource := each.get(f"{RDF}resource"):
                yield _short(element.tag), resource, False
            elif has_parts:
                yield _short(element.tag), _flat(each), True
            elif text:
                yield _short(element.tag), text, False


def _flat(element: ET.Element) -> str:
    """A structure on one line: its names and values, in order."""
    attributes = [f"{_short(name)}={value}" for name, value in sorted(element.attrib.items()) if RDF not in name]
    inner = [_flat(child) for child in element]
    if (element.text or "").strip():
        inner.append((element.text or "").strip())
    parts = " ".join([*attributes, *inner])
    return parts if element.tag.startswith(RDF) else f"{_short(element.tag)}({parts})"


def _short(name: str) -> str:
    """A name with the prefix of its namespace."""
    address, _, local = name[1:].rpartition("}")
    return f"{PREFIXES[address]}:{local}" if address in PREFIXES else name
