"""Read the roster: who is in the class."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import RosterError

COLUMNS = ("id", "first_name", "last_name", "email")
# What registrars and learning platforms call the same four columns.
_ALIASES: Mapping[str, str] = {
    "id": "id",
    "student_id": "id",
    "student": "id",
    "user_id": "id",
    "username": "id",
    "first_name": "first_name",
    "firstname": "first_name",
    "given_name": "first_name",
    "given_names": "first_name",
    "last_name": "last_name",
    "lastname": "last_name",
    "surname": "last_name",
    "family_name": "last_name",
    "email": "email",
    "e_mail": "email",
    "email_address": "email",
    "mail": "email",
}
# An id names a folder, and nbgrader's exchange splits names at "+".
_ID = re.compile(r"\w[\w.@-]*")


@dataclass(frozen=True)
class Student:
    """One row of the roster; one of the two names may be empty, for people who have a single name."""

    id: str
    first_name: str
    last_name: str
    email: str = ""

    @property
    def full_name(self) -> str:
        """The names as one text, first name first."""
        return f"{self.first_name} {self.last_name}".strip()


def load_roster(path: str | Path) -> tuple[Student, ...]:
    """Read a CSV file with the columns id, first_name, last_name and (where there is one) email.

    Header names in any case, commas, semicolons or tabs, UTF-8, UTF-16 or Latin-1, with or without BOM.

    Raises:
        RosterError: missing, not readable, a column is missing, a row is incomplete, or an id comes twice.
    """
    file = Path(path)
    rows = _rows(file, _decode(file))
    columns = _columns(file, rows)
    students: list[Student] = []
    for line, row in rows[1:]:
        cells = {name: " ".join(row[place].split()) for name, place in columns.items() if place < len(row)}
        student = Student(*(cells.get(name, "") for name in COLUMNS))
        _check(file, line, student)
        students.append(student)
    if not students:
        raise RosterError(f"{file} lists no students.", "Write one line per student below the header.")
    _check_unique(file, [line for line, _ in rows[1:]], students)
    return tuple(students)


def _decode(file: Path) -> str:
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise RosterError(
            f"There is no roster at {file}.",
            "Save a CSV file there with the columns " + ", ".join(COLUMNS) + ".",
        ) from None
    except OSError as error:
        raise RosterError(f"The roster {file} cannot be read: {error.strerror}.") from None
    if data[:2] == b"PK":
        raise RosterError(f"{file} is a spreadsheet or zip, not CSV.", 'Save it as "CSV UTF-8".')
    encodings = ["utf-8-sig", "cp1252", "latin-1"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif data[1:2] == b"\0":
        encodings = ["utf-16-le"]
    elif data[:1] == b"\0":
        encodings = ["utf-16-be"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RosterError(f"The roster {file} is not text in a known encoding.", 'Save it as "CSV UTF-8".')


def _rows(file: Path, text: str) -> list[tuple[int, list[str]]]:
    """Split into (line number, cells); blank lines are left out."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise RosterError(f"{file}, line {reader.line_num}: {error}.") from None
    if not rows:
        raise RosterError(f"The roster {file} is empty.", "Its header is " + ",".join(COLUMNS) + ".")
    return rows


def _columns(file: Path, rows: list[tuple[int, list[str]]]) -> dict[str, int]:
    line, header = rows[0]
    columns: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = _ALIASES.get(re.sub(r"\W+", "_", cell.strip().casefold()).strip("_"))
        if name is None:
            continue  # a registrar's extra columns are welcome
        if name in columns:
            raise RosterError(f"{file}, line {line}: two columns are called {name}.", "Keep one of them.")
        columns[name] = place
    missing = [name for name in COLUMNS[:3] if name not in columns]
    if missing:
        raise RosterError(
            f"{file}, line {line}: no column {' and no column '.join(missing)}.",
            f"The header reads: {', '.join(header)}. It needs {', '.join(COLUMNS)}.",
        )
    return columns


def _check(file: Path, line: int, student: Student) -> None:
    where = f"{file}, line {line}:"
    if not student.id:
        raise RosterError(f"{where} {student.full_name or 'a student'} has no id.")
    if not _ID.fullmatch(student.id):
        raise RosterError(
            f"{where} {student.id!r} cannot be a student's id.",
            "Use letters, digits and . _ - @ (it names a folder).",
        )
    if not student.full_name:
        raise RosterError(f"{where} student {student.id} has no name.")


def _check_unique(file: Path, lines: list[int], students: list[Student]) -> None:
    """Complain when an id or an address comes twice; capital letters do not tell two folders apart."""
    for what in ("id", "email"):
        seen: dict[str, tuple[int, Student]] = {}
        for line, student in zip(lines, students, strict=True):
            value: str = getattr(student, what)
            if not value:
                continue
            if (before := seen.get(value.casefold())) is not None:
                raise RosterError(
                    f"{file}: the {what} {value} comes twice, on line {before[0]} ({before[1].full_name}) "
                    f"and on line {line} ({student.full_name}).",
                    "Each student has one line.",
                )
            seen[value.casefold()] = (line, student)
