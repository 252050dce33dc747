"""One neuron with two inputs as a heat map: weights turn it, the bias shifts it, the activation bends it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control

_REACH = 3.0  # the map shows inputs from -3 to 3
_FINENESS = 80
_MOST = 4.0  # the ends of the sliders

_phi = np.vectorize(lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2))), otypes=[float])

# Name -> function, and the values between which colours are spread.
ACTIVATIONS: Mapping[str, tuple[Callable[[Any], Any], tuple[float, float]]] = {
    "none": (lambda z: z, (-10.0, 10.0)),
    "sigmoid": (lambda z: 0.5 * (1 + np.tanh(0.5 * z)), (0.0, 1.0)),
    "ReLU": (lambda z: np.maximum(z, 0.0), (0.0, 10.0)),
    "GELU": (lambda z: z * _phi(z), (0.0, 10.0)),
}


def neuron_heatmap(
    X: Any,
    labels: Any,
    *,
    w1: float = 1.0,
    w2: float = -1.0,
    b: float = 0.5,
    activation: str = "sigmoid",
) -> LiveFigure:
    """Make the figure of the neuron a = f(w1·x1 + w2·x2 + b) over the plane of its two inputs.

    Left: a as a colour, the line z = 0, and the points. Right: each point's z and a on the curve of f.

    Args:
        X: points (N, 2), within -3 and 3.
        labels: (N,) 0 or 1; group 1 should get z > 0.
        w1: the weight of the first input to begin with.
        w2: the weight of the second.
        b: the bias.
        activation: `"none"`, `"sigmoid"`, `"ReLU"` or `"GELU"`.
    """
    points, groups = np.asarray(X, dtype=float), np.asarray(labels).astype(bool)
    ticks = np.linspace(-_REACH, _REACH, _FINENESS)
    x1, x2 = np.meshgrid(ticks, ticks)
    zs = np.linspace(-10, 10, 200)

    figure = plots.new_figure(8.6, 4.2)
    left, right = figure.subplots(1, 2)
    plots.dress(left, x="input x₁", y="input x₂")
    left.set_aspect("equal")
    edges = (-_REACH, _REACH, -_REACH, _REACH)
    heat = left.imshow(x1, origin="lower", extent=edges, cmap="cividis", alpha=0.8, interpolation="bilinear")
    figure.colorbar(heat, ax=left, label="activation a", fraction=0.046, pad=0.03)
    (border,) = left.plot([], [], color=plots.BLACK, lw=2)
    plots.dress(right, x="pre-activation z = w₁x₁ + w₂x₂ + b", y="activation a = f(z)")
    right.axvline(0, color=plots.BLACK, lw=1)
    (curve,) = right.plot(zs, zs, color=plots.BLACK, lw=1.5)
    right.set_xlim(-10, 10)
    marks = []
    for group, marker, colour in ((False, "o", plots.SKY), (True, "^", plots.ORANGE)):
        settings: dict[str, Any] = {"color": colour, "mec": "black", "mew": 0.7, "ms": 6}
        left.plot(*points[groups == group].T, marker, **settings, label=f"group {int(group)}")
        marks.append((group, right.plot([], [], marker, **settings)[0]))
    left.legend(loc="upper left", fontsize=8)
    left.set(xlim=edges[:2], ylim=edges[2:])

    def update(w1: float, w2: float, b: float, activation: str) -> str:
        function, (low, high) = ACTIVATIONS[activation]
        heat.set_data(function(w1 * x1 + w2 * x2 + b))
        heat.set_clim(low, high)
        border.set_data(*_find_border(w1, w2, b))
        z = points @ np.array([w1, w2]) + b
        curve.set_ydata(function(zs))
        for group, mark in marks:
            mark.set_data(z[groups == group], function(z[groups == group]))
        right.set_ylim(low - 0.08 * (high - low), high + 0.08 * (high - low))
        right_ones = int(((z > 0) == groups).sum())
        left.set_title(f"z = {_say_z(w1, w2, b)}", fontsize=11, loc="left")
        right.set_title(f"{activation if activation != 'none' else 'no activation'}", fontsize=11, loc="left")
        return _describe(w1, w2, b, activation, right_ones, len(z), z, function(z))

    def slider(name: str, value: float) -> Any:
        return make_control(
            widgets.FloatSlider, name, value=value, min=-_MOST, max=_MOST, step=0.1, readout_format=".1f"
        )

    controls = {
        "w1": slider("weight w₁", w1),
        "w2": slider("weight w₂", w2),
        "b": slider("bias b", b),
        "activation": widgets.ToggleButtons(
            options=list(ACTIVATIONS), value=activation, style={"button_width": "auto"}
        ),
    }
    live = LiveFigure(figure, update, controls)
    live.buttons += [
        make_button("No bias", "Set the bias to 0", lambda: live.move(b=0.0)),
        make_button("Start again", "Back to the first neuron", lambda: live.move(w1=w1, w2=w2, b=b)),
    ]
    return live


def _find_border(w1: float, w2: float, b: float) -> tuple[Any, Any]:
    """Return two far ends of the line w1·x1 + w2·x2 + b = 0; nothing when both weights are 0."""
    size = w1**2 + w2**2
    if size < 1e-12:
        return [], []
    along = np.array([-20.0, 20.0]) / math.sqrt(size)
    return -b * w1 / size - w2 * along, -b * w2 / size + w1 * along


def _say_z(w1: float, w2: float, b: float) -> str:
    """Write z as `1.0·x₁ − 1.0·x₂ + 0.5`."""

    def signed(value: float) -> str:
        return f"{'−' if value < 0 else '+'} {abs(value):.1f}"

    return f"{w1:.1f}·x₁ {signed(w2)}·x₂ {signed(b)}".replace("-", "−")


def _describe(
    w1: float, w2: float, b: float, activation: str, right: int, total: int, z: Any, a: Any
) -> str:
    """Say what the heat map and the curve show."""
    length = math.hypot(w1, w2)
    if length < 1e-6:
        line = "Both weights are 0, so there is no line: the neuron says the same everywhere"
    else:
        distance = abs(b) / length
        where = "passes through the origin" if distance < 1e-9 else f"passes the origin at a distance of {distance:.2f}"
        line = f"The line z = 0 {where}; z grows fastest in the direction ({w1:.1f}, {w2:.1f}), by {length:.2f} a unit"
    bend = "no activation, so a = z" if activation == "none" else f"the activation {activation}"
    return (
        f"A neuron with z = {_say_z(w1, w2, b)} and {bend}. {line}. "
        f"For the {total} points z runs from {z.min():.2f} to {z.max():.2f} and a from {a.min():.2f} to {a.max():.2f}. "
        f"{right} of {total} points lie on their group's side of the line."
    )
