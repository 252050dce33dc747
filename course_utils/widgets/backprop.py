"""Click through a computation graph: forward with values, then backward with gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control
from course_utils.widgets.scalar_graph import Handover, ScalarGraph

_WIDTH = 8.6  # of the figure, in inches; so are all places
_BOX_WIDTH, _BOX_HEIGHT = 1.06, 0.86
_WIDEST_COLUMN, _ROW = 2.1, 1.2
_IDLE, _BUSY, _WAITING = "#FFFFFF", "#FFF3D6", "#F2F2F2"


def backprop_stepper(
    formulas: Mapping[str, str], leaves: Mapping[str, float], *, step: int | None = None
) -> LiveFigure:
    """Make the figure of a graph of single numbers, stepped through forward and backward.

    Each box holds a name, its formula, its value once it is computed, and its gradient once one arrives.

    Args:
        formulas: name -> formula in the order of computing, as `ScalarGraph` reads them; the last is the loss.
        leaves: name -> value to begin with, from -3 to 3, of everything that is not computed.
        step: how many steps to begin with; all of them unless told otherwise.

    Raises:
        ValueError: a formula cannot be read, or `leaves` are not those that the formulas use.
    """
    graph = ScalarGraph(formulas)
    if set(leaves) != set(graph.leaves):
        raise ValueError(f"The formulas use {sorted(graph.leaves)}, but values were given for {sorted(leaves)}.")
    half = len(graph.order)
    most = 2 * half + 1  # each result forward, the seed of 1, each result backward
    places = _place(graph)
    height = max(y for _, y in places.values()) + _BOX_HEIGHT
    figure = plots.new_figure(_WIDTH, height + 0.95)
    axes = figure.subplots()
    axes.set(xlim=(-0.1, _WIDTH - 0.3), ylim=(height + 0.1, -0.75), aspect="equal")
    axes.set_axis_off()
    title = axes.text(0, -0.72, "", fontsize=11, va="top", linespacing=1.3)  # a title would not keep room for two lines
    arrows = _draw_arrows(axes, graph, places)
    boxes = {name: _draw_box(axes, graph, name, place) for name, place in places.items()}

    def update(step: int, **moved: float) -> str:
        values = graph.forward(moved)
        walk = graph.backward(values)
        known = {*graph.leaves, *graph.order[:step]}
        arrived: dict[str, list[float]] = {graph.loss: [1.0]} if step > half else {}
        for handed in walk[: max(step - half - 1, 0)]:
            for one in handed:
                arrived.setdefault(one.to, []).append(one.amount)
        now: list[Handover] = walk[step - half - 2] if step > half + 1 else []
        busy = graph.order[step - 1] if 0 < step <= half else graph.loss if step == half + 1 else ""
        busy = now[0].node if now else busy
        for name, (frame, value, gradient) in boxes.items():
            frame.set_facecolor(_BUSY if name == busy else _IDLE if name in known else _WAITING)
            frame.set_linewidth(2.6 if name == busy else 1.2)
            value.set_text(f"{values[name]:.4g}" if name in known else "?")
            gradient.set_text(f"grad {_sum(arrived[name]):.4g}" if name in arrived else "")
        for (source, node, place), (line, label) in arrows.items():
            back = next((one for i, one in enumerate(now) if (one.to, one.node, i) == (source, node, place)), None)
            is_forward = step <= half and node == busy
            line.set_color(plots.RED if back else plots.BLUE if is_forward else "#9A9A9A")
            line.set_linewidth(2.6 if back or is_forward else 1.1)
            line.set_arrowstyle("<|-" if back else "-|>", head_length=6, head_width=3.5)
            label.set_text(f"×{back.slope:.3g}" if back else "")
        heading = _say_step(graph, step, half, values, now, arrived)
        title.set_text(f"Step {step} of {most}. {heading}")
        return _describe(graph, step, most, heading.replace("\n", " "), values, known, arrived)

    controls: dict[str, Any] = {
        "step": make_control(widgets.IntSlider, "step", value=most if step is None else step, min=0, max=most)
    }
    for name in graph.leaves:
        controls[name] = make_control(
            widgets.FloatSlider, name, value=leaves[name], min=-3, max=3, step=0.1, readout_format=".1f"
        )
    live = LiveFigure(figure, update, controls)

    def jump(by: int) -> None:
        live.move(step=min(max(controls["step"].value + by, 0), most))

    live.buttons += [
        make_button("Step", "The next step, forward and then backward", lambda: jump(1)),
        make_button("Back", "Take the last step back", lambda: jump(-1)),
        make_button("Start again", "Before the first step", lambda: live.move(step=0)),
        make_button("All forward", "All values, no gradient yet", lambda: live.move(step=half)),
        make_button("To the end", "All values and all gradients", lambda: live.move(step=most)),
    ]
    return live


def _sum(amounts: list[float]) -> float:
    return sum(amounts) + 0.0  # + 0.0 turns -0.0 into 0.0


def _sign(number: float) -> str:
    """Write a factor or a term, in brackets where it is negative."""
    return f"{number:.3g}" if number >= 0 else f"({number:.3g})"


def _place(graph: ScalarGraph) -> dict[str, tuple[float, float]]:
    """Give each node the place of its box's upper left corner: results on top, leaves before who uses them."""
    column: dict[str, int] = {}
    for name in graph.order:
        column[name] = 1 + max(column.get(earlier, 0) for earlier in graph.made_from[name])
    for leaf in graph.leaves:
        column[leaf] = min(column[name] for name in graph.order if leaf in graph.made_from[name]) - 1
    apart = min(_WIDEST_COLUMN, (_WIDTH - 0.5 - _BOX_WIDTH) / max(column.values()))
    places: dict[str, tuple[float, float]] = {}
    filled: dict[int, int] = {}
    for name in [*graph.order, *graph.leaves]:
        row = filled.get(column[name], 0)
        filled[column[name]] = row + 1
        places[name] = (column[name] * apart, row * _ROW)
    return places


def _draw_arrows(axes: Any, graph: ScalarGraph, places: Mapping[str, tuple[float, float]]) -> dict[Any, Any]:
    """Draw an arrow and an empty label for each use of a node: (source, node, which argument) -> both."""
    from matplotlib.patches import FancyArrowPatch

    arrows = {}
    for node, sources in graph.made_from.items():
        for place, source in enumerate(sources):
            (x0, y0), (x1, y1) = places[source], places[node]
            # A straight arrow would run across a box that stands between: bend it over that.
            is_long = y0 == y1 and any(y == y0 and x0 < x < x1 for x, y in places.values())
            twice = sources.count(source) > 1
            start = (x0 + _BOX_WIDTH / 2, y0) if is_long else (x0 + _BOX_WIDTH, y0 + _BOX_HEIGHT / 2)
            end = (x1 + _BOX_WIDTH / 2, y1) if is_long else (x1, y1 + _BOX_HEIGHT * (0.3 + 0.4 * (y0 > y1)))
            bend = 0.16 if is_long else (0.35 - 0.7 * place) if twice else 0.0
            way = f"arc3,rad={-bend}"
            arrow = FancyArrowPatch(start, end, connectionstyle=way, arrowstyle="-|>", shrinkA=1, shrinkB=1)
            axes.add_patch(arrow)
            middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - (0.3 if is_long else 0.2))
            if twice:
                middle = (middle[0], start[1] - 0.9 * bend)
            label = axes.text(*middle, "", ha="center", va="center", fontsize=9, color=plots.RED, zorder=6)
            label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85})
            arrows[source, node, place] = (arrow, label)
    return arrows


def _draw_box(axes: Any, graph: ScalarGraph, name: str, place: tuple[float, float]) -> tuple[Any, Any, Any]:
    """Draw the box of a node; return its frame and the texts of its value and its gradient."""
    from matplotlib.patches import FancyBboxPatch

    x, y = place
    frame = FancyBboxPatch(
        (x + 0.05, y + 0.05),
        _BOX_WIDTH - 0.1,
        _BOX_HEIGHT - 0.1,
        boxstyle="round,pad=0.05",
        edgecolor=plots.BLACK,
        zorder=3,
    )
    axes.add_patch(frame)
    middle = x + _BOX_WIDTH / 2
    title = f"{name} = {graph.formulas[name]}" if name in graph.formulas else name
    settings: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 4}
    axes.text(middle, y + 0.17, title, fontsize=10, fontweight="bold", **settings)
    value = axes.text(middle, y + 0.43, "", fontsize=11, color=plots.BLUE, **settings)
    gradient = axes.text(middle, y + 0.69, "", fontsize=9, color=plots.RED, **settings)
    return frame, value, gradient


def _say_step(
    graph: ScalarGraph,
    step: int,
    half: int,
    values: Mapping[str, float],
    now: list[Handover],
    arrived: Mapping[str, list[float]],
) -> str:
    """Say in one line what happens in this step."""
    if step == 0:
        return "Only the inputs are known."
    if step <= half:
        name = graph.order[step - 1]
        return f"Forward: {name} = {graph.formulas[name]} = {values[name]:.4g}"
    if step == half + 1:
        return f"Backward begins: the gradient of {graph.loss} with respect to itself is 1"
    parts = []
    for one in now:
        parts.append(f"to {one.to} {_sign(one.slope)} · {_sign(_sum(arrived[one.node]))} = {one.amount + 0.0:.3g}")
    said = f"Backward: {now[0].node} hands on, " + ", ".join(parts)
    added = [one.to for one in now if len(arrived[one.to]) > 1]
    if added:
        sums = " + ".join(_sign(amount) for amount in arrived[added[0]])
        said += f".\n{added[0]} adds up: {sums} = {_sum(arrived[added[0]]):.3g}"
    return said


def _describe(
    graph: ScalarGraph,
    step: int,
    most: int,
    heading: str,
    values: Mapping[str, float],
    known: set[str],
    arrived: Mapping[str, list[float]],
) -> str:
    """Say what the graph shows."""
    formulas = ", ".join(f"{name} = {formula}" for name, formula in graph.formulas.items())
    shown = ", ".join(f"{name} {values[name]:.4g}" for name in [*graph.leaves, *graph.order] if name in known)
    walked = [name for name in [*reversed(graph.order), *graph.leaves] if name in arrived]
    gradients = ", ".join(f"{name} {_sum(arrived[name]):.4g}" for name in walked) or "none yet"
    return (
        f"A computation graph, read from left to right: {formulas}. Step {step} of {most}. {heading}. "
        f"Values so far: {shown}. Gradients of {graph.loss} so far: {gradients}."
    )
