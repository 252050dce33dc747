"""What a person decided about files that waited: `records/decisions.csv`, one line per file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from autograder.errors import FolderError, StaffError
from autograder.intake.fates import LEDGER, NEEDS_PERSON, Fate, load_ledger
from autograder.intake.store import write_if_changed
from autograder.rules.coursefile import Course
from autograder.rules.roster import load_roster

FILE_NAME = "decisions.csv"
_COLUMNS = ("path", "digest", "student_id", "assignment", "note")
SET_ASIDE = "-"  # in place of a student: the file is nobody's submission


@dataclass(frozen=True)
class Decision:
    """Whose work a file is, and which assignment; `student_id` "-" sets it aside."""

    path: str
    digest: str
    student_id: str
    assignment: str
    note: str = ""


Decisions = dict[tuple[str, str], Decision]


def load_decisions(course: Course) -> Decisions:
    """Read all decisions, by the file's path and digest: two students' files may hold the same.

    Raises:
        FolderError: the file is damaged.
    """
    file = course.records / FILE_NAME
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))
        decisions = [Decision(*(row[name] or "" for name in _COLUMNS)) for row in rows]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise FolderError(f"{file} cannot be read ({error}).", f"Its header is {','.join(_COLUMNS)}.") from None
    return {(each.path, each.digest): each for each in decisions}


def decide(course: Course, fate: Fate, student_id: str, assignment: str, note: str = "") -> Decision:
    """Write down whose work a file is; the next `collect` follows it. The latest decision counts.

    Raises:
        StaffError: no such student or assignment, or the file was never read.
    """
    if not fate.digest:
        raise StaffError(f"{fate.path} was not read: {fate.reason}")
    if student_id != SET_ASIDE:
        course.assignment(assignment)
        if student_id not in {student.id for student in load_roster(course.roster)}:
            raise StaffError(f'The roster {course.roster} has no student with the id "{student_id}".')
    decision = Decision(fate.path, fate.digest, student_id, assignment, note)
    everything = {**load_decisions(course), (fate.path, fate.digest): decision}
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for _, each in sorted(everything.items()):
        writer.writerow([getattr(each, name) for name in _COLUMNS])
    write_if_changed(course.records / FILE_NAME, text.getvalue().encode("utf-8", "replace"))
    return decision


def waiting(course: Course) -> tuple[Fate, ...]:
    """Return the files that wait for a person, as the last collect left them.

    Raises:
        FolderError: the record of fates is damaged.
    """
    return tuple(fate for fate in load_ledger(course.records / LEDGER).fates if fate.fate == NEEDS_PERSON)


def decide_file(course: Course, path: str, student_id: str, assignment: str, note: str = "") -> Decision:
    """Write down whose work the file called `path` is: its whole path in the inbox, or its last part.

    Raises:
        StaffError: no such file or several, no such student or assignment, or something was left out.
        FolderError: the record of fates is damaged.
    """
    fates = load_ledger(course.records / LEDGER).fates
    wanted = path.replace("\\", "/")
    found = [fate for fate in fates if fate.path == wanted] or [
        fate for fate in fates if fate.path.split("!/")[-1].split("/")[-1] == wanted
    ]
    if len(found) != 1:
        names = ", ".join(fate.path for fate in found[:5])
        many = f"Several files are called {path!r}: {names}." if found else f"No file called {path!r} was collected."
        raise StaffError(many, "Give it as `course decide` lists it.")
    if not student_id or (student_id != SET_ASIDE and not assignment):
        raise StaffError("Say whose work it is, and which assignment.", f'Example: course decide "{path}" s003 hw1')
    return decide(course, found[0], student_id, "" if student_id == SET_ASIDE else assignment, note)
