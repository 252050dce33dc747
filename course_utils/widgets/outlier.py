"""Move one point and see which line follows: least squares or least absolute residuals."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.bowl import Bowl, say_line
from course_utils.widgets.live import LiveFigure, make_button, make_control


def outlier_explorer(x: Any, y: Any, *, row: int, top: float = 100.0, value: float | None = None) -> LiveFigure:
    """Make the figure of the two best lines, by MSE and by MAE, while the target of one row moves.

    Args:
        x: inputs (N,), no two rows in the same place.
        y: targets (N,).
        row: the row whose target the slider moves.
        top: the end of the slider.
        value: where the slider begins; the row's own target unless told otherwise.
    """
    inputs, targets = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    own = float(targets[row])
    edge = np.array([inputs.min() - 2, inputs.max() + 2])
    others = np.arange(len(inputs)) != row

    figure = plots.new_figure(7.4, 4.4)
    axes = plots.dress(figure.subplots(), x="quiz x (points)", y="final y (points)")
    axes.set(xlim=edge, ylim=(-8, 1.06 * top))
    axes.scatter(inputs[others], targets[others], s=28, color=plots.BLUE, zorder=3)
    (moved,) = axes.plot([], [], "D", color=plots.PINK, ms=9, mec="black", zorder=4, label="the moved student")
    (by_squares,) = axes.plot([], [], color=plots.RED, lw=2, label="least squares (MSE)")
    (by_sizes,) = axes.plot([], [], color=plots.GREEN, lw=2, ls="--", label="least absolute (MAE)")
    axes.legend(loc="upper left", fontsize=9, frameon=False)

    def update(final: float) -> str:
        changed = np.where(others, targets, final)
        w2, b2 = Bowl.of(inputs, changed).bottom
        w1, b1 = find_least_absolute_line(inputs, changed)
        moved.set_data([inputs[row]], [final])
        by_squares.set_data(edge, w2 * edge + b2)
        by_sizes.set_data(edge, w1 * edge + b1)
        axes.set_title(f"the moved student's final: {final:.1f} (really {own:g})", fontsize=12, loc="left")
        here = inputs[row]
        return (
            f"The student with quiz {here:g} is given a final of {final:.1f} points (really {own:g}). "
            f"The line of least squares (solid) is {say_line(w2, b2)}; "
            f"the line of least absolute residuals (dashed) is {say_line(w1, b1)}. "
            f"At quiz {here:g} they predict {w2 * here + b2:.1f} and {w1 * here + b1:.1f} points."
        )

    slider = make_control(
        widgets.FloatSlider,
        "moved final",
        value=own if value is None else value,
        min=0,
        max=top,
        step=0.1,
        readout_format=".1f",
    )
    live = LiveFigure(figure, update, {"final": slider})
    live.buttons.append(make_button("Real score", "The score in the table", lambda: live.move(final=own)))
    return live


def find_least_absolute_line(x: Any, y: Any) -> tuple[float, float]:
    """Return the (w, b) with the smallest sum of absolute residuals.

    Some best line passes through two of the points (a corner of a linear program), so for a handful of
    points it is enough to try each pair.
    """
    inputs, targets = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    best = (np.inf, 0.0, 0.0)
    for i, j in combinations(range(len(inputs)), 2):
        if inputs[i] != inputs[j]:
            w = (targets[j] - targets[i]) / (inputs[j] - inputs[i])
            b = targets[i] - w * inputs[i]
            best = min(best, (float(np.abs(w * inputs + b - targets).sum()), float(w), float(b)))
    return best[1], best[2]
