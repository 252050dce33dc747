"""One change of one grade, and how it is written as a line of JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Event(StrEnum):
    """What moved a grade."""

    GRADED = "graded"
    REGRADED = "regraded"
    RULES = "rules applied"
    BY_HAND = "mark by hand"
    FOUND = "found in the gradebook"


@dataclass(frozen=True)
class Points:
    """A grade at one moment: points earned, what the rules took, what counts, and the points of each graded cell.

    `raw` and `final` are None while nobody has graded it: that is no 0. `by_hand` are the marks a person gave.
    """

    raw: float | None
    penalty: float
    final: float | None
    cells: Mapping[str, float | None] = field(default_factory=dict)
    by_hand: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One line of the history; `before` is None for the first grade, `fingerprint` says what the new one rests on."""

    time: dt.datetime
    student: str
    assignment: str
    event: Event
    reason: str
    before: Points | None
    after: Points
    kit: str = ""
    fingerprint: str = ""

    @property
    def moved(self) -> dict[str, tuple[float | None, float | None]]:
        """Return the graded cells whose points changed: before and after."""
        before = self.before.cells if self.before is not None else {}
        names = dict.fromkeys([*before, *self.after.cells])
        pairs = {name: (before.get(name), self.after.cells.get(name)) for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    def as_json(self) -> dict[str, Any]:
        """Give the entry as plain data; the time in ISO format, in UTC."""
        return {
            "time": self.time.astimezone(dt.UTC).isoformat(timespec="seconds"),
            "student": self.student,
            "assignment": self.assignment,
            "event": self.event.value,
            "reason": self.reason,
            "before": _plain(self.before) if self.before is not None else None,
            "after": _plain(self.after),
            "kit": self.kit,
            "fingerprint": self.fingerprint,
        }


def to_line(entry: Entry) -> bytes:
    """Write an entry as one line."""
    return (json.dumps(entry.as_json(), ensure_ascii=False) + "\n").encode("utf-8", "replace")


def from_line(line: bytes) -> Entry:
    """Read an entry back.

    Raises ValueError if the line is no whole entry.
    """
    try:
        data = json.loads(line.decode("utf-8"))
        before = data["before"]
        return Entry(
            time=dt.datetime.fromisoformat(data["time"]),
            student=str(data["student"]),
            assignment=str(data["assignment"]),
            event=Event(data["event"]),
            reason=str(data["reason"]),
            before=_points(before) if before is not None else None,
            after=_points(data["after"]),
            kit=str(data["kit"]),
            fingerprint=str(data["fingerprint"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no entry of a history: {error}") from None


def _plain(points: Points) -> dict[str, Any]:
    return {
        "raw": points.raw,
        "penalty": points.penalty,
        "final": points.final,
        "exercises": dict(points.cells),
        "by_hand": dict(points.by_hand),
    }


def _points(data: Mapping[str, Any]) -> Points:
    return Points(
        raw=_number(data["raw"]),
        penalty=float(data["penalty"]),
        final=_number(data["final"]),
        cells={str(name): _number(value) for name, value in data["exercises"].items()},
        by_hand={str(name): float(value) for name, value in data["by_hand"].items()},
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
