"""The rules that make verdicts of measurements: each limit from both sides, with pictures that are made up."""

import numpy as np
import pytest

from dupviz import transform
from dupviz.look.boxes import WHOLE, common_parts, inverse, turned_box
from dupviz.look.compare import Comparison
from dupviz.look.picture import Picture
from dupviz.look.verdict import is_border, judge

NOISE = np.random.default_rng(0).integers(0, 256, (120, 120, 3), dtype=np.uint8)
PART = (0.05, 0.05, 0.95, 0.95)  # b shows the middle of a, in as many pixels


def picture(rgb=NOISE, size=(1000, 1000), *, is_drawing=False, chroma=10.0, frames=1):
    """A picture of which it is given whether it is a drawing, and how colourful."""
    made = Picture(rgb, None, *size, None, True, frames)
    vars(made).update(is_drawing=is_drawing, chroma=chroma)
    return made


DRAWING = picture(is_drawing=True)


def found(**measured):
    """What a comparison measured: two equal photos full of texture, but for what is given."""
    equal = {"worst": 0.5, "share": 0.0, "textured": 100.0, "evidence": 100.0, "error": 0.0, "noise": 0.0}
    return Comparison(**(equal | measured))


def judged(a=None, b=None, *, rotation=0, mirrored=False, **measured):
    a = a or picture()
    return tuple(judge(a, b or a, found(**measured), rotation=rotation, mirrored=mirrored))


def both_ways(one, other, **measured):
    """The verdicts with either of two pictures first."""
    return [judged(one, other, **measured), judged(other, one, **measured)]


def test_equal_pictures_are_the_same():
    assert judged() == ("same", "re-encoded")


def test_the_worst_window_may_differ_by_all_that_is_allowed():
    assert judged(worst=1.0) == ("same", "re-encoded")
    assert judged(worst=1.01) == ("edited", "edited")


@pytest.mark.parametrize("shape", [(63, 20), (20, 63), (63, 63)])
def test_below_64_pixels_it_is_too_small_to_tell_unless_much_differs(shape):
    small = picture(np.zeros((*shape, 3), np.uint8))
    assert both_ways(small, picture(), share=0.3) == [("too small to tell", "")] * 2
    assert both_ways(small, picture(), share=0.301) == [("different", "")] * 2


@pytest.mark.parametrize("shape", [(64, 20), (20, 64)])
def test_64_pixels_of_the_longer_side_can_be_judged(shape):
    assert judged(picture(np.zeros((*shape, 3), np.uint8))) == ("same", "re-encoded")


def test_what_has_no_texture_cannot_be_compared_and_what_has_some_has_to_match_somewhere():
    assert judged(textured=1.0, evidence=1.0) == ("same", "re-encoded")
    assert judged(textured=0.99, evidence=0.99) == ("different", "flat")
    assert judged(textured=1.0, evidence=0.99) == ("different", "")


@pytest.mark.parametrize(
    "change", [{"worst": 2.0}, {"light": "gain"}, {"box": PART}], ids=["edited", "in other light", "cropped"]
)
def test_what_has_changed_needs_twelve_windows_that_match(change):
    assert judged(**change, evidence=12.0)[0] != "different"
    assert judged(**change, evidence=11.99) == ("different", "")


def test_of_a_small_photo_nearly_all_has_to_match_and_at_least_six_windows():
    for textured, needed in ((12.0, 12.0), (10.0, 8.0), (7.0, 6.0), (6.0, 6.0)):
        assert judged(box=PART, textured=textured, evidence=needed) == ("same", "cropped")
        assert judged(box=PART, textured=textured, evidence=needed - 0.01) == ("different", "")


@pytest.mark.parametrize("pair", [(DRAWING, picture()), (picture(), DRAWING)])
def test_a_drawing_elsewhere_or_in_other_light_needs_48_windows_and_an_edited_one_12(pair):
    for change in ({"box": PART}, {"light": "gain"}, {"box": PART, "worst": 1.0}):
        assert judged(*pair, **change, evidence=48.0)[0] == "same"
        assert judged(*pair, **change, evidence=47.99) == ("different", "")
    assert judged(*pair, worst=2.0, evidence=12.0) == ("edited", "edited")
    assert judged(*pair, worst=2.0, evidence=11.99) == ("different", "")
    assert judged(*pair, worst=2.0, textured=11.0, evidence=11.0) == ("different", "")


def test_of_an_edited_picture_three_tenths_may_differ_and_of_a_drawing_one_tenth():
    assert judged(worst=2.0, share=0.3) == ("edited", "edited")
    assert judged(worst=2.0, share=0.301) == ("different", "")
    assert judged(DRAWING, worst=2.0, share=0.1) == ("edited", "edited")
    assert judged(DRAWING, worst=2.0, share=0.101) == ("different", "")
    assert judged(worst=1.0, share=0.5, box=PART) == ("same", "cropped")  # nothing differs by too much


def test_two_parts_need_enough_in_common():
    for part in ((0.0, 0.0, 1.0, 0.35), (0.0, 0.0, 1.0, 1 / 0.36)):
        shown = picture(size=(1000, round(1000 * part[3])))
        assert judged(b=shown, box=part)[0] == "same"
    for part in ((0.0, 0.0, 1.0, 0.349), (0.0, 0.0, 1.0, 1 / 0.34)):
        shown = picture(size=(1000, round(1000 * part[3])))
        assert judged(b=shown, box=part) == ("different", "")


def test_other_proportions_than_those_of_the_part_are_stretched():
    for width in (962, 1039):
        assert judged(b=picture(size=(width, 1000)))[0] == "same"
    for width in (960, 1042):
        assert judged(b=picture(size=(width, 1000))) == ("edited", "stretched")
    a, part = picture(size=(300, 200)), (0.1, 0.2, 0.9, 0.7)  # 240 × 100 pixels
    assert judged(a, picture(size=(240, 100)), box=part) == ("same", "cropped")
    assert judged(a, picture(size=(480, 200)), box=part) == ("same", "cropped")
    for size in ((240, 110), (260, 100), (100, 240)):
        assert judged(a, picture(size=size), box=part) == ("edited", "stretched")


def test_the_camera_has_moved_if_each_shows_what_the_other_does_not():
    b = picture(size=(907, 1000))
    assert judged(b=b, box=(0.0, 0.0, 0.9975, 1.1))[0] == "same"
    assert judged(b=b, box=(0.0, 0.0, 0.997, 1.1)) == ("edited", "moved")
    assert judged(a=b, b=picture(), box=inverse((0.0, 0.0, 0.9985, 1.1)))[0] == "same"
    assert judged(a=b, b=picture(), box=inverse((0.0, 0.0, 0.997, 1.1))) == ("edited", "moved")
    assert judged(box=(0.1, 0.0, 1.1, 1.0)) == ("edited", "moved")


def test_more_frames_are_for_a_person():
    assert both_ways(picture(frames=2), picture()) == [("edited", "more frames")] * 2
    assert judged(picture(frames=1)) == ("same", "re-encoded")


def test_a_drawing_that_is_turned_is_another_sign():
    for pair in ((DRAWING, picture()), (picture(), DRAWING)):
        assert judged(*pair, rotation=90) == ("edited", "turned")
        assert judged(*pair, mirrored=True) == ("edited", "mirrored")
        assert judged(*pair) == ("same", "re-encoded")
    assert judged(rotation=90) == ("same", "turned")
    assert judged(mirrored=True) == ("same", "mirrored")
    assert judged(mirrored=True, rotation=90) == ("same", "mirrored")


def test_an_error_is_explained_by_the_encoding_or_is_an_edit():
    assert judged(error=6.0) == ("same", "re-encoded")
    assert judged(error=6.01) == ("edited", "re-encoded")
    assert judged(error=10.0, noise=4.0) == ("same", "re-encoded")
    assert judged(error=10.01, noise=4.0) == ("edited", "re-encoded")


def test_resampling_explains_any_error_but_not_that_of_a_part():
    half = picture(size=(500, 500))
    assert both_ways(picture(), half, error=20.0) == [("same", "resized")] * 2
    assert judged(b=half, box=PART, error=20.0) == ("edited", "cropped")
    assert judged(b=half, box=PART, error=6.0) == ("same", "cropped")


def test_a_part_of_98_percent_is_no_crop():
    for part, kind in (((0.0, 0.0, 0.98, 1.0), "re-encoded"), ((0.0, 0.0, 0.979, 1.0), "cropped")):
        assert judged(box=part) == ("same", kind)
        assert judged(box=inverse(part)) == ("same", kind)


def test_a_border_is_of_one_colour():
    rgb = np.full_like(NOISE, 200)
    rgb[6:114, 6:114] = NOISE[6:114, 6:114]
    assert judged(picture(rgb), picture(), box=PART) == ("same", "border")
    assert judged(picture(), picture(rgb), box=inverse(PART)) == ("same", "border")
    assert judged(picture(), picture(rgb), box=PART) == ("same", "cropped")
    assert judged(picture(rgb), picture(), box=inverse(PART)) == ("same", "cropped")


@pytest.mark.parametrize(
    ("light", "kind"), [("gain", "light"), ("curves", "light"), ("channels", "colour"), ("matrix", "colour")]
)
def test_other_light_of_all_channels_alike_is_no_other_colour(light, kind):
    assert judged(light=light) == ("same", kind)
    assert judged(light=light, rotation=90, mirrored=True) == ("same", kind)


def test_a_colourful_and_a_grey_picture_have_other_colours():
    def chromas(one, other):
        return both_ways(picture(chroma=one), picture(chroma=other))

    assert chromas(1.49, 4.01) == [("same", "colour")] * 2
    assert chromas(1.5, 4.01) == [("same", "re-encoded")] * 2
    assert chromas(1.49, 4.0) == [("same", "re-encoded")] * 2
    assert chromas(1.0, 1.0) == chromas(9.0, 9.0) == [("same", "re-encoded")] * 2


def test_what_both_show_is_a_share_of_each():
    assert common_parts(WHOLE) == (1, 1)
    assert common_parts((0.25, 0.5, 0.75, 0.75)) == (0.125, 1)
    assert common_parts((-0.5, -1.0, 1.5, 1.0)) == (1, 0.25)
    assert common_parts((0.25, -0.5, 1.25, 0.5)) == (0.375, 0.375)
    assert common_parts((1.25, 0.0, 2.25, 1.0)) == common_parts((0.0, -2.0, 1.0, -0.5)) == (0, 0)


def test_the_inverse_of_a_box_says_where_a_is_in_b():
    assert inverse((0.25, 0.5, 0.75, 1.0)) == (-0.5, -1.0, 1.5, 1.0)
    assert inverse((-0.5, -1.0, 1.5, 1.0)) == (0.25, 0.5, 0.75, 1.0)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_box_turns_with_its_picture(rotation, mirrored):
    marked = np.zeros((8, 8, 3), np.uint8)
    marked[1:4, 2:7] = 1
    rows, columns = (
        np.flatnonzero(transform(marked, rotation=rotation, mirrored=mirrored).any(axis=(axis, 2))) for axis in (1, 0)
    )
    expected = columns[0] / 8, rows[0] / 8, (columns[-1] + 1) / 8, (rows[-1] + 1) / 8
    assert turned_box((0.25, 0.125, 0.875, 0.5), rotation, mirrored) == expected


def framed(number, difference=250, rows=49):
    """Noise that ends in rows of one colour, in so many of whose pixels the channels differ by this in sum."""
    rgb = NOISE[:100, :100].copy()
    rgb[100 - rows :] = 120
    rest = rgb[100 - rows :].reshape(-1, 3)
    rest[:number, 0] += min(difference, 100)
    rest[:number, 1] += max(0, difference - 100) // 2
    rest[:number, 2] += max(0, difference - 100) - max(0, difference - 100) // 2
    return rgb


@pytest.mark.parametrize("side", range(4))
@pytest.mark.parametrize(("bottom", "rows"), [(0.495, 49), (0.5, 49), (0.505, 48)])
def test_a_border_has_one_colour_in_more_than_four_fifths(side, bottom, rows):
    """Of a picture of 100 × 100 pixels, the rows below the box; the next to it may be mixed, and does not count."""
    box = turned_box((0.0, 0.0, 1.0, bottom), 90 * side, False)
    for number, expected in ((20 * rows - 1, True), (20 * rows, False)):
        for place in (slice(None), slice(None, None, -1)):  # the odd ones near the box, or far from it
            rgb = framed(number, rows=rows)
            rgb[100 - rows :] = rgb[100 - rows :][place]
            assert is_border(picture(np.rot90(rgb, side).copy()), box) == expected


def test_a_colour_may_differ_by_less_than_forty():
    box = (0.0, 0.0, 1.0, 0.5)
    assert is_border(picture(framed(1500, 39)), box)
    assert not is_border(picture(framed(1500, 40)), box)


def test_less_than_one_row_is_no_border():
    rgb = framed(0, rows=1)
    assert is_border(picture(rgb), (0.0, 0.0, 1.0, 0.98))
    assert not is_border(picture(rgb), (0.0, 0.0, 1.0, 0.99))
