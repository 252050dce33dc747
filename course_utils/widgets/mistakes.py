"""A gallery of what a model gets wrong, from its closest calls to its surest mistakes."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.confusion import softmax
from course_utils.widgets.live import LiveFigure, make_button, make_control

_ACROSS, _DOWN = 4, 2
_PLACES = 20  # of the slider, from the least sure pictures to the surest
MISTAKES, RIGHT = "Mistakes", "Right answers"


def mistake_gallery(images: Any, labels: Any, logits: Any) -> LiveFigure:
    """Make the figure of eight pictures with what they show, the model's answer, and how sure it was.

    Args:
        images: pictures (N, H, W), 0 is paper and 1 is ink.
        labels: what they show, (N,) whole numbers from 0.
        logits: the model's scores (N, C).

    Raises:
        ValueError: the three do not have the same number of rows.
    """
    pictures, shown = np.asarray(images, dtype=float), np.asarray(labels)
    scores = np.asarray(logits, dtype=float)
    if not len(pictures) == len(shown) == len(scores):
        raise ValueError(f"{len(pictures)} images, {len(shown)} labels and {len(scores)} rows of logits do not match")
    probabilities = softmax(scores)
    answers, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    of_truth = probabilities[np.arange(len(shown)), shown]
    is_wrong = answers != shown
    ranked = {MISTAKES: _rank(sure, is_wrong), RIGHT: _rank(sure, ~is_wrong)}
    overconfident = int((sure[is_wrong] >= 0.9).sum())
    summary = (
        f"Of {len(shown):,} pictures {int(is_wrong.sum()):,} are read wrong; "
        f"the network was at least 90% sure of {overconfident} of its mistakes."
    )

    figure = plots.new_figure(8.4, 4.8)
    places = figure.subplots(_DOWN, _ACROSS).ravel()
    drawn = [place.imshow(np.zeros(pictures.shape[1:]), cmap="gray_r", vmin=0, vmax=1) for place in places]
    for place in places:
        place.set(xticks=[], yticks=[], title="\n")
    heading = figure.suptitle(" ", fontsize=12)

    def update(place: int, kind: str) -> str:
        all_rows = ranked[kind]
        first = round(place / (_PLACES - 1) * max(len(all_rows) - len(places), 0))
        rows = all_rows[first : first + len(places)][::-1]  # the surest of them first
        for position, (axes, picture) in enumerate(zip(places, drawn, strict=True)):
            axes.set_visible(position < len(rows))
            if position < len(rows):
                row = rows[position]
                picture.set_data(pictures[row])
                second = f"{of_truth[row]:.1%} for {shown[row]}" if is_wrong[row] else "right"
                axes.set_title(
                    f"{shown[row]} read as {answers[row]}, {sure[row]:.1%}\n{second}",
                    fontsize=9,
                    color=plots.RED if is_wrong[row] else plots.BLACK,
                )
        where = {0: ", the closest calls", _PLACES - 1: ", the surest"}.get(place, "")
        title = f"{kind}, {len(rows)} of {len(all_rows):,}{where}"
        heading.set_text(title)
        words = ", ".join(f"{shown[i]} read as {answers[i]} with {sure[i]:.1%}" for i in rows) or "there are none"
        return f"{title}: {words}. {summary}"

    labels_of_places = ["least sure", *(f"{i / (_PLACES - 1):.0%}" for i in range(1, _PLACES - 1)), "surest"]
    slider = make_control(
        widgets.SelectionSlider,
        "how sure",
        options=[(label, i) for i, label in enumerate(labels_of_places)],
        value=_PLACES - 1,
    )
    kinds = widgets.ToggleButtons(options=[MISTAKES, RIGHT], value=MISTAKES, style={"button_width": "auto"})
    live = LiveFigure(figure, update, {"place": slider, "kind": kinds})
    live.buttons += [
        make_button("Surest mistakes", "Wrong, and sure of it", lambda: live.move(kind=MISTAKES, place=_PLACES - 1)),
        make_button("Closest mistakes", "Wrong, and in doubt", lambda: live.move(kind=MISTAKES, place=0)),
        make_button("Luckiest answers", "Right, and in doubt", lambda: live.move(kind=RIGHT, place=0)),
    ]
    return live


def _rank(sure: Any, chosen: Any) -> Any:
    """Return the chosen rows, the least sure first."""
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(sure[rows], kind="stable")]
