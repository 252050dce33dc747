"""Every message a named mistake brings: short, kind, with numbers, and without the solution."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from autograder.exercises import assignments, select_exercises
from course_utils.checks.answer_key import load_key
from course_utils.checks.diagnose import diagnose
from course_utils.checks.verdict import Verdict

REPOSITORY = Path(__file__).resolve().parents[3]
EXERCISES = [exercise.name for exercise in select_exercises(())]
BLAME = ("stupid", "silly", "obviously", "careless", "you should have", "you failed", "clearly", "simply", "of course")


def verdicts(exercise: str) -> dict[str, Verdict]:
    key = load_key(exercise)
    return {mistake.name: diagnose(key, mistake.responses) for mistake in key.mistakes}


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_message_has_under_eighty_words_and_something_to_look_at(exercise: str) -> None:
    for name, verdict in verdicts(exercise).items():
        assert len(verdict.message().split()) < 80, f"{name}: {verdict.message()}"
        assert verdict.idea, name
        assert verdict.saw, name
        assert verdict.look, name


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_message_blames_nobody(exercise: str) -> None:
    for name, verdict in verdicts(exercise).items():
        said = f" {verdict.idea} {verdict.look} ".lower()
        assert not [word for word in BLAME if f" {word}" in said], f"{name}: {said}"


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_message_does_not_hold_the_solution(exercise: str) -> None:
    lines = {line for line in solution_lines() if len(line) > 16}
    for name, verdict in verdicts(exercise).items():
        said = re.sub(r"\s+", "", verdict.message())
        assert not [line for line in lines if line in said], f"{name}: {verdict.message()}"


def solution_lines() -> set[str]:
    found: set[str] = set()
    for assignment in assignments():
        path = REPOSITORY / "notebooks/assignments" / assignment / f"{assignment}.ipynb"
        text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        for block in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text, re.DOTALL):
            found |= {re.sub(r"\s+", "", line).removeprefix("return") for line in block.splitlines()}
    return found
