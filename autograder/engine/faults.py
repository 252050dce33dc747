"""What can go wrong while a notebook runs, each with the one sentence that student and instructor read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """The kinds of fault that a run survives."""

    DEADLINE = "deadline"
    KERNEL_DIED = "kernel died"
    FLOOD = "flood"
    NO_TIME_LEFT = "no time left"
    NO_RESTART_LEFT = "no restart left"
    NO_RESPONSE = "no response"
    KERNEL_MISSING = "kernel missing"


@dataclass(frozen=True)
class Fault:
    """One fault: in which cell (a grade_id or "cell 7"), of which kind, in one sentence."""

    cell: str
    kind: FaultKind
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """Return the fault as plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Fault:
        """Rebuild a fault from `to_json`'s plain data."""
        return cls(str(data["cell"]), FaultKind(data["kind"]), str(data["sentence"]))
