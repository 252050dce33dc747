"""Grade an assignment: every submission that would come out differently, none stops the rest.

Notebooks may run several at a time; what is written is written by one process, submission by submission.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import islice

from autograder.engine.worker.client import isolation_here
from autograder.errors import GradebookError, UnknownAssignmentError
from autograder.fingerprint import Fingerprints, read_record, record_path, why_changed, write_record
from autograder.intake.collected import accepted
from autograder.nbgrader_bridge.classpass import ClassPass, OnCell
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


OnStart = Callable[[str, int, int], OnCell | None]
"""`on_start(student, number, total)` is told who is next; it may return a callback for the cells done."""


def submissions(course: Course, assignment: str) -> tuple[str, ...]:
    """Return the students who have something in `submitted` for `assignment`."""
    if not course.submitted.is_dir():
        return ()
    return tuple(sorted(folder.name for folder in course.submitted.iterdir() if (folder / assignment).is_dir()))


def pending(course: Course, assignment: str, students: Sequence[str]) -> dict[str, str]:
    """Return for each student why the submission would be graded now; "" means it would not."""
    return _reasons(course, assignment, students, Fingerprints(course, assignment, accepted(course, assignment)))


def grade(
    course: Course,
    assignment: str,
    *,
    students: Sequence[str] = (),
    force: bool = False,
    on_start: OnStart | None = None,
    jobs: int = 1,
    require_sandbox: bool = False,
) -> Iterator[Graded]:
    """Grade the submissions of `assignment` that changed (all with `force`) and yield each as it is done.

    What is yielded is in the gradebook: stopping between two submissions loses nothing. With `jobs` above 1
    that many notebooks run at a time, ahead of the submission that is being entered.

    Raises UnknownAssignmentError if there is no such assignment or a named student handed nothing in,
    SandboxError if a sandbox is required and cannot be had.
    """
    if require_sandbox:
        isolation_here().require()
    course.source_notebook(assignment)
    present = submissions(course, assignment)
    missing = [student for student in students if student not in present]
    if missing:
        raise UnknownAssignmentError(f"{missing[0]} has handed in nothing for {assignment}.")
    chosen = tuple(dict.fromkeys(students)) or present
    fingerprints = Fingerprints(course, assignment, accepted(course, assignment))
    reasons = _reasons(course, assignment, chosen, fingerprints)
    wanted = [student for student in chosen if force or reasons[student]]
    if not wanted:
        yield from (_unchanged(student, assignment) for student in chosen)
        return
    with ClassPass(course, assignment, fingerprints.fates, jobs) as run:
        ahead = iter(wanted)
        for student in islice(ahead, 2 * jobs):
            run.begin(student)
        for number, student in enumerate(chosen):
            if student not in wanted:
                yield _unchanged(student, assignment)
                continue
            on_cell = on_start(student, number, len(chosen)) if on_start is not None else None
            reason = "asked for" if force else reasons[student]
            graded = _grade_one(course, assignment, student, reason, partial(run.enter, student, on_cell), fingerprints)
            for other in islice(ahead, 1):
                run.begin(other)
            yield graded


def _unchanged(student: str, assignment: str) -> Graded:
    return Graded(student, assignment, Status.UNCHANGED, "nothing it depends on has changed")


def _reasons(
    course: Course, assignment: str, students: Sequence[str], fingerprints: Fingerprints
) -> dict[str, str]:
    reasons = {}
    for student in students:
        before = read_record(record_path(course, assignment, student))
        is_there = (course.autograded / student / assignment).is_dir()
        reasons[student] = why_changed(before, fingerprints.of(student)) if is_there else "not graded before"
    return reasons


def _grade_one(
    course: Course,
    assignment: str,
    student: str,
    reason: str,
    enter: Callable[[], None],
    fingerprints: Fingerprints,
) -> Graded:
    started = time.perf_counter()
    path = record_path(course, assignment, student)
    # While it is being graded it counts as not graded: an interrupted run takes it up again.
    path.unlink(missing_ok=True)
    now = fingerprints.of(student)
    try:
        enter()
    except GradebookError as error:
        return Graded(student, assignment, Status.NEEDS_PERSON, str(error), time.perf_counter() - started)
    write_record(path, now)
    return Graded(student, assignment, Status.GRADED, reason, time.perf_counter() - started)
