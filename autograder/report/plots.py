"""The report's plots as inline SVG: they take the page's ink, so that they read in light, in dark and on paper."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.report.figures import BY_HAND, PARTIAL, WAITS, ExerciseFigures, Idea
from course_utils.checks.verdict import Outcome
from course_utils.plots import BLUE, GREEN, ORANGE, PINK, RED, SKY, YELLOW

# Stand-ins that become the page's own colours once drawn.
_INK, _GRID, _GREY = "#010203", "#040506", "#070809"
_PAGE = {_INK: "currentColor", _GRID: "var(--rule)", _GREY: "var(--soft)"}
_WAYS = {
    Outcome.PASSED.value: GREEN,
    PARTIAL: SKY,
    BY_HAND: BLUE,
    Outcome.FAILED.value: RED,
    Outcome.BLOCKED.value: YELLOW,
    Outcome.NOT_OWN_WORK.value: PINK,
    Outcome.NOT_ATTEMPTED.value: _GREY,
    WAITS: ORANGE,
}
_WIDTH = 4.8
"""Inches: narrow enough that its letters can be read on a phone."""
_IDS = re.compile(r' id="(?:figure|axes|patch|text|line2d|xtick|ytick|legend|matplotlib)[^"]*"')


def plot_scores(bins: Sequence[int], median_share: float | None) -> Markup:
    """Draw how many students ended in each tenth of the points."""
    figure, axes = _axes(2.6)
    bars = axes.bar([5 + 10 * place for place in range(len(bins))], bins, width=9.2, color=BLUE)
    axes.bar_label(bars, labels=[str(count) if count else "" for count in bins], color=_INK, fontsize=9)
    axes.set(xlim=(0, 100), xticks=range(0, 101, 10), ylim=(0, max([*bins, 1]) * 1.4), yticks=[])
    axes.set_xlabel("final points, percent of the maximum", color=_INK)
    axes.set_ylabel("students", color=_INK)
    said = f"{sum(bins)} students by final score in tenths of the maximum: " + ", ".join(
        f"{count} at {10 * place} to {10 * place + 10} percent" for place, count in enumerate(bins) if count
    )
    if median_share is not None:
        top = 0.94 * axes.get_ylim()[1]
        axes.plot([100 * median_share], [top], marker="v", color=RED, markersize=9, linestyle="none")
        is_right = median_share > 0.7
        axes.annotate(
            f"median {100 * median_share:.0f} %", (100 * median_share, top),
            xytext=(-8 if is_right else 8, 0), textcoords="offset points",
            color=_INK, ha="right" if is_right else "left", va="center", fontsize=9,
        )  # fmt: skip
        said += f"; the median is at {100 * median_share:.0f} percent"
    return _svg(figure, "scores", "Distribution of final scores", said + ".")


def plot_exercises(exercises: Sequence[ExerciseFigures]) -> Markup:
    """Draw for each exercise how the answers ended, the hardest on top."""
    figure, axes = _axes(0.9 + 0.34 * len(exercises))
    names = [exercise.name for exercise in exercises]
    left = [0] * len(exercises)
    for way, colour in _WAYS.items():
        counts = [exercise.ways.get(way, 0) for exercise in exercises]
        if any(counts):
            axes.barh(names, counts, left=left, color=colour, label=way, height=0.72, edgecolor=_GRID, linewidth=0.5)
            left = [start + count for start, count in zip(left, counts, strict=True)]
    axes.invert_yaxis()
    axes.set_xlim(0, max([*left, 1]))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("students", color=_INK)
    figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=9, labelcolor=_INK, handlelength=1.2)
    said = "For each exercise, the hardest first, how the answers ended: " + "; ".join(
        f"{each.name}: " + ", ".join(f"{count} {way}" for way, count in each.ways.items()) for each in exercises
    )
    return _svg(figure, "exercises", "How the answers ended, by exercise", said + ".")


def plot_ideas(ideas: Sequence[Idea]) -> Markup:
    """Draw which share of the class rests on each misconception, the most common on top."""
    figure, axes = _axes(0.7 + 0.46 * len(ideas))
    labels = [f"{idea.exercise}: {idea.mistake.replace('_', ' ')}" for idea in ideas]
    bars = axes.barh(range(len(ideas)), [100 * idea.share for idea in ideas], color=RED, height=0.68)
    axes.bar_label(bars, labels=[f"{100 * idea.share:.0f} %" for idea in ideas], color=_INK, padding=3, fontsize=9)
    axes.set_yticks(range(len(ideas)), labels=[_two_lines(idea) for idea in ideas])
    axes.invert_yaxis()
    axes.set_xlim(0, max([100 * idea.share for idea in ideas] + [10]) * 1.15)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.set_xlabel("percent of graded submissions", color=_INK)
    said = "Share of the class per misconception: " + "; ".join(
        f"{label}, {100 * idea.share:.0f} percent" for label, idea in zip(labels, ideas, strict=True)
    )
    return _svg(figure, "ideas", "Misconceptions by share of the class", said + ".")


def _two_lines(idea: Idea) -> str:
    words = idea.mistake.replace("_", " ")
    return f"{idea.exercise}:\n{words if len(words) <= 34 else words[:33] + '…'}"


def _axes(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.patch.set_visible(False)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_GREY)
    axes.tick_params(colors=_GREY, labelcolor=_INK, labelsize=9)
    return figure, axes


def _svg(figure: Figure, name: str, title: str, description: str) -> Markup:
    """Return the drawing as one `<svg>` with its words, the same bytes for the same figures."""
    drawn = io.StringIO()
    settings: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": name, "font.family": "sans-serif"}
    with rc_context(settings):
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    text = drawn.getvalue()
    for stand_in, colour in _PAGE.items():
        text = text.replace(stand_in, colour)
    box = re.search(r'viewBox="([^"]*)"', text)
    body = text[text.index(">", text.index("<svg")) + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", body, flags=re.DOTALL)
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'aria-labelledby="{name}-title {name}-words" viewBox="{box[1] if box else ""}">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-words">{escape(description)}</desc>'
        f"{_IDS.sub('', body).strip()}"
    )
