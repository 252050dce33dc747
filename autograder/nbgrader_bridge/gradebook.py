"""Read nbgrader's database as plain rows: it is the truth about grades, whoever wrote them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.api import BaseCell, Grade, MissingEntry, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import and_, select

from autograder.nbgrader_bridge.steps import open_gradebook
from autograder.rules.coursefile import Course
from autograder.rules.roster import Student, load_roster

_SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Score:
    """One submission as the gradebook has it; points, and the moment it was handed in (UTC).

    `raw` counts what is graded so far; `needs_person` says that something still waits for a manual grade;
    `by_hand` holds the marks that a person gave: each stands in `cells` in place of the check's.
    """

    student: str
    assignment: str
    raw: float
    max: float
    penalty: float
    submitted_at: datetime | None
    needs_person: bool
    cells: Mapping[str, float | None] = field(default_factory=dict)
    by_hand: Mapping[str, float] = field(default_factory=dict)

    @property
    def final(self) -> float:
        """The points that count: never below 0."""
        return max(0.0, self.raw - self.penalty)


def is_there(course: Course) -> bool:
    """Whether there is a gradebook to look into: of a SQLite file that is missing, opening would make an empty one."""
    file = course.gradebook.removeprefix(_SQLITE)
    return file == course.gradebook or Path(file).exists()


def scores(course: Course, assignment: str) -> tuple[Score, ...]:
    """Return the gradebook's rows for `assignment`, by student."""
    with open_gradebook(course) as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            return ()
        return score_rows(gradebook, found)


def maximum(course: Course, assignment: str) -> float | None:
    """Return the points `assignment` is worth, or None if the gradebook does not know it yet."""
    with open_gradebook(course) as gradebook:
        try:
            return float(gradebook.find_assignment(assignment).max_score)
        except MissingEntry:
            return None


def class_list(course: Course) -> tuple[Student, ...]:
    """Return who is in the class: the roster, or where there is no such file the students nbgrader knows.

    Raises RosterError if there is a roster that cannot be read.
    """
    if course.roster.exists():
        return load_roster(course.roster)
    with open_gradebook(course) as gradebook:
        known = [
            Student(person.id, person.first_name or "", person.last_name or "", person.email or "")
            for person in gradebook.students
        ]
    return tuple(sorted(known, key=lambda student: student.id))


def score_rows(gradebook: Any, found: Any, student: str = "") -> tuple[Score, ...]:
    """Read all submissions of an assignment of an open gradebook, by student; or those of one `student`.

    Three questions for the class: nbgrader's own sums ask the database several times for each submission.
    """
    ask, mine = gradebook.db.execute, SubmittedAssignment.assignment_id == found.id
    if student:
        mine = and_(mine, SubmittedAssignment.student_id == student)
    of_all = (SubmittedAssignment.id, SubmittedAssignment.student_id, SubmittedAssignment.timestamp)
    whole = ask(select(*of_all).where(mine)).all()
    handed_in = SubmittedNotebook.assignment_id == SubmittedAssignment.id
    penalties: defaultdict[str, float] = defaultdict(float)
    for key, penalty in ask(
        select(SubmittedAssignment.id, SubmittedNotebook.late_submission_penalty).where(mine, handed_in)
    ):
        penalties[key] += penalty or 0.0
    grades: defaultdict[str, list[Any]] = defaultdict(list)
    columns = (BaseCell.name, Grade.auto_score, Grade.manual_score, Grade.score, Grade.needs_manual_grade)
    of_them = (Grade.notebook_id == SubmittedNotebook.id, BaseCell.id == Grade.cell_id)
    for row in ask(select(SubmittedAssignment.id, *columns).where(mine, handed_in, *of_them)):
        grades[row[0]].append(row)
    most = float(found.max_score or 0.0)
    rows = [
        Score(
            student=student,
            assignment=found.name,
            raw=math.fsum(row.score for row in grades[key]),
            max=most,
            penalty=penalties[key],
            submitted_at=moment.replace(tzinfo=UTC) if moment is not None else None,
            needs_person=any(row.needs_manual_grade for row in grades[key]),
            # nbgrader's own score is 0.0 where nobody has graded yet: not graded is not 0
            cells={
                row.name: None if row.auto_score is None and row.manual_score is None else float(row.score)
                for row in grades[key]
            },
            by_hand={row.name: float(row.manual_score) for row in grades[key] if row.manual_score is not None},
        )
        for key, student, moment in whole
    ]
    return tuple(sorted(rows, key=lambda row: row.student))
