"""Drive an answer that takes a function: the function is built from a recipe's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks.drivers import driver

RECIPES: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "square": lambda x: (x**2).sum(),
    "cubic": lambda x: (x**3).sum(),
    "sine": lambda x: torch.sin(x).sum(),
    "coupled": lambda x: x.prod(),
    "first entry counts most": lambda x: (x.reshape(-1) ** 3 / torch.arange(1, x.numel() + 1)).sum(),
    "rows times columns": lambda x: (x.sum(0) ** 3).sum() + (x.sum(1) ** 2).sum(),
    "a flat line": lambda x: 0 * x.sum() + 3,
}
"""Functions of a float64 tensor that give a 0-d tensor."""


@driver("differentiate")
def drive_differentiate(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Call `answer(f, x, h)` with `f` built from the recipe that the case's `f` names."""
    return answer(RECIPES[arguments["f"]], arguments["x"], arguments["h"])
