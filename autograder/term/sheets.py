"""The course's own sheets: every grade with its standing, and the final sheet with the course totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from autograder.rules.coursefile import CATEGORY_OF_KIND, Course
from autograder.rules.totals import CourseTotal
from autograder.term.grades import Entry, Standing, Term
from autograder.term.tables import number

GRADE_COLUMNS = (
    "student_id", "last_name", "first_name", "email", "assignment", "raw", "deductions", "final", "max",
    "standing", "why",
)  # fmt: skip


def grade_rows(term: Term, assignments: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield a header, then a row per student and assignment, with each deduction's rule and evidence."""
    yield GRADE_COLUMNS
    for person in term.students:
        for assignment in assignments:
            entry = term.entry(person.id, assignment)
            grade = entry.grade
            why = [f"{line.rule}: {line.evidence}" for line in grade.deductions if grade.raw is not None]
            yield (
                person.id,
                person.last_name,
                person.first_name,
                person.email,
                assignment,
                number(grade.raw),
                number(sum(line.points for line in grade.deductions)) if grade.final is not None else "",
                number(grade.final),
                number(grade.max),
                entry.standing.value,
                "; ".join([*why, *([grade.excuse] if grade.is_excused else [])]),
            )


def final_rows(course: Course, term: Term) -> Iterator[tuple[str, ...]]:
    """Yield a header, then a row per student: points for all work, percent by category, the course total.

    An empty field is no 0: the work is to come, excused, or waits for a person, and the last column says which. A
    0 for work that was never handed in is listed under "missing".
    """
    categories = [name for name, weight in course.weights.items() if weight > 0]
    yield (
        "student_id", "last_name", "first_name", "email",
        *(f"{name} (of {number(most)})" for name, most in term.points.items()),
        *(f"{name} % (weight {number(course.weights[name])})" for name in categories),
        "course total %", "of the weight %", "dropped", "missing", "not in it",
    )  # fmt: skip
    for person in term.students:
        total = term.totals[person.id]
        by_name = {each.name: each for each in total.categories}
        entries = {name: term.entry(person.id, name) for name in term.points}
        yield (
            person.id,
            person.last_name,
            person.first_name,
            person.email,
            *(number(entry.grade.final) for entry in entries.values()),
            *(number(by_name[name].percent) for name in categories),
            number(total.percent),
            number(total.weight_so_far),
            " ".join(name for each in total.categories for name in each.dropped),
            " ".join(name for name, each in entries.items() if each.standing is Standing.MISSING),
            "; ".join(_left_out(course, total, entries)),
        )


def _left_out(course: Course, total: CourseTotal, entries: Mapping[str, Entry]) -> Iterator[str]:
    """Say what does not count, though it may yet: open work, and marks for a whole category that nobody has given."""
    open_work = {Standing.WAITS, Standing.NOT_GRADED, Standing.EXCUSED}
    for name, entry in entries.items():
        if entry.standing in open_work:
            yield f"{name} {entry.standing.value}"
    for category in total.categories:
        if category.name in course.by_hand and category.weight > 0 and category.percent is None:
            yield f"{category.name} has no mark yet"


def remarks_on(course: Course) -> tuple[str, ...]:
    """Say which weights can never count: categories without work, for which nobody gives marks either."""
    with_work = {CATEGORY_OF_KIND[each.kind] for each in course.assignments}
    return tuple(
        f"Nothing can count in {name} ({number(weight)} %): course.toml has no such work, and no file of marks for it "
        "under [by_hand]. The total is over the rest."
        for name, weight in course.weights.items()
        if weight > 0 and name not in with_work and name not in course.by_hand
    )
