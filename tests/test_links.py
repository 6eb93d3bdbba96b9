"""Links to what is in this repository lead somewhere, without a look at the net."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<(?:img|source)[^>]*?\ssrc(?:set)?=\"([^\"]+)\"")
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/site/**/*.md"),
    *ROOT.glob("*/README.md"),
    *ROOT.glob("notebooks/*.ipynb"),
]


def text(page):
    """A page without its code."""
    if page.suffix == ".ipynb":
        cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
        return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.sub(r"(?s)```.*?```", "", page.read_text(encoding="utf-8"))


def anchors(page):
    """What the headings of a page are linked by."""
    titles = re.findall(r"(?m)^#+ (.*)$", text(page))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for found in LINK.findall(text(page)):
        link = found[0] or found[1]
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if page.is_relative_to(ROOT / "docs") and not target.exists():  # the build puts the notebooks beside the pages
            target = ROOT / path.replace("../", "")
        assert target.exists() or target.with_suffix(".md").exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


def test_the_check_finds_links():
    assert sum(len(LINK.findall(text(page))) for page in PAGES) > 20
