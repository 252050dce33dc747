"""What comes back from an answer is written down as plain data, whatever it is."""

from __future__ import annotations

import decimal
import fractions

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.checks.response import (
    MAX_CHARACTERS,
    MAX_ELEMENTS,
    describe,
    plain_text,
    say_number,
    say_part,
)


class Lying(torch.Tensor):
    """A tensor that says of itself whatever it likes."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        raise ValueError("nobody may ask me")


class Proud:
    """An object that equals everything."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


@pytest.mark.parametrize(
    ("value", "dtype", "shape"),
    [
        (torch.tensor(2.0), "float32", ()),
        (torch.tensor([2.0], dtype=torch.float64), "float64", (1,)),
        (torch.full((2, 3), 2, dtype=torch.int64), "int64", (2, 3)),
        (torch.full((2, 3), 2.0).T, "float32", (3, 2)),
        (torch.full((2,), 2.0, requires_grad=True) * 1, "float32", (2,)),
        (nn.Parameter(torch.full((2,), 2.0)), "float32", (2,)),
        (torch.full((2,), 2.0, dtype=torch.bfloat16), "bfloat16", (2,)),
        (torch.full((2,), 2.0, dtype=torch.float16), "float16", (2,)),
        (torch.full((2,), 2.0).as_subclass(Lying), "float32", (2,)),
        (torch.full((1,), 2.0).expand(1000), "float32", (1000,)),
        (torch._neg_view(torch.full((2,), -2.0)), "float32", (2,)),
        (torch.zeros(0, 3), "float32", (0, 3)),
    ],
)
def test_tensors_of_all_kinds_become_arrays(value, dtype, shape):
    part = describe(value)
    assert (part.kind, part.dtype, part.shape, part.device) == ("tensor", dtype, shape, "cpu")
    assert part.values.shape == shape
    assert (part.values == 2).all()


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3),
        (3.5, 3.5),
        (True, 1),
        (np.float32(2.5), 2.5),
        (np.int64(4), 4),
        (np.bool_(False), 0),
        (float("inf"), float("inf")),
        (fractions.Fraction(1, 4), 0.25),
        (fractions.Fraction(10**400), float("inf")),
        (fractions.Fraction(-(10**400)), float("-inf")),
        (10**30, 2**63 - 1),
        (-(10**30), -(2**63)),
    ],
)
def test_python_and_numpy_numbers_become_numbers(value, number):
    part = describe(value)
    assert part.kind == "number"
    assert part.shape == ()
    assert part.values == number


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("text", "a str"),
        ((1, 2), "a tuple of 2"),
        ([], "a list of 0"),
        ((n for n in ()), "a generator"),
        (range(3), "a range"),
        ({"a": 1}, "a dict"),
        (lambda x: x, "a function"),
        (3 + 4j, "a complex"),
        (decimal.Decimal("1.5"), "a Decimal"),
        (Proud(), "a Proud"),
        (torch.tensor([1 + 2j]), "a complex64 tensor"),
        (torch.eye(2).to_sparse(), "a float32 tensor that holds no plain numbers"),
        (torch.ones(2, device="meta"), "a float32 tensor that holds no plain numbers"),
        (torch.ones(2).to(torch.float8_e4m3fn), "a float8_e4m3fn tensor that holds no plain numbers"),
        (np.array(["a"]), "a NumPy array of <U1"),
        (np.array([None]), "a NumPy array of object"),
    ],
)
def test_everything_else_is_only_named(value, shown):
    part = describe(value)
    assert part.values is None
    assert say_part(part) == shown


def test_none_and_arrays_have_kinds_of_their_own():
    assert describe(None).kind == "none"
    assert describe(np.ones((2, 2), "f4")).kind == "array"
    assert say_part(describe(np.ones((2, 2), "f4"))) == "a float32 NumPy array of shape (2, 2)"


@pytest.mark.parametrize("value", [torch.zeros(1).expand(10**12), np.broadcast_to(np.zeros(1), (10**6, 10**6))])
def test_of_a_huge_answer_only_the_shape_is_kept(value):
    part = describe(value)
    assert part.values is None
    assert part.shape == tuple(value.shape)


def test_an_answer_just_small_enough_is_kept():
    assert describe(torch.zeros(MAX_ELEMENTS)).values.shape == (MAX_ELEMENTS,)


def test_what_is_described_no_longer_hangs_on_the_answer():
    tensor = torch.ones(3)
    part = describe(tensor)
    tensor += 1
    assert (part.values == 1).all()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (2.0, "2"),
        (1 / 3, "0.3333"),
        (1e-9, "1e-09"),
        (12345.678, "1.235e+04"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (7, "7"),
        (True, "True"),
        (np.float32(0.5), "0.5"),
    ],
)
def test_numbers_are_written_as_a_person_would(number, said):
    assert say_number(number) == said


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ŷ = 1·x\n\tη", "ŷ = 1·x\n\tη"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("a\x00b\x07c\x9bd", "abcd"),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 1000, "x" * MAX_CHARACTERS),
        (3, "3"),
    ],
)
def test_text_of_an_answers_making_carries_no_orders_to_a_terminal(text, plain):
    assert plain_text(text) == plain
