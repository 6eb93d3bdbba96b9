"""Signed journals: what was changed since is known, and a kill in the middle of a line is no change."""

import errno
import json
import os
import stat
import threading

import pytest
from faults import Crash, at_operation, ended
from plans import plan_of, snapshot, write_files

from dupviz import undo
from dupviz._disk import homes
from dupviz.cleanup import disk, signature
from dupviz.cleanup.entries import sum_of
from dupviz.cleanup.undo import ForeignQuarantineError
from dupviz.cli import commands as cli


@pytest.fixture
def data(tmp_path, monkeypatch):
    """The data folder of this user, which is not there yet."""
    monkeypatch.setenv("DUPVIZ_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def photos(tmp_path):
    write_files(tmp_path / "photos", ["keeper.jpg", "a.jpg", "b.jpg"])
    return tmp_path / "photos"


@pytest.fixture
def plan(photos):
    return plan_of(photos, {str(photos / name): str(photos / "keeper.jpg") for name in ("a.jpg", "b.jpg")})


def move(plan, out):
    return plan.apply(out, dry_run=False, progress=False)


def summed(record):
    body = {name: value for name, value in record.items() if name != "sum"}
    return json.dumps({**body, "sum": sum_of(body)}).encode()


def elsewhere(line):
    record = json.loads(line)
    return summed({**record, "move": record["move"].replace("a.jpg", "c.jpg")})


CHANGED, CUT, FOREIGN = signature.CHANGED, signature.CUT, signature.FOREIGN
# Lines: empty, header, header, move, moved, move, moved, end.
TAMPERED = {
    "a path": (lambda lines: [*lines[:3], elsewhere(lines[3]), *lines[4:]], CHANGED),
    "the end of a line": (lambda lines: [*lines[:5], lines[5][:-9], *lines[6:]], CHANGED),
    "one left out": (lambda lines: [*lines[:4], *lines[5:]], CHANGED),
    "one twice": (lambda lines: [*lines[:5], lines[4], *lines[5:]], CHANGED),
    "another order": (lambda lines: [*lines[:3], lines[5], lines[6], lines[3], lines[4], lines[7]], CHANGED),
    "one added": (lambda lines: [*lines, summed({"stayed": "0" * 16})], CHANGED),
    "the header": (lambda lines: [b"", summed({**json.loads(lines[1]), "roots": []}), *lines[2:]], FOREIGN),
    "no header": (lambda lines: [b"", *lines[3:]], FOREIGN),
    "no end": (lambda lines: lines[:-1], CUT),
    "cut within a line": (lambda lines: [*lines[:-1], lines[-1][:20]], CUT),
    "no signatures": (
        lambda lines: [
            b"",
            *(summed({key: value for key, value in json.loads(line).items() if key != "mac"}) for line in lines[1:]),
        ],
        signature.UNSIGNED,
    ),
}


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("what", TAMPERED)
def test_a_journal_of_ones_own_that_was_changed_counts_as_foreign(what, plan, photos, tmp_path, capsys):
    before = snapshot(photos)
    journal = move(plan, tmp_path / "out").journal
    change, words = TAMPERED[what]
    lines = journal.read_bytes().split(b"\n")
    assert len(lines) == 8
    journal.write_bytes(b"\n".join(change(lines)))
    with pytest.raises(ForeignQuarantineError, match=words):
        undo(journal)
    assert cli.main(["undo", str(journal)]) == 1
    assert words in " ".join(capsys.readouterr().out.split())
    assert not (photos / "a.jpg").exists()
    assert undo(journal, dry_run=True, progress=False).table["status"].str.contains("would|skipped").all()
    journal.write_bytes(b"\n".join(lines))
    assert undo(journal, progress=False).skipped.empty
    assert snapshot(photos) == before


@pytest.mark.usefixtures("data")
def test_lines_of_another_journal_of_ones_own_are_a_change(plan, tmp_path):
    one, two = (
        move(plan[plan.table["path"].str.endswith(name)], tmp_path / name).journal for name in ("a.jpg", "b.jpg")
    )
    lines, others = (path.read_bytes().split(b"\n") for path in (one, two))
    one.write_bytes(b"\n".join([*lines[:3], *others[3:]]))
    with pytest.raises(ForeignQuarantineError, match=CHANGED):
        undo(one)


@pytest.mark.usefixtures("data")
def test_a_journal_that_a_kill_has_cut_anywhere_is_ones_own(plan, photos, tmp_path):
    def kill():
        raise Crash

    before = snapshot(photos)
    for number in range(10, 60, 3):
        with at_operation(number, kill) as reached:
            ended(move, plan, tmp_path / f"out{number}")
        out = tmp_path / f"out{number}"
        if reached and (out / "journal-1.jsonl").exists():
            whole = (out / "journal-1.jsonl").read_bytes()
            for torn in (b"", b"\n", b'\n{"move": "/ph', b'\n{"moved": "\xff'):
                (out / "journal-1.jsonl").write_bytes(whole + torn)
                assert undo(out, dry_run=True, progress=False).skipped.empty
                undo(out, progress=False)
            assert snapshot(photos) == before
        assert reached or number > 30


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("act", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("written", [0, 7, None])
def test_lines_follow_what_is_in_the_file_after_one_that_failed(act, written, plan, photos, tmp_path, monkeypatch):
    before = snapshot(photos)
    append = disk.append

    def once(file, record):
        if b'"moved"' in record:
            monkeypatch.setattr(disk, "append", append)
            file.write(record[:written])
            raise act
        append(file, record)

    monkeypatch.setattr(disk, "append", once)
    move(plan, tmp_path / "out")
    assert undo(tmp_path / "out", progress=False).skipped.empty
    assert snapshot(photos) == before


def test_the_key_is_for_its_user_alone_and_made_once(data, plan, tmp_path):
    move(plan, tmp_path / "out")
    key = (data / signature.KEY).read_bytes()
    assert len(key) == signature.KEY_BYTES
    assert os.name == "nt" or stat.S_IMODE(os.stat(data / signature.KEY).st_mode) == 0o600
    undo(tmp_path / "out", progress=False)
    move(plan, tmp_path / "out")
    assert (data / signature.KEY).read_bytes() == key
    assert sorted(os.listdir(data)) == [signature.KEY, signature.OWN_JOURNALS]


@pytest.mark.usefixtures("data")
def test_of_two_keys_that_are_made_at_once_one_counts():
    keys, start = [], threading.Barrier(8)

    def make():
        start.wait()
        keys.append(signature._own_key())

    threads = [threading.Thread(target=make) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(keys)) == 1
    assert len(keys) == 8


def test_with_another_key_a_journal_is_foreign(data, plan, tmp_path, monkeypatch):
    move(plan, tmp_path / "out")
    monkeypatch.setenv("DUPVIZ_DATA_DIR", str(tmp_path / "another"))
    with pytest.raises(ForeignQuarantineError, match=FOREIGN):
        undo(tmp_path / "out")
    data.rename(tmp_path / "another")  # the data folder has moved, with the key
    assert undo(tmp_path / "out", progress=False).skipped.empty


def test_a_data_folder_that_cannot_be_used_is_said_before_the_first_move(data, plan, photos, tmp_path, capsys):
    before = snapshot(tmp_path / "photos")
    plan.save(tmp_path / "plan.csv")
    command = ["clean", "--plan", str(tmp_path / "plan.csv"), "--to", str(tmp_path / "out"), "--yes"]
    data.write_bytes(b"no folder")
    assert cli.main(command) == 2
    said = capsys.readouterr().err
    assert f"nothing has moved: '{data}', where dupviz keeps what undo needs, cannot be used (" in said
    assert "DUPVIZ_DATA_DIR can name another folder" in said
    data.unlink()
    data.mkdir()
    (data / signature.KEY).write_bytes(b"short")
    assert cli.main(command) == 2
    assert "damaged: remove it" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert snapshot(photos) == before


@pytest.mark.parametrize("what", ["append", "sync", "create", "record"])
def test_a_full_data_folder_is_said_before_the_first_move(what, data, plan, photos, tmp_path, monkeypatch):
    before = snapshot(photos)

    def full(*_, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        if what == "record":
            patch.setattr(signature, "append_record", full)
        else:
            patch.setattr(disk, what, full)
        with pytest.raises(OSError, match=r"nothing has moved: .*No space left on device"):
            move(plan, tmp_path / "out")
    assert snapshot(photos) == before
    assert not (tmp_path / "out").exists()
    assert set(os.listdir(data)) <= {signature.KEY}, "nothing is left of what was begun"
    move(plan, tmp_path / "out")
    assert undo(tmp_path / "out", progress=False).skipped.empty


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has a device that is always full")
def test_a_record_that_does_not_fit_is_an_error():
    from pathlib import Path

    from dupviz._disk.records import append_record

    with pytest.raises(OSError, match="No space left on device"):
        append_record(Path("/dev/full"), {"a": 1})


def test_a_user_without_a_home_can_undo_within_the_process(plan, photos, tmp_path, monkeypatch, caplog):
    before = snapshot(photos)
    monkeypatch.setattr(signature, "is_remembered", lambda _: False)
    monkeypatch.setattr(signature, "data_file", lambda name: homes.NOWHERE / name)
    outcome = move(plan, tmp_path / "out")
    assert [record.getMessage() for record in caplog.records] == [signature.HOMELESS]
    assert undo(outcome, progress=False).skipped.empty
    assert snapshot(photos) == before
    outcome = move(plan, tmp_path / "out2")
    signature._key_of_process.cache_clear()
    with pytest.raises(ForeignQuarantineError, match=FOREIGN):
        undo(outcome)
