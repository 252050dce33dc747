"""Read nbgrader's database as plain rows: it is the truth about grades, whoever wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from nbgrader.api import MissingEntry

from autograder.nbgrader_bridge.steps import open_gradebook
from autograder.rules.coursefile import Course
from autograder.rules.roster import Student, load_roster


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


def scores(course: Course, assignment: str) -> tuple[Score, ...]:
    """Return the gradebook's rows for `assignment`, by student."""
    with open_gradebook(course) as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            return ()
        rows = [score_row(submission, assignment) for submission in found.submissions]
    return tuple(sorted(rows, key=lambda row: row.student))


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


def score_row(submission: object, assignment: str) -> Score:
    """Read one submission of an open gradebook."""
    moment = submission.timestamp  # type: ignore[attr-defined]
    cells = {
        # nbgrader's own score is 0.0 where nobody has graded yet: not graded is not 0
        grade.name: (None if grade.auto_score is None and grade.manual_score is None else float(grade.score))
        for notebook in submission.notebooks  # type: ignore[attr-defined]
        for grade in notebook.grades
    }
    by_hand = {
        grade.name: float(grade.manual_score)
        for notebook in submission.notebooks  # type: ignore[attr-defined]
        for grade in notebook.grades
        if grade.manual_score is not None
    }
    return Score(
        student=submission.student.id,  # type: ignore[attr-defined]
        assignment=assignment,
        raw=float(submission.score or 0.0),  # type: ignore[attr-defined]
        max=float(submission.max_score or 0.0),  # type: ignore[attr-defined]
        penalty=float(submission.late_submission_penalty or 0.0),  # type: ignore[attr-defined]
        submitted_at=moment.replace(tzinfo=UTC) if moment is not None else None,
        needs_person=bool(submission.needs_manual_grade),  # type: ignore[attr-defined]
        cells=cells,
        by_hand=by_hand,
    )
