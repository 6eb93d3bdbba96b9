"""A sidecar says what was put into it, to our own reader and to exiftool; and nothing of a file is left out."""

import json
import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupviz._disk.companions import sidecars_of
from dupviz.inventory.beside import metadata_with
from dupviz.inventory.carry import OtherValueError, carried_over, obstacle_words
from dupviz.inventory.content import Content
from dupviz.inventory.properties import properties_of
from dupviz.inventory.sidecar import FORMS, LISTS, UnwritableError, packet

NAMES = ["dc:description", "dc:subject", "dc:creator", "dc:rights", "xmp:Rating", "xmp:Label", "photoshop:City"]
NAMES += ["png:prompt", "{http://example.com/ns?a=1&b=2}note", "Iptc4xmpCore:Scene", "exif:UserComment"]
# What readers make of line ends and white space at the ends is theirs.
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"], exclude_characters="\ufffe\uffff\u0301"), min_size=1)


def values_of(name):
    return st.lists(TEXT, min_size=1, max_size=4 if name in LISTS else 1, unique=True).map(tuple)


NOTES = st.fixed_dictionaries({}, optional={name: values_of(name) for name in NAMES})


def read(content):
    return properties_of(Content(xmp=[content])).simple


@given(NOTES)
def test_what_is_written_is_read_again(notes):
    read_again = read(packet(notes))
    assert {name: tuple(map(normal, values)) for name, values in notes.items() if counts(values)} == {
        name: values for name, values in read_again.items() if counts(values)
    }


def normal(value):
    return unicodedata.normalize("NFC", value)


def counts(values):
    """Ratings of 0 say nothing, and values that differ in the form of their accents are one."""
    return values != ("0",) and len(set(map(normal, values))) == len(values)


@given(NOTES)
def test_the_order_of_properties_changes_nothing(notes):
    assert packet(dict(reversed(notes.items()))) == packet(notes)


@pytest.mark.parametrize(
    ("notes", "words"),
    [
        ({"unknown:Name": ("a",)}, "no namespace"),
        ({"Name": ("a",)}, "no namespace"),
        ({"{}Name": ("a",)}, "no namespace"),
        ({"png:1/2": ("a",)}, "no property can be called"),
        ({"dc:title": ("a", "b")}, "holds one value, got 2"),
        ({"dc:title": ("a\0b",)}, "characters that XML cannot hold"),
        ({"dc:subject": ("a", "\ud800")}, "characters that XML cannot hold"),
        ({"{http://a\0}b": ("a",)}, "no namespace"),
    ],
)
def test_what_no_sidecar_can_hold_is_refused(notes, words):
    with pytest.raises(UnwritableError, match=words):
        packet(notes)


@given(NOTES, NOTES, NOTES)
def test_after_two_files_nothing_of_either_is_missing(kept, one, other):
    """In what stays and its sidecar; and a file that is covered adds nothing."""
    carried = {}
    for notes in (one, other):
        try:
            carried = carried_over(carried, kept, notes)
        except OtherValueError:
            continue
        assert carried_over(carried, kept, notes) == carried
        for name, values in notes.items():
            assert set(values) <= {*kept.get(name, ()), *carried.get(name, ())}
    assert not any(set(carried[name]) <= set(kept.get(name, ())) for name in carried), "what was there already"
    assert all(set(kept.get(name, ())) <= set(values) for name, values in carried.items()), "a list is shortened"


@pytest.mark.parametrize(
    ("name", "kept", "notes", "kind"),
    [
        ("xmp:Rating", "3", "5", "a rating"),
        ("dc:description", "a cat", "a dog", "a caption"),
        ("tiff:Make", "one", "other", "a camera"),
        ("photoshop:City", "Paris", "Rome", "a note"),
        ("exif:GPSLatitude", "48,0.5N", "48,0.6N", "a place"),
    ],
)
def test_of_two_values_where_there_can_be_one_none_is_dropped(name, kept, notes, kind):
    both = {"exif:GPSLongitude": ("2,0E",)} if "GPS" in name else {}
    with pytest.raises(OtherValueError) as error:
        carried_over({}, {name: (kept,), **both}, {name: (notes,), **both})
    assert error.value.kind == kind


def test_what_counts_as_the_same_is_not_carried():
    place = {"exif:GPSLatitude": ("48,51.50000N",), "exif:GPSLongitude": ("2,20.25000E",)}
    rounded = {"exif:GPSLatitude": ("48,51.50010N",), "exif:GPSLongitude": ("2,20.25E",)}
    assert carried_over({}, place, rounded) == {}
    assert (
        carried_over({}, {"exif:DateTimeOriginal": ("2020-01-02T03:04:05.67",)}, {"xmp:CreateDate": ("2020-01-02",)})
        == {}
    )


def test_only_what_is_missing_is_carried():
    """Of a kind of which something is missing, not what is there; and nothing that no sidecar can hold."""
    title = {"dc:title": ("a",)}
    assert carried_over({}, title, {**title, "photoshop:Headline": ("b",)}) == {"photoshop:Headline": ("b",)}
    city, others = {"photoshop:City": ("Rome",)}, {"xmp:Rating": ("5.0",), "GPano:ProjectionType": ("round",)}
    assert carried_over({}, {"xmp:Rating": ("5",)}, {**others, **city}) == city


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OtherValueError("a rating"), "there is a rating already, another one"),
        (OSError(2, "No such file or directory"), "No such file or directory"),
        (OSError("timed out"), "timed out"),
        (UnwritableError("no namespace is known of 'a'"), "no namespace is known of 'a'"),
    ],
)
def test_why_nothing_can_be_carried_over_is_said(error, words):
    assert obstacle_words(error) == words


def test_the_side_of_sea_level_goes_with_the_altitude():
    notes = {"exif:GPSAltitude": ("12",), "exif:GPSAltitudeRef": ("1",)}
    assert carried_over({}, {}, notes) == notes
    assert carried_over({}, notes, notes) == {}


@pytest.mark.parametrize("name", ["a.jpg.xmp", "a.xmp", "A.JPG.XMP"])
def test_what_a_sidecar_says_belongs_to_its_picture(name, tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xd9")
    assert metadata_with(sidecars_of(str(tmp_path / "a.jpg")), str(tmp_path / "a.jpg")) == {}
    (tmp_path / name).write_bytes(packet({"xmp:Rating": ("5",)}))
    (tmp_path / "ab.xmp").write_bytes(packet({"xmp:Label": ("Red",)}))
    assert metadata_with(sidecars_of(str(tmp_path / "a.jpg")), str(tmp_path / "a.jpg")) == {"xmp:Rating": ("5",)}


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_reads_what_is_written(tmp_path):
    notes = {name: ("one <&> ü 🐈", "two") if name in LISTS else ("one <&> ü 🐈\nline",) for name in FORMS}
    notes |= {"xmp:Rating": ("5",), "exif:ISOSpeedRatings": ("100", "200"), "exif:GPSLatitude": ("48,30N",)}
    notes |= {"exif:DateTimeOriginal": ("2020-01-02T03:04:05",), "exif:FNumber": ("28/10",), "dc:date": ("2020-01-02",)}
    (tmp_path / "a.xmp").write_bytes(packet(notes))
    command = ["exiftool", "-j", "-n", "-G1", "-charset", "utf8", "-validate", "-warning", "-all", "a.xmp"]
    out = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    (found,) = json.loads(out)
    found = {key.lower(): value for key, value in found.items()}
    assert found.pop("exiftool:validate") == "0 0 0", found
    spelled = {"xmp:rating": 5, "exif:isospeedratings": [100, 200], "exif:gpslatitude": 48.5}
    spelled |= {"exif:fnumber": 2.8, "exif:datetimeoriginal": "2020:01:02 03:04:05", "dc:date": "2020:01:02"}
    groups = {"iptc4xmpcore": "iptccore", "iptc4xmpext": "iptcext"}
    names = {"exif:isospeedratings": "exif:iso"}
    for name, values in notes.items():
        prefix, _, local = name.lower().partition(":")
        key = f"{groups.get(prefix, prefix)}:{local}"
        want = spelled.get(name.lower(), list(values) if name in LISTS else values[0])
        assert found[f"xmp-{names.get(key, key)}"] == want, name


def test_of_a_file_that_is_called_a_sidecar_no_more_is_read_than_one_has(tmp_path, monkeypatch):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xd9")
    written = packet({"xmp:Rating": ("5",)})
    (tmp_path / "a.xmp").write_bytes(written + b"<more/>")
    monkeypatch.setattr("dupviz.inventory.beside.LARGEST_PACKET", len(written))
    assert metadata_with([str(tmp_path / "a.xmp")], str(tmp_path / "a.jpg")) == {"xmp:Rating": ("5",)}
