"""One look for every figure of the course, and one way to show it: picture, alt text, words.

Figures are plain matplotlib figures made without pyplot: nothing is kept open behind the notebook's
back, no backend is switched, and importing this module is cheap.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The palette of Okabe and Ito (2008), which readers with any common colour blindness can tell apart.
BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
RED = "#D55E00"
PINK = "#CC79A7"
PALETTE = (BLUE, RED, GREEN, ORANGE, SKY, PINK, YELLOW, BLACK)

GRID = "#D9D9D9"
_DPI = 100
_MARGINS = (0.76, 0.14, 0.52, 0.34, 0.9)
"""Inches left, right, below, above, and between two plots, where margins are fixed."""


def new_figure(width: float = 6.4, height: float = 4.0, *, columns: int | None = None) -> Figure:
    """Make an empty figure of `width` × `height` inches in the course's look.

    Its margins are measured when it is drawn, so that nothing overlaps. With `columns` they are fixed: room for that
    many plots side by side, each with names, a title, and numbers of up to five letters on its axes. That takes two
    thirds of the time, which counts where a class is graded.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    if columns is None:
        figure.set_layout_engine("constrained")
    else:
        left, right, bottom, top, between = _MARGINS
        plot = (width - left - right - between * (columns - 1)) / columns
        figure.subplots_adjust(
            left / width, bottom / height, 1 - right / width, 1 - top / height, wspace=between / plot
        )
    return figure


def dress(axes: Axes, *, x: str, y: str, title: str = "") -> Axes:
    """Give axes their names, a light grid and no box; return them."""
    axes.set_xlabel(x, fontsize=11)
    axes.set_ylabel(y, fontsize=11)
    # Told where the title stands, matplotlib need not measure every tick label at each redraw to find out.
    axes.set_title(title, fontsize=12, loc="left", y=1.0)
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def scale_log(axes: Axes) -> None:
    """Give the vertical axis a log scale with plain numbers on it, and a few between the powers of ten."""
    from matplotlib.ticker import FuncFormatter

    def label(value: float, _position: int) -> str:
        if value <= 0:
            return ""
        if 1e-3 < value < 1e5:
            return f"{value:,.0f}" if value >= 1 else f"{value:g}"
        return f"{value:.0e}".replace("e+", "e")

    def label_between(value: float, position: int) -> str:
        low, high = axes.get_ylim()
        is_narrow = high < 300 * low
        return label(value, position) if is_narrow and f"{value:e}"[0] in "25" else ""

    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(label))
    axes.yaxis.set_minor_formatter(FuncFormatter(label_between))


def draw_png(figure: Figure) -> bytes:
    """Draw the figure as it stands now and return the PNG file's bytes.

    Raises:
        TypeError: the figure is not one of `new_figure`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.image import imsave

    if not isinstance(figure.canvas, FigureCanvasAgg):
        kind = type(figure.canvas).__name__
        raise TypeError(f"make the figure with plots.new_figure, not on a {kind}")
    canvas: Any = figure.canvas  # matplotlib's canvases have no types
    canvas.draw()  # `savefig` would draw everything twice
    buffer = io.BytesIO()
    imsave(buffer, canvas.buffer_rgba(), format="png", dpi=_DPI, pil_kwargs={"compress_level": 3})
    return buffer.getvalue()


def show(figure: Figure, description: str) -> None:
    """Show a figure in the notebook: the picture with `description` as alt text, then the words.

    In a plain terminal only the words are printed.
    """
    show_png(draw_png(figure), description)


def show_png(png: bytes, description: str, extra: dict[str, object] | None = None) -> None:
    """Show a PNG picture and then its description in words.

    Args:
        png: the picture.
        description: one paragraph that says what the picture shows.
        extra: other forms of the same picture by MIME type; a front end takes the richest it can show.
    """
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    if get_ipython() is not None:
        picture = {"image/png": png, "text/plain": "[picture, described below]", **(extra or {})}
        display(picture, raw=True, metadata={"image/png": {"alt": description}})
    print(f"Figure: {description}")
