"""What a person decided about files that waited: `records/decisions.csv`, one line per file's content."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from autograder.coursefile import Course
from autograder.errors import FolderError, StaffError
from autograder.roster import load_roster
from autograder.store import write_if_changed

FILE_NAME = "decisions.csv"
_COLUMNS = ("digest", "student_id", "assignment", "note")
SET_ASIDE = "-"  # in place of a student: the file is nobody's submission


@dataclass(frozen=True)
class Decision:
    """Whose work a file is, and which assignment; `student_id` "-" sets it aside."""

    digest: str
    student_id: str
    assignment: str
    note: str = ""


def load_decisions(course: Course) -> dict[str, Decision]:
    """Read all decisions, by the digest of the file's content.

    Raises:
        FolderError: the file is damaged.
    """
    file = course.records / FILE_NAME
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))
        return {row["digest"]: Decision(*(row[name] or "" for name in _COLUMNS)) for row in rows}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise FolderError(
            f"{file} cannot be read ({error}).", f"Its header is {','.join(_COLUMNS)}."
        ) from None


def decide(course: Course, digest: str, student_id: str, assignment: str, note: str = "") -> Decision:
    """Write down whose work a file is; the next `collect` follows it. The latest decision counts.

    Raises:
        StaffError: no such student or assignment.
    """
    if student_id != SET_ASIDE:
        course.assignment(assignment)
        if student_id not in {student.id for student in load_roster(course.roster)}:
            raise StaffError(f'The roster {course.roster} has no student with the id "{student_id}".')
    decision = Decision(digest, student_id, assignment, note)
    everything = {**load_decisions(course), digest: decision}
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for each in sorted(everything.values(), key=lambda decided: decided.digest):
        writer.writerow([each.digest, each.student_id, each.assignment, each.note])
    write_if_changed(Path(course.records / FILE_NAME), text.getvalue().encode())
    return decision
