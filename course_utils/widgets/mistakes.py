"""A gallery of what a model gets wrong: its surest mistakes, its closest calls, its surest right answers."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.confusion import softmax
from course_utils.widgets.live import LiveFigure, make_button, make_control

_ACROSS, _DOWN = 4, 2
ORDERS = ("Surest mistakes", "Closest calls", "Surest right answers")


def mistake_gallery(images: Any, labels: Any, logits: Any, *, order: str = ORDERS[0]) -> LiveFigure:
    """Make the figure of eight pictures with what they show, the model's answer, and how sure it was.

    Args:
        images: pictures (N, H, W), 0 is paper and 1 is ink.
        labels: what they show, (N,) whole numbers from 0.
        logits: the model's scores (N, C).
        order: which pictures to begin with, one of ORDERS.

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
    lead = sure - np.sort(probabilities, axis=1)[:, -2]  # of the first answer over the second
    is_wrong = answers != shown
    ranked = {
        ORDERS[0]: _rank(-sure, is_wrong),
        ORDERS[1]: _rank(lead, np.ones_like(is_wrong)),
        ORDERS[2]: _rank(-sure, ~is_wrong),
    }
    on_a_page = _ACROSS * _DOWN

    figure = plots.new_figure(8.4, 4.8)
    places = figure.subplots(_DOWN, _ACROSS).ravel()
    drawn = [place.imshow(np.zeros(pictures.shape[1:]), cmap="gray_r", vmin=0, vmax=1) for place in places]
    for place in places:
        place.set(xticks=[], yticks=[], title="\n")
    heading = figure.suptitle(" ", fontsize=12)

    def update(order: str, page: int) -> str:
        rows = ranked[order]
        pages = max(1, -(-len(rows) // on_a_page))
        here = min(page, pages)
        rows = rows[(here - 1) * on_a_page : here * on_a_page]
        for position, (place, picture) in enumerate(zip(places, drawn, strict=True)):
            place.set_visible(position < len(rows))
            if position < len(rows):
                row = rows[position]
                picture.set_data(pictures[row])
                wrong = f"\n{of_truth[row]:.1%} for {shown[row]}" if is_wrong[row] else "\nright"
                colour = plots.RED if is_wrong[row] else plots.BLACK
                place.set_title(
                    f"{shown[row]} read as {answers[row]}, {sure[row]:.1%}{wrong}", fontsize=9, color=colour
                )
        heading.set_text(f"{order}, page {here} of {pages}")
        overconfident = int((sure[is_wrong] >= 0.9).sum())
        words = ", ".join(f"{shown[i]} read as {answers[i]} with {sure[i]:.1%}" for i in rows) or "there are none"
        return (
            f"{order}, page {here} of {pages}: {words}. Of {len(shown):,} pictures {int(is_wrong.sum()):,} are read "
            f"wrong; the network was at least 90% sure of {overconfident} of its mistakes."
        )

    most = max(1, *(-(-len(rows) // on_a_page) for rows in ranked.values()))
    pages = make_control(
        widgets.SelectionSlider, "page", options=list(range(1, min(most, 20) + 1)), value=1, continuous_update=False
    )
    orders = widgets.ToggleButtons(options=list(ORDERS), value=order, style={"button_width": "auto"})
    live = LiveFigure(figure, update, {"order": orders, "page": pages})
    live.buttons += [
        make_button(
            "Next page", "Eight more pictures", lambda: live.move(page=min(pages.value + 1, pages.options[-1]))
        ),
        make_button("First page", "Back to the first eight", lambda: live.move(page=1)),
    ]
    return live


def _rank(key: Any, chosen: Any) -> Any:
    """Return the chosen rows, the smallest key first."""
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(key[rows], kind="stable")]
