"""Hidden cases, references and solutions are in nothing that a student gets."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import nbformat
import pytest
import torch

from autograder.engine.judge import make_judge
from autograder.exercises import assignments, select_exercises
from course_utils.checks import codec
from course_utils.checks.answer_key import KEYS
from course_utils.checks.diagnose import diagnose
from course_utils.checks.respond import respond
from course_utils.checks.show import as_html, as_text

REPOSITORY = Path(__file__).resolve().parents[2]
EXERCISES = {exercise.name: exercise for exercise in select_exercises(())}


@pytest.mark.parametrize("name", EXERCISES)
def test_a_frozen_key_holds_visible_cases_and_numbers_only(name: str) -> None:
    exercise = EXERCISES[name]
    tree = codec.load(KEYS / f"{name}.npz")
    visible = [made.label for made in exercise.cases()]
    hidden = {made.label for made in exercise.cases(secret=1)} - set(visible)
    assert [item["label"] for item in tree["cases"]] == visible
    text = json.dumps(tree, default=lambda value: type(value).__name__)
    assert not [label for label in hidden if f'"{label}"' in text]
    for line in _telling_lines(exercise.reference):
        assert line not in text


def _telling_lines(reference: object) -> list[str]:
    """Return the reference's own lines that could not stand anywhere else."""
    try:
        lines = inspect.getsource(reference).splitlines()  # type: ignore[arg-type]
    except (OSError, TypeError):
        return []
    return [line.strip() for line in lines if len(line.strip()) > 25 and "ask=" not in line and '"""' not in line]


@pytest.mark.parametrize("assignment", assignments())
def test_a_release_holds_no_solution(assignment: str) -> None:
    from autograder.nbgrader_bridge.stubs import ClearAnswers

    path = REPOSITORY / "notebooks/assignments" / assignment / f"{assignment}.ipynb"
    source = nbformat.read(path, as_version=4)
    solutions = re.findall(
        r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", "\n".join(c.source for c in source.cells), re.S
    )
    assert solutions
    released, _ = ClearAnswers().preprocess(source, {})
    text = "\n".join(cell.source for cell in released.cells)
    for line in {line.strip() for block in solutions for line in block.splitlines()}:
        assert len(line) < 25 or line not in text, line


SPIES = {
    "raises what it was given": lambda *given: (_ for _ in ()).throw(ValueError(repr([_plain(x) for x in given]))),
    "prints what it was given": lambda *given: print([_plain(x) for x in given]),
    "returns what it was given": lambda *given: given[0],
}


def _plain(value: object) -> object:
    return value.tolist() if isinstance(value, torch.Tensor) else value


@pytest.mark.parametrize("spy", SPIES)
@pytest.mark.parametrize("name", ["linear_predict", "mse", "mse_grad"])
def test_verdicts_never_show_a_hidden_input_or_number(name: str, spy: str) -> None:
    key = make_judge("hw1", secret=2_024).keys[name]
    hidden = [made for made in key.cases if made.is_hidden]
    # An answer that is right where it can be seen and spies where it cannot.
    calls = iter(range(10_000))
    visible = len(key.cases) - len(hidden)

    def answer(*given):
        return key_reference(*given) if next(calls) < visible else SPIES[spy](*given)

    key_reference = EXERCISES[name].reference
    verdict = diagnose(key, respond(key.contract, answer, key.cases))
    assert verdict.outcome == "failed"
    said = as_html(verdict) + as_text(verdict) + json.dumps(verdict.to_json())
    numbers = {
        f"{value:.4g}"
        for made in hidden
        for tensor in made.arguments.values()
        if isinstance(tensor, torch.Tensor)
        for value in tensor.flatten().tolist()
    }
    assert not [number for number in numbers if len(number) > 4 and number in said]


def test_the_students_package_does_not_mention_the_staffs() -> None:
    for path in (REPOSITORY / "course_utils").rglob("*.py"):
        assert not re.search(r"^\s*(from|import) autograder", path.read_text(encoding="utf-8"), re.M), path
