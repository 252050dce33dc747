"""Predict, then run: the learner commits to an answer before the notebook shows it."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from course_utils import plots
from course_utils.widgets.frontend import show_view

Answer = str | float

_BOX = "border-left:4px solid {colour};padding:6px 12px;margin:4px 0;line-height:1.45"
_STILL = "(Open this notebook in Jupyter to commit your guess here. Before you read on, say your guess aloud.)"


class Prediction:
    """Hold a question and, once it is committed, the learner's guess, which then cannot change.

    Args:
        ask: the question.
        options: the answers to choose from; without them the guess is a number.
        unit: what a number counts, shown after it.
    """

    def __init__(self, ask: str, options: Sequence[str] | None = None, unit: str = "") -> None:
        self.ask = ask
        self.options = tuple(options or ())
        self.unit = unit
        self.guess: Answer | None = None
        self._listeners: list[Callable[[], None]] = []
        self.field: Any = (
            widgets.RadioButtons(options=self.options, value=None, layout={"width": "max-content"})
            if self.options
            else widgets.FloatText(description="my guess", layout={"width": "220px"})
        )
        self.button = widgets.Button(
            description="Commit my guess", layout={"width": "auto", "align_self": "flex-start"}
        )
        self.button.on_click(lambda _button: self._commit_field())
        self.note = widgets.HTML()

    def commit(self, guess: Answer) -> None:
        """Record the guess, lock the question and tell whoever waits for it. A second guess is ignored.

        Raises:
            ValueError: the guess is none of the options.
        """
        if self.options and guess not in self.options:
            raise ValueError(f"{guess!r} is none of the options {self.options}")
        if self.guess is not None:
            return
        self.guess = guess
        self.field.value = guess
        self.field.disabled = True
        self.button.disabled = True
        self.note.value = _frame(
            f"Recorded: {self._say(guess)}. The answer stands below; run the next cell if it does not yet.",
            plots.BLUE,
        )
        for listener in self._listeners:
            listener()

    def reveal(self, answer: Answer, because: str, tolerance: float = 0.05) -> Reveal:
        """Return what shows the answer as soon as a guess is recorded.

        Args:
            answer: the right option or the number.
            because: one or two sentences that explain it.
            tolerance: how far, as a fraction of the answer, a number may be off and count as right.

        Raises:
            ValueError: the answer is none of the options.
        """
        if self.options and answer not in self.options:
            raise ValueError(f"the answer {answer!r} is none of the options {self.options}")
        return Reveal(self, answer, because, tolerance)

    def _commit_field(self) -> None:
        if self.field.value is None:
            self.note.value = _frame("Choose one of the answers first.", plots.RED)
        else:
            self.commit(self.field.value)

    def _say(self, answer: Answer) -> str:
        """Write an answer with its unit."""
        text = answer if isinstance(answer, str) else f"{answer:,.4g}"
        return f"{text} {self.unit}".strip()

    @property
    def words(self) -> str:
        """The question in plain text."""
        lines = [f"Predict: {self.ask}", *(f"  ( ) {option}" for option in self.options)]
        return "\n".join([*lines, _STILL])

    def _ipython_display_(self) -> None:
        ask = widgets.HTML(_frame(f"<b>Predict.</b> {html.escape(self.ask)}", plots.ORANGE))
        unit = widgets.HTML(html.escape(self.unit))
        view = widgets.VBox([ask, widgets.HBox([self.field, unit]), self.button, self.note])
        show_view(view, self.words)


class Reveal:
    """Show the answer beside the recorded guess; wait while there is none."""

    def __init__(self, prediction: Prediction, answer: Answer, because: str, tolerance: float) -> None:
        self.prediction = prediction
        self.answer = answer
        self.because = because
        self.tolerance = tolerance
        self.panel = widgets.HTML()
        self.skip = widgets.Button(
            description="Show it without a guess", layout={"width": "auto", "align_self": "flex-start"}
        )
        self.skip.on_click(lambda _button: self.uncover())
        prediction._listeners.append(self.uncover)
        if prediction.guess is not None:
            self.uncover()
        else:
            waiting = "The answer waits here until you have committed your guess above."
            self.panel.value = _frame(waiting, plots.ORANGE)

    @property
    def is_right(self) -> bool:
        """Whether the recorded guess is the answer, or near enough for a number."""
        guess = self.prediction.guess
        if isinstance(guess, str) or isinstance(self.answer, str) or guess is None:
            return guess == self.answer
        return abs(guess - self.answer) <= self.tolerance * abs(self.answer) + 1e-12

    @property
    def verdict(self) -> str:
        """The answer, the guess beside it where there is one, and why."""
        answer = f"The answer: {self.prediction._say(self.answer)}."
        guess = self.prediction.guess
        if guess is None:
            return f"{answer} {self.because}"
        outcome = "You had it" if self.is_right else "Not this time, and that is how one learns"
        return f"Your guess: {self.prediction._say(guess)}. {answer} {outcome}. {self.because}"

    def uncover(self) -> None:
        """Put the answer on the panel."""
        colour = plots.GREEN if self.prediction.guess is None or self.is_right else plots.RED
        self.panel.value = f'<div role="status">{_frame(html.escape(self.verdict), colour)}</div>'
        self.skip.layout.display = "none"

    def _ipython_display_(self) -> None:
        show_view(widgets.VBox([self.panel, self.skip]), self.verdict)


def predict(ask: str, options: Sequence[str] | None = None, unit: str = "") -> Prediction:
    """Ask for a guess: one of `options`, or a number when there are none.

    Show it as the last line of a cell; in the next cell call its `reveal(answer, because)`.
    """
    return Prediction(ask, options, unit)


def _frame(text: str, colour: str) -> str:
    """Put HTML text beside a coloured bar."""
    return f'<div style="{_BOX.format(colour=colour)}">{text}</div>'
