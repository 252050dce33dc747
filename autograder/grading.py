"""Grade an assignment: every submission that would come out differently, none stops the rest.

Notebooks may run several at a time; what is written is written by one process, submission by submission.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import StrEnum

from autograder.engine.worker.client import isolation_here
from autograder.errors import GradebookError, UnknownAssignmentError
from autograder.fingerprint import (
    Fingerprints,
    changes_rules_only,
    read_record,
    record_path,
    why_changed,
    write_record,
)
from autograder.history import Chronicle, Event
from autograder.intake.collected import accepted
from autograder.intake.fates import Fate
from autograder.nbgrader_bridge.classpass import ClassPass, OnCell
from autograder.nbgrader_bridge.gaveup import forget_given_up, note_given_up
from autograder.nbgrader_bridge.gradebook import is_there, scores
from autograder.nbgrader_bridge.penalties import refresh_penalties
from autograder.nbgrader_bridge.places import Place, cluster, here
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


NO_RUN = "the course's rules were applied anew, the notebook did not run again"
"""Said where only what the rules take could differ."""

BY_HAND = "what the rules take differs, for a mark was given by hand"
"""Said where nothing has changed but the points that the rules take from."""

OnStart = Callable[[str, int, int], OnCell | None]
"""`on_start(student, number, total)` is told who is next; it may return a callback for the cells done."""


def submissions(course: Course, assignment: str) -> tuple[str, ...]:
    """Return the students who have something in `submitted` for `assignment`."""
    if not course.submitted.is_dir():
        return ()
    return tuple(sorted(folder.name for folder in course.submitted.iterdir() if (folder / assignment).is_dir()))


def chosen_of(course: Course, assignment: str, students: Sequence[str]) -> tuple[str, ...]:
    """Return those of `students`, each once, or if none is named all who have something in `submitted`.

    Raises UnknownAssignmentError if one who is named handed nothing in.
    """
    present = submissions(course, assignment)
    missing = [student for student in students if student not in present]
    if missing:
        raise UnknownAssignmentError(
            f"{missing[0]} has handed in nothing for {assignment}.",
            f"The folders in {course.submitted} are the students who have: name one of these.",
        )
    return tuple(dict.fromkeys(students)) or present


def pending(course: Course, assignment: str, students: Sequence[str]) -> dict[str, str]:
    """Return for each student why the submission would be graded now; "" means it would not."""
    graded = {score.student for score in scores(course, assignment)} if students and is_there(course) else set()
    fingerprints = Fingerprints(course, assignment, accepted(course, assignment))
    return _reasons(course, assignment, students, fingerprints, graded)


def grade(
    course: Course,
    assignment: str,
    *,
    students: Sequence[str] = (),
    force: bool = False,
    on_start: OnStart | None = None,
    jobs: int = 1,
    require_sandbox: bool = False,
    scheduler: str = "",
    place: AbstractContextManager[Place] | None = None,
) -> Iterator[Graded]:
    """Grade the submissions of `assignment` that changed (all with `force`) and yield each as it is done.

    What is yielded is in the gradebook: stopping between two submissions loses nothing. With `jobs` above 1
    that many notebooks run at a time, ahead of the submission that is being entered; with the address of a Dask
    `scheduler` they run on its workers, and with a `place` wherever that runs them. Where only a rule or an
    extension has changed, nothing runs: the rules are applied to what was earned.

    Raises UnknownAssignmentError if there is no such assignment or a named student handed nothing in,
    SandboxError if a sandbox is required and cannot be had, ClusterError if the scheduler does not answer.
    """
    if require_sandbox and not scheduler:
        isolation_here().require()
    course.source_notebook(assignment)
    chosen = chosen_of(course, assignment, students)
    fingerprints = Fingerprints(course, assignment, accepted(course, assignment))
    if not chosen:
        return
    rows = {score.student: score for score in scores(course, assignment)}
    reasons = _reasons(course, assignment, chosen, fingerprints, rows)
    wanted = [student for student in chosen if force or reasons[student]]
    chronicle = Chronicle(course, assignment)
    for score in rows.values():
        chronicle.look(score)  # marks given by hand since then, before this run moves anything
    ruled = () if force else [name for name in wanted if name in rows and needs_no_run(course, fingerprints, name)]
    done = _apply_rules(course, assignment, ruled, reasons, fingerprints, chronicle) if ruled else {}
    still = [name for name in chosen if name in rows and name not in wanted]
    done |= _follow_marks(course, assignment, still, chronicle) if still else {}
    to_run = [student for student in wanted if student not in done]
    if not to_run:
        yield from (done.get(student) or _unchanged(student, assignment) for student in chosen)
        return
    where = place or (cluster(scheduler, needs_sandbox=require_sandbox) if scheduler else here(jobs))
    with ClassPass(course, assignment, fingerprints.fates, where) as run:
        waiting = iter(to_run)
        for number, student in enumerate(chosen):
            if student not in to_run:
                yield done.get(student) or _unchanged(student, assignment)
                continue
            on_cell = on_start(student, number, len(chosen)) if on_start is not None else None
            reason = "asked for" if force else reasons[student]
            run.begin_ahead(waiting)
            graded = _grade_one(course, assignment, student, reason, run, on_cell, fingerprints, chronicle)
            run.begin_ahead(waiting)  # before the caller takes its time
            yield graded


def _unchanged(student: str, assignment: str) -> Graded:
    return Graded(student, assignment, Status.UNCHANGED, "nothing it depends on has changed")


def _reasons(
    course: Course, assignment: str, students: Sequence[str], fingerprints: Fingerprints, graded: Collection[str]
) -> dict[str, str]:
    """Return why each would be graded; `graded` are those of whom the gradebook has a grade."""
    reasons = {}
    for student in students:
        before = read_record(record_path(course, assignment, student))
        is_there = student in graded and (course.autograded / student / assignment).is_dir()
        reasons[student] = why_changed(before, fingerprints.of(student)) if is_there else "not graded before"
    return reasons


def needs_no_run(course: Course, fingerprints: Fingerprints, student: str) -> bool:
    """Whether a graded submission differs from its grade in nothing but what the course's rules take."""
    before = read_record(record_path(course, fingerprints.assignment, student))
    return changes_rules_only(before, fingerprints.of(student))


def _apply_rules(
    course: Course,
    assignment: str,
    students: Collection[str],
    reasons: dict[str, str],
    fingerprints: Fingerprints,
    chronicle: Chronicle,
) -> dict[str, Graded]:
    started = time.perf_counter()
    refresh_penalties(course, assignment, students)
    done = {}
    for score in scores(course, assignment):
        if score.student not in students:
            continue
        now = fingerprints.of(score.student)
        reason = f"{reasons[score.student]}; {NO_RUN}"
        chronicle.note(score, Event.RULES, reason, now)
        write_record(record_path(course, assignment, score.student), now)
        done[score.student] = Graded(score.student, assignment, Status.GRADED, reason)
    seconds = (time.perf_counter() - started) / max(1, len(done))
    return {student: replace(graded, seconds=seconds) for student, graded in done.items()}


def _follow_marks(
    course: Course, assignment: str, students: Collection[str], chronicle: Chronicle
) -> dict[str, Graded]:
    """Apply the rules anew where what they take from has changed: a percentage of other points is another one."""
    changed = refresh_penalties(course, assignment, students)
    for score in scores(course, assignment) if changed else ():
        if score.student in changed:
            chronicle.note(score, Event.RULES, f"{BY_HAND}; {NO_RUN}")
    return {name: Graded(name, assignment, Status.GRADED, f"{BY_HAND}; {NO_RUN}") for name in changed}


def _grade_one(
    course: Course,
    assignment: str,
    student: str,
    reason: str,
    run: ClassPass,
    on_cell: OnCell | None,
    fingerprints: Fingerprints,
    chronicle: Chronicle,
) -> Graded:
    started = time.perf_counter()
    path = record_path(course, assignment, student)
    # While it is being graded it counts as not graded: an interrupted run takes it up again.
    path.unlink(missing_ok=True)
    now = fingerprints.of(student)
    try:
        run.enter(student, on_cell)
    except GradebookError as error:
        note_given_up(course, assignment, student, _words(error))
        return Graded(student, assignment, Status.NEEDS_PERSON, str(error), time.perf_counter() - started)
    forget_given_up(course, assignment, student)
    chronicle.note(run.score(student), Event.GRADED, _with_evidence(reason, fingerprints.fates.get(student)), now)
    write_record(path, now)
    return Graded(student, assignment, Status.GRADED, reason, time.perf_counter() - started)


def _words(error: GradebookError) -> str:
    """Return what a student may read of it: not where the instructor's log lies."""
    return f"Grading could not finish with it: {error.what}"


def _with_evidence(reason: str, fate: Fate | None) -> str:
    """Add to the reason what a person decided about the file, and how much of it was put back in its place."""
    said = [reason]
    if fate is not None and fate.reason.startswith("Decided by a person"):
        said.append(fate.reason.rstrip("."))
    if fate is not None and fate.changes:
        count = len(fate.changes)
        said.append(f"restored: {count} {'change' if count == 1 else 'changes'} to the notebook")
    return "; ".join(said)
