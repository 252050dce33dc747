"""Mutants that pass because they are right, each with the reason; any other survivor asks for a new case."""

from __future__ import annotations

EQUIVALENT: dict[str, dict[str, str]] = {
    "least_squares": {
        "0 → -1": "the solution has one column: the first is the last",
    },
    "gd_fit": {
        "torch.zeros((), dtype=X.dtype) → torch.zeros(())": (
            "a 0-d float32 zero takes the table's dtype in the first step, and a scalar's dtype is free"
        ),
    },
}
