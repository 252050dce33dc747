"""What one piece of work counts in the course total, as the term stands."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.rules.coursefile import CATEGORY_OF_KIND, Course
from autograder.templates import points
from autograder.term import Term


@dataclass(frozen=True)
class Weight:
    """The place of one piece of work in the course's 100 points.

    `percent` is the category's weight, `pieces` how many pieces of work share it so far; all points would bring
    `worth` of the course's 100 points, these bring `brings`; both are None while the work does not count. `total`
    is the course total in percent of the weight `so_far`.
    """

    category: str
    percent: float
    pieces: int
    worth: float | None
    brings: float | None
    is_dropped: bool
    is_bonus: bool
    total: float | None
    so_far: float

    @property
    def sentence(self) -> str:
        """Say what the work counts."""
        start = f"It counts in {self.category}, {points(self.percent)} % of the course."
        if self.is_dropped:
            return f"{start} It is one of the lowest scores there, and these are dropped: it takes nothing away."
        if self.worth is None or self.brings is None:
            return f"{start} Nothing of it counts yet."
        if self.is_bonus:
            more = f"It is a bonus: it adds {points(self.brings)} of the course's 100 points"
            return f"{start} {more}, as far as there is room."
        share = "one piece of work counts" if self.pieces == 1 else f"{self.pieces} pieces of work count alike"
        return (
            f"{start} So far {share} there: this one brings {points(self.brings)} of {points(self.worth)} "
            "of the course's 100 points."
        )

    @property
    def total_sentence(self) -> str:
        """Say the course total."""
        if self.total is None:
            return "There is no course total yet."
        over = f"over the {points(self.so_far)} % of the course that counts yet"
        return f"Course total so far: {points(self.total)} %, {over}."


def weigh(course: Course, term: Term, student: str, assignment: str) -> Weight | None:
    """Return what `assignment` counts for a student; None if the term does not know both."""
    if (student, assignment) not in term.entries:
        return None
    about = course.assignment(assignment)
    name = CATEGORY_OF_KIND[about.kind]
    total = term.totals[student]
    category = next(each for each in total.categories if each.name == name)
    bonus = {each.name for each in course.assignments if each.is_bonus}
    # what a bonus adds is spread over the ordinary work, as in the rule of the totals
    pieces = sum(each not in bonus for each in category.counted)
    grade = term.entry(student, assignment).grade
    counts = assignment in category.counted and pieces > 0 and grade.final is not None and grade.max > 0
    worth = category.weight / pieces if counts else None
    return Weight(
        category=name,
        percent=category.weight,
        pieces=pieces,
        worth=worth,
        brings=worth * (grade.final or 0.0) / grade.max if worth is not None else None,
        is_dropped=assignment in category.dropped,
        is_bonus=about.is_bonus,
        total=total.percent,
        so_far=total.weight_so_far,
    )
