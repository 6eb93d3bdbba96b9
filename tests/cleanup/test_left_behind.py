"""What belongs to a picture goes along with the next clean-up, if the last one was broken off between the two."""

import os

import pytest
from faults import Crash, apply
from plans import plan_of, snapshot, write_files

from dupviz import undo
from dupviz.cleanup.apply import _Application
from dupviz.cleanup.quarantine import files_in_quarantine
from dupviz.cli import commands as cli


@pytest.fixture
def broken_off(tmp_path, monkeypatch):
    """Photos, of which one has moved without what belongs to it; a function that plans; how they were before."""
    photos = tmp_path / "photos"
    write_files(photos, ["keeper.jpg", "sub/a.jpg", "sub/a.jpg.xmp", "sub/a.mov", "b.jpg", "b.xmp"])
    before = snapshot(photos)

    def plan(*names):
        return plan_of(photos, {str(photos / name): str(photos / "keeper.jpg") for name in names})

    def killed(*_):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(_Application, "_accompany", killed)
        assert isinstance(apply(plan("sub/a.jpg", "b.jpg"), tmp_path / "out"), Crash)
    assert sorted(os.listdir(photos / "sub")) == ["a.jpg.xmp", "a.mov"]
    return photos, plan, before


def facts(outcome):
    return dict(zip(map(os.path.basename, outcome.table["path"]), outcome.table["status"]))


@pytest.mark.parametrize("rest", [["b.jpg"], []])
def test_what_was_left_behind_goes_along_with_the_next_clean_up(broken_off, rest, tmp_path):
    photos, plan, before = broken_off
    shown = plan(*rest).apply(tmp_path / "out", progress=False)
    done = plan(*rest).apply(tmp_path / "out", dry_run=False, progress=False)
    names = ["a.jpg.xmp", "a.mov", *rest, *(["b.xmp"] if rest else [])]
    assert facts(shown) == dict.fromkeys(names, "would move")
    assert facts(done) == dict.fromkeys(names, "moved")
    assert done.table["reason"][0] == "belongs to a.jpg, which moved before"
    assert sorted(os.listdir(tmp_path / "out" / "sub")) == ["a.jpg", "a.jpg.xmp", "a.mov"]
    assert undo(tmp_path / "out", progress=False).skipped.empty
    assert snapshot(photos) == before


def test_the_command_line_takes_it_along_without_any_plan(broken_off, tmp_path, capsys):
    photos, plan, _ = broken_off
    (photos / "b.jpg").unlink()
    (photos / "b.xmp").unlink()
    plan().save(tmp_path / "plan.csv")
    command = ["clean", "--plan", str(tmp_path / "plan.csv"), "--to", str(tmp_path / "out")]
    assert cli.main(command) == 0
    assert "the same command with --yes moves them" in capsys.readouterr().out
    assert cli.main([*command, "--yes"]) == 0
    printed = capsys.readouterr().out
    assert "a.mov: belongs to a.jpg, which moved before" in printed
    assert "dupviz undo" in printed
    assert not (photos / "sub" / "a.mov").exists()


def test_after_any_number_of_broken_off_clean_ups_what_was_left_behind_goes_along(broken_off, tmp_path, monkeypatch):
    _, plan, _ = broken_off
    with monkeypatch.context() as patch:

        def killed(*_):
            raise Crash

        patch.setattr(_Application, "step", killed)
        assert isinstance(apply(plan("b.jpg"), tmp_path / "out"), Crash)
    (tmp_path / "out" / "journal-3.jsonl").write_bytes(b'\n{"dupviz')
    assert set(facts(plan().apply(tmp_path / "out", progress=False))) == {"a.jpg.xmp", "a.mov"}


def test_what_comes_after_a_clean_up_is_no_part_of_it(broken_off, tmp_path):
    photos, plan, _ = broken_off
    plan("b.jpg").apply(tmp_path / "out", dry_run=False, progress=False)
    write_files(photos, ["sub/a.wav", "b.wav"], start=20)
    assert plan().apply(tmp_path / "out", dry_run=False, progress=False).table.empty
    assert (photos / "b.wav").exists()


def test_what_belongs_to_a_picture_that_is_back_or_to_one_that_stays_is_not_left_behind(broken_off, tmp_path):
    photos, plan, _ = broken_off
    write_files(photos, ["sub/a.png"], start=20)  # a.mov belongs to it, too
    assert set(facts(plan().apply(tmp_path / "out", progress=False))) == {"a.jpg.xmp"}
    undo(tmp_path / "out", progress=False)
    assert plan().apply(tmp_path / "out", progress=False).table.empty


def test_a_journal_of_someone_else_takes_nothing_along(broken_off, tmp_path, monkeypatch):
    _, plan, _ = broken_off
    monkeypatch.setenv("DUPVIZ_DATA_DIR", str(tmp_path / "another user's data"))
    assert plan().apply(tmp_path / "out", dry_run=False, progress=False).table.empty


def test_a_receipt_that_a_kill_cut_short_is_no_file_of_the_quarantine_folder(tmp_path):
    (tmp_path / ".dupviz-0123456789abcdef.tmp").write_text("<!doctype html>")
    (tmp_path / ".dupviz-notes.tmp").write_text("of somebody else")
    assert files_in_quarantine(tmp_path) == [str(tmp_path / ".dupviz-notes.tmp")]
