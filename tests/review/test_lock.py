"""A lock knows the groups that were there, by content: what is added to them is new, and nothing else is."""

import random
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import find_by_mse
from PIL import Image

from dupviz import Lock, cli
from dupviz.review.lock import FIRST, Entry, _new


@pytest.fixture
def folder(tmp_path):
    """Two groups, one of byte copies and one of files of their own, and a picture that is in none."""
    rng = np.random.default_rng(0)
    photos = tmp_path / "photos"
    photos.mkdir()
    for name, number in {"a": 0, "b": 1, "c": 2}.items():
        picture = Image.fromarray(rng.integers(0, 256, (40, 60, 3), np.uint8)).resize((240, 160))
        picture.save(photos / f"{name}.png")
        if number == 0:
            shutil.copy(photos / "a.png", photos / "a copy.png")
        if number == 1:
            picture.save(photos / "b.jpg", quality=90)
    return photos


def found_in(folder):
    return find_by_mse(folder, progress=False, cache=False)


def new_names(lock, folder):
    return [path.rpartition("/")[2] for path in lock.new_in(found_in(folder))["path"]]


def test_what_was_there_is_known_wherever_it_goes(folder):
    lock = Lock.of(found_in(folder))
    assert sorted(each.path.rpartition("/")[2] for each in lock.entries) == ["a copy.png", "a.png", "b.jpg", "b.png"]
    assert new_names(lock, folder) == []
    (folder / "elsewhere").mkdir()
    (folder / "b.jpg").rename(folder / "elsewhere" / "renamed.jpg")
    assert new_names(lock, folder) == []
    (folder / "a copy.png").unlink()
    assert new_names(lock, folder) == []


def test_what_is_added_is_new_and_the_others_are_not(folder):
    lock = Lock.of(found_in(folder))
    with Image.open(folder / "b.png") as picture:
        picture.save(folder / "b smaller.webp", quality=80)
    shutil.copy(folder / "a.png", folder / "z third.png")
    assert sorted(new_names(lock, folder)) == ["b smaller.webp", "z third.png"]
    with Image.open(folder / "c.png") as picture:
        picture.save(folder / "c.jpg", quality=90)
    assert sorted(new_names(lock, folder)) == ["b smaller.webp", "c.jpg", "c.png", "z third.png"]
    assert new_names(Lock.of(found_in(folder)), folder) == []


def test_the_same_groups_give_the_same_bytes_and_branches_merge(folder, tmp_path):
    lock = Lock.of(found_in(folder))
    lock.save(tmp_path / "a.lock")
    mixed = lock.entries[:]
    random.Random(0).shuffle(mixed)
    Lock(mixed).save(tmp_path / "b.lock")
    written = (tmp_path / "a.lock").read_bytes()
    assert written == (tmp_path / "b.lock").read_bytes()
    Lock.open(tmp_path / "a.lock").save(tmp_path / "a.lock")
    assert written == (tmp_path / "a.lock").read_bytes()
    half, other = Lock(lock.entries[:3]), Lock(lock.entries[3:])
    assert new_names(Lock(half.entries + other.entries), folder) == []


def naive_new(digests, paths, entries):
    """Two contents are known together if a chain of groups leads from one to the other."""
    groups = [{each.digest for each in entries if each.group == group} for group in {each.group for each in entries}]
    merged = []
    for group in groups:
        for other in [each for each in merged if each & group]:
            group |= other
            merged.remove(other)
        merged.append(group)
    new = []
    for place, digest in enumerate(digests):
        same = [other for other in range(len(digests)) if any({digest, digests[other]} <= group for group in merged)]
        before = sum(digests[other] == digest and paths[other] < paths[place] for other in range(len(digests)))
        known = sum(each.digest == digest for each in entries)
        new.append(len(same) < 2 or before >= known)
    return new


@given(
    st.lists(st.sampled_from("abcdef"), min_size=2, max_size=7),
    st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("abcdef")), max_size=9),
)
def test_new_files_are_those_of_the_naive_rule(digests, pairs):
    entries = [Entry(group, digest, str(number)) for number, (group, digest) in enumerate(pairs)]
    lock, paths = Lock(entries), [str(9 - number) for number in range(len(digests))]
    number = {digest: sum(each.digest == digest for each in entries) for digest in "abcdef"}
    assert _new(digests, paths, lock._components(), number).tolist() == naive_new(digests, paths, entries)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no lock that this version"),
        ("# dupviz.lock 2: of the future\n", "is no lock that this version"),
        (f"{FIRST}<<<<<<< HEAD\n", r"line 2 of .* is no entry, '<<<<<<< HEAD': resolve the merge first"),
        (f"{FIRST}{'0' * 16} {'1' * 63} a.png\n", r"line 2 of .*: write it anew"),
        (f"{FIRST}{'0' * 16} {'1' * 64} \n", r"line 2 of .*: write it anew"),
        (f"{FIRST}{'0' * 16} {'g' * 64} a.png\n", r"line 2 of .*: write it anew"),
    ],
)
def test_what_is_no_lock_is_refused(tmp_path, text, message):
    (tmp_path / "a.lock").write_text(text)
    with pytest.raises(ValueError, match=message):
        Lock.open(tmp_path / "a.lock")


def test_names_of_any_letters_are_one_line_each(tmp_path):
    lock = Lock([Entry("0" * 16, "1" * 64, "a\nb \x1b[31m é.png")])
    lock.save(tmp_path / "a.lock")
    [entry] = Lock.open(tmp_path / "a.lock").entries
    assert entry[:2] == lock.entries[0][:2]
    assert len((tmp_path / "a.lock").read_text().splitlines()) == 2


def test_a_check_fails_on_what_is_new_alone(folder, tmp_path, capsys):
    lock = tmp_path / "dupviz.lock"
    check = ["scan", str(folder), "--no-verify", "--no-cache", "--fail-on-duplicates", "--lock", str(lock)]
    assert cli.main(check) == 2
    assert "--update-lock makes it" in capsys.readouterr().err
    assert cli.main([*check, "--update-lock"]) == 0
    assert "4 files in groups" in capsys.readouterr().out
    assert cli.main(check) == 0
    shutil.copy(folder / "c.png", folder / "c again.png")
    assert cli.main(check) == 3
    told = capsys.readouterr().err.splitlines()
    assert told[0].endswith(f"2 files in groups are not in {lock}:")
    assert sorted(told[1:3]) == [f"  {folder / 'c again.png'}", f"  {folder / 'c.png'}"]
    without = [word for word in check if word != "--fail-on-duplicates"]
    assert cli.main(without) == 0
    lock.write_text("my notes")
    assert cli.main([*check, "--update-lock"]) in (1, 2)
    assert lock.read_text() == "my notes"
    assert cli.main(["scan", str(folder), "--update-lock"]) == 2
