"""Drag a line over the data and watch the squares of its residuals."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.bowl import Bowl, say_line
from course_utils.widgets.live import LiveFigure, make_button, make_control


def line_and_squares(
    x: Any,
    y: Any,
    *,
    w: float = 0.5,
    b: float = 8.0,
    x_name: str = "quiz",
    y_name: str = "final",
    has_best_button: bool = True,
) -> LiveFigure:
    """Make the figure of the line ŷ = w·x + b over the points, each residual drawn as a square.

    Args:
        x: inputs (N,).
        y: targets (N,), in the same unit as the picture's vertical axis.
        w: the weight to begin with.
        b: the bias to begin with.
        x_name: what x is called on the axis and in the words.
        y_name: the same for y.
        has_best_button: whether a button jumps to the line of least squares.
    """
    from matplotlib.patches import Rectangle

    inputs, targets = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    best = Bowl.of(inputs, targets)
    edge = np.array([inputs.min() - 6, inputs.max() + 5])
    longest = float(max(targets.max() - targets.min(), 1.0))

    figure = plots.new_figure(8.6, 4.6)
    grid = figure.add_gridspec(1, 2, width_ratios=[6, 5])
    left, right = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    plots.dress(left, x=f"{x_name} x (points)", y=f"{y_name} y (points)")
    plots.dress(right, x="squared residual (points²)", y=f"student, by {x_name} score")
    left.set_aspect("equal")  # else the squares would not look square
    left.set(xlim=edge, ylim=(targets.min() - 0.15 * longest, targets.max() + 0.2 * longest))
    squares = [Rectangle((0, 0), 0, 0, alpha=0.25, lw=1) for _ in inputs]
    for square in squares:
        left.add_patch(square)
    (line,) = left.plot(edge, edge, color=plots.BLACK, lw=2, zorder=3)
    left.scatter(inputs, targets, s=28, color=plots.BLUE, zorder=4)
    order = np.argsort(inputs)
    bars = right.barh(np.arange(len(inputs)), np.zeros(len(inputs)))
    right.set_yticks(np.arange(len(inputs)), [f"{inputs[i]:g}" for i in order], fontsize=8)

    def update(w: float, b: float) -> str:
        predicted = w * inputs + b
        residual = targets - predicted
        line.set_data(edge, w * edge + b)
        for square, x0, y0, r in zip(squares, inputs, predicted, residual, strict=True):
            side = abs(r)
            # The square grows away from the line: left of a point above it, right of a point below.
            square.set_bounds(x0 - side if r > 0 else x0, min(y0, y0 + r), side, side)
            square.set_color(plots.SKY if r > 0 else plots.ORANGE)
        for bar, i in zip(bars, order, strict=True):
            bar.set_width(residual[i] ** 2)
            bar.set_color(plots.SKY if residual[i] > 0 else plots.ORANGE)
        right.set_xlim(0, max(120.0, 1.08 * float((residual**2).max())))
        sse, mse = float((residual**2).sum()), float((residual**2).mean())
        left.set_title(say_line(w, b), fontsize=12, loc="left")
        right.set_title(f"SSE = {sse:,.1f}   MSE = {mse:,.2f}", fontsize=12, loc="left")
        return _describe(inputs, residual, w, b, x_name, y_name)

    slider = widgets.FloatSlider
    controls = {
        "w": make_control(slider, "weight w", value=w, min=-1, max=3, step=0.01, readout_format=".2f"),
        "b": make_control(slider, "bias b", value=b, min=-15, max=25, step=0.05, readout_format=".2f"),
    }
    live = LiveFigure(figure, update, controls)
    live.buttons.append(make_button("Start again", "Back to the first line", lambda: live.move(w=w, b=b)))
    if has_best_button:
        best_w, best_b = (float(value) for value in best.bottom)
        live.buttons.append(
            make_button("Best line", "The line of least squares", lambda: live.move(w=best_w, b=best_b))
        )
    return live


def _describe(x: Any, residual: Any, w: float, b: float, x_name: str, y_name: str) -> str:
    """Say what the picture of squares shows."""
    worst = int(np.argmax(residual**2))
    side = "above" if residual[worst] > 0 else "below"
    squares = residual**2
    return (
        f"{len(x)} points, {y_name} score against {x_name} score, and the line {say_line(w, b)}. "
        f"{int((residual > 0).sum())} points lie above the line (blue squares) and "
        f"{int((residual <= 0).sum())} on or below it (orange squares). "
        f"The squares add up to SSE = {squares.sum():,.1f}; their mean is MSE = {squares.mean():,.2f}. "
        f"The largest square, {squares[worst]:,.1f}, belongs to the student with {x_name} {x[worst]:g}, "
        f"who is {abs(residual[worst]):.1f} points {side} the line."
    )
