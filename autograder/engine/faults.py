"""What can go wrong while a notebook runs, each with the one sentence that student and instructor read."""

from __future__ import annotations

import re
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
    CELL_ERROR = "cell error"
    PUT_BACK = "put back"


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


NOT_WRITTEN = "NotImplementedError"
"""What the stub of an exercise raises: no fault, and the exercise says so itself."""

_KNOWN = (
    (r"^StdinNotImplementedError", "This cell asks for something to be typed in, and nobody types while it is graded."),
    (r"^SystemExit", "This cell asked Python to end; the cells after it were run all the same."),
    (r"^MemoryError|can't allocate memory|Cannot allocate memory", "This cell asked for more memory than there is."),
    (r"No space left on device|File too large", "This cell wrote more to the disk than there is room for."),
    (r"can't start new thread|^BlockingIOError: .*Errno 11\]", "This cell started more processes than it may."),
    (r"Too many open files", "This cell opened more files than it may."),
)


def say_error(name: str, said: str) -> str:
    """Say in one sentence with which error a cell stopped: `name` is the exception's, `said` its message."""
    both = f"{name}: {said}"
    for pattern, sentence in _KNOWN:
        if re.search(pattern, both):
            return sentence
    lines = [line for line in said.splitlines() if line.strip()]
    shown = "".join(letter if letter.isprintable() else " " for letter in lines[0])[:120].strip() if lines else ""
    name = "".join(letter for letter in name if letter.isprintable())[:80]
    return f"This cell stopped with {name}" + (f" (\u201c{shown}\u201d)." if shown else ".")
