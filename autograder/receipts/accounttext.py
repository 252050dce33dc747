"""A student's term in words, for a terminal or a mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autograder.plain import one_line, plain
from autograder.receipts.account import Account, Row
from autograder.receipts.moment import say_moment
from autograder.rules.totals import CategoryTotal, CourseTotal
from autograder.templates import points

LEVELS = (1.0, 0.8, 0.6)
"""Shares for "if you reach … in all that is to come"."""


def account_as_text(account: Account, marks: Mapping[str, float] | None = None) -> str:
    """Return the term as text; with `marks` (shares of what is open) also what the total would be."""
    name = account.student.full_name or account.student.id
    rows = [f"{one_line(account.course.name)}: {one_line(name)} ({account.student.id})", ""]
    wide = max((len(row.assignment) for row in account.rows), default=10) + 2
    for category in account.categories:
        rows.append(f"{category.name}, {points(category.weight)} % of the course: {_reached(category)}")
        for row in account.rows:
            if row.category == category.name:
                rows += _row(row, wide)
    rows += ["", total_words(account.total), ""]
    if marks:
        would_be = total_words(account.plan.total(marks), is_supposed=True)
        rows.append(f"With {marks_in_words(account, marks)} {would_be}")
    elif account.plan.open:
        rows.append(f"Still open: {', '.join(account.plan.open)}. The course total would be")
        rows += [f"  {100 * level:>3.0f} % in all of it:  {percent(account.plan.even(level))}" for level in LEVELS]
    return plain("\n".join(rows).rstrip())


def total_words(total: CourseTotal, *, is_supposed: bool = False) -> str:
    """Say a course total and how much of the course is in it."""
    if total.percent is None:
        return "There is no course total yet: nothing counts so far."
    over = points(total.weight_so_far)
    if is_supposed:
        return f"the course total would be {percent(total)}, over the {over} % of the course that counts then."
    return f"The course total so far is {percent(total)}, over the {over} % of the course that counts yet."


def percent(total: CourseTotal) -> str:
    """Write a course total."""
    return f"{points(total.percent)} %" if total.percent is not None else "–"


def marks_in_words(account: Account, marks: Mapping[str, float]) -> str:
    """Say which marks were put in: "hw6 12, quiz5 80 %"."""
    said = []
    for name, share in marks.items():
        most = account.plan.open[name].max
        said.append(f"{name} {points(100 * share)} %" if most is None else f"{name} {points(share * most)}")
    return ", ".join(said)


def _reached(category: CategoryTotal) -> str:
    return "nothing counts yet" if category.percent is None else f"{points(category.percent)} %"


def _row(row: Row, wide: int) -> Iterator[str]:
    earned = f"{points(row.final)} of {points(row.max)}"
    counts = ""
    if row.weight is not None and row.weight.worth is not None and row.weight.brings is not None:
        counts = f", brings {points(row.weight.brings)} of {points(row.weight.worth)} course points"
    yield f"  {row.assignment:<{wide}}{earned:>12}   {one_line(row.state, 400)}{counts}"
    indent = f"  {'':<{wide}}{'':>12}   "
    if row.deductions:
        yield f"{indent}{points(row.raw)} raw points"
    for taken in row.deductions:
        yield f"{indent}{points(-taken.points)} {taken.words}: {one_line(taken.evidence, 400)}"
    if row.extension:
        yield f"{indent}{one_line(row.extension, 400)}"
    elif row.standing.value == "to come" and row.due_at is not None:
        yield f"{indent}due {say_moment(row.due_at)}"
