"""The map of a line's MSE over weight and bias: contours, the start, the bottom. Paths are drawn on top of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils import plots
from course_utils.widgets.bowl import Bowl

_FAR = 1e6  # a point this far outside the map is not worth drawing


def draw_loss_map(
    axes: Any, bowl: Bowl, start: tuple[float, float], reach: Any, *, inputs: str, fineness: int = 120
) -> None:
    """Draw the MSE of `bowl` around its bottom, with both ends of a walk.

    Args:
        axes: where to draw.
        bowl: the MSE over (w, b).
        start: (w, b) at step 0.
        reach: (2,) how far the map goes from the bottom, in w and in b.
        inputs: which inputs the weight belongs to, for the axis: `"raw"` or `"standardised"`.
        fineness: grid points along each side.
    """
    plots.dress(axes, x=f"weight w ({inputs} inputs)", y="bias b")
    ws, bs = np.linspace(bowl.bottom - reach, bowl.bottom + reach, fineness).T
    losses = bowl.loss(np.stack(np.meshgrid(ws, bs), axis=-1))
    levels = bowl.lowest + np.geomspace(0.02, 1, 12) * float(losses.max() - bowl.lowest)
    axes.contourf(ws, bs, losses, levels=[bowl.lowest, *levels], cmap="cividis_r", alpha=0.55)
    axes.contour(ws, bs, losses, levels=levels, colors="#555555", linewidths=0.6)
    axes.plot(*bowl.bottom, "*", color=plots.GREEN, ms=15, mec="black", zorder=3, label="bottom")
    axes.plot(*start, "D", color=plots.ORANGE, ms=7, mec="black", zorder=3, label="start")
    axes.legend(loc="upper right", fontsize=9)
    axes.set(xlim=(ws[0], ws[-1]), ylim=(bs[0], bs[-1]))


def move_path(path: Any, here: Any, walk: Any) -> None:
    """Put the line `path` through the points (steps + 1, 2) of a walk, and the marker `here` on the last."""
    near = np.clip(walk, -_FAR, _FAR)
    path.set_data(near[:, 0], near[:, 1])
    here.set_data(near[-1:, 0], near[-1:, 1])
