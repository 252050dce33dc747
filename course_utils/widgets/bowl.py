"""The mean squared error of a line is a bowl over the plane of (w, b): its shape, and walks in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bowl:
    """Hold the MSE of ŷ = w·x + b over data as `lowest + ½ (p - bottom)ᵀ curvature (p - bottom)`.

    Attributes:
        curvature: (2, 2) second derivatives with respect to (w, b).
        bottom: (2,) the best (w, b).
        lowest: the MSE there.
    """

    curvature: Floats
    bottom: Floats
    lowest: float

    @classmethod
    def of(cls, x: Any, y: Any) -> Bowl:
        """Measure the bowl of inputs `x` (N,) and targets `y` (N,), tensors, arrays or lists."""
        inputs, targets = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        design = np.stack([inputs, np.ones_like(inputs)], axis=1)
        bottom = np.linalg.lstsq(design, targets, rcond=None)[0]
        lowest = float(np.mean((design @ bottom - targets) ** 2))
        return cls(2 / len(inputs) * design.T @ design, bottom, lowest)

    def loss(self, points: Floats) -> Floats:
        """Return the MSE (...) at points (..., 2)."""
        away = points - self.bottom
        values: Floats = self.lowest + 0.5 * np.einsum("...i,ij,...j->...", away, self.curvature, away)
        return values

    def walk(self, start: tuple[float, float], lr: float, steps: int) -> Floats:
        """Return the points (steps + 1, 2) of gradient descent from `start` with learning rate `lr`."""
        points = [np.asarray(start, dtype=float)]
        for _ in range(steps):
            points.append(points[-1] - lr * self.curvature @ (points[-1] - self.bottom))
        return np.stack(points)

    @property
    def steepest(self) -> float:
        """The largest curvature in any direction."""
        return float(np.linalg.eigvalsh(self.curvature)[-1])

    @property
    def limit(self) -> float:
        """The learning rate above which gradient descent diverges: 2 / steepest curvature."""
        return 2 / self.steepest

    @property
    def condition(self) -> float:
        """How many times steeper the steepest direction curves than the flattest."""
        flattest, steepest = np.linalg.eigvalsh(self.curvature)
        return float(steepest / flattest)


def standardise(x: Any) -> Floats:
    """Return `x` (N,) shifted to mean 0 and scaled to standard deviation 1 (dividing by N)."""
    values = np.asarray(x, dtype=float)
    scaled: Floats = (values - values.mean()) / values.std()
    return scaled


def say_line(w: float, b: float) -> str:
    """Write the line as `ŷ = 1.31·x + 0.65`, with a minus sign where b is negative."""
    return f"ŷ = {w:.2f}·x {'−' if b < 0 else '+'} {abs(b):.2f}"
