"""What comes from a browser is checked: nothing but the known messages does anything."""

import logging

import numpy as np
import pytest
from made_up import find_by_mse, image_set

from dupviz.review.labels import Labels
from dupviz.widgets import ReviewGallery
from dupviz.widgets.gallery.messages import MessageError, box, checked, many, number, one_of, row, turned_file, whole


@pytest.fixture
def gallery(tmp_path):
    stack = np.zeros((3, 8, 8, 3), np.uint8)
    stack[:, ::2] = 200
    duplicates = find_by_mse(image_set(stack), progress=False)
    gallery = ReviewGallery(
        duplicates, file=tmp_path / "decisions", labels=Labels(duplicates.images, tmp_path / "labels")
    )
    gallery.sent = []
    gallery.send = lambda *message: gallery.sent.append(message)
    return gallery


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("toggle", "no message is named None"),
        ({}, "no message is named None"),
        ({"do": ["toggle"]}, "no message is named"),
        ({"do": "go_to", "page": 1}, "no message is named 'go_to'"),
        ({"do": "_class__"}, "no message is named"),
        ({"do": "toggle"}, "toggle comes with image, got "),
        ({"do": "undo", "image": 1}, "undo comes with no values, got image"),
        ({"do": "toggle", "image": 3}, "must be a row from 0 to 2, got 3"),
        ({"do": "toggle", "image": -1}, "must be a row from 0 to 2, got -1"),
        ({"do": "toggle", "image": "1"}, "must be a whole number, got '1'"),
        ({"do": "toggle", "image": True}, "must be a whole number, got True"),
        ({"do": "set_threshold", "threshold": float("nan")}, "must be a number from 0 up, got nan"),
        ({"do": "set_threshold", "threshold": -1}, "must be a number from 0 up, got -1"),
        ({"do": "set_keep_rule", "rule": "__class__"}, "must be one of best, .*, got '__class__'"),
        ({"do": "set_keep_rule", "rule": "own"}, "must be one of"),
        ({"do": "accept", "groups": 1}, "must be a list of at most 3, got 1"),
        ({"do": "accept", "groups": [1] * 4}, "must be a list of at most 3"),
        ({"do": "thumbnails", "files": [[0, 45, False]]}, "must be turned by 0, 90, 180 or 270"),
        ({"do": "thumbnails", "files": [[0, 90]]}, "must be \\[row, rotation, mirrored\\]"),
        ({"do": "compare", "files": [], "side": 100, "box": [0, 0, 1]}, "must be \\[left, top, right, bottom\\]"),
        ({"do": "compare", "files": [], "side": 100, "box": [0.5, 0, 0.5, 1]}, "must be a part of the picture"),
    ],
)
def test_unknown_messages_are_ignored_with_a_warning(gallery, caplog, message, words):
    before = gallery.state
    with caplog.at_level(logging.WARNING, "dupviz"):
        gallery._on_message(gallery, message, [])
    assert gallery.state is before
    assert not gallery.sent
    with pytest.raises(MessageError, match=words):
        gallery._gallery.receive(message)
    assert "the review gallery ignores a message" in caplog.text


def test_values_pass_as_they_were_checked():
    checks = {"files": many(turned_file(5), 2), "box": box, "page": whole, "row": row(2), "word": one_of(["a"])}
    values = {"files": [[4, 90, True]], "box": [0, 0.5, 1, 1], "page": -3, "row": 1, "word": "a"}
    assert checked({"do": "ask", **values}, {"ask": (None, checks)}) == ("ask", values)
    assert number(3) == 3.0
