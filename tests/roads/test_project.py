"""The project through the whole road: it waits for a person, takes marks as formgrader gives them, and keeps them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable

import nbformat
import pytest
from small_term import REPOSITORY

from autograder.grading import grade
from autograder.nbgrader_bridge.gradebook import Score, scores
from autograder.nbgrader_bridge.steps import generate, open_gradebook
from autograder.rules.coursefile import Course, load_course

pytestmark = pytest.mark.slow
NAME = "project"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("project") / "term"
    root.mkdir()
    (root / "roster.csv").write_text("id,first_name,last_name,email\nada,Ada,Lovelace,ada@example.org\n")
    for file in ("course.toml", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / file, root)
    shutil.copytree(REPOSITORY / "notebooks/assignments" / NAME, root / "notebooks/assignments" / NAME)
    course = load_course(root)
    generate(course, NAME)
    return course


def texts(course: Course) -> dict[str, str]:
    """Return the source's sample answers by grade_id."""
    return {
        cell.metadata.nbgrader.grade_id: re.sub(r"### (BEGIN|END) SOLUTION\n?", "", cell.source)
        for cell in nbformat.read(course.source_notebook(NAME), as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def hand_in(course: Course, student: str, answers: dict[str, str]) -> None:
    notebook = nbformat.read(course.released_notebook(NAME), as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.source)
    folder = course.submitted / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")


def score_of(course: Course, student: str) -> Score:
    return next(score for score in scores(course, NAME) if score.student == student)


def give(course: Course, student: str, points: dict[str, float]) -> None:
    """Do what formgrader does when a person types points."""
    with open_gradebook(course) as gradebook:
        for name, value in points.items():
            row = gradebook.find_grade(name, NAME, NAME, student)
            row.manual_score, row.needs_manual_grade = value, False
        gradebook.db.commit()


def test_the_release_holds_rubrics_and_no_sample_answer(course: Course) -> None:
    released = course.released_notebook(NAME).read_text(encoding="utf-8")
    assert "SOLUTION" not in released
    assert "For whoever grades" not in released
    assert released.count("what graders see") == len(texts(course))
    for sample in texts(course).values():
        assert sample.strip().splitlines()[0] not in released


def test_it_waits_for_a_person_until_every_text_has_its_points(course: Course) -> None:
    answers = texts(course)
    hand_in(course, "ada", answers)
    assert [item.status for item in grade(course, NAME)] == ["graded"]
    waiting = score_of(course, "ada")
    assert (waiting.raw, waiting.max, waiting.needs_person) == (0.0, 30.0, True)
    assert set(waiting.cells) == set(answers)

    full = {"question": 2, "data": 2, "baseline": 1.5, "plan": 2, "risks": 1}
    give(course, "ada", full)
    assert (score_of(course, "ada").raw, score_of(course, "ada").needs_person) == (8.5, True)
    give(course, "ada", {name: 2.0 for name in answers if name not in full})
    assert (score_of(course, "ada").raw, score_of(course, "ada").needs_person) == (8.5 + 16, False)


def test_marks_of_the_first_part_outlive_the_next_hand_in(course: Course) -> None:
    answers = texts(course)
    first = {name: answers[name] for name in ("question", "data", "baseline", "plan", "risks")}
    hand_in(course, "emmy", first)
    assert [item.student for item in grade(course, NAME, students=["emmy"])] == ["emmy"]
    give(course, "emmy", dict.fromkeys(first, 2.0))
    assert score_of(course, "emmy").raw == 10.0

    hand_in(course, "emmy", answers)
    assert [item.status for item in grade(course, NAME, students=["emmy"])] == ["graded"]
    again = score_of(course, "emmy")
    assert (again.raw, again.needs_person) == (10.0, True)
    assert {name: again.cells[name] for name in first} == dict.fromkeys(first, 2.0)


def test_plain_nbgrader_generates_and_grades_it_alike(course: Course, run: Callable[..., object]) -> None:
    run("nbgrader", "generate_assignment", NAME, "--create", "--force", cwd=course.root)
    hand_in(course, "plain", texts(course))
    run("nbgrader", "autograde", NAME, "--student", "plain", "--create", cwd=course.root)
    found = score_of(course, "plain")
    assert (found.raw, found.max, found.needs_person) == (0.0, 30.0, True)
