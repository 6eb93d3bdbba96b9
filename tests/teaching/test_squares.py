"""Lists of numbers are drawn as they are, and what is no picture is said."""

import re

import pytest

from dupviz.teaching.squares import Squares


def drawn(squares):
    """Ground, ink and text of each square."""
    return re.findall(r"background: (rgb\([\d, ]+\)); color: (\w+)\">([^<]*)<", squares._repr_html_())


def test_each_pixel_is_a_square_of_its_grey_with_its_number():
    assert drawn(Squares([[0, 100, 127], [128, 200, 255]])) == [
        ("rgb(0, 0, 0)", "white", "0"),
        ("rgb(100, 100, 100)", "white", "100"),
        ("rgb(127, 127, 127)", "white", "127"),
        ("rgb(128, 128, 128)", "black", "128"),
        ("rgb(200, 200, 200)", "black", "200"),
        ("rgb(255, 255, 255)", "black", "255"),
    ]


def test_a_pixel_of_three_numbers_is_a_colour():
    assert drawn(Squares([[[255, 0, 0], [0, 255, 1]]])) == [
        ("rgb(255, 0, 0)", "white", "255\n0\n0"),
        ("rgb(0, 255, 1)", "black", "0\n255\n1"),
    ]


def test_pictures_stand_side_by_side_each_with_its_rows():
    html = Squares([[1], [2]], [[3, 4]])._repr_html_()
    assert html.count("<table") == 2
    assert html.count("<tr>") == 3
    assert repr(Squares([[1], [2]], [[3, 4]])) == "  1\n  2\n\n  3   4"


@pytest.mark.parametrize(
    "picture",
    [7, [1, 2], [[1, 2], [3]], [[[1, 2]]], [[[[1, 2, 3]]]], [["1"]], [[0.5]], [[None]], [[...]], [[True]], {}],
)
def test_what_is_no_picture_is_said(picture):
    with pytest.raises(ValueError, match="a list of rows"):
        Squares(picture)


@pytest.mark.parametrize("number", [-1, 256])
def test_a_number_that_is_no_brightness_is_named(number):
    with pytest.raises(ValueError, match=f"from 0 to 255, got {number}"):
        Squares([[0, number]])
