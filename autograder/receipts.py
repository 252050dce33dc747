"""The receipt of a submission: what each exercise earned, what each rule took, and the evidence for both.

    for receipt in receipts(course, "hw1"):
        print(as_text(receipt))

A receipt is made from what is on record (gradebook, graded notebook, rules); it decides nothing itself. What is
not graded has `None` for its points, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.coursefile import Course
from autograder.engine.faults import Fault
from autograder.marks import Marks, read_marks
from autograder.nbgrader_bridge.gradebook import Score, scores
from autograder.plain import one_line, plain
from autograder.roster import Student, load_roster
from autograder.templates import points as say_points
from course_utils.checks.verdict import Outcome, Verdict


@dataclass(frozen=True)
class Line:
    """What one graded cell earned; `points` is None while nobody has graded it."""

    exercise: str
    points: float | None
    max: float
    verdict: Verdict | None = None

    @property
    def is_by_hand(self) -> bool:
        """Whether a person's mark stands in place of the check's."""
        return self.verdict is None or (
            self.points is not None and abs(self.points - self.verdict.points) > 1e-6
        )

    @property
    def is_partial(self) -> bool:
        """Whether the answer earned a part of its points."""
        return self.points is not None and 0 < self.points < self.max

    @property
    def rule(self) -> str:
        """Say by which rule the points are what they are."""
        if self.points is None:
            if self.verdict is not None and self.verdict.outcome is Outcome.BROKEN:
                return "The check itself failed: that is our fault and no zero. A person looks at it."
            return "Waits for a person to grade it."
        if self.is_by_hand:
            return "Graded by a person."
        if self.verdict is None:  # is_by_hand has said so already
            return ""
        return _RULES[self.verdict.outcome] if not self.is_partial else _partial(self.points, self.max)

    @property
    def message(self) -> str:
        """The sentences of the verdict, where these are the reason for the points."""
        if self.verdict is None or self.is_by_hand or self.verdict.outcome is Outcome.BROKEN:
            return ""
        return self.verdict.message()

    @property
    def evidence(self) -> str:
        """Name the cell, and how many of its cases hold."""
        if self.verdict is None or not self.verdict.lines or self.verdict.outcome is Outcome.NOT_ATTEMPTED:
            return f"cell {self.exercise}"
        right = sum(line.is_right for line in self.verdict.lines)
        return f"cell {self.exercise}, {right} of {len(self.verdict.lines)} cases right"


_RULES: Mapping[Outcome, str] = {
    Outcome.PASSED: "Right in every case: all points.",
    Outcome.FAILED: "Not right in every case: no points yet.",
    Outcome.NOT_ATTEMPTED: "Not written yet: no points yet.",
    Outcome.BLOCKED: "It waits for another exercise: no points yet.",
    Outcome.NOT_OWN_WORK: "It calls what the exercise asks you to build: no points.",
    Outcome.BROKEN: "The check itself failed: a person has looked at it.",
}


def _partial(points: float, most: float) -> str:
    return f"Partial credit: this mistake keeps {100 * points / most:.0f} % of the points."


@dataclass(frozen=True)
class Deduction:
    """What one rule of the course takes, and the evidence for it: a time stamp, a cell, a file name."""

    rule: str
    points: float
    evidence: str = ""


@dataclass(frozen=True)
class Receipt:
    """One submission's account, from raw points to final ones.

    `raw` counts what is graded so far; it and `final` are None as long as nothing is. `needs_person` lists
    what still waits for somebody; times are aware.
    """

    student: str
    name: str
    assignment: str
    title: str
    raw: float | None
    max: float | None
    final: float | None
    lines: tuple[Line, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    submitted_at: datetime | None = None
    deadline: datetime | None = None
    faults: tuple[Fault, ...] = ()
    restored: tuple[str, ...] = ()
    isolation: str = ""
    seconds: float = 0.0
    needs_person: tuple[str, ...] = ()

    @property
    def share(self) -> float | None:
        """The final points as a share of what the assignment is worth."""
        return None if self.final is None or not self.max else self.final / self.max


def receipts(course: Course, assignment: str) -> tuple[Receipt, ...]:
    """Return a receipt for every student who handed in `assignment`, graded or not, by student.

    Raises:
        UnknownAssignmentError: no such assignment.
        RosterError: the roster is missing or cannot be read.
        GradebookError: the gradebook cannot be reached.
    """
    course.assignment(assignment)
    rows = {score.student: score for score in scores(course, assignment)}
    handed_in = {folder.parent.name for folder in course.submitted.glob(f"*/{assignment}") if folder.is_dir()}
    people = {student.id: student for student in load_roster(course.roster)}
    return tuple(
        receipt_of(course, assignment, people.get(student, Student(student, "", "")), rows.get(student))
        for student in sorted({*rows, *handed_in})
    )


def receipt_of(course: Course, assignment: str, student: Student, score: Score | None) -> Receipt:
    """Bring together what is on record about one student's submission."""
    notebook = graded_notebook(course, assignment, student.id)
    deductions: tuple[Deduction, ...] = ()
    return make_receipt(
        course,
        assignment,
        student,
        score,
        notebook,
        deductions=deductions,
    )


def graded_notebook(course: Course, assignment: str, student: str) -> NotebookNode | None:
    """Return the executed and graded notebook, or None if there is none that can be read."""
    path = graded_path(course, assignment, student)
    try:
        return nbformat.read(path, as_version=4) if path.is_file() else None
    except (OSError, ValueError, nbformat.reader.NotJSONError):
        return None


def graded_path(course: Course, assignment: str, student: str) -> Path:
    """Say where the graded notebook of a submission lies."""
    return course.autograded / student / assignment / f"{course.notebook_stem(assignment)}.ipynb"


def make_receipt(
    course: Course,
    assignment: str,
    student: Student,
    score: Score | None,
    notebook: NotebookNode | None,
    *,
    deductions: Iterable[Deduction] = (),
    deadline: datetime | None = None,
    restored: Iterable[str] = (),
    waits: Iterable[str] = (),
) -> Receipt:
    """Make the receipt from values: the gradebook's row, the graded notebook, what the rules took."""
    marks = (read_marks(notebook) if notebook is not None else None) or Marks()
    lines = tuple(_lines(score, notebook, marks))
    is_graded = any(line.points is not None for line in lines)
    taken = tuple(deductions)
    raw = score.raw if score is not None and is_graded else None
    return Receipt(
        student=student.id,
        name=student.full_name or student.id,
        assignment=assignment,
        title=course.assignment(assignment).title,
        raw=raw,
        max=_most(score, lines),
        final=score.final if score is not None and raw is not None else None,
        lines=lines,
        deductions=taken + _unexplained(score, taken) if raw is not None else (),
        submitted_at=_local(course, score.submitted_at if score is not None else None),
        deadline=_local(course, deadline or course.assignment(assignment).deadline),
        faults=marks.faults,
        restored=tuple(restored),
        isolation=marks.isolation,
        seconds=marks.seconds,
        needs_person=(*_waits(lines, score, is_graded), *waits),
    )


def _lines(score: Score | None, notebook: NotebookNode | None, marks: Marks) -> Iterable[Line]:
    """Yield a line per graded cell, in the notebook's order; then what only the gradebook knows."""
    worth = _worth(notebook)
    cells = dict(score.cells) if score is not None else {}
    for name in dict.fromkeys([*worth, *cells]):
        verdict = marks.verdict(name)
        most = worth.get(name, verdict.max_points if verdict is not None else 0.0)
        earned = cells.get(name)
        is_open = verdict is None or verdict.outcome is Outcome.BROKEN
        if score is not None and score.needs_person and is_open and not earned:
            earned = None  # the database adds up what is missing as 0
        yield Line(name, earned, most, verdict)


def _worth(notebook: NotebookNode | None) -> dict[str, float]:
    found = {}
    for cell in notebook.cells if notebook is not None else ():
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade") and about.get("grade_id"):
            found[str(about["grade_id"])] = float(about.get("points") or 0.0)
    return found


def _most(score: Score | None, lines: tuple[Line, ...]) -> float | None:
    if score is not None and score.max:
        return score.max
    return sum(line.max for line in lines) or None


def _unexplained(score: Score | None, taken: tuple[Deduction, ...]) -> tuple[Deduction, ...]:
    """Say so where the gradebook takes more or less than the rules do today: the gradebook is what counts."""
    rest = round((score.penalty if score is not None else 0.0) - sum(each.points for each in taken), 4)
    if not rest:
        return ()
    why = "The gradebook has this deduction; the course's rules as they are now say otherwise. Grade again."
    return (Deduction("gradebook", rest, why),)


def _waits(lines: tuple[Line, ...], score: Score | None, is_graded: bool) -> Iterable[str]:
    if not is_graded:
        yield "This submission is not graded yet."
        return
    missing = [line for line in lines if line.points is None]
    for line in missing:
        yield f"{line.exercise}: {line.rule}"
    if score is not None and score.needs_person and not missing:
        yield "The gradebook waits for a manual grade."


def _local(course: Course, moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:  # the course file's minutes are on the course's clock
        return moment.replace(tzinfo=course.time_zone)
    return moment.astimezone(course.time_zone)


def say_moment(moment: datetime | None) -> str:
    """Write a moment with its zone: "5 Feb 2027, 23:59 EST"."""
    return "unknown" if moment is None else f"{moment.day} {moment:%b %Y, %H:%M %Z}".strip()


def as_text(receipt: Receipt) -> str:
    """Return the receipt for a terminal or a mail."""
    wide = max((len(line.exercise) for line in receipt.lines), default=10) + 2
    rows = [f"{receipt.assignment} · {receipt.title}: {receipt.name} ({receipt.student})"]
    for line in receipt.lines:
        earned = f"{say_points(line.points)} of {say_points(line.max)}"
        rows.append(f"  {line.exercise:<{wide}}{earned:>12}   {line.rule} [{line.evidence}]")
        if line.message:
            rows.append(f"  {'':<{wide}}{'':>12}   {one_line(line.message, 400)}")
    rows.append(f"  {'raw':<{wide}}{f'{say_points(receipt.raw)} of {say_points(receipt.max)}':>12}")
    for taken in receipt.deductions:
        rows.append(f"  {taken.rule:<{wide}}{say_points(-taken.points):>12}   {taken.evidence}")
    rows.append(f"  {'final':<{wide}}{f'{say_points(receipt.final)} of {say_points(receipt.max)}':>12}")
    rows.append(f"  handed in {say_moment(receipt.submitted_at)}, due {say_moment(receipt.deadline)}")
    rows += [f"  survived: {fault.cell}: {fault.sentence}" for fault in receipt.faults]
    rows += [f"  put back: {change}" for change in receipt.restored]
    rows += [f"  waits: {reason}" for reason in receipt.needs_person]
    return plain("\n".join(rows))
