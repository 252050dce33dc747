"""Drive `PairDataset`: its length, the items asked for in any order, and what a DataLoader makes of it."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils.data import DataLoader

from course_utils.checks.drivers import driver


@driver("pair_dataset")
def drive_pair_dataset(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Return length, items and batches of a data set of (X, y), read after a second one has been made.

    Arguments: X (N, D), y (N,), and `asks`, the numbers of the items asked for, in that order.
    """
    X, y, asks = arguments["X"], arguments["y"], arguments["asks"]
    data = answer(X, y)
    answer(X.flip(0) + 1, y.flip(0) + 1)  # another data set must not change the first
    items = [data[number] for number in asks]
    things = next((_things(item) for item in items if _things(item) != 2), 2)
    xs, ys = torch.full((len(asks), X.shape[1]), -1).to(X), torch.full((len(asks),), -1).to(y)
    axes, numbers = (0, 0), 0
    from_loader = xs.clone(), ys.clone()
    if things == 2:
        pairs = [(torch.as_tensor(x), torch.as_tensor(target)) for x, target in items]
        axes, numbers = (pairs[0][0].ndim, pairs[0][1].ndim), pairs[0][0].numel()
        xs, ys = _stack([x for x, _ in pairs], xs), _stack([target for _, target in pairs], ys)
        batches: list[Any] = list(DataLoader(data, batch_size=2, sampler=asks))
        from_loader = (
            _stack([x for xb, _ in batches for x in xb], xs),
            _stack([target for _, yb in batches for target in yb], ys),
        )
    return len(data), things, *axes, numbers, xs, ys, *from_loader


def _things(item: Any) -> int:
    return len(item) if isinstance(item, (tuple, list)) else 1


def _stack(rows: list[torch.Tensor], blank: torch.Tensor) -> torch.Tensor:
    """Stack rows that have the shape asked for, leave `blank` where they have not: the axes tell."""
    if any(row.shape != blank.shape[1:] for row in rows):
        return blank
    return torch.stack([row.to(blank.dtype) for row in rows])
