"""Metadata as an XMP sidecar: the file beside a picture that photo programs read together with it."""

import re
from collections.abc import Mapping
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from dupviz.inventory.properties import ARRAYS
from dupviz.inventory.xmp import NAMESPACES

__all__ = ["LISTS", "UnwritableError", "packet"]

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

# How XMP writes what may have several values: by the specification (part 1), IPTC's and Exif's for XMP.
FORMS = {
    **ARRAYS,
    "Iptc4xmpCore:Scene": "Bag",
    "Iptc4xmpCore:SubjectCode": "Bag",
    "Iptc4xmpExt:OrganisationInImageCode": "Bag",
    "Iptc4xmpExt:OrganisationInImageName": "Bag",
    "dc:contributor": "Bag",
    "dc:date": "Seq",
    "dc:language": "Bag",
    "dc:publisher": "Bag",
    "dc:relation": "Bag",
    "dc:type": "Bag",
    "xmp:Identifier": "Bag",
    "xmpRights:Owner": "Bag",
}
LISTS = {name for name, form in FORMS.items() if form != "Alt"}

# No character of XML 1.0, even as a reference.
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TAG = re.compile(r"[\w-]+:[A-Za-z_][\w.-]*", re.ASCII)


class UnwritableError(ValueError):
    """A property that no sidecar of ours can hold."""


def packet(properties: Mapping[str, tuple[str, ...]]) -> bytes:
    r"""Write metadata as an XMP packet.

    Parameters
    ----------
    properties : mapping of str to tuple of str
        The values of XMP properties, by names as ``"dc:subject"``, or ``"{address}name"``: see `metadata`.

    Returns
    -------
    bytes
        In UTF-8; the same for the same properties, whatever their order.

    Raises
    ------
    UnwritableError
        If a namespace is unknown, a property that holds one value has several, or a name or value has characters that
        XML cannot hold.

    References
    ----------
    ISO 16684-1, Extensible metadata platform (XMP) specification, part 1: data model, serialization and core
    properties.

    Examples
    --------
    >>> print(packet({"xmp:Rating": ("5",), "dc:subject": ("cat", "garden")}).decode().replace("\ufeff", ""))
    <?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
    <x:xmpmeta xmlns:x="adobe:ns:meta/">
     <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
       <dc:subject><rdf:Bag><rdf:li>cat</rdf:li><rdf:li>garden</rdf:li></rdf:Bag></dc:subject>
      </rdf:Description>
      <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
       <xmp:Rating>5</xmp:Rating>
      </rdf:Description>
     </rdf:RDF>
    </x:xmpmeta>
    <?xpacket end="w"?>
    <BLANKLINE>
    """
    lines = ['<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>', '<x:xmpmeta xmlns:x="adobe:ns:meta/">']
    lines.append(f' <rdf:RDF xmlns:rdf="{RDF}">')
    for space, names in groupby(sorted(properties), _namespace):
        address = NAMESPACES.get(space, space)
        prefix = space if space in NAMESPACES else "other"
        lines.append(f'  <rdf:Description rdf:about="" xmlns:{prefix}={quoteattr(address)}>')
        lines += [f"   {_element(name, prefix, properties[name])}" for name in names]
        lines.append("  </rdf:Description>")
    lines += [" </rdf:RDF>", "</x:xmpmeta>", '<?xpacket end="w"?>', ""]
    return "\n".join(lines).encode()


def _namespace(name: str) -> str:
    """The prefix of a property, or the address of a namespace that has none here."""
    space = name[1:].rpartition("}")[0] if name.startswith("{") else name.partition(":")[0]
    if not space or NO_XML.search(space) or not (name.startswith("{") or space in NAMESPACES):
        raise UnwritableError(f"no namespace is known of {name!r}")
    return space


def _element(name: str, prefix: str, values: tuple[str, ...]) -> str:
    """A property with its values."""
    tag = f"{prefix}:{re.split('[}:]', name)[-1]}"
    if not TAG.fullmatch(tag):
        raise UnwritableError(f"no property can be called {name!r}")
    if any(map(NO_XML.search, values)):
        raise UnwritableError(f"{name} has characters that XML cannot hold")
    if len(values) != 1 and name not in LISTS:
        raise UnwritableError(f"{name} holds one value, got {len(values)}")
    texts = [escape(value, {"\r": "&#13;"}) for value in values]  # which a reader would take for the end of a line
    if name not in FORMS:
        return f"<{tag}>{texts[0]}</{tag}>"
    form, language = FORMS[name], ' xml:lang="x-default"' if FORMS[name] == "Alt" else ""
    items = "".join(f"<rdf:li{language}>{text}</rdf:li>" for text in texts)
    return f"<{tag}><rdf:{form}>{items}</rdf:{form}></{tag}>"
