"""Write what the course's rules take where nbgrader keeps its late penalty, so that its export agrees with ours.

nbgrader has one column for deductions; late and format stand in it together, and the receipt tells them apart.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from nbgrader.api import MissingEntry

from autograder.intake.collected import accepted
from autograder.intake.fates import Deduction
from autograder.nbgrader_bridge.gradebook import score_rows
from autograder.nbgrader_bridge.steps import open_gradebook
from autograder.rules.coursefile import Course
from autograder.rules.policies import Grade, apply, rules


def set_penalty(gradebook: Any, course: Course, assignment: str, student: str, faults: tuple[Deduction, ...]) -> Grade:
    """Set the penalty of one submission by the course's rules; returns the grade record it rests on.

    `gradebook` is an open nbgrader Gradebook; `faults` is what the file's name and form cost.
    A submission that nobody has graded yet gets no penalty.
    """
    submission = gradebook.find_submission(assignment, student)
    grade = _write(course, submission, assignment, student, faults)
    gradebook.db.commit()
    return grade


def refresh_penalties(
    course: Course, assignment: str, students: Collection[str] | None = None
) -> dict[str, tuple[float, float]]:
    """Apply the course's rules anew to every graded submission: marks given by hand, extensions and rules may be new.

    With `students`, only to theirs. Returns student -> (penalty before, penalty now) of those that changed.
    """
    fates = accepted(course, assignment)
    changed: dict[str, tuple[float, float]] = {}
    with open_gradebook(course) as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            return {}
        for score in score_rows(gradebook, found):
            if students is not None and score.student not in students:
                continue
            fate = fates.get(score.student)
            faults = fate.deductions if fate is not None else ()
            grade = _grade(course, assignment, score.student, score.raw, score.max, score.submitted_at)
            grade = apply(grade, rules(course, faults))
            now = max(0.0, min(_taken(grade), score.raw))
            if abs(now - score.penalty) > 1e-9:
                changed[score.student] = (score.penalty, now)
                submission = gradebook.find_submission(assignment, score.student)
                _write(course, submission, assignment, score.student, faults)
        gradebook.db.commit()
    return changed


def _write(course: Course, submission: Any, assignment: str, student: str, faults: tuple[Deduction, ...]) -> Grade:
    moment = submission.timestamp
    grade = _grade(
        course,
        assignment,
        student,
        float(submission.score or 0.0),
        float(submission.max_score or 0.0),
        moment.replace(tzinfo=UTC) if moment is not None else None,
    )
    grade = apply(grade, rules(course, faults))
    left = _taken(grade)
    for notebook in submission.notebooks:
        # Several notebooks share the deduction; none is charged more than it earned.
        taken = max(0.0, min(left, float(notebook.score or 0.0)))
        notebook.late_submission_penalty = taken or None
        left -= taken
    return grade


def _taken(grade: Grade) -> float:
    return sum(line.points for line in grade.deductions)


def _grade(
    course: Course, assignment: str, student: str, raw: float, most: float, submitted_at: datetime | None
) -> Grade:
    return Grade(
        student_id=student,
        assignment=assignment,
        kind=course.assignment(assignment).kind,
        raw=raw,
        max=most,
        submitted_at=submitted_at,
    )


def recorded_deductions(course: Course, assignment: str, student: str) -> tuple[Deduction, ...]:
    """Return what the form of the student's file costs, as `course collect` recorded it."""
    fate = accepted(course, assignment).get(student)
    return fate.deductions if fate is not None else ()
