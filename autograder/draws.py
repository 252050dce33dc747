"""Inputs for cases: drawn from a seeded generator, so that a secret seed gives inputs nobody has seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.codec import strided

DOUBLE, SINGLE = torch.float64, torch.float32


def normal(generator: torch.Generator, *shape: int, scale: float = 1.0, dtype: torch.dtype = DOUBLE) -> torch.Tensor:
    """Draw independent normal numbers with standard deviation `scale`."""
    return (scale * torch.randn(shape, generator=generator, dtype=DOUBLE)).to(dtype)


def labels(generator: torch.Generator, count: int, classes: int) -> torch.Tensor:
    """Draw `count` class indices (int64) below `classes`."""
    return torch.randint(classes, (count,), generator=generator)


def probabilities(generator: torch.Generator, *shape: int, dtype: torch.dtype = DOUBLE) -> torch.Tensor:
    """Draw rows of positive numbers that sum to 1 along the last axis."""
    return torch.softmax(normal(generator, *shape), dim=-1).to(dtype)


def not_contiguous(
    make: Callable[[torch.Generator], dict[str, Any]],
) -> Callable[[torch.Generator], dict[str, Any]]:
    """Wrap a maker so that its tensors do not lie side by side in memory."""

    def wrapped(generator: torch.Generator) -> dict[str, Any]:
        return {
            name: strided(value) if isinstance(value, torch.Tensor) else value
            for name, value in make(generator).items()
        }

    return wrapped
