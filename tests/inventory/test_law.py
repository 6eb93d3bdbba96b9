"""The law: no file goes by itself while it carries what the one that stays lacks, or has differently."""

import shutil

import pytest
import richer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from richer import Base, exif, saved, with_segments, xmp_segment

from dupviz import find_duplicates
from dupviz.inventory.inventory import inventory, only_in

# Fields of metadata as XMP attributes, and what follows a picture: each with some values.
FIELDS = {
    "rating": ['xmp:Rating="3"', 'xmp:Rating="5"'],
    "label": ['xmp:Label="Red"'],
    "city": ['photoshop:City="Rome"', 'photoshop:City="Oslo"'],
    "place": ['exif:GPSLatitude="48,8.2N" exif:GPSLongitude="11,34.5E"'],
    "panorama": ['GPano:ProjectionType="equirectangular"'],
    "program": ['own:album="Summer"', 'xmpMM:InstanceID="1"'],
}
ARTISTS = st.sampled_from(["", "Ada", "Bo"])
BEHIND = st.sampled_from([b"", b"", richer.mp4(), richer.AUDIO, b"PK\3\4"])


@st.composite
def copies(draw) -> bytes:
    """A JPEG of the photo with some fields."""
    chosen = draw(st.fixed_dictionaries({name: st.sampled_from(["", *values]) for name, values in FIELDS.items()}))
    artist = draw(ARTISTS)
    jpeg = saved("jpg", quality=draw(st.sampled_from([85, 90, 95])), exif=exif({Base.Artist: artist} if artist else {}))
    return with_segments(xmp_segment(" ".join(chosen.values())), jpeg=jpeg) + draw(BEHIND)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(copies(), min_size=2, max_size=5), st.sampled_from(["best", "first_path", "largest_file"]))
def test_what_goes_carries_nothing_that_the_one_that_stays_lacks(tmp_path, files, keep):
    folder = tmp_path / "photos"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number, data in enumerate(files):
        (folder / f"{number}.jpg").write_bytes(data)
    duplicates = find_duplicates(folder, keep=keep, progress=False, cache=False)
    paths, groups = duplicates.images.files["path"], duplicates.groups
    for row in groups[groups["action"] == "remove"].itertuples():
        assert only_in(inventory(row.path), inventory(paths[row.keeper])) == ((), ())
        assert row.keeper not in set(groups.loc[groups["action"] == "remove", "image"])


def test_copies_that_carry_the_same_go(tmp_path):
    """The other side of the law: saved again with all that it carried."""
    everything = with_segments(xmp_segment(" ".join(values[0] for values in FIELDS.values())))
    (tmp_path / "a.jpg").write_bytes(everything)
    (tmp_path / "b.jpg").write_bytes(
        with_segments(xmp_segment(" ".join(values[0] for values in FIELDS.values())), jpeg=saved("jpg", quality=80))
    )
    assert actions(tmp_path) == {"a.jpg": "keep", "b.jpg": "remove"}


def actions(folder, keep="first_path"):
    groups = find_duplicates(folder, keep=keep, progress=False, cache=False).groups
    return dict(zip(groups["path"].str.removeprefix(f"{folder}/"), groups["action"]))


def reasons(folder, keep="first_path"):
    groups = find_duplicates(folder, keep=keep, progress=False, cache=False).groups
    return dict(zip(groups["path"].str.removeprefix(f"{folder}/"), groups["reason"]))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *[(name, "a sidecar") for name in ("b.xmp", "b.jpg.xmp", "b_01.jpg.xmp", "b.jpg.json", "b.jpg.pp3")],
        *[(name, "a film beside it") for name in ("b.mov", "b.MP4", "b.lrv")],
        ("b.wav", "a spoken note beside it"),
    ],
)
@pytest.mark.parametrize("quality", [93, 80])
def test_the_one_with_a_companion_stays_or_is_for_review(name, words, quality, tmp_path):
    """Of byte copies it stays, for nothing else tells them apart; others are for review."""
    (tmp_path / "a.jpg").write_bytes(saved("jpg"))
    (tmp_path / "b.jpg").write_bytes(saved("jpg", quality=quality))
    (tmp_path / name).write_bytes(b"of b")
    if quality == 93:
        assert actions(tmp_path) == {"a.jpg": "remove", "b.jpg": "keep"}
    else:
        assert reasons(tmp_path)["b.jpg"] == f"the only one with {words}"
    beside_a = tmp_path / name.replace("b", "a", 1)
    beside_a.write_bytes(b"of a")
    assert actions(tmp_path) == {"a.jpg": "keep", "b.jpg": "review"}
    beside_a.write_bytes(b"of b")
    assert actions(tmp_path) == {"a.jpg": "keep", "b.jpg": "remove"}


def test_what_a_mac_keeps_beside_a_file_is_none_that_is_missed(tmp_path):
    for name, quality in (("a.jpg", 93), ("b.jpg", 80)):
        (tmp_path / name).write_bytes(saved("jpg", quality=quality))
    (tmp_path / "._b.jpg").write_bytes(b"\0\5\x16\7 fetched today")
    assert actions(tmp_path) == {"a.jpg": "keep", "b.jpg": "remove"}
    (tmp_path / "._b.jpg").unlink()
    (tmp_path / "b.xmp").write_bytes(b"")
    assert actions(tmp_path) == {"a.jpg": "keep", "b.jpg": "review"}


def test_of_byte_copies_those_with_other_companions_are_for_review(tmp_path):
    for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg"):
        (tmp_path / name).write_bytes(saved("jpg"))
    for name in ("b.xmp", "c.xmp", "c.aae"):
        (tmp_path / name).write_text(name)
    assert actions(tmp_path) == {"a.jpg": "remove", "b.jpg": "review", "c.jpg": "keep", "d.jpg": "remove"}
    assert reasons(tmp_path)["b.jpg"] == "the only one with a sidecar"


def test_a_byte_copy_of_a_file_that_goes_is_for_review_with_its_companion(tmp_path):
    (tmp_path / "a.jpg").write_bytes(saved("jpg"))
    for name in ("b.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(saved("jpg", quality=80))
    (tmp_path / "c.xmp").write_text("c")
    found = reasons(tmp_path)
    assert (found["c.jpg"], actions(tmp_path)["a.jpg"]) == ("the only one with a sidecar", "keep")


def test_a_companion_of_both_is_none_that_is_lost(tmp_path):
    (tmp_path / "a.jpg").write_bytes(saved("jpg"))
    (tmp_path / "a.png").write_bytes(saved("png"))
    (tmp_path / "a.xmp").write_text("of both")
    assert sorted(actions(tmp_path, keep="largest_file").values()) == ["keep", "remove"]


def test_a_protected_copy_stays_whatever_lies_beside_the_other(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.jpg").write_bytes(saved("jpg"))
    (tmp_path / "two" / "a.xmp").write_text("two")
    groups = find_duplicates(tmp_path, protect=[tmp_path / "one"], progress=False, cache=False).groups
    assert groups["action"].tolist() == ["keep", "review"]
    assert groups["path"].iloc[0] == str(tmp_path / "one" / "a.jpg")
