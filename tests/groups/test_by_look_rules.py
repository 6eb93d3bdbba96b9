"""What follows from looks, rule by rule, with made-up looks at images without files."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_up import image_set, made_up_pairs
from noted import write_noted

from dupviz.groups import by_look
from dupviz.groups.by_look import ByLook
from dupviz.groups.grouping import Rules
from dupviz.look.look import LOOK_NUMBERS, Look
from dupviz.proposers.candidates import Candidates, Proposals

SAME, EDITED, DIFFERENT = Look("same", "re-encoded"), Look("edited", "edited"), Look("different", "")
FLAT, SMALL = Look("different", "flat"), Look("too small to tell", "")


class ToldLooks:
    """Looks and digests that are given, and what was asked for."""

    def __init__(self, looks, digests=(), otherwise=DIFFERENT):
        self.looks, self.digests, self.otherwise, self.asked, self.saved = looks, dict(digests), otherwise, [], 0
        self.seconds = 0.0

    def known(self, keeper, image, *how):
        return self.looks.get((keeper, image), self.otherwise)

    def at(self, keeper, image, rotation, mirrored, box):
        self.asked.append((keeper, image))
        return self.looks.get((keeper, image), self.otherwise)

    def digest(self, row):
        return self.digests.get(row, b"")

    def save(self):
        self.saved += 1


# What the MSE calls near, and the look another picture.
NEAR = ("review", "near by the MSE, but not at a closer look")


def images_of(n, *, bytes=None):
    """Images of which the first is the best, the second the next best."""
    images = image_set(np.arange(n, dtype=np.uint8)[:, None, None, None].repeat(4, 1).repeat(4, 2).repeat(3, 3))
    images.files["bytes"] = np.arange(n)[::-1] + 1 if bytes is None else bytes
    images.files["path"] = pd.Series([f"folder{row}/{row:03}.jpg" for row in range(n)], dtype=object)
    images.files["contrast"] = 1000.0
    images.files[["width", "height"]] = 2
    images.files["modified"] = pd.Timestamp("2020-02-02", tz="UTC")
    return images


def grouped(looks, pairs, n, *, proposals=None, leader=None, images=None, **options):
    """Groups of n images, of which some pairs are near: (a, b, mse)."""
    images = images or images_of(n)
    a, b, mse = zip(*pairs) if pairs else ((), (), ())
    near = made_up_pairs(images, a, b, mse, leader=leader)
    candidates = Candidates.join(images, near, proposals or {})
    return ByLook(images, candidates, looks, Rules(**{"keep": "largest_file", **options}))


def actions(grouping, threshold=200.0):
    """For each file that is not kept: the one that stays for it, its action and the reason."""
    members = grouping.members(threshold, workers=1)
    return {row.image: (row.keeper, row.action, row.reason) for row in members.itertuples()}


@pytest.mark.parametrize(
    ("look", "threshold", "expected"),
    [
        (Look("same", "byte copy"), 200.0, ("remove", "exact copy")),
        (Look("same", "byte copy", more_b="a video"), 200.0, ("remove", "exact copy")),
        (Look("same", "same pixels"), 200.0, ("remove", "the same pixels")),
        (Look("same", "re-encoded"), 3.1, ("remove", "saved again")),
        (Look("same", "turned"), 200.0, ("remove", "turned copy")),
        (Look("same", "mirrored"), 200.0, ("remove", "mirrored copy")),
        (Look("same", "cropped"), 200.0, ("review", "the same picture, cropped")),
        (Look("same", "border"), 200.0, ("review", "the same picture, with a border around one of them")),
        (Look("same", "re-encoded", more_a="a video"), 200.0, ("remove", "saved again")),
        (Look("same", "re-encoded", more_b="a video"), 200.0, ("review", "the only one with a video")),
        (Look("same", "re-encoded"), 3.0, ("review", "the same picture, but its MSE is not below 3")),
        (Look("same", "cropped"), 3.0, ("review", "the same picture, cropped")),
        (Look("same", "border"), 3.0, ("review", "the same picture, with a border around one of them")),
        (Look("same", "cropped", more_b="colour"), 3.0, ("review", "the only one with colour")),
        (Look("same", "light"), 200.0, ("review", "the same picture in other light")),
        (Look("same", "colour"), 200.0, ("review", "the same picture in other colours")),
        (Look("same", "light", more_b="a video"), 200.0, ("review", "the same picture in other light")),
        (Look("edited", "edited"), 200.0, ("review", "edited: look at the marked place")),
        (Look("edited", "moved"), 200.0, ("review", "the camera has moved")),
        (Look("edited", "stretched"), 200.0, ("review", "other proportions")),
        (Look("edited", "more frames"), 200.0, ("review", "more frames, or pages")),
        (Look("edited", "transparency"), 200.0, ("review", "differs where it is transparent")),
        (Look("edited", "transparency"), 3.1, ("review", "differs where it is transparent")),
        (Look("edited", "transparency"), 3.0, ("keep", "")),
        (
            Look("edited", "ground"),
            200.0,
            ("review", "the same picture on another ground: one of them is transparent"),
        ),
        (
            Look("edited", "depth"),
            200.0,
            ("review", "the same in 8 bits, but the bits beyond these differ"),
        ),
        (Look("edited", "tilted", tilt=2.5), 200.0, ("review", "the same picture, turned by 2.5°")),
        (Look("edited", "tone"), 200.0, ("review", "the same picture, in another tone")),
        (Look("edited", "part"), 200.0, ("review", "one shows the other, or a part of it, among other things")),
        (
            Look("edited", "retaken"),
            200.0,
            ("review", "the same picture, seen from aside, as in a photo of a screen or a print"),
        ),
        (Look("edited", "turned"), 200.0, ("review", "the same picture, but turned")),
        (Look("edited", "mirrored"), 200.0, ("review", "the same picture, but mirrored")),
        (Look("edited", "burst"), 200.0, ("review", "another shot of the same moment")),
        (Look("edited", "light"), 200.0, ("review", "the same picture in other light")),
        (Look("edited", "colour"), 200.0, ("review", "the same picture in other colours")),
        (Look("edited", "cropped"), 200.0, ("review", "the same picture, cropped")),
        (Look("edited", "border"), 200.0, ("review", "the same picture, with a border around one of them")),
        (Look("edited", "noisier"), 200.0, ("review", "the same picture, but noisier")),
        (Look("edited", "less noise"), 200.0, ("review", "the same picture, but with less noise")),
        (Look("edited", "softer"), 200.0, ("review", "the same picture, but softer")),
        (Look("edited", "sharper"), 200.0, ("review", "the same picture, but sharper")),
        (Look("edited", "fewer colours"), 200.0, ("review", "the same picture, but with fewer colours")),
        (Look("edited", "more colours"), 200.0, ("review", "the same picture, but with more colours")),
        (
            Look("edited", "re-encoded"),
            200.0,
            ("review", "the same picture, but it differs by more than saving explains"),
        ),
        (Look("same", "noisier"), 200.0, ("remove", "noisier copy")),
        (Look("same", "less noise"), 200.0, ("remove", "copy with less noise")),
        (Look("same", "softer"), 200.0, ("remove", "softer copy")),
        (Look("same", "sharper"), 200.0, ("remove", "sharper copy")),
        (Look("same", "fewer colours"), 200.0, ("remove", "copy with fewer colours")),
        (Look("same", "more colours"), 200.0, ("remove", "copy with more colours")),
        (FLAT, 200.0, ("review", "almost one colour: nothing to compare")),
        (DIFFERENT, 200.0, ("keep", "")),
        (SMALL, 200.0, ("review", "too small to tell")),
        (Look("unreadable", ""), 200.0, ("review", "cannot be read again, or has changed since")),
    ],
)
def test_what_a_look_says_and_the_threshold_decide(look, threshold, expected):
    """Of two images with an MSE of 3."""
    found = grouped(ToldLooks({(0, 1): look}), [], 2).link(0, 1, threshold)
    assert (found.action, found.reason) == expected


@pytest.mark.parametrize(
    ("symmetry", "asked", "expected"),
    [
        (3, "rotations", ("remove", "saved again")),
        (4, "rotations", ("review", "the same picture, but mirrored")),
        (4, "dihedral", ("remove", "saved again")),
        (1, "none", ("review", "the same picture, but turned")),
    ],
)
def test_what_matches_in_a_symmetry_that_was_not_asked_for_is_for_review(symmetry, asked, expected):
    images = images_of(2)
    near = made_up_pairs(images, [], [], [])
    far = np.zeros(1)
    ends = np.zeros(1, np.int64), np.ones(1, np.int64)
    waves = Proposals(*ends, np.array([1 << symmetry], np.uint8), far)
    candidates = Candidates.join(images, replace(near, symmetries=asked), {"waves": waves})
    grouping = ByLook(images, candidates, ToldLooks({(0, 1): SAME}), Rules("largest_file"))
    assert actions(grouping) == {1: (0, *expected)}


@pytest.mark.parametrize(("pixels", "reason"), [((20, 10), "smaller copy"), ((10, 20), "larger copy")])
def test_a_resized_copy_is_smaller_or_larger(pixels, reason):
    images = images_of(2)
    images.files["width"], images.files["height"] = pixels, (3, 3)
    looks = {(0, 1): Look("same", "resized")}
    assert actions(grouped(ToldLooks(looks), [(0, 1, 9)], 2, images=images)) == {1: (0, "remove", reason)}
    looks = {(0, 1): Look("same", "resized", more_b="colour")}
    expected = {1: (0, "review", "the only one with colour")}
    assert actions(grouped(ToldLooks(looks), [(0, 1, 9)], 2, images=images)) == expected


def test_pixels_are_width_times_height():
    images = images_of(2)
    images.files["width"], images.files["height"] = (4, 3), (3, 1)
    grouping = grouped(ToldLooks({(0, 1): Look("same", "resized")}), [(0, 1, 9)], 2, images=images)
    assert grouping.link(0, 1, 200.0).reason == "smaller copy"


def proposals(a, b, far):
    a, b = np.array(a, np.int64), np.array(b, np.int64)
    return Proposals(a, b, np.ones(len(a), np.uint8), np.array(far, np.float64))


def test_so_many_of_the_nearest_are_looked_at_for_each_that_proposes():
    """The last of 21 files is near five others for each of four proposers."""
    rows = np.arange(20).reshape(4, 5)
    far = [5, 3, 1, 4, 2]
    others = {
        name: proposals(some, [20] * 5, far) for name, some in zip(("ground", "light", "part"), rows[1:], strict=True)
    }
    looks = ToldLooks({})
    pairs = [(row, 20, mse) for row, mse in zip(rows[0].tolist(), far)]
    assert actions(grouped(looks, pairs, 21, proposals=others)) == {20: (2, *NEAR)}
    assert looks.asked == [(row, 20) for row in (2, 4, 1, 7, 9, 12, 14, 17, 19)]
    assert looks.saved == 1


def test_a_file_goes_for_the_nearest_of_its_picture_that_stays():
    looks = ToldLooks({(0, 3): EDITED, (1, 3): SAME, (2, 3): SAME})
    assert actions(grouped(looks, [(0, 3, 1), (1, 3, 2), (2, 3, 3)], 4)) == {3: (1, "remove", "saved again")}
    assert looks.asked == [(0, 3), (1, 3)]


def test_without_one_it_is_for_review_beside_the_nearest_that_stays_for_sure():
    edited = dict.fromkeys([(0, 1), (1, 3), (2, 3)], EDITED)
    pairs = [(0, 1, 5), (1, 3, 1), (2, 3, 2)]
    assert actions(grouped(ToldLooks(edited), pairs, 4))[3][0] == 2
    assert actions(grouped(ToldLooks(edited | {(2, 3): DIFFERENT}), pairs, 4))[3][0] == 1
    edited |= {(0, 2): EDITED}
    assert actions(grouped(ToldLooks(edited), [*pairs, (0, 2, 5)], 4))[3][0] == 1


def test_the_first_that_stays_for_sure_is_the_one_to_be_compared_with():
    looks = ToldLooks(dict.fromkeys([(0, 2), (1, 2)], EDITED))
    assert actions(grouped(looks, [(0, 2, 2), (1, 2, 1)], 3))[2][0] == 1


def test_what_the_mse_calls_near_is_not_dropped_unless_it_is_beyond_the_threshold():
    """And it gives way to any other reason for a review."""
    assert actions(grouped(ToldLooks({}), [(0, 1, 199)], 2)) == {1: (0, *NEAR)}
    assert actions(grouped(ToldLooks({}), [(0, 1, 200)], 2)) == {}
    looks = ToldLooks({(1, 2): EDITED})
    assert actions(grouped(looks, [(0, 2, 1), (1, 2, 2)], 3))[2][0] == 1


def test_nothing_more_is_looked_at_beside_a_flat_picture():
    looks = ToldLooks({(0, 2): FLAT})
    assert actions(grouped(looks, [(0, 2, 1), (1, 2, 2)], 3))[2][:2] == (0, "review")
    assert looks.asked == [(0, 2)]


def test_what_goes_stays_for_nobody_and_what_is_for_review_does():
    chain = [(0, 1, 1), (1, 2, 1)]
    assert actions(grouped(ToldLooks(dict.fromkeys([(0, 1), (1, 2)], SAME)), chain, 3)) == {
        1: (0, "remove", "saved again")
    }
    looks = ToldLooks({(0, 1): EDITED, (1, 2): SAME})
    assert {row: (keeper, action) for row, (keeper, action, _) in actions(grouped(looks, chain, 3)).items()} == {
        1: (0, "review"),
        2: (1, "remove"),
    }


def test_pairs_that_were_told_apart_are_not_looked_at_whichever_is_named_first():
    for apart in ([(0, 1)], [(1, 0)]):
        looks = ToldLooks({(0, 1): SAME, (0, 2): SAME})
        assert actions(grouped(looks, [(0, 1, 1), (0, 2, 1)], 3, different=apart)).keys() == {2}
        assert looks.asked == [(0, 2)]


@pytest.fixture
def every_path_is_there(monkeypatch):
    monkeypatch.setattr("os.path.lexists", lambda path: True)


def test_protected_files_stay_and_others_go_for_them(every_path_is_there):
    looks = ToldLooks({}, otherwise=SAME)
    grouping = grouped(looks, [(0, 1, 1), (1, 2, 1), (0, 2, 1)], 3, protect=["folder2", "folder1"])
    assert actions(grouping) == {0: (1, "remove", "saved again")}
    assert looks.asked == [(1, 0)]


@pytest.mark.parametrize("at_a_time", [1, 2, 5])
def test_looking_ahead_changes_nothing(monkeypatch, every_path_is_there, at_a_time):
    rng = np.random.default_rng(0)
    pairs = [(a, b, rng.integers(1, 300)) for b in range(12) for a in range(b)]
    looks = {(a, b): [SAME, EDITED, DIFFERENT][rng.integers(3)] for a in range(12) for b in range(12)}
    plain = actions(grouped(ToldLooks(looks), pairs, 12, protect="folder3"))
    monkeypatch.setattr(by_look, "MANY", 3)
    monkeypatch.setattr(by_look, "AT_A_TIME", at_a_time)
    assert actions(grouped(ToldLooks(looks), pairs, 12, protect="folder3")) == plain
    assert 3 not in plain


LEADER = np.array([0, 0, 0, 3])


def copies(digests, looks=None, images=None, pairs=((0, 3, 1),), **options):
    """Three images of one tensor and of as many bytes, and another one that is near; the fourth is the best."""
    images = images or images_of(4, bytes=[5, 5, 5, 6])
    looks = ToldLooks(looks or {}, enumerate(digests))
    return looks, grouped(looks, list(pairs), 4, leader=LEADER, images=images, **options)


def test_byte_copies_go_for_the_best_of_them_without_a_look():
    looks, grouping = copies([b"x", b"x", b"y", b"z"], pairs=())
    assert actions(grouping) == {1: (0, "remove", "exact copy"), 2: (0, *NEAR)}
    assert looks.asked == [(0, 2)]


def test_files_that_cannot_be_read_are_no_byte_copies():
    looks, grouping = copies([b"", b"", b"", b""], pairs=())
    assert actions(grouping) == dict.fromkeys([1, 2], (0, *NEAR))
    assert looks.asked == [(0, 1), (0, 2), (1, 2)]


def test_only_files_of_one_size_and_tensor_are_read():
    _, grouping = copies([b"x"] * 4, images=images_of(4, bytes=[5, 5, 4, 5]), pairs=())
    assert actions(grouping) == {1: (0, "remove", "exact copy"), 2: (0, *NEAR)}


def test_byte_copies_go_for_what_the_best_of_them_goes_for():
    digests = [b"x", b"x", b"x", b"z"]
    _, grouping = copies(digests, {(3, 0): SAME})
    assert actions(grouping) == dict.fromkeys([0, 1, 2], (3, "remove", "saved again"))
    _, grouping = copies(digests, {(3, 0): EDITED})
    edited, copy = (3, "review", "edited: look at the marked place"), (0, "remove", "exact copy")
    assert actions(grouping) == {0: edited, 1: copy, 2: copy}


def test_at_a_threshold_of_0_nothing_goes():
    looks, grouping = copies([b"x", b"x", b"y", b"z"], {(0, 2): SAME})
    assert actions(grouping, threshold=0.0) == {}
    assert not looks.asked
    expected = {1: (0, "remove", "exact copy"), 2: (0, "remove", "saved again")}
    assert actions(grouping, threshold=0.5) == expected


def test_a_byte_copy_that_is_protected_or_was_told_apart_stays(every_path_is_there):
    _, grouping = copies([b"x"] * 4, protect=["folder1", "folder2"])
    assert actions(grouping) == {0: (1, "remove", "exact copy"), 3: (1, *NEAR)}
    looks, grouping = copies([b"x"] * 4, {(0, 2): SAME}, different=[(0, 1)])
    assert actions(grouping) == {0: (3, *NEAR), 1: (3, *NEAR), 2: (0, "remove", "saved again")}
    assert (0, 1) not in looks.asked


def test_the_table_has_its_types_and_says_which_tensors_are_identical():
    numbers = {"keeper": "int64", "image": "int64", "mse": "float64", "rotation": "int16", "mirrored": "bool"}
    words = dict.fromkeys(["action", "reason", "verdict", "kind", "trace", "outline"], "object")
    types = (
        numbers
        | words
        | dict.fromkeys([*LOOK_NUMBERS, "tilt"], "float64")
        | dict.fromkeys(["carry", "identical"], "bool")
    )
    _, grouping = copies([b"x", b"x", b"y", b"z"], {(3, 0): SAME, (3, 2): EDITED})
    table = grouping.members(200.0, workers=1)
    assert table.dtypes.astype(str).to_dict() == types
    assert table["identical"].tolist() == [False] * 3
    assert table["verdict"].tolist() == ["same", "same", "edited"]
    _, grouping = copies([b"x", b"x", b"y", b"z"], {(0, 2): SAME}, pairs=())
    table = grouping.members(200.0, workers=1)
    assert table["identical"].tolist() == [True] * 2
    assert table[["image", "mse", "rotation", "mirrored"]].to_numpy().tolist() == [[1, 0, 0, False], [2, 0, 0, False]]
    empty = grouped(ToldLooks({}), [], 4).members(200.0, workers=1)
    assert empty.dtypes.astype(str).to_dict() == types


def of_sources(pairs):
    """What a look says of pairs of a source and what was made from it."""
    made = {(source, other): SAME._replace(source="a", trace="is softer") for source, other in pairs}
    return made | {(other, source): SAME._replace(source="b", trace="is softer") for source, other in pairs}


@pytest.mark.parametrize("source", range(3))
def test_whichever_is_the_source_stays_and_the_others_go_for_it(source):
    others = [row for row in range(3) if row != source]
    looks = ToldLooks(of_sources([(source, other) for other in others]), otherwise=SAME)
    members = grouped(looks, [(0, 1, 5), (0, 2, 6), (1, 2, 7)], 3, keep="best").members(200.0, workers=1)
    assert dict(zip(members["image"], members["keeper"])) == dict.fromkeys(others, source)
    assert set(members["action"]) == {"remove"}


@pytest.mark.parametrize("keep", ["best", "largest_file"])
def test_in_a_circle_no_file_goes_for_what_was_made_from_it_by_the_rule_best_alone(keep):
    looks = ToldLooks(of_sources([(0, 1), (1, 2), (2, 0)]), otherwise=SAME)
    grouping = grouped(looks, [(0, 1, 5), (0, 2, 6), (1, 2, 7)], 3, keep=keep)
    members = grouping.members(200.0, workers=1)
    gone = members[members["action"] == "remove"]
    wrong = [grouping.link(row.keeper, row.image, 200.0).look.source == "b" for row in gone.itertuples()]
    assert len(gone) > 0
    assert any(wrong) == (keep != "best")


def test_a_link_is_that_of_the_pair_or_of_its_own_measure():
    looks = ToldLooks({}, otherwise=SAME)
    grouping = grouped(looks, [(0, 1, 7)], 3)
    assert grouping.link(0, 1, 200.0)[:5] == (0, 1, 7.0, 0, False)
    assert grouping.link(0, 2, 200.0)[:5] == (0, 2, 12.0, 0, False)  # three channels that differ by 2
    _, grouping = copies([b"x"] * 4, {(0, 1): SAME})
    assert grouping.link(0, 1, 200.0)[:3] == (0, 1, 3.0)


class Bar:
    """A progress bar that remembers what it was told."""

    def __init__(self, **options):
        self.options, self.updates = options, 0
        Bar.last = self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def update(self):
        self.updates += 1


@pytest.mark.parametrize("asked", [{}, {"progress": False}, {"progress": True}])
def test_the_progress_bar_counts_the_files_that_are_connected(monkeypatch, asked):
    monkeypatch.setattr(by_look, "tqdm", Bar)
    grouped(ToldLooks({}), [(0, 1, 1), (2, 3, 1), (0, 2, 900)], 6).members(200.0, **asked)
    words = {"desc": "looking again", "unit": " files"}
    shown = {"delay": 1, "leave": False, "disable": not asked.get("progress", False)}
    assert (Bar.last.updates, Bar.last.options) == (4, {"total": 4} | words | shown)


@pytest.mark.parametrize(("workers", "processors", "number"), [(3, 7, 3), (None, 7, 7)])
def test_there_is_a_thread_for_each_processor_unless_their_number_is_given(monkeypatch, workers, processors, number):
    numbers = []
    monkeypatch.setattr("os.cpu_count", lambda: processors)

    class Counted(ThreadPoolExecutor):
        def __init__(self, number):
            numbers.append(number)
            super().__init__(number)

    monkeypatch.setattr("dupviz._parallel.ThreadPoolExecutor", Counted)
    grouped(ToldLooks({}), [(0, 1, 1)], 2).members(200.0, workers=workers)
    assert numbers == [number]


def test_a_picture_does_not_go_without_the_raw_data_of_its_shot(tmp_path):
    images = images_of(3)
    images.files["path"] = [str(tmp_path / name) for name in ("best.jpg", "IMG_1.jpg", "IMG_2.jpg")]
    for name in ("best.jpg", "IMG_1.jpg", "IMG_2.jpg", "IMG_1.cr3"):
        (tmp_path / name).touch()
    looks = ToldLooks({}, otherwise=SAME)
    assert actions(grouped(looks, [(0, 1, 1), (0, 2, 1)], 3, images=images)) == {
        1: (0, "review", "belongs to IMG_1.cr3, which stays"),
        2: (0, "remove", "saved again"),
    }


def carriers(tmp_path, notes, *, sidecar=False, **options):
    """Groups of files with metadata, each of which is the first one saved again; what of it each alone has."""
    images = images_of(len(notes))
    names = [write_noted(tmp_path / f"{number:03}.jpg", each) for number, each in enumerate(notes)]
    images.files["path"] = pd.Series(names, dtype=object)
    if sidecar:
        (tmp_path / "000.jpg.xmp").write_bytes(b"theirs")
    looks = ToldLooks({}, otherwise=SAME._replace(notes_b="a rating, 2 keywords"))
    return grouped(looks, [(0, row, row) for row in range(1, len(notes))], len(notes), images=images, **options)


ONLY_ONE = "the only one with a rating and 2 keywords"
RATED = [{}, {"xmp:Rating": ("5",)}, {"xmp:Rating": ("5",), "xmp:Label": ("Red",)}, {"xmp:Rating": ("3",)}]


def test_a_file_that_is_held_back_by_metadata_alone_says_so(tmp_path):
    members = carriers(tmp_path, RATED).members(200.0)
    assert members[["action", "reason", "carry"]].drop_duplicates().to_numpy().tolist() == [["review", ONLY_ONE, True]]


def test_what_is_carried_over_goes_and_the_next_file_needs_room(tmp_path):
    members = carriers(tmp_path, RATED, carry=True).members(200.0)
    goes = ["remove", "saved again; carried over: a rating and 2 keywords", True]
    stays = ["review", f"{ONLY_ONE}, not carried over: there is a rating already, another one", False]
    assert members[["action", "reason", "carry"]].to_numpy().tolist() == [goes, goes, stays]
    alone = carriers(tmp_path, RATED, carry=True).link(0, 3, 200.0)
    assert (alone.action, alone.carry) == ("remove", True), "one beside another, there is room"


def test_beside_a_sidecar_nothing_is_carried_over(tmp_path):
    members = carriers(tmp_path, RATED, sidecar=True, carry=True).members(200.0)
    words = f"{ONLY_ONE}, not carried over: there is a sidecar already, 000.jpg.xmp"
    assert set(members["reason"]) == {words}
    assert set(members["action"]) == {"review"}


@pytest.mark.parametrize(
    "look",
    [
        SAME._replace(more_b="a video", notes_b="a rating"),
        SAME._replace(kind="light", notes_b="a rating"),
        EDITED._replace(notes_b="a rating"),
        SMALL._replace(notes_b="a rating"),
    ],
)
def test_what_else_keeps_a_file_is_not_carried_over(look, tmp_path):
    for carry in (False, True):
        grouping = carriers(tmp_path, RATED[:2], carry=carry)
        grouping._looks.otherwise = look
        assert grouping.members(200.0)[["action", "carry"]].to_numpy().tolist() == [["review", False]]
        assert grouping.link(0, 1, 200.0)[6::2] == ("review", False)


def test_at_or_above_the_threshold_nothing_is_carried_over(tmp_path):
    link = carriers(tmp_path, RATED[:2], carry=True).link(0, 1, 1.0)
    assert (link.action, link.carry) == ("review", False)


def test_rather_a_file_goes_for_one_that_lacks_nothing(tmp_path):
    grouping = carriers(tmp_path, [{}, {}, {"xmp:Rating": ("5",)}], carry=True)
    grouping._looks.looks = {(0, 1): EDITED, (1, 2): SAME}
    grouping = grouped(grouping._looks, [(0, 1, 1), (0, 2, 1), (1, 2, 2)], 3, images=grouping._images, carry=True)
    assert actions(grouping)[2] == (1, "remove", "saved again")
    grouping._looks.looks = {(0, 1): EDITED, (1, 2): EDITED}
    grouping = grouped(grouping._looks, [(0, 1, 1), (0, 2, 2), (1, 2, 1)], 3, images=grouping._images, carry=True)
    assert actions(grouping)[2][:2] == (0, "remove")


@pytest.mark.parametrize(
    ("look", "mse", "is_held"),
    [
        (EDITED, 201, False),
        (EDITED, 199, True),
        (Look("edited", "burst"), 201, True),
        (Look("edited", "moved"), 201, True),
        (Look("edited", "tone", outline="0 0 1 0 1 1 0 1"), 201, True),
        (Look("same", "cropped"), 201, True),
    ],
)
def test_what_is_for_review_is_beside_another_such_file_only_if_something_holds_them_together(look, mse, is_held):
    looks = ToldLooks({(0, 1): EDITED, (1, 2): look})
    pairs = [(0, 1, 9), *([(1, 2, mse)] if mse < 200 else [])]
    images = images_of(3)
    images.tensors[2] += 50
    by_light = {"light": proposals([1], [2], [0.1])}
    found = actions(grouped(looks, pairs, 3, images=images, proposals={} if mse < 200 else by_light))
    assert (2 in found) == is_held
    assert 1 in found
    if is_held:
        assert found[2][:2] == (1, "review")
