"""See signals on their way up a deep network and gradients on their way down, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control

# Name -> the activation, and its derivative computed from a = f(z).
ACTIVATIONS: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "sigmoid": (lambda z: 0.5 * (1 + np.tanh(0.5 * z)), lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "ReLU": (lambda z: np.maximum(z, 0.0), lambda a: (a > 0).astype(float)),
}
# Name -> the standard deviation of a weight, from how many inputs and outputs its layer has.
INITS: Mapping[str, Callable[[int, int], float]] = {
    "0.01": lambda fan_in, fan_out: 0.01,
    "Xavier": lambda fan_in, fan_out: math.sqrt(2 / (fan_in + fan_out)),
    "He": lambda fan_in, fan_out: math.sqrt(2 / fan_in),
    "1": lambda fan_in, fan_out: 1.0,
}
_FLOOR, _CEILING = 1e-16, 1e16
_MOST_LAYERS = 30
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def depth_explorer(
    X: Any,
    labels: Any,
    *,
    layers: int = 10,
    width: int = 64,
    activation: str = "sigmoid",
    init: str = "Xavier",
) -> LiveFigure:
    """Make the figure of a deep network before its first step: activations and gradients by depth.

    Left: the standard deviation of each layer's activations. Right: the norm of the gradient of the mean cross
    entropy at each layer's weights. Both on log scales; biases are 0.

    Args:
        X: inputs (N, D).
        labels: (N,) class numbers from 0.
        layers: how many layers with weights to begin with, 2 to 30; the last has no activation.
        width: neurons in each hidden layer.
        activation: `"sigmoid"`, `"tanh"` or `"ReLU"`.
        init: `"0.01"`, `"Xavier"`, `"He"` or `"1"`: how large the weights are.
    """
    inputs, classes = np.asarray(X, dtype=float), np.asarray(labels).astype(int)
    figure = plots.new_figure(8.6, 4.0)
    left, right = figure.subplots(1, 2)
    for axes, colour in ((left, plots.BLUE), (right, plots.RED)):
        plots.dress(axes, x="layer (1 is next to the inputs)", y="")
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(_power_of_ten)  # matplotlib's own reads each as mathematics: 8 ms a label
        axes.set_xlim(0, _MOST_LAYERS + 1)
        axes.axhline(1, color=plots.BLACK, lw=1, ls=":")
        axes.plot([], [], "o-", color=colour, ms=5)

    def update(layers: int, activation: str, init: str) -> str:
        spreads, norms = measure_depth(inputs, classes, layers, width, activation, init)
        for axes, values in ((left, spreads), (right, norms)):
            shown = np.clip(values, _FLOOR, _CEILING)
            axes.lines[-1].set_data(np.arange(1, len(values) + 1), shown)
            axes.set_ylim(min(1e-2, 0.1 * float(shown.min())), max(1e1, 10 * float(shown.max())))
        left.set_title("spread of the activations (log scale)", fontsize=11, loc="left")
        right.set_title("norm of the weights' gradient (log scale)", fontsize=11, loc="left")
        return _describe(layers, width, activation, init, spreads, norms)

    controls = {
        "layers": make_control(widgets.IntSlider, "layers", value=layers, min=2, max=_MOST_LAYERS),
        "activation": widgets.ToggleButtons(
            options=list(ACTIVATIONS), value=activation, style={"button_width": "auto"}
        ),
        "init": widgets.ToggleButtons(
            options=[(name if name.isalpha() else f"std {name}", name) for name in INITS],
            value=init,
            style={"button_width": "auto"},
        ),
    }
    live = LiveFigure(figure, update, controls)
    live.buttons += [
        make_button("Vanishing", "Sigmoid, Xavier", lambda: live.move(activation="sigmoid", init="Xavier")),
        make_button("Exploding", "ReLU, weights of std 1", lambda: live.move(activation="ReLU", init="1")),
        make_button("Healthy", "ReLU, He", lambda: live.move(activation="ReLU", init="He")),
    ]
    return live


def _power_of_ten(value: float, place: int | None = None) -> str:
    """Write a power of ten as plain text: "10⁻³"."""
    return f"10{str(round(math.log10(value))).translate(_RAISED)}" if value > 0 else ""


def measure_depth(
    X: Any, labels: Any, layers: int, width: int, activation: str, init: str, seed: int = 0
) -> tuple[Any, Any]:
    """Return the spread of each hidden layer's activations (layers - 1,) and each weight gradient's norm (layers,).

    Args:
        X: inputs (N, D).
        labels: (N,) class numbers from 0.
        layers: how many layers with weights.
        width: neurons in each hidden layer.
        activation: a key of `ACTIVATIONS`.
        init: a key of `INITS`.
        seed: of the weights.
    """
    weights = draw_weights((X.shape[1], *[width] * (layers - 1), int(labels.max()) + 1), init, seed)
    bend, slope = ACTIVATIONS[activation]
    activations = [X]
    for W in weights[:-1]:
        activations.append(bend(activations[-1] @ W.T))
    logits = activations[-1] @ weights[-1].T
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(len(X)), labels] -= 1
    upstream = shares / len(X)  # of the mean cross entropy, at the logits
    norms = []
    for depth in range(layers - 1, -1, -1):
        norms.append(float(np.linalg.norm(upstream.T @ activations[depth])))
        if depth:
            upstream = upstream @ weights[depth] * slope(activations[depth])
    spreads = [float(a.std()) for a in activations[1:]]
    return np.array(spreads), np.array(norms[::-1])


def draw_weights(sizes: tuple[int, ...], init: str, seed: int = 0) -> list[Any]:
    """Draw the weights (O, D) of each layer of a network with these sizes, normally distributed."""
    random = np.random.default_rng(seed)
    return [
        INITS[init](fan_in, fan_out) * random.standard_normal((fan_out, fan_in))
        for fan_in, fan_out in pairwise(sizes)
    ]


def _describe(layers: int, width: int, activation: str, init: str, spreads: Any, norms: Any) -> str:
    """Say what happens to activations and gradients over the depth."""
    share = norms[0] / norms[-1] if norms[-1] else 0.0
    if not norms[0]:
        fate = "no gradient reaches the first layer at all"
    elif share < 1e-3:
        fate = "the gradient vanishes on its way down"
    elif max(norms) > 1e2:
        fate = "the gradient explodes"
    else:
        fate = "every layer gets a gradient of a similar size" if 0.05 < share < 20 else "the layers differ clearly"
    start = f"weights of standard deviation {init}" if init in ("0.01", "1") else f"{init} initialisation"
    return (
        f"A network of {layers} layers, {width} neurons wide, with {activation} and {start}, before its first step. "
        f"The spread of the activations is {spreads[0]:.2g} in hidden layer 1 and {spreads[-1]:.2g} in hidden layer "
        f"{len(spreads)}. The gradient's norm is {norms[-1]:.2g} at the last layer and {norms[0]:.2g} at the first, "
        f"{share:.2g} times as large: {fate}."
    )
