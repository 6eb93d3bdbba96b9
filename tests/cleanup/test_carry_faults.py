"""Each file operation of a clean-up that carries over, and of its undo, broken off in turn: nothing said is lost."""

import errno
import os
from itertools import count

import pytest
from faults import Crash, apply, at_operation, break_off_both, ended, links_nothing, renames_within, told
from noted import carrying_plan, write_noted
from plans import pictures, snapshot

from dupviz import undo
from dupviz._disk.companions import sidecars_of
from dupviz.cleanup import disk
from dupviz.inventory.beside import metadata_with
from dupviz.inventory.inventory import metadata

NOTES = {"k": {"dc:subject": ("cat",)}, "a": {"xmp:Rating": ("5",)}, "b": {"dc:subject": ("dog",)}}


@pytest.fixture(params=["rename", "link", "neither"])
def world(request, tmp_path, monkeypatch):
    """A function that makes a folder of photos, one for the quarantine, and a plan, anew for each round."""
    numbers = count()

    def make():
        number = next(numbers)
        photos, out = tmp_path / f"photos{number}", tmp_path / f"out{number}"
        keeper, *paths = (write_noted(photos / f"{name}.jpg", notes) for name, notes in NOTES.items())
        for path in (keeper, *paths):
            os.utime(path, ns=(0, 10**18))
        return photos, out, carrying_plan(photos, dict.fromkeys(paths, keeper))

    if request.param != "rename":
        monkeypatch.setattr(disk, "rename_to_free_name", renames_within(tmp_path))
    if request.param == "neither":
        monkeypatch.setattr(disk, "link", links_nothing)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # seconds, and nothing that a test could see
    return make


def broken(world, act, fault, lasting=False):
    """A fault at the first operation of an apply or undo, at its second, and so on: the folders after each."""
    for number in count():
        photos, out, plan = world()
        if act == "undo":
            plan.apply(out, dry_run=False, progress=False)
        with at_operation(number, fault, lasting) as reached:
            if act == "apply":
                apply(plan, out)
            else:
                ended(undo, out, progress=False)
        if not reached:
            assert number > 30
            return
        with told(f"{act}, operation {number}: {reached[0]}"):
            yield photos, out


def assert_nothing_is_lost(photos, out, before):
    """All pictures are there, and what those said that are away is in the one that stays and its sidecar."""
    everything = {content for _, content, _ in before.values()}
    assert set(pictures(photos, out)) >= everything, "a picture is lost"
    kept = metadata_with(sidecars_of(str(photos / "k.jpg")), str(photos / "k.jpg"))
    for name in ("a.jpg", "b.jpg"):
        if not (photos / name).exists():
            for said, values in NOTES[name[0]].items():
                assert set(values) <= set(kept.get(said, ())), f"what {name} said is lost"
    assert metadata(str(photos / "k.jpg")) == NOTES["k"]


def assert_comes_back(photos, out, before):
    if list(out.glob("journal-*")):
        back = undo(out, progress=False)
        assert back.skipped.empty, back.skipped.to_string()
    assert snapshot(photos) == before


@pytest.mark.parametrize(("error", "lasting"), [(errno.ENOSPC, False), (errno.EIO, True)])
@pytest.mark.parametrize("act", ["apply", "undo"])
def test_after_a_fault_nothing_is_lost_and_undo_is_the_identity(world, act, error, lasting):
    before = snapshot(world()[0])

    def fail():
        raise OSError(error, os.strerror(error))

    for photos, out in broken(world, act, fail, lasting):
        assert_nothing_is_lost(photos, out, before)
        assert_comes_back(photos, out, before)


@pytest.mark.parametrize("end", [Crash, KeyboardInterrupt])
@pytest.mark.parametrize("act", ["apply", "undo"])
def test_after_an_end_at_any_operation_undo_is_the_identity(world, act, end):
    before = snapshot(world()[0])

    def stop():
        raise end

    for photos, out in broken(world, act, stop):
        assert_nothing_is_lost(photos, out, before)
        if end is KeyboardInterrupt and act == "apply":
            assert not list(photos.glob(".dupviz-*")), "something is left beside the pictures"
        assert_comes_back(photos, out, before)


@pytest.mark.parametrize("world", ["rename", "neither"], indirect=True)
def test_the_undo_of_a_broken_apply_may_be_broken_off_too(world):
    before = snapshot(world()[0])

    def check(photos, out):
        assert_nothing_is_lost(photos, out, before)
        assert_comes_back(photos, out, before)

    break_off_both(world, range(10, 200, 9), range(0, 200, 7), check)
