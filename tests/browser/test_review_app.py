"""`dupviz review` as a person uses it, from the folder to moved and restored files: by mouse alone, by keys alone."""

import shutil

from playwright.sync_api import expect


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tab_to(page, condition):
    """Press Tab until this is true of the element that has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(f"(element => {condition})(document.activeElement)"):
            return
    raise AssertionError(f"Tab does not lead to where {condition}")


def test_by_mouse_alone_from_a_folder_to_moved_and_restored_files(page, review, photos):
    before = contents(photos)
    page.goto(review())
    page.get_by_label("Folder", exact=True).fill(str(photos.parent))
    page.get_by_role("heading").first.click()
    page.get_by_role("button", name="photos", exact=True).click()
    expect(page.get_by_label("Folder", exact=True)).to_have_value(str(photos))
    page.get_by_role("button", name="Find duplicates").click()
    gallery = page.locator(".dupviz-review")
    expect(gallery.locator(".dupviz-picture img[src]").first).to_be_visible()
    expect(gallery).to_contain_text("No file has moved.")

    page.get_by_role("button", name="Accept all").click()
    expect(gallery.locator(".dupviz-done")).to_contain_text("1 of 2 groups reviewed")
    page.get_by_role("button", name="Move…").click()
    page.locator(".dupviz-mover .dupviz-main").click()
    expect(gallery.locator(".dupviz-notice")).to_contain_text("1 file moved")
    assert len(contents(photos)) == len(before) - 1
    expect(gallery.locator(".dupviz-group")).to_have_count(1)

    page.get_by_role("button", name="Move back").click()
    expect(gallery.locator(".dupviz-notice")).to_contain_text("1 file restored")
    assert contents(photos) == before
    expect(gallery.locator(".dupviz-group")).to_have_count(2)
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("You can close this tab.")).to_be_visible()


def test_by_keys_alone_and_in_two_tabs(chromium, review, photos):
    before = contents(photos)
    context = chromium.new_context(viewport={"width": 1300, "height": 900})
    page, other = context.new_page(), context.new_page()
    page.goto(review(photos))
    gallery = page.locator(".dupviz-review")
    expect(gallery.locator(".dupviz-picture img[src]").first).to_be_visible()
    other.goto(page.url)
    expect(other.locator(".dupviz-picture img[src]").first).to_be_visible()

    tab_to(page, "element.classList.contains('dupviz-picture')")
    page.keyboard.press("a")
    expect(gallery.locator(".dupviz-done")).to_contain_text("1 of 2 groups reviewed")
    expect(other.locator(".dupviz-done")).to_contain_text("1 of 2 groups reviewed")
    tab_to(page, "element.textContent === 'Move…'")
    page.keyboard.press("Enter")
    mover = page.locator(".dupviz-mover")
    expect(mover.locator(".dupviz-main")).to_be_enabled()
    tab_to(page, "element.textContent.startsWith('Move ')")
    page.keyboard.press("Enter")
    expect(gallery.locator(".dupviz-notice")).to_contain_text("moved")
    assert len(contents(photos)) == len(before) - 1
    expect(other.locator(".dupviz-next")).to_contain_text("1 moved")
    tab_to(page, "element.textContent === 'Move back'")
    page.keyboard.press("Enter")
    expect(gallery.locator(".dupviz-notice")).to_contain_text("restored")
    assert contents(photos) == before
    other.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("You can close this tab.")).to_be_visible()
    context.close()


def test_what_was_marked_as_no_duplicate_lets_no_unseen_group_be_accepted(page, review, photos):
    page.goto(review(photos))
    gallery = page.locator(".dupviz-review")
    expect(gallery.locator(".dupviz-picture img[src]").first).to_be_visible()
    gallery.locator(".dupviz-group").first.locator(".dupviz-picture").nth(1).click()
    page.keyboard.press("d")
    expect(gallery.locator(".dupviz-notice")).to_contain_text("not offered again")
    page.keyboard.press("a")
    page.wait_for_timeout(500)
    expect(gallery.locator(".dupviz-done")).to_contain_text("0 of")
    page.get_by_role("button", name="Finish").click()


def test_groups_are_searched_and_folders_ruled_by_keys(page, review, photos):
    (photos / "album").mkdir()
    shutil.copy(photos / "cat.jpg", photos / "album" / "cat at home.jpg")
    page.goto(review(photos))
    gallery = page.locator(".dupviz-review")
    groups, notice = gallery.locator(".dupviz-group"), gallery.locator(".dupviz-notice")
    expect(groups).to_have_count(2)
    expect(groups.first).to_contain_text("the same pixels")

    tab_to(page, "element.classList.contains('dupviz-picture')")
    page.keyboard.press("/")
    page.keyboard.type("coffee")
    expect(groups).to_have_count(1)
    expect(gallery.get_by_role("search")).to_contain_text("1 group")
    assert page.evaluate("document.activeElement.value") == "coffee"  # nothing was taken for a key of the gallery
    tab_to(page, "element.textContent === 'Clear'")
    page.keyboard.press("Enter")
    expect(groups).to_have_count(2)

    gallery.get_by_role("button", name="Folder album").press("Enter")
    dialog = gallery.get_by_role("dialog", name="Folder")
    expect(dialog).to_contain_text("Folder album")
    tab_to(page, "element.dataset.step === 'keep_from'")
    page.keyboard.press("Enter")
    expect(notice).to_contain_text("In all groups that have a file in album")
    first = groups.first.locator(".dupviz-file").first
    expect(first).to_contain_text("cat at home.jpg")
    expect(first).to_contain_text("in the folder to keep from")
    gallery.get_by_role("button", name="keep from album").press("Enter")
    expect(first).not_to_contain_text("in the folder to keep from")

    first.locator(".dupviz-picture").focus()
    page.keyboard.press("f")
    dialog.get_by_role("button", name="Nothing goes from here").click()
    expect(notice).to_contain_text("Nothing goes from")
    expect(gallery.locator(".dupviz-rules button")).to_have_count(1)
    page.get_by_role("button", name="Finish").click()


def test_a_long_notice_stays_low_on_a_narrow_page(page, review, photos):
    page.set_viewport_size({"width": 800, "height": 900})
    page.goto(review(photos))
    gallery = page.locator(".dupviz-review")
    gallery.get_by_role("button", name="Move…").click()
    mover = gallery.locator(".dupviz-mover")
    expect(mover.locator(".dupviz-what")).not_to_have_text("…")
    page.keyboard.press("Escape")
    gallery.get_by_label("MSE below").fill("999999")
    gallery.get_by_label("MSE below").press("Enter")
    notice = gallery.locator(".dupviz-notice")
    expect(notice).to_contain_text("search again with a larger max_mse")
    line = 13 * 1.45
    assert notice.bounding_box()["height"] <= 3 * line + 1
    page.get_by_role("button", name="Finish").click()


def test_a_picture_that_was_written_over_is_shown_as_it_is_now(page, review, photos):
    page.goto(review(photos))
    gallery = page.locator(".dupviz-review")
    card = gallery.locator(".dupviz-file").filter(has=page.get_by_text("cat.jpg", exact=True))
    picture = card.locator("img[src]")
    expect(picture).to_be_visible()
    before, whole = picture.get_attribute("src"), (photos / "cat.jpg").read_bytes()
    (photos / "cat.jpg").write_bytes(whole[: len(whole) // 3])  # as while it is copied there
    card.locator(".dupviz-picture").focus()
    page.keyboard.press(" ")
    expect(card).to_contain_text("changed since it was read")
    expect(picture).not_to_have_attribute("src", before)
    blurred = picture.get_attribute("src")
    (photos / "cat.jpg").write_bytes(whole)
    page.keyboard.press(" ")
    expect(picture).not_to_have_attribute("src", blurred)
    page.get_by_role("button", name="Finish").click()
