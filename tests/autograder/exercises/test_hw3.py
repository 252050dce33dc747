"""Homework 3: every mistake is named as itself, right answers pass, references keep their word."""

from __future__ import annotations

import math

import pytest
import torch
from answers_hw3 import RIGHT, WRONG
from judging import LONGEST_MESSAGE, SECRETS, catalogue, judge, key_of, written

from autograder.exercises import exercises_of, find_exercise
from course_utils.checks.answer_key import load_key
from course_utils.checks.diagnose import diagnose, fitting_mistakes
from course_utils.checks.verdict import Outcome

EXERCISES = exercises_of("hw3")
POINTS = {"bce_logits": 6, "cross_entropy": 7, "kl_div": 4, "accuracy": 3}
MISTAKES = [(name, mistake.name) for name, exercise in EXERCISES.items() for mistake in exercise.mistakes]


def test_points_add_up_to_twenty():
    assert {name: exercise.contract.points for name, exercise in EXERCISES.items()} == POINTS
    assert sum(POINTS.values()) == 20


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
def test_the_catalogues_right_answers_pass_or_are_not_own_work(entry):
    verdict = judge(entry["exercise"], written(entry["code"], entry["exercise"]), 1)
    is_forbidden = "log_softmax" in entry["code"] and entry["exercise"] == "cross_entropy"
    assert verdict.outcome is (Outcome.NOT_OWN_WORK if is_forbidden else Outcome.PASSED)


@pytest.mark.parametrize("name", EXERCISES)
def test_stubs_are_not_attempted(name):
    verdict = judge(name, written(f"def {name}(*inputs):\n    raise NotImplementedError()", name), 1)
    assert verdict.outcome is Outcome.NOT_ATTEMPTED
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("bce_logits", "def bce_logits(z, y): return F.binary_cross_entropy_with_logits(z, y)"),
        ("bce_logits", "def bce_logits(z, y): return nn.BCEWithLogitsLoss()(z, y)"),
        ("cross_entropy", "def cross_entropy(z, y): return F.cross_entropy(z, y)"),
        ("cross_entropy", "cross_entropy = nn.CrossEntropyLoss()"),
        ("cross_entropy", "def cross_entropy(z, y): return F.nll_loss(z.log_softmax(1), y)"),
        (
            "cross_entropy",
            "def cross_entropy(z, y): return -torch.log_softmax(z, 1)[torch.arange(len(y)), y].mean()",
        ),
        ("kl_div", "def kl_div(p, q): return F.kl_div(q.log(), p, reduction='batchmean')"),
        ("kl_div", "def kl_div(p, q): return nn.KLDivLoss(reduction='batchmean')(q.log(), p)"),
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


def drawn(*shape: int, scale: float = 1.0) -> torch.Tensor:
    return scale * torch.randn(shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)


def reference(name: str):
    return EXERCISES[name].reference


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_the_losses_agree_with_torch(scale):
    z, y = drawn(30, scale=scale), (drawn(30) > 0).double()
    torch.testing.assert_close(
        reference("bce_logits")(z, y), torch.nn.functional.binary_cross_entropy_with_logits(z, y)
    )
    z, y = drawn(30, 5, scale=scale), torch.arange(30) % 5
    torch.testing.assert_close(reference("cross_entropy")(z, y), torch.nn.functional.cross_entropy(z, y))


def test_bce_is_cross_entropy_of_two_classes():
    z, y = drawn(30, scale=3.0), torch.arange(30) % 2
    two = torch.stack([torch.zeros_like(z), z], dim=1)
    torch.testing.assert_close(reference("bce_logits")(z, y.double()), reference("cross_entropy")(two, y))


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_cross_entropy_of_equal_logits_is_the_log_of_the_number_of_classes(classes):
    z, y = drawn(6, 1, scale=1000.0).expand(6, classes), torch.arange(6) % classes
    assert reference("cross_entropy")(z, y).item() == pytest.approx(math.log(classes), rel=1e-9)


def test_cross_entropy_forgives_a_shift_and_the_order_of_rows():
    loss, z, y = reference("cross_entropy"), drawn(9, 4), torch.arange(9) % 4
    order = torch.randperm(9, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(loss(z + 1000.0, y), loss(z, y), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(loss(z[order], y[order]), loss(z, y))


def test_kl_is_zero_for_equal_rows_and_cross_entropy_is_entropy_plus_kl():
    p, q = torch.softmax(drawn(9, 4), 1), torch.softmax(drawn(9, 4, scale=2.0), 1)
    assert reference("kl_div")(p, p).item() == pytest.approx(0, abs=1e-15)
    entropy, cross = -(p * p.log()).sum(1).mean(), -(p * q.log()).sum(1).mean()
    torch.testing.assert_close(entropy + reference("kl_div")(p, q), cross)
    torch.testing.assert_close(reference("kl_div")(p, q), torch.nn.functional.kl_div(q.log(), p, reduction="batchmean"))


def test_kl_of_certain_rows_is_their_cross_entropy():
    y, z = torch.arange(8) % 4, drawn(8, 4)
    certain = torch.nn.functional.one_hot(y, 4).double()
    torch.testing.assert_close(reference("kl_div")(certain, torch.softmax(z, 1)), reference("cross_entropy")(z, y))


def test_accuracy_takes_the_first_of_equal_logits():
    assert reference("accuracy")(torch.zeros(4, 3), torch.tensor([0, 1, 2, 0])).item() == 0.5
