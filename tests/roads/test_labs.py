"""Every lab through the whole road: done it earns all points, untouched none, half done it says what is missing.

By default every second lab, with FIRST_DESCENT_FULL=1 all.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable

import nbformat
import pytest
from small_term import REPOSITORY

from autograder.exercises import assignments, exercises_of
from autograder.grading import grade, pending
from autograder.marks import read_marks
from autograder.nbgrader_bridge.gradebook import scores
from autograder.nbgrader_bridge.steps import generate, open_gradebook
from autograder.receipts import receipts
from autograder.rules.coursefile import Course, load_course
from course_utils.checks.verdict import Outcome

pytestmark = pytest.mark.slow

LABS = [name for name in assignments() if name.startswith("lab")]
WALKED = LABS if os.environ.get("FIRST_DESCENT_FULL") else LABS[1::2]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("labs") / "term"
    root.mkdir()
    (root / "roster.csv").write_text("id,first_name,last_name,email\nada,Ada,Lovelace,ada@example.org\n")
    shutil.copy(REPOSITORY / "course.toml", root)
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    for name in LABS:
        shutil.copytree(REPOSITORY / "notebooks/assignments" / name, root / "notebooks/assignments" / name)
    return load_course(root)


def about(cell: nbformat.NotebookNode) -> dict[str, object]:
    return dict(cell.metadata.get("nbgrader", {}))


def questions_of(notebook: nbformat.NotebookNode) -> list[str]:
    return [
        str(about(cell)["grade_id"])
        for cell in notebook.cells
        if cell.cell_type == "markdown" and about(cell).get("grade") and about(cell).get("solution")
    ]


def answers_of(course: Course, name: str) -> dict[str, str]:
    """Return the source's solutions as a student would have written them, by grade_id."""
    return {
        str(about(cell)["grade_id"]): re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", cell.source)
        for cell in nbformat.read(course.source_notebook(name), as_version=4).cells
        if about(cell).get("solution")
    }


def hand_in(course: Course, name: str, student: str, answers: dict[str, str]) -> None:
    notebook = nbformat.read(course.released_notebook(name), as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(str(about(cell).get("grade_id")), cell.source)
    folder = course.submitted / student / name
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


def verdicts_of(course: Course, name: str, student: str) -> dict[str, tuple[Outcome, str]]:
    marks = read_marks(course.autograded / student / name / f"{name}.ipynb")
    assert marks is not None
    return {verdict.exercise: (verdict.outcome, verdict.message()) for verdict in marks.verdicts}


@pytest.mark.parametrize("name", LABS)
def test_a_lab_is_worth_ten_points_for_experiments_and_questions(name: str) -> None:
    notebook = nbformat.read(REPOSITORY / f"notebooks/assignments/{name}/{name}.ipynb", as_version=4)
    declared = exercises_of(name)
    questions = questions_of(notebook)
    assert 4 <= len(declared) <= 7
    assert 3 <= len(questions) <= 5
    assert sum(float(str(about(cell)["points"])) for cell in notebook.cells if about(cell).get("grade")) == 10
    texts = {str(about(cell).get("grade_id")) for cell in notebook.cells if about(cell).get("locked")}
    assert {f"{question}-text" for question in questions} <= texts


@pytest.mark.parametrize("name", WALKED)
def test_done_untouched_and_half_done(course: Course, name: str) -> None:
    generate(course, name)
    answers = answers_of(course, name)
    released = nbformat.read(course.released_notebook(name), as_version=4)
    (first, *_), (short, pasted, *_) = exercises_of(name), questions_of(released)
    sources = {str(about(cell).get("grade_id")): cell.source for cell in released.cells}
    hand_in(course, name, "done", answers)
    hand_in(course, name, "untouched", {})
    half = {
        f"{first}-answer": answers[f"{first}-answer"],
        short: "Because the loss fell.",
        pasted: sources[f"{pasted}-text"],
    }
    hand_in(course, name, "half", half)
    assert [item.status for item in grade(course, name)] == ["graded", "graded", "graded"]

    found = {score.student: score for score in scores(course, name)}
    done, untouched, half_done = (verdicts_of(course, name, student) for student in ("done", "untouched", "half"))
    assert [one for one in done.items() if one[1][0] is not Outcome.PASSED] == []
    assert (found["done"].raw, found["done"].max, found["done"].needs_person) == (10.0, 10.0, False)
    assert {outcome for outcome, _ in untouched.values()} == {Outcome.NOT_ATTEMPTED}
    assert (found["untouched"].raw, found["untouched"].needs_person) == (0.0, False)
    assert found["half"].raw == exercises_of(name)[first].contract.points
    assert half_done[first][0] is Outcome.PASSED
    assert half_done[short] == (Outcome.FAILED, half_done[short][1])
    assert "4 words: at least 15 are asked for." in half_done[short][1]
    assert half_done[pasted][0] is not Outcome.PASSED
    assert "Say in your own words" in half_done[pasted][1]
    left = {outcome for one, (outcome, _) in half_done.items() if one not in (first, short, pasted)}
    assert left == {Outcome.NOT_ATTEMPTED}

    receipt = next(each for each in receipts(course, name) if each.student == "half")
    lines = {line.exercise: line for line in receipt.lines}
    assert receipt.is_complete
    assert lines[first].rule == "Done: all points."
    assert (lines[short].rule, lines[short].points) == ("Not complete: no points yet.", 0.0)
    with open_gradebook(course) as gradebook:
        comment = gradebook.find_comment(short, name, name, "half").comment
    assert "4 words: at least 15" in comment


def mark_by_hand(course: Course, name: str, question: str, student: str, points: float) -> None:
    """Do what formgrader does when a person types a mark."""
    with open_gradebook(course) as gradebook:
        row = gradebook.find_grade(question, name, name, student)
        row.manual_score, row.needs_manual_grade = points, False
        gradebook.db.commit()


def state(course: Course, name: str, question: str, student: str) -> tuple[float | None, bool]:
    score = next(each for each in scores(course, name) if each.student == student)
    return score.cells[question], score.needs_person


def test_a_mark_by_hand_wins_and_stays_until_a_person_looks_at_a_changed_answer(course: Course) -> None:
    name = LABS[0]
    generate(course, name)
    answers = answers_of(course, name)
    question = questions_of(nbformat.read(course.released_notebook(name), as_version=4))[0]

    def regrade() -> tuple[float | None, bool]:
        assert [item.status for item in grade(course, name, students=["ada"], force=True)] == ["graded"]
        return state(course, name, question, "ada")

    hand_in(course, name, "ada", answers | {question: "Too short."})
    assert regrade() == (0.0, False)
    mark_by_hand(course, name, question, "ada", 0.5)
    assert state(course, name, question, "ada") == (0.5, False)
    assert regrade() == (0.5, False)  # nothing about the answer has changed: nobody has to look again

    hand_in(course, name, "ada", answers)
    assert regrade() == (0.5, True)  # the mark was given for another text
    assert regrade() == (0.5, True)  # and still nobody has looked
    mark_by_hand(course, name, question, "ada", 1.0)
    assert regrade() == (1.0, False)
    assert verdicts_of(course, name, "ada")[question][0] is Outcome.PASSED


def test_plain_nbgrader_grades_a_lab_alike(course: Course, run: Callable[..., object]) -> None:
    name = LABS[0]
    run("nbgrader", "generate_assignment", name, "--create", "--force", cwd=course.root)
    released = course.released_notebook(name).read_text(encoding="utf-8")
    assert "SOLUTION" not in released
    assert "raise NotImplementedError" not in released
    answers = answers_of(course, name)
    short = questions_of(nbformat.read(course.released_notebook(name), as_version=4))[0]
    hand_in(course, name, "plain", answers | {short: "No."})
    run("nbgrader", "autograde", name, "--student", "plain", "--create", cwd=course.root)
    found = next(score for score in scores(course, name) if score.student == "plain")
    assert (found.raw, found.cells[short], found.needs_person) == (9.0, 0.0, False)
    assert "1 word: at least 15" in verdicts_of(course, name, "plain")[short][1]


def test_how_many_words_an_answer_needs_is_read_from_the_course_file(course: Course) -> None:
    name = LABS[0]
    text = (course.root / "course.toml").read_text(encoding="utf-8")
    strict = text.replace("lab_answer_words = 15 ", "lab_answer_words = 1500 ")
    assert strict != text
    generate(course, name)
    try:
        (course.root / "course.toml").write_text(strict, encoding="utf-8")
        hand_in(course, name, "brief", answers_of(course, name))
        assert [item.status for item in grade(load_course(course.root), name, students=["brief"])] == ["graded"]
    finally:
        (course.root / "course.toml").write_text(text, encoding="utf-8")
    experiments = sum(exercise.contract.points for exercise in exercises_of(name).values())
    found = next(score for score in scores(course, name) if score.student == "brief")
    assert found.raw == experiments
    assert pending(course, name, ["brief"]) == {"brief": "a limit in course.toml, [grading] changed"}
