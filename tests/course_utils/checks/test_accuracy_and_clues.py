"""Parts that are judged by a share of right classes, or not judged at all."""

import numpy as np
import pytest

from course_utils.checks.compare import Departure, compare, looks_like, part_looks_like
from course_utils.checks.contract import Case, PartSpec
from course_utils.checks.messages import say_numbers
from course_utils.checks.response import Part, Response

SHARE = PartSpec("share of right classes", "at_least_accuracy", is_returned=False, floor=0.8)
CLUE = PartSpec("steps", "clue", is_returned=False)


def classes(*values: int) -> Part:
    return Part("tensor", np.array(values), "int64", (len(values),), "cpu")


def number(value: float) -> Part:
    return Part("number", np.array(float(value)), "float")


RIGHT = classes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)


@pytest.mark.parametrize(
    ("predicted", "passes"),
    [
        ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), True),
        ((0, 1, 2, 3, 4, 5, 6, 7, 0, 0), True),  # exactly the floor
        ((0, 1, 2, 3, 4, 5, 6, 0, 0, 0), False),
        ((5, 5, 5, 5, 5, 5, 5, 5, 5, 5), False),
    ],
)
def test_the_floor_is_a_share_of_right_classes(predicted, passes):
    found = compare(Response((classes(*predicted),)), Response((RIGHT,)), [SHARE])
    assert (found is None) is passes


def test_the_message_gives_both_shares_and_says_what_was_seen():
    found = compare(Response((classes(*[7] * 10),)), Response((RIGHT,)), [SHARE])
    assert found is not None
    assert found.departure is Departure.VALUES
    said = say_numbers(Case("ten digits", {}), found)
    assert said == "For ten digits: share of right classes = 10.0%; expected at least 80%."
    assert "returned" not in said


def test_another_number_of_classes_is_a_wrong_shape():
    found = compare(Response((classes(0, 1),)), Response((RIGHT,)), [SHARE])
    assert found is not None
    assert found.departure is Departure.SHAPE


def test_two_runs_look_alike_whatever_they_predict():
    assert part_looks_like(classes(1, 2), classes(3, 4), SHARE)
    assert not part_looks_like(classes(1, 2), classes(1, 2, 3), SHARE)


def test_a_clue_is_never_wrong_but_tells_mistakes_apart():
    specs = [SHARE, CLUE]
    none, many = Response((RIGHT, number(0))), Response((RIGHT, number(500)))
    assert compare(none, many, specs) is None
    assert looks_like(many, many, specs)
    assert not looks_like(none, many, specs)
