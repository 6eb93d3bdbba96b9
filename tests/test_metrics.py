import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive import TURNS, naive_distance, naive_mse, naive_transform
from skimage.metrics import mean_squared_error
from strategies import SYMMETRIES, stacks, tensors

from dupviz import distance, mse, squared_error_map, transform
from dupviz.metrics import SYMMETRIES as TRANSFORMS


def black_and_white(size):
    return np.zeros((size, size, 3), np.uint8), np.full((size, size, 3), 255, np.uint8)


@given(stacks(max_images=2).filter(lambda stack: len(stack) == 2))
def test_mse_is_that_of_the_naive_double_loop(stack):
    a, b = stack
    assert mse(a, b) == naive_mse(a.tolist(), b.tolist())


@pytest.mark.parametrize("size", [1, 2, 50, 300])
def test_black_against_white_is_the_largest_mse(size):
    black, white = black_and_white(size)
    assert mse(black, white) == mse(white, black) == 195075.0


def test_differences_do_not_wrap():
    ten, eleven = np.full((1, 1, 3), 10, np.uint8), np.full((1, 1, 3), 11, np.uint8)
    assert mse(ten, eleven) == mse(eleven, ten) == 3.0


@given(stacks(max_images=2).filter(lambda stack: len(stack) == 2))
def test_mse_is_three_times_the_mean_over_all_values(stack):
    assert mse(*stack) == pytest.approx(3 * mean_squared_error(*stack))


@given(stacks(max_images=2).filter(lambda stack: len(stack) == 2))
def test_mean_of_the_squared_error_map_is_the_mse(stack):
    errors = squared_error_map(*stack)
    assert errors.shape == stack.shape[1:3]
    assert errors.mean() == mse(*stack)


@given(tensors(), st.sampled_from(TURNS["dihedral"]))
def test_transform_mirrors_first_then_turns_counter_clockwise(tensor, turn):
    rotation, mirrored = turn
    assert transform(tensor, rotation=rotation, mirrored=mirrored).tolist() == naive_transform(tensor, *turn)


def test_a_quarter_turn_brings_the_right_edge_to_the_top():
    tensor = np.arange(12).reshape(2, 2, 3)
    np.testing.assert_array_equal(transform(tensor, rotation=90)[0], tensor[:, 1])


@pytest.mark.parametrize("symmetries", TRANSFORMS)
@given(tensor=tensors(), data=st.data())
def test_transformed_copy_has_zero_distance(symmetries, tensor, data):
    rotation, mirrored = data.draw(st.sampled_from(TRANSFORMS[symmetries]))
    assert distance(tensor, transform(tensor, rotation=rotation, mirrored=mirrored), symmetries=symmetries)[0] == 0


@given(stacks(max_images=2).filter(lambda stack: len(stack) == 2), SYMMETRIES)
def test_distance_is_the_naive_one_ties_included(stack, symmetries):
    assert distance(*stack, symmetries=symmetries) == naive_distance(*stack, symmetries)


@given(stacks(max_images=2).filter(lambda stack: len(stack) == 2), SYMMETRIES)
def test_distance_is_symmetric(stack, symmetries):
    a, b = stack
    assert distance(a, b, symmetries=symmetries)[0] == distance(b, a, symmetries=symmetries)[0]


@given(stacks(max_images=2).filter(lambda stack: len(stack) == 2), SYMMETRIES)
def test_the_symmetry_that_distance_names_gives_its_mse(stack, symmetries):
    a, b = stack
    value, rotation, mirrored = distance(a, b, symmetries=symmetries)
    assert mse(a, transform(b, rotation=rotation, mirrored=mirrored)) == value


def test_bad_arguments_are_named():
    black, white = black_and_white(4)
    with pytest.raises(ValueError, match=r"same shape, got \(4, 4, 3\) and \(3, 4, 3\)"):
        mse(black, white[:3])
    with pytest.raises(TypeError, match="uint8, got float64"):
        mse(black, white.astype(float))
    with pytest.raises(ValueError, match=r"\(height, width, channels\), got \(4, 4\)"):
        mse(black[..., 0], white[..., 0])
    with pytest.raises(ValueError, match=r"\(height, width, channels\), got \(0, 4, 3\)"):
        mse(black[:0], white[:0])
    with pytest.raises(ValueError, match="0, 90, 180 or 270 degrees, got 45"):
        transform(black, rotation=45)
    with pytest.raises(ValueError, match="'none', 'rotations', 'dihedral', got 'turns'"):
        distance(black, white, symmetries="turns")
    with pytest.raises(ValueError, match=r"square tensors, got shape \(2, 4, 3\)"):
        distance(black[:2], white[:2])
    assert distance(black[:2], white[:2], symmetries="none") == (195075.0, 0, False)


@pytest.mark.parametrize("function", [mse, squared_error_map, distance])
def test_tensors_with_their_colours_first_are_refused(function):
    tensor = np.zeros((3, 50, 50), np.uint8)
    with pytest.raises(ValueError, match=r"colours first: turn them with np.moveaxis\(tensor, 0, 2\)"):
        function(tensor, tensor)
