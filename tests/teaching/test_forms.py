"""In whatever form one answers, nothing wrong is right, nothing right is wrong, and nothing ends in an error."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from lessons import ENDS, FUNCTIONS, PAIRS, TENSOR, VALUES

from dupviz import distance, mse
from dupviz.teaching.exercises import difference, look_alikes, tensors, threshold


class NoNumber:
    """It cannot even be asked for its size, or shown."""

    def __array__(self, *arguments, **options):
        raise RuntimeError

    __len__ = __repr__ = __array__


# fmt: off
ODD = [
    None, "7500", b"7500", 1j, [1, "a"], [[1], [2, 3]], {1}, {"a": 1}, object(), NoNumber(), 10**400, np.nan, np.inf,
    -1, [], [1, 2, 3], range(4), np.zeros((2, 2)), pd.NA, pd.NaT, pd.Series([1.5, 2.5]), PAIRS, ENDS, Fraction(22, 7),
]
# fmt: on


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("check", VALUES)
def test_no_value_ends_in_an_error(check, odd):
    feedback = check(odd, *VALUES[check][0])
    assert not feedback.right
    assert feedback.text.endswith((".", "?"))


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("check", FUNCTIONS)
def test_no_function_ends_in_an_error(check, odd):
    for answer in (odd, lambda *arguments: odd):
        feedback = check(answer)
        assert not feedback.right
        assert feedback.text.endswith((".", "?"))


@pytest.mark.parametrize("check", FUNCTIONS)
def test_what_stops_a_function_is_said(check):
    feedback = check(lambda *arguments: 1 / 0)
    assert not feedback.right
    assert feedback.text == "your function stops with ZeroDivisionError: division by zero"
    assert "takes 0 positional arguments" in check(lambda: 0).text


@pytest.mark.parametrize("check", FUNCTIONS)
def test_a_forgotten_return_is_said(check):
    feedback = check(lambda *arguments: None)
    assert not feedback.right
    assert "does its last line begin with return" in feedback.text


@pytest.mark.parametrize("check", FUNCTIONS)
def test_no_constant_is_a_right_function(check):
    for constant in (0, 1, True, False, 2 / 3, 3 * 255**2, (2 / 3, 1 / 2), (1, 1 / 2)):
        assert not check(lambda *arguments, constant=constant: constant).right


SCALARS = {check: (*given, right) for check, (given, right) in VALUES.items() if np.ndim(right) == 0}
ARRAYS = {check: (*given, right) for check, (given, right) in VALUES.items() if np.ndim(right)}


@pytest.mark.parametrize(
    "form",
    [
        float,
        np.float64,
        np.float32,
        np.array,
        Fraction,
        Decimal,
        lambda x: [x],
        lambda x: (x,),
        pd.Series,
    ],
    ids=range(9),
)
@pytest.mark.parametrize("check", SCALARS)
def test_a_right_number_is_right_in_any_form(check, form):
    *given, right = SCALARS[check]
    assert check(form(float(right)), *given).right


@pytest.mark.parametrize("form", [int, np.int64, np.uint16, np.float16, complex], ids=lambda form: form.__name__)
@pytest.mark.parametrize("check", [check for check, case in SCALARS.items() if case[-1] == int(case[-1])])
def test_a_right_whole_number_is_right_in_any_form(check, form):
    *given, right = SCALARS[check]
    assert check(form(right), *given).right == (form is not complex)


@pytest.mark.parametrize("form", [np.ndarray.tolist, list, np.float32, np.asfortranarray], ids=range(4))
@pytest.mark.parametrize("check", ARRAYS)
def test_a_right_array_is_right_in_any_form(check, form):
    *given, right = ARRAYS[check]
    assert check(form(right), *given).right


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x + 1, lambda x: x - 1, lambda x: 2 * x, lambda x: x / 2, lambda x: -x, lambda x: 3 * x,
        lambda x: x / 3, lambda x: 100 * x, lambda x: x / 100, lambda x: x**2 + 1, lambda x: x + 0.02,
        lambda x: 1 / x + 0.5, lambda x: [x, x], lambda x: str(x), lambda x: {x}, lambda x: lambda: x,
        lambda x: 0, lambda x: 200, lambda x: 195_075,
    ],
    ids=range(19),
)  # fmt: skip
@pytest.mark.parametrize("check", SCALARS)
def test_another_number_is_not_right(check, change):
    *given, right = SCALARS[check]
    assert not check(change(float(right)), *given).right


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x + 1.0, lambda x: 255.0 - x, lambda x: 0.0 * x, lambda x: x[::-1], lambda x: x[:, ::-1],
        lambda x: x.T, lambda x: x.ravel(), lambda x: x[None], lambda x: x[:-1], lambda x: np.round(x / 10.0) * 10,
        lambda x: x.mean(), lambda x: str(x), lambda x: lambda: x,
    ],
    ids=range(13),
)  # fmt: skip
@pytest.mark.parametrize("check", ARRAYS)
def test_another_array_is_not_right(check, change):
    *given, right = ARRAYS[check]
    assert not check(change(right), *given).right


@pytest.mark.parametrize("form", [np.float64, np.array, lambda x: [x], tuple], ids=range(4))
@pytest.mark.parametrize("check", FUNCTIONS)
def test_a_right_function_is_right_whatever_it_returns_its_numbers_in(check, form):
    def answer(*given):
        right = FUNCTIONS[check](*given)
        return form(right) if form is not tuple or np.ndim(right) else (right,)

    several = check is threshold.check_precision_and_recall
    assert check(answer).right == (not several or form in (np.float64, np.array, tuple))


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x + 1, lambda x: 2 * x + 0.1, lambda x: -x - 0.1, lambda x: x / 3 + 0.1, lambda x: 1 - x,
        lambda x: str(x), lambda x: [x, x], lambda x: None, lambda x: 1 / 0, lambda x: print, lambda x: int("x"),
        lambda x: exec("raise SystemExit"),
    ],
    ids=range(12),
)  # fmt: skip
@pytest.mark.parametrize("check", FUNCTIONS)
def test_a_function_that_is_off_is_not_right(check, change):
    assert not check(lambda *given: change(np.asarray(FUNCTIONS[check](*given), float))).right


def in_float32(a, b):
    return ((a.astype(np.float32) - b) ** 2).mean() * 3


def one_by_one(a, b):
    return sum((int(x) - int(y)) ** 2 for x, y in zip(a.ravel(), b.ravel())) / (len(a) * len(a[0]))


def turned_the_other_way(a, b):
    return min(in_float32(np.rot90(a, turns), b) for turns in range(-1, 3))


@pytest.mark.parametrize(
    ("check", "function"),
    [
        (difference.check_mse, in_float32),
        (difference.check_mse, one_by_one),
        (difference.check_mse, lambda a, b: np.linalg.norm(a.astype(float) - b) ** 2 / a[..., 0].size),
        (difference.check_distance, turned_the_other_way),
        (difference.check_distance, lambda a, b: min(mse(np.rot90(a, -k), b) for k in [3, 1, 0, 2])),
        (threshold.check_precision_and_recall, lambda m, s, t: (np.float32(s[m < t].mean()), (m[s] < t).mean())),
        (threshold.check_f1, lambda p, r: 2 / (1 / p + 1 / r)),
        (threshold.check_f1, lambda p, r: np.float32(2 * p * r) / np.float32(p + r)),
        (look_alikes.check_verdict, lambda worst, q: max(worst, q / 2) <= 1),
        (look_alikes.check_verdict, lambda worst, q: int(worst <= 1) * int(q <= 2)),
    ],
)
def test_what_is_right_in_another_way_is_right(check, function):
    assert check(function).right


@pytest.mark.parametrize("turned", [lambda x: x, lambda x: np.rot90(x, 2)])
def test_eight_symmetries_are_four_too_many(turned):
    def smallest(a, b):
        return distance(turned(a), b, symmetries="dihedral")[0]

    assert not difference.check_distance(smallest).right


def test_one_brightness_for_each_of_the_channels_is_right_as_a_list_too():
    full = np.repeat(TENSOR.mean(axis=2, keepdims=True), 3, axis=2)
    assert tensors.check_brightness(full.tolist(), TENSOR).right
