"""Leave out `zero_grad` and see it: gradient descent with gradients that are cleared, or that pile up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.bowl import Bowl, standardise
from course_utils.widgets.live import LiveFigure, make_button, make_control, make_rate_slider
from course_utils.widgets.loss_map import draw_loss_map, move_path

if TYPE_CHECKING:
    from course_utils.widgets.bowl import Floats

_RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8)
_MOST_STEPS = 60


def zero_grad_explorer(
    x: Any,
    y: Any,
    *,
    start: tuple[float, float] = (0.0, 12.0),
    lr: float = 0.1,
    steps: int = 25,
    is_cleared: bool = False,
    fineness: int = 120,
) -> LiveFigure:
    """Make the figure of a walk on (w, b), inputs standardised, with or without `zero_grad`.

    Left: the map of the MSE with the chosen walk. Right: the MSE after each step of both walks.

    Args:
        x: inputs (N,); they are standardised here.
        y: targets (N,).
        start: (w, b) at step 0.
        lr: the learning rate η to begin with.
        steps: how many steps to begin with.
        is_cleared: whether the figure begins with `zero_grad` in place.
        fineness: grid points along each side of the map.
    """
    bowl = Bowl.of(standardise(x), y)
    reach = np.full(2, 1.6 * float(np.abs(bowl.bottom - np.asarray(start)).max()) + 0.5)

    figure = plots.new_figure(8.6, 4.3)
    left, right = figure.subplots(1, 2)
    draw_loss_map(left, bowl, start, reach, inputs="standardised", fineness=fineness)
    (path,) = left.plot([], [], "o-", color=plots.RED, ms=4, lw=1.2, zorder=4)
    (here,) = left.plot([], [], "s", color=plots.BLUE, ms=8, zorder=5)
    plots.dress(right, x="step", y="")
    plots.scale_log(right)
    right.axhline(bowl.lowest, color=plots.GREEN, ls=":", lw=1.5, label=f"lowest MSE, {bowl.lowest:.2f}")
    curves = {
        True: right.plot([], [], "s-", color=plots.BLUE, ms=3, label="with zero_grad")[0],
        False: right.plot([], [], "o--", color=plots.RED, ms=3, label="without zero_grad")[0],
    }
    right.legend(loc="upper right", fontsize=9, frameon=False)
    right.set_xlim(-0.5, _MOST_STEPS + 0.5)

    def update(is_cleared: bool, lr: float, steps: int) -> str:
        walks = {True: bowl.walk(start, lr, steps), False: walk_piling_up(bowl, start, lr, steps)}
        losses = {kind: bowl.loss(walk) for kind, walk in walks.items()}
        move_path(path, here, walks[is_cleared])
        for kind, curve in curves.items():
            curve.set_data(np.arange(steps + 1), losses[kind])
            curve.set(alpha=1.0 if kind == is_cleared else 0.35, lw=2.0 if kind == is_cleared else 1.0)
        right.set_ylim(0.6 * bowl.lowest, 8 * max(float(values.max()) for values in losses.values()))
        left.set_title(f"{_name(is_cleared)}: η = {lr:.3g}, step {steps}", fontsize=12, loc="left")
        right.set_title(f"MSE = {losses[is_cleared][-1]:,.4g} (log scale)", fontsize=12, loc="left")
        return _describe(bowl, is_cleared, lr, walks, losses)

    controls = {
        "is_cleared": widgets.ToggleButtons(
            options=[(_name(kind), kind) for kind in (True, False)],
            value=is_cleared,
            style={"button_width": "auto"},
        ),
        "lr": make_rate_slider(_RATES, lr),
        "steps": make_control(widgets.IntSlider, "steps", value=steps, min=0, max=_MOST_STEPS),
    }
    live = LiveFigure(figure, update, controls)

    def jump(by: int) -> None:
        live.move(steps=min(max(controls["steps"].value + by, 0), _MOST_STEPS))

    live.buttons += [
        make_button("Step", "One step more", lambda: jump(1)),
        make_button("Ten steps", "Ten steps more", lambda: jump(10)),
        make_button("Back", "Take the last step back", lambda: jump(-1)),
        make_button("Start again", "Back to step 0", lambda: live.move(steps=0)),
    ]
    return live


def walk_piling_up(bowl: Bowl, start: tuple[float, float], lr: float, steps: int) -> Floats:
    """Return the points (steps + 1, 2) of descent in which each step follows the sum of all gradients so far."""
    points = [np.asarray(start, dtype=float)]
    gradient = np.zeros(2)
    for _ in range(steps):
        gradient = gradient + bowl.curvature @ (points[-1] - bowl.bottom)  # as `.grad` does when nobody clears it
        points.append(points[-1] - lr * gradient)
    return np.stack(points)


def _name(is_cleared: bool) -> str:
    return f"{'with' if is_cleared else 'without'} zero_grad"


def _describe(bowl: Bowl, is_cleared: bool, lr: float, walks: Any, losses: Any) -> str:
    """Say what the map and the two curves show."""
    walk, own, other = walks[is_cleared], losses[is_cleared], losses[not is_cleared]
    if own[-1] < 1.01 * bowl.lowest:
        pace = "within 1 % of the lowest"
    elif own[-1] > own[0]:
        pace = "more than at the start"
    else:
        pace = f"{own[-1] / bowl.lowest:.1f} times the lowest"
    rises = int((np.diff(own) > 1e-9).sum())
    return (
        f"A walk on the map of the MSE, inputs standardised, {_name(is_cleared)}. "
        f"After {len(walk) - 1} steps of η = {lr:.3g} from w = {walk[0, 0]:g}, b = {walk[0, 1]:g} it is at "
        f"w = {walk[-1, 0]:.4g}, b = {walk[-1, 1]:.4g}, where the MSE is {own[-1]:,.4g}: {pace}. "
        f"The bottom is at w = {bowl.bottom[0]:.3f}, b = {bowl.bottom[1]:.3f}. "
        f"On the way the MSE rose in {rises} of the steps. "
        f"The other walk, {_name(not is_cleared)}, stands at an MSE of {other[-1]:,.4g}."
    )
