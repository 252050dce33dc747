"""A figure that is drawn again when a control moves: one figure, one picture, one description."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import traitlets

from course_utils import plots
from course_utils.widgets.axis_memory import remember_axes
from course_utils.widgets.frontend import bundle_view, is_live

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class _Picture(widgets.Image):  # type: ignore[misc]  # ipywidgets has no types
    """An image with a name for screen readers.

    ipywidgets 8 turns `tooltip` into the picture's title only where the model has a `description` too, and
    fails without one; ipywidgets 7 passes over both.
    """

    description = traitlets.Unicode("").tag(sync=True)
    tooltip = traitlets.Unicode("", allow_none=True).tag(sync=True)


class LiveFigure:
    """Join a figure, the function that brings it up to date, and the controls that feed the function.

    The figure is made once; `update` moves what is drawn on it, so a redraw is quick, nothing flickers
    and no pictures pile up. The description beneath says in words what the picture shows and follows it.

    Args:
        figure: the one figure, with everything already on it.
        update: called with one keyword argument per control; changes the figure and returns one
            paragraph that describes it.
        controls: name of the argument -> the ipywidget whose `value` it gets.
        buttons: shown in a row under the controls; their callbacks use `move`.
    """

    def __init__(
        self,
        figure: Figure,
        update: Callable[..., str],
        controls: Mapping[str, Any],
        buttons: Sequence[Any] = (),
    ) -> None:
        self.figure = figure
        self.controls = dict(controls)
        self.buttons = list(buttons)
        self.description = ""
        self._update = update
        self._is_paused = False
        width, height = (figure.get_size_inches() * figure.dpi).astype(int)
        # height "auto": on a narrow screen the picture shrinks as a whole and is not squeezed.
        self.picture = _Picture(format="png", layout={"max_width": "100%", "height": "auto", "width": f"{width}px"})
        self.words = widgets.HTML(layout={"max_width": f"{width}px"})
        self._pixel_size = (int(width), int(height))
        for control in self.controls.values():
            control.observe(self._on_change, names="value")
        remember_axes(figure)
        self.redraw()
        # Laying the axes out again at every redraw would cost more than drawing them.
        figure.set_layout_engine("none")

    @property
    def png(self) -> bytes:
        """The picture as it stands."""
        return bytes(self.picture.value)

    @property
    def values(self) -> dict[str, Any]:
        """What each control says now."""
        return {name: control.value for name, control in self.controls.items()}

    def redraw(self) -> None:
        """Bring the figure, the picture and the words up to date with the controls."""
        self.description = self._update(**self.values)
        self.picture.value = plots.draw_png(self.figure)
        self.picture.tooltip = self.description.split(". ")[0]  # the whole would hide the picture on hovering
        self.words.value = (
            f'<p role="status" aria-live="polite" style="line-height:1.45;margin:4px 0">'
            f"{html.escape(self.description)}</p>"
        )

    def move(self, **values: Any) -> None:
        """Set several controls and draw once.

        Raises:
            KeyError: there is no control of that name.
        """
        with self._one_redraw():
            for name, value in values.items():
                self.controls[name].value = value

    def _on_change(self, _change: object) -> None:
        if not self._is_paused:
            self.redraw()

    @contextmanager
    def _one_redraw(self) -> Iterator[None]:
        self._is_paused = True
        try:
            yield
        finally:
            self._is_paused = False
            self.redraw()

    @property
    def view(self) -> Any:
        """The widget that a browser shows: controls, buttons, picture, words."""
        rows = list(self.controls.values())
        if self.buttons:
            rows.append(widgets.HBox(self.buttons, layout={"flex_flow": "row wrap"}))
        # align_items keeps the picture's proportions; a box stretches its children otherwise.
        return widgets.VBox([*rows, self.picture, self.words], layout={"align_items": "flex-start"})

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if is_live():
            # A page that only keeps output (GitHub) finds the picture in the same bundle.
            bundle = {**bundle_view(self.view), "image/png": self.png, "text/plain": self.description}
            display(bundle, raw=True, metadata={"image/png": {"alt": self.description}})
        else:
            plots.show_png(self.png, self.description)


def make_button(label: str, tip: str, on_click: Callable[[], None]) -> Any:
    """Make a button that calls `on_click` with no argument."""
    button = widgets.Button(description=label, tooltip=tip, layout={"width": "auto"})
    button.on_click(lambda _button: on_click())
    return button


def make_control(kind: Any, name: str, **settings: Any) -> Any:
    """Make a control of an ipywidgets class; all get the same widths, so that they line up."""
    style, layout = {"description_width": "110px"}, {"width": "440px"}
    return kind(description=name, style=style, layout=layout, **settings)


def make_rate_slider(rates: Sequence[float], lr: float) -> Any:
    """Make a slider over chosen learning rates; `lr`, where it begins, is made one of them."""
    options = [(f"{rate:.3g}", rate) for rate in sorted({*rates, lr})]
    return make_control(widgets.SelectionSlider, "learning rate η", options=options, value=lr)
