"""Everyone's grade for every assignment, from the gradebook and the course's rules, and the totals they add up to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from autograder.errors import CourseFileError
from autograder.intake.collected import accepted
from autograder.nbgrader_bridge.gradebook import class_list, maximum, scores
from autograder.rules.byhand import read_by_hand
from autograder.rules.coursefile import FILE_NAME, Course
from autograder.rules.policies import Grade, apply, due_minute, latest_instant, rules
from autograder.rules.roster import Student
from autograder.rules.totals import CourseTotal, course_total


class Standing(StrEnum):
    """How a student stands with one piece of work."""

    GRADED = "graded"
    WAITS = "waits for a person"
    NOT_GRADED = "not graded"
    MISSING = "missing"
    TO_COME = "to come"
    EXCUSED = "excused"


@dataclass(frozen=True)
class Entry:
    """A student's grade for one assignment, and how it stands; `grade.final` is None unless it counts."""

    grade: Grade
    standing: Standing


@dataclass(frozen=True)
class Term:
    """The class, the assignments the gradebook knows with their points, each grade, each course total."""

    students: tuple[Student, ...]
    points: Mapping[str, float]
    entries: Mapping[tuple[str, str], Entry]
    totals: Mapping[str, CourseTotal]

    def entry(self, student_id: str, assignment: str) -> Entry:
        """Return one student's entry for an assignment that the gradebook knows."""
        return self.entries[student_id, assignment]

    def grades(self, student_id: str) -> tuple[Grade, ...]:
        """Return all grades of a student, in the course file's order."""
        return tuple(entry.grade for (student, _), entry in self.entries.items() if student == student_id)


def load_term(course: Course, now: dt.datetime | None = None) -> Term:
    """Bring the term together as it stands at `now` (aware; the present moment by default).

    Work that nobody handed in counts 0 once the student's own deadline has passed, and nothing before; what is
    not graded to the end does not count, and is no 0.

    Raises RosterError, GradebookError, FolderError or CourseFileError if one of its sources cannot be read.
    """
    moment = now or dt.datetime.now(dt.UTC)
    people = class_list(course)
    points = {each.name: most for each in course.assignments if (most := maximum(course, each.name)) is not None}
    _check_parts(course, points)
    entries: dict[tuple[str, str], Entry] = {}
    for assignment in points:
        rows = {score.student: score for score in scores(course, assignment)}
        fates = accepted(course, assignment)
        for person in people:
            row, fate = rows.get(person.id), fates.get(person.id)
            has_work = row is not None or (course.submitted / person.id / assignment).is_dir()
            is_due = _is_due(course, person.id, assignment, moment)
            standing = Standing.GRADED
            if row is None or not any(value is not None for value in row.cells.values()):
                standing = Standing.NOT_GRADED if has_work else (Standing.MISSING if is_due else Standing.TO_COME)
            elif row.needs_person:
                standing = Standing.WAITS
            raw = row.raw if row is not None and standing is Standing.GRADED else None
            grade = Grade(
                student_id=person.id,
                assignment=assignment,
                kind=course.assignment(assignment).kind,
                raw=0.0 if standing is Standing.MISSING else raw,
                max=row.max if row is not None and row.max else points[assignment],
                submitted_at=row.submitted_at if row is not None else None,
            )
            grade = apply(grade, rules(course, fate.deductions if fate is not None else ()))
            entries[person.id, assignment] = Entry(grade, Standing.EXCUSED if grade.is_excused else standing)
    by_hand = read_by_hand(course.by_hand)
    totals = {
        person.id: course_total(
            course,
            person.id,
            [entries[person.id, assignment].grade for assignment in points],
            {category: marks[person.id] for category, marks in by_hand.items() if person.id in marks},
        )
        for person in people
    }
    return Term(people, points, entries, totals)


def _check_parts(course: Course, points: Mapping[str, float]) -> None:
    """Complain where the course file divides other points than the notebook has: that line would do nothing."""
    for name, most in points.items():
        parts = course.assignment(name).parts
        said = sum(parts.values())
        if parts and abs(said - most) > 1e-9:
            raise CourseFileError(
                f"{course.root / FILE_NAME}: assignments.{name}.parts add up to {said:g}, but the notebook is worth "
                f"{most:g} points.",
                "What a part counts is what its cells are worth: change the points in the notebook, or this line.",
            )


def _is_due(course: Course, student_id: str, assignment: str, now: dt.datetime) -> bool:
    due = due_minute(course, student_id, assignment)
    # submitted within the deadline's own minute is on time
    return due is not None and now >= latest_instant(due, course.time_zone) + dt.timedelta(minutes=1)
