"""How a response departs from the expected one, and in which order a student hears of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from small_keys import SCALAR, TENSOR, vector

from course_utils.checks.compare import Departure, compare, looks_like
from course_utils.checks.contract import PartSpec
from course_utils.checks.response import Part, Raised, Response, describe

PAIR = (PartSpec("w"), PartSpec("b", "scalar"))
NAN, INF = float("nan"), float("inf")


def gave(*values, **marks):
    return Response(tuple(describe(value) for value in values), **marks)


def departure(given, expected, specs):
    found = compare(given, expected, specs)
    return None if found is None else found.departure


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (torch.tensor(2.0), torch.tensor(2.0, dtype=torch.float64)),
        (2.0, torch.tensor(2.0)),
        (2, torch.tensor(2.0)),
        (np.float32(2), torch.tensor(2.0)),
        (np.array(2.0), torch.tensor(2.0)),
        (torch.tensor(2), 2.0),
        (torch.tensor(2.0, requires_grad=True), 2.0),
        (2.0 + 1e-8, torch.tensor(2.0, dtype=torch.float64)),
        (2.0 + 1e-6, torch.tensor(2.0)),
        (NAN, torch.tensor(NAN)),
        (INF, torch.tensor(INF)),
        (0.0, torch.tensor(-0.0)),
    ],
)
def test_one_number_may_come_in_any_form(value, expected):
    assert compare(gave(value), gave(expected), SCALAR) is None


@pytest.mark.parametrize(
    ("value", "expected", "kind"),
    [
        (torch.tensor([2.0]), torch.tensor(2.0), Departure.SHAPE),
        (np.array([2.0]), torch.tensor(2.0), Departure.TYPE),
        ([2.0], torch.tensor(2.0), Departure.TYPE),
        ("2.0", torch.tensor(2.0), Departure.TYPE),
        (None, torch.tensor(2.0), Departure.NONE),
        (2.1, torch.tensor(2.0), Departure.VALUES),
        (2.0 + 1e-5, torch.tensor(2.0, dtype=torch.float64), Departure.VALUES),
        (NAN, torch.tensor(2.0), Departure.NOT_FINITE),
        (-INF, torch.tensor(INF), Departure.NOT_FINITE),
        (2.0, torch.tensor(NAN), Departure.VALUES),
        (2.0, torch.tensor(INF), Departure.VALUES),
    ],
)
def test_one_number_departs(value, expected, kind):
    assert departure(gave(value), gave(expected), SCALAR) is kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (vector(1, 2, 3), None),
        (vector(1, 2, 3).requires_grad_(), None),
        (vector(1, 2, 3).as_subclass(torch.nn.Parameter), None),
        (torch.stack([vector(1, 2, 3)] * 2).T[:, 0], None),
        (vector(1, 2, 3.0001), Departure.VALUES),
        (vector(1, 2, NAN), Departure.NOT_FINITE),
        (vector(1, 2), Departure.SHAPE),
        (vector(1, 2, 3)[:, None], Departure.SHAPE),
        (vector(1, 2, 3).float(), Departure.DTYPE),
        (torch.tensor([1, 2, 3]), Departure.DTYPE),
        (vector(1, 2, 3).numpy(), Departure.TYPE),
        ([1.0, 2.0, 3.0], Departure.TYPE),
        (6.0, Departure.TYPE),
        (torch.zeros(1).expand(10**12), Departure.SHAPE),
        (None, Departure.NONE),
    ],
)
def test_a_tensor_must_be_one_of_the_same_shape_dtype_and_numbers(value, kind):
    assert departure(gave(value), gave(vector(1, 2, 3)), TENSOR) is kind


def test_a_dtype_need_not_be_kept_where_the_contract_says_so():
    loose = (PartSpec(keeps_dtype=False),)
    assert compare(gave(torch.tensor([1, 2])), gave(vector(1, 2)), loose) is None


def test_a_device_departs_only_where_both_are_known():
    elsewhere = Response((Part("tensor", np.ones(1), "float64", (1,), "cuda"),))
    assert departure(elsewhere, gave(vector(1)), TENSOR) is Departure.DEVICE


def test_a_tolerance_is_relative_to_the_largest_number_and_follows_the_dtype():
    assert compare(gave(vector(1e6, 1e-3)), gave(vector(1e6, 0)), TENSOR) is None
    assert departure(gave(vector(1, 1e-3)), gave(vector(1, 0)), TENSOR) is Departure.VALUES
    close = vector(1, 1 + 5e-6)
    assert compare(gave(close.float()), gave(vector(1, 1).float()), TENSOR) is None
    assert departure(gave(close), gave(vector(1, 1)), TENSOR) is Departure.VALUES


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (Response(raised=Raised("unwritten", "NotImplementedError", "")), Departure.UNWRITTEN),
        (Response(raised=Raised("error", "ValueError", "no")), Departure.RAISED),
        (Response(structure="None"), Departure.NONE),
        (Response(structure="a tuple of 3"), Departure.TYPE),
        (gave(vector(1, 2).float(), [1], changed=("X",)), Departure.TYPE),
        (gave(vector(1).float(), 3.0, changed=("X",)), Departure.SHAPE),
        (gave(vector(1, 2).float(), 3.0, changed=("X",)), Departure.DTYPE),
        (gave(vector(9, 9), 9.0, changed=("X",), remembers=True), Departure.CHANGED),
        (gave(vector(9, NAN), 9.0, remembers=True), Departure.REMEMBERS),
        (gave(vector(9, 9), NAN), Departure.NOT_FINITE),
        (gave(vector(1, 2), 9.0), Departure.VALUES),
        (gave(vector(1, 2), 3.0), None),
        (gave(vector(1, 2)), Departure.TYPE),
        (gave(vector(1, 2), 3.0, 4.0), Departure.TYPE),
        (gave(), Departure.TYPE),
    ],
)
def test_the_first_departure_is_the_one_a_student_should_hear(given, kind):
    assert departure(given, gave(vector(1, 2), 3.0), PAIR) is kind


def test_the_words_name_part_place_and_numbers():
    found = compare(gave(torch.tensor([[1.0, 2.0], [3.0, 5.0]])), gave(torch.tensor([[1.0, 2.0], [3.0, 4.0]])), TENSOR)
    assert (found.where, found.yours, found.expected) == ("[1, 1]", "5", "4")
    found = compare(gave(vector(1, 2), 4.0), gave(vector(1, 2), 3.0), PAIR)
    assert (found.part, found.yours, found.expected) == ("b", "4", "3")


def test_numbers_that_look_alike_are_shown_with_more_digits():
    found = compare(gave(1.00001), gave(vector(1)[0]), SCALAR)
    assert (found.yours, found.expected) == ("1.00001", "1")


@pytest.mark.parametrize(
    ("given", "mistake", "same"),
    [
        (gave(vector(1, 2)), gave(vector(1, 2)), True),
        (gave(vector(1, 2 + 1e-6)), gave(vector(1, 2)), True),  # within ten tolerances
        (gave(vector(1, 2 + 1e-5)), gave(vector(1, 2)), False),
        (gave(vector(1, 2).float()), gave(vector(1, 2)), False),
        (gave(vector(1, 2)), gave(vector(1, 2)[:, None]), False),
        (gave(vector(1, 2), changed=("X",)), gave(vector(1, 2)), False),
        (gave(vector(1, 2), changed=("X", "y")), gave(vector(1, 2), changed=("y", "X")), True),
        (gave(vector(1, 2), remembers=True), gave(vector(1, 2)), False),
        (gave(vector(INF, NAN)), gave(vector(INF, NAN)), True),
        (gave([1, 2]), gave([3, 4]), True),
        (gave([1, 2]), gave([3, 4, 5]), False),
        (gave(vector(1)), Response(raised=Raised("error", "E", "")), False),
        (Response(raised=Raised("error", "A", "x")), Response(raised=Raised("error", "B", "y")), True),
        (Response(raised=Raised("deadline", "A", "")), Response(raised=Raised("error", "A", "")), False),
        (Response(structure="a tuple of 2"), Response(structure="a tuple of 2"), True),
        (Response(structure="a tuple of 2"), Response(structure="a tuple of 3"), False),
        (Response(structure="a tuple of 2"), gave(vector(1)), False),
        (gave(vector(1), vector(2)), gave(vector(1)), False),
    ],
)
def test_a_response_is_like_a_mistakes_if_numbers_and_faults_agree(given, mistake, same):
    assert looks_like(given, mistake, TENSOR) is same
