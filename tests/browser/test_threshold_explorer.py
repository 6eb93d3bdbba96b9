"""The threshold explorer in JupyterLab, in the notebook that has it: by mouse and keys, today and after a restart."""

import re

import lab
import pytest
from playwright.sync_api import expect

NOTEBOOK = "04_find_your_threshold.ipynb"


@pytest.fixture
def explorer(page, address):
    """The part of the notebook that shows the explorer."""
    lab.open_notebook(page, address, NOTEBOOK)
    return shown(page)


def shown(page):
    explorer = page.locator(".dupviz-explorer")
    expect(explorer).to_contain_text("pairs below")
    return explorer


def pairs_below(explorer):
    """The number of pairs, and the threshold that it is for."""
    below = explorer.locator(".dupviz-numbers div").first.inner_text()
    pairs, threshold = re.match(r"([\d,]+)\s*pairs below ([\d.]+)", below).groups()
    return int(pairs.replace(",", "")), float(threshold)


def edge(explorer, count=10):
    """The MSEs of the pairs at the edge, of which there should be so many."""
    pairs = explorer.locator("b:visible", has_text=re.compile(r"^MSE "))
    expect(pairs).to_have_count(count)
    return pairs.all_inner_texts()


def expect_threshold(explorer, threshold):
    expect(explorer).to_contain_text(f"pairs below {threshold}")
    expect(explorer.locator("input[type=number]")).to_have_value(f"{threshold}")


def test_slider_number_preset_and_chart_change_numbers_and_pictures(page, explorer):
    assert pairs_below(explorer) == (89, 200)
    before = edge(explorer)

    slider = explorer.get_by_role("slider", name="Threshold")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    x, y = box["x"] + 0.77 * box["width"], box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.15 * box["width"], y, steps=4)
    page.mouse.up()
    expect(explorer).not_to_contain_text("pairs below 200")
    page.wait_for_function("document.querySelector('.dupviz-explorer input[type=number]').value > 300")
    page.wait_for_timeout(500)
    assert pairs_below(explorer)[0] > 89
    assert edge(explorer) != before

    explorer.locator("input[type=number]").fill("50")
    explorer.locator("input[type=number]").press("Enter")
    expect_threshold(explorer, 50)
    assert pairs_below(explorer)[0] < 89
    below, above = [float(text.removeprefix("MSE ")) for text in edge(explorer)[4:6]]
    assert below < 50 <= above

    explorer.get_by_role("button", name="1000", exact=True).click()
    expect_threshold(explorer, 1000)
    edge(explorer, count=5)
    explorer.get_by_role("button", name="200", exact=True).click()
    expect_threshold(explorer, 200)
    assert edge(explorer) == before

    chart = explorer.locator(".dupviz-view").first
    chart.locator(".dupviz-pick").click(position={"x": 5, "y": 50})
    expect(explorer).not_to_contain_text("pairs below 200")
    assert pairs_below(explorer)[1] < 1
    chart.focus()
    before = pairs_below(explorer)[1]
    page.keyboard.press("ArrowRight")
    expect(explorer).not_to_contain_text(f"pairs below {before:g}\n")


def test_ten_labels_are_there_after_a_restart(page, explorer):
    same, different = (explorer.get_by_role("button", name=f"{name}:") for name in ("same picture", "different"))
    for i in range(10):
        (same if i < 7 else different).nth(i).click()
        expect(explorer).to_contain_text(f"{i + 1} label{'s' if i else ''} of your own so far")

    page.evaluate("void jupyterapp.commands.execute('notebook:restart-run-all')")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.wait_for_function("jupyterapp.shell.currentWidget.content.widgets.at(-2).model.executionCount === null")
    page.wait_for_function(f"{lab.PROMPTS}.every((prompt) => /\\d/.test(prompt))")
    explorer = shown(page)
    expect(explorer).to_contain_text("10 labels of your own so far")
    marked = explorer.locator(".dupviz-labels [aria-pressed=true]")
    expect(marked).to_have_count(10)
    expect(page.locator(".jp-OutputArea-output", has_text=re.compile("^10 labels"))).to_have_count(1)
    marked.first.click()
    expect(explorer).to_contain_text("9 labels of your own so far")


def test_keys_on_its_buttons_are_not_those_of_the_notebook(page, explorer):
    cells = page.locator(".jp-CodeCell, .jp-MarkdownCell").count()
    explorer.get_by_role("button", name="same picture").first.click()
    for key in "ddab":
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    explorer.locator(".dupviz-view").first.focus()
    for key in "ddab":
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") >= cells
    assert page.locator(".jp-CodeCell, .jp-MarkdownCell").count() == cells
