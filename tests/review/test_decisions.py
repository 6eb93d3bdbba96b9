"""What was decided is a mapping of the images that were decided about."""

import numpy as np
import pandas as pd
import pytest

from dupviz.images.imageset import ImageSet
from dupviz.review.decisions import UNDECIDED, Decision, Decisions, Member, decided_group


@pytest.fixture
def images():
    files = pd.DataFrame({"path": ["/photos/a.jpg", "/photos/b.jpg"], "bytes": [9, 9]})
    return ImageSet(np.zeros((2, 2, 2, 3), np.uint8), files, pd.DataFrame(columns=["path", "reason"]))


def test_only_what_was_decided_is_in_it(images, tmp_path):
    decisions = Decisions(images, tmp_path / "decisions")
    decisions.update({1: Decision("remove", 0, True)})
    for session in (decisions, Decisions(images, tmp_path / "decisions")):
        assert (0 in session, 1 in session, 99 in session) == (False, True, False)
        assert dict(session) == {1: Decision("remove", 0, True)}
        assert len(session) == 1
        assert session.get(0) is None
        assert session.of(0) is UNDECIDED
        assert session.of(1) is session[1]
        with pytest.raises(KeyError):
            session[0]


def test_nothing_goes_for_a_file_that_goes_however_long_the_chain():
    files = [Member(0, "keep", 0, 0, False, 0), Member(1, "review", 9, 0, False, 0)]
    files += [Member(2, "review", 9, 0, False, 1), Member(3, "remove", 0, 0, False, 2)]

    def link(keeper, image):
        return Member(image, "remove", 5, 0, False, keeper)

    group = decided_group(files, {1: Decision("remove", 0)}, link)
    going = {file.image for file in group if file.action == "remove"}
    assert going == {1, 2, 3}
    assert not going & {file.keeper for file in group}
