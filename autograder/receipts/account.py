"""A student's receipt over the term: every piece of work with what it earned, what was taken, what it counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from autograder.receipts.gather import extension_of
from autograder.receipts.receipt import Deduction
from autograder.receipts.weight import Weight, weigh
from autograder.receipts.whatif import Plan, make_plan
from autograder.rules.coursefile import CATEGORY_OF_KIND, Course
from autograder.rules.roster import Student
from autograder.rules.totals import CategoryTotal, CourseTotal
from autograder.term import Standing, Term


@dataclass(frozen=True)
class Row:
    """One piece of work on a student's receipt; times are aware, `final` is None while it does not count."""

    assignment: str
    title: str
    category: str
    standing: Standing
    raw: float | None
    max: float | None
    final: float | None
    deductions: tuple[Deduction, ...] = ()
    submitted_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    extension: str = ""
    excuse: str = ""
    weight: Weight | None = None

    @property
    def state(self) -> str:
        """How it stands, in words a student knows."""
        if self.standing is Standing.EXCUSED:
            return f"excused ({self.excuse}): it leaves the weighting and is no zero"
        if self.weight is not None and self.weight.is_dropped:
            return "dropped, as one of the lowest"
        return _STATES[self.standing]


_STATES = {
    Standing.GRADED: "graded",
    Standing.WAITS: "waits for a person; no zero",
    Standing.NOT_GRADED: "handed in, not graded yet; no zero",
    Standing.MISSING: "nothing handed in: counts 0",
    Standing.TO_COME: "to come",
    Standing.EXCUSED: "excused",
}


@dataclass(frozen=True)
class Account:
    """A student's term: rows in the course file's order, the course total, and the plan for what is open."""

    student: Student
    course: Course
    rows: tuple[Row, ...]
    total: CourseTotal
    plan: Plan

    @property
    def categories(self) -> tuple[CategoryTotal, ...]:
        """The categories that have a weight."""
        return tuple(each for each in self.total.categories if each.weight > 0)


def make_account(course: Course, term: Term, student: Student) -> Account:
    """Bring one student's term together.

    Raises CourseFileError if marks given by hand cannot be read.
    """
    plan = make_plan(course, term, student.id)
    rows = tuple(_row(course, term, student.id, about.name) for about in course.assignments)
    return Account(student, course, rows, term.totals[student.id], plan)


def _row(course: Course, term: Term, student: str, name: str) -> Row:
    about = course.assignment(name)
    category = CATEGORY_OF_KIND[about.kind]
    extension = extension_of(course, student, name)
    if name not in term.points:
        mine = [one.reason for one in course.excuses if (one.student_id, one.assignment) == (student, name)]
        due = about.deadline.replace(tzinfo=course.time_zone) if about.deadline else None
        return Row(
            assignment=name,
            title=about.title,
            category=category,
            standing=Standing.EXCUSED if mine else Standing.TO_COME,
            raw=None,
            max=about.points,
            final=None,
            due_at=due,
            extension=extension,
            excuse=(mine[0] or "excused") if mine else "",
        )
    entry = term.entry(student, name)
    grade = entry.grade
    deductions = (Deduction(taken.rule, taken.points, taken.evidence) for taken in grade.deductions)
    return Row(
        assignment=name,
        title=about.title,
        category=category,
        standing=entry.standing,
        raw=grade.raw,
        max=grade.max or None,
        final=grade.final,
        deductions=tuple(deductions) if grade.final is not None else (),
        submitted_at=_local(course, grade.submitted_at),
        due_at=_local(course, grade.due_at),
        extension=extension,
        excuse=grade.excuse,
        weight=weigh(course, term, student, name),
    )


def _local(course: Course, moment: dt.datetime | None) -> dt.datetime | None:
    return moment.astimezone(course.time_zone) if moment is not None else None
