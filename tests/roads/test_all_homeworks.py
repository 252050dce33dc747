"""Every homework through the whole road: its own solution earns all points, the untouched release none."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from small_term import REPOSITORY

from autograder.exercises import assignments, exercises_of
from autograder.grading import grade
from autograder.marks import read_marks
from autograder.nbgrader_bridge.gradebook import scores
from autograder.nbgrader_bridge.steps import generate
from autograder.rules.coursefile import Course, load_course
from course_utils.checks.verdict import Outcome

pytestmark = pytest.mark.slow

HOMEWORK = [name for name in assignments() if name.startswith("hw")]
POINTS = {"hw1": 15, "hw2": 15, "hw3": 20, "hw4": 20, "hw5": 15, "hw6": 15}
BY_HAND = {"hw6": 3}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("homeworks") / "term"
    root.mkdir()
    shutil.copy(REPOSITORY / "course.toml", root)
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    for name in HOMEWORK:
        shutil.copytree(REPOSITORY / "notebooks/assignments" / name, root / "notebooks/assignments" / name)
    return load_course(root)


def hand_in(course: Course, name: str, student: str, notebook: nbformat.NotebookNode) -> None:
    folder = course.submitted / student / name
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


def solved(source: Path, released: Path) -> nbformat.NotebookNode:
    """Put the source's solutions into the released notebook, as a student would have written them."""
    answers = {
        cell.metadata.nbgrader.grade_id: re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", cell.source)
        for cell in nbformat.read(source, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    notebook = nbformat.read(released, as_version=4)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(grade_id, cell.source)
    return notebook


def test_the_homework_is_what_the_curriculum_lists() -> None:
    assert sorted(POINTS) == HOMEWORK
    assert sum(POINTS.values()) == 100
    for name, points in POINTS.items():
        declared = sum(exercise.contract.points for exercise in exercises_of(name).values())
        assert declared == points - BY_HAND.get(name, 0)


@pytest.mark.parametrize("name", HOMEWORK)
def test_the_solution_earns_everything_and_the_release_nothing(course: Course, name: str) -> None:
    generate(course, name)
    released = course.released_notebook(name)
    hand_in(course, name, "solved", solved(course.source_notebook(name), released))
    hand_in(course, name, "untouched", nbformat.read(released, as_version=4))
    assert [item.status for item in grade(course, name)] == ["graded", "graded"]

    found = {score.student: score for score in scores(course, name)}
    marks = read_marks(course.autograded / "solved" / name / f"{name}.ipynb")
    assert marks is not None
    assert [(v.exercise, v.outcome, v.message()) for v in marks.verdicts if v.outcome is not Outcome.PASSED] == []
    assert found["solved"].max == POINTS[name]
    assert found["solved"].raw == POINTS[name] - BY_HAND.get(name, 0)
    assert found["solved"].needs_person == (name in BY_HAND)
    assert found["untouched"].raw == 0.0
    blank = read_marks(course.autograded / "untouched" / name / f"{name}.ipynb")
    assert blank is not None
    assert {verdict.outcome for verdict in blank.verdicts} == {Outcome.NOT_ATTEMPTED}
