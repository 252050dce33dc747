"""Homework 2: every mistake is named as itself, right answers pass, references keep their word."""

from __future__ import annotations

import pytest
import torch
from answers_hw2 import RIGHT, WRONG
from judging import LONGEST_MESSAGE, SECRETS, catalogue, judge, key_of, written

from autograder.exercises import exercises_of, find_exercise
from course_utils.checks.answer_key import load_key
from course_utils.checks.diagnose import diagnose, fitting_mistakes
from course_utils.checks.verdict import Outcome

EXERCISES = exercises_of("hw2")
POINTS = {"sigmoid": 2, "relu": 1, "gelu": 2, "softmax": 4, "linear_forward": 3, "mlp_forward": 3}
MISTAKES = [(name, mistake.name) for name, exercise in EXERCISES.items() for mistake in exercise.mistakes]


def test_points_add_up_to_fifteen():
    assert {name: exercise.contract.points for name, exercise in EXERCISES.items()} == POINTS
    assert sum(POINTS.values()) == 15


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_every_mistake_is_named_as_itself_and_as_nothing_else(name, mistake, secret):
    key = key_of(name, secret)
    known = next(known for known in key.mistakes if known.name == mistake)
    assert [fitting.name for fitting in fitting_mistakes(key, known.responses)] == [mistake]
    verdict = diagnose(key, known.responses)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.mistake == mistake
    assert verdict.points == known.credit * POINTS[name]
    assert len(verdict.message().split()) < LONGEST_MESSAGE


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(("name", "code"), RIGHT)
def test_right_answers_pass_in_any_style(name, code, secret):
    verdict = judge(name, written(code, name), secret)
    assert verdict.outcome is Outcome.PASSED, verdict.message()
    assert verdict.points == POINTS[name]


@pytest.mark.parametrize(("name", "code", "mistake"), WRONG)
def test_wrong_answers_fail_and_say_why(name, code, mistake):
    for secret in SECRETS:
        verdict = judge(name, written(code, name), secret)
        assert verdict.outcome is Outcome.FAILED
        assert len(verdict.message().split()) < LONGEST_MESSAGE
        if mistake:
            assert verdict.mistake == mistake


@pytest.mark.parametrize("entry", catalogue("mistakes", *EXERCISES))
def test_the_catalogues_wrong_answers_get_a_named_mistake(entry):
    answer = written(entry["code"], entry["exercise"])
    declared = {mistake.name for mistake in find_exercise(entry["exercise"]).mistakes}
    verdict, visible = judge(entry["exercise"], answer, 1), judge(entry["exercise"], answer)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.mistake in declared
    assert visible.mistake == verdict.mistake


@pytest.mark.parametrize("entry", catalogue("right", *EXERCISES))
def test_the_catalogues_right_answers_pass(entry):
    answer = written(entry["code"], entry["exercise"])
    assert judge(entry["exercise"], answer, 1).outcome is Outcome.PASSED


@pytest.mark.parametrize("name", EXERCISES)
def test_stubs_are_not_attempted(name):
    verdict = judge(name, written(f"def {name}(*inputs):\n    raise NotImplementedError()", name), 1)
    assert verdict.outcome is Outcome.NOT_ATTEMPTED
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("sigmoid", "def sigmoid(x): return torch.sigmoid(x)"),
        ("sigmoid", "def sigmoid(x): return x.sigmoid()"),
        ("sigmoid", "def sigmoid(x): return nn.Sigmoid()(x)"),
        ("sigmoid", "def sigmoid(x): return torch.special.expit(x)"),
        ("sigmoid", "def sigmoid(x): return F.logsigmoid(x).exp()"),
        ("relu", "def relu(x): return torch.relu(x)"),
        ("relu", "def relu(x): return F.relu(x)"),
        ("relu", "relu = nn.ReLU()"),
        ("relu", "def relu(x): return F.threshold(x, 0.0, 0.0)"),
        ("gelu", "def gelu(x): return F.gelu(x)"),
        ("gelu", "gelu = nn.GELU()"),
        ("softmax", "def softmax(x): return torch.softmax(x, 1)"),
        ("softmax", "def softmax(x): return x.softmax(-1)"),
        ("softmax", "def softmax(x): return nn.Softmax(dim=1)(x)"),
        ("softmax", "def softmax(x): return F.log_softmax(x, 1).exp()"),
        ("softmax", "def softmax(x): return getattr(torch, 'soft' + 'max')(x, 1)"),
        ("linear_forward", "linear_forward = torch.nn.functional.linear"),
        ("linear_forward", "def linear_forward(x, W, b): return F.linear(x, W, b)"),
    ],
)
def test_the_call_that_is_the_exercise_is_not_your_own_work(name, code):
    for secret in (None, 1):
        verdict = judge(name, written(code, name), secret)
        assert verdict.outcome is Outcome.NOT_OWN_WORK
        assert verdict.points == 0


@pytest.mark.parametrize("name", EXERCISES)
def test_the_frozen_key_names_the_same_mistakes(name):
    frozen = load_key(name)
    assert [known.name for known in frozen.mistakes] == [mistake.name for mistake in EXERCISES[name].mistakes]
    assert not any(case.is_hidden for case in frozen.cases)
    for known in frozen.mistakes:
        assert diagnose(frozen, known.responses).mistake == known.name


@pytest.mark.parametrize("name", ["linear_forward", "relu"])
def test_a_network_that_calls_an_unwritten_layer_is_blocked_not_wrong(name):
    code = f"""
def {name}(*inputs):
    raise NotImplementedError()
def mlp_forward(x, W1, b1, W2, b2):
    return {name}(x)
"""
    assert judge("mlp_forward", written(code, "mlp_forward")).outcome is Outcome.BLOCKED


def drawn(*shape: int, scale: float = 1.0) -> torch.Tensor:
    return scale * torch.randn(shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)


def reference(name: str):
    return EXERCISES[name].reference


@pytest.mark.parametrize("scale", [0.1, 3.0, 400.0])
def test_sigmoid_agrees_with_torch_and_mirrors(scale):
    x = drawn(50, scale=scale)
    torch.testing.assert_close(reference("sigmoid")(x), torch.sigmoid(x))
    torch.testing.assert_close(reference("sigmoid")(x) + reference("sigmoid")(-x), torch.ones_like(x))


def test_gelu_agrees_with_torch_and_its_two_halves_make_x():
    x = drawn(50, scale=2.0)
    torch.testing.assert_close(reference("gelu")(x), torch.nn.functional.gelu(x))
    torch.testing.assert_close(reference("gelu")(x) - reference("gelu")(-x), x)


def test_relu_agrees_with_torch():
    x = drawn(7, 8)
    assert torch.equal(reference("relu")(x), torch.relu(x))


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_softmax_agrees_with_torch_forgives_a_shift_and_keeps_rows_apart(scale):
    softmax, x = reference("softmax"), drawn(9, 4, scale=scale)
    torch.testing.assert_close(softmax(x), torch.softmax(x, 1))
    torch.testing.assert_close(softmax(x + 1000.0), softmax(x), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(softmax(x).sum(1), torch.ones(9, dtype=torch.float64))
    order = torch.randperm(9, generator=torch.Generator().manual_seed(1))
    assert torch.equal(softmax(x[order]), softmax(x)[order])


def test_the_layers_agree_with_torch():
    x, W1, b1, W2, b2 = drawn(6, 3), drawn(5, 3), drawn(5), drawn(2, 5), drawn(2)
    first = torch.nn.functional.linear(x, W1, b1)
    torch.testing.assert_close(reference("linear_forward")(x, W1, b1), first)
    torch.testing.assert_close(
        reference("mlp_forward")(x, W1, b1, W2, b2), torch.nn.functional.linear(torch.relu(first), W2, b2)
    )
