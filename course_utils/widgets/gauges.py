"""Draw what the gauges of a training run say: each gauge is a picture and a paragraph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import plots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from course_utils.clinic import Record

HEALTHY = "#8A8A8A"
_LAYERS = ((plots.BLUE, "o"), (plots.RED, "s"), (plots.GREEN, "^"))
_FLOOR = 1e-6  # where a 0 is drawn on a log scale

Draw = Callable[["Axes", "Record", "Record", int], str]


@dataclass(frozen=True)
class Gauge:
    """Hold a gauge: its name on the button, and the function that draws it and says what it shows."""

    label: str
    draw: Draw


def draw_loss(axes: Axes, run: Record, healthy: Record, epoch: int) -> str:
    """Draw the training loss of each epoch; return it in words."""
    plots.dress(axes, x="epoch", y="training loss", title=f"loss curve (epoch {epoch}: {run.losses[epoch - 1]:.2f})")
    _draw_curves(axes, {"healthy": (healthy.losses, HEALTHY, ":"), "this run": (run.losses, plots.BLUE, "-")})
    axes.axvline(epoch, color=plots.ORANGE, lw=1)
    axes.set_ylim(0, max(2.6, 1.1 * float(np.nanmin([run.losses.max(), 6.0]))))
    return (
        f"The first batch's loss is {run.first_loss:.2f}. The training loss is {run.losses[0]:.2f} in epoch 1, "
        f"{run.losses[epoch - 1]:.2f} in epoch {epoch}, and at its lowest {run.losses.min():.2f}; "
        f"the healthy run ends at {healthy.losses[-1]:.2f}."
    )


def draw_accuracy(axes: Axes, run: Record, healthy: Record, epoch: int) -> str:
    """Draw the share right on both sets; return it in words."""
    plots.dress(axes, x="epoch", y="share right", title="accuracy, training and validation")
    train, validation = run.accuracy.T
    _draw_curves(
        axes,
        {
            "healthy, validation": (healthy.accuracy[:, 1], HEALTHY, ":"),
            "training": (train, plots.BLUE, "-"),
            "validation": (validation, plots.RED, "--"),
        },
    )
    axes.axvline(epoch, color=plots.ORANGE, lw=1)
    axes.set_ylim(0, 1.03)
    at = epoch - 1
    return (
        f"Before epoch {epoch}, {train[at]:.1%} of the training and {validation[at]:.1%} of the validation "
        f"pictures are right; "
        f"in the healthy run {healthy.accuracy[at, 0]:.1%} and {healthy.accuracy[at, 1]:.1%}."
    )


def draw_gradients(axes: Axes, run: Record, healthy: Record, epoch: int) -> str:
    """Draw the norm of each layer's gradient, as used and as the batch alone gives it; return it in words."""
    title = "norm of .grad by layer (thin: the batch alone)"
    _draw_layers(axes, run.gradients, healthy.gradients, epoch, y="norm (log scale, 0 at the foot)", title=title)
    for values, (colour, _) in zip(run.fresh.T, _LAYERS, strict=True):
        axes.plot(_epochs(run), np.maximum(values, _FLOOR), "--", color=colour, lw=1)
    at = epoch - 1
    return (
        f"In epoch {epoch} the norm of .grad is {_list(run.gradients[at])} at layers 1, 2 and 3; the gradient "
        f"of the batch alone has "
        f"{_list(run.fresh[at])}. In the healthy run both are {_list(healthy.gradients[at])}."
    )


def draw_updates(axes: Axes, run: Record, healthy: Record, epoch: int) -> str:
    """Draw how long a step is beside its weights, layer by layer; return it in words."""
    name, title = "step / weights (log scale, 0 at the foot)", "update-to-weight ratio by layer"
    _draw_layers(axes, run.updates, healthy.updates, epoch, y=name, title=title)
    at = epoch - 1
    return (
        f"The very first step is {_list(run.first_updates)} of the weights' length at layers 1, 2 and 3. In "
        f"epoch {epoch} it is "
        f"{_list(run.updates[at])} on average; in the healthy run {_list(healthy.updates[at])}."
    )


def draw_neurons(axes: Axes, run: Record, healthy: Record, epoch: int) -> str:
    """Draw where the pre-activations of the hidden layers lie; return it and the share of dead neurons in words."""
    plots.dress(axes, x="hidden layer", y="pre-activation z", title=f"where z lies, before epoch {epoch}")
    at = epoch - 1
    axes.axhline(0, color=plots.BLACK, lw=1)
    for record, shift, colour in ((healthy, 0.16, HEALTHY), (run, -0.16, plots.BLUE)):
        low, middle, high = record.z[at].T
        places = np.arange(1, len(low) + 1) + shift
        axes.vlines(places, low, high, color=colour, lw=9, alpha=0.8)
        axes.plot(places, middle, "D", color=plots.ORANGE, ms=5)
    ends = (min(run.z[at].min(), healthy.z[at].min()), max(run.z[at].max(), healthy.z[at].max()))
    axes.set_ylim(ends[0] - 0.3 * (ends[1] - ends[0]) - 0.5, ends[1] + 0.5)
    for layer, share in enumerate(run.dead[at], 1):
        axes.text(layer, axes.get_ylim()[0], f"dead: {share:.0%}", ha="center", va="bottom", fontsize=10)
    axes.set_xticks([1, 2])
    axes.set_xlim(0.5, 2.5)
    parts = [
        f"layer {layer}: 90 % of z lie from {low:.2g} to {high:.2g}, {share:.0%} of the neurons are dead"
        for layer, ((low, _, high), share) in enumerate(zip(run.z[at], run.dead[at], strict=True), 1)
    ]
    well = ", ".join(f"from {low:.2g} to {high:.2g}" for low, _, high in healthy.z[at])
    where = "; ".join(parts)
    return f"Before epoch {epoch}, {where} (0 for every training picture). In the healthy run (grey) z lie {well}."


def draw_inputs(axes: Axes, run: Record, healthy: Record, epoch: int) -> str:
    """Draw which numbers go into the network from both sets; return it in words."""
    plots.dress(axes, x="number that goes in", y="share", title="just before the network")
    both = np.concatenate([run.inputs.ravel(), run.inputs_val.ravel()])
    bins = np.linspace(both.min() - 1e-9, both.max() + 1e-9, 25).tolist()
    for values, colour, name, style in (
        (run.inputs, plots.BLUE, "training", {"alpha": 0.5}),
        (run.inputs_val, plots.RED, "validation", {"histtype": "step", "lw": 2, "ls": "--"}),
    ):
        flat = values.ravel()
        axes.hist(flat, bins=bins, weights=np.full(len(flat), 1 / len(flat)), color=colour, label=name, **style)
    axes.legend(frameon=False, fontsize=9)
    (mean, std), (mean_val, std_val) = run.scale
    return (
        f"{run.rows} training pictures go in with mean {mean:z.2f} and standard deviation {std:.2f}, "
        f"{len(run.twice[0, 0])} validation pictures with mean {mean_val:z.2f} and standard "
        f"deviation {std_val:.2f}. "
        f"{run.shared} of the validation pictures are among the training pictures."
    )


def draw_pictures(axes: Axes, run: Record, healthy: Record, epoch: int) -> str:
    """Draw eight training pictures with their labels; return labels, and what the file says, in words."""
    axes.set_title("eight training pictures and their labels", fontsize=12, loc="left")
    axes.set_axis_off()
    tiles = run.inputs[:8].reshape(2, 4, 8, 8)
    wall = np.full((2 * 12, 4 * 10), tiles.min())
    for row in range(2):
        for column in range(4):
            wall[12 * row + 3 : 12 * row + 11, 10 * column + 1 : 10 * column + 9] = tiles[row, column]
            label = f"y = {run.labels[4 * row + column]}"
            axes.text(10 * column + 4.5, 12 * row + 1, label, ha="center", va="center", fontsize=11, color=plots.RED)
    axes.imshow(wall, cmap="gray_r")
    return (
        f"Eight training pictures have the labels {', '.join(map(str, run.labels))}. They show "
        f"{', '.join(map(str, run.true_labels))} (read from the course's file, for those who cannot see them)."
    )


def draw_twice(axes: Axes, run: Record, healthy: Record, epoch: int) -> str:
    """Draw the answers of two passes over the same pictures; return the differences in words."""
    first, second = run.twice[epoch - 1]
    plots.dress(axes, x="asked once", y="asked again", title="probability of the right class, asked twice")
    axes.plot([0, 1], [0, 1], color=HEALTHY, ls=":")
    axes.plot(first, second, "o", color=plots.BLUE, ms=4, alpha=0.5)
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.03)
    apart = np.abs(first - second)
    return (
        f"Before epoch {epoch} each of {len(first)} validation pictures is shown twice. The probability of the "
        f"right class differs by "
        f"{apart.mean():.3f} on average and {apart.max():.3f} at most. In a healthy run all dots lie on the diagonal."
    )


def draw_ten(axes: Axes, run: Record, healthy: Record, epoch: int) -> str:
    """Draw the loss of the same code on ten pictures; return it in words."""
    plots.dress(axes, x="epoch", y="training loss", title="the same code, with ten training pictures")
    _draw_curves(axes, {"healthy": (healthy.ten_losses, HEALTHY, ":"), "this run": (run.ten_losses, plots.BLUE, "-")})
    axes.set_ylim(0, max(2.6, 1.1 * float(min(run.ten_losses.max(), 6.0))))
    return (
        f"The same code, with ten training pictures only, has a loss of {run.ten_losses[0]:.2f} in epoch 1 and "
        f"{run.ten_losses[-5:].mean():.2f} in the last five of {len(run.ten_losses)}; the healthy code "
        f"{healthy.ten_losses[-5:].mean():.2f}."
    )


GAUGES: Mapping[str, Gauge] = {
    "accuracy": Gauge("accuracy", draw_accuracy),
    "gradients": Gauge("gradients", draw_gradients),
    "updates": Gauge("updates", draw_updates),
    "neurons": Gauge("neurons", draw_neurons),
    "inputs": Gauge("inputs", draw_inputs),
    "pictures": Gauge("pictures", draw_pictures),
    "twice": Gauge("asked twice", draw_twice),
    "ten": Gauge("ten pictures", draw_ten),
}


def _epochs(run: Record) -> Any:
    return np.arange(1, run.epochs + 1)


def _draw_curves(axes: Axes, curves: Mapping[str, tuple[Any, str, str]]) -> None:
    """Draw named curves over the epochs, each with a colour and a line style."""
    for name, (values, colour, style) in curves.items():
        axes.plot(np.arange(1, len(values) + 1), values, style, color=colour, lw=2, label=name)
    axes.legend(frameon=False, fontsize=9)


def _draw_layers(axes: Axes, values: Any, healthy: Any, epoch: int, *, y: str, title: str) -> None:
    """Draw one curve for each layer on a log scale, and the healthy run's range as a grey band."""
    plots.dress(axes, x="epoch", y=y, title=title)
    plots.scale_log(axes)
    epochs = np.arange(1, len(values) + 1)
    axes.fill_between(epochs, healthy.min(axis=1), healthy.max(axis=1), color=HEALTHY, alpha=0.4, lw=0, label="healthy")
    for layer, (column, (colour, marker)) in enumerate(zip(values.T, _LAYERS, strict=True), 1):
        axes.plot(epochs, np.maximum(column, _FLOOR), marker=marker, ms=3, color=colour, lw=1.5, label=f"layer {layer}")
    axes.axvline(epoch, color=plots.ORANGE, lw=1)
    axes.set_ylim(_FLOOR / 2, 1e3)
    axes.legend(frameon=False, fontsize=9, ncols=4, loc="upper center", columnspacing=1.0, handlelength=1.5)


def _list(values: Any) -> str:
    """Write three numbers."""
    first, second, third = (f"{value:.2g}" for value in values)
    return f"{first}, {second} and {third}"
