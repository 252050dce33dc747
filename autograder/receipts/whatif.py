"""What would the course total be with these marks on what is still open?

    plan = make_plan(course, term, "s003")
    plan.total({"hw6": 0.8, "quiz5": 1.0}).percent      # shares of each piece's points

The rule is the one of the totals; nothing of it is written here again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.errors import StaffError
from autograder.rules.byhand import read_by_hand
from autograder.rules.coursefile import CATEGORY_OF_KIND, Course
from autograder.rules.policies import Grade
from autograder.rules.tables import nearest
from autograder.rules.totals import CourseTotal, course_total, with_marks
from autograder.term import Standing, Term

_NO_POINTS_YET = 100.0
"""The points of work that the gradebook does not know yet: only the share counts."""

_OPEN = (Standing.TO_COME, Standing.NOT_GRADED, Standing.WAITS)


@dataclass(frozen=True)
class Piece:
    """One piece of work: the share reached, or None while it is open; `max` is None where nobody knows it yet.

    Where `is_whole` it stands for a category with one mark for all of it, in percent.
    """

    name: str
    title: str
    share: float | None
    max: float | None
    is_bonus: bool = False
    standing: Standing = Standing.TO_COME
    is_whole: bool = False


@dataclass(frozen=True)
class PlanCategory:
    """One category: its weight, how many of the lowest are dropped, the percent that a person gave for the whole of it.

    Where `is_whole` a person gives one mark for all of it; `given` is None while that mark is open.
    """

    name: str
    weight: float
    drop: int
    is_whole: bool
    given: float | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Plan:
    """A student's term with what is still open."""

    course: Course
    student: str
    grades: tuple[Grade, ...]
    categories: tuple[PlanCategory, ...]

    @property
    def open(self) -> dict[str, Piece]:
        """What a mark can be put in for, by name: work, and categories with one mark for the whole."""
        found = {}
        for each in self.categories:
            if each.is_whole and each.given is None:
                found[each.name] = Piece(each.name, f"{each.name}, one mark for all of it", None, None, is_whole=True)
            elif not each.is_whole:
                found |= {piece.name: piece for piece in each.pieces if piece.share is None}
        return found

    def total(self, shares: Mapping[str, float]) -> CourseTotal:
        """Return the course total with these shares (0 to 1) of the points; what is not named stays open."""
        known = {each.assignment: each.max for each in self.grades}
        marks = {name: share * known[name] for name, share in shares.items() if name in known}
        by_hand = {each.name: each.given for each in self.categories if each.given is not None}
        by_hand |= {
            each.name: 100 * shares[each.name] for each in self.categories if each.is_whole and each.name in shares
        }
        return course_total(self.course, self.student, with_marks(self.grades, marks), by_hand)

    def even(self, share: float) -> CourseTotal:
        """Return the course total with the same share in all that is open."""
        return self.total(dict.fromkeys(self.open, share))

    def as_data(self) -> dict[str, Any]:
        """Return the plan as plain data, for the page's own reckoning."""
        group = {name: number for number, names in enumerate(self.course.best_of) for name in names}
        return {
            "categories": [
                {
                    "name": each.name,
                    "weight": each.weight,
                    "drop": each.drop,
                    "cap": self.course.caps.category,
                    "whole": each.is_whole,
                    "given": each.given,
                    "pieces": [
                        {
                            "name": piece.name,
                            "share": piece.share,
                            "bonus": piece.is_bonus,
                            "group": group.get(piece.name),
                        }
                        for piece in each.pieces
                    ],
                }
                for each in self.categories
            ]
        }


def make_plan(course: Course, term: Term, student: str) -> Plan:
    """Return a student's plan; work that the gradebook does not know yet is open.

    Raises CourseFileError if marks given by hand cannot be read.
    """
    given = {category: marks.get(student) for category, marks in read_by_hand(course.by_hand).items()}
    grades: list[Grade] = []
    pieces: dict[str, list[Piece]] = {name: [] for name in course.weights}
    for about in course.assignments:
        if about.name in term.points:
            entry = term.entry(student, about.name)
            grade, standing, most = entry.grade, entry.standing, entry.grade.max or None
        else:
            most = about.points
            grade = Grade(student, about.name, about.kind, None, most or _NO_POINTS_YET)
            excused = any((each.student_id, each.assignment) == (student, about.name) for each in course.excuses)
            standing = Standing.EXCUSED if excused else Standing.TO_COME
        if standing is Standing.EXCUSED:
            continue
        if not grade.max:  # a notebook without points: its share of nothing is 0, as the rule has it
            grade = replace(grade, max=_NO_POINTS_YET) if standing in _OPEN else grade
        grades.append(grade)
        share = None if grade.final is None else (grade.final / grade.max if grade.max else 0.0)
        piece = Piece(about.name, about.title, share, most, about.is_bonus, standing)
        pieces[CATEGORY_OF_KIND[about.kind]].append(piece)
    with_work = {CATEGORY_OF_KIND[about.kind] for about in course.assignments}
    categories = tuple(
        PlanCategory(
            name=name,
            weight=weight,
            drop=course.drop_lowest.get(name, 0),
            is_whole=name in course.by_hand or name not in with_work,
            given=given.get(name),
            pieces=tuple(pieces[name]),
        )
        for name, weight in course.weights.items()
        if weight > 0
    )
    return Plan(course, student, tuple(grades), categories)


def read_marks_to_come(plan: Plan, texts: Sequence[str]) -> dict[str, float]:
    """Read "hw6=12" (points that count, after deductions) and "quiz5=80%" into shares of what is open.

    Raises StaffError, naming the text, if it says no mark for something open.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, sign, said = (piece.strip() for piece in text.partition("="))
        if not (name and sign and said):
            raise StaffError(f"{text!r} is no mark.", "Write hw6=12 for points, or hw6=80%.")
        piece = plan.open.get(name)
        if piece is None:
            raise StaffError(f"{name} is not open: {_why_closed(plan, name)}", _what_is_open(plan))
        if name in found:
            raise StaffError(f"{name} is given twice.", "Give each one mark.")
        found[name] = _share(text, said, piece)
    return found


def _share(text: str, said: str, piece: Piece) -> float:
    is_percent = said.endswith("%")
    try:
        value = float(said.removesuffix("%"))
    except ValueError:
        value = math.nan
    most = 100.0 if is_percent or piece.is_whole else piece.max
    if most is None:
        raise StaffError(f"{text!r}: nobody knows yet how many points {piece.name} has.", f"Write {piece.name}=80%.")
    if not 0 <= value <= most:
        wanted = "0% to 100%" if is_percent else f"0 to {most:g} points"
        raise StaffError(f"{text!r} is no mark for {piece.name}.", f"Expected {wanted}.")
    return value / most


def _why_closed(plan: Plan, name: str) -> str:
    for category in plan.categories:
        if name == category.name:
            return "a person has given its mark." if category.is_whole else "name a piece of its work."
        for piece in category.pieces:
            if piece.name == name:
                if category.is_whole:
                    return f"{category.name} has one mark for all of it."
                is_missing = piece.standing is Standing.MISSING
                return "nothing was handed in, and it counts 0." if is_missing else "it is graded."
    if any(each.name == name for each in plan.course.assignments):
        return "it is excused."
    return f"there is no such work. {nearest(name, list(plan.open))}".strip()


def _what_is_open(plan: Plan) -> str:
    return f"Open: {', '.join(plan.open)}." if plan.open else "Nothing is open any more."
