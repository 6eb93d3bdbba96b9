"""Only what nothing else hangs on is folded, and nothing that a person or a rule has decided."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupviz.groups.folds import FOLDS, fold_of, folded

SMALL = "too small to tell"


class File(NamedTuple):
    image: int
    action: str
    keeper: int
    verdict: str = ""
    kind: str = ""


KEPT = File(0, "keep", 0)
ACTIONS, VERDICTS, KINDS = ["keep", "remove", "review"], ["same", "edited", SMALL], ["", "burst", "moved"]


@st.composite
def groups(draw):
    """Groups in which each file goes for, or is compared with, one before it."""
    group = [KEPT]
    for image in range(1, draw(st.integers(1, 8))):
        parts = (draw(st.sampled_from(words)) for words in (ACTIONS, VERDICTS, KINDS))
        action, verdict, kind = parts
        group.append(File(image, action, draw(st.integers(0, image - 1)), verdict, kind))
    return group


@given(groups())
def test_what_is_folded_is_for_review_and_no_file_that_is_shown_hangs_on_it(group):
    found = folded(group)
    assert all(file.action == "review" and FOLDS[found[file.image]].has(file) for file in group if file.image in found)
    assert not found.keys() & {file.keeper for file in group if file.image not in found}


@given(groups())
def test_nothing_is_shown_that_could_be_folded(group):
    found = folded(group)
    needed = {file.keeper for file in group if file.image not in found}
    for file in group[1:]:
        could_be = file.action == "review" and any(fold.has(file) for fold in FOLDS.values())
        assert file.image in found or not could_be or file.image in needed


@pytest.mark.parametrize(
    ("others", "fold"),
    [
        ([File(1, "review", 0, SMALL)], SMALL),
        ([File(1, "review", 0, SMALL), File(2, "review", 1, SMALL)], SMALL),
        ([File(1, "review", 0, "edited", "burst"), File(2, "review", 0, "edited", "moved")], "burst"),
        ([File(1, "review", 0, SMALL), File(2, "remove", 0, "same")], ""),
        ([File(1, "remove", 0, SMALL)], ""),  # a person lets it go
        ([], ""),
    ],
)
def test_a_group_is_folded_if_nothing_else_is_in_it(others, fold):
    assert fold_of([KEPT, *others]) == fold


def test_only_what_is_asked_for_is_folded():
    group = [KEPT, File(1, "review", 0, "edited", "burst"), File(2, "review", 0, SMALL)]
    assert folded(group) == {1: "burst", 2: SMALL}
    assert folded(group, [SMALL]) == {2: SMALL}
