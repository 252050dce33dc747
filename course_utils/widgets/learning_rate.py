"""One parameter, one parabola: what the learning rate does to the walk."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control, make_rate_slider

# A factor of 0.9 a step still leaves a third of the way after ten steps: we call that creeping.
_CREEPING = 0.9
# The learning rates on the slider, as shares of the one at which the walk begins to diverge.
_SHARES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0, 1.02, 1.05, 1.1, 1.2)


def learning_rate_explorer(
    x: Any,
    y: Any,
    *,
    b: float = 0.0,
    w: float = 0.0,
    lr: float = 0.001,
    steps: int = 10,
    most_steps: int = 20,
) -> LiveFigure:
    """Make the figure of gradient descent on the weight alone, the bias held at `b`.

    Left: the MSE as a function of w, with the points visited. Right: the MSE after each step.

    Args:
        x: inputs (N,).
        y: targets (N,).
        b: the bias, held still.
        w: where the walk starts.
        lr: the learning rate η to begin with.
        steps: how many steps to begin with.
        most_steps: the end of the slider of steps.
    """
    inputs, targets = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    curvature = 2 * float(np.mean(inputs**2))
    bottom = float(np.mean(inputs * (targets - b)) / np.mean(inputs**2))
    lowest = float(np.mean((bottom * inputs + b - targets) ** 2))
    limit = 2 / curvature
    reach = 1.6 * abs(w - bottom) + 0.1

    def loss(weight: Any) -> Any:
        return lowest + 0.5 * curvature * (weight - bottom) ** 2

    figure = plots.new_figure(8.6, 3.9)
    left, right = figure.subplots(1, 2)
    plots.dress(left, x="weight w", y="MSE")
    plots.dress(right, x="step", y="")
    span = np.linspace(bottom - reach, bottom + reach, 200)
    left.plot(span, loss(span), color=plots.BLACK, lw=1.5)
    left.set(xlim=(span[0], span[-1]), ylim=(0, 1.05 * loss(span[0])))
    (path,) = left.plot([], [], "o-", color=plots.RED, ms=5, lw=1.2)
    (here,) = left.plot([], [], "s", color=plots.BLUE, ms=9, zorder=5)
    plots.scale_log(right)
    right.axhline(lowest, color=plots.GREEN, ls="--", lw=1.5, label=f"lowest MSE, {lowest:.2f}")
    (curve,) = right.plot([], [], "o-", color=plots.RED, ms=4, lw=1.2, label="MSE of the walk")
    right.legend(loc="upper left", fontsize=9, frameon=False)
    right.set_xlim(-0.5, most_steps + 0.5)

    def update(lr: float, steps: int) -> str:
        factor = 1 - lr * curvature
        visited = bottom + (w - bottom) * factor ** np.arange(steps + 1)
        losses = loss(visited)
        path.set_data(visited, losses)
        here.set_data(visited[-1:], losses[-1:])
        curve.set_data(np.arange(steps + 1), losses)
        right.set_ylim(0.6 * lowest, max(30 * loss(w), 3 * float(losses.max())))
        short, verdict = _judge(factor)
        left.set_title(f"η = {lr:.3g}: {short}", fontsize=12, loc="left")
        right.set_title(f"MSE = {losses[-1]:,.4g} (log scale)", fontsize=12, loc="left")
        outside = " The walk has left the left-hand picture." if abs(visited[-1] - bottom) > reach else ""
        return (
            f"The MSE is a parabola in w, lowest ({lowest:.2f}) at w = {bottom:.3f}. "
            f"With η = {lr:.3g} each step multiplies the distance to the bottom by {factor:.3f}: {verdict}. "
            f"After {steps} steps from "
            f"w = {w:g}, w = {visited[-1]:.4g} and MSE = {losses[-1]:,.4g}.{outside} "
            f"For this parabola the walk diverges above η = {limit:.5f}."
        )

    controls = {
        "lr": make_rate_slider([share * limit for share in _SHARES], lr),
        "steps": make_control(widgets.IntSlider, "steps", value=steps, min=0, max=most_steps),
    }
    live = LiveFigure(figure, update, controls)
    for label, tip, share in (
        ("Too small", "A fiftieth of the limit", 0.02),
        ("Right", "Half the limit: the bottom in one step", 0.5),
        ("Overshoots", "Nine tenths of the limit", 0.9),
        ("Too large", "A tenth above the limit", 1.1),
    ):
        live.buttons.append(make_button(label, tip, partial(live.move, lr=share * limit)))
    return live


def _judge(factor: float) -> tuple[str, str]:
    """Name, in short and in full, what a walk does whose distance shrinks by `factor` each step."""
    if abs(factor) > 1 + 1e-9:
        return "diverges", "it diverges, every step lands farther away"
    if abs(factor) > 1 - 1e-9:
        return "bounces", "it bounces for ever at the same height"
    if factor > _CREEPING:
        return "creeps", "η is too small, the walk creeps"
    if factor >= 0:
        return "walks straight down", "it walks down on one side"
    return "overshoots, arrives", "it overshoots, but comes nearer each time"
