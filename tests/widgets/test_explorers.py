"""The explorers, by moving their controls."""

import re
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from dupviz import distance, load_images, mse, squared_error_map, transform
from dupviz.images.decode import decode
from dupviz.metrics import SYMMETRIES
from dupviz.widgets import PairExplorer, TensorExplorer
from dupviz.widgets.drawing import draw_comparison, draw_tensor, draw_turns, tinted
from dupviz.widgets.menu import PictureMenu
from dupviz.widgets.pair_explorer import describe_mse, mirror_turn
from dupviz.widgets.pictures import Pictures

RNG = np.random.default_rng(0)
NAMES = ["first", "second", "<b>third</b>"]
TENSORS = dict(zip(NAMES, RNG.integers(1, 256, (3, 50, 50, 3), dtype=np.uint8)))


def pictures_in(svg):
    """Every picture of a drawing, as an array."""
    uris = re.findall(r'<image href="data:image/png;base64,([^"]+)"', svg)
    return [np.asarray(Image.open(BytesIO(b64decode(uri)))) for uri in uris]


def numbers_in(svg):
    return [int(number) for number in re.findall(r'class="dupviz-(?:cell|value)"[^>]*>(\d+)<', svg)]


@pytest.fixture
def tensor_explorer():
    return TensorExplorer(TENSORS)


@pytest.fixture
def pair_explorer():
    a = TENSORS["first"]
    return PairExplorer({"a": a, "b": transform(a[:, ::-1], rotation=90), "c": TENSORS["second"]})


def test_tensor_explorer_shows_the_picture_and_its_channels(tensor_explorer):
    tensor = TENSORS["first"]
    for shown, expected in zip(
        pictures_in(tensor_explorer.view.svg), [tensor, *(tinted(tensor, channel) for channel in range(3))], strict=True
    ):
        np.testing.assert_array_equal(shown, expected)
    assert numbers_in(tensor_explorer.view.svg) == tensor[25, 25].tolist()


def test_row_and_column_move_the_three_numbers(tensor_explorer):
    tensor_explorer.row.value, tensor_explorer.column.value = 3, 40
    pixel = TENSORS["first"][3, 40]
    assert [slider.value for slider in tensor_explorer.values] == pixel.tolist()
    assert f"tensor[3, 40] = ({', '.join(map(str, pixel))})" in tensor_explorer.readout.value
    assert numbers_in(tensor_explorer.view.svg) == pixel.tolist()


def test_pointing_at_the_drawing_moves_row_and_column(tensor_explorer):
    tensor_explorer.view.set_state({"row": 7, "column": 9})
    assert (tensor_explorer.row.value, tensor_explorer.column.value) == (7, 9)
    assert [slider.value for slider in tensor_explorer.values] == TENSORS["first"][7, 9].tolist()


@pytest.mark.parametrize("size", range(2, 51))
def test_every_size_is_shown_with_the_same_place_marked(tensor_explorer, size):
    tensor_explorer.size.value = size
    assert tensor_explorer.tensor.shape == (size, size, 3)
    assert tensor_explorer.row.value == tensor_explorer.view.row == size * 25 // 50
    assert f"{size * size * 3:,} numbers" in tensor_explorer.readout.value
    assert "MSE to the unchanged values: 0.0" in tensor_explorer.readout.value


def test_small_pictures_show_all_their_numbers(tensor_explorer):
    tensor_explorer.size.value = 4
    tensor_explorer.arrangement.value = "matrices"
    assert sorted(numbers_in(tensor_explorer.view.svg)) == sorted(tensor_explorer.tensor.ravel().tolist())


def test_changed_value_is_shown_and_its_mse_told_until_the_picture_is_restored(tensor_explorer):
    original = TENSORS["first"]
    tensor_explorer.row.value, tensor_explorer.column.value = 1, 2
    tensor_explorer.values[1].value = 0
    expected = original.copy()
    expected[1, 2, 1] = 0
    np.testing.assert_array_equal(tensor_explorer.tensor, expected)
    np.testing.assert_array_equal(pictures_in(tensor_explorer.view.svg)[0], expected)
    assert f"MSE to the unchanged values: {mse(expected, original):,.1f}" in tensor_explorer.readout.value
    tensor_explorer.restore.click()
    np.testing.assert_array_equal(tensor_explorer.tensor, original)
    assert tensor_explorer.values[1].value == original[1, 2, 1]


def test_channel_that_is_off_is_dark_and_comes_back(tensor_explorer):
    tensor_explorer.channels[0].value = False
    np.testing.assert_array_equal(tensor_explorer.tensor, TENSORS["first"] * np.uint8([0, 1, 1]))
    assert "red (off)" in tensor_explorer.view.svg
    tensor_explorer.channels[0].value = True
    np.testing.assert_array_equal(tensor_explorer.tensor, TENSORS["first"])


def test_another_picture_is_chosen_by_name():
    explorer = TensorExplorer(TENSORS, picture="second")
    np.testing.assert_array_equal(explorer.tensor, TENSORS["second"])
    explorer.picture.label = "first"
    np.testing.assert_array_equal(explorer.tensor, TENSORS["first"])


def test_pictures_of_an_image_set_are_decoded_at_each_size_and_named_from_their_common_folder(tmp_path):
    (tmp_path / "below").mkdir()
    for name in ("a.png", "below/b.png"):
        Image.fromarray(RNG.integers(0, 256, (90, 60, 3), dtype=np.uint8)).save(tmp_path / name)
    images = load_images(tmp_path, progress=False)
    pictures = Pictures(images)
    assert pictures.names == ["a.png", "below/b.png"]
    np.testing.assert_array_equal(pictures.at(0, 7), decode(tmp_path / "a.png", 7).tensor)
    (tmp_path / "a.png").unlink()
    assert pictures.at(0, 8).shape == (8, 8, 3)  # from the tensor


def test_a_file_that_is_written_again_is_shown_as_it_is_now(tmp_path):
    path = tmp_path / "a.png"
    pictures = []
    for _ in range(2):
        Image.fromarray(RNG.integers(0, 256, (9, 9, 3), dtype=np.uint8)).save(path)
        images = load_images(tmp_path, progress=False)
        pictures.append(Pictures(images).at(0, 9))
        np.testing.assert_array_equal(pictures[-1], decode(path, 9).tensor)
    assert (pictures[0] != pictures[1]).any()


def test_pictures_may_come_from_absolute_and_relative_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        Image.fromarray(RNG.integers(0, 256, (9, 9, 3), dtype=np.uint8)).save(tmp_path / folder / "a.png")
    images = load_images([tmp_path / "one", "two"], progress=False)
    assert TensorExplorer(images).picture.options == (("one/a.png", 0), ("two/a.png", 1))


def test_pair_explorer_shows_both_pictures_and_their_squared_errors(pair_explorer):
    a, b, _ = pair_explorer._pictures.tensors
    shown_a, shown_b, *_ = pictures_in(pair_explorer.view.svg)
    np.testing.assert_array_equal(shown_a, a)
    np.testing.assert_array_equal(shown_b, b)
    assert pair_explorer.mse == mse(a, b)
    assert f"mean {squared_error_map(a, b).mean():,.1f} = MSE" in pair_explorer.view.svg
    assert f"MSE {mse(a, b):,.1f}" in pair_explorer.readout.value


def test_four_turns_come_back_to_the_start(pair_explorer):
    seen = []
    for _ in range(4):
        seen.append(pair_explorer.mse)
        pair_explorer.turn.click()
    assert pair_explorer.mse == seen[0]
    a, b, _ = pair_explorer._pictures.tensors
    assert seen == [mse(a, transform(b, rotation=rotation)) for rotation in (0, 90, 180, 270)]


def test_best_match_is_the_distance(pair_explorer):
    a, b, _ = pair_explorer._pictures.tensors
    pair_explorer.best.click()
    assert pair_explorer.mse == distance(a, b)[0]
    pair_explorer.symmetries.value = "dihedral"
    pair_explorer.best.click()
    assert pair_explorer.mse == 0
    assert "duplicates" in pair_explorer.readout.value


def test_every_symmetry_is_shown_with_its_mse_and_the_smallest_is_marked(pair_explorer):
    a, b, _ = pair_explorer._pictures.tensors
    pair_explorer.symmetries.value = "dihedral"
    svg = pair_explorer.turns.svg
    assert len(pictures_in(svg)) == 8
    for rotation, mirrored in SYMMETRIES["dihedral"]:
        assert f">{mse(a, transform(b, rotation=rotation, mirrored=mirrored)):,.1f}" in svg
    assert svg.count("smallest") == 1
    assert "0.0 ✓ smallest" in svg


def test_pointing_at_a_turn_chooses_it(pair_explorer):
    pair_explorer.symmetries.value = "dihedral"
    pair_explorer.turns.set_state({"row": 1, "column": 2})
    a, b, _ = pair_explorer._pictures.tensors
    assert pair_explorer.mse == mse(a, transform(b, rotation=180, mirrored=True))


@pytest.mark.parametrize("symmetry", SYMMETRIES["dihedral"])
def test_mirror_turns_round_left_and_right_of_what_is_shown(symmetry):
    tensor = TENSORS["first"]
    rotation, mirrored = symmetry
    shown = transform(tensor, rotation=rotation, mirrored=mirrored)
    rotation, mirrored = mirror_turn(rotation, mirrored)
    np.testing.assert_array_equal(transform(tensor, rotation=rotation, mirrored=mirrored), shown[:, ::-1])


def test_mirrored_twice_is_as_before(pair_explorer):
    before = pair_explorer.view.svg
    pair_explorer.mirror.click()
    assert pair_explorer.view.svg != before
    pair_explorer.mirror.click()
    assert pair_explorer.view.svg == before


def test_only_rotations_are_shown_when_only_they_are_tried(pair_explorer):
    pair_explorer.mirror.click()
    pair_explorer.symmetries.value = "rotations"
    assert pair_explorer.turns.row == 0
    assert len(pictures_in(pair_explorer.turns.svg)) == 4


def test_curtain_follows_its_slider_and_the_pointer(pair_explorer):
    assert pair_explorer.curtain.layout.display == "none"
    pair_explorer.comparison.value = "curtain"
    pair_explorer.curtain.value = 20
    assert "inset(0 0 0 20%)" in pair_explorer.view.svg
    pair_explorer.view.set_state({"row": 0, "column": 70})
    assert pair_explorer.curtain.value == 70
    assert pair_explorer.curtain.layout.display is None


def test_mse_is_told_in_all_its_units_and_on_which_side_of_the_threshold():
    text = re.sub("<[^>]+>", " ", describe_mse(200.0, 200, best=200.0))
    for fact in ("MSE 200.0", "66.7 per value", "8.2 grey levels", "not below 200 in any turn: no duplicates"):
        assert fact in text
    assert "below 200: duplicates" in describe_mse(199.9, 200, best=10)


def test_what_decides_is_the_best_turn():
    text = re.sub("<[^>]+>", " ", describe_mse(4000.0, 200, best=6.9))
    assert "not below 200 turned like this, but 6.9 in the best turn: duplicates" in text


def test_steps_add_up_to_the_mse(pair_explorer):
    assert pair_explorer.steps.layout.display == "none"
    pair_explorer.comparison.value = "in steps"
    assert [part.layout.display for part in (pair_explorer.view, pair_explorer.steps)] == ["none", None]
    assert f"= {pair_explorer.mse:,.1f} = MSE" in pair_explorer.steps.svg
    size = pair_explorer.rows.max
    pair_explorer.rows.value = size // 2
    a, b = pair_explorer._tensors()
    added = int(((a[: size // 2].astype(int) - b[: size // 2]) ** 2).sum())
    assert f"{size // 2} of {size} rows: their squares add up to {added:,}" in pair_explorer.steps.svg
    assert "= MSE" not in pair_explorer.steps.svg
    pair_explorer.steps.set_state({"row": 3, "column": 1})
    for tensor in (a, b):
        assert f"({', '.join(map(str, tensor[3, 1]))})" in pair_explorer.steps.svg
    assert f"= {int(((a[3, 1].astype(int) - b[3, 1]) ** 2).sum()):,}" in pair_explorer.steps.svg


def test_many_pictures_are_searched_by_name():
    names = [f"folder {number % 7}/picture {number}.jpg" for number in range(20_000)]
    menu = PictureMenu(names, 19_999, description="A")
    assert (menu.name, menu.index, len(menu.menu.options)) == (names[19_999], 19_999, 301)
    menu.search.value = "PICTURE 1234"
    assert menu.name == "folder 2/picture 1234.jpg"
    assert all("picture 1234" in name for name, row in menu.menu.options)
    menu.search.value = "no such picture"
    assert menu.name == "folder 2/picture 1234.jpg"
    menu.search.value = ""
    assert menu.index == 1234
    assert len(PictureMenu(names[:10], 3).children) == 1


def test_explorers_work_with_a_single_picture():
    one = {"only": TENSORS["first"]}
    assert PairExplorer(one).mse == 0
    assert TensorExplorer(one).tensor.shape == (50, 50, 3)


def test_names_are_shown_as_text():
    tensor = TENSORS["first"]
    drawing = draw_comparison(tensor, tensor, names=NAMES[1:])
    assert "&lt;b&gt;third" in drawing
    assert "<b>" not in drawing


@pytest.mark.parametrize("stacked", [True, False])
def test_each_channel_can_be_pointed_at(stacked):
    drawing = draw_tensor(TENSORS["first"][:9, :9], row=0, column=0, stacked=stacked)
    assert drawing.count('data-rows="9" data-columns="9"') == 4


def test_turns_are_pointed_at_as_a_table():
    a, b = TENSORS["first"], TENSORS["second"]
    drawing = draw_turns(a, b, turns=SYMMETRIES["dihedral"], chosen=(0, False), best=(90, True))
    assert 'data-rows="2" data-columns="4"' in drawing


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match=r"no picture is named 'fourth': the first are 'first', 'second'"):
        TensorExplorer(TENSORS, picture="fourth")
    with pytest.raises(ValueError, match="at least one image"):
        PairExplorer({})
