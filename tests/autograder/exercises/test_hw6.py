"""Homework 6: every mistake is named as itself, right answers pass however they draw, a fit needs its accuracy."""

from __future__ import annotations

import os

import pytest
import torch
from answers_hw6 import RIGHT, WRONG
from judging import LONGEST_MESSAGE, SECRETS, catalogue, judge, key_of, written

from autograder.exercises import exercises_of, find_exercise
from autograder.exercises.hw6.fitting import FLOOR
from course_utils.checks.answer_key import load_key
from course_utils.checks.diagnose import diagnose, fitting_mistakes
from course_utils.checks.driving.chance import deviation_of_share, quartered, settled
from course_utils.checks.respond import respond
from course_utils.checks.verdict import Outcome

EXERCISES = exercises_of("hw6")
POINTS = {"dropout": 3, "batchnorm": 3, "MLP": 2, "count_params": 1, "fit": 3}
MISTAKES = [(name, mistake.name) for name, exercise in EXERCISES.items() for mistake in exercise.mistakes]
FIT_SECRETS = (None, 1)
IMPORTS = "from torch.utils.data import DataLoader, Dataset, TensorDataset\n"


def answer_of(name, code):
    return written(IMPORTS + code, name)


def secrets_of(name):
    return FIT_SECRETS if name == "fit" else SECRETS


def test_points_add_up_to_twelve_and_three_are_for_the_reflection():
    assert {name: exercise.contract.points for name, exercise in EXERCISES.items()} == POINTS
    assert sum(POINTS.values()) == 12


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_every_mistake_is_named_as_itself_and_as_nothing_else(name, mistake):
    for secret in secrets_of(name):
        key = key_of(name, secret)
        known = next(known for known in key.mistakes if known.name == mistake)
        assert [fitting.name for fitting in fitting_mistakes(key, known.responses)] == [mistake]
        verdict = diagnose(key, known.responses)
        assert verdict.outcome is Outcome.FAILED
        assert verdict.mistake == mistake
        assert verdict.points == known.credit * POINTS[name]
        assert len(verdict.message().split()) < LONGEST_MESSAGE


@pytest.mark.parametrize(("name", "code"), RIGHT)
def test_right_answers_pass_in_any_style(name, code):
    for secret in secrets_of(name):
        verdict = judge(name, answer_of(name, code), secret)
        assert verdict.outcome is Outcome.PASSED, verdict.message()
        assert verdict.points == POINTS[name]


@pytest.mark.parametrize(("name", "code", "mistake"), WRONG)
def test_wrong_answers_fail_and_say_why(name, code, mistake):
    for secret in secrets_of(name):
        verdict = judge(name, answer_of(name, code), secret)
        assert verdict.outcome is Outcome.FAILED
        assert len(verdict.message().split()) < LONGEST_MESSAGE
        if mistake:
            assert verdict.mistake == mistake


@pytest.mark.parametrize("entry", catalogue("mistakes", *EXERCISES))
def test_the_catalogues_wrong_answers_get_a_named_mistake(entry):
    answer = answer_of(entry["exercise"], entry["code"])
    declared = {mistake.name for mistake in find_exercise(entry["exercise"]).mistakes}
    verdict, visible = judge(entry["exercise"], answer, 1), judge(entry["exercise"], answer)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.mistake in declared
    assert visible.mistake == verdict.mistake


@pytest.mark.parametrize("entry", catalogue("right", *EXERCISES))
def test_the_catalogues_right_answers_pass(entry):
    verdict = judge(entry["exercise"], answer_of(entry["exercise"], entry["code"]), 1)
    assert verdict.outcome is Outcome.PASSED, verdict.message()


@pytest.mark.parametrize("name", EXERCISES)
def test_stubs_are_not_attempted(name):
    stub = f"def {name}(*inputs):\n    raise NotImplementedError()"
    if name == "MLP":
        stub = "class MLP(nn.Module):\n    def __init__(self, hidden, classes): raise NotImplementedError()"
    verdict = judge(name, answer_of(name, stub), 1)
    assert verdict.outcome is Outcome.NOT_ATTEMPTED
    assert verdict.points == 0


@pytest.mark.parametrize("name", EXERCISES)
def test_frozen_keys_are_those_of_the_exercises(name):
    frozen, fresh = load_key(name), key_of(name)
    assert [case.label for case in frozen.cases] == [case.label for case in fresh.cases]
    assert [mistake.name for mistake in frozen.mistakes] == [mistake.name for mistake in fresh.mistakes]
    assert not any(case.is_hidden for case in frozen.cases)


# --- chance -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", range(30, 60))
def test_right_dropout_passes_whatever_it_draws(secret):
    assert judge("dropout", EXERCISES["dropout"].reference, secret).outcome is Outcome.PASSED


@pytest.mark.parametrize("p", [0.1, 0.2, 0.5, 0.8])
def test_a_right_share_fails_less_than_once_in_a_billion(p):
    deviation = deviation_of_share(p, 21_000)
    bound = torch.special.erfc(torch.tensor(7.0, dtype=torch.float64) / 2**0.5)  # both tails of seven deviations
    assert float(bound) < 1e-9
    assert settled(p + 6.9 * deviation, p, deviation) == p
    assert settled(p + 7.1 * deviation, p, deviation) != p
    assert 7 * deviation < 0.03  # and a share that is wrong by 3 points is still found out


@pytest.mark.parametrize(("share", "rounded"), [(1, 1), (0.999, 0.75), (0.3, 0.25), (0.1, 0), (0, 0)])
def test_only_all_counts_as_all(share, rounded):
    assert quartered(share) == rounded


# --- fit --------------------------------------------------------------------------------------------------------


def test_the_worker_is_not_told_the_held_out_labels():
    key = key_of("fit", 1)
    for case, expected in zip(key.cases, key.expected, strict=True):
        assert set(case.arguments) == {"X", "y", "seed", "held_out"}
        labels = expected.parts[4].values
        assert len(labels) == len(case.arguments["held_out"])
        assert len(case.arguments["y"]) == len(case.arguments["X"])


def test_held_out_digits_are_not_among_those_to_learn_from():
    for case in key_of("fit", 1).cases:
        learn = {image.numpy().tobytes() for image in case.arguments["X"]}
        assert not any(image.numpy().tobytes() in learn for image in case.arguments["held_out"])


def test_hidden_splits_differ_from_the_visible_one_and_from_each_other():
    firsts = [
        case.arguments["held_out"][0].sum().item() for case in (*key_of("fit", 1).cases, *key_of("fit", 2).cases[1:])
    ]
    assert len(set(firsts)) > 3


@pytest.mark.slow
def test_the_floor_lies_below_every_run():
    fit = EXERCISES["fit"]
    # two hidden splits and seeds each: twenty runs in full
    for secret in range(10 if os.environ.get("FIRST_DESCENT_FULL") else 2):
        cases = fit.cases(secret)[1:]
        key = fit.answer_key(secret)
        responses = respond(fit.contract, fit.reference, cases)
        for response, expected in zip(responses, key.expected[1:], strict=True):
            right = (response.parts[4].values == expected.parts[4].values).mean()
            assert right > FLOOR + 0.02
