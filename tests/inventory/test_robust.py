"""Broken and hostile files say nothing, or what comes before the damage; none raises, none takes long."""

import struct
import time
import zlib

import pytest
import richer
from hypothesis import given
from hypothesis import strategies as st

from dupviz.inventory.containers import READERS, read_container
from dupviz.inventory.inventory import inventory
from dupviz.inventory.properties import properties_of
from dupviz.inventory.table import KINDS, Facts
from dupviz.inventory.xmp import properties_of_xmp

MAGIC = [
    b"\xff\xd8\xff\xe1",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\0\0\0\0WEBP",
    b"GIF89a",
    b"II*\0\x08\0\0\0",
    b"MM\0+\0\x08\0\0",
]
MAGIC += [
    b"\0\0\0\x18ftypheic",
    b"\0\0\0\x0cjP  \r\n\x87\n",
    b"8BPS\0\1",
    b"\0\0\1\0",
    b"P6 1 1 65535\n",
    b"BM",
    b"icns",
]

_made: dict[str, bytes] = {}


def made(case) -> bytes:
    if case not in _made:
        _made[case] = richer.RICHER[case][2]()
    return _made[case]


def read(data: bytes):
    """All that is read from bytes."""
    content = read_container(data, ".x")
    facts = Facts(content, properties_of(content))
    return {kind.name: list(kind.read(facts)) for kind in KINDS}


def test_each_reader_has_a_beginning_here():
    assert all(any(pattern.match(magic.ljust(32, b"\0")) for magic in MAGIC) for pattern, _ in READERS)


@given(st.sampled_from(MAGIC), st.binary(max_size=400))
def test_any_bytes_can_be_read(magic, rest):
    read(magic + rest)


@given(st.sampled_from(sorted(richer.RICHER)), st.data())
def test_damaged_files_can_be_read(case, draw):
    """Some bytes changed, of which many are among the headers, and the end cut off."""
    data = bytearray(made(case))
    for _ in range(draw.draw(st.integers(1, 8))):
        place = draw.draw(st.one_of(st.integers(0, min(600, len(data) - 1)), st.integers(0, len(data) - 1)))
        data[place] = draw.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFE, 0xFF]))
    read(bytes(data[: draw.draw(st.one_of(st.just(len(data)), st.integers(0, len(data))))]))


@pytest.mark.parametrize(
    "packet",
    [
        b'<!DOCTYPE x [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;">]>'
        + richer.xmp("", "<dc:format>&b;</dc:format>"),
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + richer.xmp('xmp:Rating="5"'),
        '<!DOCTYPE x [<!ENTITY a "x">]><x>&a;</x>'.encode("utf-16"),
        b"<a>" * 1_000_000,
        b"<a/>" * 1_000_000,
        b"<a>" + b"<b/>" * 1_000_000 + b"</a>",
        richer.xmp("", "").replace(b"<rdf:Description", b"<rdf:Description/>" * 90_000 + b"<rdf:Description", 1),
        b'<?xml version="1.0" encoding="none"?><a/>',
        b"\xff\xfe",
        b"",
    ],
)
def test_hostile_xmp_says_nothing_at_once(packet):
    start = time.process_time()
    assert list(properties_of_xmp(packet)) == []
    assert time.process_time() - start < 10


def test_xmp_of_any_encoding_is_read():
    packet = richer.xmp('xmp:Rating="5"').decode()
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        for padding in (b"", b"\n" * 1000, b"\0"):
            assert ("xmp:Rating", "5", False) in list(properties_of_xmp(packet.encode(encoding) + padding))


def test_a_text_that_was_blown_up_is_cut(tmp_path):
    bomb = b"parameters\0\0" + zlib.compress(bytes(100_000_000), 9)
    (tmp_path / "a.png").write_bytes(richer.with_chunks((b"zTXt", bomb)))
    start = time.process_time()
    inventory(tmp_path / "a.png")
    assert time.process_time() - start < 10


@pytest.mark.parametrize("order", ["<", ">"])
def test_directories_that_point_at_each_other_end(order):
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    circle = struct.pack(f"{order}HHHIII", 1, 34665, 4, 1, 8, 8)
    assert not any(read(head + circle).values())


def test_a_tag_of_gigabytes_is_no_more_than_the_file(tmp_path):
    entries = b"".join(struct.pack("<HHII", tag, 7, 2**32 - 1, 0) for tag in (270, 315, 700, 33723, 34675, 37724))
    (tmp_path / "a.tif").write_bytes(b"II*\0\x08\0\0\0" + struct.pack("<H", 6) + entries + bytes(4 + 50_000_000))
    start = time.process_time()
    inventory(tmp_path / "a.tif")
    assert time.process_time() - start < 10


def box(kind, data):
    return struct.pack(">I", len(data) + 8) + kind + data


def heic_of_empty_parts(items):
    """Each item has 65,535 parts, which take no bytes to name."""
    listed = b"".join(struct.pack(">HHHH", item, 0, 0, 65_535) for item in range(items))
    places = box(b"iloc", b"\1\0\0\0\0\0" + struct.pack(">H", items) + listed)
    return box(b"ftyp", b"heic\0\0\0\0") + box(b"meta", bytes(4) + places)


def tiff_of_one_directory(number):
    """A large directory, which the first one names many times."""
    places = (
        struct.pack("<H", 2) + struct.pack("<HHII", 330, 4, number, 38) + struct.pack("<HHII", 34665, 4, number, 38)
    )
    many = struct.pack("<H", 65_535) + b"".join(struct.pack("<HHII", tag, 3, 1, 0) for tag in range(65_535))
    start = 38 + 4 * number
    return b"II*\0\x08\0\0\0" + places + bytes(4) + struct.pack("<I", start) * number + many


@pytest.mark.parametrize(
    "data",
    [
        heic_of_empty_parts(2000),
        tiff_of_one_directory(256),
        richer.with_segments(*[richer.xmp_segment('dc:format="' + "x" * 60_000 + '"')] * 10)
        + b"\xff\xd8\xff\xd9" * 200_000,
        richer.saved("jpg") + bytes(60_000_000),
        richer.with_chunks(*[(b"zTXt", b"prompt\0\0" + zlib.compress(bytes(4_000_000), 9))] * 500),
    ],
    ids=["parts of no bytes", "one directory often", "tiny pictures", "padding", "texts"],
)
def test_what_is_named_many_times_takes_no_time(data, tmp_path):
    (tmp_path / "a.x").write_bytes(data)
    start = time.process_time()
    inventory(tmp_path / "a.x")
    assert time.process_time() - start < 10


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        inventory(tmp_path / "none.jpg")
