"""Send the same batch through dropout or batch norm, in training mode and in evaluation mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control
from course_utils.widgets.passes import TRAINING_ROWS, Pass, pass_batch_norm, pass_dropout, pick_batch

if TYPE_CHECKING:
    import torch

_LAYERS, _NEIGHBOURS = ("dropout", "batch norm"), ("first", "others")
_SIZES = (1, 2, 4, 8)
_MOST_PASSES = 200


def mode_switch(
    X: torch.Tensor,
    *,
    layer: str = "dropout",
    mode: str = "train",
    p: float = 0.5,
    passes: int = 1,
    batch_size: int = 8,
    neurons: int = 12,
) -> LiveFigure:
    """Make the figure of one batch that passes through a layer in either mode.

    Left: the batch before and after the layer, a row for each picture and a column for each neuron. Right, for
    dropout: the average output of each entry over all passes, over its input; for batch norm: mean and spread of
    each neuron in the batch and as collected in training.

    Args:
        X: numbers of a hidden layer (N, D), in random order; N is at least 64.
        layer: `"dropout"` or `"batch norm"`.
        mode: `"train"` or `"eval"`.
        p: dropout's probability to drop, to begin with.
        passes: dropout: how often the batch has passed; batch norm: how many training batches have passed before.
        batch_size: 1, 2, 4 or 8 pictures in the batch that is shown.
        neurons: how many columns of X are shown.

    Raises:
        ValueError: X has fewer than 64 rows.
    """
    if len(X) < 2 * TRAINING_ROWS:
        raise ValueError(f"X has {len(X)} rows; the figure needs {2 * TRAINING_ROWS} or more")
    X = X.detach()[:, :neurons].float()
    columns = X.shape[1]
    scale = 1.2 * float(np.quantile(X.abs().numpy(), 0.95))

    figure = plots.new_figure(8.6, 4.4)
    layout: Any = figure.get_layout_engine()
    layout.set(w_pad=0.1)  # the right axes change their labels and need room for both
    grid = figure.add_gridspec(2, 2, width_ratios=[6, 5])
    upper, lower = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[1, 0])
    right = figure.add_subplot(grid[:, 1])
    maps = []
    for axes in (upper, lower):
        maps.append(
            axes.imshow(np.zeros((8, columns)), cmap="PuOr_r", vmin=-scale, vmax=scale, aspect="auto", origin="upper")
        )
        axes.set_ylabel("picture", fontsize=11)
        axes.set_yticks([])
        axes.set_xticks(range(columns), [str(i + 1) for i in range(columns)] if axes is lower else [""] * columns)
    lower.set_xlabel("neuron", fontsize=11)
    figure.colorbar(maps[0], ax=[upper, lower], fraction=0.05, pad=0.02, extend="both")
    (crosses,) = lower.plot([], [], "x", color=plots.BLACK, ms=6)
    notice = lower.text(0.5, 0.5, "", transform=lower.transAxes, ha="center", va="center", fontsize=10)

    def update(layer: str, mode: str, p: float, passes: int, batch_size: int, neighbours: str) -> str:
        batch = pick_batch(X, batch_size, neighbours)
        if layer == "dropout":
            seen = pass_dropout(batch, mode, p, max(passes, 1))
            words = _describe_dropout(seen, mode, p, max(passes, 1))
        else:
            seen = pass_batch_norm(X, batch, mode, passes)
            other = pick_batch(X, batch_size, _NEIGHBOURS[1 - _NEIGHBOURS.index(neighbours)])
            words = _describe_batch_norm(seen, pass_batch_norm(X, other, mode, passes), mode, passes)
        rows = len(batch)
        for axes, heat, values in zip((upper, lower), maps, (seen.inputs, seen.outputs), strict=True):
            heat.set_data(np.zeros((rows, columns)) if values is None else values)
            heat.set_extent((-0.5, columns - 0.5, rows - 0.5, -0.5))
            if len(axes.get_yticks()) != rows:  # ticks are slow to make
                axes.set_yticks(range(rows), [str(i + 1) for i in range(rows)])
        is_dropped = (seen.outputs == 0) & (seen.inputs != 0) if layer == "dropout" else np.zeros((rows, columns))
        crosses.set_data(*np.nonzero(is_dropped)[::-1])
        notice.set_text("PyTorch refuses:\n" + _wrap(seen.refusal) if seen.refusal else "")
        upper.set_title("the batch, before the layer", fontsize=12, loc="left", y=1.0)
        lower.set_title(f"after {layer}, mode {mode}", fontsize=12, loc="left", y=1.0)
        right.clear()
        if layer == "dropout":
            _draw_averages(right, seen, p, max(passes, 1))
        else:
            _draw_statistics(right, seen, mode, passes)
        return words

    toggles = {"style": {"button_width": "auto"}}
    controls = {
        "layer": widgets.ToggleButtons(options=_LAYERS, value=layer, **toggles),
        "mode": widgets.ToggleButtons(
            options=[("model.train()", "train"), ("model.eval()", "eval")], value=mode, **toggles
        ),
        "passes": make_control(
            widgets.IntSlider, "passes so far", value=passes, min=0, max=_MOST_PASSES, continuous_update=False
        ),
        "batch_size": make_control(
            widgets.SelectionSlider, "batch size", options=[(str(n), n) for n in _SIZES], value=batch_size
        ),
        "neighbours": widgets.ToggleButtons(
            options=[("the first neighbours", "first"), ("other neighbours", "others")], value="first", **toggles
        ),
        "p": make_control(
            widgets.FloatSlider, "p of dropout", value=p, min=0.0, max=0.9, step=0.1, continuous_update=False
        ),
    }
    live = LiveFigure(figure, update, controls)

    def show_p(_change: object = None) -> None:
        controls["p"].layout.display = "" if controls["layer"].value == "dropout" else "none"

    controls["layer"].observe(show_p, names="value")
    show_p()

    def go(by: int) -> None:
        live.move(passes=min(max(controls["passes"].value + by, 0), _MOST_PASSES))

    live.buttons += [
        make_button("One more pass", "Send a batch through once more", lambda: go(1)),
        make_button("Twenty more", "Send twenty batches through", lambda: go(20)),
        make_button("None yet", "Forget all passes", lambda: live.move(passes=0)),
    ]
    return live


def _draw_averages(axes: Any, seen: Pass, p: float, passes: int) -> None:
    """Draw each entry's average output over its input, and where it would be without the scaling."""
    plots.dress(axes, x="input x", y="average output", title=f"average over {_count(passes, 'pass', 'passes')}")
    far = 1.05 * float(np.abs(seen.inputs).max())
    axes.plot([-far, far], [-far, far], color=plots.BLACK, lw=1.2, label="the input itself")
    axes.plot([-far, far], [-(1 - p) * far, (1 - p) * far], "--", color=plots.RED, lw=1.2, label="without 1/(1 − p)")
    axes.plot(seen.inputs.ravel(), seen.average.ravel(), "o", color=plots.BLUE, ms=4, alpha=0.7, label="an entry")
    axes.set(xlim=(-far, far), ylim=(-2 * far, 2 * far))
    axes.legend(loc="upper left", fontsize=9, frameon=False)


def _draw_statistics(axes: Any, seen: Pass, mode: str, passes: int) -> None:
    """Draw each neuron's mean and spread twice, the ones in use in full colour."""
    after = _count(passes, "training batch", "training batches")
    plots.dress(axes, x="neuron", y="mean ± spread", title=f"running: after {after}")
    places = np.arange(seen.inputs.shape[1]) + 1.0
    mean, spread = seen.inputs.mean(axis=0), seen.inputs.std(axis=0)
    for x, y, size, is_used, style, colour, label in (
        (places - 0.17, mean, spread, mode == "train", "o", plots.BLUE, "of this batch"),
        (places + 0.17, *seen.running, mode == "eval", "s", plots.RED, "running"),
    ):
        axes.errorbar(
            x, y, yerr=size, fmt=style, color=colour, ms=5, lw=2 if is_used else 1, alpha=1.0 if is_used else 0.4,
            label=f"{label}: used" if is_used else label,
        )  # fmt: skip
    axes.set_xticks(places)
    axes.legend(loc="upper left", fontsize=9, frameon=False, ncols=2)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.12 * (high - low))  # room for the legend


def _describe_dropout(seen: Pass, mode: str, p: float, passes: int) -> str:
    """Say what was dropped and how near the average has come."""
    rows, columns = seen.inputs.shape
    start = f"Dropout with p = {p:.1f} in mode {mode}, on {_count(rows, 'picture', 'pictures')} by {columns} neurons. "
    away = float(np.abs(seen.average - seen.inputs).mean())
    if mode == "eval":
        middle = "Nothing is dropped and nothing is scaled: each output is its input, in every pass. "
    else:
        share = float(((seen.outputs == 0) & (seen.inputs != 0)).mean())
        middle = (
            f"In this pass {share:.0%} of the entries are 0 (crosses), and the others are multiplied by "
            f"{1 / (1 - p):.3g}. "
        )
    return (
        f"{start}{middle}The average output over {_count(passes, 'pass', 'passes')} lies {away:.2f} from the input, on "
        f"average over the entries. Without the scaling it would go to {1 - p:.1f} times the input, the dashed line."
    )


def _describe_batch_norm(seen: Pass, other: Pass, mode: str, passes: int) -> str:
    """Say which statistics were used, and whether a picture depends on its neighbours."""
    rows, columns = seen.inputs.shape
    start = f"Batch norm in mode {mode}, on {_count(rows, 'picture', 'pictures')} by {columns} neurons. "
    past = f"The running statistics come from {_count(passes, 'training batch', 'training batches')}"
    past += "; untouched, they are mean 0 and spread 1." if passes == 0 else "."
    if seen.refusal:
        return f"{start}PyTorch refuses: a single number has no spread. It says: “{seen.refusal}” {past}"
    used = "this batch's own mean and spread" if mode == "train" else "the running mean and spread"
    mean, spread = float(np.abs(seen.outputs.mean(axis=0)).mean()), float(seen.outputs.std(axis=0).mean())
    moved = float(np.abs(seen.outputs[0] - other.outputs[0]).max())
    if rows == 1:
        result = "A picture alone is no problem in this mode."
    else:
        change = f"some of picture 1's numbers would change, by up to {moved:.2f}"
        if moved < 1e-6:
            change = "picture 1's numbers would stay the same"
        result = (
            f"The outputs of a neuron then have a mean {mean:.2f} away from 0 and a spread of {spread:.2f}, on average "
            f"over the neurons. With other neighbours {change}."
        )
    return f"{start}Each neuron is shifted and scaled by {used}. {result} {past}"


def _count(number: int, one: str, many: str) -> str:
    """Write a number with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def _wrap(text: str) -> str:
    """Break a long message into short lines."""
    import textwrap

    return "\n".join(textwrap.wrap(text, 46))
