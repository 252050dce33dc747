"""From a class's receipts to the few figures an instructor acts on: which exercises, which ideas, who waits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from autograder.errors import UnknownAssignmentError
from autograder.exercises import exercises_of
from autograder.receipts import Line, Receipt
from course_utils.checks.verdict import Outcome, Verdict

BY_HAND = "graded by a person"
PARTIAL = "partial credit"
WAITS = "waits for a person"


@dataclass(frozen=True)
class ExerciseFigures:
    """How one exercise went: `ways` counts in words how the answers ended.

    Of the `failed` ones the message of `unnamed` could name no cause.
    """

    name: str
    max: float
    graded: int
    full: int
    mean: float | None
    ways: Mapping[str, int]
    failed: int = 0
    unnamed: int = 0

    @property
    def share(self) -> float | None:
        """The share of graded answers with all points."""
        return self.full / self.graded if self.graded else None


@dataclass(frozen=True)
class Idea:
    """A reason for failed answers, with the sentence about it and who rests on it (names).

    `is_declared` tells a mistake that the exercise declares from a general stumble such as a wrong shape.
    """

    exercise: str
    mistake: str
    sentence: str
    look: str
    students: tuple[str, ...]
    share: float
    is_declared: bool


@dataclass(frozen=True)
class Unnamed:
    """Failed answers for which no cause could be named, with the same thing seen: a mistake to add, perhaps."""

    exercise: str
    saw: str
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True)
class ClassFigures:
    """The figures of one assignment.

    `bins` counts final scores by tenths of the maximum (100 % is in the last one). It, `median` and `mean` are
    over the `complete` submissions: a sum with points still missing would count these as zero.
    """

    graded: tuple[Receipt, ...]
    complete: tuple[Receipt, ...]
    bins: tuple[int, ...]
    median: float | None
    mean: float | None
    exercises: tuple[ExerciseFigures, ...]
    ideas: tuple[Idea, ...]
    unnamed: tuple[Unnamed, ...]
    seconds: float
    median_seconds: float | None
    slowest: tuple[Receipt, ...]


def class_figures(assignment: str, receipts: Sequence[Receipt]) -> ClassFigures:
    """Return the figures of a class; what is not graded counts in none of them."""
    graded = tuple(receipt for receipt in receipts if receipt.final is not None)
    complete = tuple(receipt for receipt in graded if receipt.is_complete)
    finals = [receipt.final for receipt in complete if receipt.final is not None]
    shares = [receipt.share for receipt in complete if receipt.share is not None]
    counts = Counter(min(int(share * 10 + 1e-9), 9) for share in shares)
    times = [receipt.seconds for receipt in graded if receipt.seconds]
    return ClassFigures(
        graded=graded,
        complete=complete,
        bins=tuple(counts[place] for place in range(10)),
        median=median(finals) if finals else None,
        mean=fmean(finals) if finals else None,
        exercises=tuple(_exercises(graded)),
        ideas=tuple(_ideas(assignment, graded)),
        unnamed=tuple(_unnamed(graded)),
        seconds=sum(times),
        median_seconds=median(times) if times else None,
        slowest=_slowest(graded, median(times) if times else 0.0),
    )


def _slowest(graded: Sequence[Receipt], usual: float) -> tuple[Receipt, ...]:
    """Return up to three submissions that took more than twice the usual time."""
    slow = [receipt for receipt in graded if receipt.seconds > 2 * usual]
    return tuple(sorted(slow, key=lambda receipt: -receipt.seconds)[:3])


def _exercises(graded: Sequence[Receipt]) -> list[ExerciseFigures]:
    """Return the exercises, the hardest first."""
    lines: dict[str, list[Line]] = defaultdict(list)
    for receipt in graded:
        for line in receipt.lines:
            lines[line.exercise].append(line)
    found = []
    for name, answers in lines.items():
        earned = [line.points for line in answers if line.points is not None]
        most = max(line.max for line in answers)
        full = sum(points >= most - 1e-9 for points in earned)
        ways = Counter(_way(line) for line in answers)
        mean = fmean(earned) if earned else None
        failed = _failed(answers)
        unnamed = sum(not verdict.is_named for verdict in failed)
        found.append(ExerciseFigures(name, most, len(earned), full, mean, dict(ways), len(failed), unnamed))
    return sorted(found, key=lambda each: (1.0 if each.share is None else each.share, -each.max))


def _way(line: Line) -> str:
    if line.points is None:
        return WAITS
    if line.verdict is None or line.is_by_hand:
        return BY_HAND
    if line.is_partial:
        return PARTIAL
    return line.verdict.outcome.value


def _ideas(assignment: str, graded: Sequence[Receipt]) -> list[Idea]:
    """Return the named reasons for failed answers, the most common first."""
    declared = _declared(assignment)
    who: dict[tuple[str, str], list[str]] = defaultdict(list)
    said: dict[tuple[str, str], Verdict] = {}
    for receipt in graded:
        for verdict in _failed(receipt.lines):
            for name in verdict.mistake.split("+") if verdict.mistake else ():
                who[verdict.exercise, name].append(receipt.name)
                said.setdefault((verdict.exercise, name), verdict)
    ideas = []
    for (exercise, name), students in who.items():
        sentence, look = declared.get((exercise, name), (said[exercise, name].idea, said[exercise, name].look))
        is_declared = (exercise, name) in declared
        share = len(students) / len(graded)
        ideas.append(Idea(exercise, name, sentence, look, tuple(students), share, is_declared))
    return sorted(ideas, key=lambda idea: (-len(idea.students), idea.exercise, idea.mistake))


def _declared(assignment: str) -> dict[tuple[str, str], tuple[str, str]]:
    try:
        exercises = exercises_of(assignment)
    except UnknownAssignmentError:  # a lab or a quiz without declared exercises
        return {}
    return {
        (name, mistake.name): (mistake.idea, mistake.look)
        for name, exercise in exercises.items()
        for mistake in exercise.mistakes
    }


def _unnamed(graded: Sequence[Receipt]) -> list[Unnamed]:
    """Group the answers by what was seen: the same numbers are the same mistake; the most common first."""
    who: dict[tuple[str, str], list[Receipt]] = defaultdict(list)
    for receipt in graded:
        for verdict in _failed(receipt.lines):
            if not verdict.is_named:
                who[verdict.exercise, verdict.saw or verdict.idea].append(receipt)
    found = [Unnamed(exercise, saw, tuple(students)) for (exercise, saw), students in who.items()]
    return sorted(found, key=lambda each: (-len(each.receipts), each.exercise, each.saw))


def _failed(lines: Sequence[Line]) -> list[Verdict]:
    verdicts = [line.verdict for line in lines if line.verdict is not None]
    return [verdict for verdict in verdicts if verdict.outcome is Outcome.FAILED]
