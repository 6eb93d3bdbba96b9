"""Make the pictures of the README and the documentation: ``python docs/make_screenshots.py``.

Needs Chromium, and what the tests need (``pip install -e .[test]``).
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "tests" / "browser"))

import lab  # noqa: E402

from dupviz import find_duplicates  # noqa: E402

# Each explorer: the notebook that shows it, and a text that it has.
EXPLORERS = {
    "tensor_explorer": ("01_images_as_tensors.ipynb", "Restore the picture"),
    "pair_explorer": ("02_measuring_difference.ipynb", "Turn B by 90°"),
    "threshold_explorer": ("04_find_your_threshold.ipynb", "same picture"),
}
WIDTH = 1420


def main():
    """Write every picture into this folder."""
    for theme in ("light", "dark"):
        with (
            tempfile.TemporaryDirectory() as folder,
            lab.jupyter_lab(Path(folder), theme=f"JupyterLab {theme.title()}") as address,
            lab.chromium() as browser,
        ):
            for name, (notebook, text) in EXPLORERS.items():
                picture_explorer(browser, address, notebook, text, DOCS / f"{name}_{theme}.png")
            picture_report(browser, theme, Path(folder) / "report.html")
            picture_gallery(browser, theme, Path(folder))


def picture_explorer(browser, address, notebook, text, path):
    """One explorer, without the rest of its notebook."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 1400})
    lab.open_notebook(page, address, notebook)
    explorer = page.locator(".jp-OutputArea-output").filter(has_text=text).first
    if text == "Turn B by 90°":
        page.get_by_role("button", name=text).click()
    page.wait_for_timeout(2500)
    save(path, explorer.screenshot)
    page.close()


def picture_report(browser, theme, report):
    """The top of a report."""
    os.chdir(DOCS.parent)  # so that it names no folder of this machine
    find_duplicates("data/photos", progress=False).to_html(report)
    page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme=theme)
    page.goto(report.as_uri())
    save(DOCS / f"report_{theme}.png", page.screenshot)
    page.close()


def picture_gallery(browser, theme, folder):
    """The gallery, as `dupviz review` shows it: edited pictures first, so that there is something to see."""
    command = [sys.executable, "-m", "dupviz", "review", "--no-browser", "data/photos"]
    environment = {**os.environ, "DUPVIZ_DATA_DIR": str(folder / "data of this picture")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=DOCS.parent, env=environment) as server:
        page = browser.new_page(viewport={"width": WIDTH, "height": 1000}, color_scheme=theme)
        page.goto(re.search(r"http://\S+", server.stdout.readline())[0])
        page.get_by_label("Show").select_option("edited")
        page.locator(".dupviz-picture img[src]").first.wait_for()
        page.wait_for_timeout(2500)
        save(DOCS / f"review_gallery_{theme}.png", page.screenshot)
        page.get_by_role("button", name="Finish").click()
        page.close()


def save(path, take):
    """Write a picture as small as PNG can make it without a loss."""
    take(path=path)
    Image.open(path).convert("RGB").save(path, optimize=True)


if __name__ == "__main__":
    main()
