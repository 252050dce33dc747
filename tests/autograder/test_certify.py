"""The certificate tells a sound grader from one with a hole.

By default the exercises of homework 1, with their mutants, and those of labs and quizzes are tried on all that is known
to be wrong or right of them; the mistakes of homework 2 to 6 each have a test in tests/autograder/exercises. With
FIRST_DESCENT_FULL=1 every exercise is tried, with its mutants, as `course certify` always does.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from autograder.certify.catalogue import KnownAnswer, load_catalogue
from autograder.certify.certificate import certify_one
from autograder.certify.mutants import mutants_of
from autograder.certify.page import as_page
from autograder.errors import ExerciseError
from autograder.exercise import Exercise, case, scalar
from autograder.exercises import exercises_of, select_exercises


def root_of_sum(p: torch.Tensor) -> torch.Tensor:
    total = (p**2).sum()
    return total.sqrt()


def with_cases(*makers) -> Exercise:
    exercise = Exercise(
        "root_of_sum", points=1, ask="The length.", reference=root_of_sum, cases=list(makers), parts=[scalar()]
    )
    exercise.mistake("The root is missing.")(_forgot_the_root)
    return exercise


def _forgot_the_root(p):
    return (p**2).sum()


def test_mutants_change_one_thing_each_and_can_be_run() -> None:
    mutants = list(mutants_of(root_of_sum))
    changes = {mutant.change for mutant in mutants}
    assert {"p ** 2 → p * 2", "2 → 3", "dropped: total = (p ** 2).sum()", "total.sqrt() → total"} <= changes
    assert len(changes) == len(mutants)
    changed = next(mutant for mutant in mutants if mutant.change == "2 → 3").load()
    assert float(changed(torch.tensor([2.0]))) == pytest.approx(8**0.5)


def test_a_lambda_and_a_class_have_mutants_too() -> None:
    assert any(mutant.change == "a + 1 → a - 1" for mutant in mutants_of(lambda a: a + 1))

    assert any("self.seen + 1" in mutant.change for mutant in mutants_of(Counter))


class Counter:
    def __init__(self) -> None:
        self.seen = 0

    def add(self) -> int:
        self.seen = self.seen + 1
        return self.seen


def test_a_grader_with_telling_cases_is_sound() -> None:
    exercise = with_cases(case("two numbers", p=torch.tensor([3.0, 4.0])))
    certificate = certify_one(exercise, [])
    assert certificate.missed == certificate.unnamed == certificate.survivors == ()
    assert certificate.is_sound


def test_a_grader_with_a_hole_lists_the_mutants_that_pass() -> None:
    # With a single 1 the root, the power and the sum cannot be told from their absence.
    certificate = certify_one(with_cases(case("a single one", p=torch.tensor([1.0]))), [])
    assert certificate.missed == ("root_of_sum/_forgot_the_root",)
    assert "p ** 2 → p * 2" not in certificate.survivors  # 2 is not 1
    assert {"2 → 3", "total.sqrt() → total"} <= set(certificate.survivors)
    assert not certificate.is_sound


def test_wrong_and_right_answers_of_the_catalogue_are_counted() -> None:
    exercise = with_cases(case("two numbers", p=torch.tensor([3.0, 4.0])))
    answers = [
        KnownAnswer("w", "root_of_sum", "def root_of_sum(p):\n    return p.sum()", False),
        KnownAnswer("r", "root_of_sum", "def root_of_sum(p):\n    return p.norm()", True),
        KnownAnswer("x", "root_of_sum", "def root_of_sum(p):\n    return p.norm() + 1", True),
    ]
    certificate = certify_one(exercise, answers, with_mutants=False)
    assert (certificate.wrong, certificate.right) == (2, 3 - 1)
    assert certificate.unnamed == ("w",)
    assert certificate.refused == ("x",)
    page = as_page([certificate])
    assert "- root_of_sum: `x`" in page
    assert "1 of 2 right answers accepted" in page


def test_the_catalogue_is_whole() -> None:
    answers = load_catalogue()
    assert sum(not answer.is_right for answer in answers) == 152
    assert sum(answer.is_right for answer in answers) == 74
    known = {exercise.name for exercise in select_exercises(())}
    assert {answer.exercise for answer in answers if answer.exercise in known} >= set(exercises_of("hw1"))


BAD_CATALOGUES = {
    "nothing there": {},
    "not YAML": {"mistakes.yaml": "a: [", "right.yaml": "right: []"},
    "another form": {"mistakes.yaml": "[]", "right.yaml": "right: []"},
    "a missing field": {"mistakes.yaml": "mistakes: [{id: a}]", "right.yaml": "right: []"},
}


@pytest.mark.parametrize("name", BAD_CATALOGUES)
def test_a_bad_catalogue_is_said(tmp_path: Path, name: str) -> None:
    for file, text in BAD_CATALOGUES[name].items():
        (tmp_path / file).write_text(text)
    with pytest.raises(ExerciseError):
        load_catalogue(tmp_path)


EXERCISES = {exercise.name: exercise for exercise in select_exercises(())}
IS_FULL = bool(os.environ.get("FIRST_DESCENT_FULL"))
LATER = {name for part in ("hw2", "hw3", "hw4", "hw5", "hw6") for name in exercises_of(part)}
TRIED = [name for name in EXERCISES if IS_FULL or name not in LATER]
MUTATED = set(EXERCISES) if IS_FULL else set(exercises_of("hw1"))


# Endless recursion, a mistake of Value, may strike inside a garbage collector's callback of the test runner.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", TRIED)
def test_every_grader_is_sound_and_names_what_is_wrong(name: str) -> None:
    mine = [answer for answer in load_catalogue() if answer.exercise == name]
    certificate = certify_one(EXERCISES[name], mine, with_mutants=name in MUTATED)
    assert certificate.is_sound, certificate
    assert certificate.unnamed == ()
    assert certificate.pairs == ()
    assert (certificate.mutants > 0) is (name in MUTATED)


def test_the_catalogue_speaks_of_declared_exercises_only() -> None:
    assert {answer.exercise for answer in load_catalogue()} <= set(EXERCISES)
