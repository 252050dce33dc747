"""How much a submission may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on one notebook's run; past each the run goes on with the next cell, and the fault is written down.

    Seconds are wall-clock seconds; `output_bytes` counts what a cell prints and displays.
    """

    start_seconds: float = 60.0
    cell_seconds: float = 30.0
    notebook_seconds: float = 300.0
    output_bytes: int = 200_000
    restarts: int = 12
