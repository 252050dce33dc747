"""Which class is taken for which: the confusion matrix, and the pictures behind each of its fields."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.live import LiveFigure, make_button, make_control

_SIDE = 3  # pictures in a row, and rows of them


def confusion_explorer(
    images: Any, labels: Any, logits: Any, *, truth: int | None = None, guess: int | None = None
) -> LiveFigure:
    """Make the figure of a confusion matrix with the pictures of one of its fields.

    Args:
        images: pictures (N, H, W), 0 is paper and 1 is ink.
        labels: what they show, (N,) whole numbers from 0.
        logits: the model's scores (N, C); the largest is its answer.
        truth, guess: the field to begin with; the most frequent mistake unless told otherwise.

    Raises:
        ValueError: the three do not have the same number of rows.
    """
    pictures, shown = np.asarray(images, dtype=float), np.asarray(labels)
    scores = np.asarray(logits, dtype=float)
    if not len(pictures) == len(shown) == len(scores):
        raise ValueError(f"{len(pictures)} images, {len(shown)} labels and {len(scores)} rows of logits do not match")
    classes = scores.shape[1]
    probabilities = softmax(scores)
    answers = probabilities.argmax(axis=1)
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (shown, answers), 1)
    mistakes = counts * (1 - np.eye(classes, dtype=int))
    ranked = [divmod(int(field), classes) for field in np.argsort(-mistakes, axis=None, kind="stable")]
    ranked = [field for field in ranked if mistakes[field]] or [(0, 0)]

    figure = plots.new_figure(8.8, 4.6)
    halves: Any = figure.subfigures(1, 2, width_ratios=[5, 4])
    left, right = halves
    axes = plots.dress(left.subplots(), x="the network's answer", y="what the picture shows")
    axes.grid(visible=False)
    axes.imshow(mistakes, cmap="Blues", vmin=0, vmax=max(mistakes.max() * 1.4, 1))
    axes.set(xticks=range(classes), yticks=range(classes))
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour, size = ("#666666", 8) if row == column else (plots.BLACK, 10)
            axes.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=size)
    (frame,) = axes.plot([], [], color=plots.RED, lw=2.5)
    places = right.subplots(_SIDE, _SIDE).ravel()
    drawn = [place.imshow(np.zeros(pictures.shape[1:]), cmap="gray_r", vmin=0, vmax=1) for place in places]
    for place in places:
        place.set_axis_off()
    heading = right.suptitle("", fontsize=12)
    right_answers = int(np.trace(counts))
    summary = f"Of {len(shown):,} pictures {right_answers:,} are read right ({right_answers / len(shown):.1%}). "
    summary += "Most frequent mistakes: " + (
        ", ".join(f"{a} read as {b} ({_times(counts[a, b])})" for a, b in ranked[:3]) + "."
        if mistakes.any()
        else "none."
    )

    def update(truth: int, guess: int) -> str:
        frame.set_data(guess + np.array([-0.5, 0.5, 0.5, -0.5, -0.5]), truth + np.array([-0.5, -0.5, 0.5, 0.5, -0.5]))
        rows = np.flatnonzero((shown == truth) & (answers == guess))
        rows = rows[np.argsort(-probabilities[rows, guess], kind="stable")][: _SIDE**2]
        for position, (place, picture) in enumerate(zip(places, drawn, strict=True)):
            is_used = position < len(rows)
            picture.set_visible(is_used)
            place.set_title(f"{probabilities[rows[position], guess]:.0%} sure" if is_used else "", fontsize=9)
            if is_used:
                picture.set_data(pictures[rows[position]])
        what = f"{truth} read as {guess}" + (", as it should be" if truth == guess else "")
        heading.set_text(f"{what}: {counts[truth, guess]} of {counts[truth].sum()}")
        axes.set_title("grey: right   blue: mistakes", fontsize=11, loc="left")
        return summary + _describe_field(
            what, probabilities[rows, guess], int(counts[truth, guess]), counts[truth].sum()
        )

    options = list(range(classes))
    chosen = (ranked[0][0] if truth is None else truth, ranked[0][1] if guess is None else guess)
    live = LiveFigure(
        figure,
        update,
        {
            "truth": make_control(widgets.SelectionSlider, "it shows", options=options, value=chosen[0]),
            "guess": make_control(widgets.SelectionSlider, "it is read as", options=options, value=chosen[1]),
        },
    )

    def step(by: int) -> None:
        here = (live.values["truth"], live.values["guess"])
        place = (ranked.index(here) + by) % len(ranked) if here in ranked else 0
        live.move(truth=ranked[place][0], guess=ranked[place][1])

    live.buttons += [
        make_button("Next mistake", "The next most frequent mistake", lambda: step(1)),
        make_button("Mistake before", "The mistake before it", lambda: step(-1)),
    ]
    return live


def softmax(scores: Any) -> Any:
    """Turn scores (N, C) into probabilities (N, C)."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _describe_field(what: str, sure: Any, count: int, total: int) -> str:
    """Say what the framed field and its pictures show."""
    field = f" Framed: {what}, {count} of the {total} pictures that show this digit"
    if not count:
        return field + ", so there is no picture to see."
    some = f"the {len(sure)} surest are drawn, " if count > len(sure) else "drawn on the right, "
    return f"{field}; {some}with {sure.min():.0%} to {sure.max():.0%} for this answer."
