"""The receipt of a move: what it says is so, and it asks for nothing."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dupviz import find_duplicates, undo
from dupviz.cleanup.journal import receipt_of
from dupviz.show.receipt import SAMPLED, below, receipt_words, write_receipt


@pytest.fixture
def plan(tmp_path):
    """Of 45 copies of one picture, in names that a page could trip over."""
    rng = np.random.default_rng(0)
    photos = tmp_path / "photos"
    photos.mkdir()
    picture = Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)).resize((96, 96))
    for number in range(SAMPLED + 6):
        picture.save(photos / f"<b>{number}.png")
    return find_duplicates(photos, cache=False, progress=False).plan()


def page_of(plan, to, number=None):
    plan = plan if number is None else plan[plan.table.index < number]
    outcome = plan.apply(to, dry_run=False, progress=False)
    return outcome, write_receipt(plan, outcome).read_text(encoding="utf-8")


def test_all_that_moved_is_named_and_a_sample_is_shown(plan, tmp_path):
    outcome, page = page_of(plan, tmp_path / "out")
    assert receipt_of(outcome.journal).name == "receipt-1.html"
    assert len(re.findall("<tr><td>", page)) == len(plan) == SAMPLED + 5
    assert len(re.findall('<img src="data:image/webp', page)) == 2 * SAMPLED
    assert not re.search("<b>1(<wbr>)?[.]", page)
    assert f"<strong>{SAMPLED + 5}</strong> files moved" in page
    assert "Look at some of it</h2>" in page
    assert f"dupviz undo {tmp_path}/out/journal-1.jsonl" in page
    assert "0 wrong:</b> below 7.3 %" in page
    assert "1 wrong:</b> below 11.4 %" in page


def test_of_few_all_are_shown_and_no_share_is_said(plan, tmp_path):
    _, page = page_of(plan, tmp_path / "out", 3)
    assert "Look at it</h2>" in page
    assert "These are all of the pairs" in page
    assert "wrong:" not in page


@pytest.mark.parametrize(("wrong", "looked"), [(0, 40), (1, 40), (3, 40), (0, 1), (2, 2), (5, 300)])
def test_a_share_that_is_said_is_the_least_one_that_would_be_so_lucky_in_one_of_twenty(wrong, looked):
    from scipy.stats import binom

    share = float(below(wrong, looked).removesuffix(" %")) / 100
    assert binom.cdf(wrong, looked, share) <= 0.05 + 1e-9 or share == 1
    assert binom.cdf(wrong, looked, share - 0.001) >= 0.05


def test_a_receipt_is_no_file_that_no_journal_names(plan, tmp_path):
    outcome, _ = page_of(plan, tmp_path / "out")
    returned = undo(outcome, progress=False)
    assert returned.note == ""
    assert receipt_of(outcome.journal).exists()


def test_where_nothing_has_moved_there_is_none(plan, tmp_path):
    assert write_receipt(plan, plan.apply(tmp_path / "out", progress=False)) is None
    for path in plan.table["path"]:
        Image.new("RGB", (9, 9)).save(path)
    outcome = plan.apply(tmp_path / "out", dry_run=False, progress=False)
    assert receipt_words(plan, outcome) == "No picture has moved, so that there is no receipt."


def test_a_file_of_another_kind_is_not_replaced(plan, tmp_path):
    outcome = plan.apply(tmp_path / "out", dry_run=False, progress=False)
    receipt_of(outcome.journal).write_text("mine")
    assert receipt_words(plan, outcome).startswith("No receipt could be written: that is a file of another kind")
    assert receipt_of(outcome.journal).read_text() == "mine"


def test_what_is_no_longer_there_is_said(plan, tmp_path):
    outcome = plan[plan.table.index < 1].apply(tmp_path / "out", dry_run=False, progress=False)
    for path in plan.table["keeper"].unique():
        Path(path).unlink()
    assert "cannot be shown" in write_receipt(plan, outcome).read_text(encoding="utf-8")
