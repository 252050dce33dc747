"""What a receipt is: lines that say what was earned, deductions that say what was taken, each with evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from autograder.engine.faults import Fault
from autograder.integrity import Sighting
from autograder.nbgrader_bridge.comments import Comment
from autograder.receipts.weight import Weight
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
        return self.verdict is None or (self.points is not None and abs(self.points - self.verdict.points) > 1e-6)

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
        if self.verdict.on_completion:
            return "Done: all points." if self.points else "Not complete: no points yet."
        if self.is_partial:
            return _partial(self.points, self.max)
        is_single = len(self.verdict.lines) < 2
        return (_SINGLE if is_single else _RULES).get(self.verdict.outcome, _RULES[self.verdict.outcome])

    @property
    def message(self) -> str:
        """The sentences of the verdict, where these are the reason for the points."""
        if self.verdict is None or self.is_by_hand or self.verdict.outcome is Outcome.BROKEN:
            return ""
        return self.verdict.message()

    @property
    def evidence(self) -> str:
        """Name the cell, and how many of its cases hold."""
        # one case is a question with one answer: "0 of 1 cases" says nothing that the rule does not
        if self.verdict is None or len(self.verdict.lines) < 2 or self.verdict.outcome is Outcome.NOT_ATTEMPTED:
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

_SINGLE: Mapping[Outcome, str] = {
    Outcome.PASSED: "Right: all points.",
    Outcome.FAILED: "Not right: no points.",
    Outcome.NOT_ATTEMPTED: "Not answered: no points.",
}
"""For a question that has one answer."""


def _partial(points: float, most: float) -> str:
    return f"Partial credit: this mistake keeps {100 * points / most:.0f} % of the points."


@dataclass(frozen=True)
class Deduction:
    """What one rule of the course takes (a negative number gives), and the evidence: a time, a cell, a name."""

    rule: str
    points: float
    evidence: str = ""

    @property
    def words(self) -> str:
        """The rule as a reader of a receipt knows it."""
        return _WORDS.get(self.rule, self.rule.replace("_", " "))


_WORDS: Mapping[str, str] = {
    "name": "format: file name",
    "header": "format: name and assignment at the top",
    "placement": "format: answers in their places",
    "text_answers": "format: text answers in text cells",
    "order": "format: runs from top to bottom",
    "cap": "no more than the maximum",
}


@dataclass(frozen=True)
class Receipt:
    """One submission's account, from raw points to final ones.

    `raw` counts what is graded so far; it and `final` are None as long as nothing is. `needs_person` lists
    what still waits for somebody. Work with an `excuse` has no final points and leaves the weighting. Times are aware.
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
    excuse: str = ""
    extension: str = ""
    """The deadline that was moved for this student, and why; "" if none was."""
    comments: tuple[Comment, ...] = ()
    weight: Weight | None = None
    sightings: tuple[Sighting, ...] = ()
    """For the instructor alone: what the submission did that an honest one has no reason to do."""

    @property
    def is_complete(self) -> bool:
        """Whether every graded cell has its points; until then `final` is what there is so far."""
        return self.final is not None and all(line.points is not None for line in self.lines)

    @property
    def share(self) -> float | None:
        """The final points as a share of what the assignment is worth."""
        return None if self.final is None or not self.max else self.final / self.max
