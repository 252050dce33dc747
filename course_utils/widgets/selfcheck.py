"""A short self-check: questions whose wrong answers explain themselves."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from course_utils import plots
from course_utils.widgets.frontend import show_view


@dataclass(frozen=True)
class Question:
    """Hold a question with one right answer and what each answer shows about the one who picks it.

    Attributes:
        ask: the question.
        options: every answer -> why it is right or where it goes wrong, in the order shown.
        right: the right answer, one of the options.

    Raises:
        ValueError: `right` is none of the options, or an option has no explanation.
    """

    ask: str
    options: Mapping[str, str]
    right: str

    def __post_init__(self) -> None:
        if self.right not in self.options:
            raise ValueError(f"{self.ask!r}: the right answer {self.right!r} is none of the options.")
        if silent := [option for option, why in self.options.items() if not why.strip()]:
            raise ValueError(f"{self.ask!r}: these options explain nothing: {silent}.")


class SelfCheck:
    """Show questions one below the other, explain each answer when it is chosen, and keep count.

    The count is of first choices; nobody but the learner sees it.
    """

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = tuple(questions)
        self.first_choices: dict[int, str] = {}
        self.fields = [
            # Without value=None the first option would be chosen already.
            widgets.RadioButtons(options=list(q.options), value=None, layout={"width": "max-content"})
            for q in self.questions
        ]
        self.answers = [widgets.HTML() for _ in self.questions]
        self.tally = widgets.HTML()
        for number, field in enumerate(self.fields):
            field.observe(lambda change, number=number: self._choose(number, change["new"]), names="value")
        self._count()

    @property
    def score(self) -> int:
        """How many first choices were right."""
        return sum(self.questions[i].right == choice for i, choice in self.first_choices.items())

    def explain(self, number: int, choice: str) -> str:
        """Return the sentence for answer `choice` to question `number` (from 0)."""
        question = self.questions[number]
        return f"{'Right' if choice == question.right else 'No'}. {question.options[choice]}"

    def _choose(self, number: int, choice: str | None) -> None:
        if choice is None:
            return
        self.first_choices.setdefault(number, choice)
        colour = plots.GREEN if choice == self.questions[number].right else plots.RED
        self.answers[number].value = (
            f'<div role="status" style="border-left:4px solid {colour};padding:4px 12px;line-height:1.45">'
            f"{html.escape(self.explain(number, choice))}</div>"
        )
        self._count()

    def _count(self) -> None:
        done, total = len(self.first_choices), len(self.questions)
        self.tally.value = f"<b>{self.score} right at the first try, {done} of {total} answered.</b>"

    @property
    def words(self) -> str:
        """All questions, and below them every answer explained, in plain text."""
        lines = ["Self-check. Answer for yourself first; the explanations stand below.", ""]
        for number, question in enumerate(self.questions, 1):
            lines.append(f"{number}. {question.ask}")
            lines += [f"   {letter}) {option}" for letter, option in zip("ABCDEF", question.options, strict=False)]
        lines += ["", "Explanations"]
        for number, question in enumerate(self.questions):
            lines += [
                f"{number + 1}{letter}: {self.explain(number, option)}"
                for letter, option in zip("ABCDEF", question.options, strict=False)
            ]
        return "\n".join(lines)

    def _ipython_display_(self) -> None:
        rows: list[Any] = []
        for number, question in enumerate(self.questions):
            ask = f"<b>{number + 1}. {html.escape(question.ask)}</b>"
            style = "margin:10px 0 2px;line-height:1.45"
            rows += [widgets.HTML(f'<p style="{style}">{ask}</p>'), self.fields[number], self.answers[number]]
        show_view(widgets.VBox([*rows, self.tally]), self.words)


def self_check(*questions: Question) -> SelfCheck:
    """Ask the learner questions; show it as the last line of a cell."""
    return SelfCheck(questions)
