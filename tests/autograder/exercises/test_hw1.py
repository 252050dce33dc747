"""Homework 1: every mistake is named as itself, right answers pass, references keep their word."""

from __future__ import annotations

import os

import pytest
import torch
from answers_hw1 import RIGHT, WRONG
from judging import LONGEST_MESSAGE, SECRETS, catalogue, judge, key_of, written

from autograder.exercises import exercises_of, find_exercise
from course_utils.checks.answer_key import load_key
from course_utils.checks.compare import Departure, compare
from course_utils.checks.diagnose import diagnose, fitting_mistakes
from course_utils.checks.verdict import Outcome
from course_utils.data import load_scores

EXERCISES = exercises_of("hw1")
POINTS = {
    "linear_predict": 2,
    "sse": 1,
    "mse": 1,
    "mae": 1,
    "rmse": 1,
    "least_squares": 2,
    "mse_grad": 3,
    "gd_step": 1,
    "gd_fit": 3,
}
MISTAKES = [(name, mistake.name) for name, exercise in EXERCISES.items() for mistake in exercise.mistakes]
MANY_SECRETS = range(1000, 1008 if os.environ.get("FIRST_DESCENT_FULL") else 1002)


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


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_every_mistake_shows_itself_in_a_case_that_students_have(name, mistake):
    key = load_key(name)
    known = next(known for known in key.mistakes if known.name == mistake)
    found = [
        compare(given, expected, key.contract.parts)
        for given, expected in zip(known.responses, key.expected, strict=True)
    ]
    assert any(one is not None and one.departure is not Departure.RAISED for one in found)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(("name", "code"), RIGHT)
def test_right_answers_pass_in_any_style(name, code, secret):
    verdict = judge(name, written(code, name), secret)
    assert verdict.outcome is Outcome.PASSED, verdict.message()
    assert verdict.points == POINTS[name]


@pytest.mark.parametrize("secret", MANY_SECRETS)
@pytest.mark.parametrize("name", EXERCISES)
def test_no_fresh_secret_seed_fails_a_right_answer(name, secret):
    key = key_of(name, secret)
    assert diagnose(key, key.expected).outcome is Outcome.PASSED
    for known in key.mistakes:
        assert diagnose(key, known.responses).mistake == known.name
    for code in (code for exercise, code in RIGHT if exercise == name):
        verdict = judge(name, written(code, name), secret)
        assert verdict.outcome is Outcome.PASSED, (code, verdict.message())


@pytest.mark.parametrize(("name", "code", "mistake"), WRONG)
def test_wrong_answers_fail_and_say_why(name, code, mistake):
    for secret in SECRETS if mistake != "too-slow" else (1,):
        verdict = judge(name, written(code, name), secret)
        assert verdict.outcome is Outcome.FAILED
        assert verdict.message()
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
    for secret in SECRETS:
        assert judge(entry["exercise"], answer, secret).outcome is Outcome.PASSED


@pytest.mark.parametrize("name", EXERCISES)
def test_stubs_are_not_attempted(name):
    verdict = judge(name, written(f"def {name}(*inputs):\n    raise NotImplementedError()", name), 1)
    assert verdict.outcome is Outcome.NOT_ATTEMPTED
    assert verdict.points == 0


@pytest.mark.parametrize("name", EXERCISES)
def test_no_message_of_an_exercise_holds_code_of_the_solution(name):
    for mistake in EXERCISES[name].mistakes:
        words = f"{mistake.idea} {mistake.look}"
        assert mistake.idea.endswith((".", "?"))
        assert mistake.look
        assert not any(code in words for code in ("torch.", "lambda", ".sum()", ".mean()"))


def test_gd_fit_waits_for_mse_grad():
    code = """
def mse_grad(X, y, w, b):
    raise NotImplementedError()

def gd_fit(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    for _ in range(steps):
        dw, db = mse_grad(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return w, b
"""
    verdict = judge("gd_fit", written(code, "gd_fit"))
    assert verdict.outcome is Outcome.BLOCKED
    assert "mse_grad" in verdict.idea


# --- what the references promise ----------------------------------------------------------------------------


def reference(name):
    return EXERCISES[name].reference


def test_the_closed_form_gives_the_numbers_of_the_lecture():
    quiz, final = load_scores()
    w, b = reference("least_squares")(quiz[:, None], final)
    assert (round(w.item(), 3), round(b.item(), 3)) == (1.312, 0.648)
    assert round(reference("mse")(quiz * w + b, final).item(), 2) == 18.60


@pytest.mark.parametrize("secret", MANY_SECRETS)
def test_the_gradient_is_autograds_and_vanishes_at_the_closed_form(secret):
    cases = [case.arguments for case in EXERCISES["mse_grad"].cases(secret) if case.is_hidden]
    for arguments in cases:
        X, y, w, b = (value.double() for value in arguments.values())
        w, b = w.requires_grad_(), b.requires_grad_()
        loss = torch.nn.functional.mse_loss(X @ w + b, y)
        dw, db = reference("mse_grad")(X, y, w.detach(), b.detach())
        torch.testing.assert_close((dw, db), torch.autograd.grad(loss, (w, b)))
        if len(X) > X.shape[1] + 1:
            best = reference("least_squares")(X, y)
            for slope in reference("mse_grad")(X, y, *best):
                torch.testing.assert_close(slope, torch.zeros_like(slope), atol=1e-10, rtol=0)


def test_a_long_descent_arrives_at_the_closed_form():
    for case in EXERCISES["gd_fit"].cases(secret=1):
        X, y = case.arguments["X"].double(), case.arguments["y"].double()
        if case.is_hidden and len(X) > X.shape[1]:
            far = reference("gd_fit")(X, y, 0.05, 5_000)
            torch.testing.assert_close(far, reference("least_squares")(X, y), atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("secret", [1, 2, 3])
def test_losses_keep_their_order_and_forget_the_order_of_rows(secret):
    for case in EXERCISES["mse"].cases(secret):
        p, y = case.arguments["p"], case.arguments["y"]
        sse, mse, mae, rmse = (reference(name)(p, y) for name in ("sse", "mse", "mae", "rmse"))
        torch.testing.assert_close(sse, mse * p.numel())
        torch.testing.assert_close(mse, rmse**2)
        assert mae <= rmse + 1e-6
        other = torch.randperm(len(p), generator=torch.Generator().manual_seed(secret))
        torch.testing.assert_close(reference("mae")(p[other], y[other]), mae)
