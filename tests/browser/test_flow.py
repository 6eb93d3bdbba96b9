"""Many groups, one after the other and on one sheet: by keys alone, timed and counted; by mouse; by finger."""

import time

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from dupviz import find_duplicates


@pytest.fixture
def edited(tmp_path):
    """Make a folder of so many pictures, each with a copy that has a patch; some have one more."""

    def make(number, *, more_each=4):
        folder = tmp_path / "edited"
        folder.mkdir()
        for i in range(number):
            rough = np.random.default_rng(i).integers(30, 226, (9, 12, 3), dtype=np.uint8)
            picture = Image.fromarray(rough).resize((240, 180), Image.Resampling.BICUBIC)
            picture.save(folder / f"picture {i:03}.png")
            for copy in ["a", "b"] if i % more_each == 0 else ["a"]:
                patched = np.array(picture)
                patched[20:32, 20 : 40 if copy == "a" else 48] //= 2
                Image.fromarray(patched).save(folder / f"picture {i:03} with a caption {copy}.png")
        return folder

    return make


def ready(gallery):
    expect(gallery.locator(".dupviz-stage")).to_have_attribute("aria-busy", "false")


def test_77_groups_for_review_are_decided_by_at_most_13_keys_for_ten(page, review, edited):
    folder = edited(77)
    groups = find_duplicates(folder, progress=False).groups
    assert (groups[groups["action"] != "keep"]["action"] == "review").all()
    assert groups["group"].nunique() == 77
    page.goto(review(folder))
    gallery = page.locator(".dupviz-review")
    expect(gallery.locator(".dupviz-picture img[src]").first).to_be_visible()
    stage, reviewed = gallery.locator(".dupviz-stage"), gallery.locator(".dupviz-done")
    start, keys, decided = time.monotonic(), 1, ""
    page.keyboard.press("o")  # keys are alive before a click
    expect(stage).to_be_visible()
    while stage.is_visible() and time.monotonic() - start < 300:
        place = gallery.locator(".dupviz-title").text_content()
        if stage.get_attribute("aria-busy") == "true" or place == decided:
            continue
        page.keyboard.press("a")
        decided, keys = place, keys + 1
    seconds = time.monotonic() - start
    expect(reviewed).to_have_text("77 of 77 groups reviewed")
    expect(gallery.locator(".dupviz-notice")).to_contain_text("All groups are reviewed.")
    print(f"77 groups: {keys} keys, {keys / 77:.2f} a group, {seconds:.0f} s")  # noqa: T201
    assert keys <= 1.3 * 77
    assert seconds < 120
    expect(gallery.locator(".dupviz-open")).to_have_count(0)  # nothing is left for review
    expect(gallery.locator(".dupviz-going")).to_have_class("dupviz-going dupviz-none")
    gallery.locator(".dupviz-going").click()  # on nothing: the keys are alive still
    page.keyboard.press("u")
    expect(reviewed).to_have_text("76 of 77 groups reviewed")
    page.get_by_role("button", name="Finish").click()


def test_decisions_in_the_comparison_go_on_to_the_next_group_and_undo_leads_back(page, review, edited):
    page.goto(review(edited(3, more_each=9)))
    gallery = page.locator(".dupviz-review")
    dialog, title = gallery.locator(".dupviz-compare"), gallery.locator(".dupviz-title")
    gallery.get_by_label("Show").select_option("open")
    gallery.get_by_label("Order").select_option("found")
    expect(gallery.locator(".dupviz-file img").first).to_have_attribute("alt", "picture 000.png")  # it is in that order
    gallery.get_by_role("button", name="One by one").click()
    expect(title).to_have_text("Group 1 of 3, file 1 of 2")
    ready(gallery)
    dialog.get_by_role("button", name="Can go", exact=True).click()
    expect(title).to_have_text("Group 1 of 3, file 2 of 2")
    ready(gallery)
    page.keyboard.press("s")
    expect(title).to_have_text("Group 2 of 3")
    ready(gallery)
    page.keyboard.press("d")
    expect(title).to_have_text("Group 3 of 3")
    ready(gallery)
    page.keyboard.press("u")
    expect(title).to_have_text("Group 2 of 3")
    page.keyboard.press("u")
    expect(title).to_have_text("Group 1 of 3, file 2 of 2")
    page.keyboard.press("Escape")
    marks = gallery.locator(".dupviz-file .dupviz-mark")
    assert marks.all_inner_texts()[:3] == ["keep", "can go", "review"]
    page.get_by_role("button", name="Finish").click()


def test_flicker_lasts_while_its_key_is_held(page, review, edited):
    page.goto(review(edited(1)))
    gallery = page.locator(".dupviz-review")
    expect(gallery.locator(".dupviz-picture img[src]").first).to_be_visible()
    page.keyboard.press("o")
    ready(gallery)
    stage = gallery.locator(".dupviz-stage")
    page.keyboard.down("f")
    page.keyboard.down("f")  # as a keyboard repeats it
    expect(stage).to_have_attribute("data-mode", "1")
    tops = set()
    for _ in range(12):
        tops.add(stage.get_attribute("data-top"))
        page.wait_for_timeout(60)
    assert tops == {"0", "1"}
    page.keyboard.up("f")
    expect(stage).to_have_attribute("data-mode", "0")
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="Finish").click()


def test_by_finger(chromium, review, edited):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(review(edited(3, more_each=1)))
    gallery = page.locator(".dupviz-review")
    expect(gallery.locator(".dupviz-picture img[src]").first).to_be_visible()
    heights = [gallery.locator(part).bounding_box()["height"] for part in ("header", "footer")]
    assert sum(heights) < 844 * 0.2
    gallery.get_by_role("button", name="One by one").tap()
    ready(gallery)
    title = gallery.locator(".dupviz-title")
    page.evaluate(
        """() => {
            const stage = document.querySelector(".dupviz-stage");
            const at = (x) => ({ pointerType: "touch", clientX: x, clientY: 300, bubbles: true });
            stage.dispatchEvent(new PointerEvent("pointerdown", at(300)));
            stage.dispatchEvent(new PointerEvent("pointerup", at(120)));
        }"""
    )
    expect(title).to_have_text("Group 1 of 3, file 2 of 2")
    ready(gallery)
    gallery.get_by_role("button", name="This group is right").last.tap()
    expect(title).to_have_text("Group 2 of 3, file 1 of 2")
    for button in gallery.locator(".dupviz-decide button").all():
        box = button.bounding_box()
        assert box["height"] >= 40
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        lines = """button => {
            const range = document.createRange();
            range.selectNodeContents(button);
            return new Set([...range.getClientRects()].map((each) => Math.round(each.top))).size;
        }"""
        assert button.evaluate(lines) <= 1, button.text_content()
    assert gallery.locator(".dupviz-decide").bounding_box()["height"] < 130  # a sentence, and two rows of buttons
    gallery.get_by_role("button", name="Back").tap()
    page.get_by_role("button", name="Finish").tap()
    context.close()


def test_all_but_these_are_accepted_on_the_sheet(page, review, edited):
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(review(edited(64, more_each=99)))
    gallery = page.locator(".dupviz-review")
    expect(gallery.locator(".dupviz-picture img[src]").first).to_be_visible()
    gallery.get_by_label("Order").select_option("found")
    gallery.locator(".dupviz-picture").first.focus()
    page.keyboard.press("v")
    tiles = gallery.locator(".dupviz-tile")
    expect(tiles).to_have_count(60)
    box = gallery.locator(".dupviz-groups").bounding_box()
    last = tiles.last.bounding_box()
    assert last["y"] + last["height"] <= box["y"] + box["height"]  # all of them are on the screen
    expect(gallery.locator(".dupviz-small img[src]")).to_have_count(120)
    thumb = gallery.locator(".dupviz-small .dupviz-thumb").nth(1)
    marked, picture = thumb.locator(".dupviz-window").bounding_box(), thumb.bounding_box()
    assert 0 <= marked["x"] - picture["x"] < 0.3 * picture["width"]  # the caption is at the upper left
    assert 0 <= marked["y"] - picture["y"] < 0.3 * picture["height"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    expect(gallery.locator("[data-out='true']")).to_have_count(1)
    tiles.nth(3).get_by_role("button").last.click()
    gallery.get_by_role("button", name="Accept all but 2").click()
    expect(gallery.locator(".dupviz-done")).to_have_text("58 of 64 groups reviewed")
    expect(gallery.locator(".dupviz-pages")).to_contain_text("Page 2 of 2")
    gallery.get_by_label("Show").select_option("open")
    expect(tiles).to_have_count(6)
    gallery.get_by_label("Show").select_option("all")
    gallery.get_by_label("Go to a page or a name").fill("picture 063")
    page.keyboard.press("Enter")
    expect(gallery.locator(".dupviz-pages")).to_contain_text("Page 2 of 2")
    gallery.get_by_label("Go to a page or a name").fill("1")
    page.keyboard.press("Enter")
    expect(gallery.locator(".dupviz-pages")).to_contain_text("Page 1 of 2")
    page.get_by_role("button", name="Finish").click()
