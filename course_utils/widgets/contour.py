"""Step through gradient descent on the map of the loss, with raw or standardised inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.bowl import Bowl, standardise
from course_utils.widgets.live import LiveFigure, make_button, make_control, make_rate_slider
from course_utils.widgets.loss_map import draw_loss_map, move_path

RAW, STANDARDISED = "raw", "standardised"
# fmt: off
_RATES = (
    0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.0065, 0.0066, 0.007, 0.008,
    0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1,
)
# fmt: on
_HIGHEST = 1e12  # a walk that climbs higher leaves the picture


def contour_stepper(
    x: Any,
    y: Any,
    *,
    start: tuple[float, float] = (0.0, 0.0),
    lr: float = 0.006,
    steps: int = 0,
    inputs: str = RAW,
    most_steps: int = 60,
    fineness: int = 120,
) -> LiveFigure:
    """Make the figure of gradient descent on (w, b), step by step.

    Left: a map of the MSE with the path so far. Right: the MSE after each step.

    Args:
        x: inputs (N,).
        y: targets (N,).
        start: (w, b) at step 0, for raw inputs; with standardised ones the walk starts from the same line.
        lr: the learning rate η to begin with.
        steps: how many steps to begin with.
        inputs: `"raw"` or `"standardised"`.
        most_steps: the end of the slider of steps.
        fineness: grid points along each side of the map.
    """
    bowls = {RAW: Bowl.of(x, y), STANDARDISED: Bowl.of(standardise(x), y)}
    # The same first line in both maps: w·x + b = (w·std)·(x - mean)/std + (b + w·mean).
    mean, std = float(np.mean(np.asarray(x, dtype=float))), float(np.std(np.asarray(x, dtype=float)))
    starts = {RAW: start, STANDARDISED: (start[0] * std, start[1] + start[0] * mean)}
    figure = plots.new_figure(8.6, 4.3)
    # A pair of axes for each kind of inputs, one upon the other: contours are slow to draw, so each map is drawn once.
    places = figure.add_gridspec(1, 2)
    panels = {
        kind: _draw_panel(figure, places, bowl, starts[kind], inputs=kind, fineness=fineness, most_steps=most_steps)
        for kind, bowl in bowls.items()
    }
    for panel in panels.values():  # lay out once, with room for titles and for the longest numbers
        panel.right.set_ylim(1, _HIGHEST)
        for axes in (panel.left, panel.right):
            axes.set_title("title", fontsize=12, loc="left")
    figure.draw_without_rendering()
    figure.set_layout_engine("none")

    def update(inputs: str, lr: float, steps: int) -> str:
        bowl, shown = bowls[inputs], panels[inputs]
        walk = bowl.walk(starts[inputs], lr, steps)
        losses = bowl.loss(walk)
        for panel in panels.values():
            panel.left.set_visible(panel is shown)
            panel.right.set_visible(panel is shown)
        move_path(shown.path, shown.here, walk)
        shown.curve.set_data(np.arange(steps + 1), losses)
        top = min(max(4 * float(losses[0]), 2 * float(losses.max())), _HIGHEST)
        shown.right.set_ylim(0.6 * bowl.lowest, top)
        shown.left.set_title(f"{inputs} inputs, η = {lr:.3g}, step {steps}", fontsize=12, loc="left")
        shown.right.set_title(f"MSE = {losses[-1]:,.4g} (log scale)", fontsize=12, loc="left")
        return _describe(bowl, inputs, lr, walk, losses)

    controls = {
        "inputs": widgets.ToggleButtons(
            options=[(f"{kind} inputs", kind) for kind in (RAW, STANDARDISED)],
            value=inputs,
            style={"button_width": "auto"},
        ),
        "lr": make_rate_slider(_RATES, lr),
        "steps": make_control(widgets.IntSlider, "steps", value=steps, min=0, max=most_steps),
    }
    live = LiveFigure(figure, update, controls)

    def jump(by: int) -> None:
        live.move(steps=min(max(controls["steps"].value + by, 0), most_steps))

    live.buttons += [
        make_button("Step", "One step downhill", lambda: jump(1)),
        make_button("Ten steps", "Ten steps downhill", lambda: jump(10)),
        make_button("Back", "Take the last step back", lambda: jump(-1)),
        make_button("Start again", "Back to step 0", lambda: live.move(steps=0)),
    ]
    return live


@dataclass(frozen=True)
class _Panel:
    """Hold the axes for one kind of inputs, and what moves on them."""

    left: Any
    right: Any
    path: Any
    here: Any
    curve: Any


def _draw_panel(
    figure: Any, places: Any, bowl: Bowl, start: tuple[float, float], *, inputs: str, fineness: int, most_steps: int
) -> _Panel:
    """Draw what stays while the steps change, contours, start, bottom, and an empty path and loss curve."""
    left, right = (figure.add_subplot(place) for place in places)
    # The window holds the start and the bottom with room to overshoot on every side.
    away = np.abs(bowl.bottom - np.asarray(start))
    reach = 1.5 * away + 0.5 if inputs == RAW else np.full(2, 1.5 * away.max() + 0.5)
    draw_loss_map(left, bowl, start, reach, inputs=inputs, fineness=fineness)
    path = left.plot([], [], "o-", color=plots.RED, ms=4, lw=1.2, zorder=4)[0]
    here = left.plot([], [], "s", color=plots.BLUE, ms=8, zorder=5)[0]
    plots.dress(right, x="step", y="")
    plots.scale_log(right)
    right.set_xlim(-0.5, most_steps + 0.5)
    right.axhline(bowl.lowest, color=plots.GREEN, ls="--", lw=1.5, label=f"lowest MSE, {bowl.lowest:.2f}")
    right.legend(loc="upper right", fontsize=9, frameon=False)
    curve = right.plot([], [], "o-", color=plots.RED, ms=3, lw=1.2)[0]
    return _Panel(left, right, path, here, curve)


def _describe(bowl: Bowl, inputs: str, lr: float, walk: Any, losses: Any) -> str:
    """Say what the map and the curve show."""
    steps = len(walk) - 1
    shape = "a long, narrow valley" if bowl.condition > 10 else "a round bowl"
    if lr > bowl.limit:
        pace = f"η is above the limit {bowl.limit:.5f}, so the walk diverges"
    elif losses[-1] < 1.01 * bowl.lowest:
        pace = "the walk has arrived: the MSE is within 1 % of the lowest"
    else:
        pace = f"η is below the limit {bowl.limit:.5f}, and the walk is still on its way"
    return (
        f"A map of the MSE over the weight w and the bias b for {inputs} inputs: {shape}, "
        f"the steepest direction curving {bowl.condition:,.1f} times as much as the flattest. "
        f"The bottom is at w = {bowl.bottom[0]:.3f}, b = {bowl.bottom[1]:.3f} with MSE = {bowl.lowest:.2f}. "
        f"After {steps} steps of η = {lr:.3g} from "
        f"w = {walk[0, 0]:g}, b = {walk[0, 1]:g} the walk is at w = {walk[-1, 0]:.4g}, b = {walk[-1, 1]:.4g} "
        f"with MSE = {losses[-1]:,.4g}; {pace}."
    )
