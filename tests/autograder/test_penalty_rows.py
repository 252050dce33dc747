"""What nbgrader's database and nbgrader's own export say is what the course's rules say, row by row."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from graded_class import build_course, copy_course
from nbgrader.plugins import CsvExportPlugin

from autograder.intake.fates import ACCEPTED, LEDGER, Deduction, Fate, Ledger, save_ledger
from autograder.nbgrader_bridge.gradebook import Score, score_rows
from autograder.nbgrader_bridge.penalties import refresh_penalties
from autograder.nbgrader_bridge.steps import open_gradebook
from autograder.rules.coursefile import Course, load_course
from autograder.term import load_term

HOMEWORK, LAB = "homework", "lab"
NAME, HEADER = Deduction("name", 5, "called x.ipynb"), Deduction("header", 5, "no name at the top")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return build_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def course(built: Course, tmp_path: Path) -> Course:
    return copy_course(built, tmp_path / "course")


def nbgraders_export(course: Course, to: Path) -> dict[str, dict[str, str]]:
    plugin = CsvExportPlugin(to=str(to))
    with open_gradebook(course) as gradebook:
        plugin.export(gradebook)
    return {row["student_id"]: row for row in csv.DictReader(to.read_text(encoding="utf-8").splitlines())}


# s001 earned 15 of 15, due 2027-02-05 23:59 in New York, which is 04:59 UTC on the 6th.
# kind, handed in (UTC), form, a mark by hand for gd_fit (3 points), what is taken
ROWS = [
    (HOMEWORK, "2027-02-06 04:59:59", (), None, 0),
    (HOMEWORK, "2027-02-06 05:00:00", (), None, 1.5),
    (HOMEWORK, "2027-02-08 05:00:00", (), None, 4.5),
    (HOMEWORK, "2027-02-08 05:00:00", (), 1, 3.9),  # of 13
    (HOMEWORK, "2027-02-06 04:00:00", (NAME, HEADER), None, 1.5),
    (HOMEWORK, "2027-02-06 05:00:00", (NAME, HEADER), None, 3),
    (HOMEWORK, "2027-02-15 04:59:00", (NAME, HEADER), None, 15),  # 90 % and 10 %
    (HOMEWORK, "2027-03-15 04:59:00", (NAME, HEADER), None, 15),  # never more than there is
    (HOMEWORK, "2027-02-06 04:00:00", (), 6, 3),  # 18 of 15: the cap takes what is over
    (HOMEWORK, "2027-02-06 05:00:00", (), 6, 4.5),
    (LAB, "2027-02-06 05:00:00", (), None, 7.5),
    (LAB, "2027-02-13 04:58:59", (), None, 7.5),
    (LAB, "2027-02-13 04:59:00", (), None, 15),
]


@pytest.mark.parametrize(("kind", "when", "faults", "by_hand", "taken"), ROWS)
def test_the_penalty_that_nbgrader_keeps_is_what_the_rules_take(
    course: Course, kind: str, when: str, faults: tuple[Deduction, ...], by_hand: float | None, taken: float
) -> None:
    file = course.root / "course.toml"
    file.write_text(file.read_text().replace('kind = "homework"', f'kind = "{kind}"'))
    course = load_course(course.root)
    fate = Fate("x.ipynb", ACCEPTED, "", student_id="s001", assignment="hw1", deductions=faults)
    save_ledger(course.records / LEDGER, Ledger((fate,)))
    with open_gradebook(course) as gradebook:
        gradebook.find_submission("hw1", "s001").timestamp = datetime.fromisoformat(when)
        gradebook.find_grade("gd_fit", "hw1", "hw1", "s001").manual_score = by_hand
        gradebook.db.commit()
    refresh_penalties(course, "hw1")
    mine = load_term(course).entry("s001", "hw1").grade
    theirs = nbgraders_export(course, course.root / "nbgrader.csv")["s001"]
    assert float(theirs["late_submission_penalty"]) == pytest.approx(taken)
    assert sum(line.points for line in mine.deductions) == pytest.approx(taken)
    assert float(theirs["score"]) == pytest.approx(mine.final)
    assert float(theirs["raw_score"]) == pytest.approx(mine.raw)


def added_up(submission: Any, assignment: str) -> Score:
    """Read one submission by nbgrader's own sums."""
    moment = submission.timestamp
    cells = {
        # nbgrader's own score is 0.0 where nobody has graded yet: not graded is not 0
        grade.name: (None if grade.auto_score is None and grade.manual_score is None else float(grade.score))
        for notebook in submission.notebooks
        for grade in notebook.grades
    }
    by_hand = {
        grade.name: float(grade.manual_score)
        for notebook in submission.notebooks
        for grade in notebook.grades
        if grade.manual_score is not None
    }
    return Score(
        student=submission.student.id,
        assignment=assignment,
        raw=float(submission.score or 0.0),
        max=float(submission.max_score or 0.0),
        penalty=float(submission.late_submission_penalty or 0.0),
        submitted_at=moment.replace(tzinfo=UTC) if moment is not None else None,
        needs_person=bool(submission.needs_manual_grade),
        cells=cells,
        by_hand=by_hand,
    )


def test_the_class_is_read_as_nbgrader_adds_it_up(course: Course) -> None:
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade("mse", "hw1", "hw1", "s002")
        grade.manual_score, grade.extra_credit = 0.5, 0.25
        gradebook.find_grade("sse", "hw1", "hw1", "s004").extra_credit = 1.0
        gradebook.db.commit()
        found = gradebook.find_assignment("hw1")
        one_by_one = sorted((added_up(each, "hw1") for each in found.submissions), key=lambda row: row.student)
        assert list(score_rows(gradebook, found)) == one_by_one
        assert [row for each in one_by_one for row in score_rows(gradebook, found, each.student)] == one_by_one
    assert {row.student: row.needs_person for row in one_by_one}["s007"]
