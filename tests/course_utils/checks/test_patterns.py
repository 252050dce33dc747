"""What a wrong array has to do with the right one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from course_utils.checks.patterns import find_pattern

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
SQUARE = np.array([[1.0, 2.0], [3.0, 5.0]])


@pytest.mark.parametrize(
    ("yours", "expected", "sentence"),
    [
        (2 * A, A, "Every number is 2 times what is expected."),
        (A / 2, A, "Every number is 1/2 of what is expected."),
        (A * 2 / 3, A, "Every number is 2/3 of what is expected."),
        (-A, A, "Every number has the opposite sign."),
        (-2 * A, A, "Every number is minus 2 times what is expected."),
        (A * np.e, A, "Every number is 2.718 times what is expected."),
        (A + 0.25, A, "Every number is off by the same 0.25."),
        (A * 0, A, "All your numbers are 0."),
        (A * 0 + 3, A, "Your numbers are all the same."),
        (SQUARE.T, SQUARE, "It is the transpose of what is asked for."),
        (A.T, A, "It is the transpose of what is asked for."),
        (A.ravel(), A, "The numbers themselves are right: only the shape is not."),
        (A[::-1], A, "The numbers are right but stand in another order."),
        (np.array(4.0), np.array(2.0), "Every number is 2 times what is expected."),
        (np.array(1.0), np.array(2.0), "Every number is 1/2 of what is expected."),
        (np.array(-2.0), np.array(2.0), "Every number has the opposite sign."),
        (np.array([0.0, 2.0]), np.array([0.0, 1.0]), "Every number is 2 times what is expected."),
    ],
)
def test_a_simple_relation_is_said(yours, expected, sentence):
    assert find_pattern(yours, expected) == sentence


@pytest.mark.parametrize(
    ("yours", "expected"),
    [
        (A**2, A),
        (A + np.arange(3), A),
        (np.array(3.0), np.array(2.0)),  # one number is 3/2 of any other: that says nothing
        (np.array(1.7), np.array(0.3)),
        (A * np.nan, A),
        (A, A * np.inf),
        (A[:1], A),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array([1e300]), np.array([1e-300])),
        (np.array([1e300, 3e300]), np.array([1e-300, 2e-300])),
        (np.array([True, False]), np.array([False, True])),
    ],
)
def test_nothing_is_said_where_nothing_simple_holds(yours, expected):
    assert find_pattern(yours, expected) == ""


NUMBERS = some.floats(allow_nan=True, allow_infinity=True, width=64)
SHAPES = arrays.array_shapes(min_dims=0, max_dims=2, max_side=3)


@given(arrays.arrays(np.float64, SHAPES, elements=NUMBERS), arrays.arrays(np.float64, SHAPES, elements=NUMBERS))
@settings(max_examples=300, deadline=None)
def test_any_two_arrays_give_a_sentence_or_none_and_never_an_error(yours, expected):
    with np.errstate(all="raise"):  # as a notebook may have it
        assert isinstance(find_pattern(yours, expected), str)


@given(
    arrays.arrays(np.float64, (4,), elements=some.floats(-100, 100), unique=True),
    some.sampled_from([2, 3, 0.5, 0.25, -1, -3, 10]),
)
@settings(max_examples=100, deadline=None)
def test_a_factor_is_found_whatever_the_numbers(expected, factor):
    sentence = find_pattern(expected * factor, expected)
    assert sentence.startswith("Every number")
