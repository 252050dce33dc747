"""What `course receipt` shows: one student's term, or one submission, as text or as a page."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.errors import StaffError
from autograder.feedback.page import feedback_page
from autograder.receipts import (
    Account,
    Receipt,
    account_as_text,
    account_page,
    as_text,
    graded_notebook,
    make_account,
    read_marks_to_come,
    receipts,
)
from autograder.rules.coursefile import Course
from autograder.rules.tables import nearest
from autograder.term import Term, load_term


def receipt_text(course: Course, student: str, assignment: str | None = None, marks: Sequence[str] = ()) -> str:
    """Return a student's receipt as text, for the term or for one piece of work.

    Raises StaffError if there is no such student, work or mark; RosterError, GradebookError, FolderError or
    CourseFileError if one of the sources cannot be read.
    """
    if assignment is not None:
        return as_text(_one(course, student, assignment, marks))
    account = _account(course, load_term(course), student)
    return account_as_text(account, read_marks_to_come(account.plan, marks))


def receipt_page(course: Course, student: str, assignment: str | None = None, marks: Sequence[str] = ()) -> str:
    """Return a student's receipt as a page; raises what `receipt_text` raises."""
    if assignment is not None:
        receipt = _one(course, student, assignment, marks)
        return feedback_page(course, receipt, graded_notebook(course, assignment, student))
    account = _account(course, load_term(course), student)
    return account_page(account, read_marks_to_come(account.plan, marks))


def _one(course: Course, student: str, assignment: str, marks: Sequence[str]) -> Receipt:
    if marks:
        raise StaffError("--if asks about the course total.", f"Leave out {assignment}.")
    course.assignment(assignment)
    term = load_term(course)
    _account(course, term, student)
    found = {receipt.student: receipt for receipt in receipts(course, assignment, term)}
    if student not in found:
        raise StaffError(f"{student} has handed in nothing for {assignment}.", f"The term: course receipt {student}")
    return found[student]


def _account(course: Course, term: Term, student: str) -> Account:
    people = {person.id: person for person in term.students}
    if student not in people:
        raise StaffError(f"The class has nobody with the id {student!r}.", nearest(student, list(people)))
    return make_account(course, term, people[student])
