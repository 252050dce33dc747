"""Write a rule by hand: a straight border through two features, and how many it puts on the right side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control

_REACH = 3.5  # the map shows standardised features from -3.5 to 3.5


def rule_explorer(
    features: Any,
    labels: Any,
    names: Sequence[str],
    *,
    groups: Sequence[str] = ("group 0", "group 1"),
    angle: int = 0,
    offset: float = 0.0,
    learned: tuple[Any, Any] | None = None,
) -> LiveFigure:
    """Make the figure of a border through two features.

    Left: the examples and the border. Right: the share of each group on its right side.

    Args:
        features: (N, 2), standardised.
        labels: (N,) 0 or 1; the rule says 1 where the arrow across the border points.
        names: of the two features.
        groups: names of group 0 and group 1.
        angle: the direction of the arrow to begin with, in degrees, -180 to 180; 0 is to the right, 90 upwards.
        offset: how far the border is from the origin along the arrow.
        learned: weights (2,) and bias of a learned border, for a button that shows it.
    """
    points, is_one = np.asarray(features, dtype=float), np.asarray(labels).astype(bool)
    figure = plots.new_figure(8.6, 4.2)
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
    plots.dress(left, x=f"{names[0]} (standardised)", y=f"{names[1]} (standardised)")
    for kind, marker, colour in ((False, "o", plots.SKY), (True, "^", plots.ORANGE)):
        left.plot(*points[is_one == kind].T, marker, color=colour, mec="black", mew=0.4, ms=5, label=groups[int(kind)])
    (border,) = left.plot([], [], color=plots.BLACK, lw=2, label="border")
    (arrow,) = left.plot([], [], color=plots.RED, lw=3, label=f"this side: {groups[1]}")
    left.legend(loc="upper right", fontsize=8, ncols=2)
    left.set(xlim=(-_REACH, _REACH), ylim=(-_REACH, _REACH + 1.2), aspect="equal")
    plots.dress(right, x="", y="on the right side")
    bars = right.bar([*groups, "both"], [0, 0, 0], color=[plots.SKY, plots.ORANGE, plots.GREEN], edgecolor="black")
    right.set_ylim(0, 1)
    right.yaxis.set_major_formatter(lambda value, _position: f"{value:.0%}")

    def update(angle: int, offset: float) -> str:
        shares = share_right(points, is_one, angle, offset)
        across = _direction(angle)
        along = np.array([-across[1], across[0]])
        ends = offset * across + np.outer([-20, 20], along)
        border.set_data(ends[:, 0], ends[:, 1])
        stub = np.stack([offset * across, (offset + 0.8) * across])
        arrow.set_data(stub[:, 0], stub[:, 1])
        for bar, share in zip(bars, shares, strict=True):
            bar.set_height(share)
        right.set_title(f"{shares[2]:.1%} of {len(points)} right", fontsize=12, loc="left")
        return (
            f"{len(points)} examples by {names[0]} and {names[1]}, and a straight border at a distance of "
            f"{offset:.1f} from the origin. The rule says '{groups[1]}' on the side towards {angle} degrees (0 is to "
            f"the right, 90 upwards), else '{groups[0]}'. On the right side are {shares[0]:.1%} of {groups[0]}, "
            f"{shares[1]:.1%} of {groups[1]}, and {shares[2]:.1%} of all."
        )

    controls = {
        "angle": make_control(widgets.IntSlider, "angle", value=angle, min=-180, max=180, step=5),
        "offset": make_control(
            widgets.FloatSlider, "offset", value=offset, min=-3.0, max=3.0, step=0.1, readout_format=".1f"
        ),
    }
    live = LiveFigure(figure, update, controls)
    live.buttons.append(
        make_button("Start again", "Back to the first border", lambda: live.move(angle=angle, offset=offset))
    )
    if learned is not None:
        found = to_slider(*learned)
        live.buttons.append(
            make_button("Learned", "The border that was learned", lambda: live.move(angle=found[0], offset=found[1]))
        )
    return live


def share_right(points: Any, is_one: Any, angle: float, offset: float) -> tuple[float, float, float]:
    """Return the share of group 0, of group 1 and of all that the rule puts on the right side."""
    is_right = (points @ _direction(angle) > offset) == is_one
    return float(is_right[~is_one].mean()), float(is_right[is_one].mean()), float(is_right.mean())


def to_slider(weights: Any, bias: Any) -> tuple[int, float]:
    """Turn the border w·x + b = 0 into an angle and an offset, rounded to the steps of the sliders."""
    w = np.asarray(weights, dtype=float).reshape(2)
    angle = 5 * round(math.degrees(math.atan2(w[1], w[0])) / 5)
    return angle, round(float(np.clip(-float(bias) / np.linalg.norm(w), -3, 3)), 1)


def _direction(angle: float) -> Any:
    """Return the unit vector (2,) at an angle in degrees."""
    return np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
