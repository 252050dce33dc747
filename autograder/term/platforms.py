"""Fill in the files that Canvas and Moodle exported, so that they take the grades in again.

Both platforms know their students by columns of their own: their export goes in, and the same rows come out with
grades in them. Rules of the two: Canvas's import guide and its sample file, Moodle's pages on grade import and on
offline grading worksheets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import StaffError
from autograder.rules.roster import Student
from autograder.term.grades import Standing, Term
from autograder.term.tables import number, read_table

_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_CANVAS_KEYS = ("SIS User ID", "SIS Login ID", "ID", "Integration ID")
_MOODLE_KEYS = ("ID number", "Username", "Email address", "Identifier")
_POINTS_POSSIBLE = "points possible"


@dataclass(frozen=True)
class Filled:
    """A platform's table with grades in it, how many fields were written, and who was not found on either side."""

    rows: list[list[str]]
    count: int
    not_in_class: tuple[str, ...]
    not_on_platform: tuple[str, ...]


def fill_canvas(file: Path, term: Term, assignments: Sequence[str]) -> Filled:
    """Return Canvas's exported gradebook with only its own columns, and one for each of `assignments`.

    A column of the export that is named as the assignment ("hw1 (2041)") is written under that name, for Canvas
    finds it by the number; else a new column is made, and so a new assignment in Canvas. A field is left as it
    stands where there is no grade, and says EX for excused work.

    Raises FolderError if the file cannot be read, StaffError if it is no gradebook export.
    """
    rows = read_table(file)
    header = [cell.strip() for cell in rows[0]]
    if "Student" not in header or not set(_CANVAS_KEYS) & set(header):
        raise StaffError(f"{file} is no gradebook that Canvas exported: no column Student with an ID.", _ask("Canvas"))
    own = [name for name in (*_CANVAS, "Integration ID") if name in header]
    columns = {name: _canvas_column(header, name) for name in assignments}
    out = [[*own, *(header[place] if place is not None else name for name, place in columns.items())]]
    people = _by_key(term.students)
    found: set[str] = set()
    strangers: list[str] = []
    count = 0
    for row in rows[1:]:
        cells = dict(zip(header, row, strict=False))
        kept = [cells.get(name, "") for name in own]
        if cells.get("Student", "").strip().casefold() == _POINTS_POSSIBLE:
            points = [number(term.points[name]) for name in columns]
            out.append([*kept, *points])
            continue
        person = _find(people, cells, _CANVAS_KEYS)
        grades = []
        for name, place in columns.items():
            before = row[place].strip() if place is not None and place < len(row) else ""
            value = _canvas_grade(term, person, name)
            grades.append(value or before)
            count += bool(value)
        if person is None and kept[0].strip() and not kept[0].startswith("Student, Test"):
            strangers.append(kept[0])
        if person is not None:
            found.add(person.id)
        out.append([*kept, *grades])
    return Filled(out, count, tuple(strangers), _missing(term, found))


def fill_moodle(file: Path, term: Term, assignment: str, feedback: Mapping[str, str] | None = None) -> Filled:
    """Return Moodle's exported table with the grades of one assignment in it.

    An offline grading worksheet ("Identifier, Full name, …, Grade, Maximum Grade, …") gets its Grade and Feedback
    comments; a gradebook export gets the column named as the assignment, which must be there: Moodle refuses new
    columns. A field is left as it stands where there is no grade.

    Raises FolderError if the file cannot be read, StaffError if it is neither, or its maximum is another.
    """
    rows = read_table(file)
    header = [cell.strip() for cell in rows[0]]
    is_worksheet = {"Identifier", "Grade"} <= set(header)
    place = header.index("Grade") if is_worksheet else _moodle_column(header, assignment)
    if place is None or not set(_MOODLE_KEYS) & set(header):
        raise StaffError(f"{file} is no grading worksheet, nor a gradebook with a column {assignment}.", _ask("Moodle"))
    people = _by_key(term.students)
    remarks = header.index("Feedback comments") if "Feedback comments" in header else None
    out = [rows[0]]
    found: set[str] = set()
    strangers: list[str] = []
    count = 0
    for row in rows[1:]:
        cells = dict(zip(header, row, strict=False))
        person = _find(people, cells, _MOODLE_KEYS)
        new = [*row, *[""] * (len(header) - len(row))]
        if person is None:
            strangers.append(cells.get("Full name") or cells.get("Email address") or ", ".join(row[:2]))
        else:
            found.add(person.id)
            _check_maximum(file, cells, term.points[assignment])
            entry = term.entry(person.id, assignment)
            if entry.grade.final is not None:
                new[place] = number(entry.grade.final)
                count += 1
                if remarks is not None and feedback and person.id in feedback:
                    new[remarks] = feedback[person.id]
        out.append(new)
    return Filled(out, count, tuple(strangers), _missing(term, found))


def _ask(platform: str) -> str:
    return f"Export the gradebook from {platform} as CSV and give that file."


def _by_key(students: Sequence[Student]) -> dict[str, Student]:
    """Index students by id, by address, and by the address's part before the @ where that is one student's only."""
    index = {student.id.casefold(): student for student in students}
    index |= {student.email.casefold(): student for student in students if student.email}
    logins = [student.email.split("@")[0].casefold() for student in students if student.email]
    for student in students:
        login = student.email.split("@")[0].casefold()
        if login and logins.count(login) == 1:
            index.setdefault(login, student)
    return index


def _find(people: Mapping[str, Student], cells: Mapping[str, str], keys: Sequence[str]) -> Student | None:
    """Find whose row it is; nobody's where two columns name two students."""
    hits = {people[cell].id: people[cell] for key in keys if (cell := cells.get(key, "").strip().casefold()) in people}
    return next(iter(hits.values())) if len(hits) == 1 else None


def _canvas_column(header: Sequence[str], assignment: str) -> int | None:
    pattern = re.compile(rf"{re.escape(assignment)}\s*(\(\d+\))?", re.IGNORECASE)
    return next((place for place, name in enumerate(header) if pattern.fullmatch(name)), None)


def _canvas_grade(term: Term, person: Student | None, assignment: str) -> str:
    if person is None:
        return ""
    entry = term.entry(person.id, assignment)
    return "EX" if entry.standing is Standing.EXCUSED else number(entry.grade.final)


def _moodle_column(header: Sequence[str], assignment: str) -> int | None:
    """Find "Assignment: hw1 (Real)" or "hw1"."""
    pattern = re.compile(rf"(?:[^:]+:\s*)?{re.escape(assignment)}\s*(?:\(\w+\))?", re.IGNORECASE)
    return next((place for place, name in enumerate(header) if pattern.fullmatch(name)), None)


def _check_maximum(file: Path, cells: Mapping[str, str], most: float) -> None:
    said = cells.get("Maximum Grade", "").strip().replace(",", ".")
    try:
        is_same = not said or abs(float(said) - most) < 1e-6
    except ValueError:
        is_same = False
    if not is_same:
        raise StaffError(
            f"{file} says that at most {said} points are to be had, and the gradebook says {number(most)}.",
            "Set the assignment's maximum grade in Moodle, and export again.",
        )


def _missing(term: Term, found: set[str]) -> tuple[str, ...]:
    return tuple(student.full_name or student.id for student in term.students if student.id not in found)
