"""PNG, WebP and GIF: formats of chunks."""

import struct
from collections.abc import Iterator

from dupviz.inventory.content import Content, Source, digest, inflated
from dupviz.inventory.iptc import of_photoshop
from dupviz.inventory.trailer import read_trailer

__all__ = ["read_gif", "read_png", "read_webp"]

LARGEST_CHUNK = 1 << 24
LARGEST_TEXTS = 1 << 26  # bytes of all together, for each may be blown up
MOST_CHUNKS = 100_000

XMP_KEYWORD = "XML:com.adobe.xmp"
RAW_PROFILE = "Raw profile type "  # ImageMagick's: hexadecimal digits after a line with their number

# Of Fireworks, which keeps its layers in chunks of its own.
LAYER_CHUNKS = {b"mkBF", b"mkBS", b"mkBT", b"mkTS"}
# With one of these, cHRM does not count (PNG, third edition, 4.3). Nor should gAMA, but not all programs know that.
SRGB_CHUNKS = {b"sRGB", b"iCCP", b"cICP"}
GAMMA_OF_SRGB, WHITE_AND_PRIMARIES = 45455, (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
GAMMA_TOLERANCE, COLOUR_TOLERANCE = 60, 50  # of 100,000: as programs round them
CICP_OF_SRGB = bytes([1, 13, 0, 1])


def read_png(source: Source, content: Content) -> None:
    """What a PNG holds.

    References
    ----------
    Portable Network Graphics, third edition (W3C, 2025); C2PA 2.1 (caBX).
    """
    colours: dict[bytes, bytes] = {}
    layers: list[str] = []
    plays, delays = 0, list[int]()
    end, left = len(source), LARGEST_TEXTS
    for kind, start, stop in _png_chunks(source):
        if kind == b"IHDR":
            content.add("depth", str(int.from_bytes(source[start + 8 : start + 9], "big")))
        elif kind in (b"tEXt", b"zTXt", b"iTXt") and left > 0:
            left -= _text(kind, source[start : min(stop, start + LARGEST_CHUNK)], content)
        elif kind == b"eXIf":
            content.exif.append(source[start : min(stop, start + LARGEST_CHUNK)])
        elif kind == b"iCCP":
            content.profile = inflated(source[start:stop].partition(b"\0")[2][1:])
            colours[kind] = b""
        elif kind in (b"gAMA", b"cHRM", b"cICP", b"sRGB", b"mDCV", b"cLLI"):
            colours[kind] = source[start : min(stop, start + 64)]
        elif kind == b"caBX":
            content.add("credentials", digest(source, start, stop))
        elif kind == b"acTL":
            plays = int.from_bytes(source[start + 4 : start + 8], "big")
        elif kind == b"fcTL":
            above, below = struct.unpack(">HH", source[start + 20 : start + 24])
            delays.append(round(1000 * above / (below or 100)))
        elif kind in LAYER_CHUNKS:
            layers.append(digest(source, start, stop))
        elif kind == b"IEND":
            end = stop + 4
    _colours(colours, content)
    if layers:
        content.add("layers", " ".join(layers))
    _timing(plays, delays, content)
    read_trailer(source[end:], content)


def _timing(plays: int, delays: list[int], content: Content) -> None:
    """Note how often an animation plays, 0 for without an end, and how long each of its frames stands in ms."""
    if len(delays) > 1:
        content.add("timing", f"{plays}: {' '.join(map(str, delays))}")


def _png_chunks(source: Source) -> Iterator[tuple[bytes, int, int]]:
    place = 8
    for _ in range(MOST_CHUNKS):
        head = source[place : place + 8]
        if len(head) < 8:
            return
        size = int.from_bytes(head[:4], "big")
        yield head[4:], place + 8, place + 8 + size
        place += size + 12
        if head[4:] == b"IEND":
            return


def _text(kind: bytes, data: bytes, content: Content) -> int:
    """Note a text; return how many bytes it has, blown up."""
    name, _, rest = data.partition(b"\0")
    keyword = name.decode("latin-1")
    if kind == b"iTXt":
        is_compressed, rest = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        text = inflated(rest) if is_compressed else rest
        words = text.decode("utf-8", "replace")
    else:
        text = inflated(rest[1:]) if kind == b"zTXt" else rest
        words = text.decode("latin-1")
    if keyword == XMP_KEYWORD:
        content.xmp.append(text)
    elif keyword.startswith(RAW_PROFILE):
        _raw_profile(keyword.removeprefix(RAW_PROFILE).lower(), words, content)
    else:
        content.texts.append((keyword, words))
    return len(text)


def _raw_profile(kind: str, words: str, content: Content) -> None:
    """What ImageMagick and older programs put into a text: EXIF, IPTC or XMP."""
    try:
        data = bytes.fromhex("".join(words.split()[2:]))
    except ValueError:
        return
    if kind in ("exif", "app1") and data.startswith(b"Exif\0\0"):
        content.exif.append(data[6:])
    elif kind == "iptc":
        content.iptc += of_photoshop(data) or [data]
    elif kind == "xmp":
        content.xmp.append(data)


def _colours(colours: dict[bytes, bytes], content: Content) -> None:
    """Note what chunks say of colours, if that is other than what a PNG without them shows."""
    cicp = colours.get(b"cICP")
    if cicp and cicp != CICP_OF_SRGB:
        content.add("colours", f"cICP {' '.join(map(str, cicp))}")
    for kind in (b"mDCV", b"cLLI"):
        if kind in colours:
            content.add("colours", f"{kind.decode()} {colours[kind].hex()}")
    gamma = int.from_bytes(colours.get(b"gAMA", b""), "big")
    if gamma and abs(gamma - GAMMA_OF_SRGB) > GAMMA_TOLERANCE:
        content.add("colours", f"gAMA {gamma}")
    chromaticities = colours.get(b"cHRM", b"")
    if len(chromaticities) == 32 and not SRGB_CHUNKS & colours.keys():
        found = struct.unpack(">8I", chromaticities)
        if any(abs(one - other) > COLOUR_TOLERANCE for one, other in zip(found, WHITE_AND_PRIMARIES)):
            content.add("colours", f"cHRM {' '.join(map(str, found))}")


def read_webp(source: Source, content: Content) -> None:
    """What a WebP holds.

    References
    ----------
    RFC 9649; C2PA 2.1.
    """
    end = min(len(source), 8 + int.from_bytes(source[4:8], "little"))
    place = 12
    plays, delays = 0, list[int]()
    while place + 8 <= end:
        kind, size = source[place : place + 4], int.from_bytes(source[place + 4 : place + 8], "little")
        start, stop = place + 8, min(place + 8 + size, end)
        if kind == b"EXIF":
            content.exif.append(source[start:stop].removeprefix(b"Exif\0\0"))
        elif kind == b"XMP ":
            content.xmp.append(source[start:stop])
        elif kind == b"ICCP":
            content.profile = source[start:stop]
        elif kind == b"ANIM":
            plays = int.from_bytes(source[start + 4 : start + 6], "little")
        elif kind == b"ANMF":
            delays.append(int.from_bytes(source[start + 12 : start + 15], "little"))
        elif kind == b"C2PA":
            content.add("credentials", digest(source, start, stop))
        place = start + size + size % 2
    _timing(plays, delays, content)
    read_trailer(source[end + end % 2 :], content)


def read_gif(source: Source, content: Content) -> None:
    """What a GIF holds beside its frames: their timing, comments, XMP, and what follows its end.

    References
    ----------
    GIF89a (CompuServe, 1990).
    """
    data = source[:]
    place = 13 + _palette(data, 10)
    plays, delay, delays = 1, 0, list[int]()
    while place < len(data):
        mark = data[place]
        if mark == 0x2C:  # a frame
            place = _after_blocks(data, place + 11 + _palette(data, place + 9))
            delays.append(delay)
            delay = 0
        elif mark == 0x21 and data.startswith(b"\xf9\x04", place + 1):
            delay = 10 * int.from_bytes(data[place + 4 : place + 6], "little")
            place = _after_blocks(data, place + 2)
        elif mark == 0x21 and data.startswith(b"\x0bNETSCAPE2.0\x03\x01", place + 2):
            plays = int.from_bytes(data[place + 16 : place + 18], "little")
            place = _after_blocks(data, place + 2)
        elif mark == 0x21 and data[place + 1 : place + 2] == b"\xfe":
            after = _after_blocks(data, place + 2)
            content.texts.append(("Comment", _blocks(data, place + 2, after).decode("utf-8", "replace")))
            place = after
        elif mark == 0x21 and data.startswith(b"\x0bXMP DataXMP", place + 2):
            after = _after_blocks(data, place + 14)
            content.xmp.append(data[place + 14 : after - 258])  # a trailer of 258 bytes leads out of it
            place = after
        elif mark == 0x21:
            place = _after_blocks(data, place + 2)
        else:
            break
    _timing(plays, delays, content)
    read_trailer(data[place + 1 :], content)


def _palette(data: bytes, place: int) -> int:
    """The bytes of a palette that some flags announce."""
    flags = data[place] if place < len(data) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(data: bytes, place: int) -> int:
    while place < len(data) and data[place]:
        place += data[place] + 1
    return place + 1


def _blocks(data: bytes, place: int, stop: int) -> bytes:
    parts = []
    while place < stop - 1:
        parts.append(data[place + 1 : place + 1 + data[place]])
        place += data[place] + 1
    return b"".join(parts)
