"""What the dialog that moves files shows of what is carried over, and does."""

import pytest
from noted import write_noted
from plans import snapshot
from schemas import of_type, validator

from dupviz import find_duplicates
from dupviz.review.labels import Labels
from dupviz.widgets.gallery.gallery import Gallery
from dupviz.widgets.gallery.states import Answer

NOTES = {"k": {}, "captioned": {"dc:description": ("a cat",)}, "plain": {}}


@pytest.fixture
def gallery(tmp_path):
    """A function that opens a gallery of one group: one stays, one alone has a caption, and one can go."""

    def open_(notes=NOTES, **options):
        for number, (name, each) in enumerate(notes.items()):
            write_noted(tmp_path / "photos" / f"{name}.jpg", each, quality=95 - 10 * number)
        duplicates = find_duplicates(tmp_path / "photos", keep="largest_file", progress=False, cache=False, **options)
        return Gallery(duplicates, file=tmp_path / "decisions", labels=Labels(duplicates.images, tmp_path / "labels"))

    return open_


def preview(gallery, tmp_path, *, carry=True, held=False):
    values = {"to": str(tmp_path / "out"), "every": True, "carry": carry, "held": held}
    answer, _ = gallery.receive({"do": "preview", "id": 1, **values})
    validator(of_type(Answer))(answer)
    return answer["preview"]


def move(gallery, tmp_path, number, *, carry=True, held=False):
    values = {"to": str(tmp_path / "out"), "every": True, "carry": carry, "held": held, "number": number}
    gallery.receive({"do": "move", "id": 2, **values})
    return sorted(path.name for path in (tmp_path / "photos").iterdir())


def let_go(gallery, name):
    files = [file for group in gallery.state["groups"] for file in group["files"]]
    gallery.receive({"do": "toggle", "id": 3, "image": next(f["image"] for f in files if f["name"] == name)})


def test_what_is_held_back_by_metadata_is_counted_and_goes_when_that_is_ticked(gallery, tmp_path):
    shown = gallery()
    before = snapshot(tmp_path / "photos")
    found = preview(shown, tmp_path)
    assert (found["number"], found["going"], found["held"], found["carries"]) == (1, 1, 1, False)
    found = preview(shown, tmp_path, held=True)
    assert (found["going"], found["carries"]) == (2, True)
    assert found["sidecars"] == [str(tmp_path / "photos" / "k.jpg.xmp")]
    assert move(shown, tmp_path, 2, held=True) == ["k.jpg", "k.jpg.xmp"]
    assert shown.state["notice"].startswith("1 sidecar written (")
    shown.receive({"do": "move_back", "id": 4})
    assert snapshot(tmp_path / "photos") == before


def test_what_a_person_lets_go_is_carried_over_unless_that_is_unticked(gallery, tmp_path):
    shown = gallery()
    let_go(shown, "captioned.jpg")
    found = preview(shown, tmp_path)
    assert (found["going"], found["held"], found["carries"], len(found["sidecars"])) == (2, 0, True, 1)
    found = preview(shown, tmp_path, carry=False)
    assert (found["going"], found["carries"], found["sidecars"]) == (2, True, [])
    assert move(shown, tmp_path, 2, carry=False) == ["k.jpg"]


def test_what_cannot_be_carried_over_is_named_with_the_reason(gallery, tmp_path):
    shown = gallery({"k": {"xmp:Rating": ("5",)}, "rated": {"xmp:Rating": ("3",)}, "plain": {}})
    let_go(shown, "rated.jpg")
    found = preview(shown, tmp_path)
    assert (found["number"], found["going"], found["carries"]) == (2, 1, True)
    reason = "its metadata cannot be carried over: there is a rating already, another one"
    assert found["stays"] == [f"{tmp_path / 'photos' / 'rated.jpg'}: {reason}"]
    assert preview(shown, tmp_path, carry=False)["going"] == 2


def test_what_goes_only_since_it_is_carried_over_always_is(gallery, tmp_path):
    """Whatever is ticked: by the rules of the search."""
    shown = gallery(carry=True)
    assert preview(shown, tmp_path, carry=False)["sidecars"] == [str(tmp_path / "photos" / "k.jpg.xmp")]
    assert preview(shown, tmp_path)["held"] == 0
    assert move(shown, tmp_path, 2, carry=False) == ["k.jpg", "k.jpg.xmp"]


def test_by_the_mse_alone_all_that_goes_is_carried_over(gallery, tmp_path):
    shown = gallery(verify=False)
    assert len(preview(shown, tmp_path)["sidecars"]) == 1
    assert move(shown, tmp_path, 2) == ["k.jpg", "k.jpg.xmp"]


def test_where_nothing_is_said_nothing_is_offered(gallery, tmp_path):
    found = preview(gallery({"k": {}, "plain": {}}), tmp_path)
    assert (found["going"], found["held"], found["carries"]) == (1, 0, False)
