"""Gather what is on record about one assignment and fill the report's page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from autograder.intake.fates import ACCEPTED, LEDGER, NEEDS_PERSON, REFUSED, SUPERSEDED, Fate, load_ledger
from autograder.nbgrader_bridge.gradebook import class_list
from autograder.receipts import Receipt, receipts, say_moment
from autograder.report.compared import similar_of
from autograder.report.figures import class_figures
from autograder.report.plots import plot_exercises, plot_ideas, plot_scores
from autograder.report.similar import Pair, few_of
from autograder.rules.coursefile import Course
from autograder.rules.roster import Student
from autograder.templates import render, write_page
from course_utils.checks.verdict import Outcome

MOST_TAUGHT = 5
"""Misconceptions at the top of the page, with their sentences: those that several students share."""
MOST_IDEAS = 8
"""Misconceptions that are drawn; the table behind the plot has them all."""
MOST_PAIRS = 10
"""Pairs of similar notebooks that are shown."""
MOST_SIDES = 3
"""Places of such a pair that are shown side by side."""


_ORDER = (NEEDS_PERSON, REFUSED, SUPERSEDED, ACCEPTED)
_FATES = {NEEDS_PERSON: "needs a person"}


def write_report(course: Course, assignment: str) -> Path:
    """Write the class report of `assignment` and return its path.

    Raises:
        UnknownAssignmentError: no such assignment.
        RosterError: there is a roster that cannot be read.
        GradebookError: the gradebook cannot be reached.
        FolderError: the reports folder cannot be written, or the record of fates is damaged.
    """
    path = course.reports / f"{assignment}.html"
    made = receipts(course, assignment)
    page = report_page(
        course,
        assignment,
        made,
        files_of(load_ledger(course.records / LEDGER).fates, assignment),
        class_list(course),
        pairs=similar_of(course, assignment, made),
        noticed={receipt.student: receipt.sightings for receipt in made},
    )
    write_page(path, page)
    return path


def files_of(fates: Sequence[Fate], assignment: str) -> tuple[Fate, ...]:
    """Return the inbox files that are, or may be, work for `assignment`: those that wait first, then by path."""
    mine = [
        fate
        for fate in fates
        if fate.assignment == assignment
        or (fate.assignment is None and (assignment in fate.assignment_candidates or not fate.assignment_candidates))
    ]
    return tuple(sorted(mine, key=lambda fate: (_ORDER.index(fate.fate), fate.path)))


@dataclass(frozen=True)
class RuleFigures:
    """What one rule took from the class."""

    words: str
    students: int
    points: float


class Seen(Protocol):
    """Something noticed in a submission that takes no points."""

    @property
    def cell(self) -> str:
        """An exercise, "cell 14", or "" for the file."""

    @property
    def sentence(self) -> str:
        """What was noticed."""

    @property
    def quote(self) -> str:
        """The line it stands in; "" if there is none."""


def report_page(
    course: Course,
    assignment: str,
    made: Sequence[Receipt],
    files: Sequence[Fate] = (),
    roster: Sequence[Student] = (),
    *,
    pairs: Sequence[Pair] = (),
    noticed: Mapping[str, Sequence[Seen]] = MappingProxyType({}),
) -> str:
    """Return the report as HTML: `pairs` are similar notebooks, `noticed` is what was noticed, by student."""
    figures = class_figures(assignment, made)
    handed_in = {receipt.student for receipt in made}
    ideas = [idea for idea in figures.ideas if idea.is_declared]
    shared = [idea for idea in ideas if len(idea.students) > 1]
    most = next((receipt.max for receipt in figures.graded if receipt.max), None)
    share = figures.median / most if figures.median is not None and most else None
    return render(
        "report.html.j2",
        course=course,
        about=course.assignment(assignment),
        made=made,
        figures=figures,
        most=most,
        ideas=ideas,
        to_reteach=(shared or ideas)[:MOST_TAUGHT],
        stumbles=[idea for idea in figures.ideas if not idea.is_declared],
        files=files,
        fates=Counter(fate.fate for fate in files),
        fate_words=lambda fate: _FATES.get(fate, fate),
        names={student.id: student.full_name for student in roster},
        waiting_files=[fate for fate in files if fate.fate == NEEDS_PERSON],
        waiting=[receipt for receipt in made if receipt.needs_person],
        missing=[student for student in roster if student.id not in handed_in],
        rules=_rules(made),
        borrowed=_borrowed(made),
        noticed={student: seen for student, seen in noticed.items() if seen},
        pairs=pairs[:MOST_PAIRS],
        more_pairs=len(pairs[MOST_PAIRS:]),
        most_sides=MOST_SIDES,
        few=few_of(len(figures.graded)),
        of={receipt.student: receipt for receipt in made},
        isolations=Counter(receipt.isolation for receipt in figures.graded if receipt.isolation),
        score_plot=plot_scores(figures.bins, share) if figures.complete else "",
        exercise_plot=plot_exercises(figures.exercises) if figures.exercises else "",
        idea_plot=plot_ideas(ideas[:MOST_IDEAS]) if ideas else "",
        page_of=lambda student: _feedback_link(course, assignment, student),
        moment=lambda moment: say_moment(moment.astimezone(course.time_zone) if moment is not None else None),
        clock=_clock,
    )


def _rules(made: Sequence[Receipt]) -> list[RuleFigures]:
    students: Counter[str] = Counter()
    points: dict[str, float] = defaultdict(float)
    for receipt in made:
        students.update({taken.words for taken in receipt.deductions})
        for taken in receipt.deductions:
            points[taken.words] += taken.points
    return [RuleFigures(words, count, points[words]) for words, count in students.most_common()]


def _borrowed(made: Sequence[Receipt]) -> list[tuple[Receipt, str, str]]:
    """List the answers that call what they should build: student, exercise, the sentence."""
    return [
        (receipt, line.exercise, line.verdict.idea)
        for receipt in made
        for line in receipt.lines
        if line.verdict is not None and line.verdict.outcome is Outcome.NOT_OWN_WORK
    ]


def _feedback_link(course: Course, assignment: str, student: str) -> str:
    """Return the way from the report to a student's page, or "" if it is not written."""
    page = course.feedback / student / assignment / f"{course.notebook_stem(assignment)}.html"
    return f"../feedback/{student}/{assignment}/{page.name}" if page.is_file() else ""


def _clock(seconds: float | None) -> str:
    if seconds is None:
        return "unknown"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
