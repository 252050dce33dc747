"""Explore the shape of a tensor: the same 24 numbers in other boxes, and what an operation leaves of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control

COUNT = 24
SHAPES = ((24,), (4, 6), (6, 4), (3, 8), (2, 3, 4), (4, 3, 2))
OPERATIONS: Mapping[str, Callable[[Any], Any]] = {
    "as it is": lambda t: t,
    "sum(dim=0)": lambda t: t.sum(axis=0),
    "sum(dim=-1)": lambda t: t.sum(axis=-1),
    "swap the last two": lambda t: t.swapaxes(-1, -2) if t.ndim > 1 else t,
    "flatten()": lambda t: t.reshape(-1),
}
_ROW = 8  # a long row of numbers is drawn in pieces of this length


def shape_explorer(*, shape: tuple[int, ...] = (2, 3, 4), item: int = 17, operation: str = "sum(dim=0)") -> LiveFigure:
    """Make the figure of the numbers 0 to 23 in a tensor of some shape, and of an operation on it.

    Left: the tensor, drawn as one grid for each index of the first of three dimensions, with one number marked.
    Right: what the operation gives; the cells the marked number went into are marked.

    Args:
        shape: one of `SHAPES`.
        item: which number is marked, 0 to 23.
        operation: one of `OPERATIONS`.
    """
    figure = plots.new_figure(8.6, 4.2)
    sides = figure.subplots(1, 2)
    boxes = [_make_cells(axes) for axes in sides]

    def update(item: int, shape: tuple[int, ...], operation: str) -> str:
        tensor = np.arange(COUNT).reshape(shape)
        result = OPERATIONS[operation](tensor)
        # Where a single 1 at the marked place ends up, there the number went.
        trace = OPERATIONS[operation]((tensor == item).astype(int)) > 0
        place = tuple(int(i) for i in np.unravel_index(item, shape))
        for axes, cells, numbers, marked, name in (
            (sides[0], boxes[0], tensor, tensor == item, "t"),
            (sides[1], boxes[1], result, trace, operation),
        ):
            _move_cells(axes, cells, numbers, marked)
            axes.set_title(f"{name}: shape {_say_shape(numbers.shape)}", fontsize=11, loc="left")
        goal = tuple(int(i) for i in np.argwhere(trace)[0])
        return _describe(shape, item, place, operation, result, goal)

    controls = {
        "item": make_control(widgets.IntSlider, "marked number", value=item, min=0, max=COUNT - 1),
        "shape": widgets.ToggleButtons(
            options=[(_say_shape(choice), choice) for choice in SHAPES], value=shape, style={"button_width": "auto"}
        ),
        "operation": widgets.ToggleButtons(
            options=list(OPERATIONS), value=operation, style={"button_width": "auto"}
        ),
    }
    live = LiveFigure(figure, update, controls)
    first = {"item": item, "shape": shape, "operation": operation}

    def go_on() -> None:
        live.move(item=(controls["item"].value + 1) % COUNT)

    live.buttons += [
        make_button("Next number", "Mark the next number in memory", go_on),
        make_button("Start again", "Back to the first view", lambda: live.move(**first)),
    ]
    return live


def place_cells(shape: tuple[int, ...]) -> Any:
    """Return the column and row (count, 2) at which each number of a tensor of up to three dimensions is drawn."""
    if not shape:  # a single number
        return np.zeros((1, 2))
    index = np.stack(np.unravel_index(np.arange(int(np.prod(shape))), shape), axis=1)
    if len(shape) == 1:
        return np.stack([index[:, 0] % _ROW, index[:, 0] // _ROW], axis=1).astype(float)
    row, column = index[:, -2].astype(float), index[:, -1].astype(float)
    if len(shape) == 3:  # one grid below the other, with a gap
        row = row + index[:, 0] * (shape[1] + 0.6)
    return np.stack([column, row], axis=1)


def _make_cells(axes: Any) -> list[Any]:
    """Draw as many empty cells as any tensor here can need; they are moved, never made again."""
    axes.set_axis_off()
    box = {"boxstyle": "square,pad=0.45", "lw": 1}
    return [
        axes.text(0, 0, "", ha="center", va="center", fontsize=10, family="monospace", bbox=dict(box))
        for _ in range(COUNT)
    ]


def _move_cells(axes: Any, cells: list[Any], numbers: Any, marked: Any) -> None:
    """Put the numbers into the first cells, hide the others, and mark some."""
    places = place_cells(numbers.shape)
    flat, marks = numbers.reshape(-1), marked.reshape(-1)
    for i, cell in enumerate(cells):
        is_used = i < len(flat)
        cell.set_visible(is_used)
        if is_used:
            cell.set_position(places[i])
            cell.set_text(f"{flat[i]:2}")
            cell.set_fontweight("bold" if marks[i] else "normal")
            cell.get_bbox_patch().set(
                facecolor=plots.ORANGE if marks[i] else "white", edgecolor=plots.BLACK if marks[i] else plots.BLUE
            )
    # The same scale in both pictures, whatever the shape: a cell is a cell.
    axes.set(xlim=(-0.7, _ROW - 0.3), ylim=(13.6, -0.8))


def _say_shape(shape: tuple[int, ...]) -> str:
    """Write a shape as Python does."""
    return str(tuple(int(size) for size in shape))


def _describe(
    shape: tuple[int, ...], item: int, place: tuple[int, ...], operation: str, result: Any, goal: tuple[int, ...]
) -> str:
    """Say where the marked number stands and where the operation put it."""
    index = ", ".join(map(str, place))
    target = ", ".join(map(str, goal))
    dimensions = f"{len(shape)} dimension{'s' if len(shape) > 1 else ''}"
    became = (
        f"it is still {item}"
        if operation in ("as it is", "flatten()", "swap the last two")
        else f"it is part of the sum {int(result[goal])}"
    )
    return (
        f"The numbers 0 to 23 in a tensor t of shape {_say_shape(shape)}, {dimensions}: "
        f"{' × '.join(map(str, shape))} = {COUNT} numbers. The marked number {item} is t[{index}]; in memory it "
        f"is number {item}, counted from 0, whatever the shape. On the right, '{operation}' gives shape "
        f"{_say_shape(result.shape)} with {result.size} numbers; the marked number went to "
        f"{f'[{target}]' if goal else 'the only one'}, where {became}."
    )
