"""Which of two files stays: each criterion by a pair of files that differ in it alone, or in all that comes after."""

import itertools

import numpy as np
import pandas as pd
import pytest

from dupviz.groups.keep import KEEP_RULES, Preferring, check_keep, files_in, keep_order, keep_reasons, protected_files

MOMENT = pd.Timestamp("2020-02-02 12:00", tz="UTC")
EQUAL = {
    "path": "a.jpg",
    "width": 40,
    "height": 30,
    "bytes": 1000,
    "format": "JPEG",
    "modified": MOMENT,
    "taken": None,
    "gps": False,
}


def files(*rows):
    """A files table: of each file what is not as in `EQUAL`."""
    return pd.DataFrame([EQUAL | row for row in rows])


def first(*rows, keep="best"):
    """Which of some files stays, whatever their order in the table."""
    forwards, backwards = keep_order(files(*rows), keep), keep_order(files(*reversed(rows)), keep)
    assert forwards.tolist() == (len(rows) - 1 - backwards).tolist()
    return forwards[0]


# What the best file has, and what it lacks, each weaker than all before it.
CRITERIA = [
    ("has the camera's date or place", {"taken": MOMENT}, {}),
    ("taken earlier", {"taken": MOMENT}, {"taken": MOMENT + pd.Timedelta(seconds=1)}),
    ("a camera's format", {"format": "DNG"}, {"format": "JPEG"}),
    ("more pixels", {"width": 41}, {"width": 40}),
    ("plainer name or folder", {"path": "picture.jpg"}, {"path": "copy 1.jpg"}),
    ("larger file", {"bytes": 1001}, {"bytes": 1000}),
    ("shorter path", {"path": "b.jpg"}, {"path": "aa.jpg"}),
    ("first by path", {"path": "a.jpg"}, {"path": "b.jpg"}),
]


@pytest.mark.parametrize("place", range(len(CRITERIA)))
def test_each_criterion_of_the_best_file_decides_over_all_that_come_after_it(place):
    words, better, worse = CRITERIA[place]
    assert first(better, worse) == 0
    for _, strong, weak in CRITERIA[place + 1 :]:
        if not better.keys() & strong.keys():
            assert first(weak | better, strong | worse) == 0
    table = files(better, worse)
    reasons = keep_reasons(table, "best", np.array([False, False]), np.array([0]), np.array([1]))
    assert reasons == {0: words}


def test_tables_that_know_nothing_of_the_camera_are_fine():
    for without in ("taken", "gps"):
        table = files({"taken": MOMENT, "gps": True}, {"width": 99}).drop(columns=without)
        assert keep_order(table)[0] == 0
    assert keep_order(files({}, {"width": 99}).drop(columns=["taken", "gps"]))[0] == 1


def test_a_date_with_the_camera_stays_before_a_date_without_and_that_before_a_place():
    later = MOMENT + pd.Timedelta(days=1)
    said = [{"taken": later, "camera": True}, {"taken": MOMENT, "camera": False}, {"gps": True}, {"camera": True}]
    for better, worse in itertools.pairwise(said):
        assert first({"width": 1, **better}, {"width": 99, **worse}) == 0


@pytest.mark.parametrize("rule", ["best", "most_pixels"])
def test_pixels_are_width_times_height(rule):
    assert first({"width": 20, "height": 61}, {"width": 40, "height": 30}, keep=rule) == 0


def test_raw_data_stay_before_a_cameras_heic_and_that_before_what_is_exported_from_it():
    ranks = [{"format": "CR2"}, {"format": "HEIF", "camera": True}, {"format": "JPEG", "camera": True}]
    for better, worse in itertools.pairwise(ranks):
        assert first(better, {**worse, "width": 99}) == 0
    assert first({"format": "HEIF", "camera": False}, {"width": 99}) == 1


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP", "WEBP", "GIF", ""])
def test_a_format_without_loss_is_no_better_by_itself(format):
    assert first({"format": format}, {"bytes": 1001}) == 1


@pytest.mark.parametrize("name", ["beach_b.jpg", "beach-2.png", "beach 2.jpg", "beach.b.jpg"])
def test_a_name_with_more_behind_it_than_that_of_a_file_beside_it_is_less_plain(name):
    assert first({"path": "a/beach.jpg"}, {"path": f"a/{name}", "bytes": 9999}) == 0
    assert first({"path": "b/beach.jpg"}, {"path": f"a/{name}", "bytes": 9999}) == 1


FOLDERS = ["Backup", "backup old phone", "my copies", "old", "export", "thumbs", "WhatsApp Images", "edited", "Kopien"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_folders_of_copies_are_not_plain(folder):
    assert first({"path": "albums/2020/the harbour/x.jpg"}, {"path": f"{folder}/x.jpg", "bytes": 9999}) == 0


@pytest.mark.parametrize("folder", ["goldfish", "Oldenburg", "copyright", "salt", "Exporters", "household"])
def test_folders_whose_names_only_hold_such_a_word_are_plain(folder):
    assert first({"path": f"{folder}/x.jpg"}, {"path": "a longer folder/than/that/x.jpg"}) == 0


@pytest.mark.parametrize(
    "name",
    [
        "beach copy.jpg",
        "Copie de plage.jpg",
        "copia.jpg",
        "strand - Kopie.jpg",
        "beach (1).jpg",
        "beach (12).jpg",
        "beach~2.jpg",
        "WhatsApp Image.jpg",
        "IMG-20200202-WA0001.jpg",
        "thumb_beach.jpg",
        "Screenshot 7.png",
        "beach-edited.jpg",
        "beach_edit.jpg",
        "beach bearbeitet.jpg",
        "plage-modifié.jpg",
        "beach_resized.jpg",
        "beach_small.jpg",
        "beach-thumb.jpg",
        "beach-thumbnail.jpg",
        "beach-min.jpg",
        "beach",
        "beach.txt",
    ],
)
def test_names_of_copies_are_not_plain(name):
    assert first({"path": "a folder with a long name/beach.jpg"}, {"path": name}) == 0


@pytest.mark.parametrize(
    "name",
    [
        "beach.JPG",
        "beach.dng",
        "copyright.jpg",
        "photocopy.jpg",
        "kopien.jpg",
        "beach 1.jpg",
        "beach (b).jpg",
        "~beach.jpg",
        "beach-WA12.jpg",
        "up-thumbs.jpg",
        "edited.jpg",
        "beach-editor.jpg",
        "smaller.jpg",
        "beach-minute.jpg",
    ],
)
def test_names_that_only_resemble_those_of_copies_are_plain(name):
    assert first({"path": name}, {"path": "copy.jpg"}) == 0


def test_a_folder_does_not_make_a_name_that_of_a_copy():
    assert first({"path": "copy/a.jpg"}, {"path": "bb/a copy.jpg"}) == 0


def test_each_rule_chooses_the_file_it_names():
    one = {"path": "b", "bytes": 10, "width": 9, "height": 2, "modified": MOMENT}
    other = {"path": "a", "bytes": 20, "width": 4, "height": 4, "modified": MOMENT + pd.Timedelta("1ns")}
    stays = {rule: first(one, other, keep=rule) for rule in KEEP_RULES}
    assert stays == {"best": 0, "largest_file": 1, "most_pixels": 0, "oldest": 0, "newest": 1, "first_path": 1}
    assert keep_order(files(one, other), lambda table: table["path"] == "b").tolist() == [0, 1]
    assert keep_order(files(one, other), lambda table: np.array(["1", "2"], object)).tolist() == [1, 0]


TIES = [
    ({"bytes": 1001}, {}),
    ({"width": 41}, {}),
    ({"modified": MOMENT - pd.Timedelta("1ns")}, {}),
    ({"path": "a"}, {"path": "b"}),
]


@pytest.mark.parametrize("place", range(len(TIES)))
def test_ties_are_decided_by_bytes_then_pixels_then_age_then_path(place):
    better, worse = TIES[place]
    for strong, weak in TIES[place + 1 :]:
        assert first(weak | better, strong | worse, keep=lambda table: np.zeros(len(table))) == 0
    assert first(better, worse, keep=lambda table: np.zeros(len(table))) == 0


def test_paths_stand_in_the_order_of_their_letters_and_equal_ones_stay_in_that_of_the_table():
    table = files({"path": "b"}, {"path": "a"}, {"path": "c"}, {"path": "a"})
    assert keep_order(table, "first_path").tolist() == [1, 3, 0, 2]


@pytest.mark.parametrize(
    "answer", [[1], [[1], [2]], [1, float("nan")], [float("nan")] * 2], ids=["too few", "a column", "one nan", "nans"]
)
def test_a_rule_that_gives_no_number_per_file_is_refused(answer):
    with pytest.raises(ValueError, match=r"must return a number for each of 2 files, got shape \("):
        keep_order(files({}, {}), lambda table: answer)


def test_an_unknown_rule_is_refused_and_a_callable_is_not():
    with pytest.raises(ValueError, match=r"'best', .*'first_path' or a callable, got 'nicest'"):
        check_keep("nicest")
    check_keep(len)
    check_keep("best")


def reasons(table, keep, keeper, other, protected=()):
    rows = np.array([keeper, other], np.int64)
    return keep_reasons(table, keep, np.isin(np.arange(len(table)), protected), *rows)


def test_the_reason_is_the_rule_that_was_asked_for():
    table = files({"bytes": 1001}, {})
    assert reasons(table, "largest_file", [0], [1]) == {0: "largest file"}
    assert reasons(table, len, [0], [1]) == {0: "own rule"}
    assert reasons(table, "best", [], []) == {}


def test_the_reason_is_what_the_strongest_of_the_others_lacks():
    table = files({"taken": MOMENT, "bytes": 1001}, {}, {"taken": MOMENT}, {"path": "aa.jpg"}, {"path": "aaa.jpg"})
    assert reasons(table, "best", [0, 0, 3], [1, 2, 4]) == {0: "larger file", 3: "shorter path"}
    assert reasons(table, "best", [0, 0, 3], [2, 1, 4]) == {0: "larger file", 3: "shorter path"}


def test_protected_files_stay_for_that():
    table = files({"bytes": 1001}, {}, {"bytes": 1001}, {})
    assert reasons(table, "best", [0, 2], [1, 3], protected=[0]) == {0: "protected", 2: "larger file"}
    assert reasons(table, "newest", [0], [1], protected=[0]) == {0: "protected"}


@pytest.fixture
def folders(tmp_path):
    """Two folders, of which one is also there under another name, and a files table of four files in them."""
    for name in ("album", "album2"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "album", target_is_directory=True)
    names = ["album/a.jpg", "album2/a.jpg", "album/b.jpg", "album2/b.jpg"]
    return tmp_path, files(*({"path": str(tmp_path / name), "bytes": 9 - n} for n, name in enumerate(names)))


def test_files_lie_in_a_folder_below_a_link_or_are_named_themselves(folders):
    folder, table = folders
    assert files_in(table, []).tolist() == [False] * 4
    assert files_in(table, [folder / "album"]).tolist() == [True, False, True, False]
    assert files_in(table, [folder / "link"]).tolist() == [True, False, True, False]
    assert files_in(table, [folder]).tolist() == [True] * 4
    assert files_in(table, [folder / "album2" / "b.jpg", folder / "album"]).tolist() == [True, False, True, True]
    assert files_in(table, [folder / "vanished"]).tolist() == [False] * 4
    assert protected_files(table, folder / "album").tolist() == [True, False, True, False]
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        protected_files(table, folder / "vanished")


def test_what_lies_in_a_preferred_folder_stays_before_all_else_and_there_by_the_other_rule(folders):
    folder, table = folders
    assert keep_order(table, Preferring((str(folder / "album2"),), "best")).tolist() == [1, 3, 0, 2]
    assert keep_order(table, Preferring((str(folder / "album2"),), "newest")).tolist() == [1, 3, 0, 2]
    b_first = Preferring((str(folder / "album"),), lambda table: table["path"].str.endswith("b.jpg"))
    assert keep_order(table, b_first).tolist() == [2, 0, 3, 1]


def test_a_rule_that_prefers_folders_is_a_value():
    one, same, other = (Preferring((folder,), "best") for folder in ("a", "a", "b"))
    assert len({one, same, other}) == 2


def test_the_reason_names_the_preferred_folder_only_where_that_decided(folders):
    folder, table = folders
    keep = Preferring((str(folder / "album2"),), "best")
    assert reasons(table, keep, [1, 3], [0, 2]) == dict.fromkeys([1, 3], "in the folder to keep from")
    assert reasons(table, keep, [1, 0], [3, 2]) == {1: "larger file", 0: "larger file"}
    assert reasons(table, keep, [1, 1], [3, 0]) == {1: "in the folder to keep from"}
    assert reasons(table, keep, [1, 3], [0, 2], protected=[1]) == {1: "protected", 3: "in the folder to keep from"}
