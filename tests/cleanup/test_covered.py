"""May a card be wiped? Exactly what the archive lacks is named, and copied whole."""

import os
import shutil

import pytest
from losses import captioned, exif, photo, plant
from PIL import Image
from plans import snapshot

from dupviz.cleanup import copying, disk
from dupviz.cleanup import covered as module
from dupviz.cleanup.covered import covered
from dupviz.cleanup.every_file import every_file


@pytest.mark.parametrize("seed", range(6))
def test_exactly_what_was_lost_is_named(tmp_path, seed):
    card, archive = tmp_path / "card", tmp_path / "archive"
    lost = plant(card, archive, seed=seed, pictures=14)
    result = covered(card, archive, cache=False, progress=False)
    assert set(result.missing["path"]) == lost
    assert len(result.table) == 19
    before = snapshot(card), snapshot(archive)
    outcome = result.copy_missing(tmp_path / "rest", progress=False)
    assert set(outcome.table["status"]) <= {"copied"}
    assert (snapshot(card), snapshot(archive)) == before
    again = covered(card, [archive, tmp_path / "rest"], cache=False, progress=False)
    assert again.missing.empty


@pytest.fixture
def card(tmp_path):
    """A card with one picture and one note."""
    folder = tmp_path / "card"
    folder.mkdir()
    photo(0).save(folder / "a.jpg", quality=92, exif=exif(0))
    (folder / "note.txt").write_text("a note")
    return folder


def found(result):
    return dict(zip(map(os.path.basename, result.table["path"]), result.table["found"]))


@pytest.mark.parametrize("name", ["larger", "saved again"])
def test_an_archive_that_has_less_of_a_picture_covers_it_not(tmp_path, name):
    card, archive = tmp_path / "card", tmp_path / "archive"
    card.mkdir()
    archive.mkdir()
    photo(0).save(card / "a.jpg", quality=95)
    picture = Image.open(card / "a.jpg")
    if name == "larger":  # blown up from the one on the card
        picture.resize((512, 384), Image.Resampling.BICUBIC).save(archive / "a.png")
    else:
        picture.save(archive / "a.jpg", quality=60)
    result = covered(card, archive, cache=False, progress=False)
    assert found(result) == {"a.jpg": "not there"}
    assert result.table["by"].iat[0].startswith(str(archive))


def test_where_nothing_tells_which_came_first_the_better_one_has_to_be_in_the_archive(tmp_path):
    card, archive = tmp_path / "card", tmp_path / "archive"
    card.mkdir()
    archive.mkdir()
    photo(0).save(card / "a.webp", quality=95)
    photo(0).save(archive / "a.webp", quality=70)
    assert found(covered(card, archive, cache=False, progress=False)) == {"a.webp": "not there"}
    assert found(covered(archive, card, cache=False, progress=False)) == {"a.webp": "same picture"}


def test_the_same_pixels_are_enough_in_a_smaller_file_of_another_name(tmp_path):
    card, archive = tmp_path / "card", tmp_path / "backup"
    card.mkdir()
    archive.mkdir()
    photo(0).save(card / "a.png", compress_level=0)
    photo(0).save(archive / "copy of a (1).png")
    assert found(covered(card, archive, cache=False, progress=False)) == {"a.png": "same picture"}


def test_a_picture_goes_with_what_lies_beside_it(card, tmp_path):
    archive = tmp_path / "archive"
    archive.mkdir()
    captioned(card / "a.jpg", archive / "a.jpg", 0)
    assert found(covered(card, archive, cache=False, progress=False))["a.jpg"] == "same picture"
    (card / "a.jpg.xmp").write_text("settings")
    assert found(covered(card, archive, cache=False, progress=False))["a.jpg"] == "not there"


def test_the_card_does_not_cover_itself(card, tmp_path):
    assert set(found(covered(card, tmp_path, cache=False, progress=False)).values()) == {"not there"}
    (tmp_path / "elsewhere").mkdir()
    os.link(card / "note.txt", tmp_path / "elsewhere" / "second name.txt")  # the same bytes on the same disk
    assert found(covered(card, tmp_path, cache=False, progress=False))["note.txt"] == "not there"


def test_an_archive_on_the_card_is_refused(card):
    for archive in (card, card / "copies"):
        archive.mkdir(exist_ok=True)
        with pytest.raises(ValueError, match="must not be on the card"):
            covered(card, archive, progress=False)


def test_what_is_in_a_quarantine_folder_covers_nothing(card, tmp_path):
    archive = shutil.copytree(card, tmp_path / "archive")
    assert covered(card, archive, cache=False, progress=False).missing.empty
    (archive / "dupviz-quarantine.txt").write_text("what dupviz has moved away")
    assert len(covered(card, archive, cache=False, progress=False).missing) == 2
    (card / "dupviz-quarantine.txt").write_text("what dupviz has moved away")  # but all on the card counts
    assert len(covered(card, tmp_path / "archive", cache=False, progress=False).table) == 3


def test_what_systems_write_does_not_count(card, tmp_path):
    archive = shutil.copytree(card, tmp_path / "archive")
    (card / ".Trashes").mkdir()
    for name in (".DS_Store", "Thumbs.db", ".Trashes/a.jpg"):
        (card / name).write_text("x")
    assert covered(card, archive, cache=False, progress=False).missing.empty


def test_both_names_of_one_file_are_told_of(card, tmp_path):
    os.link(card / "a.jpg", card / "b.jpg")
    archive = tmp_path / "archive"
    archive.mkdir()
    captioned(card / "a.jpg", archive / "a.jpg", 0)
    assert found(covered(card, archive, cache=False, progress=False)) == {
        "a.jpg": "same picture",
        "b.jpg": "same picture",
        "note.txt": "not there",
    }


def test_a_raw_name_is_compared_by_its_bytes_alone(card, tmp_path):
    os.link(card / "a.jpg", card / "a.dng")
    archive = tmp_path / "archive"
    archive.mkdir()
    captioned(card / "a.jpg", archive / "a.jpg", 0)
    result = found(covered(card, archive, cache=False, progress=False))
    assert (result["a.jpg"], result["a.dng"]) == ("same picture", "not there")


def with_numbers(monkeypatch, number_of):
    """File systems that number files in another way."""
    monkeypatch.setattr(
        module,
        "every_file",
        lambda root, **options: [each._replace(number=number_of(each.path)) for each in every_file(root, **options)],
    )


def test_files_of_one_number_are_told_apart_by_their_bytes(card, tmp_path, monkeypatch):
    photo(1).save(card / "b.jpg", quality=92, exif=exif(1))
    archive = tmp_path / "archive"
    archive.mkdir()
    captioned(card / "a.jpg", archive / "a.jpg", 0)
    with_numbers(monkeypatch, lambda path: path if path.startswith(str(archive)) else "all of the card")
    result = found(covered(card, archive, cache=False, progress=False))
    assert result == {"a.jpg": "same picture", "b.jpg": "not there", "note.txt": "not there"}


def test_the_card_does_not_cover_itself_where_its_files_have_new_numbers_each_time(card, tmp_path, monkeypatch):
    numbers = iter(range(100))
    with_numbers(monkeypatch, lambda path: str(next(numbers)))
    assert set(found(covered(card, tmp_path, cache=False, progress=False)).values()) == {"not there"}


@pytest.mark.parametrize("changed", ["card", "archive"])
def test_what_changes_meanwhile_is_not_covered(card, tmp_path, monkeypatch, changed):
    archive = shutil.copytree(card, tmp_path / "archive")
    digest = module.digest

    def and_then_changed(path):
        content = digest(path)
        if path == str(archive / "note.txt"):
            (tmp_path / changed / "note.txt").write_text("other words")
        return content

    assert covered(card, archive, cache=False, progress=False).missing.empty
    monkeypatch.setattr(module, "digest", and_then_changed)
    missing = covered(card, archive, cache=False, progress=False).missing
    assert missing["path"].tolist() == [str(card / "note.txt")]
    assert missing["reason"].tolist() == ["one of the two has changed meanwhile"]


def test_a_second_mount_of_the_card_or_of_a_folder_of_it_is_on_the_card(card, tmp_path, monkeypatch):
    (card / "DCIM").mkdir()
    (tmp_path / "mnt").mkdir()
    (tmp_path / "empty").mkdir()
    result = covered(card, tmp_path / "empty", cache=False, progress=False)
    number = module._number
    for mounted in (card, card / "DCIM"):
        monkeypatch.setattr(
            module, "_number", lambda folder, at=mounted: number(str(at) if folder == str(tmp_path / "mnt") else folder)
        )
        with pytest.raises(ValueError, match="must not be on the card"):
            result.copy_missing(tmp_path / "mnt" / "new")
        with pytest.raises(ValueError, match="must not be on the card"):
            covered(card, tmp_path / "mnt", progress=False)
    assert not (tmp_path / "mnt" / "new").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="all can be read")
def test_what_cannot_be_opened_is_named(card, tmp_path):
    archive = shutil.copytree(card, tmp_path / "archive")
    (card / "note.txt").chmod(0)
    assert found(covered(card, archive, cache=False, progress=False))["note.txt"] == "unreadable"


def test_a_folder_that_cannot_be_read_is_named(card, tmp_path, monkeypatch):
    archive = shutil.copytree(card, tmp_path / "archive")
    (card / "inner").mkdir()
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("inner"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    result = covered(card, archive, cache=False, progress=False)
    assert found(result)["inner"] == "unreadable"
    assert "Permission denied" in result.missing["reason"].iat[0]


def test_copies_overwrite_nothing_and_are_whole(card, tmp_path):
    (tmp_path / "empty").mkdir()
    to = tmp_path / "to"
    to.mkdir()
    (to / "note.txt").write_text("another note")
    result = covered(card, tmp_path / "empty", cache=False, progress=False)
    assert result.copy_missing(to, progress=False).table["status"].tolist() == ["copied", "copied"]
    assert (to / "note.txt").read_text() == "another note"
    assert (to / "note (2).txt").read_text() == "a note"
    assert (to / "a.jpg").read_bytes() == (card / "a.jpg").read_bytes()
    assert (to / "a.jpg").stat().st_mtime_ns == (card / "a.jpg").stat().st_mtime_ns
    assert result.copy_missing(to, progress=False).table["status"].tolist() == ["already there"] * 2
    assert sorted(os.listdir(to)) == ["a.jpg", "note (2).txt", "note.txt"]
    with pytest.raises(ValueError, match="must not be on the card"):
        result.copy_missing(card / "copies")


def test_a_copy_that_differs_is_said_and_does_not_stay(card, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    copy_content = disk.copy_content

    def spoil(original, copy):
        copy_content(original, copy)
        copy.seek(0)
        copy.write(b"?")

    monkeypatch.setattr(disk, "copy_content", spoil)
    outcome = covered(card, tmp_path / "empty", cache=False, progress=False).copy_missing(tmp_path / "to")
    assert outcome.table["status"].tolist() == ["skipped", "skipped"]
    assert outcome.table["reason"].str.contains("differs").all()
    assert os.listdir(tmp_path / "to") == []


def test_a_full_disk_leaves_no_part_of_a_copy(card, tmp_path, monkeypatch):
    def full(original, copy):
        copy.write(b"part")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "copy_content", full)
    result = copying.copy_to(str(card / "a.jpg"), str(tmp_path / "to" / "a.jpg"))
    assert (result.status, result.reason) == ("skipped", "cannot be copied: No space left on device")
    assert os.listdir(tmp_path / "to") == []
