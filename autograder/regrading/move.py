"""What a grading would change for one student, and for the class."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Standing:
    """A grade as it is or would be: earned, taken by the rules, counting; None where nothing is graded or counts."""

    raw: float | None
    penalty: float
    final: float | None
    waits: bool = False


@dataclass(frozen=True)
class CellMove:
    """One graded cell whose points would change; `message` is what its check would say then."""

    name: str
    before: float | None
    after: float | None
    message: str = ""


@dataclass(frozen=True)
class Move:
    """One student: the grade now and the one that grading would enter; why it is looked at; whether it ran.

    `before` is None where nothing is graded yet; `after` is None where it would need a person, and `reason` says why.
    """

    student: str
    before: Standing | None
    after: Standing | None
    reason: str
    cells: tuple[CellMove, ...] = ()
    has_run: bool = False

    @property
    def difference(self) -> float | None:
        """The points that count then, less those that count now; None where one of them is no number."""
        if self.before is None or self.after is None or self.before.final is None or self.after.final is None:
            return None
        return round(self.after.final - self.before.final, 6)

    @property
    def is_moved(self) -> bool:
        """Whether the student's grade would be another one."""
        return self.before != self.after or bool(self.cells)

    def as_json(self) -> dict[str, Any]:
        """Give the move as plain data."""
        return {**asdict(self), "difference": self.difference, "moves": self.is_moved}


@dataclass(frozen=True)
class Trial:
    """What grading an assignment now would do: a move for each student it would look at, and how many handed in."""

    assignment: str
    moves: tuple[Move, ...]
    submissions: int

    @property
    def moved(self) -> tuple[Move, ...]:
        """Those whose grade would change: first where it cannot be said in points, then by the size of the move."""
        moved = [move for move in self.moves if move.is_moved]
        return tuple(sorted(moved, key=lambda move: (-_size(move), move.student)))

    @property
    def mean(self) -> float | None:
        """The mean change of the points that count, over everybody who has such points before and after."""
        known = [move.difference for move in self.moves if move.difference is not None]
        # who would not be graded again does not move
        others = self.submissions - len(self.moves)
        return round(sum(known) / (len(known) + others), 6) if known else None

    @property
    def sentence(self) -> str:
        """Say how many would move, and how far."""
        if not self.moves:
            return f"Nothing would be graded: nothing that the {self.submissions} grades depend on has changed."
        ran = sum(move.has_run for move in self.moves)
        how = f"{ran} notebooks ran" if ran else "no notebook had to run"
        mean = f", mean {self.mean:+.2f} points".replace("-", "−") if self.mean is not None else ""
        return f"{len(self.moved)} of {self.submissions} would move{mean}; {len(self.moves)} looked at, {how}."

    def as_json(self) -> dict[str, Any]:
        """Give the trial as plain data, in the order in which it is shown."""
        still = [move for move in self.moves if not move.is_moved]
        return {
            "assignment": self.assignment,
            "submissions": self.submissions,
            "moved": len(self.moved),
            "mean": self.mean,
            "students": [move.as_json() for move in (*self.moved, *still)],
        }


def _size(move: Move) -> float:
    return abs(move.difference) if move.difference is not None else float("inf")
