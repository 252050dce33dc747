"""Watch the border that a network draws between two groups while it trains, with one activation or another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control

Frame = tuple[int, Callable[[Any], Any]]  # after how many steps, and the model as it was then


def boundary_film(
    X: Any,
    labels: Any,
    films: Mapping[str, Sequence[Frame]],
    *,
    film: str | None = None,
    step: int | None = None,
    fineness: int = 70,
) -> LiveFigure:
    """Make the figure of what each model says over the plane, at chosen steps of its training.

    Left: the model's output as a colour, its border at 0.5, and the points. Right: the share of points on the
    right side of the border at each step, for every film.

    Args:
        X: points (N, 2), a tensor.
        labels: (N,) 0 or 1.
        films: name -> frames, in order; each frame is a step and a model that maps (M, 2) to (M,) or (M, 1)
            outputs between 0 and 1. All films have the same steps.
        film: the film to begin with; the first unless told otherwise.
        step: the step to begin with; the last unless told otherwise.
        fineness: points along each side of the map.

    Raises:
        ValueError: the films do not have the same steps.
    """
    steps = [number for number, _ in next(iter(films.values()))]
    if any([number for number, _ in frames] != steps for frames in films.values()):
        raise ValueError("the films must have the same steps, or one slider cannot show them all")
    points, groups = np.asarray(X, dtype=float), np.asarray(labels).astype(bool)
    low, high = points.min(axis=0) - 0.5, points.max(axis=0) + 0.5
    xs, ys = np.linspace(low, high, fineness).T
    plane = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    maps: dict[tuple[str, int], Any] = {}  # a map is worked out when it is first looked at
    shares = {
        name: [float(((_ask(model, X, points) > 0.5) == groups).mean()) for _, model in frames]
        for name, frames in films.items()
    }

    figure = plots.new_figure(8.6, 4.0)
    left, right = figure.subplots(1, 2, width_ratios=[6, 5])
    plots.dress(left, x="input x₁", y="input x₂")
    extent = (low[0], high[0], low[1], high[1])
    heat = left.imshow(
        np.zeros((fineness, fineness)), origin="lower", extent=extent, cmap="cividis", vmin=0, vmax=1,
        alpha=0.8, aspect="auto", interpolation="bilinear",
    )  # fmt: skip
    figure.colorbar(heat, ax=left, label="the network's output", fraction=0.046, pad=0.03)
    for group, marker, colour in ((False, "o", plots.SKY), (True, "^", plots.ORANGE)):
        left.plot(*points[groups == group].T, marker, color=colour, mec="black", mew=0.5, ms=5)
    left.set(xlim=extent[:2], ylim=extent[2:])
    plots.dress(right, x="training step", y="points on the right side")
    length = max(steps[-1], 1)
    right.set(xlim=(-0.03 * length, 1.03 * length), ylim=(min(map(min, shares.values())) - 0.05, 1.03))
    right.yaxis.set_major_formatter(lambda value, _position: f"{value:.0%}")
    styles = ("-", "--", ":", "-.")
    curves = {
        name: right.plot(steps, shares[name], styles[i % 4], color=plots.PALETTE[i % 8], label=name)[0]
        for i, name in enumerate(films)
    }
    (here,) = right.plot([], [], "s", color=plots.BLACK, ms=8)
    right.legend(loc="lower right", fontsize=9, frameon=False)
    drawn: dict[str, Any] = {"border": None}

    def update(frame: int, film: str) -> str:
        number, model = films[film][frame]
        if (film, frame) not in maps:
            maps[film, frame] = _ask(model, X, plane).reshape(fineness, fineness)
        outputs = maps[film, frame]
        heat.set_data(outputs)
        if drawn["border"] is not None:
            drawn["border"].remove()
        has_border = bool(outputs.min() < 0.5 < outputs.max())
        drawn["border"] = (
            left.contour(xs, ys, outputs, levels=[0.5], colors="black", linewidths=2) if has_border else None
        )
        share = shares[film][frame]
        for name, curve in curves.items():
            curve.set(lw=2.5 if name == film else 1.2, alpha=1.0 if name == film else 0.5)
        here.set_data([number], [share])
        left.set_title(f"{film}, step {number:,}", fontsize=12, loc="left")
        right.set_title(f"{share:.0%} on the right side", fontsize=12, loc="left")
        bend = _measure_bend(outputs, xs, ys) if has_border else None
        return _describe(film, number, share, len(points), bend, {n: s[frame] for n, s in shares.items()})

    last = len(steps) - 1
    slider = make_control(
        widgets.SelectionSlider,
        "training step",
        options=[(f"{number:,}", i) for i, number in enumerate(steps)],
        value=last if step is None else steps.index(step),
    )
    names = widgets.ToggleButtons(
        options=list(films), value=film or next(iter(films)), style={"button_width": "auto"}
    )
    live = LiveFigure(figure, update, {"frame": slider, "film": names})
    live.buttons += [
        make_button("First step", "Before any training", lambda: live.move(frame=0)),
        make_button("Next", "One frame on", lambda: live.move(frame=min(slider.value + 1, last))),
        make_button("Last step", "The trained network", lambda: live.move(frame=last)),
    ]
    return live


def _ask(model: Callable[[Any], Any], like: Any, points: Any) -> Any:
    """Return the model's outputs (M,) at points (M, 2), given as a tensor of the same kind as `like`."""
    import torch

    with torch.inference_mode():
        return model(torch.as_tensor(points, dtype=like.dtype)).reshape(len(points)).double().numpy()


def _measure_bend(outputs: Any, xs: Any, ys: Any) -> float:
    """Return how far the border departs from the best straight line through it, as a share of its length."""
    rows, columns = np.nonzero(np.diff(outputs > 0.5, axis=1))
    down, across = np.nonzero(np.diff(outputs > 0.5, axis=0))
    border = np.concatenate([np.stack([xs[columns], ys[rows]], 1), np.stack([xs[across], ys[down]], 1)])
    if len(border) < 3:
        return 0.0
    spread = np.linalg.svd(border - border.mean(axis=0), compute_uv=False)
    return float(spread[1] / spread[0])


def _describe(
    film: str, step: int, share: float, total: int, bend: float | None, others: Mapping[str, float]
) -> str:
    """Say what the map and the curves show."""
    if bend is None:
        border = "no border: the output lies on one side of 0.5 everywhere"
    else:
        border = "a straight border" if bend < 0.03 else "a border with bends"
    rest = ", ".join(f"{name} {value:.0%}" for name, value in others.items() if name != film)
    compare = f" At the same step: {rest}." if rest else ""
    return (
        f"A network with {film} after {step:,} training steps, drawn over the plane of its two inputs: {border}. "
        f"{share:.0%} of the {total} points lie on the right side of it.{compare} "
        f"Circles are group 0, triangles group 1; bright yellow means an output near 1, dark blue near 0."
    )
