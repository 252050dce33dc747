"""Race plain descent, momentum and Adam from one start on one surface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control
from course_utils.widgets.loss_map import move_path

RUNNERS = ("SGD", "momentum", "Adam")
_STYLES = {"SGD": ("o-", plots.BLUE), "momentum": ("s-", plots.RED), "Adam": ("^-", plots.BLACK)}
_RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.079, 0.081, 0.1, 0.2, 0.3, 0.5, 1.0)
_MOMENTA = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)
_NOISES = (0.0, 0.5, 1.0, 2.0, 4.0)
_B1, _B2, _EPS = 0.9, 0.999, 1e-8  # Adam's usual settings
_FLOOR = 1e-8  # the lowest height on the log scale


@dataclass(frozen=True)
class Surface:
    """Hold a landscape over two parameters.

    Attributes:
        height: (p₁, p₂) -> height, made of plain arithmetic, so arrays and tensors both go through.
        slopes: (p₁, p₂) -> its two partial derivatives.
        start: where every runner begins.
        bottom: the lowest point.
        window: left, right, lower and upper end of the map.
    """

    height: Callable[[Any, Any], Any]
    slopes: Callable[[Any, Any], tuple[Any, Any]]
    start: tuple[float, float]
    bottom: tuple[float, float]
    window: tuple[float, float, float, float]

    def above_bottom(self, walk: Any) -> Any:
        """Return how high the points (…, 2) lie above the lowest one."""
        return self.height(walk[..., 0], walk[..., 1]) - self.height(*self.bottom)


# The curvatures of the valley are 1 and 25. The bottom of the two valleys is the root of 4p³ - 4p + 0.3 near -1.
SURFACES = {
    "long valley": Surface(
        lambda p, q: (p**2 + 25 * q**2) / 2, lambda p, q: (p, 25 * q), (-4.0, 1.0), (0.0, 0.0), (-5, 3, -1.6, 1.6)
    ),
    "saddle": Surface(
        lambda p, q: (p**2 - q**2) / 2 + q**4 / 4,
        lambda p, q: (p, q**3 - q),
        (-2.0, 0.001),
        (0.0, 1.0),
        (-2.6, 1.6, -1.8, 1.8),
    ),
    "two valleys": Surface(
        lambda p, q: (p**2 - 1) ** 2 + 0.3 * p + 2 * q**2,
        lambda p, q: (4 * p * (p**2 - 1) + 0.3, 4 * q),
        (1.9, 0.8),
        (-1.0355778, 0.0),
        (-2.2, 2.2, -1.2, 1.2),
    ),
}


def optimiser_race(
    *,
    surface: str = "long valley",
    lr: float = 0.03,
    adam_lr: float = 0.1,
    momentum: float = 0.9,
    noise: float = 0.0,
    steps: int = 60,
    most_steps: int = 200,
    fineness: int = 120,
) -> LiveFigure:
    """Make the figure of three optimisers racing downhill.

    Left: the surface from above with the three paths. Right: the height above the bottom after each step.

    Args:
        surface: `"long valley"`, `"saddle"` or `"two valleys"`.
        lr: learning rate η of SGD and of momentum to begin with.
        adam_lr: learning rate η of Adam, whose steps have another scale.
        momentum: μ, the share of the velocity that is kept.
        noise: standard deviation of what is added to each slope, as a mini-batch would; the same for all three.
        steps: how many steps to begin with.
        most_steps: the end of the slider of steps.
        fineness: grid points along each side of the map.
    """
    figure = plots.new_figure(8.6, 4.4)
    # A map for each surface, one upon the other: contours are slow to draw, so each map is drawn once.
    places = figure.add_gridspec(1, 2)
    maps = {name: _draw_surface(figure.add_subplot(places[0]), ground, fineness) for name, ground in SURFACES.items()}
    right = figure.add_subplot(places[1])
    plots.dress(right, x="step", y="", title="height above the bottom (log scale)")
    plots.scale_log(right)
    right.set_xlim(-0.02 * most_steps, 1.02 * most_steps)
    curves = {
        name: right.plot([], [], style[-1], marker=style[0], ms=5, markevery=0.1, color=colour, label=name)[0]
        for name, (style, colour) in _STYLES.items()
    }
    right.legend(loc="upper right", fontsize=9, frameon=False, ncols=3)
    right.set_ylim(_FLOOR, 1e9)
    figure.draw_without_rendering()  # lay out once, with room for the longest numbers of every map
    figure.set_layout_engine("none")

    def update(steps: int, lr: float, adam_lr: float, momentum: float, noise: float, surface: str) -> str:
        ground, shown = SURFACES[surface], maps[surface]
        for each in maps.values():
            each.axes.set_visible(each is shown)
        rates = {"SGD": lr, "momentum": lr, "Adam": adam_lr}
        walks = {name: walk(name, ground, steps, rates[name], momentum, noise) for name in RUNNERS}
        heights = {name: np.clip(ground.above_bottom(points), _FLOOR, 1e9) for name, points in walks.items()}
        for name in RUNNERS:
            move_path(*shown.runners[name], walks[name])
            curves[name].set_data(np.arange(steps + 1), heights[name])
        right.set_ylim(
            0.5 * min(float(h.min()) for h in heights.values()), 30 * max(float(h.max()) for h in heights.values())
        )
        shown.axes.set_title(f"{surface}, step {steps}", fontsize=12, loc="left")
        return _describe(surface, rates, momentum, noise, walks, heights)

    def slider(name: str, choices: tuple[float, ...], value: float) -> Any:
        options = [(f"{choice:.3g}", choice) for choice in sorted({*choices, value})]
        return make_control(widgets.SelectionSlider, name, options=options, value=value)

    controls = {
        "steps": make_control(widgets.IntSlider, "steps", value=steps, min=0, max=most_steps),
        "lr": slider("η SGD, mom.", _RATES, lr),
        "adam_lr": slider("η Adam", _RATES, adam_lr),
        "momentum": slider("momentum μ", _MOMENTA, momentum),
        "noise": slider("gradient noise", _NOISES, noise),
        "surface": widgets.ToggleButtons(options=list(SURFACES), value=surface, style={"button_width": "auto"}),
    }
    live = LiveFigure(figure, update, controls)

    def jump(by: int) -> None:
        live.move(steps=min(max(controls["steps"].value + by, 0), most_steps))

    live.buttons += [
        make_button("Start", "Back to step 0", lambda: live.move(steps=0)),
        make_button("Step", "One step for each", lambda: jump(1)),
        make_button("Ten steps", "Ten steps for each", lambda: jump(10)),
        make_button("Back", "Take the last step back", lambda: jump(-1)),
    ]
    return live


def walk(runner: str, ground: Surface, steps: int, lr: float, momentum: float = 0.9, noise: float = 0.0) -> Any:
    """Return the points (steps + 1, 2) of one optimiser's walk.

    Args:
        runner: `"SGD"`, `"momentum"` or `"Adam"`.
        ground: where it walks.
        steps: how many steps.
        lr: learning rate η.
        momentum: μ; only `"momentum"` uses it.
        noise: standard deviation of the noise on each slope, from a fixed seed.
    """
    jolts = noise * np.random.default_rng(0).standard_normal((steps, 2))
    point = np.array(ground.start)
    points, velocity, square = [point], np.zeros(2), np.zeros(2)
    for t in range(1, steps + 1):
        slope = np.array(ground.slopes(*point)) + jolts[t - 1]
        if runner == "Adam":
            velocity = _B1 * velocity + (1 - _B1) * slope
            square = _B2 * square + (1 - _B2) * slope**2
            move = velocity / (1 - _B1**t) / (np.sqrt(square / (1 - _B2**t)) + _EPS)
        else:
            velocity = (momentum if runner == "momentum" else 0.0) * velocity + slope
            move = velocity
        point = np.clip(point - lr * move, -1e4, 1e4)  # one that flies off stays a number
        points.append(point)
    return np.stack(points)


@dataclass(frozen=True)
class _Map:
    """Hold the axes of one surface, and each runner's path and marker on them."""

    axes: Any
    runners: dict[str, tuple[Any, Any]]


def _draw_surface(axes: Any, ground: Surface, fineness: int) -> _Map:
    """Draw what stays while the runners move, contours, start and bottom, and the runners, who stand nowhere yet."""
    plots.dress(axes, x="parameter p₁", y="parameter p₂", title="surface")
    west, east, south, north = ground.window
    p, q = np.linspace(west, east, fineness), np.linspace(south, north, fineness)
    heights = ground.above_bottom(np.stack(np.meshgrid(p, q), axis=-1))
    levels = np.geomspace(0.01, 1, 12) * float(heights.max())
    axes.contourf(p, q, heights, levels=[0, *levels], cmap="cividis_r", alpha=0.55)
    axes.contour(p, q, heights, levels=levels, colors="#555555", linewidths=0.6)
    axes.plot(*ground.bottom, "*", color=plots.GREEN, ms=15, mec="black", zorder=3, label="lowest point")
    axes.plot(*ground.start, "D", color=plots.ORANGE, ms=7, mec="black", zorder=3, label="start")
    axes.legend(loc="lower right", fontsize=9)
    axes.set(xlim=(west, east), ylim=(south, north))
    runners = {}
    for name, (style, colour) in _STYLES.items():
        path = axes.plot([], [], style, color=colour, ms=3, lw=1.2, zorder=4)[0]
        runners[name] = path, axes.plot([], [], style[0], color=colour, mec="white", ms=9, zorder=5)[0]
    return _Map(axes, runners)


def _describe(surface: str, rates: Any, momentum: float, noise: float, walks: Any, heights: Any) -> str:
    """Say where the three stand and who leads."""
    steps = len(walks["SGD"]) - 1
    places = "; ".join(
        f"{name} (η = {rates[name]:.3g}) at ({walks[name][-1][0]:.3f}, {walks[name][-1][1]:.3f}), "
        f"{_say_height(heights[name][-1])}"
        for name in RUNNERS
    )
    last = {name: float(heights[name][-1]) for name in RUNNERS}
    order = sorted(RUNNERS, key=last.__getitem__)
    lead = "all three are level" if max(last.values()) - min(last.values()) < 1e-6 else f"lowest is {order[0]}"
    off = [name for name in RUNNERS if last[name] > 2 * heights[name][0] + 1]
    flown = f" {' and '.join(off)} climbed above the start: η is too large." if off else ""
    slopes = f"slopes with noise of {noise:g}" if noise else "exact slopes"
    return (
        f"A race on the surface '{surface}' with {slopes}, momentum μ = {momentum:g}. After {steps} steps: {places}. "
        f"Now {lead}.{flown} On the map SGD is drawn with blue circles, momentum with red squares, Adam with black "
        f"triangles, and a green star marks the lowest point."
    )


def _say_height(height: float) -> str:
    if height < 1e-6:
        return "at the bottom"
    return f"{height:.3g} above the bottom" if height < 1e5 else "far above the bottom"
