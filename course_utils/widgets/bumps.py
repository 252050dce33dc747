"""Build a curve out of bumps, and each bump out of three ReLUs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TARGETS: Mapping[str, Callable[[Any], Any]] = {
    "wave": lambda x: np.sin(2 * np.pi * x),
    "corner": lambda x: 2 * np.abs(x - 0.4) - 0.5,
    "jump": lambda x: np.where(x < 0.47, -0.6, 0.8),
}
_MOST_BUMPS = 40
_OUTSIDE = 0.3  # how far the picture goes beyond the interval from 0 to 1


def bump_builder(*, target: str = "wave", bumps: int = 6, shown: int = 3) -> LiveFigure:
    """Make the figure of a curve on the interval from 0 to 1 approximated by a sum of bumps.

    Left: the curve, the bumps, their sum, and what happens outside the interval. Right: one bump and its
    three ReLUs.

    Args:
        target: `"wave"`, `"corner"` or `"jump"`.
        bumps: how many bumps to begin with, 2 or more.
        shown: which of them stands on the right, from 1.
    """
    xs = np.linspace(-_OUTSIDE, 1 + _OUTSIDE, 801)
    inside = (xs >= 0) & (xs <= 1)
    figure = plots.new_figure(8.6, 4.2)
    left, right = figure.subplots(1, 2, width_ratios=[6, 4])
    for axes in (left, right):
        axes.axvspan(-_OUTSIDE, 0, color=plots.GRID, alpha=0.7, lw=0)
        axes.axvspan(1, 1 + _OUTSIDE, color=plots.GRID, alpha=0.7, lw=0)
        axes.set_xlim(-_OUTSIDE, 1 + _OUTSIDE)
    plots.dress(left, x="x (grey: outside the interval)", y="y")
    plots.dress(right, x="x", y="y")
    left.set_ylim(-1.3, 1.9)
    right.set_ylim(-3, 3)
    (many,) = left.plot([], [], color=plots.ORANGE, lw=1, zorder=3, label="bumps")
    (aim,) = left.plot([], [], "--", color=plots.BLACK, lw=2, label="target")
    (total,) = left.plot([], [], color=plots.BLUE, lw=2, label="sum of the bumps")
    left.legend(loc="upper right", fontsize=9, frameon=False, ncols=3)
    parts = [
        right.plot([], [], style, color=colour, lw=1.5)[0]
        for style, colour in (("--", plots.GREEN), (":", plots.RED), ("-.", plots.PINK))
    ]
    for part, name in zip(parts, ("first ReLU", "second, times −2", "third"), strict=True):
        part.set_label(name)
    (one,) = right.plot([], [], color=plots.ORANGE, lw=3, label="their sum: a bump")
    right.legend(loc="lower left", fontsize=9, frameon=False)

    def update(bumps: int, shown: int, target: str) -> str:
        function = TARGETS[target]
        centres = np.linspace(0, 1, bumps)
        heights, width = function(centres), centres[1]
        which = min(shown, bumps) - 1
        each = [height * make_bump(xs, centre, width) for height, centre in zip(heights, centres, strict=True)]
        result = np.sum(each, axis=0)
        error = float(np.abs(result - function(xs))[inside].max())
        # One line for all bumps, with gaps: the number of artists stays the same whatever the slider says.
        gap = [np.nan]
        many.set_data(np.concatenate([[*xs, *gap] for _ in each]), np.concatenate([[*bump, *gap] for bump in each]))
        aim.set_data(xs, function(xs))
        total.set_data(xs, result)
        pieces = make_pieces(xs, centres[which], width)
        for part, piece in zip(parts, pieces, strict=True):
            part.set_data(xs, piece)
        one.set_data(xs, sum(pieces))
        left.set_title(f"{bumps} bumps, {3 * bumps} ReLUs: largest error {error:.3f}", fontsize=12, loc="left")
        right.set_title(f"bump {which + 1}, in the sum times {_say(heights[which])}", fontsize=12, loc="left")
        return _describe(target, bumps, which, centres, heights, error, result, function(xs), xs)

    controls = {
        "bumps": make_control(widgets.IntSlider, "bumps", value=bumps, min=2, max=_MOST_BUMPS),
        "shown": make_control(widgets.IntSlider, "bump shown", value=shown, min=1, max=_MOST_BUMPS),
        "target": widgets.ToggleButtons(options=list(TARGETS), value=target, style={"button_width": "auto"}),
    }
    live = LiveFigure(figure, update, controls)

    def scale(factor: float) -> None:
        live.move(bumps=min(max(round(controls["bumps"].value * factor), 2), _MOST_BUMPS))

    live.buttons += [
        make_button("Twice as many", "Double the number of bumps", lambda: scale(2)),
        make_button("Half as many", "Halve the number of bumps", lambda: scale(0.5)),
    ]
    return live


def make_pieces(x: Floats, centre: float, width: float) -> list[Floats]:
    """Return the three ReLUs (N,) whose sum is a bump of height 1 around `centre`, 0 beyond `width` from it."""
    return [
        np.maximum(x - centre + width, 0) / width,
        -2 * np.maximum(x - centre, 0) / width,
        np.maximum(x - centre - width, 0) / width,
    ]


def make_bump(x: Floats, centre: float, width: float) -> Floats:
    """Return the bump (N,) of height 1 around `centre`."""
    bump: Floats = np.sum(make_pieces(x, centre, width), axis=0)
    return bump


def _say(height: float) -> str:
    """Write a height with a real minus sign, and none before a zero."""
    return f"{'−' if height < -0.005 else ''}{abs(height):.2f}"


def _describe(
    target: str, bumps: int, which: int, centres: Any, heights: Any, error: float, result: Any, aim: Any, xs: Any
) -> str:
    """Say what the sum of bumps and the one bump show."""
    worst = int(np.argmax(np.where((xs >= 0) & (xs <= 1), np.abs(result - aim), -1)))
    return (
        f"The target ({target}, dashed) over the interval from 0 to 1 and the sum of {bumps} bumps (blue), made of "
        f"{3 * bumps} ReLUs. Inside the interval the largest error is {error:.3f}, near x = {xs[worst]:.2f}. "
        f"Outside, shaded grey, nobody asked for anything: at x = {xs[-1]:.1f} the sum is {abs(result[-1]):.2f} and "
        f"the target {aim[-1]:.2f}. On the right bump {which + 1}, around x = {centres[which]:.2f}: the first ReLU "
        f"rises to 1, the second, taken times minus two, turns the sum down, the third makes it level again. "
        f"In the sum this bump is taken times {_say(heights[which])}."
    )
