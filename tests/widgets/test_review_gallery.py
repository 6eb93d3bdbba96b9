"""The review gallery without a browser: what it tells the browser, and what it does when the browser asks."""

import json
import re
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from made_up import find_by_mse, write_icons
from PIL import ExifTags, Image, ImageDraw
from plans import snapshot

import dupviz.widgets.gallery
from dupviz import find_duplicates, transform
from dupviz._disk.status import file_state
from dupviz.images.formats import DecodeError
from dupviz.metrics import SYMMETRIES
from dupviz.review.labels import Labels
from dupviz.widgets import ReviewGallery
from dupviz.widgets.files import file_jpeg, turned
from dupviz.widgets.modules import join_modules

HOSTILE = ["<img src=x onerror=alert(1)>.png", "\"'`.png", "new\nline.png", "\u202egnp.rtl.png", "not utf8 \udcff.png"]
PHOTOS = Path(__file__).parents[2] / "data" / "photos"
RNG = np.random.default_rng(0)


def picture(width=90, height=60):
    """A smooth picture that differs under every symmetry."""
    y, x = np.mgrid[:height, :width]
    red, green = x * 255 // width, y * 255 // height
    return Image.fromarray(np.stack([red, green, (red + 2 * green) // 3], axis=2).astype(np.uint8))


@pytest.fixture
def open_gallery(tmp_path):
    """Open a gallery of the pictures in a folder; its answers to the browser are in `answers`."""

    def open_(folder, **options):
        duplicates = find_by_mse(folder, progress=False, cache=False, **options)
        labels = Labels(duplicates.images, tmp_path / "labels")
        gallery = ReviewGallery(duplicates, file=tmp_path / "decisions", labels=labels)
        gallery.answers = []
        gallery.send = lambda content, buffers=None: gallery.answers.append((content, buffers))
        return gallery

    return open_


@pytest.fixture
def folder(tmp_path):
    """Pictures a (the largest file), b and c, of which b is turned and c is small."""
    folder = tmp_path / "photos"
    folder.mkdir()
    picture().resize((900, 600)).save(folder / "a.png")
    picture().resize((450, 300)).transpose(Image.Transpose.ROTATE_90).save(folder / "b.png")
    picture().save(folder / "c.png")
    return folder


def ask(gallery, step, **arguments):
    gallery._on_message(gallery, {"do": step, "id": 0, **arguments}, [])


def shown(gallery):
    return {file["name"]: file for group in gallery.state["groups"] for file in group["files"]}


def actions(gallery):
    return {name: file["action"] for name, file in shown(gallery).items()}


def decoded(jpeg):
    return np.asarray(Image.open(BytesIO(jpeg)).convert("RGB")).astype(int)


def test_files_are_described_in_words(open_gallery, folder):
    gallery = open_gallery(folder)
    a, b, c = (shown(gallery)[name] for name in ("a.png", "b.png", "c.png"))
    assert [a["first"], a["mse"], a["turn"], a["pixels"]] == [True, "", "", "900 × 600"]
    assert [b["first"], b["turn"], b["pixels"], b["shape"]] == [False, "turned 270°", "300 × 450", (450, 300)]
    assert b["mse"].startswith("MSE ")
    assert c["kind"].startswith("PNG · 20")
    assert (gallery.state["go"], gallery.state["all"]) == ("2 files", 1)


def test_asking_decides(open_gallery, folder):
    gallery = open_gallery(folder)
    ask(gallery, "toggle", image=2)
    assert actions(gallery) == {"a.png": "keep", "b.png": "remove", "c.png": "keep"}
    ask(gallery, "make_keeper", image=1)
    assert actions(gallery) == {"b.png": "keep", "a.png": "remove", "c.png": "keep"}
    assert gallery.groups["path"].iloc[0].endswith("b.png")
    ask(gallery, "undo")
    ask(gallery, "undo")
    assert actions(gallery) == {"a.png": "keep", "b.png": "remove", "c.png": "remove"}
    ask(gallery, "redo")
    assert actions(gallery)["c.png"] == "keep"
    ask(gallery, "accept_page", groups=[gallery.state["groups"][0]["name"]])
    assert gallery.state["reviewed"] == 1
    assert gallery.state["notice"] == "1 group reviewed."


def test_refusals_and_failures_are_said(open_gallery, folder, tmp_path):
    gallery = open_gallery(folder)
    for step, arguments, words in [
        ("toggle", {"image": 0}, "This file stays for the others of its group: first keep another one in its place."),
        ("undo", {}, "There is nothing to undo."),
        ("set_threshold", {"threshold": 5000}, "Threshold must be from 0 to max_mse (1000), got 5000"),
    ]:
        number = gallery.state["number"]
        ask(gallery, step, **arguments)
        assert gallery.state["notice"].startswith(words)
        assert gallery.state["number"] > number
    (tmp_path / "decisions").mkdir()
    ask(gallery, "toggle", image=1)
    assert gallery.state["notice"].startswith("Decided, but it could not be saved for the next session: ")
    assert actions(gallery)["b.png"] == "keep"


def test_threshold_and_keep_rule_form_other_groups(open_gallery, folder):
    gallery = open_gallery(folder)
    ask(gallery, "set_threshold", threshold=0)
    assert gallery.state["groups"] == []
    ask(gallery, "set_threshold", threshold=200)
    ask(gallery, "set_keep_rule", rule="first_path")
    assert gallery.state["rule"] == "first_path"
    assert shown(gallery)["a.png"]["first"]


def test_own_keep_rule_can_be_left_and_come_back_to(open_gallery, folder):
    gallery = open_gallery(folder, keep=lambda files: -files["bytes"])
    assert gallery.state["rule"] == "own"
    assert shown(gallery)["c.png"]["first"]
    ask(gallery, "set_keep_rule", rule="largest_file")
    assert shown(gallery)["a.png"]["first"]
    ask(gallery, "set_keep_rule", rule="own")
    assert shown(gallery)["c.png"]["first"]


def test_file_with_another_duplicate_is_shown_below_when_it_is_marked_different(open_gallery, tmp_path):
    folder = tmp_path / "steps"
    folder.mkdir()
    grey = {"a": 100, "b": 107, "c": 114}  # MSE 147 from one to the next, 588 from end to end
    noise = RNG.integers(0, 100, (50, 50, 3))
    for name, value in grey.items():
        Image.fromarray((noise + value).astype(np.uint8)).save(folder / f"{name}.png")
    gallery = open_gallery(folder, keep=lambda files: files["path"].str.contains("b.png").astype(int))
    assert actions(gallery) == {"b.png": "keep", "a.png": "remove", "c.png": "remove"}
    ask(gallery, "mark_different", image=0)
    assert actions(gallery) == {"b.png": "keep", "c.png": "remove"}
    assert gallery.state["notice"] == "Not a duplicate: remembered, and not offered again."
    ask(gallery, "set_threshold", threshold=600)
    assert [[file["name"] for file in group["files"]] for group in gallery.state["groups"]] == [["b.png", "c.png"]]
    ask(gallery, "mark_different", image=2)
    assert [[file["name"] for file in group["files"]] for group in gallery.state["groups"]] == [[], ["a.png", "c.png"]]
    assert gallery.state["notice"].endswith("It has another duplicate, in the group below.")


def test_pages_hold_twenty_groups_and_opening_goes_to_the_first_that_is_not_reviewed(open_gallery, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(45):
        image = Image.fromarray(RNG.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        image.save(folder / f"{i:02}.png")
        image.save(folder / f"{i:02} copy.png")
    gallery = open_gallery(folder, size=8)
    assert (gallery.state["pages"], len(gallery.state["groups"])) == (3, 20)
    names = [group["name"] for group in gallery.state["groups"]]
    ask(gallery, "accept_page", groups=names[:5])
    assert (gallery.state["page"], gallery.state["reviewed"]) == (0, 5)
    assert gallery.state["notice"] == "5 groups reviewed. 15 groups of this page you have not seen yet."
    ask(gallery, "undo")
    ask(gallery, "accept_page", groups=names)
    assert (gallery.state["page"], gallery.state["reviewed"], gallery.state["first"]) == (1, 20, 21)
    again = open_gallery(folder, size=8)
    assert again.state["page"] == 1
    ask(gallery, "undo")
    assert (gallery.state["page"], gallery.state["reviewed"]) == (0, 0)
    ask(gallery, "page", page=99)
    assert (gallery.state["page"], len(gallery.state["groups"])) == (2, 5)
    assert len(again.plan(reviewed_only=False)) == 45
    assert len(again.plan()) == 20


def test_large_groups_show_more_when_asked(open_gallery, tmp_path):
    folder = tmp_path / "large"
    folder.mkdir()
    for i in range(30):
        picture().save(folder / f"{i:02}.png")
    gallery = open_gallery(folder)
    group = gallery.state["groups"][0]
    assert (len(group["files"]), group["more"]) == (24, 6)
    ask(gallery, "expand", group=group["name"])
    assert (len(gallery.state["groups"][0]["files"]), gallery.state["groups"][0]["more"]) == (30, 0)


def test_hostile_names_are_plain_printable_text(open_gallery, tmp_path):
    folder = tmp_path / "hostile"
    folder.mkdir()
    for name in HOSTILE:
        picture().save(folder / name, "PNG")
    gallery = open_gallery(folder)
    text = json.dumps(gallery.state, ensure_ascii=False)
    assert text.encode("utf-8").decode().isprintable()
    assert set(shown(gallery)) == {*HOSTILE[:2], r"new\nline.png", r"\u202egnp.rtl.png", r"not utf8 \udcff.png"}
    (folder / HOSTILE[-1]).write_bytes(b"")
    ask(gallery, "thumbnails", files=[[i, 0, False] for i in range(5)])
    for i in range(5):
        ask(gallery, "compare", files=[[i, 0, False], [4, 0, False]], side=100, box=[0, 0, 1, 1])
    for image in range(5):
        ask(gallery, "toggle", image=image)
    assert "\udcff" not in json.dumps([gallery.state, gallery.answers[-1][0]], ensure_ascii=False)


def test_thumbnails_are_turned_to_match_the_kept_file(open_gallery, folder):
    gallery = open_gallery(folder)
    files = [[shown(gallery)[name][key] for key in ("image", "rotation", "mirrored")] for name in ("a.png", "b.png")]
    ask(gallery, "thumbnails", files=files)
    (content, (a, b)) = gallery.answers[-1]
    assert content == {"id": 0}
    assert decoded(a).shape == decoded(b).shape == (240, 360, 3)
    assert abs(decoded(a) - decoded(b)).max() < 20


def test_compared_files_come_in_parts_at_their_own_resolution(open_gallery, folder):
    gallery = open_gallery(folder)
    ask(gallery, "compare", files=[[0, 0, False], [1, 270, False]], side=500, box=[0, 0, 1, 1])
    _, whole = gallery.answers[-1]
    assert [decoded(each).shape for each in whole] == [(333, 500, 3), (300, 450, 3)]
    ask(gallery, "compare", files=[[0, 0, False], [1, 270, False]], side=500, box=[0.5, 0.5, 1, 1])
    content, parts = gallery.answers[-1]
    assert content["reasons"] == ["", ""]
    assert [decoded(each).shape for each in parts] == [(300, 450, 3), (150, 225, 3)]
    expected = np.asarray(Image.open(folder / "a.png"))[300:, 450:]
    assert abs(decoded(parts[0]) - expected).max() < 20


def test_file_that_is_gone_or_changed_is_said_and_still_has_a_thumbnail(open_gallery, folder):
    gallery = open_gallery(folder)
    (folder / "b.png").unlink()
    (folder / "c.png").write_bytes(b"another file")
    ask(gallery, "toggle", image=0)
    assert [shown(gallery)[name]["state"] for name in ("a.png", "b.png", "c.png")] == ["", "gone", "changed"]
    ask(gallery, "compare", files=[[1, 270, False], [2, 0, False]], side=500, box=[0, 0, 1, 1])
    content, buffers = gallery.answers[-1]
    assert content["reasons"] == ["This file is no longer there.", "This file has changed since it was read."]
    assert buffers == [b"", b""]
    ask(gallery, "thumbnails", files=[[1, 270, False]])
    assert decoded(gallery.answers[-1][1][0]).shape == (240, 360, 3)


def test_plan_takes_what_can_go_for_the_first_file_of_its_group(open_gallery, folder):
    gallery = open_gallery(folder)
    ask(gallery, "make_keeper", image=1)
    ask(gallery, "toggle", image=2)
    assert len(gallery.plan()) == 0
    table = gallery.plan(reviewed_only=False).table
    assert table["path"].tolist() == [str(folder / "a.png")]
    assert table["keeper"].tolist() == [str(folder / "b.png")]


@pytest.fixture
def looked_at(tmp_path):
    """A gallery with the second look: a photo that is re-encoded, one with a stamp, and one that is turned as well."""
    folder = tmp_path / "looked at"
    folder.mkdir()
    for number, name in enumerate(["coffee", "cat", "rocket"]):
        with Image.open(PHOTOS / f"{name}.jpg") as photo:
            photo.save(folder / f"{name}.png")
            copy = photo.copy()
            if number:
                ImageDraw.Draw(copy).text((300, 200), "SPECIMEN", "white", font_size=24)
            copy.rotate(90 * (number == 2), expand=True).save(folder / f"{name}_copy.jpg", quality=80 - 10 * number)
    duplicates = find_duplicates(folder, progress=False, cache=False)
    gallery = ReviewGallery(
        duplicates, file=tmp_path / "decisions", labels=Labels(duplicates.images, tmp_path / "labels")
    )
    return gallery


def test_bursts_are_a_filter_of_their_own(tmp_path):
    with Image.open(PHOTOS / "coffee.jpg") as photo:
        clean = np.asarray(photo, np.float64)
    for number in range(3):
        noise = np.random.default_rng(number).normal(0, 5, clean.shape)
        frame = Image.fromarray((clean + noise).round().clip(0, 255).astype(np.uint8))
        frame.save(tmp_path / f"{number}.jpg", quality=92)
    duplicates = find_duplicates(tmp_path, progress=False, cache=False)
    assert (duplicates.groups["action"] != "remove").all()
    gallery = ReviewGallery(duplicates, file=tmp_path / "decisions")
    ask(gallery, "set_filter", filter="burst")
    assert set(shown(gallery)) == {"0.jpg", "1.jpg", "2.jpg"}


def test_where_one_lies_askew_in_the_other_both_outlines_are_told_in_place_of_a_window(tmp_path):
    with Image.open(PHOTOS / "rocket.jpg") as photo:
        photo.save(tmp_path / "a.jpg")
        photo.rotate(4, Image.Resampling.BICUBIC).save(tmp_path / "b.jpg")
    gallery = ReviewGallery(find_duplicates(tmp_path, parts=True, progress=False, cache=False), file=tmp_path / "d")
    keeper, file = shown(gallery).values()
    assert (keeper["outlines"], keeper["window"], file["window"]) == (None, None, None)
    inside, around = (np.array(each).reshape(4, 2) for each in file["outlines"])
    # After a turn by 4° to the left, the left top shows what was farther right, and above the picture.
    assert inside[0][0] > 0.01 > -0.01 > inside[0][1]
    assert around[0][0] < -0.01 < 0.01 < around[0][1]


@pytest.fixture
def icons(tmp_path):
    """A gallery of three groups of icons that are too small to tell, one of which has an exact copy as well."""
    (tmp_path / "icons").mkdir()
    write_icons(tmp_path / "icons", 3, copies=[0])
    duplicates = find_duplicates(tmp_path / "icons", progress=False, cache=False)
    return ReviewGallery(duplicates, file=tmp_path / "decisions", labels=Labels(duplicates.images, tmp_path / "labels"))


FOLDED = {
    "name": "too small to tell",
    "words": "2 groups of pictures too small to tell",
    "files": "2 files",
    "reviewed": False,
}


def test_what_is_too_small_to_tell_is_one_row_and_shown_by_its_filter(icons):
    assert set(shown(icons)) == {"0.png", "0 copy.png"}
    (group,) = icons.state["groups"]
    assert (group["more"], group["more_words"]) == (1, "too small to tell")
    assert (icons.state["folds"], icons.state["found"]) == ([FOLDED], 3)
    ask(icons, "expand", group=group["name"])
    assert set(shown(icons)) == {"0.png", "0 copy.png", "0_small.png"}
    ask(icons, "set_filter", filter="too small to tell")
    assert (len(icons.state["groups"]), len(shown(icons)), icons.state["folds"]) == (3, 7, [])
    ask(icons, "set_filter", filter="remove")
    assert icons.state["folds"] == []


def test_a_row_is_reviewed_at_once_and_nothing_goes_from_it(icons):
    before = icons.state["go"]
    ask(icons, "accept_folded", name="too small to tell")
    assert (icons.state["reviewed"], icons.state["go"]) == (2, before)
    assert icons.state["folds"] == [{**FOLDED, "reviewed": True}]
    assert len(icons.plan().table) == 0
    ask(icons, "accept_folded", name="burst")  # of which there are none
    assert icons.state["reviewed"] == 2


def test_what_is_decided_of_a_folded_file_is_seen_and_taken_back_where_it_is_shown(icons):
    ask(icons, "set_filter", filter="too small to tell")
    group = next(group for group in icons.state["groups"] if len(group["files"]) == 2)
    ask(icons, "toggle", image=group["files"][1]["image"])
    ask(icons, "set_filter", filter="all")
    assert group["name"] in [each["name"] for each in icons.state["groups"]]
    assert icons.state["folds"][0]["files"] == "1 file"
    ask(icons, "set_filter", filter="same")
    ask(icons, "undo")
    assert icons.state["filter"] == "too small to tell"
    assert group["name"] in [each["name"] for each in icons.state["groups"]]


def test_groups_are_shown_by_verdict_and_the_least_certain_first(looked_at):
    gallery = looked_at
    assert [name for name, _ in gallery.state["filters"]] == ["all", "open", "remove", "review", "same", "edited"]
    assert gallery.state["filters"][-1] == ("edited", "edited · 2")
    ask(gallery, "set_filter", filter="edited")
    assert {name for name in shown(gallery) if "copy" in name} == {"cat_copy.jpg", "rocket_copy.jpg"}
    ask(gallery, "set_filter", filter="same")
    assert set(shown(gallery)) == {"coffee.png", "coffee_copy.jpg"}
    ask(gallery, "set_filter", filter="all")
    ask(gallery, "set_order", order="uncertain")
    worst = {file.image: file.worst for group in gallery.review.members.values() for file in group[1:]}
    assert all(value > 0 for value in worst.values())
    uncertain = [abs(np.log(worst[group["files"][1]["image"]])) for group in gallery.state["groups"]]
    assert uncertain == sorted(uncertain)
    for wrong in ({"filter": "none"}, {"filter": 3}):
        answer, _ = gallery._gallery.receive({"do": "set_filter", "id": 0, **wrong})
        assert "filter must be one of" in answer["refused"]


def test_taking_back_shows_a_file_again_that_is_not_among_those_shown(looked_at):
    gallery = looked_at
    ask(gallery, "set_filter", filter="edited")
    edited = shown(gallery)["cat_copy.jpg"]["image"]
    ask(gallery, "toggle", image=edited)
    ask(gallery, "set_filter", filter="same")
    assert "cat_copy.jpg" not in shown(gallery)
    ask(gallery, "undo")
    assert gallery.state["filter"] == "all"
    assert shown(gallery)["cat_copy.jpg"]["action"] == "review"


def test_the_window_that_differs_most_is_where_the_stamp_is_in_both_files(looked_at):
    files = shown(looked_at)
    assert files["coffee_copy.jpg"]["window"] is None
    for name in ("cat_copy.jpg", "rocket_copy.jpg"):
        file = files[name]
        with Image.open(PHOTOS / name.replace("_copy", "")) as photo:
            stamp = np.array([300, 200, 440, 230]) / np.tile(photo.size, 2)
        for left, top, right, bottom in (file["window"][:4], file["window"][4:]):  # both as they match
            assert stamp[0] - 0.03 < left < right < stamp[2] + 0.03
            assert stamp[1] - 0.03 < top < bottom < stamp[3] + 0.05
        assert files[name.replace("_copy.jpg", ".png")]["image"] == file["keeper"]


def test_no_duplicates_are_an_empty_gallery(open_gallery, tmp_path):
    (tmp_path / "empty").mkdir()
    gallery = open_gallery(tmp_path / "empty")
    assert gallery.state["groups"] == []
    assert gallery.state["pages"] == 1
    assert len(gallery.plan()) == 0
    ask(gallery, "accept_page", groups=[])
    assert gallery.state["notice"] == "0 groups reviewed."


def test_what_was_reviewed_moves_after_a_preview_and_moves_back(open_gallery, folder, tmp_path):
    before = snapshot(folder)
    gallery = open_gallery(folder)
    pushed = []
    gallery._gallery.push = lambda: pushed.append(gallery._gallery.state["busy"])
    assert gallery.state["suggested"] == f"{folder} duplicates"
    to = str(tmp_path / "out")
    ask(gallery, "preview", to=to, every=False, carry=True, held=False)
    assert gallery.answers[-1][0]["preview"]["number"] == 0
    ask(gallery, "accept_same")
    ask(gallery, "preview", to=to, every=False, carry=True, held=False)
    preview = gallery.answers[-1][0]["preview"]
    assert (preview["number"], preview["going"], preview["obstacle"], preview["more"]) == (2, 2, "", 0)
    assert preview["files"] == [str(folder / "b.png"), str(folder / "c.png")]
    ask(gallery, "move", to=to, every=False, carry=True, held=False, number=3)
    assert "2 files would move now, and not 3" in gallery.state["notice"]
    assert snapshot(folder) == before

    ask(gallery, "move", to=to, every=False, carry=True, held=False, number=2)
    assert sorted(path.name for path in (tmp_path / "out").glob("*.png")) == ["b.png", "c.png"]
    receipt = f"Receipt, with a sample to look at: {tmp_path / 'out' / 'receipt-1.html'}"
    assert gallery.state["notice"].startswith("2 files moved")
    assert gallery.state["notice"].endswith(receipt)
    assert gallery._gallery.receipts == [receipt]
    assert (gallery.state["moved"], gallery.state["moved_to"], gallery.state["go"]) == (2, to, "0 files")
    assert gallery.state["groups"] == []
    assert pushed[-1] == "moving: 2 of 2 files"
    assert gallery.state["busy"] == ""
    assert len(gallery.plan(reviewed_only=False)) == 0

    ask(gallery, "move_back")
    assert snapshot(folder) == before
    assert gallery._gallery.receipts == []
    assert gallery.state["notice"].startswith("2 files restored")
    assert (gallery.state["moved"], gallery.state["moved_to"]) == (0, "")
    assert set(shown(gallery)) == {"a.png", "b.png", "c.png"}
    ask(gallery, "move_back")
    assert gallery.state["notice"] == "Nothing has moved in this session."


@pytest.mark.parametrize(
    ("to", "obstacle"),
    [("", "whole path"), ("photos", "whole path"), ("{folder}", "which holds"), ("{folder}/c.png/x", "is no folder")],
)
def test_a_folder_that_cannot_take_files_is_said_before_they_move(to, obstacle, open_gallery, folder):
    gallery = open_gallery(folder)
    ask(gallery, "accept_same")
    ask(gallery, "preview", to=to.format(folder=folder), every=True, carry=True, held=False)
    assert obstacle in gallery.answers[-1][0]["preview"]["obstacle"]
    before = snapshot(folder)
    ask(gallery, "move", to=to.format(folder=folder), every=True, carry=True, held=False, number=2)
    assert obstacle in gallery.state["notice"]
    assert "could not be saved" not in gallery.state["notice"]
    assert snapshot(folder) == before


def test_only_groups_of_the_same_picture_are_accepted_together(looked_at):
    gallery = looked_at
    assert gallery.state["same"] == 1
    ask(gallery, "accept_same")
    assert (gallery.state["reviewed"], gallery.state["same"]) == (1, 0)
    assert [Path(path).name for path in gallery.plan().table["path"]] == ["coffee_copy.jpg"]


@pytest.mark.parametrize(("rotation", "mirrored"), SYMMETRIES["dihedral"])
def test_pictures_turn_as_tensors_do(rotation, mirrored):
    expected = transform(np.asarray(picture()), rotation=rotation, mirrored=mirrored)
    np.testing.assert_array_equal(turned(picture(), rotation, mirrored), expected)


def test_file_states_and_unreadable_files(folder, open_gallery):
    facts = find_by_mse(folder, progress=False).images.files.iloc[0]
    known = facts["path"], facts["bytes"], facts["modified"]
    assert file_state(*known) == ""
    assert file_state(known[0], known[1] + 1, known[2]) == "changed"
    (folder / "a.png").unlink()
    assert file_state(*known) == "gone"
    with pytest.raises(DecodeError, match="vanished"):
        file_jpeg(known[0], 100)


def test_the_modules_of_the_page_are_joined_in_the_order_in_which_they_import(tmp_path):
    (tmp_path / "index.js").write_text(
        'import { one } from "./one.js";\nimport {\n  two,\n  three,\n} from "./two.js";\nexport default { one };\n'
    )
    (tmp_path / "one.js").write_text('import { two } from "./two.js";\nexport const one = () => two;\n')
    (tmp_path / "two.js").write_text("export const two = 2;\nexport function three() {}\n")
    assert join_modules(tmp_path / "index.js") == (
        "const two = 2;\nfunction three() {}\n\nconst one = () => two;\n\nexport default { one };\n"
    )


WIDGETS = Path(dupviz.widgets.__file__).parent
ENTRIES = [
    *WIDGETS.glob("*/index.js"),
    *WIDGETS.glob("*/*_page.js"),
    *WIDGETS.glob("*/*_widget.js"),
]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.parent.name}/{entry.name}")
def test_modules_that_are_joined_share_no_names(entry):
    names = re.findall(r"^(?:const|let|function|async function|class) (\w+)", join_modules(entry), re.MULTILINE)
    assert names
    assert len(names) == len(set(names))


def test_the_page_of_the_gallery_is_one_module_of_all_files():
    page = str(ReviewGallery._esm)
    folder = Path(dupviz.widgets.gallery.__file__).parent
    assert not re.findall(r"^import\b", page, re.MULTILINE)
    assert re.findall(r"^export.*", page, re.MULTILINE) == [
        "export default { render: ({ model, el }) => openGallery(connect(model), el).close };"
    ]
    for file in folder.glob("*.js"):
        assert file.read_text().splitlines()[0] in page
        assert len(file.read_text().splitlines()) <= 220


# What is shown, and in what order


@pytest.fixture
def albums(open_gallery, tmp_path):
    """A gallery of three groups in two folders: an exact copy, a smaller one, and one of much space."""
    photos = tmp_path / "photos"
    for folder in ("phone", "album/summer"):
        (photos / folder).mkdir(parents=True)
    pictures = {name: picture().transpose(turn) for name, turn in zip("abc", (0, 2, 1))}
    pictures = {name: Image.fromarray(np.roll(np.asarray(each), 25, axis=1)) for name, each in pictures.items()}
    pictures["a"].resize((450, 300)).save(photos / "phone" / "exact.png")
    (photos / "album/summer/exact.png").write_bytes((photos / "phone/exact.png").read_bytes())
    pictures["b"].resize((450, 300)).save(photos / "album/summer/small.png")
    pictures["b"].save(photos / "phone" / "Small one.jpg", quality=60)
    noise = RNG.integers(0, 256, (400, 600, 3), np.uint8)
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2019:07:21 14:03:00"
    Image.fromarray(noise).save(photos / "album" / "large.png")
    Image.fromarray(noise).save(photos / "album" / "large.jpg", quality=95, exif=exif)
    return open_gallery(photos)


NOTHING = {"text": "", "folder": "", "format": "", "since": "", "until": ""}


def stems(gallery):
    """One name of each group, in the order in which they are shown."""
    return [group["files"][0]["name"].split(".")[0].split(" ")[0].lower() for group in gallery.state["groups"]]


def test_exact_copies_come_first_unless_another_order_is_asked_for(albums):
    assert stems(albums)[0] == "exact"
    ask(albums, "set_order", order="freed")
    assert stems(albums)[0] == "large"
    ask(albums, "set_order", order="found")
    assert sorted(stems(albums)) == ["exact", "large", "small"]
    ask(albums, "set_order", order="uncertain")
    assert sorted(stems(albums)) == ["exact", "large", "small"]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({"text": "SMALL ONE"}, ["small"]),
        ({"text": "summer"}, ["exact", "small"]),
        ({"folder": "album"}, ["exact", "large", "small"]),
        ({"folder": "album/summer"}, ["exact", "small"]),
        ({"folder": "album/summ"}, []),
        ({"format": "JPEG"}, ["large", "small"]),
        ({"format": "JPEG", "folder": "album"}, ["large"]),  # both of one file
        ({"since": "2019-07-21", "until": "2019-07-21"}, ["large"]),
        ({"until": "2019-07-20"}, []),
        ({"since": "2019-07-22"}, ["exact", "large", "small"]),
    ],
)
def test_groups_are_found_by_name_folder_format_and_day(albums, search, expected):
    ask(albums, "narrow", **{**NOTHING, **search})
    assert sorted(stems(albums)) == expected
    assert albums.state["found"] == len(expected)
    ask(albums, "narrow", **NOTHING)
    assert len(stems(albums)) == 3


def test_a_day_that_is_none_is_refused_and_changes_nothing(albums):
    ask(albums, "narrow", **{**NOTHING, "since": "yesterday"})
    assert "yesterday" in albums.state["notice"]
    assert albums.state["narrow"] == NOTHING
    assert len(stems(albums)) == 3


def test_what_can_be_chosen_is_what_the_groups_have(albums):
    assert [name for name, _ in albums.state["folders"]] == ["album", "album/summer", "phone"]
    assert [name for name, _ in albums.state["formats"]] == ["JPEG", "PNG"]


def test_nothing_goes_from_a_folder_of_which_that_was_said(albums):
    row = next(file["image"] for file in shown(albums).values() if file["folder_name"] == "phone")
    ask(albums, "never_from", image=row)
    assert albums.state["folder_rules"] == [{"rule": "never_from", "number": 0, "words": "nothing goes from phone"}]
    groups = albums.groups
    assert not (groups["path"].str.contains("/phone/") & (groups["action"] == "remove")).any()
    assert (groups["action"] == "remove").sum() == 3
    ask(albums, "forget_folder", rule="never_from", number=0)
    assert albums.state["folder_rules"] == []


@pytest.mark.parametrize("folder", ["phone", "album/summer"])
def test_all_groups_keep_what_is_in_the_folder_to_keep_from(albums, folder):
    files = [file for group in albums.state["groups"] for file in group["files"]]
    ask(albums, "keep_from", image=next(file["image"] for file in files if file["folder_name"] == folder))
    groups = albums.groups
    kept = groups[groups["action"] == "keep"]["path"]
    assert kept.str.contains(f"/{folder}/").sum() == 2
    assert (groups[groups["path"].isin(kept)]["reason"] == "in the folder to keep from").sum() == 2
    ask(albums, "forget_folder", rule="keep_from", number=0)
    ask(albums, "forget_folder", rule="keep_from", number=0)  # which is gone by now
    assert not (albums.groups["reason"] == "in the folder to keep from").any()


def test_only_a_folder_can_be_shown_by_one_of_its_files(albums):
    row = next(file["image"] for file in shown(albums).values() if file["folder_name"] == "album")
    ask(albums, "only_from", image=row)
    assert albums.state["narrow"]["folder"] == "album"
    assert len(stems(albums)) == 3


def test_taking_back_clears_a_search_that_hides_the_file(albums):
    ask(albums, "mark_different", image=next(row["image"] for row in shown(albums).values() if not row["first"]))
    ask(albums, "narrow", **{**NOTHING, "text": "no such name"})
    ask(albums, "undo")
    assert albums.state["narrow"] == NOTHING
    assert len(stems(albums)) == 3


# What is decided is seen, and counted


def test_what_was_for_review_and_is_accepted_stays_and_is_counted_no_more(looked_at):
    gallery = looked_at
    review = {name for name, action in actions(gallery).items() if action == "review"}
    assert gallery.state["review"] == len(review) > 0
    for group in gallery.state["groups"]:
        ask(gallery, "accept", groups=[group["name"]])
    assert {actions(gallery)[name] for name in review} == {"accepted"}
    assert gallery.state["words"]["accepted"] == "stays"
    assert gallery.state["review"] == 0
    assert [words for name, words in gallery.state["filters"] if name == "open"] == ["not reviewed · 0"]
    assert "review" not in dict(gallery.state["filters"])
    ask(gallery, "set_filter", filter="open")
    assert gallery.state["groups"] == []
    ask(gallery, "undo")
    assert [group["reviewed"] for group in gallery.state["groups"]] == [False]


def test_pages_of_what_is_not_reviewed_stay_as_they_are_until_they_are_asked_for_again(albums):
    ask(albums, "set_filter", filter="open")
    names = [group["name"] for group in albums.state["groups"]]
    ask(albums, "accept", groups=names[:1])
    assert [group["name"] for group in albums.state["groups"]] == names
    ask(albums, "page", page=0)
    assert [group["name"] for group in albums.state["groups"]] == names
    ask(albums, "set_filter", filter="open")
    assert [group["name"] for group in albums.state["groups"]] == names[1:]


def test_a_decision_about_each_file_in_turn_makes_a_group_reviewed(open_gallery, folder):
    gallery = open_gallery(folder)
    ask(gallery, "decide", image=1, action="keep")
    assert shown(gallery)["b.png"]["reviewed"]
    assert not gallery.state["groups"][0]["reviewed"]
    ask(gallery, "decide", image=2, action="as it is")
    assert actions(gallery) == {"a.png": "keep", "b.png": "keep", "c.png": "remove"}
    assert gallery.state["groups"][0]["reviewed"]
    ask(gallery, "decide", image=1, action="remove")
    assert actions(gallery)["b.png"] == "remove"
    ask(gallery, "decide", image=0, action="remove")
    assert gallery.state["notice"].startswith("This file stays for the others of its group")
    assert gallery.state["groups"][0]["reviewed"]


def test_what_is_for_review_is_let_go_by_a_decision_and_moves(looked_at, tmp_path):
    gallery = looked_at
    edited = shown(gallery)["cat_copy.jpg"]
    ask(gallery, "decide", image=edited["image"], action="remove")
    assert actions(gallery)["cat_copy.jpg"] == "remove"
    assert [Path(path).name for path in gallery.plan().table["path"]] == ["cat_copy.jpg"]
    ask(gallery, "move", to=str(tmp_path / "gone"), every=False, carry=True, held=False, number=1)
    assert gallery.state["moved"] == 1


def test_a_decision_about_files_that_have_moved_is_not_taken_back_before_they_are_back(open_gallery, folder, tmp_path):
    gallery = open_gallery(folder)
    ask(gallery, "accept", groups=[gallery.state["groups"][0]["name"]])
    ask(gallery, "move", to=str(tmp_path / "gone"), every=False, carry=True, held=False, number=2)
    ask(gallery, "undo")
    assert gallery.state["notice"] == "Not taken back: 2 files of it have moved. Move back first."
    assert gallery.state["reviewed"] == 1
    ask(gallery, "move_back")
    ask(gallery, "undo")
    assert gallery.state["notice"] == "Taken back."
    assert gallery.state["reviewed"] == 0


def test_a_card_names_the_file_that_it_goes_for_if_that_is_not_the_first_of_its_group(tmp_path):
    for name in ("coffee.jpg", "coffee_cropped_2.jpg", "coffee_cropped_5.jpg"):
        (tmp_path / name).write_bytes((PHOTOS / name).read_bytes())
    (tmp_path / "again.jpg").write_bytes((PHOTOS / "coffee_cropped_5.jpg").read_bytes())
    gallery = ReviewGallery(find_duplicates(tmp_path, progress=False, cache=False), file=tmp_path / "decisions")
    beside = {name: file["beside"] for name, file in shown(gallery).items()}
    assert beside["coffee.jpg"] == beside["coffee_cropped_2.jpg"] == ""
    stays, goes = sorted(["again.jpg", "coffee_cropped_5.jpg"], key=lambda name: beside[name].startswith("goes"))
    assert beside[stays] == ""
    assert beside[goes] == f"goes for {stays}"


def test_the_sheet_shows_three_times_as_many_groups_and_begins_where_one_was(tmp_path, open_gallery):
    for number in range(70):
        for copy in ("", " copy"):
            Image.fromarray(np.random.default_rng(number).integers(0, 256, (20, 20, 3), np.uint8)).save(
                tmp_path / f"{number:02}{copy}.png"
            )
    gallery = open_gallery(tmp_path)
    assert (gallery.state["view"], len(gallery.state["groups"]), gallery.state["pages"]) == ("rows", 20, 4)
    assert gallery.state["following"][0]["name"] not in {group["name"] for group in gallery.state["groups"]}
    ask(gallery, "page", page=3)
    first = gallery.state["groups"][0]["name"]
    assert (len(gallery.state["groups"]), gallery.state["following"]) == (10, [])
    ask(gallery, "set_view", view="sheet")
    assert (gallery.state["view"], gallery.state["page"], gallery.state["pages"]) == ("sheet", 1, 2)
    assert gallery.state["groups"][0]["name"] == first
    ask(gallery, "page", page=0)
    assert len(gallery.state["groups"]) == 60
    ask(gallery, "set_view", view="rows")
    ask(gallery, "jump", text=" 47 COPY")
    assert "47 copy.png" in shown(gallery)
    page = gallery.state["page"]
    ask(gallery, "jump", text="no such name")
    assert gallery.state["notice"] == "No group that is shown has a file named 'no such name'."
    assert gallery.state["page"] == page
