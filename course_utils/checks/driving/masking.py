"""Drive `dropout`: what share is dropped, how the rest is scaled, and what two calls have in common."""

from __future__ import annotations

from typing import Any

import torch

from course_utils.checks.drivers import driver
from course_utils.checks.driving.chance import deviation_of_share, settled


@driver("dropout")
def drive_dropout(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Call dropout twice on the same x and return what the outputs show, chance taken out.

    Arguments: x (any shape, thousands of entries, none of them 0), p, training. Parts: a number of the
    output (for dtype and device), its shape, the share dropped, the smallest and the largest factor on what
    was kept, the share of entries with the same fate in both calls, and the shares of rows and of columns
    that were dropped whole.
    """
    x, p, training = arguments["x"], arguments["p"], arguments["training"]
    original = x.clone()
    out, again = answer(x, p, training), answer(original.clone(), p, training)
    if out is None:
        return None
    if not isinstance(out, torch.Tensor) or not isinstance(again, torch.Tensor):
        return (out, *[0.0] * 7)
    number, shape = torch.zeros((), dtype=out.dtype, device=out.device), torch.tensor(out.shape)
    if out.shape != original.shape:
        return (number, shape, *[0.0] * 6)
    factors = out.detach().double() / original.double()
    dropped, dropped_again = factors == 0, again.detach() == 0
    chance = p if training else 0.0
    same = chance**2 + (1 - chance) ** 2
    count = x.numel()
    return (
        number,
        shape,
        settled(_share(dropped), chance, deviation_of_share(chance, count)),
        *_extremes(factors[~dropped], 1 / (1 - chance)),
        settled(_share(dropped == dropped_again), same, deviation_of_share(same, count)),
        *_whole(dropped),
    )


def _share(mask: torch.Tensor) -> float:
    return float(mask.double().mean())


def _extremes(factors: torch.Tensor, expected: float) -> tuple[float, float]:
    """Return the smallest and the largest factor, both `expected` if they differ from it by rounding only."""
    if not factors.numel():
        return 0.0, 0.0
    smallest, largest = float(factors.min()), float(factors.max())
    if max(abs(smallest - expected), abs(largest - expected)) <= 1e-5 * expected:
        return expected, expected
    return round(smallest, 2), round(largest, 2)


def _whole(dropped: torch.Tensor) -> tuple[float, float]:
    """Return the share of rows, and of columns, of which nothing is left (0 where there are no rows)."""
    if dropped.ndim < 2:
        return 0.0, 0.0
    table = dropped.reshape(dropped.shape[0], -1)
    return _share(table.all(1)), _share(table.all(0))
