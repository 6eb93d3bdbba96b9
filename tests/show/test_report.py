"""The report holds all of a scan, is valid whatever the names, and asks for nothing from outside."""

import base64
import io
import os
import re
import shutil
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import find_by_mse, image_set, write_icons
from naive import naive_pairs
from PIL import Image
from strategies import SYMMETRIES, stacks

from dupviz import ImageSet, find_duplicates
from dupviz._words.words import printable
from dupviz.cli import commands as cli

PHOTOS = Path(__file__).parents[2] / "data" / "photos"
VOID = {"meta", "img", "br", "wbr", "input"}
NAMES = st.text(min_size=1, max_size=30).map(lambda name: name.replace("/", "<").replace("\0", "\udcff"))
HOSTILE = [
    "<img src=x onerror=alert(1)>.jpg",
    "\"'quotes`.jpg",
    "new\nline.jpg",
    "\u202egpj.rtl.jpg",
    "not utf8 \udcff.jpg",
    "<!-- </style><script>alert(1)</script>.jpg",
    "&lt;&amp;.jpg",
]


@dataclass
class Element:
    tag: str
    attributes: dict
    above: list
    text: str = field(default="")

    @property
    def kind(self):
        return (self.attributes.get("class") or "").split()


class Page(HTMLParser):
    """The elements of a page, each with its text and the elements that it is in; none is left open or misnested."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.handle_startendtag(tag, attributes)
        if tag not in VOID:
            self.open.append(self.elements[-1])

    def handle_startendtag(self, tag, attributes):
        self.elements.append(Element(tag, dict(attributes), list(self.open)))

    def handle_endtag(self, tag):
        assert self.open.pop().tag == tag

    def handle_data(self, data):
        for element in self.open:
            element.text += data

    def all(self, tag, kind=None):
        return [e for e in self.elements if e.tag == tag and (kind is None or kind in e.kind)]

    def names(self):
        """What stands in the page as text from outside."""
        return [element.text for element in self.all("bdi")]


def page_of(duplicates, folder):
    file = folder / "report.html"
    duplicates.to_html(file)
    return Page(file.read_bytes().decode("utf-8"))


def with_paths(images, paths, errors=()):
    files = images.files.assign(path=pd.Series(paths, dtype=object))
    return ImageSet(images.tensors, files, pd.DataFrame(errors, columns=["path", "reason"], dtype=object))


@given(stacks(), SYMMETRIES, st.booleans())
def test_every_group_and_file_is_in_the_page(tmp_path, stack, symmetries, flat):
    images = image_set(stack, flat=flat)
    duplicates = find_by_mse(with_paths(images, images.files["path"], [("broken", "why")]), symmetries=symmetries)
    page, groups = page_of(duplicates, tmp_path), duplicates.groups
    assert len(page.all("section", "group")) == groups["group"].nunique()
    files = [e for e in page.all("li") if any("group" in above.kind for above in e.above)]
    assert [file.kind[0] for file in files] == groups["action"].tolist()
    for file, shown in zip(groups.itertuples(), files):
        assert os.path.basename(file.path) in shown.text
        assert (f"MSE {file.mse:,.1f}" in shown.text) == (file.action != "keep")
        assert (f"turned {file.rotation}°" in shown.text) == (file.rotation != 0)
    assert len(page.all("img")) == len(groups)
    assert {"broken", "why"} <= set(page.names())


@given(st.lists(NAMES, min_size=4, max_size=4, unique=True), NAMES)
def test_names_are_text_whatever_they_are(tmp_path, names, reason):
    images = image_set(np.zeros((4, 5, 5, 3), np.uint8))
    images = with_paths(images, [f"photos/{name}" for name in names], [(names[0], reason)])
    page = page_of(find_by_mse(images), tmp_path)
    shown = page.names()
    assert {printable(name) for name in [*names, reason]} <= set(shown)
    assert not page.all("script")
    assert {name for element in page.elements for name in element.attributes} <= {
        *("lang", "charset", "http-equiv", "content", "name", "class", "id", "type", "checked", "href", "src", "alt"),
        *("loading", "decoding", "width", "height", "viewbox", "role", "aria-label", "aria-hidden", "d", "text-anchor"),
        *("x", "y", "x1", "x2", "y1", "y2"),
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_of_folders_and_files_add_no_element(tmp_path, name):
    def tags(name):
        images = image_set(np.zeros((2, 5, 5, 3), np.uint8))
        images = with_paths(images, [f"{name}/a/{name}", f"{name}/b"], [(name, name)])
        return [element.tag for element in page_of(find_by_mse(images), tmp_path).elements if element.tag != "wbr"]

    assert tags(name) == tags("harmless")


@given(stacks())
def test_nothing_is_asked_for_from_outside(tmp_path, stack):
    duplicates = find_by_mse(image_set(stack))
    page = page_of(duplicates, tmp_path)
    for element in page.elements:
        for name in ("src", "href"):
            assert element.attributes.get(name, "#").startswith(("#", "data:image/"))
    without_pictures = re.sub('src="data:[^"]*"', "", (tmp_path / "report.html").read_text(encoding="utf-8"))
    assert not re.search(r"https?:|[\"'(]//|url\(|@import", without_pictures)
    (policy,) = [e.attributes["content"] for e in page.all("meta") if e.attributes.get("http-equiv")]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")


@given(stacks(), st.sampled_from([0, 0.5, 1, 200, 1000]), st.sampled_from([200, 1000, 100_000]))
def test_histogram_counts_all_pairs(tmp_path, stack, threshold, max_mse):
    images, max_mse = image_set(stack), max(threshold, max_mse)
    duplicates = find_by_mse(images, threshold=threshold, max_mse=max_mse, progress=False)
    (figure,) = page_of(duplicates, tmp_path).all("figure")
    mse = [pair[2] for pair in naive_pairs(stack, max_mse, "rotations")]
    below = sum(value < threshold for value in mse)
    assert f"{len(mse):,} pair{'s' * (len(mse) != 1)} found" in figure.text
    assert f"{below:,} pair{'s' * (below != 1)} below {threshold:g}" in figure.text


def test_what_is_too_small_to_tell_comes_last_behind_one_row(tmp_path):
    (tmp_path / "icons").mkdir()
    write_icons(tmp_path / "icons", 3, copies=[2])
    found = find_duplicates(tmp_path / "icons", progress=False, cache=False)
    found.to_html(tmp_path / "report.html")
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    groups = [each for each in page.elements if "group" in each.kind]
    assert ["folded" in each.kind for each in groups] == [False, True, True]
    files = [each for each in page.elements if each.tag == "li" and {"keep", "remove", "review"} & set(each.kind)]
    assert sum("folded" in each.kind for each in files) == 3
    assert all("review" in each.kind for each in files if "folded" in each.kind)
    rows = [each for each in page.elements if "fold" in each.kind]
    assert [(each.tag, "too small to tell" in each.text) for each in rows] == [("p", True), ("li", True)]
    assert [each.text.split()[0] for each in rows] == ["3", "1"]
    chosen = [each.attributes["for"] for each in page.elements if "for" in each.attributes]
    assert set(chosen) <= {each.attributes.get("id") for each in page.elements}


def test_no_images_are_a_page_too(tmp_path):
    assert not page_of(find_by_mse(image_set(np.zeros((0, 5, 5, 3), np.uint8))), tmp_path).all("section", "group")


def test_what_cannot_be_written_leaves_what_was_there(tmp_path, monkeypatch):
    duplicates = find_by_mse(image_set(np.zeros((2, 5, 5, 3), np.uint8)))
    report = tmp_path / "report.html"
    duplicates.to_html(report)
    before = report.read_text()
    monkeypatch.setattr("dupviz.show.report.thumbnail_uri", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        duplicates.to_html(report)
    monkeypatch.undo()
    assert report.read_text() == before
    assert list(tmp_path.iterdir()) == [report]
    with pytest.raises(OSError, match=re.escape(f"{tmp_path / 'missing' / 'report.html'}")):
        duplicates.to_html(tmp_path / "missing" / "report.html")
    with pytest.raises(IsADirectoryError, match=re.escape(str(tmp_path))):
        duplicates.to_html(tmp_path)
    assert list(tmp_path.iterdir()) == [report]


def test_a_report_is_replaced_through_a_link_and_may_have_the_longest_name(tmp_path):
    duplicates = find_by_mse(image_set(np.zeros((2, 5, 5, 3), np.uint8)))
    longest = tmp_path / ("x" * 250 + ".html")
    longest.touch()
    link = tmp_path / "link.html"
    link.symlink_to(longest)
    duplicates.to_html(link)
    assert link.is_symlink()
    assert longest.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_scan_writes_the_report_beside_the_listing_and_the_json(tmp_path, capsys):
    report, missing = tmp_path / "report.html", tmp_path / "missing" / "report.html"
    (tmp_path / "photos").mkdir()
    scan = ["scan", str(tmp_path / "photos"), "--report"]
    assert cli.main([*scan, str(report)]) == 1  # there is no picture
    assert "no picture was found" in capsys.readouterr().err
    assert "No two images" in report.read_text(encoding="utf-8")
    report.unlink()
    assert cli.main([*scan, str(report), "--json", "-"]) == 1
    assert capsys.readouterr().out.startswith("{")
    assert report.exists()
    assert cli.main([*scan, str(missing)]) == 1
    assert f"cannot write {missing}: No such file or directory" in capsys.readouterr().err


def test_pictures_are_those_of_the_files_unless_these_have_changed(tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("astronaut.jpg", "astronaut_small.webp", "coffee.jpg", "coffee_small.jpg"):
        shutil.copy(PHOTOS / name, photos)
    duplicates = find_duplicates(photos, progress=False, cache=False)
    (photos / "coffee_small.jpg").unlink()
    duplicates.to_html(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    widths = {}
    for data, name in re.findall(r'<img src="data:[^,]*,([^"]*)"[^>]*alt="([^,"]*)', page):
        widths[name] = Image.open(io.BytesIO(base64.b64decode(data))).width
    assert widths == {"astronaut.jpg": 224, "astronaut_small.webp": 224, "coffee.jpg": 224, "coffee_small.jpg": 50}
