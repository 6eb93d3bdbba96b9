"""For which file another one goes is said where it is not the first of its group."""

import dataclasses
import io
from pathlib import Path

import numpy as np
from PIL import Image

from dupviz import find_duplicates, write_report
from dupviz._words.rows import GroupRow
from dupviz.show.result import with_keepers
from dupviz.show.terminal import write_listing


def row(image, action, keeper, reason=""):
    return GroupRow(0, image, action, 0.0, 0, False, 1, f"/photos/{image}.jpg", keeper, reason=reason)


def test_a_keeper_is_named_if_it_is_not_the_first_of_the_group():
    paths = [f"/photos/{number}.jpg" for number in range(5)]
    group = [
        row(2, "keep", 2),
        row(0, "review", 2, "edited"),
        row(1, "remove", 0, "exact copy"),
        row(3, "review", 0),
        row(4, "remove", -1, "by hand"),
    ]
    reasons = [file.reason for file in with_keepers(group, paths)]
    assert reasons == ["", "edited", "exact copy, goes for 0.jpg", "beside 0.jpg", "by hand"]


def test_the_terminal_and_the_report_name_it(tmp_path):
    rng = np.random.default_rng(0)
    for number in range(2):
        picture = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8)).resize((120, 90))
        picture.save(tmp_path / f"{number}.png")
        picture.save(tmp_path / f"{number}_copy.png", compress_level=0)
    duplicates = find_duplicates(tmp_path, cache=False, progress=False)
    groups = duplicates.groups.assign(group=0)  # as if the second was for review in the group of the first
    duplicates = dataclasses.replace(duplicates, groups=groups)
    text = io.StringIO()
    write_listing(duplicates, text)
    write_report(duplicates, tmp_path / "report.html")
    second = Path(groups["path"].iat[2]).name
    assert f"goes for {second}" in text.getvalue()
    assert f"goes for {second}" in (tmp_path / "report.html").read_text(encoding="utf-8")
