"""Look at a network's hidden layers, one after the other, through their two main directions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control

_EVERY = "all"
# Ten classes are told apart by the digit that marks them; the colours repeat after eight.
_COLOURS = (*plots.PALETTE[:6], "#8C6D1F", plots.BLACK, "#7F7F7F", "#5E3C99")


@dataclass(frozen=True)
class Look:
    """Hold what is seen of one layer.

    Attributes:
        points: (N, 2), the activations along their two main directions.
        spread: the share of the activations' spread that these two directions hold.
        own: share of examples that are nearest to the mean of their own class, by all activations.
        own_drawn: the same share by the two drawn numbers.
        mixed: the two classes that are confused most often by that rule, or None.
    """

    points: Any
    spread: float
    own: float
    own_drawn: float
    mixed: tuple[int, int] | None


def hidden_pca(
    networks: Mapping[str, Mapping[str, Any]], labels: Any, *, network: str | None = None, layer: int | None = None
) -> LiveFigure:
    """Make the figure of a network's layers: each example a point, at its two main directions.

    Left: the examples of one layer. Right: how many are nearest to the mean of their own class, by depth.

    Args:
        networks: name of a network -> name of a layer -> activations (N, H), in order, the inputs first; all
            networks have the same names of layers.
        labels: (N,) class numbers 0 to 9.
        network: which one to begin with, the first unless told otherwise.
        layer: where to begin, 0 is the inputs; the last unless told otherwise.

    Raises:
        ValueError: the networks have different layers.
    """
    names = list(next(iter(networks.values())))
    if any(list(layers) != names for layers in networks.values()):
        raise ValueError("the networks must have the same names of layers, or one slider cannot show them all")
    classes = np.asarray(labels).astype(int)
    kinds = np.unique(classes)
    looks = {
        which: [look_at(activations, classes) for activations in layers.values()] for which, layers in networks.items()
    }

    figure = plots.new_figure(9.0, 4.4)
    left, right = figure.subplots(1, 2, width_ratios=[6, 5])
    plots.dress(left, x="first principal component", y="second principal component")
    left.set(xticks=[], yticks=[], xlim=(-1.08, 1.08), ylim=(-1.08, 1.08))
    clouds = {
        kind: left.plot([], [], ls="", marker=f"${kind}$", color=_COLOURS[kind % 10], ms=7, mew=0.4)[0]
        for kind in kinds
    }
    plots.dress(right, x="layer", y="nearest to the mean of their class")
    right.set(xlim=(-0.3, len(names) - 0.7), ylim=(0, 1.3), yticks=[0, 0.2, 0.4, 0.6, 0.8, 1.0])
    right.set_xticks(range(len(names)), names, rotation=25, ha="right", fontsize=9)
    right.yaxis.set_major_formatter(lambda value, _position: f"{value:.0%}")
    styles = ("-", "--", "-.")
    curves = {
        which: right.plot(
            [look.own for look in row], styles[i % 3], marker="os^"[i % 3], color=plots.PALETTE[i % 8], label=which
        )[0]
        for i, (which, row) in enumerate(looks.items())
    }
    (drawn,) = right.plot([], [], ":", marker="x", color=plots.BLACK, label="by the two drawn numbers")
    (here,) = right.plot([], [], "s", color=plots.ORANGE, mec="black", ms=10, zorder=5)
    right.legend(loc="upper left", fontsize=9, frameon=False)

    def update(layer: int, network: str, digit: Any) -> str:
        look = looks[network][layer]
        scale = np.abs(look.points).max() or 1.0
        for kind, cloud in clouds.items():
            mine = look.points[classes == kind] / scale
            cloud.set_data(mine[:, 0], mine[:, 1])
            is_shown = digit in (_EVERY, kind)
            cloud.set(color=_COLOURS[kind % 10] if is_shown else plots.GRID, zorder=3 if is_shown else 1)
        for which, curve in curves.items():
            curve.set(lw=2.5 if which == network else 1.2, alpha=1.0 if which == network else 0.5)
        drawn.set_data(range(len(names)), [each.own_drawn for each in looks[network]])
        here.set_data([layer], [look.own])
        left.set_title(f"{network}: {names[layer]}", fontsize=12, loc="left")
        right.set_title(f"{look.own:.0%} nearest to their own mean", fontsize=12, loc="left")
        width = np.asarray(networks[network][names[layer]]).shape[1]
        return _describe(network, names[layer], width, len(classes), look, looks[network][0].own, digit)

    last = len(names) - 1
    slider = make_control(
        widgets.SelectionSlider,
        "layer",
        options=[(name, i) for i, name in enumerate(names)],
        value=last if layer is None else layer,
    )
    controls = {
        "layer": slider,
        "network": widgets.ToggleButtons(
            options=list(networks), value=network or next(iter(networks)), style={"button_width": "auto"}
        ),
        "digit": make_control(
            widgets.SelectionSlider, "show", options=[_EVERY, *(int(kind) for kind in kinds)], value=_EVERY
        ),
    }
    live = LiveFigure(figure, update, controls)
    live.buttons += [
        make_button("First layer", "What goes in", lambda: live.move(layer=0)),
        make_button("Next", "One layer up", lambda: live.move(layer=min(slider.value + 1, last))),
        make_button("Last layer", "What comes out", lambda: live.move(layer=last)),
    ]
    return live


def look_at(activations: Any, labels: Any) -> Look:
    """Return what is seen of one layer's activations (N, H), given class numbers (N,)."""
    values, classes = np.asarray(activations, dtype=float), np.asarray(labels).astype(int)
    points, spread = find_components(values)
    nearest = find_nearest_means(values, classes)
    return Look(
        points=points,
        spread=spread,
        own=float((nearest == classes).mean()),
        own_drawn=float((find_nearest_means(points, classes) == classes).mean()),
        mixed=_find_most_mixed(nearest, classes),
    )


def find_components(activations: Any, count: int = 2) -> tuple[Any, float]:
    """Return the coordinates (N, count) along the principal components and the share of the spread they hold.

    A component may point either way; here the coordinate that is farthest from 0 is positive.
    """
    values = np.asarray(activations, dtype=float)
    centred = values - values.mean(axis=0)
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    points = centred @ directions[:count].T
    farthest = points[np.abs(points).argmax(axis=0), np.arange(points.shape[1])]
    points = points * np.where(farthest < 0, -1, 1)
    return points, float((lengths[:count] ** 2).sum() / max((lengths**2).sum(), 1e-300))


def find_nearest_means(values: Any, classes: Any) -> Any:
    """Return for each example (N, H) the class whose mean is nearest, the example itself left out of its own mean."""
    kinds = np.unique(classes)
    members = (classes[:, None] == kinds).astype(float)
    counts = members.sum(axis=0)
    means = (members.T @ values) / counts[:, None]
    distances = np.stack([((values - mean) ** 2).sum(axis=1) for mean in means], axis=1)
    # Without x itself the mean of the other n - 1 lies n / (n - 1) times as far from x.
    alone = np.where(counts > 1, counts / np.maximum(counts - 1, 1), np.inf) ** 2
    with np.errstate(invalid="ignore"):
        distances = np.where(members > 0, np.nan_to_num(distances * alone, nan=np.inf), distances)
    return kinds[distances.argmin(axis=1)]


def _find_most_mixed(nearest: Any, classes: Any) -> tuple[int, int] | None:
    """Return the two classes that are taken for each other most often."""
    wrong = nearest != classes
    if not wrong.any():
        return None
    pairs = np.sort(np.stack([nearest[wrong], classes[wrong]], axis=1), axis=1)
    found, counts = np.unique(pairs, axis=0, return_counts=True)
    first, second = found[counts.argmax()]
    return int(first), int(second)


def _describe(network: str, layer: str, width: int, count: int, look: Look, inputs: float, digit: Any) -> str:
    """Say what the cloud and the curve show."""
    mixed = f" Most often mixed up: {look.mixed[0]} and {look.mixed[1]}." if look.mixed else ""
    only = "" if digit == _EVERY else f" Only the digit {digit} is in colour, the others are grey."
    return (
        f"{count} examples in the layer '{layer}' of the {network} network, {width} numbers each, drawn at their two "
        f"main directions, which hold {look.spread:.0%} of the spread. Each point is written as the digit it shows."
        f"{only} {look.own:.0%} are nearest to the mean of their own class by all {width} numbers, "
        f"{look.own_drawn:.0%} by the two that are drawn; for the inputs it is {inputs:.0%}.{mixed}"
    )
