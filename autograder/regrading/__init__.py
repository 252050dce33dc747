"""Try a grading first: who would move, by how much, and why; nothing is written.

    trial = preview(course, "hw1", jobs=2)
    for move in trial.moved:
        print(move.student, move.before.final, "→", move.after.final, move.reason)
"""

from __future__ import annotations

from autograder.regrading.move import CellMove, Move, Standing, Trial
from autograder.regrading.preview import preview

__all__ = ["CellMove", "Move", "Standing", "Trial", "preview"]
