"""What counts and what does not; one thing in several spellings; and values that differ."""

import json
import shutil
import struct
import subprocess

import numpy as np
import pytest
import richer
import tiffs
from hypothesis import given
from hypothesis import strategies as st
from PIL import PngImagePlugin
from richer import Base, exif, iptc_segment, saved, with_segments, xmp_segment

from dupviz.inventory.inventory import Inventory, inventory, metadata, only_in
from dupviz.inventory.table import KINDS

EXIFTOOL = shutil.which("exiftool")


@pytest.fixture
def carried(tmp_path):
    """What a file of some bytes carries."""

    def read(data, name="a.jpg"):
        (tmp_path / name).write_bytes(data)
        return inventory(tmp_path / name)

    return read


def in_exif(main=None, **options) -> bytes:
    return saved("jpg", exif=exif(main, **options))


def utf16(text):
    return f"{text}\0".encode("utf-16-le")


# One thing as EXIF, IPTC, XMP and texts write it.
SPELLINGS = {
    "a caption": (
        in_exif({Base.ImageDescription: "Büro".encode()}),
        in_exif({Base.XPSubject: utf16("Büro")}),
        with_segments(iptc_segment((120, "Büro"))),
        with_segments(xmp_segment("", richer.bag("dc:description", "Büro", kind="Alt"))),
        with_segments(xmp_segment("", richer.bag("dc:description", "Bu\u0308ro ", kind="Alt"))),
        with_segments(xmp_segment('tiff:ImageDescription="Büro"')),
    ),
    "2 keywords": (
        in_exif({Base.XPKeywords: utf16("sea; wind")}),
        with_segments(iptc_segment((25, "wind"), (25, "sea"))),
        with_segments(xmp_segment("", richer.bag("dc:subject", "sea", "wind"))),
        with_segments(iptc_segment((25, "wind")), xmp_segment("", richer.bag("dc:subject", "sea", "wind"))),
    ),
    "a rating": (
        in_exif({18246: 5}),
        with_segments(xmp_segment('xmp:Rating="5"')),
        with_segments(xmp_segment("", "<xmp:Rating>5.0</xmp:Rating>")),
        in_exif({18246: 5, 18249: 99}),
        with_segments(xmp_segment('MicrosoftPhoto:Rating="88"')),
    ),
    "an artist": (
        in_exif({Base.Artist: "Ada"}),
        in_exif({Base.XPAuthor: utf16("Ada")}),
        with_segments(iptc_segment((80, "Ada"))),
        with_segments(xmp_segment("", richer.bag("dc:creator", "Ada", kind="Seq"))),
    ),
    "a place": (
        in_exif(gps=richer.PLACE),
        with_segments(xmp_segment('exif:GPSLatitude="48,8.225N" exif:GPSLongitude="11,34.5E"')),
        with_segments(xmp_segment('exif:GPSLatitude="48,8,13.5N" exif:GPSLongitude="11,34,30E"')),
    ),
    "a date": (
        in_exif(camera=richer.SECOND),
        with_segments(iptc_segment((55, "20150601"), (60, "100000+0200"))),
        with_segments(xmp_segment('exif:DateTimeOriginal="2015-06-01T10:00:00"')),
    ),
    "notes with parts": (
        in_exif(camera={0x9214: (100, 100, 20)}),
        with_segments(xmp_segment("", richer.bag("exif:SubjectArea", 100, 100, 20, kind="Seq"))),
    ),
    "a place in view": (
        in_exif(gps={richer.GPS.GPSDestLatitudeRef: "N", richer.GPS.GPSDestLatitude: (48.0, 8.0, 13.5)}),
        with_segments(xmp_segment('exif:GPSDestLatitude="48,8.225N"')),
    ),
    "an exposure": (
        in_exif(camera={Base.ExposureTime: 0.004}),
        with_segments(xmp_segment('exif:ExposureTime="1/250"')),
    ),
}
# Pairs that differ in a value only.
DIFFERING = {
    "a rating of its own": [with_segments(xmp_segment(f'xmp:Rating="{stars}"')) for stars in (5, 3)],
    "a caption of its own": [in_exif({Base.ImageDescription: text}) for text in ("lake", "sea")],
    "a keyword of its own": [with_segments(iptc_segment((25, "a"), (25, word))) for word in ("b", "c")],
    "a date of its own": [in_exif(camera={Base.DateTimeOriginal: f"2015:06:01 10:00:0{second}"}) for second in (1, 2)],
    "a place of its own": [in_exif(gps={**richer.PLACE, richer.GPS.GPSLatitude: (48.0, 8.0, s)}) for s in (13.5, 13.7)],
    "a place of its own, south": [in_exif(gps={**richer.PLACE, richer.GPS.GPSLatitudeRef: way}) for way in "NS"],
    "an exposure of its own": [in_exif(camera={Base.ExposureTime: seconds}) for seconds in (0.004, 0.005)],
    "a gain map of its own": [saved("jpg") + richer.small_jpeg(richer.GAIN_MAP, (0xFE, mark)) for mark in (b"a", b"b")],
    "a video of its own": [saved("jpg") + richer.mp4() + mark for mark in (b"a", b"b")],
    "layers of its own": [richer.tiff_with(tag37724=b"Adobe" + mark) for mark in (b"a", b"b")],
}
# What programs leave in a file when they save it.
LEFT = {
    "nothing": lambda: saved("jpg", quality=50),
    "EXIF: its own name": lambda: in_exif({Base.Software: "Paint 3.0", Base.DateTime: "2024:01:01 00:00:00"}),
    "EXIF: resolution": lambda: in_exif({Base.XResolution: 300.0, Base.YResolution: 300.0, Base.ResolutionUnit: 2}),
    "EXIF: orientation": lambda: in_exif({Base.Orientation: 1}),
    "EXIF: sizes": lambda: in_exif(camera={Base.ExifImageWidth: 320, Base.ExifImageHeight: 213, Base.ColorSpace: 1}),
    "EXIF: of an array": lambda: in_exif({Base.ImageDescription: '{"shape": [320, 213, 3]}'}),
    "EXIF: its own file name": lambda: in_exif({Base.DocumentName: "/home/ada/lake.tiff"}),
    "EXIF: rating of 0 percent": lambda: in_exif({18249: 0}),
    "XMP: of a PDF's program": lambda: with_segments(xmp_segment('pdf:Producer="Paint"')),
    "EXIF: rating 0": lambda: in_exif({18246: 0}),
    "EXIF: no date": lambda: in_exif(camera={Base.DateTimeOriginal: "0000:00:00 00:00:00"}),
    "EXIF: an empty caption": lambda: in_exif({Base.ImageDescription: "   "}),
    "another resolution": lambda: saved("jpg", dpi=(300, 300)),
    "a profile of sRGB": lambda: saved("jpg", icc_profile=richer.srgb()),
    "progressive": lambda: saved("jpg", progressive=True),
    "comment": lambda: saved("jpg", comment=b"CREATOR: gd-jpeg v1.0 (using IJG JPEG v80), quality = 90"),
    "comment of GIMP": lambda: saved("jpg", comment=b"Created with GIMP"),
    "PPM: of GIMP": lambda: saved("ppm").replace(b"\n", b"\n# Created by GIMP version 2.10 PNM plug-in\n", 1),
    "XMP: its own name": lambda: with_segments(xmp_segment('xmp:CreatorTool="Paint" xmp:ModifyDate="2024-01-01"')),
    "XMP: history": lambda: with_segments(xmp_segment('xmpMM:InstanceID="xmp.iid:1" photoshop:ColorMode="3"')),
    "XMP: format": lambda: with_segments(xmp_segment('dc:format="image/jpeg" tiff:Orientation="1"')),
    "XMP: settings that were used": lambda: with_segments(xmp_segment('crs:Contrast="3" crs:AlreadyApplied="True"')),
    "a preview": lambda: richer.with_mpf(0x010001, richer.small_jpeg()),
    "padding": lambda: saved("jpg") + b"\0" * 100 + b"\r\n",
    "PNG: its own name": lambda: richer.text("Software", "Paint"),
    "PNG: of ImageMagick": lambda: richer.text("date:create", "2024-01-01T00:00:00+00:00"),
    "PNG: gamma of sRGB": lambda: richer.with_chunks((b"gAMA", b"\0\0\xb1\x8f"), (b"sRGB", b"\0")),
    "PNG: time and resolution": lambda: saved("png", dpi=(300, 300)),
    "WebP": lambda: saved("webp"),
    "TIFF": lambda: saved("tif", compression="tiff_lzw", dpi=(300, 300), software="Paint"),
    "BMP": lambda: saved("bmp"),
    "GIF": lambda: saved("gif"),
    "HEIC": lambda: saved("heic"),
    "AVIF": lambda: saved("avif"),
    "opaque": lambda: saved("png", richer.rgba(255)),
    "MPO": lambda: saved("mpo"),
}


def animated(extension, **options) -> bytes:
    frames = [richer.PHOTO.resize((40, 30)).rotate(angle) for angle in (0, 90, 180)]
    return saved(extension, frames[0], **{"save_all": True, "append_images": frames[1:], "loop": 0, **options})


@pytest.mark.parametrize("extension", ["gif", "png", "webp"])
@pytest.mark.parametrize("other", [{"duration": [100, 100, 200]}, {"duration": 100, "loop": 3}])
def test_the_timing_of_equal_frames_counts(extension, other, carried):
    name = f"a.{extension}"
    one, two = carried(animated(extension, duration=100), name), carried(animated(extension, **other), name)
    assert only_in(one, two) == only_in(two, one) == (("timing of its frames of its own",), ())
    assert only_in(one, carried(saved(extension), name)) == ((), ())  # what is still lacks the frames


def test_the_timing_of_frames_is_the_same_in_all_formats(carried):
    found = [
        carried(animated(extension, duration=[100, 200, 300]), f"a.{extension}") for extension in ("gif", "png", "webp")
    ]
    assert {each.carried["timing of its frames"] for each in found} == {("0: 100 200 300",)}


@pytest.mark.parametrize("words", SPELLINGS)
def test_spellings_of_one_thing_are_the_same(words, carried):
    found = [carried(data) for data in SPELLINGS[words]]
    for one in found:
        assert sum(only_in(one, Inventory()), ()) == (words,)
        for other in found:
            assert only_in(one, other) == ((), ())


@pytest.mark.parametrize("words", DIFFERING)
def test_values_count(words, carried):
    one, other = (carried(data) for data in DIFFERING[words])
    expected = words.partition(", ")[0]
    assert sum(only_in(one, other), ()) == sum(only_in(other, one), ()) == (expected,)


@pytest.mark.parametrize("left", LEFT)
def test_what_saving_programs_leave_does_not_count(left, carried):
    assert carried(LEFT[left]()).carried == {}


def test_a_file_has_nothing_that_it_lacks_itself(carried):
    for _, extension, make in richer.RICHER.values():
        found = carried(make(), f"a.{extension}")
        assert only_in(found, found) == ((), ())


@given(st.dictionaries(st.sampled_from([kind.name for kind in KINDS[:5]]), st.sets(st.sampled_from("abc"), min_size=1)))
def test_what_is_only_in_a_file_is_what_it_does_not_share(values):
    """A law of sets: a file lacks nothing of one that carries a part of it, and all of it that an empty one carries."""
    whole = Inventory({name: tuple(sorted(each)) for name, each in values.items()})
    part = Inventory({name: each[:1] for name, each in whole.carried.items()})
    assert only_in(part, whole) == only_in(Inventory(), whole) == ((), ())
    assert len(only_in(whole, Inventory())[1]) == len(values)
    assert len(only_in(whole, part)[1]) == sum(len(each) > 1 for each in values.values())


def test_depth_is_covered_by_more_depth():
    deep, deeper = (Inventory({"more than 8 bits": (bits,)}) for bits in ("10", "16"))
    assert only_in(deep, deeper) == ((), ())
    assert only_in(deeper, deep) == (("16 bits",), ())


def test_names_of_kinds_are_unique_and_metadata_come_first():
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names)
    assert sorted(KINDS, key=lambda kind: not kind.is_metadata) == list(KINDS)


def test_two_comments_of_a_png_are_one_note(carried):
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a lake", zip=True)
    info.add_itxt("workflow", "ü", zip=True)
    assert carried(saved("png", pnginfo=info), "a.png").carried == {
        "a note": ("png:parameters a lake", "png:workflow ü")
    }


@pytest.mark.skipif(not EXIFTOOL, reason="needs exiftool")
@pytest.mark.parametrize("extension", ["jpg", "png", "tif", "webp"])
def test_metadata_are_what_exiftool_reads(extension, tmp_path):
    """Written by exiftool, and read by both."""
    path = tmp_path / f"a.{extension}"
    path.write_bytes(saved(extension))
    written = {
        "XMP-dc:Description": "at the lake",
        "XMP-dc:Title": "Lake",
        "XMP-xmp:Rating": "4",
        "XMP-xmp:Label": "Red",
        "XMP-photoshop:City": "Rome",
        "XMP-dc:Rights": "© Ada",
        "EXIF:Make": "Acme",
        "EXIF:Model": "Phone 3",
        "EXIF:DateTimeOriginal": "2015:06:01 10:00:00",
        "EXIF:Artist": "Ada",
        "EXIF:ExposureTime": "1/250",
        "EXIF:FNumber": "2.8",
        "EXIF:GPSLatitude": "48.137083",
        "EXIF:GPSLatitudeRef": "N",
        "EXIF:GPSLongitude": "11.575",
        "EXIF:GPSLongitudeRef": "W",
        "EXIF:GPSAltitude": "512",
        "EXIF:LensModel": "50 mm",
        "EXIF:UserComment": "hello",
    }
    options = [f"-{tag}={value}" for tag, value in written.items()]
    options += ["-XMP-dc:Subject=sea", "-XMP-dc:Subject=wind", "-XMP-lr:HierarchicalSubject=a|b"]
    subprocess.run([EXIFTOOL, "-q", "-overwrite_original", *options, path], check=True)
    found = metadata(path)
    assert found.pop("exif:GPSLatitude")[0].startswith("48,8.2249")
    assert found.pop("exif:GPSLongitude") == ("11,34.500000W",)
    assert found == {
        "dc:description": ("at the lake",),
        "dc:title": ("Lake",),
        "dc:subject": ("sea", "wind"),
        "dc:rights": ("© Ada",),
        "dc:creator": ("Ada",),
        "xmp:Rating": ("4",),
        "xmp:Label": ("Red",),
        "photoshop:City": ("Rome",),
        "lr:hierarchicalSubject": ("a|b",),
        "tiff:Make": ("Acme",),
        "tiff:Model": ("Phone 3",),
        "exif:DateTimeOriginal": ("2015-06-01T10:00:00",),
        "exif:ExposureTime": ("1/250",),
        "exif:FNumber": ("14/5",),
        "exif:GPSAltitude": ("512",),
        "exif:GPSAltitudeRef": ("0",),
        "exifEX:LensModel": ("50 mm",),
        "exif:UserComment": ("hello",),
    }


@pytest.mark.skipif(not EXIFTOOL, reason="needs exiftool")
def test_iptc_of_exiftool_is_read(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(saved("jpg"))
    tags = {
        "Caption-Abstract": "lake",
        "Keywords": "sea",
        "By-line": "Ada",
        "City": "Rome",
        "DateCreated": "2015:06:01",
    }
    options = [f"-IPTC:{tag}={value}" for tag, value in tags.items()]
    subprocess.run([EXIFTOOL, "-q", "-overwrite_original", *options, path], check=True)
    said = json.loads(subprocess.run([EXIFTOOL, "-j", "-IPTC:all", path], check=True, capture_output=True).stdout)[0]
    assert said["Caption-Abstract"] == "lake"
    assert metadata(path) == {
        "dc:description": ("lake",),
        "dc:subject": ("sea",),
        "dc:creator": ("Ada",),
        "photoshop:City": ("Rome",),
        "photoshop:DateCreated": ("2015-06-01",),
    }


@pytest.mark.parametrize("extension", ["ico", "icns"])
def test_pictures_of_an_icon_but_the_largest_count(extension, carried):
    def icon(angle):
        icons = [richer.PHOTO.resize((side, side)).convert("RGBA") for side in (32, 128)]
        options = {"sizes": [(32, 32), (128, 128)]} if extension == "ico" else {}
        return saved(extension, icons[1], append_images=[icons[0].rotate(angle)], **options)

    one, same, other = (carried(icon(angle), f"a.{extension}") for angle in (0, 0, 180))
    assert only_in(one, same) == ((), ())
    assert only_in(one, other) == only_in(other, one) == (("further sizes of its own",), ())


def test_an_icon_of_one_size_has_no_further_ones(carried):
    assert carried(saved("ico", richer.PHOTO.resize((64, 64)), sizes=[(64, 64)]), "a.ico").carried == {}


def test_photoshop_files_have_layers_depth_and_channels(carried):
    def psd(channels=3, depth=8, layers=0, pixels=b""):
        head = b"8BPS" + struct.pack(">H6xHIIHH", 1, channels, 1, 1, depth, 3) + bytes(4)
        block = b"8BIM" + struct.pack(">HHI", 1060, 0, 0)
        xmp = richer.xmp('xmp:Rating="5"')
        block = block[:-4] + struct.pack(">I", len(xmp)) + xmp
        info = struct.pack(">IIh", 6, 2, layers)
        return head + struct.pack(">I", len(block)) + block + info + pixels

    rating = {"a rating": ("5",)}
    assert carried(psd(), "a.psd").carried == rating
    assert carried(psd(layers=-2), "a.psd").carried.keys() == rating.keys() | {"layers"}
    assert carried(psd(channels=3, depth=16), "a.psd").carried == {**rating, "more than 8 bits": ("16",)}
    assert carried(psd(channels=4, pixels=b"\0\0rgba"), "a.psd").carried.keys() == rating.keys() | {"further channels"}
    transparent = carried(psd(channels=4, layers=-1, pixels=b"\0\0rgba"), "a.psd").carried
    assert transparent.keys() == rating.keys() | {"layers"}
    raw = [carried(psd(channels=5, pixels=b"\0\0rgb" + two), "a.psd") for two in (b"12", b"13", b"12 ")]
    packed = [
        carried(psd(channels=5, pixels=b"\0\1" + b"\0\2" * 5 + b"\0r\0g\0b" + two), "a.psd")
        for two in (b"\0001\0002", b"\0001\0003")
    ]
    for one, other in (raw[:2], packed):
        assert len(one.carried["further channels"]) == 2
        assert only_in(one, other) == (("further channels of its own",), ())
    assert only_in(raw[0], raw[2]) == ((), ())


def test_of_tiff_further_channels_and_pictures_are_told_by_their_pixels(carried):
    def channels(extra):
        return tiffs.deep_tiff(np.full((4, 4, 4), [9, 9, 9, extra]), "<", extra=0)

    def pictures(value, kind=0):
        file = tiffs.Tiff()
        strips = [file.add(bytes([value] * 8)), file.add(bytes(8))]
        places = {tiffs.OFFSETS: ("I", *strips), tiffs.LENGTHS: ("I", 8, 8)}
        further = file.directory({tiffs.KIND: ("I", kind), **places})
        return file.finished(file.directory({tiffs.BITS: ("H", 8), tiffs.SUB_DIRECTORIES: ("I", further)}))

    for make, words in ((channels, "further channels"), (pictures, "more pictures")):
        one, same, other = (carried(make(each), "a.tif") for each in (1, 1, 2))
        assert only_in(one, same) == ((), ())
        assert only_in(one, other) == ((f"{words} of its own",), ())
    assert carried(pictures(1, kind=1), "a.tif").carried == {}, "a smaller version of the first"


def test_jpeg_2000_has_depth_and_xmp(carried):
    def box(kind, data):
        return struct.pack(">I", len(data) + 8) + kind + data

    xmp = bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + richer.xmp('xmp:Rating="5"')
    ihdr = box(b"ihdr", struct.pack(">IIHBBBB", 1, 1, 3, 15, 7, 0, 0))
    jp2 = box(b"jP  ", b"\r\n\x87\n") + box(b"jp2h", ihdr) + box(b"uuid", xmp)
    assert carried(jp2, "a.jp2").carried == {"a rating": ("5",), "more than 8 bits": ("16",)}


def test_raw_data_are_told_by_name_or_content(carried):
    assert carried(b"FUJIFILMCCD-RAW 0201", "a.x").carried.keys() == {"raw data"}
    assert carried(richer.tiff_with(tag50706=b"\1\4\0\0"), "a.tif").carried.keys() == {"raw data"}
    assert carried(b"anything", "a.nef").carried.keys() == {"raw data"}
