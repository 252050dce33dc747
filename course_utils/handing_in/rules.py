"""The course's format rules: what each one saw in a notebook, and what that costs.

Both sides ask here: `submit()` before a notebook is handed in, and `course collect` after it came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

RULES = ("name", "header", "placement", "text_answers", "order")
"""In the order in which they are reported; each has its percent in the course file."""


@dataclass(frozen=True)
class Fault:
    """One broken rule, what was seen, and in which cell (from 1; 0: in none)."""

    rule: str
    evidence: str
    cell: int = 0


@dataclass(frozen=True)
class Deduction:
    """A broken format rule: what it takes, in percent of the points earned, what was seen, and in which cell.

    `cell` counts from 1, and 0 is no cell; where several are meant it is the first, and `evidence` names all of them.
    """

    rule: str
    percent: float
    evidence: str
    cell: int = 0


def deductions(faults: Iterable[Fault], takes: Mapping[str, float]) -> tuple[Deduction, ...]:
    """Price faults: one deduction for each broken rule, whatever it was broken by; a rule that takes 0 is not reported.

    `takes` has the percent for each rule.
    """
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.rule, []).append(fault)
    return tuple(
        Deduction(rule, takes[rule], "; ".join(fault.evidence for fault in found[rule]), _first(found[rule]))
        for rule in RULES
        if rule in found and takes.get(rule, 0.0) > 0
    )


def _first(faults: list[Fault]) -> int:
    return min((fault.cell for fault in faults if fault.cell), default=0)
