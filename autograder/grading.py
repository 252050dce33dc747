"""Grade an assignment: every submission that would come out differently, one at a time, none stops the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from autograder.errors import GradebookError, UnknownAssignmentError
from autograder.fingerprint import fingerprint, read_record, record_path, why_changed, write_record
from autograder.intake.collected import accepted
from autograder.nbgrader_bridge.steps import autograde
from autograder.rules.coursefile import Course


class Status(StrEnum):
    """What a grading run did with a submission."""

    GRADED = "graded"
    UNCHANGED = "unchanged"
    NEEDS_PERSON = "needs a person"


@dataclass(frozen=True)
class Graded:
    """One submission's fate in a grading run: what was done, why, and the seconds it took."""

    student: str
    assignment: str
    status: Status
    reason: str
    seconds: float = 0.0


OnStart = Callable[[str, int, int], Callable[[int, int], None] | None]
"""`on_start(student, number, total)` is told who is next; it may return a callback for the cells done."""


def submissions(course: Course, assignment: str) -> tuple[str, ...]:
    """Return the students who have something in `submitted` for `assignment`."""
    if not course.submitted.is_dir():
        return ()
    return tuple(sorted(folder.name for folder in course.submitted.iterdir() if (folder / assignment).is_dir()))


def pending(course: Course, assignment: str, students: Sequence[str]) -> dict[str, str]:
    """Return for each student why the submission would be graded now; "" means it would not."""
    fates = accepted(course, assignment)
    reasons = {}
    for student in students:
        now = fingerprint(course, assignment, student, fates.get(student))
        before = read_record(record_path(course, assignment, student))
        is_there = (course.autograded / student / assignment).is_dir()
        reasons[student] = why_changed(before, now) if is_there else "not graded before"
    return reasons


def grade(
    course: Course,
    assignment: str,
    *,
    students: Sequence[str] = (),
    force: bool = False,
    on_start: OnStart | None = None,
) -> Iterator[Graded]:
    """Grade the submissions of `assignment` that changed (all with `force`) and yield each as it is done.

    What is yielded is in the gradebook: stopping between two submissions loses nothing.

    Raises UnknownAssignmentError if there is no such assignment or a named student handed nothing in.
    """
    course.source_notebook(assignment)
    present = submissions(course, assignment)
    missing = [student for student in students if student not in present]
    if missing:
        raise UnknownAssignmentError(f"{missing[0]} has handed in nothing for {assignment}.")
    chosen = tuple(students) or present
    reasons = pending(course, assignment, chosen)
    for number, student in enumerate(chosen):
        reason = "asked for" if force else reasons[student]
        if not reason:
            yield Graded(student, assignment, Status.UNCHANGED, "nothing it depends on has changed")
            continue
        on_cell = on_start(student, number, len(chosen)) if on_start is not None else None
        yield _grade_one(course, assignment, student, reason, on_cell)


def _grade_one(
    course: Course, assignment: str, student: str, reason: str, on_cell: Callable[[int, int], None] | None
) -> Graded:
    started = time.perf_counter()
    path = record_path(course, assignment, student)
    # While it is being graded it counts as not graded: an interrupted run takes it up again.
    path.unlink(missing_ok=True)
    try:
        autograde(course, assignment, student, on_cell)
    except GradebookError as error:
        return Graded(student, assignment, Status.NEEDS_PERSON, str(error), time.perf_counter() - started)
    write_record(path, fingerprint(course, assignment, student, accepted(course, assignment).get(student)))
    return Graded(student, assignment, Status.GRADED, reason, time.perf_counter() - started)
