"""One road to every export: apply the course's rules as they stand today, bring the term together, write a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from autograder.errors import StaffError
from autograder.history import look
from autograder.nbgrader_bridge.penalties import refresh_penalties
from autograder.rules.coursefile import Course
from autograder.term.grades import Term, load_term
from autograder.term.platforms import Filled, fill_canvas, fill_moodle
from autograder.term.sheets import final_rows, grade_rows, remarks_on
from autograder.term.tables import as_csv, write_table


class Form(StrEnum):
    """What an export is for."""

    FINAL = "final"
    GRADES = "grades"
    CANVAS = "canvas"
    MOODLE = "moodle"


@dataclass(frozen=True)
class Export:
    """A file that was written: where, for how many students or fields, and what somebody should know of it."""

    path: Path
    count: int
    remarks: tuple[str, ...] = ()


def export(
    course: Course, form: Form, assignments: Sequence[str] = (), template: Path | None = None, out: Path | None = None
) -> Export:
    """Write grades for `assignments` (all that the gradebook knows, if none is named) and say where they lie.

    `template` is the file that Canvas or Moodle exported. Unless `out` says otherwise, the file goes into the
    reports folder, named after the form; an older one of that name is replaced.

    Raises UnknownAssignmentError, StaffError, FolderError or GradebookError, and writes nothing then.
    """
    for name in assignments:
        course.assignment(name)
    if form in (Form.CANVAS, Form.MOODLE) and template is None:
        platform = form.value.capitalize()
        raise StaffError(
            f"An export for {platform} is made from {platform}'s own table.",
            f"Export the gradebook there as CSV, then: course export {form.value} hw1 --template THAT_FILE.csv",
        )
    if form is Form.MOODLE and len(assignments) != 1:
        raise StaffError("A table for Moodle takes one assignment.", "Name it: course export moodle hw1 --template …")
    for each in assignments or [each.name for each in course.assignments]:
        refresh_penalties(course, each)
        look(course, each, "The course's rules were applied anew for an export.")
    term = load_term(course)
    unknown = [name for name in assignments if name not in term.points]
    if unknown:
        raise StaffError(f"The gradebook does not know {unknown[0]} yet.", f"Run: course generate {unknown[0]}")
    chosen = tuple(assignments) or tuple(term.points)
    name = "-".join([form.value, *(assignments if len(assignments) == 1 else ())])
    path = out or course.reports / f"{name}.csv"
    if form is Form.FINAL:
        return replace(_own(path, [*final_rows(course, term)]), remarks=remarks_on(course))
    if form is Form.GRADES:
        return _own(path, [*grade_rows(term, chosen)])
    if template is None:  # said above; for the type checker
        raise StaffError("No template was given.")
    if form is Form.CANVAS:
        return _platform(path, fill_canvas(template, term, chosen))
    return _platform(path, fill_moodle(template, term, chosen[0], _remarks(term, chosen[0])))


def _own(path: Path, rows: Sequence[Sequence[str]]) -> Export:
    write_table(path, as_csv(rows, for_spreadsheets=True))
    return Export(path, len(rows) - 1)


def _platform(path: Path, filled: Filled) -> Export:
    write_table(path, as_csv(filled.rows))
    remarks = []
    if filled.not_in_class:
        remarks.append(f"Not in the roster, left as they stood: {', '.join(filled.not_in_class)}.")
    if filled.not_on_platform:
        remarks.append(f"Not in the platform's table: {', '.join(filled.not_on_platform)}.")
    return Export(path, filled.count, tuple(remarks))


def _remarks(term: Term, assignment: str) -> dict[str, str]:
    """Say for each student what the rules took: Moodle shows it beside the grade."""
    found = {}
    for person in term.students:
        grade = term.entry(person.id, assignment).grade
        if grade.final is not None and grade.deductions:
            found[person.id] = "; ".join(f"{line.rule}: {line.evidence}" for line in grade.deductions)
    return found
