"""Write what the course's rules take where nbgrader keeps its late penalty, so that its export agrees with ours.

nbgrader has one column for deductions; late and format stand in it together, and the receipt tells them apart.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from autograder.intake.collected import accepted
from autograder.intake.fates import Deduction
from autograder.rules.coursefile import Course
from autograder.rules.policies import Grade, apply, rules


def set_penalty(
    gradebook: Any, course: Course, assignment: str, student: str, faults: tuple[Deduction, ...]
) -> Grade:
    """Set the penalty of one submission by the course's rules; returns the grade record it rests on.

    `gradebook` is an open nbgrader Gradebook; `faults` is what the file's name and form cost.
    A submission that nobody has graded yet gets no penalty.
    """
    submission = gradebook.find_submission(assignment, student)
    grade = apply(_grade(course, submission, assignment, student), rules(course, faults))
    left = sum(line.points for line in grade.deductions)
    for notebook in submission.notebooks:
        # Several notebooks share the deduction; none is charged more than it earned.
        taken = max(0.0, min(left, float(notebook.score or 0.0)))
        notebook.late_submission_penalty = taken or None
        left -= taken
    gradebook.db.commit()
    return grade


def _grade(course: Course, submission: Any, assignment: str, student: str) -> Grade:
    moment = submission.timestamp
    return Grade(
        student_id=student,
        assignment=assignment,
        kind=course.assignment(assignment).kind,
        raw=float(submission.score or 0.0),
        max=float(submission.max_score or 0.0),
        submitted_at=moment.replace(tzinfo=UTC) if moment is not None else None,
    )


def recorded_deductions(course: Course, assignment: str, student: str) -> tuple[Deduction, ...]:
    """Return what the form of the student's file costs, as `course collect` recorded it."""
    fate = accepted(course, assignment).get(student)
    return fate.deductions if fate is not None else ()
