"""Bring together what is on record about a submission: gradebook, graded notebook, collected file, rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.intake.collected import accepted
from autograder.intake.fates import Fate
from autograder.intake.restore import Change
from autograder.integrity import listed
from autograder.marks import Marks, read_marks
from autograder.nbgrader_bridge.comments import Comment, comments
from autograder.nbgrader_bridge.gaveup import why_given_up
from autograder.nbgrader_bridge.gradebook import Score, class_list, scores
from autograder.receipts.moment import say_moment
from autograder.receipts.receipt import Deduction, Line, Receipt
from autograder.receipts.ungraded import why_ungraded
from autograder.receipts.weight import Weight, weigh
from autograder.rules.coursefile import Course
from autograder.rules.policies import Grade, apply, due_minute, rules
from autograder.rules.roster import Student
from autograder.term import Term
from course_utils.checks.verdict import Outcome

_NO_RESPONSE = "No response."
"""nbgrader's remark on an answer cell that is as it was released."""


def receipts(course: Course, assignment: str, term: Term | None = None) -> tuple[Receipt, ...]:
    """Return a receipt for every student who handed in `assignment`, graded or not, by student.

    With the `term` a receipt also says what the work counts in the course total.

    Raises:
        UnknownAssignmentError: no such assignment.
        RosterError: there is a roster that cannot be read.
        GradebookError: the gradebook cannot be reached.
    """
    course.assignment(assignment)
    rows = {score.student: score for score in scores(course, assignment)}
    handed_in = {folder.parent.name for folder in course.submitted.glob(f"*/{assignment}") if folder.is_dir()}
    people = {student.id: student for student in class_list(course)}
    collected = accepted(course, assignment)
    written = comments(course, assignment)
    return tuple(
        receipt_of(
            course,
            assignment,
            people.get(student, Student(student, "", "")),
            rows.get(student),
            collected.get(student),
            written.get(student, ()),
            weigh(course, term, student, assignment) if term is not None else None,
        )
        for student in sorted({*rows, *handed_in})
    )


def receipt_of(
    course: Course,
    assignment: str,
    student: Student,
    score: Score | None,
    fate: Fate | None,
    written: Iterable[Comment] = (),
    weight: Weight | None = None,
) -> Receipt:
    """Bring together what is on record about one student's submission: `fate` is that of the file that counts."""
    changes = fate.changes if fate is not None else ()
    grade = _ruled(course, assignment, student.id, score, fate)
    return make_receipt(
        course,
        assignment,
        student,
        score,
        graded_notebook(course, assignment, student.id),
        deductions=(Deduction(taken.rule, taken.points, taken.evidence) for taken in grade.deductions),
        deadline=grade.due_at,
        excuse=grade.excuse,
        restored=(change.what for change in changes),
        reason=why_ungraded(course, assignment, student.id) if not _has_points(score) else "",
        waits=(
            *_unsure(changes),
            *(_earlier(why_given_up(course, assignment, student.id)) if _has_points(score) else ()),
        ),
        written=written,
        weight=weight,
    )


def _has_points(score: Score | None) -> bool:
    return score is not None and any(points is not None for points in score.cells.values())


def _unsure(changes: Iterable[Change]) -> Iterable[str]:
    return (f"Put back, but not surely right: {change.what}." for change in changes if change.needs_person)


def _earlier(reason: str) -> Iterable[str]:
    """Say so where what was handed in last could not be graded, and the points are those of what came before."""
    if reason:
        yield f"What was handed in last could not be graded, so these points are for an earlier version. {reason}"


def extension_of(course: Course, student: str, assignment: str) -> str:
    """Say to when and why the deadline was moved for a student; "" if it was not."""
    deadline = course.assignment(assignment).deadline
    due = due_minute(course, student, assignment)
    if deadline is None or due is None or due <= deadline:
        return ""
    reasons = [
        each.reason
        for each in course.extensions
        if (each.student_id, each.assignment, each.until) == (student, assignment, due) and each.reason
    ]
    moved = f"due moved from {say_moment(_local(course, deadline))} to {say_moment(_local(course, due))}"
    return f"{moved}: {'; '.join(reasons)}" if reasons else moved


def _ruled(course: Course, assignment: str, student: str, score: Score | None, fate: Fate | None) -> Grade:
    """Return the grade record as the course's rules leave it today."""
    record = Grade(
        student_id=student,
        assignment=assignment,
        kind=course.assignment(assignment).kind,
        raw=score.raw if score is not None else None,
        max=score.max if score is not None else 0.0,
        submitted_at=score.submitted_at if score is not None else None,
    )
    return apply(record, rules(course, fate.deductions if fate is not None else ()))


def graded_notebook(course: Course, assignment: str, student: str) -> NotebookNode | None:
    """Return the executed and graded notebook, or None if there is none that can be read."""
    path = graded_path(course, assignment, student)
    try:
        notebook = nbformat.read(path, as_version=4) if path.is_file() else None
        return notebook if notebook is None or isinstance(notebook.cells, list) else None
    except (OSError, ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError):  # damaged
        return None


def graded_path(course: Course, assignment: str, student: str) -> Path:
    """Say where the graded notebook of a submission lies."""
    return course.autograded / student / assignment / f"{course.notebook_stem(assignment)}.ipynb"


def make_receipt(
    course: Course,
    assignment: str,
    student: Student,
    score: Score | None,
    notebook: NotebookNode | None,
    *,
    deductions: Iterable[Deduction] = (),
    deadline: datetime | None = None,
    restored: Iterable[str] = (),
    waits: Iterable[str] = (),
    excuse: str = "",
    written: Iterable[Comment] = (),
    weight: Weight | None = None,
    reason: str = "",
) -> Receipt:
    """Make the receipt from values: the gradebook's row, the graded notebook, what the rules took.

    `reason` says why nothing is graded, where that is known.
    """
    marks = _marks(notebook)
    lines = tuple(_lines(score, notebook, marks))
    is_graded = any(line.points is not None for line in lines)
    taken = tuple(deductions)
    raw = score.raw if score is not None and is_graded else None
    return Receipt(
        student=student.id,
        name=student.full_name or student.id,
        assignment=assignment,
        title=course.assignment(assignment).title,
        raw=raw,
        max=_most(score, lines),
        final=score.final if score is not None and raw is not None and not excuse else None,
        lines=lines,
        deductions=taken + _unexplained(score, taken) if raw is not None else (),
        submitted_at=_local(course, score.submitted_at if score is not None else None),
        deadline=_local(course, deadline or course.assignment(assignment).deadline),
        faults=marks.faults,
        restored=tuple(restored),
        isolation=marks.isolation,
        seconds=marks.seconds,
        needs_person=() if excuse else (*_waits(lines, score, is_graded, reason), *waits),
        excuse=excuse,
        extension=extension_of(course, student.id, assignment),
        comments=tuple(_said_once(written, lines)),
        weight=weight,
        sightings=listed(marks.sightings),
    )


def _said_once(written: Iterable[Comment], lines: tuple[Line, ...]) -> Iterable[Comment]:
    """Leave out remarks of the grading that a line says already."""
    said = {line.verdict.idea for line in lines if line.verdict is not None}
    unwritten = {
        line.exercise for line in lines if line.verdict is not None and line.verdict.outcome is Outcome.NOT_ATTEMPTED
    }
    for comment in written:
        is_empty = comment.text == _NO_RESPONSE and comment.cell.removesuffix("-answer") in unwritten
        if comment.is_by_person or not (is_empty or comment.text in said):
            yield comment


def _marks(notebook: NotebookNode | None) -> Marks:
    try:
        return (read_marks(notebook) if notebook is not None else None) or Marks()
    except (AttributeError, KeyError, TypeError, ValueError):  # not what the judge wrote: nobody's word
        return Marks()


def _lines(score: Score | None, notebook: NotebookNode | None, marks: Marks) -> Iterable[Line]:
    """Yield a line per graded cell, in the notebook's order; then what only the gradebook knows."""
    worth = _worth(notebook)
    cells = dict(score.cells) if score is not None else {}
    for name in dict.fromkeys([*worth, *cells]):
        verdict = marks.verdict(name)
        most = worth.get(name, verdict.max_points if verdict is not None else 0.0)
        earned = cells.get(name)
        is_open = verdict is None or verdict.outcome is Outcome.BROKEN
        if score is not None and score.needs_person and is_open and not earned:
            earned = None  # the database adds up what is missing as 0
        yield Line(name, earned, most, verdict)


def _worth(notebook: NotebookNode | None) -> dict[str, float]:
    found = {}
    for cell in notebook.cells if notebook is not None else ():
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade") and about.get("grade_id"):
            found[str(about["grade_id"])] = float(about.get("points") or 0.0)
    return found


def _most(score: Score | None, lines: tuple[Line, ...]) -> float | None:
    if score is not None and score.max:
        return score.max
    return sum(line.max for line in lines) or None


def _unexplained(score: Score | None, taken: tuple[Deduction, ...]) -> tuple[Deduction, ...]:
    """Say so where the gradebook takes more or less than the rules do today: the gradebook is what counts."""
    rest = round((score.penalty if score is not None else 0.0) - sum(each.points for each in taken), 4)
    if not rest:
        return ()
    why = "What the gradebook takes differs by this from what the rules take today; the gradebook counts."
    return (Deduction("gradebook", rest, why),)


def _waits(lines: tuple[Line, ...], score: Score | None, is_graded: bool, reason: str) -> Iterable[str]:
    if not is_graded:
        yield f"This submission is not graded yet. {reason}".strip()
        return
    missing = [line for line in lines if line.points is None]
    for line in missing:
        yield f"{line.exercise}: {line.rule}"
    if score is not None and score.needs_person and not missing:
        yield "The gradebook waits for a manual grade."


def _local(course: Course, moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:  # the course file's minutes are on the course's clock
        return moment.replace(tzinfo=course.time_zone)
    return moment.astimezone(course.time_zone)
