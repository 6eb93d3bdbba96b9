"""Two files beside each other in the page of `dupviz review`: what is shown is what the files are."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect


@pytest.fixture
def edited(tmp_path):
    """A folder of a picture and of one in which a patch is darker, as arrays, too."""
    folder = tmp_path / "edited"
    folder.mkdir()
    rough = np.random.default_rng(0).integers(40, 255, (12, 16, 3), dtype=np.uint8)
    picture = np.asarray(Image.fromarray(rough).resize((400, 300), Image.Resampling.BICUBIC))
    patched = picture.copy()
    patched[60:100, 80:160] -= patched[60:100, 80:160] // 4
    for name, each in (("a picture.png", picture), ("edited.png", patched)):
        Image.fromarray(each).save(folder / name)
    return folder, picture, patched


def test_the_difference_is_shown_as_it_is_computed(page, review, edited):
    folder, picture, patched = edited
    page.goto(review(folder))
    gallery = page.locator(".dupviz-review")
    gallery.locator(".dupviz-picture").nth(1).dblclick()
    dialog = gallery.locator(".dupviz-compare")
    expect(dialog.locator(".dupviz-stage")).to_have_attribute("aria-busy", "false")
    page.keyboard.press("3")
    expect(dialog.get_by_text("Black where they are equal")).to_be_visible()
    view = dialog.locator(".dupviz-view").nth(1)
    shown = np.asarray(Image.open(io.BytesIO(view.screenshot())).convert("RGB"), np.int64)
    height, width = shown.shape[:2]
    assert width > 600
    difference = np.minimum(4 * np.abs(picture.astype(np.int64) - patched), 255).astype(np.uint8)
    computed = np.asarray(Image.fromarray(difference).resize((width, height), Image.Resampling.BILINEAR), np.int64)
    assert computed.max() > 100
    assert np.abs(shown - computed).mean() < 4  # what JPEG adds, four times as bright
    inside = np.s_[height * 60 // 300 : height * 100 // 300, width * 80 // 400 : width * 160 // 400]
    assert abs(shown[inside].mean() - computed[inside].mean()) < 0.1 * computed[inside].mean()
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="Finish").click()
