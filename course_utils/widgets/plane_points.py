"""Two groups of points in a plane, for networks that one can look at."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

REACH = 3.0  # nearly all points lie this near to the middle, along each axis


def draw_points(shape: str, count: int, noise: float, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw points of two groups, half of them in each.

    Args:
        shape: one of `SHAPES`.
        count: how many points, an even number.
        noise: standard deviation of what is added to both coordinates.
        seed: another seed, other points.

    Returns:
        X (count, 2) and the group of each point, (count,), 0 or 1.

    Raises:
        ValueError: there is no such shape.
    """
    import torch

    if shape not in SHAPES:
        raise ValueError(f"There is no shape {shape!r}; choose one of {', '.join(SHAPES)}.")
    generator = torch.Generator().manual_seed(seed)
    half = count // 2
    X = torch.cat([SHAPES[shape](half, group, generator) for group in (0, 1)])
    X = X + noise * torch.randn(X.shape, generator=generator)
    return X, torch.arange(2).repeat_interleave(half).float()


def _disc_and_ring(count: int, group: int, generator: torch.Generator) -> torch.Tensor:
    """Draw from a ring around the middle (group 0) or from the disc inside it (group 1)."""
    import torch

    angle = 2 * math.pi * torch.rand(count, generator=generator)
    inner, outer = ((1.6, 2.4), (0.0, 1.2))[group]
    radius = inner + (outer - inner) * torch.rand(count, generator=generator)
    return _polar(radius, angle)


def _corners(count: int, group: int, generator: torch.Generator) -> torch.Tensor:
    """Draw from two opposite quarters of a square (group 0), or from the other two (group 1)."""
    import torch

    size = 0.25 + 2.0 * torch.rand(count, 2, generator=generator)
    side = 2.0 * torch.randint(2, (count, 1), generator=generator) - 1
    return size * torch.cat([side, side * (2 * group - 1)], dim=1)


def _clouds(count: int, group: int, generator: torch.Generator) -> torch.Tensor:
    """Draw from a cloud at the lower left (group 0) or at the upper right (group 1)."""
    import torch

    return (2.0 * group - 1) + 0.7 * torch.randn(count, 2, generator=generator)


def _spirals(count: int, group: int, generator: torch.Generator) -> torch.Tensor:
    """Draw from one arm of a double spiral."""
    import torch

    far = 0.1 + 0.9 * torch.rand(count, generator=generator)
    return _polar(2.4 * far, 2.9 * math.pi * far + math.pi * group)


def _polar(radius: torch.Tensor, angle: torch.Tensor) -> torch.Tensor:
    import torch

    return torch.stack([radius * torch.sin(angle), radius * torch.cos(angle)], dim=1)


SHAPES: dict[str, Callable[[int, int, torch.Generator], torch.Tensor]] = {
    "disc and ring": _disc_and_ring,
    "opposite corners": _corners,
    "two clouds": _clouds,
    "spirals": _spirals,
}
