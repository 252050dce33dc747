"""Write what the course's rules take where nbgrader keeps its late penalty, so that its export agrees with ours.

nbgrader has one column for deductions; late and format stand in it together, and the receipt tells them apart.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC
from typing import Any

from nbgrader.api import MissingEntry

from autograder.intake.collected import accepted
from autograder.intake.fates import Deduction
from autograder.nbgrader_bridge.steps import open_gradebook
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
        for submission in found.submissions:
            student = submission.student.id
            if students is not None and student not in students:
                continue
            fate = fates.get(student)
            before = _penalty(submission)
            _write(course, submission, assignment, student, fate.deductions if fate is not None else ())
            now = _penalty(submission)
            if abs(now - before) > 1e-9:
                changed[student] = (before, now)
        gradebook.db.commit()
    return dict(sorted(changed.items()))


def _write(
    course: Course, submission: Any, assignment: str, student: str, faults: tuple[Deduction, ...]
) -> Grade:
    grade = apply(_grade(course, submission, assignment, student), rules(course, faults))
    left = sum(line.points for line in grade.deductions)
    for notebook in submission.notebooks:
        # Several notebooks share the deduction; none is charged more than it earned.
        taken = max(0.0, min(left, float(notebook.score or 0.0)))
        notebook.late_submission_penalty = taken or None
        left -= taken
    return grade


def _penalty(submission: Any) -> float:
    # from the notebooks: the submission's own sum is as old as the last time it was read
    return sum(float(notebook.late_submission_penalty or 0.0) for notebook in submission.notebooks)


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
