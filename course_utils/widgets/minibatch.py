"""Walk downhill on batches of any size: one epoch is one pass over all rows, however many steps that takes."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.bowl import Bowl, standardise
from course_utils.widgets.live import LiveFigure, make_button, make_control, make_rate_slider
from course_utils.widgets.loss_map import draw_loss_map, move_path

if TYPE_CHECKING:
    from course_utils.widgets.bowl import Floats

_RATES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
_MOST_EPOCHS = 20


def minibatch_explorer(
    x: Any,
    y: Any,
    *,
    start: tuple[float, float] = (0.0, 12.0),
    batch_size: int = 4,
    lr: float = 0.1,
    epochs: int = 5,
    seed: int = 0,
    fineness: int = 120,
) -> LiveFigure:
    """Make the figure of mini-batch descent on (w, b), inputs standardised.

    Left: the map of the MSE over all rows, with one point per step. Right: that MSE over the epochs.

    Args:
        x: inputs (N,); they are standardised here.
        y: targets (N,).
        start: (w, b) before the first step.
        batch_size: rows in a batch to begin with.
        lr: the learning rate η to begin with.
        epochs: how many passes over the rows to begin with.
        seed: of the order in which the rows come.
        fineness: grid points along each side of the map.
    """
    inputs, targets = standardise(x), np.asarray(y, dtype=float)
    rows = len(inputs)
    bowl = Bowl.of(inputs, targets)
    reach = np.full(2, 1.6 * float(np.abs(bowl.bottom - np.asarray(start)).max()) + 0.5)

    figure = plots.new_figure(8.6, 4.3)
    left, right = figure.subplots(1, 2)
    draw_loss_map(left, bowl, start, reach, inputs="standardised", fineness=fineness)
    (path,) = left.plot([], [], "o-", color=plots.RED, ms=3, lw=1, zorder=4)
    (here,) = left.plot([], [], "s", color=plots.BLUE, ms=8, zorder=5)
    plots.dress(right, x="epoch", y="")
    plots.scale_log(right)
    right.axhline(bowl.lowest, color=plots.GREEN, ls="--", lw=1.5, label=f"lowest MSE, {bowl.lowest:.2f}")
    (curve,) = right.plot([], [], "o-", color=plots.RED, ms=3, lw=1, label="MSE over all rows")
    right.legend(loc="upper right", fontsize=9, frameon=False)
    right.set_xlim(-0.3, _MOST_EPOCHS + 0.3)

    def update(batch_size: int, lr: float, epochs: int) -> str:
        walk = walk_in_batches(inputs, targets, start, batch_size, lr, epochs, seed)
        losses = bowl.loss(walk)
        move_path(path, here, walk)
        per_epoch = ceil(rows / batch_size)
        curve.set_data(np.arange(len(walk)) / per_epoch, losses)
        right.set_ylim(0.6 * bowl.lowest, 6 * float(losses.max()))
        left.set_title(
            f"batches of {batch_size}: {_count(per_epoch, 'step')} per epoch", fontsize=12, loc="left"
        )
        right.set_title(f"MSE = {losses[-1]:,.4g} (log scale)", fontsize=12, loc="left")
        return _describe(bowl, batch_size, rows, lr, epochs, walk, losses)

    controls = {
        "batch_size": make_control(
            widgets.SelectionSlider, "batch size", options=_sizes(rows, batch_size), value=batch_size
        ),
        "lr": make_rate_slider(_RATES, lr),
        "epochs": make_control(widgets.IntSlider, "epochs", value=epochs, min=0, max=_MOST_EPOCHS),
    }
    live = LiveFigure(figure, update, controls)
    live.buttons += [
        make_button("One row", "Batches of one row", lambda: live.move(batch_size=1)),
        make_button("All rows", "The whole table is one batch", lambda: live.move(batch_size=rows)),
        make_button(
            "One epoch more",
            "Once more over all rows",
            lambda: live.move(epochs=min(controls["epochs"].value + 1, _MOST_EPOCHS)),
        ),
    ]
    return live


def walk_in_batches(
    inputs: Floats,
    targets: Floats,
    start: tuple[float, float],
    batch_size: int,
    lr: float,
    epochs: int,
    seed: int,
) -> Floats:
    """Return the points (steps + 1, 2) of descent on one batch after another, in a fresh order each epoch."""
    order = np.random.default_rng(seed)
    points = [np.asarray(start, dtype=float)]
    for _ in range(epochs):
        shuffled = order.permutation(len(inputs))
        for first in range(0, len(inputs), batch_size):
            rows = shuffled[first : first + batch_size]
            w, b = points[-1]
            error = w * inputs[rows] + b - targets[rows]
            gradient = 2 * np.array([(error * inputs[rows]).mean(), error.mean()])
            points.append(points[-1] - lr * gradient)
    return np.stack(points)


def _sizes(rows: int, batch_size: int) -> list[tuple[str, int]]:
    """List the batch sizes of the slider: powers of two, all rows, and the one to begin with."""
    sizes = {2**i for i in range(rows.bit_length())} | {rows, batch_size}
    return [(f"{size} of {rows}", size) for size in sorted(sizes)]


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _describe(bowl: Bowl, batch_size: int, rows: int, lr: float, epochs: int, walk: Any, losses: Any) -> str:
    """Say what the map and the curve show."""
    full, left_over = divmod(rows, batch_size)
    batches = f"{full} × {batch_size}" + (f" + {left_over}" if left_over else "")
    rises = int((np.diff(losses) > 1e-9).sum())
    latest = losses[-min(len(losses), 10) :]
    return (
        f"Mini-batch descent on the map of the MSE, inputs standardised, batches of {batch_size}. "
        f"The {rows} rows make {batches}, so an epoch is {_count(ceil(rows / batch_size), 'step')}, and "
        f"{_count(epochs, 'epoch')} with η = {lr:.3g} took {_count(len(walk) - 1, 'step')}. "
        f"The MSE over all rows went from {losses[0]:,.4g} to {losses[-1]:,.4g}; the lowest is {bowl.lowest:.2f}. "
        f"It rose in {_count(rises, 'step')}. "
        f"Over the last points shown it lay between {latest.min():,.4g} and {latest.max():,.4g}."
    )
