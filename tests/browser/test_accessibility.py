"""What axe-core finds on every page, in the light and the dark theme: nothing. Notebooks are asked where they run."""

import pytest
from axe import faults
from playwright.sync_api import expect

from dupviz import find_duplicates


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_screen_of_the_review(page, review, photos, theme):
    page.emulate_media(color_scheme=theme)
    page.goto(review(photos))
    gallery = page.locator(".dupviz-review")
    expect(gallery.locator(".dupviz-picture img[src]").first).to_be_visible()
    assert faults(page) == []
    gallery.get_by_role("button", name="Filter").click()
    gallery.get_by_role("button", name="This group is right").first.click()
    expect(gallery.locator("[data-reviewed='true']")).to_have_count(1)
    assert faults(page) == []
    picture = gallery.locator(".dupviz-picture").nth(1)
    for key, dialog in (("?", "help"), ("f", "folder-dialog"), ("Enter", "compare")):
        picture.focus()
        page.keyboard.press(key)
        expect(gallery.locator(f".dupviz-{dialog}")).to_be_visible()
        page.wait_for_timeout(500)
        assert faults(page) == []
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Sheet").click()
    expect(gallery.locator(".dupviz-small img[src]").first).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Sheet").click()
    page.get_by_role("button", name="Move…").click()
    expect(gallery.locator(".dupviz-mover .dupviz-main")).to_be_enabled()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Another folder").click()
    expect(page.get_by_role("heading", name="Which folder?")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("You can close this tab.")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_report(page, photos, tmp_path, theme):
    find_duplicates(photos, progress=False).to_html(tmp_path / "report.html")
    page.emulate_media(color_scheme=theme)
    page.goto((tmp_path / "report.html").as_uri())
    assert faults(page) == []
