"""One thing that was done to a submission in rebuilding it, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

SURE_ENOUGH = 0.75  # below this a change is for a person to look at
_PLACES = re.compile(r"(?<=\bcell )\d+(?:, \d+)*|(?<=, not )\d+(?:, \d+)*")


@dataclass(frozen=True)
class Change:
    """One thing that was done: its kind, the released cell, the submission's (from 1; 0: none), how sure."""

    kind: str
    grade_id: str
    cell: int
    what: str
    confidence: float = 1.0

    @property
    def needs_person(self) -> bool:
        """Whether somebody should look at it."""
        return self.confidence < SURE_ENOUGH


def numbered(change: Change, numbers: Sequence[int]) -> Change:
    """Count cells as the submission does: halves were joined since."""
    if list(numbers) == list(range(len(numbers))):
        return change
    what = _PLACES.sub(lambda found: _renumbered(found[0], numbers), change.what)
    is_cell = 0 < change.cell <= len(numbers)
    return replace(change, what=what, cell=numbers[change.cell - 1] + 1 if is_cell else change.cell)


def _renumbered(places: str, numbers: Sequence[int]) -> str:
    return ", ".join(str(numbers[int(place) - 1] + 1) for place in places.split(", ") if int(place) <= len(numbers))
