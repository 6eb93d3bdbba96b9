"""The review of a data set in JupyterLab: by keys, to a table of what remains."""

import csv

import lab
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


@pytest.fixture
def split(page, address):
    lab.open_notebook(page, address, "05_clean_up.ipynb")
    split = page.locator(".dupviz-split")
    expect(split.locator("img[src]").first).to_be_visible()
    return split


def test_leaks_are_decided_by_keys_and_by_mouse_and_written_as_a_table(page, split, tmp_path):
    pairs = split.locator(".dupviz-group")
    expect(split.locator("[data-decided='false']")).to_have_count(0)  # a cell below has decided about all
    cells = page.locator(".jp-Cell").count()
    pairs.first.focus()
    page.keyboard.press("1")
    expect(split.locator("[data-decided='false']")).to_have_count(1)
    page.keyboard.press("1")
    expect(pairs.first.get_by_role("button", name="drop from train")).to_have_attribute("aria-pressed", "true")
    for key in ("ArrowDown", "2", "d", "d", "a"):
        page.keyboard.press(key)
    expect(pairs.nth(1).get_by_role("button", name="drop from test")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".jp-Cell").count() == cells
    pairs.nth(1).get_by_role("button", name="drop from test").click()
    expect(pairs.nth(1).locator("[aria-pressed='true']")).to_have_count(0)
    assert Axe().run(page, context=".dupviz-split").response["violations"] == []

    split.get_by_label("File").fill(str(tmp_path / "clean.csv"))
    split.get_by_role("button", name="Save CSV").click()
    expect(split.locator(".dupviz-notice")).to_contain_text("pictures written to")
    with (tmp_path / "clean.csv").open(newline="") as file:
        assert {row["split"] for row in csv.DictReader(file)} == {"train", "test"}
