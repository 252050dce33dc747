"""What a student and the gradebook are told about one exercise."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How an exercise ended. `BROKEN` is our fault and never a zero: a person has to look.

    `RECORDED` stands in a student's notebook only: a quiz's answer is there and is judged after it is handed in.
    """

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    BLOCKED = "blocked by an earlier failure"
    NOT_OWN_WORK = "not your own work"
    BROKEN = "broken"
    RECORDED = "recorded"


@dataclass(frozen=True)
class CaseLine:
    """One line of the table under a verdict: a case, and whether the answer holds there."""

    label: str
    is_right: bool
    yours: str = ""
    expected: str = ""
    is_hidden: bool = False


@dataclass(frozen=True)
class Verdict:
    """The outcome of one exercise, with what was seen, the idea behind it and one thing to look at.

    `points` is what the answer earns of `max_points`. `mistake` is the identifier of the named mistake the
    answer rests on, or "" when none fits; the class report counts these.
    """

    exercise: str
    outcome: Outcome
    points: float
    max_points: float
    saw: str = ""
    idea: str = ""
    look: str = ""
    mistake: str = ""
    lines: tuple[CaseLine, ...] = field(default=())
    printed: str = ""
    figure: str = ""
    """A drawing for the notebook, as inline SVG with its own alt text; `figure_text` says the same in lines of text."""
    figure_text: str = ""
    on_completion: bool = False
    """Whether it says that something is done (a lab), and not that it is right."""

    @property
    def is_named(self) -> bool:
        """Whether the message names a cause, and not only that numbers differ."""
        return self.outcome in (Outcome.PASSED, Outcome.NOT_ATTEMPTED) or bool(self.mistake)

    def message(self) -> str:
        """Return the sentences a student reads, without the table."""
        return " ".join(part for part in (self.idea, self.saw, self.look) if part)

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as plain data for JSON."""
        return vars(self) | {"lines": tuple(dict(vars(line)) for line in self.lines)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Verdict:
        """Rebuild a verdict from `to_json`'s plain data."""
        known = dict(data)
        known["outcome"] = Outcome(known["outcome"])
        known["lines"] = tuple(CaseLine(**line) for line in known.get("lines", ()))
        return cls(**known)
