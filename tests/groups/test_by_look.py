"""Groups with a second look: by a naive loop over made-up verdicts, and by real files."""

import itertools
import multiprocessing
import shutil
import sqlite3
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import image_set
from naive import naive_distance, naive_pairs
from PIL import Image, ImageDraw
from strategies import stacks

from dupviz import (
    Labels,
    _parallel,
    find_duplicates,
    find_pairs,
    group_duplicates,
    load_images,
    propose,
    second_look,
)
from dupviz.groups import by_look
from dupviz.groups.by_look import MOST_LOOKS, ByLook
from dupviz.groups.grouping import Rules
from dupviz.groups.keep import keep_order
from dupviz.images.cache import looks_file
from dupviz.look.look import Look
from dupviz.look.second_look import Looks
from dupviz.proposers.candidates import as_candidates
from dupviz.review.session import Review
from dupviz.widgets.gallery.gallery import Gallery

COFFEE = Path(__file__).parents[2] / "data" / "photos" / "coffee.jpg"
ANSWERS = [Look("same", "re-encoded"), Look("edited", "edited"), Look("different", "")]


class MadeUpLooks:
    """Verdicts by the sum of two rows, so that they do not depend on the order."""

    def __init__(self, seed):
        self.verdicts = np.random.default_rng(seed).integers(0, 3, 60)
        self.asked, self.seen, self.seconds = [], {}, 0.0

    def at(self, a, b, rotation, mirrored, box):
        if (a, b) not in self.seen:
            self.asked.append((a, b))
            self.seen[a, b] = self.look(a, b)
        return self.seen[a, b]

    def look(self, a, b):
        return ANSWERS[self.verdicts[a + b]]

    def known(self, a, b, *how):
        return self.seen.get((a, b))

    def ahead(self, crew, chains, size):
        def look(chain, stopped):
            for key in chain:
                if stopped() or self.at(*key).verdict == "same":
                    break

        for future in [crew.submit(look, chain) for chain in chains]:
            future.result()
        return all(any(self.known(*key).verdict == "same" for key in chain) for chain in chains)

    def digest(self, row):
        return b""

    def save(self):
        pass


@given(stacks(), st.sampled_from([1, 200, 1000]), st.integers(0, 99), st.booleans(), st.sampled_from([1, 2, 16]))
def test_files_go_as_in_a_naive_loop_over_the_verdicts(stack, threshold, seed, looks_ahead, width):
    images = image_set(stack, seed=seed)
    images.files["contrast"] = 1000.0  # all is evident
    looks = MadeUpLooks(seed)
    grouping = ByLook(images, as_candidates(find_pairs(images), images), looks, Rules("largest_file"))
    with pytest.MonkeyPatch.context() as patch:
        if looks_ahead:
            patch.setattr(by_look, "MANY", 0)
        patch.setattr(by_look, "AT_A_TIME", width)
        members = grouping.members(threshold, workers=2)

    mse = {}
    for a, b, value, *_ in naive_pairs(stack, threshold, "rotations"):
        mse[a, b] = mse[b, a] = value
    order = keep_order(images.files, "largest_file").tolist()
    stays, roots, expected = [], [], {}
    for file in order:
        near = sorted((mse[file, other], stays.index(other), other) for other in stays if (file, other) in mse)
        result = of_review = doubtful = None
        for _, _, other in near[: MOST_LOOKS["mse"]]:
            verdict = ANSWERS[looks.verdicts[file + other]].verdict
            if verdict == "same":
                result = ("remove", mse[file, other])
                break
            if verdict == "edited" and other in roots and result is None:
                result = ("review", mse[file, other])
            if verdict == "edited" and other not in roots and of_review is None:
                of_review = ("review", mse[file, other])
            if verdict == "different" and doubtful is None:
                doubtful = ("review", mse[file, other])
        result = result or of_review or doubtful
        if result is None:
            roots.append(file)
        else:
            expected[file] = result
        if result is None or result[0] == "review":
            stays.append(file)
    # Where several are at the same distance, others may have been looked at.
    values = [value for value, _ in itertools.groupby(sorted(mse.values()))]
    if len(values) == len(mse) // 2:
        assert {row.image: (row.action, row.mse) for row in members.itertuples()} == expected
    for row in members.itertuples():
        match = naive_distance(stack[row.keeper], stack[row.image], "rotations")
        assert (row.mse, row.rotation, row.mirrored) == match
        assert row.verdict == ANSWERS[looks.verdicts[row.keeper + row.image]].verdict
        assert row.action == ("remove" if row.verdict == "same" else "review")
    gone = set(members.loc[members["action"] == "remove", "image"])
    assert not gone & set(members["keeper"])


def test_what_has_no_evidence_is_not_looked_at():
    stack = np.zeros((2, 4, 4, 3), np.uint8)
    stack[1] += 4  # an MSE of 48
    images = image_set(stack)
    looks = MadeUpLooks(0)
    for contrast, asked in ((30.0, 0), (40.0, 1)):
        images.files["contrast"] = contrast
        looks.asked.clear()
        ByLook(images, as_candidates(find_pairs(images), images), looks, Rules()).members(200)
        assert len(looks.asked) == asked


@pytest.fixture
def folder(tmp_path):
    """A photo, a copy, its copy with a caption, and two byte copies of that."""
    shutil.copy(COFFEE, tmp_path / "photo.jpg")
    with Image.open(COFFEE) as photo:
        photo.save(tmp_path / "email.jpg", quality=50)
        ImageDraw.Draw(photo).text((350, 350), "a caption", "white", font_size=24)
        photo.save(tmp_path / "caption.jpg", quality=75)
    shutil.copy(tmp_path / "caption.jpg", tmp_path / "caption (1).jpg")
    return tmp_path


def test_copies_go_and_what_is_edited_is_for_review_with_its_own_copies(folder):
    duplicates = find_duplicates(folder, progress=False)
    files = {Path(row.path).name: row for row in duplicates.groups.itertuples()}
    names = [Path(path).name for path in duplicates.images.files["path"]]
    assert {name: row.action for name, row in files.items()} == {
        "photo.jpg": "keep",
        "email.jpg": "remove",
        "caption.jpg": "review",
        "caption (1).jpg": "remove",
    }
    assert files["photo.jpg"].reason == "larger file"
    assert names[files["caption (1).jpg"].keeper] == "caption.jpg"
    assert files["caption (1).jpg"].kind == "byte copy"
    assert files["caption.jpg"].reason == "edited: look at the marked place"
    assert files["caption.jpg"].left > 0.5
    plan = {Path(row.path).name: Path(row.keeper).name for row in duplicates.plan().table.itertuples()}
    assert plan == {"email.jpg": "photo.jpg", "caption (1).jpg": "caption.jpg"}
    again = find_duplicates(folder, progress=False)
    assert again.groups.equals(duplicates.groups)
    by_mse = find_duplicates(folder, progress=False, verify=False, keep="largest_file")
    assert len(by_mse.to_remove) == 3


def test_looks_are_remembered_until_a_file_changes(folder, monkeypatch):
    images = load_images(folder, progress=False)
    first = Looks(images)
    look = first.at(3, 2, 0, False)
    first.save()
    monkeypatch.setattr("dupviz.look.ahead.look_at", lambda *arguments: Look("different", "by chance"))
    assert Looks(images).at(3, 2, 0, False) == look
    assert Looks(images, cache=False).at(3, 2, 0, False).kind == "by chance"
    (folder / "photo.jpg").write_bytes(COFFEE.read_bytes() + b"more")
    assert Looks(images).at(3, 2, 0, False).verdict == "unreadable"
    assert Looks(load_images(folder, progress=False)).at(3, 2, 0, False).kind == "by chance"


def test_a_damaged_memory_is_made_anew_and_no_verdict_of_it_counts(folder, monkeypatch, caplog):
    monkeypatch.setenv("DUPVIZ_CACHE_DIR", str(folder.parent / "cache"))
    images = load_images(folder, progress=False)
    looks = Looks(images)
    look = looks.at(3, 2, 0, False)
    looks.save()
    with sqlite3.connect(looks_file()) as connection:
        connection.execute("UPDATE looks SET look = replace(look, 're-encoded', 'byte copy')")
    connection.close()
    assert Looks(images).at(3, 2, 0, False) == look
    assert "the remembered verdicts in" in caplog.text
    assert "re-encoded" not in looks_file().read_bytes().decode("latin-1")


def test_the_gallery_says_why_beside_how_a_picture_is_turned(folder):
    duplicates = find_duplicates(folder, progress=False)
    gallery = Gallery(duplicates, file=folder.parent / "decisions", labels=Labels(duplicates.images, folder / "labels"))
    files = {file["name"]: file for group in gallery.state["groups"] for file in group["files"]}
    assert (files["caption.jpg"]["turn"], files["caption.jpg"]["reason"]) == ("", "edited: look at the marked place")


def test_protected_files_and_pairs_told_apart_stay(folder):
    images = load_images(folder, progress=False)
    pairs = find_pairs(images)
    groups = group_duplicates(images, pairs, protect=folder)
    assert len(groups) == 0
    rows = {Path(path).name: row for row, path in enumerate(images.files["path"])}
    apart = [(rows["photo.jpg"], rows["email.jpg"])]
    groups = group_duplicates(images, pairs, different=apart)
    assert "email.jpg" not in [Path(path).name for path in groups.loc[groups["keeper"] == rows["photo.jpg"], "path"]]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Three photos with copies of several kinds, and pages that are near each other."""
    folder = tmp_path_factory.mktemp("library")
    with Image.open(COFFEE) as opened:
        photo = opened.convert("RGB").resize((240, 160))
    for number, turned in enumerate(
        (photo, photo.rotate(180).point(lambda value: 255 - value), photo.crop((0, 0, 96, 96)))
    ):
        turned.save(folder / f"{number}.png")
        turned.save(folder / f"{number} saved.jpg", quality=80)
        turned.resize((120, 80)).save(folder / f"{number} half.jpg", quality=85)
        turned.point(lambda value: value * 0.9).save(folder / f"{number} darker.jpg", quality=90)
    for number in range(6):
        page = Image.new("L", (120, 160), "white")
        for line in range(9):
            ImageDraw.Draw(page).text((10, 8 + 16 * line), f"{line * 7919 * (number + 3) % 9973} lines", 0)
        page.save(folder / f"page {number}.png")
    return folder


@pytest.mark.parametrize("of", ["two threads", "processes", "an executor of threads", "an executor of processes"])
def test_processes_see_the_same_as_one_thread(library, monkeypatch, of):
    images = load_images(library, cache=False, progress=False)
    candidates = propose(images, progress=False)
    one = {"workers": 1, "progress": False}
    expected, looks = group_duplicates(images, candidates, **one), second_look(images, candidates, **one)
    assert {"remove", "review"} < set(expected["action"])
    assert len(looks) > 20

    monkeypatch.setattr(_parallel, "PROCESSES_FROM", 1e9 if of == "two threads" else 0)
    monkeypatch.setattr("dupviz.look.second_look.PAIRS", 2)
    with ExitStack() as stack:
        workers = 2
        if of == "an executor of threads":
            workers = stack.enter_context(ThreadPoolExecutor(3))
        elif of == "an executor of processes":
            workers = stack.enter_context(ProcessPoolExecutor(2, multiprocessing.get_context("spawn")))
        many = {"workers": workers, "progress": False}
        pd.testing.assert_frame_equal(second_look(images, candidates, **many), looks)
        for look in ("files", Looks(images), Looks(images)):
            pd.testing.assert_frame_equal(group_duplicates(images, candidates, look=look, **many), expected)
            for files in ("MANY", "FEW"):
                monkeypatch.setattr(by_look, files, 1)
    with sqlite3.connect(looks_file()) as connection:
        number = connection.execute("SELECT count(*) FROM looks").fetchone()[0]
    assert number > 10  # they are remembered, wherever they were made
    connection.close()


class FailingLooks(MadeUpLooks):
    """The first two files fail to be looked at, the others take their time."""

    def look(self, a, b):
        if max(a, b) < 2:
            raise KeyboardInterrupt
        time.sleep(0.005)
        return Look("different", "")


class ThreadsOfLooks(MadeUpLooks):
    def look(self, a, b):
        self.asked.append(threading.get_ident())
        time.sleep(0.005)
        return Look("different", "")


def test_many_connected_files_are_looked_at_in_threads():
    stack = np.full((100, 4, 4, 3), 100, np.uint8)
    stack[:, 0, 0, 0] = np.arange(100)
    images = image_set(stack)
    images.files["contrast"] = 1000.0
    candidates, looks = as_candidates(find_pairs(images), images), ThreadsOfLooks(0)
    ByLook(images, candidates, looks, Rules()).members(200, workers=2)
    threads = {each for each in looks.asked if isinstance(each, int)}
    assert len(threads) == 2
    assert threading.get_ident() not in threads


def test_an_interrupted_look_ends_after_the_file_at_hand():
    stack = np.zeros((300, 4, 4, 3), np.uint8)
    stack[:2, 0, 0] = [[0], [9]]
    stack[2:] = 200
    stack[2:, 0, 0, 0] = np.arange(298) % 50
    stack[2:, 1, 1, 0] = np.arange(298) // 50
    images = image_set(stack)
    images.files["contrast"] = 1000.0
    looks = FailingLooks(0)
    grouping = ByLook(images, as_candidates(find_pairs(images), images), looks, Rules())
    with pytest.raises(KeyboardInterrupt):
        grouping.members(200, workers=2)
    assert len(looks.asked) < 100  # of almost 900


def test_byte_copies_are_read_once_however_often_groups_are_formed(folder, monkeypatch):
    duplicates = find_duplicates(folder, progress=False)
    reads = []
    monkeypatch.setattr("dupviz.look.second_look.file_digest", lambda *arguments: reads.append(arguments))
    assert len(duplicates.at(150).groups) == len(duplicates.groups)
    review = Review(duplicates, file=folder.parent / "decisions", labels=Labels(duplicates.images, folder / "labels"))
    [group] = review.members.values()
    review.mark_different(group[-1].image)
    review.undo()
    assert not reads


def test_whatever_was_offered_a_person_may_let_go(tmp_path):
    with Image.open(COFFEE) as photo:
        photo.save(tmp_path / "photo.png")
        photo.point(lambda value: value * 0.6).save(tmp_path / "darker.jpg", quality=92)
    shutil.copy(tmp_path / "photo.png", tmp_path / "photo (1).png")
    duplicates = find_duplicates(tmp_path, progress=False)
    labels = Labels(duplicates.images, tmp_path.parent / "labels")
    review = Review(duplicates, file=tmp_path.parent / "decisions", labels=labels)
    row = {Path(path).name: row for row, path in enumerate(duplicates.images.files["path"])}

    def actions():
        return {file.image: file.action for group in review.members.values() for file in group}

    darker, photo, copy = row["darker.jpg"], row["photo.png"], row["photo (1).png"]
    assert actions() == {photo: "keep", darker: "review", copy: "remove"}
    review.toggle(darker)
    assert actions() == {photo: "keep", darker: "remove", copy: "remove"}
    review.make_keeper(darker)
    assert actions() == {darker: "keep", photo: "review", copy: "remove"}
    assert {file.image: file.keeper for group in review.members.values() for file in group}[copy] == photo
    [reason] = [file.reason for group in review.members.values() for file in group if file.image == photo]
    assert reason == "the same picture in other light"


def test_a_file_is_told_apart_from_the_one_that_it_is_shown_beside(folder):
    duplicates = find_duplicates(folder, progress=False)
    labels = Labels(duplicates.images, folder / "labels")
    review = Review(duplicates, file=folder.parent / "decisions", labels=labels)
    row = {Path(path).name: row for row, path in enumerate(duplicates.images.files["path"])}
    caption, copy = row["caption.jpg"], row["caption (1).jpg"]

    def beside():
        return {file.image: (file.action, file.keeper) for group in review.members.values() for file in group[1:]}

    assert beside()[copy] == ("remove", caption)  # which is for review itself
    review.toggle(copy)
    review.toggle(copy)
    assert beside()[copy] == ("remove", caption)
    review.mark_different(copy)
    assert labels.get(copy, caption) is False
    assert beside()[copy][1] != caption
