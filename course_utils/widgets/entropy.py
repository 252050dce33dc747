"""Cross entropy is a floor and a gap: the entropy of the truth, and what a wrong belief costs on top."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control

_HIGHEST = 4.8  # nats, the top of the picture of the curve
_EDGE = 0.01  # a belief of exactly 0 or 1 may cost an endless loss


def cross_entropy_of_two(p: Any, q: Any) -> Any:
    """Return -(p ln q + (1-p) ln(1-q)) in nats, for chances p from 0 to 1 and q strictly between."""
    return -(p * np.log(q) + (1 - p) * np.log1p(-q))


def entropy_of_two(p: float) -> float:
    """Return the entropy of a chance p, in nats; 0 where the outcome is certain."""
    return 0.0 if p in (0.0, 1.0) else float(cross_entropy_of_two(p, p))


def cross_entropy_gap(*, p: float = 0.7, q: float = 0.3, event: str = "rain", other: str = "dry") -> LiveFigure:
    """Make the figure of what believing q costs when the truth is p, for an event that happens or not.

    Left: truth and belief as bars. Right: cross entropy over the belief, its floor H and the gap KL.

    Args:
        p: the true chance of the event to begin with.
        q: the believed chance to begin with, from 0.01 to 0.99.
        event: what the event is called.
        other: what is called that happens otherwise.
    """
    figure = plots.new_figure(8.6, 4.0)
    grid = figure.add_gridspec(1, 2, width_ratios=[4, 6])
    left, right = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    plots.dress(left, x="", y="chance")
    plots.dress(right, x=f"belief q: chance of {event}", y="nats")
    places = np.arange(2)
    truth = left.bar(places - 0.2, [0, 0], width=0.38, color=plots.BLUE, label="truth p")
    belief = left.bar(places + 0.2, [0, 0], width=0.38, color=plots.ORANGE, label="belief q")
    left.set_xticks(places, [event, other])
    left.set_ylim(0, 1.25)
    left.set_yticks(np.linspace(0, 1, 6))
    left.legend(loc="upper center", ncols=2, fontsize=9, frameon=False)
    beliefs = np.linspace(_EDGE, 1 - _EDGE, 197)
    (curve,) = right.plot(beliefs, beliefs, color=plots.BLACK, lw=2, label="cross entropy")
    (floor,) = right.plot([0, 1], [0, 0], color=plots.BLUE, ls="--", lw=1.8, label="floor: entropy H(p)")
    (gap,) = right.plot([0, 0], [0, 0], color=plots.RED, lw=4, label="gap: KL(p‖q)", solid_capstyle="butt")
    (here,) = right.plot([0], [0], "o", color=plots.RED, ms=8, zorder=5)
    right.set(xlim=(0, 1), ylim=(0, _HIGHEST))
    right.legend(loc="upper center", fontsize=9, frameon=False)

    def update(p: float, q: float) -> str:
        total, lowest = float(cross_entropy_of_two(p, q)), entropy_of_two(p)
        for bars, chance in ((truth, p), (belief, q)):
            for bar, height in zip(bars, (chance, 1 - chance), strict=True):
                bar.set_height(height)
        curve.set_ydata(cross_entropy_of_two(p, beliefs))
        floor.set_ydata([lowest, lowest])
        gap.set_data([q, q], [lowest, total])
        here.set_data([q], [total])
        kl = total - lowest
        left.set_title(f"p = {p:.2f}, q = {q:.2f}", fontsize=12, loc="left")
        right.set_title(f"CE {total:.3f} = H {lowest:.3f} + KL {abs(kl):.3f}", fontsize=12, loc="left")
        return _describe(p, q, total, lowest, event)

    slider = widgets.FloatSlider
    controls = {
        "p": make_control(slider, "truth p", value=p, min=0, max=1, step=0.01),
        "q": make_control(slider, "belief q", value=q, min=_EDGE, max=1 - _EDGE, step=0.01),
    }
    live = LiveFigure(figure, update, controls)

    def believe_the_truth() -> None:
        live.move(q=min(max(live.values["p"], _EDGE), 1 - _EDGE))

    def swap() -> None:
        live.move(p=live.values["q"], q=min(max(live.values["p"], _EDGE), 1 - _EDGE))

    live.buttons += [
        make_button("Believe the truth", "Set q to p", believe_the_truth),
        make_button("Swap p and q", "What was believed is now true, and the other way round", swap),
        make_button("A certain label", "Set p to 1, as a label in a data set does", lambda: live.move(p=1.0)),
        make_button("Start again", "Back to the first p and q", lambda: live.move(p=p, q=q)),
    ]
    return live


def _describe(p: float, q: float, total: float, lowest: float, event: str) -> str:
    """Say what the bars and the curve show."""
    kl = abs(total - lowest)
    if kl < 5e-4:
        verdict = "The belief is the truth, or as near as the sliders allow: no gap is left at this lowest point."
    elif lowest == 0:
        verdict = f"The truth is certain: its entropy is 0, the whole loss is gap: minus ln {q if p else 1 - q:.2f}."
    else:
        side = "too low" if q < p else "too high"
        verdict = f"The belief is {side}: it costs {kl:.3f} nats more than the truth would."
    return (
        f"The true chance of {event} is p = {p:.2f}, the believed chance is q = {q:.2f}. On the right a curve "
        f"shows the cross entropy for every belief; its lowest point lies at q = p, at the height of "
        f"the entropy H(p) = {lowest:.3f} nats (dashed). At q = {q:.2f} the cross entropy is {total:.3f} nats, "
        f"so the gap KL(p‖q) is {kl:.3f} nats (thick line). {verdict}"
    )
