"""Pairs of files of one photo: a plain one, and one that carries more. Programs that write such files are rare here,
so what they write is put together from the formats' own words."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

COFFEE = next((Path(__file__).parent.parent.parent / "data" / "photos").rglob("coffee.jpg"))
Base, GPS = ExifTags.Base, ExifTags.GPS

with Image.open(COFFEE) as _photo:
    PHOTO = _photo.convert("RGB")
    PHOTO.thumbnail((320, 320))


def saved(extension, picture=PHOTO, **options) -> bytes:
    """A picture as a file of some format."""
    file = BytesIO()
    options = {"quality": 93, **options} if extension in ("jpg", "webp", "heic", "avif") else options
    name = {"jpg": "JPEG", "tif": "TIFF", "heic": "HEIF"}.get(extension, extension.upper())
    picture.save(file, name, **options)
    return file.getvalue()


def with_segments(*segments: tuple[int, bytes], jpeg=None) -> bytes:
    jpeg = jpeg or saved("jpg")
    inserted = b"".join(struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in segments)
    return jpeg[:2] + inserted + jpeg[2:]


def with_chunks(*chunks: tuple[bytes, bytes], png=None) -> bytes:
    png = png or saved("png")
    inserted = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return png[:33] + inserted + png[33:]


def exif(main=None, camera=None, gps=None) -> bytes:
    found = Image.Exif()
    found.update(main or {})
    found.get_ifd(ExifTags.IFD.Exif).update(camera or {})
    found.get_ifd(ExifTags.IFD.GPSInfo).update(gps or {})
    return found.tobytes()


def of_gps(tags) -> bytes:
    return saved("jpg", exif=exif(gps=tags))


def of_camera(tags) -> bytes:
    return saved("jpg", exif=exif(camera=tags))


ADDRESSES = {
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "crs": "http://ns.adobe.com/camera-raw-settings/1.0/",
    "GPano": "http://ns.google.com/photos/1.0/panorama/",
    "GDepth": "http://ns.google.com/photos/1.0/depthmap/",
    "GAudio": "http://ns.google.com/photos/1.0/audio/",
    "hdrgm": "http://ns.adobe.com/hdr-gain-map/1.0/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "own": "http://example.org/own/",
}


def xmp(attributes="", elements="") -> bytes:
    names = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in ADDRESSES.items())
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{rdf}">'
        f'<rdf:Description rdf:about="" {names} {attributes}>{elements}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def bag(name, *values, kind="Bag"):
    return f"<{name}><rdf:{kind}>{''.join(f'<rdf:li>{value}</rdf:li>' for value in values)}</rdf:{kind}></{name}>"


def xmp_segment(*args) -> tuple[int, bytes]:
    return 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(*args)


def extended_xmp(elements) -> list[tuple[int, bytes]]:
    """XMP too long for one segment: in two more, in the wrong order."""
    packet = xmp("", elements)
    half, guid = len(packet) // 2, b"0123456789ABCDEF" * 2
    head = b"http://ns.adobe.com/xmp/extension/\0" + guid
    parts = ((half, packet[half:]), (0, packet[:half]))
    return [(0xE1, head + struct.pack(">II", len(packet), place) + part) for place, part in parts]


def iptc(*datasets: tuple[int, str]) -> bytes:
    return b"".join(
        struct.pack(">BBBH", 0x1C, 2, number, len(text.encode())) + text.encode() for number, text in datasets
    )


def iptc_segment(*datasets) -> tuple[int, bytes]:
    data = iptc(*datasets)
    block = b"8BIM" + struct.pack(">HHI", 1028, 0, len(data)) + data + b"\0" * (len(data) % 2)
    return 0xED, b"Photoshop 3.0\0" + block


def text(keyword, words, *, is_itxt=False):
    info = PngImagePlugin.PngInfo()
    (info.add_itxt if is_itxt else info.add_text)(keyword, words)
    return saved("png", pnginfo=info)


def mp4() -> bytes:
    return struct.pack(">I", 24) + b"ftypmp42\0\0\0\0mp42isom" + struct.pack(">I", 16) + b"mdat" + bytes(range(8))


def small_jpeg(*segments) -> bytes:
    return with_segments(*segments, jpeg=saved("jpg", PHOTO.resize((80, 60)).convert("L")))


def with_mpf(kind, second, *segments) -> bytes:
    """A JPEG with another one of a kind behind it, which MPF announces."""

    def first(place):
        entries = struct.pack("<IIIHHIIIHH", 0x030000, 1, 0, 0, 0, kind, len(second), place, 0, 0)
        tags = (0xB000, 7, 4, b"0100"), (0xB001, 4, 1, b"\2\0\0\0"), (0xB002, 7, len(entries), struct.pack("<I", 50))
        directory = b"".join(struct.pack("<HHI4s", *tag) for tag in tags)
        data = b"II*\0\x08\0\0\0\x03\0" + directory + b"\0\0\0\0" + entries
        return with_segments((0xE2, b"MPF\0" + data), *segments)

    return first(len(first(0)) - first(0).index(b"II*")) + second


def rgba(alpha) -> Image.Image:
    picture = PHOTO.convert("RGBA")
    picture.putalpha(alpha)
    return picture


def of_16_bits(kind) -> bytes:
    """A photo of 16 bits a value, as Pillow does not write it."""
    values = np.asarray(PHOTO).astype(np.uint16) * 257
    width, height = PHOTO.size
    if kind == "ppm":
        return b"P6 %d %d 65535\n" % (width, height) + values.astype(">u2").tobytes()
    rows = b"".join(b"\0" + row.tobytes() for row in values.astype(">u2"))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(rows, 1)),
            (b"IEND", b""),
        )
    )
    return png


def of_10_bits() -> bytes:
    values = (np.asarray(PHOTO).astype(np.uint16) * 257).tobytes()
    deep, file = pillow_heif.from_bytes("RGB;16", PHOTO.size, values), BytesIO()
    deep.save(file, quality=93)
    return file.getvalue()


def with_riff(kind, data) -> bytes:
    """A WebP with a chunk at its end."""
    webp = saved("webp", xmp=xmp())  # so that it has the form to which chunks are added
    grown = webp + kind + struct.pack("<I", len(data)) + data
    return grown[:4] + struct.pack("<I", len(grown) - 8) + grown[8:]


def tiff_with(**tags) -> bytes:
    info = {int(tag.removeprefix("tag")): value for tag, value in tags.items()}
    return saved("tif", tiffinfo=info)


def renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    """Bytes with a name replaced by one of the same length."""
    assert old in data
    return data.replace(old, new[-len(old) :].rjust(len(old), b"u"))


def heic_with(name: bytes) -> bytes:
    """A HEIC with an auxiliary picture: its alpha under another name."""
    data = saved("heic", rgba(PHOTO.convert("L")))
    return renamed(data, b"urn:mpeg:hevc:2015:auxid:1", name)


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def other_profile() -> bytes:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    places = [profile.find(tag, 128) for tag in (b"rXYZ", b"gXYZ")]
    red, green = (int.from_bytes(profile[place + 4 : place + 8], "big") for place in places)
    profile[red : red + 20], profile[green : green + 20] = profile[green : green + 20], profile[red : red + 20]
    return bytes(profile)


LATITUDE = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (48.0, 8.0, 13.5)}
PLACE = {**LATITUDE, GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: (11.0, 34.0, 30.0)}
SECOND = {Base.DateTimeOriginal: "2015:06:01 10:00:00"}
AUDIO = b"RIFF\x10\0\0\0WAVEfmt " + bytes(range(8))
GAIN_MAP = (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp('hdrgm:Version="1.0" hdrgm:GainMapMax="2.3"'))

# What makes a file the richer one: in words, its extension and how it is made. Beside it lies a plain one.
RICHER: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "EXIF: place": ("a place", "jpg", lambda: saved("jpg", exif=exif(gps=PLACE))),
    "EXIF: latitude alone": ("a place", "jpg", lambda: saved("jpg", exif=exif(gps=LATITUDE))),
    "EXIF: altitude": ("an altitude", "jpg", lambda: saved("jpg", exif=exif(gps={GPS.GPSAltitude: 512.0}))),
    "EXIF: date": ("a date", "jpg", lambda: saved("jpg", exif=exif(camera=SECOND))),
    "EXIF: digitized": (
        "a date",
        "jpg",
        lambda: saved("jpg", exif=exif(camera={Base.DateTimeDigitized: "2015:06:01 10:00:00"})),
    ),
    "EXIF: camera": ("a camera", "jpg", lambda: saved("jpg", exif=exif({Base.Make: "Acme", Base.Model: "Phone 3"}))),
    "EXIF: lens": ("a lens", "jpg", lambda: saved("jpg", exif=exif(camera={Base.LensModel: "50 mm"}))),
    "EXIF: exposure": ("an exposure", "jpg", lambda: saved("jpg", exif=exif(camera={Base.ExposureTime: 0.004}))),
    "EXIF: caption": ("a caption", "jpg", lambda: saved("jpg", exif=exif({Base.ImageDescription: "at the lake"}))),
    "EXIF: artist": ("an artist", "jpg", lambda: saved("jpg", exif=exif({Base.Artist: "Ada"}))),
    "EXIF: copyright": ("a copyright notice", "jpg", lambda: saved("jpg", exif=exif({Base.Copyright: "© Ada"}))),
    "EXIF: rating": ("a rating", "jpg", lambda: saved("jpg", exif=exif({18246: 5}))),
    "EXIF: comment": (
        "a comment",
        "jpg",
        lambda: saved("jpg", exif=exif(camera={Base.UserComment: b"ASCII\0\0\0hello"})),
    ),
    "EXIF: area information": ("a note", "jpg", lambda: of_gps({GPS.GPSAreaInformation: b"ASCII\0\0\0Lake"})),
    "EXIF: destination": (
        "a place in view",
        "jpg",
        lambda: of_gps({GPS.GPSDestLatitudeRef: "N", GPS.GPSDestLatitude: (48.0, 8.0, 13.5)}),
    ),
    "EXIF: bearing": ("a direction", "jpg", lambda: of_gps({GPS.GPSDestBearing: 90.0})),
    "EXIF: track": ("a direction", "jpg", lambda: of_gps({GPS.GPSTrack: 90.0})),
    "EXIF: distance": ("a distance", "jpg", lambda: of_gps({GPS.GPSDestDistance: 3.0})),
    "EXIF: speed": ("a speed", "jpg", lambda: of_gps({GPS.GPSSpeedRef: "K", GPS.GPSSpeed: 30.0})),
    "EXIF: time zone alone": ("a note", "jpg", lambda: of_camera({Base.OffsetTimeOriginal: "+02:00"})),
    "EXIF: subject area": ("notes with parts", "jpg", lambda: of_camera({0x9214: (100, 100, 20, 20)})),
    "EXIF: temperature": ("measured surroundings", "jpg", lambda: of_camera({Base.AmbientTemperature: 21.5})),
    "EXIF: image number": ("a note", "jpg", lambda: of_camera({Base.ImageNumber: 4711})),
    "EXIF: classification": ("a note", "jpg", lambda: of_camera({Base.SecurityClassification: "C"})),
    "EXIF: document": ("a note", "jpg", lambda: saved("jpg", exif=exif({Base.DocumentName: "Letters of Ada"}))),
    "EXIF: page": ("a note", "jpg", lambda: saved("jpg", exif=exif({Base.PageName: "Page of Ada"}))),
    "EXIF: rating in percent": ("a rating", "jpg", lambda: saved("jpg", exif=exif({18249: 75}))),
    "XMP: flash": (
        "notes with parts",
        "jpg",
        lambda: with_segments(xmp_segment("", '<exif:Flash exif:Fired="True" exif:Mode="1"/>')),
    ),
    "XMP: keywords of a PDF": ("a note", "jpg", lambda: with_segments(xmp_segment('pdf:Keywords="sea, wind"'))),
    "XMP: identifier": ("a note", "jpg", lambda: with_segments(xmp_segment("", bag("xmp:Identifier", "A 17")))),
    "IPTC: contact": ("a note", "jpg", lambda: with_segments(iptc_segment((118, "Ada, London")))),
    "IPTC: edit status": ("a note", "jpg", lambda: with_segments(iptc_segment((7, "released")))),
    "IPTC: subject code": ("a note", "jpg", lambda: with_segments(iptc_segment((12, "IPTC:15000000")))),
    "EXIF: Windows keywords": (
        "2 keywords",
        "jpg",
        lambda: saved("jpg", exif=exif({Base.XPKeywords: "sea;wind\0".encode("utf-16-le")})),
    ),
    "EXIF: Windows title": (
        "a title",
        "jpg",
        lambda: saved("jpg", exif=exif({Base.XPTitle: "Sea\0".encode("utf-16-le")})),
    ),
    "EXIF: maker notes": (
        "a camera's own notes",
        "jpg",
        lambda: saved("jpg", exif=exif(camera={Base.MakerNote: b"Acme\0\1\2"})),
    ),
    "EXIF in PNG": ("a place", "png", lambda: saved("png", exif=exif(gps=PLACE))),
    "EXIF in WebP": ("a place", "webp", lambda: saved("webp", exif=exif(gps=PLACE))),
    "EXIF in TIFF": ("an artist", "tif", lambda: tiff_with(tag315="Ada")),
    "EXIF in HEIC": ("a camera", "heic", lambda: saved("heic", exif=exif({Base.Make: "Acme"}))),
    "EXIF in AVIF": ("a camera", "avif", lambda: saved("avif", exif=exif({Base.Make: "Acme"}))),
    "XMP: rating": ("a rating", "jpg", lambda: with_segments(xmp_segment('xmp:Rating="5"'))),
    "XMP: rejected": ("a rating", "jpg", lambda: with_segments(xmp_segment('xmp:Rating="-1"'))),
    "XMP: label": ("a label", "jpg", lambda: with_segments(xmp_segment('xmp:Label="Red"'))),
    "XMP: keywords": ("3 keywords", "jpg", lambda: with_segments(xmp_segment("", bag("dc:subject", "a", "b", "c")))),
    "XMP: caption": (
        "a caption",
        "jpg",
        lambda: with_segments(xmp_segment("", bag("dc:description", "lake", kind="Alt"))),
    ),
    "XMP: title": ("a title", "jpg", lambda: with_segments(xmp_segment("", bag("dc:title", "lake", kind="Alt")))),
    "XMP: artist": ("an artist", "jpg", lambda: with_segments(xmp_segment("", bag("dc:creator", "Ada", kind="Seq")))),
    "XMP: copyright": (
        "a copyright notice",
        "jpg",
        lambda: with_segments(xmp_segment("", bag("dc:rights", "©", kind="Alt"))),
    ),
    "XMP: city": ("a note", "jpg", lambda: with_segments(xmp_segment('photoshop:City="Rome"'))),
    "XMP: place": (
        "a place",
        "jpg",
        lambda: with_segments(xmp_segment('exif:GPSLatitude="48,8.226N" exif:GPSLongitude="11,34.5E"')),
    ),
    "XMP: date": ("a date", "jpg", lambda: with_segments(xmp_segment('photoshop:DateCreated="2015-06-01"'))),
    "XMP: of another program": ("a note", "jpg", lambda: with_segments(xmp_segment('own:album="Summer"'))),
    "XMP: faces": (
        "marked faces",
        "jpg",
        lambda: with_segments(
            xmp_segment("", '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:Name>Ada</mwg-rs:Name></mwg-rs:Regions>')
        ),
    ),
    "XMP: settings": ("development settings", "jpg", lambda: with_segments(xmp_segment('crs:Exposure2012="+0.50"'))),
    "XMP in PNG": ("a rating", "png", lambda: text("XML:com.adobe.xmp", xmp('xmp:Rating="4"').decode(), is_itxt=True)),
    "XMP in WebP": ("a rating", "webp", lambda: saved("webp", xmp=xmp('xmp:Rating="4"'))),
    "XMP in TIFF": ("a rating", "tif", lambda: tiff_with(tag700=xmp('xmp:Rating="4"'))),
    "XMP in HEIC": ("a rating", "heic", lambda: saved("heic", xmp=xmp('xmp:Rating="4"'))),
    "XMP in AVIF": ("a rating", "avif", lambda: saved("avif", xmp=xmp('xmp:Rating="4"'))),
    "IPTC: keywords": ("2 keywords", "jpg", lambda: with_segments(iptc_segment((25, "sea"), (25, "wind")))),
    "IPTC: caption": ("a caption", "jpg", lambda: with_segments(iptc_segment((120, "at the lake")))),
    "IPTC: artist": ("an artist", "jpg", lambda: with_segments(iptc_segment((80, "Ada")))),
    "IPTC: headline": ("a title", "jpg", lambda: with_segments(iptc_segment((105, "Lake")))),
    "IPTC: date": ("a date", "jpg", lambda: with_segments(iptc_segment((55, "20150601"), (60, "100000+0000")))),
    "IPTC in TIFF": ("a keyword", "tif", lambda: tiff_with(tag33723=iptc((25, "sea")))),
    "a comment of JPEG": ("a comment", "jpg", lambda: saved("jpg", comment=b"with Ada")),
    "PNG: prompt": ("a note", "png", lambda: text("parameters", "a lake at dawn, oil on canvas")),
    "PNG: description": ("a caption", "png", lambda: text("Description", "a lake")),
    "PNG: title": ("a title", "png", lambda: text("Title", "Lake", is_itxt=True)),
    "PNG: gamma": ("colour tags", "png", lambda: with_chunks((b"gAMA", struct.pack(">I", 100_000)))),
    "PNG: gamma beside a profile": (
        "colour tags",
        "png",
        lambda: with_chunks(
            (b"gAMA", struct.pack(">I", 100_000)),
            png=saved("png", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()),
        ),
    ),
    "PNG: primaries": (
        "colour tags",
        "png",
        lambda: with_chunks((b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))),
    ),
    "PNG: HDR": ("colour tags", "png", lambda: with_chunks((b"cICP", bytes([9, 16, 0, 1])))),
    "a profile": ("colours", "png", lambda: saved("png", icc_profile=other_profile())),
    "C2PA in JPEG": ("content credentials", "jpg", lambda: with_segments((0xEB, b"JP\0\1\0\0\0\1" + b"jumbc2pa"))),
    "C2PA in PNG": ("content credentials", "png", lambda: with_chunks((b"caBX", b"jumbc2pa"))),
    "16 bits: PNG": ("16 bits", "png", lambda: of_16_bits("png")),
    "16 bits: PPM": ("16 bits", "ppm", lambda: of_16_bits("ppm")),
    "gain map: Ultra HDR": (
        "a gain map",
        "jpg",
        lambda: with_mpf(0, small_jpeg(GAIN_MAP), xmp_segment('hdrgm:Version="1.0"')),
    ),
    "gain map: without MPF": ("a gain map", "jpg", lambda: saved("jpg") + small_jpeg(GAIN_MAP)),
    "gain map: HEIC": ("a gain map", "heic", lambda: heic_with(b"urn:com:apple:aux:hdrgainmap")),
    "depth map: HEIC": ("a depth map", "heic", lambda: heic_with(b"urn:mpeg:hevc:2015:auxid:2")),
    "a matte: HEIC": ("a matte", "heic", lambda: heic_with(b"urn:apple:aux:semanticskin")),
    "depth map: XMP": (
        "a depth map",
        "jpg",
        lambda: with_segments(*extended_xmp(f"<GDepth:Data>{'QUJD' * 200}</GDepth:Data>")),
    ),
    "a panorama": (
        "a panorama's view",
        "jpg",
        lambda: with_segments(xmp_segment('GPano:ProjectionType="equirectangular"')),
    ),
    "a sound: XMP": ("a sound", "jpg", lambda: with_segments(xmp_segment("", "<GAudio:Data>QUJD</GAudio:Data>"))),
    "a sound: appended": ("a sound", "jpg", lambda: saved("jpg") + AUDIO),
    "a film: appended": ("a video", "jpg", lambda: saved("jpg") + mp4()),
    "more pictures": ("more pictures", "jpg", lambda: saved("jpg") + small_jpeg()),
    "data appended to JPEG": ("data after its end", "jpg", lambda: saved("jpg") + b"PK\3\4 and more"),
    "data appended to PNG": ("data after its end", "png", lambda: saved("png") + b"PK\3\4 and more"),
    "data appended to WebP": ("data after its end", "webp", lambda: saved("webp") + b"PK\3\4 and more"),
    "data appended to GIF": ("data after its end", "gif", lambda: saved("gif") + b"PK\3\4 and more"),
    "data appended to BMP": ("data after its end", "bmp", lambda: saved("bmp") + b"PK\3\4 and more"),
    "data appended to HEIC": ("data after its end", "heic", lambda: saved("heic") + b"PK\3\4 and more"),
    "a few bytes appended to HEIC": ("data after its end", "heic", lambda: saved("heic") + b"Ada"),
    "a film appended to HEIC": ("a video", "heic", lambda: saved("heic") + mp4()),
    "data appended to AVIF": ("data after its end", "avif", lambda: saved("avif") + b"more, and more"),
    "a comment that begins as of a program": (
        "a comment",
        "jpg",
        lambda: saved("jpg", comment=b"Created with love by Ann"),
    ),
    "a comment of PPM": ("a comment", "ppm", lambda: saved("ppm").replace(b"\n", b"\n# Caption: a lake\n", 1)),
    "PNG: creation time": ("a note", "png", lambda: text("Creation Time", "1 June 2015")),
    "a comment of GIF": ("a comment", "gif", lambda: saved("gif", comment=b"with Ada")),
    "C2PA in WebP": ("content credentials", "webp", lambda: with_riff(b"C2PA", b"jumbc2pa")),
    "10 bits: HEIC": ("10 bits", "heic", lambda: of_10_bits()),
    "layers: Fireworks": ("layers", "png", lambda: with_chunks((b"mkTS", b"layer"))),
    "layers: TIFF": ("layers", "tif", lambda: tiff_with(tag37724=b"Adobe Photoshop Document Data Block\0")),
    "a place on a map": ("a place on a map", "tif", lambda: tiff_with(tag33550=(1.0, 1.0, 0.0))),
    "alpha 254": ("transparency", "png", lambda: saved("png", rgba(254))),
}
PLAIN = {
    "ppm": "png",
    "bmp": "png",
    "gif": "gif",
    "tif": "tif",
    "heic": "heic",
    "avif": "avif",
    "webp": "webp",
    "png": "png",
    "jpg": "jpg",
}


def plain(extension) -> bytes:
    """A file of the photo that carries nothing: other bytes, and for lossless ones the same pixels."""
    if extension == "png":
        return saved("png", compress_level=1)
    return saved("tif", compression="tiff_lzw") if extension == "tif" else saved(extension, quality=90)
