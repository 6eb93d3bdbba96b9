"""Quarantine folders that were moved, copied, or made by others: files return to where they belong, or stay."""

import hashlib
import json
import os
import shutil
import stat
import subprocess
import time
import zlib
from pathlib import Path

import pytest
from faults import links_nothing, renames_within
from plans import content, pictures, plan_of, snapshot, write_files

from dupviz import undo
from dupviz.cleanup import disk, held
from dupviz.cleanup.move import Move
from dupviz.cleanup.undo import ForeignQuarantineError
from dupviz.cli import commands as cli
from dupviz.images.walk import MARKER


@pytest.fixture
def world(tmp_path):
    """Photos, of which two have been moved to a quarantine folder beside them; and how they were before."""
    photos, out = tmp_path / "drive" / "photos", tmp_path / "drive" / "out"
    keeper, *paths = write_files(photos, ["keeper.jpg", "a.jpg", "sub/b.jpg"])
    before = snapshot(photos)
    plan_of(photos, dict.fromkeys(paths, keeper)).apply(out, dry_run=False, progress=False)
    assert len(pictures(photos)) == 1
    return photos, out, before


@pytest.fixture
def another_user(tmp_path, monkeypatch):
    """From here on, someone else works with what is there."""
    monkeypatch.setenv("DUPVIZ_DATA_DIR", str(tmp_path / "another user's data"))


def statuses(outcome):
    return set(outcome.table["status"])


def forged(out, moves, roots):
    """A quarantine folder with a journal of one's own making, whose sums are right."""
    out.mkdir()
    (out / MARKER).touch()
    records = [{"dupviz journal": 2, "id": "0" * 32, "roots": roots}]
    for number, (name, to, data) in enumerate(moves):
        (out / to).parent.mkdir(parents=True, exist_ok=True)
        (out / to).write_bytes(data)
        time_ns = os.stat(out / to).st_mtime_ns
        facts = {"bytes": len(data), "modified": time_ns, "token": f"{number:016x}", "sha256": ""}
        records.append({"move": str(name), "to": to, **facts})
    lines = (json.dumps({**each, "sum": zlib.crc32(json.dumps(each).encode("ascii"))}) for each in records)
    (out / "journal-1.jsonl").write_text("\n".join(["", *lines]))


def test_a_drive_that_is_mounted_elsewhere_gets_its_files_back(world):
    photos, _, before = world
    drive = photos.parent
    drive.rename(drive.with_name("other"))
    assert statuses(undo(drive.with_name("other") / "out", progress=False)) == {"restored"}
    assert snapshot(drive.with_name("other") / "photos") == before
    assert not drive.exists()


def test_a_folder_that_is_gone_is_not_made_anew_unless_it_is_said_where_it_is_now(world, tmp_path):
    photos, out, before = world
    moved = tmp_path / "moved"
    out.rename(moved)
    photos.rename(tmp_path / "renamed")
    everything = snapshot(tmp_path)
    back = undo(moved, progress=False)
    assert statuses(back) == {"skipped"}
    assert f"the folder that it came from is not there: {photos}" in back.table["reason"][0]
    assert snapshot(tmp_path) == everything
    with pytest.raises(FileNotFoundError, match="no such folder"):
        undo(moved, root=tmp_path / "nowhere")
    assert statuses(undo(moved, root=tmp_path / "renamed", progress=False)) == {"restored"}
    assert snapshot(tmp_path / "renamed") == before


def test_an_empty_mount_point_is_left_alone(tmp_path, monkeypatch):
    drive = tmp_path / "drive"
    mounts = {str(drive), "/"}
    monkeypatch.setattr(os.path, "ismount", lambda path: os.fspath(path) in mounts)
    monkeypatch.setattr("dupviz.cleanup.places._relative", lambda *_: "")  # as between two devices
    keeper, *paths = write_files(drive, ["keeper.jpg", "a.jpg"])
    before = snapshot(drive)
    plan_of(drive, dict.fromkeys(paths, keeper)).apply(tmp_path / "out", dry_run=False, progress=False)
    mounts.remove(str(drive))
    back = undo(tmp_path / "out", progress=False)
    assert statuses(back) == {"skipped"}
    assert not (drive / "a.jpg").exists()
    mounts.add(str(drive))
    assert statuses(undo(tmp_path / "out", progress=False)) == {"restored"}
    assert snapshot(drive) == before


def test_a_copy_that_has_lost_its_times_is_told_by_its_contents(world, tmp_path):
    photos, out, before = world
    shutil.copytree(out, tmp_path / "unzipped", copy_function=shutil.copyfile)
    shutil.rmtree(out)
    assert statuses(undo(tmp_path / "unzipped", progress=False)) == {"restored"}
    after = snapshot(photos)
    assert {path: facts[1:] for path, facts in after.items()} == {path: facts[1:] for path, facts in before.items()}


def test_a_quarantine_folder_of_others_is_shown_before_it_writes(world, another_user):
    photos, out, before = world
    everything = snapshot(photos.parent)
    with pytest.raises(ForeignQuarantineError, match="another user"):
        undo(out)
    shown = undo(out, dry_run=True, progress=False)
    assert statuses(shown) == {"would be restored"}
    assert sorted(shown.table["path"]) == sorted(str(photos / name) for name in ("a.jpg", "sub/b.jpg"))
    assert snapshot(photos.parent) == everything
    assert statuses(undo(out, foreign=True, progress=False)) == {"restored"}
    assert snapshot(photos) == before


def test_the_command_line_shows_what_others_have_made_and_writes_with_yes(world, another_user, capsys):
    photos, out, before = world
    assert cli.main(["undo", str(out)]) == 1
    printed = capsys.readouterr().out
    assert "would return" in printed
    assert str(photos / "a.jpg") in printed
    assert "--yes" in printed
    assert not (photos / "a.jpg").exists()
    assert cli.main(["undo", str(out), "--yes"]) == 0
    assert snapshot(photos) == before


def test_ones_own_is_shown_with_dry_run_and_returns_elsewhere_with_root(world, tmp_path, capsys):
    photos, out, before = world
    assert cli.main(["undo", str(out), "--dry-run"]) == 0
    assert "would return" in capsys.readouterr().out
    assert not (photos / "a.jpg").exists()
    photos.rename(tmp_path / "renamed")
    assert cli.main(["undo", str(out)]) == 1
    assert "--root" in capsys.readouterr().out
    assert cli.main(["undo", str(out), "--root", str(tmp_path / "renamed")]) == 0
    assert snapshot(tmp_path / "renamed") == before


def test_no_file_leaves_the_folders_of_its_journal(tmp_path):
    target = tmp_path / "home" / ".ssh" / "authorized_keys"
    target.parent.mkdir(parents=True)
    (tmp_path / "photos").mkdir()
    forged(tmp_path / "out", [(target, "key", b"evil")], [[str(tmp_path / "photos"), "", "/"]])
    back = undo(tmp_path / "out", foreign=True, progress=False)
    assert back.table["reason"].tolist() == ["its journal names no folder that it came from"]
    assert not target.exists()


@pytest.fixture(params=[True, False], ids=["by handles", "by paths"])
def ways(request, monkeypatch):
    """How folders are held: open, or, as on Windows, by paths that are checked."""
    if request.param and not held.HANDLES:
        pytest.skip("this system knows no names in open folders")
    monkeypatch.setattr(held, "HANDLES", request.param)


def archive(tmp_path, links, moves, root="../photos"):
    """What someone has sent: photos with links among their folders, and the home that these lead to."""
    home, photos = tmp_path / "home", tmp_path / "archive" / "photos"
    (home / ".ssh").mkdir(parents=True)
    photos.parent.mkdir()
    for link in links:
        (tmp_path / "archive" / link).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "archive" / link).symlink_to(home / ".ssh")
    photos.mkdir(exist_ok=True)
    moves = [(f"/elsewhere/photos/{name}", f"{number}.jpg", b"evil") for number, name in enumerate(moves)]
    forged(tmp_path / "archive" / "out", moves, [["/elsewhere/photos", root, "/"]])
    return home, tmp_path / "archive"


@pytest.mark.usefixtures("ways")
@pytest.mark.parametrize("options", [{}, {"root": "photos"}])
@pytest.mark.parametrize(
    ("links", "name"),
    [
        (["photos/holiday"], "holiday/authorized_keys"),
        (["photos/holiday/sub"], "holiday/sub/authorized_keys"),
        (["photos/holiday"], "holiday/new/authorized_keys"),
        ([], "../../home/.ssh/authorized_keys"),
        ([], "holiday/../../../home/.ssh/authorized_keys"),
    ],
)
def test_no_file_returns_through_a_link_or_upwards(links, name, options, tmp_path):
    home, folder = archive(tmp_path, links, [name, "fine.jpg"])
    options = {key: folder / value for key, value in options.items()}
    shown = undo(folder / "out", dry_run=True, progress=False, **options)
    done = undo(folder / "out", foreign=True, progress=False, **options)
    assert not list((home / ".ssh").iterdir())
    assert (folder / "photos" / "fine.jpg").read_bytes() == b"evil"
    for back, status in ((shown, "would be restored"), (done, "restored")):
        table = back.table.set_index("path")
        assert table["status"].to_dict().pop(str(folder / "photos" / "fine.jpg")) == status
        assert table["status"].tolist().count(status) == 1, "the dry run does not look innocent"
        if links:
            assert back.skipped["reason"].tolist() == [f"cannot be moved: {folder / links[0]} is a symbolic link"]


@pytest.mark.usefixtures("ways")
def test_a_folder_that_is_a_link_now_is_no_place_to_return_to_unless_it_is_named(tmp_path, capsys):
    home, folder = archive(tmp_path, [], ["a.jpg"])
    (folder / "photos").rmdir()
    (folder / "photos").symlink_to(home / ".ssh")
    assert cli.main(["undo", str(folder / "out"), "--yes"]) == 1
    printed = capsys.readouterr().out
    assert f"photos leads through a link, to {home / '.ssh'}" in printed
    assert "--root" in printed
    assert not list((home / ".ssh").iterdir())
    assert statuses(undo(folder / "out", root=folder / "photos", foreign=True, progress=False)) == {"restored"}
    assert (home / ".ssh" / "a.jpg").exists()


@pytest.mark.usefixtures("ways")
def test_the_dry_run_shows_where_a_file_arrives(tmp_path):
    home, folder = archive(tmp_path, [], ["sub/a.jpg"])
    (tmp_path / "link").symlink_to(home)
    shown = undo(folder / "out", root=tmp_path / "link", dry_run=True, progress=False)
    undo(folder / "out", root=tmp_path / "link", foreign=True, progress=False)
    assert shown.table["path"].tolist() == [str(home / "sub" / "a.jpg")]
    assert os.path.exists(shown.table["path"][0])


@pytest.mark.skipif(not held.HANDLES, reason="this system knows no names in open folders")
@pytest.mark.parametrize("renames", [True, False])
def test_a_link_that_comes_at_the_last_moment_leads_nowhere(renames, world, tmp_path, monkeypatch):
    photos, out, before = world
    secret = tmp_path / "secret"
    secret.mkdir()
    if not renames:
        monkeypatch.setattr(disk, "rename_to_free_name", renames_within(tmp_path))
        monkeypatch.setattr(disk, "link", links_nothing)
    run = Move.run

    def swapped(move, expected):
        if move.source.endswith("b.jpg"):
            (photos / "sub").rename(photos / "was")
            (photos / "sub").symlink_to(secret)
        run(move, expected)

    monkeypatch.setattr(Move, "run", swapped)
    undo(out, progress=False)
    assert not list(secret.iterdir())
    (photos / "sub").unlink()
    (photos / "was").rename(photos / "sub")
    assert snapshot(photos) == before


@pytest.mark.usefixtures("ways")
def test_a_sidecar_behind_a_link_is_not_removed(tmp_path):
    home, folder = archive(tmp_path, ["photos/holiday"], [])
    (home / ".ssh" / "k.xmp").write_bytes(b"mine")
    facts = {"bytes": 4, "sha256": hashlib.sha256(b"mine").hexdigest(), "token": "1" * 16}
    record = {"sidecar": "/elsewhere/photos/holiday/k.xmp", **facts}
    with (folder / "out" / "journal-1.jsonl").open("a") as file:
        file.write("\n" + json.dumps({**record, "sum": zlib.crc32(json.dumps(record).encode())}))
    back = undo(folder / "out", foreign=True, progress=False)
    assert back.table["reason"].tolist() == [f"cannot be removed: {folder}/photos/holiday is a symbolic link"]
    assert (home / ".ssh" / "k.xmp").exists()


def test_a_journal_that_is_a_link_is_none_of_the_folder(world, tmp_path):
    _, out, _ = world
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "journal-1.jsonl").symlink_to(out / "journal-1.jsonl")
    with pytest.raises(FileNotFoundError, match="no journal in"):
        undo(tmp_path / "other")


def test_neither_links_nor_special_bits_nor_pipes_in_a_quarantine_folder_are_trusted(tmp_path):
    photos, secret, out = tmp_path / "photos", tmp_path / "secret", tmp_path / "out"
    photos.mkdir()
    secret.mkdir()
    (secret / "s.jpg").write_bytes(b"secret")
    root = [[str(photos), "", "/"]]
    forged(out, [(photos / "a.jpg", "a.jpg", content(0)), (photos / "s.jpg", "link/s.jpg", b"secret")], root)
    shutil.copy2(out / "link" / "s.jpg", secret / "s.jpg")
    shutil.rmtree(out / "link")
    (out / "link").symlink_to(secret)
    shutil.copy2(secret / "s.jpg", photos / "s.jpg")  # the same at its place: that behind the link is no copy to remove
    os.chmod(out / "a.jpg", 0o6755)
    os.mkfifo(out / "journal-2.jsonl")
    os.remove(out / MARKER)
    os.mkfifo(out / MARKER)
    with pytest.raises(OSError, match="no regular file"):
        undo(out, foreign=True, progress=False)
    os.remove(out / MARKER)
    back = undo(out, foreign=True, progress=False)
    assert dict(zip(back.table["path"].map(os.path.basename), back.table["status"])) == {
        "a.jpg": "restored",
        "s.jpg": "skipped",
    }
    assert (secret / "s.jpg").exists()
    assert stat.S_IMODE(os.stat(photos / "a.jpg").st_mode) == 0o755


def test_a_very_deep_quarantine_folder_is_no_trouble(world):
    photos, out, before = world
    here = os.getcwd()
    try:
        os.chdir(out)
        for _ in range(1200):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)
    assert statuses(undo(out, progress=False)) == {"restored"}
    assert snapshot(photos) == before
    subprocess.run(["rm", "-rf", out], check=True)  # which shutil.rmtree cannot


@pytest.mark.parametrize("year_ns", [9_500_000_000_000_000_000, -9_500_000_000_000_000_000, -(2**62)])
def test_any_time_returns(year_ns, tmp_path):
    folder = Path("/dev/shm") / f"dupviz-test-{time.monotonic_ns()}"
    if not folder.parent.is_dir():
        pytest.skip("no file system at /dev/shm that holds any time")
    try:
        keeper, *paths = write_files(folder / "photos", ["keeper.jpg", "a.jpg"])
        for path in (keeper, *paths):
            os.utime(path, ns=(year_ns, year_ns))
        if os.stat(keeper).st_mtime_ns != year_ns:
            pytest.skip("this file system does not hold such a time")
        before = snapshot(folder / "photos")
        scan = ["clean", str(folder / "photos"), "--no-verify", "--to", str(folder / "out"), "--yes"]
        assert cli.main(scan) == 0
        assert len(pictures(folder / "photos")) == 1
        assert cli.main(["undo", str(folder / "out")]) == 0
        assert snapshot(folder / "photos") == before
    finally:
        shutil.rmtree(folder, ignore_errors=True)
