"""Explorers as pages, from the disk and without a net: as on a phone and on a desk, in the light and the dark theme."""

import lab
import numpy as np
import pytest
from axe import faults
from PIL import Image
from playwright.sync_api import expect

from dupviz import distance, edge_pairs, find_duplicates, load_images, mse, to_page, transform
from dupviz._words.words import file_size
from dupviz.images.decode import decode
from dupviz.widgets import PairExplorer, TensorExplorer, ThresholdExplorer

RNG = np.random.default_rng(0)


@pytest.fixture
def open_page(page, tmp_path):
    """Write the page of an explorer, and open it without a net."""

    def open_it(explorer, width=1300, theme="light"):
        to_page(explorer, tmp_path / "page.html")
        page.context.set_offline(True)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.goto((tmp_path / "page.html").as_uri())
        expect(page.locator(".dupviz-explorer")).to_be_visible()
        return page

    return open_it


@pytest.fixture
def pictures(tmp_path):
    """Three pictures, of which the second is the first one turned."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    base = Image.fromarray(RNG.integers(0, 256, (9, 12, 3), np.uint8)).resize((640, 480), Image.Resampling.BICUBIC)
    base.save(folder / "a.png")
    base.rotate(90, expand=True).resize((300, 400)).save(folder / "b.png")
    Image.fromarray(RNG.integers(0, 256, (60, 60, 3), np.uint8)).save(folder / "c.png")
    return load_images(folder, progress=False, cache=False)


def fits(page):
    """Whether nothing is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1400])
def test_pair_fits_every_screen_and_keeps_nobody_out(open_page, pictures, width, theme):
    page = open_page(PairExplorer(pictures), width, theme)
    for comparison in ("in steps", "curtain", "flicker", "side by side"):
        page.get_by_role("button", name=comparison).click()
        expect(page.locator(f"[data-comparison={comparison.replace(' ', '-')}]")).to_be_visible()
        assert fits(page)
    page.get_by_role("button", name="Mirror B").click()
    expect(page.locator(".dupviz-turns label:visible")).to_have_count(8)
    assert fits(page)
    assert faults(page) == []


def test_pair_has_the_numbers_of_python(open_page, pictures):
    explorer = PairExplorer(pictures)
    page = open_page(explorer)
    a, b = pictures.tensors[:2]
    facts, turns = page.locator(".dupviz-facts"), page.locator(".dupviz-turns")
    expect(facts).to_contain_text(f"MSE {mse(a, b):,.1f} per pixel")
    for rotation in (90, 180, 270, 0):
        page.get_by_role("button", name="Turn B by 90°").click()
        expect(facts).to_contain_text(f"MSE {mse(a, transform(b, rotation=rotation)):,.1f} per pixel")
    page.get_by_role("button", name="Mirror B").click()
    page.get_by_role("button", name="Best match").click()
    expect(facts).to_contain_text(f"MSE {distance(a, b, symmetries='dihedral')[0]:,.1f} per pixel")
    turns.get_by_role("radio", name="mirrored, turned 180°").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(facts).to_contain_text(f"MSE {mse(a, transform(b, rotation=270, mirrored=True)):,.1f} per pixel")


def test_pair_adds_up_in_steps_at_the_pixel_that_is_pointed_at(open_page, pictures):
    page = open_page(PairExplorer(pictures, a="a.png", b="c.png"))
    a, c = pictures.tensors[[0, 2]].astype(int)
    sums = page.locator(".dupviz-sums")
    page.get_by_role("button", name="in steps").click()
    expect(sums).to_contain_text(f"= {((a - c) ** 2).sum() / 2500:,.1f} = MSE")
    view = page.locator(".dupviz-view")
    view.locator(".dupviz-pick").nth(1).click(position={"x": 2, "y": 2})
    expect(sums).to_contain_text("pixel [0, 0]")
    view.focus()
    page.keyboard.press("ArrowDown")
    expect(sums).to_contain_text(f"pixel [1, 0]: ({', '.join(map(str, a[1, 0]))}) − ({', '.join(map(str, c[1, 0]))})")
    page.get_by_label("Rows").focus()
    page.keyboard.press("ArrowLeft")
    expect(sums).to_contain_text(f"49 of 50 rows: their squares add up to {((a - c)[:49] ** 2).sum():,}")
    page.get_by_role("button", name="Play").click()
    expect(sums).to_contain_text("= MSE")


def test_pair_takes_a_photo_of_ones_own_chosen_or_dropped(open_page, pictures, tmp_path):
    page = open_page(PairExplorer(pictures))
    facts = page.locator(".dupviz-facts")
    page.get_by_label("A photo of your own for A").set_input_files(tmp_path / "pictures" / "c.png")
    page.get_by_label("A photo of your own for B").set_input_files(tmp_path / "pictures" / "a.png")
    expect(page.locator("figcaption").nth(1)).to_have_text("B: your a.png")
    a, _, c = pictures.tensors  # a PNG has the same pixels everywhere
    expect(facts).to_contain_text(f"MSE {mse(c, a):,.1f} per pixel")

    shown = page.locator("image").first.get_attribute("href")
    page.evaluate(
        """async ([address, name]) => {
        const bytes = Uint8Array.from(atob(address.split(",")[1]), (letter) => letter.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], name));
        const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
        document.querySelector(".dupviz-explorer").dispatchEvent(drop);
    }""",
        [shown, "dropped.bmp"],
    )
    expect(page.locator("figcaption").nth(1)).to_have_text("B: dropped.bmp")
    expect(facts).to_contain_text("MSE 0.0 per pixel")


def test_a_photo_lies_as_people_see_it(open_page, pictures, tmp_path):
    page = open_page(PairExplorer(pictures))
    with Image.open(tmp_path / "pictures" / "a.png") as picture:
        exif = Image.Exif()
        exif[0x0112] = 6
        picture.rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=exif, quality=98, subsampling=0)
    page.get_by_label("A photo of your own for B").set_input_files(tmp_path / "turned.jpg")
    facts = page.locator(".dupviz-facts")
    expect(facts).to_contain_text("below 200: duplicates")
    turned = load_images(tmp_path / "turned.jpg", progress=False, cache=False).tensors[0]
    shown = float(facts.locator("b").first.inner_text().removeprefix("MSE "))
    assert abs(shown - mse(pictures.tensors[0], turned)) < 1  # browsers decode a JPEG a little differently


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1400])
def test_tensor_fits_every_screen_and_keeps_nobody_out(open_page, pictures, width, theme):
    page = open_page(TensorExplorer(pictures), width, theme)
    for arrangement in ("matrices", "stack"):
        page.get_by_role("button", name=arrangement).click()
        assert fits(page)
    page.get_by_role("slider", name="Size").focus()
    page.keyboard.press("Home")
    expect(page.locator(".dupviz-cell").first).to_be_visible()
    assert fits(page)
    assert faults(page) == []


def test_tensor_has_the_numbers_of_python_at_each_size(open_page, pictures):
    page = open_page(TensorExplorer(pictures, picture="b.png"))
    facts, size = page.locator(".dupviz-facts"), page.get_by_role("slider", name="Size")
    seen = set()
    for _ in range(20):
        size.focus()
        expect(facts).to_contain_text("MSE to the unchanged values: 0.0")
        rows = int(facts.inner_text().split("shape (")[1].split(",")[0])
        tensor = decode(pictures.files["path"][1], rows).tensor
        row, column = (int(page.get_by_role("slider", name=name).input_value()) for name in ("Row", "Column"))
        expect(facts).to_contain_text(f"tensor[{row}, {column}] = ({', '.join(map(str, tensor[row, column]))})")
        seen.add(rows)
        page.keyboard.press("ArrowLeft")
    assert seen == {2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 25, 32, 40, 50}


def test_tensor_takes_a_photo_of_ones_own_at_each_size_and_changes_it(open_page, pictures, tmp_path):
    page = open_page(TensorExplorer(pictures))
    facts = page.locator(".dupviz-facts")
    page.get_by_label("A photo of your own for Picture").set_input_files(tmp_path / "pictures" / "b.png")
    for _ in range(3):
        page.get_by_role("slider", name="Size").focus()
        page.keyboard.press("ArrowLeft")
    tensor = decode(tmp_path / "pictures" / "b.png", 25).tensor
    expect(facts).to_contain_text(f"tensor[12, 12] = ({', '.join(map(str, tensor[12, 12]))})")
    page.get_by_role("slider", name="red").focus()
    page.keyboard.press("Home")
    expect(facts).to_contain_text(f"MSE to the unchanged values: {int(tensor[12, 12, 0]) ** 2 / 625:,.1f}")


@pytest.fixture(scope="module")
def duplicates():
    return find_duplicates(
        lab.ROOT / "data" / "photos", max_mse=3000, verify=False, keep="largest_file", progress=False
    )


def test_50_thresholds_have_the_numbers_of_python(open_page, duplicates, tmp_path):
    page = open_page(ThresholdExplorer(duplicates, labels=tmp_path / "labels"))
    number, totals = page.get_by_label("MSE below"), page.locator(".dupviz-numbers b")
    thresholds = [0, 200, 1000, 3000, *np.round(10 ** RNG.uniform(-1, np.log10(3000), 46), 3).tolist()]
    assert len(set(thresholds)) == 50
    leader, pairs = duplicates.near.leader, duplicates.pairs.sort_values("mse", kind="stable")
    # Of identical pictures, the first stands for the others.
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    different = pairs[(leader[a] == a) & ((leader[b] == b) | (leader[b] == a))]
    for threshold in thresholds:
        there = duplicates.at(threshold)
        number.fill(str(threshold))
        number.press("Enter")
        expected = [
            f"{(duplicates.pairs['mse'] < threshold).sum():,}",
            f"{there.groups['group'].nunique():,}",
            f"{len(there.to_remove):,}",
            file_size(int(there.to_remove["bytes"].sum())),
        ]
        expect(totals).to_have_text(expected)
        below, above = (page.locator(".dupviz-cards").nth(side).locator("b") for side in (0, 1))
        edge = edge_pairs(different, threshold, 5)
        expect(below).to_have_text([f"MSE {mse:,.1f}" for mse in edge["mse"][edge["below"]]])
        expect(above).to_have_text([f"MSE {mse:,.1f}" for mse in edge["mse"][~edge["below"]]])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1400])
def test_threshold_fits_every_screen_and_keeps_nobody_out(open_page, pictures, width, theme, tmp_path):
    duplicates = find_duplicates(pictures, progress=False)
    page = open_page(ThresholdExplorer(duplicates, labels=tmp_path / "labels"), width, theme)
    expect(page.locator(".dupviz-verdict").first).not_to_be_empty()
    assert fits(page)
    assert faults(page) == []


def test_threshold_is_moved_by_slider_keys_and_pointer(open_page, duplicates, tmp_path):
    page = open_page(ThresholdExplorer(duplicates, labels=tmp_path / "labels"))
    totals = page.locator(".dupviz-numbers")
    expect(totals).to_contain_text("pairs below 200")
    page.get_by_role("slider", name="Threshold").focus()
    page.keyboard.press("ArrowRight")
    expect(totals).to_contain_text("pairs below 204")
    page.get_by_role("button", name="1000").click()
    expect(totals).to_contain_text("pairs below 1000")
    chart = page.locator(".dupviz-view").first
    chart.focus()
    page.keyboard.press("ArrowLeft")
    expect(totals).not_to_contain_text("pairs below 1000")
    chart.locator(".dupviz-pick").click(position={"x": 5, "y": 50})
    expect(totals).to_contain_text("pairs below 0.")
    expect(page.get_by_role("button", name="same picture")).to_have_count(0)


def test_within_a_page_of_the_site_an_explorer_is_as_high_as_it_needs_and_has_the_theme(page, pictures, tmp_path):
    to_page(PairExplorer(pictures), tmp_path / "page.html")
    script = (lab.ROOT / "docs" / "site" / "_static" / "pages.js").read_text(encoding="utf-8")
    around = '<html data-theme="dark"><body><iframe class="explorer" src="page.html" width="600" height="50"></iframe>'
    (tmp_path / "site.html").write_text(f"<!DOCTYPE html>{around}<script>{script}</script>")
    page.goto((tmp_path / "site.html").as_uri())
    inner = page.frame_locator("iframe")
    expect(inner.locator(".dupviz-facts")).to_contain_text("MSE")
    expect(inner.locator("h1")).to_be_hidden()
    expect(page.locator("iframe")).not_to_have_attribute("height", "50")
    body = inner.locator("body")
    page.wait_for_timeout(500)
    assert body.evaluate("(body) => innerHeight - body.scrollHeight") in range(-1, 30)
    expect(body).to_have_css("background-color", "rgb(28, 28, 28)")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
