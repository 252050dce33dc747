"""Drag logits and watch softmax share out the probability, hotter or colder, and what the loss says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_TEMPERATURES = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0)
_FURTHEST = 6.0  # the ends of the sliders


def share_out(logits: Floats, temperature: float = 1.0) -> Floats:
    """Return softmax(logits / temperature) of a row of logits (C,), safe for logits of any size."""
    scaled = np.asarray(logits, dtype=float) / temperature
    grown = np.exp(scaled - scaled.max())
    shares: Floats = grown / grown.sum()
    return shares


def probability_bars(
    logits: Sequence[float],
    names: Sequence[str],
    *,
    right: int = 0,
    temperature: float = 1.0,
) -> LiveFigure:
    """Make the figure of one row of logits and the probabilities that softmax makes of them.

    Left: the logits. Right: the probabilities, the right class marked, and its cross entropy.

    Args:
        logits: the scores to begin with (C,), from -6 to 6.
        names: what each class is called.
        right: the number of the right class to begin with.
        temperature: what the logits are divided by to begin with.
    """
    figure = plots.new_figure(8.6, 3.6)
    left, beside = figure.subplots(1, 2)
    plots.dress(left, x="logit z", y="")
    plots.dress(beside, x="probability p", y="")
    rows = np.arange(len(names))
    left.axvline(0, color=plots.BLACK, lw=1)
    logit_bars = left.barh(rows, np.zeros(len(names)), color=plots.SKY, edgecolor=plots.BLACK)
    shares = beside.barh(rows, np.zeros(len(names)), edgecolor=plots.BLACK)
    figures_on_bars = [beside.text(0, row, "", va="center", fontsize=10) for row in rows]
    left.set_xlim(-_FURTHEST - 0.3, _FURTHEST + 0.3)
    beside.set_xlim(0, 1.18)
    beside.set_xticks(np.linspace(0, 1, 6))
    for axes in (left, beside):
        axes.set_yticks(rows, names)
        axes.invert_yaxis()  # the first class stands on top, as in the sliders

    def update(temperature: float, right: int, **moved: float) -> str:
        scores = np.array([moved[f"z{row}"] for row in rows])
        p = share_out(scores, temperature)
        for row in rows:
            logit_bars[row].set_width(scores[row])
            shares[row].set_width(p[row])
            shares[row].set_color(plots.GREEN if row == right else "#CCCCCC")
            shares[row].set_edgecolor(plots.BLACK)
            mark = "  right class" if row == right else ""
            figures_on_bars[row].set_text(f"{p[row]:.3f}{mark}" if p[row] < 0.7 else f"{p[row]:.3f}")
            figures_on_bars[row].set_x(p[row] + 0.015)
        loss = float(-np.log(p[right]))  # the sliders end long before a share underflows
        heading = "logits: any numbers" if temperature == 1 else f"logits, to be divided by T = {temperature:g}"
        left.set_title(heading, fontsize=12, loc="left")
        beside.set_title(f"loss = −ln p({names[right]}) = {loss:.3f}", fontsize=12, loc="left")
        return _describe(scores, p, names, right, temperature, loss)

    controls: dict[str, Any] = {
        f"z{row}": make_control(widgets.FloatSlider, f"z({name})", value=score, min=-_FURTHEST, max=_FURTHEST, step=0.1)
        for row, (name, score) in enumerate(zip(names, logits, strict=True))
    }
    controls["temperature"] = make_control(
        widgets.SelectionSlider,
        "temperature T",
        options=[(f"{t:g}", t) for t in sorted({*_TEMPERATURES, temperature})],
        value=temperature,
    )
    controls["right"] = widgets.ToggleButtons(
        description="right class",
        options=[(name, row) for row, name in enumerate(names)],
        value=right,
        style={"description_width": "110px", "button_width": "auto"},
    )
    live = LiveFigure(figure, update, controls)
    begin = {**{f"z{row}": score for row, score in enumerate(logits)}, "temperature": temperature, "right": right}

    def add_one() -> None:
        scores = [live.values[f"z{row}"] for row in rows]
        if max(scores) + 1 <= _FURTHEST:  # else a slider would stick at its end and the shift not be one
            live.move(**{f"z{row}": score + 1 for row, score in zip(rows, scores, strict=True)})

    live.buttons += [
        make_button("Add 1 to all", "Raise every logit by 1 (while all stay on their sliders)", add_one),
        make_button("All equal", "Set every logit to 0", lambda: live.move(**{f"z{row}": 0.0 for row in rows})),
        make_button("Start again", "Back to the first logits", lambda: live.move(**begin)),
    ]
    return live


def _describe(scores: Floats, p: Floats, names: Sequence[str], right: int, temperature: float, loss: float) -> str:
    """Say what the bars show."""
    logits = ", ".join(f"{name} {score:.1f}" for name, score in zip(names, scores, strict=True))
    shares = ", ".join(f"{name} {share:.3f}" for name, share in zip(names, p, strict=True))
    largest = names[int(np.argmax(p))]
    if np.ptp(p) < 1e-9:
        verdict = f"All classes are equally probable, and the loss is ln {len(p)}, whichever class is right."
    elif int(np.argmax(p)) == right:
        verdict = f"The largest share goes to the right class, {names[right]}."
    else:
        verdict = f"The largest share goes to {largest}, but the right class is {names[right]}."
    return (
        f"Two rows of bars. Left, the logits: {logits}. Right, the probabilities that softmax makes of them at "
        f"temperature {temperature:g}: {shares}. They add up to 1. {verdict} "
        f"The loss, minus the log of the right class's probability, is {loss:.3f}."
    )
