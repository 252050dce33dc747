"""Keep the picture of an axis until the axis changes: its numbers are most of what a redraw costs.

matplotlib lays out and draws every tick label anew each time, although in a live figure most axes stay as they are
while a line moves. An axis that is remembered is drawn once on a sheet of its own, and from then on the sheet is laid
over the figure, at the axis's place in the order of drawing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure


def remember_axes(figure: Figure) -> None:
    """Let every axis that the figure has now keep its picture while limits, ticks, name and place stay the same.

    A change of the colour or size of one single tick label is not noticed; give the axis new ticks instead.
    """
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            axis.draw = _AxisPicture(axis).draw  # type: ignore[method-assign]  # of this one axis


class _AxisPicture:
    """Draw one axis, from the picture kept of it where nothing has changed."""

    def __init__(self, axis: Axis) -> None:
        self._axis = axis
        self._draw_anew = axis.draw
        self._state: tuple[Any, ...] = ()
        self._pixels: Any = None
        self._place = (0, 0)

    def draw(self, renderer: Any) -> None:
        """Draw the axis as matplotlib would."""
        from matplotlib.backends.backend_agg import RendererAgg

        if not isinstance(renderer, RendererAgg):  # a PDF wants lines and letters
            self._draw_anew(renderer)
            return
        state = (renderer.width, renderer.height, renderer.dpi, *_state_of(self._axis))
        if state != self._state:
            self._state = state
            self._take_picture(renderer)
        if self._pixels.size:
            context = renderer.new_gc()
            renderer.draw_image(context, *self._place, self._pixels)
            context.restore()
        self._axis.stale = False

    def _take_picture(self, renderer: Any) -> None:
        """Draw the axis on an empty sheet and keep the part that has something on it."""
        sheet: Any = type(renderer)(int(renderer.width), int(renderer.height), renderer.dpi)
        self._draw_anew(sheet)
        pixels = np.asarray(sheet.buffer_rgba())
        is_drawn = pixels[..., 3] > 0
        rows, columns = np.flatnonzero(is_drawn.any(axis=1)), np.flatnonzero(is_drawn.any(axis=0))
        if not len(rows):
            self._pixels = pixels[:0]
            return
        part = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        self._pixels = np.ascontiguousarray(part[::-1])  # matplotlib counts an image's rows from below
        self._place = (int(columns[0]), int(renderer.height) - int(rows[-1]) - 1)


def _state_of(axis: Axis) -> tuple[Any, ...]:
    """Return all that decides what an axis looks like: values, not objects, so that cleared axes are known again."""
    name = axis.label
    ticks = []
    for locations, formatter in (
        (axis.get_majorticklocs(), axis.get_major_formatter()),
        (axis.get_minorticklocs(), axis.get_minor_formatter()),
    ):
        numbers = tuple(formatter.format_ticks(list(locations)))
        ticks.append((tuple(float(place) for place in locations), numbers, formatter.get_offset()))
    return (
        axis.get_visible(),
        *axis.axes.bbox.bounds,
        *axis.get_view_interval(),
        axis.get_scale(),
        (name.get_text(), name.get_color(), name.get_fontsize(), name.get_rotation(), name.get_visible()),
        (axis.get_label_position(), axis.labelpad),
        *ticks,
        axis.get_tick_params("major"),
        axis.get_tick_params("minor"),
    )
