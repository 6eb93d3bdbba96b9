"""For which file another one goes is said where it is not the first of its group."""

from dupviz._words.rows import GroupRow
from dupviz.show.result import with_keepers


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
