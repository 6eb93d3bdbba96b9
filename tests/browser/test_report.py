"""The report as it comes out of a mail: a file in Chromium, with thousands of groups, without a network."""

import os
import time

import lab
import numpy as np
import pandas as pd
import pytest
from made_up import groups_by_mse, made_up_pairs, write_icons
from playwright.sync_api import expect

from dupviz import Candidates, Duplicates, ImageSet, find_duplicates
from dupviz.show.report import MAX_GROUPS

GROUPS = 2000
HOSTILE = [
    "<img src=x onerror=alert(1)>.jpg",
    "\"'><svg onload=alert(1)>`.jpg",
    "new\nline.jpg",
    "\u202egpj.rtl.jpg",
    "not utf8 \udcff.jpg",
    "<script>alert(1)<!-- <style>.jpg",
]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report of 2,000 groups of three soft colour fields, each turned once, with hostile names among them."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (GROUPS, 10, 10, 3), dtype=np.uint8).repeat(5, axis=1).repeat(5, axis=2)
    tensors = np.stack([coarse, coarse, np.rot90(coarse, axes=(1, 2))], axis=1).reshape(-1, 50, 50, 3)
    names = [f"{number:05}.jpg" for number in range(len(tensors))]
    names[: len(HOSTILE)] = HOSTILE
    files = pd.DataFrame({"path": pd.Series([f"/photos/{name}" for name in names], dtype=object)})
    files = files.assign(bytes=1000, width=40, height=30, format="JPEG", contrast=50.0, flat=False)
    files["modified"] = pd.Timestamp("2020-01-01", tz="UTC")
    errors = pd.DataFrame({"path": [f"/photos/{name}" for name in HOSTILE], "reason": HOSTILE}, dtype=object)
    a = 3 * np.arange(GROUPS)
    near = np.where(np.arange(GROUPS) % 10, 1.0, 150.0)
    images = ImageSet(tensors, files, errors)
    leader = np.column_stack([a, a, a + 2]).ravel()
    pairs = made_up_pairs(images, a, a + 2, near, winners=8, leader=leader)
    duplicates = Duplicates(
        images, Candidates.join(images, pairs, {}), groups_by_mse(images, pairs), 200.0, "largest_file", ()
    )
    file = tmp_path_factory.mktemp("report") / "report.html"
    start = time.perf_counter()
    duplicates.to_html(file)
    print(f"{GROUPS:,} groups: written in {time.perf_counter() - start:.1f} s, {os.path.getsize(file) / 1e6:.1f} MB")  # noqa: T201
    return file


@pytest.fixture
def asked(page):
    """All that the page asks for; and no name may open a dialog."""
    addresses = []
    page.on("request", lambda request: addresses.append(request.url[:60]))
    page.on("dialog", lambda dialog: pytest.fail("a file name was executed"))
    return addresses


def test_a_thousand_groups_of_two_thousand_are_ready_at_once_and_without_a_network(page, asked, report):
    start = time.perf_counter()
    page.goto(report.as_uri())
    page.evaluate("document.images[0].decode().then(() => new Promise(requestAnimationFrame))")
    ready = time.perf_counter() - start
    print(f"{GROUPS:,} groups: ready in {ready:.2f} s")  # noqa: T201
    assert ready < 15  # 3 s where no other test runs
    assert page.locator(".group").count() == MAX_GROUPS
    assert page.locator("img[loading=lazy]").count() == 3 * MAX_GROUPS
    expect(page.get_by_text("The first 1,000 of 2,000 groups")).to_be_visible()

    page.locator(".group").last.scroll_into_view_if_needed()
    assert (
        page.evaluate("[...document.images].at(-1).decode().then(() => [...document.images].at(-1).naturalWidth)") == 50
    )
    assert not page.evaluate("performance.getEntriesByType('resource').some(entry => !entry.name.startsWith('data:'))")
    assert [address for address in asked if not address.startswith("data:image/")] == [report.as_uri()[:60]]


def test_hostile_names_are_text(page, asked, report):
    page.goto(report.as_uri())
    names = page.locator(".name").all_text_contents()[: len(HOSTILE)]
    shown = [*HOSTILE[:2], r"new\nline.jpg", r"\u202egpj.rtl.jpg", r"not utf8 \udcff.jpg", HOSTILE[5]]
    assert sorted(names) == sorted(shown)
    assert page.locator(".errors td:last-child").all_text_contents() == shown
    assert page.locator("script, [onerror], [onload], img[src=x]").count() == 0


def test_groups_to_look_at_are_shown_without_a_script(chromium, report):
    page = chromium.new_page(java_script_enabled=False)
    page.goto(report.as_uri())
    expect(page.locator(".group").nth(1)).to_be_visible()
    page.get_by_label("MSE from 100 up").check()
    expect(page.locator(".group").nth(1)).to_be_hidden()
    expect(page.locator(".group").nth(10)).to_be_visible()
    page.get_by_label("all groups").check()
    expect(page.locator(".group").nth(1)).to_be_visible()
    page.close()


def test_what_is_too_small_to_tell_is_shown_by_its_row_without_a_script(chromium, tmp_path):
    (tmp_path / "icons").mkdir()
    write_icons(tmp_path / "icons", 3, copies=[2])
    find_duplicates(tmp_path / "icons", progress=False, cache=False).to_html(tmp_path / "report.html")
    page = chromium.new_page(java_script_enabled=False)
    page.goto((tmp_path / "report.html").as_uri())
    small = page.get_by_text("24 × 24")
    assert [small.nth(i).is_visible() for i in range(3)] == [False] * 3
    expect(page.get_by_role("radio", name="too small to tell 3", exact=True)).not_to_be_checked()
    page.get_by_text("3 pictures too small to tell").click()
    assert [small.nth(i).is_visible() for i in range(3)] == [True] * 3
    assert page.locator(".fold:visible").count() == 0
    page.get_by_label("all groups").check()
    expect(page.locator(".fold:visible")).to_have_count(2)
    page.close()


def test_all_pictures_are_printed(page, tmp_path):
    duplicates = find_duplicates(lab.ROOT / "data" / "photos", progress=False)
    duplicates.to_html(tmp_path / "report.html")
    page.goto((tmp_path / "report.html").as_uri())
    different = {page.locator("img").nth(i).get_attribute("src") for i in range(len(duplicates.groups))}
    assert page.pdf().count(b"/Subtype /Image") >= len(different) > 50


def test_a_policy_forbids_scripts_and_addresses(chromium, report):
    page = chromium.new_page()
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(report.as_uri())
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.executed = true";
            document.body.append(script);
            const picture = new Image();
            picture.src = "https://127.0.0.1:9/";
            document.body.append(picture);
        }"""
    )
    assert page.evaluate("window.executed") is None
    page.wait_for_timeout(100)
    assert sum("Content Security Policy" in text for text in refused) == 2
    page.close()
