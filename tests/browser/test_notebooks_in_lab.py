"""The notebooks in JupyterLab, as a reader uses them: run all, move the sliders, see the numbers change."""

import statistics

import lab
import pytest
from axe import faults_of_explorers
from playwright.sync_api import expect

TENSORS, DIFFERENCE = "01_images_as_tensors.ipynb", "02_measuring_difference.ipynb"
OTHERS = sorted({path.name for path in (lab.ROOT / "notebooks").glob("*.ipynb")} - {TENSORS, DIFFERENCE})

# From a key that moves a slider to the next picture on the screen in which the text has changed.
WATCH = """(text) => {
    let pressed = null;
    window.latencies = [];
    document.addEventListener("keydown", () => { pressed = performance.now(); }, true);
    new MutationObserver(() => requestAnimationFrame(() => {
        if (pressed !== null) window.latencies.push(performance.now() - pressed);
        pressed = null;
    })).observe(text, { childList: true, subtree: true, characterData: true });
}"""


def median_latency(page, name, text, keys):
    """Press keys on a slider; return the median time until the text has changed, in milliseconds."""
    text.evaluate(WATCH)
    page.get_by_role("slider", name=name).focus()
    for i, key in enumerate(keys):
        page.keyboard.press(key)
        page.wait_for_function(f"window.latencies.length > {i}")
    latency = statistics.median(page.evaluate("window.latencies"))
    print(f"{name} slider: {latency:.0f} ms")  # noqa: T201
    return latency


@pytest.mark.parametrize("name", OTHERS)
def test_notebook_runs(page, address, name):
    lab.open_notebook(page, address, name)
    if "Explorer(" in (lab.ROOT / "notebooks" / name).read_text(encoding="utf-8"):
        expect(page.locator(".dupviz-explorer").first).to_be_visible()
        assert faults_of_explorers(page) == []


def test_tensor_explorer(page, address):
    lab.open_notebook(page, address, TENSORS)
    assert faults_of_explorers(page) == []
    explorer = page.locator(".dupviz-explorer")
    facts, view = (explorer.locator(f".dupviz-{part}") for part in ("facts", "view"))
    expect(facts).to_contain_text("tensor[25, 25] = (189, 145, 112)")

    latency = median_latency(page, "Row", facts, ["ArrowRight", "ArrowLeft"] * 8 + ["ArrowRight"])
    assert latency < 1000
    expect(facts).to_contain_text("tensor[26, 25]")

    view.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(facts).to_contain_text("tensor[27, 26]")

    view.locator(".dupviz-pick").first.click(position={"x": 2, "y": 2})
    expect(facts).to_contain_text("tensor[0, 0]")

    explorer.get_by_role("slider", name="red").focus()
    page.keyboard.press("Home")
    expect(facts).to_contain_text("tensor[0, 0] = (0,")
    expect(facts).not_to_contain_text("MSE to the unchanged values: 0.0")
    explorer.get_by_role("button", name="Restore the picture").click()
    expect(facts).to_contain_text("MSE to the unchanged values: 0.0")

    latency = median_latency(page, "Size", facts, ["ArrowLeft"] * 15)
    assert latency < 1000
    expect(facts).to_contain_text("shape (35, 35, 3)")
    explorer.get_by_role("slider", name="Size").focus()
    page.keyboard.press("Home")
    expect(view.locator(".dupviz-cell")).to_have_count(4 + 3 * 4)

    explorer.get_by_label("green on").click()
    expect(view).to_contain_text("green (off)")

    cell = page.locator(".jp-CodeCell", has_text="explorer.tensor[25, 25]")
    cell.locator(".cm-content").fill("explorer.tensor.shape, explorer.tensor[:, :, 1].max()")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".jp-OutputArea-output", has_text="(2, 2, 3), np.uint8(0)")).to_have_count(1)


def test_pair_explorer(page, address):
    lab.open_notebook(page, address, DIFFERENCE)
    assert faults_of_explorers(page) == []
    explorer = page.locator(".dupviz-explorer")
    facts, view, sums = (explorer.locator(f".dupviz-{part}") for part in ("facts", "view", "sums"))
    expect(facts).to_contain_text("MSE 4,973.7")

    explorer.get_by_role("button", name="Turn B by 90°").click()
    expect(facts).to_contain_text("MSE 4,735.3")
    explorer.get_by_role("radio", checked=True).focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(facts).to_contain_text("MSE 25.7")
    expect(facts).to_contain_text("below 200: duplicates")
    explorer.get_by_role("button", name="Mirror B").click()
    expect(explorer.get_by_role("radio")).to_have_count(8)
    explorer.get_by_role("button", name="Best match").click()
    expect(facts).to_contain_text("MSE 25.7")

    explorer.get_by_role("button", name="curtain").click()
    expect(view.locator("g[style*='inset']")).to_have_count(1)
    explorer.get_by_role("slider", name="Curtain").focus()
    for _ in range(15):
        page.keyboard.press("ArrowRight")
    expect(view.locator("g[style*='inset']")).to_have_attribute("style", "clip-path: inset(0 0 0 65%)")
    explorer.get_by_role("button", name="flicker").click()
    expect(view.locator(".dupviz-flicker")).to_have_count(1)
    page.emulate_media(reduced_motion="reduce")
    animation = "getComputedStyle(document.querySelector('.dupviz-flicker')).animationName"
    assert page.evaluate(animation) == "none"

    explorer.get_by_role("button", name="in steps").click()
    expect(sums).to_contain_text("= 25.7 = MSE")
    explorer.get_by_role("button", name="Play").click()
    expect(sums).not_to_contain_text("= MSE")
    expect(sums).to_contain_text("50 of 50 rows")
    expect(sums).to_contain_text("= 25.7 = MSE")
    view.locator(".dupviz-pick").nth(1).click(position={"x": 2, "y": 2})
    expect(sums).to_contain_text("pixel [0, 0]")
    view.focus()
    page.keyboard.press("ArrowDown")
    expect(sums).to_contain_text("pixel [1, 0]")

    mse_cell = page.locator(".jp-CodeCell", has_text="explorer.mse")
    mse_cell.locator(".jp-Editor").click()
    page.keyboard.press("Control+Enter")
    expect(mse_cell.locator(".jp-OutputArea-output")).to_contain_text("25.7132")
