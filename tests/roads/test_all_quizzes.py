"""Every quiz through the whole road: all right earns everything, untouched nothing, wrong is named on the page."""

from __future__ import annotations

import importlib
import re
import shutil
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import nbformat
import pytest
from small_term import REPOSITORY

from autograder.exercises import assignments
from autograder.feedback import write_feedback
from autograder.grading import grade
from autograder.marks import read_marks
from autograder.nbgrader_bridge.gradebook import scores
from autograder.nbgrader_bridge.steps import generate
from autograder.questions import Quiz
from autograder.report import write_report
from autograder.rules.coursefile import Course, load_course
from course_utils.checks.verdict import Outcome

pytestmark = pytest.mark.slow

QUIZZES: dict[str, Quiz] = {
    name: importlib.import_module(f"autograder.exercises.{name}").QUIZ
    for name in assignments()
    if name.startswith("quiz")
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("quizzes") / "term"
    root.mkdir()
    shutil.copy(REPOSITORY / "course.toml", root)
    config = (REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8")
    exchange = f"\nget_config().Exchange.root = {str(root / 'exchange')!r}\n"
    (root / "nbgrader_config.py").write_text(config + exchange, encoding="utf-8")
    (root / "roster.csv").write_text(
        "id,first_name,last_name,email\nright,Rita,Right,\nwrong,Walt,Wrong,\nopen,Olga,Open,\n",
        encoding="utf-8",
    )
    for name in QUIZZES:
        shutil.copytree(REPOSITORY / "notebooks/assignments" / name, root / "notebooks/assignments" / name)
    return load_course(root)


def hand_in(course: Course, name: str, student: str, answers: Mapping[str, object]) -> None:
    """Answer the released quiz as a student would: in place of the three dots."""
    notebook = nbformat.read(course.released_notebook(name), as_version=4)
    for cell in notebook.cells:
        question = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-answer")
        if cell.metadata.get("nbgrader", {}).get("solution") and question in answers:
            cell.source = cell.source.replace("...", repr(answers[question]), 1)
    folder = course.submitted / student / name
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


def wrong_answers(quiz: Quiz, pick: int = 0) -> dict[str, object]:
    return {question.name: question.mistakes[pick].answer for question in quiz.questions}


def verdicts(course: Course, name: str, student: str):
    marks = read_marks(course.autograded / student / name / f"{name}.ipynb")
    assert marks is not None
    return {verdict.exercise: verdict for verdict in marks.verdicts}


def words(page: Path) -> str:
    text = re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))
    return re.sub(r"\s+", " ", unescape(text))


@pytest.mark.parametrize("name", QUIZZES)
def test_a_quiz_goes_the_whole_road(course: Course, name: str) -> None:
    quiz = QUIZZES[name]
    generate(course, name)
    hand_in(course, name, "right", {question.name: question.reference for question in quiz.questions})
    hand_in(course, name, "wrong", wrong_answers(quiz))
    hand_in(course, name, "open", {})
    assert [item.status for item in grade(course, name)] == ["graded"] * 3

    found = {score.student: score for score in scores(course, name)}
    full = 10.0 * len(quiz.questions)
    assert {student: (score.raw, score.max, score.needs_person) for student, score in found.items()} == {
        "right": (full, full, False),
        "wrong": (0.0, full, False),
        "open": (0.0, full, False),
    }
    assert {verdict.outcome for verdict in verdicts(course, name, "right").values()} == {Outcome.PASSED}
    assert {verdict.outcome for verdict in verdicts(course, name, "open").values()} == {Outcome.NOT_ATTEMPTED}
    named = {question: verdict.mistake for question, verdict in verdicts(course, name, "wrong").items()}
    assert named == {question.name: question.mistakes[0].name for question in quiz.questions}

    pages = {page.parent.parent.name: page for page in write_feedback(course, name)}
    said = words(pages["wrong"])
    for question in quiz.questions:
        assert question.mistakes[0].idea.replace("`", "") in said, question.name
        assert question.mistakes[0].look.replace("`", "") in said, question.name
        for other in question.mistakes[1:]:
            assert other.idea == question.mistakes[0].idea or other.idea not in said, other.name
        assert question.why not in said
    assert quiz.questions[0].mistakes[0].idea in words(write_report(course, name))


def test_plain_nbgrader_with_the_kits_configuration_grades_a_quiz(course: Course, tmp_path: Path, run) -> None:
    root = tmp_path / "term"
    kept_out = shutil.ignore_patterns("*.db", "autograded", "feedback", "submitted", "release")
    shutil.copytree(course.root, root, ignore=kept_out)
    name, quiz = "quiz1", QUIZZES["quiz1"]
    run("nbgrader", "generate_assignment", name, "--create", cwd=root)
    here = load_course(root)
    released = here.released_notebook(name).read_text(encoding="utf-8")
    assert "NotImplementedError" not in released
    assert "SOLUTION" not in released
    mixed = wrong_answers(quiz, pick=1) | {"quiz1_mse": "10.0 ", "quiz1_level": "(D)", "quiz1_step": "0,8"}
    hand_in(here, name, "wrong", mixed)
    run("nbgrader", "autograde", name, cwd=root)
    given = verdicts(here, name, "wrong")
    assert sum(verdict.points for verdict in given.values()) == 20.0
    assert given["quiz1_step"].mistake == "malformed"
    assert given["quiz1_slope"].mistake == "forgot_the_two"
    run("nbgrader", "generate_feedback", name, cwd=root)
    page = words(root / f"feedback/wrong/{name}/{name}.html")
    assert "The derivative of a square brings a factor of 2 with it" in page
    assert "Write the point as a point" in page
