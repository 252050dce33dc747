"""What a lab's experiment left: read whatever way it was written down, and judged on being there, no more."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from autograder.experiment import Bound, at_least, experiment
from course_utils.checks import judge_answer
from course_utils.checks.verdict import Outcome

LOSS = Bound("negative", "A mean of squares is never negative.", "Which sign?", breaks=-1.0, low=0.0)
TEXT = Bound("the_texts_number", "18.6 stands in the text.", "What was yours?", 18.6, other_than=18.6, closer_than=0.01)
FELL = Bound("rose", "The loss rose.", "Which way did you step?", [1.0, 2.0, 3.0], at=(-1,), minus=(0,), high=0.0)
VARIED = Bound("all_alike", "All runs gave the same.", "Were the seeds the same?", [2.0] * 3, of="spread", low=1e-9)
COLUMN = Bound("no_share", "The second column holds shares.", "Divide.", [[1.0, 2.0]] * 3, at=(None, 1), low=0, high=1)

EXPERIMENTS = {
    "number": dict(example=21.4, bounds=[LOSS, TEXT]),
    "history": dict(example=[9.0, 4.0, 3.5], shape=(at_least(3),), bounds=[FELL, VARIED]),
    "table": dict(example=[[1.0, 0.5]] * 3, shape=(at_least(2), 2), bounds=[COLUMN]),
    "free": dict(example=math.inf, is_finite=False),
    "word": dict(example="too small", choices=("too small", "right", "too large")),
    "words": dict(example=["right", "too small"], shape=(2,), choices=("too small", "right", "too large")),
}


def key(name):
    settings = {"points": 2, "ask": "Run it.", **EXPERIMENTS[name]}
    return experiment(name, **settings).answer_key(7)


RIGHT = [
    ("number", 21.4),
    ("number", 21),
    ("number", np.float32(21.4)),
    ("number", torch.tensor(21.4)),
    ("number", torch.tensor(21.4, requires_grad=True)),
    ("number", np.array(21.4)),
    ("number", True),
    ("history", (5, 4.0, torch.tensor(3.0))),
    ("history", torch.tensor([5.0, 4.0, 3.0, 2.0], dtype=torch.bfloat16)),
    ("history", np.array([3, 2, 1])),
    ("table", [(1, 0.5), (2, torch.tensor(0.25))]),
    ("table", [torch.tensor([1.0, 0.0]), torch.tensor([2.0, 1.0])]),
    ("free", math.nan),
    ("word", " Too Large "),
    ("words", ("right", "right")),
]


@pytest.mark.parametrize(("name", "result"), RIGHT)
def test_a_result_that_a_run_can_give_earns_all_points(name, result):
    verdict = judge_answer(key(name), result)
    assert (verdict.outcome, verdict.points) == (Outcome.PASSED, 2.0), verdict.message()
    assert verdict.saw.startswith("Recorded: ")


class Hostile:
    """A thing that fails when it is looked at."""

    def __float__(self):
        raise ValueError("no")


WRONG = [
    ("number", -3.0, "negative", "never negative"),
    ("number", 18.604, "the_texts_number", "stands in the text"),
    ("number", math.nan, "not-finite", "inf or nan"),
    ("number", [21.4], "wrong-form", "is one number in brackets, where one number is asked for"),
    ("number", "21.4", "wrong-form", "a str, where one number"),
    ("number", lambda: 21.4, "wrong-form", "keep what it gives back"),
    ("number", torch.randn, "wrong-form", "where one number"),
    ("number", {"loss": 21.4}, "wrong-form", "a dict, where one number"),
    ("number", Hostile(), "wrong-form", "where one number"),
    ("number", 2 + 1j, "wrong-form", "where one number"),
    ("history", [1.0, 2.0], "wrong-form", "2 numbers, where at least 3 numbers"),
    ("history", [[1.0, 2.0], [1.0]], "wrong-form", "same length"),
    ("history", [1.0, None, 2.0], "wrong-form", "are all its entries numbers"),
    ("history", [], "wrong-form", "at least 3 numbers"),
    ("history", [1.0, 2.0, 3.0], "rose", "The loss rose"),
    ("history", torch.zeros(3), "all_alike", "gave the same"),
    ("table", torch.zeros(3), "wrong-form", "3 numbers, where a table of at least 2 by 2 numbers"),
    ("table", [[1.0, 50.0], [2.0, 60.0]], "no_share", "holds shares"),
    ("table", torch.zeros(3, 3), "wrong-form", "a table of shape (3, 3)"),
    ("table", torch.zeros(2_000_000, 2), "wrong-form", "where a table"),
    ("word", "far too small", "another_word", "`too small`, `right`, `too large`"),
    ("words", ["right", "wrong"], "another_word", "none of the choices"),
]


@pytest.mark.parametrize(("name", "result", "mistake", "words"), WRONG)
def test_what_is_missing_or_cannot_be_is_named(name, result, mistake, words):
    verdict = judge_answer(key(name), result)
    assert (verdict.outcome, verdict.points, verdict.mistake) == (Outcome.FAILED, 0.0, mistake)
    assert words in verdict.message()


@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.parametrize("placeholder", [None, ...])
def test_a_placeholder_is_not_attempted(name, placeholder):
    verdict = judge_answer(key(name), placeholder)
    assert (verdict.outcome, verdict.points) == (Outcome.NOT_ATTEMPTED, 0.0)
    assert f"`{name}` is still {placeholder or 'None'}".replace("Ellipsis", "three dots") in verdict.message()


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_bound_is_broken_by_its_own_example_and_kept_by_the_experiments(name):
    declared = experiment(name, points=1, ask="Run it.", **EXPERIMENTS[name])
    frozen = declared.answer_key()
    assert judge_answer(frozen, declared.reference).outcome is Outcome.PASSED
    for mistake in declared.mistakes:
        assert judge_answer(frozen, mistake.answer).mistake == mistake.name


def test_a_long_result_is_said_in_a_few_numbers():
    verdict = judge_answer(key("history"), torch.arange(100, 0, -1))
    assert verdict.saw == "Recorded: 100 numbers of shape (100,), 100, 99, 98, …, 2, 1."
    assert judge_answer(key("table"), [[1.0, 0.5], [2.0, 1.0]]).saw == "Recorded: [[1, 0.5], [2, 1]]."
    assert judge_answer(key("words"), ["RIGHT", "too small"]).saw == "Recorded: [right, too small]."
