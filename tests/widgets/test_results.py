"""Widgets refuse what is no result, and say how to get one."""

import numpy as np
import pytest

from dupviz import find_duplicates
from dupviz.widgets import ReviewGallery, ThresholdExplorer


@pytest.mark.parametrize("widget", [ReviewGallery, ThresholdExplorer])
def test_what_is_no_result_is_refused_with_the_way_out(widget):
    with pytest.raises(TypeError, match=rf"got str: {widget.__name__}\(dv.find_duplicates\('data'\)\)"):
        widget("data")
    with pytest.raises(TypeError, match=rf"got ndarray: {widget.__name__}\(dv.find_duplicates\(images\)\)"):
        widget(np.zeros((2, 50, 50, 3), np.uint8))


def test_a_threshold_is_a_number():
    with pytest.raises(TypeError, match="threshold must be a number from 0 up, such as 200, got 'abc'"):
        find_duplicates("data/photos/flags", threshold="abc")
