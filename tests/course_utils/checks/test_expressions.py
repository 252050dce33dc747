"""Small programs over scalars: read, never executed as code; and the driver that builds graphs from them."""

from __future__ import annotations

import math

import pytest

from autograder.exercises.hw4.scalar_graph import Scalar
from course_utils.checks.driving.scalar_graph import drive_scalar_graph
from course_utils.checks.expressions import build, leaves_of, read_steps
from course_utils.errors import CheckError


@pytest.mark.parametrize(
    ("program", "numbers", "result"),
    [
        ("L = a", {"a": 2.0}, 2.0),
        ("c = a * b; L = c + a", {"a": 2.0, "b": -3.0}, -4.0),
        ("L = 3 - 2 * a ** 2", {"a": 2.0}, -5.0),
        ("L = -(a + 1) * -2", {"a": 2.0}, 6.0),
        ("x = a; for _ in range(5): x = x + x; L = x - 1", {"a": 1.0}, 31.0),
        ("c = a + 1\nL = c * c", {"a": 2.0}, 9.0),
    ],
)
def test_programs_give_what_python_would(program, numbers, result):
    steps = read_steps(program)
    assert leaves_of(steps) == tuple(numbers)
    assert build(steps, numbers)[steps[-1].name] == result


@pytest.mark.parametrize(
    "program",
    [
        "L = a +",
        "import os",
        "L = __import__('os')",
        "L = a.grad",
        "L = a.relu(1)",
        "L = open('x')",
        "L = [a]",
        "L = a if b else c",
        "L = a / b",
        "L = 'text'",
        "a, b = c",
        "for x in a: L = x",
        "while True: L = a",
        "L: int = a",
        "L = (lambda: a)()",
    ],
)
def test_anything_else_is_refused_in_one_sentence(program):
    with pytest.raises(CheckError, match=r"expression|is nothing an expression may hold"):
        build(read_steps(program), {"a": 1.0, "b": 2.0, "c": 3.0})


def test_the_driver_returns_leaves_first_then_names_in_order():
    arguments = {"program": "c = a * b; L = c + a", "a": 2.0, "b": -3.0}
    value, grads = drive_scalar_graph(Scalar, arguments, {})
    assert (value, grads.tolist()) == (-4.0, [-2.0, 2.0, 1.0, 1.0])


def test_a_walk_too_deep_is_an_answer_of_nan_and_no_crash():
    class Deep(Scalar):
        def backward(self):
            self.backward()

    value, grads = drive_scalar_graph(Deep, {"program": "L = a + a", "a": 1.0}, {})
    assert value == 2.0
    assert all(math.isnan(number) for number in grads.tolist())


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ({"grad": None}, TypeError, r"\.grad is NoneType"),
        ({"grad": "1"}, None, ""),
        ({"grad": "one"}, TypeError, r"\.grad is str"),
        ({"data": [1]}, TypeError, r"\.data is list"),
    ],
)
def test_a_gradient_that_is_no_number_is_said_so(fault, error, words):
    class Odd(Scalar):
        def backward(self):
            return None

        def __getattribute__(self, name):
            return fault[name] if name in fault and name != "data" else super().__getattribute__(name)

        def make(self, data, *parents):
            made = super().make(data, *parents)
            made.data = fault.get("data", data)
            return made

    if error is None:
        drive_scalar_graph(Odd, {"program": "L = a + a", "a": 1.0}, {})
        return
    with pytest.raises(error, match=words):
        drive_scalar_graph(Odd, {"program": "L = a + a", "a": 1.0}, {})
