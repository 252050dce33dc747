"""From the grades of a term to the course total: averages by category, weighted as the course file says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from autograder.rules.coursefile import CATEGORY_OF_KIND, Course
from autograder.rules.policies import Grade


@dataclass(frozen=True)
class CategoryTotal:
    """One category: its weight in percent, the percent reached (None: nothing counts yet), what was dropped.

    Dropped are the lowest scores, and works of which a better one of the same group counts.
    """

    name: str
    weight: float
    percent: float | None
    counted: tuple[str, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class CourseTotal:
    """A student's course total in percent of the weight that counts so far; None while nothing does."""

    student_id: str
    percent: float | None
    weight_so_far: float
    categories: tuple[CategoryTotal, ...]


def course_total(
    course: Course, student_id: str, grades: Iterable[Grade], by_hand: Mapping[str, float] | None = None
) -> CourseTotal:
    """Add up one student's term.

    `by_hand` gives a category's percent directly, such as {"professionalism": 95}. Each piece of work counts
    the same within its category. Excused work and work that nobody has graded leave the average; a category
    where nothing counts leaves the weighting, and the others keep their shares. Missing work is a grade with
    `raw=0`: "not graded" is never taken for 0. Of a group in [[best_of]] the best counts, and only then the
    lowest are dropped.
    """
    mine = [grade for grade in grades if grade.student_id == student_id]
    given = by_hand or {}
    categories = tuple(
        CategoryTotal(name, weight, given[name], (), ()) if name in given else _category(course, name, weight, mine)
        for name, weight in course.weights.items()
    )
    counting = [each for each in categories if each.percent is not None and each.weight > 0]
    weight = sum(each.weight for each in counting)
    reached = sum(each.weight * (each.percent or 0.0) for each in counting)
    return CourseTotal(student_id, round(reached / weight, 6) if weight else None, weight, categories)


def best_of(grades: Iterable[Grade]) -> Grade | None:
    """Choose the best of several grades for the same work, by its share of the maximum; None if none counts."""
    counting = [grade for grade in grades if grade.final is not None]
    return max(counting, key=_share) if counting else None


def with_marks(grades: Iterable[Grade], marks: Mapping[str, float]) -> tuple[Grade, ...]:
    """Put points in for work that nobody has graded yet: what would the total be with these?"""
    return tuple(
        replace(grade, raw=marks[grade.assignment]) if grade.raw is None and grade.assignment in marks else grade
        for grade in grades
    )


def _category(course: Course, name: str, weight: float, grades: list[Grade]) -> CategoryTotal:
    mine = [grade for grade in grades if CATEGORY_OF_KIND[grade.kind] == name and grade.final is not None]
    bonus = {each.name for each in course.assignments if each.is_bonus}
    outdone = {grade.assignment for group in course.best_of for grade in _outdone(mine, group)}
    ordinary = sorted((each for each in mine if each.assignment not in bonus | outdone), key=_share)
    # the last one is never dropped: an average of nothing would be no grade at all
    count = min(course.drop_lowest.get(name, 0), max(0, len(ordinary) - 1))
    dropped = {grade.assignment for grade in ordinary[:count]} | outdone
    kept = ordinary[count:]
    if not kept:
        return CategoryTotal(name, weight, None, (), ())
    extra = sum(_share(grade) for grade in mine if grade.assignment in bonus)
    percent = min(course.caps.category, 100 * (sum(_share(grade) for grade in kept) + extra) / len(kept))
    return CategoryTotal(
        name,
        weight,
        round(percent, 6),
        tuple(sorted(grade.assignment for grade in mine if grade.assignment not in dropped)),
        tuple(sorted(dropped)),
    )


def _outdone(grades: Iterable[Grade], group: tuple[str, ...]) -> list[Grade]:
    """Return all of a group but the best one."""
    mine = [grade for grade in grades if grade.assignment in group]
    best = best_of(mine)
    return [grade for grade in mine if grade is not best]


def _share(grade: Grade) -> float:
    return (grade.final or 0.0) / grade.max if grade.max else 0.0
