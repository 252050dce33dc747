"""What the exercises of this homework share."""

from __future__ import annotations

from typing import Any

import torch

from course_utils.checks.trace import AUTOGRAD

BY_HAND = (AUTOGRAD,)
"""The point of this homework: the walk back is written by hand, so torch's own is not allowed (the text says so)."""


def as_double(*rows: Any) -> torch.Tensor:
    """Return the rows as a float64 tensor; a single argument keeps its own shape."""
    return torch.tensor(rows if len(rows) > 1 else rows[0], dtype=torch.float64)
