"""Drive `dropout`: what share is dropped, how the rest is scaled, and what two calls have in common."""

from __future__ import annotations

from typing import Any

import torch

from course_utils.checks.drivers import driver
from course_utils.checks.driving.chance import deviation_of_share, settled

COIN_CALLS = 60
"""Calls on a few entries that show whether all of them always share one fate."""


@driver("dropout")
def drive_dropout(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Call dropout twice on the same x and return what the outputs show, chance taken out.

    Arguments: x (any shape, thousands of entries, none of them 0), p, training. Parts: a number of the
    output (for dtype and device), its shape, the share dropped, the smallest and the largest factor on what
    was kept, the share of entries with the same fate in both calls, the shares of rows and of columns that
    were dropped whole, and whether everything was dropped or kept at once.
    """
    x, p, training = arguments["x"], arguments["p"], arguments["training"]
    original = x.clone()
    out, again = answer(x, p, training), answer(original.clone(), p, training)
    if out is None:
        return None
    if not isinstance(out, torch.Tensor) or not isinstance(again, torch.Tensor):
        return (out, *[0.0] * 8)
    number, shape = torch.zeros((), dtype=out.dtype, device=out.device), torch.tensor(out.shape)
    if out.shape != original.shape:
        return (number, shape, *[0.0] * 7)
    chance = p if training else 0.0
    same = chance**2 + (1 - chance) ** 2
    if _is_one_coin(answer, original, p, training):
        factor = 1 / (1 - chance)
        return (number, shape, chance, factor, factor, same, 0.0, 0.0, 1)
    factors = out.detach().double() / original.double()
    dropped, dropped_again = factors == 0, again.detach() == 0
    rows, columns = _whole(dropped)
    draws = _draws(dropped, rows, columns)
    return (
        number,
        shape,
        settled(_share(dropped), chance, deviation_of_share(chance, draws)),
        *_extremes(factors[~dropped], 1 / (1 - chance)),
        settled(_share(dropped == dropped_again), same, deviation_of_share(same, draws)),
        settled(rows, chance, deviation_of_share(chance, draws)) if rows else 0.0,
        settled(columns, chance, deviation_of_share(chance, draws)) if columns else 0.0,
        0,
    )


def _is_one_coin(answer: Any, x: torch.Tensor, p: float, training: bool) -> bool:
    """Whether calls on a few entries sometimes drop all of them and sometimes none, and never only some."""
    few = x.reshape(-1)[:8].clone()
    if few.numel() < 8 or not training or not 0 < p < 1:
        return False
    counts = set()
    for _ in range(COIN_CALLS):
        out = answer(few.clone(), p, training)
        counts.add(int((out == 0).sum()))
        if counts - {0, few.numel()}:
            return False
    return len(counts) == 2


def _draws(dropped: torch.Tensor, rows: float, columns: float) -> int:
    """Return how many draws stand behind a mask: one for each entry, or for each row or column that fell whole."""
    if rows:
        return len(dropped)
    return dropped.numel() // len(dropped) if columns else dropped.numel()


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
