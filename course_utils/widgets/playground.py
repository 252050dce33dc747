"""A playground: watch a small network draw its border between two groups of points while it trains.

The browser keeps the time: ipywidgets' `Play` counts up, each count trains one slice of a few epochs and draws
once, and between two counts the kernel is free. Counts that come while it works are merged into one by
ipywidgets, so that a slow machine is slower and never far behind. No thread; a pause holds after the slices that
are under way, one or two.
"""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control
from course_utils.widgets.plane_points import REACH, SHAPES
from course_utils.widgets.plane_training import ACTIVATIONS, VALIDATION_POINTS, PlaneTraining, Reading, Recipe

SLICE, MOST_EPOCHS = 20, 3000  # epochs in a slice, and where a run ends
_COUNTS = (20, 40, 60, 100, 200)
_WIDTHS = (1, 2, 4, 8, 16, 32)
_RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
_DECAYS = (0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
_TICK_MILLISECONDS = 200
_HIGHEST_LOSS = 1.5


class _Playground(LiveFigure):
    """A live figure whose controls stand in two columns where there is room."""

    @property
    def view(self) -> Any:
        """The widget that a browser shows."""
        rows = widgets.HBox(list(self.controls.values()), layout={"flex_flow": "row wrap", "max_width": "920px"})
        buttons = widgets.HBox(self.buttons, layout={"flex_flow": "row wrap", "align_items": "center"})
        return widgets.VBox([rows, buttons, self.picture, self.words], layout={"align_items": "flex-start"})


def playground(
    *,
    shape: str = "spirals",
    points: int = 60,
    noise: float = 0.2,
    layers: int = 2,
    width: int = 16,
    activation: str = "ReLU",
    lr: float = 0.03,
    l2: float = 0.0,
    dropout: float = 0.0,
    epochs: int = 0,
    fineness: int = 60,
) -> LiveFigure:
    """Make the figure of a network that trains on points of a plane: run, pause, step, start again.

    Left: what the network says over the plane, its border, and the points. Right: the loss on the points it
    trains on and on 400 others, epoch by epoch. The learning rate can be changed while it runs; any other change
    starts again with the same first weights.

    Args:
        shape: `"disc and ring"`, `"opposite corners"`, `"two clouds"` or `"spirals"`.
        points: how many points to train on.
        noise: standard deviation of the noise on all points.
        layers: hidden layers, 0 to 4.
        width: neurons in each of them.
        activation: `"ReLU"`, `"tanh"`, `"sigmoid"` or `"none"`.
        lr: learning rate η of SGD with momentum 0.9 and batches of 20.
        l2: λ, the strength of the weight decay.
        dropout: probability to drop each hidden neuron.
        epochs: how far to train before the figure is shown.
        fineness: points along each side of the map.
    """
    figure = plots.new_figure(8.6, 4.2)
    left, right = figure.subplots(1, 2, width_ratios=[6, 5])
    axis = np.linspace(-REACH, REACH, fineness)
    plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2).astype(np.float32)
    plots.dress(left, x="input x₁", y="input x₂")
    heat = left.imshow(
        np.zeros((fineness, fineness)), origin="lower", extent=(-REACH, REACH, -REACH, REACH), cmap="cividis",
        vmin=0, vmax=1, alpha=0.8, aspect="auto", interpolation="bilinear",
    )  # fmt: skip
    figure.colorbar(heat, ax=left, label="the network's output", fraction=0.046, pad=0.03)
    marks = [
        left.plot([], [], marker, color=colour, mec="black", mew=0.6, ms=6)[0]
        for marker, colour in (("o", plots.SKY), ("^", plots.ORANGE))
    ]
    left.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH))
    plots.dress(right, x="epoch", y="loss")
    (training_curve,) = right.plot([], [], "-", color=plots.BLUE, lw=2, label="training points")
    (validation_curve,) = right.plot([], [], "--", color=plots.RED, lw=2, label=f"{VALIDATION_POINTS} other points")
    (star,) = right.plot([], [], "*", color=plots.GREEN, mec="black", ms=13, label="lowest on the others")
    right.legend(loc="center right", bbox_to_anchor=(1, 0.58), fontsize=9, framealpha=0.8, edgecolor="white")
    right.set_ylim(0, _HIGHEST_LOSS)
    drawn: dict[str, Any] = {"run": None, "border": None}

    def update(lr: float, **settings: Any) -> str:
        recipe = Recipe(**settings)
        if drawn["run"] is None or drawn["run"].recipe != recipe:
            drawn["run"] = PlaneTraining(recipe)
        run: PlaneTraining = drawn["run"]
        outputs = run.ask(run.X.new_tensor(plane)).reshape(fineness, fineness)
        heat.set_data(outputs)
        if drawn["border"] is not None:
            drawn["border"].remove()
        has_border = bool(outputs.min() < 0.5 < outputs.max())
        drawn["border"] = left.contour(axis, axis, outputs, levels=[0.5], colors="black") if has_border else None
        for group, line in enumerate(marks):
            line.set_data(*run.X[run.y == group].numpy().T)
        seen = [reading.epoch for reading in run.readings]
        training_curve.set_data(seen, [reading.loss for reading in run.readings])
        validation_curve.set_data(seen, [reading.validation_loss for reading in run.readings])
        star.set_data([run.best.epoch], [run.best.validation_loss])
        right.set_xlim(0, max(100, run.epoch))
        now = run.readings[-1]
        left.set_title(f"epoch {run.epoch:,}", fontsize=12, loc="left", y=1.0)
        right.set_title(f"right: {now.share:.0%}, others {now.validation_share:.0%}", fontsize=12, loc="left", y=1.0)
        return _describe(recipe, lr, now, run.best, has_border)

    controls = {
        "shape": _toggles(tuple(SHAPES), shape),
        "activation": _toggles(ACTIVATIONS, activation),
        "count": _choice("how many", _COUNTS, points),
        "noise": make_control(
            widgets.FloatSlider, "noise", value=noise, min=0.0, max=0.8, step=0.1, continuous_update=False
        ),
        "layers": make_control(widgets.IntSlider, "hidden layers", value=layers, min=0, max=4, continuous_update=False),
        "width": _choice("neurons in each", _WIDTHS, width),
        "lr": _choice("learning rate η", _RATES, lr),
        "l2": _choice("weight decay λ", _DECAYS, l2),
        "dropout": make_control(
            widgets.FloatSlider, "dropout p", value=dropout, min=0.0, max=0.8, step=0.1, continuous_update=False
        ),
    }
    for name in controls.keys() - {"shape", "activation"}:
        controls[name].layout.width = "390px"  # two beside each other in JupyterLab's usual width
    live = _Playground(figure, update, controls)
    play = _make_play()

    def train(epochs: int) -> None:
        run: PlaneTraining = drawn["run"]
        epochs = min(epochs, MOST_EPOCHS - run.epoch)
        if epochs > 0:
            run.advance(epochs, controls["lr"].value)
            live.redraw()
        else:
            pause()

    def pause() -> None:
        setattr(play, _playing_trait(play), False)

    def reset() -> None:
        pause()
        play.value = 0
        drawn["run"] = None
        live.redraw()

    def step(epochs: int) -> None:
        pause()
        train(epochs)

    def on_tick(change: Any) -> None:
        if change["new"] > change["old"]:
            train(SLICE)
        elif drawn["run"].epoch > 0:  # its square button goes back to 0
            reset()

    play.observe(on_tick, names="value")
    live.buttons += [
        widgets.Label("run and pause, stop:"),
        play,
        make_button("One epoch", "Pause and train for one epoch", lambda: step(1)),
        make_button("Ten epochs", "Pause and train for ten epochs", lambda: step(10)),
        make_button("Start again", "Pause and go back to the first weights", reset),
    ]
    while drawn["run"].epoch < min(epochs, MOST_EPOCHS):
        drawn["run"].advance(min(SLICE, epochs - drawn["run"].epoch), lr)
    live.redraw()
    return live


def _toggles(options: tuple[str, ...], value: str) -> Any:
    """Make a row of buttons of which one is pressed; arrow keys in a drop-down list belong to JupyterLab."""
    return widgets.ToggleButtons(options=options, value=value, style={"button_width": "auto"}, layout={"width": "100%"})


def _choice(name: str, values: tuple[Any, ...], value: Any) -> Any:
    """Make a slider over chosen values; the one it begins with is made one of them."""
    options = [(f"{one:g}", one) for one in sorted({*values, value})]
    return make_control(widgets.SelectionSlider, name, options=options, value=value, continuous_update=False)


def _make_play() -> Any:
    """Make the clock: a counter with a button to run and pause."""
    play = widgets.Play(min=0, max=10**6, interval=_TICK_MILLISECONDS, show_repeat=False)
    if play.has_trait("tooltip"):  # ipywidgets 8
        play.tooltip = "Run and pause the training; the square starts again"
    return play


def _playing_trait(play: Any) -> str:
    """Return what ipywidgets calls the trait that says whether the counter runs (7 and 8)."""
    return "playing" if play.has_trait("playing") else "_playing"


def _describe(recipe: Recipe, lr: float, now: Reading, best: Reading, has_border: bool) -> str:
    """Say what is trained, how far it is, and whether it still learns what holds for other points."""
    shape = "-".join(str(n) for n in (2, *[recipe.width] * recipe.layers, 1))
    extras = [f"weight decay {recipe.l2:g}"] if recipe.l2 else []
    extras += [f"dropout {recipe.dropout:.1f}"] if recipe.dropout else []
    network = f"A network {shape}"
    network += f" with {recipe.activation} " if recipe.activation != "none" else " without activation "
    network += f"on {recipe.count} points ({recipe.shape}, noise {recipe.noise:.1f}), η = {lr:g}"
    if now.epoch == 0:
        state = "It has not been trained yet. Press the triangle to run."
    elif best.validation_loss < 0.85 * now.validation_loss:
        state = (
            f"On the others the loss was lowest after epoch {best.epoch:,}, with {best.validation_loss:.2f} (star). "
            "It has risen since: the network overfits."
            if now.loss < 1.2 * best.loss
            else "The losses rise on both: the steps are too large."
        )
    else:
        state = "On the others the loss is at its lowest so far, or near it."
    border = "" if has_border else " There is no border yet: the output lies on one side of 0.5 everywhere."
    return (
        f"{network}{''.join(', ' + extra for extra in extras)}, after {now.epoch:,} epochs. Loss {now.loss:.2f} on "
        f"these points, {now.validation_loss:.2f} on {VALIDATION_POINTS} others; on the right side {now.share:.0%} and "
        f"{now.validation_share:.0%}.{border} {state} Circles are group 0, triangles group 1; bright yellow means an "
        f"output near 1, dark blue near 0."
    )
