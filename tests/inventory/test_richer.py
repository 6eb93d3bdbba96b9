"""No file goes by itself while it carries something that the one which stays lacks."""

import pytest
import richer

from dupviz import find_duplicates
from dupviz.inventory.inventory import inventory, only_in

COLOURS = {case for case, (words, *_) in richer.RICHER.items() if words == "colour tags"}


def action(folder, keep="first_path"):
    groups = find_duplicates(folder, keep=keep, progress=False, cache=False).groups
    return dict(zip(groups["path"].str.rpartition("/")[2], zip(groups["action"], groups["reason"])))


@pytest.mark.parametrize("case", richer.RICHER)
def test_the_richer_file_does_not_go_for_a_plain_one(case, tmp_path):
    words, extension, make = richer.RICHER[case]
    of_plain = richer.PLAIN[extension]
    (tmp_path / f"a.{of_plain}").write_bytes(richer.plain(of_plain))
    (tmp_path / f"b.{extension}").write_bytes(make())
    found = action(tmp_path)
    assert found[f"b.{extension}"][0] == "review", found
    assert words in found[f"b.{extension}"][1]


@pytest.mark.parametrize("case", sorted(richer.RICHER.keys() - COLOURS))
def test_a_plain_file_has_nothing_that_the_richer_one_lacks(case, tmp_path):
    _, extension, make = richer.RICHER[case]
    of_plain = richer.PLAIN[extension]
    (tmp_path / "a").write_bytes(richer.plain(of_plain))
    (tmp_path / "b").write_bytes(make())
    assert only_in(inventory(tmp_path / "a"), inventory(tmp_path / "b")) == ((), ())


@pytest.mark.parametrize("case", sorted(COLOURS))
def test_to_have_no_colour_tags_is_to_have_other_colours(case, tmp_path):
    """Of equal pixels with other tags neither goes, whichever stays."""
    (tmp_path / "a.png").write_bytes(richer.RICHER[case][2]())
    (tmp_path / "b.png").write_bytes(richer.plain("png"))
    assert action(tmp_path)["b.png"] == ("review", "the only one with the colours of sRGB")
