"""Edit a kernel, see what it makes of a picture, and follow the sum behind one pixel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets
import numpy as np
import traitlets

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control

_SMALL, _LARGE = 3, 5
_DECIMALS = 4  # of a weight: 1/9 must fit into its field


def _middle(size: int) -> Any:
    """Return a kernel that is 1 in the middle and 0 around it."""
    kernel = np.zeros((size, size))
    kernel[size // 2, size // 2] = 1
    return kernel


def _sharpen(size: int) -> Any:
    """Return a kernel that lifts a pixel above the four beside it."""
    kernel, middle = 5 * _middle(size), size // 2
    for row, column in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        kernel[middle + row, middle + column] = -1
    return kernel


def _slope(size: int) -> Any:
    """Return a kernel that takes what is on the left from what is on the right."""
    return np.outer(np.ones(size), np.arange(size) - size // 2)


# Name -> the kernel (size, size) of that name, for a size of 3 or 5.
KERNELS: Mapping[str, Callable[[int], Any]] = {
    "Derivative across": _slope,
    "Derivative down": lambda size: _slope(size).T,
    "Smoothing": lambda size: np.ones((size, size)) / size**2,
    "Sharpen": _sharpen,
    "Edges all round": lambda size: size**2 * _middle(size) - 1,
    "No change": _middle,
}


class KernelGrid(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A square of number fields, 3×3 or 5×5, whose `value` is the kernel as a tuple of rows."""

    value = traitlets.Tuple()
    children: Any

    def __init__(self, kernel: Any) -> None:
        self._is_filling = False
        self.fields = [[self._make_field(row, column) for column in range(_LARGE)] for row in range(_LARGE)]
        super().__init__([])
        self.observe(lambda _change: self._fill_fields(), names="value")
        self.value = to_rows(kernel)

    @property
    def size(self) -> int:
        """How many rows and columns the kernel has now."""
        return len(self.value)

    def _make_field(self, row: int, column: int) -> Any:
        field = widgets.FloatText(step=0.5, layout={"width": "72px", "margin": "1px"})
        # What a screen reader calls the field; ipywidgets 7 has another word for it.
        setattr(
            field,
            "tooltip" if field.has_trait("tooltip") else "description_tooltip",
            f"weight in row {row + 1}, column {column + 1}",
        )
        field.observe(lambda _change: self._read_fields(), names="value")
        return field

    def _read_fields(self) -> None:
        if not self._is_filling:
            rows = self.fields[: self.size]
            self.value = to_rows([[field.value for field in row[: self.size]] for row in rows])

    def _fill_fields(self) -> None:
        self._is_filling = True
        try:
            for row, fields in zip(self.value, self.fields, strict=False):
                for weight, field in zip(row, fields, strict=False):
                    field.value = weight
        finally:
            self._is_filling = False
        if len(self.children) != self.size:
            self.children = [widgets.HBox(fields[: self.size]) for fields in self.fields[: self.size]]


def kernel_editor(
    images: Any, *, kernel: str = "Derivative across", picture: int = 0, row: int = 14, column: int = 14
) -> LiveFigure:
    """Make the figure of a kernel at work: the picture, the sum behind one pixel, and what comes out.

    The kernel slides over the picture without being turned (cross-correlation, as `conv2d` does it); beyond the
    border there is paper, so that the outcome is as large as the picture.

    Args:
        images: (N, H, W), 0 is paper and 1 is ink.
        kernel: a key of `KERNELS` to begin with, 3×3.
        picture: which of the images to begin with.
        row: of the pixel whose sum is shown, from 0.
        column: of the same pixel.

    Raises:
        KeyError: there is no kernel of that name.
    """
    pictures = np.asarray(images, dtype=float)
    height, width = pictures.shape[1:]
    figure = plots.new_figure(9.4, 3.9)
    layout: Any = figure.get_layout_engine()
    layout.set(rect=(0, 0, 0.98, 1))  # room for numbers that grow wider on the colour bar
    left, middle, right = figure.subplots(1, 3, width_ratios=[6, 7, 6])
    seen = left.imshow(pictures[0], cmap="Greys", vmin=0, vmax=1)
    made = right.imshow(pictures[0], cmap="PuOr_r")
    for axes in (left, middle, right):
        axes.set(xticks=[], yticks=[])
    (window,) = left.plot([], [], color=plots.GREEN, lw=2.5)
    right.plot([], [], color="white", lw=4.5)  # sets the frame off from the map's dark colours
    right.plot([], [], color=plots.GREEN, lw=2.5)
    products = middle.imshow(np.zeros((_LARGE, _LARGE)), cmap="PuOr_r", alpha=0.55)
    texts = [[middle.text(0, 0, "", ha="center", va="center") for _ in range(_LARGE)] for _ in range(_LARGE)]
    left.set_title("the picture", fontsize=12, loc="left")
    bar = figure.colorbar(made, ax=right, fraction=0.046, pad=0.03)
    bar.ax.tick_params(labelsize=8)

    def update(kernel: Any, picture: int, row: int, column: int) -> str:
        weights = np.array(kernel)
        size, half = len(weights), len(weights) // 2
        outcome = slide(pictures[picture], weights)
        patch = np.pad(pictures[picture], half)[row : row + size, column : column + size]
        parts = patch * weights
        total = float(outcome[row, column])

        seen.set_data(pictures[picture])
        made.set_data(outcome)
        reach = max(float(np.abs(outcome).max()), 1e-6)
        made.set_clim(-reach, reach)
        window.set_data(*_frame(row, column, half + 0.5))
        for line in right.lines:
            line.set_data(*_frame(row, column, 0.5))
        products.set_data(parts)
        products.set_extent((-0.5, size - 0.5, size - 0.5, -0.5))
        most = max(float(np.abs(parts).max()), 1e-6)
        products.set_clim(-most, most)
        for i, line in enumerate(texts):
            for j, text in enumerate(line):
                is_used = i < size and j < size
                text.set_visible(is_used)
                if is_used:
                    text.set_position((j, i))
                    text.set_text(f"{patch[i, j]:.2f}\n× {_write(weights[i, j])}")
                    text.set_fontsize(11 if size == _SMALL else 8)
        middle.set_title(f"{size**2} products, sum {total:.2f}", fontsize=12, loc="left")
        right.set_title(f"what comes out: here {total:.2f}", fontsize=12, loc="left")
        return _describe(weights, picture, row, column, parts, outcome)

    controls = {
        "kernel": KernelGrid(KERNELS[kernel](_SMALL)),
        "picture": make_control(widgets.IntSlider, "picture", value=picture, min=0, max=len(pictures) - 1),
        "row": make_control(widgets.IntSlider, "row", value=row, min=0, max=height - 1),
        "column": make_control(widgets.IntSlider, "column", value=column, min=0, max=width - 1),
    }
    live = LiveFigure(figure, update, controls)
    grid = controls["kernel"]

    def make_named(name: str) -> Any:
        tip = f"Fill the fields with the kernel {name!r}"
        return make_button(name, tip, lambda: live.move(kernel=to_rows(KERNELS[name](grid.size))))

    live.buttons += [
        *(make_named(name) for name in KERNELS),
        make_button(
            "Half a turn", "Turn the kernel by 180 degrees",
            lambda: live.move(kernel=to_rows(np.rot90(grid.value, 2))),
        ),
        make_button("3×3 or 5×5", "Change the size and keep the middle", lambda: live.move(kernel=resize(grid.value))),
    ]  # fmt: skip
    return live


def slide(image: Any, kernel: Any) -> Any:
    """Slide a kernel (K, K) over an image (H, W) with paper around it; return the sums (H, W).

    K is odd. The kernel is not turned: this is the cross-correlation that deep learning calls convolution.
    """
    weights = np.asarray(kernel, dtype=float)
    around = np.pad(np.asarray(image, dtype=float), len(weights) // 2)
    patches = np.lib.stride_tricks.sliding_window_view(around, weights.shape)
    return np.einsum("hwij,ij->hw", patches, weights)


def resize(kernel: Any) -> tuple[tuple[float, ...], ...]:
    """Turn a 3×3 kernel into 5×5 with zeros around it, and a 5×5 one into its 3×3 middle."""
    weights = np.asarray(kernel, dtype=float)
    return to_rows(np.pad(weights, 1) if len(weights) == _SMALL else weights[1:-1, 1:-1])


def to_rows(kernel: Any) -> tuple[tuple[float, ...], ...]:
    """Turn a kernel into a tuple of rows, its weights rounded as the fields show them."""
    return tuple(tuple(round(float(weight), _DECIMALS) + 0.0 for weight in row) for row in kernel)


def find_name(kernel: Any) -> str | None:
    """Return the name of the kernel if it is one of `KERNELS`."""
    rows = to_rows(kernel)
    return next((name for name, make in KERNELS.items() if to_rows(make(len(rows))) == rows), None)


def _frame(row: int, column: int, reach: float) -> tuple[list[float], list[float]]:
    """Return x and y of a square around a pixel."""
    left, right, top, bottom = column - reach, column + reach, row - reach, row + reach
    return [left, right, right, left, left], [top, top, bottom, bottom, top]


def _write(weight: float) -> str:
    """Write a weight in two decimals, or as a whole number where it is one."""
    text = f"{weight:.0f}" if weight == round(weight) else f"{weight:.2f}"
    return f"({text})" if weight < 0 else text


def _describe(weights: Any, picture: int, row: int, column: int, parts: Any, outcome: Any) -> str:
    """Say what the kernel is, how the one number came about, and what came out."""
    name, size, total = find_name(weights), len(weights), weights.sum()
    kernel = f"'{name}'" if name else "of your own"
    rows = "; ".join(" ".join(f"{weight:.4g}" for weight in line) for line in weights)
    if abs(total) < 0.01:
        flat = "so an even patch, paper or ink, gives 0"
    else:
        flat = f"so an even patch of ink gives {total:.2f}"
    terms = " ".join(f"{'+' if part > 0 else '−'} {abs(part):.2f}" for part in parts.flat if abs(part) >= 0.005)
    # Twenty-five terms are too many to read aloud; the picture has them.
    sum_of = f"{terms.removeprefix('+ ')} = " if terms and size == _SMALL else ""
    high, low = (np.unravel_index(find(outcome), outcome.shape) for find in (np.argmax, np.argmin))
    return (
        f"A {size}×{size} kernel {kernel} (rows: {rows}) slides over picture {picture}. Its weights add up to "
        f"{total:.2f}, {flat}. At row {row}, column {column} the {size**2} products of ink and weight add up to "
        f"{sum_of}{outcome[row, column]:.2f}. Over the whole picture the outcome runs from {outcome.min():.2f} "
        f"(row {low[0]}, column {low[1]}) to {outcome.max():.2f} (row {high[0]}, column {high[1]}); orange is "
        f"positive, purple negative."
    )
