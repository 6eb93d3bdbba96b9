"""The command `covered`: its words and its exit status."""

import shutil

import pytest
from losses import exif, photo

from dupviz.cli import main


@pytest.fixture
def card(tmp_path):
    """A card with a picture and a film."""
    folder = tmp_path / "card"
    folder.mkdir()
    photo(0).save(folder / "a.jpg", quality=92, exif=exif(0))
    (folder / "film.mov").write_bytes(b"a film")
    return folder


def test_status_0_only_if_all_is_covered(card, tmp_path, capsys):
    archive = shutil.copytree(card, tmp_path / "archive")
    assert main(["covered", str(card), "--by", str(archive), "--no-cache"]) == 0
    assert capsys.readouterr().out == "2 files have the same bytes in the archive.\n"
    (archive / "film.mov").unlink()
    photo(0).resize((128, 96)).save(archive / "a.jpg", exif=exif(0))
    assert main(["covered", str(card), "--by", str(archive), "--no-cache"]) == 1
    first, second, _, summary, advice = capsys.readouterr().out.splitlines()
    assert first == f"not there  {card / 'a.jpg'} (beside {archive / 'a.jpg'}: the only one with more pixels)"
    assert second == f"not there  {card / 'film.mov'}"
    assert summary.startswith("2 files (")
    assert "--copy-missing" in advice


def test_what_is_missing_is_copied(card, tmp_path, capsys):
    (tmp_path / "archive").mkdir()
    arguments = ["covered", str(card), "--by", str(tmp_path / "archive"), "--no-cache"]
    assert main([*arguments, "--copy-missing", str(tmp_path / "archive" / "new")]) == 0
    assert "2 files copied" in capsys.readouterr().out
    assert main([*arguments, "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_copies_that_fail_are_named_with_status_1(card, tmp_path, capsys):
    (tmp_path / "archive").mkdir()
    (tmp_path / "file").write_text("no folder")
    arguments = ["covered", str(card), "--by", str(tmp_path / "archive"), "--no-cache"]
    assert main([*arguments, "--copy-missing", str(tmp_path / "file")]) == 1
    assert f"not copied  {card / 'a.jpg'}: cannot be copied" in capsys.readouterr().out


def test_a_card_without_a_file_is_no_leave_to_wipe_it(card, tmp_path, capsys):
    (tmp_path / "not mounted").mkdir()
    assert main(["covered", str(tmp_path / "not mounted"), "--by", str(card), "--quiet"]) == 1
    assert capsys.readouterr().out == "There is no file in it.\n"


def test_unusable_folders_are_status_2(card, tmp_path, capsys):
    assert main(["covered", str(card), "--by", str(card)]) == 2
    assert "must not be on the card" in capsys.readouterr().err
    assert main(["covered", str(tmp_path / "nowhere"), "--by", str(card)]) == 2
    assert "no such file or folder" in capsys.readouterr().err
