"""A slope by a small step: the error falls with the step, and then rises again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FORWARD, CENTRAL = "forward", "central"
_KINDS = {FORWARD: "one-sided", CENTRAL: "central"}
_COLOURS = {"float64": plots.BLUE, "float32": plots.ORANGE}
_TYPES: dict[str, Any] = {"float64": np.float64, "float32": np.float32}
_LEAST = 1e-17  # an error of exactly 0 has no place on a log scale; it is drawn here


def difference_quotient(f: Callable[[Any], Any], x: float, h: float, kind: str, dtype: str) -> float:
    """Return the slope of `f` at `x` by a step `h`, with every number rounded to `dtype`.

    Args:
        f: takes and returns a NumPy number, and keeps its dtype.
        x: where.
        h: the step, above 0.
        kind: `"forward"`, (f(x+h) - f(x)) / h, or `"central"`, (f(x+h) - f(x-h)) / 2h.
        dtype: `"float32"` or `"float64"`.
    """
    number = _TYPES[dtype]
    at, step = number(x), number(h)
    if kind == FORWARD:
        return float((f(at + step) - f(at)) / step)
    return float((f(at + step) - f(at - step)) / (number(2) * step))


def difference_explorer(
    f: Callable[[Any], Any],
    *,
    x: float,
    slope: float,
    exponent: int = -5,
    kind: str = CENTRAL,
    dtype: str = "float64",
) -> LiveFigure:
    """Make the figure of the V-curve: the error of a difference quotient over its step h.

    Left: the function and the line through the points that are used. Right: relative error over h.

    Args:
        f: the function, as for `difference_quotient`; also called with an array.
        x: where the slope is taken.
        slope: the true slope there, not 0.
        exponent: the step to begin with is 10 to this.
        kind: `"forward"` or `"central"` to begin with.
        dtype: `"float64"` or `"float32"` to begin with.
    """
    exponents = np.arange(-16, 1)
    steps = 10.0 ** np.arange(-16, 0.01, 0.25)

    def error(h: float, kind: str, dtype: str) -> float:
        return abs(difference_quotient(f, x, h, kind, dtype) - slope) / abs(slope)

    errors = {
        (kind, dtype): np.array([max(error(h, kind, dtype), _LEAST) for h in steps])
        for kind in _KINDS
        for dtype in _TYPES
    }

    figure = plots.new_figure(8.6, 3.9)
    grid = figure.add_gridspec(1, 2, width_ratios=[4, 6])
    left, right = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    plots.dress(left, x="x", y="f(x)")
    plots.dress(right, x="step h", y="relative error")
    span = np.linspace(x - 1.3, x + 1.3, 200)
    left.plot(span, f(span), color=plots.BLACK, lw=1.6)
    left.set(xlim=(span[0], span[-1]))
    (chord,) = left.plot(span, span, color=plots.RED, lw=1.8, ls="--")
    (points,) = left.plot([x, x], [x, x], "o", color=plots.RED, ms=7)
    right.set(xscale="log", yscale="log", xlim=(5e-17, 2), ylim=(_LEAST / 3, 30))
    right.set_xticks(10.0 ** np.arange(-16, 1, 4))
    right.set_yticks(10.0 ** np.arange(-16, 1, 4))
    right.minorticks_off()
    curves = {}
    for (kind_, dtype_), values in errors.items():
        line = "-" if kind_ == CENTRAL else ":"
        label = f"{_KINDS[kind_]}, {dtype_}"
        (curves[kind_, dtype_],) = right.plot(steps, values, line, color=_COLOURS[dtype_], label=label)
    right.legend(loc="lower right", fontsize=8, frameon=False)
    (here,) = right.plot([1], [1], "o", color=plots.RED, ms=9, zorder=5)

    def update(exponent: int, kind: str, dtype: str) -> str:
        h = 10.0**exponent
        quotient, off = difference_quotient(f, x, h, kind, dtype), error(h, kind, dtype)
        for name, curve in curves.items():
            curve.set_linewidth(2.6 if name == (kind, dtype) else 1.0)
            curve.set_alpha(1.0 if name == (kind, dtype) else 0.45)
        here.set_data([h], [max(off, _LEAST)])
        ends = np.array([x if kind == FORWARD else x - h, x + h])
        points.set_data(ends, f(ends))
        chord.set_ydata(f(x) + quotient * (span - x))
        left.set_title(f"slope {quotient:.8g}", fontsize=12, loc="left")
        right.set_title(f"h = 1e{exponent}: relative error {off:.1e}", fontsize=12, loc="left")
        return _describe(exponent, kind, dtype, quotient, slope, off, steps, errors[kind, dtype])

    controls = {
        "exponent": make_control(
            widgets.IntSlider, "h = 10 to the", value=exponent, min=int(exponents[0]), max=int(exponents[-1])
        ),
        "kind": widgets.ToggleButtons(
            options=[(word, key) for key, word in _KINDS.items()], value=kind, style={"button_width": "auto"}
        ),
        "dtype": widgets.ToggleButtons(options=list(_TYPES), value=dtype, style={"button_width": "auto"}),
    }
    live = LiveFigure(figure, update, controls)

    def go_to_the_best() -> None:
        kind, dtype = live.values["kind"], live.values["dtype"]
        live.move(exponent=int(min(exponents, key=lambda power: error(10.0 ** float(power), kind, dtype))))

    live.buttons += [
        make_button("Smaller h", "A tenth of the step", lambda: live.move(exponent=live.values["exponent"] - 1)),
        make_button("Larger h", "Ten times the step", lambda: live.move(exponent=live.values["exponent"] + 1)),
        make_button("Best h", "The power of ten with the smallest error", go_to_the_best),
    ]
    return live


def _describe(
    exponent: int, kind: str, dtype: str, quotient: float, slope: float, off: float, steps: Floats, errors: Floats
) -> str:
    """Say what the chord and the V-curve show."""
    best = int(np.argmin(errors))
    h = 10.0**exponent
    if quotient == 0:
        side = "The step is so small that both values of f are rounded to the same number: the slope comes out as 0."
    elif h > 10 * steps[best]:
        side = "Here h is on the right arm of the V: the step is too long, and the curve bends away under the chord."
    elif h < steps[best] / 10:
        side = "Here h is on the left arm of the V: two nearly equal numbers are subtracted, and rounding is left."
    else:
        side = "Here h is near the bottom of the V, where both kinds of error are small."
    return (
        f"Relative error of the {_KINDS[kind]} difference in {dtype} over the step h, both on log scales: a V, "
        f"whose lowest error is about {errors[best]:.0e} near h = {steps[best]:.0e}. At h = 1e{exponent} the quotient "
        f"is {quotient:.8g}, the true slope {slope:.8g}, the relative error {off:.1e}. {side}"
    )
