"""Drive `minibatches`: collect what it yields, and say which samples came, in which order, with which partner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch

from course_utils.checks.drivers import driver
from course_utils.checks.driving.chance import quartered

TOLD_APART = 8
"""Whole batches of this many samples do not stay together by chance (with a hundred samples, once in 10¹⁰)."""


@dataclass(frozen=True)
class Round:
    """One walk over all batches.

    Attributes:
        things: how many things each batch holds; 2 if all are pairs.
        sizes: rows in each batch.
        axes: axes of the first `xb` and `yb` that has an unusual number of them, else of the first batch.
        order: for each row that came, its number in X, or -1 if it is not a row of X.
        is_paired: for each row that came, whether the target that came with it is its own.
        targets: all targets that came, in order.
        samples: a number of `xb` and of `yb`, for their dtypes.
    """

    things: int
    sizes: tuple[int, ...]
    axes: tuple[int, int]
    order: tuple[int, ...]
    is_paired: tuple[bool, ...]
    targets: tuple[float, ...]
    samples: tuple[Any, Any]


@driver("minibatches")
def drive_minibatches(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Return what one walk over the batches shows, and how a second walk differs from it.

    Arguments: X (N, D) with rows that are all different, y (N,), batch_size, shuffle. The parts stand in the
    order of the exercise's contract; where an order is random, only properties of it are returned.
    """
    X, y, shuffle = arguments["X"], arguments["y"], arguments["shuffle"]
    first, second = (_walk(answer(*arguments.values()), X, y) for _ in range(2))
    if first is None or second is None:
        return None
    count = len(X)
    once = sum(first.order.count(number) == 1 for number in range(count)) / count
    order = torch.full((count,), -1)
    if not shuffle:
        came = torch.tensor(first.order[:count], dtype=torch.int64)
        order[: len(came)] = came
    return (
        len(first.sizes),
        min(first.sizes, default=0),
        max(first.sizes, default=0),
        first.things,
        *first.axes,
        quartered(once),
        quartered(sum(first.is_paired) / max(len(first.is_paired), 1)),
        order,
        int(first.order == tuple(range(count))),
        int(first.order == second.order),
        quartered(_kept_together(first, count)),
        int(first.targets == tuple(y.tolist())),
        int(_batches_in_place(first)),
        *first.samples,
    )


def _walk(batches: Any, X: torch.Tensor, y: torch.Tensor) -> Round | None:
    if batches is None:
        return None
    if not isinstance(batches, Iterable):
        raise TypeError(f"minibatches gave back {type(batches).__name__}, where batches to loop over are asked for")
    things, sizes, axes, order, paired, targets = 2, [], [], [], [], []
    samples: tuple[Any, Any] = (0.0, 0.0)
    for number, batch in enumerate(batches):
        if number > 3 * len(X) + 3:  # it will not end: what came so far tells enough
            break
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            things = len(batch) if isinstance(batch, (tuple, list)) else 1
            break
        xb, yb = batch
        if not number:
            samples = _number_of(xb), _number_of(yb)
        xb, yb = torch.as_tensor(xb), torch.as_tensor(yb)
        axes.append((xb.ndim, yb.ndim))
        rows = _numbers_of(xb, X)
        sizes.append(len(rows))
        order += rows
        paired += _partners(rows, yb.reshape(-1), y)
        targets += yb.reshape(-1).tolist()
    unusual = [pair for pair in axes if pair != (2, 1)]
    seen_axes = (unusual or axes or [(0, 0)])[0]
    return Round(things, tuple(sizes), seen_axes, tuple(order), tuple(paired), tuple(targets), samples)


def _number_of(batch: Any) -> Any:
    """Return one zero of the batch's dtype, or the batch itself if it is no tensor and shows as what it is."""
    return torch.zeros((), dtype=batch.dtype) if isinstance(batch, torch.Tensor) else batch


def _numbers_of(xb: torch.Tensor, X: torch.Tensor) -> list[int]:
    """Find each row of a batch in X; rows that are not there have the number -1."""
    if xb.numel() % X.shape[1]:
        return [-1] * (len(xb) if xb.ndim else 1)
    is_row = (xb.detach().reshape(-1, 1, X.shape[1]) == X).all(-1)
    return [int(hits.nonzero()[0]) if hits.any() else -1 for hits in is_row]


def _partners(rows: list[int], yb: torch.Tensor, y: torch.Tensor) -> list[bool]:
    if len(rows) != len(yb):
        return [False] * max(len(rows), 1)
    return [number >= 0 and bool(y[number] == target) for number, target in zip(rows, yb.detach(), strict=True)]


def _kept_together(walk: Round, count: int) -> float:
    """Return the share of large batches that hold neighbours of the table and nothing else."""
    together, large, start = 0, 0, 0
    for size in walk.sizes:
        rows = sorted(walk.order[start : start + size])
        start += size
        if size >= TOLD_APART:
            large += 1
            together += rows == list(range(rows[0], rows[0] + size))
    return together / large if large else 0.0


def _batches_in_place(walk: Round) -> bool:
    """Whether each batch holds the rows it would hold without any shuffle, in whatever order inside."""
    start = 0
    for size in walk.sizes:
        if sorted(walk.order[start : start + size]) != list(range(start, start + size)):
            return False
        start += size
    return True
